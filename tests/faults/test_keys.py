"""With a key for every service: each service is shown its own, other hosts none, and nothing that is left behind holds one."""

from __future__ import annotations

import logging
import traceback

import canary
import pytest
from conftest import KEY
from faults.dialects import Rehearsed
from faults.services import SERVICES
from portrayed import SAID, kept, portrayed

from sora_nb.errors import SoraError
from sora_nb.providers import registry
from sora_nb.server import rehearsal
from sora_nb.studio import Studio


def key_of(name):
    return f"{KEY}-{name}"


@pytest.fixture
def services(tmp_path, small_footage, monkeypatch):
    """All services at once, each behind a proxy that writes down what it was asked."""
    monkeypatch.setattr("sora_nb.providers.runway.INLINE", 1000)  # all pictures go to the other host
    quick = {name: rehearsal.profile(name) for name in SERVICES}
    honest = registry.get
    monkeypatch.setattr(registry, "get", lambda name: quick.get(name) or honest(name))
    footage = small_footage.read_bytes()
    running = {name: Rehearsed(name, tmp_path / name, key_of(name), footage) for name in SERVICES}
    for each in running.values():
        each.asked = []
        each.proxy.ask = noting(each.asked, each.proxy.ask)
    yield running
    for each in running.values():
        each.close()


def noting(asked, ask):
    def noted(request):
        asked.append(request)
        return ask(request)

    return noted


def address(service):
    return f"http://localhost:{service.proxy.port}{service.path}"


def told_by(studio, model, prompt):
    """Make a film, and return all that anybody is shown of it."""
    try:
        made = studio.generate(prompt, model=model, consent="a test")
    except SoraError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    return repr(made) + str(made.raw) + str(made._repr_mimebundle_())


@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize(
    ("way", "each_database"), [("connect", "file"), ("environment", "server")], indirect=["each_database"]
)
def test_a_key_goes_to_its_own_service_alone_and_is_left_nowhere(services, tmp_path, monkeypatch, caplog, capsys, way):
    caplog.set_level(logging.DEBUG)
    home = tmp_path / "mine"
    said = []
    for name, service in services.items():
        for variable in registry.get(name).key_variables:  # for the vendor's own address, which nobody asks here
            monkeypatch.setenv(variable, f"{KEY}-library-{name}")
        if way == "environment":
            monkeypatch.setenv(f"SORA_NB_{name.upper()}_API_KEY", service.key)
            monkeypatch.setenv(f"SORA_NB_{name.upper()}_BASE_URL", address(service))
    with Studio("local", home=home, progress=False) as studio:
        luna = kept(studio, portrayed(tmp_path, consent=SAID))
        for name, service in services.items():
            if way == "connect":
                studio.connect(name, api_key=service.key, base_url=address(service))
            model = f"{name}/{registry.get(name).video.model}"
            for fault in (None, "policy", "lost", "failed"):
                if fault is not None:
                    service.server.fail(fault)
                said.append(told_by(studio, model, f"{luna} waves, {fault}"))
            said.append(str(studio.preview(f"{luna} waves", model=model)._repr_mimebundle_()))
        said += [repr(studio), studio.costs().to_string(), studio.models().to_string(), studio.resume().to_string()]
    said += [caplog.text, *capsys.readouterr()]
    assert not [text for text in said if KEY in text]
    assert canary.leaks(home, KEY) == []
    for name, service in services.items():
        keys = {other: key_of(other).encode() for other in services} | {"library": b"-library-"}
        shown = [{who for who, key in keys.items() if key in request} for request in service.asked]
        paths = [request.split(b" ", 2)[1] for request in service.asked]
        assert shown == [set() if path.startswith(b"/uploads/") else {name} for path in paths]
        assert not [request[:80] for request in service.proxy.truth.elsewhere if KEY.encode() in request]
    assert services["runway"].proxy.truth.elsewhere

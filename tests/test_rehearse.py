"""A live service rehearsed from a studio: the same code as for the live one, and nothing leaves this machine."""

from __future__ import annotations

import gc

import httpx
import pytest

from sora_nb.errors import ConfigError, GenerationFailed, InvalidInput, OutcomeUnknown, PolicyError
from sora_nb.providers import registry
from sora_nb.server import rehearsal
from sora_nb.studio import Studio

ASKED = {"model": "laozhang/muse-video", "size": "1280x720", "seconds": 5}


@pytest.fixture
def studio(tmp_path, engine):
    with Studio("local", home=tmp_path / "home", progress=False, engine=engine) as made:
        yield made


def test_a_film_is_made_as_at_the_live_service(studio, engine):
    with studio.rehearse("laozhang") as server:
        assert server.url in repr(server)
        video = studio.generate("waves at the shore", **ASKED)
        assert video.path.stat().st_size > 1000
        assert (video.profile, video.base_url) == ("laozhang", server.url)
        assert engine.requests[0].prompt == "waves at the shore"
    assert list(studio.costs()["charged"]) == [0.3]


def test_what_a_rehearsal_charges_is_no_money(tmp_path, engine):
    with Studio("local", home=tmp_path / "home", progress=False, engine=engine, budget=0.10) as studio:
        with studio.rehearse("laozhang"):
            studio.generate("waves at the shore", **ASKED)
            studio.submit("a fox", **ASKED)
        assert studio.costs()[["charged", "currency"]].iloc[0].tolist() == [0.3, "rehearsed"]
        assert (studio.budget.spent, studio.budget.reserved) == (0, 0)
        assert studio.ledger.totals() == (0, 0)


def test_after_a_rehearsal_the_name_means_the_live_service_again(studio):
    with studio.rehearse("laozhang"), pytest.raises(InvalidInput, match="makes videos of 5, 8, 10 s"):
        studio.generate("waves at the shore", model="laozhang/muse-video", seconds=999)
    with pytest.raises(ConfigError, match="needs a key"):
        studio.generate("waves at the shore", **ASKED)
    studio.connect("laozhang", api_key="live", base_url="https://live.example")
    with studio.rehearse("laozhang"), studio.rehearse("laozhang"):
        assert studio.generate("waves at the shore", **ASKED).base_url.startswith("http://127.0.0.1")
    assert studio._session.services.connections.settings("laozhang").base_url == "https://live.example"


def test_a_preview_needs_no_key(studio):
    seen = studio.preview("waves at the shore", **ASKED)
    assert (seen.model, str(seen.price)[:5]) == ("laozhang/muse-video", "$0.30")
    with pytest.raises(InvalidInput, match=r"no service 'laozang'.*Did you mean laozhang/muse-video\?"):
        studio.preview("waves at the shore", model="laozang/muse-video")


@pytest.mark.release
@pytest.mark.parametrize("name", sorted(set(rehearsal.names()) & set(registry.names())))
def test_every_profile_reaches_its_rehearsal(studio, name):
    server = studio.rehearse(name)
    rules = registry.get(name).rules(registry.get(name).video.model)
    video = studio.generate(
        "waves at the shore", model=f"{name}/{registry.get(name).video.model}", seconds=rules.seconds
    )
    assert video.path.is_file()
    assert [task.state for task in server.tasks()] == ["succeeded"]


def test_failures_come_as_the_errors_of_the_live_service(studio):
    server = studio.rehearse("laozhang")
    server.fail("policy")
    with pytest.raises(PolicyError):
        studio.generate("waves at the shore", **ASKED)
    server.fail("failed")
    with pytest.raises(GenerationFailed):
        studio.generate("waves at the shore", **ASKED)
    server.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.generate("waves at the shore", **ASKED)
    assert len(server.tasks()) == 2


def test_a_link_that_has_ended_is_fetched_elsewhere(studio):
    studio.rehearse("laozhang").fail("link_expired")
    assert studio.generate("waves at the shore", **ASKED).path.is_file()


def test_a_rehearsal_ends_with_its_studio(tmp_path, engine):
    with Studio("local", home=tmp_path / "home", progress=False, engine=engine) as made:
        closed = made.rehearse("laozhang")
        assert httpx.get(f"{closed.url}/v1/videos/x").status_code == 401
    dropped = Studio("local", home=tmp_path / "home", progress=False, engine=engine)
    left = dropped.rehearse("laozhang")
    del dropped, made
    gc.collect()
    for server in (closed, left):
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url)


def test_what_cannot_be_rehearsed_is_refused(studio, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        studio.rehearse("nobody")
    assert "laozhang" in caught.value.hint
    with (
        Studio("laozhang", api_key="k", home=tmp_path / "other", progress=False) as live,
        pytest.raises(ConfigError, match="works with"),
    ):
        live.rehearse("laozhang")

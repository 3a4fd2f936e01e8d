"""Keys of services beside the default one: from the environment, or given to one studio; each goes to its own address."""

from __future__ import annotations

import json
import pickle
import traceback

import pytest
from canary import leaks
from conftest import KEY
from faulty import Faulty, answer
from waiting import until

from sora_nb.errors import ConfigError, InvalidInput
from sora_nb.providers import registry
from sora_nb.studio import Studio

LIBRARY = "VENDOR_LIBRARY_KEY"


@pytest.fixture
def vendor(monkeypatch):
    """A known service whose own library takes its key from the environment."""
    found = registry.get("laozhang").model_copy(update={"key_variables": ("VENDOR_FIRST", LIBRARY)})
    monkeypatch.setattr(registry, "get", lambda name: found if name == "laozhang" else original(name))
    return found


original = registry.get


@pytest.fixture
def studio(tmp_path):
    with Studio("local", home=tmp_path, progress=False) as made:
        yield made


def chosen(settings):
    return settings.api_key.get_secret_value(), settings.base_url


# --- the environment --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choose", [registry.other, registry.settings])
def test_the_key_of_the_services_own_library_is_used(vendor, monkeypatch, choose):
    monkeypatch.setenv(LIBRARY, "library")
    assert chosen(choose("laozhang")) == ("library", vendor.base_url)
    assert chosen(choose("laozhang", base_url=f"{vendor.base_url}/v1/")) == ("library", vendor.base_url)
    monkeypatch.setenv("VENDOR_FIRST", "first")
    assert chosen(choose("laozhang")) == ("first", vendor.base_url)
    monkeypatch.setenv("SORA_NB_LAOZHANG_API_KEY", "own")
    assert chosen(choose("laozhang")) == ("own", vendor.base_url)
    assert chosen(choose("laozhang", api_key="given")) == ("given", vendor.base_url)


@pytest.mark.parametrize("choose", [registry.other, registry.settings])
@pytest.mark.parametrize("by", ["argument", "variable"])
def test_it_goes_to_no_other_address(vendor, monkeypatch, choose, by):
    monkeypatch.setenv(LIBRARY, KEY)
    elsewhere = "https://elsewhere.example.com"
    if by == "variable":
        monkeypatch.setenv("SORA_NB_LAOZHANG_BASE_URL", elsewhere)
    with pytest.raises(ConfigError, match="needs a key"):
        choose("laozhang", base_url=elsewhere if by == "argument" else None)


def test_nor_to_the_general_address(vendor, monkeypatch):
    monkeypatch.setenv(LIBRARY, KEY)
    monkeypatch.setenv("SORA_NB_BASE_URL", "https://general.example.com")
    monkeypatch.setenv("SORA_NB_API_KEY", "general")
    assert chosen(registry.settings("laozhang")) == ("general", "https://general.example.com")


def test_it_comes_before_the_general_key(vendor, monkeypatch):
    monkeypatch.setenv(LIBRARY, "library")
    monkeypatch.setenv("SORA_NB_API_KEY", "general")
    assert registry.settings("laozhang").api_key.get_secret_value() == "library"


def test_a_missing_key_names_all_ways_to_give_one(vendor, studio):
    ways = "SORA_NB_LAOZHANG_API_KEY or VENDOR_FIRST or VENDOR_LIBRARY_KEY"
    with pytest.raises(ConfigError) as error:
        studio.generate("a fox", model="laozhang/muse-video")
    assert f"Set {ways}. Or run studio.connect('laozhang', api_key=getpass())." in str(error.value)
    with pytest.raises(ConfigError) as error:
        Studio("laozhang")
    assert f"Set {ways} or SORA_NB_API_KEY. Or give it as Studio(..., api_key=getpass())." in str(error.value)


# --- connect() --------------------------------------------------------------------------------------------------------


def keys(service):
    """The keys that a service was shown, oldest first."""
    heads = [request.partition(b"\r\n\r\n")[0].decode().lower() for request in service.requests]
    return [
        line.rpartition(" ")[2] for head in heads for line in head.split("\r\n") if line.startswith("authorization")
    ]


def test_a_key_that_was_given_is_used_before_the_environment(studio, monkeypatch):
    monkeypatch.setenv("SORA_NB_LAOZHANG_API_KEY", "of-the-environment")
    with Faulty(answer(b'{"error": {"message": "no"}}', 400)) as service:
        studio.connect("laozhang", api_key="given", base_url=service.url)
        for key in ("given", "another"):
            studio.connect("laozhang", api_key=key, base_url=service.url)
            with pytest.raises(Exception, match="no"):
                studio.generate("a fox", model="laozhang/muse-video")
        assert keys(service) == ["given", "another"]


def test_what_is_under_way_goes_on_with_its_key(studio):
    def serve(connection, request):
        told = {"id": "video_1", "status": "queued" if request.startswith(b"POST") else "in_progress"}
        connection.sendall(answer(json.dumps(told).encode()))

    with Faulty(serve) as service:
        studio.connect("laozhang", api_key="first", base_url=service.url)
        job = studio.submit("a fox", model="laozhang/muse-video")
        until(lambda: keys(service))
        studio.connect("laozhang", api_key="second", base_url=service.url)
        assert not job.done()
        again = studio.submit("a fox", model="laozhang/muse-video")
        until(lambda: "second" in keys(service))
        assert not again.done()
        studio.close()
    assert {*keys(service)} == {"first", "second"}


def test_the_default_service_takes_another_key_but_stays_where_it_is(tmp_path):
    with (
        Faulty(answer(b'{"error": {"message": "no"}}', 400)) as service,
        Studio("laozhang", base_url=service.url, api_key="old", home=tmp_path, progress=False) as studio,
    ):
        for key in ("old", "new"):
            studio.connect("laozhang", api_key=key)
            with pytest.raises(Exception, match="no"):
                studio.generate("a fox")
        assert keys(service) == ["old", "new"]
        with pytest.raises(ConfigError, match="This studio works with laozhang at"):
            studio.connect("laozhang", api_key="new", base_url="https://elsewhere.example.com")


def test_a_local_server_is_connected_without_a_key(tmp_path):
    with Studio("laozhang", api_key="k", home=tmp_path, progress=False) as studio:
        studio.connect("local", api_key=None, base_url="http://127.0.0.1:9")
        assert studio._session.services.provider_of("local/animatic")[0].service.base_url == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"name": "nowhere", "api_key": KEY}, "Choose one of: local"),
        ({"name": "laozhang", "api_key": None}, "needs a key"),
        ({"name": "laozhang", "api_key": ""}, "needs a key"),
        ({"name": "laozhang", "api_key": f"{KEY} {KEY}"}, "blanks"),
        ({"name": "laozhang", "api_key": KEY, "base_url": "ftp://h"}, "not a web address"),
        ({"name": "custom", "api_key": KEY}, "no address of its own"),
    ],
)
def test_what_cannot_be_connected_is_refused_in_words_that_do_not_show_the_key(studio, arguments, words):
    with pytest.raises(ConfigError, match=words) as error:
        studio.connect(**arguments)
    assert KEY not in str(error.value)
    frames = traceback.TracebackException.from_exception(error.value, capture_locals=True).stack
    assert not [frame for frame in frames if KEY in str(frame.locals) and "arguments" not in (frame.locals or {})]


def test_a_service_is_named_by_a_text(studio):
    with pytest.raises(InvalidInput, match="service"):
        studio.connect(["laozhang"], api_key=KEY)


def test_a_closed_studio_connects_to_nothing(tmp_path):
    studio = Studio("local", home=tmp_path)
    studio.close()
    with pytest.raises(ConfigError, match="closed"):
        studio.connect("laozhang", api_key=KEY)


def test_a_key_that_was_given_is_kept_in_no_file_and_shown_by_nothing(studio, tmp_path):
    with Faulty(answer(b'{"error": {"message": "no"}}', 400)) as service:
        studio.connect("laozhang", api_key=KEY, base_url=service.url)
        with pytest.raises(Exception, match="no"):
            studio.generate("a fox", model="laozhang/muse-video")
        assert keys(service) == [KEY]
    assert not leaks(tmp_path)
    held = studio._session.services.connections
    assert KEY not in repr(held) + repr(vars(held)) + repr(studio) + str(studio.costs())
    with pytest.raises(ConfigError, match="hold the key"):
        pickle.dumps(held)

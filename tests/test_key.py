"""The key is where it is sent from, and nowhere else: no pickle, no worker, no traceback, no address."""

from __future__ import annotations

import json
import pickle
import socket
import traceback
from functools import partial

import pytest
from conftest import FOOTAGE, KEY
from faulty import Faulty, answer, reset
from hurried import Hurried
from pydantic import SecretStr

from sora_nb.errors import ConfigError, SoraError
from sora_nb.providers import registry
from sora_nb.providers.base import Order
from sora_nb.server import untrusted_video
from sora_nb.studio import Studio

PASSWORD = "a-password-0815"


def shown(error):
    """All that a traceback with variables shows, of causes too."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


@pytest.fixture
def order():
    return Order(kind="video", prompt="a fox", model="sora-2", size="1280x720", seconds=10)


def hang_up(connection, _):
    """Close the connection without an answer."""
    connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("reply", [answer(b"{}", 401), answer(b"no json"), answer(b"", length=9), hang_up, reset])
@pytest.mark.parametrize("paid", [False, True])
def test_a_traceback_with_variables_does_not_show_it(order, reply, paid):
    with Faulty(reply) as server:
        client = Hurried(server.url)
        ask = partial(client.create, order) if paid else partial(client.retrieve, "video_1")
        with pytest.raises(SoraError) as error:
            ask()
        client.run(client.provider.close)
        assert any(KEY.encode() in request for request in server.requests)
    assert KEY not in shown(error.value)


@pytest.mark.parametrize("broken", ["write", "receive"])
def test_nor_do_the_frames_of_the_transport(order, monkeypatch, broken):
    """Where the network fails in the midst of a request, frames below hold its bytes."""
    from httpcore._backends.anyio import AnyIOStream

    async def fail(self, buffer, *args, **options):
        raise OSError("the network is gone")

    async def fail_mapped(self, buffer, *args, **options):
        from httpcore import ReadError, WriteError

        try:
            await fail(self, buffer)
        except OSError as error:
            raise (WriteError if broken == "write" else ReadError) from error

    monkeypatch.setattr(AnyIOStream, "write" if broken == "write" else "read", fail_mapped)
    with Faulty(answer()) as server:
        client = Hurried(server.url)
        with pytest.raises(SoraError) as error:
            client.create(order)
        client.run(client.provider.close)
    assert KEY not in shown(error.value)


@pytest.mark.parametrize(
    "wrong", [{"home": "/dev/null/x"}, {"budget": "much"}, {"base_url": "nonsense"}, {"profile": "none"}]
)
def test_a_studio_that_cannot_be_made_does_not_show_it(monkeypatch, wrong):
    monkeypatch.setenv("SORA_NB_API_KEY", KEY)
    monkeypatch.setenv("SORA_NB_PROFILE", "laozhang")
    for given in ({}, {"api_key": SecretStr(KEY)}):
        with pytest.raises(SoraError) as error:
            Studio(**wrong, **given)
        assert KEY not in shown(error.value)
    text = json.loads(f'"{KEY}"')
    try:
        Studio(**wrong, api_key=text)
    except SoraError as error:
        frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
        assert not [frame for frame in frames[1:] if KEY in str(frame.locals)]


def test_a_key_with_blanks_is_refused_without_being_shown():
    secret = SecretStr(f"{KEY} {KEY}")
    with pytest.raises(ConfigError, match="blanks") as error:
        registry.settings("laozhang", api_key=secret)
    assert KEY not in shown(error.value)


def test_it_is_in_no_pickle():
    settings = registry.settings("laozhang", api_key=KEY)
    assert settings.model_copy().api_key.get_secret_value() == KEY
    with pytest.raises(ConfigError, match="hold the key"):
        pickle.dumps(settings)
    client = Hurried("http://127.0.0.1:1")
    for holder in (client.provider, client.provider._transport, client.provider._authorise):
        with pytest.raises((ConfigError, TypeError, AttributeError)):
            pickle.dumps(holder)
    client.run(client.provider.close)
    assert KEY.encode() not in pickle.dumps(settings.profile)


def test_it_is_not_given_to_the_process_that_opens_hostile_files(monkeypatch, tmp_path):
    secrets = {"SORA_NB_API_KEY": KEY, "SORA_NB_LAOZHANG_API_KEY": KEY, "OPENAI_API_KEY": KEY, "AWS_SECRET": KEY,
               "HTTPS_PROXY": f"http://user:{KEY}@proxy.example"}  # fmt: skip
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    seen = tmp_path / "environment"
    spy = f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)))"
    monkeypatch.setattr(untrusted_video, "COMMAND", f"{spy}; {untrusted_video.COMMAND}")
    assert untrusted_video.inspect(FOOTAGE).width == 1280
    said = seen.read_text()
    assert "PATH" in said
    assert KEY not in said
    assert not [name for name in secrets if name in said]


@pytest.mark.parametrize(
    "address", [f"https://me:{PASSWORD}@api.example.com", f"https://{PASSWORD}@api.example.com/v1", f"ftp://me:{PASSWORD}@h",
                f"me:{PASSWORD}@api.example.com"]
)  # fmt: skip
def test_a_password_in_the_base_url_is_refused_and_neither_said_nor_kept(tmp_path, monkeypatch, address):
    for given in ({"base_url": address}, {}):
        monkeypatch.setenv("SORA_NB_BASE_URL", "" if given else address)
        with pytest.raises(ConfigError) as error:
            Studio(api_key=KEY, home=tmp_path, **given)
        assert PASSWORD not in str(error.value)
    assert not list(tmp_path.rglob("*.db"))


def test_a_profile_takes_its_own_key_and_address_before_the_general_ones(monkeypatch):
    def chosen(*args, **options):
        found = registry.settings(*args, **options)
        return found.api_key.get_secret_value(), found.base_url

    own = "https://own.example.com"
    with pytest.raises(ConfigError, match=r"Set SORA_NB_LAOZHANG_API_KEY or SORA_NB_API_KEY\."):
        registry.settings("laozhang")
    monkeypatch.setenv("SORA_NB_API_KEY", "general")
    assert chosen("laozhang") == ("general", "https://api.laozhang.ai")
    monkeypatch.setenv("SORA_NB_LAOZHANG_API_KEY", "of-its-own")
    monkeypatch.setenv("SORA_NB_LAOZHANG_BASE_URL", own)
    assert chosen("laozhang") == ("of-its-own", own)
    assert chosen("laozhang", api_key="given", base_url="https://given.example") == ("given", "https://given.example")
    monkeypatch.setenv("SORA_NB_PROFILE", "laozhang")
    assert chosen() == ("of-its-own", own)
    assert chosen("custom", base_url="https://mine.example.com") == ("general", "https://mine.example.com")


@pytest.mark.parametrize(
    ("environment", "address", "key"),
    [
        ({"LAOZHANG_API_KEY": "its"}, "https://api.laozhang.ai", "its"),
        ({"LAOZHANG_API_KEY": "its", "LAOZHANG_BASE_URL": "https://own.example.com"}, "https://own.example.com", "its"),
        ({}, "https://general.example.com", "general"),
        ({"LAOZHANG_API_KEY": "its", "BASE_URL": ""}, "https://api.laozhang.ai", "its"),
        ({"BASE_URL": ""}, "https://api.laozhang.ai", "general"),
    ],
)
def test_a_key_goes_to_its_own_address_only(monkeypatch, environment, address, key):
    general = {"BASE_URL": "https://general.example.com", "API_KEY": "general"}
    for name, value in (general | environment).items():
        monkeypatch.setenv(f"SORA_NB_{name}", value)
    found = registry.settings("laozhang")
    assert (found.base_url, found.api_key.get_secret_value()) == (address, key)
    assert registry.settings("laozhang", api_key="given").api_key.get_secret_value() == "given"
    assert registry.settings("laozhang", base_url="https://given.example.com").base_url == "https://given.example.com"


def test_the_general_key_is_not_sent_to_the_address_of_one_profile(monkeypatch):
    monkeypatch.setenv("SORA_NB_BASE_URL", "https://general.example.com")
    monkeypatch.setenv("SORA_NB_API_KEY", "general")
    monkeypatch.setenv("SORA_NB_LAOZHANG_BASE_URL", "https://own.example.com")
    with pytest.raises(ConfigError, match="SORA_NB_LAOZHANG_API_KEY"):
        registry.settings("laozhang")


def test_a_profile_without_an_address_takes_the_general_one(monkeypatch):
    monkeypatch.setenv("SORA_NB_BASE_URL", "https://general.example.com")
    monkeypatch.setenv("SORA_NB_CUSTOM_API_KEY", "its")
    found = registry.settings("custom")
    assert (found.base_url, found.api_key.get_secret_value()) == ("https://general.example.com", "its")

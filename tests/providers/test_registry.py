"""Gateways as data, and how one is chosen."""

from __future__ import annotations

import pytest

from sora_nb.errors import ConfigError, InvalidInput
from sora_nb.models import Purchase
from sora_nb.providers import registry


def test_nothing_configured_means_the_local_server():
    settings = registry.settings()
    assert settings.profile.name == "local"
    assert settings.base_url == ""
    assert settings.profile.free


def test_the_environment_chooses(monkeypatch):
    monkeypatch.setenv("SORA_NB_PROFILE", "laozhang")
    monkeypatch.setenv("SORA_NB_API_KEY", "sk-secret")
    settings = registry.settings()
    assert settings.base_url == "https://api.laozhang.ai"
    assert "sk-secret" not in repr(settings) + str(settings)
    assert settings.api_key.get_secret_value() == "sk-secret"


def test_an_argument_beats_the_environment(monkeypatch):
    monkeypatch.setenv("SORA_NB_PROFILE", "laozhang")
    assert registry.settings("local").profile.name == "local"


def test_an_address_alone_means_a_gateway_of_ones_own(monkeypatch):
    monkeypatch.setenv("SORA_NB_BASE_URL", "https://gate.example/v1/")
    settings = registry.settings(api_key="k")
    assert (settings.profile.name, settings.base_url) == ("custom", "https://gate.example")


def test_who_asks_for_the_free_server_is_not_sent_to_a_gateway_that_charges(monkeypatch):
    monkeypatch.setenv("SORA_NB_BASE_URL", "https://gate.example")
    monkeypatch.setenv("SORA_NB_LOCAL_BASE_URL", "https://other.example")
    assert registry.settings("local").base_url == ""
    monkeypatch.delenv("SORA_NB_LOCAL_BASE_URL")
    assert registry.settings("local", base_url="http://127.0.0.1:8765").base_url == "http://127.0.0.1:8765"
    monkeypatch.setenv("SORA_NB_PROFILE", "local")
    assert registry.settings().base_url == "https://gate.example"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"profile": "sora"}, "Choose one of: local"),
        ({"profile": "laozhang"}, "needs a key"),
        ({"profile": "custom", "api_key": "k"}, "no address of its own"),
        ({"profile": "local", "base_url": "ftp://x"}, "not a web address"),
        ({"profile": "local", "base_url": "http://[::1"}, "not a web address"),
        ({"profile": "local", "base_url": "http://localhost:80a"}, "not a web address"),
        ({"profile": "laozhang", "api_key": "two words"}, "letters that no key has"),
    ],
)
def test_what_cannot_be_used_is_said(arguments, words):
    with pytest.raises(ConfigError, match=words) as caught:
        registry.settings(**arguments)
    assert "two words" not in str(caught.value)


@pytest.mark.parametrize("name", registry.names())
def test_every_profile_is_complete(name):
    profile = registry.get(name)
    assert profile.title
    assert profile.video.poll.shortest <= profile.video.poll.longest
    for price in profile.prices:
        assert price.source
        assert price.date.year >= 2025
    assert bool(profile.retired) == bool(profile.retired_models)


def test_the_vendors_prices():
    local = registry.get("local")
    assert local.price(Purchase(kind="video", model="sora-2", seconds=10)).micros == 150_000
    assert local.price(Purchase(kind="character", model="sora-2-character")).micros == 10_000
    vendor = registry.get("laozhang")
    for model, micros in {"sora-2": 150_000, "sora_video2-landscape-15s": 150_000, "muse-video-30s": 800_000}.items():
        assert vendor.price(Purchase(kind="video", model=model)).micros == micros
    assert vendor.price(Purchase(kind="video", model="something-new")) is None


def test_the_other_host_is_the_same_vendor():
    mine, vendor = registry.get("yelinai"), registry.get("laozhang")
    assert mine.base_url == "https://api.yelinai.com"
    assert (mine.prices, mine.character, mine.retired) == (vendor.prices, vendor.character, vendor.retired)


def test_the_sync_route_chooses_size_and_length_by_name():
    vendor = registry.get("laozhang")
    assert vendor.chat_model("1280x720", 10).model == "sora_video2-landscape"
    assert vendor.chat_model("720x1280", 15).model == "sora_video2-15s"
    with pytest.raises(InvalidInput, match="1280x704 15 s"):
        vendor.chat_model("1280x720", 12)
    with pytest.raises(InvalidInput, match="A size is written"):
        vendor.chat_model("big", 10)


def test_retired_models_are_known():
    vendor = registry.get("laozhang")
    assert vendor.is_retired("sora-2")
    assert vendor.is_retired("sora_video2-landscape")
    assert not vendor.is_retired("muse-video")
    assert vendor.is_retired("", "character")
    assert not vendor.is_retired("muse-video", "video")


@pytest.mark.parametrize("name", ["nonsense", "toy:Nonsense", "no.such.module:Wire"])
def test_a_dialect_that_does_not_exist_is_said(name):
    with pytest.raises(ConfigError, match=f"no dialect '{name}' for the profile 'custom'"):
        registry.dialect(registry.get("custom").model_copy(update={"dialect": name}))

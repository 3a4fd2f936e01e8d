"""What a profile itself calls retired is refused before anything is written or sent, unless the person insists."""

from __future__ import annotations

import pytest
from conftest import KEY
from faulty import Faulty, answer
from quick import QuickEngine

from sora_nb.errors import ConfigError, OutcomeUnknown, RouteRetired
from sora_nb.models import Clip
from sora_nb.providers import registry
from sora_nb.providers.base import Order, Source
from sora_nb.providers.hosted import HostedProvider
from sora_nb.studio import Studio


@pytest.fixture
def service():
    with Faulty(answer(b"upstream", 502)) as running:
        yield running


def studio_of(service, tmp_path, profile, **options):
    return Studio(profile, base_url=service.url, api_key=KEY, home=tmp_path / "home", progress=False, **options)


@pytest.mark.parametrize("profile", ["laozhang", "apiyi"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda studio: studio.generate("a corgi", model="sora-2"),
        lambda studio: studio.generate("a corgi", model="sora-2-pro"),
        lambda studio: studio.generate("a corgi", size="1280x720", route="sync"),
    ],
)
def test_it_is_refused_whatever_the_address(service, tmp_path, profile, ask):
    with studio_of(service, tmp_path, profile) as studio:
        with pytest.raises(RouteRetired, match=r"no longer serves .*Nothing was sent.*allow_retired=True"):
            ask(studio)
        assert studio.ledger.calls() == []
    assert service.requests == []


def test_who_makes_no_characters_any_more_leaves_that_to_the_engine_here(service, tmp_path, clip):
    with studio_of(service, tmp_path, "laozhang", engine=QuickEngine()) as studio:
        assert studio.estimate("character").free
        hero = studio.extract(clip, 0, 2, name="luna")
        assert (str(hero), hero.display_name, hero.profile) == ("@luna", "Luna", "local")
        assert studio.character("luna") == hero
        assert [call.charged for call in studio.ledger.calls()] == [0]
    assert service.requests == []


def test_who_insists_sends_it(service, tmp_path):
    with studio_of(service, tmp_path, "laozhang", allow_retired=True) as studio:
        for ask in (
            lambda: studio.generate("a corgi", model="sora-2"),
            lambda: studio.extract("https://example.com/a.mp4", 1, 3),
        ):
            with pytest.raises(OutcomeUnknown):
                ask()
    assert len(service.creates) == 2


def test_what_lives_on_is_sent(service, tmp_path):
    with studio_of(service, tmp_path, "laozhang") as studio, pytest.raises(OutcomeUnknown):
        studio.generate("a corgi", model="muse-video")
    assert len(service.creates) == 1


VIDEO = Order(kind="video", prompt="a corgi", size="1280x720", seconds=8)
ORDERS = [
    VIDEO.model_copy(update={"model": "sora-2"}),
    VIDEO.model_copy(update={"model": "anything"}),
    Order(kind="character", name="Mossy", clip=Clip(0, 2), source=Source(origin="file:a.mp4", as_file=True)),
]


@pytest.mark.parametrize("order", ORDERS, ids=["sora-2", "another model", "character"])
def test_the_openai_shape_is_retired_at_openai_only(run, order):
    async def check(base_url):
        provider = HostedProvider(registry.settings("openai-shape", base_url=base_url, api_key=KEY))
        try:
            provider.check(order)
        finally:
            await provider.close()

    with pytest.raises(RouteRetired, match="OpenAI closed its own Videos API"):
        run(check, "https://api.openai.com/v1")
    run(check, "https://gateway.example")


def test_what_is_retired_is_told_before_a_key_is_missed(tmp_path):
    with Studio(home=tmp_path, progress=False) as studio:
        for kind in ("generate", "submit"):
            with pytest.raises(RouteRetired, match=r"laozhang no longer serves 'sora-2'\. .*nothing was charged"):
                getattr(studio, kind)("a corgi", model="laozhang/sora-2")
        with pytest.raises(
            ConfigError, match=r"needs a key\. The vendor retired its Sora routes.*SORA_NB_LAOZHANG_API_KEY"
        ):
            studio.generate("a corgi", model="laozhang/muse-video")
        assert studio.ledger.calls() == []
    with pytest.raises(ConfigError, match=r"needs a key\. The vendor retired its Sora routes"):
        Studio("laozhang", home=tmp_path)
    with (
        Studio(home=tmp_path, progress=False, allow_retired=True) as studio,
        pytest.raises(ConfigError, match="needs a key"),
    ):
        studio.generate("a corgi", model="laozhang/sora-2")

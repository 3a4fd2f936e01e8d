"""What the official SDKs of live services think of our dialects.

Each SDK and our own client send the same order to a recorder, and what arrives is compared. Where they differ is in a
table here, with the reason, and is asserted exactly, so that it is noticed when it ends; the README tells of it.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from client import Client
from comparing import body, differences
from conftest import KEY
from PIL import Image
from recorder import Recorder

from sora_nb.models import Character, Still
from sora_nb.providers import registry
from sora_nb.providers.base import Member, Order
from sora_nb.providers.references import compiled

pytestmark = pytest.mark.timeout(280)
OURS = {"header idempotency-key": "ours: sent to all services, also to those that say nothing of it"}


@dataclass(frozen=True)
class Case:
    """A model that our client and an SDK are both asked for.

    Attributes:
        profile, model: ours.
        service: what the recorder answers like.
        judge, script: the SDK's environment, and what speaks to it.
        seed: what is asked for; None where the model takes none.
        clip: "public" or "inline" where the first character is shown by a clip: at an address, or inside the request.
        told: what the script needs to know beside the order.
        differ: where the requests differ, and why.
        unknown: status words that the SDK's type has and our dialect does not.
    """

    profile: str
    model: str
    service: str
    judge: str
    script: str
    seed: int | None = 7
    clip: str = ""
    told: dict = field(default_factory=dict)
    differ: dict = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def __str__(self):
        return f"{self.profile}-{self.model}-{self.judge}{self.clip and f'-{self.clip}'}"


ARK = "dreamina-seedance-2-5-260628"
TURNS = ("idle", "requires_action", "requires_continuation")
"""Words for an interaction that waits for another turn; one that made a film has made it whatever the word is."""
CASES = [
    Case("ark", ARK, "ark", "byteplus", "byteplus_sdk.py", differ=OURS),
    Case("ark", ARK, "ark", "byteplus", "byteplus_sdk.py", clip="public", differ=OURS),
    Case("ark", "dreamina-seedance-2-0-260128", "ark", "byteplus", "byteplus_sdk.py", differ=OURS),
    Case("ark", ARK, "ark", "ai", "ai_sdk.mjs", told={"service": "bytedance"}, differ=OURS),
    Case(
        "volcengine",
        "doubao-seedance-2-5-260628",
        "ark",
        "litellm",
        "litellm_video.py",
        told={"service": "volcengine"},
        differ=OURS,
    ),
    Case(
        "minimax",
        "MiniMax-H3",
        "minimax",
        "litellm",
        "litellm_video.py",
        None,
        told={"service": "minimax"},
        differ=OURS,
    ),
    *(
        Case("runway", model, "runway", "runway", "runway_sdk.py", differ=OURS)
        for model in ("seedance2_5", "seedance2")
    ),
    *(
        Case("runway", model, "runway", "runway", "runway_sdk.py", None, differ=OURS)
        for model in ("kling_4", "wan3", "hailuo3", "grok_imagine_1_5", "gemini_omni_flash_1.1", "gen4.5")
    ),
    Case("runway", "seedance2_5", "runway", "runway", "runway_sdk.py", clip="inline", differ=OURS),
    Case("runway", "gemini_omni_flash_1.1", "runway", "runway", "runway_sdk.py", None, clip="inline", differ=OURS),
    Case(
        "runway",
        "seedance2_5",
        "runway",
        "litellm",
        "litellm_video.py",
        None,
        told={"service": "runwayml"},
        differ=OURS,
    ),
    *(
        Case("gemini", model, "omni", "genai", "genai_sdk.py", None, clip=clip, differ=OURS, unknown=TURNS)
        for model in ("gemini-omni-1.2-flash", "gemini-omni-1.1-flash")
        for clip in ("", "inline")
    ),
    *(
        Case("comfy", f"kling/{model}", "comfy", "comfy", "comfy_router.py", None)
        for model in ("kling-v3-omni", "kling-4.0")
    ),
    *(
        Case(
            "openrouter",
            "bytedance/seedance-2.5",
            "openrouter",
            "openrouter",
            "openrouter_sdk.py",
            clip=clip,
            differ=OURS,
        )
        for clip in ("", "public")
    ),
    Case("openrouter", "google/gemini-omni-1.2-flash", "openrouter", "openrouter", "openrouter_sdk.py", differ=OURS),
    Case("openrouter", "minimax/hailuo-3", "openrouter", "openrouter", "openrouter_sdk.py", differ=OURS),
    Case(
        "openrouter",
        "bytedance/seedance-2.5",
        "openrouter",
        "ai",
        "ai_sdk.mjs",
        told={"service": "openrouter"},
        differ=OURS,
    ),
    Case("laozhang", "muse-video", "videos", "openai-3", "videos_sdk.py", seed=None, differ=OURS),
]


@pytest.fixture
def members(tmp_path):
    """Two characters, the first one with two pictures."""

    def still(name, colour):
        path = tmp_path / f"{name}.jpg"
        Image.new("RGB", (640, 720), colour).save(path)
        return Still(path=path, width=640, height=720, kind="figure")

    def member(name, *colours):
        stills = tuple(still(f"{name}-{colour}", colour) for colour in colours)
        return Member(character=Character(id=name, username=name, display_name=name.title()), stills=stills)

    return member("luna", "grey", "white"), member("leo", "brown")


def told(order, profile, **more):
    """Return an order in words that belong to no service, as a person would tell it to an SDK."""
    made = compiled(order, profile)
    return {
        "model": order.model,
        "prompt": made.prompt,
        "pictures": [each.url() for each in made.pictures],
        "clips": [each.url() for each in made.clips],
        "seconds": made.seconds,
        "size": made.shape.size,
        "ratio": made.shape.ratio,
        "resolution": made.shape.resolution,
        "seed": order.seed,
        "sound": made.sound,
        "key": "key-1",
        "fetch": False,
        **more,
    }


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_sdk_sends_the_same(case, ordered, members, clip):
    profile = registry.get(case.profile)
    shown = members if profile.rules(case.model).references else ()
    if case.clip:
        lent = {"clip": clip, "clip_seconds": 2.5}
        shown = (shown[0].model_copy(update=lent), *shown[1:])
    prompt = "@luna and @leo walk on the beach" if shown else "a corgi walks on the beach"
    asked = {"model": case.model, "prompt": prompt, "members": shown, "seed": case.seed}
    public = (
        {"addresses": {str(clip): "https://example.com/luna.mp4"}, "publishes": True} if case.clip == "public" else {}
    )
    order = Order(kind="video", size="1280x720", seconds=5, **asked, **public)
    with Recorder(case.service) as recorder:
        here = recorder.host + urlsplit(profile.base_url).path
        settings = registry.settings(case.profile, base_url=here, api_key=KEY)
        with contextlib.closing(Client(settings, allow_retired=True)) as client:
            client.create(order, "key-1")
        [ours] = recorder.creates
    with Recorder(case.service) as recorder:
        wanted = told(order, profile, **case.told, ours=None if case.service == "videos" else body(ours))
        report = ordered(case.judge, case.script, recorder.url, wanted)
        theirs = recorder.creates[0]
    found = differences(ours, theirs)
    assert found.keys() == case.differ.keys(), found
    assert not report.get("refused"), report
    spoken = registry.dialect(profile)
    assert [word for word in report.get("words", ()) if spoken.status(word) is None] == list(case.unknown)

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
from sora_nb.providers.wire import data_uri

pytestmark = pytest.mark.timeout(280)
ADDRESS = "https://example.com/luna.mp4"
OURS = {"header idempotency-key": "we send it to every service; one that does not know it leaves it alone"}


@dataclass(frozen=True)
class Case:
    """An order that our client and an SDK are both given.

    Attributes:
        profile, model: ours.
        service: what the recorder answers like.
        judge, script: the SDK's environment, and what speaks to it.
        shows: "pictures" of two characters, "picture" of one, "address" or "clip" where the first one is shown by a clip
            at an address or inside the request, "begin" for a picture to start from, "nothing".
        seed: what is asked for; None where the model takes none.
        told: what the script needs to know beside the order.
        differ: where the requests differ, and why.
        unknown: status words that the SDK's type has and our dialect does not.
    """

    profile: str
    model: str
    service: str
    judge: str
    script: str
    shows: str = "pictures"
    seed: int | None = None
    told: dict = field(default_factory=dict)
    differ: dict = field(default_factory=lambda: OURS)
    unknown: tuple[str, ...] = ()

    def __str__(self):
        return f"{self.profile}-{self.model}-{self.judge}-{self.shows}"

    @property
    def is_own(self):
        """Whether the SDK is the service's own, which stops tasks, too."""
        return self.judge not in {"litellm", "ai", "openai-3"}


def ark(model, shows="pictures"):
    return Case("ark", model, "ark", "byteplus", "byteplus_sdk.py", shows, seed=7)


def runway(model, shows="pictures", seed=None):
    return Case("runway", model, "runway", "runway", "runway_sdk.py", shows, seed)


def omni(model, shows="pictures"):
    # the words are for an interaction that waits for another turn; one that made a film has made it whatever the word is
    turns = ("idle", "requires_action", "requires_continuation")
    return Case("gemini", model, "omni", "genai", "genai_sdk.py", shows, unknown=turns)


def openrouter(model, shows="pictures"):
    return Case("openrouter", model, "openrouter", "openrouter", "openrouter_sdk.py", shows, seed=7)


def comfy(model):
    return Case("comfy", model, "comfy", "comfy", "comfy_router.py", differ={})


def litellm(profile, model, service, told, shows="pictures", seed=None, differ=OURS):
    return Case(profile, model, service, "litellm", "litellm_video.py", shows, seed, {"service": told}, differ)


def vercel(profile, model, service, told, shows="pictures", differ=OURS):
    return Case(profile, model, service, "ai", "ai_sdk.mjs", shows, 7, {"service": told}, differ)


def videos(model, shows):
    return Case("laozhang", model, "videos", "openai-3", "videos_sdk.py", shows)


SEEDANCE = "dreamina-seedance-2-5-260628"
RATIO = OURS | {"ratio": "it sends one beside a picture to start from, where the service goes by the picture's own"}
ROLE = OURS | {"content[1].role": "it says no role for a first frame that has no last one beside it"}
CASES = [
    *(ark(SEEDANCE, shows) for shows in ("pictures", "address", "begin")),
    ark("dreamina-seedance-2-0-260128"),
    vercel("ark", SEEDANCE, "ark", "bytedance"),
    vercel("ark", SEEDANCE, "ark", "bytedance", "begin", ROLE),
    *(
        litellm("volcengine", "doubao-seedance-2-5-260628", "ark", "volcengine", shows, seed=7)
        for shows in ("pictures", "begin")
    ),
    litellm("minimax", "MiniMax-H3", "minimax", "minimax"),
    litellm("minimax", "MiniMax-H3", "minimax", "minimax", "begin", differ=RATIO),
    *(runway("seedance2_5", shows, seed=7) for shows in ("pictures", "clip", "begin")),
    runway("seedance2", seed=7),
    *(runway(model) for model in ("kling_4", "wan3", "hailuo3", "grok_imagine_1_5")),
    *(runway("gemini_omni_flash_1.1", shows) for shows in ("pictures", "clip")),
    runway("gen4.5", "nothing"),
    *(litellm("runway", "seedance2_5", "runway", "runwayml", shows) for shows in ("pictures", "begin")),
    *(omni("gemini-omni-1.2-flash", shows) for shows in ("pictures", "clip", "begin")),
    omni("gemini-omni-1.1-flash"),
    *(openrouter("bytedance/seedance-2.5", shows) for shows in ("pictures", "address", "begin")),
    *(openrouter(model) for model in ("google/gemini-omni-1.2-flash", "minimax/hailuo-3")),
    *(
        vercel("openrouter", "bytedance/seedance-2.5", "openrouter", "openrouter", shows)
        for shows in ("pictures", "begin")
    ),
    *(comfy(f"kling/{model}") for model in ("kling-v3-omni", "kling-4.0")),
    videos("gemini-omni-1.2-flash", "picture"),
    videos("muse-video", "begin"),
    videos("muse-video", "nothing"),
]


@pytest.fixture
def order(case, tmp_path, clip):
    """The order of a case: two characters, the first one with two pictures, where it is to show them."""

    def still(name, colour):
        path = tmp_path / f"{name}.jpg"
        Image.new("RGB", (640, 720), colour).save(path)
        return Still(path=path, width=640, height=720, kind="figure")

    def member(name, *colours, **lent):
        stills = tuple(still(f"{name}-{colour}", colour) for colour in colours)
        return Member(character=Character(id=name, username=name, display_name=name.title()), stills=stills, **lent)

    lent = {"clip": clip, "clip_seconds": 2.5} if case.shows in {"address", "clip"} else {}
    luna, leo = member("luna", "grey", "white", **lent), member("leo", "brown")
    asked = {"prompt": "@luna and @leo walk on the beach", "members": (luna, leo)}
    if case.shows in {"begin", "nothing"}:
        asked = {"prompt": "a corgi walks on the beach"}
    if case.shows == "picture":
        asked = {"prompt": "@leo walks on the beach", "members": (leo,)}
    if case.shows == "begin":
        asked["image"] = still("begin", "teal").path
    if case.shows == "address":
        asked |= {"addresses": {str(clip): ADDRESS}, "publishes": True}
    return Order(kind="video", model=case.model, size="1280x720", seconds=5, seed=case.seed, **asked)


def told(order, profile, **more):
    """Return an order in words that belong to no service, as a person would tell it to an SDK."""
    made = compiled(order, profile)
    return {
        "model": order.model,
        "prompt": made.prompt,
        "pictures": [each.url() for each in made.pictures],
        "clips": [each.url() for each in made.clips],
        "begin": order.image and data_uri(order.image),
        "seconds": made.seconds,
        "size": made.shape.size,
        "ratio": made.shape.ratio,
        "resolution": made.shape.resolution,
        "seed": order.seed,
        "sound": made.sound,
        "key": "key-1",
        "fetch": False,
        "stop": True,
        "upload": False,
        **more,
    }


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_sdk_sends_the_same(case, order, ordered):
    profile = registry.get(case.profile)
    with Recorder(case.service) as recorder:
        here = recorder.host + urlsplit(profile.base_url).path
        settings = registry.settings(case.profile, base_url=here, api_key=KEY)
        with contextlib.closing(Client(settings, allow_retired=True)) as client:
            made = client.create(order, "key-1")
        [ours] = recorder.taken
    with Recorder(case.service) as recorder:
        wanted = told(order, profile, **case.told, ours=body(ours) if case.is_own else None)
        report = ordered(case.judge, case.script, recorder.url, wanted)
        theirs, *after = recorder.taken
    found = differences(ours, theirs)
    assert found.keys() == case.differ.keys(), found
    assert not report.get("refused"), report

    spoken = registry.dialect(profile, here)
    assert [word for word in report.get("words", ()) if spoken.status(word) is None] == list(case.unknown)
    known = (spoken.task(made.id), spoken.result(made.id), spoken.cancel(made.id), spoken.listing("video"))
    known = {(request.method, urlsplit(here).path + request.path) for request in known if request is not None}
    asked = {(taken.method, urlsplit(taken.path).path) for taken in after} - {(theirs.method, theirs.path)}
    assert asked == known if case.is_own else asked <= known

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
        clip: whether the first character is shown by a clip, which is at a public address.
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
    clip: bool = False
    told: dict = field(default_factory=dict)
    differ: dict = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def __str__(self):
        return f"{self.profile}-{self.model}-{self.judge}{'-clip' * self.clip}"


ARK = "dreamina-seedance-2-5-260628"
CASES = [
    Case("ark", ARK, "ark", "byteplus", "byteplus_sdk.py", differ=OURS),
    Case("ark", ARK, "ark", "byteplus", "byteplus_sdk.py", clip=True, differ=OURS),
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
    public = {"addresses": {str(clip): "https://example.com/luna.mp4"}, "publishes": True} if case.clip else {}
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

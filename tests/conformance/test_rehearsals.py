"""The official SDKs of live services as clients of our rehearsal servers: what we answer must be what their types say."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from importlib import import_module
from typing import get_args

import httpx
import pytest
from conftest import KEY
from PIL import Image
from quick import QuickEngine

from sora_nb.server import rehearsal
from sora_nb.server.rehearsal.tasks import State

pytestmark = pytest.mark.timeout(280)
KEYS = {"authorization": f"Bearer {KEY}", "x-goog-api-key": KEY}


@dataclass(frozen=True)
class Case:
    """An SDK, and the rehearsal server it speaks to.

    Attributes:
        service: name of the rehearsal.
        judge, script: the SDK's environment, and what speaks to it.
        model: what is asked for.
        told: what else the order says.
        done: the word for a task that ended well.
        failed: the word for one that ended badly, or what the SDK raises for it.
        refusals: what the SDK raises for a refusal by policy, and for one that lasts a while; or how the task ends.
        keyed: whether the film's link asks for the key.
        strange: what our answers hold that the SDK's type does not know, and why we answer it all the same.
    """

    service: str
    judge: str
    script: str
    model: str
    done: str
    failed: str = "failed"
    told: dict = field(default_factory=dict)
    refusals: tuple[str, str] = ("", "")
    keyed: bool = False
    strange: dict = field(default_factory=dict)

    def __str__(self):
        return f"{self.service}-{self.judge}-{self.model}"


TOKENS = {"usage.total_tokens": "LiteLLM reads it, and the vendor's manual has it"}
CASES = [
    Case(
        "ark",
        "byteplus",
        "byteplus_sdk.py",
        "dreamina-seedance-2-5-260628",
        "succeeded",
        refusals=("ArkBadRequestError", "ArkRateLimitError"),
        strange=TOKENS,
    ),
    Case(
        "ark",
        "litellm",
        "litellm_video.py",
        "doubao-seedance-2-5-260628",
        "completed",
        told={"service": "volcengine"},
        refusals=("BadRequestError", "RateLimitError"),
    ),
    Case(
        "ark",
        "ai",
        "ai_sdk.mjs",
        "dreamina-seedance-2-5-260628",
        "completed",
        failed="BYTEDANCE_VIDEO_GENERATION_FAILED",
        told={"service": "bytedance"},
        refusals=("AI_APICallError", "AI_APICallError"),
    ),
    Case(
        "runway",
        "runway",
        "runway_sdk.py",
        "seedance2_5",
        "SUCCEEDED",
        failed="FAILED",
        told={"ratio": ""},
        refusals=("FAILED", "RateLimitError"),
    ),
    Case(
        "runway",
        "runway",
        "runway_sdk.py",
        "gemini_omni_flash_1.1",
        "SUCCEEDED",
        failed="FAILED",
        told={"ratio": "", "upload": True},
        refusals=("FAILED", "RateLimitError"),
    ),
    Case(
        "runway",
        "litellm",
        "litellm_video.py",
        "seedance2_5",
        "completed",
        told={"ratio": "", "service": "runwayml"},
        refusals=("failed", "RateLimitError"),
    ),
    Case(
        "comfy",
        "comfy",
        "comfy_router.py",
        "kling/kling-v3-omni",
        "COMPLETED",
        failed="provider_error",
        told={"ours": {"prompt": "a corgi on the beach", "aspect_ratio": "16:9", "duration": "5", "mode": "std"}},
        refusals=("ContentPolicyViolation", "RateLimited"),
    ),
    Case(
        "comfy",
        "comfy",
        "comfy_router.py",
        "kling/kling-4.0",
        "COMPLETED",
        failed="provider_error",
        told={"ours": {"prompt": "a corgi on the beach", "settings": {"duration": 5, "resolution": "720p"}}},
        refusals=("ContentPolicyViolation", "RateLimited"),
    ),
    Case(
        "minimax",
        "litellm",
        "litellm_video.py",
        "MiniMax-H3",
        "completed",
        told={"resolution": "768P", "service": "minimax"},
        refusals=("BadRequestError", "RateLimitError"),
    ),
    Case(
        "gemini",
        "genai",
        "genai_sdk.py",
        "gemini-omni-1.2-flash",
        "completed",
        refusals=("BadRequestError", "RateLimitError"),
        keyed=True,
        strange={"object": "the service answers it, as github.com/TanStack/ai/issues/871 has it"},
    ),
    Case(
        "laozhang",
        "openai-3",
        "videos_sdk.py",
        "gemini-omni-1.2-flash",
        "completed",
        refusals=("BadRequestError", "RateLimitError"),
        strange={
            "model=gemini-omni-1.2-flash": "the SDK's type has the models of a service that is closed",
            "seconds=5": "the SDK's type has that service's lengths",
            "video_url": "relays put the film's address here; that service had none",
        },
    ),
    Case(
        "openrouter",
        "openrouter",
        "openrouter_sdk.py",
        "bytedance/seedance-2.5",
        "completed",
        refusals=("ForbiddenResponseError", "TooManyRequestsResponseError"),
        keyed=True,
    ),
    Case(
        "openrouter",
        "ai",
        "ai_sdk.mjs",
        "bytedance/seedance-2.5",
        "completed",
        failed="AI_APICallError",
        told={"service": "openrouter"},
        refusals=("AI_APICallError", "AI_APICallError"),
        keyed=True,
    ),
]


def picture():
    """Return a picture of a round character on a light ground, as a data address."""
    drawn = Image.new("RGB", (640, 640), "whitesmoke")
    drawn.paste("sienna", (200, 120, 440, 560))
    data = io.BytesIO()
    drawn.save(data, "JPEG")
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()


def order(case):
    """Return the order that an SDK is told."""
    return {
        "model": case.model,
        "prompt": "Luna is the character in Image 1. Luna walks on the beach.",
        "pictures": [picture()],
        "clips": [],
        "seconds": 5,
        "size": "1280x720",
        "ratio": "16:9",
        "resolution": "720p",
        "seed": None,
        "sound": None,
        "key": "key-1",
        "begin": None,
        "fetch": True,
        "stop": False,
        "upload": False,
        "ours": None,
        **case.told,
    }


@pytest.fixture
def served(request):
    """A rehearsal server that renders at once."""
    with rehearsal.start(request.param.service, engine=QuickEngine()) as server:
        yield server


@pytest.fixture
def hear(served, ordered, case):
    """Let the SDK of a case send its order to the rehearsal."""
    return lambda: ordered(case.judge, case.script, served.url, order(case))


pairs = pytest.mark.parametrize(("served", "case"), [(case, case) for case in CASES], ids=str, indirect=["served"])


@pairs
def test_an_sdk_reads_what_we_answer(served, case, hear):
    report = hear()
    assert report["status"] == case.done, report
    assert set(report.get("strange", ())) == case.strange.keys(), report
    if report.get("words"):  # also for where this task has not been
        words = import_module(f"{rehearsal.__name__}.{case.service}").WORDS
        assert {words.get(state, state) for state in get_args(State)} <= set(report["words"])
    assert report.get("id") in report.get("listed", [report.get("id")]), report
    assert report.get("content", "ftyp") == "ftyp", report
    assert report.get("again") in {report.get("id"), None}, report
    if "url" in report:  # LiteLLM keeps it to itself
        film = httpx.get(report["url"], headers=KEYS if case.keyed else {}, follow_redirects=True)
        assert film.content[4:8] == b"ftyp"


@pairs
def test_an_sdk_reads_a_failure(served, case, hear):
    served.fail("failed")
    report = hear()
    assert report.get("status", report.get("refusal")) == case.failed, report
    assert report.get("error") or report["said"], report
    assert report.get("error") in report.get("errors", [report.get("error")]), report


@pairs
def test_an_sdk_knows_our_refusals(served, case, hear):
    for fault, outcome in zip(("policy", "throttled"), case.refusals, strict=True):
        served.fail(fault)
        before = len(served.tasks())
        report = hear()
        assert report.get("refusal", report.get("status")) == outcome, report
        assert len(served.tasks()) == before + ("refusal" not in report)

"""Comfy Router's wire: others' bodies in a queue, its own key, and what its headers say was charged."""

from __future__ import annotations

import contextlib
import json
import math

import pytest
from client import Client
from conftest import KEY
from faulty import Faulty, answer
from hypothesis import given
from hypothesis import strategies as st
from portrayed import order, portrayed, still

from sora_nb.errors import (
    AuthError,
    BadRequest,
    GenerationFailed,
    InvalidInput,
    OutcomeUnknown,
    PolicyError,
    QuotaError,
    UpstreamError,
    WaitTimeout,
)
from sora_nb.models import Status
from sora_nb.providers import hosted, registry
from sora_nb.providers.dialect import UNREADABLE
from sora_nb.providers.http import Answer
from sora_nb.providers.profile import Pace

PROFILE = registry.get("comfy")
FAST = PROFILE.model_copy(
    update={"video": PROFILE.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.02)})}
)
WIRE = registry.dialect(PROFILE, PROFILE.base_url)
V3, V4 = "kling/kling-v3-omni", "kling/kling-4.0"
SEEDANCE, HAILUO = "byteplus/dreamina-seedance-2-5-260628", "minimax/minimax-h3"
FILM = "https://cdn.example/film.mp4"
# as docs.comfy.org shows it for kling-v3-omni, read on 2026-11-26
RESULT = {
    "code": 0,
    "message": "SUCCEED",
    "request_id": "9f2c",
    "data": {
        "task_id": "kling-task-1",
        "task_status": "succeed",
        "task_status_msg": "",
        "task_result": {"videos": [{"duration": "5", "id": "kling-video-6", "url": FILM}]},
    },
}
RESULT_SEEDANCE = {
    "content": {"last_frame_url": None, "video_url": FILM},
    "created_at": 1767225600,
    "duration": 5,
    "error": None,
    "id": "3f7a1b28-5c0d-4e91-8a6f-1b2c3d4e5f60",
    "model": "dreamina-seedance-2-5-260628",
    "resolution": "720p",
    "status": "succeeded",
}
RESULT_HAILUO = {"task": {"id": "3f7a", "model": "MiniMax-H3", "status": "succeeded", "content": {"url": FILM}}}
RESULT_4 = {"code": 0, "data": [{"id": "1", "status": "succeeded", "outputs": [{"type": "video", "url": FILM}]}]}


def said(data, status=200, headers=()):
    return answer(json.dumps(data).encode(), status, headers)


@pytest.fixture
def luna(tmp_path):
    return portrayed(tmp_path)


@pytest.fixture
def client(monkeypatch):
    """Return a client of a server that gives these answers."""
    running = []

    async def at_once(_):
        """Wait for nothing."""

    def make(*replies):
        service = Faulty(*replies)
        service.__enter__()
        made = Client(registry.settings(FAST, base_url=service.url, api_key=KEY), sleep=at_once)
        running.append((made, service))
        return made, service

    yield make
    for made, service in running:
        made.close()
        service.__exit__(None, None, None)


CREATED = said({"request_id": "7739aa7f"}, 201)


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_a_body_of_klings_first_api(luna, tmp_path):
    sent = WIRE.create(order(luna, model=V3, prompt="@luna walks"), "key-1")
    assert (sent.path, sent.idempotency_key) == ("/v2/models/kling/kling-v3-omni/requests", "key-1")
    pictures = sent.json.pop("image_list")
    assert [sorted(each) for each in pictures] == [["image_url"], ["image_url"]]
    assert sent.json == {
        "prompt": "<<<image_1>>> and <<<image_2>>> show the same character. <<<image_1>>> walks",
        "mode": "std",
        "duration": "5",
        "aspect_ratio": "16:9",
        "sound": "off",
        "watermark_info": {"enabled": False},
    }
    begun = WIRE.create(order(luna, model=V3, image=still(tmp_path, "start").path, size="1920x1080"), "key-1").json
    assert begun["image_list"][2]["type"] == "first_frame"
    assert begun["mode"] == "pro"
    assert "aspect_ratio" not in begun


def test_a_body_of_klings_newest_model_has_no_key_of_ours(luna):
    sent = WIRE.create(order(luna, model=V4), "key-1")
    assert sent.path == "/v2/models/kling/kling-4.0/requests"
    assert [item["type"] for item in sent.json["contents"]] == ["prompt", "refer_image", "refer_image"]
    assert sent.json["options"] == {"watermark_info": {"enabled": False}}
    alone = WIRE.create(order(model=V4, prompt="a corgi walks"), "key-1").json
    assert (alone["prompt"], "contents" in alone) == ("a corgi walks", False)


@pytest.mark.parametrize("model", [SEEDANCE, HAILUO])
def test_a_body_with_content_of_which_the_path_says_the_model(luna, model):
    sent = WIRE.create(order(luna, model=model), "key-1")
    assert sent.path == f"/v2/models/{model}/requests"
    assert "model" not in sent.json
    assert [item["type"] for item in sent.json["content"]] == ["text", "image_url", "image_url"]
    assert sent.json["content"][0]["text"] == "Luna is the character in Image 1 and Image 2. Luna walks"


@pytest.mark.parametrize("model", PROFILE.models)
def test_the_same_order_is_the_same_body_however_often(luna, model):
    first, second = (WIRE.create(order(luna, model=model), "key-1") for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"seed": 7}, "takes no seed"),
        ({"seconds": 16}, "up to 15 s"),
        ({"model": "kling/kling-9"}, "has no model"),
        ({"seconds": 2}, "3 s or more"),
    ],
)
def test_what_it_would_refuse_is_refused_here(luna, asked, words):
    with pytest.raises(InvalidInput, match=words):
        WIRE.check(order(luna, **{"model": V3, **asked}))


# --- what its answers say ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "result"), [(V3, RESULT), (V4, RESULT_4), (SEEDANCE, RESULT_SEEDANCE), (HAILUO, RESULT_HAILUO)]
)
def test_a_request_from_its_create_to_its_film(client, luna, model, result):
    headers = [("x-litellm-response-cost", "0.42"), ("x-comfy-credits-used", "88.62")]
    waiting = said({"status": "IN_QUEUE", "queue_position": 3}), said({"status": "POLISHING"})
    comfy, service = client(CREATED, *waiting, said({"status": "COMPLETED"}), said(result, 200, headers))
    ticket = comfy.create(order(luna, model=model), "key-1")
    assert (ticket.id, ticket.video.status) == (f"{model}/7739aa7f", Status.QUEUED)
    video = comfy.wait(ticket.video)
    assert (video.id, video.status, video.url, video.model) == (ticket.id, Status.COMPLETED, FILM, model)
    assert comfy.provider.charged(video.raw) == 420_000
    head = service.requests[0].lower()
    assert b"idempotency-key: key-1" in head
    assert f"authorization: bearer {KEY}".lower().encode() in head
    asked = [request.split(b" HTTP")[0].decode() for request in service.requests[1:]]
    path = f"GET /v2/models/{model}/requests/7739aa7f"
    assert asked == [f"{path}/status"] * 3 + [path]


@pytest.mark.parametrize(
    ("headers", "charged"),
    [
        ({}, None),
        ({"x-litellm-response-cost": "0.25201"}, 252_010),
        ({"x-litellm-response-cost": "None", "x-comfy-credits-used": "1"}, None),
        ({"x-comfy-credits-used": "25.32"}, math.ceil(25.32e6 / 211)),
        ({"x-comfy-credits-used": "0"}, 0),
    ],
)
def test_a_header_says_what_it_cost_and_none_says_nothing(client, headers, charged):
    comfy, _ = client()
    assert comfy.provider.charged({"status": "COMPLETED", "headers": headers}) == charged


@pytest.mark.parametrize(
    "ended",
    [
        {"status": "COMPLETED", "error_type": "content_policy_violation", "detail": "Your prompt was refused."},
        {
            "status": "COMPLETED",
            "error_type": "content_policy_violation",
            "detail": [{"msg": "Your prompt was refused."}],
        },
    ],
)
@pytest.mark.parametrize("place", ["status", "result"])
def test_a_request_that_ended_with_an_error_has_failed(client, luna, ended, place):
    polls = [said(ended)] if place == "status" else [said({"status": "COMPLETED"}), said(ended)]
    comfy, _ = client(CREATED, *polls)
    ticket = comfy.create(order(luna, model=V3), "key-1")
    with pytest.raises(GenerationFailed, match=r"Your prompt was refused.*not known.*reserved") as caught:
        comfy.wait(ticket.video)
    assert caught.value.code == "content_policy_violation"


def test_a_result_that_is_not_handed_over_at_once_is_asked_for_again(client, luna):
    not_yet = [said({"detail": "Bad gateway"}, 502), said({"status": "IN_PROGRESS"}, 202)]
    comfy, service = client(CREATED, said({"status": "COMPLETED"}), *not_yet, said(RESULT))
    ticket = comfy.create(order(luna, model=V3), "key-1")
    assert comfy.wait(ticket.video).url == FILM
    assert len(service.creates) == 1


def test_a_result_that_nobody_hands_over_is_paid_for(client, luna):
    comfy, service = client(CREATED, said({"status": "COMPLETED"}), said({"detail": "Bad gateway"}, 502))
    ticket = comfy.create(order(luna, model=V3), "key-1")
    with pytest.raises(WaitTimeout, match=r"does not hand it over now.*paid for.*resume"):
        comfy.wait(ticket.video)
    service.__exit__(None, None, None)
    with pytest.raises(WaitTimeout, match="paid for"):
        comfy.run(comfy.provider._with_result, ticket.video.model_copy(update={"status": Status.COMPLETED}))


def test_an_error_type_of_a_request_that_goes_on_ends_nothing():
    assert WIRE.video({"status": "RUNNING", "error_type": "x"}, ident="a/b/c").status is Status.IN_PROGRESS


@pytest.mark.parametrize("told", [said({}), said([1]), said({"status": "COMPLETED"})])
def test_an_answer_without_a_request_leaves_the_create_open(client, luna, told):
    comfy, _ = client(told, told, told, told)
    with pytest.raises(OutcomeUnknown, match="cannot be read"):
        comfy.create(order(luna, model=V3), "key-1")


def test_a_status_answer_without_a_status_is_told(client):
    comfy, _ = client(said({"queue_position": 3}))
    with pytest.raises(UpstreamError, match="cannot be read"):
        comfy.retrieve(f"{V3}/7739aa7f")


@pytest.mark.parametrize(
    ("status", "kind", "error", "words"),
    [
        (401, AuthError, "unauthorized", "No key"),
        (402, QuotaError, "insufficient_credits", "No credits"),
        (403, AuthError, "not_enabled", "Not enabled"),
        (422, BadRequest, "invalid_input", [{"loc": ["body", "prompt"], "msg": "Field required", "type": "missing"}]),
        (400, PolicyError, "content_policy_violation", "Refused"),
    ],
)
def test_a_refusal_costs_nothing_and_has_its_code(client, luna, status, kind, error, words):
    headers = [("x-comfy-error-type", error), ("x-comfy-request-id", "r-9")]
    comfy, service = client(said({"detail": words}, status, headers))
    with pytest.raises(kind, match="nothing was charged") as caught:
        comfy.create(order(luna, model=V3), "key-1")
    assert (caught.value.code, caught.value.request_id) == (error, "r-9")
    assert ("Field required" if status == 422 else words) in str(caught.value)
    assert len(service.creates) == 1


NAMES = [
    "status",
    "error_type",
    "detail",
    "msg",
    "headers",
    "request_id",
    "code",
    "data",
    "id",
    "task_id",
    "task_status",
    "outputs",
    "task_result",
    "videos",
    "url",
    "content",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["COMPLETED", "succeeded", "failed", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(sorted(PROFILE.models)))
def test_a_foreign_answer_is_read_or_refused(data, model):
    ident = f"{model}/7739aa7f"
    readers = (
        lambda: WIRE.video(data, ident=ident),
        lambda: WIRE.result_of(data, ident),
        lambda: WIRE.ticket(order(model=model), data),
    )
    for reader in readers:
        with contextlib.suppress(*UNREADABLE):
            made = reader()
            assert made.id.startswith(f"{model}/")
    WIRE.error(Answer(422, {}, json.dumps(data).encode()), model="", paid=True, retry_after=None)


# --- a create whose answer was lost -----------------------------------------------------------------------------------


def test_a_create_that_got_no_answer_is_sent_again_with_its_key(client, luna):
    lost = said({"detail": "oops"}, 500)
    comfy, service = client(lost, lambda connection, _: connection.close(), CREATED)
    assert comfy.create(order(luna, model=V3), "key-1").id == f"{V3}/7739aa7f"
    bodies = {request.partition(b"\r\n\r\n")[2] for request in service.creates}
    assert (len(service.creates), len(bodies)) == (3, 1)
    assert all(b"idempotency-key: key-1" in request.lower() for request in service.creates)


def test_a_key_that_came_with_another_request_was_accepted_before(client, luna):
    used = said({"detail": "The key was used.", "error_type": "invalid_input"}, 409)
    comfy, _ = client(*[used] * hosted.ATTEMPTS)
    with pytest.raises(OutcomeUnknown, match="The key was used"):
        comfy.create(order(luna, model=V3), "key-1")


def test_a_request_is_cancelled_by_put(client, luna):
    running = said({"status": "IN_PROGRESS"})
    cancelled = said({"status": "COMPLETED", "error_type": "cancelled"})
    comfy, service = client(CREATED, running, answer(b"", 204), cancelled)
    ticket = comfy.create(order(luna, model=V3), "key-1")
    assert comfy.cancel(ticket.id)
    asked = [request.split(b" HTTP")[0].decode() for request in service.requests]
    assert f"PUT /v2/models/{V3}/requests/7739aa7f/cancel" in asked

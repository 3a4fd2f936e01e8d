"""Kling's wire: what is sent, what its answers say, and what its numbers mean for money."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json

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
    NotDelivered,
    NotFound,
    OutcomeUnknown,
    PolicyError,
    PromptError,
    QuotaError,
    RateLimited,
    UpstreamError,
)
from sora_nb.models import Registration, Status
from sora_nb.providers import registry
from sora_nb.providers.base import Order
from sora_nb.providers.dialect import UNREADABLE
from sora_nb.providers.http import Answer
from sora_nb.providers.profile import Pace

PROFILE = registry.get("kling")
FAST = PROFILE.model_copy(
    update={"video": PROFILE.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.02)})}
)
WIRE = registry.dialect(PROFILE, PROFILE.base_url)
# as a third party recorded it on 2026-08-21, with other ids
TASK = {
    "id": "842250903629086785",
    "external_id": "key-1",
    "status": "succeeded",
    "message": "",
    "outputs": [{"type": "video", "id": "1", "url": "https://cdn.example/film.mp4", "duration": "5"}],
    "billing": [{"amount": "0.42", "charge_type": "cash"}],
}
ELEMENT = {
    "task_id": "777",
    "task_status": "succeed",
    "task_info": {"external_task_id": "key-1"},
    "task_result": {"elements": [{"element_id": 322705206027217}]},
}


def said(data, code=0, message="SUCCEED"):
    return {"code": code, "message": message, "request_id": "r-7", "data": data}


def now():
    return dt.datetime.now(dt.UTC)


def encoded(path):
    return base64.b64encode(path.read_bytes()).decode()


@pytest.fixture
def luna(tmp_path):
    return portrayed(tmp_path)


@pytest.fixture
def client():
    """Return a client of a server that gives these answers."""
    running = []

    def make(*replies):
        service = Faulty(*(answer(json.dumps(each).encode()) if isinstance(each, dict) else each for each in replies))
        service.__enter__()
        made = Client(registry.settings(FAST, base_url=service.url, api_key=KEY))
        running.append((made, service))
        return made, service

    yield make
    for made, service in running:
        made.close()
        service.__exit__(None, None, None)


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_a_body_with_pictures_that_the_prompt_mentions(luna, tmp_path):
    leo = portrayed(tmp_path, "leo", stills=("figure",))
    sent = WIRE.create(order(luna, leo, prompt="@luna meets @leo at dawn"), "key-1")
    assert (sent.method, sent.path, sent.idempotency_key) == ("POST", "/omni-video/kling-3.0-omni", "key-1")
    first, second = (encoded(each.path) for each in luna.stills)
    assert sent.json == {
        "contents": [
            {"type": "prompt", "text": "@luna and @luna_2 show the same character. @luna meets @leo at dawn"},
            {"type": "refer_image", "id": "luna", "url": first},
            {"type": "refer_image", "id": "luna_2", "url": second},
            {"type": "refer_image", "id": "leo", "url": encoded(leo.stills[0].path)},
        ],
        "settings": {
            "resolution": "720p",
            "duration": 5,
            "aspect_ratio": "16:9",
            "audio": "off",
            "multi_shot": False,
        },
        "options": {"watermark_info": {"enabled": False}, "external_task_id": "key-1"},
    }


def test_a_character_that_it_knows_goes_by_its_element(luna):
    known = {"luna": Registration(id="322705206027217")}
    body = WIRE.create(order(luna, registrations=known), "key-1").json
    assert body["contents"] == [
        {"type": "prompt", "text": "@luna walks"},
        {"type": "element", "id": "luna", "element_id": "322705206027217"},
    ]


def test_a_picture_to_start_from_has_its_own_shape(luna, tmp_path):
    body = WIRE.create(order(luna, image=still(tmp_path, "start").path), "key-1").json
    assert [item["type"] for item in body["contents"]] == ["prompt", "first_frame", "refer_image", "refer_image"]
    assert "aspect_ratio" not in body["settings"]


def test_a_model_without_a_choice_of_sound_is_asked_for_none(luna):
    assert "audio" not in WIRE.create(order(luna, model="kling-o1"), "key-1").json["settings"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"seconds": 2}, "3 s or more"),
        ({"seconds": 16}, "up to 15 s"),
        ({"seconds": 11, "model": "kling-o1"}, "up to 10 s"),
        ({"seed": 7}, "takes no seed"),
        ({"model": "kling-4.0"}, "has no model 'kling-4.0'"),
    ],
)
def test_what_it_would_refuse_is_refused_here(luna, asked, words):
    with pytest.raises(InvalidInput, match=words):
        WIRE.check(order(luna, **asked))


def test_too_many_characters_and_too_small_pictures_are_refused(tmp_path):
    names = [f"hero{number}" for number in range(8)]
    crowd = [portrayed(tmp_path, name, stills=("figure",)) for name in names]
    with pytest.raises(PromptError, match=r"mentions 8 characters; kling-3\.0-omni can be shown 7"):
        WIRE.check(order(*crowd, prompt=" ".join(f"@{name}" for name in names)))
    small = portrayed(tmp_path, "luna").model_copy(update={"stills": (still(tmp_path, "small", (299, 400)),)})
    with pytest.raises(InvalidInput, match=r"299x400 pixels; kling-3\.0-omni takes 300 or more"):
        WIRE.check(order(small))
    with pytest.raises(InvalidInput, match="No picture of @luna can be sent: it has 299x400"):
        WIRE.check(order(small, kind="registration"))


def test_an_element_is_made_of_pictures(luna, tmp_path):
    named = luna.model_copy(update={"display_name": "Luna of the long and winding name", "description": "grey " * 40})
    sent = WIRE.registration(order(named, kind="registration"), "key-1")
    first, second = (encoded(each.path) for each in luna.stills)
    assert sent.path == "/v1/general/advanced-custom-elements"
    assert sent.json == {
        "element_name": "Luna of the long and",
        "element_description": ("grey " * 40)[:100],
        "reference_type": "image_refer",
        "element_image_list": {"frontal_image": first, "refer_images": [{"image_url": second}]},
        "tag_list": [{"tag_id": "o_108"}],
        "external_task_id": "key-1",
    }
    alone = named.model_copy(update={"stills": (still(tmp_path, "alone", face=True),)})
    person = WIRE.registration(order(alone, kind="registration"), "key-1").json
    one = encoded(alone.stills[0].path)
    assert person["element_image_list"] == {"frontal_image": one, "refer_images": [{"image_url": one}]}
    assert person["tag_list"] == [{"tag_id": "o_102"}]


# --- what its answers say ---------------------------------------------------------------------------------------------


def test_a_task_from_its_create_to_its_film(client, luna):
    created = said({"id": TASK["id"], "external_id": "key-1", "status": "submitted"})
    kling, service = client(created, said([{**TASK, "status": "processing", "outputs": []}]), said([TASK]))
    ticket = kling.create(order(luna), "key-1")
    assert (ticket.id, ticket.video.status) == (TASK["id"], Status.QUEUED)
    video = kling.wait(ticket.video)
    assert (video.status, video.url) == (Status.COMPLETED, TASK["outputs"][0]["url"])
    assert service.requests[-1].startswith(f"GET /tasks?task_ids={TASK['id']} ".encode())
    assert kling.provider.charged(video.raw) == 420_000


@pytest.mark.parametrize(
    ("billing", "charged"),
    [
        ([], None),
        ([{"amount": "0.30", "charge_type": "cash"}, {"amount": "0.12", "charge_type": "cash"}], 420_000),
        ([{"amount": "3.00", "charge_type": "unit", "package_type": "video"}], None),
        ([{"amount": "NaN", "charge_type": "cash"}], None),
        ([{"charge_type": "cash"}], None),
        ("0.42", None),
    ],
)
def test_only_dollars_are_a_charge(client, billing, charged):
    kling, _ = client()
    assert kling.provider.charged({**TASK, "billing": billing}) == charged


def test_yuan_are_no_dollars():
    assert registry.dialect(PROFILE, "https://api-beijing.klingai.com").charge(TASK) is None


def test_a_failure_says_why(client, luna):
    failed = said([{**TASK, "status": "failed", "message": "Risk control", "outputs": [], "billing": []}])
    kling, _ = client(said({"id": TASK["id"], "status": "submitted"}), failed)
    ticket = kling.create(order(luna), "key-1")
    with pytest.raises(GenerationFailed, match=r"could not make the video: Risk control\. Whether .* not known"):
        kling.wait(ticket.video)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1000, AuthError),
        (1004, AuthError),
        (1100, AuthError),
        (1101, QuotaError),
        (1102, QuotaError),
        (1103, AuthError),
        (1200, BadRequest),
        (1201, BadRequest),
        (1203, NotFound),
        (1300, PolicyError),
        (1301, PolicyError),
        (1999, BadRequest),
    ],
)
def test_a_number_that_refuses_costs_nothing(client, luna, number, kind, status):
    kling, service = client(answer(json.dumps(said(None, number, "It says why.")).encode(), status))
    with pytest.raises(kind, match=r"It says why\..*r-7.*nothing was charged") as caught:
        kling.create(order(luna), "key-1")
    assert type(caught.value) is kind
    assert caught.value.code.partition(" ")[0] == str(number)
    assert len(service.creates) == 1


@pytest.mark.parametrize("number", [1302, 1303])
def test_too_many_at_once_are_sent_again(luna, number):
    told = Answer(200, {}, json.dumps(said(None, number, "slowly")).encode())
    assert isinstance(WIRE.error(told, model="", paid=True, retry_after=None), RateLimited)


@pytest.mark.parametrize(("status", "number"), [(200, 5000), (500, 5001), (504, 5002), (502, 1301)])
def test_what_may_have_been_accepted_stays_open(client, luna, status, number):
    kling, service = client(answer(json.dumps(said(None, number, "busy")).encode(), status))
    with pytest.raises(OutcomeUnknown):
        kling.create(order(luna), "key-1")
    assert len(service.creates) == 1


# --- a create whose answer was lost -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "found", "path", "ident"),
    [
        ("video", [TASK], b"GET /tasks?external_task_ids=key-1 ", TASK["id"]),
        ("registration", ELEMENT, b"GET /v1/general/advanced-custom-elements/key-1 ", "element:777"),
    ],
)
def test_a_lost_create_is_asked_for_by_its_key(client, luna, kind, found, path, ident):
    kling, service = client(said(found))
    ticket = kling.run(kling.provider.find, order(luna, kind=kind), "key-1", now(), ())
    assert (ticket.id, ticket.kind) == (ident, kind)
    assert service.requests[0].startswith(path)


@pytest.mark.parametrize("told", [said([]), said(None, 1203, "no such task")])
def test_one_that_never_came_is_told(client, luna, told):
    kling, _ = client(told)
    with pytest.raises(NotDelivered):
        kling.run(kling.provider.find, order(luna), "key-1", now() - dt.timedelta(hours=1), ())
    with pytest.raises(UpstreamError, match="may still accept it"):
        kling.run(kling.provider.find, order(luna), "key-1", now(), ())


@pytest.mark.parametrize("told", [answer(b"<html>Not Found</html>", 404), answer(b"[]", 404)])
def test_a_wrong_path_says_nothing_about_a_create(client, luna, told):
    kling, _ = client(told)
    with pytest.raises((BadRequest, UpstreamError)):
        kling.run(kling.provider.find, order(luna), "key-1", now(), ())


def test_an_element_has_an_id_of_its_own():
    assert WIRE.task("element:777").path == "/v1/general/advanced-custom-elements/777"
    assert WIRE.registered(WIRE.entry(said(ELEMENT))) == Registration(id="322705206027217")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "code", "id", "task_id", "status", "task_status", "outputs", "url", "billing", "amount"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_a_foreign_answer_is_read_or_refused(data):
    for reader in (WIRE.video, WIRE.entries, WIRE.registered, lambda entry: WIRE.key(WIRE.entry(entry))):
        with contextlib.suppress(*UNREADABLE):
            reader(data)
    body = json.dumps(data).encode()
    assert 100 <= WIRE.http_status(Answer(200, {}, body)) < 600
    WIRE.error(Answer(400, {}, body), model="", paid=False, retry_after=None)


def test_only_videos_are_created(luna):
    with pytest.raises(InvalidInput, match="makes videos"):
        WIRE.create(Order(kind="character"), "")


def test_an_answer_with_tasks_of_others_proves_nothing(client, luna):
    """A service that overlooks the key in the question answers with whatever it has."""
    told = {"code": 0, "data": [{"id": "1", "status": "succeeded", "external_id": "of-somebody-else"}]}
    kling, _ = client(told)
    assert kling.run(kling.provider.find, order(luna), "key-1", now(), ()) is None

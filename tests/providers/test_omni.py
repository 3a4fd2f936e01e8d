"""Gemini's Interactions: what is sent, what their answers say, and a film that may come inside one."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from client import Client
from conftest import KEY
from faulty import Faulty, answer, ranged, reset
from hypothesis import given, settings
from hypothesis import strategies as st
from portrayed import SAID, kept, order, portrayed, still
from waiting import until

from sora_nb.errors import (
    AuthError,
    BadRequest,
    Cancelled,
    DownloadError,
    GenerationFailed,
    InvalidInput,
    NotFound,
    OutcomeUnknown,
    PolicyError,
    PromptError,
    QuotaError,
    RateLimited,
    RouteRetired,
    UpstreamError,
)
from sora_nb.models import State, Status
from sora_nb.money import prices
from sora_nb.providers import omni, registry
from sora_nb.providers.base import Member, Order
from sora_nb.providers.dialect import UNREADABLE
from sora_nb.providers.http import Answer
from sora_nb.providers.profile import Pace
from sora_nb.studio import Studio

PROFILE = registry.get("gemini")
FAST = PROFILE.model_copy(
    update={"video": PROFILE.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.02)})}
)
WIRE = registry.dialect(PROFILE, PROFILE.base_url)
MODEL = "gemini-omni-1.2-flash"
FILE = "https://generativelanguage.googleapis.com/v1beta/files/abc-1:download?alt=media"
ACCEPTED = {"id": "v1_ChAz", "status": "in_progress", "object": "interaction", "model": MODEL}


def done(*films, status="completed", echo="A marble.", **more):
    """An interaction as a live answer had it (github.com/TanStack/ai/issues/871, 2026-07-01)."""
    return {
        **ACCEPTED,
        "status": status,
        "usage": {"output_tokens_by_modality": [{"modality": "video", "tokens": 57920}], "total_tokens": 58000},
        "steps": [
            {"type": "user_input", "content": [{"type": "text", "text": echo}]},
            {"type": "thought", "signature": "c2ln" * 500},
            {
                "type": "model_output",
                "content": [{"type": "video", "mime_type": "video/mp4", **film} for film in films],
            },
        ],
        **more,
    }


def encoded(content):
    return base64.b64encode(content).decode()


def content_of(body):
    [turn] = body["input"]
    assert turn["type"] == "user_input"
    return turn["content"]


@pytest.fixture
def luna(tmp_path):
    return portrayed(tmp_path, consent=SAID)


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_a_body_with_pictures(luna):
    sent = WIRE.create(order(luna, model=MODEL, seconds=8), "key-1")
    assert (sent.method, sent.path, sent.idempotency_key) == ("POST", "/v1beta/interactions", "key-1")
    assert sent.json == {
        "model": MODEL,
        "background": True,
        "store": True,
        "input": [
            {
                "type": "user_input",
                "content": [
                    {"type": "image", "mime_type": "image/jpeg", "data": encoded(luna.stills[0].path.read_bytes())},
                    {"type": "image", "mime_type": "image/jpeg", "data": encoded(luna.stills[1].path.read_bytes())},
                    {"type": "text", "text": "Luna is the character in the reference images. Luna walks"},
                ],
            }
        ],
        "generation_config": {"video_config": {"task": "reference_to_video"}},
        "response_format": {
            "type": "video",
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "duration": "8s",
            "delivery": "uri",
        },
    }
    assert WIRE.authorise("k") == {"x-goog-api-key": "k"}


def test_a_body_of_text_alone_and_one_with_a_picture_to_start_from(tmp_path):
    body = WIRE.create(order(model=MODEL, prompt="a corgi", size="1080x1920", seconds=15), "k").json
    assert content_of(body) == [{"type": "text", "text": "a corgi"}]
    assert body["generation_config"]["video_config"] == {"task": "text_to_video"}
    told = body["response_format"]
    assert (told["aspect_ratio"], told["resolution"], told["duration"]) == ("9:16", "1080p", "15s")
    start = still(tmp_path, "start").path
    body = WIRE.create(order(model=MODEL, prompt="it moves", image=start), "k").json
    assert [item["type"] for item in content_of(body)] == ["image", "text"]
    assert body["generation_config"]["video_config"] == {"task": "image_to_video"}


def test_a_clip_goes_inside_the_request_behind_the_pictures(luna, clip):
    def shown(seconds):
        members = (Member(character=luna, stills=luna.stills, clip=clip, clip_seconds=seconds),)
        asked = order(luna, model=MODEL).model_copy(update={"members": members})
        return content_of(WIRE.create(asked, "k").json), WIRE.compiled(asked).notes

    content, notes = shown(3)
    assert [item["type"] for item in content] == ["image", "image", "video", "text"]
    assert content[2] == {"type": "video", "mime_type": "video/mp4", "data": encoded(clip.read_bytes())}
    told = "Luna is the character in the reference images and the reference video. Luna walks"
    assert (content[3]["text"], notes) == (told, ())
    content, [note] = shown(3.5)
    assert [item["type"] for item in content] == ["image", "image", "text"]
    assert "3.5 s long" in note


def test_two_characters_are_told_apart_by_the_order_of_their_pictures(luna, tmp_path):
    leo = portrayed(tmp_path, "leo", stills=("figure",))
    content = content_of(WIRE.create(order(luna, leo, model=MODEL, prompt="@luna meets @leo"), "k").json)
    assert content[-1]["text"] == (
        "Luna is the character in the first and second reference images. "
        "Leo is the character in the third reference image. Luna meets Leo"
    )


def test_a_reseller_s_tokens_are_data(luna):
    rules = PROFILE.rules(MODEL)
    style = {"style": "token", "token": "<IMAGE_REF_{n}>", "first": 0}
    tokens = rules.model_copy(update={"references": rules.references.model_copy(update=style)})
    wire = registry.dialect(PROFILE.model_copy(update={"models": {MODEL: tokens}}))
    told = wire.compile_prompt(order(luna, model=MODEL))
    assert told == "<IMAGE_REF_0> and <IMAGE_REF_1> show the same character. <IMAGE_REF_0> walks"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"seconds": 2}, "3 s or more"),
        ({"seconds": 16}, "up to 15 s"),
        ({"seconds": 11, "model": "gemini-omni-1.1-flash"}, "up to 10 s"),
        ({"model": "gemini-omni-9"}, "no model 'gemini-omni-9'"),
        ({"seed": 7}, "takes no seed"),
        ({"route": "sync"}, "videos alone"),
    ],
)
def test_what_it_does_not_take_is_refused_before_anything_is_sent(asked, said):
    with pytest.raises(InvalidInput, match=said):
        WIRE.check(order(prompt="a corgi", **({"model": MODEL} | asked)))


def test_characters_are_neither_made_there_nor_shown_beside_a_picture_to_start_from(luna, tmp_path):
    with pytest.raises(InvalidInput, match="videos alone"):
        WIRE.create(Order(kind="character"), "k")
    with pytest.raises(InvalidInput, match="not both"):
        WIRE.check(order(luna, model=MODEL, image=still(tmp_path, "start").path))
    many = [portrayed(tmp_path, f"cat{number}", stills=("figure",)) for number in range(7)]
    with pytest.raises(PromptError, match="can be shown 6"):
        WIRE.check(order(*many, model=MODEL, prompt=" ".join(who.mention for who in many)))


def test_requests_about_an_interaction():
    assert (WIRE.task("v1_a").method, WIRE.task("v1_a").path) == ("GET", "/v1beta/interactions/v1_a")
    stop = WIRE.cancel("v1_a")
    assert (stop.method, stop.path, stop.paid) == ("POST", "/v1beta/interactions/v1_a/cancel", False)
    assert WIRE.listing("video") is None
    assert WIRE.lookup("video", "key-1") is None


@pytest.mark.parametrize(
    ("size", "seconds", "model", "dollars"),
    [
        ("640x360", 10, MODEL, 0.232),
        ("1280x720", 8, MODEL, 0.556),
        ("1920x1080", 3, MODEL, 0.3129),
        ("2160x3840", 15, MODEL, 3.1275),
        ("1280x720", 10, "gemini-omni-1.1-flash", 1.014),
        ("640x360", 10, "gemini-omni-1.1-flash", None),
    ],
)
def test_an_estimate_goes_by_the_second_and_the_resolution(size, seconds, model, dollars):
    asked = prices.ordered(PROFILE, order(model=model, prompt="a corgi", size=size, seconds=seconds))
    assert prices.estimate(PROFILE, asked).micros == (None if dollars is None else round(dollars * 1e6))


# --- what answers say -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "uri",
    [
        FILE,
        "https://generativelanguage.googleapis.com/v1beta/files/abc-1",
        "files/abc-1",
    ],
)
def test_a_film_is_behind_the_address_of_its_file_however_that_is_told(uri):
    video = WIRE.video(done({"uri": uri}))
    assert (video.status, video.url, video.model) == (Status.COMPLETED, FILE, MODEL)
    assert WIRE.inline(video) is None


def test_a_film_elsewhere_and_the_field_of_the_sdk():
    assert WIRE.video(done({"uri": "https://cdn.example/a.mp4?x=1"})).url == "https://cdn.example/a.mp4?x=1"
    told = {**ACCEPTED, "status": "completed", "output_video": {"type": "video", "uri": FILE}}
    assert WIRE.video(told).url == FILE


def test_a_clip_that_was_sent_is_not_the_film():
    sent = {"type": "video", "uri": "https://a.example/luna.mp4", "data": encoded(b"luna")}
    told = done() | {"steps": [{"type": "user_input", "content": [sent]}]}
    video = WIRE.video(told)
    assert (video.status, video.url) == (Status.COMPLETED, "")
    assert WIRE.inline(video) is None


@given(film=st.binary(min_size=1, max_size=200))
def test_a_film_inside_an_answer_is_read_and_not_kept(film):
    told = done({"data": encoded(film)}, echo="x" * 5000)
    video = WIRE.video(told)
    assert (video.status, video.url) == (Status.COMPLETED, "")
    assert (WIRE.inline(video).method, WIRE.inline(video).path) == ("GET", "/v1beta/interactions/v1_ChAz")
    assert WIRE.film(told) == film
    assert len(json.dumps(video.raw)) < 500
    assert WIRE.entry(video.raw) == video.raw
    assert video.raw["usage"]["total_tokens"] == 58000


@pytest.mark.parametrize("told", [done(), done({"data": "no base64!"}), {}, [], {"id": "v1", "steps": 5}])
def test_an_answer_without_a_film_holds_none(told):
    with pytest.raises(UNREADABLE):
        WIRE.film(told)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("queued", Status.QUEUED),
        ("in_progress", Status.IN_PROGRESS),
        ("completed", Status.COMPLETED),
        ("failed", Status.FAILED),
        ("cancelled", Status.FAILED),
        ("incomplete", Status.FAILED),
        ("budget_exceeded", Status.FAILED),
    ],
)
def test_status_words(word, status):
    assert WIRE.video({**ACCEPTED, "status": word}).status is status


@pytest.mark.parametrize("word", ["idle", "requires_action", "requires_continuation"])
def test_words_that_wait_for_somebody_are_told_and_neither_an_end_nor_a_failure(word):
    video = WIRE.video({**ACCEPTED, "status": word})
    assert (video.status, video.status_word) == (Status.IN_PROGRESS, word)


@pytest.mark.parametrize("word", ["incomplete", "budget_exceeded", "idle", "requires_action"])
def test_a_film_that_is_there_counts_whatever_the_word(word):
    assert WIRE.video(done({"uri": FILE}, status=word)).status is Status.COMPLETED
    assert WIRE.video(done({"data": "AAAA"}, status=word)).status is Status.COMPLETED
    assert WIRE.video(done({"uri": FILE}, status="failed")).status is Status.FAILED
    assert WIRE.video(done({"uri": FILE}, status="in_progress")).status is Status.IN_PROGRESS


@pytest.mark.parametrize(
    ("told", "message", "code"),
    [
        ({"errors": [{"code": "safety", "message": "Safety violations blocked it."}]}, "Safety violations", "safety"),
        ({"error": {"code": "api_error", "message": "Try later."}}, "Try later.", "api_error"),
        ({"steps": [{"type": "model_output", "error": {"code": 13, "message": "It broke."}}]}, "It broke.", "13"),
    ],
)
def test_why_it_failed(told, message, code):
    video = WIRE.video({**ACCEPTED, "status": "failed", **told})
    assert message in video.error
    assert video.error_code == code


def test_what_the_model_says_in_place_of_a_film_is_told():
    said = {"type": "model_output", "content": [{"type": "text", "text": "I cannot draw him."}]}
    video = WIRE.video({**ACCEPTED, "status": "completed", "steps": [said]})
    assert (video.status, video.error) == (Status.COMPLETED, "I cannot draw him.")


def test_no_answer_tells_a_charge():
    assert WIRE.charge(WIRE.video(done({"uri": FILE})).raw) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["video", "model_output", FILE]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "status", "steps", "type", "content", "uri", "data", "error", "errors", "video"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=60)
@given(data=JSON)
def test_whatever_comes_is_read_or_refused(data):
    with contextlib.suppress(*UNREADABLE):
        video = WIRE.video(data)
        assert isinstance(video.url, str)
        WIRE.inline(video)


@settings(max_examples=30)
@given(steps=JSON, errors=JSON, film=JSON)
def test_an_interaction_of_any_shape_is_read(steps, errors, film):
    told = {**ACCEPTED, "status": "completed", "steps": steps, "errors": errors, "output_video": film}
    assert WIRE.video(told).id == "v1_ChAz"


# --- what a refusal means ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_request", BadRequest),
        (400, "parameter_unknown", BadRequest),
        (400, "safety", PolicyError),
        (400, "prohibited_content", PolicyError),
        (400, "image_safety", PolicyError),
        (400, "content_blocked", PolicyError),
        (400, "blocklist", PolicyError),
        (401, "authentication", AuthError),
        (402, "payment_required", QuotaError),
        (403, "permission_denied", AuthError),
        (404, "model_not_found", RouteRetired),
        (404, "not_found", NotFound),
        (429, "quota_exceeded", QuotaError),
        (429, "rate_limit_exceeded", RateLimited),
        (429, "too_many_requests", RateLimited),
        (409, "aborted", OutcomeUnknown),
        (499, "cancelled", OutcomeUnknown),
        (500, "api_error", OutcomeUnknown),
        (503, "service_unavailable", OutcomeUnknown),
        (504, "deadline_exceeded", OutcomeUnknown),
    ],
)
def test_codes_of_the_vendor_s_page(status, code, kind):
    words = "You have exceeded your quota of calls." if status == 429 else "It was said."
    body = json.dumps({"error": {"code": code, "message": words}}).encode()
    error = WIRE.error(Answer(status, {}, body), model=MODEL, paid=True, retry_after=None)
    assert type(error) is kind
    assert ("may have been billed" in error.money) is (kind is OutcomeUnknown)
    assert "nothing was charged" in error.money or kind is OutcomeUnknown


def test_a_wrong_key_is_told_by_the_gateway_in_a_list():
    told = {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}
    answered = Answer(400, {}, json.dumps([{"error": told}]).encode())
    error = WIRE.error(answered, model=MODEL, paid=True, retry_after=None)
    assert isinstance(error, AuthError)
    assert "API key not valid" in error.message


# --- from the order to the film ---------------------------------------------------------------------------------------


class Google(Faulty):
    """One interaction after another.

    Attributes:
        told: what polls say, one after another; the last is repeated. HERE is the server's own address.
        film: what its files hold.
        lost: whether creates get no answer.
    """

    def __init__(self, *told, film=b""):
        super().__init__(self.serve)
        self.told, self.film = list(told), film
        self.lost = False

    def serve(self, connection, request):
        method, path = request.split(b" ")[:2]
        if method == b"POST" and path.endswith(b"/interactions") and self.lost:
            reset(connection, request)
        elif path.startswith(b"/v1beta/files/"):
            ranged(self.film)(connection, request)
        elif method == b"POST":
            said = ACCEPTED if path.endswith(b"/interactions") else {**ACCEPTED, "status": "cancelled"}
            connection.sendall(answer(json.dumps(said).encode()))
        else:
            said = self.told.pop(0) if len(self.told) > 1 else self.told[0]
            connection.sendall(answer(json.dumps(said).replace("HERE", self.url).encode()))

    def asked(self, start):
        return [request for request in self.requests if request.startswith(start)]


@pytest.fixture
def started(tmp_path):
    """Return a studio of a server that tells this of its interaction."""
    with contextlib.ExitStack() as stack:

        def make(*told, film=b""):
            service = stack.enter_context(Google(*told, film=film))
            options = {"base_url": service.url, "api_key": KEY, "home": tmp_path / "home", "progress": False}
            return stack.enter_context(Studio(FAST, **options)), service

        yield make


def test_a_film_behind_the_service_s_own_address_needs_the_key(started, luna, clip):
    studio, service = started(done({"uri": "HERE/v1beta/files/abc-1"}), film=clip.read_bytes())
    kept(studio, luna)
    video = studio.generate("@luna walks")
    assert video.path.read_bytes() == clip.read_bytes()
    assert len(service.asked(b"GET /v1beta/files/abc-1:download?alt=media ")) == 1
    assert all(f"x-goog-api-key: {KEY}".encode() in request.lower() for request in service.requests)
    assert not any(b"authorization:" in request.lower() for request in service.requests)
    call = studio.ledger.calls()[-1]
    assert (call.state, call.charged, call.estimate) == (State.DONE, 556_000, 556_000)


def test_a_film_on_another_host_is_fetched_without_the_key(started, clip):
    with Faulty(answer(clip.read_bytes())) as elsewhere:
        studio, _ = started(done({"uri": f"{elsewhere.url}/film.mp4"}))
        assert studio.generate("a corgi").path.read_bytes() == clip.read_bytes()
        assert len(elsewhere.requests) == 1
        assert KEY.encode() not in elsewhere.requests[0]


def test_a_film_inside_the_answer_becomes_a_file_and_stays_out_of_the_ledger(started, clip):
    film = clip.read_bytes()
    studio, _ = started(done({"data": encoded(film)}))
    video = studio.generate("a corgi")
    assert video.path.read_bytes() == film
    call = studio.ledger.calls()[-1]
    assert (call.state, call.url) == (State.DONE, "")
    assert call.answer["video"] == {"uri": "", "inline": True}
    assert len(json.dumps(call.answer)) < 1000
    assert len(json.dumps(video.raw)) < 1000


def test_a_film_inside_the_answer_is_fetched_again_by_resume(started, clip):
    studio, service = started(done({"data": "no base64!"}))
    with pytest.raises(DownloadError, match=r"cannot be read.*paid for"):
        studio.generate("a corgi")
    assert studio.ledger.calls()[-1].state is State.RUNNING
    service.told = [done({"data": encoded(clip.read_bytes())})]
    studio.resume()
    [call] = studio.ledger.calls()
    assert (call.state, call.file.read_bytes()) == (State.DONE, clip.read_bytes())
    assert len(service.creates) == 1


@pytest.mark.parametrize("film", [{"uri": "HERE/v1beta/files/abc-1"}, {"data": None}])
def test_a_film_that_comes_a_little_after_the_end_is_fetched(started, clip, film):
    content = clip.read_bytes()
    late = done({"data": encoded(content)} if "data" in film else film)
    studio, _ = started(ACCEPTED, done(), late, film=content)
    assert studio.generate("a corgi").path.read_bytes() == content


def test_a_film_inside_the_answer_that_cannot_be_written_is_told(tmp_path, clip):
    (tmp_path / "home").write_text("a file in the way of a folder")
    told = done({"data": encoded(clip.read_bytes())})
    with Google(told) as service:
        client = Client(registry.settings(FAST, base_url=service.url, api_key=KEY))
        with contextlib.closing(client), pytest.raises(DownloadError, match=r"cannot be written.*Make room"):
            client.download(WIRE.video(told), tmp_path / "home" / "a.mp4")


def test_an_answer_that_repeats_much_of_what_was_sent_is_read(started, clip):
    studio, _ = started(done({"data": encoded(clip.read_bytes())}, echo="x" * (9 * 1024 * 1024)))
    assert studio.generate("a corgi").path.read_bytes() == clip.read_bytes()


def test_completed_without_a_film_is_not_free_and_not_a_failure(started):
    told = done()
    del told["steps"], told["usage"]
    studio, service = started(told)
    with pytest.raises(DownloadError, match=r"gave no link to the video v1_ChAz"):
        studio.generate("a corgi")
    [call] = studio.ledger.calls()
    assert (call.state, call.charged) == (State.RUNNING, None)
    assert studio.ledger.calls()[0].reserved == 556_000
    assert len(service.creates) == 1


def test_a_failure_is_told_and_stays_reserved(started):
    studio, _ = started({**ACCEPTED, "status": "failed", "errors": [{"code": "safety", "message": "Blocked."}]})
    with pytest.raises(GenerationFailed, match=r"Blocked\. Whether it charges such calls is not known") as caught:
        studio.generate("a corgi")
    assert caught.value.code == "safety"
    [call] = studio.ledger.calls()
    assert (call.state, call.charged) == (State.FAILED, None)


def test_a_lost_create_cannot_be_found_and_is_not_sent_again(started):
    studio, service = started(done())
    service.lost = True
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi")
    studio.resume()
    [call] = studio.ledger.calls()
    assert call.state is State.UNKNOWN
    assert len(service.creates) == 1


def test_a_job_is_stopped_there(started):
    studio, service = started({**ACCEPTED})
    job = studio.submit("a corgi")
    until(lambda: studio.ledger.call(job.id).task)
    assert job.cancel()
    with pytest.raises(Cancelled):
        job.result()
    assert service.asked(b"POST /v1beta/interactions/v1_ChAz/cancel ")


def test_an_answer_that_is_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(omni, "MOST_ANSWER", 1024 * 1024)
    with Faulty(answer(b" " * (1024 * 1024 + 1))) as service:
        client = Client(registry.settings(FAST, base_url=service.url, api_key=KEY))
        with contextlib.closing(client), pytest.raises(UpstreamError, match="longer than 1 MB"):
            client.retrieve("v1_ChAz")


def test_the_keys_of_the_vendor_s_own_library_are_taken_in_its_order(monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", "second-key")
    assert registry.settings("gemini").api_key.get_secret_value() == "second-key"
    monkeypatch.setenv("GOOGLE_API_KEY", "first-key")
    assert registry.settings("gemini").api_key.get_secret_value() == "first-key"

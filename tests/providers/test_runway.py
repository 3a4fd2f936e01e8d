"""Runway's wire: what is sent and read, on the exchanges as its SDK has them (runwayml 5.24.0, 2026-11-26)."""

from __future__ import annotations

import contextlib
import json
import os
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from conftest import KEY
from faulty import Faulty, answer, ranged
from hurried import Hurried
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from waiting import until

from sora_nb.errors import (
    AuthError,
    BadRequest,
    Cancelled,
    GenerationFailed,
    InvalidInput,
    NotFound,
    OutcomeUnknown,
    PromptError,
    QuotaError,
    RateLimited,
    SoraError,
    UpstreamError,
)
from sora_nb.models import Character, State, Status, Still
from sora_nb.money import prices
from sora_nb.providers import registry
from sora_nb.providers.base import Member, Order
from sora_nb.providers.dialect import UNREADABLE
from sora_nb.providers.profile import Pace
from sora_nb.studio import Studio

MODEL = "seedance2_5"
PROFILE = registry.get("runway")
DIALECT = registry.dialect(PROFILE)
LARGE = 3_900_000
"""Bytes of a file whose data URI is longer than 5 MB."""
ID = "8f6c2a10-0000-4000-8000-000000000001"
CREATED = "2026-11-25T12:00:00.000Z"
MADE = {"id": ID, "estimatedCost": {"credits": 180}}
RUNNING = {"id": ID, "createdAt": CREATED, "status": "RUNNING", "progress": 0.4, "estimatedCost": {"credits": 180}}
FILM = "https://dnznrvs05pmza.cloudfront.net/8f6c.mp4?_jwt=eyJ"
DONE = {"id": ID, "createdAt": CREATED, "status": "SUCCEEDED", "output": [FILM], "cost": {"credits": 180}}
FAILED = {
    "id": ID,
    "createdAt": CREATED,
    "status": "FAILED",
    "failure": "The prompt was flagged.",
    "failureCode": "SAFETY.INPUT.TEXT",
    "cost": {"credits": 180},
}


def member(folder, name="luna", stills=2, *, clip=None, seconds=3.0):
    found = []
    for number in range(stills):
        path = folder / f"{name}-{number}.jpg"
        Image.new("RGB", (400, 420), "grey").save(path)
        found.append(Still(path=path, width=400, height=420, kind="figure"))
    return Member(
        character=Character(id=name, username=name, display_name=name.title()),
        stills=tuple(found),
        clip=clip,
        clip_seconds=seconds if clip else 0,
    )


@pytest.fixture
def luna(tmp_path):
    return member(tmp_path)


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "start.png"
    Image.new("RGB", (64, 64)).save(path)
    return path


def order(prompt="@luna walks on the beach", *members, **more):
    asked = {"model": MODEL, "size": "1280x720", "seconds": 5, **more}
    return Order(kind="video", prompt=prompt, members=members, **asked)


def sent(asked):
    """The request for an order, once it was checked."""
    DIALECT.check(asked)
    return DIALECT.create(asked, "key-1")


def sizes(asked):
    return {name: sent(asked).json.get(name) for name in ("ratio", "resolution")}


def large(path, size=LARGE):
    """Make a file longer than it is, as pictures may be; what stands behind the picture is not looked at."""
    with path.open("r+b") as file:
        file.seek(size - 1)
        file.write(b"\0")
    return path


# --- what is sent -------------------------------------------------------------------------------------------------


def test_a_character_is_sent_by_numbered_pictures(luna):
    request = sent(order("@luna walks on the beach at sunset", luna, seed=7))
    assert (request.method, request.path, request.paid) == ("POST", "/v1/text_to_video", True)
    assert request.headers == {"x-runway-version": "2024-11-06"}
    references = request.json.pop("references")
    assert request.json == {
        "model": "seedance2_5",
        "promptText": "Luna is the character in Image 1 and Image 2. Luna walks on the beach at sunset",
        "ratio": "1280:720",
        "duration": 5,
        "audio": True,
        "seed": 7,
    }
    assert [each.keys() for each in references] == [{"uri"}] * 2
    assert all(each["uri"].startswith("data:image/jpeg;base64,") for each in references)


def test_other_requests_have_the_version_too():
    requests = [DIALECT.task("a/b"), DIALECT.cancel("a/b")]
    assert [(each.method, each.path) for each in requests] == [
        ("GET", "/v1/tasks/a%2Fb"),
        ("DELETE", "/v1/tasks/a%2Fb"),
    ]
    assert all(each.headers == {"x-runway-version": "2024-11-06"} for each in requests)
    assert DIALECT.listing("video") is None


@pytest.mark.parametrize(
    ("model", "prompt"),
    [
        ("seedance2", "Luna is the character in Image 1 and Image 2. Luna waves"),
        ("seedance2_mini", "Luna is the character in Image 1 and Image 2. Luna waves"),
        ("kling_4", "Luna is the character in Image 1 and Image 2. Luna waves"),
        ("wan3_prime", "Luna is the character in Image 1 and Image 2. Luna waves"),
        ("hailuo3", "Luna is the character in Image 1 and Image 2. Luna waves"),
        ("grok_imagine_1_5", "[Image 1] and [Image 2] show the same character. [Image 1] waves"),
        ("gemini_omni_flash_1.1", "Luna is the character in the reference images. Luna waves"),
    ],
)
def test_each_model_is_told_in_its_own_way_who_is_shown(luna, model, prompt):
    body = sent(order("@luna waves", luna, model=model)).json
    assert body["promptText"] == prompt
    assert len(body["references"]) == 2


FIELDS = {
    "seedance2_5": {"audio", "seed"},
    "seedance2": {"audio", "seed"},
    "seedance2_fast": {"audio", "seed"},
    "seedance2_mini": {"audio", "seed"},
    "gen4.5": {"seed"},
    "kling_4": set(),
    "klingO3_pro": {"audio"},
    "klingO3_standard": {"audio"},
    "klingO3_4k": {"audio"},
    "wan3": {"audio"},
    "wan3_prime": {"audio"},
    "hailuo3": {"resolution"},
    "grok_imagine_1_5": {"resolution"},
    "gemini_omni_flash_1.1": set(),
}


@pytest.mark.parametrize("model", PROFILE.models)
def test_no_model_gets_a_field_that_it_does_not_have(model):
    takes_seed = "seed" in FIELDS[model]
    body = sent(order("a corgi", model=model, seed=7 if takes_seed else None)).json
    assert body.keys() == {"model", "promptText", "ratio", "duration"} | FIELDS[model]
    if not takes_seed:
        with pytest.raises(InvalidInput, match=f"{model} at runway takes no seed"):
            sent(order("a corgi", model=model, seed=7))


@pytest.mark.parametrize(
    ("model", "size", "asked"),
    [
        (MODEL, "720x1280", {"ratio": "720:1280", "resolution": None}),
        (MODEL, "1024x1024", {"ratio": "960:960", "resolution": None}),
        (MODEL, "640x360", {"ratio": "854:480", "resolution": None}),
        ("klingO3_4k", "1280x720", {"ratio": "3840:2160", "resolution": None}),
        ("hailuo3", "1280x720", {"ratio": "16:9", "resolution": "768p"}),
        ("hailuo3", "1440x2560", {"ratio": "9:16", "resolution": "2k"}),
        ("grok_imagine_1_5", "1920x1080", {"ratio": "16:9", "resolution": "720p"}),
        ("gemini_omni_flash_1.1", "3840x2160", {"ratio": "3840:2160", "resolution": None}),
    ],
)
def test_a_size_is_the_nearest_that_the_model_makes(model, size, asked):
    assert sizes(order("a corgi", model=model, size=size)) == asked


def test_clips_have_a_type_but_for_one_model(tmp_path, clip):
    luna = member(tmp_path, stills=0, clip=clip, seconds=3)
    for model, keys in ((MODEL, ["type", "uri"]), ("gemini_omni_flash_1.1", ["uri"])):
        body = sent(order("@luna waves", luna, model=model)).json
        assert [sorted(each) for each in body["referenceVideos"]] == [keys]
        assert body["referenceVideos"][0]["uri"].startswith("data:video/mp4;base64,")
        assert "references" not in body


def test_a_picture_to_start_from_goes_to_a_route_of_its_own(luna, image):
    request = sent(order("a corgi", image=image))
    assert request.path == "/v1/image_to_video"
    assert request.json["promptImage"].startswith("data:image/png;base64,")
    with pytest.raises(InvalidInput, match="either a picture to start from or characters, not both"):
        sent(order("@luna waves", luna, image=image))
    body = sent(order("@luna waves", luna, image=image, model="kling_4")).json
    assert len(body["references"]) == 2
    assert body["promptImage"].startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("model", "size", "asked"),
    [
        ("kling_4", "1920x1080", {"ratio": "auto_1080p", "resolution": None}),
        ("wan3", "832x480", {"ratio": "auto_480p", "resolution": None}),
        ("grok_imagine_1_5", "640x480", {"ratio": None, "resolution": "480p"}),
        ("gen4.5", "720x1280", {"ratio": "720:1280", "resolution": None}),
    ],
)
def test_a_film_may_take_its_shape_from_the_picture(image, model, size, asked):
    assert sizes(order("a corgi", model=model, size=size, image=image)) == asked


@pytest.mark.parametrize("model", ["klingO3_pro", "klingO3_standard", "klingO3_4k"])
def test_a_model_may_take_characters_only_beside_a_picture(luna, image, model):
    with pytest.raises(InvalidInput, match="only beside a picture that the film starts from") as caught:
        sent(order("@luna waves", luna, model=model))
    assert "image=" in caught.value.hint
    request = sent(order("@luna waves", luna, model=model, image=image))
    assert request.path == "/v1/image_to_video"
    assert len(request.json["references"]) == 2


def test_a_limit_of_text_is_counted_as_the_service_counts():
    assert sent(order("😀" * 500, model="gen4.5")).json["promptText"] == "😀" * 500
    with pytest.raises(PromptError, match=r"1001 UTF-16 units .* takes 1000"):
        sent(order("😀" * 500 + "a", model="gen4.5"))
    with pytest.raises(PromptError, match="15001"):
        sent(order("a" * 15_001))


@pytest.mark.parametrize(("model", "seconds"), [(MODEL, 3), (MODEL, 31), ("gen4.5", 11), ("klingO3_pro", 2)])
def test_a_length_that_is_not_made_is_refused(model, seconds):
    with pytest.raises(InvalidInput, match=f"{model} at runway makes videos of"):
        sent(order("a corgi", model=model, seconds=seconds))


def test_more_characters_than_fit_are_refused(tmp_path):
    many = [member(tmp_path, f"hero{number}", 1) for number in range(10)]
    prompt = " ".join(f"@{each.username}" for each in many)
    assert len(sent(order(prompt, *many)).json["references"]) == 10
    with pytest.raises(PromptError, match="mentions 10 characters; seedance2 can be shown 9"):
        sent(order(prompt, *many, model="seedance2"))


def test_anything_but_a_video_is_refused():
    with pytest.raises(InvalidInput, match="makes videos alone"):
        DIALECT.create(Order(kind="character"), "")


# --- what is handed over first --------------------------------------------------------------------------------------


def test_only_what_is_too_large_for_a_request_is_handed_over(tmp_path, luna, image, clip):
    assert DIALECT.uploads(order("@luna waves", luna)) == []
    assert DIALECT.uploads(order("@luna waves", luna, image=image, model="kling_4")) == []
    film = tmp_path / "film.mp4"
    film.write_bytes(clip.read_bytes())
    luna = member(tmp_path, clip=large(film), seconds=3)
    picture = large(luna.stills[0].path)
    asked = order("@luna waves", luna, image=large(image), model="kling_4")
    assert DIALECT.uploads(asked) == [picture, film, image]
    known = {str(path): f"runway://{number}" for number, path in enumerate((picture, film, image))}
    asked = asked.model_copy(update={"addresses": known})
    assert DIALECT.uploads(asked) == []
    body = sent(asked).json
    assert body["promptImage"] == "runway://2"
    assert body["references"][0] == {"uri": "runway://0"}
    assert body["references"][1]["uri"].startswith("data:")
    assert body["referenceVideos"] == [{"type": "video", "uri": "runway://1"}]


@given(size=st.integers(1, 4_000_000))
def test_no_data_uri_is_longer_than_the_service_takes(tmp_path_factory, size):
    path = tmp_path_factory.getbasetemp() / "picture.jpg"
    with path.open("wb") as file:
        file.truncate(size)
    longest = len("data:image/jpeg;base64,") + 4 * -(-size // 3)
    if DIALECT.uploads(order("a corgi", image=path)):
        assert longest > 4_999_900
    else:
        assert longest <= 5_000_000


def test_an_upload_is_a_form_at_the_host_that_is_named(tmp_path):
    request = DIALECT.upload(tmp_path / "a.mp4")
    assert (request.method, request.path, request.paid) == ("POST", "/v1/uploads", False)
    assert request.json == {"filename": "a.mp4", "type": "ephemeral"}
    place = {"uploadUrl": "https://bucket.example/", "fields": {"key": "k"}, "runwayUri": "runway://k"}
    form = DIALECT.forward(place, tmp_path / "a.mp4")
    assert (form.method, form.at, form.form, form.files) == (
        "POST",
        "https://bucket.example/",
        {"key": "k"},
        {"file": tmp_path / "a.mp4"},
    )
    assert form.headers == {}
    assert DIALECT.uploaded(place) == "runway://k"
    for part in place:
        with pytest.raises(UNREADABLE):
            DIALECT.forward({**place, part: None}, tmp_path / "a.mp4")


# --- what is read -------------------------------------------------------------------------------------------------


def test_a_create_is_accepted_with_what_it_may_cost():
    ticket = DIALECT.ticket(order("a corgi"), MADE)
    assert (ticket.id, ticket.video.status, ticket.video.model) == (ID, Status.QUEUED, MODEL)
    assert (DIALECT.ceiling(ticket.raw), DIALECT.charge(ticket.raw)) == (1_800_000, None)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PENDING", Status.QUEUED),
        ("THROTTLED", Status.QUEUED),
        ("RUNNING", Status.IN_PROGRESS),
        ("SUCCEEDED", Status.COMPLETED),
        ("FAILED", Status.FAILED),
        ("CANCELLED", Status.FAILED),
    ],
)
def test_every_word_is_known(word, status):
    assert DIALECT.video({**RUNNING, "status": word}).status is status


def test_a_task_is_read():
    running, done, failed = map(DIALECT.video, (RUNNING, DONE, FAILED))
    assert (running.progress, done.progress) == (40, 100)
    assert (done.url, done.created_at) == (FILM, datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert (failed.error, failed.error_code) == ("The prompt was flagged.", "SAFETY.INPUT.TEXT")
    assert [DIALECT.charge(each.raw) for each in (running, done, failed)] == [None, 1_800_000, 1_800_000]
    assert DIALECT.charge({**FAILED, "cost": {"credits": 0}}) == 0


@pytest.mark.parametrize(("amount", "micros"), [(0, 0), (0.5, 5000), (1e-9, 1), (150, 1_500_000)])
def test_credits_are_cents_rounded_up(amount, micros):
    assert DIALECT.ceiling({"estimatedCost": {"credits": amount}}) == micros


@pytest.mark.parametrize("cost", [None, {}, {"credits": None}, {"credits": True}, {"credits": "1"}, {"credits": -1},
    {"credits": float("nan")}, {"credits": 1e300}, [], 5])  # fmt: skip
def test_what_is_no_number_of_credits_tells_nothing(cost):
    assert DIALECT.charge({"cost": cost}) is None


answers = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.sampled_from([ID, "RUNNING", "SUCCEEDED", FILM]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*DONE, *FAILED, *RUNNING, "credits"]), inner),
    max_leaves=12,
)  # fmt: skip


@given(answers)
def test_any_answer_is_read_or_refused(data):
    readers = (
        DIALECT.video,
        DIALECT.uploaded,
        lambda found: DIALECT.forward(found, None),
        DIALECT.charge,
        DIALECT.ceiling,
    )
    for reader in readers:
        with contextlib.suppress(UNREADABLE):
            reader(data)


# --- money --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "size", "seconds", "told", "usd"),
    [
        (MODEL, "1280x720", 5, {"clip_seconds": 2}, "1.80"),
        (MODEL, "640x640", 4, {}, "0.80"),
        (MODEL, "1920x1080", 5, {}, "3.40"),
        ("seedance2", "3840x2160", 5, {}, "7.50"),
        ("seedance2", "1280x720", 5, {"clip_seconds": 2}, None),
        ("seedance2_mini", "1280x720", 3, {}, "0.64"),
        ("hailuo3", "1280x720", 6, {"images": 2}, "0.64"),
        ("gen4.5", "1280x720", 10, {}, "1.20"),
        ("kling_4", "1280x720", 5, {}, None),
        ("wan3", "1280x720", 5, {}, None),
    ],
)
def test_prices_are_those_of_the_list(model, size, seconds, told, usd):
    found = prices.estimate(PROFILE, prices.purchase(PROFILE, "video", model, seconds, size=size, **told)).usd
    assert (found and f"{found:.2f}") == usd


@pytest.mark.parametrize("model", [name for name in PROFILE.models if name.startswith("seedance2")])
def test_every_size_has_its_price(model):
    for size in PROFILE.models[model].sizes:
        assert prices.estimate(PROFILE, prices.purchase(PROFILE, "video", model, 5, size=size)).usd, size


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (400, {"error": "You do not have enough credits to run this task."}, QuotaError, "enough credits"),
        (400, {"error": "Invalid parameter 'promptText'"}, BadRequest, "Invalid parameter 'promptText'"),
        (
            400,
            {"error": "Validation of body failed", "issues": [{"code": "x", "path": ["ratio"], "message": "Unknown."}]},
            BadRequest,
            "Validation of body failed; ratio: Unknown.",
        ),
        (401, {"error": "Unauthorized"}, AuthError, "Unauthorized"),
        (404, {"error": "Not found"}, NotFound, "Not found"),
        (429, {"error": "Too many requests"}, RateLimited, "Too many"),
        (500, {"error": "Oops"}, OutcomeUnknown, "cannot be told"),
        (502, {"error": "Oops"}, OutcomeUnknown, "cannot be told"),
        (503, {"error": "Oops"}, OutcomeUnknown, "cannot be told"),
        (504, "gateway", OutcomeUnknown, "cannot be told"),
    ],
)
def test_an_error_says_what_it_means_for_money(status, body, kind, said):
    text = body if isinstance(body, str) else json.dumps(body)
    with Faulty(answer(text.encode(), status)) as service:
        provider = Hurried(service.url, PROFILE)
        with pytest.raises(kind, match=said) as caught:
            provider.create(order("a corgi"), "key-1")
        provider.close()
    refused = kind is not OutcomeUnknown
    assert ("nothing was charged" in caught.value.money) is refused


# --- the loop -----------------------------------------------------------------------------------------------------


class Runway(Faulty):
    """Runway's own server, and beside it, at another address, the one that files are handed over to.

    Attributes:
        task: what it answers about any task.
        place: where files go.
        files: the requests that came there.
    """

    def __init__(self, clip, task):
        super().__init__(self.serve)
        self.clip, self.task, self.made = clip, task, MADE
        self.bucket = Faulty(answer(b"", 204))
        self.place = self.bucket.url

    def __exit__(self, *_):
        self.bucket.__exit__()
        super().__exit__()

    def serve(self, connection, request):
        line = request.split(b"\r\n")[0].decode()
        if "/film.mp4" in line:
            ranged(self.clip.read_bytes())(connection, request)
            return
        if line.startswith("POST /v1/uploads"):
            told = {"uploadUrl": f"{self.place}/put", "fields": {"policy": "p"}, "runwayUri": "runway://here"}
        else:
            told = self.made if line.startswith("POST") else self.task
        connection.sendall(answer(json.dumps(told).replace(FILM, f"{self.url}/film.mp4").encode()))

    def asked(self, path):
        """The bodies that came to a path."""
        found = [request.partition(b"\r\n\r\n") for request in self.requests]
        return [json.loads(body) for head, _, body in found if head.startswith(f"POST {path} ".encode())]


@pytest.fixture
def service(clip):
    with Runway(clip, DONE) as running:
        yield running


@pytest.fixture
def studio(service, tmp_path, engine):
    pace = PROFILE.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.05)})
    profile = PROFILE.model_copy(update={"video": pace})
    with Studio(
        profile, base_url=service.url, api_key=KEY, home=tmp_path / "home", progress=False, engine=engine
    ) as made:
        yield made


def test_the_answer_says_what_a_film_did_cost(studio, service):
    service.task = {**DONE, "cost": {"credits": 120}}
    studio.generate("a corgi", seconds=5)
    [call] = studio.ledger.calls()
    assert (call.estimate, call.reserved, call.charged) == (1_500_000, 1_800_000, 1_200_000)


def test_where_no_list_has_a_price_the_create_says_the_most(studio, service):
    service.task = {**RUNNING, "status": "THROTTLED"}
    job = studio.submit("a corgi", model="kling_4")
    until(lambda: studio.ledger.call(job.id).state is State.RUNNING)
    call = studio.ledger.call(job.id)
    assert (call.estimate, call.reserved) == (None, 1_800_000)
    assert studio.budget.reserved == Decimal("1.8")
    service.task = DONE
    job.result()
    assert studio.ledger.call(job.id).charged == 1_800_000


@pytest.mark.parametrize(
    ("cost", "money"), [(0, "It says that it charged nothing."), (180, "It says that it charged $1.80.")]
)
def test_a_failure_costs_what_it_says(studio, service, cost, money):
    service.task = {**FAILED, "cost": {"credits": cost}}
    with pytest.raises(GenerationFailed, match="The prompt was flagged") as caught:
        studio.generate("a corgi")
    assert (caught.value.money, caught.value.code) == (money, "SAFETY.INPUT.TEXT")
    assert studio.ledger.calls()[0].charged == cost * 10_000


def test_a_failure_that_does_not_say_is_not_known(studio, service):
    service.task = {**FAILED, "cost": None}
    with pytest.raises(GenerationFailed):
        studio.generate("a corgi")
    [call] = studio.ledger.calls()
    assert (call.state, call.charged, call.reserved) == (State.FAILED, None, 1_800_000)


def test_a_create_whose_answer_is_lost_stays_open(studio, service):
    service.replies = [answer(b"", 502)]
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi")
    asked = len(service.requests)
    studio.resume()
    [call] = studio.ledger.calls()
    assert (call.state, call.reserved) == (State.UNKNOWN, 1_500_000)
    assert len(service.requests) == asked


def test_a_model_that_shows_nobody_says_who_can(studio, service, footage):
    luna = studio.extract(footage, 2, 4, name="luna")
    with pytest.raises(PromptError, match=r"gen4.5 at runway cannot be shown @luna") as caught:
        studio.generate(f"{luna} waves", model="gen4.5")
    assert "seedance2_5" in caught.value.hint
    assert "gen4.5" not in caught.value.hint
    assert service.requests == []


def test_the_host_of_files_never_sees_the_key(studio, service, image):
    start = image.parent / "start-large.png"
    Image.effect_noise((64, 64), 9).save(start)
    with start.open("ab") as file:
        file.write(os.urandom(LARGE))
    studio.generate("a corgi", image=start)
    assert service.asked("/v1/image_to_video")[0]["promptImage"] == "runway://here"
    [form] = service.bucket.requests
    assert form.startswith(b"POST /put ")
    assert b'name="policy"' in form
    assert start.read_bytes() in form
    assert KEY.encode() not in form
    assert b"authorization" not in form.lower()
    assert all(KEY.encode() in request for request in service.requests if request.startswith(b"POST"))


def test_a_file_of_the_key_s_own_host_goes_without_the_key_too(studio, service, image):
    service.place = service.url
    studio.generate("a corgi", image=large(image))
    [form] = [request for request in service.requests if request.startswith(b"POST /put ")]
    assert KEY.encode() not in form


def test_a_public_service_does_not_send_files_into_a_private_network(studio, service, image, monkeypatch):
    async def private(_):
        return False  # the service is said to be on the web

    monkeypatch.setattr("sora_nb.providers.download.is_private", private)
    service.place = "http://192.168.0.1"
    with pytest.raises(UpstreamError, match="private network"):
        studio.generate("a corgi", image=large(image))
    assert service.asked("/v1/image_to_video") == []
    assert [call.charged for call in studio.ledger.calls()] == [0]


def test_a_file_goes_to_the_address_that_was_looked_at(studio, service, image, monkeypatch):
    """A name that leads elsewhere a moment later must not lead a file into a private network."""
    asked = []

    async def way(_, address):
        asked.append(address.host)
        return address.at("127.0.0.1"), {"host": address.netloc}, {"sni_hostname": address.host}

    monkeypatch.setattr("sora_nb.providers.download.Downloader.way", way)
    service.place = service.bucket.url.replace("127.0.0.1", "bucket.example")
    service.task = {**FAILED, "cost": {"credits": 0}}
    with pytest.raises(GenerationFailed):
        studio.generate("a corgi", image=large(image))
    [form] = service.bucket.requests
    assert asked == ["bucket.example"]
    assert b"\r\nhost: bucket.example:" in form.lower()


def test_a_film_whose_link_has_ended_is_fetched_by_a_fresh_one(studio, service, clip):
    service.task = {**DONE, "output": [f"{service.bucket.url}/film-old.mp4"]}
    service.bucket.replies = [answer(b"", 403)]

    def serve(connection, request):
        told = service.task
        service.task = DONE
        connection.sendall(answer(json.dumps(told).replace(FILM, f"{service.url}/film.mp4").encode()))

    usual = service.serve
    service.replies = [usual, serve, usual]
    assert studio.generate("a corgi").path.read_bytes() == clip.read_bytes()
    assert len(service.bucket.requests) == 1


@pytest.mark.parametrize(
    ("cost", "charged", "money"),
    [
        ({"cost": {"credits": 0}}, 0, "charged nothing"),
        ({"cost": {"credits": 30}}, 300_000, r"charged \$0\.30"),
        ({}, None, "not known"),
    ],
)
def test_a_job_is_stopped_at_the_service_which_says_what_that_costs(studio, service, cost, charged, money):
    service.task = RUNNING
    job = studio.submit("a corgi")
    until(lambda: studio.ledger.call(job.id).task)
    usual = service.serve

    def stop(connection, request):
        if request.startswith(f"DELETE /v1/tasks/{ID} ".encode()):
            service.task = {"id": ID, "createdAt": CREATED, "status": "CANCELLED", **cost}
        usual(connection, request)

    service.replies = [stop]
    assert job.cancel()
    with pytest.raises(Cancelled, match=money):
        job.result()
    call = studio.ledger.call(job.id)
    assert (call.state, call.charged, call.reserved) == (State.FAILED, charged, 1_800_000)


def test_the_most_that_the_create_names_is_held_where_the_list_has_less(studio, service):
    """Else calls that run beside it are let through by money that this one will take."""
    service.task = RUNNING
    job = studio.submit("a corgi", seconds=5)
    until(lambda: studio.ledger.call(job.id).state is State.RUNNING)
    assert (studio.ledger.call(job.id).estimate, studio.budget.reserved) == (1_500_000, Decimal("1.8"))
    service.task = DONE
    job.result()


@pytest.mark.parametrize("refused", ["bucket", "service", "file"])
def test_what_goes_wrong_before_the_order_costs_nothing(studio, service, monkeypatch, tmp_path, refused):
    path = tmp_path / "large.jpg"
    Image.new("RGB", (64, 64)).save(path)
    with path.open("ab") as file:
        file.truncate(6_000_000)
    if refused == "bucket":
        service.bucket.replies = [answer(b"no", 403)]
    elif refused == "service":
        service.replies = [answer(b"{}", 500)]
    else:
        monkeypatch.setattr(DIALECT.__class__, "uploads", lambda _, order: [tmp_path / "gone.jpg"])
    with pytest.raises(SoraError, match=r"(?i)nothing was charged"):
        studio.generate("a corgi", image=path)
    [call] = studio.ledger.calls()
    assert (call.state, call.charged) == (State.FAILED, 0)
    assert not service.asked("/v1/image_to_video")

"""OpenRouter's wire: what is sent and read, on exchanges as its SDK has them (openrouter 1.3.84, 2026-11-26)."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest
from conftest import KEY
from faulty import Faulty, answer
from hurried import Hurried
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sora_nb.errors import (
    BadRequest,
    ConfigError,
    ConsentNeeded,
    GenerationFailed,
    InvalidInput,
    OutcomeUnknown,
    PolicyError,
    PromptError,
    QuotaError,
    RateLimited,
)
from sora_nb.models import Character, State, Status, Still
from sora_nb.providers import registry
from sora_nb.providers.base import Member, Order
from sora_nb.providers.dialect import UNREADABLE
from sora_nb.studio import Studio

MODEL = "bytedance/seedance-2.5"
ID = "gen-vid-1795600000-abcdefghij0123456789"
TASK = f"https://openrouter.ai/api/v1/videos/{ID}"
SIGNED = "https://files.example/film.mp4?signature=secret"
DONE = {
    "id": ID,
    "polling_url": TASK,
    "status": "completed",
    "generation_id": "gen-1",
    "unsigned_urls": [f"{TASK}/content?index=0"],
    "urls": [SIGNED],
    "expires_at": 1795686400,
    "usage": {"cost": 0.75, "is_byok": False},
}
PROFILES = ("openrouter", "inworld", "litellm")


def member(folder, name, stills=1, side=400):
    found = []
    for number in range(stills):
        path = folder / f"{name}-{number}.jpg"
        Image.new("RGB", (side, side + 20), "grey").save(path)
        found.append(Still(path=path, width=side, height=side + 20, kind="figure"))
    return Member(character=Character(id=name, username=name, display_name=name.title()), stills=tuple(found))


@pytest.fixture
def luna(tmp_path):
    return member(tmp_path, "luna", 2)


def order(prompt="a corgi", *members, **more):
    asked = {"model": MODEL, "size": "1280x720", "seconds": 5, **more}
    return Order(kind="video", prompt=prompt, members=members, **asked)


def dialect(profile="openrouter"):
    return registry.dialect(registry.get(profile), "https://openrouter.ai")


def sent(asked, profile="openrouter"):
    """The request for an order, once it was checked."""
    found = dialect(profile)
    found.check(asked)
    return found.create(asked, "key-1")


# --- what is sent -------------------------------------------------------------------------------------------------


def test_pictures_go_beside_a_prompt_that_numbers_them(luna):
    request = sent(order("@luna walks on the beach", luna, seed=7))
    assert (request.method, request.path, request.paid) == ("POST", "/api/v1/videos", True)
    references = request.json.pop("input_references")
    assert request.json == {
        "model": MODEL,
        "prompt": "Luna is the character in Image 1 and Image 2. Luna walks on the beach",
        "duration": 5,
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "seed": 7,
        "generate_audio": True,
    }
    assert [(each["type"], each["image_url"]["url"][:23]) for each in references] == [
        ("image_url", "data:image/jpeg;base64,")
    ] * 2


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (MODEL, "Luna is the character in Image 1 and Image 2. Luna waves"),
        ("alibaba/wan-3.0", "Luna is the character in Image 1 and Image 2. Luna waves"),
        ("google/gemini-omni-1.2-flash", "Luna is the character in the reference images. Luna waves"),
        ("some/model-of-tomorrow", "Luna is the character in the reference images. Luna waves"),
    ],
)
def test_each_model_is_told_in_its_way_who_is_shown(luna, model, words):
    assert sent(order("@luna waves", luna, model=model)).json["prompt"] == words


@pytest.mark.parametrize(
    ("model", "size", "shape"),
    [
        (MODEL, "1280x720", ("720p", "16:9")),
        ("minimax/hailuo-3", "720x1280", ("768p", "9:16")),
        ("minimax/hailuo-3", "2560x1440", ("2K", "16:9")),
        ("some/other", "3840x2160", ("4K", "16:9")),
        ("some/other", "1080x1620", ("1080p", "2:3")),
    ],
)
def test_a_size_is_told_as_resolution_and_ratio(model, size, shape):
    body = sent(order(model=model, size=size)).json
    assert (body["resolution"], body["aspect_ratio"]) == shape
    assert "size" not in body


def test_a_picture_to_start_from_is_the_first_frame_and_stands_alone(tmp_path, luna):
    image = tmp_path / "start.png"
    Image.new("RGB", (64, 64)).save(image)
    body = sent(order(image=image)).json
    [frame] = body["frame_images"]
    assert (frame["type"], frame["frame_type"]) == ("image_url", "first_frame")
    assert frame["image_url"]["url"].startswith("data:image/png;base64,")
    assert "input_references" not in body
    with pytest.raises(InvalidInput, match="not both"):
        sent(order("@luna waves", luna, image=image))


def test_a_clip_goes_by_its_address(tmp_path, luna):
    clip = tmp_path / "luna.mp4"
    shown = luna.model_copy(update={"clip": clip, "clip_seconds": 3.0, "stills": ()})
    asked = order("@luna waves", shown, publishes=True, addresses={str(clip): "https://files.example/luna.mp4"})
    item = {"type": "video_url", "video_url": {"url": "https://files.example/luna.mp4"}}
    assert sent(asked).json["input_references"] == [item]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"seconds": 3}, "4 s or more"),
        ({"seconds": 31}, "up to 30 s"),
        ({"model": "bytedance/seedance-2.0", "seconds": 16}, "up to 15 s"),
        ({"route": "sync"}, "videos alone"),
    ],
)
def test_what_is_not_made_is_refused_in_words(asked, said):
    with pytest.raises(InvalidInput, match=said):
        sent(order(**asked))


def test_too_many_and_too_small_are_refused_in_words(tmp_path):
    many = [member(tmp_path, f"c{number}") for number in range(7)]
    prompt = " ".join(f"@c{number}" for number in range(7))
    assert len(sent(order(prompt, *many)).json["input_references"]) == 7
    with pytest.raises(PromptError, match=r"mentions 7 characters; google/gemini-omni-1\.2-flash can be shown 6"):
        sent(order(prompt, *many, model="google/gemini-omni-1.2-flash"))
    with pytest.raises(InvalidInput, match="300 or more on the shorter side"):
        sent(order("@luna waves", member(tmp_path, "luna", side=200)))


def test_inworld_shows_its_key_in_its_own_way_and_takes_pictures_by_address(luna):
    asked = {"model": "alibaba/wan-3.0"}
    assert dialect("inworld").authorise("abc") == {"authorization": "Basic abc"}
    with pytest.raises(InvalidInput, match="by public address only"):
        sent(order("@luna waves", luna, **asked), "inworld")
    found = {str(still.path): f"https://files.example/{still.path.name}" for still in luna.stills}
    request = sent(order("@luna waves", luna, publishes=True, addresses=found, **asked), "inworld")
    assert request.path == "/v1/videos"
    assert [each["image_url"]["url"] for each in request.json["input_references"]] == list(found.values())
    with pytest.raises(InvalidInput, match="no model"):
        sent(order(model="some/other"), "inworld")


def test_a_proxy_of_ones_own_has_its_own_address_and_perhaps_no_key(monkeypatch):
    with pytest.raises(ConfigError, match="SORA_NB_LITELLM_BASE_URL"):
        registry.other("litellm")
    monkeypatch.setenv("SORA_NB_LITELLM_BASE_URL", "http://127.0.0.1:4000/v1")
    found = registry.other("litellm")
    assert (found.base_url, found.api_key.get_secret_value()) == ("http://127.0.0.1:4000", "")
    assert sent(order(model="my-seedance"), "litellm").path == "/v1/videos"
    assert dialect("litellm").authorise("k") == {"authorization": "Bearer k"}


def test_the_library_s_key_goes_to_openrouter_alone(monkeypatch):
    monkeypatch.setenv("OPENROUTER_API_KEY", KEY)
    assert registry.other("openrouter").api_key.get_secret_value() == KEY
    with pytest.raises(ConfigError, match="needs a key"):
        registry.other("openrouter", base_url="https://elsewhere.example")


# --- what is read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("pending", Status.QUEUED),
        ("in_progress", Status.IN_PROGRESS),
        ("completed", Status.COMPLETED),
        ("failed", Status.FAILED),
        ("cancelled", Status.FAILED),
        ("expired", Status.FAILED),
        ("dead", Status.FAILED),
    ],
)
def test_its_words(word, status):
    assert dialect().video({**DONE, "status": word}).status is status


def test_the_film_is_fetched_with_the_key_and_its_signed_link_is_kept_nowhere():
    video = dialect().video(DONE)
    assert (video.id, video.url) == (ID, f"{TASK}/content?index=0")
    assert video.expires_at == datetime.fromtimestamp(1795686400, UTC)
    assert SIGNED not in f"{video!r}{video.model_dump()}{video.raw}"
    assert dialect().content("a/b") == "/api/v1/videos/a%2Fb/content"
    assert dialect().video({**DONE, "unsigned_urls": None}).url == ""


def test_inworld_s_film_is_where_it_says():
    told = {"id": "v1", "status": "completed", "output": {"videos": [{"url": "https://cdn.example/a.mp4"}]}}
    assert dialect("inworld").video(told).url == "https://cdn.example/a.mp4"


def test_an_error_is_a_sentence():
    video = dialect().video({"id": ID, "polling_url": TASK, "status": "failed", "error": "The provider gave up."})
    assert (video.status, video.error) == (Status.FAILED, "The provider gave up.")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*DONE, "cost", "is_byok"]), inner),
    max_leaves=12,
)


@given(JSON)
def test_answers_of_any_shape_are_read_or_cannot_be(data):
    for reader in (dialect().video, dialect().entries):
        with contextlib.suppress(*UNREADABLE):
            reader(data)
    with contextlib.suppress(*UNREADABLE):
        dialect().charge(data)


# --- money --------------------------------------------------------------------------------------------------------


@given(st.integers(0, 10**12))
def test_a_cost_is_taken_to_the_very_micro_dollar(micros):
    cost = Decimal(micros) / 1_000_000
    for told in (float(cost), json.loads(str(float(cost))), f"{cost:f}"):
        charged = dialect().charge({"usage": {"cost": told}})
        assert charged == (micros if micros < 10**12 else None)


@pytest.mark.parametrize(
    ("cost", "micros"),
    [(0.1 + 0.2, 300_000), (0, 0), (1e-7, 0), (5e-7, 1), ("0.0695", 69_500), (-0.5, None), (None, None), (1e300, None)],
)
def test_costs_of_every_kind(cost, micros):
    assert dialect().charge({"usage": {"cost": cost, "is_byok": False}}) == micros


def test_a_cost_beside_the_maker_s_own_bill_is_not_the_whole():
    assert dialect().charge({"usage": {"cost": 0.02, "is_byok": True}}) is None


def refused(status, message, **more):
    return answer(json.dumps({"error": {"code": status, "message": message, **more}}).encode(), status)


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (400, "some/thing is not a valid model ID", BadRequest),
        (402, "Insufficient credits. Add more using https://openrouter.ai/credits", QuotaError),
        (403, "Your chosen model requires moderation and your input was flagged.", PolicyError),
        (429, "Rate limit exceeded", RateLimited),
    ],
)
def test_refusals_are_told_and_cost_nothing(status, said, kind):
    with Faulty(refused(status, said)) as server, pytest.raises(kind, match="nothing was charged") as caught:
        Hurried(server.url, "openrouter").create(order())
    assert said[:30] in str(caught.value)


def test_what_the_maker_said_is_told_with_it():
    metadata = {"provider_name": "BytePlus", "raw": "duration must be an integer"}
    with (
        Faulty(refused(400, "Provider returned error", metadata=metadata)) as server,
        pytest.raises(BadRequest, match="Provider returned error: duration must be an integer"),
    ):
        Hurried(server.url, "openrouter").create(order())


@pytest.mark.parametrize("status", [500, 502, 503, 499])
def test_an_error_that_may_come_after_acceptance_leaves_the_outcome_open(status):
    with Faulty(refused(status, "Internal Server Error")) as server:
        with pytest.raises(OutcomeUnknown):
            Hurried(server.url, "openrouter").create(order())
        assert len(server.creates) == 1


# --- our own client against the rehearsal -------------------------------------------------------------------------


@pytest.fixture
def studio(engine, tmp_path):
    with Studio("local", engine=engine, home=tmp_path / "home", progress=False) as opened:
        yield opened


@pytest.fixture
def served(studio):
    return studio.rehearse("openrouter")


ASKED = {"model": f"openrouter/{MODEL}", "size": "854x480", "seconds": 4}


@pytest.mark.usefixtures("served")
def test_a_character_goes_from_the_library_to_a_film_and_its_charge(studio, footage, engine):
    studio.extract(footage, 2, 4, name="luna")
    with pytest.raises(ConsentNeeded):
        studio.generate("@luna waves", **ASKED)
    preview = studio.preview("@luna waves", **ASKED)
    assert "unknown: no price list has this model" in str(preview)
    film = studio.generate("@luna waves", consent="Ada: my own rabbit", **ASKED)
    assert film.path.is_file()
    assert engine.requests[-1].cast.keys() == {"luna"}
    call = studio.ledger.calls()[-1]
    assert (call.model, call.state, call.estimate, call.charged) == (MODEL, State.DONE, None, 280_000)
    assert "sora/files" not in str(call.answer), "a signed link was kept"


def test_a_lost_create_stays_open_since_nothing_can_be_listed(studio, served):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi", **ASKED)
    studio.resume()
    assert studio.ledger.calls()[-1].state is State.UNKNOWN
    assert len(served.tasks()) == 1


def test_refusals_and_failures_are_told(studio, served):
    served.fail("policy")
    with pytest.raises(PolicyError, match="nothing was charged"):
        studio.generate("a corgi", **ASKED)
    served.fail("failed")
    with pytest.raises(GenerationFailed, match=r"could not generate this video\. Whether it charges such calls"):
        studio.generate("a corgi", **ASKED)
    assert [call.charged for call in studio.ledger.calls()] == [0, None]


def test_both_frames_and_references_are_refused_there_too(served, luna):
    body = sent(order("@luna waves", luna, seconds=4)).json
    frames = [{**each, "frame_type": "first_frame"} for each in body["input_references"]]
    headers = {"authorization": f"Bearer {KEY}"}
    refusal = httpx.post(f"{served.url}/videos", json={**body, "frame_images": frames}, headers=headers)
    assert (refusal.status_code, "Only one of" in refusal.json()["error"]["message"]) == (400, True)
    assert httpx.post(f"{served.url}/videos", json=body, headers=headers).status_code == 202


def test_a_model_of_the_default_service_may_be_called_like_another_service(tmp_path):
    with Studio("openrouter", api_key=KEY, home=tmp_path / "own", progress=False) as own:
        preview = own.preview("a corgi", model="minimax/hailuo-3", seconds=5)
        assert preview.model == "openrouter/minimax/hailuo-3"
        assert own.preview("a corgi", model="openrouter/minimax/hailuo-3").model == preview.model

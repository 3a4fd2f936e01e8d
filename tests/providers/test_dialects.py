"""The dialects: what is sent and what is read, on the exchanges the vendors and gateways publish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.errors import ClipError, InvalidInput
from sora_nb.models import Character, Clip, Status
from sora_nb.providers import registry
from sora_nb.providers.base import Order, Source

VENDOR = registry.get("laozhang")
LOCAL = registry.get("local")
CUSTOM = registry.dialect(registry.get("custom"))


def character_request(profile, clip, *, url=None, task=None, subject=None):
    """What is sent for a character, once it was checked."""
    source = Source(origin="url:x", url=url, task=task)
    model = profile.character.model or ""
    return request_for(profile, Order(kind="character", model=model, clip=clip, source=source, subject=subject))


def video_request(profile, *, model="sora-2", size="1280x720", seconds=10, **asked):
    """What is sent for a video, once it was checked."""
    return request_for(profile, Order(kind="video", model=model, size=size, seconds=seconds, **asked))


def request_for(profile, order):
    dialect = registry.dialect(profile)
    dialect.check(order)
    return dialect.create(order, "key-1")


def test_a_seed_that_would_not_be_sent_is_refused():
    with pytest.raises(InvalidInput, match="takes no seed"):
        video_request(VENDOR, route="sync", prompt="runs", model="sora_video2", seed=7)


def test_a_character_from_an_address():
    request = character_request(VENDOR, Clip(1, 3), url="https://example.com/your-video.mp4")
    assert (request.method, request.path, request.paid) == ("POST", "/sora/v1/characters", True)
    assert request.json == {
        "model": "sora-2-character",
        "url": "https://example.com/your-video.mp4",
        "timestamps": "1,3",
    }


def test_a_character_from_a_task():
    request = character_request(VENDOR, Clip(1, 3), task="video_8a06e19b")
    assert request.json == {"model": "sora-2-character", "from_task": "video_8a06e19b", "timestamps": "1,3"}


def test_gateways_differ_in_the_model_they_want():
    assert character_request(registry.get("apiyi"), Clip(1, 3), url="https://x/a").json["model"] == ("sora-character")
    assert "model" not in character_request(registry.get("custom"), Clip(1, 3), url="https://x/a").json


def test_a_character_needs_a_source():
    with pytest.raises(InvalidInput, match="give one of them"):
        character_request(VENDOR, Clip(1, 3))


def test_what_a_gateway_does_not_take_is_refused_here():
    with pytest.raises(InvalidInput, match="no characters from from_task"):
        character_request(registry.get("apiyi"), Clip(1, 3), task="video_1")
    with pytest.raises(ClipError, match="whole seconds"):
        character_request(VENDOR, Clip(1.5, 3.5), url="https://x/a")
    with pytest.raises(InvalidInput, match="takes no hint"):
        character_request(VENDOR, Clip(1, 3), url="https://x/a", subject=(0.5, 0.5))
    with pytest.raises(InvalidInput, match="makes videos of 10, 15 s"):
        video_request(registry.get("apiyi"), prompt="x", model="sora-2", size="1280x720", seconds=8)


def test_a_video_is_multipart_for_some_and_json_for_others(tmp_path):
    asked = {"prompt": "a corgi", "model": "sora-2", "size": "1280x720", "seconds": 10}
    fields = {"prompt": "a corgi", "model": "sora-2", "size": "1280x720", "seconds": "10"}
    assert video_request(VENDOR, **asked).form == fields
    assert video_request(LOCAL, **asked).json == fields
    picture = tmp_path / "a.png"
    picture.write_bytes(b"x")
    request = video_request(LOCAL, **asked, image=picture)
    assert (request.form, request.files) == (fields, {"input_reference": picture})


def test_characters_beside_the_prompt_in_the_openai_shape():
    mossy = Character(id="char_123", username="mossy", display_name="Mossy")
    request = video_request(registry.get("openai-shape"), prompt="@mossy runs", cast=(mossy,), seconds=8)
    assert request.json["prompt"] == "Mossy runs"
    assert request.json["characters"] == [{"id": "char_123"}]


def test_the_sync_route_sends_the_picture_inside_the_message(tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"png")
    request = video_request(VENDOR, route="sync", prompt="runs", model="sora_video2", image=picture)
    text, image = request.json["messages"][0]["content"]
    assert request.json["stream"] is True
    assert text == {"type": "text", "text": "runs"}
    assert image["image_url"]["url"] == "data:image/png;base64,cG5n"


def test_a_characters_answer_with_every_field():
    answer = {
        "id": "ch_6918d62178e48191a0b1ae49be428a13",
        "username": "hfspncadz.mooflapand",
        "display_name": "Moofla Pand",
        "permalink": "https://sora.chatgpt.com/profile/hfspncadz.mooflapand",
        "profile_picture_url": "https://videos.openai.com/az/files/x%2Fraw?se=2025-11-20T00%3A00%3A00Z&sig=TEST",
        "something_new": 1,
    }
    order = Order(kind="character", clip=Clip(1, 3), source=Source(origin="url:x"))
    hero = registry.dialect(VENDOR, "https://api.laozhang.ai").character(answer, order)
    assert (str(hero), hero.display_name, hero.clip) == ("@hfspncadz.mooflapand", "Moofla Pand", Clip(1, 3))
    assert (hero.source, hero.service) == ("url:x", ("laozhang", "https://api.laozhang.ai"))
    assert hero.raw == answer


@pytest.mark.parametrize(
    "answer",
    [
        {"id": "ch_1", "username": "a.b"},
        {"character_id": "ch_1", "username": "a.b", "avatar_url": None},
        {"code": 0, "data": {"id": "ch_1", "username": "a.b"}},
    ],
)
def test_only_id_and_username_are_needed(answer):
    hero = CUSTOM.character(answer)
    assert (hero.id, hero.username) == ("ch_1", "a.b")


def test_the_openai_shape_has_a_name_instead_of_a_handle():
    answer = {"id": "char_123", "created_at": 1758941485, "name": "Mossy the Pot"}
    hero = registry.dialect(registry.get("openai-shape")).character(answer)
    assert (hero.username, hero.display_name) == ("mossy_the_pot", "Mossy the Pot")


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"id": "ch_1"}, {"username": "a"}, {"id": "", "username": "a"}])
def test_what_is_no_character(answer):
    with pytest.raises(ValueError):
        CUSTOM.character(answer)


def test_a_task_from_acceptance_to_its_link():
    task = {"id": "video_abc", "status": "submitted", "progress": 0, "seconds": "10", "created_at": 1704067200}
    video = CUSTOM.video(task)
    assert (video.status, video.seconds, video.created_at.year) == (Status.QUEUED, 10, 2024)
    video = CUSTOM.video({**task, "status": "completed", "url": "https://x/v1/videos/video_abc/content"})
    assert (video.progress, video.url) == (100, "https://x/v1/videos/video_abc/content")


@pytest.mark.parametrize(
    ("error", "message", "code"),
    [
        ("Content policy violation", "Content policy violation", ""),
        ({"code": "bad", "message": "words"}, "words", "bad"),
        ({"code": "bad"}, "bad", "bad"),
        (None, "", ""),
    ],
)
def test_failures_are_texts_or_objects(error, message, code):
    video = CUSTOM.video({"id": "v", "status": "failed", "error": error})
    assert (video.status, video.error, video.error_code) == (Status.FAILED, message, code)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("NOT_START", Status.QUEUED),
        ("pending", Status.QUEUED),
        ("IN_PROGRESS", Status.IN_PROGRESS),
        ("SUCCESS", Status.COMPLETED),
        ("FAILURE", Status.FAILED),
        ("cancelled", Status.FAILED),
        ("generate_failed", Status.FAILED),
        ("not_failed", None),
        ("dreaming", None),
    ],
)
def test_foreign_status_words(word, status):
    assert CUSTOM.status(word) is status


GOOD = ["succeed", "success", "succeeded", "done", "ready", "completed", "finished"]
BAD = [
    "blocked",
    "rejected",
    "timeout",
    "nsfw",
    "moderated",
    "failed",
    "expired",
    "canceled",
    "Content Moderated",
    "timed-out",
]
OPEN = [
    "queueing",
    "submitted",
    "processing",
    "created",
    "dreaming",
    "not_ready",
    "not_completed",
    "upload_done",
    "post_processing",
]
PREFIXES = st.sampled_from(["", "JOB_STATUS_", "STATE_", "job_state_", "TASK_STATUS_", "Video Generation "])
CASES = st.sampled_from([str.lower, str.upper, str.title])


@given(st.sampled_from([*GOOD, *BAD, *OPEN]), PREFIXES, CASES)
def test_a_status_word_means_the_same_in_any_case_and_after_any_prefix(word, prefix, case):
    status = CUSTOM.status(f" {case(prefix + word)}\n")
    assert (status is Status.COMPLETED) == (word in GOOD)
    assert (status is Status.FAILED) == (word in BAD)
    assert bool(status and status.ended) == (word not in OPEN)


@given(st.text())
def test_any_word_is_a_status_or_unknown(word):
    assert CUSTOM.status(word) in {None, *Status}


@pytest.mark.parametrize(("value", "percent"), [(37, 37), ("37%", 37), ("37.5", 37.5), (None, 0), ("?", 0), (900, 100)])
def test_progress_in_any_form(value, percent):
    assert CUSTOM.video({"id": "v", "status": "processing", "progress": value}).progress == percent


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "https://x/a.mp4"},
        {"video_url": "https://x/a.mp4"},
        {"output": {"url": "https://x/a.mp4"}},
        {"metadata": {"output": "https://x/a.mp4"}},
        {"url": '["https://x/a.mp4"]'},
        {"url": "%5B%22https://x/a.mp4%22%5D"},
        {"video_url": ["https://x/a.mp4"]},
    ],
)
def test_the_link_is_found_wherever_a_gateway_puts_it(fields):
    assert CUSTOM.video({"task_id": "task_1", "status": "SUCCESS", **fields}).url == "https://x/a.mp4"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(
    inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "task_id", "status", "progress", "error", "url", "data", "seconds", "created_at", "output"]
    ), inner, max_size=6)))  # fmt: skip
def test_any_json_is_a_task_or_a_value_error(data):
    try:
        video = CUSTOM.video(data)
    except ValueError:
        return
    assert video.id


@pytest.mark.parametrize("data", [{}, {"data": None}, {"error": "no"}, "x", None, {"data": [1]}])
def test_what_is_no_listing_does_not_pass_for_an_empty_one(data):
    with pytest.raises(ValueError, match="no list of objects"):
        CUSTOM.entries(data)

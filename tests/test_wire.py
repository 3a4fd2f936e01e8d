"""The wire: what is sent and what is read, on the exchanges the vendors and gateways publish."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.errors import ClipError, InvalidInput
from sora_nb.models import Clip, Status
from sora_nb.providers import registry, wire
from sora_nb.providers.chat import ChatReply, chat_request

VENDOR = registry.get("laozhang")
LOCAL = registry.get("local")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_character_from_an_address():
    request = wire.character_request(VENDOR, Clip(1, 3), "key-1", url="https://example.com/your-video.mp4")
    assert (request.method, request.path, request.paid) == ("POST", "/sora/v1/characters", True)
    assert request.json == {
        "model": "sora-2-character",
        "url": "https://example.com/your-video.mp4",
        "timestamps": "1,3",
    }


def test_a_character_from_a_task():
    request = wire.character_request(VENDOR, Clip(1, 3), "key-1", from_task="video_8a06e19b")
    assert request.json == {"model": "sora-2-character", "from_task": "video_8a06e19b", "timestamps": "1,3"}


def test_gateways_differ_in_the_model_they_want():
    assert wire.character_request(registry.get("apiyi"), Clip(1, 3), "k", url="https://x/a").json["model"] == (
        "sora-character"
    )
    assert "model" not in wire.character_request(registry.get("custom"), Clip(1, 3), "k", url="https://x/a").json


@pytest.mark.parametrize("given_", [{}, {"url": "https://x/a", "from_task": "video_1"}])
def test_exactly_one_source(given_):
    with pytest.raises(InvalidInput, match="exactly one"):
        wire.character_request(VENDOR, Clip(1, 3), "k", **given_)


def test_what_a_gateway_does_not_take_is_refused_here():
    with pytest.raises(InvalidInput, match="no characters from from_task"):
        wire.character_request(registry.get("apiyi"), Clip(1, 3), "k", from_task="video_1")
    with pytest.raises(ClipError, match="whole seconds"):
        wire.character_request(VENDOR, Clip(1.5, 3.5), "k", url="https://x/a")
    with pytest.raises(InvalidInput, match="takes no hint"):
        wire.character_request(VENDOR, Clip(1, 3), "k", url="https://x/a", subject=(0.5, 0.5))
    with pytest.raises(InvalidInput, match="makes videos of 10, 15 s"):
        wire.video_request(registry.get("apiyi"), "k", prompt="x", model="sora-2", size="1280x720", seconds=8)


def test_a_video_is_multipart_for_some_and_json_for_others(tmp_path):
    asked = {"prompt": "a corgi", "model": "sora-2", "size": "1280x720", "seconds": 10}
    fields = {"prompt": "a corgi", "model": "sora-2", "size": "1280x720", "seconds": "10"}
    assert wire.video_request(VENDOR, "k", **asked).form == fields
    assert wire.video_request(LOCAL, "k", **asked).json == fields
    picture = tmp_path / "a.png"
    picture.write_bytes(b"x")
    request = wire.video_request(LOCAL, "k", **asked, reference=picture)
    assert (request.form, request.files) == (fields, {"input_reference": picture})


def test_characters_beside_the_prompt_in_the_openai_shape():
    request = wire.video_request(
        registry.get("openai-shape"), "k", prompt="Mossy runs", model="sora-2", size="1280x720", seconds=8,
        character_ids=["char_123"],
    )  # fmt: skip
    assert request.json["characters"] == [{"id": "char_123"}]


def test_a_picture_must_be_one(tmp_path):
    text = tmp_path / "a.txt"
    text.write_text("x")
    big = tmp_path / "a.png"
    big.write_bytes(bytes(wire.MAX_IMAGE_BYTES))
    for path, words in ((text, "not a PNG"), (tmp_path / "none.png", "not a PNG"), (big, "10 MB")):
        with pytest.raises(InvalidInput, match=words):
            wire.image_type(path)


def test_the_sync_route_sends_the_picture_inside_the_message(tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"png")
    request = chat_request(VENDOR, "k", prompt="runs", model="sora_video2", reference=picture)
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
    hero = wire.read_character(answer, "laozhang", clip=Clip(1, 3), source="url:x")
    assert (str(hero), hero.display_name, hero.clip) == ("@hfspncadz.mooflapand", "Moofla Pand", Clip(1, 3))
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
    hero = wire.read_character(answer, "custom")
    assert (hero.id, hero.username) == ("ch_1", "a.b")


def test_the_openai_shape_has_a_name_instead_of_a_handle():
    hero = wire.read_character({"id": "char_123", "created_at": 1758941485, "name": "Mossy the Pot"}, "openai-shape")
    assert (hero.username, hero.display_name) == ("mossy_the_pot", "Mossy the Pot")


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"id": "ch_1"}, {"username": "a"}, {"id": "", "username": "a"}])
def test_what_is_no_character(answer):
    with pytest.raises(ValueError):
        wire.read_character(answer, "custom")


def test_a_task_from_acceptance_to_its_link():
    task = {"id": "video_abc", "status": "submitted", "progress": 0, "seconds": "10", "created_at": 1704067200}
    video = wire.read_video(task, "laozhang")
    assert (video.status, video.seconds, video.created_at.year) == (Status.QUEUED, 10, 2024)
    video = wire.read_video({**task, "status": "completed", "url": "https://x/v1/videos/video_abc/content"}, "l")
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
    video = wire.read_video({"id": "v", "status": "failed", "error": error}, "x")
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
        ("dreaming", Status.IN_PROGRESS),
        (None, Status.QUEUED),
    ],
)
def test_foreign_status_words(word, status):
    assert wire.status(word) is status


@pytest.mark.parametrize(("value", "percent"), [(37, 37), ("37%", 37), ("37.5", 37.5), (None, 0), ("?", 0), (900, 100)])
def test_progress_in_any_form(value, percent):
    assert wire.read_video({"id": "v", "status": "processing", "progress": value}, "x").progress == percent


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
    assert wire.read_video({"task_id": "task_1", "status": "SUCCESS", **fields}, "x").url == "https://x/a.mp4"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(
    inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "task_id", "status", "progress", "error", "url", "data", "seconds", "created_at", "output"]
    ), inner, max_size=6)))  # fmt: skip
def test_any_json_is_a_task_or_a_value_error(data):
    try:
        video = wire.read_video(data, "x")
    except ValueError:
        return
    assert video.id


def chunk(**delta):
    return "data: " + json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}, ensure_ascii=False)


STREAM = [
    chunk(role="assistant"),
    chunk(content='```json\n{"prompt": "@a.b runs", "mode": "横屏模式"}\n```\n\n'),
    chunk(content="> ⌛️ 任务正在队列中，请耐心等待...\n\n"),
    "",
    ": comment",
    chunk(content="> 🏃 进度：36.0%\n\n"),
    chunk(content="> 🏃 进度：98.7%\n\n"),
]


def test_a_stream_says_how_far_it_is_and_where_the_video_is():
    reply = ChatReply()
    seen = []
    for line in STREAM:
        reply.feed(line)
        seen.append(reply.progress)
    assert seen[-2:] == [36.0, 98.7]
    reply.feed(chunk(content="> ✅ 视频生成成功，[点击这里](http://127.0.0.1:1/sora/aee.mp4) 查看视频~~~\n\n"))
    reply.feed("data: [DONE]\r")
    assert (reply.url, reply.finished, reply.error) == ("http://127.0.0.1:1/sora/aee.mp4", True, "")


@pytest.mark.parametrize(
    ("delta", "url"),
    [
        ({"content": "[download video](https://x/b.mp4)"}, "https://x/b.mp4"),
        ({"content": "```html\n<video src='https://x/b.mp4' controls></video>\n```"}, "https://x/b.mp4"),
        ({"content": "see https://x/b.mp4)."}, "https://x/b.mp4"),
    ],
)
def test_other_ways_to_say_the_link(delta, url):
    reply = ChatReply()
    reply.feed(chunk(reasoning_content="**Video Generation Progress**: 37% (running)"))
    assert reply.progress == 37
    reply.feed(chunk(**delta))
    assert reply.url == url


@pytest.mark.parametrize(
    "line",
    [
        'data: {"error":{"message":"API request failed: 400","type":"server_error","param":null,"code":null}}',
        chunk(content="❌ 生成失败: API request failed: 400"),
    ],
)
def test_failure_inside_a_successful_answer(line):
    reply = ChatReply()
    for before in STREAM:
        reply.feed(before)
    reply.feed(line)
    reply.feed("data: [DONE]")
    assert "API request failed: 400" in reply.error
    assert reply.url == ""


@given(st.lists(st.text(max_size=60) | st.text(max_size=40).map(lambda text: "data: " + text), max_size=20))
def test_any_stream_can_be_read(lines):
    reply = ChatReply()
    for line in lines:
        reply.feed(line)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7),
        ("0", 0),
        ("-5", 0),
        ("99999", 120),
        ("nan", None),
        ("soon", None),
        ("Sun, 22 Nov 2026 00:00:30 GMT", 30),
        ("Sun, 22 Nov 2020 00:00:30 GMT", 0),
        ("Sun, 22 Nov 2099 00:00:30 GMT", 120),
    ],
)
def test_retry_after(value, seconds):
    assert wire.retry_after(value, NOW) == seconds


def test_half_a_surrogate_pair_is_replaced():
    assert wire.decode(b'{"prompt": "\\ud800 and \\ud83d\\ude00"}') == {"prompt": "? and \U0001f600"}


@pytest.mark.parametrize("body", [b"[" * 100_000, b"", b"{", b"\x00", b"9" * 5000])
def test_what_is_no_json_is_a_value_error(body):
    with pytest.raises(ValueError):  # whatever json raises; a deep one would be a RecursionError
        wire.decode(body)


@pytest.mark.parametrize("data", [{}, {"data": None}, {"error": "no"}, "x", None, {"data": [1]}])
def test_what_is_no_listing_does_not_pass_for_an_empty_one(data):
    with pytest.raises(ValueError, match="no list of objects"):
        wire.read_list(data)


def test_links_and_words_of_the_repeated_request_are_not_the_answer():
    reply = ChatReply()
    reply.feed(chunk(content='```json\n{"prompt": "a failed heist, like https://x/other.mp4"}\n'))
    reply.feed(chunk(content="```\n\n> waiting\n"))
    reply.feed("data: [DONE]")
    assert (reply.url, reply.error, reply.finished) == ("", "", True)


def test_words_of_failure_count_once_the_stream_has_ended():
    reply = ChatReply()
    reply.feed(chunk(content="❌ 失败"))
    assert reply.error == ""
    reply.take({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    assert "失败" in reply.error


@pytest.mark.parametrize("choices", [5, [5], ["x"], [{"delta": "x"}], [{"delta": {"content": [1]}}], [{"message": 9}]])
def test_events_of_other_shapes_are_passed_over(choices):
    ChatReply().take({"choices": choices})

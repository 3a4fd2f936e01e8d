"""The synchronous route's stream, as vendors and gateways send it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.providers.chat import ChatReply


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


@pytest.mark.parametrize(
    "said",
    [
        "[watch](https://x/watch/1) ![cover](https://x/c.jpg) [download](https://x/a.mp4)",
        "[download](https://x/a.mp4) [watch](https://x/watch/1) ![cover](https://x/c.jpg)",
        "![cover](https://x/cover/1) It is here: https://x/a.mp4.",
        "<video src='https://x/a.mp4' poster='https://x/p.jpg'></video> [all](https://x/)",
    ],
)
def test_beside_the_film_may_stand_its_page_and_its_picture(said):
    reply = ChatReply()
    reply.feed(chunk(content=said))
    assert reply.url == "https://x/a.mp4"


def test_a_picture_alone_is_no_film():
    reply = ChatReply()
    reply.feed(chunk(content="![preview](https://x/p.webp)"))
    assert (reply.url, reply.progress) == ("", 0)


@given(st.lists(st.text(max_size=60) | st.text(max_size=40).map(lambda text: "data: " + text), max_size=20))
def test_any_stream_can_be_read(lines):
    reply = ChatReply()
    for line in lines:
        reply.feed(line)


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

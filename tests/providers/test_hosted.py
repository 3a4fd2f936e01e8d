"""A hosted provider against real sockets: what it sends, what it makes of answers, and what it never does twice."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket

import pytest
from conftest import KEY
from faulty import Faulty, answer, drip, read_request, reset
from hurried import Hurried

from sora_nb.errors import (
    ClipError,
    ConfigError,
    GenerationFailed,
    InvalidInput,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
    RouteRetired,
    UpstreamError,
    WaitTimeout,
)
from sora_nb.models import Clip, Status, Video
from sora_nb.studio import Studio


def create(fake):
    return fake.create_video("a corgi", key="key-1")


TASK = json.dumps({"id": "video_1", "status": "queued"}).encode()


# --- against the local server ------------------------------------------------------------------------------------------


def test_a_video_from_prompt_to_file(client, tmp_path):
    seen = []
    video = client.create_video("a corgi", seconds=1, size="320x180")
    video = client.wait(video, lambda percent, _: seen.append(percent))
    arrived = client.download(video, tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").stat().st_size == arrived.size
    assert not list(tmp_path.glob("*.part"))
    assert seen[-1] == 100
    assert (video.prompt, video.seconds, video.size) == ("a corgi", 1, "320x180")


def test_a_character_from_a_task_and_from_an_upload(client, footage, tmp_path):
    video = client.wait(client.create_video("a corgi", seconds=2, size="320x180"))
    hero = client.create_character(Clip(0, 1), from_task=video.id)
    other = client.create_character(Clip(1, 3), url=client.upload(footage))
    assert hero.username != other.username
    picture = client.fetch(other.profile_picture_url, tmp_path / "a.png", most=10**6)
    assert picture.size > 100
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_the_sync_route_streams_progress_and_a_link(client, tmp_path):
    seen = []
    video = client.generate_sync("a corgi", model="sora_video2", report=seen.append)
    assert video.status is Status.COMPLETED
    assert seen == sorted(seen)
    assert client.download(video, tmp_path / "a.mp4").size > 1000


def test_tasks_are_listed_and_deleted(client, engine):
    engine.hold()
    first = client.create_video("one", seconds=1, size="64x64")
    second = client.create_video("two", seconds=1, size="64x64")
    assert [task["id"] for task in client.list_tasks()] == [second.id, first.id]
    client.cancel(first.id)
    assert [task["id"] for task in client.list_tasks()] == [second.id]


@pytest.mark.parametrize("loops", [1, 3])
def test_a_notebooks_own_loop_asks_while_jobs_run(server, tmp_path, loops):
    """Connections and waits belong to the background loop, whichever loop awaits."""
    with Studio("local", base_url=server.url, api_key=KEY, home=tmp_path / "home", progress=False) as studio:

        async def cell():
            job = studio.submit("a corgi", size="64x64", seconds=1)
            for _ in range(3):
                await asyncio.gather(*(studio.provider.list_tasks() for _ in range(8)))
            return await job, await studio.provider.list_tasks(limit=1)

        for _ in range(loops):
            video, listed = asyncio.run(cell())
            assert [task["id"] for task in listed] == [video.id]
        assert studio.generate("a cat", size="64x64", seconds=1).path.exists()


# --- refused here -------------------------------------------------------------------------------------------------------


def test_bad_input_sends_nothing():
    with Faulty(answer()) as server:
        fake = Hurried(server.url)
        with pytest.raises(InvalidInput):
            fake.create_character(Clip(1, 3))
        with pytest.raises(ClipError):
            fake.create_character(Clip(1, 9), url="https://x.example/a.mp4")
        with pytest.raises(InvalidInput, match="web address"):
            fake.create_character(Clip(1, 3), url="file:///etc/passwd")
        for url in ("http://[x/a.mp4", "http://x.example:80a/a.mp4"):
            with pytest.raises(InvalidInput, match="web address"):
                fake.create_character(Clip(1, 3), url=url)
        with pytest.raises(ConfigError, match="by web address only"):
            fake.upload(None)
        assert server.requests == []


# --- accepted or not ----------------------------------------------------------------------------------------------------

LOST = {
    "reset after sending": reset,
    "half headers": b"HTTP/1.1 200 OK\r\ncontent-le",
    "short body": answer(TASK, length=500),
    "not JSON": answer(b"<html>hello</html>"),
    "no id": answer(b'{"status": "queued"}'),
    "a list": answer(b"[]"),
    "500": answer(b"oops", 500),
    "502 page": answer(b"<html><title>502</title></html>", 502),
    "504": answer(b"", 504),
    "slow drip": drip(0.2),
    "gzip bomb": answer(gzip.compress(bytes(64 * 1024**2)), headers=[("content-encoding", "gzip")]),
    "damaged gzip": answer(b"\x1f\x8b\x08\x00nonsense", headers=[("content-encoding", "gzip")]),
}


SAID = {
    "a gateway that restarts": answer(b'{"error": {"message": "Connection pool shut down"}}', 500),
    "303 to the listing": answer(b"", 303, [("location", "/v1/videos")]),
    "302 to another host": answer(b"", 302, [("location", "http://127.0.0.1:1/v1/videos/video_1")]),
    "302 to no address": answer(b"", 302, [("location", "http://[::1/v1/videos/video_1")]),
    "307": answer(b"", 307, [("location", "/v1/videos/video_1")]),
    "408 in words of a rate limit": answer(b'{"error": {"message": "heavy load"}}', 408, [("retry-after", "1")]),
    "409": answer(b"", 409),
    "425": answer(b"", 425),
    "499": answer(b"", 499),
    "503 that says when to come back": answer(b"", 503, [("retry-after", "1")]),
}
"""Answers that a free request takes as they are."""


@pytest.mark.parametrize("fault", [*LOST.values(), *SAID.values()], ids=[*LOST, *SAID])
def test_a_create_that_may_have_been_accepted_is_never_sent_again(fault):
    with Faulty(fault) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            create(Hurried(server.url))
        assert len(server.creates) == 1
        assert "may have been billed" in str(caught.value)
        assert KEY not in str(caught.value)


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_free_request_that_failed_so_costs_nothing(fault, monkeypatch):
    monkeypatch.setattr("sora_nb.providers.hosted.READ_SECONDS", 1.0)
    with Faulty(fault) as server, pytest.raises(UpstreamError) as caught:
        Hurried(server.url).retrieve("video_1")
    assert "billed" not in str(caught.value)


@pytest.mark.parametrize(
    ("refusal", "waits"),
    [
        (answer(b"", 429), [0.5]),
        (answer(b"", 429, [("retry-after", "7")]), [7]),
        (answer(b"", 429, [("retry-after", "86400")]), [120]),
    ],
)
def test_what_was_refused_for_now_is_sent_again_with_the_same_key(refusal, waits):
    with Faulty(refusal, answer(TASK)) as server:
        fake = Hurried(server.url)
        assert create(fake).id == "video_1"
        fake.close()
        assert fake.waits == waits
        assert [b"idempotency-key: key-1" in request.lower() for request in server.creates] == [True, True]


BUSY = answer(b"", 503, [("retry-after", "3")])


def test_a_service_that_honours_keys_is_asked_again():
    with Faulty(BUSY, answer(b"", 429), answer(TASK)) as server:
        fake = Hurried(server.url, "local")
        assert create(fake).id == "video_1"
        assert fake.waits == [3, 1]
        assert [b"idempotency-key: key-1" in request.lower() for request in server.creates] == [True] * 3


@pytest.mark.parametrize("end", [BUSY, answer(b"", 429), answer(b"", 401)])
def test_what_may_have_been_accepted_is_not_refused_later(end):
    with Faulty(BUSY, end) as server, pytest.raises(OutcomeUnknown, match="HTTP 503"):
        create(Hurried(server.url, "local"))


@pytest.mark.parametrize("status", [302, 303])
@pytest.mark.parametrize("where", ["/v1/videos/video_1", "videos/video_1", "{}/v1/videos/video_1"])
def test_a_redirect_to_the_new_task_is_its_ticket(status, where):
    with Faulty(answer()) as server:
        server.replies = [answer(b"", status, [("location", where.format(server.url))])]
        video = create(Hurried(server.url))
        assert (video.id, video.status, video.prompt) == ("video_1", Status.QUEUED, "a corgi")
        assert len(server.requests) == 1


def test_refusals_end_after_a_few_tries():
    with Faulty(answer(b"", 429)) as server:
        with pytest.raises(RateLimited):
            create(Hurried(server.url))
        assert len(server.creates) == 4


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        fake = Hurried(f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(NotDelivered, match="Nothing was charged"):
            create(fake)
    assert len(fake.waits) == 3


def test_an_unknown_host():
    with pytest.raises(NotDelivered):
        create(Hurried("http://no-such-host.invalid"))


def test_a_redirect_is_not_followed_with_a_paid_call():
    with Faulty(answer()) as other, Faulty(answer(b"", 307, [("location", other.url + "/v1/videos")])) as server:
        with pytest.raises(Exception, match="HTTP 307"):
            create(Hurried(server.url))
        assert other.requests == []


def test_a_retired_model_is_explained():
    gone = answer(b'{"error":{"message":"model not found"}}', 404)
    with Faulty(gone) as server, pytest.raises(RouteRetired, match="retired its Sora routes"):
        Hurried(server.url, "laozhang").create_video("x", model="sora-2")


# --- waiting -------------------------------------------------------------------------------------------------------------


def task(**fields):
    return answer(json.dumps({"id": "video_1", **fields}).encode())


def test_waiting_survives_what_polling_meets():
    with Faulty(
        answer(b"", 404), reset, answer(b"<html>", 502), answer(b"", 429, [("retry-after", "9")]),
        task(status="NOT_START"), task(status="dreaming", progress="40%"), task(status="SUCCESS"),
    ) as server:  # fmt: skip
        fake = Hurried(server.url)
        video = fake.wait(Video(id="video_1", prompt="x"))
        assert (video.status, video.prompt) == (Status.COMPLETED, "x")
        assert all(5 <= seconds <= 120 for seconds in fake.waits if seconds > 2)


def test_a_task_that_failed_says_why():
    refused = task(status="failed", error="Content policy violation")
    with Faulty(refused) as server, pytest.raises(GenerationFailed, match="Content policy violation") as caught:
        Hurried(server.url).wait(Video(id="video_1"))
    assert "not charged" in str(caught.value)


def test_waiting_ends():
    with Faulty(task(status="in_progress", progress=50)) as server:
        fake = Hurried(server.url)
        with pytest.raises(WaitTimeout, match="has not ended"):
            fake.wait(Video(id="video_1"))
        assert fake.now <= 1800 + 120
        assert len(server.requests) < 200


def test_waiting_ends_soon_when_nobody_answers():
    with Faulty(answer(b"", 404)) as server:
        fake = Hurried(server.url)
        with pytest.raises(WaitTimeout, match="no longer answers"):
            fake.wait(Video(id="video_1"))
        assert fake.now < 200


# --- bounds ------------------------------------------------------------------------------------------------------------


def test_an_absurd_pace_is_not_kept():
    replies = answer(TASK, headers=[("openai-poll-after-ms", "9" * 5000)]), task(status="completed")
    with Faulty(*replies) as server:
        fake = Hurried(server.url)
        fake.wait(Video(id="video_1"))
        assert fake.now <= 15


def test_a_stream_that_unpacks_without_end_is_broken_off():
    bomb = gzip.compress(b"data: {}\n\n" * 10**7)
    reply = answer(bomb, headers=[("content-type", "text/event-stream"), ("content-encoding", "gzip")])
    with Faulty(reply) as server, pytest.raises(OutcomeUnknown, match="longer than 8 MB"):
        Hurried(server.url).generate_sync("a corgi", model="sora_video2", key="k")


def test_only_what_can_be_unpacked_is_asked_for():
    with Faulty(answer(TASK)) as server:
        create(Hurried(server.url))
        assert b"accept-encoding: gzip, deflate\r\n" in server.requests[0].lower()


def test_a_paid_call_never_goes_over_a_connection_that_idled():
    def answer_one_request(connection, _):
        body = b'{"data": []}'
        connection.sendall(b"HTTP/1.1 200 X\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        read_request(connection)  # and what comes next over this connection is lost

    with Faulty(answer_one_request, answer(TASK)) as server:
        fake = Hurried(server.url)
        assert fake.list_tasks() == []
        assert create(fake).id == "video_1"
        fake.close()

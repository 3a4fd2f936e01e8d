"""The client against real sockets: what it sends, what it makes of answers, and what it never does twice."""

from __future__ import annotations

import gzip
import inspect
import json
import socket

import pytest
from conftest import KEY
from faulty import Faulty, answer, drip, ranged, read_request, reset
from sora_nb.providers.client import AsyncClient, Client

from sora_nb import background
from sora_nb.errors import (
    ClipError,
    ConfigError,
    DownloadError,
    GenerationFailed,
    InvalidInput,
    LinkExpired,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
    RouteRetired,
    UpstreamError,
    WaitTimeout,
)
from sora_nb.models import Clip, Status, Video
from sora_nb.providers import registry
from sora_nb.providers.profile import Profile, Routes


class Fake:
    """A client of a faulty server whose clock runs as fast as it waits."""

    def __init__(self, url, profile="custom"):
        self.now = 0.0
        self.waits = []
        base = profile if isinstance(profile, Profile) else registry.get(profile)
        base = base.model_copy(update={"timeout_create": 1.0})
        settings = registry.settings(base, base_url=url, api_key=KEY)

        async def make():
            return AsyncClient(settings, sleep=self.sleep, clock=lambda: self.now)

        self.client = background.run(make)

    async def sleep(self, seconds):
        self.waits.append(seconds)
        self.now += seconds

    def __getattr__(self, name):
        function = getattr(self.client, name)

        async def call(args, kwargs):
            return await function(*args, **kwargs)

        return lambda *args, **kwargs: background.run(call, args, kwargs)


def create(fake):
    return fake.create_video("a corgi", key="key-1")


TASK = json.dumps({"id": "video_1", "status": "queued"}).encode()


# --- against the local server ------------------------------------------------------------------------------------------


def test_a_video_from_prompt_to_file(client, tmp_path):
    seen = []
    video = client.create_video("a corgi", seconds=1, size="320x180")
    video = client.wait(video, on_progress=lambda found: seen.append(found.progress))
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
    video = client.generate_sync("a corgi", model="sora_video2", on_progress=lambda found: seen.append(found.progress))
    assert video.status is Status.COMPLETED
    assert seen == sorted(seen)
    assert client.download(video, tmp_path / "a.mp4").size > 1000


def test_tasks_are_listed_and_deleted(client):
    first = client.create_video("one", seconds=1, size="64x64")
    second = client.create_video("two", seconds=1, size="64x64")
    assert [task["id"] for task in client.list_tasks()] == [second.id, first.id]
    client.delete(first.id)
    assert [task["id"] for task in client.list_tasks()] == [second.id]


def test_sync_and_async_clients_have_the_same_operations():
    for name, function in inspect.getmembers(AsyncClient, inspect.iscoroutinefunction):
        if not name.startswith("_"):
            assert inspect.signature(getattr(Client, name)) == inspect.signature(function), name
            assert getattr(Client, name).__doc__ == function.__doc__


# --- refused here -------------------------------------------------------------------------------------------------------


def test_bad_input_sends_nothing():
    with Faulty(answer()) as server:
        fake = Fake(server.url)
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


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_create_that_may_have_been_accepted_is_never_sent_again(fault):
    with Faulty(fault) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            create(Fake(server.url))
        assert len(server.creates) == 1
        assert "may have been billed" in str(caught.value)
        assert KEY not in str(caught.value)


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_free_request_that_failed_so_costs_nothing(fault, monkeypatch):
    monkeypatch.setattr("sora_nb.providers.client.READ_SECONDS", 1.0)
    with Faulty(fault) as server, pytest.raises(UpstreamError) as caught:
        Fake(server.url).retrieve("video_1")
    assert "billed" not in str(caught.value)


@pytest.mark.parametrize(
    ("refusal", "waits"),
    [
        (answer(b"", 429), [0.5]),
        (answer(b"", 429, [("retry-after", "7")]), [7]),
        (answer(b"", 503, [("retry-after", "3")]), [3]),
        (answer(b"", 429, [("retry-after", "86400")]), [120]),
    ],
)
def test_what_was_refused_for_now_is_sent_again_with_the_same_key(refusal, waits):
    with Faulty(refusal, answer(TASK)) as server:
        fake = Fake(server.url)
        assert create(fake).id == "video_1"
        fake.close()
        assert fake.waits == waits
        assert [b"idempotency-key: key-1" in request.lower() for request in server.creates] == [True, True]


def test_refusals_end_after_a_few_tries():
    with Faulty(answer(b"", 429)) as server:
        with pytest.raises(RateLimited):
            create(Fake(server.url))
        assert len(server.creates) == 4


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        fake = Fake(f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(NotDelivered, match="Nothing was charged"):
            create(fake)
    assert len(fake.waits) == 3


def test_an_unknown_host():
    with pytest.raises(NotDelivered):
        create(Fake("http://no-such-host.invalid"))


def test_a_redirect_is_not_followed_with_a_paid_call():
    with Faulty(answer()) as other, Faulty(answer(b"", 307, [("location", other.url + "/v1/videos")])) as server:
        with pytest.raises(Exception, match="HTTP 307"):
            create(Fake(server.url))
        assert other.requests == []


def test_a_retired_model_is_explained():
    gone = answer(b'{"error":{"message":"model not found"}}', 404)
    with Faulty(gone) as server, pytest.raises(RouteRetired, match="retired its Sora routes"):
        Fake(server.url, "laozhang").create_video("x", model="sora-2")


# --- waiting -------------------------------------------------------------------------------------------------------------


def task(**fields):
    return answer(json.dumps({"id": "video_1", **fields}).encode())


def test_waiting_survives_what_polling_meets():
    with Faulty(
        answer(b"", 404), reset, answer(b"<html>", 502), answer(b"", 429, [("retry-after", "9")]),
        task(status="NOT_START"), task(status="dreaming", progress="40%"), task(status="SUCCESS"),
    ) as server:  # fmt: skip
        fake = Fake(server.url)
        video = fake.wait(Video(id="video_1", prompt="x"))
        assert (video.status, video.prompt) == (Status.COMPLETED, "x")
        assert all(5 <= seconds <= 120 for seconds in fake.waits if seconds > 2)


def test_a_task_that_failed_says_why():
    refused = task(status="failed", error="Content policy violation")
    with Faulty(refused) as server, pytest.raises(GenerationFailed, match="Content policy violation") as caught:
        Fake(server.url).wait(Video(id="video_1"))
    assert "not charged" in str(caught.value)


def test_waiting_ends():
    with Faulty(task(status="in_progress", progress=50)) as server:
        fake = Fake(server.url)
        with pytest.raises(WaitTimeout, match="has not ended"):
            fake.wait(Video(id="video_1"))
        assert fake.now <= 1800 + 120
        assert len(server.requests) < 200


def test_waiting_ends_soon_when_nobody_answers():
    with Faulty(answer(b"", 404)) as server:
        fake = Fake(server.url)
        with pytest.raises(WaitTimeout, match="no longer answers"):
            fake.wait(Video(id="video_1"))
        assert fake.now < 200


# --- fetching ------------------------------------------------------------------------------------------------------------

CONTENT = bytes(range(256)) * 400


def fetch(fake, url, target, **options):
    return fake.download(Video(id="video_1", url=url), target, **options)


def test_a_download_goes_on_where_it_was_cut(tmp_path):
    with Faulty(ranged(CONTENT, cut_after=1000), ranged(CONTENT, cut_after=50_000), ranged(CONTENT)) as server:
        arrived = fetch(Fake(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
        assert (tmp_path / "a.mp4").read_bytes() == CONTENT
        assert arrived.size == len(CONTENT)
        assert b"range: bytes=51000-" in server.requests[2].lower()


def test_a_download_goes_on_after_a_restart(tmp_path):
    (tmp_path / "a.mp4.part").write_bytes(CONTENT[:70_000])
    with Faulty(ranged(CONTENT)) as server:
        fetch(Fake(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
        assert b"range: bytes=70000-" in server.requests[0].lower()
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT


def test_a_server_without_ranges_begins_anew(tmp_path):
    (tmp_path / "a.mp4.part").write_bytes(b"something else")
    with Faulty(answer(CONTENT)) as server:
        fetch(Fake(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (answer(b"", 403), LinkExpired, "no longer valid"),
        (answer(b"", 410), LinkExpired, "no longer valid"),
        (answer(b"", 401), DownloadError, "HTTP 401"),
        (answer(b"", 500), DownloadError, "HTTP 500"),
        (answer(b""), DownloadError, "an empty file"),
        (answer(CONTENT, length=10**12), DownloadError, "more than"),
        (ranged(CONTENT, cut_after=0), DownloadError, "did not arrive whole"),
    ],
)
def test_a_download_that_cannot_be(reply, kind, words, tmp_path):
    with Faulty(reply) as server, pytest.raises(kind, match=words):
        fetch(Fake(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
    assert not (tmp_path / "a.mp4").exists()


def test_the_key_stays_with_the_configured_origin(tmp_path):
    with Faulty(answer(CONTENT)) as other, Faulty(answer(b"", 302, [("location", other.url + "/b.mp4")])) as server:
        fetch(Fake(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
        fetch(Fake(server.url), other.url + "/b.mp4", tmp_path / "b.mp4")
        assert KEY.encode() in server.requests[0]
        assert not any(KEY.encode() in request for request in other.requests)
        assert len(other.requests) == 2


def test_redirects_in_circles_end(tmp_path):
    with Faulty(answer(b"", 302, [("location", "/again")])) as server:
        with pytest.raises(DownloadError, match="circles"):
            fetch(Fake(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
        assert len(server.requests) == 6


def test_more_than_was_announced_is_not_a_whole_file(tmp_path):
    longer = answer(CONTENT * 2, 206, [("content-range", f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}")])
    with Faulty(longer, answer(CONTENT)) as server:
        fetch(Fake(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT


@pytest.mark.parametrize("where", ["http://127.0.0.1:99999999/a.mp4", "file:///etc/passwd", "mailto:a@b"])
def test_a_redirect_to_no_address_is_told(tmp_path, where):
    with Faulty(answer(b"", 302, [("location", where)])) as server:
        fake = Fake(server.url)
        with pytest.raises(DownloadError, match=r"can be fetched|over http|Invalid URL"):
            fetch(fake, server.url + "/a.mp4", tmp_path / "a.mp4")


def test_an_endless_length_says_nothing(tmp_path):
    replies = answer(b"x", 206, [("content-range", f"bytes 0-0/{'9' * 5000}")]), answer(CONTENT)
    with Faulty(*replies) as server:
        assert fetch(Fake(server.url), server.url + "/a.mp4", tmp_path / "a.mp4").size == 1


def test_a_full_disk_is_told(tmp_path):
    (tmp_path / "a.mp4.part").symlink_to("/dev/full")
    with Faulty(answer(CONTENT)) as server, pytest.raises(DownloadError, match=r"No space left.* Make room"):
        fetch(Fake(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
    assert not (tmp_path / "a.mp4").exists()


def test_where_a_link_has_ended_the_service_itself_is_asked(tmp_path):
    with Faulty(answer(b"", 403), answer(CONTENT)) as server:
        fetch(Fake(server.url), server.url + "/signed.mp4", tmp_path / "a.mp4")
        assert b"GET /v1/videos/video_1/content " in server.requests[1]
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT


def test_where_a_link_leads_to_a_host_that_is_away_the_service_itself_is_asked(tmp_path):
    (tmp_path / "a.mp4.part").write_bytes(b"the beginning of what the other host has")
    with Faulty(ranged(CONTENT, cut_after=5000), ranged(CONTENT)) as server:
        fetch(Fake(server.url), "http://127.0.0.1:1/signed.mp4", tmp_path / "a.mp4")
        assert all(b"GET /v1/videos/video_1/content " in request for request in server.requests)
        assert [b"range: bytes=5000-" in request.lower() for request in server.requests] == [False, True]
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_link_that_is_no_address_and_no_route_beside_it(tmp_path):
    sync_only = registry.get("custom").model_copy(update={"routes": Routes(videos=None)})
    fake = Fake("http://127.0.0.1:1", sync_only)
    with pytest.raises(DownloadError, match="not an address"):
        fetch(fake, "http://[::1/a.mp4", tmp_path / "a.mp4")


def test_an_absurd_pace_is_not_kept():
    replies = answer(TASK, headers=[("openai-poll-after-ms", "9" * 5000)]), task(status="completed")
    with Faulty(*replies) as server:
        fake = Fake(server.url)
        fake.wait(Video(id="video_1"))
        assert fake.now <= 15


def test_a_stream_that_unpacks_without_end_is_broken_off():
    bomb = gzip.compress(b"data: {}\n\n" * 10**7)
    reply = answer(bomb, headers=[("content-type", "text/event-stream"), ("content-encoding", "gzip")])
    with Faulty(reply) as server, pytest.raises(OutcomeUnknown, match="longer than 8 MB"):
        Fake(server.url).generate_sync("a corgi", model="sora_video2", key="k")


def test_only_what_can_be_unpacked_is_asked_for():
    with Faulty(answer(TASK)) as server:
        create(Fake(server.url))
        assert b"accept-encoding: gzip, deflate\r\n" in server.requests[0].lower()


def test_a_paid_call_never_goes_over_a_connection_that_idled():
    def answer_one_request(connection, _):
        body = b'{"data": []}'
        connection.sendall(b"HTTP/1.1 200 X\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        read_request(connection)  # and what comes next over this connection is lost

    with Faulty(answer_one_request, answer(TASK)) as server:
        fake = Fake(server.url)
        assert fake.list_tasks() == []
        assert create(fake).id == "video_1"
        fake.close()

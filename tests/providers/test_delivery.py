"""A film is fetched from wherever it is, asked for again while it is not there yet, and never given up while it may be had."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from faulty import Faulty, answer
from hurried import Hurried

from sora_nb.errors import DownloadError, FileNotReady, GenerationFailed, LinkExpired
from sora_nb.models import Status, Video
from sora_nb.providers import registry

FILM = bytes(range(256)) * 40
NOT_YET = b'{"error": {"message": "Video is not ready yet.", "code": "video_not_ready"}}'
LATER = {
    "202": answer(NOT_YET, 202),
    "400": answer(NOT_YET, 400),
    "403": answer(NOT_YET, 403),
    "404": answer(NOT_YET, 404),
    "409": answer(NOT_YET, 409),
    "425": answer(NOT_YET, 425),
    "500": answer(NOT_YET, 500),
    "JSON called a film": answer(NOT_YET, 200, [("content-type", "video/mp4")]),
    "a page": answer(b"<html>\n<title>Watch it here</title></html>", 200, [("content-type", "text/html")]),
    "words": answer("请稍候 (wait)".encode(), 200, [("content-type", "text/plain; charset=utf-8")]),
    "empty": answer(b""),
}
PAST = datetime.now(UTC) - timedelta(minutes=1)


class Service(Faulty):
    """A gateway with one task; `files` are what its paths have: bytes to answer with, one after another."""

    def __init__(self, task, **files):
        super().__init__(self.serve)
        self.task = {"id": "video_1", "status": "completed", **task}
        self.files = {name.replace("_", "/"): list(replies) for name, replies in files.items()}
        self.asked = []

    def serve(self, connection, request):
        path = request.split(b" ")[1].decode().partition("?")[0].removeprefix("/v1/videos/video_1/").strip("/")
        self.asked.append(path)
        if path == "v1/videos/video_1":
            connection.sendall(answer(json.dumps(self.task).replace("{}", self.url).encode()))
            return
        replies = self.files.get(path, [answer(b"", 404)])
        connection.sendall(replies.pop(0) if len(replies) > 1 else replies[0])

    def count(self, path):
        return self.asked.count(path)


def fetch(service, target, *, age=1, profile="custom", **fields):
    """Fetch the film of a task as it is told, for a call of so many minutes ago."""
    fake = Hurried(service.url, profile)
    video = fake.provider._dialect.video(json.loads(json.dumps(service.task).replace("{}", service.url)))
    begun = datetime.now(UTC) - timedelta(minutes=age)
    fake.download(video.model_copy(update={"created_at": begun, **fields}), target)
    return fake


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
@pytest.mark.parametrize("where", ["content", "link"])
def test_a_film_that_is_not_there_yet_is_asked_for_again(tmp_path, later, where):
    files = {"content" if where == "content" else "a.mp4": [later, later, answer(FILM)]}
    with Service({"url": "{}/a.mp4"} if where == "link" else {}, **files) as service:
        fetch(service, tmp_path / "a.mp4")
        assert service.count(next(iter(files))) == 3
        assert (tmp_path / "a.mp4").read_bytes() == FILM
        assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
        assert not service.creates


def test_it_is_asked_for_a_few_times_only_at_the_pace_of_polling(tmp_path):
    with Service({}) as service:
        fake = Hurried(service.url)
        with pytest.raises(FileNotReady, match=r"custom gave no link to the video video_1\. .*HTTP 404.*resume"):
            fake.download(Video(id="video_1", status=Status.COMPLETED), tmp_path / "a.mp4")
        assert service.count("content") == 6
        assert fake.waits == [5, 10, 15, 15, 15]
    assert list(tmp_path.iterdir()) == []


def test_the_film_of_an_old_call_is_asked_for_once(tmp_path):
    with Service({}) as service, pytest.raises(FileNotReady):
        fetch(service, tmp_path / "a.mp4", age=90)
    assert service.count("content") == 1


def test_a_link_that_comes_later_is_taken(tmp_path):
    with Service({"url": "{}/b.mp4"}, **{"b.mp4": [answer(FILM)]}) as service:
        fetch(service, tmp_path / "a.mp4", url="", raw={})
        assert (tmp_path / "a.mp4").read_bytes() == FILM


@pytest.mark.parametrize(
    "links",
    [
        {"video_url": "{}/watch", "url": "{}/good"},
        {"video_url": "{}/gone.mp4", "output": ["{}/page", "{}/good"]},
        {"video_url": "{}/gone.mp4", "result": '[{"url": "{}/good"}]'},
    ],
)
def test_where_one_link_leads_nowhere_the_next_is_tried(tmp_path, links):
    page = LATER["a page"]
    with Service(links, watch=[page], page=[page], good=[answer(FILM)]) as service:
        fetch(service, tmp_path / "a.mp4")
        assert (tmp_path / "a.mp4").read_bytes() == FILM
        assert service.count("good") == 1
        assert service.count("content") == 0


def test_where_no_link_was_given_none_has_ended(tmp_path):
    short = registry.get("custom").model_copy(update={"link_life_hours": 0.1})
    with Service({}) as service, pytest.raises(FileNotReady, match="gave no link to the video video_1"):
        fetch(service, tmp_path / "a.mp4", age=120, profile=short)


@pytest.mark.parametrize(
    ("fields", "life"),
    [({"url": "{}/a.mp4"}, 0.1), ({"url": "{}/a.mp4", "expires_at": PAST.isoformat()}, None), ({"expires_at": PAST.timestamp()}, None),
     ({"url": f"{{}}/a.mp4?Expires={PAST.timestamp():.0f}"}, None)],
)  # fmt: skip
def test_a_link_whose_time_is_over_has_ended_at_once(tmp_path, fields, life):
    short = registry.get("custom").model_copy(update={"link_life_hours": life})
    with Service(fields) as service, pytest.raises(LinkExpired, match="time of the film's link is over"):
        fetch(service, tmp_path / "a.mp4", age=30, profile=short)
    assert service.count("content") == 1


@pytest.mark.parametrize("name", ["202", "409", "425", "a page", "JSON called a film"])
def test_what_is_not_ready_or_no_film_has_not_ended(tmp_path, name):
    short = registry.get("custom").model_copy(update={"link_life_hours": 0.1})
    with Service({"url": "{}/a.mp4"}, **{"a.mp4": [LATER[name]]}) as service, pytest.raises(FileNotReady):
        fetch(service, tmp_path / "a.mp4", age=90, profile=short)


def test_a_link_whose_time_is_over_may_still_serve(tmp_path):
    with Service({"url": f"{{}}/a.mp4?Expires={PAST.timestamp():.0f}"}, **{"a.mp4": [answer(FILM)]}) as service:
        fetch(service, tmp_path / "a.mp4", age=30)
    assert (tmp_path / "a.mp4").read_bytes() == FILM


def test_a_task_completed_with_an_error_and_no_film_has_failed_in_the_end(tmp_path):
    with Service({"error": {"message": "No faces."}}) as service:
        with pytest.raises(DownloadError, match=r"It says: No faces\."):
            fetch(service, tmp_path / "a.mp4")
        with pytest.raises(GenerationFailed, match="No faces"):
            fetch(service, tmp_path / "a.mp4", age=90)


@pytest.mark.parametrize("status", [401, 429, 500])
def test_one_that_cannot_be_asked_for_now_has_not_failed(tmp_path, status):
    with Service({"error": {"message": "No faces."}}, content=[answer(b"", status)]) as service:
        with pytest.raises(DownloadError, match=str(status)):
            fetch(service, tmp_path / "a.mp4", age=90)
        service.files["content"] = [answer(FILM)]
        fetch(service, tmp_path / "a.mp4", age=90)
    assert (tmp_path / "a.mp4").read_bytes() == FILM


@pytest.mark.parametrize("url", ["{}/a.mp4", "{}/mine.mp4", ""])
def test_what_the_prompt_links_to_is_never_fetched_for_the_film(tmp_path, url):
    files = {"mine.mp4": [answer(b"mine")], "content": [answer(b"", 404), answer(FILM)]}
    with Service({"url": url, "title": "like {}/mine.mp4 please"}, **files) as service:
        told = {"prompt": f"like {service.url}/mine.mp4 please", "url": url.replace("{}", service.url)}
        fetch(service, tmp_path / "a.mp4", **told)
        assert (tmp_path / "a.mp4").read_bytes() == FILM
        assert service.count("mine.mp4") == 0


@pytest.mark.parametrize(
    "head",
    [b"\x00\x00\x00\x18ftypmp42", b"\x1aE\xdf\xa3", b"RIFF\x00\x01\x02\x03AVI ", b"G@\x11\x10", b"{\x00\x00\x00moov"],
)
def test_a_film_is_one_whatever_it_is_called(tmp_path, head):
    with Service({}, content=[answer(head + FILM, 200, [("content-type", "text/plain")])]) as service:
        fetch(service, tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == head + FILM


def test_a_picture_that_is_not_there_yet_is_asked_for_again(tmp_path):
    with Service({}, avatar=[answer(b"", 403), answer(b"", 404), answer(b"a picture")]) as service:
        Hurried(service.url).fetch(f"{service.url}/avatar", tmp_path / "a.png", most=100)
        assert service.count("avatar") == 3


def test_footage_that_a_person_gave_is_asked_for_once(tmp_path):
    with Service({}) as service, pytest.raises(FileNotReady):
        Hurried(service.url).fetch(f"{service.url}/mine.mp4", tmp_path / "a.mp4", most=100, given=True)
    assert service.count("mine.mp4") == 1

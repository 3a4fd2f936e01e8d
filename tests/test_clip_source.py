"""What a person may hand over as a video, and how a service is handed it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.calls.clip_source import file_of, resolve
from sora_nb.calls.job import Job
from sora_nb.errors import GenerationFailed, InvalidInput
from sora_nb.media import video_of, videos_of
from sora_nb.models import Character, ServiceId, Status, Video
from sora_nb.providers import registry
from sora_nb.storage.ledger import Call

URL = "https://x.example/cat.mp4"


def job(ends):
    """A job that ends with a value, or with an error."""

    async def run(_):
        if isinstance(ends, Exception):
            raise ends
        return ends

    async def stop():
        return False

    return Job(Call(kind="video", profile="local", prompt="a cat"), run, stop)


@pytest.fixture
def made(footage):
    return Video(id="video_1", path=footage, status=Status.COMPLETED, profile="local")


def test_the_file_of_all_that_can_be_a_video(made, footage):
    find = {"video_1": made}.get
    for given in (made, job(made), footage, str(footage)):
        assert file_of(given) == footage
        assert file_of(given, find) == footage
    assert file_of("video_1", find) == footage


def test_a_path_may_begin_at_home(footage, monkeypatch):
    monkeypatch.setenv("HOME", str(footage.parent))
    assert file_of(f"~/{footage.name}") == file_of(Path("~") / footage.name) == footage


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("missing.mp4", "'missing.mp4' is no file on this machine, and no web address. .*they begin at"),
        (Path("missing.mp4"), "'missing.mp4' is no file"),
        (Path(), "'.' is a folder on this machine, and no web address"),
        ("", "'' is no file on this machine"),
        ("a\0b", "is no file on this machine"),
        (URL, r"at a web address, not on this machine. .* studio.fetch\(address\)"),
        (Video(url=URL), "at a web address"),
        (Video(id="video_1", status=Status.IN_PROGRESS, progress=40), "not made yet: in progress, 40 %"),
        (Video(id="video_1", status=Status.FAILED, error="No capacity."), "There is no such video: No capacity."),
        (Video(path=Path("gone.mp4")), "The file 'gone.mp4' is not here any more."),
        (7, "A video is a Video, a job that makes one, a path or text, not 7."),
        (None, "not None"),
        (b"cat.mp4", "not b'cat.mp4'"),
    ],
)
def test_what_has_no_file_here_says_why(given, words):
    with pytest.raises(InvalidInput, match=words):
        file_of(given)


def test_an_unknown_task_is_told_from_a_missing_file():
    with pytest.raises(InvalidInput, match="'video_9' is no file on this machine, no web address, and no task"):
        file_of("video_9", lambda _: None)


def test_a_job_tells_its_own_failure_and_only_videos_count():
    with pytest.raises(GenerationFailed, match="No capacity"):
        file_of(job(GenerationFailed("No capacity.")))
    with pytest.raises(InvalidInput, match=r"not Character\(@a.b"):
        file_of(job(Character(id="ch_1", username="a.b")))


def test_one_video_or_many_become_videos(made, footage):
    assert videos_of(made) == videos_of(job(made)) == videos_of([made]) == videos_of(each for each in [made]) == (made,)
    assert [video.path for video in videos_of([footage, str(footage), made])] == [footage] * 3
    assert videos_of(str(footage)) == videos_of(footage) == (video_of(footage),)
    (there,) = videos_of(URL)
    assert there.url == URL
    assert videos_of(()) == ()


def test_a_job_that_failed_is_a_failed_video_among_the_others(made):
    one, two = videos_of([made, job(GenerationFailed("No capacity."))])
    assert one == made
    assert (two.status, two.error) == (Status.FAILED, "No capacity.")


@pytest.mark.parametrize("wrong", [7, None, [7], ["missing.mp4"], "missing.mp4", [[]]])
def test_what_is_no_video_is_refused_among_many_too(wrong):
    with pytest.raises(InvalidInput):
        videos_of(wrong)


LOCAL = registry.get("local")
NEEDS_ADDRESS = LOCAL.model_copy(
    update={
        "name": "elsewhere",
        "routes": LOCAL.routes.model_copy(update={"files": None}),
        "character": LOCAL.character.model_copy(update={"sources": ("url", "from_task")}),
    }
)


HERE = ServiceId("local", "")
ELSEWHERE = ServiceId("elsewhere", "https://api.example.com")


def nothing(_):
    return None


def test_a_service_is_handed_its_own_task_and_a_file_of_others(made, footage):
    assert resolve(made, LOCAL, HERE, nothing).origin == "task:video_1"
    assert (
        resolve(job(made), LOCAL, HERE, nothing)
        == resolve("video_1", LOCAL, HERE, {"video_1": made}.get)
        == resolve(made, LOCAL, HERE, nothing)
    )
    found = resolve(made.model_copy(update={"profile": "other"}), LOCAL, HERE, nothing)
    assert (found.task, found.file, found.upload) == (None, footage, True)


def test_a_service_is_handed_an_address_a_file_or_a_task_it_must_know(footage):
    assert resolve(URL, LOCAL, HERE, nothing).url == URL
    assert resolve("video_9", LOCAL, HERE, nothing).task == "video_9"
    for given in (footage, str(footage)):
        found = resolve(given, LOCAL, HERE, nothing)
        assert (found.origin, found.file, found.upload) == (f"file:{footage.name}", footage, True)


def test_what_a_service_does_not_take_is_refused_before_anything_is_sent(made, footage):
    with pytest.raises(InvalidInput, match="by web address only"):
        resolve(footage, NEEDS_ADDRESS, ELSEWHERE, nothing)
    with pytest.raises(InvalidInput, match="no web address, and no task"):
        resolve("cat", LOCAL, HERE, nothing)
    with pytest.raises(InvalidInput, match="neither a file here nor a link"):
        resolve(Video(), LOCAL, HERE, nothing)
    with pytest.raises(InvalidInput, match="not 7"):
        resolve(7, LOCAL, HERE, nothing)

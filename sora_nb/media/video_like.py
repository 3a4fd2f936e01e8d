"""Resolve what a person gives as a video (a Video, a job, a path or text) to a Video, or to a file on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from sora_nb import display
from sora_nb.errors import InvalidInput, SoraError
from sora_nb.models import Status, Video

if TYPE_CHECKING:
    from collections.abc import Callable

    Find = Callable[[str], Video | None]
    """Looks a video up by the id of its task."""


@runtime_checkable
class Pending(Protocol):
    """A video that is being made; a Job is one."""

    def done(self) -> bool:
        """Whether it has ended."""

    def result(self, timeout: float | None = None, /) -> Any:
        """Wait for it."""


VideoLike: TypeAlias = Video | Pending | Path | str
"""A Video, a Job that makes one, a path, or text: a path, a web address, or the id of a task."""


def is_address(text: object) -> bool:
    """Whether what was handed over is a web address."""
    return isinstance(text, str) and text.startswith(("http://", "https://"))


def await_video(given: VideoLike) -> Video | Path | str:
    """Wait for a job's video; return all else as it is.

    Raises:
        InvalidInput: it is nothing that can be a video.
        SoraError: why the job failed.
    """
    found: object = given.result() if isinstance(given, Pending) else given
    if isinstance(found, (Video, str)):
        return found
    if isinstance(found, os.PathLike):
        return found if isinstance(found, Path) else Path(found)
    raise InvalidInput(
        f"A video is a Video, a job that makes one, a path or text, not {display.plain(repr(found), 80)}.",
        hint="Give what studio.generate() returns, or the path of a file.",
    )


def local_file(given: Path | str) -> Path | None:
    """Return the file on this machine that a path or text names, or None where it names none."""
    return _local(given, Path.is_file)


def _local(given: Path | str, is_such: Callable[[Path], bool]) -> Path | None:
    """Return what a path or text names on this machine, or None where there is no such thing."""
    try:
        path = given if isinstance(given, Path) else Path(given)
        path = path.expanduser()
        return path if is_such(path) else None
    except (OSError, RuntimeError, ValueError):  # too long, not for this user to look at, ~ and no such user, a NUL
        return None


def video_of(given: VideoLike, find: Find | None = None) -> Video:
    """Return what was handed over as a Video; of a file or address, one that knows nothing else.

    Args:
        given: the video; a job is waited for.
        find: looks up the id of a task, where there is something to look it up in.

    Raises:
        InvalidInput: it is nothing that can be a video, or names no file.
        SoraError: why the job failed.

    Cost: nothing.
    """
    given = await_video(given)
    if isinstance(given, Video):
        return given
    if is_address(given):
        return Video(url=str(given), status=Status.COMPLETED)
    known = find(str(given)) if find else None
    if known is not None:
        return known
    path = local_file(given)
    if path is None:
        raise unknown_video(given, task=find is not None)
    return Video(path=path, status=Status.COMPLETED)


def unknown_video(given: Path | str, *, task: bool) -> InvalidInput:
    """Say that a text names no video, and how one is named.

    Args:
        given: the text.
        task: whether it could have been the id of a task.
    """
    others = "no web address, and no task" if task else "and no web address"
    ways = ", an https:// address, or the id of a finished task" if task else ", or an https:// address"
    what = "a folder on this machine" if given and _local(given, Path.is_dir) else "no file on this machine"
    return InvalidInput(
        f"{str(given)[:200]!r} is {what}, {others}.",
        hint=f"Give a video, a path (they begin at {str(Path.cwd())!r}){ways}.",
    )


def file_of(given: VideoLike, find: Find | None = None) -> Path:
    """Return the file on this machine of what was handed over.

    Args:
        given, find: as video_of().

    Raises:
        InvalidInput: it is no video, or its file is not on this machine.
        SoraError: why the job failed.

    Cost: nothing.
    """
    video = video_of(given, find)
    if video.path is not None and video.path.is_file():
        return video.path
    if video.path is not None:
        raise InvalidInput(
            f"The file {display.plain(video.path.name, 80)!r} is not here any more.", hint="Make it again."
        )
    if video.error or video.status == Status.FAILED:
        raise InvalidInput(f"There is no such video: {display.plain(video.error or 'the task failed')}")
    if video.url:
        raise InvalidInput(
            "This video is at a web address, not on this machine.", hint="Bring it here with studio.fetch(address)."
        )
    raise InvalidInput(
        f"This video is not made yet: {video.status.value.replace('_', ' ')}, {video.progress:.0f} %.",
        hint="Wait for job.result(), or run studio.resume().",
    )


def videos_of(given: VideoLike | Iterable[VideoLike]) -> tuple[Video, ...]:
    """Return one video or several as Videos; a job that failed is a failed Video.

    Args:
        given: one video, or any iterable of them; jobs are waited for.

    Raises:
        InvalidInput: one of them is no video, or names no file.
    """
    if isinstance(given, Iterable) and not isinstance(given, (Video, Pending, os.PathLike, str)):
        return tuple(_wait_for(each) for each in given)
    return (_wait_for(given),)


def _wait_for(given: VideoLike) -> Video:
    if isinstance(given, Video):
        return given
    if isinstance(given, Pending):
        try:
            given = given.result()
        except SoraError as error:
            return Video(status=Status.FAILED, error=str(error))
    return video_of(given)

"""What a character is made from, and how a service can be handed it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb import media
from sora_nb.errors import DownloadError, InvalidInput, MediaError
from sora_nb.models import Clip, Model, Video

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sora_nb.providers.client import AsyncClient
    from sora_nb.providers.registry import Profile


class Source(Model):
    """A video to make a character from.

    Attributes:
        origin: what is written down: `task:<id>`, `url:<address>` or `file:<name>`.
        url, task: what is sent, where the service takes one of them.
        file: the video on this machine, where it is here.
        upload: whether the file is handed over first.
        as_file: whether the cut clip itself is sent.
    """

    origin: str
    url: str | None = None
    task: str | None = None
    file: Path | None = None
    upload: bool = False
    as_file: bool = False

    @property
    def name(self) -> str:
        """A name for people, of 1 to 80 letters."""
        return Path(self.origin.partition(":")[2]).stem[:80] or "character"

    @contextlib.contextmanager
    def cut(self, clip: Clip, folder: Path) -> Iterator[Path]:
        """Cut the clip to a file that is there as long as the request is."""
        assert self.file is not None
        part = folder / f"{secrets.token_hex(8)}.mp4"
        try:
            try:
                media.cut(self.file, clip, part)
            except OSError as error:
                raise MediaError(
                    f"The clip cannot be written to {folder}: {error.strerror}.", hint="Make room."
                ) from error
            yield part
        finally:
            part.unlink(missing_ok=True)


async def fetched(client: AsyncClient, url: str, folder: Path) -> Path:
    """Bring a video from the web to this machine, kept under its hash.

    Args:
        client: what fetches it.
        url: http(s) address of the file itself.
        folder: where it is kept.

    Raises:
        DownloadError: it did not arrive, or is not a video.
    """
    folder.mkdir(parents=True, exist_ok=True)
    incoming = folder / f"{secrets.token_hex(8)}.part"
    try:
        download = await client.fetch(url, incoming, most=media.SOURCE_BYTES, given=True)
        await asyncio.to_thread(media.probe, incoming)
    except MediaError as error:
        incoming.unlink(missing_ok=True)
        raise DownloadError(
            "What is at this address is not a video file.",
            money="Nothing was charged.",
            hint="Give the address of the file itself, not of a page that shows it.",
        ) from error
    except DownloadError:
        # nobody goes on with it: the name is new each time
        incoming.with_name(f"{incoming.name}.part").unlink(missing_ok=True)
        raise
    return incoming.replace(folder / f"{download.sha256[:32]}.mp4")


def resolve(source: Video | Path | str, profile: Profile, videos: Sequence[Video]) -> Source:
    """Find out what a source is, and how a service can take it.

    Args:
        source: a video, a path, a web address, or the id of a task.
        profile: the service.
        videos: the videos known here.

    Raises:
        InvalidInput: it is none of these, or the service does not take it.
    """
    if isinstance(source, Video):
        return _video(source, profile)
    text = str(source)
    if text.startswith(("http://", "https://")):
        return Source(origin=f"url:{text}", url=text)
    for video in videos:
        if video.id == text:
            return _video(video, profile)
    try:
        path = Path(source).expanduser()
        if path.is_file():
            return _file(path, f"file:{path.name}", profile)
    except (OSError, RuntimeError):  # too long for a name, not for this user to look at, or ~ and no such user
        pass
    if text.startswith(("video_", "task_")):
        return Source(origin=f"task:{text}", task=text)
    raise InvalidInput(
        f"{text[:200]!r} is no file on this machine, no web address, and no task.",
        hint=f"Give a video, a path (they begin at {str(Path.cwd())!r}), an https:// address, or the id of a finished task.",
    )


def _video(video: Video, profile: Profile) -> Source:
    here = video.path if video.path is not None and video.path.is_file() else None
    if video.id and video.profile == profile.name and "from_task" in profile.character.sources:
        return Source(origin=f"task:{video.id}", task=video.id, file=here)
    if here is not None:
        return _file(here, f"task:{video.id}", profile)
    if video.url:
        return Source(origin=f"url:{video.url}", url=video.url)
    raise InvalidInput("This video has neither a file here nor a link.", hint="Generate it, or give a file.")


def _file(path: Path, origin: str, profile: Profile) -> Source:
    if profile.routes.files is not None:
        return Source(origin=origin, file=path, upload=True)
    if "file" in profile.character.sources:
        return Source(origin=origin, file=path, as_file=True)
    raise InvalidInput(
        f"The profile {profile.name!r} takes videos by web address only, and {path.name!r} is a file here.",
        hint="Put it where the service can fetch it and give its https:// address, or cut the character free of "
        "charge with Studio('local').",
    )

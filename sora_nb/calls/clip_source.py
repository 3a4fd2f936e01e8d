"""What a character is made from, and how a service can be handed it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from weakref import WeakValueDictionary

from sora_nb import media
from sora_nb.errors import DownloadError, InvalidInput, MediaError
from sora_nb.media.video_like import VideoLike, await_video, file_of, is_address, local_file, unknown_video
from sora_nb.models import Model, Video
from sora_nb.providers.base import Source
from sora_nb.providers.download import drop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sora_nb.models import ServiceId
    from sora_nb.providers.answers import Arrived
    from sora_nb.providers.base import Provider
    from sora_nb.providers.profile import Profile
    from sora_nb.providers.ranges import Look

__all__ = ["Source", "VideoLike", "fetched", "file_of", "resolve"]

_UNDER_WAY: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()
"""The notes of what is being fetched: whoever wants the same waits for it, and then asks whether it is the same still."""


async def fetched(
    provider: Provider, url: str, folder: Path, on_progress: Arrived | None = None, look: Look | None = None
) -> Path:
    """Bring a video from the web to this machine, kept under its name in a folder of its hash.

    One that was brought before and is the same at its server is not sent again, and any other comes whole, in one piece
    with what its server says it is.

    Args:
        provider: what fetches it.
        url: http(s) address of the file itself.
        folder: where it is kept.
        on_progress: told what has arrived.
        look: given the film where it comes by ranges, before all of it is here; see Downloader.download().

    Raises:
        DownloadError: it did not arrive, or is not a video.
    """
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"
    async with _UNDER_WAY.setdefault(note, asyncio.Lock()):
        return await _bring(provider, url, folder, note, on_progress, look)


async def _bring(
    provider: Provider, url: str, folder: Path, note: Path, on_progress: Arrived | None, look: Look | None
) -> Path:
    incoming = folder / f"{secrets.token_hex(8)}.part"
    known = _Brought.read(note)
    try:
        download = await provider.fetch_file(
            url,
            incoming,
            most=media.SOURCE_BYTES,
            given=True,
            unless="" if known is None else known.tag,
            on_progress=on_progress,
            look=look,
        )
        if known is not None and download.unchanged:
            here = known.file(folder)
            for path in (here, note):
                os.utime(path)  # it is in use again: nobody clears it away meanwhile
            return here
        await asyncio.to_thread(media.probe, incoming)
    except MediaError as error:
        incoming.unlink(missing_ok=True)
        raise DownloadError(
            "What is at this address is not a video file.",
            money="Nothing was charged.",
            hint="Give the address of the file itself, not of a page that shows it.",
        ) from error
    except DownloadError as error:
        # nobody goes on with it: the name is new each time
        drop(incoming.with_name(f"{incoming.name}.part"))
        raise not_here(error) from error
    except asyncio.CancelledError:
        drop(incoming.with_name(f"{incoming.name}.part"))
        incoming.unlink(missing_ok=True)
        raise
    place = folder / download.sha256[:16]
    place.mkdir(exist_ok=True)
    kept = incoming.replace(place / media.file_name(unquote(urlsplit(url).path), ".mp4"))
    if download.tag:
        _Brought(tag=download.tag, folder=place.name, name=kept.name, size=download.size).write(note)
    return kept


class _Brought(Model):
    """What an address had when it was fetched last.

    Attributes:
        tag: what tells it from a changed one at its server.
        folder, name, size: the file here.
    """

    tag: str
    folder: str
    name: str
    size: int

    @classmethod
    def read(cls, note: Path) -> _Brought | None:
        """Read what was written down about an address; None where there is nothing, or the file is not here any more."""
        try:
            found = cls.model_validate_json(note.read_bytes())
            here = found.file(note.parent).stat().st_size == found.size
        except (OSError, ValueError):
            return None
        return found if here else None

    def file(self, folder: Path) -> Path:
        """Return where the file is, below the folder of all."""
        return folder / self.folder / self.name

    def write(self, note: Path) -> None:
        """Write it down, whole or not at all."""
        part = note.with_name(f"{secrets.token_hex(8)}.part")
        part.write_text(self.model_dump_json(), "utf-8")
        part.replace(note)


def not_here(error: DownloadError) -> DownloadError:
    """Say what a failed download of footage means; a result's own words would speak of a paid video."""
    return type(error)(error.message, money="Nothing was charged.", hint="Check the address, then try again.")


def resolve(source: VideoLike, profile: Profile, service: ServiceId, find: Callable[[str], Video | None]) -> Source:
    """Find out what a source is, and how a service can take it.

    Args:
        source: a video, a job, which is waited for, a path, a web address, or the id of a task.
        profile: what the service takes.
        service: the service.
        find: looks a video that is known here up by the id of its task.

    Raises:
        InvalidInput: it is none of these, or the service does not take it.
        SoraError: why the job failed.
    """
    given = await_video(source)
    if isinstance(given, Video):
        return _video(given, profile, service)
    text = str(given)
    if is_address(given):
        return Source(origin=f"url:{text}", url=text)
    known = find(text)
    if known is not None:
        return _video(known, profile, service)
    path = local_file(given)
    if path is not None:
        return _file(path, f"file:{path.name}", profile)
    if text.startswith(("video_", "task_")):
        return Source(origin=f"task:{text}", task=text)
    raise unknown_video(given, task=True)


def _video(video: Video, profile: Profile, service: ServiceId) -> Source:
    here = video.path if video.path is not None and video.path.is_file() else None
    if video.id and video.service == service and "from_task" in profile.character.sources:
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

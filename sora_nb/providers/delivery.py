"""How a finished film is brought here: which addresses are tried, how often, and what their refusals mean."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sora_nb.display import plain
from sora_nb.errors import DownloadError, FileNotReady, LinkExpired, SoraError
from sora_nb.providers import links
from sora_nb.providers.addresses import same_origin
from sora_nb.providers.base import filled
from sora_nb.providers.download import drop, patience

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from sora_nb.models import Video
    from sora_nb.providers.answers import Arrived
    from sora_nb.providers.dialect import Dialect
    from sora_nb.providers.download import Download, Downloader
    from sora_nb.providers.ranges import Look
    from sora_nb.providers.wire import Request

TIMES = 6
"""How often a film is asked for that is not there yet; the pauses between are those of polling."""
NEW = timedelta(hours=1)
"""A film of a call that is older is asked for once; it would be there by now."""
FILE_TIMES = 3
"""The same for an avatar, for which the character waits."""
LINKS = 4
"""So many links of one answer are tried."""


def is_old(video: Video) -> bool:
    """Whether the film of a video would be there by now."""
    return video.created_at is not None and datetime.now(UTC) - video.created_at > NEW


class Delivery:
    """Fetches finished films of one service.

    Args:
        downloads: what fetches files.
        dialect: what the service speaks.
        ask: asks anew where a task stands; its link may be another by then.
        film: reads a film out of the answer to a request, see Dialect.inline().
        sleep: waits for seconds.
    """

    def __init__(
        self,
        downloads: Downloader,
        dialect: Dialect,
        ask: Callable[[Video], Awaitable[Video]],
        film: Callable[[Request], Awaitable[bytes]],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._downloads = downloads
        self._dialect = dialect
        self._profile = dialect.profile
        self._ask = ask
        self._film = film
        self._sleep = sleep

    async def fetch(self, video: Video, target: Path) -> Download:
        """Fetch a film; where it is not there yet, it is asked for again for a while.

        Raises:
            LinkExpired: the time that it was to be had is over, and it is nowhere.
            FileNotReady: it is nowhere, and may come yet.
            DownloadError: it did not arrive whole.
        """
        begun = video.created_at or datetime.now(UTC)
        known = video

        async def once(attempt: int) -> Download:
            nonlocal known
            known = await self._renewed(known) if attempt else known
            try:
                return await self._try(known, target)
            except FileNotReady as error:
                # how long links live tells nothing of a film that never had one
                life = self._profile.link_life_hours if known.url else None
                ends = (known.expires_at, begun + timedelta(hours=life) if life else None)
                if error.refused and links.has_ended(known.url, begun, *ends, now=datetime.now(UTC)):
                    raise LinkExpired(f"The time of the film's link is over. {error.message}") from error
                raise

        return await self._patiently(once, 1 if is_old(video) else TIMES)

    async def fetch_file(
        self,
        url: str,
        target: Path,
        *,
        most: int,
        given: bool,
        unless: str = "",
        on_progress: Arrived | None = None,
        look: Look | None = None,
    ) -> Download:
        """Fetch another file; see base.Provider.fetch_file()."""

        async def once(_: int) -> Download:
            return await self._downloads.download(
                url,
                target,
                most=most,
                attempts=3,
                timeout=patience(given=given),
                given=given,
                unless=unless,
                on_progress=on_progress,
                look=look,
            )

        return await self._patiently(once, 1 if given else FILE_TIMES)

    async def _patiently(self, once: Callable[[int], Awaitable[Download]], times: int) -> Download:
        """Ask for a file, and again where it is not there yet, at the pace of polling."""
        pace = self._profile.video.poll
        pause = pace.shortest
        for attempt in range(times - 1):
            with contextlib.suppress(FileNotReady):
                return await once(attempt)
            await self._sleep(pause)
            pause = min(2 * pause, pace.longest)
        return await once(times - 1)

    async def _renewed(self, video: Video) -> Video:
        """Return a video as its task tells now, or as it was where that cannot be asked."""
        try:
            now = await self._ask(video) if video.id else video
        except SoraError:
            return video
        if not now.url and self._dialect.inline(now) is None:
            return video
        return filled(now, video).model_copy(update={"created_at": video.created_at})

    async def _try(self, video: Video, target: Path) -> Download:
        """Ask for a film at each of its addresses.

        Each has a part file of its own: what they send may differ.
        """
        inline = self._dialect.inline(video)
        if inline is not None:
            return await self._downloads.keep(await self._film(inline), target)
        missing: FileNotReady | None = None
        away: DownloadError | None = None
        own = self._dialect.base_url
        addresses = list(self._addresses(video))
        for number, url in enumerate(addresses):
            name = "content.part" if number and url == self._content(video) else f"{number or ''}part"
            try:
                found = await self._downloads.download(url, target, part=target.with_name(f"{target.name}.{name}"))
            except FileNotReady as error:
                missing = missing or error
            except DownloadError as error:
                # a link to another host may not be reachable from here, behind a proxy for instance
                if same_origin(url, own) or number == len(addresses) - 1:
                    raise
                away = away or error
            else:
                for part in target.parent.glob(f"{target.name}.*part"):
                    drop(part)
                return found
        if away is not None:
            raise away
        if video.url and missing is not None:
            raise missing
        said = f" It says: {plain(video.error, 200)}." if video.error else ""
        where = f" {missing.message}" if missing else ""
        told = f"{self._profile.name} gave no link to the video {video.id}.{said}{where}"
        raise FileNotReady(told, refused=missing is not None and missing.refused) from missing

    def _addresses(self, video: Video) -> Iterator[str]:
        """Yield where a film may be: its link, others in the service's answer, and the service's own copy.

        What the prompt links to is not the film, wherever the answer repeats it.
        """
        content = self._content(video)
        given = links.addresses(video.prompt)
        answer = links.without(video.raw, given)
        url = self._link(answer) if video.url in given else video.url
        tried: list[str] = []
        while url and url not in tried and len(tried) < LINKS:
            yield url
            tried.append(url)
            answer = links.without(answer, [url])
            url = self._link(answer)
        if content and content not in tried:
            yield content

    def _link(self, answer: dict[str, Any]) -> str:
        return self._dialect.link(answer) if answer else ""

    def _content(self, video: Video) -> str:
        path = self._dialect.content(video.id)
        return f"{self._dialect.base_url}{path}" if path else ""

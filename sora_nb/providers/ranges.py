"""Files from the web by ranges: what a look at one needs comes first, then what is missing; all of one version of it."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, TypeAlias

from sora_nb.media.arriving import BLOCK, Arriving
from sora_nb.providers.answers import check_head, check_status, is_same, tag_of, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from sora_nb.media.arriving import Span
    from sora_nb.providers.answers import Arrived
    from sora_nb.providers.http import FileAnswer

    Ask: TypeAlias = Callable[[Mapping[str, str]], AbstractAsyncContextManager[FileAnswer]]
    Look: TypeAlias = Callable[[Arriving], None]

FIRST = 4 * BLOCK
"""Bytes of the beginning that are asked for, to find out whether a server speaks ranges."""
AT_ONCE = 4
"""Ranges that are under way at once."""
LOOK_BYTES = 64 * 1024**2
"""A look that has read so much goes through all of the file, as of a film without an index, and is ended."""
_SPAN = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")


class Ranged:
    """One file that is brought by ranges, as long as its server speaks them and has the same file.

    Args:
        part: where its bytes go.
        most: largest size in bytes.
        look: called on a thread of its own once the beginning is here; all else comes when it returns. It raises nothing.
        on_progress: told what has arrived.
    """

    def __init__(self, part: Path, most: int, look: Look, on_progress: Arrived | None) -> None:
        self._part = part
        self._most = most
        self._look: Look | None = look
        self._on_progress = on_progress
        self._film: Arriving | None = None
        self._tag = ""
        self._asking: set[Future[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._ask: Ask
        self._loop: asyncio.AbstractEventLoop
        self.given_up = False

    @property
    def begun(self) -> bool:
        """Whether something of the file is here."""
        return self._film is not None

    @property
    def headers(self) -> dict[str, str]:
        """Those of the first request."""
        return {} if self.given_up else {"range": f"bytes=0-{FIRST - 1}"}

    async def begin(self, answer: FileAnswer) -> bool:
        """Take the beginning of the file; False where the answer brings all of it.

        Raises:
            DownloadError: the file is too large, or none.
            ConnectionError: the beginning did not come whole, or no other part could be told to belong to it.
        """
        if self.given_up or answer.status != 206:
            self.given_up = True
            return False
        span, tag = _span(answer.headers), tag_of(answer.headers)
        if span is None or not tag or span[0] or span[1] > FIRST:
            self.given_up = True
            raise ConnectionError("a part came that fits to no other")
        if span[2] > self._most:
            raise too_large(self._most)
        film = Arriving(self._part, span[2], self._bring)
        try:
            await self._take(answer, film, 0, span[1])
        except BaseException:
            film.close()
            raise
        self._film, self._tag = film, tag
        return True

    async def finish(self, ask: Ask) -> str:
        """Have the file looked at, once, and bring the rest of it; return its tag.

        Raises:
            ConnectionError: something did not come; another connection may bring it.
            DownloadError: it cannot be had any more.
        """
        assert self._film is not None
        film = self._film
        self._ask = ask
        self._loop = asyncio.get_running_loop()
        try:
            if self._look is not None:
                look, self._look = self._look, None
                await asyncio.to_thread(look, film)
            await self._bring_all(film.missing())
        except _Changed:
            self._film, self.given_up = None, True
            film.close()
            raise
        film.close()
        return self._tag

    def stop(self) -> None:
        """Bring no more; whoever still looks at it is told."""
        self.given_up = True
        for coming in list(self._asking):
            coming.cancel()
        if self._film is not None:
            self._film.close()

    def _bring(self, spans: Sequence[Span]) -> None:
        """Have spans brought for a look, on whose thread this is."""
        if self._film is not None and self._film.have > LOOK_BYTES:
            raise ConnectionError("it has no index to look at it by")
        if self.given_up:
            raise _stopped()
        coming = asyncio.run_coroutine_threadsafe(self._bring_all(spans), self._loop)
        self._asking.add(coming)
        try:
            if self.given_up:  # it was stopped just now, and may not have seen this one
                coming.cancel()
            coming.result()
        except CancelledError as error:
            raise _stopped() from error
        finally:
            self._asking.discard(coming)

    async def _bring_all(self, spans: Sequence[Span]) -> None:
        tasks = [asyncio.ensure_future(self._bring_one(*span)) for span in spans]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _bring_one(self, start: int, stop: int) -> None:
        film = self._film
        assert film is not None
        async with self._slots:
            while gaps := film.missing(start, stop):
                have = film.have
                await self._request(film, *gaps[0])
                if film.have == have:
                    raise ConnectionError("hardly anything came")

    async def _request(self, film: Arriving, start: int, stop: int) -> None:
        async with self._ask({"range": f"bytes={start}-{stop - 1}", "if-range": self._tag}) as answer:
            if answer.status in {200, 416}:
                raise _Changed
            check_status(answer.status)
            span = _span(answer.headers)
            if span is None or span[0] != start or span[1] > stop or span[2] != film.size:
                raise _Changed
            if not is_same(self._tag, answer.headers):
                raise _Changed
            await self._take(answer, film, start, span[1])

    async def _take(self, answer: FileAnswer, film: Arriving, start: int, stop: int) -> None:
        """Write what an answer brings to its place."""
        at = start
        async for piece in answer.pieces:
            if not at:
                check_head(piece, answer.headers)
            if at + len(piece) > stop:
                raise ConnectionError(f"more than the announced {stop - start} bytes came")
            film.write(at, piece)
            at += len(piece)
            if self._on_progress is not None:
                self._on_progress(film.have, film.size)
        if at < stop:
            raise ConnectionError(f"{at - start} of {stop - start} bytes came")


class _Changed(ConnectionError):
    """Another file is there now, or its server speaks no ranges any more."""

    def __init__(self) -> None:
        super().__init__("the file has changed at the server")


def _stopped() -> ConnectionError:
    return ConnectionError("the download was stopped")


def _span(headers: Mapping[str, str]) -> tuple[int, int, int] | None:
    """Return the first byte, the one behind the last, and the size of the whole; None where they are not told, or make no sense."""
    found = _SPAN.fullmatch(headers.get("content-range", ""))
    if found is None:
        return None
    first, last, size = map(int, found.groups())
    return (first, last + 1, size) if first <= last < size else None

"""Files from the web: fetched in parts that go on where they stopped, from hosts that may be fetched from."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import os
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import anyio

from sora_nb.errors import ConfigError, DownloadError, InvalidInput
from sora_nb.providers.addresses import is_private, is_public, parse, same_origin
from sora_nb.providers.answers import check_head, check_status, is_same, tag_of, too_large
from sora_nb.providers.ranges import Ranged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from pathlib import Path

    from sora_nb.providers.addresses import Address
    from sora_nb.providers.answers import Arrived
    from sora_nb.providers.http import FileAnswer, Transport
    from sora_nb.providers.ranges import Ask, Look

MAX_DOWNLOAD = 2 * 1024**3
MAX_REDIRECTS = 5
IN_FLIGHT = 4
"""Downloads at once; httpx slows down badly above eight requests (measured)."""
REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Download:
    """A file that arrived whole.

    Attributes:
        sha256: its hash; "" where it is unchanged.
        size: its bytes.
        tag: what tells it from a changed one at its server: a strong ETag, or else its time; "" where neither is told.
        unchanged: whether the server still has the file that is here already, so that nothing was fetched.
    """

    sha256: str
    size: int
    tag: str = ""
    unchanged: bool = False


class Downloader:
    """Fetches files from anywhere to this machine.

    Args:
        transport: what connects; the service's own address is one that may always be fetched from.
        private: whether files are fetched from private networks and this machine too. By default only where the service
            itself is there: a gateway on the web has no business in the network of whoever runs the notebook.
        sleep: waits for seconds; replaced in tests.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        private: bool | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._transport = transport
        self._private = private
        self._sleep = sleep
        self._running = anyio.Semaphore(IN_FLIGHT)

    async def download(
        self,
        url: str,
        target: Path,
        *,
        most: int = MAX_DOWNLOAD,
        attempts: int = 5,
        timeout: float = 3600,
        part: Path | None = None,
        given: bool = False,
        unless: str = "",
        on_progress: Arrived | None = None,
        look: Look | None = None,
    ) -> Download:
        """Fetch a file; an interrupted one goes on where it stopped, also after a restart.

        Bytes go to a part file, which is renamed once it is complete and safely on disk. It goes on only where the server
        gave the file a strong ETag or a Last-Modified that still holds; without one, it begins anew.

        Args:
            url: http or https; redirects are followed, without the key when they leave the service's origin.
            target: the file to write.
            most: largest size in bytes.
            attempts: connections tried before giving up.
            timeout: seconds for all of it.
            part: the part file, by default `<target>.part`; what other addresses sent may differ and has its own.
            given: whether the user gave this address, which then may itself be on a private network.
            unless: the tag of the file that is here already; where the server still has that one, nothing is fetched.
            on_progress: told what has arrived.
            look: given the file where it comes by ranges, once its beginning is here, on a thread of its own; what that reads
                comes first, and the rest when it returns. It raises nothing, and is told no more where the file changes.

        Raises:
            FileNotReady: there is none there, not yet or no more, or words stand there instead.
            DownloadError: it did not arrive whole, is too large, or comes from a private network.
        """
        part = part or target.with_name(target.name + ".part")
        reason = ""
        ranged = None if look is None else Ranged(part, most, look, on_progress)
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            async with self._running:
                with anyio.fail_after(timeout):
                    for attempt in range(attempts):
                        try:
                            ask = functools.partial(self._asked, url, attempt, given=given)
                            if not await _fetch(ask, part, most, on_progress, unless, ranged):
                                return Download("", 0, unless, unchanged=True)
                            break
                        except ConnectionError as again:
                            reason = str(again)
                            await self._sleep(min(8.0, 0.5 * 2**attempt))
                    else:
                        raise DownloadError(f"The file did not arrive whole: {reason}.")
            return await asyncio.to_thread(_keep, part, target)
        except TimeoutError as error:
            raise DownloadError(f"The file did not arrive within {timeout:g} s.") from error
        except OSError as error:
            raise _no_room(target, error) from error
        finally:
            if ranged is not None:
                ranged.stop()

    async def keep(self, content: bytes, target: Path) -> Download:
        """Write a file that came inside an answer.

        Args:
            content: its bytes.
            target: the file to write.

        Raises:
            DownloadError: it cannot be written.
        """
        part = target.with_name(target.name + ".part")

        def write() -> Download:
            part.parent.mkdir(parents=True, exist_ok=True)
            drop(part)
            part.write_bytes(content)
            return _keep(part, target)

        try:
            return await asyncio.to_thread(write)
        except OSError as error:
            raise _no_room(target, error) from error

    @asynccontextmanager
    async def _asked(
        self, url: str, attempt: int, headers: Mapping[str, str], *, given: bool
    ) -> AsyncIterator[FileAnswer]:
        """Ask for a file, wherever its address leads."""
        inside = given and bool(await is_private(url))
        for _ in range(MAX_REDIRECTS + 1):
            with self._told(url):
                address = parse(url)
                at, own, extensions = await self.way(address, attempt, inside=inside)
                sent = {**own, **headers}
                async with self._transport.get(address, at=at, headers=sent, extensions=extensions) as answer:
                    if answer.status not in REDIRECTS:
                        yield answer
                        return
                    url = urljoin(url, answer.headers.get("location", ""))
        raise DownloadError("The link redirects in circles.")

    @contextmanager
    def _told(self, url: str) -> Iterator[None]:
        """Tell in words that an address cannot be asked, or not from here."""
        try:
            yield
        except ConfigError as error:
            if self._transport.closed:
                raise
            raise DownloadError(error.message, hint=error.hint) from error
        except InvalidInput as error:
            raise DownloadError(error.message) from error
        except ValueError as error:
            raise DownloadError(
                f"{url[:100]!r} is not an address that can be fetched: files come over http and https only."
            ) from error

    async def way(
        self, address: Address, attempt: int = 0, *, inside: bool = False
    ) -> tuple[str, dict[str, str], dict[str, Any]]:
        """Return what to connect to for an address, its headers and httpx extensions.

        Where private networks are not fetched from, the name is resolved once and one of its addresses is connected to,
        so that a second look-up cannot give another answer. Behind a proxy a name is looked up by the proxy.

        Raises:
            DownloadError: a host that may not be fetched from.
            ConfigError: the environment names a proxy that cannot be used.
        """
        if inside or same_origin(address.url, self._transport.base_url) or await self._may_be_private():
            return address.url, {}, {}
        named = address.ip is None and not address.is_loopback
        proxied = named and self._transport.proxy(address) is not None
        ips = [] if proxied else await _looked_up(address)
        if not all(is_public(ip) for ip in ips):
            raise DownloadError(
                f"The host {address.host!r} is on a private network, which is not fetched from.", money=""
            )
        if proxied or not named:
            return address.url, {}, {}
        return address.at(ips[attempt % len(ips)]), {"host": address.netloc}, {"sni_hostname": address.host}

    async def _may_be_private(self) -> bool:
        """Whether private networks are fetched from; where the service itself is tells, once its name is known."""
        if self._private is None:
            self._private = await is_private(self._transport.base_url)
        return bool(self._private)


def patience(*, given: bool) -> float:
    """Return the seconds that a file may take: long for what a person gave and can stop, 2 minutes for all else."""
    return 3600 if given else 120


def _no_room(target: Path, error: OSError) -> DownloadError:
    return DownloadError(
        f"The file cannot be written to {target.parent}: {error.strerror}.", hint="Make room, then resume()."
    )


async def _looked_up(address: Address) -> list[str]:
    try:
        return await address.ips()
    except OSError as error:
        raise ConnectionError(f"the host {address.host!r} is not known") from error


async def _fetch(
    ask: Ask, part: Path, most: int, on_progress: Arrived | None, unless: str, ranged: Ranged | None
) -> bool:
    """Bring a file, or the rest of it, into its part; return whether there is one that is not here already."""
    if ranged is not None and ranged.begun:
        _tag_file(part).write_text(await ranged.finish(ask), "utf-8")
        return True
    have, tag = _so_far(part)
    headers = {}
    if have:
        headers = {"range": f"bytes={have}-", "if-range": tag}
        ranged = None
    elif unless:
        headers = {"if-none-match" if unless.startswith('"') else "if-modified-since": unless}
    async with ask({**headers, **(ranged.headers if ranged else {})}) as answer:
        if answer.status == 304 and not have and unless:
            return False
        if answer.status == 416:
            drop(part)
            raise ConnectionError("the part already here does not fit the file")
        check_status(answer.status)
        begun = ranged is not None and await ranged.begin(answer)
        total = None if begun else await _write(answer, part, have, tag, most, on_progress)
    if begun:
        return await _fetch(ask, part, most, on_progress, unless, ranged)
    size = part.stat().st_size
    if total is not None and size != total:
        raise ConnectionError(f"{size} of {total} bytes came")
    if size == 0:
        raise ConnectionError("an empty file came")
    return True


async def _write(
    answer: FileAnswer, part: Path, have: int, tag: str, most: int, on_progress: Arrived | None
) -> int | None:
    """Append to the part, or begin anew where the server does not continue it; return the whole size, if told."""
    total: int | None = None
    if answer.status == 206:
        span, _, whole = answer.headers.get("content-range", "").removeprefix("bytes ").partition("/")
        if span.partition("-")[0] != str(have):
            drop(part)
            raise ConnectionError("the server continued at another byte")
        if have and not is_same(tag, answer.headers):
            drop(part)
            raise ConnectionError("the file has changed at the server")
        total = _count(whole)
    else:
        have = 0
        total = _count(answer.headers.get("content-length", ""))
    if total is not None and total > most:
        drop(part)
        raise too_large(most)
    with part.open("ab" if have else "wb", buffering=0) as file:
        if not have:  # the old part is empty by now, so that its bytes never stand beside a new tag
            _tag_file(part).write_text(tag_of(answer.headers), "utf-8")
        size = have
        async for chunk in answer.pieces:
            try:
                if not size:
                    check_head(chunk, answer.headers)
                size += len(chunk)
                _check_size(size, total, most)
            except (DownloadError, ConnectionError):
                drop(part)
                raise
            file.write(chunk)
            if on_progress is not None:
                on_progress(size, total)
    return total


def _check_size(size: int, total: int | None, most: int) -> None:
    if size > most:
        raise too_large(most)
    if total is not None and size > total:
        raise ConnectionError(f"more than the announced {total} bytes came")


def drop(part: Path) -> None:
    """Delete a part file and what is kept beside it."""
    part.unlink(missing_ok=True)
    _tag_file(part).unlink(missing_ok=True)


def _tag_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.tag")


def _so_far(part: Path) -> tuple[int, str]:
    """Return how many bytes are here to go on from, and the tag of the file they are from."""
    try:
        tag = _tag_file(part).read_text("utf-8")
        return (part.stat().st_size, tag) if tag else (0, "")
    except (FileNotFoundError, UnicodeDecodeError):
        return 0, ""


def _count(digits: str) -> int | None:
    """Parse a number of bytes; None where it is not a number of at most 18 digits."""
    return int(digits) if digits.isdecimal() and len(digits) < 19 else None


def _keep(part: Path, target: Path) -> Download:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    _, tag = _so_far(part)
    part.replace(target)
    _tag_file(part).unlink(missing_ok=True)
    return Download(digest, size, tag)

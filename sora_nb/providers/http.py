"""HTTP with a bound on everything: time, size, redirects, and where the key may go. The only module that knows httpx.

What a failure says about money is decided here, because only the transport knows whether bytes left: a connection
that never stood carried nothing; anything later may have been accepted.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import os
import socket
import urllib.request
import zlib
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import anyio
import httpx
from pydantic import SecretStr

from sora_nb.errors import (
    ConfigError,
    DownloadError,
    InvalidInput,
    LinkExpired,
    NotDelivered,
    OutcomeUnknown,
    UpstreamError,
)
from sora_nb.providers.registry import is_address, origin
from sora_nb.providers.wire import IDEMPOTENCY_HEADER, Request, decode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

    from sora_nb.errors import SoraError
    from sora_nb.providers.registry import Settings

MAX_ANSWER = 8 * 1024 * 1024
MAX_DOWNLOAD = 2 * 1024**3
MAX_REDIRECTS = 5
CONNECT_SECONDS = 10.0
STALL_SECONDS = 30.0
"""A download that sends nothing for so long is broken off and resumed."""
IN_FLIGHT = 4
"""Requests of one sort at once: free ones, creates, downloads. httpx slows down badly above eight (measured)."""
# a connection that never stood: nothing can have been accepted
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    httpx.LocalProtocolError,
)


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, read to its end: status, headers with lower-case names, and the unpacked body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Decode the body.

        Raises:
            ValueError: it is not JSON.
        """
        return decode(self.body)


@dataclass(frozen=True)
class Download:
    """A file that arrived whole: its hash and size in bytes."""

    sha256: str
    size: int


class Transport:
    """Sends requests to one service, and fetches files from anywhere.

    Args:
        settings: where, and with which key; None where only files are fetched.
        private: whether files are fetched from private networks and this machine too. By default only where the service
            itself is there: a gateway on the web has no business in the network of whoever runs the notebook.
        sleep: waits for seconds; replaced in tests.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        private: bool | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._base_url = settings.base_url if settings else ""
        self._key = settings.api_key if settings else SecretStr("")
        self._private = private
        self._sleep = sleep
        self._free, self._creates, self._downloads = (anyio.Semaphore(IN_FLIGHT) for _ in range(3))
        timeout = httpx.Timeout(STALL_SECONDS, connect=CONNECT_SECONDS)
        # a proxy set for the machine cannot reach a server on this machine's loopback
        direct: dict[str, None] = {"all://127.0.0.1": None, "all://localhost": None}
        trust = httpx.create_ssl_context()
        self._http = httpx.AsyncClient(timeout=timeout, follow_redirects=False, mounts=direct, verify=trust)
        # a connection that idled may be closed just as a paid create is sent on it, and then nobody knows its outcome
        fresh = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._fresh = httpx.AsyncClient(
            timeout=timeout, follow_redirects=False, mounts=direct, verify=trust, limits=fresh
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        await self._fresh.aclose()

    def _check_open(self) -> None:
        if self._http.is_closed:
            raise ConfigError("The client, or the studio it belongs to, was closed.", hint="Make a new one.")

    async def send(self, request: Request, timeout: float) -> Answer:
        """Send one request and read the answer.

        Args:
            request: what to send.
            timeout: seconds for all of it, however slowly bytes drip.

        Raises:
            NotDelivered: it never reached the service.
            OutcomeUnknown: it was a paid create, and no whole answer came.
            UpstreamError: it was free, and no whole answer came.
        """
        # creates may take minutes, and downloads too: neither holds up the polls
        async with self._creates if request.paid else self._free, self._open(request, timeout) as response:
            body = await _body(response, request)
            return Answer(response.status_code, _headers(response), body)

    @asynccontextmanager
    async def lines(self, request: Request, timeout: float) -> AsyncIterator[tuple[Answer, AsyncIterator[str]]]:
        """Send a request whose answer is a stream of lines.

        Yields:
            The answer's head, and its lines; where the status is an error, the whole body in the head and no lines.

        Raises:
            NotDelivered, OutcomeUnknown, UpstreamError: as send().
        """
        async with self._open(request, timeout) as response:
            headers = _headers(response)
            if response.status_code != 200 or "event-stream" not in headers.get("content-type", ""):
                yield Answer(response.status_code, headers, await _body(response, request)), _no_lines()
            else:
                yield Answer(response.status_code, headers, b""), _lines(response, request)

    @asynccontextmanager
    async def _open(self, request: Request, timeout: float) -> AsyncIterator[httpx.Response]:
        self._check_open()
        stall = httpx.Timeout(timeout, connect=CONNECT_SECONDS)
        try:
            with anyio.fail_after(timeout), ExitStack() as files:
                content = self._content(request, files)
                url = self._base_url + request.path
                headers = self._headers_for(url) | {"accept": "*/*", "accept-encoding": "gzip, deflate"}
                if request.idempotency_key:
                    headers[IDEMPOTENCY_HEADER] = request.idempotency_key
                http = self._fresh if request.paid else self._http
                async with http.stream(
                    request.method, url, params=request.query or None, headers=headers, timeout=stall, **content
                ) as response:
                    yield response
        except _NOT_SENT as error:
            raise NotDelivered(
                f"The service could not be reached at {self._base_url}: {_words(error)}.",
                hint="Check the address and the network, then send the call again.",
            ) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise _lost(request, f"No whole answer came from {self._base_url}: {_words(error)}.") from error

    @staticmethod
    def _content(request: Request, files: ExitStack) -> dict[str, Any]:
        if request.form is not None:
            parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in request.form.items()]
            for name, path in request.files.items():
                try:
                    parts.append((name, (path.name, files.enter_context(path.open("rb")))))
                except OSError as error:
                    raise InvalidInput(f"{path.name!r} cannot be read: {error.strerror}.") from error
            return {"files": parts}
        return {"json": request.json} if request.json is not None else {}

    def _headers_for(self, url: str) -> dict[str, str]:
        """The key goes to the configured scheme, host and port, and nowhere else."""
        key = self._key.get_secret_value()
        return {"authorization": f"Bearer {key}"} if key and origin(url) == origin(self._base_url) else {}

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
        on_progress: Callable[[float], None] | None = None,
    ) -> Download:
        """Fetch a file; an interrupted one goes on where it stopped, also after a restart.

        Bytes go to a part file, which is renamed once it is complete and safely on disk.

        Args:
            url: http or https; redirects are followed, without the key when they leave the configured origin.
            target: the file to write.
            most: largest size in bytes.
            attempts: connections tried before giving up.
            timeout: seconds for all of it.
            part: the part file, by default `<target>.part`; what other addresses sent may differ and has its own.
            given: whether the user gave this address, which then may itself be on a private network.
            on_progress: called with the fraction that has arrived.

        Raises:
            LinkExpired: the service says the link is no longer valid.
            DownloadError: it did not arrive whole, is too large, or comes from a private network.
        """
        part = part or target.with_name(target.name + ".part")
        reason = ""
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            async with self._downloads:
                with anyio.fail_after(timeout):
                    for attempt in range(attempts):
                        try:
                            await self._fetch(url, part, most, attempt, on_progress, given=given)
                            break
                        except _TryAgain as again:
                            reason = str(again)
                            await self._sleep(min(8.0, 0.5 * 2**attempt))
                    else:
                        raise DownloadError(f"The file did not arrive whole: {reason}.")
            return await asyncio.to_thread(_keep, part, target)
        except TimeoutError as error:
            raise DownloadError(f"The file did not arrive within {timeout:g} s.") from error
        except OSError as error:
            raise DownloadError(
                f"The file cannot be written to {target.parent}: {error.strerror}.", hint="Make room, then resume()."
            ) from error

    async def _fetch(
        self,
        url: str,
        part: Path,
        most: int,
        attempt: int,
        on_progress: Callable[[float], None] | None,
        *,
        given: bool,
    ) -> None:
        self._check_open()
        inside = given and bool(await _is_inside(url))
        have = part.stat().st_size if part.exists() else 0
        for _ in range(MAX_REDIRECTS + 1):
            try:
                address, headers, extensions = await self._address(url, attempt, inside=inside)
                headers |= self._headers_for(url) | {"accept-encoding": "identity"}
                if have:
                    headers["range"] = f"bytes={have}-"
                async with self._http.stream("GET", address, headers=headers, extensions=extensions) as response:
                    if response.is_redirect:
                        url = urljoin(url, response.headers.get("location", ""))
                        continue
                    if response.status_code == 416:
                        part.unlink(missing_ok=True)
                        raise _TryAgain("the part already here does not fit the file")
                    _check_status(response.status_code)
                    total = await _write(response, part, have, most, on_progress)
            except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as error:
                raise DownloadError(f"{url[:100]!r} is not an address that can be fetched.") from error
            except httpx.HTTPError as error:
                raise _TryAgain(_words(error)) from error
            size = part.stat().st_size
            if total is not None and size != total:
                if size > total:
                    part.unlink()
                raise _TryAgain(f"{size} of {total} bytes came")
            if size == 0:
                raise _TryAgain("an empty file came")
            return
        raise DownloadError("The link redirects in circles.")

    async def _address(
        self, url: str, attempt: int, *, inside: bool = False
    ) -> tuple[str, dict[str, str], dict[str, Any]]:
        """Return the address to connect to, its headers and httpx extensions.

        Where private networks are not fetched from, the name is resolved once and one of its addresses is connected to,
        so that a second look-up cannot give another answer.

        Raises:
            DownloadError: not http(s), or a host that may not be fetched from.
        """
        parts = urlsplit(url)
        host = parts.hostname
        if parts.scheme not in {"http", "https"} or not host:
            raise DownloadError(f"Files are fetched over http and https only, not from {url[:100]!r}.", money="")
        if inside or origin(url) == origin(self._base_url) or await self._is_private():
            return url, {}, {}
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        proxied = _proxied(parts.scheme, host)
        addresses = _literal(host) if proxied else await _resolved(host, port)
        if not all(is_public(address) for address in addresses):
            raise DownloadError(f"The host {host!r} is on a private network, which is not fetched from.", money="")
        if proxied:
            return url, {}, {}
        address = addresses[attempt % len(addresses)]
        pinned = parts._replace(netloc=f"[{address}]:{port}" if ":" in address else f"{address}:{port}").geturl()
        return pinned, {"host": parts.netloc.rpartition("@")[2]}, {"sni_hostname": host}

    async def _is_private(self) -> bool:
        """Whether private networks are fetched from; where the service itself is tells, once its name is known."""
        if self._private is None:
            self._private = await _is_inside(self._base_url)
        return bool(self._private)


class _TryAgain(Exception):
    """This connection failed; the next one may not."""


async def _no_lines() -> AsyncIterator[str]:
    return
    yield ""


def _lost(request: Request, message: str) -> SoraError:
    return OutcomeUnknown(message) if request.paid else UpstreamError(message)


def _words(error: Exception) -> str:
    text = str(error).strip().rstrip(".")
    return f"{type(error).__name__} ({text})" if text else type(error).__name__


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


async def _pieces(response: httpx.Response, request: Request) -> AsyncIterator[bytes]:
    """Read an answer piece by piece, unpacking gzip in bounded steps: 256 kB of gzip can hold 256 MB."""
    coding = response.headers.get("content-encoding", "identity").lower()
    unpack = zlib.decompressobj(47) if coding in {"gzip", "deflate"} else None
    size = 0
    try:
        async for chunk in response.aiter_raw():
            piece = unpack.decompress(chunk, MAX_ANSWER + 1 - size) if unpack else chunk
            size += len(piece)
            if size > MAX_ANSWER or (unpack and unpack.unconsumed_tail):
                raise _lost(request, f"The answer is longer than {MAX_ANSWER // 1024**2} MB.")
            yield piece
    except zlib.error as error:
        raise _lost(request, "The answer is packed, and damaged.") from error


async def _body(response: httpx.Response, request: Request) -> bytes:
    return b"".join([piece async for piece in _pieces(response, request)])


async def _lines(response: httpx.Response, request: Request) -> AsyncIterator[str]:
    rest = b""
    async for piece in _pieces(response, request):
        *lines, rest = (rest + piece).replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "replace")
    yield rest.decode("utf-8", "replace")


def _check_status(status: int) -> None:
    if status in {200, 206}:
        return
    if status in {403, 404, 410}:
        raise LinkExpired(f"The link to the file is no longer valid (HTTP {status}).")
    if status in {408, 425, 429} or status >= 500:
        raise _TryAgain(f"HTTP {status}")
    raise DownloadError(f"The file was refused (HTTP {status}).")


async def _write(
    response: httpx.Response, part: Path, have: int, most: int, on_progress: Callable[[float], None] | None
) -> int | None:
    """Append to the part, or begin anew where the server does not continue it; return the whole size, if told."""
    total: int | None = None
    if response.status_code == 206:
        span, _, whole = response.headers.get("content-range", "").removeprefix("bytes ").partition("/")
        if span.partition("-")[0] != str(have):
            part.unlink(missing_ok=True)
            raise _TryAgain("the server continued at another byte")
        total = _count(whole)
    else:
        have = 0
        total = _count(response.headers.get("content-length", ""))
    too_large = DownloadError(f"The file has more than {most // 1024**2} MB.", hint="It was not fetched.")
    if total is not None and total > most:
        raise too_large
    with part.open("ab" if have else "wb", buffering=0) as file:
        size = have
        async for chunk in response.aiter_raw():
            size += len(chunk)
            if size > most:
                raise too_large
            file.write(chunk)
            if on_progress is not None and total:
                on_progress(size / total)
    return total


def _count(digits: str) -> int | None:
    """Read a number of bytes; what is no number, or far too long for one, says nothing."""
    return int(digits) if digits.isdecimal() and len(digits) < 19 else None


def _keep(part: Path, target: Path) -> Download:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    part.replace(target)
    return Download(digest, size)


def _literal(host: str) -> list[str]:
    """Return the address that a host is written as, and none where it is a name that has to be looked up."""
    if host.rstrip(".").lower() == "localhost" or host.lower().endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return []


async def _is_inside(url: str) -> bool | None:
    """Whether an address leads into a private network or to this machine; None where its name is not known here.

    Behind a proxy that is so for names of the web.
    """
    try:
        host = urlsplit(url).hostname or ""
        addresses = _literal(host) or await _resolved(host, 0)
    except (_TryAgain, ValueError):
        return None
    return not any(is_public(address) for address in addresses)


async def _resolved(host: str, port: int) -> list[str]:
    try:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise _TryAgain(f"the host {host!r} is not known") from error
    return [str(entry[4][0]) for entry in found]


def _proxied(scheme: str, host: str) -> bool:
    """Whether the machine's settings send requests for this host through a proxy, which then looks up its name."""
    proxies = urllib.request.getproxies()
    return bool(proxies.get(scheme) or proxies.get("all")) and not urllib.request.proxy_bypass(host)


def is_public(address: str) -> bool:
    """Whether an IP address is a public one, also when it is wrapped into IPv6 (mapped, NAT64, 6to4)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
        elif found not in ipaddress.ip_network("2000::/3"):
            return False  # only this part of IPv6 is the internet; older Pythons call more of it global
    return found.is_global and not found.is_multicast


def check_url(url: str) -> str:
    """Return an address that can be given as a video's source.

    Raises:
        InvalidInput: it is not http or https.
    """
    if not is_address(url):
        raise InvalidInput(f"{url[:100]!r} is not a web address of a video.", hint="It begins with https://.")
    return url

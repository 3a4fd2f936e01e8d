"""HTTP with a bound on everything: time, size, and where the key may go. The only module that knows httpx.

What a failure says about money is decided here, because only the transport knows whether bytes left: a connection
that never stood carried nothing; anything later may have been accepted.
"""

from __future__ import annotations

import zlib
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import httpx

from sora_nb.errors import (
    ConfigError,
    InvalidInput,
    NotDelivered,
    OutcomeUnknown,
    UpstreamError,
)
from sora_nb.providers.addresses import same_origin
from sora_nb.providers.wire import IDEMPOTENCY_HEADER, Request, decode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from sora_nb.errors import SoraError

MAX_ANSWER = 8 * 1024 * 1024
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
class FileAnswer:
    """The head of an answer that brings a file, and its pieces as they come."""

    status: int
    headers: Mapping[str, str]
    pieces: AsyncIterator[bytes]


class Transport:
    """Sends requests to one service, with its key.

    Args:
        base_url: scheme and host of the service; "" where there is none.
        authorise: the headers that show its key; they go to its own scheme, host and port only.
        idempotency_header: the name of the header that carries a request's idempotency key.
    """

    def __init__(
        self,
        base_url: str = "",
        authorise: Callable[[], Mapping[str, str]] = dict,
        idempotency_header: str = IDEMPOTENCY_HEADER,
    ) -> None:
        self.base_url = base_url
        self._idempotency_header = idempotency_header
        self._authorise = authorise
        self._free, self._creates = (anyio.Semaphore(IN_FLIGHT) for _ in range(2))
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
            raise ConfigError("The provider, or the studio it belongs to, was closed.", hint="Make a new one.")

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
                url = self.base_url + request.path
                headers = self._headers_for(url) | {"accept": "*/*", "accept-encoding": "gzip, deflate"}
                if request.idempotency_key:
                    headers[self._idempotency_header] = request.idempotency_key
                http = self._fresh if request.paid else self._http
                async with http.stream(
                    request.method, url, params=request.query or None, headers=headers, timeout=stall, **content
                ) as response:
                    yield response
        except _NOT_SENT as error:
            raise NotDelivered(
                f"The service could not be reached at {self.base_url}: {_words(error)}.",
                hint="Check the address and the network, then send the call again.",
            ) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise _lost(request, f"No whole answer came from {self.base_url}: {_words(error)}.") from error

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
        return dict(self._authorise()) if same_origin(url, self.base_url) else {}

    @asynccontextmanager
    async def get(
        self, url: str, *, at: str, headers: Mapping[str, str], extensions: Mapping[str, Any]
    ) -> AsyncIterator[FileAnswer]:
        """Ask for a file at any address.

        Args:
            url: its address; it tells whether the key goes along.
            at: the address to connect to, where the name was looked up already.
            headers: sent as they are.
            extensions: httpx's.

        Raises:
            InvalidInput: it is no address that can be asked.
            ConnectionError: no whole answer came; another connection may bring one.
        """
        self._check_open()
        sent = {**headers, **self._headers_for(url), "accept-encoding": "identity"}
        try:
            async with self._http.stream("GET", at, headers=sent, extensions=dict(extensions)) as response:
                yield FileAnswer(response.status_code, _headers(response), response.aiter_raw())
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise InvalidInput(f"{url[:100]!r} is not an address that can be fetched.") from error
        except httpx.HTTPError as error:
            raise ConnectionError(_words(error)) from error


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

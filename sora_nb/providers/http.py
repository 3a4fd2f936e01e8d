"""HTTP with a bound on everything: time, size, and where the key may go. The only module that knows httpx.

What a failure says about money is decided here, because only the transport knows whether bytes left: a connection
that never stood carried nothing; anything later may have been accepted.
"""

from __future__ import annotations

import ssl
import zlib
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import anyio.lowlevel
import httpx

from sora_nb.errors import (
    ConfigError,
    InvalidInput,
    NotDelivered,
    OutcomeUnknown,
    UpstreamError,
)
from sora_nb.providers import network
from sora_nb.providers.addresses import parse, same_origin
from sora_nb.providers.wire import IDEMPOTENCY_HEADER, Request, decode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Mapping

    from sora_nb.errors import SoraError
    from sora_nb.providers.addresses import Address
    from sora_nb.providers.network import Proxy

MAX_LINE = 4 * 1024 * 1024
TURN = 100
"""Pieces of an answer after which other work of the loop has its turn."""
CONNECT_SECONDS = 10.0
STALL_SECONDS = 30.0
"""A download that sends nothing for so long is broken off and resumed."""
IN_FLIGHT = 4
"""Requests of one sort at once: free ones, creates, downloads. httpx slows down badly above eight (measured)."""
_POOL = httpx.Limits(max_connections=100, max_keepalive_connections=20)
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
        self._clients: dict[tuple[Proxy | None, bool, bool], httpx.AsyncClient] = {}
        self.closed = False
        if base_url:
            self._client(parse(base_url))  # what stands in its way is told before an order is written down

    async def close(self) -> None:
        """Close the connections."""
        self.closed = True
        for client in self._clients.values():
            await client.aclose()

    def _check_open(self) -> None:
        if self.closed:
            raise ConfigError("The provider, or the studio it belongs to, was closed.", hint="Make a new one.")

    # --- the way to an address --------------------------------------------------------------------------------------

    @cached_property
    def _proxies(self) -> network.Proxies:
        return network.Proxies()

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """The certificates that are believed, those of the environment where it names any."""
        return network.certificates() or httpx.create_ssl_context(trust_env=False)

    def proxy(self, address: Address) -> Proxy | None:
        """Return the proxy that requests for an address go through; this machine's loopback has none.

        Raises:
            ConfigError: the environment names one that cannot be used.
        """
        return None if address.is_loopback else self._proxies.of(address)

    def _client(self, address: Address, *, fresh: bool = False) -> httpx.AsyncClient:
        """Return the connections for an address, made at first use, with nothing read that this address needs not.

        Args:
            address: what is connected to.
            fresh: whether each request has a new connection. One that idled may be closed just as a paid create is
                sent on it, and then nobody knows its outcome.

        Raises:
            ConfigError: the environment names a proxy or certificates that cannot be used.
        """
        proxy = self.proxy(address)
        secure = address.scheme == "https"
        way = proxy, secure, fresh
        if way not in self._clients:
            through = httpx.Proxy(proxy.url, ssl_context=self.trust if proxy.secure else None) if proxy else None
            trust = self.trust if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reads no file, trusts nobody
            self._clients[way] = httpx.AsyncClient(
                timeout=httpx.Timeout(STALL_SECONDS, connect=CONNECT_SECONDS),
                follow_redirects=False,
                trust_env=False,
                verify=trust,
                proxy=through,
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0) if fresh else _POOL,
            )
        return self._clients[way]

    def _auth(self, address: Address) -> _Key | None:
        """The key goes to the configured scheme, host and port, and nowhere else."""
        return _Key(self._authorise) if same_origin(address.url, self.base_url) else None

    # --- requests ---------------------------------------------------------------------------------------------------

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
        where = urlsplit(request.at).netloc or self.base_url
        try:
            with anyio.fail_after(timeout), ExitStack() as files:
                content = self._content(request, files)
                address = _parsed(request.at or self.base_url + request.path)
                headers = {"accept": "*/*", "accept-encoding": "gzip, deflate", **request.headers}
                if request.idempotency_key:
                    headers[self._idempotency_header] = request.idempotency_key
                async with self._client(address, fresh=request.paid).stream(
                    request.method,
                    request.connect or address.url,
                    params=request.query or None,
                    headers=headers,
                    timeout=stall,
                    auth=None if request.at else self._auth(address),
                    extensions={"trace": _close_unneeded, **request.extensions},
                    **content,
                ) as response:
                    yield response
        except _NOT_SENT as error:
            proxy = self.proxy(parse(request.at or self.base_url))
            through = f" through the proxy of {proxy.variable}" if proxy else ""
            check = f"the network and {proxy.variable}" if proxy else "the network"
            raise NotDelivered(
                f"The service could not be reached at {where}{through}: {_words(error)}.",
                hint=f"Check the address, {check}, then send the call again.",
            ) from _without_frames(error)
        except (httpx.HTTPError, TimeoutError) as error:
            message = f"No whole answer came from {where}: {_words(error)}."
            raise _lost(request, message) from _without_frames(error)

    @staticmethod
    def _content(request: Request, files: ExitStack) -> dict[str, Any]:
        if request.form is not None:
            parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in request.form.items()]
            for name, given in request.files.items():
                for path in [given] if isinstance(given, Path) else given:
                    try:
                        parts.append((name, (path.name, files.enter_context(path.open("rb")))))
                    except OSError as error:
                        raise InvalidInput(f"{path.name!r} cannot be read: {error.strerror}.") from error
            return {"files": parts}
        return {"json": request.json} if request.json is not None else {}

    @asynccontextmanager
    async def get(
        self, address: Address, *, at: str, headers: Mapping[str, str], extensions: Mapping[str, Any]
    ) -> AsyncIterator[FileAnswer]:
        """Ask for a file at any address.

        Args:
            address: it tells whether a proxy is asked, and whether the key goes along.
            at: the address to connect to, where the name was looked up already.
            headers: sent as they are.
            extensions: httpx's.

        Raises:
            InvalidInput: it is no address that can be asked.
            ConnectionError: no whole answer came; another connection may bring one.
        """
        self._check_open()
        sent = {**headers, "accept-encoding": "identity"}
        http, auth = self._client(address), self._auth(address)
        traced = {"trace": _close_unneeded, **extensions}
        try:
            async with http.stream("GET", at, headers=sent, extensions=traced, auth=auth) as response:
                yield FileAnswer(response.status_code, _headers(response), _raw(response))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise InvalidInput(f"{address.url[:100]!r} is not an address that can be fetched.") from error
        except httpx.HTTPError as error:
            raise ConnectionError(_words(error)) from _without_frames(error)


class _Key(httpx.Auth):
    """Puts the key into a request's headers, where no variable of this package holds it: tracebacks show variables."""

    def __init__(self, headers: Callable[[], Mapping[str, str]]) -> None:
        self._headers = headers

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the headers."""
        request.headers.update(self._headers())
        yield request


async def _close_unneeded(event: str, info: Mapping[str, Any]) -> None:
    """Close a connection that stands just as the time for its request is over.

    httpcore takes it for one that a request is about to use, and neither uses nor closes it: a hundred fill the pool.
    """
    if event.endswith(("connect_tcp.complete", "start_tls.complete")):
        try:
            await anyio.lowlevel.checkpoint_if_cancelled()
        except BaseException:
            await info["return_value"].aclose()
            raise


def _parsed(url: str) -> Address:
    try:
        return parse(url)
    except ValueError as error:
        raise httpx.InvalidURL(str(error)) from error


async def _no_lines() -> AsyncIterator[str]:
    return
    yield ""


def _lost(request: Request, message: str) -> SoraError:
    return OutcomeUnknown(message) if request.paid else UpstreamError(message)


def _without_frames(error: BaseException) -> BaseException:
    """Drop the frames of an error of httpx and of its causes: they hold the request's bytes, and so the key."""
    todo: list[BaseException | None] = [error]
    while todo:
        found = todo.pop()
        if found is not None and found.__traceback__ is not None:
            found.__traceback__ = None
            todo += [found.__cause__, found.__context__]
    return error


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
        async for chunk in _raw(response):
            piece = unpack.decompress(chunk, request.most + 1 - size) if unpack else chunk
            size += len(piece)
            if size > request.most or (unpack and unpack.unconsumed_tail):
                raise _lost(request, f"The answer is longer than {request.most // 1024**2} MB.")
            yield piece
    except zlib.error as error:
        raise _lost(request, "The answer is packed, and damaged.") from error


async def _body(response: httpx.Response, request: Request) -> bytes:
    return b"".join([piece async for piece in _pieces(response, request)])


async def _raw(response: httpx.Response) -> AsyncIterator[bytes]:
    """Read an answer as it comes; one read of the network may bring thousands of pieces, so the loop has its turns."""
    number = 0
    async for chunk in response.aiter_raw():
        yield chunk
        number += 1
        if number % TURN == 0:
            await anyio.lowlevel.checkpoint()


async def _lines(response: httpx.Response, request: Request) -> AsyncIterator[str]:
    """Split an answer into lines; what a piece adds to is not copied, however small the pieces are."""
    line = bytearray()
    async for piece in _pieces(response, request):
        for number, part in enumerate(piece.split(b"\n")):
            if number:
                yield _text(line)
                line.clear()
            line += part
            if len(line) > MAX_LINE:
                raise _lost(request, f"The answer has a line longer than {MAX_LINE // 1024**2} MB.")
    yield _text(line)


def _text(line: bytearray) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "replace")

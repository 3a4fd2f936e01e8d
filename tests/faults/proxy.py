"""A raw-socket proxy between the client and the real local server. It spoils answers as told, and knows the truth.

The truth is what reached the service and what the service accepted, written down here where no client can see it.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import threading
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field

from faulty import read_request
from ports import free_port

PAID = {"create", "stream", "registration"}
PASSED_ON = {
    "content-type", "content-range", "accept-ranges", "etag", "last-modified", "openai-poll-after-ms", "retry-after",
    "x-litellm-response-cost", "x-comfy-credits-used", "x-comfy-error-type", "x-comfy-request-id",
}  # fmt: skip
"""Headers of answers that reach the client."""


IDLE_SECONDS = 5
"""How long a connection may stand on which no request comes, as servers have it."""


@dataclass
class Create:
    """One paid request that arrived.

    Attributes:
        key: its idempotency key.
        state: what the ledger said about this key when the request arrived; None where it had no such row.
        accepted: the task the service made of it, or "".
        fault: what was done to it, or "".
        late: whether the client had given up before the ledger was looked into, so that the row may say so already.
    """

    key: str
    state: str | None
    accepted: str = ""
    fault: str = ""
    late: bool = False


@dataclass
class Answer:
    """An answer of the real service, taken apart."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self):
        return json.loads(self.body)

    def header(self, name):
        return next((value for key, value in self.headers if key == name), "")


class Exchange:
    """One request on its way, as a fault sees it."""

    def __init__(self, proxy, connection, request, kind):
        self.proxy, self.connection, self.request, self.kind = proxy, connection, request, kind
        self.create = None
        self.path = request.split(b" ", 2)[1].decode("latin-1")

    def forward(self):
        """Ask the real service, and note what it accepted."""
        answer = self.proxy.ask(self.request)
        if self.create is not None and answer.status < 300:
            self.create.accepted = self.proxy.wire.accepted(answer, self.path)
        return answer

    def reply(self, status=200, body=b"", headers=(), *, length=None):
        """Send an answer; `length` may lie, and False leaves it out."""
        lines = [f"HTTP/1.1 {status} X", "connection: close"]
        if length is not False:
            lines.append(f"content-length: {len(body) if length is None else length}")
        lines += [f"{name}: {value}" for name, value in headers]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)

    def pass_on(self, answer, **changes):
        """Send the service's answer, with changes to its JSON."""
        body = answer.body
        if changes and answer.status == 200:
            entry = answer.json() | changes
            body = json.dumps({name: value for name, value in entry.items() if value is not Ellipsis}).encode()
        self.reply(answer.status, body, kept(answer))

    def send(self, data):
        with contextlib.suppress(OSError):  # a client that gave up is no news
            self.connection.sendall(data)

    def reset(self):
        """End the connection with RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    @property
    def given_up(self):
        """Whether the client has ended the connection, as it does before it writes down why."""
        try:
            return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except OSError as error:
            return not isinstance(error, BlockingIOError)

    def silence(self):
        """Say nothing until the client gives up."""
        with contextlib.suppress(OSError):
            self.connection.settimeout(30)
            self.connection.recv(1)


@dataclass
class Truth:
    """What happened since the last reset.

    Attributes:
        creates: every paid request that arrived, in order.
        failed: tasks the client was told had failed.
        over: tasks the link to whose result has ended.
        misbilled: whether an answer said something else than what was charged.
        hits: how often each fault was done.
        elsewhere: requests that reached another host than the configured one.
    """

    creates: list[Create] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)
    misbilled: bool = False
    hits: Counter = field(default_factory=Counter)
    elsewhere: list[bytes] = field(default_factory=list)


class Proxy:
    """Answers on a loopback port for the server at `upstream`.

    Args:
        upstream: port of the real server.
        wire: what it speaks; see services.Wire.

    Attributes:
        plan: faults by kind of request; each request takes the next one of its kind.
        deaf: whether the service ignores idempotency keys, as hosted ones may.
        ledger: the client's ledger, looked into when a paid request arrives; None for none.
        connections: those that are being served; a client may have given up long before.
    """

    def __init__(self, upstream, wire):
        self._upstream = upstream
        self.wire = wire
        self._lock = threading.Lock()
        self.plan = defaultdict(deque)
        self.deaf = False
        self.ledger = None
        self.truth = Truth()
        self.files = {}
        self.connections = set()
        self._elsewhere = Listener(self._serve_elsewhere, self.connections)
        self._front = Listener(self._serve, self.connections, free_port())
        self.port = self._front.port
        self.elsewhere = f"http://127.0.0.1:{self._elsewhere.port}"

    def close(self):
        self._front.close()
        self._elsewhere.close()

    def reset(self, *, deaf=False):
        """Forget all that was to happen, and all that did.

        Args:
            deaf: whether the service ignores idempotency keys.
        """
        self.plan.clear()
        self.truth = Truth()
        self.deaf = deaf

    def refuse(self):
        """Refuse connections until accept()."""
        self._front.close()

    def accept(self):
        """Take connections again."""
        if self._front.closed:
            self._front = Listener(self._serve, self.connections, self.port)

    def ask(self, request):
        """Send a request to the real server and return its whole answer."""
        head, _, body = request.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"accept-enc"))]
        if self.deaf:
            lines = [line for line in lines if not line.lower().startswith(b"idempotency-key:")]
        with socket.create_connection(("127.0.0.1", self._upstream), timeout=30) as server:
            server.sendall(b"\r\n".join([*lines, b"connection: close"]) + b"\r\n\r\n" + body)
            data = b"".join(iter(lambda: server.recv(65536), b""))
        answer = parse(data)
        if self.wire.host:  # another host takes files, as its own
            here, there = (f"{host}{self.wire.host}".encode() for host in (f"localhost:{self.port}", self._other_host))
            answer.body = answer.body.replace(here, there)
        return answer

    @property
    def _other_host(self):
        return self.elsewhere.removeprefix("http://")

    def _serve(self, connection):
        connection.settimeout(IDLE_SECONDS)
        request = read_request(connection)
        if request is None:
            return
        connection.settimeout(None)
        line = request.split(b" HTTP/", 1)[0].decode("latin-1")
        kind = next((kind for kind, pattern in self.wire.kinds if re.fullmatch(pattern, line)), "other")
        exchange = Exchange(self, connection, request, kind)
        with self._lock:
            fault = self.plan[kind].popleft() if self.plan[kind] else None
            if fault is not None and fault.name:
                self.truth.hits[fault.name] += 1
            if kind in PAID:
                key = (re.search(rb"(?i)\r\nidempotency-key: *(\S+)", request) or [b"", b""])[1].decode()
                state = self.ledger and self.ledger.state(key)
                exchange.create = Create(key, state, fault=fault.name if fault else "", late=exchange.given_up)
                self.truth.creates.append(exchange.create)
        if fault is None:
            exchange.pass_on(exchange.forward())
        else:
            fault.act(exchange)

    def takes(self, request):
        """Whether a request to another host brings a file that belongs there."""
        return bool(self.wire.host) and request.startswith(f"POST {self.wire.host}".encode())

    def _serve_elsewhere(self, connection):
        request = read_request(connection)
        if request is not None:
            self.truth.elsewhere.append(request)
            if self.takes(request):
                Exchange(self, connection, request, "elsewhere").pass_on(self.ask(request))
                return
            answer = self.files.get(request.split(b" ", 2)[1].decode())
            exchange = Exchange(self, connection, request, "elsewhere")
            exchange.reply(200 if answer else 404, answer or b"")


class Listener:
    """A listening socket and a thread for each connection, which is in a set while it is served."""

    def __init__(self, serve, connections, port=0):
        self._serve, self._connections = serve, connections
        self._socket = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port = self._socket.getsockname()[1]
        self.closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept()
        self._socket.close()

    def _accept(self):
        while not self.closed:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._connections.add(connection)
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection):
        try:
            with connection, contextlib.suppress(OSError):
                self._serve(connection)
        finally:
            self._connections.discard(connection)


def parse(data):
    """Take an answer apart; a chunked body is joined."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    if ("transfer-encoding", "chunked") in headers:
        whole = b""
        while body:
            size, _, rest = body.partition(b"\r\n")
            whole += rest[: int(size, 16)]
            body = rest[int(size, 16) + 2 :]
        body = whole
    return Answer(int(first.split(" ")[1]), headers, body)


def kept(answer):
    """The headers that are passed on."""
    return [(name, value) for name, value in answer.headers if name in PASSED_ON]

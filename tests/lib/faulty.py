"""A raw socket server that answers as it is told, also wrongly, and counts what it was sent."""

from __future__ import annotations

import re
import socketserver
import threading
import time


class Faulty:
    """Answers each request with the next reply; the last one is repeated.

    A reply is bytes to send as they are, or a function of the connection and the request.
    """

    def __init__(self, *replies):
        self.replies = list(replies)
        self.requests = []
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                request = read_request(self.request)
                if request is None:
                    return
                reply = outer.replies[min(len(outer.requests), len(outer.replies) - 1)]
                outer.requests.append(request)
                if callable(reply):
                    reply(self.request, request)
                else:
                    self.request.sendall(reply)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def creates(self):
        return [request for request in self.requests if request.startswith(b"POST")]


def read_request(connection):
    """Read one request, or return None where the client goes away."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    length = int(found[1]) if found else 0
    chunked = re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head)
    while len(body) < length or (chunked and not body.endswith(b"0\r\n\r\n")):
        piece = connection.recv(65536)
        if not piece:
            return None
        body += piece
    return head + b"\r\n\r\n" + body


def answer(body=b"{}", status=200, headers=(), length=None):
    """An HTTP answer; `length` may lie."""
    head = [f"HTTP/1.1 {status} X", f"content-length: {len(body) if length is None else length}", "connection: close"]
    head += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def reset(connection, _):
    """Close without an answer."""
    connection.close()


def drip(seconds, body=b"{}"):
    """Answer one byte at a time, ever so slowly."""

    def reply(connection, _):
        try:
            for byte in answer(body):
                connection.sendall(bytes([byte]))
                time.sleep(seconds)
        except OSError:
            pass

    return reply


def ranged(content, *, cut_after=None, tag='"1"', obeys=True, **extra):
    """Serve a file with Range and If-Range; break off after `cut_after` bytes of an answer.

    Args:
        content: the file.
        cut_after: bytes.
        tag: its ETag; "" for none.
        obeys: whether If-Range is.
        extra: more headers.
    """

    def reply(connection, request):
        head = request.decode("latin-1")
        asked = re.search(r"(?i)\r\nrange: bytes=(\d+)-", head)
        fits = re.search(r"(?i)\r\nif-range: *([^\r]*)", head)
        known = {tag, extra.get("last-modified")}
        start = int(asked[1]) if asked and not (fits and obeys and fits[1] not in known) else 0
        body = content[start:]
        headers = [("content-range", f"bytes {start}-{len(content) - 1}/{len(content)}")] if start else []
        headers += [("etag", tag)] if tag else []
        full = answer(body, 206 if start else 200, [*headers, *extra.items()])
        if cut_after is not None:
            full = full[: full.index(b"\r\n\r\n") + 4 + cut_after]
        connection.sendall(full)

    return reply


class Held:
    """Serves a file whose first part comes at once, and the rest once go_on() is called.

    Args:
        content: the file.
        first: bytes of the first part.
    """

    def __init__(self, content, first):
        self._content, self._first = content, first
        self._go = threading.Event()
        self.broken = threading.Event()  # the client went away

    def go_on(self):
        self._go.set()

    def __call__(self, connection, _):
        whole = answer(self._content)
        at = whole.index(b"\r\n\r\n") + 4 + self._first
        connection.sendall(whole[:at])
        while not self._go.wait(0.02):
            connection.settimeout(0.02)
            try:
                if not connection.recv(1):
                    self.broken.set()
                    return
            except TimeoutError:
                continue
            except OSError:
                self.broken.set()
                return
        connection.settimeout(None)
        connection.sendall(whole[at:])

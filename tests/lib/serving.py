"""A server in a process of its own, calls of it that several tests make, and a web server with a film."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]


def ended(http, task):
    """A task once it has ended."""
    while task["status"] not in {"completed", "failed"}:
        time.sleep(0.05)
        task = http.get(f"/v1/videos/{task['id']}").json()
    return task


def finished(http, **fields):
    """A small video that is done."""
    asked = {"prompt": "a corgi", "seconds": "2", "size": "320x180", **fields}
    return ended(http, http.post("/v1/videos", json=asked).json())


def usage(http):
    """What was accepted and finished."""
    return http.get("/v1/usage").json()


class Served:
    """One `sora-nb serve`, in a process of its own, at any free port.

    Args:
        home: its folder; what it logs is beside that.
        options: more of `sora-nb serve`.
        program: what is run in the place of `sora-nb`.
        path: a folder that it has on its path.

    Attributes:
        url: where it is.
        process: what it runs in.
    """

    def __init__(self, home, *options, program=("-m", "sora_nb"), path=ROOT):
        paths = os.pathsep.join(map(str, (path, ROOT, ROOT / "tests" / "lib")))
        with home.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program, "serve", "--home", home, "--port", "0", *options],
                stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "PYTHONPATH": paths},
            )  # fmt: skip
        told = self.process.stdout.readline()
        assert told.startswith("Serving"), home.with_suffix(".log").read_text()
        self.url = told.split()[1]

    def end(self, how=signal.SIGKILL):
        """End it, and return its exit status."""
        self.process.send_signal(how)
        self.process.stdout.close()
        return self.process.wait()


class Shelf:
    """A web server with one film, which speaks ranges and tags as far as it is told to, and counts what it sends.

    Attributes:
        content, tag: the film, and its ETag.
        ranges: whether a part may be asked for.
        url: where the film is.
        asked: the headers of each request.
        sent: bytes of films.
        large: answers of more bytes wait for `go`; None where none does.
        go: lets them go.
    """

    def __init__(self, content: bytes, tag: str = '"1"', *, ranges: bool = True) -> None:
        self.content, self.tag, self.ranges = content, tag, ranges
        self.asked, self.sent = [], 0
        self.large, self.go = None, threading.Event()
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                shelf.asked.append(dict(self.headers))
                shelf._answer(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/film.mp4"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request):
        body, status, tag = self.content, 200, self.tag
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        head = {"content-type": "video/mp4"} | ({"etag": tag} if tag else {})
        if tag and request.headers.get("if-none-match") == tag:
            body, status = b"", 304
        elif wanted and self.ranges and request.headers.get("if-range", tag) == tag:
            start, last = int(wanted[1]), min(int(wanted[2] or len(body)), len(body) - 1)
            head["content-range"] = f"bytes {start}-{last}/{len(body)}"
            body, status = body[start : last + 1], 206
        if self.large is not None and len(body) > self.large:
            self.go.wait(60)
        request.send_response(status)
        for name, value in {**head, "content-length": str(len(body))}.items():
            request.send_header(name, value)
        request.end_headers()
        with contextlib.suppress(OSError):  # whoever asked may have gone
            request.wfile.write(body)
            self.sent += len(body)

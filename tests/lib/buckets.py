"""Buckets of an S3 server on this machine: moto's, in a process of its own.

A pytest plugin: `bucket` is the address of a fresh one, as a studio takes it; `object_server` can be sent away for a while.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from ports import free_port

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
"""What an S3 client reads from its environment, besides the address."""


class ObjectServer:
    """An S3 server on loopback. What it holds is in its memory, also while it is away."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).resolve()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**environment, **KEYS},
        )
        self.url = self._ask("come")
        """Its endpoint."""

    @property
    def environment(self) -> dict[str, str]:
        """What a process that is to use it has in its environment."""
        return {**KEYS, "AWS_ENDPOINT_URL": self.url, "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}

    @contextlib.contextmanager
    def away(self):
        """Refuse every connection for as long as a block lasts."""
        self.go_away()
        try:
            yield
        finally:
            self.come_back()

    def go_away(self) -> None:
        """Refuse every connection."""
        self._ask("go")

    def come_back(self) -> None:
        """Answer again, at the same address."""
        self._ask("come")

    def make_bucket(self) -> str:
        """Make a fresh bucket, and return its name."""
        return self._ask("make")

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def _ask(self, word: str) -> str:
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        assert answer, "the S3 server has ended"
        return answer


@pytest.fixture(scope="session")
def object_server():
    """An S3 server on loopback, one for all tests of a process; its address and key are not in the environment."""
    running = ObjectServer()
    yield running
    running.close()


@pytest.fixture
def bucket(object_server, monkeypatch):
    """The address of a fresh bucket, whose endpoint and key are in the environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in object_server.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{object_server.make_bucket()}"


def _serve() -> None:
    """Do what the lines of the standard input say, and answer each with a line, until it ends."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer
    from moto.s3.models import s3_backends

    def answer(line):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    port, running = free_port(), None
    for line in sys.stdin:
        match line.strip():
            case "come":
                running = ThreadedMotoServer("127.0.0.1", port, verbose=False)
                running.start()
                answer(f"http://127.0.0.1:{port}")
            case "go":
                running.stop()
                answer("gone")
            case "make":
                name = f"bucket-{uuid4().hex}"
                s3_backends["123456789012"]["aws"].create_bucket(name, "us-east-1")
                answer(name)


if __name__ == "__main__":
    _serve()

"""Connections: none is left open that nobody uses."""

from __future__ import annotations

import socket

import anyio
import anyio.abc
import pytest

from sora_nb.providers.addresses import parse
from sora_nb.providers.http import Transport
from sora_nb.providers.wire import Request


async def paid(transport):
    await transport.send(Request("POST", "/v1/videos", json={}, idempotency_key="a"), timeout=60)


async def free(transport):
    await transport.send(Request("GET", "/v1/videos/1"), timeout=60)


async def stream(transport):
    async with transport.lines(Request("POST", "/v1/chat/completions", json={}, idempotency_key="a"), timeout=60):
        pass


async def file(transport):
    at = f"{transport.base_url}/a.mp4"
    async with transport.get(parse(at), at=at, headers={}, extensions={}):
        pass


@pytest.mark.parametrize("ask", [paid, free, stream, file])
def test_a_connection_that_stands_when_the_time_is_over_is_closed(monkeypatch, ask):
    connect = anyio.connect_tcp
    made = []

    async def late(*args, **kwargs):
        made.append(await connect(*args, **kwargs))
        scope.cancel()
        return made[-1]

    monkeypatch.setattr("anyio.connect_tcp", late)
    with socket.create_server(("127.0.0.1", 0)) as server:

        async def main():
            nonlocal scope
            transport = Transport(f"http://127.0.0.1:{server.getsockname()[1]}")
            with anyio.CancelScope() as scope:
                await ask(transport)
            assert scope.cancelled_caught
            [client] = made
            accepted = server.accept()[0]
            with accepted:
                assert client.extra(anyio.abc.SocketAttribute.raw_socket).fileno() == -1
                assert accepted.recv(1) == b""  # neither was anything sent
            await transport.close()

        scope = None
        anyio.run(main)

"""A stream of lines: what a piece costs does not grow with the line, and the loop does other work meanwhile."""

from __future__ import annotations

import asyncio

import pytest
from faulty import Faulty
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import background
from sora_nb.errors import OutcomeUnknown, UpstreamError
from sora_nb.providers import http
from sora_nb.providers.http import Transport
from sora_nb.providers.wire import Request

FREE = Request("GET", "/stream")
PAID = Request("POST", "/stream", json={}, idempotency_key="k")


class Piece(bytes):
    """A piece of an answer that counts the bytes copied by putting it behind others."""

    copied = 0

    def __radd__(self, before):
        Piece.copied += len(before) + len(self)
        return bytes(before) + bytes(self)


class Response:
    """An answer whose pieces are all here already, as after one large read of the network."""

    def __init__(self, pieces):
        self.headers = {}
        self._pieces = pieces

    async def aiter_raw(self):
        for piece in self._pieces:
            yield Piece(piece)


def read(pieces, request=FREE):
    """The lines of an answer, and how often other work had its turn."""
    turns = 0

    async def work():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both():
        task = asyncio.ensure_future(work())
        try:
            return [line async for line in http._lines(Response(pieces), request)]
        finally:
            task.cancel()

    return background.run(both), turns


def test_a_long_line_in_single_bytes_is_copied_once_and_other_work_goes_on():
    size = 300_000
    Piece.copied = 0
    lines, turns = read([b"x"] * size + [b"\n", b"end"])
    assert lines == ["x" * size, "end"]
    assert Piece.copied <= 4 * size
    assert turns >= size / (2 * http.TURN)


@pytest.mark.parametrize(("request_", "error"), [(FREE, UpstreamError), (PAID, OutcomeUnknown)])
@pytest.mark.parametrize("end", [b"", b"\ndata: more\n"])
def test_a_line_without_end_is_given_up(monkeypatch, request_, error, end):
    monkeypatch.setattr(http, "MAX_LINE", 1000)
    assert read([b"x" * 1000 + end], request_)[0]
    with pytest.raises(error, match="line longer"):
        read([b"x" * 600, b"x" * 401 + end], request_)


@given(st.text(alphabet="ab\u00fc\u4e2d \r\n:", max_size=60), st.data())
def test_lines_are_the_same_however_the_answer_is_cut(text, data):
    content = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=8)))
    pieces = [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    assert read(pieces)[0] == [line.removesuffix("\r") for line in text.split("\n")]


def test_a_real_stream_in_single_bytes(run):
    def drip(connection, _):
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
        body = b"".join(b"1\r\n%c\r\n" % byte for byte in b"data: " + b"x" * 5000 + b"\r\n\r\n")
        connection.sendall(head + body + b"0\r\n\r\n")

    async def lines():
        transport = Transport(server.url)
        try:
            async with transport.lines(FREE, 60) as (_, found):
                return [line async for line in found]
        finally:
            await transport.close()

    with Faulty(drip) as server:
        assert run(lines) == ["data: " + "x" * 5000, "", ""]

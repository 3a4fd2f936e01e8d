"""A client that does not send its request to the end loses its connection; nobody else waits for it."""

from __future__ import annotations

import socket
import time

import httpx
import pytest

from sora_nb.server import reading

HEAD = b"POST /v1/videos HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("sora_nb.server.reading.READ_SECONDS", 0.2)


@pytest.fixture
def connect(server):
    made = []

    def dial():
        found = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=60)
        made.append(found)
        return found

    yield dial
    for each in made:
        each.close()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET /healthz HTT", id="half a line"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A:", id="half a head"),
    ],
)
def test_half_a_request_is_waited_for_within_bounds(connect, sent):
    client = connect()
    client.sendall(sent)
    while client.recv(4096):
        pass


def test_half_a_second_request_is_waited_for_within_bounds(connect):
    client = connect()
    client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert b"200 OK" in client.recv(4096)
    client.sendall(b"GET /hea")
    while client.recv(4096):
        pass


def test_half_a_body_is_waited_for_within_bounds(connect, http, errors_logged):
    client = connect()
    client.sendall(HEAD.replace(b"\r\n\r\n", f"\r\nAuthorization: {http.headers['authorization']}\r\n\r\n".encode()))
    client.sendall(b'{"prompt":')
    assert client.recv(4096) == b""
    assert http.get("/v1/videos").json()["data"] == []
    assert errors_logged.records == []


def drip(client):
    for _ in range(5000):
        client.sendall(b" ")
        time.sleep(0.01)


def test_a_body_that_drips_is_waited_for_within_bounds(connect, http):
    client = connect()
    client.sendall(HEAD.replace(b"\r\n\r\n", f"\r\nAuthorization: {http.headers['authorization']}\r\n\r\n".encode()))
    with pytest.raises(OSError, match=r"reset|Broken pipe"):
        drip(client)


def test_an_answer_may_take_longer_than_the_request(http, engine):
    engine.hold()
    body = {"model": "sora_video2", "stream": True, "messages": [{"role": "user", "content": "a corgi"}]}
    with http.stream("POST", "/v1/chat/completions", json=body) as answer:
        lines = answer.iter_lines()
        next(lines)
        time.sleep(0.5)
        engine.go_on()
        assert any("[DONE]" in line for line in lines)


def test_a_long_body_at_a_fair_rate_is_read(http, monkeypatch, clip):
    monkeypatch.setattr("sora_nb.server.reading.LEAST_RATE", 50.0)

    def slowly():
        content = b'{"prompt": "a corgi", "seconds": "1", "size": "64x64"}'
        for place in range(0, len(content), 9):
            yield content[place : place + 9]
            time.sleep(0.1)

    answer = http.post("/v1/videos", content=slowly(), headers={"content-type": "application/json"})
    assert answer.status_code == 200


def test_connections_are_kept_between_requests(server, http):
    for _ in range(3):
        assert http.get("/v1/videos").status_code == 200
        time.sleep(0.3)
    assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_small_answers_leave_at_once(server, monkeypatch):
    told = []
    made = reading.ReadingProtocol.connection_made

    def watched(self, transport):
        made(self, transport)
        told.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(reading.ReadingProtocol, "connection_made", watched)
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert told == [1]

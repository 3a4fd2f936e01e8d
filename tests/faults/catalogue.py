"""The faults: what goes wrong between a client and a service, each with the requests it can happen to."""

from __future__ import annotations

import email.utils
import functools
import gzip
import io
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faults.proxy import kept
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

ANY = ("create", "stream", "poll", "list", "content", "picture", "upload")
PAID = ("create", "stream")
JSON = ("create", "poll", "list", "upload")
FILES = ("content", "picture")
HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
DRIP_SECONDS = 0.05


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        name: for people, and for the table of the run.
        kinds: the requests it can happen to.
        act: does it.
        own: whether it is made of the words and fields of /v1/videos.
    """

    name: str
    kinds: tuple[str, ...]
    act: Callable
    own: bool = False

    def __repr__(self):
        return self.name


CATALOGUE: dict[str, Fault] = {}


def fault(name, *kinds, own=False):
    """Enter a function into the catalogue."""

    def enter(act):
        CATALOGUE[name] = Fault(name, kinds, act, own)
        return act

    return enter


# --- the service never took it ----------------------------------------------------------------------------------------


@fault("reset before headers", *ANY)
def _(x):
    x.reset()


@fault("silence, not accepted", *PAID[:1], "poll")
def _(x):
    x.silence()


@fault("502 before acceptance", *ANY)
def _(x):
    x.reply(502, HTML, [("content-type", "text/html")])


def refusal(name, status, body=b"", headers=(), kinds=ANY):
    """A definite no before acceptance."""
    CATALOGUE[name] = Fault(name, kinds, lambda x: x.reply(status, body, headers))


ERROR = b'{"error": {"message": "no", "type": "invalid_request_error", "code": null, "param": null}}'
refusal("429, empty", 429)
for _name, _value in {
    "seconds": "2",
    "a past date": "Wed, 21 Oct 2015 07:28:00 GMT",
    "a date": email.utils.formatdate(time.time() + 20, usegmt=True),
    "an absurd date": "Fri, 31 Dec 9999 23:59:59 GMT",
    "an absurd number": "99999999999999999999",
    "a negative number": "-5",
    "not a number": "NaN",
    "words": "soon",
}.items():
    refusal(f"429, Retry-After is {_name}", 429, ERROR, [("retry-after", _value)])
refusal("503, Retry-After in seconds", 503, ERROR, [("retry-after", "1")])
refusal(
    "503, Retry-After is a date", 503, ERROR, [("retry-after", email.utils.formatdate(time.time() + 9, usegmt=True))]
)
refusal("503, bare", 503, ERROR)
refusal("429, no balance", 429, b'{"error": {"message": "no", "code": "insufficient_user_quota"}}', kinds=PAID)
refusal("503, no channel", 503, '{"error": {"message": "无可用渠道 (request id: 9)"}}'.encode(), kinds=PAID)
refusal("451, policy", 451, '{"code": 451, "msg": "违规"}'.encode(), kinds=PAID)
for _status in (400, 401, 402, 403, 404, 413, 422):
    refusal(f"{_status}, refused", _status, ERROR, kinds=PAID)


for _status in (408, 409, 425, 499, 501):
    # the client is not told that it was not accepted
    refusal(f"{_status} before acceptance", _status, ERROR, kinds=PAID)


@fault("redirect to another host", *JSON, "stream")
def _(x):
    x.reply(307, b"", [("location", x.proxy.elsewhere + "/trap")])


# --- the service took it, and the answer is lost or spoiled -----------------------------------------------------------


@fault("reply lost", *ANY)
def _(x):
    x.forward()
    x.reset()


@fault("end without a reply", *ANY)
def _(x):
    x.forward()


@fault("silence after acceptance", "create", "poll", "list")
def _(x):
    x.forward()
    x.silence()


@fault("half the headers", *ANY)
def _(x):
    x.forward()
    x.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    x.reset()


@fault("reset mid-body", *ANY)
def _(x):
    answer = x.forward()
    x.reply(answer.status, answer.body[: len(answer.body) // 2], length=len(answer.body))
    time.sleep(0.01)
    x.reset()


@fault("body too short", *ANY)
def _(x):
    answer = x.forward()
    x.reply(answer.status, answer.body[:-3], length=len(answer.body))


@fault("slow drip", "create", "poll", "list")
def _(x):
    answer = x.forward()
    x.reply(200, b"", length=len(answer.body))
    for byte in answer.body:
        try:
            x.connection.sendall(bytes([byte]))
        except OSError:
            return
        time.sleep(DRIP_SECONDS)


def spoiled(name, kinds, status=200, body=None, headers=()):
    """Accepted, but the answer is another one; `body` is bytes, or a function of the right answer's bytes."""

    def act(x):
        right = x.forward().body
        x.reply(status, body(right) if callable(body) else body or b"", headers)

    CATALOGUE[name] = Fault(name, kinds, act)


JSON_TYPE = [("content-type", "application/json")]
spoiled("500 after acceptance", ANY, 500, ERROR, JSON_TYPE)
spoiled("502 after acceptance", ANY, 502, HTML, [("content-type", "text/html")])
spoiled("504 after acceptance", ANY, 504)
spoiled("524 after acceptance", ANY, 524, HTML, [("content-type", "text/html")])
BUSY = b'{"error": {"message": "heavy load, rate_limit"}}'
spoiled("408 after acceptance, heavy load, Retry-After", PAID, 408, BUSY, [*JSON_TYPE, ("retry-after", "1")])
for _status in (409, 425, 499):
    spoiled(f"{_status} after acceptance", PAID, _status, ERROR, JSON_TYPE)
for _words in ("Connection pool shut down", "the backend is no longer available", "无可用渠道"):
    _body = json.dumps({"error": {"message": _words}}).encode()
    spoiled(f"500 after acceptance, {_words}", PAID, 500, _body, JSON_TYPE)
spoiled("503 after acceptance, Retry-After", PAID, 503, ERROR, [*JSON_TYPE, ("retry-after", "1")])
for _status in (301, 302, 307, 308):
    spoiled(f"{_status} after acceptance", PAID, _status, b"", [("location", "/v1/videos")])


@fault("303 to the new task", "create", own=True)
def _(x):
    answer = x.forward()
    x.reply(303, b"", [("location", f"/v1/videos/{answer.json()['id']}")])


spoiled("303 after acceptance", PAID, 303, b"", [("location", "/v1/videos")])
spoiled("HTML with 200", ANY, 200, HTML, [("content-type", "text/html")])
spoiled("empty with 200", ANY)
spoiled("cut JSON", JSON, 200, lambda right: right[: len(right) // 2])
spoiled("a list for an object", JSON, 200, b"[1, 2, 3]")
spoiled("an object without anything", JSON, 200, b"{}")
spoiled("null", JSON, 200, b"null")
spoiled("NUL bytes", JSON, 200, b"\x00" * 40)
spoiled("JSON a hundred thousand deep", JSON, 200, b"[" * 100_000)
spoiled("an endless number", JSON, 200, b'{"id": %s}' % (b"9" * 5000))
spoiled("an error with 200", JSON, 200, ERROR)
spoiled(
    "gzip bomb",
    (*JSON, "stream"),
    200,
    gzip.compress(b" " * 64 * 1024**2, 9),
    [("content-encoding", "gzip"), ("content-type", "text/event-stream")],
)
spoiled("broken gzip", JSON, 200, b"\x1f\x8b\x08nonsense", [("content-encoding", "gzip")])


# --- the answer is right, but odd ---------------------------------------------------------------------------------------


def odd(name, kinds, **changes):
    """The right answer, with some of its fields changed; a field that is ... is left out."""

    def act(x):
        answer = x.forward()
        found = {field: value(answer.json()) if callable(value) else value for field, value in changes.items()}
        x.pass_on(answer, **found)

    CATALOGUE[name] = Fault(name, kinds, act, own=True)


odd("task_id only", ("create", "poll"), id=..., task_id=lambda entry: entry["id"])
odd("an id of another type", ("create", "poll"), id={"a": 1})
odd("in an envelope", ("poll",), id=..., data=lambda entry: entry)
odd("status SUCCESS", ("poll",), status=lambda entry: "SUCCESS" if entry["status"] == "completed" else "pending")
odd("status NOT_START", ("create", "poll"), status=lambda entry: "NOT_START")
odd("unknown status word", ("create", "poll"), status="frobnicating")
odd("progress as text", ("create", "poll"), progress="37%")
odd("absurd progress", ("create", "poll"), progress=1e308, status="in_progress")
odd("fields of wrong types", ("poll",), progress=[1], seconds={"a": 1}, created_at="soon", error=[], prompt=7)
odd("half a surrogate pair", ("create", "poll"), prompt="\ud800", url="http://127.0.0.1/\udfff", status="queued")
odd("status goes backwards", ("poll",), status="queued", progress=0, url=None)


@fault("404 while running", "poll", own=True)
def _(x):
    x.reply(404, b'{"code": "fail_to_fetch_task", "message": "{\\"detail\\":\\"Not Found\\"}", "data": null}')


@fault("a task that never ends", "poll", own=True)
def _(x):
    answer = x.forward()
    again = Fault("", (), lambda y: _never(y, again))
    _never(x, again, answer)


def _never(x, again, answer=None):
    x.proxy.plan["poll"].appendleft(again)  # until the plan is cleared
    x.pass_on(answer or x.forward(), status="in_progress", progress=50, url=None)


@fault("a failed task", "poll", own=True)
def _(x):
    answer = x.forward()
    x.proxy.truth.failed.add(answer.json()["id"])
    x.pass_on(answer, status="failed", error="Content policy violation", url=None)


@fault("an absurd poll pace", "poll")
def _(x):
    answer = x.forward()
    x.reply(answer.status, answer.body, [*kept(answer), ("openai-poll-after-ms", "9" * 400)])


def listed(name, change):
    """A listing with changed entries."""

    def act(x):
        answer = x.forward()
        data = [change(dict(entry)) for entry in answer.json()["data"]]
        x.reply(200, json.dumps({"data": data}).encode())

    CATALOGUE[name] = Fault(name, ("list",), act, own=True)


listed("a clock that is behind", lambda entry: entry | {"created_at": entry["created_at"] - 240})
listed("a clock that is a day ahead", lambda entry: entry | {"created_at": entry["created_at"] + 86400})
listed("entries without ids", lambda entry: entry | {"id": None})
listed("entries that are no objects", lambda entry: entry["id"])


# --- files ------------------------------------------------------------------------------------------------------------


@fault("cut without a length", "content")
def _(x):
    answer = x.forward()
    x.reply(answer.status, answer.body[: len(answer.body) * 2 // 3], kept_range(answer), length=False)


def kept_range(answer):
    return [(name, value) for name, value in answer.headers if name in {"content-range", "etag"}]


@fault("ten times the announced size", *FILES)
def _(x):
    body = x.forward().body
    x.reply(200, body * 10, length=len(body))


@fault("more than the range said", "content")
def _(x):
    answer = x.forward()
    ranged = answer.header("content-range")
    size = len(answer.body)
    headers = [("content-range", ranged or f"bytes 0-{size - 1}/{size}")]
    x.reply(206, answer.body * 10, headers, length=False)


@fault("another range than asked", "content")
def _(x):
    x.reply(206, b"x" * 100, [("content-range", f"bytes 7-106/{'9' * 5000}")])


@fault("an announced terabyte", *FILES)
def _(x):
    x.reply(200, b"x", length=10**12)


@fault("not a video", "content")
def _(x):
    x.reply(200, b"this is not a video " * 200)


@fault("packed although not asked", "content")
def _(x):
    x.reply(200, gzip.compress(x.forward().body), [("content-encoding", "gzip")])


for _status in (403, 404, 410):
    refusal(f"link expired, {_status}", _status, ERROR, kinds=FILES)
refusal("416", 416, kinds=("content",))


@fault("file moved to another host", *FILES)
def _(x):
    x.proxy.files["/moved"] = x.forward().body
    x.reply(302, b"", [("location", x.proxy.elsewhere + "/moved")])


@fault("redirect in circles", *FILES)
def _(x):
    for _ in range(6):
        x.proxy.plan[x.kind].append(
            Fault("redirect in circles", FILES, lambda y: y.reply(302, b"", [("location", y.path)]))
        )
    x.reply(302, b"", [("location", x.path)])


for _name, _where in {
    "nowhere": "",
    "a broken address": "http://[::1/",
    "a port that cannot be": "http://127.0.0.1:99999999/a.mp4",
    "a file": "file:///etc/passwd",
}.items():
    refusal(f"redirect to {_name}", 302, b"", [("location", _where)], kinds=FILES)


@fault("disk full", "content")
def _(x):
    for part in x.proxy.parts(x.path):
        part.unlink(missing_ok=True)
        part.symlink_to("/dev/full")
    x.pass_on(x.forward())


@fault("not a picture", "picture")
def _(x):
    x.reply(200, b"<svg onload=alert(1)>")


@fault("half a picture", "picture")
def _(x):
    body = x.forward().body
    x.reply(200, body[: len(body) // 2])


@functools.cache
def huge():
    """Return a PNG of 900 megapixels; it takes a second, which processes that only collect the tests do not spend."""
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    return out.getvalue()


@fault("a picture of 900 megapixels", "picture")
def _(x):
    x.reply(200, huge())


# --- the stream -------------------------------------------------------------------------------------------------------

EVENTS = [("content-type", "text/event-stream")]


def _frames(x):
    return x.forward().body.split(b"\n\n")


@fault("stream cut before its link", "stream")
def _(x):
    x.reply(200, b"\n\n".join(_frames(x)[:3]) + b"\n\n", EVENTS, length=False)


@fault("stream cut before [DONE]", "stream")
def _(x):
    x.reply(200, b"\n\n".join(frame for frame in _frames(x) if b"[DONE]" not in frame) + b"\n\n", EVENTS, length=False)


@fault("failure inside a 200 stream", "stream")
def _(x):
    head = _frames(x)[:3]
    x.proxy.truth.failed.add(x.create.accepted)
    error = b'data: {"error": {"message": "Content policy violation", "type": "server_error"}}'
    x.reply(200, b"\n\n".join([*head, error, b"data: [DONE]", b""]), EVENTS)


@fault("CRLF frames and blank ids", "stream")
def _(x):
    body = b"\n\n".join(_frames(x)).replace(b"\n", b"\r\n").replace(b'"created": 1', b'"created": 0')
    x.reply(200, b": keep-alive\r\n\r\n" + body, EVENTS)


@fault("nonsense between the frames", "stream")
def _(x):
    junk = [
        b"data: {",
        b"data: 7",
        b'data: {"choices": 5}',
        b'data: {"choices": [5, "x", {"delta": "y"}, {"delta": {"content": [1]}}, {"message": 9}]}',
        b'data: {"choices": [{"delta": {"content": "\\ud800"}}]}',
        b"data: " + b"[" * 100_000,
        b"event: x\nretry: 1",
    ]
    x.reply(200, b"\n\n".join([*junk, *_frames(x)]), EVENTS)

"""A hostile service: whatever it says is shown harmless, and none of it becomes a path, a pause or an address for the key."""

from __future__ import annotations

import json
import math
import time
from html.parser import HTMLParser
from types import SimpleNamespace

import httpx
import pytest
from conftest import KEY
from faulty import Faulty, answer, reset
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.calls.job import Job
from sora_nb.display import escape, plain
from sora_nb.errors import SoraError
from sora_nb.models import Clip, Status
from sora_nb.providers import registry, wire
from sora_nb.providers.addresses import parse
from sora_nb.providers.base import Order, Source
from sora_nb.providers.errors import classify, envelope
from sora_nb.providers.http import Transport
from sora_nb.studio import Studio

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</div></figure><iframe srcdoc='<script>alert(1)</script>'>",
    "javascript:alert(1)",
    "JaVaScRiPt\t:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "vbscript:msgbox(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<style>*{display:none}</style>",
    "<a href=javascript:alert(1)>x</a>",
    "$\\href{javascript:alert(1)}{x}$",
    "\\(\\href{javascript:alert(1)}{x}\\)",
    "{{ constructor.constructor('alert(1)')() }}",
    "\u202egnp.exe\u202c",
    "\u2066\u2067\u2068\u2069\u061c\u200e\u200f",
    "l\u200bu\u200cn\u2060a\ufeff",
    "\x00\x07\x1b[31m\x9b",
    "line\u2028line\u2029line\r\nline",
    "\U000e0041\U000e0042 tags",
    "A" * 1_000_000,
    "<" * 1_000_000,
    " " * 1_000_000 + "request id",
    "../../../../etc/passwd",
    "..\\..\\windows\\system32",
    "/etc/passwd\x00.mp4",
    "CON",
    "\ud800\udfff",
]
INVISIBLE = set(
    "\u202e\u202c\u2066\u2067\u2068\u2069\u061c\u200e\u200f\u200b\u200c\u2060\ufeff\u2028\u2029\x00\x07\x1b\x9b"
)
DIALECT = registry.dialect(registry.get("custom"))
TAGS = {"div", "span", "img", "figure", "figcaption", "progress"}


def custom(server, home):
    return Studio("custom", base_url=server.url, api_key=KEY, home=home, progress=False)


class Page(HTMLParser):
    """Reads HTML as a browser does, and refuses what could do something."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in {"style", "class", "src", "alt", "width", "height", "max", "value"}, name
            assert name != "src" or value.startswith(("data:image/jpeg;base64,", "data:image/png;base64,")), value[:80]
            assert name != "style" or "url(" not in value

    def handle_data(self, data):
        self.text += data


def harmless(shown):
    """Check the outputs of an object in a notebook."""
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    text = Page(bundle["text/html"]).text
    for said in (text, bundle["text/plain"], repr(shown)):
        assert not INVISIBLE & set(said)
        assert len(said) < 5000
        said.encode()
    assert len(bundle["text/html"]) < 50_000


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: plain(attack, 30))
def test_what_a_service_says_is_shown_harmless(attack, tally):
    entry = wire.decode(json.dumps({"id": "v", "prompt": attack, "model": attack, "size": attack, "url": attack,
                                        "status": "failed", "error": {"message": attack, "code": attack},
                                        "display_name": attack, "permalink": attack, "profile_picture_url": attack,
                                        "username": "luna", "warnings": [attack], "seconds": attack}))  # fmt: skip
    harmless(DIALECT.video(entry))
    asked = Order(kind="character", clip=Clip(1, 3), source=Source(origin=f"url:{attack}"))
    harmless(DIALECT.character(entry, asked))
    call = SimpleNamespace(id="1", prompt=attack, kind="video", reserved=None)

    async def fails(_):
        raise SoraError("no")

    job = Job(call, fails, fails)
    harmless(job)
    for status in (400, 429, 500):
        body = json.dumps({"error": {"message": attack, "code": attack, "type": attack}}).encode()
        said = str(classify(status, envelope(body), registry.get("custom"), paid=True))
        assert len(said) < 2000
        assert not INVISIBLE & set(said)
    tally.hostile += 1


@pytest.mark.parametrize(
    "ident", ["", "v" * 501, "v\x1b[31m", "v\u202e", "v\n", "v\ufffd", None, [], {}, {"a": 1}, True, 0.5, math.nan]
)
def test_an_id_that_is_none_leaves_the_outcome_open(ident, tally):
    with pytest.raises(ValueError, match="names no task"):
        DIALECT.video({"id": ident})
    tally.hostile += 1


@given(st.text(max_size=300))
def test_any_text_is_safe_inside_html(text):
    shown = escape(text)
    assert not set('<>"') & set(shown)
    assert not INVISIBLE & set(shown)


@pytest.mark.parametrize(
    "body", [b" " * 8_000_000, b"<title>" * 1_000_000, json.dumps({"error": {"message": " (" * 4_000_000}}).encode()]
)
def test_a_huge_error_is_read_at_once(body):
    start = time.process_time()
    envelope(body)
    assert time.process_time() - start < 2


# --- names and ids are never paths --------------------------------------------------------------------------------------

EVIL = "../../../../evil"


@pytest.mark.usefixtures("each_database")
def test_what_a_service_calls_its_files_is_never_a_path(tmp_path, footage, tally):
    home = tmp_path / "mine"
    names = [("content-disposition", f'attachment; filename="{EVIL}.mp4"')]
    task = answer(json.dumps({"id": EVIL, "status": "completed"}).encode())
    with Faulty(task, task, answer(footage.read_bytes(), headers=names)) as server, custom(server, home) as studio:
        video = studio.generate("a corgi")
    assert video.path.parent == home / "videos"
    assert b"GET /v1/videos/..%2F..%2F..%2F..%2Fevil/content " in server.requests[2]
    assert {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")} == {"mine"}
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]
    tally.hostile += 1


@pytest.mark.parametrize("name", [EVIL, "a/b", "a\\b", "..", "", "luna\n", "luna\u202e", "x" * 201, "@luna", "a..b"])
def test_a_username_that_is_no_handle_is_not_taken(name, tally):
    with pytest.raises(ValueError, match="username"):
        DIALECT.character({"id": "ch_1", "username": name or "."})
    tally.hostile += 1


# --- the key ------------------------------------------------------------------------------------------------------------

BASE = "https://api.example.com"
TRICKS = [
    "http://api.example.com/a", "https://api.example.com:444/a", "https://api.example.com@evil.example/a",
    "https://api.example.com.evil.example/a", "https://evil.example/https://api.example.com/a",
    "https://api.example.com\\@evil.example/a", "https://evil.example\\@api.example.com/a", "https:///api.example.com/a",
    "//api.example.com/a", "https://api.example.com#@evil.example/", "https://api.example.com?@evil.example/",
    "https://api.example.com%2f@evil.example/", "https://\u0430pi.example.com/a", "ftp://api.example.com/a",
    "https://api\u3002example.com/a", "https://user:pass@api.example.com/a", "https://API.EXAMPLE.COM:443/a",
]  # fmt: skip


def given_key(url):
    """Whether a file is asked for with the key, and whom httpx would really connect to."""
    transport = Transport.__new__(Transport)  # one that is made whole would have to be closed
    transport.base_url, transport._authorise = BASE, lambda: {"authorization": KEY}
    try:
        address = parse(url)
        to = httpx.URL(address.url)
        return transport._auth(address) is not None, (to.scheme, to.host, to.port or 443)
    except (httpx.InvalidURL, ValueError):
        return False, None


@pytest.mark.parametrize("url", TRICKS)
def test_the_key_goes_to_nobody_who_only_looks_like_the_service(url, tally):
    key, to = given_key(url)
    assert not key or to == parse(BASE).origin
    tally.hostile += 1


PIECES = st.sampled_from(["https", "http", ":", "//", "/", "\\", "@", "api.example.com", "evil.example", "#", "?", "%40",
                          ":443", ":8443", ".", " ", "\t", "[", "]", "::1"])  # fmt: skip


@given(st.lists(PIECES, max_size=9).map("".join))
def test_the_key_goes_to_the_same_host_that_is_connected_to(url):
    key, to = given_key(url)
    assert not key or to == parse(BASE).origin


def test_a_redirect_of_a_paid_call_is_not_followed(tmp_path):
    with Faulty(answer()) as other:
        away = answer(b"", 307, [("location", other.url + "/v1/videos")])
        with Faulty(away) as server, custom(server, tmp_path) as studio, pytest.raises(SoraError):
            studio.generate("a secret prompt")
    assert other.requests == []


# --- links end, files stay ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("each_database")
def test_links_end_is_told_and_what_was_fetched_is_shown_offline(server, tmp_path, footage):
    options = {"base_url": server.url, "api_key": KEY, "home": tmp_path / "mine", "progress": False}
    with Studio("local", **options) as studio:
        hero = studio.extract(footage, 1, 3)
        studio.generate("a corgi", seconds=1, size="64x64")
    server.stop()
    with Studio("local", **options) as studio:
        (again,), (video,) = studio.characters(), studio.videos()
        assert again == hero
        shown = again._repr_mimebundle_()["text/html"]
        assert "data:image/jpeg;base64," in shown
        assert "link ends" not in shown  # the picture is kept here
        assert "data:image/jpeg;base64," in video._repr_mimebundle_()["text/html"]


def test_the_end_of_a_videos_link_is_told():
    signed = "https://x/a.mp4?se=2026-11-20T00%3A00%3A00Z"
    video = DIALECT.video({"id": "v", "status": "completed", "url": signed})
    assert "its link ends 2026-11-20 00:00 UTC" in video._repr_mimebundle_()["text/html"]
    video = DIALECT.video({"id": "v", "status": "completed", "expires_at": 1_800_000_000})
    assert "its link ends 2027-01-15 08:00 UTC" in video._repr_mimebundle_()["text/html"]
    assert video.status is Status.COMPLETED


def test_a_reset_says_nothing_of_the_key(tmp_path, capsys, caplog):
    with Faulty(reset) as server, custom(server, tmp_path) as studio, pytest.raises(SoraError) as caught:
        studio.generate("a corgi")
    seen = str(caught.value) + repr(caught.value.__cause__) + caplog.text + "".join(capsys.readouterr())
    assert KEY not in seen

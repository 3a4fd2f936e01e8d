"""Fetching files: whole or not at all, from hosts that may be fetched from, and without the key where it has no business."""

from __future__ import annotations

import contextlib
import socket

import pytest
from client import Client
from conftest import KEY
from faulty import Faulty, answer, ranged
from hurried import Hurried

from sora_nb.errors import DownloadError, FileNotReady
from sora_nb.models import Video
from sora_nb.providers import addresses, registry
from sora_nb.providers.download import Downloader
from sora_nb.providers.http import Transport
from sora_nb.providers.profile import Routes

CONTENT = bytes(range(256)) * 400


def fetch(fake, url, target, **options):
    return fake.download(Video(id="video_1", url=url), target, **options)


def begun(target, content, tag='"1"'):
    """A download that an earlier kernel began."""
    target.with_name(f"{target.name}.part").write_bytes(content)
    target.with_name(f"{target.name}.part.tag").write_text(tag)


def test_a_download_goes_on_where_it_was_cut(tmp_path):
    with Faulty(ranged(CONTENT, cut_after=1000), ranged(CONTENT, cut_after=50_000), ranged(CONTENT)) as server:
        arrived = fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
        assert (tmp_path / "a.mp4").read_bytes() == CONTENT
        assert arrived.size == len(CONTENT)
        assert b"range: bytes=51000-" in server.requests[2].lower()


def test_a_download_goes_on_after_a_restart(tmp_path):
    begun(tmp_path / "a.mp4", CONTENT[:70_000])
    with Faulty(ranged(CONTENT)) as server:
        fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
        assert b"range: bytes=70000-" in server.requests[0].lower()
        assert b'if-range: "1"' in server.requests[0].lower()
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


NEW = CONTENT[::-1]
MONDAY = "Mon, 23 Nov 2026 10:00:00 GMT"
TUESDAY = "Tue, 24 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"tag": '"1"'}, {"tag": '"2"'}),
        ({"tag": '"1"'}, {"tag": '"2"', "obeys": False}),
        ({"tag": '"1"'}, {"tag": "", "obeys": False}),
        ({"tag": ""}, {"tag": ""}),
        ({"tag": 'W/"1"'}, {"tag": 'W/"1"'}),
        ({"tag": "", "last-modified": MONDAY}, {"tag": "", "last-modified": TUESDAY}),
        ({"tag": "", "last-modified": MONDAY}, {"tag": "", "last-modified": TUESDAY, "obeys": False}),
        ({"tag": 'W/"1"', "last-modified": MONDAY}, {"tag": 'W/"1"', "last-modified": TUESDAY}),
    ],
)
def test_a_file_that_changed_meanwhile_is_not_joined(tmp_path, old, new):
    with Faulty(ranged(CONTENT, cut_after=1000, **old), ranged(NEW, **new)) as server:
        arrived = fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == NEW
    assert arrived.size == len(NEW)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_file_told_by_its_time_goes_on(tmp_path):
    file = {"tag": "", "last-modified": MONDAY}
    with Faulty(ranged(CONTENT, cut_after=1000, **file), ranged(CONTENT, **file)) as server:
        fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
        assert b"range: bytes=1000-" in server.requests[1].lower()
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT


@pytest.mark.parametrize("ranges", [None, "bytes 0-999/1000"])
def test_an_endless_file_ends_and_leaves_nothing(tmp_path, ranges):
    def endless(connection, _):
        head = f"206 X\r\ncontent-range: {ranges}" if ranges else "200 X"
        connection.sendall(f"HTTP/1.1 {head}\r\nconnection: close\r\n\r\n".encode())
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(bytes(65536))

    words = "did not arrive whole: more than the announced 1000 bytes" if ranges else "more than 1 MB"
    with Faulty(endless) as server, pytest.raises(DownloadError, match=words):
        Hurried(server.url).fetch(server.url + "/a.png", tmp_path / "a.png", most=1024**2)
    assert list(tmp_path.iterdir()) == []


def test_a_size_beyond_the_bound_leaves_nothing(tmp_path):
    begun(tmp_path / "a.mp4", CONTENT[:700])
    with Faulty(answer(CONTENT, length=10**12)) as server, pytest.raises(DownloadError, match="more than"):
        fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_server_without_ranges_begins_anew(tmp_path):
    begun(tmp_path / "a.mp4", b"something else")
    with Faulty(answer(CONTENT)) as server:
        fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (answer(b"", 403), FileNotReady, "no file at its address"),
        (answer(b"", 410), FileNotReady, "not yet, or no more"),
        (answer(b"", 401), DownloadError, "HTTP 401"),
        (answer(b"", 500), DownloadError, "HTTP 500"),
        (answer(b""), DownloadError, "an empty file"),
        (answer(CONTENT, length=10**12), DownloadError, "more than"),
        (ranged(CONTENT, cut_after=0), DownloadError, "did not arrive whole"),
    ],
)
def test_a_download_that_cannot_be(reply, kind, words, tmp_path):
    with Faulty(reply) as server, pytest.raises(kind, match=words):
        fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
    assert not (tmp_path / "a.mp4").exists()


def test_the_key_stays_with_the_configured_origin(tmp_path):
    with Faulty(answer(CONTENT)) as other, Faulty(answer(b"", 302, [("location", other.url + "/b.mp4")])) as server:
        fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
        fetch(Hurried(server.url), other.url + "/b.mp4", tmp_path / "b.mp4")
        assert KEY.encode() in server.requests[0]
        assert not any(KEY.encode() in request for request in other.requests)
        assert len(other.requests) == 2


def test_redirects_in_circles_end(tmp_path):
    with Faulty(answer(b"", 302, [("location", "/again")])) as server:
        with pytest.raises(DownloadError, match="circles"):
            fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
        assert len(server.requests) == 6


def test_more_than_was_announced_is_not_a_whole_file(tmp_path):
    longer = answer(CONTENT * 2, 206, [("content-range", f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}")])
    with Faulty(longer, answer(CONTENT)) as server:
        fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT


@pytest.mark.parametrize("where", ["http://127.0.0.1:99999999/a.mp4", "file:///etc/passwd", "mailto:a@b"])
def test_a_redirect_to_no_address_is_told(tmp_path, where):
    with Faulty(answer(b"", 302, [("location", where)])) as server:
        fake = Hurried(server.url)
        with pytest.raises(DownloadError, match=r"can be fetched|over http|Invalid URL"):
            fetch(fake, server.url + "/a.mp4", tmp_path / "a.mp4")


def test_an_endless_length_says_nothing(tmp_path):
    replies = answer(b"x", 206, [("content-range", f"bytes 0-0/{'9' * 5000}")]), answer(CONTENT)
    with Faulty(*replies) as server:
        assert fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4").size == 1


def test_a_full_disk_is_told(tmp_path):
    (tmp_path / "a.mp4.part").symlink_to("/dev/full")
    with Faulty(answer(CONTENT)) as server, pytest.raises(DownloadError, match=r"No space left.* Make room"):
        fetch(Hurried(server.url), server.url + "/a.mp4", tmp_path / "a.mp4")
    assert not (tmp_path / "a.mp4").exists()


def test_where_a_link_has_ended_the_service_itself_is_asked(tmp_path):
    with Faulty(answer(b"", 403), answer(CONTENT)) as server:
        fetch(Hurried(server.url), server.url + "/signed.mp4", tmp_path / "a.mp4")
        assert b"GET /v1/videos/video_1/content " in server.requests[1]
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT


def test_where_a_link_leads_to_a_host_that_is_away_the_service_itself_is_asked(tmp_path):
    begun(tmp_path / "a.mp4", b"the beginning of what the other host has")
    with Faulty(ranged(CONTENT, cut_after=5000), ranged(CONTENT)) as server:
        fetch(Hurried(server.url), "http://127.0.0.1:1/signed.mp4", tmp_path / "a.mp4")
        assert all(b"GET /v1/videos/video_1/content " in request for request in server.requests)
        assert [b"range: bytes=5000-" in request.lower() for request in server.requests] == [False, True]
    assert (tmp_path / "a.mp4").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_link_that_is_no_address_and_no_route_beside_it(tmp_path):
    sync_only = registry.get("custom").model_copy(update={"routes": Routes(videos=None)})
    fake = Hurried("http://127.0.0.1:1", sync_only)
    with pytest.raises(DownloadError, match="not an address"):
        fetch(fake, "http://[::1/a.mp4", tmp_path / "a.mp4")


# --- hosts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1/a.mp4", "private network"),
        ("http://localhost/a.mp4", "private network"),
        ("http://[::1]/a.mp4", "private network"),
        ("http://2130706433/a.mp4", "private network|not known"),
        ("file:///etc/passwd", "http and https only"),
        ("concat:a|b", "http and https only"),
        ("http://", "http and https only"),
    ],
)
def test_strangers_fetch_nothing_from_here(run, tmp_path, url, words):
    async def fetch():
        transport = Transport()
        try:
            await Downloader(transport).download(url, tmp_path / "a.mp4", attempts=1)
        finally:
            await transport.close()

    with pytest.raises(DownloadError, match=words):
        run(fetch)
    assert not list(tmp_path.glob("a.mp4*"))


# --- a gateway on the web, and the network of whoever runs the notebook -----------------------------------------------

HERE = "http://127.0.0.2:9"
"""An address inside our own network, as far as the tests go."""


@pytest.fixture
def on_the_web(monkeypatch):
    """The gateways of these tests, which listen on 127.0.0.1, are on the web; the rest of this machine is not."""
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")


def client_of(server):
    return Client(registry.settings("custom", base_url=server.url, api_key=KEY))


def test_a_gateway_on_the_web_gets_nothing_fetched_from_our_network(on_the_web, tmp_path):
    with Faulty(answer(b"a picture")) as server:
        client = client_of(server)
        with pytest.raises(DownloadError, match=r"'127\.0\.0\.2' is on a private network"):
            client.fetch(HERE + "/admin", tmp_path / "a.png", most=1000)
        client.fetch(server.url + "/a.png", tmp_path / "a.png", most=1000)
        client.close()
    assert (tmp_path / "a.png").read_bytes() == b"a picture"


def test_nor_by_a_redirect(on_the_web, tmp_path):
    with Faulty(answer(b"", 302, [("location", HERE + "/admin")])) as server:
        client = client_of(server)
        with pytest.raises(DownloadError, match="private network"):
            client.download(Video(id="video_1", url=server.url + "/a.mp4"), tmp_path / "a.mp4")
        client.close()
    assert not list(tmp_path.iterdir())


def test_a_video_behind_such_a_link_is_fetched_from_the_gateway_itself(on_the_web, tmp_path):
    with Faulty(answer(b"a video")) as server:
        client = client_of(server)
        client.download(Video(id="video_1", url=HERE + "/a.mp4"), tmp_path / "a.mp4")
        client.close()
    assert server.requests[0].startswith(b"GET /v1/videos/video_1/content ")


def test_an_address_that_the_user_gave_may_be_there(tmp_path):
    with Faulty(answer(b"a video")) as inside:
        client = Client(registry.settings("custom", base_url="https://93.184.216.34", api_key=KEY))
        with pytest.raises(DownloadError, match="private network"):
            client.fetch(inside.url, tmp_path / "a.mp4", most=1000)
        assert inside.requests == []
        client.fetch(inside.url, tmp_path / "a.mp4", most=1000, given=True)
        client.close()
    assert (tmp_path / "a.mp4").read_bytes() == b"a video"


def test_but_not_what_it_redirects_to(on_the_web, tmp_path):
    with Faulty(answer(b"", 302, [("location", HERE + "/admin")])) as server:
        client = client_of(server)
        with pytest.raises(DownloadError, match="private network"):
            client.fetch(server.url + "/a.mp4", tmp_path / "a.mp4", most=1000, given=True)
        client.close()


@pytest.fixture
def names(monkeypatch):
    """What names are known, and to which addresses they lead."""
    known = {"api.example.com": ["93.184.216.34"], "gateway.office": ["10.0.0.7"]}

    def lookup(host, port, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else host
        if name not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[name]]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return known


def connected(run, base_url, url, attempt=0):
    """Where a client of the gateway at base_url connects to for a file."""

    async def address():
        made = Transport(base_url)
        try:
            return (await Downloader(made).way(addresses.parse(url), attempt))[0]
        finally:
            await made.close()

    return run(address)


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(run, names):
    names["cdn.example.com"] = ["93.184.216.35", "93.184.216.36"]
    found = [connected(run, "https://api.example.com", "https://cdn.example.com/a?b=c", attempt) for attempt in (0, 1)]
    assert found == ["https://93.184.216.35:443/a?b=c", "https://93.184.216.36:443/a?b=c"]


def test_a_name_that_leads_here_as_well_is_not_connected_to(run, names):
    names["cdn.example.com"] = ["93.184.216.35", "192.168.0.1"]
    with pytest.raises(DownloadError, match="private network"):
        connected(run, "https://api.example.com", "https://cdn.example.com/a")


def test_a_gateway_inside_our_network_may_have_its_files_there(run, names):
    names["files.office"] = ["10.0.0.8"]
    assert connected(run, "http://gateway.office", "http://files.office/a") == "http://files.office/a"
    assert connected(run, "http://localhost:9", "http://192.168.0.9/a") == "http://192.168.0.9/a"


def test_behind_a_proxy_names_are_the_proxys_business(run, names, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.office:3128")
    base = "https://api.elsewhere.example"  # not known on this machine
    assert connected(run, base, "https://cdn.elsewhere.example/a") == "https://cdn.elsewhere.example/a"
    for host in ("127.0.0.1", "localhost", "[::1]", "169.254.169.254"):
        with pytest.raises(DownloadError, match="private network"):
            connected(run, base, f"https://{host}/a")


def fetched_by(run, base_url, url, target):
    async def fetch():
        transport = Transport(base_url)
        try:
            await Downloader(transport).download(url, target, attempts=1)
        finally:
            await transport.close()

    run(fetch)


@pytest.mark.parametrize("proxied", [False, True])
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127\u30020\u30020\u30021", "\uff11\uff12\uff17\uff0e0\uff0e0\uff0e1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1",
     "%31%32%37.0.0.1", "127.0.0.1.", "user@127.0.0.1", "[::ffff:127.0.0.1]", "[::1%25lo]", "localhost", "LocalHost.", "a.localhost",
     "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3", "0", "169.254.169.254", "10.0.0.1"],
)  # fmt: skip
def test_no_way_of_writing_it_leads_to_this_machine(run, names, monkeypatch, tmp_path, host, proxied):
    with Faulty(answer(b"through a proxy")) as proxy, Faulty(answer(b"inside")) as inside:
        if proxied:
            monkeypatch.setenv("http_proxy", proxy.url)
        with pytest.raises(DownloadError, match="private network"):
            fetched_by(
                run, "https://api.example.com", f"http://{host}:{inside.url.rpartition(':')[2]}/a", tmp_path / "a"
            )
        assert proxy.requests == inside.requests == []


def test_a_name_of_the_web_is_asked_of_a_real_proxy_and_loopback_is_not(run, names, monkeypatch, tmp_path):
    with Faulty(answer(b"through a proxy")) as proxy, Faulty(answer(b"inside")) as inside:
        monkeypatch.setenv("http_proxy", proxy.url)
        fetched_by(run, "https://api.example.com", "http://cdn\u3002elsewhere.example:81/a?b#c", tmp_path / "a")
        assert (tmp_path / "a").read_bytes() == b"through a proxy"
        assert proxy.requests[0].startswith(b"GET http://cdn.elsewhere.example:81/a?b HTTP/1.1\r\n")
        fetched_by(run, inside.url, inside.url + "/b", tmp_path / "b")
        assert (tmp_path / "b").read_bytes() == b"inside"
        assert len(proxy.requests) == 1

"""Which addresses may be fetched from for strangers."""

from __future__ import annotations

import socket

import pytest
from conftest import KEY
from faulty import Faulty, answer
from sora_nb.providers.client import Client

from sora_nb.errors import DownloadError
from sora_nb.models import Video
from sora_nb.providers import http, registry
from sora_nb.providers.http import Transport, is_public


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1",
     "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "fe80::1%eth0", "64:ff9b:1::7f00:1", "::127.0.0.1", "fec0::1"],
)  # fmt: skip
def test_special_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_ordinary_addresses_are_public(address):
    assert is_public(address)


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
            await transport.download(url, tmp_path / "a.mp4", attempts=1)
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
    monkeypatch.setattr(http, "is_public", lambda address: address == "127.0.0.1")


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
        made = Transport(registry.settings("custom", base_url=base_url, api_key=KEY))
        try:
            return (await made._address(url, attempt))[0]
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

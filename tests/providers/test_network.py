"""Proxies and certificates of the environment: loopback needs none of them, and bad ones are told by their name."""

from __future__ import annotations

import os
import ssl

import pytest
from faulty import Faulty, answer
from hurried import Hurried
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.errors import ConfigError, DownloadError, NotDelivered
from sora_nb.providers import network
from sora_nb.providers.addresses import parse
from sora_nb.providers.download import Downloader
from sora_nb.providers.http import Transport
from sora_nb.providers.network import Proxies
from sora_nb.studio import Studio

PROXY = "http://proxy.example:3128"
OUTSIDE = "https://api.example.com/v1/videos"
BAD = [
    ({"HTTPS_PROXY": "http://[pro:xy"}, "HTTPS_PROXY"),
    ({"HTTPS_PROXY": "http://proxy:port"}, "HTTPS_PROXY"),
    ({"HTTPS_PROXY": "http://proxy:99999"}, "HTTPS_PROXY"),
    ({"HTTPS_PROXY": "see the wiki"}, "HTTPS_PROXY"),
    ({"HTTPS_PROXY": "http://"}, "HTTPS_PROXY"),
    ({"https_proxy": "ftp://proxy.example:21"}, "https_proxy"),
    ({"HTTPS_PROXY": PROXY, "https_proxy": "socks4://proxy.example:1080"}, "https_proxy"),
    ({"ALL_PROXY": "socks5h://127.0.0.1:9"}, "ALL_PROXY"),
    ({"ALL_PROXY": "SOCKS5://127.0.0.1:9"}, "ALL_PROXY"),
    ({"HTTPS_PROXY": PROXY, "NO_PROXY": "localhost,fd07::/999"}, "NO_PROXY"),
    ({"HTTPS_PROXY": PROXY, "NO_PROXY": "[::1"}, "NO_PROXY"),
    ({"HTTPS_PROXY": PROXY, "no_proxy": "{example.com}"}, "no_proxy"),
    ({"SSL_CERT_FILE": "/nowhere/ca.pem"}, "SSL_CERT_FILE"),
    ({"SSL_CERT_FILE": __file__}, "SSL_CERT_FILE"),
    ({"SSL_CERT_DIR": "/nowhere"}, "SSL_CERT_DIR"),
]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Set variables of the environment, which has none of this kind before."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("SSL_CERT_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)  # nothing but the stated packages is installed

    def put(variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return put


def proxy(url=OUTSIDE):
    found = Proxies().of(parse(url))
    return found and found.url


@pytest.mark.parametrize(("variables", "name"), BAD)
def test_a_variable_that_cannot_be_used_is_told_by_its_name_before_a_row_is_written(
    environment, tmp_path, variables, name
):
    environment(variables)
    with Studio("laozhang", api_key="k", home=tmp_path, progress=False) as studio:
        with pytest.raises(ConfigError, match=name) as error:
            studio.submit("a fox", model="muse-video")
        assert "Nothing was sent" in str(error.value)
        assert name in error.value.hint or "Set it" in error.value.hint
        assert studio.costs().empty
    (problem,) = network.problems()
    assert name in problem


def test_a_server_on_loopback_needs_none_of_them(environment, monkeypatch):
    for variables, _ in BAD:
        environment(variables)
    monkeypatch.setattr(network.Proxies, "__init__", None)  # what is read would fail
    monkeypatch.setattr(network, "certificates", None)
    monkeypatch.setattr(ssl, "create_default_context", None)
    with Faulty(answer(b'{"id": "video_1", "status": "queued"}')) as server:
        for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
            client = Hurried(url)
            assert client.retrieve("video_1").id == "video_1"
            client.run(client.provider.close)


def test_a_file_elsewhere_tells_the_variable_and_that_it_is_paid_for(environment, run, tmp_path):
    environment({"HTTPS_PROXY": "http://[pro:xy"})

    async def fetch():
        transport = Transport("http://127.0.0.1:1")
        try:
            await Downloader(transport).download("https://93.184.216.34/a.mp4", tmp_path / "a.mp4")
        finally:
            await transport.close()

    with pytest.raises(DownloadError, match=r"HTTPS_PROXY is not .* paid for.* Set HTTPS_PROXY"):
        run(fetch)


def test_a_proxy_that_is_away_is_told_by_its_name(environment):
    environment({"HTTP_PROXY": "http://user:secret@127.0.0.1:1"})
    client = Hurried("http://api.example.com")
    with pytest.raises(NotDelivered, match=r"proxy of HTTP_PROXY.*the network and HTTP_PROXY") as error:
        client.retrieve("video_1")
    assert "secret" not in str(error.value)
    client.run(client.provider.close)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"HTTPS_PROXY": "  "}, None),
        ({"HTTPS_PROXY": "proxy.example:3128"}, PROXY),
        ({"HTTP_PROXY": PROXY}, None),
        ({"ALL_PROXY": PROXY}, PROXY),
        ({"ALL_PROXY": PROXY, "HTTPS_PROXY": "http://other.example:1"}, "http://other.example:1"),
        ({"HTTPS_PROXY": PROXY, "https_proxy": "http://small.example:1"}, "http://small.example:1"),
        ({"HTTPS_PROXY": "http://user:p%40ss@proxy.example:3128"}, "http://user:p%40ss@proxy.example:3128"),
        ({"ALL_PROXY": "socks5h://broken:port", "HTTPS_PROXY": PROXY}, PROXY),
    ],
)
def test_which_proxy_is_asked(environment, variables, expected):
    environment(variables)
    assert proxy() == expected


def test_a_socks_proxy_is_asked_where_its_package_is_there(environment, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: "found")
    environment({"ALL_PROXY": "socks5h://127.0.0.1:9"})
    assert proxy() == "socks5://127.0.0.1:9"


@pytest.mark.parametrize(
    ("entries", "url", "exempt"),
    [
        ("*", OUTSIDE, True),
        ("api.example.com", OUTSIDE, True),
        ("example.com", OUTSIDE, True),
        (".example.com", OUTSIDE, True),
        ("*.example.com", OUTSIDE, True),
        ("*.example.com", "https://example.com", True),
        ("ample.com", OUTSIDE, False),
        ("EXAMPLE.com.", OUTSIDE, True),
        ("b\u00fccher.example", "https://xn--bcher-kva.example/a", True),
        ("api.example.com:443", OUTSIDE, True),
        ("api.example.com:8443", OUTSIDE, False),
        ("https://api.example.com", OUTSIDE, True),
        ("http://api.example.com", OUTSIDE, False),
        ("other.example, ,,api.example.com", OUTSIDE, True),
        ("other.example api.example.com", OUTSIDE, True),
        ("10.0.0.0/8", "https://10.1.2.3/", True),
        ("10.0.0.0/8", "https://11.1.2.3/", False),
        ("10.1.2.3/8", "https://10.9.9.9/", True),
        ("10.1.2.3", "https://0xa.66051/", True),
        ("10.*", "https://10.9.9.9/", True),
        ("fd07:b51a:cc66:f0::/64", "https://[fd07:b51a:cc66:f0::7]/", True),
        ("fd07:b51a:cc66:f0::/64", "https://[fd07:b51a:cc66:f1::7]/", False),
        ("[fd07::7]", "https://[fd07::7]/", True),
        ("[fd07::]/16", "https://[fd07::7]/", True),
        ("[fd07::7]:443", "https://[fd07::7]/", True),
        ("[fd07::7]:80", "https://[fd07::7]/", False),
        ("fd07::7", "https://[FD07:0:0:0:0:0:0:7]/", True),
        ("localhost,127.0.0.1,::1,[::1],::1/128,fd07::/64", OUTSIDE, False),
    ],
)
def test_whom_no_proxy_exempts(environment, entries, url, exempt):
    environment({"HTTPS_PROXY": PROXY, "NO_PROXY": entries})
    assert proxy(url) == (None if exempt else PROXY)


ENTRIES = st.one_of(
    st.text(max_size=12),
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda ip: f"[{ip}]"),
    st.tuples(st.ip_addresses(), st.integers(0, 140)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
    st.from_regex(r"\A[a-z*.]{1,9}(:\d{1,6})?\Z"),
)


@given(st.lists(ENTRIES.filter(lambda text: "\0" not in text and text.isprintable()), max_size=4), st.ip_addresses())
def test_whatever_is_written_is_understood_or_told(entries, ip):
    where = f"http://[{ip}]/" if ip.version == 6 else f"http://{ip}/"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTP_PROXY", PROXY)
        patch.setenv("NO_PROXY", ",".join(entries))
        told = network.problems()
        if told:
            assert "NO_PROXY" in told[0]
        elif parse(where).is_loopback or str(ip) in entries or "*" in entries:
            assert proxy(where) is None
        else:
            assert proxy(where) in {None, PROXY}


def test_the_environment_of_the_system_is_told_in_one_line(environment):
    assert (str(Proxies()), network.problems()) == ("no proxy", [])
    environment({"HTTPS_PROXY": PROXY, "all_proxy": PROXY, "NO_PROXY": "fd07::/64"})
    assert (str(Proxies()), network.problems()) == ("proxies from HTTPS_PROXY, all_proxy", [])
    environment({"NO_PROXY": "a/b", "SSL_CERT_DIR": "/nowhere"})
    assert [text.split()[0] for text in network.problems()] == ["NO_PROXY", "SSL_CERT_DIR"]

"""Addresses: how one is read, which are public, and whose they are."""

from __future__ import annotations

import ipaddress
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.errors import InvalidInput
from sora_nb.providers.addresses import check_url, is_address, is_public, parse, same_origin


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


PRIVATE = [ipaddress.ip_network(net) for net in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                                 "169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/8")]  # fmt: skip
WIDE = str.maketrans("0123456789abcdefx", "０１２３４５６７８９ａｂｃｄｅｆｘ")
BASES = ["{}", "0{:o}", "000{:o}", "{:#x}", "0X{:X}", "0x00{:x}"]


@st.composite
def spelled(draw):
    """A private IPv4 address, and one of the many ways in which programs let it be written."""
    ip = draw(st.sampled_from(PRIVATE).flatmap(lambda network: st.ip_addresses(network=network)))
    fields = draw(st.integers(1, 4))
    numbers = [*ip.packed[: fields - 1], int.from_bytes(ip.packed[fields - 1 :], "big")]
    dots = st.sampled_from([".", ".", "。", "．", "｡"])
    host = ""
    for place, number in enumerate(numbers):
        host += (draw(dots) if place else "") + draw(st.sampled_from(BASES)).format(number)
    host += draw(st.sampled_from(["", "."]))
    if draw(st.booleans()):
        host = host.translate(WIDE)
    elif draw(st.booleans()):
        host = "".join(f"%{ord(char):02x}" if char.isascii() and draw(st.booleans()) else char for char in host)
    user = draw(st.sampled_from(["", "user@", "user:secret@", "example.com@", "a\\@", "%40@"]))
    end = draw(st.sampled_from(["", "/", ":8080/a.mp4", "/@example.com", "?x=@example.com", "#example.com"]))
    return ip, f"http://{user}{host}{end}"


@given(spelled())
def test_a_private_address_is_known_however_it_is_written(written):
    ip, url = written
    found = parse(url)
    assert found.ip == ip
    assert not is_public(str(found.ip))
    assert httpx.URL(found.url).host == str(ip)


@st.composite
def wrapped(draw):
    """A private IPv4 address inside an IPv6 address."""
    ip = draw(st.sampled_from(PRIVATE).flatmap(lambda network: st.ip_addresses(network=network)))
    high, low = f"{int(ip) >> 16:x}", f"{int(ip) & 0xFFFF:x}"
    form = draw(st.sampled_from(["::ffff:{ip}", "::FFFF:{high}:{low}", "0:0:0:0:0:ffff:{high}:{low}", "64:ff9b::{ip}",
                                 "2002:{high}:{low}::", "::{ip}"]))  # fmt: skip
    zone = draw(st.sampled_from(["", "%25eth0", "%lo"]))
    return f"http://[{form.format(ip=ip, high=high, low=low)}{zone}]/a"


@given(wrapped())
def test_a_private_address_is_known_inside_ipv6(url):
    found = parse(url)
    assert not is_public(str(found.ip))
    assert httpx.URL(found.url).host == found.host


@pytest.mark.parametrize(
    "url",
    ["http://localhost", "http://LOCALHOST./", "http://a.localhost/", "http://ｌｏｃａｌｈｏｓｔ/",
     "http://127.1", "http://[::1]", "http://[::1%25lo]/", "http://0/", "http://[::]/", "http://[::ffff:7f00:1]/", "http://user@2130706433/"],
)  # fmt: skip
def test_this_machine_is_known(url):
    assert parse(url).is_loopback


@pytest.mark.parametrize(
    "url",
    ["", "http://", "https:///a", "//h/a", "file:///etc/passwd", "ftp://h/", "http://[::1/", "http://[v1.a]/", "http://a b/",
     "http://a\tb/", "http://a\nb/", "http://a..b/", "http://.a/", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://1.2.3.08/",
     "http://a.1/", "http://1_0.0.0.1/", "http://-1.0.0.1/", "http://0x1g.1/", "http://a:b/", "http://a:99999/", "http://a%00b/",
     "http://a%2fb/", "http://a\u2100b/", "http://" + "a" * 64 + "/", "http://" + "a." * 130 + "a/", "http://xn--a/\x7f"],
)  # fmt: skip
def test_what_is_no_web_address(url):
    with pytest.raises(ValueError):  # whatever urllib and idna raise
        parse(url)
    assert not is_address(url)
    assert not same_origin(url, url)


PIECES = st.sampled_from(["http", "https", ":", "//", "/", "\\", "@", "user", "example.com", "。", ".", "#", "?", "%40", "%2e",
                          ":443", "[", "]", "::1", "%25", "127", "0x7f", "ü", "１", " ", "\t", "‍", "-", "_"])  # fmt: skip


@given(st.lists(PIECES, max_size=10).map(lambda pieces: "http://" + "".join(pieces)))
def test_the_transport_reads_the_normal_form_as_it_was_read_here(url):
    with suppress(ValueError):
        found = parse(url)
        to = httpx.URL(found.url)
        assert (to.scheme, to.raw_host.decode(), to.port or 80, to.userinfo) == (*found.origin, b"")
        assert parse(found.url) == found


def test_an_address_is_whose_it_is_however_it_is_written():
    assert same_origin("https://API.example.com:443/a", "https://api。example.com./b")
    assert same_origin("http://localhost:80", "http://LOCALHOST")
    assert not same_origin("https://api.example.com", "http://api.example.com")
    assert not same_origin("https://api.example.com", "https://api.example.com:444")


def test_a_video_is_not_given_with_a_password():
    assert check_url("https://example.com/a@b.mp4?c=@") == "https://example.com/a@b.mp4?c=@"
    with pytest.raises(InvalidInput, match="user name or a password") as error:
        check_url("https://user:secret@example.com/a.mp4")
    assert "secret" not in str(error.value)

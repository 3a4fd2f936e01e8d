"""Web addresses: how one is read, whose it is, and where it leads.

An address is brought into its normal form first, and the transport connects to that form alone: whoever checks a host
and whoever connects to it never read it differently.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import unquote, urlsplit

import anyio
import idna

from sora_nb.errors import InvalidInput

LONGEST_HOST = 253
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """A web address in its normal form.

    Attributes:
        scheme: "http" or "https".
        host: a name in ASCII and small letters, or an IP address; without brackets, zone and closing dot.
        port: the scheme's own where none is written.
        ip: the host as an IP address, or None where it is a name.
        rest: path and query.
    """

    scheme: str
    host: str
    port: int
    ip: IPv4Address | IPv6Address | None
    rest: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        return self.scheme, self.host, self.port

    @property
    def netloc(self) -> str:
        """Host and port as a Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as text, without user name, password and fragment."""
        return f"{self.scheme}://{self.netloc}{self.rest}"

    @property
    def is_loopback(self) -> bool:
        """Whether it leads to this machine, as far as its text tells."""
        if self.ip is None:
            return self.host == "localhost" or self.host.endswith(".localhost")
        inner = _unwrapped(self.ip)
        return inner.is_loopback or inner.is_unspecified

    def at(self, ip: str) -> str:
        """Return the address as text with an IP address in place of its host."""
        host = f"[{ip}]" if ":" in ip else ip
        return f"{self.scheme}://{host}:{self.port}{self.rest}"

    async def ips(self) -> list[str]:
        """Return the IP addresses it leads to; a name is looked up.

        Raises:
            OSError: the name is not known.
        """
        if self.ip is not None:
            return [str(self.ip)]
        if self.is_loopback:
            return ["127.0.0.1"]
        found = await anyio.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        return [str(entry[4][0]) for entry in found]


def parse(url: str) -> Address:
    """Read an http or https address as browsers do.

    Raises:
        ValueError: it is none, or its host or port is none that can be connected to.
    """
    if any(unicodedata.category(char) == "Cc" for char in url):
        raise ValueError("control characters")
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("no web address")
    if "[" in parts.netloc and ":" not in parts.hostname:
        raise ValueError("brackets around what is no IPv6 address")
    host, ip = normal_host(parts.hostname)
    rest = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return Address(parts.scheme, host, parts.port or _PORTS[parts.scheme], ip, rest)


def normal_host(written: str) -> tuple[str, IPv4Address | IPv6Address | None]:
    """Return a host's normal form, and its IP address where it is one.

    Args:
        written: as in an address, without brackets: percent signs, any script and its dots, numbers of any base.

    Raises:
        ValueError: no host is written like that.
    """
    if ":" in written:
        found = IPv6Address(written.partition("%")[0])
        return str(found), found
    name = unquote(written)
    if len(name) > LONGEST_HOST:
        raise ValueError("a host too long")
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode()
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("letters that no host has")
    if not _NUMBER.fullmatch(labels[-1]):
        return name, None
    ip = _ipv4(labels)
    return str(ip), ip


def _ipv4(labels: list[str]) -> IPv4Address:
    """Read one to four numbers, each decimal, octal (0...) or hexadecimal (0x...); the last one fills what is left."""
    if not all(_NUMBER.fullmatch(label) for label in labels):
        raise ValueError("an IP address with letters")
    *first, last = (int(label or "0", base) for label, base in map(_digits, labels))
    if len(labels) > 4 or any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        raise ValueError("numbers too large for an IP address")
    return IPv4Address(sum(number << 8 * (3 - place) for place, number in enumerate(first)) + last)


def _digits(label: str) -> tuple[str, int]:
    if label.startswith("0x"):
        return label[2:], 16
    return label, 8 if label.startswith("0") else 10


def is_address(url: str) -> bool:
    """Whether a text is an http or https address."""
    try:
        parse(url)
    except ValueError:
        return False
    return True


def same_origin(first: str, second: str) -> bool:
    """Whether two addresses have the same scheme, host and port; False where one of them cannot be read."""
    try:
        return parse(first).origin == parse(second).origin
    except ValueError:
        return False


def holds_password(url: str) -> bool:
    """Whether an address holds a user name or a password."""
    return "@" in re.split("[/?#]", url.partition("://")[2])[0]


def check_url(url: str) -> str:
    """Return an address that can be given as a video's source.

    Raises:
        InvalidInput: it is not http or https, or holds a password.
    """
    if holds_password(url):
        raise InvalidInput(
            "The address of the video holds a user name or a password, which would be sent to the service.",
            hint="Download the video and give the file.",
        )
    if not is_address(url):
        raise InvalidInput(f"{url[:100]!r} is not a web address of a video.", hint="It begins with https://.")
    return url


async def is_private(url: str) -> bool | None:
    """Whether an address leads into a private network or to this machine; None where its name is not known here.

    Behind a proxy that is so for names of the web.
    """
    try:
        found = await parse(url).ips()
    except (OSError, ValueError):
        return None
    return not any(is_public(ip) for ip in found)


def is_public(address: str) -> bool:
    """Whether an IP address is a public one, also when it is wrapped into IPv6 (mapped, NAT64, 6to4)."""
    found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if isinstance(found, IPv6Address) and found not in ipaddress.ip_network("2000::/3"):
        return False  # only this part of IPv6 is the internet; older Pythons call more of it global
    return found.is_global and not found.is_multicast


def _unwrapped(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address leads to, or the address itself."""
    if isinstance(found, IPv4Address):
        return found
    if found in ipaddress.ip_network("64:ff9b::/96"):
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found

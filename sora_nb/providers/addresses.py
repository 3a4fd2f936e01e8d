"""Addresses: what is a web address, whose it is, and which hosts may be fetched from."""

from __future__ import annotations

import ipaddress
import socket
import urllib.request
from urllib.parse import urlsplit

import anyio

from sora_nb.errors import InvalidInput


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address, default ports filled in.

    Raises:
        ValueError: brackets that hold no IPv6 address, or a port that is no number.
    """
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


def is_address(url: str) -> bool:
    """Whether a text is an http or https address."""
    try:
        scheme, host, _ = origin(url)
    except ValueError:
        return False
    return scheme in {"http", "https"} and bool(host)


def same_origin(first: str, second: str) -> bool:
    """Whether two addresses have the same scheme, host and port; False where one of them cannot be parsed."""
    try:
        return origin(first) == origin(second)
    except ValueError:
        return False


def check_url(url: str) -> str:
    """Return an address that can be given as a video's source.

    Raises:
        InvalidInput: it is not http or https.
    """
    if not is_address(url):
        raise InvalidInput(f"{url[:100]!r} is not a web address of a video.", hint="It begins with https://.")
    return url


def literal(host: str) -> list[str]:
    """Return the IP address that a host is written as, and none where it is a name that has to be looked up."""
    if host.rstrip(".").lower() == "localhost" or host.lower().endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return []


async def resolved(host: str, port: int) -> list[str]:
    """Look the IP addresses of a host up.

    Raises:
        OSError: the host is not known.
    """
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def is_private(url: str) -> bool | None:
    """Whether an address leads into a private network or to this machine; None where its name is not known here.

    Behind a proxy that is so for names of the web.
    """
    try:
        host = urlsplit(url).hostname or ""
        addresses = literal(host) or await resolved(host, 0)
    except (OSError, ValueError):
        return None
    return not any(is_public(address) for address in addresses)


def is_proxied(scheme: str, host: str) -> bool:
    """Whether the machine's settings send requests for this host through a proxy, which then looks up its name."""
    proxies = urllib.request.getproxies()
    return bool(proxies.get(scheme) or proxies.get("all")) and not urllib.request.proxy_bypass(host)


def is_public(address: str) -> bool:
    """Whether an IP address is a public one, also when it is wrapped into IPv6 (mapped, NAT64, 6to4)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
        elif found not in ipaddress.ip_network("2000::/3"):
            return False  # only this part of IPv6 is the internet; older Pythons call more of it global
    return found.is_global and not found.is_multicast

"""What the environment says about the network: its proxies, and the certificates it trusts.

Each variable that cannot be used is told by its name before anything is sent. Addresses of this machine's loopback are
never asked about here.
"""

from __future__ import annotations

import contextlib
import fnmatch
import importlib.util
import ipaddress
import os
import re
import ssl
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sora_nb.errors import ConfigError
from sora_nb.providers.addresses import normal_host

if TYPE_CHECKING:
    from sora_nb.providers.addresses import Address

_SOCKS = {"socks5", "socks5h"}
_WITH_STARS = re.compile(r"[a-z0-9_.-]*\*[a-z0-9_.*-]*")


@dataclass(frozen=True)
class Proxy:
    """A proxy, and the variable that names it.

    Attributes:
        variable: as it is written in the environment.
        url: its address, which may hold a password.
    """

    variable: str
    url: str = field(repr=False)

    @property
    def secure(self) -> bool:
        """Whether it is talked to over TLS."""
        return self.url.lower().startswith("https:")


class Proxies:
    """The proxies of the environment, or of the system where the environment names none; read once."""

    def __init__(self) -> None:
        self._found = {name: text.strip() for name, text in urllib.request.getproxies().items() if text.strip()}
        self._system = not urllib.request.getproxies_environment()

    def of(self, address: Address) -> Proxy | None:
        """Return the proxy that requests for an address go through, or None where they go straight to it.

        Raises:
            ConfigError: the variable that names the proxy, or NO_PROXY, cannot be used.
        """
        name = next((name for name in (address.scheme, "all") if name in self._found), None)
        if address.is_loopback or name is None or self._is_exempt(address):
            return None
        return self._proxy(name)

    def problems(self) -> list[str]:
        """Return what is wrong with any of the variables, whether or not it is needed."""
        found = []
        for name in ("http", "https", "all"):
            try:
                if name in self._found:
                    self._proxy(name)
            except ConfigError as error:
                found.append(f"{error.message} {error.hint}")
        try:
            if self._found.keys() & {"http", "https", "all"}:
                self._exemptions()
        except ConfigError as error:
            found.append(f"{error.message} {error.hint}")
        return found

    def __str__(self) -> str:
        named = [_variable(name) for name in ("http", "https", "all") if name in self._found]
        return f"proxies from {', '.join(named)}" if named else "no proxy"

    def _proxy(self, name: str) -> Proxy:
        variable, text = _variable(name), self._found[name]
        url = text if "://" in text else f"http://{text}"
        try:
            parts = urlsplit(url)
            usable = bool(normal_host(parts.hostname or "")[0]) and parts.port != 0 and not re.search(r"\s", url)
        except ValueError:
            usable = False
        if not usable or parts.scheme not in {"http", "https"} | _SOCKS:
            raise ConfigError(
                f"{variable} is not the address of a proxy.",
                hint=f"Set {variable} like http://proxy.example.com:3128, or remove it.",
            )
        if parts.scheme not in _SOCKS:
            return Proxy(variable, url)
        if importlib.util.find_spec("socksio") is None:
            raise ConfigError(
                f"{variable} names a SOCKS proxy, for which the package socksio is missing.",
                hint=f"Install it, pip install socksio, or set {variable} to an http:// proxy.",
            )
        return Proxy(variable, parts._replace(scheme="socks5").geturl())  # both have the proxy look names up

    def _is_exempt(self, address: Address) -> bool:
        if self._system:
            return bool(urllib.request.proxy_bypass(address.host))
        return any(_exempts(entry, address) for entry in self._exemptions())

    def _exemptions(self) -> list[_Exemption]:
        return [_exemption(text) for text in re.split(r"[\s,]+", self._found.get("no", "")) if text]


@dataclass(frozen=True)
class _Exemption:
    """One entry of NO_PROXY: a network, or a pattern of names; of one scheme and port, or of all."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None
    pattern: str
    scheme: str
    port: int | None


def _exemption(text: str) -> _Exemption:
    """Read an entry of NO_PROXY: a name, *.name, an IP address or network with or without brackets, and a port.

    Raises:
        ConfigError: it is none of these.
    """
    scheme, _, rest = text.lower().rpartition("://")
    bare = re.sub(r"^\[([^]]*)\](/\d+)?$", r"\1\2", rest)
    with contextlib.suppress(ValueError):
        return _Exemption(ipaddress.ip_network(bare, strict=False), "", scheme, None)
    try:
        return _named(scheme, rest)
    except ValueError as error:
        variable = _variable("no")
        raise ConfigError(
            f"{variable} has an entry that is no host and no network: {text[:60]!r}.",
            hint=f"Remove it from {variable}, or write it like example.com, 10.0.0.0/8 or fd00::/8.",
        ) from error


def _named(scheme: str, rest: str) -> _Exemption:
    parts = urlsplit(f"//{rest}")
    host, port = parts.hostname or "", parts.port
    if parts.netloc != rest:
        raise ValueError("more than a host")
    if _WITH_STARS.fullmatch(host):
        return _Exemption(None, host, scheme, port)
    name, ip = normal_host(host.removeprefix("."))
    return _Exemption(ipaddress.ip_network(ip) if ip else None, name, scheme, port)


def _exempts(entry: _Exemption, address: Address) -> bool:
    if entry.scheme not in {"", "all", address.scheme} or entry.port not in {None, address.port}:
        return False
    if entry.network is not None:
        return address.ip is not None and address.ip in entry.network
    if "*" in entry.pattern:
        plain = entry.pattern.removeprefix("*.")
        return fnmatch.fnmatchcase(address.host, entry.pattern) or address.host == plain
    return address.host == entry.pattern or address.host.endswith(f".{entry.pattern}")


def _variable(name: str) -> str:
    """Return the name of the variable that a setting is from; small letters win, as everywhere."""
    small = f"{name}_proxy"
    written = [variable for variable in os.environ if variable.lower() == small]
    if not written:
        return "the system's proxy setting"
    return small if small in written else written[0]


def certificates() -> ssl.SSLContext | None:
    """Return the certificates that SSL_CERT_FILE and SSL_CERT_DIR name, or None where neither is set.

    Raises:
        ConfigError: what they name is not there, or is not certificates.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if folder and not any(Path(part).is_dir() for part in folder.split(os.pathsep) if part):
        raise ConfigError(
            f"SSL_CERT_DIR names a folder that is not there: {folder!r}.",
            hint="Set it to a folder of certificates, or remove it.",
        )
    if not file and not folder:
        return None
    try:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    except OSError as error:
        raise ConfigError(
            f"SSL_CERT_FILE names a file that cannot be read as certificates: {file!r} ({error.strerror or error}).",
            hint="Set it to a file of certificates in PEM form, or remove it.",
        ) from error


def problems() -> list[str]:
    """Return what is wrong with the environment's proxies and certificates."""
    found = Proxies().problems()
    try:
        certificates()
    except ConfigError as error:
        found.append(f"{error.message} {error.hint}")
    return found

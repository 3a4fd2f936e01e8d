"""Check each request before the application sees it: its key, its host and origin, and the size of its body."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException

from sora_nb.errors import LedgerError
from sora_nb.providers.errors import error_body
from sora_nb.server import signed_links
from sora_nb.server.keys import hash_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sora_nb.server.keys import Keys

MAX_BODY = 512 * 1024**2
"""Largest body of a form, in bytes."""
MAX_JSON = 16 * 1024**2
"""Largest body of JSON, in bytes."""
OPEN_PATHS = ("/healthz", "/readyz", "/docs", "/openapi.json", signed_links.PATH)
"""Paths that need no key; links to files are signed instead."""


class AccessMiddleware:
    """ASGI middleware that refuses requests without the key, from other hosts, or with too large a body.

    Args:
        app: the application.
        api_key: the bearer key asked for; "" asks for none, as long as nobody has one.
        keys: the keys of persons, where there can be any; requests with one have `state.person`.
        wide: whether hosts other than this machine's loopback may be named in requests.
        most_json: largest body that is no form, in bytes; MAX_JSON by default.
    """

    def __init__(
        self, app: ASGIApp, *, api_key: str, keys: Keys | None = None, wide: bool, most_json: int | None = None
    ) -> None:
        self._app = app
        self._key = api_key
        self._keys = keys
        self._wide = wide
        self._most_json = most_json

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        try:
            is_open = scope["path"].startswith(OPEN_PATHS)
            needs_key = bool(self._key or ((origins or not is_open) and await self._persons()))
            refusal = self._refused_page(scope["scheme"], headers.get("host", ""), origins, needs_key=needs_key)
            if needs_key and refusal is None and not is_open:
                refusal = await self._refused_key(headers.get("authorization", ""), scope)
        except LedgerError:
            refusal = 503, error_body("The database of this server does not answer.", code="unavailable")
        refusal = refusal or self._refused_body(headers)
        if refusal is not None:
            await _send_json(send, *refusal)
            return
        await self._app(scope, _limit_body(receive, self._body_limit(headers)), send)

    async def _persons(self, *, anew: bool = False) -> Mapping[str, str]:
        """Return who has a key, by their hashes."""
        if self._keys is None:
            return {}
        known = None if anew else self._keys.known()
        return await asyncio.to_thread(self._keys.read) if known is None else known

    def _refused_page(
        self, scheme: str, host: str, origins: list[str], *, needs_key: bool
    ) -> tuple[int, dict[str, Any]] | None:
        # a page on the web can make a browser send requests here: a foreign name in Host is DNS rebinding, another
        # Origin is somebody else's page. One of this machine may belong to anybody who can run a program here, so that
        # it needs the key
        if not self._wide and not _is_loopback(_hostname(f"//{host}")):
            return 403, error_body(
                "This server answers on this machine's loopback address only.", code="forbidden_host"
            )
        if not origins or origins == [f"{scheme}://{host}"]:
            return None
        if len(origins) > 1 or not (self._wide or _is_loopback(_hostname(origins[0]))):
            return 403, error_body("Pages of other hosts may not use this server.", code="forbidden_origin")
        if not needs_key:
            message = "Pages of other ports may use this server only with a key: start it with --api-key."
            return 403, error_body(message, code="forbidden_origin")
        return None

    async def _refused_key(self, authorization: str, scope: Scope) -> tuple[int, dict[str, Any]] | None:
        scheme, _, given = authorization.partition(" ")
        key = given.strip()
        if scheme.lower() != "bearer" or not key:
            message = "No API key was given; it is sent as `Authorization: Bearer KEY`."
            return 401, error_body(message, code="missing_api_key")
        if self._key and hmac.compare_digest(key.encode(), self._key.encode()):
            return None
        digest = hash_of(key)
        person = (await self._persons()).get(digest) or (await self._persons(anew=True)).get(digest)  # it may be new
        if person is None:
            return 401, error_body("The API key is not the one of this server.", code="invalid_api_key")
        scope.setdefault("state", {})["person"] = person
        return None

    def _refused_body(self, headers: dict[str, str]) -> tuple[int, dict[str, Any]] | None:
        length = headers.get("content-length", "0")
        most = self._body_limit(headers)
        if not length.isdecimal() or len(length) > len(str(most)) or int(length) > most:
            return 413, _too_large(most)
        return None

    def _body_limit(self, headers: dict[str, str]) -> int:
        return MAX_BODY if "multipart" in headers.get("content-type", "") else self._most_json or MAX_JSON


def _too_large(most: int) -> dict[str, Any]:
    return error_body(f"Bodies of up to {most // 1024**2} MB are taken.", code="body_too_large")


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:  # brackets that hold no IPv6 address
        return None


def _is_loopback(host: str | None) -> bool:
    if host in {"localhost", None}:
        return host is not None
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _limit_body(receive: Receive, most: int) -> Receive:
    """Refuse a body that grows past the limit without having said so in its head."""
    size = 0

    async def receive_limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(413, _too_large(most)["error"]["message"])
        return message

    return receive_limited


async def _send_json(send: Send, status: int, body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})

"""Two requests for the same thing, and where they differ."""

from __future__ import annotations

import email
import email.policy

IGNORED = {
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "content-length",
    "host",
    "sec-fetch-mode",
    "transfer-encoding",
    "user-agent",
    "x-client-request-id",
    "x-goog-api-client",
}
"""Headers that say how a client speaks, and nothing about what it wants."""
TELEMETRY = "x-stainless-"


def differences(ours, theirs):
    """Return where two requests differ: what each has there, None where it has nothing.

    Bodies are compared as what they say: nulls do not count, nor does the order of names.
    """
    ours, theirs = _flat(ours), _flat(theirs)
    return {
        name: (ours.get(name), theirs.get(name))
        for name in ours.keys() | theirs.keys()
        if ours.get(name) != theirs.get(name)
    }


def body(taken):
    """Return the body of a request as an object; files of a form as their media type and bytes."""
    kind = taken.headers.get("content-type", "")
    return _form(kind, taken.body) if kind.startswith("multipart/") else taken.json()


def _flat(taken):
    headers = {
        f"header {name}": value.partition(";")[0]
        for name, value in taken.headers.items()
        if name not in IGNORED and not name.startswith(TELEMETRY)
    }
    return {"method": taken.method, "path": taken.path, **headers, **_parts(body(taken), "")}


def _parts(value, path):
    """Return the leaves of a body by where they are."""
    if isinstance(value, dict):
        inner = ((f"{path}.{name}" if path else name, part) for name, part in value.items())
    elif isinstance(value, list):
        inner = ((f"{path}[{place}]", part) for place, part in enumerate(value))
    else:
        return {} if value is None else {path: value}
    return {name: leaf for where, part in inner for name, leaf in _parts(part, where).items()}


def _form(kind, data):
    message = email.message_from_bytes(f"content-type: {kind}\r\n\r\n".encode() + data, policy=email.policy.HTTP)
    found = {}
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        file = part.get_filename()
        value = content.decode() if file is None else (part.get_content_type(), content)
        found.setdefault(part.get_param("name", header="content-disposition"), []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}

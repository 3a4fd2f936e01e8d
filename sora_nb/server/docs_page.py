"""Write the page of /docs: the routes and what they do, on a page that loads nothing."""

from __future__ import annotations

from html import escape
from typing import Any

HEADERS = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color-scheme: light dark }
td { padding: .3rem 1rem .3rem 0; vertical-align: top } code { white-space: nowrap }
"""


def page(document: dict[str, Any]) -> str:
    """Return the page for an OpenAPI document."""
    rows = "".join(
        f"<tr><td><code>{escape(method.upper())}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(operation.get('description', ''))}</td></tr>"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    )
    title = escape(document["info"]["title"])
    key = ""
    if document.get("components", {}).get("securitySchemes"):
        key = "<p>Requests carry the key of this server: <code>Authorization: Bearer KEY</code>.</p>"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title}</h1>{key}<table>{rows}</table>"
        '<p>Fields and answers are described in <a href="/openapi.json">/openapi.json</a>, which any OpenAPI viewer reads.'
        "</p></html>"
    )

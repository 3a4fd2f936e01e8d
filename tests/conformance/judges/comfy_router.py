"""Run with Comfy's SDK alone, an order on the input: python comfy_router.py URL KEY. Ends with one line of JSON."""

from __future__ import annotations

import os
from importlib.metadata import version

from reading import order, report, sent

url, key, wanted = order()
os.environ.update(COMFY_BASE_URL=url, COMFY_ROUTER_BASE_URL=url)
from comfy_sdk import Comfy  # noqa: E402
from comfy_sdk.retry import NO_RETRY  # noqa: E402
from comfy_sdk.router_exceptions import ROUTER_ERROR_TYPES, RouterError  # noqa: E402


def address(result):
    """Return the first `url` in what a partner answers; each has another place for it."""
    if isinstance(result, dict) and "url" in result:
        return result["url"]
    parts = result.values() if isinstance(result, dict) else result if isinstance(result, list) else ()
    return next((found for found in map(address, parts) if found), None)


with Comfy(api_key=key, retry=NO_RETRY) as sdk:
    # the Router hands the partner's own body on, so that there is none of the SDK's
    given = {"model": wanted["model"], "arguments": wanted["ours"], "idempotency_key": wanted["key"]}
    handle = sent(lambda: sdk.models.submit(**given))
    again = sdk.models.submit(**given)
    seen = {update.status for update in handle.iter_events(timeout=60)}
    if wanted["stop"]:
        handle.cancel()
    try:
        result, error = handle.get(timeout=60), None
    except RouterError as failed:
        result, error = None, failed.error_type
report(
    version=version("comfy-sdk"),
    id=handle.request_id,
    again=again.request_id,
    seen=sorted(seen),
    status=error or "COMPLETED",
    url=address(result),
    error=error,
    errors=sorted(ROUTER_ERROR_TYPES),
)

"""Calls of the local server that several tests make."""

from __future__ import annotations

import time


def ended(http, task):
    """A task once it has ended."""
    while task["status"] not in {"completed", "failed"}:
        time.sleep(0.05)
        task = http.get(f"/v1/videos/{task['id']}").json()
    return task


def finished(http, **fields):
    """A small video that is done."""
    asked = {"prompt": "a corgi", "seconds": "2", "size": "320x180", **fields}
    return ended(http, http.post("/v1/videos", json=asked).json())


def usage(http):
    """What was accepted and finished."""
    return http.get("/v1/usage").json()

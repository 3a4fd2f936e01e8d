"""A service of its own kind, in one file: own headers, own paths, own words, own place for everything in an answer."""

from __future__ import annotations

import json
from typing import ClassVar
from urllib.parse import quote

from sora_nb.errors import InvalidInput
from sora_nb.models import Status
from sora_nb.providers.dialect import Dialect
from sora_nb.providers.wire import Request


class Toy(Dialect):
    """POST /toy/cakes, and what belongs to it."""

    idempotency_header = "X-Toy-Once"
    status_words: ClassVar = {
        Status.QUEUED: "waiting",
        Status.IN_PROGRESS: "baking",
        Status.COMPLETED: "served",
        Status.FAILED: "burnt",
    }

    def authorise(self, key):
        return {"x-toy-key": key}

    def create(self, order, key):
        if order.kind != "video" or order.route != "async" or order.image is not None:
            raise InvalidInput("The toy makes videos from text only.")
        recipe = {"text": order.prompt, "kind": order.model, "pixels": order.size, "length": order.seconds}
        return Request("POST", "/toy/cakes", json=recipe, idempotency_key=key)

    def task(self, ident):
        return Request("GET", f"/toy/cakes/{quote(ident)}")

    def listing(self, kind, limit=100, after=None):
        begin = {"older_than": after} if after else {}
        return Request("GET", "/toy/cakes", query={"most": str(limit), **begin}) if kind == "video" else None

    def cancel(self, ident):
        return Request("POST", f"/toy/cakes/{quote(ident)}/stop")

    def entries(self, data):
        return super().entries(data["cakes"])

    def entry(self, data):
        cake = data.get("cake", data)
        return {
            "id": cake["number"],
            "status": cake["phase"],
            "progress": cake["done"],
            "error": cake.get("why"),
            **cake,
        }

    def key(self, entry):
        return entry["once"]

    def link(self, entry):
        return entry["plate"]["at"] if "plate" in entry else ""

    def envelope(self, body):
        oops = json.loads(body)["oops"]
        return oops["say"], oops["sort"], oops["ticket"]

"""A page that widgets talk to without a kernel: their comm messages are kept, and answered as a front end would."""

from __future__ import annotations

import os
from collections import deque

from comm.base_comm import BaseComm


class Wire:
    """Everything widgets sent, newest last: (model id, message type, data, buffers)."""

    def __init__(self):
        self.sent = deque()

    def state(self, widget):
        """The state a page was opened with."""
        for model, kind, data, _ in self.sent:
            if model == widget.model_id and kind == "comm_open":
                return data["state"]
        raise LookupError(f"{widget!r} was never opened")

    def customs(self, widget):
        """The custom messages to the page, with their buffers."""
        return [
            (data["content"], buffers)
            for model, kind, data, buffers in self.sent
            if model == widget.model_id and kind == "comm_msg" and data.get("method") == "custom"
        ]


def install(monkeypatch):
    """Have every widget made from now on talk to a new Wire, and return it."""
    wire = Wire()

    class Comm(BaseComm):
        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
            wire.sent.append((self.comm_id, msg_type, data or {}, [bytes(buffer) for buffer in buffers or []]))

    monkeypatch.setattr("comm.create_comm", Comm)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", os.devnull)  # no server of whoever runs the tests
    return wire


def update(widget, **state):
    """Set traits as a page does."""
    widget._handle_msg({"content": {"data": {"method": "update", "state": state, "buffer_paths": []}}, "buffers": []})


def custom(widget, content, buffers=()):
    """Send a custom message as a page does."""
    data = {"method": "custom", "content": content}
    widget._handle_msg({"content": {"data": data}, "buffers": [memoryview(buffer) for buffer in buffers]})

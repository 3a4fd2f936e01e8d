"""A real kernel without a front end: cells are run, and widgets are spoken to in the messages a front end sends."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass, field

import lab
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager


@dataclass
class Seen:
    """What a cell did: what it printed, what it showed and said about that, and the messages widgets sent to the page."""

    text: str = ""
    shown: list = field(default_factory=list)
    about: list = field(default_factory=list)
    comms: list = field(default_factory=list)


class Kernel:
    """A running kernel; run() runs cells, update() and custom() are what a page sends to a widget."""

    def __init__(self, client):
        self._client = client
        self.models = {}  # the state of every widget, as a page would know it, by model id

    def run(self, code, seconds=60):
        """Run a cell to its end and return what was seen meanwhile."""
        request = self._client.execute(code)
        seen = self._collect(request, seconds)
        # ipykernel before 7.4 can miss what arrives while it sends this reply (ipykernel issue 1554)
        while self._client.get_shell_msg(timeout=seconds)["parent_header"].get("msg_id") != request:
            pass
        return seen

    def value(self, expression):
        """Return the value of an expression, as JSON has it."""
        return json.loads(self.run(f"import json; print(json.dumps({expression}, default=repr))").text)

    def update(self, model, **state):
        """Set traits as a page does, and return the messages that answer it."""
        return self._tell(model, {"method": "update", "state": state, "buffer_paths": []})

    def custom(self, model, content, buffers=()):
        """Send a widget's own message as a page does, and return the messages that answer it."""
        return self._tell(model, {"method": "custom", "content": content}, buffers)

    def wait(self, fits, seconds=60):
        """Wait for a message to the page that fits: a function of its data and buffers."""
        deadline = time.monotonic() + seconds
        while True:
            message = self._client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
            if message["msg_type"].startswith("comm_"):
                data = self._note(message)
                if fits(data, message["buffers"]):
                    return data

    def _tell(self, model, data, buffers=()):
        content = {"comm_id": model, "data": data}
        message = self._client.session.msg("comm_msg", content)
        self._client.session.send(self._client.shell_channel.socket, message, buffers=list(buffers))
        return self._collect(message["header"]["msg_id"], 60)

    def _collect(self, request, seconds):
        seen = Seen()
        deadline = time.monotonic() + seconds
        while True:
            message = self._client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
            kind, content = message["msg_type"], message["content"]
            mine = message["parent_header"].get("msg_id") == request
            if kind == "stream" and mine:
                seen.text += content["text"]
            elif kind == "error":
                raise AssertionError("\n".join(content["traceback"]))
            elif kind in {"display_data", "execute_result"}:
                seen.shown.append(content["data"])
                seen.about.append(content["metadata"])
            elif kind.startswith("comm_"):
                seen.comms.append((content["comm_id"], self._note(message), message["buffers"]))
            elif kind == "status" and content["execution_state"] == "idle" and mine:
                return seen

    def _note(self, message):
        content = message["content"]
        data = content.get("data", {})
        if message["msg_type"] == "comm_open" or data.get("method") == "update":
            self.models.setdefault(content["comm_id"], {}).update(data.get("state", {}))
        return data


@contextlib.contextmanager
def start(python, private):
    """Run a kernel of an interpreter; its files go to `private`, an empty folder."""
    spec = private / "kernels" / "tested"
    spec.mkdir(parents=True)
    command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "tested", "language": "python"}))
    manager = KernelManager(
        kernel_name="tested",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(spec.parent)], ensure_native_kernel=False),
        connection_file=str(private / "connection.json"),
    )
    with (private / "log").open("wb") as log:
        manager.start_kernel(env=lab.environment(private), cwd=str(private), stdout=log, stderr=log)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=90)
            yield Kernel(client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            manager.cleanup_resources()
            manager.context.destroy()

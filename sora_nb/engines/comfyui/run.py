"""One workflow on its way through ComfyUI: queued, watched, lost and found again, stopped."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from websockets.exceptions import WebSocketException

from sora_nb.display import plain
from sora_nb.engines.comfyui.server import FREE
from sora_nb.engines.comfyui.workflow import called, title
from sora_nb.errors import Cancelled, GenerationFailed, NotDelivered, SoraError, UpstreamError

if TYPE_CHECKING:
    from sora_nb.engines.base import Control
    from sora_nb.engines.comfyui.server import Connection, Server
    from sora_nb.engines.comfyui.workflow import Graph

TICK = 0.2
"""Seconds between two looks whether the film is still wanted."""
QUIET = 5.0
"""After so many seconds without a message ComfyUI is asked where the workflow is."""
AWAY = 300.0
"""How long ComfyUI may not answer: it is restarted, and loads its nodes."""
_LOST = (OSError, TimeoutError, WebSocketException)
_AWAY = (NotDelivered, UpstreamError)
_ENDS = {"execution_success", "execution_error", "execution_interrupted"}


class Progress:
    """How far a workflow is, told from ComfyUI's messages.

    A node counts as one part of the work, and one with steps as one part more for each of them.

    Args:
        graph: the workflow.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._weights = {node: 1 + _steps(each["inputs"]) for node, each in graph.items()}
        self.begin()

    def begin(self) -> None:
        """Count from the beginning."""
        self.stage = "waiting in ComfyUI's queue"
        self._parts: dict[str, float] = {}
        self._now = ""

    @property
    def fraction(self) -> float:
        """0 to 1."""
        done = sum(self._weights[node] * part for node, part in self._parts.items())
        return done / sum(self._weights.values())

    def take(self, kind: str, data: dict[str, Any]) -> None:
        """Take a message about the workflow."""
        node = str(data.get("node"))
        if kind == "execution_cached":
            self._parts |= {str(each): 1.0 for each in data.get("nodes") or () if str(each) in self._graph}
        elif kind == "executing":
            self._finish()
            self._now = node if node in self._graph else ""
            self.stage = self._named(self._now) or self.stage
        elif kind == "progress" and node in self._graph:
            value, most = (_number(data.get(name)) for name in ("value", "max"))
            if most > 0:
                self._parts[node] = max(self._parts.get(node, 0.0), min(1.0, max(0.0, value / most)))
                self.stage = f"{self._named(node)}: step {value:g} of {most:g}"

    def _finish(self) -> None:
        if self._now:
            self._parts[self._now] = 1.0

    def _named(self, node: str) -> str:
        if not node:
            return ""
        name = title(self._graph, node)
        shown = self._graph[node]["class_type"] if not name or name.lower().startswith("sora") else name
        return plain(shown, 60)


class Run:
    """One workflow that is being run.

    Args:
        server: where.
        graph: the workflow, filled.
        control: told the progress; it says when the film is not wanted any more.

    Attributes:
        warnings: what happened on the way, in sentences.
    """

    def __init__(self, server: Server, graph: Graph, control: Control) -> None:
        self._server = server
        self._graph = graph
        self._control = control
        self._progress = Progress(graph)
        self._client = uuid4().hex
        self._ident = ""
        self._answered = time.monotonic()
        self.warnings: list[str] = []

    async def made(self) -> dict[str, Any]:
        """Run the workflow, and return what ComfyUI's history has of it.

        Raises:
            GenerationFailed: it was refused, failed or was interrupted, or ComfyUI answers no more.
            NotDelivered: no ComfyUI answers.
            Cancelled: the film is not wanted any more; ComfyUI was told.
        """
        try:
            await self._queue()
            while True:
                entry = await self._listened()
                if entry is not None:
                    return self._checked(entry)
        except Cancelled:
            await self._stop()
            raise

    async def _queue(self) -> None:
        """Queue the workflow; the messages about it are for the connection of this client, now or later."""
        self._ident = await self._server.queue(self._graph, self._client)
        self._progress.begin()

    async def _listened(self) -> dict[str, Any] | None:
        """Listen until the connection is lost or the workflow has ended; return its history then."""
        try:
            async with self._server.listen(self._client) as connection:
                return await self._listen(connection)
        except _LOST:
            self._step()
            await asyncio.sleep(TICK)
            return await self._looked_for()

    async def _listen(self, connection: Connection) -> dict[str, Any] | None:
        heard = float("-inf")  # it may have ended before anybody listened
        while True:
            self._step()
            if time.monotonic() - heard > QUIET:
                heard = time.monotonic()
                entry = await self._looked_for()
                if entry is not None:
                    return entry
            try:
                async with asyncio.timeout(TICK):
                    message = await connection.recv()
            except TimeoutError:
                continue
            kind, data = _read(message)
            if data.get("prompt_id") != self._ident:
                continue
            heard = time.monotonic()
            self._progress.take(kind, data)
            if kind in _ENDS or (kind == "executing" and data.get("node") is None):
                heard = float("-inf")

    async def _looked_for(self) -> dict[str, Any] | None:
        """Ask where the workflow is, and return its history where it has ended.

        One that a ComfyUI which was restarted knows nothing of is queued again, once: it costs nothing.
        """
        try:
            found = await self._server.entry(self._ident)
            if found is None and not await self._server.place(self._ident):
                found = await self._server.entry(self._ident)  # it may have ended between the two questions
                if found is None:
                    await self._again()
        except _AWAY as error:
            if time.monotonic() - self._answered > AWAY:
                raise GenerationFailed(
                    f"ComfyUI at {self._server.base_url} has not answered for {AWAY / 60:g} minutes.",
                    money=FREE,
                    hint="Start it again, and ask for the film once more.",
                ) from error
            self._progress.stage = "waiting for ComfyUI to answer"
            return None
        self._answered = time.monotonic()
        return found

    async def _again(self) -> None:
        if self.warnings:
            raise GenerationFailed(
                "ComfyUI was restarted twice while it made the film.",
                money=FREE,
                hint="See in its own log why it ends; too little memory is the usual reason.",
            )
        await self._queue()
        self.warnings.append("ComfyUI was restarted while it made the film, which was then begun anew.")

    async def _stop(self) -> None:
        if self._ident:
            try:
                await self._server.stop(self._ident)
            except SoraError:  # gone, and the film with it
                return

    def _step(self) -> None:
        self._control.step(self._progress.fraction, self._progress.stage)

    def _checked(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Return a history that is a good end.

        Raises:
            GenerationFailed: it is another.
        """
        status = entry.get("status")
        told = status if isinstance(status, dict) else {}
        for message in told.get("messages") or ():
            kind, data = message if isinstance(message, list) and len(message) == 2 else ("", {})
            if kind == "execution_error" and isinstance(data, dict):
                raise self._failed(data)
            if kind == "execution_interrupted":
                raise GenerationFailed("The film was interrupted in ComfyUI.", money=FREE, hint="Ask for it once more.")
        if told.get("status_str") == "error":
            raise self._failed({})
        return entry

    def _failed(self, data: dict[str, Any]) -> GenerationFailed:
        where = called(self._graph, str(data["node_id"])) if data.get("node_id") else "a node"
        said = plain(str(data.get("exception_message") or "it does not say why"), 300).strip().rstrip(".")
        lacking = "OutOfMemory" in str(data.get("exception_type")) or "out of memory" in said.lower()
        return GenerationFailed(
            f"ComfyUI failed at {where}: {said}.",
            money=FREE,
            hint="Ask for a smaller size or fewer seconds." if lacking else "See ComfyUI's own log.",
        )


def _read(message: str | bytes) -> tuple[str, dict[str, Any]]:
    """Return a message's type and data; pictures of what is being made are of no type."""
    try:
        told = json.loads(message) if isinstance(message, str) else None
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("data"), dict):
        return "", {}
    return str(told.get("type")), told["data"]


def _steps(inputs: dict[str, Any]) -> int:
    told = inputs.get("steps")
    return max(0, told) if type(told) is int else 0


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0

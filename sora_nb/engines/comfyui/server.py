"""ComfyUI's routes: pictures go there, a workflow is queued, looked for and stopped, and what it made is fetched.

As the routes and messages are documented in docs.comfy.org/development/comfyui-server (read 2026-11-26). ComfyUI asks for
no key, so it is spoken to at the address that was given and nowhere else: no redirect is followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlencode

from websockets.asyncio.client import ClientConnection, connect

from sora_nb.display import plain
from sora_nb.engines.comfyui.workflow import called
from sora_nb.errors import DownloadError, GenerationFailed, InvalidInput, UpstreamError
from sora_nb.providers.addresses import parse
from sora_nb.providers.http import Transport
from sora_nb.providers.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sora_nb.engines.comfyui.workflow import Graph

SECONDS = 30.0
"""Longest wait for an answer."""
MOST_FILM = 4 * 1024**3
MOST_MESSAGE = 64 * 1024**2
"""Bytes of a message: previews come among them."""
FOLDER = "sora_nb"
"""Folder among ComfyUI's own input files where pictures are put."""
FREE = "ComfyUI charges nothing."


class _Direct(connect):
    """A connection to the address that was given: a redirect is a refusal."""

    def process_redirect(self, exc: Exception) -> Exception:
        """Return the answer that it is."""
        return exc


class Server:
    """A ComfyUI, for as long as one event loop runs.

    Args:
        base_url: its address.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._transport = Transport(base_url)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def _ask(self, request: Request) -> Any:
        """Send a request, and return the answer's JSON, None where it has no body.

        Raises:
            NotDelivered, UpstreamError: it does not answer now.
            GenerationFailed: it says no.
        """
        answer = await self._transport.send(request, SECONDS)
        if answer.status >= 500:
            raise UpstreamError(f"ComfyUI at {self.base_url} answered with status {answer.status}.", money=FREE)
        if answer.status >= 300:
            said = plain(answer.body.decode("utf-8", "replace"), 200)
            raise GenerationFailed(
                f"ComfyUI at {self.base_url} answered {request.method} {request.path} with status {answer.status}: {said}",
                money=FREE,
                hint="Give the address of ComfyUI itself; redirects are not followed." if answer.status < 400 else "",
            )
        try:
            return answer.json() if answer.body.strip() else None
        except ValueError as error:
            raise GenerationFailed(
                f"What answers at {self.base_url} is no ComfyUI.", money=FREE, hint="Check the address."
            ) from error

    async def node(self, kind: str) -> dict[str, Any] | None:
        """Return what it says of a class of nodes; None where it has none of this name."""
        told = await self._ask(Request("GET", f"/object_info/{quote(kind, safe='')}"))
        found = told.get(kind) if isinstance(told, dict) else None
        return found if isinstance(found, dict) else None

    async def upload(self, path: Path) -> str:
        """Hand a picture over, and return what workflows call it. One that is there already is written over: it is the same."""
        form = {"type": "input", "subfolder": FOLDER, "overwrite": "true"}
        told = await self._ask(Request("POST", "/upload/image", form=form, files={"image": path}))
        if not isinstance(told, dict) or not told.get("name"):
            raise GenerationFailed("ComfyUI did not say what it calls a picture that was handed over.", money=FREE)
        return "/".join(filter(None, [str(told.get("subfolder") or ""), str(told["name"])]))

    async def queue(self, graph: Graph, client: str) -> str:
        """Queue a workflow.

        Args:
            graph: the workflow, filled.
            client: whose connection gets the messages about it.

        Returns:
            Its id.

        Raises:
            GenerationFailed: it refuses the workflow; with what it says of each node.
        """
        body = {"prompt": graph, "client_id": client}
        answer = await self._transport.send(Request("POST", "/prompt", json=body), SECONDS)
        try:
            told = answer.json()
        except ValueError:
            told = {}
        ident = told.get("prompt_id") if isinstance(told, dict) else None
        if answer.status == 200 and ident:
            return str(ident)
        if answer.status >= 500:
            raise UpstreamError(f"ComfyUI at {self.base_url} answered with status {answer.status}.", money=FREE)
        raise GenerationFailed(
            f"ComfyUI refuses the workflow: {refusal(told, graph) or f'status {answer.status}'}",
            money=FREE,
            hint="Run it once in ComfyUI's own page, where each node shows what it lacks.",
        )

    async def entry(self, ident: str) -> dict[str, Any] | None:
        """Return what its history has of a workflow that ended; None while it has not."""
        told = await self._ask(Request("GET", f"/history/{quote(ident, safe='')}"))
        found = told.get(ident) if isinstance(told, dict) else None
        return found if isinstance(found, dict) else None

    async def place(self, ident: str) -> Literal["running", "pending", ""]:
        """Return where a workflow is in the queue, "" where it is not."""
        told = await self._ask(Request("GET", "/queue"))
        for name in ("running", "pending"):
            rows = told.get(f"queue_{name}") if isinstance(told, dict) else None
            if any(isinstance(row, list) and ident in row[1:2] for row in rows or ()):
                return "running" if name == "running" else "pending"
        return ""

    async def stop(self, ident: str) -> None:
        """Take a workflow out of the queue, or interrupt it where it runs; nobody else's is touched."""
        place = await self.place(ident)
        if place == "pending":
            await self._ask(Request("POST", "/queue", json={"delete": [ident]}))
            place = await self.place(ident)  # it may have begun meanwhile
        if place == "running":
            await self._ask(Request("POST", "/interrupt", json={"prompt_id": ident}))

    async def free(self) -> None:
        """Have it give back the memory of its models."""
        await self._ask(Request("POST", "/free", json={"unload_models": True, "free_memory": True}))

    async def fetch(self, file: dict[str, Any], out: Path, step: Callable[[], None]) -> None:
        """Write a file that a workflow made.

        Args:
            file: as its history names it.
            out: where to.
            step: called between pieces; it may raise.

        Raises:
            DownloadError: it did not arrive.
        """
        query = {name: str(file.get(name) or "") for name in ("filename", "subfolder", "type")}
        address = parse(f"{self.base_url}/view?{urlencode(query)}")
        try:
            async with self._transport.get(address, at=address.url, headers={}, extensions={}) as answer:
                if answer.status != 200:
                    raise DownloadError(
                        f"ComfyUI answered with status {answer.status} for {query['filename']!r}.", money=FREE
                    )
                size = 0
                with out.open("wb") as target:
                    async for piece in answer.pieces:
                        step()
                        size += len(piece)
                        if size > MOST_FILM:
                            raise DownloadError("The film is larger than 4 GB.", money=FREE)
                        target.write(piece)
        except (ConnectionError, InvalidInput) as error:
            raise DownloadError(f"The film did not arrive from ComfyUI: {error}.", money=FREE) from error

    def listen(self, client: str) -> _Direct:
        """Return a connection on which messages come, to be entered."""
        address = parse(self.base_url)
        proxy = self._transport.proxy(address)
        return _Direct(
            f"{address.url.replace('http', 'ws', 1).rstrip('/')}/ws?clientId={client}",
            proxy=proxy.url if proxy else None,
            max_size=MOST_MESSAGE,
            open_timeout=SECONDS,
            close_timeout=1,
            ssl=self._transport.trust if address.scheme == "https" else None,
        )


Connection = ClientConnection


def refusal(told: Any, graph: Graph) -> str:
    """Say in sentences why a workflow was refused: what is wrong with each node, else with the whole.

    Args:
        told: the answer.
        graph: the workflow.
    """
    if not isinstance(told, dict):
        return ""
    errors = told.get("node_errors")
    said = [
        f"{called(graph, str(node))}: {_sentence(each)}"
        for node, entry in (errors.items() if isinstance(errors, dict) else ())
        for each in (entry.get("errors") or () if isinstance(entry, dict) else ())
    ]
    whole = told.get("error")
    return " ".join(said) or (_sentence(whole) if whole else "")


def _sentence(error: Any) -> str:
    if not isinstance(error, dict):
        return f"{plain(error, 200).rstrip('.')}."
    message, details = (plain(str(error.get(name) or ""), 200).rstrip(".") for name in ("message", "details"))
    return f"{', '.join(filter(None, [message, details]))}."

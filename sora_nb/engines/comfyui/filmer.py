"""Implement the Filmer protocol with a ComfyUI of one's own: Studio(engine="comfyui:http://127.0.0.1:8188?workflow=my.json")."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from sora_nb import background, media
from sora_nb.engines.comfyui import workflow as workflows
from sora_nb.engines.comfyui.model import model_of
from sora_nb.engines.comfyui.nodes import Nodes
from sora_nb.engines.comfyui.run import Run
from sora_nb.engines.comfyui.server import FREE, Server
from sora_nb.engines.film import Film
from sora_nb.errors import ConfigError, GenerationFailed, NotDelivered, SoraError, UpstreamError
from sora_nb.providers.addresses import holds_password, parse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sora_nb.engines.base import Control
    from sora_nb.engines.film import FilmRequest

EXAMPLE = 'Write it like "comfyui:http://127.0.0.1:8188?workflow=my.json".'
VIDEOS = {".mp4", ".webm", ".mov", ".mkv", ".m4v", ".avi"}
"""Ends of the names of files that are films."""


class ComfyUI:
    """Films with one workflow of a ComfyUI; see film.Filmer.

    Args:
        base_url: its address.
        file: the workflow.

    Raises:
        ConfigError: the workflow cannot be used, no ComfyUI answers there, or it lacks a node.
    """

    name = "comfyui"

    def __init__(self, base_url: str, file: Path) -> None:
        self._base_url = base_url
        self._workflow = workflows.read(file)
        self._digest = hashlib.sha256(file.read_bytes()).hexdigest()
        self._file = file.name
        self._used = False
        self._nodes = background.run(self._asked)
        address = parse(base_url)
        host = "" if address.is_loopback else address.netloc
        self.model = model_of(self._workflow, self._nodes, name=file.stem, host=host)

    @asynccontextmanager
    async def _server(self) -> AsyncIterator[Server]:
        server = Server(self._base_url)
        try:
            yield server
        finally:
            await server.close()

    async def _asked(self) -> Nodes:
        """Ask what the nodes of the workflow are."""
        graph = self._workflow.graph
        first = {each["class_type"]: node for node, each in reversed(graph.items())}
        try:
            async with self._server() as server:
                classes = {kind: await server.node(kind) for kind in first}
        except (NotDelivered, UpstreamError, GenerationFailed) as error:
            raise ConfigError(
                f"No ComfyUI answers at {self._base_url}: {error.message}",
                hint=(isinstance(error, GenerationFailed) and error.hint)
                or "Start it, or check the address, then make the engine again.",
            ) from error
        missing = [workflows.called(graph, first[kind]) for kind, told in classes.items() if told is None]
        if missing:
            raise ConfigError(
                f"The ComfyUI at {self._base_url} does not have {', '.join(missing)} of {self._file}.",
                hint="Install the nodes that it lacks, or update it.",
            )
        return Nodes(classes)

    def film(self, request: FilmRequest, control: Control) -> Film:
        """Make a film; see film.Filmer.film()."""
        self._used = True
        return asyncio.run(self._film(request, control))

    async def _film(self, request: FilmRequest, control: Control) -> Film:
        async with self._server() as server:
            names = []
            for path in request.references:
                control.step(0, "handing pictures to ComfyUI")
                names.append(await server.upload(path))
            values: dict[str, Any] = {
                "prompt": request.prompt,
                "seed": request.seed,
                "width": request.width,
                "height": request.height,
                "frames": request.frames,
            }
            if request.image is not None:
                values["image"] = await server.upload(request.image)
            run = Run(server, self._workflow.filled(values, names, self._nodes), control)
            file, others = _film_of(await run.made())
            part = request.out.with_name(f"{request.out.name}.part")
            try:
                await server.fetch(file, part, lambda: control.step(1, "fetching the film"))
                return self._kept(part, request, [*run.warnings, *others])
            finally:
                part.unlink(missing_ok=True)

    def _kept(self, part: Path, request: FilmRequest, warnings: list[str]) -> Film:
        """Put a film where it was asked for, as one that browsers play."""
        info = media.probe(part)
        if media.playable(info) and info.container == "mp4":
            part.replace(request.out)
        else:
            media.join([part], request.out)
        if (info.width, info.height) != (request.width, request.height):
            warnings.append(
                f"The workflow made {info.width}x{info.height}, in place of {request.width}x{request.height}."
            )
        return Film(
            width=info.width,
            height=info.height,
            seconds=info.duration,
            seed=request.seed,
            steps=self._workflow.steps,
            warnings=tuple(warnings),
            about={"workflow": self._file, "workflow_sha256": self._digest},
        )

    def close(self) -> None:
        """Have ComfyUI give back the memory of its models, where it filmed for this engine; see film.Filmer.close()."""
        if self._used:
            self._used = False
            with suppress(SoraError):  # it is gone, and its memory with it
                background.run(self._free)

    async def _free(self) -> None:
        async with self._server() as server:
            await server.free()


def make(rest: str) -> ComfyUI:
    """Make the engine, for the entry point of its name.

    Args:
        rest: the address of a ComfyUI, and behind a question mark the file of a workflow.

    Raises:
        ConfigError: it is not that, or as of ComfyUI.
    """
    address, _, query = rest.partition("?")
    told = dict(parse_qsl(query, keep_blank_values=True))
    if set(told) != {"workflow"} or not told["workflow"]:
        raise ConfigError("The engine 'comfyui' is told an address and a workflow, and nothing else.", hint=EXAMPLE)
    if holds_password(address):
        raise ConfigError("The address of ComfyUI holds a user name or a password.", hint=f"Leave them out. {EXAMPLE}")
    try:
        found = parse(address)
    except ValueError as error:
        raise ConfigError(f"{address[:100]!r} is no address of a ComfyUI.", hint=EXAMPLE) from error
    if urlsplit(address).fragment:
        raise ConfigError(f"{address[:100]!r} is no address of a ComfyUI.", hint=EXAMPLE)
    return ComfyUI(found.url.rstrip("/"), Path(told["workflow"]).expanduser())


def _film_of(entry: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the film that a history names, and what else is to be told.

    Raises:
        GenerationFailed: it names none.
    """
    outputs = entry.get("outputs")
    files = [
        file
        for output in (outputs.values() if isinstance(outputs, dict) else ())
        for found in (output.values() if isinstance(output, dict) else ())
        for file in (found if isinstance(found, list) else ())
        if isinstance(file, dict) and file.get("filename")
    ]
    films = [file for file in files if Path(str(file["filename"])).suffix.lower() in VIDEOS]
    kept = [file for file in films if file.get("type") == "output"] or films
    if not kept:
        made = f"{len(files)} pictures and no film" if files else "nothing that is kept"
        raise GenerationFailed(
            f"The workflow saved {made}.",
            money=FREE,
            hint="End it with the nodes Create Video and Save Video.",
        )
    others = [] if len(kept) == 1 else [f"The workflow saved {len(kept)} films; the first one is kept."]
    return kept[0], others

"""Implement the protocols of engines with the workers of a Dask cluster: the same engines, elsewhere, several at a time."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import tempfile
import threading
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sora_nb.display import plain
from sora_nb.engines import installed
from sora_nb.engines.base import Divided
from sora_nb.engines.cutout import files
from sora_nb.engines.dask import jobs
from sora_nb.engines.dask.exchange import Exchange
from sora_nb.engines.film import Film
from sora_nb.errors import ConfigError, StoreError
from sora_nb.media import miniature

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sora_nb.engines.base import Control, Cutout, Engine, Hint, Look, RenderRequest
    from sora_nb.engines.dask.cluster import Cluster
    from sora_nb.engines.dask.jobs import Job
    from sora_nb.engines.film import Filmer, FilmModel, FilmRequest
    from sora_nb.models import Clip

AT_ONCE = 64
"""Orders of one process that workers have, or that wait for them, at the same time."""
USUAL = "animatic"
"""The engine that cuts characters out, and films where no other one is asked for."""


class Workers:
    """A cluster, and the store that its workers share with this process.

    Args:
        address: of the scheduler: "tcp://host:8786".
        store: address of the store, see storage.object_store.

    Raises:
        ConfigError: it is no address of a store.
    """

    at_once = AT_ONCE // 2
    """Of these, how many an experiment takes: what somebody asks for meanwhile need not wait in this process."""

    def __init__(self, address: str, store: str) -> None:
        self.address = address
        self._store = store
        self.exchange = Exchange(store)
        self._connecting = threading.Lock()
        self._cluster: Cluster | None = None

    @classmethod
    def named(cls, text: str, store: str | None) -> Workers:
        """Return the workers of a cluster.

        Args:
            text: "dask:" and the address of the scheduler: "dask:tcp://host:8786".
            store: as of Workers.

        Raises:
            ConfigError: it is no such address, no store is told, or what it needs is not installed.
        """
        kind, _, address = text.partition(":")
        if kind != "dask" or "://" not in address:
            raise ConfigError(f"{plain(text, 100)!r} names no workers.", hint='Write it like "dask:tcp://HOST:8786".')
        if not store:
            raise ConfigError(
                f"The workers of {plain(address, 100)} share no store with this process.",
                hint='Give one that all of them see, with files= or SORA_NB_FILES: "s3://bucket/prefix", or '
                '"file:///folder" on a drive that is mounted everywhere.',
            )
        if find_spec("distributed") is None:
            raise ConfigError(
                "Workers are reached with distributed, which is not installed.", hint='Run: pip install "sora_nb[team]"'
            )
        return cls(address, store)

    def connect(self) -> Cluster:
        """Return the cluster, connected to at first use.

        Raises:
            ConfigError: no scheduler answers.
        """
        with self._connecting:
            if self._cluster is None:
                self._cluster = import_module("sora_nb.engines.dask.cluster").Cluster(self.address, self._store)
            return self._cluster

    @contextlib.contextmanager
    def made(
        self, named: Sequence[tuple[str, Job]], control: Control, needs: Mapping[str, float], order: str = ""
    ) -> Iterator[Path]:
        """Have jobs done; lend the folder with what the last one made.

        Args:
            named, control, needs: as of Cluster.carry_out().
            order: its id, where jobs name results of it.

        Raises:
            SoraError: as the engine does.
        """
        order = order or secrets.token_hex(16)
        try:
            self.connect().carry_out(order, named, control, needs)
            with tempfile.TemporaryDirectory() as folder:
                yield self.exchange.get_result(f"{order}/{named[-1][0]}", Path(folder))
        finally:
            with contextlib.suppress(StoreError):  # what stays costs room alone
                self.exchange.delete_results([f"{order}/{name}" for name, _ in named])

    def engines(self, engine: str | Engine | Filmer | None) -> tuple[DaskEngine, DaskFilmer | None]:
        """Return two engines of workers: one that cuts characters out, too, and one that only films where that is asked for.

        Args:
            engine: as of installed.make(); None for the one that draws animatics.

        Raises:
            ConfigError: it is no name, it is not installed, or no worker has what it needs.
        """
        if not isinstance(engine, str | None):
            raise ConfigError(
                f"Workers cannot be sent {plain(repr(engine), 100)}: they make their engine themselves.",
                hint='Name it, like engine="diffusers:/models/vace"; one of your own is registered by entry point.',
            )
        name = engine or USUAL
        needs = installed.resources(name)
        model = None if name == USUAL else self.connect().model_of(name, needs)
        if model is None:
            return DaskEngine(self, name, cast("Engine", installed.make(name)), needs), None
        return DaskEngine(self, USUAL, cast("Engine", installed.make(USUAL)), {}), DaskFilmer(self, name, model, needs)

    def close(self) -> None:
        """Let go of the cluster and the store."""
        with self._connecting:
            if self._cluster is not None:
                self._cluster.close()
        self.exchange.close()


class DaskEngine:
    """An engine that cuts characters out and films, on workers.

    Args:
        workers: who does it.
        name: the engine that they do it with, as of installed.make().
        engine: the same one in this process: it looks at footage, which somebody waits for before the screen.
        needs: resources that a worker must have for it.
    """

    at_once = AT_ONCE

    def __init__(self, workers: Workers, name: str, engine: Engine, needs: Mapping[str, float]) -> None:
        self.name = engine.name
        self._workers, self._told, self._engine, self._needs = workers, name, engine, needs

    def extract(self, video: Path, clip: Clip, control: Control, hint: Hint | None = None) -> Cutout:
        """Cut the main subject of the clip out of a local video file; see Engine.extract()."""
        control.step(0.0, "handing the footage over")
        job = jobs.Extract(engine=self._told, video=self._workers.exchange.put_file(video), clip=clip, hint=hint)
        with self._workers.made([("extract", job)], control, self._needs) as folder:
            return files.load(folder)

    def look(self, video: Path, clip: Clip, control: Control) -> Look:
        """Find who could be cut out of a clip, in this process; see Engine.look()."""
        return self._engine.look(video, clip, control)

    def generate(self, request: RenderRequest, out: Path, control: Control) -> tuple[str, ...]:
        """Render a request to an MP4, in parts where the engine can; see Engine.generate()."""
        parts = self._engine.parts(request) if isinstance(self._engine, Divided) else 1
        control.step(0.0, "handing the cast over")
        exchange = self._workers.exchange
        asked: dict[str, Any] = {
            "engine": self._told,
            "request": replace(request, cast={}, reference=None, miniature=None, poster=None),
            "cast": {name: exchange.put_cutout(cutout) for name, cutout in request.cast.items()},
            "reference": exchange.put_file(request.reference) if request.reference else "",
            "poster": bool(request.poster),
        }
        order = secrets.token_hex(16)
        if parts == 1:
            named: list[tuple[str, Job]] = [("film", jobs.Generate(**asked, miniature=bool(request.miniature)))]
        else:
            named = [(f"part {number}", jobs.GeneratePart(**asked, number=number)) for number in range(parts)]
            made = tuple(f"{order}/{name}" for name, _ in named)
            named.append(("join", jobs.Join(**asked, made=made)))
        with self._workers.made(named, control, self._needs, order) as folder:
            facts = _facts(folder)
            for name, place in ((jobs.POSTER, request.poster), (jobs.MINIATURE, request.miniature)):
                if place is not None and (folder / name).is_file():
                    miniature.keep(place, (folder / name).read_bytes())
            control.step(1.0, "done")
            _move(folder / jobs.FILM, out)
        return tuple(facts["warnings"])


class DaskFilmer:
    """An engine that only films, on workers.

    Args:
        workers: who films.
        name: the engine that they film with, as of installed.make().
        model: what it makes.
        needs: resources that a worker must have for it.
    """

    at_once = AT_ONCE

    def __init__(self, workers: Workers, name: str, model: FilmModel, needs: Mapping[str, float]) -> None:
        self.name = name.partition(":")[0]
        self.model = model
        self._workers, self._told, self._needs = workers, name, needs

    def film(self, request: FilmRequest, control: Control) -> Film:
        """Make a film, and write it to request.out; see Filmer.film()."""
        exchange = self._workers.exchange
        job = jobs.MakeFilm(
            engine=self._told,
            asked={name: getattr(request, name) for name in ("prompt", "width", "height", "frames", "fps", "seed")},
            references=tuple(exchange.put_file(path) for path in request.references),
            image=exchange.put_file(request.image) if request.image else "",
        )
        with self._workers.made([("film", job)], control, self._needs) as folder:
            facts = _facts(folder)
            control.step(1.0, "done")
            _move(folder / jobs.FILM, request.out)
        return Film(**{**facts, "warnings": tuple(facts["warnings"])})

    def close(self) -> None:
        """Do nothing: the workers keep their engine for others."""


def _facts(folder: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((folder / jobs.FACTS).read_text(encoding="utf-8"))
    return facts


def _move(film: Path, out: Path) -> None:
    """Move a film to its place, whole or not at all."""
    part = out.with_name(f".{out.stem}-{secrets.token_hex(8)}.part")
    try:
        shutil.move(film, part)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)

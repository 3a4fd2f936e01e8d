"""Do what a task asks for: fetch its sources, call the engine, and store the results."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import anyio

from sora_nb import media, prompts
from sora_nb.engines import stills
from sora_nb.engines.base import Hint, RenderRequest
from sora_nb.engines.cutout import files
from sora_nb.engines.description import describe
from sora_nb.engines.handles import suggest_names
from sora_nb.errors import MediaError
from sora_nb.models import Character, Clip, SpanRule
from sora_nb.providers.base import Member, Order
from sora_nb.providers.download import Downloader
from sora_nb.providers.http import Transport
from sora_nb.server import untrusted_video
from sora_nb.server.task import character_key, video_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sora_nb.engines.base import Control, Cutout, Engine
    from sora_nb.providers.films import Films
    from sora_nb.server.metrics import Metrics
    from sora_nb.server.store import Store
    from sora_nb.server.task import Task

FETCH_SECONDS = 120.0


class Maker:
    """Makes characters and videos. Both ways return what is written into the row of a task that has ended well.

    Args:
        store: where sources are, and results go.
        engine: what does the work.
        films: engines that only film, each for its own model.
        metrics: where work is counted.
        lasting: does a step when the database and the files can be used, however long that takes.
        private_sources: whether videos may be fetched from private networks.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        films: Films,
        metrics: Metrics,
        lasting: Callable[[Callable[[], Any]], Any],
        *,
        private_sources: bool,
    ) -> None:
        self._store = store
        self._engine = engine
        self._films = films
        self._metrics = metrics
        self._lasting = lasting
        self._private_sources = private_sources

    def _scratch(self, task: Task) -> Path:
        """Return a new name for what is made; another process may still work on a task that it has lost."""
        return self._store.source_path(f"{task.id}.{uuid4().hex}")

    # --- characters -------------------------------------------------------------------------------------------------

    def extract(self, task: Task, control: Control) -> dict[str, Any]:
        """Make a character."""
        asked = task.request
        subject = asked.get("subject")
        hint = Hint(*subject) if subject else None
        source, clip, is_copy = self._source_clip(task, control)
        try:
            with self._metrics.engine(task.kind):
                found = self._engine.extract(source, clip, control, hint)
        finally:
            if is_copy:
                source.unlink(missing_ok=True)
        folder = self._scratch(task)
        try:
            files.save(found, folder)
            self._lasting(lambda: self._store.keep_character(task, folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        username, display_name = suggest_names(found)
        if "name" in asked:
            display_name = asked["name"]
            username = prompts.make_handle(display_name) or username
        self._store.claim_username(task, username)
        return {"result": {"display_name": display_name, **found.findings()}}

    def _source_clip(self, task: Task, control: Control) -> tuple[Path, Clip, bool]:
        """Return a video to cut from, the clip in it, and whether it is a copy made for this task."""
        asked = task.request
        clip = Clip.parse(asked["timestamps"])
        if "from_task" in asked:
            own = self._video(asked["from_task"])
            media.check_clip(own, clip, SpanRule(shortest=0))
            return own, clip, False
        copy = self._scratch(task)
        return (
            copy,
            untrusted_video.clip(self._source_file(task), clip, copy, lambda: control.step(0.0, "reading the video")),
            True,
        )

    def _source_file(self, task: Task) -> Path:
        """Return a file from outside, fetched if need be."""
        asked = task.request
        if "upload" in asked:
            kept = self._store.upload(asked["upload"])
            if kept is None:
                raise MediaError("The uploaded video is gone.", hint="Upload it again.")
            return kept
        target = self._store.source_path(task.id)
        if not target.exists():
            anyio.run(self._fetch, asked["url"], target)
        return target

    def _video(self, task: str) -> Path:
        try:
            return self._store.files.fetch(video_key(task))
        except FileNotFoundError as error:
            raise MediaError("The video it is made from was deleted.") from error

    async def _fetch(self, url: str, target: Path) -> None:
        transport = Transport()
        downloads = Downloader(transport, private=self._private_sources)
        try:
            await downloads.download(url, target, most=media.SOURCE_BYTES, timeout=FETCH_SECONDS, attempts=3)
        finally:
            await transport.close()

    # --- videos -----------------------------------------------------------------------------------------------------

    def generate(self, task: Task, control: Control) -> dict[str, Any]:
        """Make a video."""
        asked = task.request
        out, part = (self._scratch(task).with_suffix(".mp4") for _ in range(2))
        try:
            if asked.get("made") != "extension":
                result = self._film(asked, out, control)
            else:
                result = self._film(asked, part, control)
                if "from" in asked:
                    media.join([self._video(asked["from"]), part], out)
                else:
                    untrusted_video.join(self._source_file(task), part, out, lambda: control.step(0.99, "joining"))
                control.step(1.0, "joining")
            self._lasting(lambda: self._store.files.keep(out, video_key(task.id)))
        finally:
            part.unlink(missing_ok=True)
            out.unlink(missing_ok=True)
        return {"result": result}

    def _film(self, asked: dict[str, Any], out: Path, control: Control) -> dict[str, Any]:
        """Make the film of a request, and return what its answer tells of it."""
        reference = self._store.upload(asked["reference"]) if "reference" in asked else None
        seconds = asked.get("added", asked["seconds"])
        prompt, cast = self._cast(asked)
        if asked.get("model") in self._films:
            members = tuple(self._member(name, cutout) for name, cutout in cast.items())
            order = Order(
                kind="video",
                model=asked["model"],
                prompt=prompt,
                members=members,
                size=asked["size"],
                seconds=seconds,
                seed=asked["seed"],
                image=reference,
            )
            self._films.check(order)
            with self._metrics.engine("video"):
                return self._films.film(order, out, control)
        width, _, height = asked["size"].partition("x")
        request = RenderRequest(
            prompt=prompt,
            cast=cast,
            width=int(width),
            height=int(height),
            seconds=seconds,
            seed=asked["seed"],
            reference=reference,
        )
        with self._metrics.engine("video"):
            return {"warnings": list(self._engine.generate(request, out, control))}

    def _member(self, username: str, cutout: Cutout) -> Member:
        """Return a character with the pictures of it that an engine is shown which only films."""
        who = Character(id=username, username=username, description=describe(cutout))
        return Member(character=who, stills=stills.save(cutout, self._store.home / stills.FOLDER))

    def _cast(self, asked: dict[str, Any]) -> tuple[str, Mapping[str, Cutout]]:
        """Return the prompt as the engine reads it, and the cut-outs of the characters in it.

        Characters listed beside the prompt are called by name in it, or were taken over from the video this one is
        made from and are added where it does not speak of them.
        """
        listed = [self._store.character(ident) for ident in asked.get("characters", ())]
        names = {found.result["display_name"]: str(found.username) for found in listed if found is not None}
        prompt = prompts.replace_names(asked["prompt"], names)
        silent = [f"@{name}" for name in names.values() if name not in prompts.candidates(prompt)]
        prompt = f"{prompt}, with {' and '.join(silent)}" if silent else prompt
        cast: dict[str, Cutout] = {}
        for name in prompts.candidates(prompt):
            character = self._store.character(name)
            if character is not None:
                cast[name] = files.load(self._store.files.fetch_folder(character_key(character.id)))
        return prompt, cast

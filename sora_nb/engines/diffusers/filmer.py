"""Implement the Filmer protocol with a pipeline of diffusers: one model, on the device that is there."""

from __future__ import annotations

import contextlib
import re
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl

from PIL import Image, ImageOps

from sora_nb.engines.diffusers import film_file, folder, hub, kinds, pipeline
from sora_nb.engines.diffusers.pipeline import Pipeline
from sora_nb.engines.diffusers.placement import WAYS, choose, gib
from sora_nb.engines.diffusers.weights import BYTES
from sora_nb.engines.film import Film
from sora_nb.errors import ConfigError, GenerationFailed, InvalidInput, MediaError
from sora_nb.stills import as_seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sora_nb.engines.base import Control
    from sora_nb.engines.diffusers.folder import ModelFolder
    from sora_nb.engines.diffusers.hub import Remote
    from sora_nb.engines.diffusers.placement import Card, Need, Placement, Way
    from sora_nb.engines.film import FilmRequest

DEVICES = ("cuda", "mps", "cpu")
TURN_SECONDS = 0.1
"""How often a film that waits for another model's looks whether it was cancelled."""
DOWNLOADED = 0.01
"""Fraction of a film's making at which its model has come, where it had to be downloaded."""
LESS = ' Or have less of it loaded at a time: "diffusers:MODEL?way=layers".'
SMALLER = "Ask for a smaller size or a shorter film"


class _Stage:
    """What computes, for all models of this process: one film at a time, one model loaded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: DiffusersFilmer | None = None

    @contextlib.contextmanager
    def turn(self, filmer: DiffusersFilmer, control: Control) -> Iterator[None]:
        """Wait for the turn of a model; what another one holds is given back."""
        while not self._lock.acquire(timeout=TURN_SECONDS):
            control.step(0, "waiting for its turn")
        try:
            if self._loaded is not None and self._loaded is not filmer:
                self._loaded.unload()
            self._loaded = filmer
            yield
        finally:
            self._lock.release()


_stage = _Stage()


class DiffusersFilmer:
    """Films with a model of diffusers, and shows it characters by their stills.

    Args:
        model: a folder on this machine, or the hub's id of a model, which is downloaded before the first film.
        revision: a branch, tag or commit of the hub's.
        steps: of the sampler; None: as many as are usual for its pipeline.
        guidance: how closely the prompt is followed; None: the usual.
        device: "cuda", "mps" or "cpu"; None: the best that is there.
        precision: "bf16", "fp16" or "fp32"; None: what the device computes best.
        way: where its parts lie, a key of placement.WAYS; None: the quickest way that fits.

    Attributes:
        name: of the engine.
        model: what it makes.

    Raises:
        ConfigError: there is no such model, parts of it are missing, it is of a kind that cannot be shown characters, or an option is unknown.
    """

    name = "diffusers"

    def __init__(
        self,
        model: str | Path,
        *,
        revision: str | None = None,
        steps: int | None = None,
        guidance: float | None = None,
        device: str | None = None,
        precision: str | None = None,
        way: str | None = None,
    ) -> None:
        for said, known, what in ((device, DEVICES, "device"), (precision, BYTES, "precision"), (way, WAYS, "way")):
            if said is not None and said not in known:
                raise ConfigError(f"{said!r} is no {what}.", hint=f"It is one of {', '.join(known)}.")
        if way == "layers" and device not in {None, "cuda"}:
            raise ConfigError(
                f"'layers' is for a card with memory of its own, not for {device}.", hint="Leave way= out."
            )
        if steps is not None and not 1 <= steps <= 1000:
            raise ConfigError(f"{steps} steps cannot be done.", hint="Ask for 1 to 1000.")
        self._remote: Remote | None = None
        path = self._find(str(model), revision)
        index = folder.index_of(path)
        self._kind = kinds.of(folder.pipeline_of(index))
        self._name = str(model) if self._remote or _is_id(str(model)) else path.resolve().name
        if self._remote is None:
            self._folder: ModelFolder | None = folder.read(path, self._name, self._kind.idle)
            rules = self._folder
        else:
            self._folder = None
            rules = folder.read_settings(path, self._name, self._kind.idle)
        short = re.sub(r"[^A-Za-z0-9._-]+", "-", self._name.rpartition("/")[2]).strip("-._")[:80]
        self.model = self._kind.rules(rules, short or "model")
        self._steps, self._guidance = steps or self._kind.steps, guidance
        self._device, self._wanted_precision, self._way = device or "", precision, cast("Way | None", way)
        self._pipeline: Pipeline | None = None
        self._fitting: tuple[int, int, int, int, bool] | None = None
        """The shape of film that it was placed for."""

    def _find(self, model: str, revision: str | None) -> Path:
        """Return the folder of a model: of its configurations alone, where it is yet to be downloaded."""
        path = Path(model).expanduser()
        if path.exists() or not _is_id(model):
            return path
        found = hub.cached(model, revision)
        with contextlib.suppress(ConfigError):
            if found is not None:
                index = folder.index_of(found)
                folder.read(found, model, kinds.of(folder.pipeline_of(index)).idle)
                return found  # all of it is there, and nobody need be asked
        remote = hub.look(model, revision)
        settings = hub.settings(remote)
        self._remote = remote.without(kinds.of(folder.pipeline_of(folder.index_of(settings))).idle)
        return settings

    # --- what fits --------------------------------------------------------------------------------------------------

    @cached_property
    def card(self) -> Card:
        """What computes, and what was free on it at first."""
        return pipeline.card(self._device)

    def _precision(self, part: str) -> str:
        return "fp32" if part in self._kind.precise else self._wanted_precision or self.card.precision

    def explain(self, width: int | None = None, height: int | None = None, seconds: float | None = None) -> str:
        """Say what a film needs and what is there, before anything is loaded.

        Args:
            width, height: pixels; the model's usual size by default.
            seconds: length; the usual one by default.

        Raises:
            ConfigError: it does not fit, with what would; or the model is yet to be downloaded.
        """
        wide, high = self.model.size
        fit = self.model.fitted(width or wide, height or high, seconds or self.model.seconds)
        found = self._here
        still = Image.new("RGB", (512, 512))
        placement = self._fit(fit.width, fit.height, self._kind.shown([still], None, fit.frames), fit.frames)
        size = f"{self._name} has {gib(found.size)} of weights, licence {found.licence}."
        return f"{size} {fit.width}x{fit.height}, {fit.frames} frames: {placement.told(self.card)}"

    @property
    def _here(self) -> ModelFolder:
        if self._folder is None:
            assert self._remote is not None
            raise ConfigError(
                f"{self._name} is yet to be downloaded, {hub.about(self._remote)}.",
                hint="It is, when the first film is made. download() does it now.",
            )
        return self._folder

    def download(self, control: Control, until: float = 1.0) -> None:
        """Download the model that a hub id names, unless all its files are on this machine.

        Args:
            control: told how far it is; may cancel.
            until: the fraction at which it is done.

        Raises:
            ConfigError: there is no connection, or no room.
        """
        if self._folder is None:
            assert self._remote is not None
            path = hub.fetch(self._remote, control, until)
            self._folder = folder.read(path, self._name, self._kind.idle)

    def _fit(self, width: int, height: int, shown: Mapping[str, Any], frames: int) -> Placement:
        """Find where the parts may lie; what is loaded already counts as free."""
        call = self._call(width, height, shown, frames)
        if self._pipeline is not None:
            self.unload()
        self.__dict__.pop("card", None)

        def need(tiled: bool) -> Need:
            return pipeline.need(self._here, self._kind, self._precision, call, tiled=tiled)

        try:
            return choose(self.card, need, self._way)
        except ConfigError as error:
            raise InvalidInput(
                error.message,
                money="Nothing was loaded; this engine charges nothing.",
                hint=f"{SMALLER}, close what else uses the memory, or take a smaller model.",
            ) from error

    def _call(self, width: int, height: int, shown: Mapping[str, Any], frames: int) -> dict[str, Any]:
        guidance = {} if self._guidance is None else {"guidance_scale": self._guidance}
        return {"width": width, "height": height, **self._kind.length(frames), **guidance, **shown}

    # --- films ------------------------------------------------------------------------------------------------------

    def film(self, request: FilmRequest, control: Control) -> Film:
        """Make a film; see Filmer.film()."""
        with _stage.turn(self, control):
            try:
                return self._made(request, control)
            except Exception as error:
                if not pipeline.is_out_of_memory(error):
                    raise
                said = str(error).partition("\n")[0][:160]
            # behind the except clause: the error before has a traceback, which holds the model
            raise self._out_of_memory(said)

    def _made(self, request: FilmRequest, control: Control) -> Film:
        references = [_picture(path) for path in request.references]
        image = None if request.image is None else _covering(_picture(request.image), request.width, request.height)
        self.download(control, DOWNLOADED)
        shown = self._kind.shown(references, image, request.frames)
        loaded = self._prepare(request, shown, control)
        call = self._call(request.width, request.height, shown, request.frames)
        pictures = loaded.film(request.prompt, call, request.seed, self._steps, control)
        about = self._about(loaded.placement)
        film_file.write(pictures, request, film_file.comment(about, request.seed, self._steps), control)
        slow = loaded.placement.way == "layers"
        return Film(
            width=request.width,
            height=request.height,
            seconds=request.frames / request.fps,
            seed=request.seed,
            steps=self._steps,
            warnings=(f"Memory is short: {loaded.placement.told(self.card)}",) if slow else (),
            about=about,
        )

    def _prepare(self, request: FilmRequest, shown: Mapping[str, Any], control: Control) -> Pipeline:
        """Have the model loaded in a way that has room for this film."""
        shape = request.width, request.height, request.frames, len(request.references), request.image is not None
        if self._pipeline is None or shape != self._fitting:
            control.step(DOWNLOADED, f"computing what {self.model.name} needs")
            placement = self._fit(request.width, request.height, shown, request.frames)
            self._fitting = shape
            self._pipeline = Pipeline(self._here, self._kind, self.card, self._precision, placement)
            control.step(DOWNLOADED, placement.told(self.card))
        return self._pipeline

    def _about(self, placement: Placement) -> dict[str, str | int | float]:
        return {
            "model_id": self._name,
            "revision": self._here.revision or "not known",
            "licence": self._here.licence,
            "pipeline": self._kind.pipeline,
            "device": self.card.name,
            "precision": self._precision("transformer"),
            "placement": placement.way,
            "generated": "yes",
        }

    def _out_of_memory(self, said: str) -> GenerationFailed:
        """Give the memory back, and return what is told."""
        placement = self.placement
        self.unload()
        way = "" if placement is None or placement.way == "layers" or not self.card.apart else LESS
        return GenerationFailed(
            f"{self.card.name} ran out of memory while {self.model.name} filmed: {said}",
            money="This engine charges nothing.",
            hint=f"{SMALLER}, or close what else uses the memory.{way}",
        )

    @property
    def placement(self) -> Placement | None:
        """Where the parts of the loaded model lie; None where none is loaded."""
        return self._pipeline.placement if self._pipeline else None

    def unload(self) -> None:
        """Give back the memory; the next film loads the model again."""
        if self._pipeline is not None:
            self._pipeline.close()
            self._pipeline = None

    def close(self) -> None:
        """Give back the memory; see Filmer.close()."""
        self.unload()


def make(rest: str) -> DiffusersFilmer:
    """Make the engine, for the entry point of its name.

    Args:
        rest: a folder or the hub's id of a model, and options as in an address: "/models/vace?steps=30&precision=bf16".

    Raises:
        ConfigError: as DiffusersFilmer.
    """
    model, _, options = rest.partition("?")
    known = {"revision": str, "steps": int, "guidance": float, "device": str, "precision": str, "way": str}
    given: dict[str, Any] = {}
    for name, value in parse_qsl(options, keep_blank_values=True):
        if name not in known:
            raise ConfigError(f"The engine 'diffusers' has no option {name!r}.", hint=f"It has {', '.join(known)}.")
        try:
            given[name] = known[name](value)
        except ValueError as error:
            raise ConfigError(f"{value!r} is no number for {name}.", hint="Write a number.") from error
    if not model:
        raise ConfigError(
            "The engine 'diffusers' was told no model.",
            hint='Write a folder or the id of a model of Hugging Face: "diffusers:/models/vace".',
        )
    return DiffusersFilmer(model, **given)


def _is_id(model: str) -> bool:
    return hub.ID.fullmatch(model) is not None


def _picture(path: Path) -> Image.Image:
    try:
        with Image.open(path) as picture:
            return as_seen(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaError(f"{path.name!r} cannot be read as a picture.", hint="Use a JPEG, PNG or WebP file.") from error


def _covering(picture: Image.Image, width: int, height: int) -> Image.Image:
    """Scale and crop a picture to a size, its middle kept."""
    return ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)

"""The models of engines that only film, beside those of the service that they are asked for at."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import secrets
import threading
import time
from typing import TYPE_CHECKING, Any

from sora_nb.display import plain
from sora_nb.errors import Cancelled, ConfigError, InvalidInput
from sora_nb.models import Price
from sora_nb.providers import references
from sora_nb.providers.profile import ModelRules, ReferenceRules
from sora_nb.providers.wire import image_type

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sora_nb.engines.base import Control
    from sora_nb.engines.film import Film, Filmer, FilmModel, Fit
    from sora_nb.providers.base import Order
    from sora_nb.providers.compiled import Compiled
    from sora_nb.providers.profile import Profile

SEEDS = 2**32
"""Seeds that are drawn where nobody gives one lie below: every library takes such."""
TURN_SECONDS = 0.1
"""How often an order that waits for its turn looks whether it was cancelled."""
CLOSING_SECONDS = 10.0
"""How long close() waits for a film that is being stopped; later its own thread closes the engine."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class Films:
    """Engines that only film, each by the name of its model, and the profile that has these models, too.

    Args:
        profile: the service that they stand beside the models of.

    Attributes:
        profile: the same with the models of all engines.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._stages: dict[str, _Stage] = {}

    def __contains__(self, model: object) -> bool:
        return model in self._stages

    def __iter__(self) -> Iterator[str]:
        return iter(self._stages)

    def add(self, filmer: Filmer, name: str = "", *, usual: bool = False) -> str:
        """Take an engine.

        Args:
            filmer: the engine; close() closes it.
            name: what its model is asked for by, in place of its own name.
            usual: whether it is what films where nobody names a model.

        Returns:
            The model's name.

        Raises:
            ConfigError: the name is none, or taken.
        """
        name = name or filmer.model.name
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ConfigError(
                f"{plain(repr(name), 80)} is no name of a model.",
                hint="Use up to 80 letters, digits, dots, hyphens and underscores.",
            )
        if name in (*self.profile.video.models, *self.profile.models):
            raise ConfigError(
                f"There is a model {name!r} already.", hint="Give it another one: studio.engine(..., name=...)."
            )
        before = self.profile
        self._stages[name] = _Stage(filmer)
        video = {"models": (*before.video.models, name)} | ({"model": name} if usual else {})
        self.profile = before.model_copy(
            update={
                "video": before.video.model_copy(update=video),
                "models": {**before.models, name: _rules(filmer.model)},
                "prices": (_price(filmer, name), *before.prices),
            }
        )
        return name

    def at_once(self, model: str) -> int:
        """Return how many films the engine of a model makes at the same time."""
        return self._stages[model].at_once

    def check(self, order: Order) -> None:
        """Refuse an order that a model cannot make.

        Raises:
            InvalidInput: it shows characters or a picture to a model that takes none, or the picture is none.
            PromptError: too many characters, or the text is too long.
        """
        if order.image is not None and not self._stages[order.model].filmer.model.image:
            raise InvalidInput(f"{order.model} starts from no picture.", hint="Leave image= out.")
        if order.image is not None:
            image_type(order.image)
        self.compiled(order)

    def compiled(self, order: Order) -> Compiled:
        """Return an order as its model gets it, with the nearest size and length that it makes; see references.compiled()."""
        fit = self._fit(order)
        found = references.compiled(order.model_copy(update={"size": f"{fit.width}x{fit.height}"}), self.profile)
        return found.model_copy(update={"seconds": round(fit.seconds), "notes": (*found.notes, *fit.warnings)})

    def _fit(self, order: Order) -> Fit:
        model = self._stages[order.model].filmer.model
        width, _, height = order.size.partition("x")
        fit = model.fitted(int(width), int(height), order.seconds or model.seconds)
        return fit._replace(warnings=tuple(told.replace(model.name, order.model, 1) for told in fit.warnings))

    def film(self, order: Order, out: Path, control: Control) -> dict[str, Any]:
        """Make a film, once the engine has its turn: one order after another.

        Args:
            order: one that check() let pass.
            out: where it goes.
            control: as of Filmer.film().

        Returns:
            What a service's answer would tell: `warnings`, and under `made` size, seconds, seed, steps, and the seconds
            that it took.

        Raises:
            SoraError: as Filmer.film().
        """
        from sora_nb.engines.film import FilmRequest

        stage, fit, found = self._stages[order.model], self._fit(order), self.compiled(order)
        request = FilmRequest(
            prompt=found.prompt,
            references=tuple(each.path for each in found.pictures if each.path is not None),
            width=fit.width,
            height=fit.height,
            frames=fit.frames,
            fps=stage.filmer.model.fps,
            seed=secrets.randbelow(SEEDS) if order.seed is None else order.seed,
            image=order.image,
            out=out,
        )
        with stage.turn(control):
            begun = time.monotonic()
            film = stage.filmer.film(request, control)
            took = time.monotonic() - begun
        return {"warnings": [*found.warnings, *found.notes, *film.warnings], "made": _made(film, took, stage.filmer)}

    def close(self) -> None:
        """Close the engines; what is filmed was cancelled before."""
        for stage in self._stages.values():
            stage.close()


class _Stage:
    """An engine, and whose turn it is."""

    def __init__(self, filmer: Filmer) -> None:
        self.filmer = filmer
        self.at_once: int = getattr(filmer, "at_once", 1)
        self._busy = threading.Semaphore(self.at_once)
        self._open = True

    @contextlib.contextmanager
    def turn(self, control: Control) -> Iterator[None]:
        """Wait until nobody else films, or as few as the engine takes."""
        while not self._busy.acquire(timeout=TURN_SECONDS):
            control.step(0, "waiting for its turn")
        try:
            if not self._open:
                raise Cancelled("The engine was closed.", money="It charges nothing.")
            yield
        finally:
            self._busy.release()
            if not self._open:
                self.filmer.close()

    def close(self) -> None:
        """Close the engine; one that does not stop in time is closed where it ends."""
        self._open = False
        if self._busy.acquire(timeout=CLOSING_SECONDS):
            self._busy.release()
            self.filmer.close()


def _rules(model: FilmModel) -> ModelRules:
    shortest, longest = model.lengths
    return ModelRules(
        seconds=model.seconds,
        shortest=shortest,
        longest=longest,
        size="{}x{}".format(*model.size),
        seeds=True,
        references=ReferenceRules(images=model.references, with_image=model.image),
        elsewhere=model.host,
        source=model.source,
    )


def _price(filmer: Filmer, name: str) -> Price:
    where = model.host if (model := filmer.model).host else "this machine"
    source = f"the engine {filmer.name} on {where}: electricity alone"
    return Price(kind="video", model=name, usd="0", source=source, date=dt.datetime.now(dt.UTC).date())


def _made(film: Film, took: float, filmer: Filmer) -> dict[str, Any]:
    known = {
        "engine": filmer.name,
        "size": f"{film.width}x{film.height}",
        "seconds": round(film.seconds, 3),
        "seed": film.seed,
        "steps": film.steps,
        "took": round(took, 1),
    }
    return {**film.about, **known}

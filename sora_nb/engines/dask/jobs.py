"""What a worker is asked to do: each job takes its inputs from the exchange, and leaves what it made in a folder."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

from sora_nb.engines import installed
from sora_nb.engines.cutout import files
from sora_nb.engines.film import FilmRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sora_nb.engines.base import Control, Divided, Engine, Hint, RenderRequest
    from sora_nb.engines.dask.exchange import Exchange
    from sora_nb.engines.film import Filmer
    from sora_nb.models import Clip

FILM = "film.mp4"
POSTER = "poster.jpg"
MINIATURE = "miniature.mp4"
FACTS = "facts.json"
PART = "part.npz"
_making = threading.Lock()


@dataclass(frozen=True)
class Bench:
    """What a job has at hand.

    Attributes:
        exchange: its inputs.
        control: progress and cancellation.
        scratch: a folder that is deleted afterwards.
        out: the folder of what it makes.
    """

    exchange: Exchange
    control: Control
    scratch: Path
    out: Path

    def file(self, key: str) -> Path | None:
        """Return an input, or None where there is none."""
        return self.exchange.get_file(key, self.scratch) if key else None

    def tell(self, facts: Mapping[str, Any]) -> None:
        """Leave facts beside what is made; JSON values."""
        (self.out / FACTS).write_text(json.dumps(facts), encoding="utf-8")


class Job(Protocol):
    """What a worker is asked to do."""

    def do(self, bench: Bench) -> None:
        """Do it.

        Raises:
            SoraError: as the engine does.
        """


@dataclass(frozen=True, kw_only=True)
class Generate:
    """Render a request.

    Attributes:
        engine: name of the engine, as of installed.make().
        request: without what lies in files: cast, reference, poster and miniature.
        cast: keys of the cut-outs, by username.
        reference: key of the picture, or "".
        poster, miniature: whether they are wanted.
    """

    engine: str
    request: RenderRequest
    cast: Mapping[str, str]
    reference: str = ""
    poster: bool = False
    miniature: bool = False

    def do(self, bench: Bench) -> None:
        """Make film, poster, miniature and facts."""
        engine = cast("Engine", _engine(self.engine))
        bench.tell({"warnings": engine.generate(self.asked(bench), bench.out / FILM, bench.control)})

    def asked(self, bench: Bench) -> RenderRequest:
        """Return the request with all that belongs to it."""
        return replace(
            self.request,
            cast={name: bench.exchange.cutout(key) for name, key in self.cast.items()},
            reference=bench.file(self.reference),
            poster=bench.out / POSTER if self.poster else None,
            miniature=bench.out / MINIATURE if self.miniature else None,
        )


@dataclass(frozen=True, kw_only=True)
class GeneratePart(Generate):
    """Render one part of a request.

    Attributes:
        number: which.
    """

    number: int

    def do(self, bench: Bench) -> None:
        """Make the part."""
        engine = cast("Divided", _engine(self.engine))
        engine.generate_part(self.asked(bench), self.number, bench.out / PART, bench.control)


@dataclass(frozen=True, kw_only=True)
class Join(Generate):
    """Join the parts of a request.

    Attributes:
        made: results that the parts are, in order.
    """

    made: tuple[str, ...]

    def do(self, bench: Bench) -> None:
        """Make film, poster and facts."""
        engine = cast("Divided", _engine(self.engine))
        made = [bench.exchange.get_result(result, bench.scratch) / PART for result in self.made]
        bench.tell({"warnings": engine.join(self.asked(bench), made, bench.out / FILM, bench.control)})


@dataclass(frozen=True, kw_only=True)
class Extract:
    """Cut a character out.

    Attributes:
        engine: as of Generate.
        video: key of the footage.
        clip, hint: as of Engine.extract().
    """

    engine: str
    video: str
    clip: Clip
    hint: Hint | None

    def do(self, bench: Bench) -> None:
        """Make the cut-out."""
        engine = cast("Engine", _engine(self.engine))
        video = bench.exchange.get_file(self.video, bench.scratch)
        files.save(engine.extract(video, self.clip, bench.control, self.hint), bench.out)


@dataclass(frozen=True, kw_only=True)
class MakeFilm:
    """Film with an engine that only films.

    Attributes:
        engine: as of Generate.
        asked: the fields of the FilmRequest that are no files.
        references: keys of its pictures.
        image: key of the picture it starts from, or "".
    """

    engine: str
    asked: Mapping[str, Any]
    references: tuple[str, ...]
    image: str

    def do(self, bench: Bench) -> None:
        """Make film and facts."""
        request = FilmRequest(
            **self.asked,
            references=tuple(bench.exchange.get_file(key, bench.scratch) for key in self.references),
            image=bench.file(self.image),
            out=bench.out / FILM,
        )
        film = cast("Filmer", _engine(self.engine)).film(request, bench.control)
        bench.tell({**vars(film), "about": dict(film.about)})


def _engine(name: str) -> Engine | Filmer:
    """Return this process's engine of a name; whatever it has loaded stays for the next job."""
    with _making:
        return _made(name)


@cache
def _made(name: str) -> Engine | Filmer:
    return installed.make(name)


def model_of(name: str) -> Any:
    """Return the model of an engine that only films; None for one that cuts characters out, too."""
    return getattr(_engine(name), "model", None)

"""An engine that only films, for tests of the seam: at once, and with the pictures that it was shown in a corner."""

from __future__ import annotations

from types import SimpleNamespace

import av
import numpy as np
from PIL import Image
from quick import QuickEngine

from sora_nb.engines.base import RenderRequest
from sora_nb.engines.film import Film, FilmModel

RULES = FilmModel(
    name="flat-1", size=(128, 64), seconds=2, fps=8, multiple=16, pixels=128 * 128, frames=(5, 41), frame_step=4,
    references=2, source="tests/lib/filmer.py",
)  # fmt: skip


class FlatFilmer:
    """Films flat colours with its references on them; work may be held as QuickEngine's is.

    Attributes:
        requests: what was asked for.
        closed: whether it was closed.
        most: how many films were under way at once.
    """

    name = "flat"

    def __init__(self, model=RULES):
        self.model = model
        self.requests, self.closed, self.most = [], False, 0
        self._now = 0
        self._quick = QuickEngine()
        self.hold, self.advance, self.go_on = self._quick.hold, self._quick.advance, self._quick.go_on

    def film(self, request, control):
        self._now += 1
        self.most = max(self.most, self._now)
        self.requests.append(request)
        try:
            seconds = request.frames / request.fps
            cast = {str(path): SimpleNamespace(avatar=thumbnail(path)) for path in request.references}
            asked = RenderRequest(request.prompt, cast, request.width, request.height, seconds, fps=round(request.fps))
            self._quick.generate(asked, request.out, control)
        finally:
            self._now -= 1
        return Film(
            width=request.width, height=request.height, seconds=seconds, seed=request.seed, steps=10,
            warnings=("Flat.",), about={"licence": "MIT"},
        )  # fmt: skip

    def close(self):
        self.closed = True


def make(rest):
    """Stand in for the factory of an entry point."""
    return FlatFilmer(FilmModel(**{**vars(RULES), "name": rest or RULES.name}))


def thumbnail(path):
    """A picture as the quick engine draws it."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB").resize((64, 64)))


def size_of(path):
    """Width, height and number of frames of a film."""
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        return stream.width, stream.height, sum(1 for _ in film.decode(stream))

"""What a studio adds to the engine of its process, and to an order with a large library: ratios in one run."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from library import FEW, MANY, library
from quick import QuickEngine
from speed import in_turns, least, wall

from sora_nb import Studio, media
from sora_nb.engines.animatic import AnimaticEngine
from sora_nb.models import Clip

RABBIT = Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"
CLIP = Clip(2, 4)


class TimedEngine(AnimaticEngine):
    """Knows when it was called and when it ended."""

    def generate(self, request, out, control):
        warnings = super().generate(request, out, control)
        self.ended = time.perf_counter()
        return warnings


class Stopwatch(QuickEngine):
    """Knows when it was called."""

    def generate(self, request, out, control):
        self.called = time.perf_counter()
        return super().generate(request, out, control)


def test_a_film_is_handed_over_as_soon_as_the_engine_ends(row, benchmark, tmp_path):
    engine = TimedEngine()
    with Studio(home=tmp_path, progress=False, engine=engine) as studio:

        def turn():
            film = studio.generate("a fox in the forest", seconds=4)
            lag = time.perf_counter() - engine.ended
            return lag, wall(lambda: media.poster(film.path))

        def enough(lag, poster):
            return lag <= poster  # nothing is decoded again

        taken = benchmark.pedantic(lambda: least(turn, rounds=3, enough=enough), rounds=1)
    lag, poster = taken
    benchmark.extra_info.update(lag=round(lag, 3), ratio=round(lag / poster, 2))
    row("`generate()`, after its engine has ended", before="0.4 to 1.2 s", now=lag, unit="s", limit="0 s", reach=0.15)
    assert enough(lag, poster)


@pytest.fixture(scope="module")
def studios(tmp_path_factory):
    """A studio with a small library and one with a large one, both with an engine that is quick."""
    made = [library(tmp_path_factory.mktemp("home"), *size, engine=Stopwatch()) for size in (FEW, MANY)]
    yield made
    for studio in made:
        studio.close()


def test_an_order_leaves_as_soon_with_a_large_library(benchmark, studios):
    def before_the_order_leaves(studio):
        engine = studio.provider._engine
        start = time.perf_counter()
        studio.generate("@u0 and @u1", seconds=1, size="64x64")
        return engine.called - start

    def enough(small, large):
        return large <= 2 * small

    turns = {"rounds": 9, "seconds": before_the_order_leaves, "enough": enough}
    small, large = benchmark.pedantic(lambda: in_turns(*studios, **turns), rounds=1)
    benchmark.extra_info.update(milliseconds=round(1000 * large, 1), ratio=round(large / small, 2))
    assert enough(small, large)


@pytest.mark.release  # bytes, not seconds
def test_each_film_and_cut_out_is_on_disk_once(tmp_path):
    with Studio(home=tmp_path, progress=False) as studio:
        film = studio.generate("a corgi", size="640x360", seconds=2)
        hero = studio.extract(RABBIT, CLIP)
        studio.consistency(hero, film)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(digests) == len(set(digests))
    assert len(list((tmp_path / "cutouts").iterdir())) == 1

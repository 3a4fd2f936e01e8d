"""How much more cutting a character out of a clip costs than decoding the clip."""

from dataclasses import replace
from pathlib import Path

import cv2
import films
import pytest
from speed import cpu, in_turns, least, wall

from sora_nb import Studio
from sora_nb.engines.animatic import AnimaticEngine
from sora_nb.engines.base import Control, RenderRequest
from sora_nb.engines.cutout.extraction import extract
from sora_nb.engines.draw import render
from sora_nb.media import cut, frames
from sora_nb.models import Clip
from tests.quality import people

RABBIT = Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"
ROUNDS = 2


@pytest.fixture(params=["footage", "film", "person"])
def video(request, tmp_path):
    """Return a video of 1280x720 pixels and three seconds of it."""
    if request.param == "footage":
        return RABBIT, Clip(start=2, end=5)
    made = tmp_path / "film.mp4"
    if request.param == "person":
        people.make(replace(people.TALKING[1], size=(1280, 720), seconds=3.0), made)
        return made, Clip(start=0, end=3)
    render.generate(RenderRequest("a corgi walks in a coffee shop", {}, 1280, 720, 3.0), made, Control())
    return made, Clip(start=0, end=3)


@pytest.fixture
def large(tmp_path):
    """A second as phones film it: 3840x2160 pixels, 60 pictures a second."""
    pictures = (cv2.resize(frame.rgb, (3840, 2160)) for frame in frames(RABBIT, 2, 4.4))
    return films.write(tmp_path / "large.mp4", pictures, fps=60, gop=60, crf=26, options={"preset": "ultrafast"})


ENGINE = "the engine alone, warm"


def test_extract_costs_little_more_than_its_engine(row, tmp_path):
    """A film of one's own: cut, cut out, kept, and written down; nor does anybody wait much longer for it."""
    engine = AnimaticEngine()
    with Studio("local", home=tmp_path, engine=engine, progress=False) as studio:
        studio.extract(RABBIT, 2, 3)  # all is loaded
        works = lambda: engine.extract(RABBIT, Clip(2, 4), Control()), lambda: studio.extract(RABBIT, 2, 4)

        def turn():
            spent = []
            waited = [wall(lambda work=work: spent.append(cpu(work))) for work in works]
            return *spent, *waited

        def enough(alone, all_in, waited_alone, waited):
            return all_in < 1.6 * alone and waited <= 1.25 * waited_alone

        taken = least(turn, rounds=3, enough=enough)
        assert list((tmp_path / "incoming").iterdir()) == []
    alone, all_in, *_ = taken
    kept = sum(path.stat().st_size for path in tmp_path.rglob("*.mp4"))
    row("`extract`, 2 s of 720p", before="1.76x", now=all_in / alone, unit="x", limit=ENGINE, reach=1.25,
        why="the rest is encoding the clip (a third), the pictures of the cut-out, its animation and its stills; opening a "
            "file decodes its first picture, a dozen times over, for libavformat reads the kind of pixels from it")  # fmt: skip
    assert enough(*taken)
    assert kept < 8 * 2**20  # two clips, and no copy of a film


@pytest.mark.bench
def test_all_that_three_seconds_take(row, tmp_path):
    with Studio("local", home=tmp_path, progress=False) as studio:
        studio.extract(RABBIT, 2, 3)
        (spent,) = in_turns(lambda: studio.extract(RABBIT, 2, 5), rounds=2)
    row("`extract`, 3 s of 720p, all in", before="10.3 s", now=spent, unit="s", limit="", reach=4.5,
        why="the engine alone takes three quarters of it")  # fmt: skip


def test_a_clip_of_a_large_film_costs_little_more_than_decoding_it(row, large, tmp_path):
    def decode():
        return sum(1 for _ in frames(large, 0, 1))

    works = decode, lambda: cut(large, Clip(0, 1), tmp_path / "cut.mp4")
    floor, spent = in_turns(*works, rounds=ROUNDS, enough=lambda floor, spent: spent < 3.5 * floor)
    row("cutting 4K60", before="4.8x", now=spent / floor, unit="x", limit="decoding it", reach=2.5)
    assert spent < 3.5 * floor


def test_extraction_costs_a_small_multiple_of_decoding(benchmark, video):
    path, clip = video

    def decode():
        return [frame.rgb.shape for frame in frames(path, clip.start, clip.end)]

    # about 14 on a quiet machine; full-size work in the wrong place is much more
    def enough(spent, floor):
        return spent <= 22 * floor

    works = lambda: extract(path, clip, Control()), decode
    spent, floor = benchmark.pedantic(lambda: in_turns(*works, rounds=ROUNDS, enough=enough), rounds=1)
    benchmark.extra_info.update(ratio=round(spent / floor, 1))
    assert enough(spent, floor)

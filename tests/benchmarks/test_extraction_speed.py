"""How much more cutting a character out of a clip costs than decoding the clip."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from sora_nb.engines.base import Control, RenderRequest
from sora_nb.engines.cutout.extraction import extract
from sora_nb.engines.draw import render
from sora_nb.media.video import frames
from sora_nb.models import Clip
from tests.quality import people

RABBIT = Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"
ROUNDS = 3


def cpu(work):
    """CPU seconds of all threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def least_times(work, floor):
    """How many times the CPU seconds of another work one takes, the least of rounds of both: others use the machine too."""
    return min(cpu(work) / cpu(floor) for _ in range(ROUNDS))


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


def test_extraction_costs_a_small_multiple_of_decoding(benchmark, video):
    path, clip = video

    def decode():
        return [frame.rgb.shape for frame in frames(path, clip.start, clip.end)]

    work = [lambda: extract(path, clip, Control()), decode]
    times = benchmark.pedantic(least_times, args=work, rounds=1)
    benchmark.extra_info.update(ratio=round(times, 1))
    # about 14 here; a busy machine adds noise, full-size work in the wrong place much more
    assert times <= 22

"""How much more a film costs than encoding its finished pictures, and how much memory it takes."""

from pathlib import Path

import numpy as np
import pytest
from speed import in_turns, megabytes

from sora_nb.engines.base import Control, RenderRequest
from sora_nb.engines.draw import encode, render, surroundings
from sora_nb.engines.draw.characters import stock
from sora_nb.engines.draw.film import Film

PROMPTS = (
    ("@rex walks on the beach at sunset", "2.65x"),
    ("@rex waves in a coffee shop, zoom in", "2.25x"),
    ("@rex runs in a rainy street, slow pan", "2.52x"),
)
SECONDS = 4.0
ROUNDS = 2
ANEW = "the scene is drawn anew, and the cast is made ready for its light"
AGAIN = (
    "of what is left, three quarters and more are the pictures: blending layers, enlarging for a zoom and putting the cast "
    "in; the rest is the cast made ready and the sound. Zooming the planes that are encoded is no faster (2.6 ms for 2.8), "
    "larger or smaller blocks of blending neither, and FFmpeg's conversion to planes takes nine times as long"
)

MEMORY = """
import sys
from pathlib import Path
from sora_nb.engines.draw import render
from sora_nb.engines.draw.characters import stock
from sora_nb.engines.base import Control, RenderRequest
cast = {"rex": stock.character("corgi", "walk", 360)}
render.generate(RenderRequest("@rex walks on the beach", cast, 1280, 720, 4.0), Path(sys.argv[1]), Control())
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


def encoding_alone(request, out):
    """Encode the same pictures, without their sound; a function that does it again and again."""
    film = Film(request)
    pictures = [film.planes(index) for index in range(film.pictures)]
    silence = np.zeros((0, 2), np.float32)
    size = {"width": request.width, "height": request.height, "fps": request.fps}
    return lambda: encode.write(pictures, silence, out, **size, title="", comment="")


@pytest.mark.parametrize(("prompt", "before"), PROMPTS)
def test_a_film_costs_at_most_twice_its_encoding(benchmark, row, tmp_path, prompt, before):
    cast = {"rex": stock.character("corgi", "walk", 360)}
    request = RenderRequest(prompt, cast, 1280, 720, SECONDS)
    out = tmp_path / "a.mp4"

    def again():
        render.generate(request, out, Control())

    def anew():
        surroundings.kept.drop()
        again()

    # the aim is 1.5, and 2.0 is measured on an idle machine; a broken renderer takes much more
    def enough(first, next_one, floor):
        return first <= 3.5 * floor and next_one <= 3.0 * floor

    works = anew, again, encoding_alone(request, out)
    taken = benchmark.pedantic(lambda: in_turns(*works, rounds=ROUNDS, enough=enough), rounds=1)
    first, next_one, floor = taken
    benchmark.extra_info.update(ratio=round(first / floor, 2), cpu_per_video_second=round(first / SECONDS, 3))
    for what, spent, why in (("", first, ANEW), (", in the place of the last film", next_one, AGAIN)):
        row(
            f"render 720p, {SECONDS:g} s: {prompt}{what}",
            before=before,
            now=spent / floor,
            unit="x",
            limit=f"encoding the same pictures, {floor:.2g} s",
            reach=1.5,
            why=why,
        )
    assert enough(*taken)


@pytest.mark.release  # memory of a process of its own
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from /proc")
def test_a_film_fits_into_400_megabytes(tmp_path):
    assert megabytes(MEMORY, tmp_path / "a.mp4", most=400) <= 400

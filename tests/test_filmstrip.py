"""Filmstrips: which pictures they show, from few key frames and from many."""

from __future__ import annotations

import io

import films
import numpy as np
import pytest
from conftest import FOOTAGE
from PIL import Image

from sora_nb.errors import Cancelled, MediaError
from sora_nb.media import filmstrip as module
from sora_nb.media.filmstrip import filmstrip, filmstrips, key_frames


@pytest.fixture
def footage():
    """The real one, whose pixels count here."""
    return FOOTAGE


def grey_ramp(seconds, fps=25, *, tall=96, wide=160):
    """Pictures that get lighter by the second."""
    for number in range(seconds * fps):
        yield np.full((tall, wide, 3), 20 + 20 * (number // fps), np.uint8)


def shades(strip):
    with Image.open(io.BytesIO(strip.sprite)) as sprite:
        pixels = np.asarray(sprite.convert("L"), float)
    assert pixels.shape == (strip.height, strip.width * len(strip.times))
    return [part.mean() for part in np.split(pixels, len(strip.times), axis=1)]


@pytest.mark.parametrize("gop", [25, 250], ids=["many key frames", "one key frame"])
def test_each_picture_is_from_its_own_second(tmp_path, gop):
    film = films.write(tmp_path / "a.mp4", grey_ramp(8), gop=gop)
    strip = filmstrip(film, 8, height=48)
    assert (strip.width, strip.height) == (80, 48)
    assert strip.times == tuple(number + 0.5 for number in range(8))
    assert shades(strip) == pytest.approx([20 + 20 * second for second in range(8)], abs=4)


def test_a_strip_of_a_window(tmp_path):
    film = films.write(tmp_path / "a.mp4", grey_ramp(8), gop=250)
    assert shades(filmstrip(film, 4, 4, 6)) == pytest.approx([100, 100, 120, 120], abs=4)


def test_key_frames_come_first_then_what_is_between_them(tmp_path):
    film = films.write(tmp_path / "a.mp4", grey_ramp(8), gop=100)
    soon, exact = filmstrips(film, 8, height=48)
    assert (soon.exact, exact.exact) == (False, True)
    assert shades(soon) == pytest.approx([20] * 4 + [100] * 4, abs=4)
    assert shades(exact) == pytest.approx([20 + 20 * second for second in range(8)], abs=4)


def test_only_what_shares_its_key_frame_is_decoded_in_order(tmp_path, monkeypatch):
    film = films.write(tmp_path / "a.mp4", grey_ramp(8), gop=25)
    decoded = []
    whole = module.pictures

    def counted(path, time, **more):
        for shown in whole(path, time, **more):
            decoded.append(shown[0])
            yield shown

    monkeypatch.setattr(module, "pictures", counted)
    assert shades(filmstrip(film, 9)) == pytest.approx([20 + 20 * int(8 * (n + 0.5) / 9) for n in range(9)], abs=4)
    # two of nine pictures lie in one second
    assert decoded
    assert 4 <= min(decoded) <= max(decoded) <= 5


def test_a_long_strip_shows_key_frames_alone(tmp_path):
    film = films.write(
        tmp_path / "a.mp4", (np.full((32, 48, 3), 20 + 4 * (n // 5), np.uint8) for n in range(205)), fps=5, gop=50
    )
    (soon,) = filmstrips(film, 8, height=16)
    assert not soon.exact
    (near,) = (strip for strip in filmstrips(film, 8, 10, 18, height=16) if strip.exact)
    assert shades(near) == pytest.approx([20 + 4 * second for second in range(10, 18)], abs=3)


def test_key_frames_come_once_each(tmp_path):
    film = films.write(tmp_path / "a.mp4", grey_ramp(4), gop=50)
    found = list(key_frames(film, [0, 0.5, 1, 2.5, 3], height=48))
    assert [frame.time for frame in found] == [0, 2]
    assert found[0].rgb.shape == (48, 80, 3)


def test_real_footage_has_real_pictures(footage):
    strip = filmstrip(footage, 6)
    assert len(set(map(round, shades(strip)))) > 1
    assert strip.width / strip.height == pytest.approx(16 / 9, abs=0.03)


def test_work_nobody_wants_ends(footage):
    def check():
        raise Cancelled("No longer wanted.")

    with pytest.raises(Cancelled):
        filmstrip(footage, 6, check=check)


def test_what_is_no_video(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"hello")
    with pytest.raises(MediaError, match="not a video file"):
        filmstrip(tmp_path / "a.mp4", 4)

"""How long films are, and at what pace their pictures come, by the pictures themselves."""

from __future__ import annotations

import muxing
import pytest

from sora_nb import media
from sora_nb.errors import ClipError, MediaError
from sora_nb.models import Clip, SpanRule


def every(step, count, begin=0.0):
    return [begin + number * step for number in range(count)]


@pytest.mark.parametrize(
    ("name", "times", "more", "fps", "length"),
    [
        ("even.mp4", every(0.04, 50), {}, 25, 2.0),
        ("late.mp4", every(0.04, 50, 0.5), {}, 25, 2.5),
        ("slower.mp4", [*every(1 / 30, 90), *every(1 / 12, 12, 3.0)], {"rate": 30}, 30, 3.95),
        ("longer sound.mp4", every(0.04, 50), {"sound": (0.0, 4.0)}, 25, 2.0),
        ("recorder.webm", every(0.033, 60), {"codec": "libvpx", "rate": 1000}, 1 / 0.033, 1.98),
        ("stream.ts", every(0.04, 50), {}, 25, 2.0),
        ("slow stream.ts", every(1.2, 5), {"codec": "libx265"}, 1 / 1.2, 6.0),
        ("late last.ts", [*every(0.008, 9), 1.164], {"gop": 7, "between": 2}, 125, 1.172),
        ("no usual step.mp4", [0, 0.05, 0.15, 0.25, 0.27, 0.29, 0.69], {}, 20, 0.71),
    ],
)
def test_length_and_pace(tmp_path, name, times, more, fps, length):
    info = media.probe(muxing.film(tmp_path / name, times, **more))
    assert info.fps == pytest.approx(fps, rel=0.02)
    assert info.duration == pytest.approx(length, abs=0.05)


@pytest.fixture
def film(tmp_path):
    return muxing.film(tmp_path / "film.mp4", every(0.04, 150))


def cut_down(path, part):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    return len(content)


def test_an_mp4_whose_index_did_not_come(film):
    whole = cut_down(film, 0.6)
    with pytest.raises(MediaError, match=rf"cut off after {int(whole * 0.6):,} of [\d,]+ bytes") as caught:
        media.probe(film)
    assert "Convert" not in str(caught.value)


def test_what_is_there_of_an_mp4_with_its_index_in_front(tmp_path):
    film = tmp_path / "a.mp4"
    media.join([muxing.film(tmp_path / "whole.mp4", every(0.04, 150))], film)
    whole = cut_down(film, 0.6)
    info = media.probe(film)
    assert 1 < info.duration < 5
    assert len(list(media.frames(film))) == pytest.approx(info.duration * 25, abs=5)
    with pytest.raises(MediaError, match=rf"cut off after [\d,]+ of {whole:,} bytes"):
        media.check_whole(film)
    with pytest.raises(ClipError, match="cut off after"):
        media.check_clip(film, Clip(3, 6), SpanRule())


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "mjpeg"), ("a.mkv", "libx264")])
def test_other_containers_tell_that_they_were_cut_off_too(tmp_path, name, codec):
    film = muxing.film(tmp_path / name, every(0.04, 50), codec=codec)
    assert media.cut_off(film) is None
    whole = cut_down(film, 0.7)
    with pytest.raises(MediaError, match=rf"cut off after [\d,]+ of {whole:,} bytes"):
        media.check_whole(film)
    assert media.probe(film).duration < 1.6

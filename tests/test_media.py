"""Video files on this machine, with real footage."""

from __future__ import annotations

import io
from dataclasses import replace

import av
import cv2
import films
import numpy as np
import pytest
from conftest import FOOTAGE
from PIL import Image

from sora_nb import media
from sora_nb.errors import MediaError
from sora_nb.media.filmstrip import filmstrip
from sora_nb.models import Clip


@pytest.fixture
def footage():
    """The real one, whose pixels count here."""
    return FOOTAGE


def test_what_is_in_a_video(footage):
    info = media.probe(footage)
    assert (info.width, info.height, info.fps, info.codec, info.has_audio) == (1280, 720, 25, "h264", True)
    assert info.duration == pytest.approx(5.28)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_video_of_a_phone_is_upright(tmp_path, turn):
    """Three ways to hold a phone, in each picture of which the sky is up; OpenCV, which turns too, agrees."""
    sky = np.full((64, 96, 3), 40, np.uint8)
    sky[:32] = 220
    lying = np.rot90(sky, turn // 90)
    film = films.lay_down(films.write(tmp_path / "Häschen (1).mp4", [lying] * 30, fps=60), turn)
    info = media.probe(film)
    assert (info.width, info.height, info.fps) == (96, 64, 60)
    with Image.open(io.BytesIO(media.poster(film))) as poster:
        strip = Image.open(io.BytesIO(filmstrip(film, 1, height=64).sprite))
        told, theirs = cv2.VideoCapture(str(film)).read()
        assert told
        for picture in (np.asarray(poster), np.asarray(strip), theirs):
            assert picture.shape == sky.shape
            assert np.abs(picture.astype(int) - sky).mean() < 8


def test_pictures_of_a_window(footage):
    found = list(media.frames(footage, 1, 3, max_side=320))
    assert len(found) == 50
    assert found[0].time == pytest.approx(1.0)
    assert found[-1].time == pytest.approx(2.96)
    assert found[0].rgb.shape == (180, 320, 3)


def test_single_pictures_of_a_window_can_be_larger(footage):
    sides = (160, 160, 640, 160, 160)
    found = [replace(one, max_side=side) for one, side in zip(media.frames(footage, 1, 1.2), sides, strict=True)]
    assert [frame.rgb.shape[1] for frame in found] == [160, 160, 640, 160, 160]
    assert [frame.size[0] for frame in found] == [160, 160, 640, 160, 160]


def test_a_window_shows_the_same_pictures_as_the_whole(footage):
    whole = list(media.frames(footage, max_side=160))
    window = list(media.frames(footage, 2, 2.4, max_side=160))
    assert len(whole) == 132
    assert [frame.time for frame in window] == [frame.time for frame in whole[50:60]]
    assert all(np.array_equal(a.rgb, b.rgb) for a, b in zip(window, whole[50:60], strict=True))


def test_a_cut_is_exact_and_keeps_its_sound(footage, tmp_path):
    media.cut(footage, Clip(1.2, 3.4), tmp_path / "a.mp4")
    info = media.probe(tmp_path / "a.mp4")
    assert info.has_audio
    assert info.duration == pytest.approx(2.2, abs=0.02)
    original = [frame.rgb for frame in media.frames(footage, 1.2, 3.4, max_side=320)]
    cut = [frame.rgb for frame in media.frames(tmp_path / "a.mp4", max_side=320)]
    assert len(cut) == len(original) == 55
    worst = max(float(np.abs(a.astype(int) - b).mean()) for a, b in zip(cut, original, strict=True))
    assert worst < 4


def test_the_cuts_sound_is_the_originals(footage, tmp_path):
    media.cut(footage, Clip(1, 3), tmp_path / "a.mp4")

    def loudness(path, start, end):
        with av.open(str(path)) as container:
            stereo = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
            heard = [frame for frame in container.decode(audio=0) if start <= frame.time < end]
            blocks = [part.to_ndarray() for frame in heard for part in stereo.resample(frame)]
        return float(np.sqrt(np.mean(np.concatenate(blocks, axis=1) ** 2)))

    assert loudness(tmp_path / "a.mp4", 0, 2) == pytest.approx(loudness(footage, 1, 3), rel=0.05)


def test_a_poster_is_a_small_jpeg(footage):
    with Image.open(io.BytesIO(media.poster(footage))) as picture:
        assert (picture.format, picture.size) == ("JPEG", (480, 270))
    with Image.open(io.BytesIO(media.poster(footage, 99, max_side=64))) as picture:
        assert picture.size == (64, 36)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a video file"),
        (b"hello", "not a video file"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x.ts\n", "not a video file"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "not a video file"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(500), "cannot be read|no picture"),
        (b"\x1a\x45\xdf\xa3" + bytes(500), "cannot be read|no picture"),
    ],
)
def test_what_is_no_video(tmp_path, content, words):
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(MediaError, match=words):
        media.probe(tmp_path / "a.mp4")


def test_a_missing_file_and_a_damaged_one(tmp_path, footage):
    with pytest.raises(MediaError, match="There is no file"):
        media.probe(tmp_path / "none.mp4")
    (tmp_path / "a.mp4").write_bytes(footage.read_bytes()[:200_000])
    with pytest.raises(MediaError):
        list(media.frames(tmp_path / "a.mp4"))


def test_sound_alone_is_no_video(tmp_path):
    with av.open(str(tmp_path / "a.mp4"), "w") as target:
        stream = target.add_stream("aac", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
        frame.rate = 48_000
        target.mux(stream.encode(frame))
        target.mux(stream.encode())
    with pytest.raises(MediaError, match="no picture"):
        media.probe(tmp_path / "a.mp4")


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "plays"),
    [
        ("a.mp4", "libx264", "yuv420p", True),
        ("a.mp4", "libx264", "yuv444p", False),
        ("a.mp4", "mpeg4", "yuv420p", False),
        ("a.mkv", "libx264", "yuv420p", False),
        ("a.webm", "libvpx", "yuv420p", True),
    ],
)
def test_what_browsers_play(tmp_path, name, codec, pixels, plays):
    film = films.write(tmp_path / name, films.still(films.scene(), 0.4), codec=codec, pixels=pixels)
    assert media.playable(media.probe(film)) is plays


def test_a_preview_is_small_and_plays_everywhere(footage, tmp_path):
    media.preview(footage, 1, 2.5, tmp_path / "a.mp4", max_side=320)
    info = media.probe(tmp_path / "a.mp4")
    assert (info.width, info.height, info.has_audio) == (320, 180, True)
    assert info.duration == pytest.approx(1.5, abs=0.05)
    assert media.playable(info)
    head = (tmp_path / "a.mp4").read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_a_film_in_the_place_of_another_is_probed_anew(tmp_path, footage):
    here = tmp_path / "film.mp4"
    lengths = []
    for end in (1, 2):
        media.cut(footage, Clip(0, end), here)
        lengths.append(media.probe(here).duration)
        assert media.probe(here).duration == lengths[-1]
    assert lengths == pytest.approx([1, 2], abs=0.1)
    here.unlink()
    with pytest.raises(MediaError):
        media.probe(here)

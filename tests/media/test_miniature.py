"""Miniatures: a film small enough for a notebook, and what stands in its place where there is none."""

from __future__ import annotations

import base64
import io
import re
import shutil
from fractions import Fraction

import av
import films
import numpy as np
import pytest
from PIL import Image

from sora_nb import display, media
from sora_nb.engines.base import Control, RenderRequest
from sora_nb.engines.draw import render
from sora_nb.media import miniature
from sora_nb.models import Video
from sora_nb.storage.files import Files

LARGEST = 205_000
"""Characters of a video's HTML, whatever film it is."""


def facts(content):
    """Size, pictures a second, length, and the sound of a film in memory."""
    with av.open(io.BytesIO(content)) as container:
        video, sounds = container.streams.video[0], container.streams.audio
        pictures = [frame.time for frame in container.decode(video)]
        about = [(one.codec_context.name, one.codec_context.channels) for one in sounds]
        return (video.width, video.height), len(pictures) / (container.duration / 1e6), pictures, about


def looks_like(film, small, moment):
    """Whether two films show the same at a moment, as somebody sees it from afar."""
    seen = [
        np.asarray(Image.fromarray(next(media.frames(path, moment)).rgb).resize((40, 22)), int)
        for path in (film, small)
    ]
    return np.abs(seen[0] - seen[1]).mean() < 5


def noise(seconds, strength, size=(180, 320), fps=24):
    """A film that no encoder makes small."""
    rng = np.random.default_rng(1)
    for _ in range(round(seconds * fps)):
        yield (128 + strength * rng.standard_normal((*size, 3))).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def endless(tmp_path_factory):
    """Noise that no form of a miniature is small enough for."""
    return films.write(tmp_path_factory.mktemp("noise") / "a.mp4", noise(3, 60), fps=24, crf=18)


def test_it_is_a_small_mp4_with_the_same_pictures_at_the_same_times(footage, tmp_path):
    made = miniature.make(footage)
    assert len(made) <= miniature.MOST
    size, rate, times, sound = facts(made)
    info = media.probe(footage)
    assert size == (320, 180)
    assert rate == pytest.approx(info.fps, abs=0.5)
    assert times[-1] == pytest.approx(info.duration - 1 / info.fps, abs=0.05)
    assert sound == [("aac", 1)]
    (tmp_path / "small.mp4").write_bytes(made)
    for moment in (0.5, 2.0, 4.5):
        assert looks_like(footage, tmp_path / "small.mp4", moment)


def test_the_same_film_gives_the_same_bytes(footage):
    assert miniature.make(footage) == miniature.make(footage)


@pytest.mark.parametrize(
    ("width", "height", "shown"),
    [(1280, 720, (480, 270)), (720, 1280, (270, 480)), (131, 99, (132, 100)), (64, 2, (64, 2))],
)
def test_its_longer_side_has_at_most_480_pixels(width, height, shown):
    small = miniature.Miniature(width, height, 24)
    small.add(av.VideoFrame(width, height, "yuv420p"), 0)
    assert facts(small.finish(np.zeros(0, np.float32)))[0] == shown


@pytest.mark.parametrize(("rate", "shown"), [(24, 24), (25, 25), (30, 30), (60, 30), (50, 25), (12, 12)])
def test_more_than_30_pictures_a_second_are_thinned_out_evenly(rate, shown):
    small = miniature.Miniature(64, 64, rate)
    for number in range(rate * 2):
        small.add(av.VideoFrame(64, 64, "yuv420p"), round(number / rate, 3))
    _, _, times, _ = facts(small.finish(np.zeros(0, np.float32)))
    assert len(times) == 2 * shown
    assert np.diff(times) == pytest.approx(1 / shown, abs=0.0012)


def test_a_film_too_rich_for_the_first_form_gets_the_second():
    small = miniature.Miniature(480, 270, 24)
    for number, picture in enumerate(noise(2, 50, (270, 480))):
        small.add(av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p"), Fraction(number, 24))
    made = small.finish(np.zeros(0, np.float32))
    size, rate, _, _ = facts(made)
    assert size == (360, 202)
    assert rate == pytest.approx(12, abs=0.5)
    assert len(made) <= miniature.MOST


def test_what_no_form_is_small_enough_for_is_given_up_early():
    small = miniature.Miniature(480, 270, 24)
    given = 0
    for number, picture in enumerate(noise(60, 90, (270, 480))):
        if small.hopeless:
            break
        given += 1
        small.add(av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p"), Fraction(number, 24))
    assert given < 240
    assert small.finish(np.zeros(0, np.float32)) is None


def test_it_is_made_once_and_kept_beside_the_films_of_a_home(tmp_path, footage, monkeypatch):
    films_folder = Files(tmp_path / "home").folder / "videos"
    film = shutil.copy(footage, films_folder / "a.mp4")
    made = miniature.of(film)
    kept = films_folder.parent / "miniatures" / "a.mp4"
    assert kept.read_bytes() == made
    assert kept.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(miniature, "make", None)
    assert miniature.of(film) == made


def test_that_there_is_none_is_kept_too(tmp_path, endless, monkeypatch):
    film = shutil.copy(endless, Files(tmp_path / "home").folder / "videos" / "a.mp4")
    assert miniature.of(film) is None
    monkeypatch.setattr(miniature, "make", None)
    assert miniature.of(film) is None


@pytest.mark.parametrize("content", [None, b"", b"no film", "cut off"])
def test_a_film_that_is_gone_or_damaged_shows_its_poster(tmp_path, footage, content):
    film, poster = tmp_path / "a.mp4", tmp_path / "a.jpg"
    if content is not None:
        film.write_bytes(footage.read_bytes()[:20_000] if content == "cut off" else content)
    Image.new("RGB", (64, 36), "red").save(poster)
    shown = Video(prompt="a cat", path=film, poster=poster)._repr_mimebundle_()["text/html"]
    assert "<video" not in shown
    assert "<img" in shown
    assert "a cat" in shown


def test_a_video_plays_in_its_own_output(footage):
    video = Video(prompt="<a> $1 cat", path=footage)
    shown = video._repr_mimebundle_()
    assert shown["text/plain"] == repr(video)
    tag = re.search(r"<video ([^>]*)>", shown["text/html"])[1]
    assert {"muted", "autoplay", "loop", "controls", "playsinline"} <= set(tag.split())
    content = base64.b64decode(re.search(r'src="data:video/mp4;base64,([^"]*)"', tag)[1])
    assert content == miniature.of(footage)
    assert "<a>" not in shown["text/html"]
    assert "&lt;a&gt; <span>$</span>1 cat" in shown["text/html"]


def test_hosts_that_strip_films_show_one_poster(footage, tmp_path):
    (tmp_path / "a.jpg").write_bytes(media.poster(footage))
    shown = Video(path=footage, poster=tmp_path / "a.jpg")._repr_mimebundle_()["text/html"]
    assert re.search(r"<video [^>]*><img src=\"data:image/jpeg;base64,[^>]*></video>", shown)
    assert shown.count("<img") == 1


def test_the_largest_film_stays_within_what_a_notebook_carries(tmp_path, monkeypatch):
    picture = np.random.default_rng(1).integers(0, 255, (1080, 1920, 3), np.uint8)
    (tmp_path / "a.jpg").write_bytes(media.jpeg(picture))
    monkeypatch.setitem(display._makers, display.FILM, lambda _: bytes(miniature.MOST))
    video = Video(prompt="many words " * 100, path=tmp_path / "a.mp4", poster=tmp_path / "a.jpg")
    assert len(video._repr_mimebundle_()["text/html"]) <= LARGEST


def test_the_engine_makes_it_while_it_renders(tmp_path):
    wanted = RenderRequest("a corgi runs through a park", {}, 640, 360, 1.5, miniature=tmp_path / "small.mp4")
    render.generate(wanted, tmp_path / "a.mp4", Control())
    size, rate, _, sound = facts((tmp_path / "small.mp4").read_bytes())
    assert size == (480, 270)
    assert rate == pytest.approx(24, abs=0.5)
    assert sound == [("aac", 1)]
    for moment in (0.1, 1.2):
        assert looks_like(tmp_path / "a.mp4", tmp_path / "small.mp4", moment)
    first = (tmp_path / "small.mp4").read_bytes()
    render.generate(wanted, tmp_path / "b.mp4", Control())
    assert (tmp_path / "small.mp4").read_bytes() == first


def test_a_studio_keeps_what_its_engine_made(made, monkeypatch):
    monkeypatch.setattr(miniature, "make", None)  # it would be missed
    for video in (made.film, made.corgi):
        kept = made.home / "miniatures" / video.path.name
        assert "<video" in video._repr_mimebundle_()["text/html"]
        assert kept.is_file()
    assert not list((made.home / "incoming").iterdir())

"""Films as people have them, through each way that seconds of them leave: which pictures and which sound arrive is counted."""

from __future__ import annotations

import re

import pytest
from conftest import KEY
from faulty import Faulty, answer
from film_kinds import KINDS, QUICK
from judging import about_clip, about_numbers, about_strip, number_in, opened
from numbered import number_of
from quick import QuickEngine

from sora_nb import media
from sora_nb.engines.base import Control
from sora_nb.engines.cutout import footage
from sora_nb.media.filmstrip import filmstrip
from sora_nb.models import Clip
from sora_nb.server.server import LocalServer
from sora_nb.studio import Studio

STARTS = (0.0, 0.5, 1.3, 2.02, 3.7)
FEWER = (0.0, 1.3, 2.02)
"""For what is encoded."""
LENGTH = 2.0
SHORTER = {"late and trimmed.mp4": 3.2, "240.mp4": 1.0, "60.webm": 1.9, "front trimmed.mp4": 2.1, "two pieces.mp4": 1.9}
"""Films of less than six seconds, and the last second that a clip of them begins at."""
ALL = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.release) for name in KINDS]
)
AT_RELEASE = pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.release) for name in KINDS])


def starts(film, times=STARTS):
    return [film.clear(start) for start in times if start <= SHORTER.get(film.path.name, 9)]


def wrong(complaints):
    return {start: said for start, said in complaints.items() if said}


@ALL
def test_the_pictures_of_a_window(name, film_of):
    film = film_of(name)
    seen = {}
    for start in starts(film):
        found = list(media.frames(film.path, start, start + LENGTH))
        assert [frame.time for frame in found] == sorted(frame.time for frame in found)
        seen[start] = about_numbers(film, start, start + LENGTH, [number_of(frame.rgb) for frame in found])
    assert wrong(seen) == {}


@ALL
def test_a_cut(name, film_of, tmp_path):
    film = film_of(name)
    seen = {}
    for start in starts(film, FEWER):
        media.cut(film.path, Clip(start, start + LENGTH), tmp_path / "a.mp4")
        seen[start] = about_clip(film, start, start + LENGTH, opened(tmp_path / "a.mp4"))
    assert wrong(seen) == {}


@AT_RELEASE
def test_a_preview(name, film_of, tmp_path):
    film = film_of(name)
    seen = {}
    for start in starts(film, FEWER[1:]):
        media.preview(film.path, start, start + LENGTH, tmp_path / "a.mp4")
        seen[start] = about_clip(film, start, start + LENGTH, opened(tmp_path / "a.mp4"), thinned=True)
    assert wrong(seen) == {}


@ALL
def test_posters_and_strips(name, film_of):
    film = film_of(name)
    seen = {start: (number_in(media.poster(film.path, start)), film.on_screen(start)) for start in starts(film)}
    assert {start: told for start, told in seen.items() if told[0] != told[1]} == {}
    assert about_strip(film, filmstrip(film.path, 12, height=72)) == ""
    assert about_strip(film, filmstrip(film.path, 5, 0.5, 2.5, height=72)) == ""


@AT_RELEASE
def test_what_the_engine_looks_at(name, film_of):
    film = film_of(name)
    seen = {}
    for start in starts(film, FEWER):
        read = footage.read(film.path, Clip(start, start + LENGTH), Control())
        told = [number_of(picture) for picture in read.full]
        right = [film.on_screen(time + 0.001) for time in read.times]
        seen[start] = "" if told == right and right[0] == film.on_screen(start) else f"{told[:3]} for {right[:3]}"
    assert wrong(seen) == {}


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    with Studio(engine=QuickEngine(), home=tmp_path_factory.mktemp("local"), progress=False) as studio:
        yield studio


@AT_RELEASE
def test_the_clip_that_is_kept(name, film_of, local):
    film = film_of(name)
    start = starts(film, (1.3, 0.5))[0]
    hero = local.extract(film.path, start, start + LENGTH)
    assert about_clip(film, start, start + LENGTH, opened(hero.clip_file)) == ""


class Watching(QuickEngine):
    """Remembers the clips that it was given."""

    def extract(self, video, clip, control, hint=None):
        self.given = (opened(video), clip)
        return super().extract(video, clip, control, hint)


@pytest.fixture(scope="module")
def watching():
    return Watching()


@pytest.fixture(scope="module")
def remote(tmp_path_factory, watching):
    """A studio at a server of its own, by the wire."""
    folder = tmp_path_factory.mktemp("remote")
    server = LocalServer(folder / "server", watching, api_key=KEY).start()
    with Studio("local", base_url=server.url, api_key=KEY, home=folder / "home", progress=False) as studio:
        yield studio
    server.stop()


@AT_RELEASE
def test_what_a_server_cuts_from_an_upload(name, film_of, remote, watching):
    film = film_of(name)
    start = starts(film, (1.3, 0.5))[0]
    hero = remote.extract(film.path, start, start + LENGTH)
    clip, window = watching.given
    shown = [number for time, number in clip.pictures if window.start - 0.001 <= time < window.end]
    assert about_numbers(film, start, start + LENGTH, shown) == ""
    assert about_clip(film, start, start + LENGTH, opened(hero.clip_file)) == ""


@pytest.fixture(scope="module")
def service():
    with Faulty(answer(b'{"id": "char_1", "name": "x", "created_at": 1}')) as running:
        yield running


@pytest.fixture(scope="module")
def paid(tmp_path_factory, service):
    home = tmp_path_factory.mktemp("paid")
    with Studio("openai-shape", base_url=service.url, api_key=KEY, home=home, progress=False) as studio:
        yield studio


@AT_RELEASE
def test_the_clip_that_is_paid_for(name, film_of, paid, service, tmp_path):
    film = film_of(name)
    start = starts(film, (1.3, 0.5))[0]
    paid.extract(film.path, start, start + LENGTH)
    head, _, body = service.creates[-1].partition(b"\r\n\r\n")
    boundary = re.search(rb"boundary=([^\r;]+)", head)[1]
    part = next(part for part in body.split(b"--" + boundary) if b'name="video"' in part)
    (tmp_path / "sent.mp4").write_bytes(part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n"))
    assert about_clip(film, start, start + LENGTH, opened(tmp_path / "sent.mp4")) == ""

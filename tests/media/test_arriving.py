"""A film on its way is read like one that is here, and what is read comes once."""

from __future__ import annotations

import contextlib
import io
import itertools
import tempfile
from pathlib import Path

import large_films
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.errors import MediaError
from sora_nb.media.arriving import BLOCK, MOST_AHEAD, Arriving
from sora_nb.media.filmstrip import filmstrips, glance

BYTES = bytes(range(251)) * 2000
SEEK = st.tuples(st.just("seek"), st.integers(-9, len(BYTES) + 9), st.just(io.SEEK_SET)) | st.tuples(
    st.just("seek"), st.integers(-len(BYTES), 0), st.just(io.SEEK_END)
)
READ = st.tuples(st.just("read"), st.sampled_from([1, 100, BLOCK, 32_768, 3 * BLOCK + 5]))


@contextlib.contextmanager
def arriving(content, folder):
    """A film whose bytes lie in memory, and the spans that were brought."""
    brought = []

    def bring(spans):
        for start, stop in spans:
            brought.append((start, stop))
            film.write(start, content[start:stop])

    film = Arriving(Path(folder) / "film.part", len(content), bring)
    try:
        yield film, brought
    finally:
        film.close()


@given(st.integers(1, len(BYTES)), st.lists(SEEK | READ, max_size=20))
def test_any_reads_give_what_a_whole_file_gives_and_nothing_comes_twice(size, steps):
    whole = io.BytesIO(BYTES[:size])
    with (
        tempfile.TemporaryDirectory() as folder,
        arriving(BYTES[:size], folder) as (film, brought),
        film.open("rb") as file,
    ):
        read = 0
        for what, *how in steps:
            if what == "seek":
                place = (max(0, how[0]), how[1]) if how[1] == io.SEEK_SET else (max(-size, how[0]), how[1])
                assert file.seek(*place) == whole.seek(*place)
            else:
                assert file.read(how[0]) == whole.read(how[0])
                read += how[0]
        spans = sorted(brought)
        assert all(stop <= start for (_, stop), (start, _) in itertools.pairwise(spans))
        assert film.have == sum(stop - start for start, stop in spans) <= 3 * read + len(steps) * 2 * BLOCK
        gaps = film.missing()
        assert sum(stop - start for start, stop in gaps) + film.have == size
        film.ask(gaps)
        assert (film.have, film.missing()) == (size, [])
        assert film.path.read_bytes() == BYTES[:size]


def test_who_reads_on_and_on_is_brought_more_at_once(tmp_path):
    content = bytes(8 * MOST_AHEAD)
    with arriving(content, tmp_path) as (film, brought), film.open("rb") as file:
        while file.read(32_768):
            pass
    assert len(brought) < 20
    assert max(stop - start for start, stop in brought) <= MOST_AHEAD + 3 * BLOCK


def test_a_read_that_fails_says_why_and_may_come_later(tmp_path):
    def bring(_):
        raise ConnectionError("no network")

    film = Arriving(tmp_path / "film.part", 100, bring)
    with film.open("rb") as file, pytest.raises(ConnectionError, match="no network"):
        file.read(10)
    with pytest.raises(ConnectionError, match="no network"):
        glance(film, 12, height=64)
    film.close()


def test_a_glance_shows_the_strip_of_key_frames_and_brings_little_more(footage, tmp_path):
    path = large_films.write(footage, tmp_path / "film.mp4", 60, 20_000_000)
    with arriving(path.read_bytes(), tmp_path) as (film, _):
        seen = glance(film, 12, height=64)
        assert film.have < 2_000_000
    first = next(filmstrips(path, 12, 0.0, seen.duration, height=64))
    assert seen.strip.sprite == first.sprite
    assert (seen.strip.width, seen.strip.times) == (first.width, first.times)
    assert seen.duration == pytest.approx(60, abs=6)
    assert seen.poster.startswith(b"\xff\xd8")


@pytest.mark.parametrize("name", ["vp8.webm", "h264.ts", "front trimmed.mp4", "fragmented.mp4"])
def test_a_glance_at_any_container_shows_the_same(name, film_of, tmp_path):
    path = film_of(name).path
    with arriving(path.read_bytes(), tmp_path) as (film, _):
        seen = glance(film, 6, height=64)
    assert seen.strip.sprite == next(filmstrips(path, 6, 0.0, seen.duration, height=64)).sprite


def test_a_film_that_does_not_tell_its_length_is_not_glanced_at(film_of, tmp_path):
    content = film_of("recorder.webm").path.read_bytes()
    with arriving(content, tmp_path) as (film, _), pytest.raises(MediaError, match="does not tell how long"):
        glance(film, 6, height=64)


@given(st.binary(max_size=3000))
def test_a_glance_at_what_is_no_film_is_refused(content):
    with (
        tempfile.TemporaryDirectory() as folder,
        arriving(b"\0\0\0\x18ftypmp42" + content, folder) as (film, _),
        pytest.raises(MediaError),
    ):
        glance(film, 6, height=64)

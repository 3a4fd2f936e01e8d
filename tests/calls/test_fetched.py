"""Films from the web: each comes once, whole, and anew only where its server has another one."""

from __future__ import annotations

import threading

import pytest
from serving import Shelf
from waiting import until

from sora_nb.errors import DownloadError
from sora_nb.media.filmstrip import filmstrips, glance
from sora_nb.studio import Studio


@pytest.fixture
def studio(tmp_path, engine):
    with Studio(home=tmp_path / "home", progress=False, engine=engine) as made:
        yield made


@pytest.fixture
def shelf(footage):
    with Shelf(footage.read_bytes()) as running:
        yield running


def test_a_film_that_is_the_same_does_not_come_again(studio, shelf):
    first = studio.fetch(shelf.url)
    assert studio.fetch(shelf.url) == first
    assert first.read_bytes() == shelf.content
    assert (shelf.sent, len(shelf.asked)) == (len(shelf.content), 2)


def test_extractions_and_the_desk_share_one_download(studio, shelf):
    studio.fetch(shelf.url)
    made = [studio.extract(shelf.url, 0, 2, name=name) for name in ("luna", "sol")]
    assert all(who.clip_file.is_file() for who in made)
    assert shelf.sent == len(shelf.content)
    assert not list((studio.home / "incoming").iterdir())


def test_a_film_that_was_looked_at_comes_once_all_in_all(studio, shelf):
    seen = []
    first = studio._session.submit_fetch(shelf.url, look=lambda film: seen.append(glance(film, 12, height=64))).result()
    assert first.read_bytes() == shelf.content
    assert studio.fetch(shelf.url) == first
    assert studio.extract(shelf.url, 0, 2).clip_file.is_file()
    assert shelf.sent == len(shelf.content)
    assert seen[0].strip.sprite == next(filmstrips(first, 12, 0.0, seen[0].duration)).sprite


def test_who_wants_a_film_that_is_under_way_waits_for_it(studio, shelf):
    shelf.large = 1000
    both = [studio._session.submit_fetch(shelf.url) for _ in range(2)]
    extracting = studio.submit_extract(shelf.url, 0, 2)
    until(lambda: shelf.asked)
    shelf.go.set()
    first, second = (coming.result() for coming in both)
    assert first == second
    assert extracting.result().clip_file.is_file()
    assert shelf.sent == len(shelf.content)


def test_a_film_whose_first_download_is_stopped_comes_for_who_waits(studio, shelf):
    shelf.large = 1000
    stopped, waiting = [studio._session.submit_fetch(shelf.url) for _ in range(2)]
    until(lambda: shelf.asked)
    stopped.cancel()
    shelf.go.set()
    assert waiting.result().read_bytes() == shelf.content


def test_a_look_ends_when_the_download_is_stopped_and_nothing_is_left(studio, shelf):
    began, stopped, ended = threading.Event(), threading.Event(), []

    def look(film):
        began.set()
        stopped.wait(30)
        try:
            film.ask(film.missing())
        except ConnectionError as error:
            ended.append(str(error))

    coming = studio._session.submit_fetch(shelf.url, look=look)
    began.wait(30)
    coming.cancel()
    until(lambda: not list((studio.home / "sources").iterdir()))
    stopped.set()
    until(lambda: ended)
    assert ended == ["the download was stopped"]
    assert shelf.sent < len(shelf.content)


def test_another_film_at_the_same_address_comes_whole(studio, shelf, clip):
    first = studio.fetch(shelf.url)
    shelf.content, shelf.tag = clip.read_bytes(), '"2"'
    second = studio.fetch(shelf.url)
    assert second != first
    assert second.read_bytes() == shelf.content
    assert first.is_file()


def test_a_film_that_is_gone_or_was_cut_here_comes_again(studio, shelf):
    studio.fetch(shelf.url).write_bytes(b"cut")
    kept = studio.fetch(shelf.url)
    assert kept.read_bytes() == shelf.content
    kept.unlink()
    assert studio.fetch(shelf.url).read_bytes() == shelf.content


def test_a_server_that_tells_nothing_of_its_film_is_asked_for_all_of_it(studio, shelf):
    shelf.tag = ""
    assert studio.fetch(shelf.url).read_bytes() == studio.fetch(shelf.url).read_bytes() == shelf.content
    assert shelf.sent == 2 * len(shelf.content)


def test_a_page_in_place_of_a_film_is_told_and_leaves_nothing(studio, shelf):
    shelf.content = b"\0no film" * 100
    with pytest.raises(DownloadError, match="not a video file"):
        studio.extract(shelf.url, 0, 2)
    assert [call.state.value for call in studio.ledger.calls()] == ["failed"]
    assert not [path for path in (studio.home / "sources").rglob("*") if path.is_file()]

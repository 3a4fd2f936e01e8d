"""One call from its row to its result: the row comes first, and says what happened whatever goes wrong."""

from __future__ import annotations

import muxing
import pytest
from faulty import Faulty, answer
from serving import usage
from waiting import until

from sora_nb import media
from sora_nb.errors import DownloadError, GenerationFailed, MediaError, NoSubject
from sora_nb.models import State

SMALL = {"seconds": 1, "size": "64x64"}


def watched(monkeypatch, studio):
    """Note the row's state at the moment its order is handed over."""
    seen = []
    honest = studio.provider.create

    async def create(order, key, report):
        seen.extend(call.state for call in studio.ledger.calls() if call.key == key)
        return await honest(order, key, report)

    monkeypatch.setattr(studio.provider, "create", create)
    return seen


def test_the_row_says_sent_before_the_request_leaves(hosted, monkeypatch):
    studio = hosted()
    seen = watched(monkeypatch, studio)
    studio.generate("a corgi", **SMALL)
    assert seen == [State.SENT]


def test_what_the_engine_of_this_process_is_handed_is_running(studio, monkeypatch):
    seen = watched(monkeypatch, studio)
    studio.generate("a corgi", **SMALL)
    assert seen == [State.RUNNING]


def test_a_character_has_its_clip_before_it_is_paid_for(hosted, monkeypatch, clip):
    studio = hosted()
    honest = studio.provider.create
    orders = []

    async def create(order, key, report):
        orders.append(order.clip_file.is_file())
        return await honest(order, key, report)

    monkeypatch.setattr(studio.provider, "create", create)
    hero = studio.extract(clip, 0, 2)
    assert orders == [True]
    assert hero.clip_file.is_file()
    assert list((studio.home / "incoming").iterdir()) == []


def test_seconds_that_cannot_be_cut_are_not_paid_for(hosted, monkeypatch, clip, http):
    studio = hosted()

    def cut(*_):
        raise MediaError("The disk is full.")

    monkeypatch.setattr(studio._session.files, "cut", cut)
    with pytest.raises(MediaError, match="disk is full"):
        studio.extract(clip, 0, 2)
    (row,) = studio.ledger.calls()
    assert (row.state, row.charged) == (State.FAILED, 0)
    assert usage(http)["character"]["accepted"] == 0


def test_an_engine_that_breaks_says_so_in_words(studio, engine, monkeypatch):
    def generate(*_):
        raise ZeroDivisionError("float division by zero")

    monkeypatch.setattr(engine, "generate", generate)
    with pytest.raises(GenerationFailed, match=r"local engine could not generate the video: ZeroDivisionError"):
        studio.generate("a corgi", **SMALL)
    (row,) = studio.ledger.calls()
    assert (row.state, row.charged) == (State.FAILED, 0)


def test_nobody_found_leaves_a_failed_row_and_no_file(studio, engine, monkeypatch, clip):
    def extract(*_):
        raise NoSubject("Nobody stands out in these seconds.")

    monkeypatch.setattr(engine, "extract", extract)
    with pytest.raises(NoSubject):
        studio.extract(clip, 0, 2)
    assert studio.costs()["status"].tolist() == ["failed"]
    until(lambda: not list(studio.home.rglob("*.mp4")))


def test_footage_from_the_web_is_fetched_for_the_engine_and_not_kept(studio, clip):
    with Faulty(answer(clip.read_bytes())) as web:
        hero = studio.extract(f"{web.url}/a.mp4", 0, 2)
        assert hero.source == f"url:{web.url}/a.mp4"
        assert len(web.requests) == 1
    assert hero.clip_file.is_file()
    assert list((studio.home / "incoming").iterdir()) == []


def test_an_engine_that_reads_the_clip_where_it_is_kept_has_it_decoded_once(studio, engine, monkeypatch, tmp_path):
    film = muxing.film(tmp_path / "film.mp4", [number / 25 for number in range(100)], sound=(0.0, 1.0))
    whole, seen = engine.extract, []

    def extract(video, clip, control, hint=None):
        seen.extend(control.keeper.frames())
        return whole(video, clip, control, hint)

    def cut(*_):
        raise AssertionError("it was cut on the way")

    monkeypatch.setattr(engine, "extract", extract)
    monkeypatch.setattr(studio._session.files, "cut", cut)
    hero = studio.extract(film, 2, 4)
    assert len(seen) == 50
    assert media.probe(hero.clip_file).duration == pytest.approx(2, abs=0.01)
    assert [call.error for call in studio.ledger.calls()] == ["The film has no sound in these seconds."]
    assert list((studio.home / "incoming").iterdir()) == []


def test_what_a_clip_lacks_is_noted_in_its_row(studio, tmp_path):
    film = muxing.film(tmp_path / "film.mp4", [number / 25 for number in range(100)], sound=(0.0, 1.0))
    studio.extract(film, 2, 4)
    studio.extract(film, 0, 2)
    noted = [call.error for call in studio.ledger.calls()]
    assert sorted(noted) == ["", "The film has no sound in these seconds."]


def test_footage_that_does_not_come_ends_the_call_free(studio):
    with Faulty(answer(b"", 404)) as web, pytest.raises(DownloadError):
        studio.extract(f"{web.url}/a.mp4", 0, 2)
    (row,) = studio.ledger.calls()
    assert (row.state, row.charged) == (State.FAILED, 0)


def test_a_film_that_cannot_be_kept_leaves_its_row_open(hosted, monkeypatch):
    """It is paid for: resume() fetches it again."""
    studio = hosted()
    files = studio._session.files
    honest = files.keep_video

    def keep_video(*_):
        raise MediaError("It cannot be kept: no space left on device.")

    monkeypatch.setattr(files, "keep_video", keep_video)
    with pytest.raises(DownloadError, match="no space left"):
        studio.generate("a corgi", **SMALL)
    (row,) = studio.ledger.calls()
    assert (row.state, row.charged) == (State.RUNNING, None)
    monkeypatch.setattr(files, "keep_video", honest)
    assert studio.resume()["now"].tolist() == ["done"]
    assert studio.costs()["charged"].tolist() == [0.3]


def test_a_film_of_the_local_engine_that_cannot_be_kept_is_told_as_what_it_is_and_made_again(studio, monkeypatch):
    files = studio._session.files
    honest = files.keep_video

    def keep_video(*_):
        raise MediaError("It cannot be kept: no space left on device.")

    monkeypatch.setattr(files, "keep_video", keep_video)
    with pytest.raises(DownloadError, match=r"was made, but not kept.*no space left.*charges nothing.*remake=True"):
        studio.generate("a corgi", **SMALL)
    (row,) = studio.ledger.calls()
    assert (row.state, row.charged) == (State.INTERRUPTED, 0)
    assert "was made, but not kept" in row.error
    assert list(files.incoming("").iterdir()) == []
    assert studio.resume().empty
    monkeypatch.setattr(files, "keep_video", honest)
    assert studio.resume(remake=True)["note"].tolist() == ["made again"]
    (row,) = studio.ledger.calls()
    assert (row.state, row.error) == (State.DONE, "")

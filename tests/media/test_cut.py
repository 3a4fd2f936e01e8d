"""Clips last as long as was asked, with pictures and sound at their times; one that does not is not handed on."""

from __future__ import annotations

import films
import muxing
import numpy as np
import pytest
from numbered import number_of

from sora_nb import media
from sora_nb.errors import MediaError
from sora_nb.media import edit
from sora_nb.models import Clip

SLOWING = [*(number / 30 for number in range(60)), *(2 + number / 12 for number in range(36))]
CHANGES = [0, 0.1, 0.2, 0.5, 4.6, 4.7, 4.8, 6.0]
JITTER = [max(0.0, number / 30 + 0.013 * ((number * 7) % 5 - 2) / 2) for number in range(150)]
QUICK = [*(number / 30 for number in range(30)), *(1 + number / 240 for number in range(240)), *(2 + number / 30 for number in range(60))]  # fmt: skip


def pictures(path):
    """Return when a clip shows which pictures, each once."""
    shown = {}
    for frame in media.frames(path):
        shown.setdefault(number_of(frame.rgb), frame.time)
    return shown


def due(times, start, end):
    """Return when a clip should."""
    first = max(number for number, time in enumerate(times) if time <= start + 1e-4)
    return {
        number: max(0.0, time - start) for number, time in enumerate(times) if number >= first and time < end - 0.026
    }


@pytest.mark.parametrize(
    ("times", "start", "rate"),
    [(SLOWING, 0.5, 30), (SLOWING, 2.5, 30), (SLOWING, 1.3, 30), (CHANGES, 2.0, 30), (CHANGES, 3.9, 30), (JITTER, 1.0, 30),
     (QUICK, 0.5, 30), ([number / 25 for number in range(120)], 1.33, 25)],
    ids=["fast part", "slow part", "across", "frozen", "sparse", "jitter", "slow motion", "between two"],
)  # fmt: skip
def test_pictures_keep_their_times(tmp_path, times, start, rate):
    film = muxing.film(tmp_path / "film.mp4", times, rate=rate, sound=(0.0, 5.0))
    assert media.cut(film, Clip(start, start + 2), tmp_path / "cut.mp4") == []
    info = media.probe(tmp_path / "cut.mp4")
    assert info.duration == pytest.approx(2, abs=0.002)
    assert info.has_audio
    found, right = pictures(tmp_path / "cut.mp4"), due(times, start, start + 2)
    assert found == pytest.approx({number: right.get(number, time) for number, time in found.items()}, abs=0.001)
    assert right.keys() <= found.keys()


def test_an_even_film_stays_even(tmp_path):
    film = muxing.film(tmp_path / "film.mp4", [number / 25 for number in range(100)])
    media.cut(film, Clip(1, 3), tmp_path / "cut.mp4")
    assert media.probe(tmp_path / "cut.mp4").fps == 25
    assert pictures(tmp_path / "cut.mp4") == pytest.approx({25 + number: number / 25 for number in range(50)})


def test_a_rewritten_clip_has_the_same_pictures_at_the_same_times(tmp_path):
    film = muxing.film(tmp_path / "film.mp4", JITTER, rate=30, sound=(0.0, 5.0))
    media.rewrite(film, Clip(1, 3), tmp_path / "copy.mp4", max_side=1280)
    copied, shown = list(media.frames(tmp_path / "copy.mp4")), list(media.frames(film, 1, 3))
    assert [frame.time for frame in copied] == pytest.approx([frame.time - 1 for frame in shown], abs=1e-4)
    assert all((a.rgb == b.rgb).all() for a, b in zip(copied, shown, strict=True))
    assert not media.probe(tmp_path / "copy.mp4").has_audio


def test_films_of_different_pace_are_joined_each_at_its_own(tmp_path):
    one = muxing.film(tmp_path / "one.mp4", [number / 25 for number in range(50)])
    two = muxing.film(tmp_path / "two.webm", [number * 0.05 for number in range(20)], codec="libvpx", sound=(0.0, 1.0),
                     sound_codec="libopus")  # fmt: skip
    media.join([one, two], tmp_path / "both.mp4")
    info = media.probe(tmp_path / "both.mp4")
    assert info.duration == pytest.approx(3, abs=0.05)
    assert info.has_audio
    assert [number_of(frame.rgb) for frame in media.frames(tmp_path / "both.mp4")] == [*range(50), *range(20)]


@pytest.mark.parametrize(
    ("size", "kept"),
    [((3840, 2160), (1280, 720)), ((2160, 3840), (720, 1280)), ((1920, 1440), (1108, 832)), ((1600, 1600), (960, 960)),
     ((2560, 1080), (1280, 540)), ((1280, 720), (1280, 720)), ((640, 360), (640, 360))],
)  # fmt: skip
def test_a_kept_clip_is_as_large_as_engine_and_services_make_use_of(tmp_path, size, kept):
    film = muxing.film(tmp_path / "film.mp4", [number / 2 for number in range(3)], size=size, rate=2)
    media.cut(film, Clip(0, 1), tmp_path / "cut.mp4")
    info = media.probe(tmp_path / "cut.mp4")
    assert (info.width, info.height) == pytest.approx(kept, abs=2)
    assert info.width * info.height <= 927_408
    assert len(media.picture_times(tmp_path / "cut.mp4", 0, 1)) == 2


@pytest.mark.parametrize(
    ("pixels", "turn"),
    [("yuv420p", 0), ("yuv420p", 90), ("yuv420p", 180), ("yuv420p", 270), ("yuvj420p", 90), ("yuv422p", 0)],
)
def test_a_cut_has_the_colours_and_the_turn_of_its_film(tmp_path, pixels, turn):
    rgb = [films.scene(seed, 1280, 720) for seed in range(4)]
    film = muxing.film(
        tmp_path / "film.mp4", [number / 4 for number in range(4)], rate=4, size=(1280, 720), pixels=pixels,
        draw=lambda number, _: rgb[number], options={"crf": "8"},
    )  # fmt: skip
    if turn:
        films.lay_down(film, turn)
    media.cut(film, Clip(0, 1), tmp_path / "cut.mp4")
    for ours, its in zip(media.frames(tmp_path / "cut.mp4"), media.frames(film, 0, 1), strict=True):
        apart = ours.rgb.astype(float) - its.rgb
        assert abs(apart.mean()) < 1.6
        assert np.abs(apart).mean() < (1.5 if pixels == "yuv420p" else 6)


def test_a_film_without_sound_just_then_says_so(tmp_path):
    film = muxing.film(tmp_path / "film.mp4", [number / 25 for number in range(100)], sound=(0.0, 1.0))
    assert media.cut(film, Clip(2, 4), tmp_path / "cut.mp4") == ["The film has no sound in these seconds."]
    assert media.cut(film, Clip(0.5, 2.5), tmp_path / "cut.mp4") == []


class TestKeptWhileItIsLookedAt:
    """One decode gives the pictures to somebody, and the clip to a file."""

    @pytest.fixture
    def film(self, tmp_path):
        return muxing.film(tmp_path / "film.mp4", JITTER, rate=30, sound=(0.0, 1.5))

    def seen(self, run):
        return [(frame.time, number_of(frame.rgb)) for frame in run]

    @pytest.mark.parametrize("clip", [Clip(0.5, 1), Clip(1.01, 3), Clip(2, 4)])
    def test_the_pictures_and_the_file_are_those_of_two_decodes(self, film, tmp_path, clip):
        keeper = edit.Keeper(film, clip, tmp_path / "kept.mp4")
        assert keeper.notes is None
        assert self.seen(keeper.frames()) == self.seen(media.frames(film, clip.start, clip.end))
        assert keeper.notes == media.cut(film, clip, tmp_path / "cut.mp4")
        assert pictures(tmp_path / "kept.mp4") == pictures(tmp_path / "cut.mp4")
        assert media.probe(tmp_path / "kept.mp4") == media.probe(tmp_path / "cut.mp4")

    @pytest.mark.parametrize("after", [0, 1, 7])
    def test_a_file_that_cannot_be_written_costs_no_picture(self, film, tmp_path, monkeypatch, after):
        take = edit.Encodable.take
        count = []

        def full(canvas, frame):
            count.append(frame)
            if len(count) > after:
                raise OSError(28, "No space left on device")
            return take(canvas, frame)

        monkeypatch.setattr(edit.Encodable, "take", full)
        keeper = edit.Keeper(film, Clip(1, 2), tmp_path / "kept.mp4")
        assert self.seen(keeper.frames()) == self.seen(media.frames(film, 1, 2))
        assert keeper.notes is None
        assert not (tmp_path / "kept.mp4").exists()

    def test_who_looks_no_longer_leaves_no_file(self, film, tmp_path):
        keeper = edit.Keeper(film, Clip(1, 2), tmp_path / "kept.mp4")
        run = keeper.frames()
        next(run)
        run.close()
        assert keeper.notes is None
        assert not (tmp_path / "kept.mp4").exists()


class TestWhatIsNotTheClip:
    """Each fault of decoder or encoder that the check is there for, put in by hand."""

    @pytest.fixture
    def film(self, tmp_path):
        return muxing.film(tmp_path / "film.mp4", [number / 25 for number in range(150)], sound=(0.0, 6.0))

    def refused(self, film, tmp_path, words):
        with pytest.raises(MediaError, match=words) as caught:
            media.cut(film, Clip(2, 4), tmp_path / "cut.mp4")
        assert "Nothing was sent, nothing was charged." in str(caught.value)

    def test_pictures_lost_in_front(self, film, tmp_path, monkeypatch):
        whole = edit.frames
        monkeypatch.setattr(edit, "frames", lambda path, start, end, **more: whole(path, start + 0.5, end, **more))
        self.refused(film, tmp_path, "the pictures of 2.00 to 2.48 s are missing")

    def test_pictures_lost_on_the_way(self, film, tmp_path, monkeypatch):
        whole = edit.frames

        def some(path, start, end, **more):
            return (frame for frame in whole(path, start, end, **more) if not 2.5 < frame.time < 3.5)

        monkeypatch.setattr(edit, "frames", some)
        self.refused(film, tmp_path, "the pictures of 2.52 to 3.48 s are missing")

    def test_pictures_not_written(self, film, tmp_path, monkeypatch):
        whole = edit.frames
        monkeypatch.setattr(edit, "frames", lambda path, start, end, **more: whole(path, start, end - 1, **more))
        monkeypatch.setattr(edit.Piece, "fits", lambda piece, rate: False)
        monkeypatch.setattr(edit, "UNEVEN", {})
        self.refused(film, tmp_path, "missing|not 2.00 s")

    def test_another_picture(self, film, tmp_path, monkeypatch):
        monkeypatch.setattr(edit, "key_frames", lambda *_, **__: iter([next(media.frames(film, 5, max_side=40))]))
        self.refused(film, tmp_path, "first picture is another one")

    def test_sound_lost(self, film, tmp_path, monkeypatch):
        whole = edit.sound
        monkeypatch.setattr(edit, "sound", lambda path, *window, **more: (
            (0.01 * block for block in whole(path, *window)) if path.name == "cut.mp4" else whole(path, *window, **more)
        ))  # fmt: skip
        self.refused(film, tmp_path, "sound is another one")

"""The clip slider's Python side, with a page that is not there."""

import films
import numpy as np
import pytest
import wire as wires
from PIL import Image
from quick import QuickEngine
from waiting import until

from sora_nb.errors import ClipError, InvalidInput, MediaError
from sora_nb.media import video
from sora_nb.models import Clip, SpanRule, Video
from sora_nb.notebook.widgets import _casting, clip_slider
from sora_nb.notebook.widgets.clip_slider import ClipSlider


def made(*arguments, **keys):
    slider = ClipSlider(*arguments, **keys)
    slider.ready.result()
    assert slider.problem == ""
    return slider


def test_a_slider_without_a_video():
    slider = ClipSlider()
    assert (slider.video, slider.duration, slider.value) == (None, 0, (0, 3))
    assert repr(slider) == "ClipSlider()"
    assert "No video chosen" in slider._repr_mimebundle_()[0]["text/html"]


def test_all_that_a_video_brings(short):
    slider = made(short)
    assert (slider.duration, slider.value, slider.timestamps, slider.clip) == (6, (0, 3), "0,3", Clip(0, 3))
    assert slider.about == {"name": "short.mp4", "fps": 25, "width": 320, "height": 180, "sound": True}
    assert set(slider.media) == {"poster", "overview", "video"}
    assert (slider.zoom, slider.working) == ([], "")
    assert slider.bands["whole"]["cuts"] == [4.0]
    best = slider.suggestions[0]
    assert best.end <= 4
    assert slider.suggestions[0].reason


def test_whatever_can_be_a_video_is_taken(short):
    for given in (Video(id="video_1", path=short), short, str(short)):
        assert ClipSlider(given).video == short


@pytest.mark.parametrize("wrong", [7, "https://x.example/cat.mp4", Video(id="video_1"), [], "missing.mp4"])
def test_what_has_no_file_here_is_refused(wrong):
    with pytest.raises(InvalidInput):
        ClipSlider(wrong)


def test_a_value_may_be_a_clip_or_times_as_text(short):
    assert ClipSlider(short, value=Clip(1, 3)).value == (1, 3)
    assert ClipSlider(short, value=("0:01", "0:02.5")).value == (1, 2.5)


def test_media_are_messages_and_never_state(wire, short):
    slider = made(str(short))
    sent = [content for content, _ in wire.customs(slider)]
    tokens = {content["token"] for content in sent}
    assert tokens >= {entry["token"] for entry in slider.media.values()}
    assert len(tokens) == len(slider.media) + 1  # the strip of key frames went before the exact one
    whole = b"".join(
        buffers[0] for content, buffers in wire.customs(slider) if content["token"] == slider.media["video"]["token"]
    )
    assert whole == short.read_bytes()
    states = [data.get("state", {}) for _, _, data, _ in wire.sent]
    assert all(len(str(value)) < 30_000 for state in states for name, value in state.items() if name[0] != "_")


def test_value_and_timestamps_from_python(short):
    slider = made(short, value=(1, 2.5))
    assert slider.timestamps == "1,2.5"
    slider.timestamps = "3,5"
    assert slider.value == (3, 5)
    assert slider.remarks == ["There is a cut at 4.0 s."]
    slider.value = (0.5, 3)
    assert slider.remarks == []


@pytest.mark.parametrize("value", [(0, 4), (1, 1.5), (5, 7), (3, 2), (-1, 1)])
def test_an_impossible_value_is_refused(short, value):
    slider = ClipSlider(short)
    with pytest.raises(ClipError):
        slider.value = value
    assert slider.value == (0, 3)


def test_whole_seconds_where_the_service_takes_no_others(short):
    slider = ClipSlider(short, span=SpanRule(decimals=False))
    assert slider.rule == {"shortest": 1, "longest": 3, "step": 1}
    with pytest.raises(ClipError, match="whole seconds only"):
        slider.value = (0.5, 2)


def test_what_the_page_sets(short):
    slider = made(short)
    heard = []
    slider.observe(lambda change: heard.append(change["new"]), "value")
    wires.update(slider, value=[1.5, 4.5])
    assert (slider.value, heard) == ((1.5, 4.5), [(1.5, 4.5)])
    wires.update(slider, value=[0, 99])
    assert slider.value == (1.5, 4.5)
    assert "is no clip of this video" in slider.problem


def test_another_video_keeps_a_selection_that_fits(short, long, tmp_path):
    slider = made(short, value=(2, 4))
    slider.video = long
    slider.ready.result()
    assert slider.value == (2, 4)
    tiny = films.write(tmp_path / "tiny.mp4", films.still(films.scene(), 2))
    slider.video = tiny
    assert slider.value == (0, 2)
    slider.video = None
    assert (slider.video, slider.duration, slider.media) == (None, 0, {})


def test_a_video_that_cannot_be_taken_leaves_the_one_before(short, tmp_path):
    slider = ClipSlider(short)
    with pytest.raises(InvalidInput, match="is no file on this machine"):
        slider.video = tmp_path / "none.mp4"
    with pytest.raises(ClipError, match=r"0\.4 s long, too short"):
        slider.video = films.write(tmp_path / "tiny.mp4", films.still(films.scene(), 0.4))
    assert slider.video == short
    with pytest.raises(ClipError, match="takes videos of up to 5 s"):
        ClipSlider(short, span=SpanRule(source_longest=5))


def test_a_long_video_has_a_closer_look_that_follows_the_selection(long):
    slider = made(long)
    assert slider.zoom == [0, 12]
    before = slider.media["zoom"]
    slider.value = (40, 43)
    slider.ready.result()
    assert slider.zoom == [35.5, 47.5]
    assert slider.media["zoom"]["token"] != before["token"]
    assert (slider.media["zoom"]["start"], slider.media["zoom"]["end"]) == (35.5, 47.5)
    assert slider.bands["zoom"]["start"] == 35.5
    slider.value = (41, 44)
    assert slider.zoom == [35.5, 47.5]


def decoding(monkeypatch):
    """Count the decoded pictures by the second of the film at which decoding began."""
    counts = []
    whole = video.pictures

    def counted(path, start, **more):
        counts.append([start, 0])
        mine = counts[-1]
        for shown in whole(path, start, **more):
            mine[1] += 1
            yield shown

    monkeypatch.setattr(video, "pictures", counted)
    return counts


def test_the_closer_look_its_preview_and_its_band_come_of_one_decode(monkeypatch, long):
    monkeypatch.setattr(clip_slider, "LARGEST", 1000)
    slider = made(long)
    counts = decoding(monkeypatch)
    slider.value = (40, 43)
    slider.ready.result()
    assert {"start": 35.5, "end": 47.5}.items() <= slider.media["video"].items()
    assert {"start": 35.5, "end": 47.5}.items() <= slider.media["zoom"].items()
    assert slider.bands["zoom"]["start"] == 35.5
    assert [start for start, decoded in counts if decoded > 100] == [35.5]


def test_a_strip_of_key_frames_is_seen_before_anything_is_decoded_in_order(monkeypatch, long):
    seen = []
    counts = decoding(monkeypatch)
    slider = ClipSlider()
    slider.observe(lambda change: seen.append((set(change["new"]), len(counts))), "media")
    counts.clear()
    slider.video = long
    slider.ready.result()
    assert next(decoded for names, decoded in seen if "overview" in names) == 0 < len(counts)


def test_a_large_file_is_played_in_pieces(monkeypatch, long):
    monkeypatch.setattr(clip_slider, "LARGEST", 1000)
    slider = made(long)
    assert (slider.media["video"]["start"], slider.media["video"]["end"]) == (0, 12)
    wires.update(slider, value=[50, 53], zoom=[46.0, 58.0])
    slider.ready.result()
    assert (slider.media["video"]["start"], slider.media["video"]["end"]) == (46, 58)
    assert len(list(slider._files["video"].parent.glob("preview-*"))) == 1


def test_a_large_file_is_played_whole_where_pages_fetch_it(monkeypatch, served, long):
    monkeypatch.setattr(clip_slider, "LARGEST", 1000)
    slider = made(long)
    video = slider.media["video"]
    assert (served.find(video["at"]).path, video["start"], video["end"]) == (str(long), 0, slider.duration)
    wires.custom(slider, {"kind": "need", "name": "video", "token": video["token"]})  # a page that does not reach it
    slider.ready.result()
    video = slider.media["video"]
    assert ("at" in video, video["start"], video["end"]) == (False, 0, 12)


def test_a_video_browsers_do_not_play_gets_a_preview(tmp_path):
    odd = films.write(tmp_path / "odd.avi", films.still(films.scene(), 2), codec="mpeg4")
    slider = made(odd)
    assert slider._files["video"] != odd
    assert slider.media["video"]["end"] == 2


def test_a_page_that_cannot_play_the_file_gets_a_preview(short):
    slider = made(short)
    token = slider.media["video"]["token"]
    wires.custom(slider, {"kind": "broken", "token": "of another video"})
    assert slider.media["video"]["token"] == token
    wires.custom(slider, {"kind": "broken", "token": token})
    slider.ready.result()
    assert slider.media["video"]["token"] != token
    wires.custom(slider, {"kind": "broken", "token": slider.media["video"]["token"]})
    assert slider.problem.startswith("This browser cannot play the preview")


def test_what_goes_wrong_on_the_thread_is_shown(monkeypatch, short):
    def fail(*_, **__):
        raise MediaError("A picture of the video is damaged.")

    monkeypatch.setattr(clip_slider.quality, "measure_video", fail)
    slider = ClipSlider(short)
    slider.ready.result()
    assert slider.problem.startswith("A picture of the video is damaged.")
    assert slider.working == ""
    assert "overview" in slider.media


def test_a_reader_without_a_kernel_sees_the_picture_and_the_seconds(short):
    slider = made(short, value=(1, 3))
    html = slider._repr_mimebundle_()[0]["text/html"]
    assert "short.mp4: 1-3 s" in html
    assert "data:image/jpeg;base64," in html
    assert len(html) < 60_000
    assert repr(slider) == "ClipSlider('short.mp4', timestamps='1,3')"


def test_the_band_is_as_long_as_the_video(short):
    slider = made(short)
    band = slider.bands["whole"]
    assert len(band["score"]) == len(band["marks"]) == 24
    assert np.all((np.array(band["score"]) >= 0) & (np.array(band["score"]) <= 1))


# --- who is meant -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def engine(monkeypatch):
    monkeypatch.setattr(_casting, "SETTLED", 0.0)
    return QuickEngine()


def test_who_is_in_these_seconds_is_found_and_shown(wire, short, engine):
    slider = made(short, subjects=engine, value=(1, 3))
    assert slider.asks
    assert (slider.who["state"], slider.who["clip"], slider.who["time"]) == ("done", [1, 3], 1)
    # that of the likeliest is the one of its cut-out
    assert slider.who["boxes"] == [[0.05, 0.1, 0.4, 0.9], [0.55, 0.1, 0.95, 0.9]]
    with Image.open(slider._files["cutout"]) as picture:
        assert (picture.mode, picture.size) == ("RGBA", (56, 72))
    assert slider.media["cutout"]["mime"] == "image/png"


def test_without_the_question_nobody_is_looked_for(short):
    slider = made(short)
    assert (slider.asks, slider.who, slider.subject) == (False, {}, None)
    assert "cutout" not in slider.media


def test_the_page_says_who_is_meant(short, engine):
    slider = made(short, subjects=engine)
    before = slider.media["cutout"]["token"]
    looks = len(engine.looks)
    wires.update(slider, subject=[0.55, 0.1, 0.95, 0.9])
    slider.ready.result()
    assert slider.subject == (0.55, 0.1, 0.95, 0.9)
    assert slider.who["subject"] == slider.subject
    assert slider.media["cutout"]["token"] != before
    assert len(engine.looks) == looks  # the same seconds are measured once


def test_a_subject_is_of_the_picture_that_the_seconds_begin_with(short, engine):
    slider = made(short, subjects=engine, value=(1, 3))
    slider.subject = (0.2, 0.3)
    slider.value = (1, 3.5)
    assert slider.subject == (0.2, 0.3)
    slider.value = (1.5, 3.5)
    assert slider.subject is None
    slider.ready.result()
    assert slider.who["clip"] == [1.5, 3.5]


@pytest.mark.parametrize("wrong", [[0.5], [0.1, 0.2, 3], "left", [0.9, 0.1, 0.2, 0.5], 7])
def test_what_is_no_box_is_refused_in_words(short, engine, wrong):
    slider = ClipSlider(short, subjects=engine)
    with pytest.raises(InvalidInput, match="A subject is a point or a box"):
        slider.subject = wrong
    wires.update(slider, subject=wrong)
    assert slider.subject is None
    assert slider.problem.startswith("A subject is a point or a box")


def test_nobody_there_is_said_with_what_to_do(short, engine):
    engine.nobody = True
    slider = made(short, subjects=engine)
    assert slider.who["state"] == "nobody"
    assert slider.who["said"] == "Nobody stands out here: point at who is meant, or choose other seconds."
    assert "cutout" not in slider.media
    slider.subject = (0.1, 0.1, 0.6, 0.9)
    slider.ready.result()
    assert slider.who["state"] == "done"


def test_seconds_in_which_nobody_is_found_are_no_good_moment(short, engine):
    slider = made(short, subjects=engine)
    best = slider.suggestions[0]
    engine.nobody = True
    slider.value = (3.5, 5)
    slider.ready.result()
    slider.value = (best.start, best.end)
    slider.ready.result()
    assert slider.who["state"] == "nobody"
    assert best not in slider.suggestions


def test_only_the_newest_seconds_are_looked_at(monkeypatch, short):
    monkeypatch.setattr(_casting, "SETTLED", 0.0)
    engine = QuickEngine()
    engine.hold()
    slider = ClipSlider(short, subjects=engine)
    until(lambda: engine.begun)
    slider.value = (1, 3)
    until(lambda: engine.cancelled)
    slider.value = (2, 4)
    engine.go_on()
    slider.ready.result()
    assert slider.who["clip"] == [2, 4]
    assert Clip(0, 3) not in engine.looks


def test_another_video_ends_the_search_in_the_one_before(short, long, engine):
    engine.hold()
    slider = ClipSlider(short, subjects=engine)
    until(lambda: engine.begun)
    slider.video = None
    until(lambda: engine.cancelled)
    engine.go_on()
    assert slider.who == {}
    slider.video = long
    slider.ready.result()
    assert slider.who["state"] == "done"


def test_what_was_measured_is_let_go_after_a_while(monkeypatch, short, engine):
    monkeypatch.setattr(_casting, "KEPT", 0.01)
    slider = made(short, subjects=engine)
    until(lambda: slider._casting._known.look is None)
    before = slider.who
    engine.hold()
    begun = engine.begun
    slider.subject = (0.2, 0.3)
    until(lambda: engine.begun > begun)
    kept = ("boxes", "times", "time")  # whoever goes through the options by keys goes on
    assert slider.who["state"] == "looking"
    assert [slider.who[name] for name in kept] == [before[name] for name in kept]
    engine.go_on()
    slider.ready.result()
    assert slider.who["state"] == "done"
    assert len(engine.looks) == 2


def test_an_engine_that_fails_says_so_and_nothing_else_stops(monkeypatch, short, engine):
    def fail(*_):
        raise MediaError("A picture of the video is damaged.")

    monkeypatch.setattr(engine, "look", fail)
    slider = ClipSlider(short, subjects=engine)
    slider.ready.result()
    assert slider.problem.startswith("A picture of the video is damaged.")
    assert slider.suggestions

"""Cutting a character out of real footage."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from sora_nb import media
from sora_nb.engines.base import Control, Hint
from sora_nb.engines.cutout.extraction import extract, measure
from sora_nb.engines.cutout.look import CutoutLook
from sora_nb.errors import Cancelled, MediaError, NoSubject
from sora_nb.models import Clip
from tests.quality import clips
from tests.quality.clips import write

pytestmark = pytest.mark.release

NECK = (210, 230)
"""Columns and rows of the cut-out photograph about which its head turns."""
RABBIT = Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"


def test_the_rabbit_becomes_a_moving_sprite_on_one_canvas(rabbit):
    assert 14 <= len(rabbit.frames) <= 24
    assert {frame.shape for frame in rabbit.frames} == {rabbit.frames[0].shape}
    assert rabbit.frames[0].shape[2] == 4
    assert rabbit.quality > 0.4


def test_the_avatar_is_square_and_large_enough(rabbit):
    assert rabbit.avatar.shape[0] == rabbit.avatar.shape[1] >= 256


def test_the_likeliest_subject_covers_the_rabbit():
    first = CutoutLook(measure(RABBIT, Clip(start=3, end=5), Control())).subjects[0]
    left, top, right, bottom = first.box
    assert left < 0.33 < right
    assert top < 0.4 < bottom


def test_a_clip_past_the_end_of_the_file_is_refused():
    with pytest.raises(MediaError, match=r"5\.\d+ s long"):
        extract(RABBIT, Clip(start=4, end=7), Control())


def test_cancelling_stops_the_work():
    control = Control(lambda fraction, _: control.cancel() if fraction > 0.05 else None)
    with pytest.raises(Cancelled):
        extract(RABBIT, Clip(start=3, end=5), control)


def film(path, pictures, fps=24):
    write(pictures, path, fps=fps)
    return path


@cache
def walking():
    """Pictures of somebody who walks."""
    return [picture for picture, _ in clips.frames(clips.recipe(14))]


def test_the_same_clip_gives_the_same_cutout(tmp_path):
    video = film(tmp_path / "walk.mp4", [picture[::2, ::2] for picture in walking()[:24]])
    one, two = (extract(video, Clip(start=0, end=1), Control()) for _ in range(2))
    assert np.array_equal(one.frames, two.frames)
    assert np.array_equal(one.avatar, two.avatar)
    assert one.quality == two.quality


def test_the_rabbit_keeps_his_body_when_only_his_arms_move(rabbit):
    assert rabbit.box[3] - rabbit.box[1] > 0.65


def talking(seconds=2, fps=24):
    """Film somebody whose head moves and whose body does not; it is tilted at the start, in the middle and at the end."""
    cut = clips.cut_photograph("astronaut")
    rows, columns = np.mgrid[0 : cut.shape[0], 0 : cut.shape[1]].astype(np.float32)
    loose = np.clip((300 - rows) / 80, 0, 1)  # all of the head, and none of the shoulders
    neck = np.float32(NECK)
    back = np.ascontiguousarray(clips.scenery("room", 4)[: cut.shape[0], : cut.shape[1] + 200])
    height, width = (size // 2 * 2 for size in back.shape[:2])
    random = np.random.default_rng(4)
    for number in range(seconds * fps):
        tilt = loose * np.float32(np.radians(32) * abs(np.cos(np.pi * number / fps)))
        x, y = columns - neck[0], rows - neck[1]
        across = neck[0] + x * np.cos(tilt) - y * np.sin(tilt)
        down = neck[1] + x * np.sin(tilt) + y * np.cos(tilt)
        shown = cv2.remap(cut, across, down, cv2.INTER_LINEAR)
        picture = back.copy()
        picture[:, 100:-100] = shown[..., :3] + (1 - shown[..., 3:]) * picture[:, 100:-100]
        yield (np.clip(picture + random.normal(0, 0.01, picture.shape), 0, 1) * 255).astype(np.uint8)[:height, :width]


def test_somebody_who_talks_is_cut_out_with_the_body(tmp_path):
    video = film(tmp_path / "talking.mp4", talking())
    cutout = extract(video, Clip(start=0, end=2), Control())
    left, top, right, bottom = cutout.box
    assert bottom > 0.97
    assert right - left > 0.5
    assert top < 0.1


@pytest.mark.parametrize("hint", [Hint(0.2, 0.05, 0.5, 0.85), Hint(0.34, 0.4, 0.34, 0.4)], ids=["box", "point"])
def test_a_hint_on_the_rabbit_finds_the_rabbit(hint):
    cutout = extract(RABBIT, Clip(start=4, end=5), Control(), hint)
    assert cutout.kind == "hint"
    assert cutout.box[0] < 0.34 < cutout.box[2]


def test_a_cut_inside_the_clip_is_told_and_the_longer_shot_used(tmp_path):
    walk = walking()[:36]
    other = [np.full_like(walk[0], 200) for _ in range(12)]
    video = film(tmp_path / "cut.mp4", other + walk)
    cutout = extract(video, Clip(start=0, end=2), Control())
    assert "cut inside" in cutout.warnings[0]


def test_progress_rises_from_start_to_end(tmp_path):
    seen = []
    video = film(tmp_path / "walk.mp4", [picture[::2, ::2] for picture in walking()[:24]])
    extract(video, Clip(start=0, end=1), Control(lambda fraction, _: seen.append(fraction)))
    assert seen == sorted(seen)
    assert seen[-1] > 0.9
    assert len(seen) > 30


@pytest.mark.parametrize("zoom", [1, 2])
def test_a_film_with_more_pixels_gives_a_close_up_of_the_best_frame(tmp_path, zoom):
    small = [frame.rgb for frame in media.frames(RABBIT, 3, 4)]
    large = [cv2.resize(rgb, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC) for rgb in small]
    found = extract(film(tmp_path / "large.mp4", large, fps=25), Clip(start=0, end=1), Control())
    if zoom == 1:
        assert found.close_up is None
        return
    frame = found.frames[found.best]
    left, top, wide, tall = cv2.boundingRect((frame[..., 3] > 12).astype(np.uint8))
    part = frame[top : top + tall, left : left + wide].astype(int)
    assert found.close_up.shape[:2] == pytest.approx((zoom * tall, zoom * wide), rel=0.03)
    seen = cv2.resize(found.close_up, (wide, tall), interpolation=cv2.INTER_AREA).astype(int)
    solid = (part[..., 3] == 255) & (seen[..., 3] == 255)
    assert solid.mean() > 0.4
    assert np.abs(part - seen)[solid].mean() < 6


@pytest.mark.parametrize("level", [0, 128])
def test_a_picture_without_anybody_is_refused(tmp_path, level):
    video = film(tmp_path / "plain.mp4", [np.full((90, 160, 3), level, np.uint8)] * 24)
    with pytest.raises(NoSubject, match="say who is meant"):
        extract(video, Clip(start=0, end=1), Control())


@pytest.mark.parametrize(
    ("height", "width", "count"), [(64, 64, 24), (200, 112, 24), (64, 64, 2), (64, 64, 1), (96, 128, 5)]
)
def test_small_short_and_noisy_videos_are_cut_or_refused_but_never_crash(tmp_path, height, width, count):
    random = np.random.default_rng(height + count)
    pictures = []
    for number in range(count):
        picture = random.integers(90, 130, (height, width, 3)).astype(np.uint8)
        left = width // 4 + number
        picture[height // 3 : -height // 4, left : left + width // 4] = (220, 60, 40)
        pictures.append(picture)
    video = film(tmp_path / "small.mp4", pictures)
    try:
        cutout = extract(video, Clip(start=0, end=count / 24), Control())
    except NoSubject:
        return
    assert cutout.frames[0].shape[2] == 4
    assert cutout.avatar.shape[0] >= 256

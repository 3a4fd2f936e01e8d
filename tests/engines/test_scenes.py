"""The places: told apart at a glance, changed by time and weather, still where nothing moves."""

import itertools

import cv2
import numpy as np
import pytest

from sora_nb.engines.draw import scenes
from sora_nb.engines.draw.scenes import layers, noise
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import Layer, View
from sora_nb.engines.prompt import vocabulary

NAMES = tuple(scenes.OUTDOORS | scenes.INDOORS)


def picture(
    name,
    time="day",
    weather="clear",
    width=320,
    height=180,
    seconds=4.0,
    at=1.0,
    track=0.0,
    seed=1,
    before=(255, 0, 255),
):
    where = scenes.setting(name, time=time, weather=weather, width=width, height=height, seconds=seconds, seed=seed)
    scene = scenes.draw(name, where)
    frame = np.full((height, width, 3), before, np.uint8)
    for element in (*scene.back, *scene.front):
        element.draw(frame, View(at, track * where.margin, where.margin))
    return frame


def signature(frame):
    """Colours in the upper, middle and lower third."""
    parts = [
        cv2.calcHist([part], [0, 1, 2], None, [6, 6, 6], [0, 256] * 3).ravel() for part in np.array_split(frame, 3)
    ]
    return np.concatenate([part / part.sum() for part in parts])


def distance(first, second):
    """Half the sum of differences: 0 is the same, 1 has no colour in common."""
    return np.abs(signature(first) - signature(second)).sum() / 6


def test_every_place_of_the_vocabulary_is_drawn():
    assert set(NAMES) == set(vocabulary.SCENES)
    assert len(NAMES) >= 12


@pytest.fixture(scope="module")
def by_day():
    return {name: picture(name) for name in NAMES}


def test_scenes_are_told_apart_by_their_colours(by_day):
    close = [
        (one, other, round(distance(by_day[one], by_day[other]), 2))
        for one, other in itertools.combinations(NAMES, 2)
        if distance(by_day[one], by_day[other]) < 0.25
    ]
    assert close == []


@pytest.mark.parametrize("name", NAMES)
def test_a_scene_fills_the_frame_with_detail(by_day, name):
    frame = by_day[name]
    assert not (frame == (255, 0, 255)).all(-1).any()
    assert frame.std() > 20
    assert len(np.unique(frame.reshape(-1, 3) // 8, axis=0)) > 300


@pytest.mark.parametrize("name", NAMES)
def test_the_time_of_day_changes_the_light(by_day, name):
    if name not in {"space", "stage"}:
        assert picture(name, "night").mean() < by_day[name].mean() * 0.92
    assert distance(picture(name, "sunset"), by_day[name]) > 0.12


@pytest.mark.parametrize("name", [name for name in scenes.OUTDOORS if name not in {"space", "underwater"}])
@pytest.mark.parametrize("weather", ["cloudy", "fog", "rain"])
def test_the_weather_changes_open_places(by_day, name, weather):
    assert distance(picture(name, "day", weather), by_day[name]) > 0.08


@pytest.mark.parametrize("size", [(180, 320), (64, 64), (66, 118), (480, 100)])
@pytest.mark.parametrize("name", NAMES)
def test_any_shape_of_frame_is_filled(name, size):
    frame = picture(name, width=size[0], height=size[1])
    assert not (frame == (255, 0, 255)).all(-1).any()


@pytest.mark.parametrize("track", [-1.0, 1.0])
@pytest.mark.parametrize("name", NAMES)
def test_the_camera_never_sees_beyond_the_panorama(name, track):
    for at in (0.0, 3.99):
        assert not (picture(name, track=track, at=at) == (255, 0, 255)).all(-1).any()


def test_a_seed_draws_the_same_place_again_and_another_seed_another():
    assert np.array_equal(picture("mountains", seed=4), picture("mountains", seed=4))
    assert not np.array_equal(picture("mountains", seed=4), picture("mountains", seed=5))


@pytest.mark.parametrize("name", ["beach", "underwater", "stage", "city street", "living room"])
def test_something_moves_in_a_living_place(name):
    still = np.abs(picture(name, at=0.5).astype(int) - picture(name, at=2.0)).max(-1)
    assert (still > 12).mean() > 0.002


@pytest.mark.release
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [(512, 512), (854, 480)], ids=lambda size: "x".join(map(str, size)))
def test_nothing_shows_of_what_lay_in_memory_before(name, size):
    black, white = (picture(name, width=size[0], height=size[1], track=0.3, before=grey) for grey in (0, 255))
    assert np.array_equal(black, white)


def test_near_layers_move_more_than_far_ones():
    def column(depth, track):
        canvas = Canvas(140, 9)
        canvas.rectangle(60, 0, 64, 9, (1.0, 1.0, 1.0))
        frame = np.zeros((9, 100, 3), np.uint8)
        canvas.layer(depth).draw(frame, View(0.0, track * 20, 20))
        return np.average(np.arange(100), weights=frame[4, :, 0])

    assert column(0.1, 0.0) - column(0.1, 1.0) == pytest.approx(2, abs=0.2)
    assert column(1.0, 0.0) - column(1.0, 1.0) == pytest.approx(20, abs=0.2)


def test_a_layer_moves_by_quarters_of_a_pixel():
    ramp = np.repeat(np.linspace(0, 1, 120, dtype=np.float32)[None, :, None], 4, 0).repeat(3, 2)
    layer = Layer(ramp, None, 1.0)
    frame = np.zeros((4, 100, 3), np.uint8)
    seen = []
    for x in (0.0, 0.25, 0.5, 0.75, 1.0):
        layer.draw(frame, View(0.0, x, 10))
        seen.append(float(frame[:, 50].mean()))
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]


def test_a_half_transparent_layer_mixes():
    canvas = Canvas(40, 20)
    canvas.rectangle(10, 5, 30, 15, (1.0, 0.0, 0.0), opacity=0.5)
    frame = np.full((20, 40, 3), 200, np.uint8)
    canvas.layer(0.0).draw(frame, View(0.0, 0.0, 0))
    assert frame[10, 20].tolist() == pytest.approx([227, 100, 100], abs=2)
    assert frame[2, 2].tolist() == pytest.approx([200, 200, 200], abs=1)


def test_over_cuts_at_every_edge():
    red = np.zeros((10, 10, 3), np.uint8)
    red[..., 0] = 255
    hole = np.zeros_like(red)
    for left, top in itertools.product((-12, -5, 15, 25), repeat=2):
        frame = np.zeros((20, 20, 3), np.uint8)
        layers.over(frame, red, hole, left, top)
        wide, tall = (max(0, min(20, at + 10) - max(0, at)) for at in (left, top))
        assert (frame[..., 0] > 0).sum() == wide * tall


def test_tiles_repeat_without_a_seam():
    texture = noise.tile(np.random.default_rng(1), 128, 8)
    inside = np.abs(np.diff(texture, axis=1)).mean()
    assert np.abs(texture[:, 0] - texture[:, -1]).mean() < 2 * inside

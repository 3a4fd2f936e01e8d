"""Characters move like somebody: their feet stay planted, nobody walks backwards, and what they cannot do is said."""

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from sora_nb.engines.base import Cutout, RenderRequest
from sora_nb.engines.draw import body, placement, scenes
from sora_nb.engines.draw.film import Film
from sora_nb.engines.draw.reel import reel
from sora_nb.engines.prompt import direction

SIZE = (640, 360)
ROWS = 200
STRIDE = 0.3
"""Of one leg, in heights: a foot on the ground goes this far back while the body passes over it."""


def walker(toward=1, *, count=18, fps=8.0, seconds=1.0):
    """Somebody who walks in profile; a whole cycle of two steps takes some seconds. The near foot is pure red."""
    frames = [picture(number / fps / seconds)[:, ::toward] for number in range(count)]
    path = tuple(toward * 2 * STRIDE * number / fps / seconds for number in range(count))
    return cutout([np.ascontiguousarray(frame) for frame in frames], fps=fps, path=path)


def cutout(frames, **facts):
    made = Cutout(tuple(frames), 8.0, 0, False, np.zeros((8, 8, 3), np.uint8), 0.9, "person", (0.0, 0.0, 1.0, 1.0))
    return replace(made, **facts)


def picture(phase):
    sheet = np.zeros((ROWS, ROWS, 4), np.uint8)
    for shift, color in ((0.5, (60, 60, 120, 255)), (0.0, (40, 160, 60, 255))):
        part = (phase + shift) % 1
        back = part < 0.5
        ahead = STRIDE / 2 - STRIDE * part * 2 if back else STRIDE * (2 * part - 1) - STRIDE / 2
        lift = 0.0 if back else 0.07 * np.sin(np.pi * (2 * part - 1))
        foot = round(ROWS * (0.5 + ahead)), round(ROWS * (0.97 - lift))
        cv2.line(sheet, (ROWS // 2, ROWS * 55 // 100), foot, color, 12, cv2.LINE_AA)
        cv2.circle(sheet, foot, 5, (255, 0, 0, 255) if shift == 0 else color, -1)
    cv2.ellipse(sheet, (ROWS // 2, ROWS * 42 // 100), (16, 36), 0, 0, 360, (200, 120, 40, 255), -1)
    cv2.circle(sheet, (ROWS // 2, ROWS * 12 // 100), 22, (230, 190, 160, 255), -1)
    cv2.circle(sheet, (ROWS // 2 + 24, ROWS * 13 // 100), 7, (0, 0, 255, 255), -1)  # a nose
    return sheet


def bust():
    """A head on shoulders, cut off below."""
    sheet = np.zeros((ROWS, ROWS, 4), np.uint8)
    cv2.circle(sheet, (100, 60), 55, (230, 190, 160, 255), -1)
    cv2.rectangle(sheet, (80, 100), (120, 140), (230, 190, 160, 255), -1)
    cv2.ellipse(sheet, (100, 199), (98, 65), 0, 0, 360, (60, 120, 60, 255), -1)
    return cutout([sheet] * 4, bust=True)


def film(prompt, *, size=SIZE, seconds=3.0, **cast):
    return Film(RenderRequest(f"{prompt}, static camera", cast, *size, seconds))


def place_of(shown, color):
    """The middle column of a pure colour, or None."""
    near = np.abs(shown.astype(int) - color).max(-1) < 110
    return float(np.nonzero(near)[1].mean()) if near.sum() > 6 else None


@pytest.mark.parametrize("toward", [1, -1])
def test_who_walks_faces_where_the_path_leads(toward):
    made = film("@ann walks in an office", ann=walker(toward))
    first, last = made.boxes(0)[0], made.boxes(made.pictures - 1)[0]
    assert toward * (last[0] - first[0]) > 0.3 * SIZE[0]
    shown = made.frame(20).astype(int)
    nose = place_of(shown, (0, 0, 255))
    left, _, right, _ = made.boxes(20)[0]
    assert toward * (nose - (left + right) / 2) > 0


@pytest.mark.parametrize("filmed", [1, -1])
@pytest.mark.parametrize(("words", "asked"), [("from left to right", 1), ("to the left", -1), ("从右往左", -1)])
def test_a_walk_goes_where_the_prompt_says_and_is_mirrored_for_it(filmed, words, asked):
    made = film(f"@ann walks {words} in an office", ann=walker(filmed))
    left, _, right, _ = made.boxes(20)[0]
    assert asked * (made.boxes(60)[0][0] - left) > 0
    assert asked * (place_of(made.frame(20), (0, 0, 255)) - (left + right) / 2) > 0


@pytest.mark.parametrize(
    ("prompt", "way"),
    [
        ("@ann walks to the right", 1),
        ("she runs towards the left edge", -1),
        ("a fox, left to right", 1),
        ("@ann stands to the right of @bob", 0),
        ("@ann walks, slow pan to the left", 0),
        ("the camera moves from left to right while @ann walks to the left", -1),
        ("all right, @ann left the house", 0),
        ("@ann 向右走", 1),
        ("镜头向左摇，@ann 在跑", 0),
        ("镜头缓缓从左往右移动，@ann 向左走", -1),
    ],
)
def test_the_way_is_read_from_the_prompt(prompt, way):
    assert direction.toward(prompt) == way


@pytest.mark.parametrize(
    ("prompt", "way"),
    [
        ("the camera pans left over the city", -1),
        ("slow pan to the right, a fox sits", 1),
        ("camera slowly moves from left to right", 1),
        ("panning leftward", -1),
        ("pan left to right across a lake", 1),
        ("panning right to left", -1),
        ("a man runs, camera pans left to right", 1),
        ("left-to-right pan over a city", 1),
        ("从左到右摇镜头", 1),
        ("truck right", 1),
        ("镜头向左摇", -1),
        ("镜头缓缓从左往右移动", 1),
        ("镜头右移", 1),
        ("镜头里左边有一只猫", 0),
        ("a fox runs to the left", 0),
        ("the camera follows a fox that runs to the left", 0),
        ("pan to the right of the house", 0),
        ("a pan on the left stove", 0),
        ("一只狗向左跑", 0),
    ],
)
def test_the_way_of_the_camera_is_read_from_the_prompt(prompt, way):
    assert direction.panning(prompt) == way


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_camera_pans_the_way_that_is_said(side):
    made = film(f"the camera pans {side}, @ann stands in a city", ann=walker(seconds=0.5))
    begins, ends = (sum(made.boxes(index)[0][0::2]) for index in (0, made.pictures - 1))
    assert (ends < begins) == (side == "right")  # what stands goes the other way


def test_who_comes_back_faces_the_other_way():
    made = film("@ann walks in an office", ann=walker(seconds=0.5), seconds=9.0)
    middles = [(left + right) / 2 for left, _, right, _ in (made.boxes(index)[0] for index in range(made.pictures))]
    turned = int(np.argmax(middles))
    assert middles[turned] > SIZE[0]  # out of the picture
    assert max(middles[turned + 40 : turned + 44]) < SIZE[0] - 20
    left, _, right, _ = made.boxes(turned + 42)[0]
    assert place_of(made.frame(turned + 42), (0, 0, 255)) < (left + right) / 2


@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
@pytest.mark.parametrize("toward", [1, -1])
def test_a_foot_on_the_ground_does_not_slide(size, toward):
    made = film("@ann walks in an office", size=size, seconds=2.0, ann=walker(toward))
    prepared = made._prepared()
    (actor,) = prepared.actors
    slips = []
    for index in range(made.pictures - 1):
        # the near foot is on the ground in the first half of each second of its own time
        if max((index + step) / 24 * actor.place.pace % 1 for step in (0, 1)) < 0.48:
            before, after = (near_foot(prepared, actor, number, size) for number in (index, index + 1))
            slips.append(abs(after - before) / actor.place.height)
    assert len(slips) >= 15
    assert np.median(slips) < 0.015
    assert max(slips) < 0.05


def near_foot(prepared, actor, index, size):
    """The column of the red foot, before grey."""
    time, _, view = prepared._moment(index)
    shown = np.full((size[1], size[0], 3), 128, np.uint8)
    actor.draw(shown, time, view)
    return float(np.nonzero((shown[..., 0] > 150) & (shown[..., 1:].max(-1) < 90))[1].mean())


@pytest.mark.parametrize(("count", "seconds"), [(18, 1.0), (16, 0.8), (20, 1.3)])
def test_a_walk_is_a_cycle_that_is_played_forwards(count, seconds):
    sprite = walker(count=count, seconds=seconds)
    found = reel(sprite)
    assert found.kind == "cycle"
    assert list(found.stops) == list(range(found.stops[0], found.stops[-1] + 1))
    frames = [frame.astype(float) for frame in sprite.frames]
    usual = np.median([np.abs(b - a).mean() for a, b in pairwise(frames)])
    assert np.abs(frames[found.stops[-1]] - frames[found.stops[0]]).mean() <= 1.5 * usual
    assert len(found.stops) / sprite.fps >= 0.4
    places = [found.at(position)[4] for position in np.linspace(0, 3 * found.length, 200)]
    assert all(after > before for before, after in pairwise(places))


@pytest.mark.parametrize("stood", [6, 12])
def test_who_stood_before_he_walked_is_shown_walking(stood):
    walk = walker(seconds=0.6)
    frames = (*[walk.frames[0]] * stood, *walk.frames)
    found = reel(replace(walk, frames=frames, path=(*[0.0] * stood, *walk.path)))
    speed = walk.path[-1] / (len(walk.path) - 1)
    assert found.places[-1] / found.length > 0.5 * speed


def test_what_stays_is_played_to_and_fro():
    frames = []
    for number in range(16):
        sheet = np.zeros((100, 80, 4), np.uint8)
        cv2.ellipse(sheet, (40 + round(9 * np.sin(number / 3)), 50), (18, 46), 0, 0, 360, (200, 90, 40, 255), -1)
        frames.append(sheet)
    found = reel(cutout(frames))
    assert found.kind == "to and fro"
    assert found.stops == (*range(16), *range(14, 0, -1))


def test_a_single_picture_is_shown_all_the_time():
    found = reel(cutout([picture(0.1)]))
    assert {found.at(position)[:3] for position in (0.0, 0.5, 7.25)} == {(0, 0, 0.0), (0, 0, 0.5), (0, 0, 0.25)}


def test_who_only_walked_stands_still_where_the_prompt_says_so():
    made = film("@ann talks in an office", ann=walker())
    assert len(made._prepared().actors[0].pictures) == 1
    assert abs(made.boxes(0)[0][0] - made.boxes(made.pictures - 1)[0][0]) < 15


def test_who_was_filmed_standing_hops_along_and_stays_in_the_picture():
    made = film("@ann walks in an office", seconds=6.0, ann=cutout([picture(0.25)]))
    boxes = [made.boxes(index)[0] for index in range(made.pictures)]
    assert all(left > 0 and right < SIZE[0] for left, _, right, _ in boxes)
    assert np.ptp([left for left, *_ in boxes]) > 0.2 * SIZE[0]
    assert "@ann hops along: its footage does not show it walking." in made.warnings


def beast(toward=1):
    """A beast in profile that was filmed standing; its head is red."""
    sheet = np.zeros((ROWS, 2 * ROWS, 4), np.uint8)
    cv2.ellipse(sheet, (200, 110), (120, 40), 0, 0, 360, (120, 80, 40, 255), -1)
    for x in (100, 140, 260, 300):
        cv2.line(sheet, (x, 120), (x, 195), (120, 80, 40, 255), 16)
    cv2.circle(sheet, (320, 55), 45, (255, 0, 0, 255), -1)
    return cutout([np.ascontiguousarray(sheet[:, ::toward])] * 3)


@pytest.mark.parametrize("filmed", [1, -1])
@pytest.mark.parametrize(("words", "goes"), [("from left to right", 1), ("from right to left", -1), ("", 0)])
def test_who_was_filmed_standing_in_profile_hops_head_first(filmed, words, goes):
    made = film(f"@rex walks {words} in an office", rex=beast(filmed))
    start, end = (made.boxes(index)[0] for index in (0, made.pictures - 1))
    went = np.sign(end[0] - start[0])
    assert went == (goes or filmed)
    red = made.frame(0).astype(int)
    columns = np.flatnonzero(((red[..., 0] - red[..., 1:].max(2)) > 100).any(0))
    assert np.sign(np.median(columns) - (start[0] + start[2]) / 2) == went


def test_who_looks_to_the_left_stands_as_he_was_filmed():
    assert body.measure(beast(-1)).facing == -1
    made = film("@rex stands in an office", rex=beast(-1))
    assert made._prepared().actors[0].place.toward == -1


@pytest.mark.parametrize("hands", [(60, 40), (20, 2)])
def test_raised_arms_are_no_head(hands):
    sheet = np.zeros((ROWS, ROWS, 4), np.uint8)
    cv2.circle(sheet, (100, 45), 20, (230, 190, 160, 255), -1)
    cv2.rectangle(sheet, (94, 55), (106, 75), (230, 190, 160, 255), -1)
    cv2.rectangle(sheet, (70, 72), (130, 140), (60, 120, 60, 255), -1)
    for x in (80, 120):
        cv2.line(sheet, (x, 135), (x, 198), (40, 40, 90, 255), 18)
    raised = sheet.copy()
    for shoulder, elbow in ((74, 45), (126, 155)):
        cv2.polylines(
            raised,
            [np.array([(shoulder, 78), (elbow, hands[0]), (elbow + 4, hands[1])])],
            False,
            (60, 120, 60, 255),
            12,
        )
    plain, lifted = (body.measure(cutout([each])).head for each in (sheet, raised))
    assert 30 < plain < 60
    assert lifted == pytest.approx(plain, rel=0.2)


@pytest.mark.parametrize("who", ["woman", "man", "robot"])
def test_drawn_people_swim_lying_head_first(who):
    made = film(f"a {who} swims underwater")
    left, top, right, bottom = made.boxes(0)[0]
    assert right - left > 1.1 * (bottom - top)
    assert made.boxes(made.pictures - 1)[0][0] > left


def test_nobody_who_is_drawn_swims_over_dry_land():
    made = film("a woman swims in an office")
    assert "The woman stands: the scene has no water to swim in." in made.warnings


@pytest.mark.parametrize("verb", ["walks", "runs", "jumps", "flies", "swims"])
def test_a_bust_stays_where_it_is_and_the_video_says_so(verb):
    made = film(f"@ann {verb} in an office", ann=bust())
    assert any(sentence.startswith("@ann stands: its footage shows only its upper body") for sentence in made.warnings)
    boxes = [made.boxes(index)[0] for index in range(0, made.pictures, 5)]
    assert np.ptp([left for left, *_ in boxes]) < 0.05 * SIZE[0]
    assert all(bottom >= SIZE[1] for *_, bottom in boxes)


@pytest.mark.parametrize(("prompt", "told"), [("sits", "sit down"), ("sleeps", "lie down"), ("drinks", "drink")])
def test_what_a_cutout_cannot_do_is_said(prompt, told):
    made = film(f"@ann {prompt} in an office", ann=cutout([picture(0.25)]))
    assert f"@ann moves as it was filmed: a cut-out cannot {told} by itself." in made.warnings


def test_who_only_walked_and_should_sit_keeps_one_pose():
    made = film("@ann sits in an office", ann=walker())
    assert made.warnings == ("@ann keeps one pose: a cut-out cannot sit down by itself.",)


def test_two_pictures_of_somebody_who_goes_show_no_steps():
    made = film("@ann walks in an office", seconds=4.0, ann=cutout([picture(0.2), picture(0.3)], path=(0.0, 0.3)))
    assert made.warnings == ("@ann hops along: its footage does not show it walking.",)
    assert np.ptp([made.boxes(index)[0][0] for index in range(0, made.pictures, 6)]) > 0.2 * SIZE[0]


def test_pictures_that_show_nothing_have_no_size():
    whole = [picture(0.25)] * 3
    empty = [np.zeros_like(whole[0])] * 5
    assert body.measure(cutout([*whole, *empty])) == body.measure(cutout(whole))
    assert body.measure(cutout(empty)).rows == whole[0].shape[0]


def test_who_is_faster_than_any_frame_stays_in_it():
    made = film("@ann walks in an office", ann=replace(walker(), path=tuple(1000.0 * number for number in range(18))))
    for index in range(0, made.pictures, 7):
        left, _, right, _ = made.boxes(index)[0]
        assert right > -0.2 * SIZE[0]
        assert left < 1.2 * SIZE[0]


@pytest.mark.parametrize("prompt", ["stands", "dances", "jumps", "talks", "looks"])
def test_of_what_it_can_do_nothing_is_said(prompt):
    assert not film(f"@ann {prompt} in an office", ann=cutout([picture(0.25)])).warnings


def heads(made):
    return [actor.place.height * figure.head / figure.rows for actor, figure in made]


def test_the_head_of_a_bust_is_about_as_large_as_a_head_beside_it():
    cast = {"ann": bust(), "bob": cutout([picture(0.25)] * 3)}
    made = film("@ann and @bob talk in an office", **cast)
    one, two = heads(zip(made._prepared().actors, map(body.measure, cast.values()), strict=True))
    assert 0.7 < one / two < 1.6


def test_two_busts_have_heads_of_one_size():
    longer = cutout([np.pad(bust().frames[0], ((0, 60), (0, 0), (0, 0)), mode="edge")] * 3, bust=True)
    cast = {"ann": bust(), "bob": longer}
    made = film("@ann and @bob talk in an office", **cast)
    one, two = heads(zip(made._prepared().actors, map(body.measure, cast.values()), strict=True))
    assert one / two == pytest.approx(1.0, abs=0.15)


def test_a_wide_canvas_does_not_make_the_body_small():
    narrow = cutout([picture(0.25)] * 3)
    wide = replace(narrow, frames=tuple(np.pad(frame, ((0, 0), (300, 300), (0, 0))) for frame in narrow.frames))
    tall = [np.diff(film("@ann stands in an office", ann=each).boxes(0)[0][1::2])[0] for each in (narrow, wide)]
    assert tall[0] == pytest.approx(tall[1], rel=0.02)


def test_nobody_stands_before_a_pole():
    scene = np.full((360, 640, 3), 120, np.uint8)
    scene[:, 312:328] = 20
    place = placement.Place(start=320, row=330, height=200)
    column = placement.calm_column([scene], place, head=40, half=40)
    assert abs(column - 320) > 25
    assert abs(column - 320) <= 0.2 * 640


def test_before_a_plain_wall_nobody_steps_aside():
    place = placement.Place(start=320, row=330, height=200)
    assert placement.calm_column([np.full((360, 640, 3), 120, np.uint8)], place, 40, 40) == pytest.approx(320, abs=1)


@pytest.mark.parametrize("name", [*scenes.OUTDOORS, *scenes.INDOORS])
def test_a_scene_has_the_medium_that_is_said(name):
    where = scenes.setting(name, time="day", weather="clear", width=64, height=64, seconds=1, seed=0)
    assert scenes.draw(name, where).medium == scenes.MEDIUMS.get(name, "ground")


def test_who_was_not_filmed_swimming_glides_through_water_and_the_video_says_so():
    made = film("@ann swims underwater", ann=cutout([picture(0.25)]))
    assert "@ann glides through the water: a cut-out cannot swim by itself." in made.warnings


@pytest.mark.parametrize(
    ("prompt", "way"),
    [
        ("tilt down from the stars to a knight", -1),
        ("crane down to a woman on a bench", -1),
        ("the camera descends slowly to a fox", -1),
        ("the camera pans down to a fox", -1),
        ("the camera slowly moves down", -1),
        ("镜头从天空向下摇到一个女孩", -1),
        ("镜头缓缓下降", -1),
        ("tilt up to a knight", 1),
        ("the camera rises, a dog lies down", 1),
        ("镜头上摇，一只猫", 1),
    ],
)
def test_whether_the_camera_goes_up_or_down_is_read_from_the_prompt(prompt, way):
    assert direction.tilting(prompt) == way


@pytest.mark.parametrize("side", ["up", "down"])
def test_the_camera_tilts_the_way_that_is_said(side):
    made = film(f"the camera tilts {side}, @ann stands in a city", ann=walker(seconds=0.5))
    begins, ends = (sum(made.boxes(index)[0][1::2]) for index in (0, made.pictures - 1))
    assert (ends > begins) == (side == "up")  # what stands goes the other way

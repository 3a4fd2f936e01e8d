"""A close-up shows heads and shoulders, in every picture of it, whoever plays and whatever they do."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sora_nb.engines.base import Cutout, RenderRequest
from sora_nb.engines.draw.characters import stock
from sora_nb.engines.draw.film import Film
from sora_nb.engines.prompt import vocabulary
from sora_nb.engines.prompt.parser import explain

SIZE = (320, 180)
HEAD = (255, 0, 255, 255)


def person(*, bust=False, rows=300, count=6, path=()):
    """Somebody upright who nods, his head in a colour that nothing else has."""
    frames = []
    for number in range(count):
        sheet = np.zeros((rows, rows, 4), np.uint8)
        unit = rows * (2.2 if bust else 1.0)
        middle = rows // 2
        cv2.ellipse(
            sheet, (middle, int(0.34 * unit)), (int(0.12 * unit), int(0.17 * unit)), 0, 0, 360, (40, 90, 60, 255), -1
        )
        cv2.rectangle(
            sheet,
            (middle - int(0.07 * unit), int(0.34 * unit)),
            (middle + int(0.07 * unit), int(0.97 * unit)),
            (40, 60, 110, 255),
            -1,
        )
        cv2.rectangle(
            sheet,
            (middle - int(0.03 * unit), int(0.12 * unit)),
            (middle + int(0.03 * unit), int(0.2 * unit)),
            (40, 90, 60, 255),
            -1,
        )
        cv2.ellipse(
            sheet, (middle + number % 3, int(0.085 * unit)), (int(0.055 * unit), int(0.075 * unit)), 0, 0, 360, HEAD, -1
        )
        frames.append(sheet)
    made = Cutout(tuple(frames), 8.0, 0, bust, np.zeros((8, 8, 3), np.uint8), 0.9, "person", (0.0, 0.0, 1.0, 1.0))
    return replace(made, path=path)


def thing():
    """A cup: nothing of it is a head."""
    sheet = np.zeros((120, 160, 4), np.uint8)
    cv2.rectangle(sheet, (20, 10), (110, 115), HEAD, -1)
    cv2.circle(sheet, (115, 60), 30, HEAD, 12)
    return Cutout((sheet,) * 3, 8.0, 0, False, np.zeros((8, 8, 3), np.uint8), 0.9, "saliency", (0.0, 0.0, 1.0, 1.0))


def film(prompt, *, size=SIZE, seconds=2.0, **cast):
    return Film(RenderRequest(prompt, cast, *size, seconds))


def coloured(shown):
    """Left, top, right, bottom of what has the colour of heads, whatever the light does to it."""
    red, green, blue = (shown[..., channel].astype(int) for channel in range(3))
    return bounds(np.minimum(red, blue) - green > 60)


def bounds(mask):
    left, top, wide, tall = cv2.boundingRect(mask.astype(np.uint8))
    return left, top, left + wide, top + tall


def largest(mask):
    """The largest part of a mask: between two pictures of a sprite others are made, which differ here and there elsewhere."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return labels == 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA])


def is_inside(box, size):
    left, top, right, bottom = box
    return left > 0 and top > 0 and right < size[0] and bottom < size[1]


@pytest.mark.parametrize("who", [person(), person(bust=True), person(path=tuple(0.1 * step for step in range(6)))])
@pytest.mark.parametrize("does", ["stands", "walks", "dances", "jumps"])
def test_the_head_of_a_cutout_fills_the_frame_in_every_picture(who, does):
    made = film(f"close-up of @ann, who {does} in an office", ann=who)
    for index in range(0, made.pictures, 6):
        left, top, right, bottom = box = coloured(made.frame(index))
        assert bottom - top > SIZE[1] / 3
        assert is_inside(box, SIZE)
        assert 0.3 * SIZE[0] < (left + right) / 2 < 0.7 * SIZE[0]


def test_there_is_nothing_below_a_cutout_but_the_frame():
    made = film("close-up of @ann in an office", ann=person(bust=True))
    assert all(made.boxes(index)[0][3] >= SIZE[1] for index in range(made.pictures))


def test_the_camera_goes_along_with_who_walks():
    made = film(
        "close-up of @ann walking to the right in a city street", ann=person(path=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5))
    )
    first, last = (made.frame(index) for index in (0, made.pictures - 1))
    assert abs(coloured(first)[0] - coloured(last)[0]) < 0.06 * SIZE[0]
    corner = np.s_[: SIZE[1] // 2, : SIZE[0] // 5]
    assert np.abs(first[corner].astype(int) - last[corner]).mean() > 6


def test_what_has_no_head_is_shown_whole_and_large():
    made = film("close-up of @cup in a kitchen", cup=thing())
    for index in (0, made.pictures - 1):
        _, top, _, bottom = box = coloured(made.frame(index))
        assert bottom - top > 0.6 * SIZE[1]
        assert is_inside(box, SIZE)


@settings(max_examples=8)
@example(["wizard", "corgi"], "swim", "static camera", (240, 240))
@given(
    st.lists(st.sampled_from(stock.names()), min_size=1, max_size=2),
    st.sampled_from(list(vocabulary.ACTIONS)),
    st.sampled_from(["static camera", "push in", "slow pan", "tilt up", "handheld camera", "orbit"]),
    st.sampled_from([SIZE, (180, 320), (240, 240)]),
)
def test_every_drawn_head_stays_inside_the_frame(names, action, camera, size):
    prompt = f"close-up of {' and '.join(f'@{number}a' for number in range(len(names)))}, {camera}, in a meadow"
    cast = {f"{number}a": stock.character(name, action, 200) for number, name in enumerate(names)}
    plain = film(prompt, size=size, **cast)
    for who, cutout in cast.items():
        marked = film(
            prompt,
            size=size,
            **cast | {who: replace(cutout, frames=tuple(map(marked_head, cutout.frames, cutout.heads)))},
        )
        for index in (0, 13, 29, plain.pictures - 1):
            changed = np.abs(plain.frame(index).astype(int) - marked.frame(index)).max(-1) > 24
            _, top, _, bottom = box = bounds(largest(changed))
            assert is_inside(box, size)
            assert bottom - top > min(size[1] / 3, 0.5 * size[0] / len(names))


def marked_head(frame, head):
    """Turn the colours of the face, which no other face is before."""
    left, top, right, bottom = head
    inside = np.zeros(frame.shape[:2], bool)
    inside[max(0, round(top)) : round(bottom), max(0, round(left)) : round(right)] = True
    turned = frame.copy()
    turned[inside, :3] = (turned[inside, :3].astype(int) + 128) % 256
    return turned


@pytest.mark.parametrize("name", stock.names())
def test_a_drawn_character_shows_its_head_as_large_as_a_cutout(name):
    made = film("close-up of @who, in a meadow, static camera", who=stock.character(name, "stand", 200))
    whole = film("@who stands in a meadow, static camera", who=stock.character(name, "stand", 200))
    near, far = (shown.boxes(0)[0] for shown in (made, whole))
    assert near[3] >= SIZE[1]
    assert near[1] < 0.2 * SIZE[1] < far[1]


@pytest.mark.release
def test_who_turns_and_stretches_is_seen_from_near_too(rabbit):
    made = film("close-up of @luna in a forest, static camera", luna=rabbit)
    for index in (0, 12, 24, 36, made.pictures - 1):
        ((left, top, right, bottom),) = made.boxes(index)
        assert top < 0.4 * SIZE[1] < SIZE[1] <= bottom
        assert right - left > 0.5 * SIZE[0]


def test_scenery_without_anybody_is_nearer_and_it_is_told():
    made = film("close-up of waves, static camera")
    assert "The close-up shows a nearer part of the scenery." in made.warnings
    assert made.boxes(0) == []
    assert np.abs(made.frame(0).astype(int) - film("waves, static camera").frame(0)).mean() > 5


@pytest.mark.parametrize(
    ("prompt", "names", "outside"),
    [
        ("close-up of @ann's face, @bob waves", ["ann"], ["@bob"]),
        ("@ann and @bob talk, close-up", ["ann", "bob"], []),
        ("extreme close-up of @ann and @bob", ["ann", "bob"], []),
        ("close-up on the dog, a robot dances", ["dog"], ["robot"]),
        ("小狗的特写，机器人跳舞", ["dog"], ["机器人"]),
        ("@ann的脸部特写，@bob 在跑", ["ann"], ["@bob"]),
        ("headshot of a wizard", ["wizard"], []),
        ("宇航员，大头照", ["astronaut"], []),
    ],
)
def test_a_close_up_is_of_whom_the_prompt_names(prompt, names, outside):
    explanation = explain(prompt)
    assert explanation.spec.framing == "close-up"
    assert [role.name for role in explanation.spec.cast] == names
    said = f"Outside of the close-up: {', '.join(outside)}."
    assert (said in explanation.warnings()) == bool(outside)
    assert "close-up" in str(explanation).splitlines()[0]


def test_a_framing_and_a_move_of_the_camera_go_together():
    spec = explain("slow push in, close-up of a corgi").spec
    assert (spec.camera, spec.framing) == ("push in", "close-up")


@pytest.mark.parametrize(
    ("prompt", "camera", "framing", "told"),
    [
        ("close-up of @ann, wide shot", None, "close-up", "another camera (wide shot)"),
        ("wide shot, then a close-up of @ann", "wide", "", "another framing (close-up)"),
        ("no close-up of @ann", None, "", "Left out, as the prompt says: close-up"),
    ],
)
def test_the_first_of_two_framings_stands_and_the_other_is_told(prompt, camera, framing, told):
    explanation = explain(prompt)
    assert (explanation.meaning_of("camera"), explanation.spec.framing) == (camera, framing)
    assert told in " ".join(explanation.warnings())

"""Draw stock characters for prompts without an @mention: animals, people in costumes, a robot.

Each is a short cycle of RGBA pictures that plays to and fro, in the same form as a cut-out from footage.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.base import Cutout
from sora_nb.engines.draw.characters import animals, people
from sora_nb.engines.draw.characters.canvas import Canvas
from sora_nb.engines.draw.scenes.noise import floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.engines.base import Box
    from sora_nb.engines.draw.scenes.noise import Pixels

FRAMES = 10
"""Pictures of the cycle."""
AVATAR_SIDE = 256
"""Side of an avatar in pixels."""
PACE = {"run": 26.0, "dance": 20.0, "jump": 18.0, "wave": 16.0, "sleep": 5.0, "sit": 9.0, "stand": 9.0}
"""Pictures a second of the cycle, by action; 13 otherwise."""
PRONE = 72.0
"""Degrees by which people lie forward in the water, so that they still look ahead."""


def names() -> tuple[str, ...]:
    """Return the nouns that have a drawing."""
    return (*animals.BEASTS, *animals.BIRDS, *people.COSTUMES, "robot", "fish", "snowman")


def character(name: str, action: str = "walk", height: int = 400, costume: str = "") -> Cutout:
    """Draw a stock character.

    Args:
        name: one of names().
        action: a key of vocabulary.ACTIONS; decides pose and pace.
        height: pixels.
        costume: a key of people.COSTUMES that an animal wears, or "".

    Raises:
        KeyError: there is no such character.
    """
    if name not in names():
        raise KeyError(name)
    return _character(name, action, height, costume)


@lru_cache(maxsize=4)
def _character(name: str, action: str, height: int, costume: str) -> Cutout:
    beats = np.sin(np.linspace(-np.pi / 2, np.pi / 2, FRAMES))
    pictures, heads = zip(*(_draw(name, action, float(beat), height, costume) for beat in beats), strict=True)
    frames, (left, top) = _trim(pictures)
    best = FRAMES // 2
    return Cutout(
        frames=frames,
        fps=PACE.get(action, 13.0),
        best=best,
        bust=False,
        avatar=_avatar(frames[best]),
        quality=1.0,
        kind="motion",
        box=(0.0, 0.0, 1.0, 1.0),
        heads=tuple((x0 - left, y0 - top, x1 - left, y1 - top) for x0, y0, x1, y1 in heads),
    )


def _draw(name: str, action: str, beat: float, height: int, costume: str) -> tuple[Pixels, Box]:
    """Draw one picture, and say where its head is; beat goes from -1 (one end of the swing) to 1 (the other)."""
    if name in animals.BEASTS:
        canvas = Canvas(height, 1.25)
        animals.beast(canvas, animals.BEASTS[name], action, beat, costume)
    elif name in animals.BIRDS:
        canvas = Canvas(height, 0.95)
        animals.bird(canvas, animals.BIRDS[name], action, beat)
    elif name == "fish":
        canvas = Canvas(height, 1.3, fur=0.05)
        animals.fish(canvas, beat)
    elif name == "snowman":
        canvas = Canvas(height, 0.9, fur=0.06)
        people.snowman(canvas, action, beat)
    elif name == "robot":
        canvas = Canvas(height, 0.8, fur=0.02)
        people.robot(canvas, action, beat)
    else:
        canvas = Canvas(height, 0.8, fur=0.06)
        people.person(canvas, people.COSTUMES[name], action, beat)
    upright = name in people.COSTUMES or name == "robot"
    left, top, right, bottom = (side * height for side in canvas.head)
    picture, head = canvas.picture(), (left, top, right, bottom)
    return _prone(picture, head) if upright and action == "swim" else (picture, head)


def _prone(picture: Pixels, head: Box) -> tuple[Pixels, Box]:
    """Lay an upright body into the water, its head to the right."""
    height, width = picture.shape[:2]
    side = height + width
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -PRONE, 1.0)
    turn[:, 2] += ((side - width) / 2, (side - height) / 2)
    *color, alpha = cv2.split(picture.astype(np.float32) / 255)
    # a straight colour around the body is not its own
    whole = cv2.merge([*(channel * alpha for channel in color), alpha])
    *color, alpha = cv2.split(cv2.warpAffine(whole, turn, (side, side), flags=cv2.INTER_LINEAR))
    straight = [channel / np.maximum(alpha, 1e-3) for channel in color]
    lying = np.asarray(np.clip(cv2.merge([*straight, alpha]), 0, 1) * 255 + 0.5, np.uint8)
    x0, y0, x1, y1 = head
    x, y = (float(at) for at in turn @ [(x0 + x1) / 2, (y0 + y1) / 2, 1])
    half = max(x1 - x0, y1 - y0) / 2
    return lying, (x - half, y - half, x + half, y + half)


def _trim(pictures: Sequence[Pixels]) -> tuple[tuple[Pixels, ...], tuple[int, int]]:
    """Cut away the border that is empty in all pictures; return its columns on the left and its rows above as well."""
    cover = np.max([picture[..., 3] for picture in pictures], axis=0) > 8
    rows, columns = np.flatnonzero(cover.any(1)), np.flatnonzero(cover.any(0))
    inside = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return tuple(np.ascontiguousarray(picture[inside]) for picture in pictures), (int(columns[0]), int(rows[0]))


def _avatar(picture: Pixels) -> Pixels:
    """Put the character before a soft backdrop, the upper part of its body in the middle."""
    height, width = picture.shape[:2]
    size = max(height, width)
    square = np.zeros((size, size, 4), np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    square[top : top + height, left : left + width] = picture
    small = cv2.resize(square, (AVATAR_SIDE, AVATAR_SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    backdrop = np.linspace(0.93, 0.80, AVATAR_SIDE, dtype=np.float32)[:, None, None] * floats([0.93, 0.97, 1.0])
    blended = backdrop + (small[..., :3] - backdrop) * small[..., 3:]
    return np.asarray(blended * 255 + 0.5, np.uint8)

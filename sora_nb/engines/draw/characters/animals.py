"""Draw animals for the stock characters: four-legged beasts, birds, a fish."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.draw.scenes.noise import Color, mix

if TYPE_CHECKING:
    from sora_nb.engines.draw.characters.canvas import Canvas

INK: Color = (0.10, 0.08, 0.10)
WHITE: Color = (0.97, 0.95, 0.92)
PINK: Color = (0.93, 0.58, 0.58)


@dataclass(frozen=True)
class Beast:
    """What tells four-legged animals apart.

    Attributes:
        coat: main colour.
        light: colour of muzzle, chest and belly.
        limbs: colour of the legs; the coat where None.
        ears: "point", "round", "flop", "long" or "none".
        tail: "stub", "curl", "thin", "bushy" or "none".
        legs: length, as part of the height.
        markings: "blaze", "stripes", "panda", "mane" or "".
        snout: length of the muzzle.
        head: size of the head.
    """

    coat: Color
    light: Color = WHITE
    limbs: Color | None = None
    ears: str = "point"
    tail: str = "curl"
    legs: float = 0.20
    markings: str = ""
    snout: float = 1.0
    head: float = 1.0


BEASTS = {
    "corgi": Beast((0.88, 0.53, 0.22), tail="stub", legs=0.14, markings="blaze", head=1.05),
    "dog": Beast((0.70, 0.48, 0.28), (0.90, 0.78, 0.62), ears="flop", tail="curl", legs=0.22, snout=1.15),
    "cat": Beast((0.90, 0.60, 0.28), ears="point", tail="thin", legs=0.20, markings="stripes", snout=0.72),
    "tiger": Beast((0.93, 0.52, 0.16), ears="round", tail="thin", legs=0.20, markings="stripes", snout=0.95, head=1.05),
    "lion": Beast((0.86, 0.64, 0.32), (0.95, 0.84, 0.64), ears="round", tail="thin", markings="mane"),
    "fox": Beast((0.90, 0.40, 0.14), limbs=(0.25, 0.15, 0.13), tail="bushy", legs=0.20, snout=1.1),
    "bear": Beast((0.50, 0.31, 0.19), (0.80, 0.62, 0.44), ears="round", tail="stub", legs=0.17, head=1.08),
    "polar bear": Beast((0.90, 0.91, 0.92), WHITE, ears="round", tail="stub", legs=0.17, head=1.05),
    "panda": Beast(WHITE, WHITE, (0.13, 0.12, 0.14), ears="round", tail="stub", legs=0.16, markings="panda", head=1.12),
    "rabbit": Beast((0.78, 0.74, 0.72), ears="long", tail="stub", legs=0.13, snout=0.75),
    "mouse": Beast((0.62, 0.60, 0.64), PINK, ears="round", tail="thin", legs=0.10, snout=0.9),
    "pig": Beast((0.95, 0.66, 0.66), (0.97, 0.76, 0.74), ears="flop", tail="curl", legs=0.13, snout=0.95),
    "monkey": Beast((0.46, 0.30, 0.20), (0.92, 0.74, 0.56), ears="round", tail="thin", legs=0.20, snout=1.05),
    "frog": Beast((0.36, 0.68, 0.25), (0.84, 0.92, 0.58), ears="none", tail="none", legs=0.12, snout=0.6),
}

STILL = frozenset(["sit", "sleep", "stand", "talk", "sing", "read", "look", "eat", "drink", "work", "play", "wave"])
"""Actions in which the feet stay where they are."""
EARS = {"point": 1.56, "round": 1.25, "flop": 1.05, "long": 1.6, "none": 1.05}
"""How far ears reach above the middle of the head, its radius being 1."""
FOLDED = {"sleep": 0.045, "sit": 0.08, "read": 0.08}
"""Length of the legs of an animal that lies or sits, as part of the height."""


def beast(canvas: Canvas, kind: Beast, action: str, beat: float, costume: str = "") -> None:
    """Draw a four-legged animal that faces right; beat swings its legs, tail and head from -1 to 1.

    Args:
        canvas: see Canvas.
        kind: which animal.
        action: a key of vocabulary.ACTIONS.
        beat: -1 to 1.
        costume: a key of people.COSTUMES, or "".
    """
    if action in FOLDED:
        kind = replace(kind, legs=FOLDED[action])
    stride = {"run": 1.5, "dance": 0.7, "jump": 0.9, "float": 0.7, "swim": 1.0, "fly": 0.9}.get(action, 1.0)
    stride = 0.0 if action in STILL else stride
    ground, belly = 0.985, 0.985 - kind.legs
    body_y = belly - 0.125 + 0.006 * abs(beat)
    limbs = kind.limbs or kind.coat
    far = tuple(part * 0.74 for part in limbs)
    hips, shoulders = 0.36, 0.78
    for x, way in ((hips + 0.06, -1.0), (shoulders + 0.06, 1.0)):
        _leg(canvas, x, body_y, ground - 0.015, beat * way * stride, (far[0], far[1], far[2]), kind, lifted=stride > 0)
    _tail(canvas, kind, body_y, beat)
    canvas.blob((0.57, body_y), 0.315, 0.165, kind.coat)
    canvas.blob((0.58, body_y + 0.085), 0.25, 0.075, kind.light, puff=0.5, inside=True, contact=0.0)
    if kind.markings == "stripes":
        for x in (0.38, 0.47, 0.56, 0.65):
            canvas.limb(
                [(x, body_y - 0.16), (x - 0.02, body_y - 0.10), (x, body_y - 0.03)],
                0.018,
                0.004,
                _dark(kind.coat),
                puff=0,
                inside=True,
            )
    if kind.markings == "panda":
        canvas.blob((0.77, body_y - 0.01), 0.10, 0.18, (0.15, 0.14, 0.16), puff=0.7, inside=True, contact=0.0)
    for x, way in ((hips, 1.0), (shoulders, -1.0)):
        raised = -0.9 + 0.5 * beat if action == "wave" and x == shoulders else 0.0
        _leg(canvas, x, body_y, ground, beat * way * stride, limbs, kind, lifted=stride > 0, raised=raised)
    canvas.blob(
        (0.83, body_y - 0.02), 0.11, 0.13, kind.light if kind.markings != "panda" else limbs, puff=0.8, contact=0.1
    )
    head = (0.85 + 0.008 * beat, body_y - 0.24 + 0.012 * abs(beat))
    if costume:
        _scarf(canvas, (head[0] - 0.01, head[1] + 0.19 * kind.head), CLOTH.get(costume, RED), beat)
    _beast_head(canvas, kind, head, action, beat)
    if costume in HATS:
        _hat(canvas, (head[0], head[1] - 0.195 * kind.head), HATS[costume], CLOTH.get(costume, RED))


RED: Color = (0.80, 0.17, 0.17)
CLOTH: dict[str, Color] = {
    "barista": (0.17, 0.42, 0.31),
    "chef": (0.96, 0.96, 0.95),
    "wizard": (0.36, 0.24, 0.62),
    "cowboy": (0.46, 0.29, 0.17),
    "astronaut": (0.30, 0.42, 0.66),
    "knight": (0.60, 0.63, 0.70),
}
"""Colours of what an animal wears in a costume."""
HATS = {"barista": "cap", "chef": "tall", "wizard": "pointed", "cowboy": "broad"}


def _scarf(canvas: Canvas, at: tuple[float, float], color: Color, beat: float) -> None:
    x, y = at
    canvas.limb([(x - 0.12, y - 0.03), (x, y + 0.03), (x + 0.13, y - 0.03)], 0.042, 0.042, color)
    canvas.patch(
        [(x - 0.06, y), (x + 0.10, y), (x + 0.075 + 0.01 * beat, y + 0.16), (x - 0.025 + 0.01 * beat, y + 0.16)],
        color,
        round_by=0.012,
        puff=0.6,
    )


def _hat(canvas: Canvas, at: tuple[float, float], shape: str, color: Color) -> None:
    """Put a hat between the ears; `at` is the top of the head."""
    x, y = at
    if shape == "tall":
        canvas.blob((x - 0.045, y - 0.075), 0.065, 0.055, color)
        canvas.blob((x + 0.045, y - 0.075), 0.065, 0.055, color)
    if shape == "pointed":
        canvas.patch([(x - 0.10, y + 0.01), (x + 0.03, y - 0.16), (x + 0.10, y + 0.01)], color, round_by=0.01)
    else:
        canvas.patch(
            [(x - 0.09, y - 0.07), (x + 0.09, y - 0.07), (x + 0.105, y + 0.015), (x - 0.105, y + 0.015)],
            color,
            round_by=0.02,
        )
    brim = {"cap": 0.115, "tall": 0.10, "pointed": 0.15, "broad": 0.19}[shape]
    shift = 0.05 if shape == "cap" else 0.0
    canvas.blob((x + shift, y + 0.018), brim, 0.024, _dull(color))


def _dark(color: Color) -> Color:
    return color[0] * 0.42, color[1] * 0.36, color[2] * 0.38


def _leg(
    canvas: Canvas,
    x: float,
    top: float,
    ground: float,
    swing: float,
    color: Color,
    kind: Beast,
    *,
    lifted: bool,
    raised: float = 0.0,
) -> None:
    foot_x = x + 0.085 * swing
    foot_y = ground - 0.035 - (0.03 * max(0.0, swing) if lifted else 0.0)
    if raised:
        foot_x, foot_y = x + 0.19, top + 0.02 + raised * 0.12
    knee = ((x + foot_x) / 2 + 0.012, (top + foot_y) / 2)
    canvas.limb([(x, top + 0.04), knee, (foot_x, foot_y)], 0.078, 0.046, color, contact=0.2)
    paw = kind.light if kind.limbs is None else color
    canvas.blob((foot_x + 0.018, foot_y + 0.008), 0.062, 0.036, paw, contact=0.1)


def _tail(canvas: Canvas, kind: Beast, body_y: float, beat: float) -> None:
    root = (0.29, body_y - 0.06)
    wag = 0.05 * beat
    if kind.tail == "stub":
        canvas.blob((root[0] - 0.02 + wag * 0.3, root[1] - 0.02), 0.055, 0.05, kind.coat)
    elif kind.tail == "curl":
        canvas.limb([root, (0.20 + wag, root[1] - 0.08), (0.22 + wag * 2, root[1] - 0.20)], 0.045, 0.022, kind.coat)
    elif kind.tail == "thin":
        canvas.limb([root, (0.12, root[1] - 0.02 + wag), (0.13 + 2 * wag, root[1] - 0.26)], 0.034, 0.024, kind.coat)
        if kind.markings == "mane":
            canvas.blob((0.13 + 2 * wag, root[1] - 0.28), 0.045, 0.06, _dark(kind.coat))
    elif kind.tail == "bushy":
        canvas.limb([root, (0.14, root[1] + 0.05 + wag), (0.08 + wag, root[1] - 0.13)], 0.055, 0.085, kind.coat)
        canvas.blob((0.075 + wag, root[1] - 0.15), 0.062, 0.08, kind.light, puff=0.8, contact=0.0)


def _beast_head(canvas: Canvas, kind: Beast, center: tuple[float, float], action: str, beat: float) -> None:
    x, y = center
    size = 0.205 * kind.head
    if kind.markings == "mane":
        for turn in np.linspace(0, 2 * np.pi, 14, endpoint=False):
            at = (x + 0.20 * float(np.cos(turn)), y + 0.02 + 0.20 * float(np.sin(turn)))
            canvas.blob(at, 0.085, 0.085, (0.52, 0.28, 0.12), contact=0.15)
    canvas.mark_head(center, 1.25 * size, EARS[kind.ears] * size, 1.25 * size, 0.05 + 0.78 * size)
    _ears(canvas, kind, center, size, beat)
    canvas.blob((x, y + 0.05), size * 0.98, size * 0.78, kind.coat, contact=0.35)
    canvas.blob((x, y), size * 0.92, size * 0.92, kind.coat, contact=0.0)
    face_x = x + 0.035
    _face_markings(canvas, kind, face_x, y)
    _muzzle(canvas, kind, (face_x + 0.015, y + 0.085), action, beat)
    height = 0.14 if kind.ears == "none" else 0.02
    for side in (-1, 1):
        if kind.ears == "none":
            canvas.blob((face_x + side * 0.10, y - height), 0.065, 0.065, kind.coat)
        eye(canvas, (face_x + side * 0.085, y - height), 0.040, closed=action == "sleep")


def _face_markings(canvas: Canvas, kind: Beast, face_x: float, y: float) -> None:
    if kind.markings == "blaze":
        canvas.patch(
            [
                (face_x - 0.014, y - 0.19),
                (face_x + 0.02, y - 0.19),
                (face_x + 0.055, y + 0.1),
                (face_x - 0.05, y + 0.1),
            ],
            WHITE,
            round_by=0.012,
            puff=0,
            inside=True,
        )
    if kind.markings == "stripes":
        for shift in (-0.06, 0.0, 0.06):
            canvas.limb(
                [(face_x + shift, y - 0.18), (face_x + shift * 0.8, y - 0.14), (face_x + shift * 0.7, y - 0.10)],
                0.014,
                0.004,
                _dark(kind.coat),
                puff=0,
                inside=True,
            )
    for side in (-1, 1):
        if kind.ears != "none":
            canvas.blob(
                (face_x + side * 0.095, y + 0.085), 0.085, 0.065, kind.light, puff=0.5, inside=True, contact=0.0
            )
        if kind.markings == "panda":
            canvas.blob(
                (face_x + side * 0.085, y - 0.005),
                0.055,
                0.068,
                (0.14, 0.13, 0.15),
                puff=0.4,
                turn=side * 28,
                contact=0.0,
            )


def _ears(canvas: Canvas, kind: Beast, center: tuple[float, float], size: float, beat: float) -> None:
    x, y = center
    for side in (-1, 1):
        if kind.ears == "point":
            tip = (x + side * size * 0.86 + 0.008 * beat, y - size * 1.52)
            outer, inner = (x + side * size * 0.96, y - size * 0.22), (x + side * size * 0.18, y - size * 0.72)
            canvas.patch([tip, outer, inner], kind.coat, round_by=0.014)
            middle = ((outer[0] + inner[0]) / 2, (outer[1] + inner[1]) / 2)
            shrunk = [
                (middle[0] + (px - middle[0]) * 0.58, middle[1] + (py - middle[1]) * 0.66)
                for px, py in (tip, outer, inner)
            ]
            canvas.patch(shrunk, PINK, round_by=0.010, puff=0.4, contact=0.0)
        elif kind.ears == "round":
            color = (0.14, 0.13, 0.15) if kind.markings == "panda" else kind.coat
            wide = 0.50 if kind.light == PINK else 0.36
            canvas.blob((x + side * size * 0.78, y - size * 0.72), size * wide, size * wide, color)
            canvas.blob(
                (x + side * size * 0.78, y - size * 0.68),
                size * wide * 0.55,
                size * wide * 0.55,
                _inner_ear(kind),
                puff=0.3,
                contact=0.0,
            )
        elif kind.ears == "flop":
            drop = (x + side * size * 1.12, y + size * (0.25 - 0.1 * beat * side))
            canvas.limb(
                [(x + side * size * 0.62, y - size * 0.68), (x + side * size * 1.08, y - size * 0.45), drop],
                0.05,
                0.065,
                _dull(kind.coat),
            )
        elif kind.ears == "long":
            tip = (x + side * size * (0.62 + 0.10 * beat), y - size * 2.0)
            root = (x + side * size * 0.40, y - size * 0.6)
            canvas.limb([root, (x + side * size * 0.52, y - size * 1.3), tip], 0.050, 0.045, kind.coat)
            canvas.limb(
                [root, (x + side * size * 0.52, y - size * 1.3), tip], 0.026, 0.022, PINK, puff=0.4, contact=0.0
            )


def _inner_ear(kind: Beast) -> Color:
    return (0.22, 0.20, 0.22) if kind.markings == "panda" else _blend(kind.coat, PINK, 0.55)


def _dull(color: Color) -> Color:
    return color[0] * 0.78, color[1] * 0.74, color[2] * 0.74


def _blend(first: Color, second: Color, part: float) -> Color:
    red, green, blue = (float(value) for value in mix(first, second, part))
    return red, green, blue


def _muzzle(canvas: Canvas, kind: Beast, at: tuple[float, float], action: str, beat: float) -> None:
    x, y = at
    wide = 0.085 * kind.snout
    talking = action in {"talk", "sing", "eat", "drink"}
    gape = 0.5 + 0.5 * beat if talking else 0.35
    if kind.ears == "none":
        canvas.limb(
            [(x - 0.13, y - 0.02), (x, y + 0.04 + 0.02 * gape), (x + 0.12, y - 0.02)],
            0.008,
            0.008,
            _dark(kind.coat),
            puff=0,
        )
        return
    canvas.blob(
        (x, y + 0.048 + 0.014 * gape),
        wide * 0.50,
        0.022 + 0.020 * gape,
        (0.60, 0.22, 0.24),
        rough=False,
        puff=0.4,
        contact=0.1,
    )
    canvas.blob(
        (x, y + 0.062 + 0.02 * gape), wide * 0.34, 0.014 + 0.010 * gape, PINK, rough=False, puff=0.5, contact=0.0
    )
    canvas.blob((x, y), wide * 1.12, 0.062, kind.light, contact=0.25)
    if kind.light[1] < 0.8 and kind.coat[0] > 0.9 and kind.tail == "curl":
        canvas.blob((x + 0.006, y - 0.005), 0.052, 0.042, (0.93, 0.56, 0.58), rough=False)
        for side in (-1, 1):
            canvas.blob((x + 0.006 + side * 0.018, y - 0.004), 0.008, 0.013, (0.60, 0.28, 0.30), puff=0)
        return
    canvas.blob((x + 0.006, y - 0.036), 0.033, 0.024, INK, rough=False, gloss=0.7)


def eye(canvas: Canvas, at: tuple[float, float], size: float, *, closed: bool = False) -> None:
    """Draw a friendly eye: dark, with a warm iris and two highlights."""
    x, y = at
    if closed:
        canvas.limb(
            [(x - size * 0.8, y), (x, y + size * 0.55), (x + size * 0.8, y)],
            size * 0.17,
            size * 0.17,
            INK,
            puff=0,
            contact=0.0,
        )
        return
    canvas.blob((x, y), size * 0.90, size * 1.08, INK, rough=False, puff=0.3, contact=0.12)
    canvas.blob(
        (x + size * 0.05, y + size * 0.30),
        size * 0.60,
        size * 0.52,
        (0.36, 0.20, 0.12),
        rough=False,
        puff=0,
        contact=0.0,
    )
    canvas.blob(
        (x + size * 0.02, y + size * 0.05),
        size * 0.50,
        size * 0.58,
        (0.05, 0.04, 0.06),
        rough=False,
        puff=0,
        contact=0.0,
    )
    canvas.blob(
        (x - size * 0.28, y - size * 0.38), size * 0.30, size * 0.32, (1, 1, 1), rough=False, puff=0, contact=0.0
    )
    canvas.blob(
        (x + size * 0.34, y + size * 0.42),
        size * 0.14,
        size * 0.14,
        (0.95, 0.95, 1.0),
        rough=False,
        puff=0,
        contact=0.0,
    )


@dataclass(frozen=True)
class Bird:
    """What tells birds apart: colours of back, belly, beak and feet, and the length of the beak."""

    coat: Color
    light: Color
    beak: Color
    bill: float = 1.0


BIRDS = {
    "penguin": Bird((0.14, 0.17, 0.26), WHITE, (0.96, 0.62, 0.16)),
    "duck": Bird((0.98, 0.82, 0.26), (1.0, 0.92, 0.55), (0.96, 0.52, 0.12), 1.6),
}


def bird(canvas: Canvas, kind: Bird, action: str, beat: float) -> None:
    """Draw an upright bird, seen from the front and a little from its left."""
    still = action in STILL
    flap = {"dance": 1.2, "fly": 2.0, "wave": 1.4, "jump": 1.6}.get(action, 0.7)
    x = 0.475 + (0.0 if still else 0.018 * beat)
    for side in (-1, 1):
        lift = 0.0 if still else 0.03 * max(0.0, side * beat)
        canvas.blob((0.475 + side * 0.11 + 0.03, 0.955 - lift), 0.105, 0.036, kind.beak, rough=False)
    canvas.limb(
        [(x - 0.18, 0.52), (x - 0.29, 0.62), (x - 0.30 - 0.05 * flap * beat, 0.74 - 0.10 * flap * (beat + 1))],
        0.055,
        0.035,
        kind.coat,
    )
    canvas.blob((x, 0.66), 0.245, 0.29, kind.coat)
    canvas.blob((x + 0.03, 0.70), 0.185, 0.235, kind.light, puff=0.6, inside=True, contact=0.0)
    canvas.limb(
        [(x + 0.19, 0.52), (x + 0.29, 0.62), (x + 0.31 + 0.05 * flap * beat, 0.74 - 0.10 * flap * (beat + 1))],
        0.055,
        0.035,
        kind.coat,
    )
    y = 0.285 + 0.012 * abs(beat)
    canvas.mark_head((x, y), 0.21, 0.21, 0.23, 0.20)
    canvas.blob((x + 0.01, y), 0.215, 0.205, kind.coat)
    for side in (-1, 1):
        canvas.blob((x + 0.03 + side * 0.082, y + 0.02), 0.095, 0.115, kind.light, puff=0.3, inside=True, contact=0.0)
    for side in (-1, 1):
        eye(canvas, (x + 0.035 + side * 0.088, y - 0.015), 0.042, closed=action == "sleep")
    gape = 0.02 * (1 + beat) if action in {"talk", "sing", "eat"} else 0.008
    canvas.blob((x + 0.045, y + 0.085 + gape), 0.05 * kind.bill**0.5, 0.026, _dull(kind.beak), rough=False)
    canvas.blob((x + 0.05, y + 0.068), 0.058 * kind.bill, 0.032, kind.beak, rough=False, gloss=0.25)


def fish(canvas: Canvas, beat: float) -> None:
    """Draw a clownfish that swims to the right."""
    orange, dark = (0.98, 0.48, 0.10), (0.14, 0.10, 0.12)
    sway = 0.07 * beat
    canvas.patch(
        [(0.36, 0.50), (0.12, 0.26 + sway), (0.17 - 0.02 * beat, 0.50 + sway), (0.12, 0.74 + sway)],
        orange,
        round_by=0.02,
    )
    canvas.patch([(0.46, 0.30), (0.62, 0.12 + 0.3 * sway), (0.86, 0.30)], orange, round_by=0.02)
    canvas.patch([(0.55, 0.70), (0.62, 0.88 - 0.3 * sway), (0.78, 0.70)], orange, round_by=0.02)
    canvas.blob((0.70, 0.50), 0.40, 0.265, orange, gloss=0.18)
    for x, half in ((0.84, 0.045), (0.60, 0.05), (0.40, 0.03)):
        canvas.limb(
            [(x - 0.02, 0.15), (x + 0.03, 0.50), (x - 0.02, 0.85)],
            half + 0.014,
            half + 0.014,
            dark,
            puff=0,
            inside=True,
        )
        canvas.limb(
            [(x - 0.02, 0.15), (x + 0.03, 0.50), (x - 0.02, 0.85)],
            half,
            half,
            WHITE,
            puff=0.25,
            inside=True,
            contact=0.0,
        )
    canvas.limb([(0.70, 0.58), (0.62, 0.66), (0.54, 0.70 + sway)], 0.045, 0.07, (0.99, 0.58, 0.16))
    canvas.mark_head((0.96, 0.50), 0.18, 0.24, 0.14, 0.24)
    canvas.blob((0.96, 0.44), 0.062, 0.068, WHITE, rough=False, puff=0.5)
    eye(canvas, (0.975, 0.445), 0.046)
    canvas.limb([(0.99, 0.60), (1.03, 0.615), (1.07, 0.585)], 0.008, 0.008, _dark(orange), puff=0)

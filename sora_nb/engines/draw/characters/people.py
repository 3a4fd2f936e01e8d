"""Draw upright stock characters: people in costumes, a robot, a snowman."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sora_nb.engines.draw.characters.animals import INK, STILL, WHITE, eye

if TYPE_CHECKING:
    from sora_nb.engines.draw.characters.canvas import Canvas, Point
    from sora_nb.engines.draw.scenes.noise import Color

CHEEK: Color = (0.93, 0.55, 0.48)
SEATED = frozenset(["sit", "sleep", "read"])


@dataclass(frozen=True)
class Costume:
    """What a person wears.

    Attributes:
        shirt, trousers, shoes, hair, skin: colours.
        hat: "", "chef", "wizard", "cowboy", "helmet", "visor", "cap" or "mask".
        extra: "", "apron", "cape", "suit" or "skirt".
        long_hair: whether the hair falls to the shoulders.
    """

    shirt: Color
    trousers: Color
    shoes: Color = (0.20, 0.16, 0.16)
    hair: Color = (0.28, 0.17, 0.11)
    skin: Color = (0.93, 0.72, 0.57)
    hat: str = ""
    extra: str = ""
    long_hair: bool = False


COSTUMES = {
    "person": Costume((0.90, 0.36, 0.27), (0.22, 0.30, 0.48)),
    "woman": Costume((0.20, 0.62, 0.62), (0.94, 0.76, 0.30), hair=(0.35, 0.16, 0.09), extra="skirt", long_hair=True),
    "barista": Costume((0.93, 0.91, 0.86), (0.23, 0.25, 0.31), skin=(0.72, 0.48, 0.34), hat="cap", extra="apron"),
    "chef": Costume((0.96, 0.96, 0.95), (0.27, 0.31, 0.38), hat="chef", extra="apron", hair=(0.20, 0.14, 0.10)),
    "wizard": Costume((0.36, 0.24, 0.60), (0.27, 0.18, 0.47), hair=(0.90, 0.90, 0.92), hat="wizard", extra="cape"),
    "superhero": Costume((0.16, 0.36, 0.78), (0.16, 0.36, 0.78), (0.84, 0.16, 0.16), hat="mask", extra="cape"),
    "knight": Costume((0.66, 0.69, 0.75), (0.52, 0.55, 0.62), (0.42, 0.44, 0.50), hat="helmet", extra="suit"),
    "cowboy": Costume((0.78, 0.35, 0.25), (0.30, 0.38, 0.55), (0.42, 0.26, 0.15), hat="cowboy"),
    "astronaut": Costume((0.93, 0.94, 0.96), (0.90, 0.91, 0.94), (0.58, 0.61, 0.68), hat="visor", extra="suit"),
    "diver": Costume((0.16, 0.22, 0.32), (0.16, 0.22, 0.32), (0.96, 0.72, 0.16), hat="mask", extra="suit"),
    "alien": Costume(
        (0.42, 0.30, 0.66), (0.36, 0.25, 0.58), (0.25, 0.18, 0.42), (0.45, 0.80, 0.42), (0.52, 0.85, 0.46)
    ),
}


@dataclass(frozen=True)
class Pose:
    """Where hands and feet are: (x, y), left first as seen; how far the body sways, and how much lower it sits."""

    hands: tuple[Point, Point]
    feet: tuple[Point, Point]
    sway: float
    drop: float = 0.0


def pose(action: str, beat: float) -> Pose:
    """Return the pose of an upright body at a beat from -1 to 1."""
    middle, low = 0.40, 0.965
    spread = {"run": 0.115, "dance": 0.05, "jump": 0.07}.get(action, 0.0 if action in STILL else 0.075)
    feet = tuple(
        (
            middle + side * (0.058 + (0.02 if action == "dance" else 0.0)) + spread * beat * side,
            low - 0.6 * spread * max(0.0, beat * side),
        )
        for side in (-1, 1)
    )
    swing = spread * 1.15 * beat
    left, right = (0.175 - swing * 0.7, 0.715 - 0.02 * abs(beat)), (0.625 - swing * 0.7, 0.715 - 0.02 * abs(beat))
    if action == "wave":
        right = (0.665 + 0.075 * beat, 0.30)
    elif action in {"dance", "jump"}:
        left, right = (0.135 - 0.03 * beat, 0.50 - 0.16 * beat), (0.665 - 0.03 * beat, 0.50 + 0.16 * beat)
        if action == "jump":
            left, right = (0.13, 0.42 - 0.10 * beat), (0.67, 0.42 - 0.10 * beat)
    elif action in {"work", "play", "read", "eat", "drink", "talk", "sing"}:
        left, right = (0.285, 0.635 - 0.035 * beat), (0.515, 0.635 + 0.035 * beat)
        if action in {"eat", "drink", "sing"}:
            right = (0.475, 0.50 - 0.02 * beat)
    elif action == "swim":  # one arm reaches ahead while the other pushes back
        left, right = (0.20, 0.33 - 0.27 * beat), (0.60, 0.33 + 0.27 * beat)
    elif action in {"fly", "float"}:
        left, right = (0.12, 0.56 - 0.07 * beat), (0.68, 0.52 + 0.07 * beat)
    sway = (0.025 if action == "dance" else 0.008) * beat
    if action in SEATED:
        feet = ((middle - 0.14, low), (middle + 0.14, low))
        left, right = (0.27, 0.70), (0.53, 0.70)
    return Pose((left, right), (feet[0], feet[1]), sway, 0.15 if action in SEATED else 0.0)


def person(canvas: Canvas, costume: Costume, action: str, beat: float) -> None:
    """Draw a person from the front; beat swings arms and legs from -1 to 1."""
    stance = pose(action, beat)
    x = 0.40 + stance.sway
    canvas.lowered = stance.drop
    if costume.long_hair:
        canvas.blob((x, 0.34), 0.20, 0.235, costume.hair)
    if costume.extra == "cape":
        wing = 0.05 * beat
        canvas.patch(
            [(x - 0.13, 0.45), (x + 0.13, 0.45), (x + 0.24 + wing, 0.90), (x, 0.93), (x - 0.24 + wing, 0.90)],
            _deep(costume),
            round_by=0.02,
        )
    canvas.lowered = 0.0
    for side, foot in zip((-1, 1), stance.feet, strict=True):
        hip = (x + side * 0.062, 0.70 + stance.drop)
        bent = side * 0.10 if stance.drop else 0.006
        knee = ((hip[0] + foot[0]) / 2 + bent, (hip[1] + foot[1]) / 2 - 0.01)
        canvas.limb([hip, knee, (foot[0], foot[1] - 0.04)], 0.066, 0.046, costume.trousers, contact=0.15)
        canvas.blob((foot[0] + side * 0.012, foot[1] - 0.012), 0.066, 0.034, costume.shoes, rough=False, gloss=0.2)
    canvas.lowered = stance.drop
    _arm(canvas, costume, (x - 0.125, 0.49), stance.hands[0])
    canvas.patch(
        [
            (x - 0.115, 0.44),
            (x + 0.115, 0.44),
            (x + 0.145, 0.56),
            (x + 0.125, 0.745),
            (x - 0.125, 0.745),
            (x - 0.145, 0.56),
        ],
        costume.shirt,
        round_by=0.022,
    )
    _clothes(canvas, costume, x)
    _arm(canvas, costume, (x + 0.125, 0.49), stance.hands[1])
    _head(canvas, costume, (x + 0.004 * beat, 0.255 + 0.008 * abs(beat)), action, beat)


def _deep(costume: Costume) -> Color:
    return (0.80, 0.14, 0.16) if costume.hat == "mask" else (0.24, 0.15, 0.42)


def _arm(canvas: Canvas, costume: Costume, shoulder: Point, hand: Point) -> None:
    outwards = -1 if shoulder[0] < 0.40 else 1
    elbow = ((shoulder[0] + hand[0]) / 2 + outwards * 0.03, (shoulder[1] + hand[1]) / 2 + 0.02)
    canvas.limb([shoulder, elbow, hand], 0.052, 0.038, costume.shirt, contact=0.25)
    glove = costume.shoes if costume.extra == "suit" else costume.skin
    canvas.blob(hand, 0.045, 0.045, glove, rough=False, contact=0.15)


def _clothes(canvas: Canvas, costume: Costume, x: float) -> None:
    if costume.extra == "apron":
        green = (0.17, 0.40, 0.30) if costume.hat == "cap" else (0.86, 0.86, 0.88)
        canvas.patch(
            [
                (x - 0.075, 0.50),
                (x + 0.075, 0.50),
                (x + 0.115, 0.58),
                (x + 0.115, 0.83),
                (x - 0.115, 0.83),
                (x - 0.115, 0.58),
            ],
            green,
            round_by=0.012,
            puff=0.6,
        )
        canvas.patch(
            [(x - 0.055, 0.68), (x + 0.055, 0.68), (x + 0.05, 0.75), (x - 0.05, 0.75)],
            (green[0] * 0.8, green[1] * 0.8, green[2] * 0.8),
            round_by=0.008,
            puff=0.4,
        )
    elif costume.extra == "skirt":
        canvas.patch(
            [(x - 0.10, 0.66), (x + 0.10, 0.66), (x + 0.19, 0.84), (x - 0.19, 0.84)], costume.trousers, round_by=0.018
        )
    elif costume.extra == "suit":
        canvas.patch(
            [(x - 0.075, 0.53), (x + 0.075, 0.53), (x + 0.07, 0.63), (x - 0.07, 0.63)],
            (0.34, 0.38, 0.46),
            round_by=0.012,
            rough=False,
        )
        for shift, color in ((-0.035, (0.92, 0.30, 0.25)), (0.0, (0.98, 0.80, 0.28)), (0.035, (0.35, 0.78, 0.45))):
            canvas.blob((x + shift, 0.58), 0.013, 0.013, color, rough=False, gloss=0.5, contact=0.0)
    else:
        canvas.patch(
            [(x - 0.12, 0.715), (x + 0.12, 0.715), (x + 0.12, 0.748), (x - 0.12, 0.748)],
            costume.shoes,
            round_by=0.006,
            puff=0.4,
        )
    if costume.hat == "mask" and costume.extra == "cape":
        canvas.patch(
            [(x, 0.64), (x - 0.06, 0.55), (x, 0.53), (x + 0.06, 0.55)], (0.98, 0.80, 0.25), round_by=0.008, puff=0.4
        )


def _head(canvas: Canvas, costume: Costume, at: Point, action: str, beat: float) -> None:
    x, y = at
    canvas.mark_head(at, 0.225, 0.33 if costume.hat == "chef" else 0.25, 0.225, 0.195)
    if costume.hat == "visor":
        _glass_helmet(canvas, costume, at, action)
        return
    canvas.limb([(x, y + 0.10), (x, y + 0.21)], 0.05, 0.05, costume.skin, rough=False)
    for side in (-1, 1):
        canvas.blob((x + side * 0.168, y + 0.03), 0.034, 0.044, costume.skin, rough=False)
    canvas.blob((x, y), 0.172, 0.185, costume.skin, rough=False, contact=0.4)
    canvas.patch(
        [
            (x - 0.175, y + 0.02),
            (x - 0.19, y - 0.12),
            (x - 0.09, y - 0.215),
            (x + 0.07, y - 0.22),
            (x + 0.185, y - 0.13),
            (x + 0.178, y + 0.02),
            (x + 0.135, y - 0.075),
            (x + 0.01, y - 0.095),
            (x - 0.12, y - 0.065),
        ],
        costume.hair,
        round_by=0.012,
    )
    _face(canvas, (x, y), action, beat)
    if costume.hat == "wizard":
        canvas.patch(
            [(x - 0.13, y + 0.10), (x + 0.13, y + 0.10), (x + 0.09, y + 0.30), (x, y + 0.38), (x - 0.09, y + 0.30)],
            costume.hair,
            round_by=0.02,
        )
    _hat(canvas, costume, (x, y))


def _face(canvas: Canvas, at: Point, action: str, beat: float) -> None:
    x, y = at
    for side in (-1, 1):
        canvas.blob((x + side * 0.105, y + 0.075), 0.036, 0.024, CHEEK, puff=0, inside=True, rough=False)
        eye(canvas, (x + side * 0.068, y + 0.018), 0.034, closed=action == "sleep")
        canvas.limb(
            [(x + side * 0.098, y - 0.042), (x + side * 0.068, y - 0.054), (x + side * 0.04, y - 0.046)],
            0.007,
            0.007,
            (0.25, 0.16, 0.12),
            puff=0,
        )
    canvas.blob((x, y + 0.06), 0.018, 0.015, CHEEK, puff=0.4, rough=False, contact=0.0)
    if action in {"talk", "sing", "eat"}:
        canvas.blob((x, y + 0.115), 0.034, 0.014 + 0.018 * (1 + beat) / 2, (0.50, 0.16, 0.18), rough=False, puff=0.3)
    else:
        canvas.patch(
            [(x - 0.052, y + 0.098), (x + 0.052, y + 0.098), (x + 0.03, y + 0.128), (x - 0.03, y + 0.128)],
            (0.55, 0.18, 0.18),
            round_by=0.008,
            puff=0,
            rough=False,
        )
        canvas.patch(
            [(x - 0.042, y + 0.099), (x + 0.042, y + 0.099), (x + 0.036, y + 0.108), (x - 0.036, y + 0.108)],
            WHITE,
            round_by=0.003,
            puff=0,
            rough=False,
        )


def _hat(canvas: Canvas, costume: Costume, at: Point) -> None:
    x, y = at
    if costume.hat == "chef":
        for shift, high in ((-0.10, 0.225), (0.10, 0.225), (0.0, 0.245)):
            canvas.blob((x + shift, y - high), 0.10, 0.075, WHITE)
        canvas.patch(
            [(x - 0.15, y - 0.20), (x + 0.15, y - 0.20), (x + 0.16, y - 0.10), (x - 0.16, y - 0.10)],
            WHITE,
            round_by=0.01,
        )
    elif costume.hat == "cap":
        canvas.blob((x, y - 0.135), 0.178, 0.095, (0.17, 0.40, 0.30))
        canvas.blob((x + 0.05, y - 0.085), 0.17, 0.03, (0.13, 0.31, 0.24))
    elif costume.hat == "wizard":
        canvas.patch(
            [(x - 0.155, y - 0.10), (x + 0.04, y - 0.245), (x + 0.155, y - 0.10)], costume.shirt, round_by=0.012
        )
        canvas.blob((x, y - 0.10), 0.235, 0.042, costume.trousers)
    elif costume.hat == "cowboy":
        canvas.patch(
            [(x - 0.12, y - 0.11), (x - 0.10, y - 0.235), (x, y - 0.205), (x + 0.10, y - 0.235), (x + 0.12, y - 0.11)],
            costume.shoes,
            round_by=0.014,
        )
        canvas.blob((x, y - 0.105), 0.255, 0.042, costume.shoes)
    elif costume.hat == "helmet":
        canvas.patch(
            [
                (x - 0.185, y + 0.02),
                (x - 0.17, y - 0.15),
                (x, y - 0.235),
                (x + 0.17, y - 0.15),
                (x + 0.185, y + 0.02),
                (x + 0.10, y - 0.06),
                (x - 0.10, y - 0.06),
            ],
            costume.shirt,
            round_by=0.012,
            rough=False,
            gloss=0.5,
        )
        canvas.limb([(x, y - 0.20), (x - 0.06, y - 0.245), (x - 0.15, y - 0.20)], 0.03, 0.05, (0.80, 0.16, 0.16))
    elif costume.hat == "mask":
        color = (0.84, 0.16, 0.16) if costume.extra == "cape" else (0.96, 0.72, 0.16)
        canvas.limb(
            [(x - 0.16, y + 0.0), (x, y + 0.012), (x + 0.16, y + 0.0)], 0.05, 0.05, color, rough=False, inside=True
        )
        for side in (-1, 1):
            canvas.blob((x + side * 0.068, y + 0.014), 0.044, 0.042, (0.94, 0.97, 1.0), rough=False, puff=0.3)
            eye(canvas, (x + side * 0.068, y + 0.016), 0.032)


def _glass_helmet(canvas: Canvas, costume: Costume, at: Point, action: str) -> None:
    """Draw a space helmet with a face behind the glass."""
    x, y = at
    canvas.blob((x, y + 0.01), 0.235, 0.225, costume.shirt, rough=False, contact=0.4)
    canvas.blob((x, y + 0.015), 0.182, 0.168, (0.26, 0.32, 0.42), rough=False, puff=0.4)
    canvas.blob((x, y + 0.03), 0.140, 0.138, costume.skin, rough=False, contact=0.0)
    canvas.blob((x, y - 0.085), 0.115, 0.045, costume.hair, puff=0.6, contact=0.0)
    _face(canvas, (x, y + 0.012), action, 0.0)
    canvas.limb(
        [(x - 0.145, y + 0.02), (x - 0.125, y - 0.075), (x - 0.05, y - 0.125)],
        0.012,
        0.006,
        (1, 1, 1),
        puff=0,
        rough=False,
    )
    for side in (-1, 1):
        canvas.blob((x + side * 0.232, y + 0.01), 0.028, 0.06, (0.90, 0.42, 0.20), rough=False)


def robot(canvas: Canvas, action: str, beat: float) -> None:
    """Draw a robot from the front."""
    stance = pose(action, beat)
    x = 0.40 + stance.sway
    steel, dark, accent = (0.76, 0.80, 0.86), (0.30, 0.34, 0.42), (0.10, 0.62, 0.72)
    for side, foot in zip((-1, 1), stance.feet, strict=True):
        canvas.limb(
            [(x + side * 0.075, 0.72), (foot[0] + side * 0.015, foot[1] - 0.05)], 0.034, 0.034, dark, rough=False
        )
        canvas.patch(
            [
                (foot[0] - 0.05 + side * 0.015, foot[1] - 0.055),
                (foot[0] + 0.05 + side * 0.015, foot[1] - 0.055),
                (foot[0] + 0.075 + side * 0.015, foot[1] + 0.018),
                (foot[0] - 0.075 + side * 0.015, foot[1] + 0.018),
            ],
            steel,
            round_by=0.012,
            rough=False,
            gloss=0.35,
        )
    canvas.lowered = stance.drop
    _robot_arm(canvas, (x - 0.155, 0.52), stance.hands[0], dark, accent)
    canvas.patch(
        [(x - 0.15, 0.455), (x + 0.15, 0.455), (x + 0.165, 0.76), (x - 0.165, 0.76)],
        steel,
        round_by=0.026,
        rough=False,
        gloss=0.35,
    )
    canvas.patch(
        [(x - 0.095, 0.52), (x + 0.095, 0.52), (x + 0.095, 0.66), (x - 0.095, 0.66)],
        dark,
        round_by=0.012,
        rough=False,
        puff=0.4,
    )
    for index, color in enumerate(((0.95, 0.36, 0.30), (0.98, 0.80, 0.28), (0.40, 0.85, 0.50))):
        canvas.blob((x - 0.055 + 0.055 * index, 0.565), 0.018, 0.018, color, rough=False, gloss=0.8)
    canvas.limb([(x - 0.06, 0.62), (x + 0.06 + 0.02 * beat, 0.62)], 0.009, 0.009, accent, puff=0, rough=False)
    _robot_arm(canvas, (x + 0.155, 0.52), stance.hands[1], dark, accent)
    y = 0.265 + 0.008 * abs(beat)
    canvas.mark_head((x, y), 0.24, 0.25, 0.24, 0.16)
    canvas.limb([(x, y + 0.14), (x, 0.47)], 0.045, 0.045, dark, rough=False)
    canvas.limb([(x, y - 0.14), (x + 0.012 * beat, y - 0.205)], 0.010, 0.008, dark, rough=False)
    canvas.blob((x + 0.012 * beat, y - 0.218), 0.030, 0.030, (0.96, 0.40, 0.28), rough=False, gloss=0.7)
    for side in (-1, 1):
        canvas.blob((x + side * 0.205, y), 0.034, 0.06, accent, rough=False)
    canvas.patch(
        [(x - 0.20, y - 0.15), (x + 0.20, y - 0.15), (x + 0.20, y + 0.15), (x - 0.20, y + 0.15)],
        steel,
        round_by=0.040,
        rough=False,
        gloss=0.4,
    )
    canvas.patch(
        [(x - 0.155, y - 0.095), (x + 0.155, y - 0.095), (x + 0.155, y + 0.105), (x - 0.155, y + 0.105)],
        (0.09, 0.13, 0.19),
        round_by=0.030,
        rough=False,
        puff=0.3,
    )
    for side in (-1, 1):
        high = 0.010 if action == "sleep" else 0.042
        canvas.blob((x + side * 0.075, y - 0.015), 0.036, high, (0.35, 0.93, 0.98), rough=False, puff=0.3, contact=0.0)
        canvas.blob((x + side * 0.075 - 0.010, y - 0.03), 0.011, 0.011, (1, 1, 1), rough=False, puff=0, contact=0.0)
    canvas.limb(
        [(x - 0.05, y + 0.055), (x, y + 0.075), (x + 0.05, y + 0.055)],
        0.009,
        0.009,
        (0.35, 0.93, 0.98),
        puff=0,
        rough=False,
    )


def _robot_arm(canvas: Canvas, shoulder: Point, hand: Point, dark: Color, accent: Color) -> None:
    outwards = -1 if shoulder[0] < 0.40 else 1
    elbow = ((shoulder[0] + hand[0]) / 2 + outwards * 0.035, (shoulder[1] + hand[1]) / 2 + 0.02)
    canvas.limb([shoulder, elbow, hand], 0.030, 0.028, dark, rough=False)
    canvas.blob(shoulder, 0.05, 0.05, accent, rough=False, gloss=0.4)
    canvas.blob(hand, 0.048, 0.048, accent, rough=False, gloss=0.4)


def snowman(canvas: Canvas, action: str, beat: float) -> None:
    """Draw a snowman."""
    snow, wood = (0.95, 0.97, 1.0), (0.36, 0.24, 0.16)
    x = 0.45 + 0.02 * beat
    raised = 0.16 if action in {"wave", "dance", "jump"} else 0.05
    for side in (-1, 1):
        hand = (x + side * 0.36, 0.42 - raised * beat * side)
        canvas.limb([(x + side * 0.16, 0.52), hand], 0.014, 0.010, wood, rough=False)
        canvas.limb([hand, (hand[0] + side * 0.04, hand[1] - 0.05)], 0.009, 0.006, wood, rough=False)
    canvas.blob((0.45, 0.79), 0.245, 0.205, snow)
    canvas.blob((x - 0.005, 0.53), 0.185, 0.165, snow)
    for y in (0.47, 0.54, 0.61):
        canvas.blob((x + 0.01, y), 0.018, 0.018, INK, rough=False, gloss=0.4)
    canvas.mark_head((x, 0.29), 0.17, 0.26, 0.17, 0.145)
    canvas.blob((x, 0.29), 0.150, 0.145, snow)
    canvas.limb([(x - 0.125, 0.40), (x, 0.43), (x + 0.125, 0.40)], 0.036, 0.036, (0.82, 0.18, 0.20))
    canvas.limb([(x + 0.09, 0.42), (x + 0.11, 0.50), (x + 0.10 + 0.02 * beat, 0.56)], 0.034, 0.034, (0.82, 0.18, 0.20))
    for side in (-1, 1):
        eye(canvas, (x + side * 0.055, 0.265), 0.026, closed=action == "sleep")
    canvas.limb([(x, 0.305), (x + 0.12, 0.325)], 0.024, 0.005, (0.96, 0.50, 0.14), rough=False)
    canvas.patch([(x - 0.095, 0.03), (x + 0.095, 0.03), (x + 0.10, 0.17), (x - 0.10, 0.17)], INK, round_by=0.008)
    canvas.blob((x, 0.172), 0.165, 0.026, INK)

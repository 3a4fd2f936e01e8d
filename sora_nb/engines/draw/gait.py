"""Swing bodies: what each action does to a body, apart from its way over the ground."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Motion:
    """Where a body is, relative to its place, in parts of its height.

    Attributes:
        right: to the side.
        up: above the ground.
        lean: degrees, clockwise.
        stretch: upwards; 1 is its own shape.
    """

    right: float = 0.0
    up: float = 0.0
    lean: float = 0.0
    stretch: float = 1.0


@dataclass(frozen=True)
class Gait:
    """How an action swings a body: (size, swings a second) each.

    Attributes:
        right: to both sides, in parts of the height.
        up: hops above the ground, in parts of the height.
        lean: to both sides, degrees.
        stretch: up and down, in parts of the height.
        high: how far above the ground it stays.
        tilt: degrees it always leans.
    """

    right: tuple[float, float] = (0.0, 0.0)
    up: tuple[float, float] = (0.0, 0.0)
    lean: tuple[float, float] = (0.0, 0.0)
    stretch: tuple[float, float] = (0.0, 0.0)
    high: float = 0.0
    tilt: float = 0.0


@dataclass(frozen=True)
class Hop:
    """A step of a body whose legs do not move: it leans from side to side and is in the air while it moves on.

    Attributes:
        seconds: from one step to the next.
        air: part of it in the air.
        length: of a step, in parts of the height.
        up: how high it rises, in parts of the height.
        lean: to both sides, degrees.
    """

    seconds: float
    air: float
    length: float
    up: float
    lean: float

    @property
    def speed(self) -> float:
        """Heights a second."""
        return self.length / self.seconds


_NOD = Gait((0.008, 0.37), (0.008, 0.8), (1.5, 0.45))
GAITS = {
    "walk": Gait(up=(0.008, 0.9), lean=(1.2, 0.9)),
    "run": Gait(up=(0.035, 1.5), lean=(1.5, 1.5), tilt=3.0),
    "dance": Gait((0.07, 0.9), (0.035, 1.8), (7.0, 0.9)),
    "wave": Gait((0.012, 0.6), (0.006, 1.2), (2.4, 0.6)),
    "sleep": Gait(stretch=(0.014, 0.25)),
    "fly": Gait((0.05, 0.34), (0.06, 0.5), (5.0, 0.3), high=0.26),
    "float": Gait((0.05, 0.21), (0.06, 0.31), (5.0, 0.19), high=0.12),
    "swim": Gait((0.04, 0.34), (0.05, 0.5), (4.0, 0.3), high=0.06),
    "talk": _NOD,
    "sing": _NOD,
    "work": _NOD,
    "play": _NOD,
    "eat": _NOD,
    "drink": _NOD,
}
MOBILE = frozenset(["walk", "run", "dance", "fly", "float", "swim"])
STANDING = Gait((0.006, 0.23), (0.0, 0.0), (0.9, 0.29), (0.007, 0.33))
RESTLESS = Gait((0.11, 0.24), (0.025, 0.9), (3.0, 0.45))
"""Of characters that are to be cut out of the film again, in place of a gait that hardly moves."""
FLOATING = Gait((0.05, 0.21), (0.0, 0.0), (5.0, 0.19), (0.004, 0.3))
"""In space and under water, whatever the action."""
HOPS = {"walk": Hop(0.50, 0.62, 0.15, 0.024, 2.4), "run": Hop(0.36, 0.72, 0.20, 0.05, 3.0)}
JUMP_SECONDS = 1.15
"""Length of one jump."""
JUMP_AIR = 0.62
"""Part of it in the air."""
JUMP_HEIGHT = 0.26
"""Its height, in parts of the body's."""


def motion_at(action: str, time: float, medium: str = "ground", *, restless: bool = False) -> Motion:
    """Return what an action does to a body at a time in seconds."""
    if medium != "ground":
        motion = _swing(FLOATING, time * (1.7 if action in {"dance", "run", "jump", "swim", "fly"} else 1.0))
        return replace(motion, up=0.055 * float(np.sin(2 * np.pi * time * 0.31)))
    if action == "jump":
        return _jump(time)
    gait = GAITS.get(action, STANDING)
    return _swing(RESTLESS if restless and action not in MOBILE else gait, time)


def _swing(gait: Gait, time: float) -> Motion:
    def wave(swing: tuple[float, float], phase: float = 0.0) -> float:
        return swing[0] * float(np.sin(2 * np.pi * swing[1] * time + phase))

    return Motion(
        wave(gait.right), gait.high + abs(wave(gait.up)), gait.tilt + wave(gait.lean, 0.6), 1 + wave(gait.stretch)
    )


def _jump(time: float) -> Motion:
    """Fly a parabola, land, crouch a little, and again."""
    phase = (time / JUMP_SECONDS) % 1.0
    if phase < JUMP_AIR:
        air = phase / JUMP_AIR
        return Motion(up=4 * JUMP_HEIGHT * air * (1 - air), lean=2.0 * float(np.sin(2 * np.pi * air)))
    return Motion(stretch=1 - 0.035 * float(np.sin(np.pi * (phase - JUMP_AIR) / (1 - JUMP_AIR))))


def hop_motion(hop: Hop, time: float) -> Motion:
    """Return the pose of a body that hops along; on the ground it leans over the foot it stands on."""
    number, air = _hop_phase(hop, time)
    side = 1 if number % 2 else -1
    lean = side * hop.lean * float(np.cos(np.pi * air))
    return Motion(up=4 * hop.up * air * (1 - air), lean=lean)


def hop_distance(hop: Hop, time: float) -> float:
    """Return how far hops have carried a body since time 0, in parts of its height: on the ground it stays."""
    number, air = _hop_phase(hop, time)
    return hop.length * (number + air)


def _hop_phase(hop: Hop, time: float) -> tuple[int, float]:
    """Return the number of the hop and how much of its flight is over; it starts on the ground."""
    number, rest = divmod(time / hop.seconds, 1.0)
    return int(number), max(0.0, (rest - (1 - hop.air)) / hop.air)

"""Place and animate characters in a scene, and tie them to it with light, shadow and reflection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH, over
from sora_nb.engines.draw.scenes.noise import Floats, Pixels, floats, mix, to_bytes
from sora_nb.engines.resize import resize

if TYPE_CHECKING:
    from sora_nb.engines.base import Cutout
    from sora_nb.engines.draw.scenes.layers import View
    from sora_nb.engines.draw.scenes.light import Light
    from sora_nb.engines.draw.scenes.scene import Scene

LIGHT_MATCH = 0.45
"""How far a character takes on the colour of the light by day: at 1 a white shirt would be as orange as the sunset."""
LIGHT_MATCH_DARK = 0.75
"""The same in the dark: at 1 nobody would be seen."""
SHADOW_SCALE = 4
"""Shadows are kept this many times smaller: they are blurred anyway."""


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
JUMP_SECONDS = 1.15
"""Length of one jump."""
JUMP_AIR = 0.62
"""Part of it in the air."""
JUMP_HEIGHT = 0.26
"""Its height, in parts of the body's."""


def motion_at(action: str, time: float, medium: str = "ground", *, restless: bool = False) -> Motion:
    """Return what an action does to a body at a time in seconds, apart from its path over the ground."""
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


@dataclass(frozen=True)
class Place:
    """Where a character plays.

    Attributes:
        start, end: columns of the frame where its path begins and ends.
        row: row of the frame where its feet stand.
        height: of its body, pixels.
    """

    start: float
    end: float
    row: float
    height: float


SPEED = {"walk": 0.11, "run": 0.26, "fly": 0.13, "swim": 0.10}
"""Parts of the frame's width covered a second."""


def place_cast(
    cutouts: list[Cutout],
    actions: list[str],
    scene: Scene,
    size: tuple[int, int],
    seconds: float,
    scales: list[float],
) -> list[Place]:
    """Give everybody room side by side, every other one a step nearer to the camera.

    Args:
        cutouts: the cast.
        actions: what each does.
        scene: where.
        size: of the frame, (width, height).
        seconds: length of the shot.
        scales: how much larger or smaller than usual each is shown.
    """
    width, height = size
    count = len(cutouts)
    found: list[Place] = []
    for index, (cutout, action) in enumerate(zip(cutouts, actions, strict=True)):
        rows, columns = cutout.frames[0].shape[:2]
        tall = scene.size * min(width, height) * scales[index] * min(1.0, (0.80 * rows / columns) ** 0.5)
        near = index % 2 if count > 1 else 0.55
        row = scene.ground[0] + (scene.ground[1] - scene.ground[0]) * near
        tall *= 0.94 + 0.12 * near
        if cutout.bust:
            tall *= 1.25
            row = height + tall * 0.03
        tall = min(tall, 1.25 * width / count * rows / columns, 0.86 * height)
        half = tall * columns / rows / 2
        middle = width * (index + 1) / (count + 1) if count > 1 else width * 0.5
        reach = 0.0 if cutout.bust else min(SPEED.get(action, 0.0) * seconds, 0.5 / count**0.7) * width / 2
        low, high = min(half * 0.9, width / 2), max(width - half * 0.9, width / 2)
        found.append(
            Place(float(np.clip(middle - reach, low, high)), float(np.clip(middle + reach, low, high)), row, tall)
        )
    return found


class Actor:
    """A character ready to be drawn: its pictures scaled and lit once, its shadow prepared.

    Args:
        cutout: the sprite.
        action: a key of vocabulary.ACTIONS.
        place: where it plays.
        scene: what it stands in.
        delay: seconds by which its cycle runs ahead, so that two characters do not move in step.
        restless: move about even where the action does not, so that motion tells it from the scene.
    """

    def __init__(
        self, cutout: Cutout, action: str, place: Place, scene: Scene, delay: float = 0.0, *, restless: bool = False
    ) -> None:
        self.action = action
        self.place = place
        self.scene = scene
        self.delay = delay
        self.restless = restless
        self.bust = cutout.bust
        self.pace = cutout.fps
        scale = place.height / cutout.frames[0].shape[0]
        self.colors: list[Pixels] = []
        self.holes: list[Pixels] = []
        self.shadows: list[Pixels] = []
        feet: list[float] = []
        for picture in cutout.frames:
            rgb, alpha = _resize(picture, scale)
            lit = _relight(rgb, alpha, scene.light)
            hole = cv2.merge([255 - to_bytes(alpha)] * 3)
            self.colors.append(np.minimum(to_bytes(lit), 255 - hole))
            self.holes.append(hole)
            self.shadows.append(_shadow_mask(alpha, scene.light.shadow))
            feet.append(_lowest_row(alpha))
        self.height, self.width = self.colors[0].shape[:2]
        self.feet = [float(self.height)] * len(feet) if self.bust else _smooth(feet)
        self.middle = float(np.median([_balance_column(hole) for hole in self.holes]))

    def _index(self, time: float) -> int:
        """Play the pictures to and fro."""
        count = len(self.colors)
        turn = int((time + self.delay) * self.pace + 1e-6) % max(1, 2 * count - 2)
        return turn if turn < count else 2 * count - 2 - turn

    def _motion(self, time: float, medium: str) -> Motion:
        action = "stand" if self.bust and self.action in {"walk", "run", "jump"} else self.action
        return motion_at(action, time + self.delay, medium, restless=self.restless)

    def _matrix(self, time: float, part: float, view: View) -> tuple[int, Floats]:
        """Return the picture shown and the affine map that puts it into the frame."""
        index = self._index(time)
        medium = "ground" if self.bust else self.scene.medium
        motion = self._motion(time, medium)
        lean = np.radians(motion.lean * (0.5 if self.bust else 1.0))
        x = self._column(part, view) + motion.right * self.height
        y = self.place.row - (0.0 if self.bust else motion.up) * self.height
        cos, sin = np.cos(lean), np.sin(lean)
        linear = np.array([[cos, -sin * motion.stretch], [sin, cos * motion.stretch]])
        root = np.array([self.middle, self.feet[index]])
        if medium != "ground":
            root[1] -= self.height / 2
            y -= self.height / 2
        shift = np.array([x, y]) - linear @ root
        return index, np.column_stack([linear, shift]).astype(np.float32)

    def _column(self, part: float, view: View) -> float:
        path = self.place.start + (self.place.end - self.place.start) * part
        return path - (view.left(GROUND_DEPTH) - view.margin)

    def box(self, time: float, part: float, view: View) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom of the sprite in the frame, pixels, before the lens zooms."""
        _, matrix = self._matrix(time, part, view)
        corners = matrix @ np.array([[0, self.width, 0, self.width], [0, 0, self.height, self.height], [1, 1, 1, 1]])
        return (*corners.min(1).tolist(), *corners.max(1).tolist())

    def draw_shadow(self, frame: Pixels, time: float, part: float, view: View) -> None:
        """Darken the ground under and beside the character, or mirror it where the floor is glossy.

        Args:
            frame: RGB, shape (height, width, 3), in place.
            time: seconds.
            part: of the shot that is over, 0 to 1.
            view: the camera.
        """
        if self.bust or self.scene.medium != "ground":
            return
        light = self.scene.light
        motion = self._motion(time, "ground")
        x, row = self._column(part, view) + motion.right * self.height, self.place.row
        index = self._index(time)
        if self.scene.mirror:
            self._draw_reflection(frame, index, x, row + motion.up * self.height)
        flat, skew = 0.24 * light.reach, -0.55 * light.side * light.reach
        foot = self.feet[index]
        row -= 0.012 * self.height
        matrix = np.array(
            [
                [SHADOW_SCALE, -skew * SHADOW_SCALE, x - self.middle + skew * foot],
                [0, -flat * SHADOW_SCALE, row + flat * foot],
            ]
        )
        fade = 1 - min(0.75, 2.2 * motion.up)
        _darken(frame, self.shadows[index], matrix, fade)
        _contact_shadow(frame, x, row, self.width * 0.36, fade * (0.30 + 0.5 * light.shadow))

    def _draw_reflection(self, frame: Pixels, index: int, x: float, row: float) -> None:
        strength = self.scene.mirror
        down = np.linspace(0, 1, self.height, dtype=np.float32)[:, None, None] * strength
        color = np.asarray(self.colors[index][::-1] * down[::-1], np.uint8)
        hole = 255 - np.asarray((255 - self.holes[index][::-1]) * down[::-1], np.uint8)
        top = row - (self.height - self.feet[index])
        over(frame, color, hole, round(x - self.middle), round(top))

    def draw(self, frame: Pixels, time: float, part: float, view: View) -> None:
        """Draw the character; arguments as in draw_shadow."""
        index, matrix = self._matrix(time, part, view)
        x0, y0, x1, y1 = self.box(time, part, view)
        left, top = max(0, int(x0) - 1), max(0, int(y0) - 1)
        width, height = min(frame.shape[1], int(x1) + 2) - left, min(frame.shape[0], int(y1) + 2) - top
        if width <= 0 or height <= 0:
            return
        matrix[:, 2] -= (left, top)
        color = cv2.warpAffine(self.colors[index], matrix, (width, height), flags=cv2.INTER_LINEAR)
        hole = cv2.warpAffine(
            self.holes[index], matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255)
        )
        over(frame, color, hole, left, top)


def _resize(picture: Pixels, scale: float) -> tuple[Floats, Floats]:
    """Scale a straight RGBA picture; return premultiplied colour and alpha, 0 to 1."""
    rgba = picture.astype(np.float32) / 255
    rgba[..., :3] *= rgba[..., 3:]
    size = (max(2, round(picture.shape[1] * scale)), max(2, round(picture.shape[0] * scale)))
    rgba = np.clip(resize(rgba, size), 0, 1)
    return rgba[..., :3], np.ascontiguousarray(rgba[..., 3])


def _relight(rgb: Floats, alpha: Floats, light: Light) -> Floats:
    """Tint a sprite by the light of the scene, and give it a bright edge towards the main light."""
    height, width = alpha.shape
    side = 1.0 if light.side > 0 else -1.0
    facing = np.clip(0.5 + 0.5 * side * np.linspace(-1, 1, width, dtype=np.float32), 0, 1)[None, :, None]
    match = LIGHT_MATCH + (LIGHT_MATCH_DARK - LIGHT_MATCH) * min(1.0, max(0.0, 1 - light.level))
    tinted = rgb * mix((1, 1, 1), mix(light.ambient, light.key, facing), match)
    reach = max(1, round(height * 0.010))
    soft = cv2.GaussianBlur(alpha, (0, 0), max(0.8, height * 0.006))
    matrix = np.array([[1, 0, -side * reach], [0, 1, reach * 0.6]], np.float32)
    behind = cv2.warpAffine(soft, matrix, (width, height))
    edge = np.clip(alpha - behind, 0, 1) * alpha * (0.5 * light.strength)
    return np.asarray(np.minimum(tinted + edge[..., None] * floats(light.key), alpha[..., None]), np.float32)


def _shadow_mask(alpha: Floats, darkness: float) -> Pixels:
    size = (max(1, alpha.shape[1] // SHADOW_SCALE), max(1, alpha.shape[0] // SHADOW_SCALE))
    small = cv2.GaussianBlur(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), (0, 0), max(0.8, size[1] * 0.022))
    # a shadow softens with its distance from the feet
    fade = np.linspace(0.45, 1, size[1], dtype=np.float32)[:, None]
    return to_bytes(small * fade * darkness)


def _darken(
    frame: Pixels, shadow: Pixels, matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]], fade: float
) -> None:
    """Multiply the frame by one minus a mask put through an affine map, within its bounds."""
    rows, columns = shadow.shape
    corners = matrix @ np.array([[0, columns, 0, columns], [0, 0, rows, rows], [1, 1, 1, 1]])
    left, top = (int(max(0, np.floor(low))) for low in corners.min(1))
    right, bottom = (
        int(min(side, np.ceil(high) + 1)) for side, high in zip(frame.shape[1::-1], corners.max(1), strict=True)
    )
    if right <= left or bottom <= top:
        return
    inside = matrix.copy()
    inside[:, 2] -= (left, top)
    mask = cv2.warpAffine(shadow, inside, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
    part = frame[top:bottom, left:right]
    kept = cv2.convertScaleAbs(mask, alpha=-fade, beta=255) if fade < 1 else cv2.bitwise_not(mask)
    cv2.multiply(part, cv2.merge([kept] * 3), part, 1 / 255)


def _contact_shadow(frame: Pixels, x: float, row: float, radius: float, darkness: float) -> None:
    """Darken the spot where the feet touch the ground."""
    rx, ry = max(3, int(radius)), max(2, int(radius * 0.17))
    across = np.linspace(-2, 2, 4 * rx + 1, dtype=np.float32)[None]
    down = np.linspace(-2, 2, 4 * ry + 1, dtype=np.float32)[:, None]
    kept = to_bytes(1 - darkness * np.exp(-1.5 * (across**2 + down**2)))
    # feet seen from a little above stand in the middle of their shadow, not on its far edge
    left, top = round(x) - 2 * rx, round(row - 0.8 * ry) - 2 * ry
    over(frame, np.zeros((*kept.shape, 3), np.uint8), cv2.merge([kept] * 3), left, top)


def _lowest_row(alpha: Floats) -> float:
    rows = np.flatnonzero((alpha > 0.5).sum(1) > alpha.shape[1] * 0.03)
    return float(rows[-1] + 1) if len(rows) else float(alpha.shape[0])


def _balance_column(hole: Pixels) -> float:
    """Return the column about which the body is balanced."""
    weight = 255.0 - hole[..., 0].astype(np.float64)
    total = weight.sum()
    return float((weight.sum(0) * np.arange(hole.shape[1])).sum() / total) if total else hole.shape[1] / 2


def _smooth(feet: list[float]) -> list[float]:
    """Smooth the row of the feet over neighbouring pictures, so that a noisy cut-out does not tremble."""
    if len(feet) < 5:
        return feet
    padded = np.pad(np.array(feet), 2, mode="edge")
    return [float(value) for value in np.convolve(padded, np.ones(5) / 5, "valid")]

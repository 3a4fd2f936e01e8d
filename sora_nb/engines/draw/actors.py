"""Animate characters in a scene, and tie them to it with light, shadow and reflection."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw import gait
from sora_nb.engines.draw.inbetween import inbetweens
from sora_nb.engines.draw.reel import Reel, reel
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH, dim, over
from sora_nb.engines.draw.scenes.noise import Floats, Pixels, floats, masked, mix, to_bytes
from sora_nb.engines.resize import resize

if TYPE_CHECKING:
    from sora_nb.engines.base import Cutout
    from sora_nb.engines.draw.abilities import Move
    from sora_nb.engines.draw.body import Figure
    from sora_nb.engines.draw.placement import Place
    from sora_nb.engines.draw.scenes.layers import View
    from sora_nb.engines.draw.scenes.light import Light
    from sora_nb.engines.draw.scenes.scene import Scene

LIGHT_MATCH = 0.45
"""How far a character takes on the colour of the light by day: at 1 a white shirt would be as orange as the sunset."""
LIGHT_MATCH_DARK = 0.75
"""The same in the dark: at 1 nobody would be seen."""
SHADOW_SCALE = 4
"""Shadows are kept this many times smaller: they are blurred anyway."""
PACE = 24
"""Pictures a second up to which those of a sprite are completed with inbetweens."""
MOST_BYTES = 64_000_000
"""Memory that a character's pictures take at most before inbetweens are left out."""
SOFTENED = 3.0
"""How many times a picture is enlarged before its steps are smoothed."""
CLEAR = (0, 0, 0, 255)
"""No colour, and nothing hidden: what is around a sprite."""


class Actor:
    """A character ready to be drawn: its pictures scaled and lit once, its shadow prepared.

    Args:
        cutout: the sprite.
        figure: its body, as body.measure() found it.
        move: what it does.
        place: where it plays.
        scene: what it stands in.
        delay: seconds by which its cycle runs ahead, so that two characters do not move in step.
        drawn: the engine drew the character itself: its pictures are right in reverse order, and it moves about even
            where the action does not, so that motion tells it from the scene.
        speed: pixels a second that it glides.
    """

    def __init__(
        self,
        cutout: Cutout,
        figure: Figure,
        move: Move,
        place: Place,
        scene: Scene,
        delay: float = 0.0,
        *,
        drawn: bool = False,
        speed: float = 0.0,
    ) -> None:
        self.move = move
        self.place = place
        self.scene = scene
        self.delay = delay
        self.drawn = drawn
        self.speed = speed
        self.bust = cutout.bust
        self.reel = still(cutout) if move.hold else reel(cutout, reversible=True if drawn else None)
        self.pace = cutout.fps * place.pace
        self.goes = figure.facing or 1
        self.faces = bool(figure.facing)
        self._prepare(cutout, place.height / figure.rows / place.zoom)
        if figure.axis is not None:
            axis = figure.axis * self.width / cutout.frames[0].shape[1]
            self.middle = self.width - axis if self._mirrored else axis
        self.body = figure.columns * place.height / figure.rows

    @property
    def _mirrored(self) -> bool:
        return self.faces and self.place.toward != self.goes

    def _prepare(self, cutout: Cutout, scale: float) -> None:
        sheets: dict[int, Pixels] = {}
        self.shadows: dict[int, Pixels] = {}
        feet: dict[int, float] = {}
        for number in sorted(set(self.reel.stops)):
            picture = cutout.frames[number]
            rgb, alpha = _resize(np.ascontiguousarray(picture[:, ::-1]) if self._mirrored else picture, scale)
            hole = 255 - to_bytes(alpha)
            color = to_bytes(_relight(rgb, alpha, self.scene.light))
            sheets[number] = cv2.merge([*(cv2.min(channel, 255 - hole) for channel in cv2.split(color)), hole])
            if not self.bust:
                self.shadows[number] = _shadow_mask(alpha, self.scene.light.shadow)
            feet[number] = _lowest_row(alpha)
        self.height, self.width = next(iter(sheets.values())).shape[:2]
        level = [float(self.height)] * len(feet) if self.bust else _smooth(list(feet.values()))
        self.feet = dict(zip(feet, level, strict=True))
        self.middle = float(np.median([_balance_column(sheet[..., 3]) for sheet in sheets.values()]))
        self.phases = self._phases(len(sheets))
        self.pictures = self._pictures(sheets)

    def _phases(self, count: int) -> int:
        """Return how many pictures are shown from one of the sprite's to the next, the first included."""
        wanted = max(1, round(PACE / self.pace)) if count > 1 else 1
        return int(np.clip(MOST_BYTES // (4 * self.height * self.width * count), 1, min(wanted, 8)))

    def _pictures(self, sheets: dict[int, Pixels]) -> dict[tuple[int, int, int], tuple[Pixels, int, int]]:
        """Draw what is between the sprite's pictures; each cropped, with the left column and the top row it had."""
        made = {(number, number, 0): _cropped(sheet) for number, sheet in sheets.items()}
        stops = self.reel.stops
        for index, length in enumerate(self.reel.lengths):
            before, after = stops[index], stops[(index + 1) % len(stops)]
            if before == after or (after, before, 1) in made:
                continue
            steps = self.phases * length
            shares = [step / steps for step in range(1, steps)]
            if shares:
                between = inbetweens(sheets[before], sheets[after], shares)
                made |= {(before, after, step): _cropped(sheet) for step, sheet in enumerate(between, 1)}
        return made

    def _shown(self, time: float) -> tuple[tuple[Pixels, int, int], int, float, float]:
        """Return the picture shown, the sprite's own next to it, the row of its feet, and the place over the ground."""
        position = (time + self.delay) * self.pace
        # all of a picture moves by the same steps, so that feet stay where they are put down
        position = np.floor(position * self.phases + 1e-6) / self.phases
        before, after, share, length, place = self.reel.at(position)
        steps = self.phases * length
        step = round(share * steps)
        if step == 0 or before == after:
            picture = self.pictures[before, before, 0]
        elif (before, after, step) in self.pictures:
            picture = self.pictures[before, after, step]
        else:
            picture = self.pictures[after, before, steps - step]
        row = self.feet[before] + (self.feet[after] - self.feet[before]) * share
        return picture, before if share < 0.5 else after, row, place

    def _motion(self, time: float) -> gait.Motion:
        """Return how the body swings; its own steps swing it enough."""
        if self.move.way == "stride":
            return gait.Motion()
        if self.move.way == "hop":
            return gait.hop_motion(gait.HOPS[self.move.action], time * self.place.pace)
        medium = "ground" if self.bust else self.scene.medium
        return gait.motion_at(self.move.action, time + self.delay, medium, restless=self.drawn and not self.bust)

    def _distance(self, time: float) -> float:
        """Return how far it has come at a time, pixels."""
        if self.move.way == "stride":
            return self.goes * (self._shown(time)[3] - self._shown(0.0)[3]) * self.place.height
        if self.move.way == "hop":
            return gait.hop_distance(gait.HOPS[self.move.action], time * self.place.pace) * self.place.height
        return self.speed * time

    def _where(self, time: float, view: View) -> tuple[float, int]:
        """Return the column of the frame where it stands, and -1 where it has turned round."""
        place = self.place
        column, turned = place.start + place.toward * self._distance(time), 1
        if not place.low <= column <= place.high:
            width = place.high - place.low
            crossings, beyond = divmod(column - place.low, width)
            back = bool(crossings % 2)
            column, turned = place.low + (width - beyond if back else beyond), -1 if back else 1
        return column - (view.left(GROUND_DEPTH) - view.margin), turned if self.faces else 1

    def _placed(self, time: float, view: View) -> tuple[Pixels, Floats]:
        """Return the picture shown and the affine map that puts it into the frame."""
        (picture, left, top), _, foot, _ = self._shown(time)
        motion = self._motion(time)
        column, turned = self._where(time, view)
        lean = np.radians(motion.lean * (0.5 if self.bust else 1.0))
        x = column + motion.right * self.place.height
        y = self.place.row - (0.0 if self.bust else motion.up) * self.place.height
        cos, sin = np.cos(lean), np.sin(lean)
        linear = self.place.zoom * np.array(
            [[turned * cos, -sin * motion.stretch], [turned * sin, cos * motion.stretch]]
        )
        root = np.array([self.middle - left, foot - top])
        if not self.bust and self.scene.medium != "ground":
            root[1] -= self.place.height / 2
            y -= self.place.height / 2
        shift = np.array([x, y]) - linear @ root
        return picture, np.column_stack([linear, shift]).astype(np.float32)

    def box(self, time: float, view: View) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom of the sprite in the frame, pixels, before the lens zooms."""
        return _box(*self._placed(time, view))

    def draw_shadow(self, frame: Pixels, time: float, view: View) -> None:
        """Darken the ground under and beside the character, or mirror it where the floor is glossy.

        Args:
            frame: RGB, shape (height, width, 3), in place.
            time: seconds.
            view: the camera.
        """
        if self.bust or self.scene.medium != "ground":
            return
        light = self.scene.light
        motion = self._motion(time)
        shown, number, foot, _ = self._shown(time)
        column, turned = self._where(time, view)
        x, row = column + motion.right * self.place.height, self.place.row
        if self.scene.mirror:
            self._draw_reflection(frame, shown, turned, x, row + motion.up * self.place.height, foot)
        flat, skew = 0.24 * light.reach, -0.55 * light.side * light.reach
        row -= 0.012 * self.place.height
        matrix = np.array(
            [
                [turned * SHADOW_SCALE, -skew * SHADOW_SCALE, x - turned * self.middle + skew * foot],
                [0, -flat * SHADOW_SCALE, row + flat * foot],
            ]
        )
        fade = 1 - min(0.75, 2.2 * motion.up)
        _darken(frame, self.shadows[number], matrix, fade)
        _contact_shadow(frame, x, row, self.body * 0.36, fade * (0.30 + 0.5 * light.shadow))

    def _draw_reflection(
        self, frame: Pixels, shown: tuple[Pixels, int, int], turned: int, x: float, row: float, foot: float
    ) -> None:
        picture, left, top = shown
        below = foot - top - picture.shape[0]
        seen = min(picture.shape[0], frame.shape[0] - round(row + below))  # the frame ends soon below the feet
        if seen <= 0:
            return
        sheet = np.ascontiguousarray(picture[::-1, ::turned][:seen])
        # weaker with the distance from the feet
        down = (np.arange(seen, dtype=np.float32) + max(0.0, below)) / self.height
        strength = (self.scene.mirror * (1 - np.clip(down, 0, 1)))[:, None]
        color = np.asarray(sheet[..., :3] * strength[..., None], np.uint8)
        hole = 255 - np.asarray((255 - sheet[..., 3]) * strength, np.uint8)
        start = x + (left - self.middle if turned > 0 else self.middle - left - picture.shape[1])
        over(frame, color, cv2.merge([hole] * 3), round(start), round(row + below))

    def draw(self, frame: Pixels, time: float, view: View) -> None:
        """Draw the character; arguments as in draw_shadow."""
        picture, matrix = self._placed(time, view)
        x0, y0, x1, y1 = _box(picture, matrix)
        left, top = max(0, int(x0) - 1), max(0, int(y0) - 1)
        width, height = min(frame.shape[1], int(x1) + 2) - left, min(frame.shape[0], int(y1) + 2) - top
        if width <= 0 or height <= 0:
            return
        matrix[:, 2] -= (left, top)
        sheet = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=CLEAR)
        hole = cv2.extractChannel(sheet, 3)
        over(frame, cv2.cvtColor(sheet, cv2.COLOR_RGBA2RGB), cv2.merge([hole] * 3), left, top)


def still(cutout: Cutout) -> Reel:
    """Return a round that only ever shows the best picture."""
    return Reel((cutout.best,), (0.0, 0.0), (1,), "still")


def _box(picture: Pixels, matrix: Floats) -> tuple[float, float, float, float]:
    height, width = picture.shape[:2]
    corners = matrix @ np.array([[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1]])
    low, high = corners.min(1), corners.max(1)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _cropped(sheet: Pixels) -> tuple[Pixels, int, int]:
    """Cut away what shows nothing, but for a margin; return the left column and the top row as well."""
    left, top, wide, tall = cv2.boundingRect(255 - sheet[..., 3])
    x0, y0 = max(0, left - 1), max(0, top - 1)
    return np.ascontiguousarray(sheet[y0 : top + tall + 1, x0 : left + wide + 1]), x0, y0


def _resize(picture: Pixels, scale: float) -> tuple[Floats, Floats]:
    """Scale a straight RGBA picture; return premultiplied colour and alpha, 0 to 1."""
    *color, alpha = cv2.split(picture.astype(np.float32) / 255)
    rgba = cv2.merge([*(channel * alpha for channel in color), alpha])
    size = (max(2, round(picture.shape[1] * scale)), max(2, round(picture.shape[0] * scale)))
    rgba = np.clip(resize(rgba, size), 0, 1)
    if scale > SOFTENED:  # its pixels would show, most of all along its outline
        rgba = cv2.GaussianBlur(rgba, (0, 0), 0.4 * scale)
    *color, alpha = cv2.split(rgba)
    return np.moveaxis(np.array(color), 0, 2), alpha


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
    tinted += masked(floats(light.key), edge)
    return np.asarray(np.minimum(tinted, alpha[..., None]), np.float32)


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
    kept = cv2.convertScaleAbs(mask, alpha=-fade, beta=255) if fade < 1 else cv2.bitwise_not(mask)
    dim(frame, kept, left, top)


def _contact_shadow(frame: Pixels, x: float, row: float, radius: float, darkness: float) -> None:
    """Darken the spot where the feet touch the ground."""
    rx, ry = max(3, int(radius)), max(2, int(radius * 0.17))
    # feet seen from a little above stand in the middle of their shadow, not on its far edge
    dim(frame, to_bytes(1 - darkness * _spot(rx, ry)), round(x) - 2 * rx, round(row - 0.8 * ry) - 2 * ry)


@lru_cache(maxsize=8)
def _spot(rx: int, ry: int) -> Floats:
    """Return a soft spot, 1 in its middle."""
    across = np.linspace(-2, 2, 4 * rx + 1, dtype=np.float32)[None]
    down = np.linspace(-2, 2, 4 * ry + 1, dtype=np.float32)[:, None]
    return np.asarray(np.exp(-1.5 * (across**2 + down**2)), np.float32)


def _lowest_row(alpha: Floats) -> float:
    rows = np.flatnonzero((alpha > 0.5).sum(1) > alpha.shape[1] * 0.03)
    return float(rows[-1] + 1) if len(rows) else float(alpha.shape[0])


def _balance_column(hole: Pixels) -> float:
    """Return the column about which the body is balanced."""
    weight = 255.0 - hole.astype(np.float64)
    total = weight.sum()
    return float((weight.sum(0) * np.arange(hole.shape[1])).sum() / total) if total else hole.shape[1] / 2


def _smooth(feet: list[float]) -> list[float]:
    """Smooth the row of the feet over neighbouring pictures, so that a noisy cut-out does not tremble."""
    if len(feet) < 5:
        return feet
    padded = np.pad(np.array(feet), 2, mode="edge")
    return [float(value) for value in np.convolve(padded, np.ones(5) / 5, "valid")]

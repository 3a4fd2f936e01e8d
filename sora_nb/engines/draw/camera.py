"""Move the camera: track sideways, which slides the layers past each other, and zoom the finished picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from sora_nb.engines.base import Box
    from sora_nb.engines.draw.scenes.noise import Pixels

ZOOM = 1.16
"""Greatest zoom of a push in or a tilt."""


@dataclass(frozen=True)
class CameraState:
    """Where the camera is at one moment.

    Attributes:
        track: -1 (as far left as it goes) to 1.
        zoom: 1 shows the whole frame.
        center: what the zoomed picture is centred on, (x, y) as parts of the frame.
    """

    track: float = 0.0
    zoom: float = 1.0
    center: tuple[float, float] = (0.5, 0.5)


SIDEWAYS = {"pan": 0.92, "wide": 0.5, "orbit": 0.95}
"""How much of the margin a camera uses."""


def camera_state(camera: str, part: float, time: float, toward: int) -> CameraState:
    """Return the camera's place.

    Args:
        camera: a key of vocabulary.CAMERAS.
        part: of the shot that is over, 0 to 1.
        time: seconds.
        toward: which way it goes: 1 to the right or up, -1 to the left or down.
    """
    eased = part * part * (3 - 2 * part)
    if camera in SIDEWAYS:
        return CameraState(track=toward * SIDEWAYS[camera] * (2 * eased - 1))
    if camera in {"push in", "pull out"}:
        grown = eased if camera == "push in" else 1 - eased
        return CameraState(zoom=1 + (ZOOM - 1) * grown, center=(0.5, 0.62))
    if camera == "tilt":
        return CameraState(zoom=ZOOM, center=(0.5, 1 - eased if toward > 0 else eased))
    return _handheld(time) if camera == "handheld" else CameraState()


def _handheld(time: float) -> CameraState:
    sway = 0.10 * np.sin(time * 1.7) + 0.05 * np.sin(time * 4.1 + 1)
    right = 0.5 + 0.3 * np.sin(time * 2.3)
    down = 0.5 + 0.30 * np.sin(time * 1.3 + 2) + 0.16 * np.sin(time * 3.7)
    return CameraState(track=float(sway), zoom=1.035, center=(float(right), float(down)))


def _corner(where: CameraState, size: tuple[int, int]) -> tuple[float, float]:
    """Return the upper left corner of what is shown, pixels."""
    hidden = 1 - 1 / where.zoom
    left, top = ((side - 1) * hidden * min(1.0, max(0.0, at)) for side, at in zip(size, where.center, strict=True))
    return left, top


def zoomed_box(box: Box, where: CameraState, size: tuple[int, int]) -> Box:
    """Return where a box (left, top, right, bottom) of the frame lies after the zoom; size is (width, height)."""
    left, top = _corner(where, size)
    zoom = where.zoom
    return (box[0] - left) * zoom, (box[1] - top) * zoom, (box[2] - left) * zoom, (box[3] - top) * zoom


def zoom(frame: Pixels, where: CameraState, target: Pixels) -> Pixels:
    """Enlarge a part of the frame to the whole, at sub-pixel steps, into `target`; return the one that holds the result."""
    if where.zoom == 1.0:
        return frame
    height, width = frame.shape[:2]
    scale = 1 / where.zoom
    left, top = _corner(where, (width, height))
    matrix = np.array([[scale, 0, left], [0, scale, top]], np.float64)
    return cv2.warpAffine(frame, matrix, (width, height), target, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)

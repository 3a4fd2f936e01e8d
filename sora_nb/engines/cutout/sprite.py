"""Make the moving sprite and the avatar: score the pictures, lay the subject onto one canvas, crop a portrait."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.base import SHOWN
from sora_nb.engines.cutout.masks import bounds, eroded, overlap
from sora_nb.engines.cutout.matting import matte, to_float
from sora_nb.engines.resize import resize
from sora_nb.vision.faces import faces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.base import Control
    from sora_nb.engines.cutout.footage import Footage
    from sora_nb.engines.cutout.masks import Mask, Rgb
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.vision.faces import Face

MAX_ROWS = 720
AVATAR_SIDES = (256, 512)
"""Least and greatest side of an avatar in pixels."""
MARGIN = 2
"""Transparent pixels around the sprite."""
CLOSER = 1.1
"""How much higher than its frame a close-up is at least."""
FACE_PICTURES = 5
"""Pictures in which the subject's face is looked for."""
MAX_AREA_RATIO = 0.35
"""Natural logarithm of the ratio by which an area departs from the usual one before a picture is left out."""
MAX_JUMP = 0.12
"""By how much less than usual a shape overlaps its neighbours, carried along with the flow, before it counts as a jump."""
MIN_PICTURES = 6
"""Pictures that a sprite has at least, if the clip gives as many."""
WIDEST = 0.8
"""Quantile of the areas of the masks' convex hulls that counts as the whole subject: the greatest may be a mistake."""
VIEW_WEIGHTS = {"front": 1.0, "profile": 0.3}


@dataclass(frozen=True)
class View:
    """How well one picture shows the subject.

    Attributes:
        score: sharp, frontal, whole and usual in size; comparable within one clip only.
        face: the face in it, in pixels of the analysed picture, or None.
    """

    score: float
    face: Face | None


def score_views(scene: Scene, masks: Sequence[Mask], seen: Mapping[int, Face] | None = None) -> list[View]:
    """Judge each picture as a portrait of the subject.

    Args:
        scene: the analysed pictures.
        masks: of the subject.
        seen: its face, by the number of the picture; where nobody knows, it is looked for in the most promising pictures.
    """
    usual = float(np.median([mask.sum() for mask in masks]))
    whole = _wholeness(masks)
    plain = [_plain_score(scene.pictures[number], mask, usual) * whole[number] for number, mask in enumerate(masks)]
    if seen:
        return [_with_face(score, seen.get(number)) for number, score in enumerate(plain)]
    limit = sorted(plain)[-min(FACE_PICTURES, len(plain))]
    return [
        _with_face(score, find_face(scene.pictures[number], masks[number]) if score >= limit else None)
        for number, score in enumerate(plain)
    ]


def _wholeness(masks: Sequence[Mask]) -> list[float]:
    """Return for each mask how wide it is spread, 0 to 1 where limbs, ears and tail show as far as they ever do."""
    spreads = []
    for mask in masks:
        outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        spreads.append(cv2.contourArea(cv2.convexHull(np.vstack(outlines))) if outlines else 0.0)
    widest = max(1.0, float(np.quantile(spreads, WIDEST)))
    return [min(1.0, spread / widest) for spread in spreads]


def _plain_score(picture: Rgb, mask: Mask, usual: float) -> float:
    """Return how sharp and whole the subject is, and how usual its size."""
    area = int(mask.sum())
    if area < 20:
        return 0.0
    left, top, wide, tall = bounds(mask)
    part = picture[top : top + tall, left : left + wide]
    grey = cv2.GaussianBlur(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 0.8)
    detail = cv2.Laplacian(grey, cv2.CV_32F)[eroded(mask[top : top + tall, left : left + wide], 1)]
    sharpness = float(detail.std()) if detail.size > 20 else 1.0
    touches = (left <= 1) + (left + wide >= mask.shape[1] - 1) + (top <= 1)
    return sharpness * float(np.exp(-1.5 * abs(np.log(area / usual)))) * 0.6**touches


def _with_face(score: float, face: Face | None) -> View:
    """Count a face, most of all a frontal one."""
    return View(score, None) if face is None else View(score * (1 + 1.5 * VIEW_WEIGHTS[face.view]), face)


def find_face(picture: Rgb, mask: Mask) -> Face | None:
    """Return the subject's clearest face, in pixels of the picture, or None where none is found in its upper half."""
    left, top, wide, tall = bounds(mask)
    if min(wide, tall) < 5:
        return None
    part = picture[top : top + tall, left : left + wide]
    found = [face for face in faces(part, least=0.16) if face.top < 0.5 * tall]
    face = max(found, key=lambda face: VIEW_WEIGHTS[face.view] * face.width, default=None)
    return face and face._replace(left=face.left + left, top=face.top + top)


def steady_run(scene: Scene, masks: Sequence[Mask]) -> list[int]:
    """Return the longest run of pictures that show the subject whole and in its usual size.

    It comes and goes at the ends of a clip, behind something or out of the picture. Where such pictures are the rule,
    all are kept. A single picture in which the shape jumps is replaced by the one before or after it, so that the pace
    stays even.
    """
    areas = np.array([max(1, int(np.count_nonzero(mask))) for mask in masks], float)
    cut = np.array([bool(mask[:, 0].any() or mask[:, -1].any()) for mask in masks])
    odd = np.abs(np.log(areas / np.median(areas))) > MAX_AREA_RATIO
    if cut.mean() < 0.5:
        odd |= cut
    agreed = _agreements(scene, masks)
    jumps = agreed < np.median(agreed) - MAX_JUMP
    usable = ~(odd | jumps)
    shown = list(range(len(masks)))
    for number in range(1, len(masks) - 1):
        if not usable[number] and usable[number - 1] and usable[number + 1]:
            shown[number] = max((number - 1, number + 1), key=lambda other: agreed[other])
            odd[number] = False
    ends = [-1, *np.flatnonzero(odd).tolist(), len(masks)]
    before, after = max(pairwise(ends), key=lambda pair: pair[1] - pair[0])
    run = range(before + 1, after)
    if len(run) < max(MIN_PICTURES, len(masks) // 2):
        return list(range(len(masks)))
    return [shown[number] for number in run]


def _agreements(scene: Scene, masks: Sequence[Mask]) -> NDArray[np.float64]:
    """Return for each mask its overlap with the neighbours that the flow carries to it; the better of the two."""
    agreed = []
    for number, mask in enumerate(masks):
        carried = [
            scene.flow.warp(masks[other].astype(np.float32), number, other) > 0.5
            for other in (number - 1, number + 1)
            if 0 <= other < len(masks)
        ]
        agreed.append(max((overlap(mask, other) for other in carried), default=1.0))
    return np.array(agreed)


def is_bust(masks: Sequence[Mask]) -> bool:
    """Whether the picture's lower edge cuts the subject in most pictures."""
    cut = [mask[-2:].any(0).sum() > 0.25 * max(1, int(mask.any(0).sum())) for mask in masks]
    return bool(np.mean(cut) > 0.5)


def animate(
    footage: Footage, scene: Scene, masks: Sequence[Mask], run: Sequence[int], control: Control, *, bust: bool
) -> tuple[list[NDArray[np.uint8]], tuple[float, ...]]:
    """Cut the subject out of a run of pictures and lay it onto one canvas, its travel through the picture taken out.

    Returns:
        RGBA pictures of one size, at most MAX_ROWS high, and the subject's path as in Cutout.
    """
    cuts: deque[NDArray[np.uint8]] = deque()
    corners = []
    for done, number in enumerate(run):
        control.step(0.72 + 0.2 * done / len(run), "drawing the sprite")
        cut, corner = matte(footage.full[number], masks[number])
        cuts.append(cut)
        corners.append(corner)
    way = _way(scene, masks, run)
    places = np.array(corners) - np.round(_seen(scene, way, run, bust=bust) * footage.zoom).astype(int)
    return _laid_out(cuts, places), _path(scene, masks, run, way)


def _way(scene: Scene, masks: Sequence[Mask], run: Sequence[int]) -> NDArray[np.float64]:
    """Return the subject's smooth way over the ground: pixels of the camera's reference picture, shape (frames, 2)."""
    anchors = []
    for number in run:
        mask = masks[number]
        left, top, wide, tall = bounds(mask)
        x = float(np.flatnonzero(mask.any(0)).mean()) if mask.any() else left + wide / 2
        anchors.append(np.linalg.inv(scene.camera.poses[number]) @ [x, top + tall, 1])
    times = np.linspace(-1, 1, len(run))
    way = np.array(anchors)[:, :2]
    degree = min(2, len(run) - 1)
    return np.stack([np.polyval(np.polyfit(times, way[:, axis], degree), times) for axis in (0, 1)], -1)


def _seen(scene: Scene, way: NDArray[np.float64], run: Sequence[int], *, bust: bool) -> NDArray[np.float64]:
    """Return where each analysed picture shows the points of a way over the ground, shape (frames, 2)."""
    seen = [scene.camera.poses[number] @ [x, y, 1] for number, (x, y) in zip(run, way, strict=True)]
    moved = np.array(seen)[:, :2]
    if bust:
        moved[:, 1] = 0  # the picture's lower edge is the sprite's lower edge
    return moved


def _path(scene: Scene, masks: Sequence[Mask], run: Sequence[int], way: NDArray[np.float64]) -> tuple[float, ...]:
    """Measure a way in parts of the subject's height, from its first place to the right."""
    zooms = [float(np.sqrt(abs(np.linalg.det(scene.camera.poses[number][:2, :2])))) for number in run]
    tall = float(np.median([bounds(masks[number])[3] / zoom for number, zoom in zip(run, zooms, strict=True)]))
    return tuple(round(float(x), 4) for x in (way[:, 0] - way[0, 0]) / max(1.0, tall))


def _laid_out(cuts: deque[NDArray[np.uint8]], places: NDArray[np.int64]) -> list[NDArray[np.uint8]]:
    """Lay pictures onto one canvas each, crop all to what any of them shows, and shrink those that are too high.

    Args:
        cuts: RGBA; taken out one by one, because all of them twice are the most memory of an extraction.
        places: left and top of each.
    """
    low = places.min(0)
    width, height = (places + [cut.shape[1::-1] for cut in cuts]).max(0) - low
    shown = np.zeros((height, width), bool)
    for cut, (x, y) in zip(cuts, places - low, strict=True):
        shown[y : y + cut.shape[0], x : x + cut.shape[1]] |= cut[..., 3] > SHOWN
    left, top, wide, tall = bounds(shown)
    scale = min(1.0, (MAX_ROWS - 2 * MARGIN) / max(1, tall))
    shape = max(1, round(wide * scale)), max(1, round(tall * scale))
    sheets = []
    for x, y in places - low:
        cut = cuts.popleft()
        sheet = np.zeros((height, width, 4), np.uint8)
        sheet[y : y + cut.shape[0], x : x + cut.shape[1]] = cut
        sheets.append(_resize(sheet[top : top + tall, left : left + wide], shape))
    return sheets


def _resize(sheet: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Shrink premultiplied, so that hidden colours do not bleed in, and add a transparent margin."""
    if sheet.shape[1::-1] != shape:
        alpha = sheet[..., 3:].astype(np.float32) / 255
        solid = np.dstack([sheet[..., :3] * alpha, alpha * 255])
        small = cv2.resize(solid, shape, interpolation=cv2.INTER_AREA)
        colours = small[..., :3] / np.maximum(small[..., 3:] / 255, 1e-3)
        sheet = np.clip(np.dstack([colours, small[..., 3]]) + 0.5, 0, 255).astype(np.uint8)
    return np.pad(sheet * (sheet[..., 3:] > 0), ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)))


def close_up(picture: Rgb, mask: Mask, frame: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Cut the subject out of one picture with all its pixels.

    Args:
        picture: RGB.
        mask: the subject, at any scale of the same picture.
        frame: the sprite's frame of that picture.

    Returns:
        RGBA, cropped to the subject, or None where it would hardly be larger than the frame.
    """
    rows = bounds(mask)[3] * picture.shape[0] / mask.shape[0]
    if rows < CLOSER * bounds(frame[..., 3] > SHOWN)[3]:
        return None
    cut, _ = matte(picture, mask)
    left, top, wide, tall = bounds(cut[..., 3] > SHOWN)
    shown = cut[top : top + tall, left : left + wide]
    return shown * (shown[..., 3:] > 0)


def portrait(picture: Rgb, mask: Mask, face: Face | None) -> Rgb:
    """Return a square picture of the face, or of the upper part, before its own surroundings, softened.

    Args:
        picture: RGB.
        mask: the subject, at any scale of the same picture.
        face: in pixels of the mask, or None.
    """
    height, width = picture.shape[:2]
    zoom = width / mask.shape[1]
    x, y, side = (value * zoom for value in head_square(mask, face))
    side = min(side, height, width)
    left, top = (int(np.clip(value - side / 2, 0, limit - side)) for value, limit in ((x, width), (y, height)))
    whole = int(side)
    cut, (cut_left, cut_top) = matte(picture, mask)
    front = np.dstack([picture, np.zeros((height, width), np.uint8)])
    front[cut_top : cut_top + cut.shape[0], cut_left : cut_left + cut.shape[1]] = cut
    square = np.s_[top : top + whole, left : left + whole]
    alpha = to_float(front[square][..., 3:])
    shown = front[square][..., :3] * alpha + _surroundings(picture[square], alpha) * (1 - alpha)
    final = int(np.clip(whole, *AVATAR_SIDES))
    return np.asarray(np.clip(resize(shown, (final, final)) + 0.5, 0, 255), np.uint8)


def _surroundings(part: Rgb, alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Blur the background without the subject, whose colours would otherwise glow around it."""
    weight = 1 - cv2.dilate(alpha, np.ones((5, 5), np.uint8))[..., None]
    sigma = 0.05 * part.shape[0]
    total = cv2.GaussianBlur(part * weight, (0, 0), sigma)
    share = cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
    mean = part.reshape(-1, 3).mean(0)
    return np.asarray((total + 0.01 * mean) / (share + 0.01), np.float32)


def face_share(mask: Mask, face: Face | None) -> float:
    """Return the height of the face as part of the subject's, or 0 without one."""
    return min(1.0, float(face.height) / max(1, bounds(mask)[3])) if face else 0.0


def head_square(mask: Mask, face: Face | None) -> tuple[float, float, float]:
    """Return centre and side of the square around the subject's head: around its face, or its upper part without one."""
    return _face_square(face) if face else _upper_square(mask)


def _face_square(face: Face) -> tuple[float, float, float]:
    """Return centre and side: the face with hair, ears and a bit of the shoulders."""
    return face.left + face.width / 2, face.top + face.height * 0.55, 2.1 * face.height


def _upper_square(mask: Mask) -> tuple[float, float, float]:
    """Return centre and side of the subject's upper part, where heads are."""
    _, top, wide, tall = bounds(mask)
    head = mask[top : top + max(2, int(0.4 * tall))]
    columns = head.sum(0).astype(float)
    middle = float((columns * np.arange(mask.shape[1])).sum() / max(1.0, columns.sum()))
    side = min(max(0.62 * tall, 0.55 * wide), 1.15 * max(tall, wide))
    return middle, top + 0.45 * side, side

"""Clips of pets and objects with exact masks: they stand, bob or walk before photographs and drawn rooms.

Even seeds were looked at while the extraction was tuned, odd ones never.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from tests.quality import clips
from tests.quality.drawings import Drawing

WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 24, 2
ANIMALS = ("bear", "cat", "rabbit", "bird")
OBJECTS = ("cup", "bottle", "ball", "parcel", "vase")
WAYS = ("still", "still", "bob", "wriggle", "walk")
"""still: nothing but the camera moves; bob: all of it moves on the spot; wriggle: its parts do; walk: it travels."""
PLACES = ("table", "coffee", "brick", "grass", "hills", "room")
FINE = 3


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a clip.

    Attributes:
        who: an animal, an object, or "photo" for a photograph with a matte.
        way: how it moves, see WAYS.
        place: the background.
        camera: "static" or "handheld".
        rows: its height as part of the picture's.
        twin: whether another of the same kind stands beside it.
        alike: whether its surroundings have its colours.
    """

    seed: int
    who: str
    way: str
    place: str
    camera: str
    rows: float
    twin: bool
    alike: bool
    noise: float
    crf: int

    @property
    def name(self):
        extras = "".join(f"+{word}" for word in ("twin", "alike") if getattr(self, word))
        return f"{self.seed:02d} {self.who}/{self.place}/{self.way}/{self.camera}{extras}"


@dataclass(frozen=True)
class Picture:
    """One picture of a clip: RGB, the true mask of its subject, and that of the other thing in it."""

    rgb: np.ndarray
    mask: np.ndarray
    other: np.ndarray


def recipe(seed):
    """Choose a clip by seed: two of five show an object, one a photograph where there is one."""
    random = np.random.default_rng(7000 + seed)
    kind = seed // 2 % 5
    names = OBJECTS if kind < 2 else ANIMALS
    who = "photo" if kind == 4 else str(random.choice(names))
    way = str(random.choice(WAYS if who in ANIMALS or who == "photo" else WAYS[:3]))
    return Recipe(
        seed=seed,
        who=who,
        way=way,
        place="table" if who in OBJECTS and random.random() < 0.6 else str(random.choice(PLACES[1:])),
        camera="handheld" if random.random() < 0.6 else "static",
        rows=float(random.uniform(0.35, 0.7)),
        twin=bool(random.random() < 0.25),
        alike=bool(random.random() < 0.15),
        noise=float(random.choice([1.0, 3.0, 5.0])),
        crf=int(random.choice([20, 24, 28])),
    )


@cache
def photographs(folder=clips.DATA):
    """Return photographs with mattes, cropped to what they show, as premultiplied RGBA floats."""
    found = [clips.cut_photograph("chelsea")]
    for path in sorted(Path(folder).glob("*.png")):
        with Image.open(path) as picture:
            if picture.mode != "RGBA":
                continue
            pixels = np.array(picture).astype(np.float32) / 255
        left, top, wide, tall = cv2.boundingRect((pixels[..., 3] > 0.5).astype(np.uint8))
        pixels[..., :3] *= pixels[..., 3:]
        found.append(pixels[top : top + tall, left : left + wide])
    return found


@cache  # it stands still in all pictures of a clip
def draw_object(seed, name, rows):
    """Draw a thing lit from the left, as premultiplied RGBA floats, `rows` high."""
    random = np.random.default_rng(seed)
    side = rows * FINE
    tall, wide = side, int(side * {"cup": 1.1, "bottle": 0.45, "ball": 1.0, "parcel": 1.2, "vase": 0.75}[name])
    colour = np.array(colorsys.hsv_to_rgb(random.random(), random.uniform(0.1, 0.9), random.uniform(0.25, 0.95)))
    second = np.array(colorsys.hsv_to_rgb(random.random(), random.uniform(0.2, 0.9), random.uniform(0.25, 0.95)))
    ink, mask = np.empty((tall, wide, 3)), np.zeros((tall, wide), np.uint8)
    ink[:] = colour
    rim = _outline(name, mask, wide, tall)
    if name in {"ball", "vase", "cup"}:
        band = np.abs(np.arange(tall) / tall - random.uniform(0.45, 0.65)) < random.uniform(0.05, 0.14)
        ink[band] = second
    if name in {"parcel", "bottle"}:
        ink[int(0.45 * tall) : int(0.7 * tall), int(0.15 * wide) : int(0.85 * wide)] = second
    light = 1.1 - 0.55 * np.linspace(0, 1, wide) ** 1.5
    grain = cv2.resize(random.normal(0, 0.05, (max(2, tall // 5), max(2, wide // 5))), (wide, tall))
    shaded = np.clip(ink * light[None, :, None] + grain[..., None], 0, 1)
    if rim is not None:
        cv2.ellipse(shaded, *rim, 0, 0, 360, (0.16, 0.12, 0.1), -1)
    alpha = (mask / 255.0)[..., None]
    whole = np.dstack([shaded * alpha, alpha]).astype(np.float32)
    return cv2.resize(whole, (wide // FINE, rows), interpolation=cv2.INTER_AREA)


def _outline(name, mask, wide, tall):
    """Fill a thing's outline; return centre and axes of its opening, or None."""
    if name == "ball":
        cv2.ellipse(mask, (wide // 2, tall // 2), (wide // 2 - 1, tall // 2 - 1), 0, 0, 360, 255, -1)
        return None
    if name == "parcel":
        cv2.fillPoly(
            mask,
            [np.array([(0, tall // 8), (wide * 7 // 8, 0), (wide - 1, tall * 7 // 8), (wide // 8, tall - 1)])],
            255,
        )
        return None
    if name == "bottle":
        neck, shoulder = wide // 3, tall // 3
        outline = [
            (neck, 0),
            (wide - neck, 0),
            (wide - neck, shoulder // 2),
            (wide - 1, shoulder),
            (wide - 1, tall - 1),
        ]
        outline += [(0, tall - 1), (0, shoulder), (neck, shoulder // 2)]
        cv2.fillPoly(mask, [np.array(outline)], 255)
        return None
    if name == "vase":
        y = np.linspace(0, 1, 40)
        half = wide * (0.2 + 0.29 * np.sin(np.pi * (0.1 + 0.8 * y**0.8)) ** 2)
        right = np.stack([wide / 2 + half, y * (tall - 1)], -1)
        left = np.stack([wide / 2 - half, y * (tall - 1)], -1)[::-1]
        cv2.fillPoly(mask, [np.concatenate([right, left]).astype(np.int32)], 255)
        return None
    body = int(wide * 0.76)
    drop = tall // 10
    cv2.fillPoly(
        mask, [np.array([(0, drop), (body, drop), (int(body * 0.85), tall - 1), (int(body * 0.15), tall - 1)])], 255
    )
    cv2.ellipse(
        mask, (body, int(tall * 0.45)), (int(wide * 0.19), int(tall * 0.22)), 0, -100, 100, 255, max(2, wide // 16)
    )
    cv2.ellipse(mask, (body // 2, drop), (body // 2, drop), 0, 0, 360, 255, -1)
    return (body // 2, drop), (int(body * 0.44), int(drop * 0.75))


def _table(seed):
    """Draw a wooden table before a wall, half as large again as the picture."""
    random = np.random.default_rng(seed)
    wide, tall = WIDTH * 3 // 2, HEIGHT * 3 // 2
    picture = clips._room(wide, tall, seed)
    edge = int(tall * random.uniform(0.5, 0.62))
    wood = np.array(
        colorsys.hsv_to_rgb(random.uniform(0.05, 0.12), random.uniform(0.3, 0.7), random.uniform(0.3, 0.75))
    )
    grain = cv2.resize(random.normal(0, 0.06, (90, 12)), (wide, tall - edge), interpolation=cv2.INTER_CUBIC)
    picture[edge:] = np.clip(wood + grain[..., None], 0, 1)
    picture[edge : edge + 5] *= 0.7
    return cv2.GaussianBlur(picture, (0, 0), 1.0)


def _scenery(plan):
    return _table(plan.seed) if plan.place == "table" else clips.scenery(plan.place, plan.seed)


def _drawn(plan, seed, time):
    """Return the thing at a time, as premultiplied RGBA floats."""
    rows = int(plan.rows * HEIGHT)
    if plan.who in OBJECTS:
        return draw_object(seed, plan.who, rows)
    if plan.who in ANIMALS:
        action = {"still": "sway", "bob": "sway", "wriggle": "wave", "walk": "walk"}[plan.way]
        return Drawing(seed, plan.who).draw(rows, 0.0 if plan.way == "still" else time, action)
    cuts = photographs()
    cut = cuts[seed % len(cuts)]
    cut = cv2.resize(cut, (max(8, int(cut.shape[1] * rows / cut.shape[0])), rows), interpolation=cv2.INTER_AREA)
    return _wriggled(cut, time) if plan.way == "wriggle" else cut


def _wriggled(cut, time):
    """Bend a photograph: its upper part nods, its left and right thirds swing."""
    rows, columns = np.mgrid[0 : cut.shape[0], 0 : cut.shape[1]].astype(np.float32)
    tall, wide = cut.shape[:2]
    head = np.clip(1 - rows / (0.5 * tall), 0, 1)
    limb = np.clip(np.abs(columns / wide - 0.5) * 3 - 0.6, 0, 1)
    across = columns + 0.07 * wide * head * np.sin(4 * time)
    down = rows + 0.05 * tall * limb * np.sin(5 * time + columns / wide * 3)
    return cv2.remap(cut, across.astype(np.float32), down.astype(np.float32), cv2.INTER_LINEAR)


def _place(plan, time):
    """Return where the thing's lower middle is in the background, from its middle, in pixels, and its turn in degrees."""
    if plan.way == "bob":
        return 10 * np.sin(4 * time), -6 * abs(np.sin(5 * time)), 6 * np.sin(4 * time)
    if plan.way == "walk":
        return 130 * (time / SECONDS - 0.5), 0.0, 2 * np.sin(7 * time)
    return 0.0, 0.0, 0.0


def frames(plan):
    """Yield the pictures of a clip."""
    random = np.random.default_rng(plan.seed)
    back = _scenery(plan)
    spare = np.array([back.shape[1] - WIDTH, back.shape[0] - HEIGHT]) / 2
    shake = cv2.GaussianBlur(np.cumsum(random.normal(0, 1.6, (FPS * SECONDS, 2)), 0), (1, 0), 1.5, sigmaY=1.5)
    shake *= plan.camera == "handheld"
    middle = WIDTH * random.uniform(0.38, 0.62)
    ground = HEIGHT * random.uniform(0.86, 0.96)
    if plan.alike:
        first = _drawn(plan, plan.seed, 0.0)
        tint = first[..., :3][first[..., 3] > 0.9].mean(0)
        back = np.clip(0.45 * back + 0.55 * tint, 0, 1).astype(np.float32)
    for number in range(FPS * SECONDS):
        time = number / FPS
        x, y = spare + shake[number]
        picture = cv2.warpAffine(
            back, np.array([[1, 0, -x], [0, 1, -y]]), (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT
        )
        moved = middle - shake[number, 0], ground - shake[number, 1]
        other = np.zeros((HEIGHT, WIDTH), np.float32)
        drawn = _drawn(plan, plan.seed, time)
        if plan.twin:
            beside = (0.5 * drawn.shape[1] + 0.28 * WIDTH) * (1 if middle < WIDTH / 2 else -1)
            twin = _drawn(plan, plan.seed, time + 0.7)
            picture, other = clips.laid(picture, twin, moved[0] + beside, moved[1] - 8, 0.0)
        across, down, turn = _place(plan, time)
        picture = _shaded(picture, moved[0] + across, moved[1], drawn.shape[1])
        picture, alpha = clips.laid(picture, drawn, moved[0] + across, moved[1] + down, turn)
        noisy = picture + random.normal(0, plan.noise / 255, picture.shape)
        yield Picture((np.clip(noisy, 0, 1) * 255).astype(np.uint8), alpha > 0.5, (other > 0.5) & (alpha <= 0.5))


def _shaded(picture, x, y, wide):
    """Cast a soft shadow on the ground."""
    shade = np.ones(picture.shape[:2], np.float32)
    cv2.ellipse(shade, ((float(x) + 0.08 * wide, float(y) - 2), (0.95 * wide, 0.16 * wide), 0), 0.55, -1)
    return picture * cv2.GaussianBlur(shade, (0, 0), max(1.0, 0.04 * wide))[..., None]


def make(plan, path):
    """Write a clip and return its pictures."""
    made = list(frames(plan))
    clips.write([picture.rgb for picture in made], path, crf=plan.crf)
    return made

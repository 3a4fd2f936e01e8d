"""Clips of photographed people, pets and things, cut out along mattes of our own, that move before photographs and rooms.

Some photographs and odd seeds were never looked at while anything was tuned.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from PIL import Image

from tests.quality import clips

FOLDER = clips.DATA / "photographs"
WIDTH, HEIGHT, FPS, SECONDS = clips.WIDTH, clips.HEIGHT, clips.FPS, clips.SECONDS
SHOWN = {
    "astronaut": "people", "cameraman": "people", "moonwalker": "people", "chelsea": "pets", "cat": "pets", "dog": "pets",
    "parrot": "pets", "gamepad": "objects", "balloon": "objects",
}  # fmt: skip
"""What each photograph shows."""
HELD_OUT = ("cameraman", "moonwalker", "dog", "parrot", "balloon")
TO_THE_EDGE = {"astronaut", "cameraman", "chelsea", "dog", "parrot"}
"""Photographs whose lower edge cuts what they show."""
WAYS = ("nod", "nod", "sway", "go")
CAMERAS = ("static", "handheld", "handheld", "pan", "tracking")


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a clip.

    Attributes:
        who: a key of SHOWN.
        way: "nod" (the upper part turns), "sway" (all of it does) or "go".
        camera: "static", "handheld", "pan" or "tracking", which follows what goes.
        tall: height as part of the picture's.
        light: what all is multiplied by.
    """

    seed: int
    who: str
    way: str
    camera: str
    place: str
    tall: float
    light: float
    noise: float
    crf: int

    @property
    def name(self):
        dim = "/dim" if self.light < 0.5 else ""
        return f"{self.seed:02d} {self.who}/{self.place}/{self.way}/{self.camera}{dim}"


def recipe(seed):
    """Choose a clip by seed: even ones show what was tuned with, odd ones what is held out."""
    random = np.random.default_rng(9000 + seed)
    names = [who for who in SHOWN if (who in HELD_OUT) == bool(seed % 2)]
    who = names[seed // 2 % len(names)]
    camera = str(random.choice(CAMERAS))
    return Recipe(
        seed=seed,
        who=who,
        way="go" if camera == "tracking" else str(random.choice(WAYS)),
        camera=camera,
        place=str(random.choice(clips.BACKGROUNDS)),
        tall=float(random.uniform(0.6, 0.95) if who in TO_THE_EDGE else random.uniform(0.35, 0.75)),
        light=float(random.choice([1.0, 1.0, 1.0, 0.35])),
        noise=float(random.choice([1.0, 3.0, 5.0])),
        crf=int(random.choice([20, 24, 28, 32])),
    )


@cache
def cut_out(who):
    """Return what a photograph shows as premultiplied RGBA floats."""
    if who in {"astronaut", "chelsea"}:
        return clips.cut_photograph(who)
    with Image.open(FOLDER / f"{who}.jpg") as colours, Image.open(FOLDER / f"{who}.png") as matte:
        alpha = np.array(matte, np.float32)[..., None] / 255
        return np.dstack([np.array(colours.convert("RGB"), np.float32) / 255 * alpha, alpha])


def frames(plan):
    """Yield the pictures of a clip, RGB, with the true masks."""
    random = np.random.default_rng(plan.seed)
    back = clips.scenery(plan.place, plan.seed)
    spare = np.array([back.shape[1] - WIDTH, back.shape[0] - HEIGHT]) / 2
    count = FPS * SECONDS
    shake = cv2.GaussianBlur(np.cumsum(random.normal(0, 1.0, (count, 2)), 0), (1, 0), 1.0, sigmaY=1.5)
    whole = cut_out(plan.who)
    zoom = plan.tall * HEIGHT / whole.shape[0]
    whole = cv2.resize(whole, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC)
    middle = random.uniform(0.4, 0.6)
    direction = 1 if random.random() < 0.5 else -1
    ground = 1.01 if plan.who in TO_THE_EDGE else random.uniform(0.85, 0.95)
    for number in range(count):
        time, part = number / FPS, number / count - 0.5
        travel = direction * part * 0.45 * WIDTH if plan.way == "go" else 0.0
        shift = {"static": np.zeros(2), "handheld": shake[number], "pan": np.array([1.4 * spare[0] * part, 0])}.get(
            plan.camera, np.array([travel, 0]) + 0.3 * shake[number]
        )
        x, y = spare + shift
        picture = cv2.warpAffine(
            back, np.array([[1, 0, -x], [0, 1, -y]]), (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT
        )
        across, down = middle * WIDTH + travel - (plan.camera == "tracking") * travel, ground * HEIGHT
        turn = 3 * np.sin(3 * time) if plan.way == "sway" else 1.5 * np.sin(6 * time) * (plan.way == "go")
        sway = 0.02 * WIDTH * np.sin(2.6 * time) if plan.way == "sway" else 2 * np.sin(1.9 * time)
        drawn = nodding(whole, time) if plan.way == "nod" else whole
        picture, alpha = clips.laid(picture, drawn, across + sway, down, turn)
        noisy = picture * plan.light + random.normal(0, plan.noise / 255, picture.shape)
        yield (np.clip(noisy, 0, 1) * 255).astype(np.uint8), alpha > 0.5


def nodding(whole, time, strength=1.0):
    """Turn the upper part about the middle, as a head turns, and let the rest breathe."""
    tall, wide = whole.shape[:2]
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    loose = strength * np.clip(1 - rows / (0.55 * tall), 0, 1)
    angle = loose * np.float32(np.radians(9) * np.sin(2.4 * time))
    x, y = columns - wide / 2, rows - 0.5 * tall
    across = wide / 2 + x * np.cos(angle) - y * np.sin(angle)
    down = 0.5 * tall + x * np.sin(angle) + y * np.cos(angle) + loose * np.float32(0.02 * tall * np.sin(5 * time))
    return cv2.remap(whole, across.astype(np.float32), down.astype(np.float32), cv2.INTER_LINEAR)


def make(plan, path):
    """Write a clip and return its true masks."""
    made = list(frames(plan))
    clips.write([picture for picture, _ in made], path, crf=plan.crf)
    return [mask for _, mask in made]

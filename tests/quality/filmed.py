"""Clips of photographed people, pets and things as a hand camera films them, with exact masks: soft, shaken, noisy,
before blossoms, bridges and ground of their own colours; with a boulder or a pillow beside them, or a thing in hand.

Some photographs, places and things, and all odd seeds, were never looked at while anything was tuned.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from tests.quality import clips, people, photographs, things

WIDTH, HEIGHT, FPS, SECONDS = clips.WIDTH, clips.HEIGHT, clips.FPS, clips.SECONDS
SHOWN = {
    "astronaut": "people", "chelsea": "pets", "cat": "pets", "chameleon": "pets", "gamepad": "objects",
    "sunflower": "objects", "books": "objects", "cameraman": "people", "moonwalker": "people", "dog": "pets",
    "parrot": "pets", "raccoon": "pets", "goldfish": "pets", "balloon": "objects", "cup": "objects",
}  # fmt: skip
"""What each photograph shows."""
HELD_OUT = {"cameraman", "moonwalker", "dog", "parrot", "raccoon", "goldfish", "balloon", "cup"}
TO_THE_EDGE = photographs.TO_THE_EDGE | {"chameleon", "raccoon"}
PLACES = (
    ("tulips", "night_bridge", "coffee", "brick", "hills", "rabbit", "room"),
    ("blossom", "dandelions", "coffee", "grass", "hills", "rabbit", "room"),
)
"""Backgrounds of what was tuned with, and of what is held out."""
HANDS = (("gamepad", "ball", "books"), ("cup", "vase", "parcel"))
"""What people hold, in the same order."""
HOLDERS = ("astronaut", "grace_hopper")
WAYS = ("nod", "nod", "sway", "go", "breathe")
CAMERAS = ("static", "handheld", "handheld", "pan", "tracking")
SUBFRAMES = 3
"""Moments that the shutter is open for, in a picture of a clip with motion blur."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a clip.

    Attributes:
        who: a key of SHOWN, or one of HOLDERS with something in hand.
        way: "nod" (the upper part turns), "sway" (all of it does), "go", or "breathe", which is hardly seen.
        tall: height as part of the picture's.
        soft: pixels by which the lens blurs.
        shutter: part of the time between two pictures for which the shutter is open.
        alike: 0 to 1, how much of its colour the place has.
        contrast: by which all is multiplied about a middle grey.
        beside: "", "boulder", which has its colours, or "pillow", which it leans on.
        held: what it has in hand, or "".
    """

    seed: int
    who: str
    way: str
    camera: str
    place: str
    tall: float
    soft: float
    shutter: float
    alike: float
    contrast: float
    light: float
    noise: float
    crf: int
    beside: str = ""
    held: str = ""

    @property
    def name(self):
        extras = "".join(
            f"+{word}"
            for word, is_so in (("alike", self.alike > 0), (self.beside, self.beside), (self.held, self.held))
            if is_so
        )
        return f"{self.seed:03d} {self.who}/{self.place}/{self.way}/{self.camera}{extras}"


def recipe(seed):
    """Choose a clip by seed: even ones show what was tuned with, odd ones what is held out."""
    random = np.random.default_rng(12000 + seed)
    part = seed % 2
    names = [who for who in SHOWN if (who in HELD_OUT) == bool(part)]
    who = names[seed // 2 % len(names)]
    camera = str(random.choice(CAMERAS))
    way = "go" if camera == "tracking" else str(random.choice(WAYS))
    return Recipe(
        seed=seed,
        who=who,
        way=way,
        camera=camera,
        place=str(random.choice(PLACES[part])),
        tall=float(random.uniform(0.55, 0.9) if who in TO_THE_EDGE else random.uniform(0.35, 0.7)),
        soft=float(random.choice([0.0, 0.8, 1.5])),
        shutter=float(random.choice([0.0, 0.5, 1.0])),
        alike=float(random.choice([0.0, 0.0, 0.0, 0.5])),
        contrast=float(random.choice([1.0, 1.0, 0.75, 0.5])),
        light=float(random.choice([1.0, 1.0, 0.4])),
        noise=float(random.choice([1.0, 3.0, 6.0])),
        crf=int(random.choice([20, 26, 32, 36])),
        beside=str(random.choice(["", "", "", "boulder", "pillow"])) if way in {"nod", "sway", "breathe"} else "",
    )


def holding(seed):
    """Choose a clip of somebody with something in hand: odd seeds are held out."""
    random = np.random.default_rng(13000 + seed)
    part = seed % 2
    return Recipe(
        seed=seed,
        who=HOLDERS[seed // 2 % 2],
        way=str(random.choice(["nod", "sway", "breathe"])),
        camera=str(random.choice(["static", "handheld"])),
        place=str(random.choice(PLACES[part])),
        tall=float(random.uniform(0.75, 0.95)),
        soft=float(random.choice([0.0, 0.8])),
        shutter=0.0,
        alike=0.0,
        contrast=1.0,
        light=float(random.choice([1.0, 0.6])),
        noise=float(random.choice([1.0, 3.0])),
        crf=int(random.choice([20, 26, 30])),
        held=str(random.choice(HANDS[part])),
    )


@cache
def cut_out(who):
    """Return what a photograph shows as premultiplied RGBA floats."""
    return clips.cut_photograph(who) if who in HOLDERS else photographs.cut_out(who)


def frames(plan):
    """Yield the pictures of a clip, RGB, with the true mask of its subject and that of what it holds."""
    random = np.random.default_rng(plan.seed)
    whole = cut_out(plan.who)
    zoom = plan.tall * HEIGHT / whole.shape[0]
    whole = cv2.resize(whole, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC)
    middle = random.uniform(0.4, 0.6)
    ground = 1.01 if plan.who in TO_THE_EDGE or plan.held else random.uniform(0.85, 0.95)
    layers = _with_thing(plan, whole, random)
    back = _place(plan, whole, middle, ground, random)
    spare = np.array([back.shape[1] - WIDTH, back.shape[0] - HEIGHT]) / 2
    count = FPS * SECONDS
    shake = cv2.GaussianBlur(np.cumsum(random.normal(0, 1.2, (count + 1, 2)), 0), (1, 0), 1.0, sigmaY=1.5)
    direction = 1 if random.random() < 0.5 else -1
    for number in range(count):
        moments = [number + plan.shutter * part / SUBFRAMES for part in range(SUBFRAMES if plan.shutter else 1)]
        seen = [_moment(plan, layers, back, spare, shake, middle, ground, direction, at) for at in moments]
        picture, mask, other = (np.mean([view[place] for view in seen], 0) for place in range(3))
        if plan.soft:
            picture = cv2.GaussianBlur(picture, (0, 0), plan.soft)
        picture = (0.45 + plan.contrast * (picture - 0.45)) * plan.light
        noisy = picture + random.normal(0, plan.noise / 255, picture.shape)
        yield (np.clip(noisy, 0, 1) * 255).astype(np.uint8), mask > 0.5, other > 0.5


def _moment(plan, layers, back, spare, shake, middle, ground, direction, at):
    """Return one moment, the subject's visible share of each pixel, and the held thing's; `at` counts in pictures."""
    time, part = at / FPS, at / (FPS * SECONDS) - 0.5
    travel = direction * part * 0.45 * WIDTH if plan.way == "go" else 0.0
    trembling = np.array([np.interp(at, np.arange(len(shake)), shake[:, axis]) for axis in (0, 1)])
    shift = {"static": np.zeros(2), "handheld": trembling, "pan": np.array([1.2 * spare[0] * part, 0])}.get(
        plan.camera, np.array([travel, 0]) + 0.4 * trembling
    )
    x, y = spare + shift
    picture = cv2.warpAffine(back, np.array([[1, 0, -x], [0, 1, -y]]), (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    # who leans on something stays there, also where the camera shakes
    rests = shift if plan.beside and plan.camera in {"handheld", "pan"} else np.zeros(2)
    across = middle * WIDTH + travel - (plan.camera == "tracking") * travel - rests[0]
    down = ground * HEIGHT - rests[1]
    turn = 3 * np.sin(3 * time) if plan.way == "sway" else 1.5 * np.sin(6 * time) * (plan.way == "go")
    across += 0.015 * WIDTH * np.sin(2.6 * time) if plan.way == "sway" else 1.5 * np.sin(1.9 * time)
    strength = {"nod": 1.0, "breathe": 0.35}.get(plan.way, 0.0)
    if not plan.beside:
        picture = _shaded(picture, across, down, layers[0].shape[1])
    alphas = []
    for layer in layers:
        drawn = photographs.nodding(layer, time, strength) if strength else layer
        picture, alpha = clips.laid(picture, drawn, across, down, turn)
        alphas.append(alpha)
    body, thing, hand = alphas
    return picture, np.maximum(body * (1 - thing), hand), thing * (1 - hand)


def _shaded(picture, x, y, wide):
    """Cast a soft shadow on the ground."""
    shade = np.ones(picture.shape[:2], np.float32)
    cv2.ellipse(shade, ((float(x) + 0.1 * wide, float(y) - 2), (0.95 * wide, 0.15 * wide), 0), 0.6, -1)
    return picture * cv2.GaussianBlur(shade, (0, 0), max(1.0, 0.05 * wide))[..., None]


def _place(plan, whole, middle, ground, random):
    """Return the background, half as large again as the picture, with what stands beside the subject."""
    back = clips.scenery(plan.place, plan.seed)
    tint = whole[..., :3][whole[..., 3] > 0.9].mean(0)
    back = np.clip((1 - plan.alike) * back + plan.alike * (0.6 * tint + 0.4 * back), 0, 1)
    if not plan.beside:
        return np.asarray(back, np.float32)
    tall, wide = whole.shape[:2]
    x = (back.shape[1] - WIDTH) / 2 + middle * WIDTH + float(random.choice([-1, 1])) * 0.45 * wide
    y = (back.shape[0] - HEIGHT) / 2 + ground * HEIGHT - 0.3 * tall
    shape = np.zeros(back.shape[:2], np.float32)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    bulge = (
        random.uniform(0.85, 1.1, 24)
        if plan.beside == "boulder"
        else 1 / (np.cos(angles) ** 4 + np.sin(angles) ** 4) ** 0.25
    )
    outline = np.stack([x + 0.5 * wide * bulge * np.cos(angles), y + 0.33 * tall * bulge * np.sin(angles)], -1)
    cv2.fillPoly(shape, [outline.round().astype(np.int32)], 1.0, cv2.LINE_AA)
    shape = cv2.GaussianBlur(shape, (0, 0), 1.0)[..., None]
    colour = tint if plan.beside == "boulder" else 0.5 * tint + 0.5 * random.uniform(0.2, 0.9, 3)
    grain = cv2.resize(random.normal(0, 0.06, (back.shape[0] // 4, back.shape[1] // 4)), back.shape[1::-1])
    light = 1.15 - 0.4 * np.clip((np.arange(back.shape[0]) - y) / (0.33 * tall) / 2 + 0.5, 0, 1)
    stuff = np.clip(colour * light[:, None, None] + grain[..., None], 0, 1)
    return np.asarray(back * (1 - shape) + stuff * shape, np.float32)


def _with_thing(plan, whole, random):
    """Return the subject with room around it, what it holds, and the hand before that, all of one size."""
    tall, wide = whole.shape[:2]
    margin = wide // 3
    whole = np.pad(whole, ((0, 0), (margin, margin), (0, 0)))
    layer, hand = np.zeros_like(whole), np.zeros_like(whole)
    if plan.held:
        rows = int(tall * random.uniform(0.22, 0.34))
        if plan.held in things.OBJECTS and plan.held != "cup":
            thing = things.draw_object(plan.seed, plan.held, rows)
        else:
            cut = photographs.cut_out(plan.held)
            thing = cv2.resize(cut, (rows * cut.shape[1] // cut.shape[0], rows), interpolation=cv2.INTER_AREA)
        # before the chest, or half beside the arm
        left = margin + int(wide * random.choice([0.05, 0.45, 0.9])) - thing.shape[1] // 4
        left = int(np.clip(left, 0, whole.shape[1] - thing.shape[1]))
        top = tall - rows - int(tall * random.uniform(0.04, 0.14))
        layer[top : top + thing.shape[0], left : left + thing.shape[1]] = thing
        skin = _skin(plan.who, whole[:, margin : margin + wide])
        grip = np.array([left + thing.shape[1] * random.uniform(0.3, 0.7), top + 0.8 * rows])
        hand = _hand(whole.shape, skin, grip, 0.06 * tall)
    return whole, layer, hand


def _skin(who, whole):
    """Return the colour of the cheeks."""
    across, down, half = people.MOUTH["grace" if who == "grace_hopper" else who]
    tall, wide = whole.shape[:2]
    rows = slice(int((down - 0.6 * half) * tall), int((down - 0.3 * half) * tall) + 1)
    return np.median(whole[rows, int((across - half) * wide) : int((across + half) * wide), :3], (0, 1))


def _hand(shape, skin, grip, side):
    """Draw the back of a hand with four fingers that point up."""
    mask = np.zeros(shape[:2], np.uint8)
    x, y = grip
    cv2.ellipse(mask, ((x, y + 0.5 * side), (1.7 * side, 1.5 * side), 0), 255, -1, cv2.LINE_AA)
    for finger in (-0.6, -0.2, 0.2, 0.6):
        ends = (int(x + finger * side), int(y)), (int(x + 1.15 * finger * side), int(y - side))
        cv2.line(mask, *ends, 255, max(2, int(0.34 * side)), cv2.LINE_AA)
    alpha = cv2.GaussianBlur(mask, (0, 0), 0.8)[..., None] / np.float32(255)
    shade = 0.75 + 0.25 * cv2.GaussianBlur(alpha, (0, 0), side / 5)[..., None]
    return np.dstack([skin * shade * alpha, alpha]).astype(np.float32)


def make(plan, path):
    """Write a clip; return the truth of each picture: 1 where the subject is, 2 where what it holds is, else 0."""
    made = list(frames(plan))
    clips.write([picture for picture, _, _ in made], path, crf=plan.crf)
    return [np.where(other, np.uint8(2), mask.astype(np.uint8)) for _, mask, other in made]

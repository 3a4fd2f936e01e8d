"""Clips in which the truth is known: a character with exact alpha before a photograph or a procedural background.

Seeds up to 40 were looked at while the extraction was tuned, greater ones never.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image

from tests.quality.drawings import Drawing

DATA = Path(__file__).parents[1] / "data"
WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 24, 2
KINDS = ("person", "bear", "cat", "rabbit", "robot", "bird")
BACKGROUNDS = ("coffee", "brick", "grass", "camera", "hills", "room", "rabbit")
CAMERAS = ("static", "static", "pan", "handheld", "tracking")
ASTRONAUT = """154,65 160,50 188,42 195,28 215,18 240,16 265,24 285,40 297,60 301,85 297,110 285,125 272,136 266,145
258,172 275,185 298,215 305,245 320,245 340,262 350,285 358,320 362,347 400,344 440,360 475,395 495,440 498,470 505,511
25,511 22,450 18,400 25,340 40,280 60,245 100,215 112,205 115,185 125,165 150,150 182,148 180,132 168,112 156,95"""
CHELSEA = """38,0 33,40 32,85 20,125 0,130 0,299 270,299 290,280 305,265 312,230 325,205 350,175 362,145 362,120 350,100
355,75 372,40 398,0"""
GRACE_HOPPER = """12,600 22,500 28,440 38,400 60,382 110,363 150,346 170,332 196,316 200,298 182,287 165,275 160,258 168,251
158,228 154,200 158,183 164,165 172,150 152,148 152,110 164,96 174,86 180,66 200,50 216,42 232,27 255,23 284,27 302,42
326,50 344,66 351,86 364,87 371,104 371,145 364,165 367,179 374,192 372,222 362,250 360,272 352,292 340,302 331,313
336,322 366,342 420,362 470,381 488,391 500,420 512,450 512,600"""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a clip."""

    seed: int
    who: str
    background: str
    action: str
    camera: str
    height: float
    distractors: int
    noise: float
    crf: int

    @property
    def name(self):
        return f"{self.seed:02d} {self.who}/{self.background}/{self.action}/{self.camera}"


def recipe(seed):
    """Choose a clip by seed: every fourth shows a photograph."""
    random = np.random.default_rng(1000 + seed)
    who = ("astronaut", "chelsea")[seed // 8 % 2] if seed % 8 in {0, 1} else KINDS[int(random.integers(len(KINDS)))]
    photo = who in {"astronaut", "chelsea"}
    camera = CAMERAS[int(random.integers(len(CAMERAS)))]
    actions = ("bust", "bust", "sway") if photo else ("walk", "walk", "sway", "wave")
    action = actions[int(random.integers(len(actions)))]
    if camera == "tracking":
        action = "sway" if photo else "walk"
    return Recipe(
        seed=seed,
        who=who,
        background=BACKGROUNDS[int(random.integers(len(BACKGROUNDS)))],
        action=action,
        camera=camera,
        height=float(random.uniform(0.75, 0.92) if photo else random.uniform(0.5, 0.85)),
        # who only waves an arm among walkers is not the main subject to anything but the eye
        distractors=int(random.integers(0, 3)) if random.random() < 0.4 and action != "wave" else 0,
        noise=float(random.choice([1.0, 3.0, 6.0])),
        crf=int(random.choice([20, 24, 28, 35])),
    )


def photograph(name):
    """Return a stored photograph as RGB."""
    with Image.open(DATA / f"{name}.jpg") as picture:
        return np.array(picture.convert("RGB"))


@cache
def cut_photograph(name):
    """Return a person or cat cut out along a hand-drawn outline, as premultiplied RGBA floats."""
    picture = photograph(name).astype(np.float32) / 255
    text = {"astronaut": ASTRONAUT, "chelsea": CHELSEA, "grace_hopper": GRACE_HOPPER}[name]
    outline = np.array([[int(part) for part in pair.split(",")] for pair in text.split()])
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [outline], 255, cv2.LINE_AA)
    alpha = cv2.GaussianBlur(mask, (0, 0), 1.0)[..., None] / np.float32(255)
    left, top, wide, tall = cv2.boundingRect(mask)
    return np.dstack([picture * alpha, alpha])[top : top + tall, left : left + wide]


@cache
def scenery(name, seed):
    """Return a background half as large again as the picture, RGB floats."""
    wide, tall = WIDTH * 3 // 2, HEIGHT * 3 // 2
    if name == "hills":
        return _hills(wide, tall, seed)
    if name == "room":
        return _room(wide, tall, seed)
    picture = _first_frame() if name == "rabbit" else photograph(name)
    scale = max(wide / picture.shape[1], tall / picture.shape[0])
    large = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)[:tall, :wide]
    tint = {"grass": (0.6, 1.0, 0.5), "brick": (1.0, 0.75, 0.65)}.get(name, (1, 1, 1))
    return large.astype(np.float32) / 255 * np.array(tint, np.float32)


def _first_frame():
    with av.open(str(DATA / "bigbuckbunny.mp4")) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def _hills(wide, tall, seed):
    random = np.random.default_rng(seed)
    sky = np.linspace(0, 1, tall)[:, None, None]
    picture = np.tile((1 - sky) * [0.45, 0.65, 0.9] + sky * [0.9, 0.9, 0.85], (1, wide, 1))
    columns = np.arange(wide)
    for layer in range(4):
        ridge = tall * (0.4 + 0.14 * layer) + 30 * np.sin(columns / random.uniform(60, 200) + random.uniform(0, 6))
        colour = np.array([0.2, 0.45, 0.2]) * random.uniform(0.7, 1.3, 3)
        picture[np.arange(tall)[:, None] > ridge[None]] = colour
    rough = cv2.resize(random.normal(0, 0.05, (tall // 3, wide // 3)), (wide, tall))
    return np.clip(picture + rough[..., None], 0, 1).astype(np.float32)


def _room(wide, tall, seed):
    random = np.random.default_rng(seed)
    picture = np.empty((tall, wide, 3))
    picture[:] = random.uniform(0.5, 0.85, 3)
    picture[int(0.72 * tall) :] = random.uniform(0.25, 0.5, 3)
    for _ in range(14):
        x, y = int(random.uniform(0, wide)), int(random.uniform(0, 0.75 * tall))
        across, down = int(random.uniform(30, 160)), int(random.uniform(30, 160))
        picture[y : y + down, x : x + across] = random.uniform(0.1, 0.9, 3)
    smooth = (
        cv2.GaussianBlur(picture, (0, 0), 1.2)
        + cv2.resize(random.normal(0, 0.03, (tall // 2, wide // 2)), (wide, tall))[..., None]
    )
    return np.clip(smooth, 0, 1).astype(np.float32)


def frames(plan):
    """Yield the pictures of a clip, RGB, with the true masks."""
    random = np.random.default_rng(plan.seed)
    back = scenery(plan.background, plan.seed)
    spare_x, spare_y = back.shape[1] - WIDTH, back.shape[0] - HEIGHT
    shake = np.cumsum(random.normal(0, 1.0, (FPS * SECONDS, 2)), 0)
    direction = 1 if random.random() < 0.5 else -1
    others = [Drawing(5000 + 10 * plan.seed + number, KINDS[number]) for number in range(plan.distractors)]
    actor = None if plan.who in {"astronaut", "chelsea"} else Drawing(plan.seed, plan.who)
    for number in range(FPS * SECONDS):
        time, part = number / FPS, number / (FPS * SECONDS) - 0.5
        x, y = spare_x / 2, spare_y / 2
        if plan.camera in {"pan", "tracking"}:
            x += direction * part * spare_x * 0.8
        if plan.camera == "handheld":
            x, y = x + shake[number, 0], y + shake[number, 1]
        window = np.array([[1, 0, -x], [0, 1, -y]])
        picture = cv2.warpAffine(back, window, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
        for place, other in enumerate(others):
            drawn = other.draw(int(0.3 * HEIGHT), time + place, "walk")
            picture, _ = laid(picture, drawn, WIDTH * (0.12 + 0.7 * place + 0.1 * part), 0.6 * HEIGHT, 0.0)
        drawn = _drawn(plan, actor, time)
        across, down, turn = _place(plan, time, part, direction)
        picture, alpha = laid(picture, drawn, across, down, turn)
        noisy = picture + random.normal(0, plan.noise / 255, picture.shape)
        yield (np.clip(noisy, 0, 1) * 255).astype(np.uint8), alpha > 0.5


def _drawn(plan, actor, time):
    rows = int(plan.height * HEIGHT)
    if actor is not None:
        return actor.draw(rows, time, plan.action)
    cut = cut_photograph(plan.who)
    return cv2.resize(cut, (int(cut.shape[1] * rows / cut.shape[0]), rows), interpolation=cv2.INTER_AREA)


def _place(plan, time, part, direction):
    """Return where the character's lower middle is, in pixels, and its turn in degrees."""
    if plan.camera == "tracking":
        return WIDTH / 2 + 6 * np.sin(2 * time), 0.97 * HEIGHT, 1.5 * np.sin(5 * time)
    if plan.action == "walk":
        return WIDTH * (0.5 + 0.4 * direction * part), 0.97 * HEIGHT, 1.5 * np.sin(6 * time)
    if plan.action == "wave":
        return WIDTH * 0.47, 0.97 * HEIGHT, 0.0
    if plan.action == "bust":
        return WIDTH / 2 + 9 * np.sin(2.7 * time), HEIGHT + 2, 3 * np.sin(3 * time)
    return WIDTH / 2 + 11 * np.sin(3.1 * time), 0.97 * HEIGHT, 4 * np.sin(2.3 * time)


def laid(picture, drawn, across, down, turn):
    """Lay premultiplied RGBA over a picture, its lower middle at a place; return picture and alpha."""
    rows, columns = drawn.shape[:2]
    cosine, sine = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    shift = across - cosine * columns / 2 + sine * rows, down - sine * columns / 2 - cosine * rows
    matrix = np.array([[cosine, -sine, shift[0]], [sine, cosine, shift[1]]])
    layer = cv2.warpAffine(drawn, matrix, (picture.shape[1], picture.shape[0]))
    return layer[..., :3] + picture * (1 - layer[..., 3:]), layer[..., 3]


def write(pictures, path, *, crf=20, fps=FPS):
    """Encode RGB pictures as H.264."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": "veryfast"})
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def make(plan, path):
    """Write a clip and return its true masks."""
    made = list(frames(plan))
    write([picture for picture, _ in made], path, crf=plan.crf)
    return [mask for _, mask in made]

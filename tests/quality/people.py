"""Clips of photographed people in which the truth is known: they nod, talk, sway, walk, cross each other.

Each person is cut out of a photograph along a hand-drawn outline, warped like somebody who moves, and filmed before
another photograph; the visible part of each is the truth.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

import cv2
import numpy as np

from tests.quality import clips

FPS = 24
PHOTOGRAPHS = {"astronaut": "astronaut", "grace": "grace_hopper"}
NECK = {"astronaut": (0.45, 0.36), "grace": (0.52, 0.51)}
"""Where the head turns, as parts of the cut-out's width and height."""
MOUTH = {"astronaut": (0.405, 0.266, 0.06), "grace": (0.5, 0.433, 0.12)}
"""Middle of the mouth, and half its width, as parts of the cut-out's width and height."""
LOOKS = {
    "plain": (1.0, 1.0, 1.0),
    "dark": (0.34, 0.34, 0.38),
    "warm": (1.12, 0.95, 0.72),
    "cold": (0.75, 0.9, 1.1),
    "bright": (1.3, 1.3, 1.25),
}
"""Light, as factors of red, green and blue."""


@dataclass(frozen=True)
class Actor:
    """Somebody in a clip.

    Attributes:
        who: "astronaut" or "grace".
        start, end: where the middle of the lower edge is at the start and at the end, as parts of width and height.
        tall: height as part of the picture's.
        action: "talk", "nod", "sway", "still" or "walk".
        mirrored: left and right changed.
        clothes: hue by which what is below the neck is turned, in steps of OpenCV, and factor of its lightness.
        side: how much of the light comes from one side, -1 to 1.
        whole: with legs, drawn ones.
        grows: height at the end by that at the start.
    """

    who: str
    start: tuple[float, float] = (0.5, 1.01)
    end: tuple[float, float] = (0.5, 1.01)
    tall: float = 0.85
    action: str = "talk"
    mirrored: bool = False
    clothes: tuple[int, float] = (0, 1.0)
    side: float = 0.0
    whole: bool = False
    grows: float = 1.0


@dataclass(frozen=True)
class Plan:
    """One clip; the first actor is the one to be cut out, those that come later stand before those that come sooner.

    Attributes:
        background: a name as clips.scenery() knows, or "night".
        camera: "still", "hand", "pan" or "follow".
        light: a key of LOOKS.
        film: "colour", "grey" or "old".
        order: numbers of the actors from far to near; by default as listed, the first one nearest.
    """

    name: str
    actors: tuple[Actor, ...]
    background: str = "coffee"
    size: tuple[int, int] = (960, 540)
    camera: str = "still"
    light: str = "plain"
    film: str = "colour"
    seconds: float = 2.0
    order: tuple[int, ...] = field(default=())
    seed: int = 1


@cache
def dressed(who, clothes, side, whole):
    """Return a person in other clothes and light, and with legs if they are wanted."""
    cut = clips.cut_photograph(PHOTOGRAPHS[who]).copy()
    rows, columns = cut.shape[:2]
    below = np.clip((np.arange(rows) / rows - NECK[who][1] - 0.03) / 0.05, 0, 1).astype(np.float32)[:, None, None]
    turn, light = clothes
    hls = cv2.cvtColor(np.ascontiguousarray(cut[..., :3]), cv2.COLOR_RGB2HLS)
    hls[..., 0] = (hls[..., 0] + 2 * turn) % 360
    hls[..., 1] *= light
    cut[..., :3] = below * cv2.cvtColor(hls, cv2.COLOR_HLS2RGB) + (1 - below) * cut[..., :3]
    if whole:
        cut = _with_legs(cut, who)
        rows, columns = cut.shape[:2]
    ramp = 1 + side * np.linspace(-0.75, 0.55, columns, dtype=np.float32)[None, :, None]
    cut[..., :3] = np.minimum(cut[..., :3] * ramp, cut[..., 3:])
    return cut


def _with_legs(cut, who):
    """Draw a trunk, arms and legs below a bust: proportions of a grown person, colours of the bust's own clothes."""
    rows, columns = cut.shape[:2]
    head = NECK[who][1] * rows
    total = int(7.2 * head)
    wide = max(columns, int(3.2 * head))
    sheet = np.zeros((total, wide, 4), np.float32)
    middle = wide // 2
    cloth = cut[int(0.9 * rows), int(NECK[who][0] * columns), :3]
    random = np.random.default_rng(rows)
    weave = cv2.resize(random.normal(0, 0.03, (total // 4, wide // 4)).astype(np.float32), (wide, total))

    def limb(start, end, thick, colour):
        line = np.zeros((total, wide), np.uint8)
        cv2.line(line, *(tuple(int(v) for v in p) for p in (start, end)), 255, int(thick), cv2.LINE_AA)
        alpha = cv2.GaussianBlur(line, (0, 0), 1)[..., None] / np.float32(255)
        shade = cv2.GaussianBlur(alpha, (0, 0), thick / 3)[..., None] * 0.5 + 0.5
        sheet[:] = np.dstack([np.clip(colour * shade + weave[..., None], 0, 1) * alpha, alpha]) + sheet * (1 - alpha)

    trousers, shoe = np.float32([0.22, 0.24, 0.32]), np.float32([0.12, 0.1, 0.1])
    for way in (-1, 1):
        hip, foot = middle + way * 0.32 * head, middle + way * 0.45 * head
        limb((hip, 3.6 * head), (foot, 6.8 * head), 0.62 * head, trousers)
        limb((foot, 6.9 * head), (foot + way * 0.3 * head, 6.95 * head), 0.3 * head, shoe)
        limb((middle + way * 0.95 * head, 1.6 * head), (middle + way * 1.2 * head, 3.5 * head), 0.42 * head, cloth)
        skin = cut[int(0.6 * head), int(NECK[who][0] * columns), :3]
        limb((middle + way * 1.2 * head, 3.6 * head), (middle + way * 1.2 * head, 3.75 * head), 0.32 * head, skin)
    limb((middle, 2.0 * head), (middle, 3.5 * head), 1.5 * head, cloth)
    # the bust narrows to the trunk, as shoulders do
    share = np.clip((np.arange(rows) - 1.35 * head) / (0.9 * head), 0, 1).astype(np.float32)
    across = np.abs(np.arange(columns) - NECK[who][0] * columns)[None, :]
    keep = np.clip(((1.28 - 0.5 * share[:, None]) * head - across) / 6, 0, 1)[..., None].astype(np.float32)
    bust = cut * keep
    left = int(middle - NECK[who][0] * columns)
    bust = bust[: min(rows, int(2.6 * head))]
    lo, hi = max(0, left), min(wide, left + columns)
    part = sheet[: bust.shape[0], lo:hi]
    bust = bust[:, lo - left : hi - left]
    part[:] = bust + part * (1 - bust[..., 3:])
    return sheet


def _posed(actor, time, rows):
    """Return one person as he looks at a time, so many rows high."""
    cut = dressed(actor.who, actor.clothes, actor.side, actor.whole)
    zoom = rows / cut.shape[0]
    cut = cv2.resize(cut, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC)
    tall, wide = cut.shape[:2]
    scale = dressed(actor.who, actor.clothes, actor.side, False).shape[0] * zoom
    bust_wide = dressed(actor.who, actor.clothes, actor.side, False).shape[1] * zoom
    left = wide / 2 - NECK[actor.who][0] * bust_wide if actor.whole else 0.0
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(tall, dtype=np.float32))
    neck = np.float32([left + NECK[actor.who][0] * bust_wide, NECK[actor.who][1] * scale])
    loose = np.clip((neck[1] + 0.06 * scale - y) / (0.16 * scale), 0, 1)
    turn, nod = {
        "talk": (4 * np.sin(2.1 * time), 0.012 * np.sin(4.7 * time)),
        "nod": (2 * np.sin(1.3 * time), 0.045 * np.sin(5.0 * time)),
        "sway": (6 * np.sin(2.4 * time + 1), 0.01 * np.sin(3 * time)),
        "walk": (1.5 * np.sin(6 * time), 0.01 * np.sin(12 * time)),
        "still": (0.4 * np.sin(1.7 * time), 0.002 * np.sin(2 * time)),
    }[actor.action]
    angle = loose * np.float32(np.radians(turn))
    dx, dy = x - neck[0], y - neck[1]
    from_x = neck[0] + dx * np.cos(angle) - dy * np.sin(angle)
    from_y = neck[1] + dx * np.sin(angle) + dy * np.cos(angle) + loose * np.float32(nod * scale)
    breath = np.float32(1 + 0.006 * np.sin(2 * np.pi * 0.4 * time)) * (1 - loose) + loose
    from_x = neck[0] + (from_x - neck[0]) / breath
    if actor.action in {"talk", "nod"}:
        mouth_x, mouth_y, half = MOUTH[actor.who]
        mouth = np.float32([left + mouth_x * bust_wide, mouth_y * scale])
        half = np.float32(half * bust_wide)
        near = np.exp(-(((x - mouth[0]) / half) ** 2) - ((y - mouth[1]) / (0.7 * half)) ** 2)
        from_y -= near * (y - mouth[1]) * np.float32(0.25 * (1 + np.sin(11 * time)))
    if actor.whole and actor.action == "walk":
        hips = 3.6 / 7.2 * tall
        legs = np.clip((y - hips) / (tall - hips), 0, 1)
        way = np.where(x > wide / 2, 1, -1) * np.tanh(np.abs(x - wide / 2) / (0.02 * tall))
        from_x -= legs * way * np.float32(0.05 * tall * np.sin(5 * time))
    moved = cv2.remap(cut, np.float32(from_x), np.float32(from_y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return moved[:, ::-1] if actor.mirrored else moved


@cache
def backdrop(name, size, seed):
    """Return a background half as large again as the picture, RGB floats."""
    wide, tall = (int(1.5 * side) for side in size)
    source = clips.scenery("room" if name == "night" else name, seed)
    zoom = max(wide / source.shape[1], tall / source.shape[0])
    large = cv2.resize(source, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)[:tall, :wide]
    return large * np.float32(0.16) if name == "night" else large


def frames(plan):
    """Yield the pictures of a clip, RGB, with the mask of each actor's visible part."""
    random = np.random.default_rng(plan.seed)
    width, height = plan.size
    back = backdrop(plan.background, plan.size, plan.seed)
    count = round(FPS * plan.seconds)
    shake = cv2.GaussianBlur(np.cumsum(random.normal(0, 0.8, (count, 2)), 0), (1, 7), 0)
    for number in range(count):
        time, part = number / FPS, number / max(1, count - 1)
        centre = np.array([back.shape[1] - width, back.shape[0] - height]) / 2
        shift = np.zeros(2)
        if plan.camera == "hand":
            shift = shake[number]
        elif plan.camera == "pan":
            shift = np.array([(part - 0.5) * 0.3 * width, 0])
        elif plan.camera == "follow":
            shift = np.array(
                [plan.actors[0].start[0] - 0.5 + part * (plan.actors[0].end[0] - plan.actors[0].start[0]), 0]
            )
            shift = shift * [width, 0] * 0.9 + shake[number] * 0.5
        x, y = np.clip(centre + shift * [1, 1], 0, 2 * centre)
        picture = cv2.warpAffine(back, np.array([[1, 0, -x], [0, 1, -y]]), (width, height))
        alphas = [np.zeros((height, width), np.float32) for _ in plan.actors]
        order = plan.order or tuple(range(len(plan.actors)))[::-1]
        for who in order:
            actor = plan.actors[who]
            rows = int(actor.tall * height * (1 + (actor.grows - 1) * part))
            drawn = _posed(actor, time + 0.7 * who, rows)
            place = np.array(actor.start) + part * (np.array(actor.end) - np.array(actor.start))
            across, down = place * [width, height] - shift
            sway = {"sway": 0.02 * width * np.sin(2.6 * time), "walk": 0.0}.get(
                actor.action, 0.004 * width * np.sin(1.9 * time)
            )
            bob = 0.006 * height * abs(np.sin(6 * time)) if actor.action == "walk" else 0.0
            picture, alpha = clips.laid(picture, drawn, across + sway, down + bob, 0.0)
            alphas = [other * (1 - alpha) for other in alphas]
            alphas[who] = alpha
        yield _filmed(picture, plan, random), [alpha > 0.5 for alpha in alphas]


def _filmed(picture, plan, random):
    """Return what a camera makes of the scene: its light, its noise, and the film of another age."""
    shown = picture * np.float32(LOOKS[plan.light])
    noise = 0.012
    if plan.film != "colour":
        shown = np.repeat((shown @ np.float32([0.3, 0.59, 0.11]))[..., None], 3, 2)
    if plan.film == "old":
        noise = 0.07
        shown = cv2.GaussianBlur(shown, (0, 0), 1.6)
        shown = np.clip((shown - 0.45) * 1.5 + 0.5, 0, 1) * (1 + random.normal(0, 0.08))
    grain = random.normal(0, noise, shown.shape[:2] + ((1,) if plan.film != "colour" else (3,)))
    return (np.clip(shown + grain, 0, 1) * 255).astype(np.uint8)


def make(plan, path, *, crf=23):
    """Write a clip and return the true masks of the first actor."""
    made = list(frames(plan))
    clips.write([picture for picture, _ in made], path, crf=crf, fps=FPS)
    return [masks[0] for _, masks in made]


TALKING = (
    Plan("talks/coffee", (Actor("astronaut"),), "coffee"),
    Plan("talks/room/dark clothes", (Actor("grace", tall=0.95),), "room", camera="hand"),
    Plan("dark on dark", (Actor("grace", tall=0.9, action="nod"),), "night", light="plain"),
    Plan("far/brick", (Actor("astronaut", (0.6, 0.9), (0.55, 0.9), 0.42, "sway"),), "brick"),
    Plan("side light", (Actor("grace", side=1.0, clothes=(60, 1.6)),), "grass", camera="hand"),
    Plan("upright", (Actor("astronaut", tall=0.62, mirrored=True),), "room", size=(540, 960), camera="hand"),
    Plan("close", (Actor("grace", (0.5, 1.45), (0.52, 1.45), 1.5, "nod"),), "hills", camera="hand"),
    Plan("dusk", (Actor("astronaut", clothes=(90, 0.5), action="nod"),), "rabbit", light="dark"),
)
"""One person who talks, nods or sways."""
MOVING = (
    Plan("follows", (Actor("astronaut", (0.2, 1.01), (0.8, 1.01), 0.8, "walk"),), "hills", camera="follow"),
    Plan("comes nearer", (Actor("grace", (0.4, 1.01), (0.55, 1.02), 0.5, "walk", grows=1.7),), "grass"),
    Plan("whole/still", (Actor("astronaut", (0.5, 0.96), (0.5, 0.96), 0.88, "sway", whole=True),), "room"),
    Plan("whole/walks", (Actor("grace", (0.25, 0.97), (0.75, 0.97), 0.85, "walk", whole=True),), "hills"),
    Plan("whole/far", (Actor("astronaut", (0.3, 0.9), (0.7, 0.9), 0.5, "walk", whole=True),), "brick"),
    Plan(
        "whole/upright",
        (Actor("grace", (0.45, 0.95), (0.55, 0.95), 0.75, "sway", whole=True, clothes=(40, 2.0)),),
        "coffee",
        size=(540, 960),
    ),
)
"""One person who goes, or is seen whole."""
SEVERAL = (
    Plan(
        "two beside",
        (Actor("astronaut", (0.36, 1.01), (0.36, 1.01), 0.85), Actor("grace", (0.74, 1.01), (0.74, 1.01), 0.66, "nod")),
        "room",
    ),
    Plan(
        "two touching",
        (
            Actor("grace", (0.38, 1.01), (0.38, 1.01), 0.85),
            Actor("astronaut", (0.66, 1.01), (0.66, 1.01), 0.75, "sway"),
        ),
        "coffee",
        camera="hand",
    ),
    Plan(
        "crossing before",
        (
            Actor("astronaut", (0.25, 1.01), (0.75, 1.01), 0.8, "walk"),
            Actor("grace", (0.75, 1.01), (0.25, 1.01), 0.45, "walk"),
        ),
        "room",
    ),
    Plan(
        "crossed by",
        (Actor("grace", (0.5, 1.01), (0.5, 1.01), 0.85), Actor("astronaut", (-0.1, 1.01), (1.1, 1.01), 0.6, "walk")),
        "brick",
    ),
    Plan(
        "twins cross",
        (
            Actor("astronaut", (0.28, 1.01), (0.72, 1.01), 0.75, "walk"),
            Actor("astronaut", (0.72, 1.01), (0.28, 1.01), 0.62, "walk", mirrored=True, clothes=(70, 0.8)),
        ),
        "coffee",
    ),
    Plan(
        "crowd",
        (
            Actor("astronaut", (0.45, 1.01), (0.5, 1.01), 0.85),
            Actor("grace", (0.14, 1.0), (0.14, 1.0), 0.5, "sway"),
            Actor("grace", (0.85, 1.0), (0.82, 1.0), 0.55, "nod", mirrored=True, clothes=(50, 2.0)),
            Actor("astronaut", (0.68, 0.95), (0.7, 0.95), 0.4, "still", clothes=(90, 1.0)),
        ),
        "hills",
        camera="hand",
    ),
)
"""Several people; the first one is the nearest."""
OLD = (
    Plan("grey", (Actor("astronaut"),), "room", film="grey"),
    Plan("old film", (Actor("grace", tall=0.7, action="sway"),), "hills", film="old"),
    Plan(
        "old film/whole", (Actor("astronaut", (0.3, 0.95), (0.7, 0.95), 0.8, "walk", whole=True),), "grass", film="old"
    ),
)
"""Films without colour."""
EVERY = (*TALKING, *MOVING, *SEVERAL, *OLD)
PLACES = ("coffee", "brick", "grass", "hills", "room", "rabbit", "camera", "night")
"""Backgrounds of recipes; "camera" is a photograph in which another man is seen."""


def recipe(seed):
    """Choose a clip by seed: one person or two, near or far, in all kinds of light."""
    random = np.random.default_rng(4000 + seed)

    def anybody(low, high):
        across = random.uniform(0.3, 0.7)
        whole = random.random() < 0.25
        action = str(random.choice(["talk", "nod", "sway", "walk", "still"]))
        end = across + random.uniform(-0.3, 0.3) * (action == "walk")
        ground = random.uniform(0.88, 0.97) if whole else random.choice([1.01, 1.01, 1.3])
        return Actor(
            str(random.choice(["astronaut", "grace"])),
            (across, ground),
            (end, ground),
            float(random.uniform(low, high)),
            action,
            mirrored=bool(random.random() < 0.5),
            clothes=(int(random.integers(0, 180)), float(random.uniform(0.5, 1.6))),
            side=float(random.choice([0.0, 0.0, -0.9, 0.9])),
            whole=whole,
        )

    first = anybody(0.5, 1.1)
    actors = (first, replace(anybody(0.3, 0.5), whole=first.whole)) if random.random() < 0.3 else (first,)
    background = str(random.choice(PLACES))
    camera = str(random.choice(["still", "hand", "pan", "follow"]))
    light = str(random.choice(list(LOOKS)))
    film = str(random.choice(["colour", "colour", "colour", "grey", "old"]))
    name = f"{seed:03d} {'+'.join(actor.who for actor in actors)}/{background}/{first.action}/{camera}/{light}/{film}"
    return Plan(name, actors, background, (640, 360), camera, light, film, seed=seed)

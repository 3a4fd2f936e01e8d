"""Shots to cut films from: photographs and rooms before a moving camera, by day and by night, with grain, and what is no cut."""

from __future__ import annotations

import cv2
import numpy as np
from quality import clips
from quality.drawings import Drawing

WIDTH, HEIGHT = 320, 180
PLACES = ("coffee", "brick", "grass", "camera", "hills", "room", "rabbit")
CAMERAS = ("still", "handheld", "pan")


def shot(seed, count, *, light=1.0, camera=None):
    """Draw consecutive pictures of one place, RGB floats from 0 to 1, in which somebody moves.

    Args:
        seed: decides the place, who is there and the camera, unless that is given.
        count: pictures.
        light: what all colours are multiplied by.
        camera: one of CAMERAS.
    """
    random = np.random.default_rng(seed)
    place = PLACES[seed % len(PLACES)]
    back = clips.scenery(place, seed)
    zoom = random.uniform(0.4, 0.66)
    back = cv2.resize(back, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    if random.random() < 0.5:
        back = back[:, ::-1]
    camera = camera or CAMERAS[int(random.integers(3))]
    spare = np.array([back.shape[1] - WIDTH, back.shape[0] - HEIGHT])
    corner = spare * random.uniform(0.2, 0.8, 2)
    shake = np.cumsum(random.normal(0, 0.8, (count, 2)), 0)
    pace = random.uniform(1, 4) * (1 if random.random() < 0.5 else -1)
    actor = Drawing(seed, clips.KINDS[int(random.integers(len(clips.KINDS)))])
    rows, start, speed = int(random.uniform(0.4, 0.9) * HEIGHT), random.uniform(0.2, 0.8), random.uniform(-0.02, 0.02)
    for number in range(count):
        x, y = corner + {"still": 0, "handheld": shake[number], "pan": np.array([pace * number, 0])}[camera]
        matrix = np.array([[1, 0, -x], [0, 1, -y]])
        picture = cv2.warpAffine(back, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
        drawn = actor.draw(rows, number / 24, "walk")
        across = WIDTH * (start + speed * number)
        yield light * clips.laid(picture, drawn, across, 0.97 * HEIGHT, 0.0)[0]


def developed(pictures, *, grain=0.0, seed=0):
    """Turn pictures of floats into RGB bytes, with grain of so many levels."""
    random = np.random.default_rng(seed)
    for picture in pictures:
        noisy = 255 * picture + (random.normal(0, grain, picture.shape) if grain else 0)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def flash(pictures, at, length=2):
    """Light up a few pictures, as a photographer does."""
    for number, picture in enumerate(pictures):
        yield np.clip(picture * 2.5 + 0.6, 0, 1) if at <= number < at + length else picture


def lamp(pictures, at, dim=0.12):
    """Turn a lamp on: all before is dim, all after is lit from one side."""
    side = np.linspace(1.1, 0.6, WIDTH)[None, :, None]
    for number, picture in enumerate(pictures):
        yield picture * dim if number < at else np.clip(picture * side, 0, 1)


def faded(pictures, at, length):
    """Fade to black and back around a picture."""
    for number, picture in enumerate(pictures):
        yield picture * min(1.0, abs(number - at) / length)


def whipped(seed, count, at, length=6):
    """Turn the camera round so fast that everything is a streak: one place at first, and another side of it at last."""
    # a room's plain wall is nothing but a streak, which nobody could follow
    back = cv2.resize(clips.scenery(PLACES[seed % 5], seed), None, fx=0.5, fy=0.5)
    wide = np.hstack([back, back[:, ::-1], back])
    for number in range(count):
        part = np.clip((number - at) / length, 0, 1)
        turned = part * part * (3 - 2 * part)
        speed = 6 * part * (1 - part) / length * (wide.shape[1] - WIDTH - 20)
        x = int(turned * (wide.shape[1] - WIDTH - 20))
        picture = wide[:HEIGHT, x : x + WIDTH]
        yield cv2.blur(picture, (max(1, int(0.5 * speed)), 1))

"""Lay cut-outs out side by side, one row each, to be looked at: `python tests/lib/contact_sheet.py FOLDER FILM...`.

A row shows the source with the subject's box, the avatar, the cut-out on grey, four frames of the sprite, and three
scenes of the animatic engine with it. A film may be followed by seconds: film.mp4@2-5.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import av
import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from sora_nb.engines.base import Control, RenderRequest
from sora_nb.engines.cutout.extraction import extract
from sora_nb.engines.draw import render
from sora_nb.errors import NoSubject
from sora_nb.media.video import frames, probe
from sora_nb.models import Clip

TALL = 160
"""Height of a row in pixels."""
GREY = 128
PROMPTS = ("@x walks in a forest", "@x stands on a beach at sunset", "@x waves in a city street at night")
SCENE = (256, 144)
"""Width and height of the scenes that are drawn."""


def row(video: Path, clip: Clip, title: str, hint=None, verdict: str = "") -> np.ndarray:
    """Cut the subject of a clip out and show all that comes of it, RGB."""
    source = next(frames(video, (clip.start + clip.end) / 2, max_side=640)).rgb
    try:
        cutout = extract(video, clip, Control(), hint)
    except NoSubject as refusal:
        return _labelled([_fitted(source)], title, f"refused: {refusal}")
    tall, wide = source.shape[:2]
    left, top, right, bottom = (
        round(part * side) for part, side in zip(cutout.box, (wide, tall, wide, tall), strict=True)
    )
    marked = cv2.rectangle(source.copy(), (left, top), (right, bottom), (255, 60, 60), 3)
    chosen = np.linspace(0, len(cutout.frames) - 1, 4).astype(int)
    shown = [
        _fitted(marked),
        _fitted(cutout.avatar),
        _fitted(on_grey(cutout.frames[cutout.best])),
        *(_fitted(on_grey(cutout.frames[number]), TALL * 3 // 4) for number in chosen),
        *(_fitted(scene(cutout, prompt)) for prompt in PROMPTS),
    ]
    return _labelled(shown, title, f"{verdict} quality {cutout.quality:.2f}. {' '.join(cutout.warnings)}")


def on_grey(rgba: np.ndarray) -> np.ndarray:
    """Lay a sprite's frame on plain grey."""
    alpha = rgba[..., 3:] / 255
    return (rgba[..., :3] * alpha + GREY * (1 - alpha)).astype(np.uint8)


def scene(cutout, prompt: str) -> np.ndarray:
    """Draw a second of a scene with a cut-out, and return its middle picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scene.mp4"
        render.generate(RenderRequest(prompt, {"x": cutout}, *SCENE, 1, fps=8), path, Control())
        with av.open(str(path)) as container:
            made = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return made[len(made) // 2]


def _fitted(picture: np.ndarray, tall: int = TALL) -> np.ndarray:
    """Scale a picture to a height and a width of at most twice that, and fill it up to TALL."""
    zoom = min(tall / picture.shape[0], 2 * TALL / picture.shape[1])
    side = max(1, round(picture.shape[1] * zoom)), max(1, round(picture.shape[0] * zoom))
    small = cv2.resize(picture, side, interpolation=cv2.INTER_AREA)
    return np.pad(small, ((0, TALL - small.shape[0]), (0, 4), (0, 0)), constant_values=GREY)


def _labelled(pictures: list[np.ndarray], title: str, words: str) -> np.ndarray:
    strip = np.hstack(pictures)
    label = np.full((18, max(strip.shape[1], 1500), 3), 255, np.uint8)
    text = f"{title}: {words}".encode("ascii", "replace").decode()
    cv2.putText(label, text[:230], (4, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (0, 0, 0), 1, cv2.LINE_AA)
    strip = np.pad(strip, ((0, 0), (0, label.shape[1] - strip.shape[1]), (0, 0)), constant_values=GREY)
    return np.vstack([label, strip])


def write(rows: list[np.ndarray], path: Path) -> None:
    """Write rows below each other as PNG."""
    wide = max(part.shape[1] for part in rows)
    full = [np.pad(part, ((0, 4), (0, wide - part.shape[1]), (0, 0)), constant_values=GREY) for part in rows]
    cv2.imwrite(str(path), np.vstack(full)[..., ::-1])


def main(folder: Path, films: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for film in films:
        name, _, seconds = film.partition("@")
        start, end = map(float, seconds.split("-")) if seconds else (0.0, min(3.0, probe(Path(name)).duration))
        rows.append(row(Path(name), Clip(start=start, end=end), Path(name).stem))
    write(rows, folder / "contact-sheet.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

"""Save and load a cut-out: a folder of PNG pictures and one JSON file, without loss."""

from __future__ import annotations

import json
import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image

from sora_nb.engines.base import Cutout
from sora_nb.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LAST = "cutout.json"
"""The file that is written last: where it is, the cut-out is whole."""
AVATAR = "avatar.png"
CLOSE_UP = "close-up.png"
FACTS = ("fps", "best", "bust", "quality", "kind", "box", "warnings", "path", "face")


def save(cutout: Cutout, folder: Path) -> Path:
    """Write a cut-out into a folder, which is made where it is missing, and return its best frame."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # zlib leaves Python's lock
        paths = [_frame(folder, number) for number in range(len(cutout.frames))]
        list(threads.map(_write, paths, cutout.frames))
    _write(folder / AVATAR, cutout.avatar)
    if cutout.close_up is not None:
        _write(folder / CLOSE_UP, cutout.close_up)
    facts = {name: getattr(cutout, name) for name in FACTS}
    text = json.dumps({**facts, "frames": len(cutout.frames)}, ensure_ascii=False, indent=1)
    (folder / LAST).write_text(text, encoding="utf-8")
    for path in folder.iterdir():
        path.chmod(0o600)
    return _frame(folder, cutout.best)


def _write(path: Path, frame: NDArray[np.uint8]) -> None:
    # a sixth of the time that Pillow takes by default, two fifths larger
    order = cv2.COLOR_RGBA2BGRA if frame.shape[2] == 4 else cv2.COLOR_RGB2BGR
    _, png = cv2.imencode(".png", cv2.cvtColor(frame, order))
    path.write_bytes(png.tobytes())


def still(folder: Path) -> Path:
    """Return the file of the best frame of a cut-out that save() wrote.

    Raises:
        MediaError: the folder holds none, or a damaged one.
    """
    try:
        return _frame(folder, int(_facts(folder)["best"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error


def load(folder: Path) -> Cutout:
    """Read a cut-out that save() wrote.

    Raises:
        MediaError: the folder holds none, or a damaged one.
    """
    try:
        facts = _facts(folder)
        return Cutout(
            frames=tuple(_picture(_frame(folder, number), "RGBA") for number in range(facts["frames"])),
            avatar=_picture(folder / AVATAR, "RGB"),
            fps=float(facts["fps"]),
            best=int(facts["best"]),
            bust=bool(facts["bust"]),
            quality=float(facts["quality"]),
            kind=str(facts["kind"]),
            box=_box(facts["box"]),
            warnings=tuple(map(str, facts["warnings"])),
            close_up=_picture(folder / CLOSE_UP, "RGBA") if (folder / CLOSE_UP).exists() else None,
            # cut-outs of earlier versions say nothing of these
            path=_path(facts.get("path", ()), facts["frames"]),
            face=float(facts.get("face", 0.0)),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error


def _facts(folder: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((folder / LAST).read_text(encoding="utf-8"))
    return facts


def _unreadable(folder: Path, error: Exception) -> MediaError:
    return MediaError(f"{str(folder)!r} holds no cut-out that can be read: {error}.")


def _frame(folder: Path, number: int) -> Path:
    return folder / f"frame-{number:02d}.png"


def _picture(path: Path, mode: str) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        if picture.mode != mode:
            raise ValueError(f"{path.name} is {picture.mode}, not {mode}")
        return np.array(picture)


def _path(values: Sequence[float], frames: int) -> tuple[float, ...]:
    path = tuple(map(float, values))
    if len(path) not in {0, frames} or not all(map(math.isfinite, path)):
        raise ValueError(f"a path of {len(path)} places for {frames} pictures, or one that is not finite")
    return path


def _box(values: list[float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = map(float, values)
    return left, top, right, bottom

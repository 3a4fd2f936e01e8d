"""Count the faces that are found in folders of pictures: false alarms where nobody is, hits where somebody is.

    python -m tests.vision.count_faces FOLDER... [--changed]

Prints each picture with a face and its score, and the share of pictures with one. With --changed each picture is also
looked at smaller, turned, blurred and dark.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from sora_nb.vision.faces import faces

SIDE = 640
"""Longer side that greater pictures are shrunk to, as an extraction does."""


def variants(picture):
    """Yield a picture under the names of what was changed in it."""
    height, width = picture.shape[:2]
    yield "plain", picture
    for zoom in (0.7, 0.5):
        yield f"x{zoom}", cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    for turn in (-20, 20):
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1)
        yield f"turned {turn}", cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    yield "mirrored", np.ascontiguousarray(picture[:, ::-1])
    yield "blurred", cv2.GaussianBlur(picture, (0, 0), 0.004 * max(height, width))
    yield "dark", (picture * 0.3).astype(np.uint8)


def pictures(folder):
    """Yield the pictures of a folder on grey, with their names; mattes are left out."""
    for path in sorted(Path(folder).iterdir()):
        if path.suffix in {".jpg", ".png"} and ".matte" not in path.name:
            with Image.open(path) as image:
                rgba = np.array(image.convert("RGBA"), np.float32)
            alpha = rgba[..., 3:] / 255
            picture = (rgba[..., :3] * alpha + 128 * (1 - alpha)).astype(np.uint8)
            zoom = min(1.0, SIDE / max(picture.shape[:2]))
            yield path.name, cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)


def main(arguments):
    changed = "--changed" in arguments
    cv2.setNumThreads(1)
    for folder in (argument for argument in arguments if not argument.startswith("--")):
        looked = found = 0
        for name, picture in pictures(folder):
            for change, shown in variants(picture) if changed else [("plain", picture)]:
                seen = faces(shown)
                looked, found = looked + 1, found + bool(seen)
                if seen:
                    told = ", ".join(f"{face.width} px {face.score:.2f}" for face in seen)
                    sys.stdout.write(f"  {name} {change}: {told}\n")
        sys.stdout.write(f"{folder}: a face in {found} of {looked}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

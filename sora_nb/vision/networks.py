"""Run the two small neural networks of this package: one finds faces, one tells people from what is around them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = Path(__file__).parent / "weights"
FACE_SIDE = 128
"""Side in pixels of the square picture that the face network reads."""
PEOPLE_SIDE = 256
"""The same of the network that tells people from their surroundings."""


class _Networks(threading.local):
    """Loaded networks, one of each for every thread: a network keeps what it works on in itself.

    No lock is held while one runs, so that a fork in the middle of it leaves none locked in the child.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, cv2.dnn.Net] = {}

    def __getitem__(self, name: str) -> cv2.dnn.Net:
        if name not in self._loaded:
            self._loaded[name] = cv2.dnn.readNetFromTFLite(str(WEIGHTS / name))
        return self._loaded[name]


_NETWORKS = _Networks()


def face_outputs(square: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Run BlazeFace.

    Args:
        square: RGB, FACE_SIDE pixels wide and high.

    Returns:
        For each of its 896 anchors the logit of a face, and pairs of x and y in pixels: centre against the anchor, size,
        then six points of the face against the anchor; shapes (896,) and (896, 8, 2).
    """
    network = _NETWORKS["face_detection_short_range.tflite"]
    network.setInput(cv2.dnn.blobFromImage(square, 1 / 127.5, (FACE_SIDE, FACE_SIDE), (127.5, 127.5, 127.5)))
    logits, places = network.forward(["classificators", "regressors"])
    return np.asarray(logits, np.float32).ravel(), np.asarray(places, np.float32).reshape(-1, 8, 2)


def people_probability(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the probability of somebody near the camera, for each cell of a square grid over the picture.

    The network is as sure of a dog, a cup or a drawn rabbit: it tells where somebody is, not whether it is a person.

    Args:
        picture: RGB, any size.

    Returns:
        Shape (PEOPLE_SIDE, PEOPLE_SIDE).
    """
    network = _NETWORKS["selfie_segmentation.tflite"]
    way = cv2.INTER_AREA if min(picture.shape[:2]) > PEOPLE_SIDE else cv2.INTER_LINEAR
    square = cv2.resize(picture, (PEOPLE_SIDE, PEOPLE_SIDE), interpolation=way)
    network.setInput(cv2.dnn.blobFromImage(square, 1 / 255))
    return np.array(network.forward(), np.float32).reshape(PEOPLE_SIDE, PEOPLE_SIDE)

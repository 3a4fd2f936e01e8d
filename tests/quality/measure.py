"""Measure an extraction against the truth of its clip."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.base import Control
from sora_nb.engines.cutout import confidence, extraction, sprite
from sora_nb.engines.cutout.masks import overlap
from sora_nb.errors import NoSubject
from sora_nb.models import Clip
from tests.quality import cases, clips

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.quality.cases import Case

GOOD_MEAN, GOOD_BEST = 0.8, 0.85
"""A cut-out is good if its masks overlap with the true ones by so much on average, and that of the avatar by so much."""

SUBJECT, HELD = 1, 2
"""Labels of the truth."""


@dataclass(frozen=True)
class Row:
    """What came of one case.

    Attributes:
        group, part, name, who: of the case.
        kind: what found the subject; "" where none was found.
        quality: what the engine says of itself, 0 to 1; 0 where it found nobody.
        said: why it refuses or doubts the cut-out; "" where it does neither.
        refused: whether there is no cut-out.
        mean, best: intersection over union with the truth, over all pictures and of the one the avatar is from; what
            the subject holds is neither right nor wrong.
        held: how much of what the subject holds is cut out with it.
        features: what the quality is made of.
    """

    group: str
    part: str
    name: str
    who: str = ""
    kind: str = ""
    quality: float = 0.0
    said: str = ""
    refused: bool = False
    mean: float = 0.0
    best: float = 0.0
    held: float = 0.0
    features: dict[str, float] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return self.mean >= GOOD_MEAN and self.best >= GOOD_BEST

    def __str__(self) -> str:
        marks = ("refused" if self.refused else "doubted" if self.said else "") + ("" if self.good else " BAD")
        return (
            f"{self.group:9}{self.name[:38]:39}{self.kind:9}mean {self.mean:.3f}  best {self.best:.3f}  "
            f"quality {self.quality:.2f}  {marks:12} {self.said}"
        )


def measure(case: Case, folder: Path) -> Row:
    """Cut the subject of a case out, and compare the masks with the true ones."""
    cv2.setNumThreads(1)
    video = folder / "clip.mp4"
    truth = case.make(video)
    who = (case.group, case.part, case.name, case.who)
    try:
        footage, scene, segmentation, kind = extraction.track(
            video, Clip(start=0, end=case.seconds), Control(), case.hint
        )
    except NoSubject as refusal:
        return Row(*who, said=str(refusal), refused=True)
    right = [truth[min(len(truth) - 1, round(time * clips.FPS))] for time in footage.times]
    shape = right[0].shape[::-1]
    found = [cv2.resize(mask.astype(np.uint8), shape) > 0 for mask in segmentation.masks]
    shares = [overlap(mask & (labels != HELD), labels == SUBJECT) for mask, labels in zip(found, right, strict=True)]
    held = [mask[labels == HELD].mean() for mask, labels in zip(found, right, strict=True) if (labels == HELD).any()]
    views = sprite.score_views(scene, segmentation.masks)
    best = max(sprite.steady_run(scene, segmentation.masks), key=lambda number: views[number].score)
    features = confidence.features(scene, segmentation, kind)
    sure = confidence.weigh(features)
    return Row(
        *who,
        kind=kind,
        quality=sure.quality,
        said=" ".join([*segmentation.doubts, *([sure.reason] if sure.quality < extraction.DOUBTFUL_QUALITY else [])]),
        refused=sure.quality < extraction.MIN_QUALITY,
        mean=float(np.mean(shares)),
        best=shares[best],
        held=float(np.mean(held)) if held else 0.0,
        features=features,
    )


def measure_all(chosen: Sequence[Case], folder: Path, processes: int = 2) -> list[Row]:
    """Measure cases side by side, and print each as it is done."""
    numbers = [cases.every().index(case) for case in chosen]
    rows = []
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for row in pool.map(_by_number, numbers, [folder / str(number) for number in numbers]):
            print(row, flush=True)
            rows.append(row)
    return rows


def _by_number(number: int, folder: Path) -> Row:
    folder.mkdir(parents=True)
    return measure(cases.every()[number], folder)


def auc(rows: list[Row]) -> float:
    """Return how well the quality tells good cut-outs from bad ones."""
    good, bad = (np.array([row.quality for row in rows if row.good == which]) for which in (True, False))
    return separation(good, bad)


def separation(good: np.ndarray, bad: np.ndarray) -> float:
    """Return how often a good cut-out has a greater quality than a bad one, 0.5 for a guess; 1 where either is missing."""
    if not len(good) or not len(bad):
        return 1.0
    return float((good[:, None] > bad[None]).mean() + 0.5 * (good[:, None] == bad[None]).mean())

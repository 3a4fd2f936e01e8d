"""Fit the weights and bounds of confidence.py to the tuned clips, and print them: `python -m tests.quality.fit`.

What is held out has no part in it; `make quality` reports on that.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from sora_nb.engines.base import Control
from sora_nb.engines.cutout import confidence
from sora_nb.engines.cutout.extraction import track
from sora_nb.models import Clip
from tests.quality import cases, clips
from tests.quality.measure import Row, measure_all, separation

USED = {
    "MOVING": ("agreed", "sized", "colours", "apart", "edges", "regrown", "found", "parted"),
    "PERSON": ("sized", "unmixed", "seen", "whole"),
}
"""Features that are weighed, by what found the subject."""
RIDGE = 0.003
"""How much large weights cost: few clips, many features."""
JUDGED = ((1.0, 2.5), (1.0, 3.0), (2.0, 4.0), (2.0, 5.0), (3.0, 5.0))
"""Seconds of real footage whose cut-outs were looked at and found good: edges and colours there are softer than in made clips."""
JUDGED_WEIGHT = 3
"""Rows that each of them counts for: nothing else here was filmed with one camera, light and lens."""
MAX_DOUBTED, MAX_REFUSED = 0.1, 0.01
"""Largest shares of good cut-outs that may be doubted, and refused."""


def fitted(values: np.ndarray, good: np.ndarray, steps: int = 6000) -> tuple[np.ndarray, float]:
    """Return the weights, none below 0, and the bias of a logistic regression; the good weigh as much as the bad.

    Args:
        values: features, one row for each clip.
        good: whether each cut-out is good.
        steps: of gradient descent.
    """
    weights, bias = np.zeros(values.shape[1]), 0.0
    share = np.where(good, 0.5 / max(1, good.sum()), 0.5 / max(1, (~good).sum()))
    for _ in range(steps):
        error = share * (1 / (1 + np.exp(-(values @ weights + bias))) - good)
        weights = np.maximum(0, weights - 2.0 * (error @ values + RIDGE * weights))
        bias -= 2.0 * float(error.sum())
    return weights, bias


def probabilities(values: np.ndarray, weights: np.ndarray, bias: float) -> np.ndarray:
    return 1 / (1 + np.exp(-(values @ weights + bias)))


def cross_validated(values: np.ndarray, good: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Return the quality of each clip, by weights that are fitted to the clips of other subjects."""
    quality = np.empty(len(good))
    for subject in np.unique(who):
        here = who == subject
        quality[here] = probabilities(values[here], *fitted(values[~here], good[~here]))
    return quality


def main() -> None:
    tuned = [case for case in cases.every() if case.part == "tuned"]
    with tempfile.TemporaryDirectory() as folder:
        report([*measure_all(tuned, Path(folder)), *judged()])


def judged() -> list[Row]:
    """Return rows of the real footage that people judged; its true masks are not known."""
    rows = []
    for start, end in JUDGED:
        _, scene, segmentation, kind = track(clips.DATA / "bigbuckbunny.mp4", Clip(start=start, end=end), Control())
        row = Row("footage", "tuned", f"rabbit {start:g}-{end:g}", "rabbit on film", kind=kind, mean=1.0, best=1.0)
        rows += [replace(row, features=confidence.features(scene, segmentation, kind))] * JUDGED_WEIGHT
    return rows


def report(rows: list[Row]) -> None:
    """Print weights and bounds, and how well they do on subjects that they are not fitted to."""
    qualities, goods = [], []
    for way, names in USED.items():
        some = [row for row in rows if row.features and ("seen" in row.features) == (way == "PERSON")]
        values = np.array([[row.features[name] for name in names] for row in some])
        good = np.array([row.good for row in some])
        weights, bias = fitted(values, good)
        kept = {name: round(float(weight), 1) for name, weight in zip(names, weights, strict=True) if weight > 0.05}
        print(f"{way} = {kept}, {bias:.1f}")
        means = {name: round(float(mean), 2) for name, mean in zip(names, values[good].mean(0), strict=True)}
        print("USUAL |=", means)
        quality = cross_validated(values, good, np.array([row.who for row in some]))
        own = probabilities(values, weights, bias)
        print(
            f"# {good.sum()} good and {(~good).sum()} bad: AUC {separation(own[good], own[~good]):.3f}, "
            f"of other subjects {separation(quality[good], quality[~good]):.3f}"
        )
        qualities.append(quality)
        goods.append(good)
    quality, good = np.concatenate(qualities), np.concatenate(goods)
    least, doubtful = (float(np.quantile(quality[good], share)) for share in (MAX_REFUSED, MAX_DOUBTED))
    print(f"MIN_QUALITY = {least:.2f}\nDOUBTFUL_QUALITY = {doubtful:.2f}")
    print(f"# of other subjects AUC {separation(quality[good], quality[~good]):.3f}")
    print(f"# bad ones that pass without a doubt: {(quality[~good] >= doubtful).sum()} of {(~good).sum()}")


if __name__ == "__main__":
    main()

"""Fit the weights of confidence.py to the tuned clips, and report on the held-out ones: `python -m tests.quality.fit`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from tests.quality import cases
from tests.quality.measure import Row, measure_all, separation

USED = {
    "MOVING": ("agreed", "jumps", "sized", "contrast", "edges", "solid", "alive"),
    "PERSON": ("steady", "jumps", "sized", "contrast", "alive", "seen", "whole"),
}
"""Features that are weighed, by what found the subject."""
RIDGE = 0.003
"""How much large weights cost: few clips, many features."""
BAD_COUNTS = 2.0
"""What a bad cut-out counts against a good one: to pass it without a doubt is worse than to doubt a good one."""


def fitted(values: np.ndarray, good: np.ndarray, steps: int = 6000) -> tuple[np.ndarray, float]:
    """Return the weights, none below 0, and the bias of a logistic regression.

    Args:
        values: features, one row for each clip.
        good: whether each cut-out is good.
        steps: of gradient descent.
    """
    weights, bias = np.zeros(values.shape[1]), 0.0
    share = np.where(good, 1.0, BAD_COUNTS)
    share /= share.sum()
    for _ in range(steps):
        error = share * (1 / (1 + np.exp(-(values @ weights + bias))) - good)
        weights = np.maximum(0, weights - 2.0 * (error @ values + RIDGE * weights))
        bias -= 2.0 * float(error.sum())
    return weights, bias


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for row in measure_all(cases.every(), Path(folder)) if row.features]
    report(rows)


def report(rows: list[Row]) -> None:
    """Print weights fitted to the tuned clips, and how they do on all."""
    for way, names in USED.items():
        some = [row for row in rows if ("seen" in row.features) == (way == "PERSON")]
        values = np.array([[row.features[name] for name in names] for row in some])
        good = np.array([row.good for row in some])
        tuned = np.array([row.part == "tuned" for row in some])
        weights, bias = fitted(values[tuned], good[tuned])
        print(
            way,
            "=",
            {name: round(float(w), 1) for name, w in zip(names, weights, strict=True) if w > 0.05},
            round(bias, 1),
        )
        usual = values[tuned & good].mean(0)
        print("USUAL |=", {name: round(float(mean), 2) for name, mean in zip(names, usual, strict=True)})
        quality = 1 / (1 + np.exp(-(values @ weights + bias)))
        for part, which in (("tuned", tuned), ("held out", ~tuned)):
            print(f"  {part}: AUC {separation(quality[which & good], quality[which & ~good]):.3f}")
            print("   bad ", np.sort(quality[which & ~good]).round(2).tolist())
            print("   good", np.sort(quality[which & good]).round(2)[:15].tolist())


if __name__ == "__main__":
    main()

"""Fit the weights of confidence.py to the tuned clips, and report on the held-out ones: `python -m tests.quality.fit`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.quality import cases
from tests.quality.measure import auc, measure_all

RIDGE = 0.03
"""How much large weights cost: few clips, many features."""


def fitted(values: np.ndarray, good: np.ndarray, steps: int = 4000) -> tuple[np.ndarray, float]:
    """Return the weights, none below 0, and the bias of a logistic regression.

    Args:
        values: features, one row for each clip.
        good: whether each cut-out is good.
        steps: of gradient descent.
    """
    weights, bias = np.zeros(values.shape[1]), 0.0
    # good and bad ones count the same, however many there are
    share = np.where(good, 0.5 / max(1, good.sum()), 0.5 / max(1, (~good).sum()))
    for _ in range(steps):
        error = share * (1 / (1 + np.exp(-(values @ weights + bias))) - good)
        weights = np.maximum(0, weights - 2.0 * (error @ values + RIDGE * weights * 0.01))
        bias -= 2.0 * error.sum()
    return weights, float(bias)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for row in measure_all(cases.every(), Path(folder)) if row.features]
    tuned = [row for row in rows if row.part == "tuned"]
    names = list(tuned[0].features)
    values = np.array([[row.features[name] for name in names] for row in tuned])
    good = np.array([row.good for row in tuned])
    weights, bias = fitted(values, good)
    print(
        "WEIGHTS =",
        {name: round(float(weight), 1) for name, weight in zip(names, weights, strict=True) if weight > 0.05},
    )
    print("BIAS =", round(bias, 1))
    print("USUAL =", {name: round(float(mean), 2) for name, mean in zip(names, values[good].mean(0), strict=True)})
    for part in cases.PARTS:
        print(part, "AUC with the weights as they are", round(auc([row for row in rows if row.part == part]), 3))


if __name__ == "__main__":
    sys.exit(main())

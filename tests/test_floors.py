"""The least versions that are declared are above the known advisories of what they name."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Package, the least version without what is named beside it. IPython is left out: 7.34 is what Colab has, and what is
# known of it, CVE-2023-24816, needs Windows and a program that sets the window's title from hostile text.
SAFE = [
    ("av", "18.1", "crash on a stream that has no decoder"),
    ("fastapi", "0.109.1", "CVE-2024-24762"),
    ("filelock", "3.20.3", "CVE-2025-68146, CVE-2026-22701"),
    ("h11", "0.16", "CVE-2025-43859"),
    ("httpx", "0.23", "CVE-2021-41945"),
    ("idna", "3.15", "CVE-2024-3651, CVE-2026-45409"),
    ("opencv-python-headless", "4.12", "CVE-2023-4863, CVE-2025-53644"),
    ("pillow", "12.3", "CVE-2026-25990, CVE-2026-40192, CVE-2026-54058, CVE-2026-59198"),
    ("pydantic", "2.4", "CVE-2024-3772"),
    ("python-multipart", "0.0.30", "CVE-2024-53981, CVE-2026-24486, CVE-2026-42561, CVE-2026-53539"),
    ("starlette", "1.3.1", "CVE-2025-62727, CVE-2026-48710, CVE-2026-54282, CVE-2026-54283"),
    ("tqdm", "4.66.3", "CVE-2024-34062"),
    ("uvicorn", "0.11.7", "CVE-2020-7694, CVE-2020-7695"),
    ("jupyterlab", "4.4.8", "CVE-2024-43805, CVE-2025-59842"),
]


def floors(texts):
    """The least version of each package."""
    found = {}
    for requirement in map(Requirement, texts):
        least = [Version(one.version) for one in requirement.specifier if one.operator in {">=", "~=", "=="}]
        found[requirement.name.lower()] = max(least)
    return found


DECLARED = floors([*PROJECT["optional-dependencies"]["lab"], *PROJECT["dependencies"]])


@pytest.mark.parametrize(("package", "safe", "advisory"), SAFE)
def test_a_floor_is_above_the_known_advisories(package, safe, advisory):
    assert DECLARED[package] >= Version(safe), f"{package} {DECLARED[package]} has {advisory}"


def test_what_is_imported_is_declared():
    """A floor below another package's would mean nothing: what the server answers with is named itself."""
    assert {"starlette", "h11", "idna", "numpy", "anyio"} <= DECLARED.keys()

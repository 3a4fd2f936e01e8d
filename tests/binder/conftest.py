"""Binder without Docker: its own tool makes the plan, and the plan is carried out in an environment of its own.

Environments are kept below the folder that SORA_NB_TEST_VENVS names, else below pytest's cache. The tool is made once;
what it would build is built anew each time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import parts
import pytest
import sets
from programs import run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOOL = "jupyter-repo2docker==2026.4.0"  # its lock has the versions of sets.SETS


def pytest_collection_modifyitems(items):
    parts.mark(items, HERE, "binder")


@dataclass(frozen=True)
class Plan:
    """What repo2docker would do.

    Attributes:
        said: its log.
        steps: what is run, in its order.
        start: what every session is started by.
        locked: versions of the packages that are there before anything of the repository is installed.
    """

    said: str
    steps: tuple[str, ...]
    start: str
    locked: dict[str, str]


def pip(python, *arguments, **options):
    """Install packages into an environment."""
    return run([sys.executable, "-m", "pip", f"--python={python}", "install", "--quiet", *arguments], **options)


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """A copy of this checkout, without what git does not know, and without its tests but for their data."""
    copy = tmp_path_factory.mktemp("binder") / "repository"
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--"]
    names = run([*listed, ".", ":!tests"], cwd=ROOT) + run([*listed, "tests/data"], cwd=ROOT)
    for name in names.splitlines():
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def plan(pytestconfig, repository):
    kept = os.environ.get("SORA_NB_TEST_VENVS")
    folder = (Path(kept) if kept else pytestconfig.cache.mkdir("environments")) / TOOL
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, clear=True, with_pip=False)
        pip(python, TOOL)
        (folder / "complete").touch()
    command = [python, "-m", "repo2docker", "--no-build", "--debug", "--user-id=1000", "--user-name=jovyan", "."]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True, timeout=60)
    locks = Path(run([python, "-c", "from repo2docker.buildpacks import conda; print(conda.__file__)"]).strip()).parent
    lock = (locks / "environment.py-3.11-linux-64.lock").read_text(encoding="utf-8")
    return Plan(
        said=done.stderr,
        start=re.search(r"^ENV R2D_ENTRYPOINT=?\s*(.*)$", done.stdout, re.MULTILINE)[1].strip('"'),
        steps=tuple(re.findall(r"^RUN ((?:.*\\\n)*.*)$", done.stdout, re.MULTILINE)),
        locked=dict(re.findall(r"/([a-z_]+)-([\d.]+)-\w+\.conda", lock)),
    )


@pytest.fixture(scope="session")
def built(plan, repository):
    """Carry the plan out: the locked versions, then its own steps; return the interpreter."""
    prefix = repository.parent / "environment"
    venv.create(prefix, with_pip=True)
    python = prefix / "bin" / "python"
    pip(python, *(f"{name}=={plan.locked[name]}" for name in sets.SETS["binder"] if name in plan.locked))
    words = {
        "KERNEL_PYTHON_PREFIX": str(prefix),
        "REPO_DIR": str(repository),
        "PATH": f"{prefix / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | words
    for step in plan.steps:
        if "binder/" in step:
            run(["bash", "-c", step], cwd=repository, env=environment)
    return python

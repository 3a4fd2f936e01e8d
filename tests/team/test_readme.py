"""The README's section on a team is followed word for word: services, two people's kernels, one budget, three workers.

Two of its commands are looked at and not run: what they install is what these tests run with.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECTION = (ROOT / "README.md").read_text(encoding="utf-8").partition("## A team\n")[2].partition("\n## ")[0]
(SERVICES, ANNA, BEN) = re.findall(r"```bash\n(.*?)```", SECTION, re.DOTALL)
(OF_ANNA, OF_BEN) = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
LOOK = """
import json
from distributed import Client
from sora_nb import Studio
with Studio() as studio:
    rows = studio.costs()[["person", "kind", "profile", "status", "charged"]].fillna(0).to_dict("records")
    films = [len(video.path.read_bytes()) for video in studio.videos()]
    address = "SCHEDULER"
with Client(address) as client:
    steps = client.run(lambda dask_worker: dask_worker.state.executed_count)
print(json.dumps({"rows": rows, "films": films, "steps": list(steps.values())}))
"""
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def folder():
    """A copy of this repository, where an account of PostgreSQL may go, too."""
    made = Path(tempfile.mkdtemp(prefix="sora_nb-team-"))
    made.chmod(0o755)
    (made / "notebooks").symlink_to(ROOT / "notebooks")
    yield made
    shutil.rmtree(made)


@pytest.fixture
def environment(folder):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    own = {"PATH": path, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython"), "HOME": str(folder)}
    return {**os.environ, **own}


@pytest.fixture
def services(folder, environment):
    """What runs in the first terminal."""
    *_, start = SERVICES.splitlines()
    with subprocess.Popen(
        ["bash", "-c", f"exec {start}"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        assert "source team/addresses" in running.stdout.readline()
        yield
        running.terminate()
        assert running.wait() == 0
    assert "team/database" not in subprocess.run(["ps", "ax"], capture_output=True, text=True, check=True).stdout


def test_what_is_installed_is_there():
    system, packages, _ = SERVICES.splitlines()
    assert system == "sudo apt-get install --yes postgresql python3-venv"
    (extra,) = re.findall(r"\.\[(\w+)\]", packages)
    assert (
        extra
        in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    )


def test_two_people_share_a_character_and_a_budget_and_a_sweep_is_rendered_by_three_workers(
    services, folder, environment
):
    def terminal(commands, typed):
        command = ["bash", "-e", "-c", commands]
        said = subprocess.run(
            command, cwd=folder, env=environment, input=typed, capture_output=True, text=True, check=False
        )
        assert said.returncode == 0, said.stdout[-3000:] + said.stderr[-3000:]
        return said.stdout

    anna, ben = terminal(ANNA, OF_ANNA), terminal(BEN, OF_BEN)
    assert "sora_nb.errors" not in anna, anna[-3000:]
    assert re.findall(r"sora_nb\.errors\.(\w+)", ben) == ["BudgetExceeded"], ben[-3000:]
    (scheduler,) = re.findall(r"dask:(tcp://[\d.:]+)", (folder / "team" / "addresses").read_text())
    look = f"source team/addresses && SORA_NB_HOME=team/third python -c '{LOOK.replace('SCHEDULER', scheduler)}'"
    found = json.loads(terminal(look, "").splitlines()[-1])
    rows = sorted((row["person"], row["kind"], row["profile"], row["status"], row["charged"]) for row in found["rows"])
    assert rows == [
        ("anna", "character", "local", "done", 0),
        ("anna", "video", "runway", "done", 1.5),
        *[("ben", "video", "local", "done", 0)] * 3,
    ]
    assert len(found["films"]) == 4
    assert len(found["steps"]) == 3
    assert min(found["steps"]) > 0

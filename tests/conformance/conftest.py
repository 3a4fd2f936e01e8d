"""Third parties as judges: each gets an environment of its own, made here once and kept for the next run.

Environments are below the folder that SORA_NB_JUDGES names, else below pytest's cache. One that cannot be made is a
failure, never a skip: a judge who was not heard has not agreed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import venv
from pathlib import Path

import parts
import pytest
from conftest import KEY
from filelock import FileLock
from programs import run
from quick import QuickEngine

from sora_nb.server.server import LocalServer

HERE = Path(__file__).parent
PINNED = {
    "openai-2": "openai==2.54.0",
    "openai-3": "openai==3.54.0",
    "litellm": "litellm==1.106.2",
    "schemathesis": "schemathesis==4.32.5",
}
PRISM = "@stoplight/prism-cli@5.16.0"
FOLDER = os.environ.get("SORA_NB_JUDGES")


def pytest_collection_modifyitems(items):
    parts.mark(items, HERE, "conformance")


@pytest.fixture(scope="session")
def judges(request):
    """The folder of the environments."""
    folder = Path(FOLDER) if FOLDER else request.config.cache.mkdir("sora_nb-judges")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def made(folder, pinned, make):
    """Make an environment once, and anew where another version is pinned."""
    with FileLock(f"{folder}.lock"):
        done = folder / "installed"
        if not done.is_file() or done.read_text() != pinned:
            shutil.rmtree(folder, ignore_errors=True)
            make()
            done.write_text(pinned)
    return folder


@pytest.fixture(scope="session")
def program(judges):
    """Return a program of a judge's environment, which is made where it is missing."""

    def find(judge, name="python"):
        folder = judges / judge
        binaries = folder / ("Scripts" if os.name == "nt" else "bin")

        def make():
            venv.create(folder)
            # compiling everything takes longer than running the little that is used
            pip = [sys.executable, "-m", "pip", "--python", binaries / "python", "install", "--quiet", "--no-compile"]
            run([*pip, PINNED[judge]])

        made(folder, PINNED[judge], make)
        return binaries / name

    return find


@pytest.fixture(scope="session")
def prism_program(judges):
    folder = judges / "prism"

    def make():
        npm = shutil.which("npm") or pytest.fail("npm is not installed; it comes with Node.js 18 or newer.")
        folder.mkdir()
        run([npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", folder, PRISM], cwd=folder)

    made(folder, PRISM, make)
    return folder / "node_modules" / ".bin" / "prism"


@pytest.fixture
def judged(server, program, clip):
    """Let a judge's script speak to the server, and return what it reports."""

    def speak(judge, script):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        command = [program(judge), HERE / "judges" / script, server.url, KEY, clip]
        return json.loads(run(command, env=environment).splitlines()[-1])

    return speak


class InstantEngine(QuickEngine):
    """Makes every video at once, by copying one: a fuzzer asks for thousands."""

    def __init__(self, ready):
        super().__init__()
        self._ready = ready

    def generate(self, request, out, control):
        self._work(control)
        shutil.copyfile(self._ready, out)
        return ()


@pytest.fixture
def instant_server(tmp_path, clip):
    running = LocalServer(tmp_path / "server", InstantEngine(clip), api_key=KEY, workers=2).start()
    yield running
    running.stop()

"""Third parties as judges: each gets an environment of its own, made here once and kept for the next run.

Environments are below the folder that SORA_NB_JUDGES names, else below pytest's cache. One that cannot be made is a
failure, never a skip: a judge who was not heard has not agreed.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import parts
import pytest
from conftest import KEY
from environments import made, programs, without_ours
from programs import run
from quick import QuickEngine

from sora_nb.server.server import LocalServer

HERE = Path(__file__).parent
PINNED = {
    "openai-2": "openai==2.54.0",
    "openai-3": "openai==3.57.0",
    "litellm": "litellm==1.110.2",
    "schemathesis": "schemathesis==4.32.5",
    "byteplus": "byteplus-python-sdk-v2==3.0.63 httpx==0.28.1 sniffio==1.3.1",  # it loads both, and requires neither
    "runway": "runwayml==5.24.0",
    "genai": "google-genai==3.6.1",
    "openrouter": "openrouter==1.3.84",
    "comfy": "comfy-sdk==0.5.0",
    "comfy-proxy": "comfy-api-proxy==0.1.6 comfy-sdk==0.5.0",
    "s3": "moto[server]==5.2.1 s3fs==2026.9.0",
}
PACKAGES = {
    "prism": "@stoplight/prism-cli@5.16.0",
    "ai": "ai@7.0.173 @ai-sdk/bytedance@1.0.29 @openrouter/ai-sdk-provider@3.1.0 zod@4.6.7",
}
FOLDER = os.environ.get("SORA_NB_JUDGES")


def pytest_collection_modifyitems(items):
    parts.mark(items, HERE, "conformance")


@pytest.fixture(scope="session")
def judges(request):
    """The folder of the environments."""
    folder = Path(FOLDER) if FOLDER else request.config.cache.mkdir("sora_nb-judges")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def program(judges):
    """Return a program of a judge's environment, which is made where it is missing."""

    def find(judge, name="python"):
        return programs(judges / judge, PINNED[judge]) / name

    return find


@pytest.fixture(scope="session")
def packages(judges):
    """Return the folder of a judge's packages from npm, which is made where it is missing."""

    def find(judge):
        folder = judges / judge

        def make():
            npm = shutil.which("npm") or pytest.fail("npm is not installed; it comes with Node.js 18 or newer.")
            folder.mkdir()
            quiet = ["--no-audit", "--no-fund", "--silent", "--prefix", folder]
            run([npm, "install", *quiet, *PACKAGES[judge].split()], cwd=folder)

        return made(folder, PACKAGES[judge], make)

    return find


@pytest.fixture(scope="session")
def prism_program(packages):
    return packages("prism") / "node_modules" / ".bin" / "prism"


def heard(command, **options):
    """Run a judge's script, and return what it reports."""
    return json.loads(run(command, env=without_ours(), **options).splitlines()[-1])


@pytest.fixture
def judged(server, program, clip):
    """Let a judge's script speak to the server, and return what it reports."""

    def speak(judge, script):
        return heard([program(judge), HERE / "judges" / script, server.url, KEY, clip])

    return speak


@pytest.fixture
def ordered(program, packages):
    """Let a judge's SDK send an order to an address, and return what it reports."""

    def speak(judge, script, url, order):
        script = HERE / "judges" / script
        if script.suffix == ".mjs":
            node = shutil.which("node") or pytest.fail("Node.js 18 or newer is not installed.")
            command = [node, script, url, KEY, packages(judge)]
        else:
            command = [program(judge), script, url, KEY]
        return heard(command, input=json.dumps(order))

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

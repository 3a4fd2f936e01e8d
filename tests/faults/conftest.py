"""Fixtures of the fault tests: one service for all worlds of a module, and impatient clients."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import KEY
from faults.report import PATH, Tally
from faults.world import Service, World
from quick import QuickEngine

from sora_nb.local import intake
from sora_nb.local.engine import Control, RenderRequest

SEED = int(os.environ.get("SORA_NB_FAULT_SEED", "20261122"))


@pytest.fixture(scope="session")
def tally(request):
    """What the whole run comes to; written to a file at its end."""
    made = Tally(seed=SEED)
    yield made
    made.broken = request.session.testsfailed
    made.write(Path(PATH) if PATH else request.config.cache.mkdir("faults") / "faults.json")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    made = Service(tmp_path_factory.mktemp("service"), KEY)
    yield made
    made.close()


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits long: what takes half a minute in earnest takes tenths of a second."""
    monkeypatch.setattr("sora_nb.client.READ_SECONDS", 0.3)
    monkeypatch.setattr("sora_nb.client.UPLOAD_SECONDS", 1.0)
    monkeypatch.setattr("sora_nb.transfer.STALL_SECONDS", 0.3)
    monkeypatch.setattr("sora_nb.recorder.LOOK_SECONDS", 0.2)
    monkeypatch.setattr("sora_nb.local.api.LOOK_SECONDS", 0.005)
    monkeypatch.setattr("sora_nb.local.tasks.LOOK_SECONDS", 0.005)
    monkeypatch.setattr("sora_nb.database.BUSY_SECONDS", 0.05)
    # a worker process takes as long to start as all else together; tests/local/test_intake.py has it
    monkeypatch.setattr("sora_nb.local.intake._run", lambda work, asked, check=None: intake._WORK[work](**asked))


@pytest.fixture(scope="module")
def small_footage(service, tmp_path_factory):
    """Two seconds of a video that takes no time to cut."""
    path = tmp_path_factory.mktemp("footage") / "a.mp4"
    QuickEngine().generate(RenderRequest("", {}, 64, 64, 2), path, Control())
    return path


@pytest.fixture
def world(service, small_footage, tmp_path, monkeypatch, impatient):
    """Make a world with one of the profiles."""
    made = []

    def make(profile="local", tally=None):
        home = tmp_path / f"home{len(made)}"
        found = World(service, home, profile, small_footage, tally or Tally())
        monkeypatch.setattr("socket.getaddrinfo", found.lookup)
        made.append(found)
        return found

    yield make
    for found in made:
        found.close()

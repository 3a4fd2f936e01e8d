"""Fixtures of the fault tests: one service for all worlds of a module, and impatient clients."""

from __future__ import annotations

import shutil
from pathlib import Path

import parts
import pytest
from conftest import KEY
from faults.patience import PATIENCE
from faults.report import Tally
from faults.world import Service, World
from quick import QuickEngine

from sora_nb.engines.base import Control, RenderRequest
from sora_nb.server import untrusted_video


def pytest_collection_modifyitems(items):
    parts.mark(items, Path(__file__).parent, "release")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    made = Service(tmp_path_factory.mktemp("service"), KEY)
    yield made
    made.close()


@pytest.fixture
def read_here(monkeypatch):
    """Videos are read in the server's own process: a worker process takes as long to start as all else together.

    tests/server/test_untrusted_video.py has it.
    """
    monkeypatch.setattr(
        "sora_nb.server.untrusted_video._run", lambda work, asked, check=None: untrusted_video._WORK[work](**asked)
    )


@pytest.fixture
def impatient(monkeypatch, read_here):
    """Nobody waits long: what takes half a minute in earnest takes tenths of a second."""
    PATIENCE.shorten(monkeypatch)
    monkeypatch.setattr("sora_nb.providers.hosted.LOOK_SECONDS", 0.2)
    monkeypatch.setattr("sora_nb.server.app.POLL_SECONDS", 0.005)
    monkeypatch.setattr("sora_nb.server.dependencies.POLL_SECONDS", 0.005)


@pytest.fixture(scope="module")
def small_footage(tmp_path_factory):
    """Two seconds of a video that takes no time to cut."""
    path = tmp_path_factory.mktemp("footage") / "a.mp4"
    QuickEngine().generate(RenderRequest("", {}, 64, 64, 2), path, Control())
    return path


@pytest.fixture
def world(service, small_footage, tmp_path, monkeypatch, impatient):
    """Make a world with one of the profiles, in place of the one before."""
    home = tmp_path / "home"

    def make(profile="local", tally=None):
        shutil.rmtree(home, ignore_errors=True)
        PATIENCE.shorten(monkeypatch)
        found = World(service, home, profile, small_footage, tally or Tally())
        monkeypatch.setattr("socket.getaddrinfo", found.lookup)
        return found

    return make

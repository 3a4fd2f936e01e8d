"""Fixtures: a clean environment, real footage, and a real server on a real socket."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from pathlib import Path

import canary
import films
import httpx
import order
import psutil
import pytest
import release
from canary import CANARY
from client import Client
from failures import Failures
from faults.report import TALLY, Tally
from hypothesis import settings
from parts import pytest_deselected  # noqa: F401
from quick import QuickEngine
from stage import chromium

from sora_nb import background, media
from sora_nb.models import Character, Clip, Video
from sora_nb.providers import registry
from sora_nb.server.server import LocalServer
from sora_nb.studio import Studio

pytest_plugins = ["buckets", "postgres", "sftp", "speed"]
KEY = CANARY
FOOTAGE = Path(__file__).parent / "data" / "bigbuckbunny.mp4"


settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")


def pytest_configure(config):
    config.pluginmanager.register(canary)
    config.pluginmanager.register(Failures(config))
    config.pluginmanager.register(order)
    config.pluginmanager.register(release)


def pytest_collection_finish():
    gc.freeze()  # thousands of tests stay until the end; else each full collection of garbage looks through them all


def pytest_collection_modifyitems(items):
    for item in items:
        if "tally" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.release)  # the guide's promises are made of it


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("SORA_NB_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SORA_NB_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def tally(pytestconfig):
    """What a release comes to; the guide's table of promises is made of it."""
    return pytestconfig.stash.setdefault(TALLY, Tally())


@pytest.fixture(scope="session")
def footage(tmp_path_factory) -> Path:
    """The real footage, whole but small: enough wherever nobody looks at its pixels closely, and quickly cut."""
    path = tmp_path_factory.mktemp("footage") / FOOTAGE.name
    media.join([FOOTAGE], path, max_side=320)
    return path


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium; not for the session, because while Playwright runs no other test can use asyncio.run()."""
    with chromium() as running:
        yield running
    children = psutil.Process().children(recursive=True)
    assert not [child for child in children if "--headless" in child.cmdline()], "a browser was left behind"


@dataclass(frozen=True)
class Made:
    """A studio home with finished work of the real engine; whoever changes something takes a copy of it.

    Attributes:
        home: the folder.
        rabbit: a character of seconds 2 to 4 of the real footage.
        film: the rabbit on a beach.
        corgi: a film without the rabbit.
    """

    home: Path
    rabbit: Character
    film: Video
    corgi: Video


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Made:
    home = tmp_path_factory.mktemp("made") / "home"
    with Studio("local", home=home, progress=False) as studio:
        rabbit = studio.extract(FOOTAGE, 2, 4)
        film = studio.generate(f"{rabbit} walking on the beach at sunset", seconds=3, size="640x360")
        corgi = studio.generate("a corgi barista pours latte art, cosy coffee shop", seconds=4, size="640x360")
    return Made(home, rabbit, film, corgi)


@pytest.fixture(scope="session")
def clip(tmp_path_factory) -> Path:
    """Two and a half seconds of the footage, small, as a file of their own."""
    folder = tmp_path_factory.mktemp("clip")
    media.cut(FOOTAGE, Clip(1, 3.5), folder / "cut.mp4")
    media.join([folder / "cut.mp4"], folder / "clip.mp4", max_side=320)
    return folder / "clip.mp4"


@pytest.fixture(scope="session")
def short(tmp_path_factory) -> Path:
    """A film of six seconds with a cut, made once."""
    return films.with_a_cut(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="session")
def long(tmp_path_factory) -> Path:
    """A film of a minute, made once."""
    return films.of_a_minute(tmp_path_factory.mktemp("films"))


@pytest.fixture
def engine() -> QuickEngine:
    return QuickEngine()


@pytest.fixture
def server(tmp_path, engine):
    """The local server with the quick engine, a key, and leave to fetch from this machine."""
    running = LocalServer(tmp_path / "server", engine, api_key=KEY, private_sources=True).start()
    yield running
    running.stop()


@pytest.fixture
def http(server):
    """Plain HTTP to the local server, with its key."""
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {KEY}"}, timeout=60) as made:
        yield made


@pytest.fixture
def settings(server):
    return registry.settings("local", base_url=server.url, api_key=KEY)


@pytest.fixture
def client(settings):
    made = Client(settings)
    yield made
    made.close()


@pytest.fixture
def run():
    """Run a coroutine function on the background loop."""
    return background.run

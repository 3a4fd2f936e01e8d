"""Kernels are killed at every point of submitting, polling, downloading and extracting; the next one finishes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from quick import MarkedEngine

from sora_nb.models import State
from sora_nb.studio import Studio

ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join(str(folder) for folder in (ROOT, ROOT / "tests" / "lib"))
KILLS = 24
"""Kernels killed while the engine works in them."""


@pytest.mark.timeout(900)  # a minute on two free cores
@pytest.mark.parametrize(
    ("each_database", "what"),
    [("file", "video"), ("server", "video"), ("file", "stream"), ("server", "character")],
    indirect=["each_database"],
)
def test_killed_at_every_point(service, read_here, small_footage, tmp_path, each_database, what, tally):
    service.reset(deaf=False)
    service.proxy.ledger = None
    url = f"http://127.0.0.1:{service.proxy.port}"
    command = [sys.executable, "-m", "tests.faults.kernel", "service", what, url, service.key, tmp_path, small_footage]
    environment = {**os.environ, "PYTHONPATH": PATH}
    said = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    points = said.stdout.split()
    assert {"add", "change", "replace", "_asked"} <= set(points)
    homes = sorted(tmp_path.glob(f"{what}*"))
    for home in homes:
        with Studio("local", base_url=url, api_key=service.key, home=home, progress=False) as studio:
            studio.resume()
            check(studio, service)
    tally.kills += len(homes) - 2  # the first and the last one lived
    tally.faults["SIGKILL"] += len(homes) - 2


def check(studio, service):
    """What was paid for is here, whole; what was not taken cost nothing; nothing was sent twice."""
    creates = {create.key: create for create in service.proxy.truth.creates}
    assert len(creates) == len(service.proxy.truth.creates)
    for row in studio.ledger.calls():
        if row.key in creates and creates[row.key].accepted:
            assert row.state is State.DONE, row.error
            assert hashlib.sha256(row.file.read_bytes()).hexdigest() == row.sha256
            assert row.error == ""
        else:
            assert (row.state, row.charged) == (State.FAILED, 0)
    for path in (studio.home / "videos").glob("*"):
        assert path.stem == hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    known = {row.id for row in studio.ledger.calls()}
    left = [path for path in (studio.home / "incoming").glob("*") if path.name.partition(".")[0] in known]
    assert not left  # a clip whose call was never written down may lie there


@pytest.mark.timeout(900)  # half a minute on two free cores
def test_killed_while_the_engine_works_in_it(each_database, small_footage, tmp_path, tally):
    kills = KILLS if each_database == "file" else KILLS // 3
    arguments = ["engine", str(tally.seed), str(kills), tmp_path, small_footage]
    command = [sys.executable, "-m", "tests.faults.kernel", *arguments]
    environment = {**os.environ, "PYTHONPATH": PATH}
    said = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(said.stdout.split()) == kills
    engine = MarkedEngine()
    with Studio("local", engine=engine, home=tmp_path / "home", progress=False) as studio:
        studio.resume()
        rows = studio.ledger.calls()
        assert {row.state for row in rows} == {State.DONE, State.INTERRUPTED}
        assert {row.charged for row in rows} == {0}
        left = [row.id for row in rows if row.state is State.INTERRUPTED]
        assert engine.begun == 0
        assert studio.resume(remake=True)["id"].tolist() == left
        assert engine.begun == len(left)
        assert studio.resume(remake=True).empty
        check_files(studio)
    tally.kills += kills
    tally.faults["SIGKILL"] += kills


def check_files(studio):
    """Every row has what it is about, once, and nothing else lies about."""
    rows = studio.ledger.calls()
    assert {(row.state, row.charged, row.error) for row in rows} == {(State.DONE, 0, "")}
    for row in rows:
        assert hashlib.sha256(row.file.read_bytes()).hexdigest() == row.sha256
    films = [row for row in rows if row.kind == "video"]
    for folder, named in (("videos", [row.file for row in films]), ("posters", [row.poster for row in films])):
        assert sorted(named) == sorted((studio.home / folder).iterdir())
    assert all(row.file.read_bytes().endswith(row.key.encode()) for row in films)  # the engine marks each with its key
    assert {who.clip_file.is_file() for who in studio.characters()} == {True}
    # a kernel that is killed once its row has ended leaves the clip on its way, and one that is killed while it writes a
    # still a part of that; prune() knows both to be of no use
    left = [path for path in studio.prune().paths if path.parent.name != "stills"]
    assert {path.suffixes[0] for path in left} <= {".clip"}
    named = {still.path for who in studio.characters() for still in who.stills}
    assert set((studio.home / "stills").glob("*")) == named
    assert not list((studio.home / "incoming").iterdir())

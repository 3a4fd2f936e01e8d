"""A studio and the command line on a ledger that a team shares: it is killed, its server is restarted, nothing is lost or doubled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import KEY
from quick import QuickEngine
from waiting import until

from sora_nb.errors import BudgetExceeded
from sora_nb.models import State
from sora_nb.storage.ledger import Call
from sora_nb.studio import Studio

KERNEL = """
import sys
from sora_nb.studio import Studio
url, key, home = sys.argv[1:]
studio = Studio("local", base_url=url, api_key=key, home=home, progress=False)
jobs = [studio.submit(f"a corgi, take {number}", seconds=1, size="64x64") for number in range(4)]
for job in jobs:
    job.result()
"""
FILMS = 6


@pytest.fixture
def engine():
    return QuickEngine(delay=0.2)


def environment(postgres):
    return {**os.environ, "SORA_NB_LEDGER": postgres, "PYTHONPATH": str(Path(__file__).parents[2])}


def test_a_killed_kernel_s_calls_are_finished_by_a_kernel_with_another_home(postgres, server, tmp_path):
    command = [sys.executable, "-c", KERNEL, server.url, KEY, str(tmp_path / "killed")]
    options = {"base_url": server.url, "api_key": KEY, "home": tmp_path / "other", "progress": False}
    with Studio("local", ledger=postgres, **options) as studio:
        with subprocess.Popen(command, env=environment(postgres)) as kernel:
            until(lambda: len([call for call in studio.ledger.calls() if call.state is State.RUNNING]) > 1)
            kernel.kill()
        until(lambda: studio.resume()["now"].eq("done").all() and not studio.ledger.calls([State.SENT, State.RUNNING]))
        rows = studio.ledger.calls()
        assert {row.state for row in rows} <= {State.DONE, State.FAILED}  # what was only planned was never sent
        assert all(row.file.is_file() for row in rows if row.state is State.DONE)
        assert len({row.task for row in rows if row.task}) == len([row for row in rows if row.task])


def test_a_server_restarted_in_the_middle_of_calls_loses_and_doubles_nothing(
    postgres, postgres_server, server, tmp_path
):
    with Studio("local", base_url=server.url, api_key=KEY, home=tmp_path, ledger=postgres, progress=False) as studio:
        jobs = [studio.submit(f"a corgi, take {number}", seconds=1, size="64x64") for number in range(FILMS)]
        until(lambda: [call for call in studio.ledger.calls() if call.state is State.RUNNING])
        postgres_server.restart()
        for job in jobs:
            until(job.done)
        studio.resume()
        rows = studio.ledger.calls()
        assert [row.state for row in rows] == [State.DONE] * FILMS
        assert all(row.file.is_file() for row in rows)
        assert len({row.task for row in rows}) == FILMS
        assert len(studio.costs()) == FILMS


def test_two_people_share_a_ledger_and_its_budget(postgres, tmp_path, monkeypatch):
    price = {"estimate": 600_000, "reserved": 600_000}
    studios = []
    for name in ("ann", "bob"):
        monkeypatch.setenv("SORA_NB_USER", name)
        monkeypatch.setenv("SORA_NB_LEDGER", postgres)
        studios.append(Studio(home=tmp_path / name, budget=1, engine=QuickEngine(), progress=False))
    ann, bob = studios
    video = ann.generate("a corgi", seconds=1, size="64x64")
    assert [one.id for one in bob.videos()] == [video.id]
    ann.ledger.add(Call(kind="video", profile="paid", prompt="a fox", **price), ann._session._allowance)
    with pytest.raises(BudgetExceeded, match=r"\$0\.40 left"):
        bob.ledger.add(Call(kind="video", profile="paid", prompt="a fox", **price), bob._session._allowance)
    assert set(bob.costs()["person"]) == {"ann", ""}
    for studio in studios:
        studio.close()


def test_the_command_line_works_with_the_ledger_of_the_environment(postgres, tmp_path):
    with Studio(home=tmp_path / "one", ledger=postgres, engine=QuickEngine(), progress=False) as studio:
        studio.generate("a corgi", seconds=1, size="64x64")

    def say(*words, url=postgres):
        command = [sys.executable, "-m", "sora_nb", *words, "--home", str(tmp_path / "two")]
        done = subprocess.run(command, env=environment(url), capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert "a corgi" in say("costs")
    assert "Nothing was left open." in say("resume")
    told = say("doctor")
    assert "can be written to and locked" in next(line for line in told.splitlines() if line.startswith("ledger"))
    told = say("doctor", url="postgresql://sora:sesame@127.0.0.1:1/x")
    assert "problem: The database x at 127.0.0.1:1 cannot be reached" in told
    assert "sesame" not in told

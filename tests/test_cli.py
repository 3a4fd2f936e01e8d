"""The command line, as it is typed."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from conftest import KEY
from quick import QuickEngine

import sora_nb as package
from sora_nb import media
from sora_nb.models import Clip, State
from sora_nb.storage.call import Call
from sora_nb.storage.ledger import Ledger
from sora_nb.storage.process_lock import ProcessLock
from sora_nb.studio import Studio


def sora_nb(*arguments, check=True, **environment):
    return subprocess.run(
        [sys.executable, "-m", "sora_nb", *map(str, arguments)],
        capture_output=True, text=True, check=check, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.mark.release  # make demo runs it, too
def test_the_demo_runs_the_whole_loop_on_real_footage(tmp_path):
    out = tmp_path / "demo"
    said = sora_nb("demo", "--out", out).stdout
    assert said.rstrip().endswith("Total estimate $0.31 (list price), charged $0.00.")
    assert "Blender Foundation" in said
    assert "not a Sora model" in said
    assert sorted(path.name for path in out.iterdir()) == [
        "1-footage.mp4", "2-generated.mp4", "3-reused.mp4", "avatar.png", "costs.csv"
    ]  # fmt: skip
    for name in ("2-generated.mp4", "3-reused.mp4"):
        info = media.probe(out / name)
        assert (info.width, info.height, info.codec, info.has_audio) == (1280, 720, "h264", True)
        assert info.duration == pytest.approx(10, abs=0.1)
    with (out / "costs.csv").open(encoding="utf-8") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["done", "done", "done"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--start", "2", "--end", "2.5"], "1 to 3 s"),
        (["--start", "3", "--end", "2"], "end"),
        (["--start", "50", "--end", "52"], "5.28 s"),
        (["--video", "PICTURE"], "is a still picture, not a video"),
    ],
)
def test_the_demo_refuses_before_it_makes_anything(tmp_path, options, words):
    picture = Path(__file__).parent / "data" / "astronaut.jpg"
    options = [picture if option == "PICTURE" else option for option in options]
    done = sora_nb("demo", "--out", tmp_path / "demo", *options, check=False)
    assert done.returncode == 1
    assert words in done.stderr
    assert not (tmp_path / "demo").exists()


def test_a_table_that_cannot_be_written_is_told(tmp_path):
    Ledger(tmp_path / "ledger.db").close()
    done = sora_nb("costs", "--home", tmp_path, "--csv", tmp_path / "none" / "x.csv", check=False)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_prompt_is_no_formula_in_the_exported_costs(tmp_path):
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.add(Call(kind="video", profile="local", prompt='=HYPERLINK("http://x.example")', characters=("a.b",)))
    ledger.close()
    sora_nb("costs", "--home", tmp_path, "--csv", tmp_path / "costs.csv")
    with (tmp_path / "costs.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["prompt"], row["characters"]) == ('\'=HYPERLINK("http://x.example")', "'@a.b")


def test_the_server_serves_until_it_is_stopped(tmp_path):
    command = [sys.executable, "-m", "sora_nb", "serve", "--port", "0", "--api-key", "k", "--home", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        url = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())[0]
        assert httpx.get(url + "/v1/models").status_code == 401
        assert httpx.get(url + "/v1/models", headers={"authorization": "Bearer k"}).status_code == 200
        server.send_signal(signal.SIGINT)
        assert server.wait() == 0


def test_a_rehearsal_says_how_it_is_used_and_goes_on_until_it_is_stopped():
    command = [sys.executable, "-m", "sora_nb", "rehearse", "openrouter", "--fail", "throttled", "--fail", "policy"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        said = [server.stdout.readline() for _ in range(5)]
        url, key = (line.strip().partition("=")[2] for line in said if "export SORA_NB_OPENROUTER_" in line)
        order = {"model": "bytedance/seedance-2.5", "prompt": "a beach", "duration": 4, "resolution": "480p"}
        with httpx.Client(base_url=url, headers={"authorization": f"Bearer {key}"}) as service:
            answered = [service.post("/api/v1/videos", json=order).status_code for _ in range(3)]
        server.send_signal(signal.SIGINT)
        assert (answered, server.wait()) == ([429, 403, 202], 0)


@pytest.mark.release
def test_a_rehearsal_that_cannot_be_is_refused_with_what_can(server):
    taken = server.url.rpartition(":")[2]
    for options, words in (
        (["nobody"], "openrouter"),
        (["openrouter", "--fail", "sulk"], "throttled"),
        (["openrouter", "--port", taken], "another port"),
    ):
        refused = sora_nb("rehearse", *options, check=False)
        assert refused.returncode == 1
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr


def test_listening_wider_needs_a_key():
    refused = sora_nb("serve", "--host", "0.0.0.0", "--port", "0", check=False)
    assert refused.returncode == 1
    assert "Set a key with --api-key" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("command", ["costs", "resume"])
def test_a_folder_that_is_mistyped_is_told_and_not_made(tmp_path, command):
    home = tmp_path / "tyop"
    done = sora_nb(command, "--home", home, check=False)
    assert done.returncode == 1
    assert f"There is no ledger in {str(home)!r}" in done.stderr
    assert not home.exists()


def test_times_say_their_zone(tmp_path):
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.add(Call(kind="video", profile="local", created_at=datetime(2026, 1, 4, 23, 5, tzinfo=UTC)))
    ledger.close()
    head, row, _ = sora_nb("costs", "--home", tmp_path, TZ="America/Los_Angeles").stdout.splitlines()
    assert "time (UTC)" in head
    assert row.startswith("2026-01-04 23:05")


def test_a_refused_call_adds_nothing_to_the_total_and_a_character_tells_its_seconds(tmp_path):
    ledger = Ledger(tmp_path / "ledger.db")
    call = {"profile": "local", "estimate": 10_000, "charged": 0}
    ledger.add(Call(kind="character", state=State.DONE, clip=Clip(2, 4), source="file:my_cat.mov", **call))
    ledger.add(Call(kind="video", state=State.FAILED, prompt="a fox", **call))
    ledger.close()
    told = sora_nb("costs", "--home", tmp_path).stdout
    assert "2-4 s of my_cat.mov" in told
    assert told.endswith("Total estimate $0.01 (list price), charged $0.00.\n")


def test_costs_and_resume_of_an_empty_ledger(tmp_path):
    home = tmp_path / "mine"
    Ledger(home / "ledger.db").close()
    assert (
        sora_nb("costs", "--csv", tmp_path / "costs.csv", "--home", home).stdout
        == "No calls yet.\nTotal estimate $0.00 (list price), charged $0.00.\n"
    )
    assert (tmp_path / "costs.csv").read_text().startswith("id,time,kind,model")
    assert sora_nb("resume", "--home", home).stdout == "Nothing was left open.\n"


@pytest.mark.release
def test_an_interrupted_film_is_made_again_where_that_is_asked_for(tmp_path):
    with Studio("local", engine=QuickEngine(), home=tmp_path, progress=False) as studio:
        owner = ProcessLock(tmp_path / "gone")
        wanted = Call(kind="video", profile="local", model="animatic", prompt="a corgi", size="64x64", seconds=1)
        studio.ledger.add(wanted.model_copy(update={"owner": owner.id, "state": State.RUNNING, "reserved": 0}))
        owner.close()
    assert "interrupted when its kernel ended" in sora_nb("resume", "--home", tmp_path).stdout
    assert "made again" in sora_nb("resume", "--remake", "--home", tmp_path).stdout
    assert sora_nb("resume", "--remake", "--home", tmp_path).stdout == "Nothing was left open.\n"


def test_the_version_is_that_of_the_package():
    assert sora_nb("--version").stdout == f"sora_nb {package.__version__}\n"


def test_the_doctor_finds_everything_in_order():
    said = sora_nb("doctor").stdout
    assert "local at this machine, in this process" in said
    assert "key       not set" in said
    assert "problem" not in said


def test_the_doctor_tries_the_store_and_looks_for_workers(tmp_path):
    said = sora_nb("doctor", SORA_NB_FILES=(tmp_path / "store").as_uri()).stdout
    assert re.search(r"files +file://\S+, can be written to", said)
    assert not [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert re.search(r"workers +not needed", said)
    alone = sora_nb("doctor", check=False, SORA_NB_WORKERS="dask:tcp://127.0.0.1:1")
    assert alone.returncode == 1
    assert "share no store with this process" in alone.stdout


def test_the_doctor_never_says_the_key(server):
    well = sora_nb("doctor", SORA_NB_BASE_URL=server.url, SORA_NB_API_KEY=KEY)
    assert "key       set" in well.stdout
    assert f"{server.url} answers" in well.stdout
    ill = sora_nb("doctor", check=False, SORA_NB_BASE_URL=server.url, SORA_NB_API_KEY="canary-77")
    assert ill.returncode == 1
    assert "service   problem" in ill.stdout
    assert "canary-77" not in ill.stdout + ill.stderr


def test_errors_are_one_message_and_status_1():
    wrong = sora_nb("demo", "--video", "nowhere.mp4", check=False)
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("ConfigError: There is no file 'nowhere.mp4'")

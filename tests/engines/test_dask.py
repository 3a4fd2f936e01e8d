"""What is known of workers before there are any: addresses, what is handed over, and who comes first."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quick import QuickEngine
from typer.testing import CliRunner

from sora_nb import ConfigError, Studio, cli
from sora_nb.engines import installed
from sora_nb.engines.base import Control
from sora_nb.engines.dask.engine import Workers
from sora_nb.engines.draw.characters import stock
from sora_nb.errors import GenerationFailed
from sora_nb.providers import registry
from sora_nb.providers.base import Order
from sora_nb.providers.hosted import HostedProvider
from sora_nb.providers.profile import Settings

ADDRESS = "dask:tcp://127.0.0.1:1"


@pytest.mark.parametrize(
    "wrong", ["dask", "dask:", "dask:8786", "tcp://127.0.0.1:8786", "ray://127.0.0.1:8786", "0", "17"]
)
def test_what_names_no_workers_is_refused(wrong, tmp_path):
    if not wrong.isdecimal():
        with pytest.raises(ConfigError, match="names no workers"):
            Studio(workers=wrong)
    ended = CliRunner().invoke(cli.app, ["serve", "--workers", wrong, "--port", "0"])
    assert isinstance(ended.exception, ConfigError)


def test_workers_need_a_store_that_they_share():
    with pytest.raises(ConfigError, match=r"share no store .* files= or SORA_NB_FILES"):
        Studio(workers=ADDRESS)


def test_without_what_workers_need_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError, match=r"distributed, which is not installed. .*sora_nb\[team\]"):
        Workers.named(ADDRESS, "file:///store")


def test_nobody_answering_is_told(monkeypatch):
    from sora_nb.engines.dask import cluster

    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(ConfigError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        Workers.named(ADDRESS, "memory://store").connect()


def test_an_engine_of_this_process_cannot_be_sent_to_workers():
    with pytest.raises(ConfigError, match="by entry point"):
        Workers.engines(object.__new__(Workers), QuickEngine())


def test_engines_say_what_a_worker_must_have():
    assert installed.resources("diffusers:/models/vace") == {"GPU": 1}
    assert installed.resources("animatic") == installed.resources("comfyui:http://127.0.0.1:8188") == {}
    with pytest.raises(ConfigError, match="no engine 'nobody'"):
        installed.resources("nobody")


def test_what_ends_a_task_is_told_apart_from_what_loses_its_scheduler():
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError
    from distributed.comm import CommClosedError

    from sora_nb.engines.dask.cluster import Cluster, _Progress

    def ended(status, error):
        def result():
            raise error

        return cluster._wait(SimpleNamespace(status=status, result=result), "an order", Control(), {})

    cluster = object.__new__(Cluster)
    cluster.address = ADDRESS
    cluster._progress = {"an order": _Progress(1)}
    with pytest.raises(GenerationFailed, match="4 workers died of it"):
        ended("error", KilledWorker("a task", None, 3))
    with pytest.raises(ConfigError, match="lacks a module: No module named 'sora_nb'"):
        ended("error", ModuleNotFoundError("No module named 'sora_nb'"))
    with pytest.raises(OSError, match="disk"):
        ended("error", OSError("the disk of the worker is full"))
    assert ended("finished", CommClosedError("the scheduler has gone")) is None
    assert ended("cancelled", FutureCancelledError("a task", "scheduler-connection-lost")) is None


# --- what is handed over --------------------------------------------------------------------------------------------


@pytest.fixture
def exchange(tmp_path):
    from sora_nb.engines.dask.exchange import Exchange

    made = Exchange(f"file://{tmp_path}/store")
    yield made
    made.close()


def test_a_cut_out_is_put_once_and_comes_back_as_it_was(exchange, tmp_path):
    rex = replace(stock.character("corgi", "walk", 80), path=tuple(number / 3 for number in range(24)))
    rex = replace(rex, path=rex.path[: len(rex.frames)])
    key = exchange.put_cutout(rex)
    assert exchange.put_cutout(rex) == key
    back = exchange.cutout(key)
    assert (back.path, back.quality, back.box, back.fps) == (rex.path, rex.quality, rex.box, rex.fps)
    assert all(np.array_equal(one, two) for one, two in zip(back.frames, rex.frames, strict=True))
    other = exchange.put_cutout(replace(rex, best=1))
    assert other != key
    assert len(list(tmp_path.glob("store/workers/inputs/*"))) == 2


def test_a_result_is_there_until_it_is_deleted(exchange, tmp_path):
    made, there = tmp_path / "made", tmp_path / "there"
    made.mkdir()
    there.mkdir()
    made.joinpath("film.mp4").write_bytes(b"film")
    assert not exchange.has("a/film")
    exchange.put_result(made, "a/film")
    made.joinpath("film.mp4").write_bytes(b"of another worker that was slower")
    exchange.put_result(made, "a/film")
    assert [path.read_bytes() for path in exchange.get_result("a/film", there).iterdir()] == [b"film"]
    exchange.delete_results(["a/film", "a/part 0"])
    assert not exchange.has("a/film")


def test_who_sees_another_store_says_so(exchange, tmp_path):
    with pytest.raises(
        ConfigError, match=r"no workers/inputs/a\.mp4 in file://.*, where it was put\. .* all of them see"
    ):
        exchange.get_file("workers/inputs/a.mp4", tmp_path)
    with pytest.raises(ConfigError, match=r"no workers/results/a/film\.zip in file://"):
        exchange.get_result("a/film", tmp_path)


# --- who comes first ------------------------------------------------------------------------------------------------


def test_experiments_are_less_urgent_than_what_somebody_waits_for():
    class Noting(QuickEngine):
        def generate(self, request, out, control):
            urgencies.append(control.urgency)
            return super().generate(request, out, control)

    urgencies = []
    with Studio(engine=Noting(), progress=False) as studio:
        studio.sweep(["a fox"], size="64x64", seconds=1).run()
        studio.generate("a cat", size="64x64", seconds=1)
    assert urgencies[0] > urgencies[1]


@given(urgency=st.integers(0, 7))
def test_a_server_of_this_package_is_told_the_urgency(urgency):
    order = Order(kind="video", model="animatic", prompt="a fox", size="64x64", seconds=1, urgency=urgency)
    for name, told in (("local", urgency != 3), ("laozhang", False)):
        provider = HostedProvider(Settings(profile=registry.get(name), base_url="http://127.0.0.1:1"))
        headers = provider._request(order, "key").headers
        assert headers.get("priority") == (f"u={urgency}" if told else None)

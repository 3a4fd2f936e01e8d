"""Films made by the workers of a Dask cluster on loopback: a scheduler and workers that are processes, and are killed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from dask_cluster import DaskCluster, kill, register
from held import Notes
from waiting import until

from sora_nb import ConfigError, Studio
from sora_nb.engines.animatic import AnimaticEngine
from sora_nb.engines.base import Control, RenderRequest
from sora_nb.engines.dask import cluster as connection
from sora_nb.engines.dask.engine import Workers
from sora_nb.engines.draw.characters import stock
from sora_nb.errors import Cancelled, Interrupted, MediaError
from sora_nb.models import Clip

SIZE = {"width": 64, "height": 64}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("team")


@pytest.fixture(scope="module")
def plugins(folder):
    """Two engines that are registered wherever tests run."""
    path = register(folder, held="held:HeldEngine", held_on_gpu="held_on_gpu:make")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(path)
        yield path


@pytest.fixture(scope="module")
def cluster(folder, plugins):
    """A scheduler with two workers."""
    with DaskCluster(folder, plugins) as made:
        made.start_worker()
        made.start_worker()
        yield made


@pytest.fixture
def notes(tmp_path):
    tmp_path.joinpath("notes").mkdir()
    return Notes(tmp_path / "notes")


@pytest.fixture(scope="module")
def store(folder):
    return f"file://{folder}/store"


@pytest.fixture(scope="module")
def workers(cluster, store):
    made = Workers.named(f"dask:{cluster.address}", store)
    made.connect()._client.wait_for_workers(2)
    yield made
    made.close()


@pytest.fixture
def held(workers, notes):
    """An engine of the workers that may be held."""
    drawing, films = workers.engines(f"held:{notes.folder}")
    assert films is None
    yield drawing
    notes.go_on()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(16) as made:
        yield made


def asked(prompt, **changes):
    return RenderRequest(**{"prompt": prompt, "cast": {}, "seconds": 1.0, **SIZE, "fps": 8, **changes})


def left(folder):
    """What lies in the store that is no input."""
    return [path for path in folder.glob("store/workers/results/**/*") if path.is_file()]


def test_a_film_of_two_workers_one_of_which_is_killed_has_the_bytes_of_one(cluster, workers, folder, tmp_path):
    rex = stock.character("corgi", "walk", 160)
    wanted = asked("@rex walks on the beach", cast={"rex": rex}, seconds=31.0)
    drawing, _ = workers.engines(None)
    killed = threading.Event()

    def look(fraction, stage):
        if fraction > 0.1 and not killed.is_set():  # there are three parts, so that both are at work
            kill(cluster.workers.pop())
            killed.set()

    poster, own_poster = tmp_path / "a.jpg", tmp_path / "b.jpg"
    told = drawing.generate(replace(wanted, poster=poster), tmp_path / "a.mp4", Control(look))
    own = AnimaticEngine().generate(replace(wanted, poster=own_poster), tmp_path / "b.mp4", Control())
    cluster.start_worker()
    assert killed.is_set()
    assert told == own
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert poster.read_bytes() == own_poster.read_bytes()
    inputs = [path.suffix for path in folder.glob("store/workers/inputs/*")]
    assert inputs == [".zip"]  # the cut-out, put there once for three parts
    assert left(folder) == []


def test_a_cut_out_of_a_worker_is_that_of_this_process(workers, footage, tmp_path):
    drawing, _ = workers.engines(None)
    there = drawing.extract(footage, Clip(2, 3), Control())
    here = AnimaticEngine().extract(footage, Clip(2, 3), Control())
    assert there.findings() == here.findings()
    assert [frame.tobytes() for frame in there.frames] == [frame.tobytes() for frame in here.frames]
    nothing = tmp_path / "nothing.mp4"
    nothing.write_bytes(b"no film")
    with pytest.raises(MediaError):
        drawing.extract(nothing, Clip(2, 3), Control())


def test_orders_outlive_the_scheduler_and_none_is_made_twice(
    cluster, held, notes, threads, store, folder, monkeypatch, tmp_path
):
    monkeypatch.setattr(connection, "PATIENCE_SECONDS", 3)
    impatient = Workers.named(f"dask:{cluster.address}", store)  # its connection is given up, and made anew
    engines = [held, impatient.engines(f"held:{notes.folder}")[0]]
    notes.hold()
    words = [f"film{number}" for number in range(5)]
    orders = [
        threads.submit(engines[number % 2].generate, asked(word), tmp_path / f"{word}.mp4", Control())
        for number, word in enumerate(words)
    ]
    until(lambda: len(notes.said("begun")) == 2)
    kill(cluster.scheduler)
    for worker in cluster.workers:
        worker.wait()  # each sees that its scheduler has gone
    assert sorted(notes.said("cancelled")) == sorted(notes.said("begun"))
    until(lambda: impatient.connect()._client.status == "closed")
    assert not any(order.done() for order in orders)
    cluster.workers.clear()
    cluster.start_scheduler()
    cluster.start_worker()
    cluster.start_worker()
    notes.go_on()
    for word, order in zip(words, orders, strict=True):
        assert order.result() == (f"It is about {word}.",)
    assert sorted(notes.said("ended")) == words
    impatient.close()
    made = {(tmp_path / f"{word}.mp4").read_bytes() for word in words}
    assert len(made) == 1  # the engine's films are all alike, and each is whole
    assert left(folder) == []


def test_a_worker_that_dies_costs_its_own_task_alone(cluster, held, notes, threads, folder, tmp_path):
    notes.hold()
    first = threads.submit(held.generate, asked("first"), tmp_path / "1.mp4", Control())
    second = threads.submit(held.generate, asked("second"), tmp_path / "2.mp4", Control())
    until(lambda: len(notes.said("by")) == 2)
    dead = next(worker for worker in cluster.workers if str(worker.pid) == notes.said("by")[0])
    cluster.workers.remove(dead)
    kill(dead)
    cluster.start_worker()
    until(lambda: len(notes.said("begun")) == 3)
    notes.go_on()
    assert {first.result(), second.result()} == {("It is about first.",), ("It is about second.",)}
    assert notes.said("begun")[2] == notes.said("begun")[0]
    assert len(notes.said("ended")) == 2
    assert left(folder) == []


def test_what_a_worker_says_last_before_a_long_silence_is_heard(held, notes, threads, tmp_path):
    notes.hold(quietly=True)
    said = []
    control = Control(lambda fraction, stage: said.append((fraction, stage)))
    order = threads.submit(held.generate, asked("a corgi"), tmp_path / "a.mp4", control)
    until(lambda: (0.5, "held") in said)
    notes.go_on()
    order.result()


def test_who_cancels_stops_the_worker(held, notes, threads, folder, tmp_path):
    notes.hold()
    said = []
    control = Control(lambda fraction, stage: said.append((fraction, stage)))
    order = threads.submit(held.generate, asked("a corgi"), tmp_path / "a.mp4", control)
    until(lambda: (0.5, "held") in said)
    assert said == sorted(said, key=lambda told: told[0])
    control.cancel()
    with pytest.raises(Cancelled):
        order.result()
    until(lambda: notes.said("cancelled") == ["a corgi"])
    assert notes.said("ended") == []
    assert list(tmp_path.glob("*.mp4")) == []
    assert left(folder) == []


def test_who_leaves_takes_his_orders_back(cluster, notes, store, folder, monkeypatch, tmp_path):
    monkeypatch.setenv("SORA_NB_FILES", store)
    monkeypatch.setenv("SORA_NB_WORKERS", f"dask:{cluster.address}")
    notes.hold()
    with Studio(engine=f"held:{notes.folder}", home=tmp_path / "home", progress=False) as studio:
        stopped, left_behind = (studio.submit(word, size="64x64", seconds=1) for word in ("a fox", "a cat"))
        until(lambda: len(notes.said("begun")) == 2)
        assert stopped.cancel()
        until(lambda: notes.said("cancelled") == ["a fox"])
        assert not left_behind.done()
    with pytest.raises(Interrupted):
        left_behind.result()
    until(lambda: len(notes.said("cancelled")) == 2)
    assert left(folder) == []


def test_what_somebody_waits_for_comes_before_experiments(held, notes, threads, tmp_path):
    def order(word, urgency):
        control = Control(lambda _, stage: waits.add(word) if stage == "waiting for its turn" else None)
        control.urgency = urgency
        return threads.submit(held.generate, asked(word), tmp_path / f"{word}.mp4", control)

    waits = set()
    notes.hold()
    orders = [order("one", 3), order("another", 3)]
    until(lambda: len(notes.said("begun")) == 2)
    for number in range(4):
        orders.append(order(f"sweep{number}", 5))
        until(lambda: f"sweep{number}" in waits)  # noqa: B023
    orders.append(order("awaited", 3))
    until(lambda: "awaited" in waits)
    notes.go_on()
    for one in orders:
        one.result()
    assert "awaited" in notes.said("begun")[2:4]  # of what two workers took next


def test_an_engine_that_needs_a_gpu_films_where_there_is_one(cluster, workers, notes, store, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr(connection, "NOBODY_SECONDS", 0.0)
        with pytest.raises(ConfigError, match=r'waiting for a worker with GPU=1 .* --resources "GPU=1"'):
            workers.engines(f"held_on_gpu:{notes.folder}")
    with_gpu = cluster.start_worker("--resources", "GPU=1")
    try:
        monkeypatch.setenv("SORA_NB_FILES", store)
        with Studio(
            engine=f"held_on_gpu:{notes.folder}",
            workers=f"dask:{cluster.address}",
            home=tmp_path / "home",
            progress=False,
        ) as studio:
            films = studio.sweep(["a fox", "a cat"], repeats=2).run()
            assert set(films["status"]) == {"done"}
            assert studio.generate("a corgi", model="sora-2", seconds=1, size="64x64").path.is_file()
        assert len(notes.said("ended")) == 4
        assert set(notes.said("by")) == {str(with_gpu.pid)}
    finally:
        cluster.workers.remove(with_gpu)
        kill(with_gpu)


def test_another_version_is_told_apart(workers, monkeypatch, tmp_path):
    drawing, _ = workers.engines(None)
    monkeypatch.setattr(connection, "version", lambda _: "0.0.1")
    with pytest.raises(ConfigError, match=r"The worker at tcp://.* has sora_nb .*, and this is sora_nb 0\.0\.1\."):
        drawing.generate(asked("a corgi"), tmp_path / "a.mp4", Control())

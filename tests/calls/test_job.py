"""A job is stopped, and taken up again."""

from __future__ import annotations

import asyncio
import re
import threading
from decimal import Decimal
from types import SimpleNamespace

import pytest
from calls.conftest import PAID
from faulty import Faulty, Held
from serving import usage
from tqdm.auto import tqdm
from waiting import until

from sora_nb import background
from sora_nb.calls.job import Job, WaitInterrupted
from sora_nb.engines.draw import render
from sora_nb.errors import Cancelled, GenerationFailed, InvalidInput, NoSubject, WaitTimeout
from sora_nb.models import Clip, State
from sora_nb.providers.base import Ticket
from sora_nb.storage.call import Call
from sora_nb.storage.process_lock import ProcessLock
from sora_nb.studio import Studio

SMALL = {"seconds": 1, "size": "64x64"}


def row_of(studio, job):
    return studio.ledger.call(job.id)


# --- stopping the engine of this process ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["video", "character"])
def test_what_the_engine_works_on_is_stopped_and_costs_nothing(studio, engine, clip, kind):
    engine.hold()
    job = studio.submit("a corgi", **SMALL) if kind == "video" else studio.submit_extract(clip, 0, 2)
    until(lambda: engine.begun)
    assert job.cancel()
    with pytest.raises(Cancelled, match="was cancelled"):
        job.result()
    row = row_of(studio, job)
    assert (row.state, row.charged, row.error) == (
        State.FAILED,
        0,
        "The task was cancelled. The local engine charges nothing.",
    )
    assert engine.cancelled == 1
    assert job.state == "failed"
    assert not job.cancel()
    assert list((studio.home / "incoming").iterdir()) == []


def test_what_waits_for_its_turn_is_stopped_at_once(studio, engine):
    engine.hold()
    first = studio.submit("a corgi", **SMALL)
    until(lambda: engine.begun)
    second, third = (studio.submit("a corgi", **SMALL) for _ in range(2))
    until(lambda: row_of(studio, second).state is State.RUNNING)
    assert second.cancel()
    with pytest.raises(Cancelled):
        second.result()  # while the engine is held at the first
    assert not first.done()
    engine.go_on()
    assert first.result().path.is_file()
    assert third.result().path.is_file()
    assert engine.begun == 2


def test_a_job_is_stopped_before_it_is_sent(hosted, http, monkeypatch):
    studio = hosted()
    gate = threading.Event()
    honest = studio.ledger.change

    def change(*args, **values):
        gate.wait()
        return honest(*args, **values)

    monkeypatch.setattr(studio.ledger, "change", change)
    job = studio.submit("a corgi", **SMALL)
    assert job.cancel()
    gate.set()
    with pytest.raises(Cancelled, match=r"Nothing was sent, nothing was charged"):
        job.result()
    assert row_of(studio, job).charged == 0
    assert usage(http)["video"]["accepted"] == 0


def test_the_engine_renders_no_more_of_a_film_that_is_cancelled(tmp_path, monkeypatch):
    begun = []
    honest = render.draw_segment

    def draw_segment(film, start, end):
        begun.append(start)
        return honest(film, start, end)

    monkeypatch.setattr(render, "draw_segment", draw_segment)
    with Studio("local", home=tmp_path, progress=False) as studio:
        job = studio.submit("a corgi on the beach", seconds=10, size="1280x720")
        until(lambda: begun)
        assert job.cancel()
        with pytest.raises(Cancelled):
            job.result()
        before = len(begun)
        studio.generate("a corgi on the beach", **SMALL)
        assert len(begun) - before == round(1 / render.SEGMENT_SECONDS)  # nothing of the first film among them
        assert max(begun[:before]) < 239
        assert studio.costs()["charged"].tolist() == [0, 0]
        assert len(studio.videos()) == 1


def test_footage_that_is_being_fetched_is_stopped_and_leaves_nothing(studio, engine, clip):
    held = Held(clip.read_bytes(), 20_000)
    with Faulty(held) as web:
        job = studio.submit_extract(f"{web.url}/cat.mp4", 0, 2)
        until(lambda: re.fullmatch(r"fetching the video, \d+ %", job.stage))
        assert repr(job.cancel()) == "Stopped. It costs nothing."
        with pytest.raises(Cancelled, match="Nothing was sent, nothing was charged"):
            job.result()
        until(held.broken.is_set)
    assert (row_of(studio, job).state, row_of(studio, job).charged, engine.begun) == (State.FAILED, 0, 0)
    assert list((studio.home / "incoming").iterdir()) == []


def test_what_waits_and_what_is_worked_on_says_so(studio, engine):
    engine.hold()
    first = studio.submit("a corgi", **SMALL)
    until(lambda: first.stage == "held")
    second = studio.submit("a corgi", **SMALL)
    until(lambda: second.stage == "waiting for its turn")
    assert (first.doing, first.seconds_left) == ("held", None)
    engine.go_on()
    second.result()
    assert second.doing == ""


def test_a_bar_and_a_list_say_the_stage_and_the_seconds_left(studio, engine, monkeypatch, capsys):
    now = [0.0]
    monkeypatch.setattr("sora_nb.calls.job.time", SimpleNamespace(monotonic=lambda: now[0]))
    engine.hold()
    job = studio.submit("a corgi", **SMALL)
    until(lambda: job.stage == "held")
    for now[0] in range(1, 11):
        job._advance(5.0 * now[0], "drawing picture 40 of 80")
    assert job.seconds_left == pytest.approx(10)
    assert job.doing == "drawing picture 40 of 80, about 10 s left"
    assert "drawing picture 40 of 80, about 10 s left" in job._repr_mimebundle_()["text/html"]
    honest = tqdm.refresh

    def refresh(bar, **options):
        honest(bar, **options)
        if "left" in (bar.postfix or ""):
            engine.go_on()

    monkeypatch.setattr(tqdm, "refresh", refresh)
    job.show_progress()
    assert (job.seconds_left, job.doing) == (None, "")
    assert "left" in capsys.readouterr().err


def test_a_wait_that_is_interrupted_says_what_goes_on(studio, engine, monkeypatch):
    engine.hold()
    job = studio.submit("a corgi", **SMALL)
    until(lambda: job.stage == "held")

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(job._future, "result", interrupt)
    monkeypatch.setattr("concurrent.futures.wait", interrupt)
    for wait in (job.result, job.show_progress):
        with pytest.raises(WaitInterrupted) as stopped:
            wait()
        said, how = stopped.value._render_traceback_()
        assert (
            said
            == f"You stopped waiting; the video goes on in the background ({job.progress:.0f} %, {job.stage}), as call {job.id}."
        )
        assert "(free)" in how
    monkeypatch.undo()
    engine.go_on()
    assert job.result().path.is_file()


def test_a_result_that_comes_as_its_wait_is_over_is_returned():
    """The loop is busy from the end of the call until after the wait, so that nobody is told in time."""
    waiting, over = threading.Event(), threading.Event()

    async def start(_):
        await asyncio.to_thread(waiting.wait)
        asyncio.get_running_loop().call_soon(over.wait)
        return "made"

    job = Job(Call(kind="video", profile="local"), start, None)
    threading.Timer(0.1, waiting.set).start()
    try:
        assert job.result(1) == "made"
    finally:
        over.set()


# --- stopping a task of a service -------------------------------------------------------------------------------------------


def accepted(studio, job):
    return until(lambda: row_of(studio, job).task)


def test_a_task_is_deleted_at_its_service_and_settled_by_the_bill(hosted, engine, http):
    engine.hold()
    studio = hosted(budget=1)
    job = studio.submit("a corgi", **SMALL)
    task = accepted(studio, job)
    said = job.cancel()
    assert said
    assert repr(said).startswith("Stopped. paid may bill what it has done so far (list price $0.30)")
    with pytest.raises(Cancelled, match="cancelled at the service"):
        job.result()
    assert http.get(f"/v1/videos/{task}").status_code == 404
    row = row_of(studio, job)
    assert (row.state, row.charged) == (State.FAILED, None)
    assert studio.budget.reserved == Decimal("0.3")  # nobody knows yet whether it is billed
    studio.settle(job, charged="0.15")
    assert row_of(studio, job).charged == 150_000
    assert (studio.budget.spent, studio.budget.reserved) == (Decimal("0.15"), 0)


def test_a_film_that_is_ready_is_not_deleted_any_more(hosted, engine, http):
    """DELETE takes the film of a task that has ended, and it is paid for."""
    engine.hold()
    studio = hosted()
    job = studio.submit("a corgi", **SMALL)
    task = accepted(studio, job)
    engine.go_on()
    video = job.result()
    assert repr(studio.job(job.id).cancel()) == "The video has ended already."
    assert not background.run(lambda: studio.provider.cancel("k", Ticket(id=task)))
    assert http.get(f"/v1/videos/{task}").status_code == 200
    assert video.path.is_file()


def test_a_service_that_cannot_stop_a_task_goes_on(hosted, engine):
    engine.hold()
    studio = hosted(PAID.model_copy(update={"cancels": False}))
    job = studio.submit("a corgi", **SMALL)
    accepted(studio, job)
    said = job.cancel()
    assert not said
    assert "paid cannot stop what it has accepted: that goes on there, is billed (list price $0.30)" in said.words
    engine.go_on()
    assert job.result().path.is_file()
    assert row_of(studio, job).charged == 300_000


def test_only_an_unknown_charge_is_settled_and_only_with_an_amount(hosted, engine):
    studio = hosted()
    studio.generate("a corgi", **SMALL)
    ident = studio.costs()["id"][0]
    for call, charged, words in (
        (ident, 0, r"charged is known: \$0.30"),
        ("nothing", 0, "no call 'nothing'"),
        (ident, "cheap", "not an amount"),
        (ident, -1, "amount"),
    ):
        with pytest.raises(InvalidInput, match=words):
            studio.settle(call, charged=charged)
    assert studio.costs()["charged"].tolist() == [0.3]


def test_a_call_under_way_is_not_settled(studio, engine):
    """Its own end would write another charge over the one from the bill."""
    engine.hold()
    job = studio.submit("a corgi", **SMALL)
    with pytest.raises(InvalidInput, match="under way"):
        studio.settle(job, charged="0.15")
    engine.go_on()
    job.result()
    assert row_of(studio, job).state is State.DONE


def left(studio, owner="", **values):
    """A call that holds money, whose kernel has ended."""
    service = studio._session.service
    common = {"profile": service.provider, "base_url": service.base_url, "reserved": 150_000, "owner": owner}
    plain = {"kind": "video", "model": "animatic", "prompt": "a corgi", "seconds": 1, "size": "64x64"}
    return studio.ledger.add(Call(**common | plain | values))


@pytest.mark.parametrize("kind", ["video", "character"])
@pytest.mark.parametrize("state", [State.UNKNOWN, State.SENT, State.RUNNING])
def test_what_resume_cannot_end_is_ended_by_the_bill(hosted, kind, state, monkeypatch):
    """Of any kind: one whose create was lost, and one whose task its service has forgotten."""
    studio = hosted()
    made_of = {"clip": Clip(0, 1), "source": "task:video_1"} if kind == "character" else {}
    task = {"task": "gone_1", "answer": {"id": "gone_1"}} if state is State.RUNNING else {}
    call = left(studio, kind=kind, state=state, **made_of, **task)

    async def missing(*_):
        raise WaitTimeout("The service no longer knows this task.")

    async def nothing(*_):
        return None

    def unreadable(*_):
        raise ValueError("it has no usable name")

    monkeypatch.setattr(studio.provider, "wait", missing)
    monkeypatch.setattr(studio.provider, "find", nothing)
    monkeypatch.setattr(studio.provider, "read_character", unreadable)
    if state is not State.UNKNOWN:
        with pytest.raises(InvalidInput, match=r"has not ended.*studio.resume\(\) first"):
            studio.settle(call, charged=0)
    (told,) = studio.resume().to_dict("records")
    assert told["now"] in {"running", "unknown"}
    assert "studio.settle(id, charged=...)" in told["note"]
    assert str(studio.budget.reserved) == "0.15"
    studio.settle(told["id"], charged="0.02")
    assert (str(studio.budget.reserved), str(studio.budget.spent)) == ("0", "0.02")
    assert studio.resume().empty
    assert studio.costs()["status"].tolist() == ["failed"]


def test_a_call_of_a_service_that_cannot_be_asked_any_more_is_settled(hosted):
    studio = hosted()
    call = left(studio, profile="gone", base_url="https://gone.example", state=State.RUNNING, task="video_1")
    (told,) = studio.resume().to_dict("records")
    assert "it was sent to gone" in told["note"]
    studio.settle(call, charged=0)
    assert studio.unfinished() == []


def test_a_call_that_another_kernel_works_on_is_not_settled(hosted):
    studio = hosted()
    other = ProcessLock(studio.home / "kernels")
    call = left(studio, other.id, state=State.RUNNING, task="video_1")
    with pytest.raises(InvalidInput, match="Another kernel works on this call"):
        studio.settle(call, charged=0)
    unknown = left(studio, other.id, state=State.UNKNOWN)
    studio.settle(unknown, charged=0)
    other.close()
    with pytest.raises(InvalidInput, match=r"studio\.resume"):
        studio.settle(call, charged=0)


# --- taking a call up again -------------------------------------------------------------------------------------------------


def test_a_running_job_is_the_same_object_and_a_finished_one_has_its_video(studio, engine):
    engine.hold()
    job = studio.submit("a corgi", **SMALL)
    assert studio.job(job.id) is job
    engine.go_on()
    video = job.result()
    ident = job.id
    del job
    again = studio.job(ident)
    assert again.result().path == video.path
    assert (again.kind, again.prompt, again.state, again.progress) == ("video", "a corgi", "done", 100)


def test_a_job_that_is_asked_for_as_soon_as_its_row_is_written_is_that_of_the_call(studio, engine, monkeypatch):
    """An app shows a row that it sees in the ledger, with a button that stops it."""
    runner = studio._session.jobs.runner
    plan, threads, found = runner.plan, [], []

    def planned(*given):
        call = plan(*given)
        asking = threading.Thread(target=lambda: found.append(studio.job(call.id)))
        threads.append(asking)
        asking.start()
        asking.join(0.5)  # it waits for the job, which is not here before this returns
        return call

    monkeypatch.setattr(runner, "plan", planned)
    engine.hold()
    job = studio.submit("a corgi", **SMALL)
    threads[0].join()
    assert found == [job]
    assert job.cancel()
    with pytest.raises(Cancelled):
        job.result()


def test_a_finished_character_is_there_again_after_a_restart(studio, engine, clip):
    hero = studio.extract(clip, 0, 2)
    ident = studio.costs()["id"][0]
    with Studio("local", engine=engine, home=studio.home, progress=False) as later:
        assert later.job(ident).result() == hero


def test_a_job_that_failed_says_why_once_more(studio, engine, monkeypatch, clip):
    def nobody(*_):
        raise NoSubject("Nobody stands out in these seconds.")

    monkeypatch.setattr(engine, "extract", nobody)
    job = studio.submit_extract(clip, 0, 2)
    with pytest.raises(NoSubject):
        job.result()
    later = Studio("local", home=studio.home, progress=False)
    with later, pytest.raises(GenerationFailed, match="Nobody stands out"):
        later.job(job.id).result()


def test_an_id_that_no_call_has_is_refused(studio):
    with pytest.raises(InvalidInput, match=r"no call 'abc' in this ledger.*studio\.costs\(\)"):
        studio.job("abc")


def test_a_task_that_runs_at_its_service_is_waited_for_by_the_next_studio(hosted, engine):
    engine.hold()
    first = hosted()
    job = first.submit("a corgi", **SMALL)
    accepted(first, job)
    first.close()
    later = hosted().job(job.id)
    assert later.state == "running"
    engine.go_on()
    assert later.result().path.is_file()
    assert hosted().costs()["charged"].tolist() == [0.3]

import pytest
import wire as wires

from sora_nb.notebook.widgets._search import PAGE
from sora_nb.notebook.widgets.job_list import JobList


def test_a_job_is_added_on_top_and_changed_in_place():
    jobs = JobList()
    jobs.show("a", "a corgi", "running", percent=10.4)
    jobs.show("b", "a cat", "waiting")
    jobs.show("a", "a corgi", "done", percent=100)
    assert [(job["key"], job["state"], job["percent"]) for job in jobs.jobs] == [
        ("b", "waiting", None),
        ("a", "done", 100),
    ]
    assert repr(jobs) == "JobList(2 jobs, 1 running)"
    assert "done: a corgi" in jobs._still()


def test_the_page_has_the_newest_and_is_told_of_the_others():
    jobs = JobList()
    for number in range(PAGE + 20):
        jobs.show(str(number), "a corgi", "unknown")
    assert [job["key"] for job in jobs.jobs[:2]] == ["119", "118"]
    assert (len(jobs.jobs), jobs.earlier) == (PAGE, 20)
    jobs.show("3", "a corgi", "running")
    assert repr(jobs) == "JobList(120 jobs, 1 running)"


def test_the_button_and_looking_up_call_back():
    jobs, calls = JobList("Make a character"), []
    jobs.on_action(lambda widget: calls.append(widget.action))
    jobs.on_resume(lambda widget: calls.append("resume"))
    wires.custom(jobs, {"kind": "action"})
    wires.custom(jobs, {"kind": "resume"})
    assert calls == ["Make a character", "resume"]


def test_a_press_is_answered_before_it_counts(wire):
    jobs, calls = JobList("Make a character"), []
    jobs.on_action(lambda widget: calls.append(widget.action))
    wires.custom(jobs, {"kind": "press"})
    assert (calls, [content for content, _ in wire.customs(jobs)]) == ([], [{"kind": "pressed"}])


def test_only_a_job_that_can_be_stopped_is(wire):
    jobs, stopped = JobList(), []
    jobs.on_cancel(lambda widget, key: stopped.append(key))
    jobs.show("a", "a corgi", "running", percent=12.3, stage="looking for faces, about 8 s left", stakes="")
    jobs.show("b", "a cat", "running", stakes="kling may bill it.")
    jobs.show("c", "a dog", "running")
    jobs.show("d", "a fox", "done", stakes="")
    for key in "abcde":
        wires.custom(jobs, {"kind": "cancel", "key": key})
    assert stopped == ["a", "b"]
    shown = {job["key"]: job for job in jobs.jobs}
    assert (shown["a"]["percent"], shown["a"]["stage"]) == (12, "looking for faces, about 8 s left")
    assert [shown[key]["stakes"] for key in "abcd"] == ["", "kling may bill it.", None, None]


def test_a_remark_stays_until_the_job_has_ended():
    jobs = JobList()
    jobs.show("a", "a corgi", "running", stakes="It is billed.")
    jobs.remark("a", "Not stopped.")
    assert jobs.jobs[0]["note"] == "Not stopped."
    jobs.show("a", "a corgi", "running", percent=50, stakes="It is billed.")
    assert jobs.jobs[0]["note"] == "Not stopped."
    jobs.show("a", "a corgi", "done")
    assert jobs.jobs[0]["note"] == ""
    jobs.remark("gone", "Not stopped.")


def test_a_state_nobody_knows_is_a_mistake_of_the_caller():
    with pytest.raises(AssertionError, match="finished"):
        JobList().show("a", "a corgi", "finished")


def test_texts_from_outside_are_cleaned():
    jobs = JobList()
    jobs.show("a", "\u202ea corgi\u200b" + "x" * 500, "failed", note="no\x00thing")
    assert jobs.jobs[0]["label"].startswith("a corgixxx")
    assert len(jobs.jobs[0]["label"]) == 120
    assert jobs.jobs[0]["note"] == "nothing"

from waiting import until

from sora_nb.notebook.widgets.job_list import JobList


def full():
    jobs = JobList("Make a character", note="free here; list price $0.01")
    jobs.show("a", "character from 1-3 s of bigbuckbunny.mp4", "done", note="@carlo.meadow")
    jobs.show(
        "b", "a corgi barista pours latte art, cosy coffee shop, and so on and on and on" * 2, "running", percent=42
    )
    jobs.show("c", "a fox in the forest", "unknown", note="The answer never came.")
    jobs.show("d", "a cat on stage", "failed", note="local could not make the video. Nothing was charged.")
    jobs.show("e", "a robot", "waiting")
    return jobs


def test_states_are_told_in_words_and_the_button_works_by_keyboard(stage):
    jobs, calls = full(), []
    jobs.on_action(lambda widget: calls.append("action"))
    jobs.on_resume(lambda widget: calls.append("resume"))
    view = stage.show(jobs)
    view.get_by_text("may have been billed").wait_for()
    assert view.get_by_role("progressbar", name="a corgi barista").get_attribute("value") == "42"
    view.get_by_role("button", name="Make a character").press("Enter")
    until(lambda: stage.page.evaluate("true") and calls == ["action"])  # it waits for the kernel's answer first
    view.get_by_role("button", name="Look it up").press("Space")
    until(lambda: stage.page.evaluate("true") and calls == ["action", "resume"])
    jobs.show("b", "a corgi", "done", note="3 s")
    view.get_by_role("status").get_by_text("a corgi: done. 3 s").wait_for(state="attached")
    assert stage.violations() == []


def test_in_the_app_many_jobs_scroll_by_keys(stage):
    view = stage.show(full())
    jobs = view.get_by_role("list", name="Jobs")
    assert jobs.get_attribute("tabindex") == "-1"
    stage.page.evaluate("document.querySelector('main').classList.add('sora-app')")
    stage.page.wait_for_function("(jobs) => jobs.tabIndex === 0", arg=jobs.element_handle())
    assert jobs.bounding_box()["height"] < 200
    jobs.press("End")
    stage.page.wait_for_function("(jobs) => jobs.scrollTop > 100", arg=jobs.element_handle())
    assert stage.violations() == []


def test_dark(dark_stage):
    dark_stage.show(full())
    assert dark_stage.violations() == []

"""Widgets say what became of their kernel, in a real JupyterLab and Notebook 7: restarted, died, busy, out of reach."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from waiting import until

APP = "from sora_nb import Studio\nstudio = Studio(progress=False, home={home!r})\napp = studio.app()\napp"
ALONE = "from sora_nb.notebook.widgets.cost_meter import CostMeter\nCostMeter(spent=1, table=studio.costs)"
RESTARTED = "The kernel was restarted. Run this cell again; nothing is lost."
UNKNOWN = "The kernel does not know this any more. Run this cell again; nothing is lost."


def shown(notebook, tmp_path):
    """Show the app and a widget alone, and wait until both can be used."""
    places = [notebook.output(notebook.run(source)) for source in (APP.format(home=str(tmp_path)), ALONE)]
    for place in places:
        place.get_by_role("button", name="Show calls").wait_for()
        expect(place.locator(".sora-notice")).to_have_count(0)
    return places


def dead(places, words):
    """Whether widgets say so, and can do nothing any more; how soon is tried with a clock of its own: tests/js/alive.test.js."""
    for place in places:
        expect(place.locator(".sora-notice")).to_have_text(words)
        expect(place.locator("button:enabled, input:enabled, textarea:not([readonly])")).to_have_count(0)


def process(notebook):
    """Return which process the kernel is by now, as it signs its answers; "" while none answers."""
    return notebook.look(
        "Promise.race([panel.sessionContext.session?.kernel?.requestKernelInfo().then((reply) => reply.header.session),"
        " new Promise((over) => setTimeout(over, 3000))]).then((name) => name ?? '', () => '')"
    )


def free(notebook, before):
    """Wait until another process than the one before answers, the notebook is idle, and no dialog is in the way."""
    until(lambda: process(notebook) not in {"", before})
    for button in notebook.page.locator(".jp-Dialog button.jp-mod-accept").all():
        button.click()
    notebook.ready()


def test_a_busy_kernel_that_another_page_restarts_is_told_of_where_nobody_presses(notebook, tmp_path):
    places = shown(notebook, tmp_path)
    answers = []  # of the server, which is asked at each beat while the kernel owes an answer
    page = notebook.page
    page.on("response", lambda answer: answers.append(answer.status) if "/processes/" in answer.url else None)
    before = process(notebook)
    notebook.start("import time; time.sleep(600)")
    other = page.context.new_page()
    other.goto(page.url)
    kernel = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"
    ident = notebook.look("panel.sessionContext.session.kernel.id")
    other.wait_for_function(f"() => {kernel}?.id === {ident!r} && {kernel}.connectionStatus === 'connected'")
    with page.expect_response("**/processes/*"):
        pass
    for place in places:
        expect(place.locator(".sora-notice")).to_have_count(0)

    # a front end that hears of the restart first would tell of it by itself
    page.evaluate(f"() => Object.defineProperty({kernel}, 'status', {{ value: 'busy', configurable: true }})")
    other.evaluate(f"() => {kernel}.restart()")
    dead(places, RESTARTED)
    assert answers == sorted(answers)  # once it is gone it is told, and nobody asks any more
    assert set(answers) == {204, 410}
    page.evaluate(f"() => delete {kernel}.status")
    other.close()
    free(notebook, before)


def test_a_widget_whose_thread_is_slow_to_answer_is_not_given_up(notebook):
    """Messages to widgets have a thread of their own, which may be slower than the one that says that the kernel is there."""
    slow = "meter.handle('ping', lambda *_: (time.sleep(4), meter.send({'kind': 'pong'})))"
    source = f"import time\n{ALONE.replace('CostMeter(spent', 'meter = CostMeter(spent')}\n{slow}\nmeter"
    meter = notebook.output(notebook.run(f"from sora_nb import Studio\nstudio = Studio(progress=False)\n{source}"))
    show = meter.get_by_role("button", name="Show calls")
    show.wait_for()
    assert process(notebook)
    notebook.page.wait_for_timeout(2000)
    show.click()
    expect(meter.get_by_text("What you do here is done when that has ended.")).to_be_visible()
    expect(meter.locator(".sora-notice")).to_have_count(0)
    expect(meter.get_by_role("button", name="Hide calls")).to_be_enabled()


def test_a_kernel_that_is_gone_is_told_of_and_a_busy_one_is_not(notebook, tmp_path):
    app, alone = shown(notebook, tmp_path)

    busy = notebook.start("import time; time.sleep(6); print('slept')")
    notebook.page.wait_for_timeout(1000)
    alone.get_by_role("button", name="Show calls").click()
    app.get_by_role("button", name="Show calls").click()
    notebook.page.wait_for_timeout(4000)
    for place in (app, alone):
        expect(place.get_by_text(re.compile("restarted|ended|not know"))).to_have_count(0)
        expect(place.get_by_role("button", name="Hide calls")).to_be_enabled()
    assert notebook.finish(busy) == "slept\n"
    for place in (app, alone):
        expect(place.locator(".sora-notice")).to_have_count(0)
        place.get_by_text("No calls yet.").wait_for()

    notebook.run("import comm; comm.get_comm_manager().comms.clear()")
    alone.get_by_role("button", name="Hide calls").click()
    dead([alone], UNKNOWN)

    app, alone = shown(notebook, tmp_path)
    before = process(notebook)
    notebook.look("panel.sessionContext.session.kernel.restart()")
    dead([app, alone], RESTARTED)
    free(notebook, before)

    app, alone = shown(notebook, tmp_path)
    before = process(notebook)
    notebook.start("import os; os._exit(1)")
    dead([app, alone], RESTARTED)
    free(notebook, before)

    app, alone = shown(notebook, tmp_path)
    before = process(notebook)
    ident = notebook.look("panel.sessionContext.session.kernel.id")
    notebook.server.call("POST", f"kernels/{ident}/restart")  # as another page does, of which this one may hear nothing
    dead([app, alone], re.compile(f"{re.escape(RESTARTED)}|{re.escape(UNKNOWN)}"))
    free(notebook, before)

    app, alone = shown(notebook, tmp_path)
    notebook.look("panel.sessionContext.session.kernel.shutdown()")
    dead([app, alone], "The kernel has ended. Start it, then run this cell again; nothing is lost.")

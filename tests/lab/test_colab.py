"""Colab, as far as it can be had here: its package versions, and its module that decides which widgets are shown."""

from __future__ import annotations

import colab
import kernel as kernels
import pytest
import sets
import showcase
from conftest import FOOTAGE

VIEW = "application/vnd.jupyter.widget-view+json"
SHOWN_BY_COLAB = {VIEW: {"colab": {"custom_widget_manager": {"url": colab.MANAGER}}}}


@pytest.fixture(scope="module")
def kernel(environments, tmp_path_factory):
    with kernels.start(sets.python("colab", environments), tmp_path_factory.mktemp("colab")) as running:
        running.run("import colab; output = colab.install(); import showcase")
        yield running


@pytest.mark.parametrize("widget", showcase.names())
def test_a_widget_that_is_the_value_of_a_cell_says_who_shows_it(kernel, widget):
    assert kernel.run(f"showcase.make({widget!r})").about[0] == SHOWN_BY_COLAB


def test_so_does_the_app(kernel):
    kernel.run("from sora_nb import Studio; studio = Studio(progress=False)")
    seen = kernel.run("studio.app()")
    assert seen.about[0] == SHOWN_BY_COLAB
    assert seen.shown[0]["text/plain"] == "App(0 characters, 0 videos)"


def test_the_loop_runs_there(kernel):
    kernel.run(f"hero = studio.extract({str(FOOTAGE)!r}, 2, 4)", seconds=120)
    (card,) = kernel.run("hero").shown
    assert "data:image/jpeg;base64," in card["text/html"]
    kernel.run("made = studio.generate(f'{hero} dances', seconds=4, size='320x176')", seconds=120)
    assert kernel.value("studio.costs()['status'].tolist()") == ["done", "done"]
    kernel.run("studio.close()")

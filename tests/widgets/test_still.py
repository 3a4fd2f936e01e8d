"""What stands for a widget in a saved notebook, and how it is kept up to date."""

from __future__ import annotations

import threading
import weakref

import pytest
from waiting import until

from sora_nb.notebook.widgets import _still
from sora_nb.notebook.widgets._still import Still
from sora_nb.notebook.widgets.question import Question


class Published:
    """What went to the page: data, and about the stills, which output it is and whether that is changed."""

    def __init__(self):
        self.all = []

    def __call__(self, data, metadata=None, *, transient=None, update=False):
        self.all.append((data, metadata, transient, update))

    @property
    def stills(self):
        return [data["text/html"] for data, _, transient, _ in self.all if transient]


@pytest.fixture
def published(monkeypatch):
    made = Published()
    monkeypatch.setattr(_still, "publish_display_data", made)
    monkeypatch.setattr(_still, "_shown", weakref.WeakSet())
    return made


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(_still, "PAUSE", 0.01)


def test_a_widget_leaves_a_second_output_and_nothing_of_it_in_its_own(published):
    question = Question("Your name?")
    question._ipython_display_()
    (data, _, transient, _), (still, _, named, update) = published.all
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert transient is None
    assert not update
    assert set(named) == {"display_id"}
    assert question._still_class == question.still.name
    assert f'class="sora-still {question.still.name}"' in still["text/html"]


def test_it_is_filled_when_the_cell_ends_and_follows_what_changes(published):
    question = Question("Your name?")
    question._ipython_display_()
    _still.settle()
    assert "Your name?" in published.stills[-1]
    question.value = "<Ada>"
    until(lambda: "&lt;Ada&gt;" in published.stills[-1])
    updates = [update for _, _, transient, update in published.all if transient]
    assert (updates[0], set(updates[1:])) == (False, {True})
    assert len({str(transient) for _, _, transient, _ in published.all if transient}) == 1


def test_what_shows_the_same_is_not_sent_again(published):
    question = Question("Your name?")
    question._ipython_display_()
    _still.settle()
    count = len(published.all)
    question.problem = "not shown in a still"
    _still.settle()
    assert len(published.all) == count


def test_a_widget_that_is_not_shown_sends_nothing(published):
    question = Question("Your name?")
    question.value = "Ada"
    _still.settle()
    assert published.all == []


def test_shown_twice_it_is_one_still_in_two_places(published):
    question = Question("Your name?")
    for _ in range(2):
        question._ipython_display_()
        _still.settle()
    assert len({transient["display_id"] for _, _, transient, _ in published.all if transient}) == 1
    assert "Your name?" in published.stills[-1]


def test_a_still_that_cannot_be_read_is_left_as_it_was(published):
    said = ["first"]
    still = Still(lambda: said[0])
    still.show({}, {})
    _still.settle()
    said.clear()
    still.changed()
    _still.settle()
    assert "first" in published.stills[-1]
    said.append("second")
    still.changed()
    until(lambda: "second" in published.stills[-1])


def test_the_end_of_a_cell_does_not_wait_for_ever(published, monkeypatch):
    monkeypatch.setattr(_still, "PATIENCE", 0.05)
    enough = threading.Event()
    still = Still(lambda: "late" if enough.wait() else "")
    still.show({}, {})
    _still.settle()
    assert "late" not in published.stills[-1]
    enough.set()
    until(lambda: "late" in published.stills[-1])


def test_the_mimebundle_of_other_hosts_has_the_still_itself():
    bundle, _ = Question("Your name?")._repr_mimebundle_()
    assert "Your name?" in bundle["text/html"]

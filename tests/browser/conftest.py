from pathlib import Path

import parts
import pytest
import wire as wires
from conftest import FOOTAGE
from stage import Stage


def pytest_collection_modifyitems(items):
    parts.mark(items, Path(__file__).parent, "release")


@pytest.fixture
def footage():
    """The real one, whose pixels count here."""
    return FOOTAGE


@pytest.fixture
def wire(monkeypatch):
    return wires.install(monkeypatch)


@pytest.fixture
def stage(browser, wire):
    """A page to show widgets on; the test fails where the page reported an error."""
    page = browser.new_page(viewport={"width": 900, "height": 700})
    made = Stage(page, wire)
    yield made
    made.close()
    assert made.errors == []


@pytest.fixture
def dark_stage(browser, wire):
    page = browser.new_page(viewport={"width": 900, "height": 700})
    made = Stage(page, wire, dark=True)
    yield made
    made.close()
    assert made.errors == []

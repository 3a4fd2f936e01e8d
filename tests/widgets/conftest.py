import pytest
import wire as wires
from conftest import FOOTAGE


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    """The page that the widgets of a test talk to."""
    return wires.install(monkeypatch)


@pytest.fixture
def footage():
    """The real one, whose pixels count here."""
    return FOOTAGE

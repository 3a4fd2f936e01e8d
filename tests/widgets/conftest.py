import pytest
import wire as wires


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    """The page that the widgets of a test talk to."""
    return wires.install(monkeypatch)

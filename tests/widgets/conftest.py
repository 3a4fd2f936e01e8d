import pytest
import wire as wires
from conftest import FOOTAGE

from sora_nb import offers


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    """The page that the widgets of a test talk to."""
    return wires.install(monkeypatch)


@pytest.fixture
def footage():
    """The real one, whose pixels count here."""
    return FOOTAGE


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A Jupyter server of this user, which hands out films."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    made = offers.Served(offers.folder())
    yield made
    made.close()

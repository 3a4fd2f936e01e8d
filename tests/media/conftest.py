import muxing
import pytest
from film_kinds import KINDS


@pytest.fixture(scope="session")
def film_of(tmp_path_factory):
    """Make a film of a kind, by its name; each once."""
    folder = tmp_path_factory.mktemp("films")
    made = {}

    def film(name):
        if name not in made:
            made[name] = muxing.measured(KINDS[name], folder)
        return made[name]

    return film

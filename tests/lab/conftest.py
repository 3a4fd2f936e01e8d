import os
from pathlib import Path

import lab
import parts
import pytest


def pytest_collection_modifyitems(items):
    parts.mark(items, Path(__file__).parent, "release")


@pytest.fixture(scope="session")
def environments(pytestconfig):
    """Where environments are kept from one session to the next."""
    kept = os.environ.get("SORA_NB_TEST_VENVS")
    return Path(kept) if kept else pytestconfig.cache.mkdir("environments")


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory):
    """One server with both front ends for all tests."""
    with lab.serve(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="module")
def open_notebook(browser):
    """Open a notebook in a page of its own; nothing may go wrong in its widgets, nor be fetched from elsewhere."""
    opened = []

    def make(server, app, name, cells=()):
        context = browser.new_context(viewport={"width": 1200, "height": 950})
        opened.append(lab.Notebook(context.new_page(), server, app, name, cells))
        return opened[-1]

    yield make
    for notebook in opened:
        notebook.page.context.close()
    assert [notebook.errors + notebook.foreign for notebook in opened] == [[]] * len(opened)


@pytest.fixture(scope="module", params=lab.APPS)
def notebook(request, open_notebook, jupyter):
    """A notebook in each front end; the tests of a file add cells to it."""
    tested = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    return open_notebook(jupyter, request.param, f"{tested}-{request.param}.ipynb")

"""The documentation site: built strictly, whole, and read without asking anybody else for anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sora_nb

pytestmark = pytest.mark.release
ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "notebooks" / "guide"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built where its sources are copied to, from another folder."""
    built = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", GUIDE / "mkdocs.yml", "-d", built / "site"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    said = subprocess.run(command, cwd=built, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr[-3000:]
    assert [path.name for path in built.iterdir()] == ["site"]
    yield built / "site"
    shutil.rmtree(built)


def test_every_public_name_is_in_the_reference(site):
    pages = {path.stem: path.read_text(encoding="utf-8") for path in GUIDE.glob("reference/*.md")}
    named = [name for text in pages.values() for name in re.findall(r"^::: sora_nb\.(\w+)$", text, re.MULTILINE)]
    assert sorted(named) == sora_nb.__all__
    shown = "".join((site / "guide/reference" / page / "index.html").read_text(encoding="utf-8") for page in pages)
    for name in named:
        assert f'id="sora_nb.{name}"' in shown
        summary = getattr(sora_nb, name).__doc__.splitlines()[0]
        assert re.split(r"[`\"'<>&]", summary)[0] in shown


def test_notebooks_have_their_pictures(site):
    for path in sorted(GUIDE.parent.glob("*.ipynb")):
        page = (site / path.stem / "index.html").read_text(encoding="utf-8")
        assert "data:image/" in page or "data:video/mp4;base64," in page


def test_a_page_asks_nobody_else_and_shows_no_notes_of_the_tests(site, browser):
    """Neither for fonts nor for scripts, nor how many stars the repository has."""
    for page in ("index.html", "01_quickstart/index.html", "guide/reference/studio/index.html"):
        tab, foreign = browser.new_page(), []
        tab.on("request", lambda request, foreign=foreign: foreign.append(request.url))
        tab.goto((site / page).as_uri())
        tab.wait_for_timeout(300)
        assert not any(tag.is_visible() for tag in tab.get_by_text("nbval").all())
        tab.close()
        assert [url for url in foreign if not url.startswith(("file:", "data:", "blob:"))] == []


def test_the_address_of_the_repository_is_the_project_s(site):
    address = re.search(r'^Repository = "(.*?)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)[
        1
    ]
    assert f'href="{address}"' in (site / "index.html").read_text(encoding="utf-8")
    assert address not in "".join(
        path.read_text(encoding="utf-8") for path in GUIDE.rglob("*.*") if path.is_file() and path.suffix != ".pyc"
    )

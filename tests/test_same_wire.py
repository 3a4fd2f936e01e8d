"""The wire is the same job: in this process and against `sora-nb serve`, the same films to the last pixel and the same tables.

Nothing is changed but the environment, which names the server; the guide's page on the command line says how.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import FOOTAGE
from marked_cells import compare

from sora_nb.media.video import frames
from sora_nb.studio import Studio

pytestmark = [pytest.mark.release, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "notebooks/guide/command_line.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OWN_ENGINE = {"06_your_gpu"}
"""Those that film with an engine of their own kernel, which stands beside no server."""
NEW_EACH_TIME = ["id", "time", "file", "sha256"]


@pytest.fixture
def served(tmp_path):
    """What the guide tells a studio to speak to a server by: one in a process of its own, which has made nobody yet."""
    (line,) = re.findall(r"```bash\n(SORA_NB_PROFILE=.*) jupyter lab ", GUIDE)
    command = [sys.executable, "-m", "sora_nb", "serve", "--port", "0", "--home", tmp_path / "server"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        address = re.search(r"http://\S+", server.stdout.readline())[0]
        yield dict(part.split("=") for part in line.replace("http://127.0.0.1:8765", address).split())
        server.terminate()


def pictures(film):
    """The hash of a film's pictures."""
    found = hashlib.sha256()
    for frame in frames(film):
        found.update(frame.rgb.tobytes())
    return found.hexdigest()


def kept(home, base_url):
    """What a home holds in the end: hashes of films' pictures, characters with hashes of their files, the table of calls.

    A film's title has a character's name at the service, which may be another than its name in the library.

    Every call must have gone to the address meant. Films of other services are left out: those were shown pictures of a
    character, which are drawn from its sprite where it was made in this process, and from its clip elsewhere.
    """
    with Studio("local", home=home) as studio:
        calls = studio.ledger.calls()
        assert {call.base_url for call in calls if call.profile == "local"} <= {base_url}
        films = [pictures(video.path) for video in studio.ledger.videos() if video.profile == "local"]
        people = [
            (str(who), who.display_name, who.avatar_sha256, who.clip_sha256) for who in studio.ledger.characters.all()
        ]
        costs = studio.costs().drop(columns=NEW_EACH_TIME)
        return films, people, costs.to_csv()


def test_the_loop_of_the_readme(served, tmp_path):
    (loop, *_) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)

    def run(name, **environment):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(FOOTAGE, folder / "my cat.mov")
        home = folder / "home"
        variables = {**os.environ, "PYTHONPATH": str(ROOT), "SORA_NB_HOME": str(home), **environment}
        subprocess.run([sys.executable, "-W", "error", "-c", loop], cwd=folder, env=variables, check=True)
        return kept(home, environment.get("SORA_NB_BASE_URL", ""))

    here = run("here")
    assert len(here[0]) == len(here[1]) == 1
    assert run("there", **served) == here


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_marked_cells_say_the_same(path, served, tmp_path):
    """In a folder and with a home of its own, since it writes files and reads its ledger."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]

    def run(name, **environment):
        folder = tmp_path / name
        folder.mkdir()
        said = compare(Path(shutil.copy(path, folder)), folder / "home", **environment)
        assert said.returncode == 0, said.stdout[-3000:] + said.stderr[-2000:]
        assert f"{len(cells)} passed" in said.stdout
        return kept(folder / "home", environment.get("SORA_NB_BASE_URL", ""))

    here = run("here")
    assert here[0]
    if path.stem not in OWN_ENGINE:
        assert run("there", **served) == here

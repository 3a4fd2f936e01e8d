"""README and guide are executed: their Python, each page in a session of its own, and their commands as they are typed."""

from __future__ import annotations

import doctest
import importlib
import io
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from conftest import FOOTAGE, KEY
from quick import QuickEngine
from traitlets import MetaHasTraits
from typer.testing import CliRunner

import sora_nb
from sora_nb import cli, media
from sora_nb.server.server import LocalServer

pytestmark = pytest.mark.release

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "notebooks" / "guide"
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "notebooks" / "README.md", *sorted(GUIDE.rglob("*.md"))]


def name(page):
    return str(page.relative_to(ROOT))


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


# the README's own is run by test_same_wire.py, both ways; that of engines.md by engines/test_comfyui.py, with a stand-in
ELSEWHERE = {README, GUIDE / "engines.md"}


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ELSEWHERE and blocks(page, "python")], ids=name)
def test_the_python_of_a_page_runs_in_one_session(page, tmp_path):
    """With the real engine and server, in a fresh folder, from the first line to the last."""
    script = "\n".join([*blocks(page, "python"), "print('the end')"])
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SORA_NB_HOME": str(tmp_path / "home")}
    said = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr[-3000:]
    assert said.stdout.endswith("the end\n")
    for shown in re.findall(r"# (There is no [^.]*\.[^.]*\.[^.]*), \.\.\.$", script, re.MULTILINE):
        assert shown in said.stdout


def test_the_readme_is_short():
    assert README.stat().st_size <= 7_000
    pictures = re.findall(r"\]\((notebooks/pictures/[^)]+)\)", README.read_text(encoding="utf-8"))
    assert pictures == ["notebooks/pictures/hero.webp", "notebooks/pictures/app.jpg"]
    assert (ROOT / pictures[0]).stat().st_size <= 1_500_000


def test_the_formats_of_the_readme_are_those_of_the_table():
    rows = [[cell.strip() for cell in row.split("|")] for row in table("formats.md", "formats").splitlines()]
    read = {(re.match(r"\w+", row[1])[0], row[-2] == "yes") for row in rows[3:] if len(row) > 2}
    (says, denies) = re.search(r": ([^:]+?) are read,\s([\w\s]+) are not", README.read_text(encoding="utf-8")).groups()
    named = {(name, True) for name in re.findall(r"\w+", says)} | {(name, False) for name in re.findall(r"\w+", denies)}
    assert named - {("and", True), ("and", False)} == read


@pytest.fixture(scope="module")
def studio(tmp_path_factory, footage):
    """A studio with a character and two videos, on a server with the quick engine."""
    home = tmp_path_factory.mktemp("studio")
    server = LocalServer(home / "server", QuickEngine(), api_key=KEY).start()
    made = sora_nb.Studio("local", base_url=server.url, api_key=KEY, home=home, progress=False)
    made.extract(footage, 2, 4)
    for prompt in ("a fox", "a cat"):
        made.generate(prompt, seconds=4, size="320x176")
    yield made
    made.close()
    server.stop()


@pytest.fixture
def names(studio, monkeypatch):
    """What an example can use: the studio, the public names, and the server as what is configured."""
    monkeypatch.setenv("SORA_NB_PROFILE", "local")
    monkeypatch.setenv("SORA_NB_BASE_URL", studio.provider.service.base_url)
    monkeypatch.setenv("SORA_NB_API_KEY", KEY)
    return {**{name: getattr(sora_nb, name) for name in sora_nb.__all__}, "studio": studio}


def examples():
    """The examples in docstrings: name, and what is typed and shown."""
    for path in sorted((ROOT / "sora_nb").rglob("*.py")):
        if ">>> " in path.read_text(encoding="utf-8"):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for found in doctest.DocTestFinder().find(module, globs={}):
                if found.examples:
                    yield pytest.param(found, id=found.name)


@pytest.mark.parametrize("example", list(examples()))
def test_examples_in_docstrings_show_what_they_say(example, names):
    example.globs = names
    said = io.StringIO()
    assert doctest.DocTestRunner().run(example, out=said.write).failed == 0, said.getvalue()


def test_every_widget_has_an_example():
    shown = {param.id.rpartition(".")[2] for param in examples()}
    assert {name for name in sora_nb.__all__ if issubclass(type(getattr(sora_nb, name)), MetaHasTraits)} <= shown


@pytest.mark.release
def test_the_example_of_the_package_runs(names):
    block = re.search(r"\n\n((?:    .*\n|\n)+)", sora_nb.__doc__)[1]
    own = dict(names)
    exec(textwrap.dedent(block), own)
    assert str(own["hero"]) in own["studio"].costs()["prompt"].iloc[-1]
    own["studio"].close()


def test_help_is_what_the_guide_shows():
    shown = "".join(block for block in blocks(GUIDE / "command_line.md", "console") if "--help" in block)
    helps = dict(re.findall(r"\$ sora-nb (.*)--help\n(Usage(?:.*\n)+?)(?=\n?\$|\Z)", shown))
    assert list(helps) == [
        "",
        *(f"{name} " for name in re.findall(r"^  (\w+)  ", helps[""].partition("Commands:")[2], re.MULTILINE)),
    ]
    for command, expected in helps.items():
        typed = [*command.split(), "--help"]
        said = CliRunner().invoke(cli.app, typed, prog_name="sora-nb", terminal_width=78)
        assert said.output == expected


def test_the_demo_of_the_guide_takes_a_video_of_ones_own(tmp_path):
    """Up to its first look at the video; test_cli.py has the whole demo."""
    (tmp_path / "my cat.mov").write_text("no video")
    (command,) = re.findall(r"`sora-nb (demo .*?)`", (GUIDE / "command_line.md").read_text(encoding="utf-8"))
    said = subprocess.run(
        [sys.executable, "-m", "sora_nb", *shlex.split(command)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 1
    assert "my cat.mov" in said.stderr
    assert "is not a video file" in said.stderr


def test_the_curl_calls_work_against_the_server_of_the_guide(tmp_path):
    shown = blocks(GUIDE / "command_line.md", "console")
    (serve,) = [block.removeprefix("$ sora-nb ").split() for block in shown if "--help" not in block]
    command = [sys.executable, "-m", "sora_nb", *serve, "--port", "0", "--home", str(tmp_path)]
    create, extract = re.findall(r"curl .*?'\n", "".join(blocks(GUIDE / "command_line.md", "bash")), re.DOTALL)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        url = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())[0]

        def run(line):
            line = line.replace("http://127.0.0.1:8765", url)
            return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout

        task = re.search(r'"id":"(video_\w+)"', run(create))[1]
        poll = f"curl -s {url}/v1/videos/{task} -H 'Authorization: Bearer my-key'"
        while '"completed"' not in run(poll):
            assert server.poll() is None
        assert '"username":"' in run(extract.replace("TASK", task))
        server.terminate()


def test_the_commands_exist():
    assert re.findall(r"^    (make \w+)", README.read_text(encoding="utf-8"), re.MULTILINE) == [
        "make demo",
        "make test",
    ]
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for command in sorted(set(re.findall(r"(?:`|^    )(make \w+)", text, re.MULTILINE))):
        subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "contributing.md"], ids=name)
def test_links_lead_somewhere(page):
    """Also those of a notebook's texts; what leads into the web is not asked for."""
    for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).is_file(), link


def table(page, name):
    """A generated or checked table between its marks."""
    return (GUIDE / page).read_text(encoding="utf-8").partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]


def test_the_services_of_the_guide_are_all_there_are():
    from sora_nb.providers import registry

    rows = table("services.md", "catalogue").splitlines()
    shown = [name for row in rows for name in re.findall(r"`([a-z-]+)`", row.split("|")[1] if row else "")]
    assert sorted(shown) == sorted(registry.names())


def test_the_widgets_of_the_guide_are_all_there_are():
    text = (GUIDE / "widgets.md").read_text(encoding="utf-8")
    named = re.findall(r"^### `(\w+)\(", text, re.MULTILINE)
    assert sorted(named) == sorted(
        name for name in sora_nb.__all__ if issubclass(type(getattr(sora_nb, name)), MetaHasTraits)
    )


def test_footage_is_named_with_its_rights():
    notes = (ROOT / "tests" / "data" / "README.md").read_text(encoding="utf-8")
    pictures = [path.name for path in FOOTAGE.parent.iterdir() if path.suffix in {".mp4", ".jpg", ".png"}]
    assert media.probe(FOOTAGE)
    for name in pictures:
        assert f"`{name}`" in notes, name


def test_the_project_speaks_of_itself_alone():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    secret = re.compile(r"(?<![\w.])/(?:work|root|farm)/|sk-[A-Za-z0-9]{20}")
    for name in files:
        if Path(name).suffix in {".py", ".md", ".toml", ".js", ".ipynb", ".cfg", ".txt", ""}:
            text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
            assert not secret.search(text), name

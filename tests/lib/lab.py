"""A private Jupyter server with both front ends, JupyterLab and Notebook 7, and a notebook in it as a person uses it.

What is done to a notebook goes through the mouse and the keyboard. What it holds (cells, outputs, what the kernel does)
is read from the front end's own model, because cells out of sight are not in the page.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from ports import free_port

ROOT = Path(__file__).parents[2]
APPS = ("lab", "notebook")
KEYS = (*"ddabmxcvyz", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Escape", "Shift+M")
"""Keys that mean something to a notebook in command mode: they delete, insert, cut, paste, convert, select, merge."""
_PATHS = {"lab": "lab/tree", "notebook": "notebooks"}
_QUIET = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
_PANEL = "const panel = window.jupyterapp.shell.currentWidget, book = panel.content;"


@dataclass(frozen=True)
class Server:
    """A running server: its address, its token, and the folder its notebooks are in."""

    url: str
    token: str
    folder: Path

    def call(self, method, path):
        """Call the server's own interface and return what it answers."""
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def environment(private, **more):
    """The environment of servers and kernels: nothing of this user's Jupyter, and the package of this checkout.

    Args:
        private: an empty folder for what they write.
        more: further variables.
    """
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
        "SORA_NB_HOME": "home",
    }
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("SORA_NB_", "JUPYTER"))}
    mine |= {name: str(private / folder) for name, folder in folders.items()}
    return mine | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "lib")]), **more}


@contextlib.contextmanager
def serve(private, python=sys.executable, base="/", **more):
    """Run a server; its kernels run the same Python. It and all it started are gone afterwards.

    Args:
        private: an empty folder; notebooks go to `notebooks` in it.
        python: the interpreter that has JupyterLab and Notebook.
        base: the prefix of its addresses.
        more: further variables of its environment.

    Raises:
        AssertionError: the server did not start, or something of it still runs at the end.
    """
    notebooks, config, runtime = (private / name for name in ("notebooks", "config", "runtime"))
    for folder in (notebooks, config / "labconfig", runtime):
        folder.mkdir(parents=True)
    token = "t0ken"
    shown = {"expose_app_in_browser": True}
    enabled = json.loads((ROOT / "sora_nb" / "notebook" / "jupyter_server_config.json").read_text(encoding="utf-8"))
    extension = enabled["ServerApp"]  # as an installed package has it
    settings = {
        "LabApp": shown,
        "JupyterNotebookApp": shown,
        "IdentityProvider": {"token": token},
        # it looks for a free port from here on; 0 is not written to the file below by older servers
        "ServerApp": {"port": free_port(), "port_retries": 50, "base_url": base, **extension},
    }
    (config / "jupyter_server_config.json").write_text(json.dumps(settings))
    overrides = {"@jupyterlab/apputils-extension:notification": _QUIET}
    (config / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(overrides))
    log = private / "log"
    command = [
        python,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={notebooks}",
    ]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=notebooks, env=environment(private, **more), stdout=out, stderr=out) as process,
    ):
        try:
            yield _answering(process, runtime, log, token, notebooks)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
    assert left(private) == [], f"the server left processes behind: {left(private)}"


def _answering(process, runtime, log, token, notebooks):
    for _ in range(900):
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):
                server = Server(json.loads(file.read_text())["url"].rstrip("/"), token, notebooks)
                server.call("GET", "status")
                return server
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(f"no server after 90 s:\n{log.read_text()}")


def left(private):
    """Return what running() still finds after at most 30 s."""
    deadline = time.monotonic() + 30
    while running(private) and time.monotonic() < deadline:
        time.sleep(0.1)
    return running(private)


def running(private):
    """Return the command lines of processes that name a folder: servers and kernels name the one of their files."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            line = " ".join(process.cmdline())
            found += [line] if str(private) in line else []
    return found


class Notebook:
    """One notebook in one front end, open in a page.

    Args:
        page: a Playwright page.
        server: where it is.
        app: "lab" or "notebook".
        name: file name of the notebook, made if there is none.
        cells: sources of its code cells; one empty cell follows them.
    """

    def __init__(self, page, server, app, name, cells=()):
        self.page = page
        self.server = server
        self.file = server.folder / name
        self.errors = []  # what widgets raised in the page
        self.foreign = []  # addresses elsewhere that the page asked for
        page.on("pageerror", self._note_error)
        page.on("request", self._note_request)
        book = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in (*cells, "")],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        nbformat.write(book, self.file)
        page.goto(f"{server.url}/{_PATHS[app]}/{name}?token={server.token}{'&reset' if app == 'lab' else ''}")
        self.ready()

    def _note_error(self, error):
        if "blob:" in (error.stack or ""):  # where modules of widgets are loaded from; the front ends have errors too
            self.errors.append(error.stack)

    def _note_request(self, request):
        if not request.url.startswith((self.server.url, "blob:", "data:")):
            self.foreign.append(request.url)

    def ready(self):
        """Wait until the notebook is shown and its kernel has a name and nothing to do."""
        self.page.wait_for_function(
            f"""() => {{
              if (!window.jupyterapp?.shell?.currentWidget?.content?.model) return false;
              {_PANEL}
              const session = panel.sessionContext;
              return book.widgets.length && session?.session?.kernel?.name && session.kernelDisplayStatus === "idle";
            }}""",
        )

    def look(self, expression, argument=None):
        """Return the value of an expression over the front end's `panel`, its `book` (the notebook) and `arg`."""
        return self.page.evaluate(f"(arg) => {{ {_PANEL} return {expression}; }}", argument)

    # --- what it holds ------------------------------------------------------------------------------------------------

    @property
    def cells(self):
        """Kind and source of every cell."""
        return self.look("book.widgets.map((cell) => [cell.model.type, cell.model.sharedModel.getSource()])")

    @property
    def place(self):
        """Where the notebook stands: cells, the active one, command or edit mode."""
        return self.cells, self.look("[book.activeCellIndex, book.mode]")

    def counts(self):
        """How often the code cells were run, as the numbers beside them."""
        return self.look("book.widgets.map((cell) => cell.model.executionCount ?? null)")

    def outputs(self, index):
        """The outputs of a cell, as the notebook format has them."""
        return self.look("book.widgets[arg].model.outputs.toJSON()", index)

    def text(self, index):
        """What a cell printed or showed, as plain text."""
        parts = []
        for output in self.outputs(index):
            assert output["output_type"] != "error", "\n".join(output["traceback"])
            shown = output.get("text") or output.get("data", {}).get("text/plain", "")
            parts.append("".join(shown))
        return "".join(parts)

    def output(self, index):
        """The place in the page where the output of a cell is."""
        mark = f"cell-{index}"
        self.look("(book.widgets[arg[0]].node.dataset.tested = arg[1])", [index, mark])
        return self.page.locator(f'[data-tested="{mark}"] .jp-OutputArea').first

    # --- what is done to it -------------------------------------------------------------------------------------------

    def enter(self):
        """Click into the last cell, which is empty, and return its index."""
        index = len(self.cells) - 1
        self.look("book.scrollToItem(arg)", index)
        self.look("(book.activeCellIndex = arg)", index)
        self.page.locator(".jp-Notebook .jp-Cell.jp-mod-active .cm-content").click()
        return index

    def start(self, source):
        """Type into the last, empty cell, run it, and return its index at once; a new empty cell follows it."""
        index = self.enter()
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(f"(arg) => {{ {_PANEL} return book.widgets.length > arg + 1; }}", arg=index)
        return index

    def finish(self, index, seconds=60):
        """Wait until a started cell has ended, and return what it showed as text."""
        self.page.wait_for_function(
            f"(arg) => {{ {_PANEL} const cell = book.widgets[arg].model; return cell.executionCount"
            " && (cell.executionState ?? 'idle') === 'idle'; }",
            arg=index,
            timeout=seconds * 1000,
        )
        return self.text(index)

    def run(self, source, seconds=60):
        """Run a new cell to its end and return its index."""
        index = self.start(source)
        self.finish(index, seconds)
        return index

    def say(self, source, seconds=60):
        """Run a new cell to its end and return what it showed as text."""
        return self.finish(self.start(source), seconds)

    def until(self, source, said, seconds=60):
        """Run new cells until one says so: front ends hold back what changes while the kernel has their last message."""
        deadline = time.monotonic() + seconds
        while (heard := self.say(source)) != said:
            assert time.monotonic() < deadline, f"{source}: {heard}, not {said}"

    def save(self):
        """Save it, and return it as the file has it."""
        self.enter()  # while a widget has the focus, Ctrl+S is a key of the widget
        self.page.keyboard.press("Control+s")
        self.page.wait_for_function(f"() => {{ {_PANEL} return !panel.context.model.dirty; }}")
        return nbformat.read(self.file, as_version=4)

    def reload(self):
        """Load the page anew; the kernel goes on."""
        self.page.reload()
        self.ready()

"""Real widgets in a real Chromium without Jupyter: the page gets a widget's module and state, messages go both ways.

The page's model is a stand-in for the front end's; the widget itself is the real Python object. Messages to the page
wait in a queue that the page empties whenever the test waits for something.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import wire as wires

JS = Path(__file__).parents[1] / "js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
DARK = {
    "--jp-ui-font-color1": "#e0e0e0", "--jp-ui-inverse-font-color1": "#000", "--jp-ui-font-color2": "#b0b0b0", "--jp-layout-color1": "#111",
    "--jp-layout-color2": "#262626", "--jp-border-color1": "#707070", "--jp-brand-color1": "#64b5f6",
    "--jp-warn-color1": "#ffb74d", "--jp-error-color1": "#ef9a9a", "--jp-success-color1": "#81c784",
}  # fmt: skip
PAGE = (Path(__file__).parent / "stage.html").read_text(encoding="utf-8")
PATIENCE = 120_000
"""Milliseconds that a page may take for anything, on however busy a machine; less is promised nowhere."""


def browser_path():
    """The Chromium of this machine."""
    found = os.environ.get("SORA_NB_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "these tests need Chromium: apt-get install chromium"
    return found


@contextlib.contextmanager
def chromium():
    """A running headless Chromium."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        browser.new_page, browser.new_context = map(_patient, (browser.new_page, browser.new_context))
        yield browser
        browser.close()


def _patient(make):
    def made(**options):
        found = make(**options)
        found.set_default_timeout(PATIENCE)
        return found

    return made


class Stage:
    """One page on which widgets are shown.

    Args:
        page: a Playwright page.
        wire: where the widgets' messages are kept.
        dark: whether the page has a dark theme.
        server: address of a Jupyter server whose page it is, with the token that signs in; none by default.
    """

    def __init__(self, page, wire, *, dark=False, server=None):
        self.page = page
        self.errors = []
        self._wire = wire
        self._widgets = {}
        self._taken = {}  # how many of all messages were looked through for each mounted widget
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.expose_function("toKernel", self._to_kernel)
        page.expose_function("fromKernel", self._from_kernel)
        home, body = "http://stage.test/", PAGE
        if server is not None:
            page.goto("{}api?token={}".format(*server))
            told = json.dumps({"baseUrl": urlsplit(server[0]).path})
            body = PAGE.replace(
                "<main>", f'<script id="jupyter-config-data" type="application/json">{told}</script><main>'
            )
            home = f"{server[0]}stage/"
        page.route(f"{home}**", lambda route: route.fulfill(body=body, content_type="text/html"))
        page.goto(home)
        if dark:
            page.evaluate(
                "(theme) => { for (const [k, v] of Object.entries(theme)) document.body.style.setProperty(k, v);"
                " document.body.style.background = '#111'; }",
                DARK,
            )

    def show(self, widget, view="view"):
        """Mount a widget in a new view and return its element; a second call mounts a second view of it."""
        self._widgets[widget.model_id] = widget
        state = self._wire.state(widget) if widget.model_id not in self._taken else None
        self.page.evaluate(
            "([id, state, view]) => stage.mount(id, state, view)", [widget.model_id, _plain(state), view]
        )
        self._taken.setdefault(widget.model_id, 0)
        return self.page.locator(f'[data-view="{view}"]')

    def close(self):
        """Remove all views and close the page; a view that is gone and still fetches something is an error."""
        self.page.evaluate("() => window.stage?.clear()")
        self.page.close()

    def violations(self, selector="main"):
        """What axe-core finds wrong."""
        if not self.page.evaluate("() => Boolean(window.axe)"):
            self.page.add_script_tag(path=str(JS / "node_modules/axe-core/axe.min.js"))
        found = self.page.evaluate("async (where) => (await axe.run(where)).violations", selector)
        return [(item["id"], item["help"], [node["html"][:200] for node in item["nodes"]]) for item in found]

    def _to_kernel(self, model, message):
        widget = self._widgets[model]
        if message["method"] == "update":
            wires.update(widget, **message["state"])
        else:
            buffers = [base64.b64decode(buffer) for buffer in message["buffers"]]
            wires.custom(widget, message["content"], buffers)

    def _from_kernel(self):
        sent = list(self._wire.sent)
        messages = []
        for place, (model, kind, data, buffers) in enumerate(sent):
            if kind == "comm_msg" and place >= self._taken.get(model, len(sent)):
                messages.append({
                    "model": model,
                    "method": data.get("method"),
                    "state": _plain(data.get("state")),
                    "content": data.get("content"),
                    "buffers": [base64.b64encode(buffer).decode() for buffer in buffers],
                })  # fmt: skip
        self._taken = dict.fromkeys(self._taken, len(sent))
        return messages


def _plain(state):
    return None if state is None else json.loads(json.dumps(state, default=str))

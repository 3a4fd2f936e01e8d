"""The local server seen from a browser: its page loads nothing from elsewhere, and pages of other ports need its key."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from quick import QuickEngine

from sora_nb.server.server import LocalServer


@pytest.fixture
def keyless(tmp_path):
    server = LocalServer(tmp_path / "keyless", QuickEngine()).start()
    yield server
    server.stop()


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>another port</title>")

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def elsewhere():
    """A page of this machine, on another port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_page_of_routes_asks_nobody_else(browser, keyless):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{keyless.url}/docs")
    assert page.locator("td code").count() > 20
    assert [url for url in asked if not url.startswith(keyless.url)] == []
    page.close()


def test_a_page_of_another_port_makes_no_video(browser, keyless, elsewhere):
    page = browser.new_page()
    page.goto(elsewhere)
    ways = """async (url) => {
      const body = JSON.stringify({ prompt: "a corgi", seconds: "1", size: "64x64" });
      const kinds = ["text/plain", "application/json"];
      for (const type of kinds) await fetch(url, { method: "POST", mode: "no-cors", body, headers: { "content-type": type } }).catch(() => 0);
      navigator.sendBeacon(url, body);
      const form = new FormData();
      form.set("prompt", "a corgi");
      await fetch(url, { method: "POST", mode: "no-cors", body: form }).catch(() => 0);
    }"""
    page.evaluate(ways, f"{keyless.url}/v1/videos")
    page.close()
    assert httpx.get(f"{keyless.url}/v1/videos").json()["data"] == []

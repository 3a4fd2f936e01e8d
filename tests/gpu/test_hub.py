"""Models by their id: a stand-in for Hugging Face's hub on this machine, asked by its own library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sora_nb.engines.diffusers import random_model

SHA = "89abcdef" * 5
SCRIPT = """
import sys
from sora_nb.engines.base import Control
from sora_nb.engines.diffusers import folder, hub
from sora_nb.errors import ConfigError
try:
    ident = sys.argv[1]
    print("CACHED", hub.cached(ident, None) is not None)
    remote = hub.look(ident, None)
    print("ABOUT", hub.about(remote))
    print("RULES", sorted(folder.read_settings(hub.settings(remote), ident).parts))
    found = folder.read(hub.fetch(remote, Control(lambda done, stage: print("STEP", round(done, 3), stage)), 0.1), ident)
    print("READ", found.name, found.revision, found.licence, hub.cached(ident, None) == found.path)
except ConfigError as error:
    print("REFUSED", error)
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """The address of a hub with one model, and what was asked of it."""
    root = random_model.wan_vace(tmp_path_factory.mktemp("hub") / "model")
    (root / "transformer" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"another variant")
    (root / "vace.safetensors").write_bytes(b"all in one file")
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_HEAD(self):
            self.do_GET()

        def do_GET(self):
            asked.append((self.command, self.path, self.headers.get("user-agent", "")))
            path = self.path.partition("?")[0]
            if path.startswith("/api/models/org/vace"):
                files = [
                    {"rfilename": str(each.relative_to(root)), "size": each.stat().st_size}
                    for each in root.rglob("*") if each.is_file()
                ]  # fmt: skip
                self.answer(json.dumps({"id": "org/vace", "sha": SHA, "siblings": files}).encode())
            elif path.startswith("/org/vace/resolve/"):
                file = root / path.split("/", 5)[5]
                self.answer(file.read_bytes(), etag=f'"{abs(hash(str(file))):x}"')
            else:
                self.send_response(404)
                self.send_header("X-Error-Code", "RepoNotFound")
                self.send_header("content-length", "0")
                self.end_headers()

        def answer(self, body, etag='"x"'):
            self.send_response(200)
            for name, value in (("ETag", etag), ("X-Repo-Commit", SHA), ("content-length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def run(ident, home, address):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment |= {"HF_HOME": str(home), "HF_ENDPOINT": address, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, ident], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def test_a_model_is_downloaded_once_with_its_size_said_first(hub, tmp_path):
    address, asked = hub
    said = run("org/vace", tmp_path / "hf", address)
    assert said[0] == "CACHED False"
    assert said[1].startswith("ABOUT 0.")
    assert said[2] == "RULES ['text_encoder', 'transformer', 'vae']"
    steps = [line for line in said if line.startswith("STEP")]
    assert steps[0].startswith("STEP 0.0 downloading org/vace, 0.0 MiB of 0.")
    assert said[-1] == f"READ org/vace {SHA} mit True"
    fetched = [path for command, path, _ in asked if command == "GET" and "resolve" in path]
    assert not [path for path in fetched if path.endswith(("fp16.safetensors", "/vace.safetensors"))]
    weights = [path for path in fetched if path.endswith(".safetensors")]
    assert len(weights) == len(set(weights)) == 3
    for _, path, agent in asked:  # the library of the hub asks for a list of its own, which tells it nothing
        assert path.startswith(("/api/models/org/vace", "/org/vace/resolve/", "/api/agent-harnesses"))
        assert "torch" not in agent
    again = run("org/vace", tmp_path / "hf", address)
    assert again[0] == "CACHED True"
    assert not [line for line in again if line.startswith("STEP")]


def test_no_model_and_no_connection_are_told_in_words(hub, tmp_path):
    address, _ = hub
    assert "Hugging Face has no model 'org/nothing' that may be seen here" in run("org/nothing", tmp_path, address)[-1]
    unreached = run("org/vace", tmp_path, "http://127.0.0.1:9")[-1]
    assert "org/vace is not on this machine, and Hugging Face cannot be reached" in unreached
    assert "give the path of a folder that has it" in unreached

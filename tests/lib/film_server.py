"""A Jupyter server with the package's extension alone, at a prefix such as JupyterHub gives it; and one of its users."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from ports import free_port

ROOT = Path(__file__).parents[2]
TOKEN = "t0ken"


@contextlib.contextmanager
def serve(private):
    """Run a server, and return its address.

    Args:
        private: a folder; kernels with `private / "runtime"` as JUPYTER_RUNTIME_DIR are those of its user.
    """
    (private / "config").mkdir(parents=True)
    enabled = json.loads((ROOT / "sora_nb/notebook/jupyter_server_config.json").read_text(encoding="utf-8"))
    (private / "config" / "jupyter_server_config.json").write_text(json.dumps(enabled), encoding="utf-8")
    mine = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    mine |= {f"JUPYTER_{name.upper()}_DIR": str(private / name) for name in ("config", "data", "runtime")}
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={free_port()}", "--ServerApp.base_url=/user/ann/", f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={private}",
    ]  # fmt: skip
    environment = mine | {"PYTHONPATH": str(ROOT)}
    log = private / "log"
    with log.open("wb") as out, subprocess.Popen(command, env=environment, stdout=out, stderr=out) as run:
        try:
            yield _answering(run, private / "runtime", log)
        finally:
            run.terminate()


def _answering(run, runtime, log):
    for _ in range(900):
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):
                url = json.loads(file.read_text(encoding="utf-8"))["url"]
                urllib.request.urlopen(f"{url}api", timeout=30).close()
                return url
        assert run.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    raise AssertionError(f"no server after 90 s:\n{log.read_text(encoding='utf-8')}")


class User:
    """Asks a server as a page of it does.

    Args:
        url: the server's address.
        token: what signs in, if anything does.
    """

    def __init__(self, url, token=TOKEN):
        self.url = url
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())).open
        if token:
            assert self.get(f"?token={token}")[0] == 200

    def get(self, path, method="GET", **headers):
        """Return status, headers and body of an answer."""
        headers = {"Referer": f"{self.url}lab", **headers}
        request = urllib.request.Request(self.url + path, method=method, headers=headers)
        try:
            with self._open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

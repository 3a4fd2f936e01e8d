"""ComfyUI's own proxy and SDK as clients of the stand-in that the engine is tested with: it must speak as ComfyUI does."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from pathlib import Path

import httpx
import pytest
from comfyui import ComfyUI
from filmer import size_of
from PIL import Image
from ports import free_port
from programs import run
from waiting import until

pytestmark = pytest.mark.timeout(280)
HERE = Path(__file__).parent
WORKFLOW = HERE.parents[1] / "notebooks" / "guide" / "wan_vace.json"


@pytest.fixture
def comfy(tmp_path):
    running = ComfyUI(tmp_path / "comfy")
    yield running
    running.stop()


@pytest.fixture
def proxy(comfy, program, tmp_path):
    """The address of ComfyUI's own proxy, before the stand-in."""
    port = free_port()
    command = [program("comfy-proxy", "comfy-api-proxy"), "--comfyui", comfy.url, "--port", str(port)]
    with (tmp_path / "proxy.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        url = f"http://127.0.0.1:{port}"
        until(lambda: _answers(url))
        yield url
        process.terminate()


def _answers(url):
    with contextlib.suppress(httpx.HTTPError):
        httpx.get(url)
        return True
    return False


def test_its_own_proxy_and_sdk_run_a_workflow_on_the_stand_in(comfy, proxy, program, tmp_path):
    picture, film = tmp_path / "picture.png", tmp_path / "film.mp4"
    Image.new("RGB", (64, 64), (200, 20, 20)).save(picture)
    comfy.hold()

    def watch():
        until(lambda: comfy.running and comfy.listeners)
        comfy.go_on()

    watching = threading.Thread(target=watch)
    watching.start()
    judge = HERE / "judges" / "comfy_proxy.py"
    said = json.loads(run([program("comfy-proxy"), judge, proxy, WORKFLOW, picture, film]).splitlines()[-1])
    watching.join()
    assert said["version"] == "0.1.6"
    assert said["status"] == "succeeded"
    assert {"StatusChange", "Progress", "OutputReady"} <= set(said["events"])
    assert said["refused"] == "Prompt outputs failed validation"
    assert said["stopped"] == "canceled"
    assert size_of(film) == (160, 96, 17)

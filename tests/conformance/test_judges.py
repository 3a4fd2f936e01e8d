"""What others think of the local server: the official SDK in two versions, LiteLLM, a fuzzer, a validating proxy."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time

import httpx
import pytest
from client import Client
from conftest import KEY
from ports import free_port
from programs import run
from serving import usage

from sora_nb.errors import BadRequest, CharacterError
from sora_nb.models import Clip
from sora_nb.providers import registry

pytestmark = pytest.mark.timeout(280)


@pytest.mark.parametrize(("judge", "major"), [("openai-2", "2"), ("openai-3", "3")])
def test_the_official_sdk(judged, engine, http, judge, major):
    report = judged(judge, "openai_sdk.py")
    assert report["version"].split(".")[0] == major
    assert report["refusal"] == "cameo_not_found"
    assert report["deleted"]
    # when this fails the SDK has been mended, and the note in the README can go
    assert report["deviation"] == "RuntimeError"
    named = [request for request in engine.requests if request.prompt == "@mossy, a teapot, runs"]
    assert [list(request.cast) for request in named] == [["mossy"]]
    assert [list(request.cast) for request in engine.requests if request.prompt.startswith("at night")] == [["mossy"]]
    assert http.get(f"/v1/videos/{report['remix']}").json()["remixed_from_video_id"] == report["named_in"]
    # 5 from text, a remix, and an edit and an extension each of a file and of a task: nothing was sent twice
    assert usage(http)["video"]["accepted"] == 10 - 1  # one was deleted
    assert usage(http)["character"] == {"accepted": 1, "completed": 1}


def test_litellm(judged, http):
    report = judged("litellm", "litellm_sdk.py")
    # it wraps ids on its side, and unwraps them before they come here; a wrapped one is nobody's
    assert report["wrapped"].startswith("video_bGl0ZWxs")
    assert http.get(f"/v1/videos/{report['wrapped']}").status_code == 404
    assert http.get(f"/v1/videos/{report['remixed_from']}").status_code == 200
    assert usage(http)["video"] == {"accepted": 4, "completed": 4}
    assert usage(http)["character"] == {"accepted": 1, "completed": 1}


def test_a_bucket_of_s3(program, request, tmp_path):
    """A file is fetched by its link until that ends, and not without it."""
    here = request.path.parent
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AWS"))}
    command = [program("s3"), here / "judges" / "s3_bucket.py", here.parents[1], tmp_path]
    report = json.loads(run(command, env=environment).splitlines()[-1])
    assert report["signed"] == [200, "a picture"]
    assert report["bare"][0] == 403
    assert "luna" not in report["link"]
    assert "bucket does not exist" in report["missing"]


def test_schemathesis(instant_server, program, request, clip, tmp_path):
    here = request.path.parent
    hooks = {"SCHEMATHESIS_HOOKS": "fuzz_hooks", "PYTHONPATH": str(here / "judges"), "FUZZ_CLIP": str(clip)}
    command = [program("schemathesis", "schemathesis"), "--config-file", here / "schemathesis.toml", "run"]
    command += [instant_server.url + "/openapi.json", "--header", f"Authorization: Bearer {KEY}"]
    command += ["--checks", "all", "--max-examples", "5", "--seed", "20261124", "--continue-on-failure", "--no-color"]
    said = run(command, cwd=tmp_path, env=os.environ | hooks)
    assert "Tested: 19" in said, said
    made = httpx.get(instant_server.url + "/v1/usage", headers={"authorization": f"Bearer {KEY}"}).json()
    # most of what is drawn is refused, as it should be; some of it came through to the engine
    assert made["video"]["accepted"] >= 5
    assert made["character"]["completed"] > 0


@pytest.fixture
def prism(server, prism_program, tmp_path):
    """A proxy that answers with an error where a request or an answer is not as the server's document says."""
    (tmp_path / "openapi.json").write_bytes(httpx.get(server.url + "/openapi.json").content)
    port = free_port()
    command = [prism_program, "proxy", "--errors", "--port", str(port), tmp_path / "openapi.json", server.url]
    with (tmp_path / "prism.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            end = time.monotonic() + 60
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                assert time.monotonic() < end, (tmp_path / "prism.log").read_text()
                assert process.poll() is None, (tmp_path / "prism.log").read_text()
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def test_prism_between_our_client_and_our_server(prism, http, clip, tmp_path):
    # the proxy itself is heard: it refuses what the document does not allow
    refused = httpx.post(prism + "/v1/videos", json={"prompt": 1}, headers={"authorization": f"Bearer {KEY}"})
    assert refused.status_code == 422
    assert usage(http)["video"]["accepted"] == 0

    for name in ("local", "openai-shape"):
        client = Client(registry.settings(name, base_url=prism, api_key=KEY))
        with contextlib.closing(client):
            if name == "local":
                client.upload(clip)
            video = client.wait(client.create_video("a corgi", size="320x180", seconds=2))
            # the link in the answer leads past the proxy, where the client rightly does not send the key
            client.download(video.model_copy(update={"url": ""}), tmp_path / f"{name}.mp4")
            assert (tmp_path / f"{name}.mp4").read_bytes()[4:8] == b"ftyp"
            if name == "local":
                hero = client.create_character(Clip(0, 1), from_task=video.id, subject=(0.5, 0.5))
                assert client.wait(client.create_video(f"{hero} runs", size="320x180", seconds=1)).progress == 100
                assert client.generate_sync("a corgi", model="sora_video2").url
                assert client.list_characters()[0]["id"] == hero.id
            else:
                # the proxy passes bodies on as text, so that a file arrives damaged; see the README
                with pytest.raises(BadRequest, match=r"cut off|cannot be read as a video"):
                    client.create_video_character("Mossy", clip)
                with clip.open("rb") as file:
                    sent = {"name": (None, "Mossy"), "video": ("clip.mp4", file)}
                    answer = http.post("/v1/videos/characters", files=sent).json()
                mossy = registry.dialect(client.profile).character(answer)
                named = client.create_video("@mossy runs", size="320x180", seconds=1, cast=(mossy,))
                assert client.wait(named).status == "completed"
            assert video.id in {task["id"] for task in client.list_tasks()}
            with pytest.raises(CharacterError, match="does not have a cameo"):
                client.create_video("@nobody runs")
            client.cancel(video.id)
    log = (tmp_path / "prism.log").read_text()
    assert log.count("terminated with error") == 1, log

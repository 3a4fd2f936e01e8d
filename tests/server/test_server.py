"""The local server over a socket: the vendor's documented calls, refusals that cost nothing, and what survives a restart."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
import time

import httpx
import pytest
from conftest import KEY
from faulty import Faulty, answer
from PIL import Image
from quick import QuickEngine
from serving import ended, finished, usage
from waiting import until

from sora_nb.engines.draw import render
from sora_nb.providers import registry
from sora_nb.providers.chat import ChatReply
from sora_nb.server import checks, schemas
from sora_nb.server.server import LocalServer
from sora_nb.server.task import character_key

CHARACTERS = "/sora/v1/characters"


def curl(server, body, key=KEY):
    command = ["curl", "-s", "-w", "\n%{http_code}", "-X", "POST", f"{server.url}{CHARACTERS}"]
    command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    command += ["-H", f"Authorization: Bearer {key}"] if key else []
    text, _, status = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rpartition("\n")
    return int(status), json.loads(text)


def test_the_documented_calls_with_curl(server, http, footage):
    with Faulty(answer(footage.read_bytes())) as web:
        status, hero = curl(
            server, {"model": "sora-2-character", "url": f"{web.url}/your-video.mp4", "timestamps": "1,3"}
        )
    assert status == 200
    assert list(hero)[:5] == ["id", "username", "display_name", "permalink", "profile_picture_url"]
    assert hero["id"].startswith("ch_")
    assert hero["username"].count(".") == 1
    task = finished(http)
    status, other = curl(server, {"model": "sora-2-character", "from_task": task["id"], "timestamps": "0,1.5"})
    assert status == 200
    assert other["username"] != hero["username"]
    assert httpx.get(hero["profile_picture_url"]).content.startswith(b"\x89PNG")
    assert usage(http)["character"] == {"accepted": 2, "completed": 2}
    assert usage(http)["list_price"] == "$0.17"
    assert usage(http)["charged"] == "$0.00"


REFUSED = [
    (
        {"url": "https://x.example/a.mp4", "from_task": "video_1", "timestamps": "1,3"},
        400,
        "cannot be provided together",
    ),
    ({"timestamps": "1,3"}, 400, "both be empty"),
    ({"url": "https://x.example/a.mp4", "timestamps": "1,1.9"}, 400, "Invalid timestamps parameter"),
    ({"url": "https://x.example/a.mp4", "timestamps": "1,4.1"}, 400, "Choose 1 to 3 s"),
    ({"url": "https://x.example/a.mp4", "timestamps": [1, 3]}, 400, "Invalid timestamps parameter"),
    ({"url": "https://x.example/a.mp4"}, 400, "Invalid timestamps parameter"),
    ({"from_task": "video_nobody", "timestamps": "1,3"}, 404, "no video task"),
    ({"model": "sora-2", "from_task": "video_nobody", "timestamps": "1,3"}, 404, "no model"),
    ({"url": "ftp://x.example/a.mp4", "timestamps": "1,3"}, 400, "http or https"),
    ({"url": "https://x.example/a.mp4", "timestamps": "1,3", "subject": [2, 2]}, 400, "subject is a point"),
]


@pytest.mark.parametrize(("body", "status", "words"), REFUSED)
def test_refused_calls_are_not_accepted_and_cost_nothing(http, body, status, words):
    refused = http.post(CHARACTERS, json=body)
    assert refused.status_code == status
    assert words in refused.json()["error"]["message"]
    assert usage(http)["character"]["accepted"] == 0
    assert usage(http)["list_price"] == "$0.00"


def test_a_key_is_needed(server):
    status, body = curl(server, {"from_task": "video_1", "timestamps": "1,3"}, key=None)
    assert (status, body["error"]["code"]) == (401, "missing_api_key")
    status, body = curl(server, {"from_task": "video_1", "timestamps": "1,3"}, key="wrong")
    assert (status, body["error"]["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(lambda web: web.url + "/gone.mp4", id="404"),
        pytest.param(lambda _: "http://no-such-host.invalid/a.mp4", id="unknown host"),
    ],
)
def test_a_source_that_cannot_be_fetched(http, source, monkeypatch):
    monkeypatch.setattr("sora_nb.server.maker.FETCH_SECONDS", 3.0)
    with Faulty(answer(b"", 404)) as web:
        refused = http.post(CHARACTERS, json={"url": source(web), "timestamps": "1,3"})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "invalid_url"
    assert refused.headers["x-should-retry"] == "false"
    assert usage(http)["list_price"] == "$0.00"


@pytest.mark.parametrize(
    "content", [b"not a video at all", b"\x00\x00\x00\x18ftypmp42" + bytes(400), b"#EXTM3U\nhttp://x\n"]
)
def test_a_source_that_is_no_video(http, content):
    with Faulty(answer(content)) as web:
        refused = http.post(CHARACTERS, json={"url": web.url + "/a.mp4", "timestamps": "1,3"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "unusable_video")


def test_a_clip_beyond_the_end_of_the_video(http):
    task = finished(http)
    refused = http.post(CHARACTERS, json={"from_task": task["id"], "timestamps": "1.5,3.5"})
    assert refused.status_code == 400
    assert "the video at 2.00 s" in refused.json()["error"]["message"]


def test_private_networks_are_not_fetched_from(tmp_path, footage):
    server = LocalServer(tmp_path / "strict", QuickEngine()).start()
    try:
        with Faulty(answer(footage.read_bytes())) as web:
            asked = {"url": web.url + "/a.mp4", "timestamps": "1,3"}
            refused = httpx.post(server.url + CHARACTERS, json=asked, timeout=60)
            assert web.requests == []
        assert "private network" in refused.json()["error"]["message"]
    finally:
        server.stop()


def test_uploads_are_read_without_the_network(http, server, footage):
    with footage.open("rb") as file:
        kept = http.post("/v1/files", files={"file": ("../../evil name.mp4", file)}).json()
    assert kept["bytes"] == footage.stat().st_size
    url = f"{server.url}/v1/files/{kept['id']}/content"
    assert http.post(CHARACTERS, json={"url": url, "timestamps": "1,3"}).status_code == 200
    gone = http.post(CHARACTERS, json={"url": url.replace(kept["id"], "file-none"), "timestamps": "1,3"})
    assert gone.status_code == 404


def test_the_cut_out_is_served_from_the_file_it_is_kept_in(http):
    body = {"from_task": finished(http)["id"], "timestamps": "0,1"}
    hero = http.post(CHARACTERS, json=body).json()
    served = httpx.get(hero["cutout_url"])
    assert served.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(served.content)) as picture:
        assert picture.mode == "RGBA"
    assert httpx.get(hero["cutout_url"].replace(hero["id"], "ch_nobody")).status_code == 403


def test_a_cut_out_whose_files_are_gone_is_not_found(http, server):
    hero = http.post(CHARACTERS, json={"from_task": finished(http)["id"], "timestamps": "0,1"}).json()
    shutil.rmtree(server._store.files.path(character_key(hero["id"])))
    gone = httpx.get(hero["cutout_url"])
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "file_not_found")


def test_limits_are_those_of_the_profile_and_of_the_engine():
    video = registry.get("local").video
    assert checks.SIDES == video.sides == render.SIDES
    assert video.longest == checks.MAX_SECONDS
    sizes = schemas.CREATE_VIDEO["requestBody"]["content"]["application/json"]["schema"]["properties"]["size"]
    pattern = re.compile(sizes["anyOf"][0]["pattern"])
    sides = [side for side in range(2 * video.sides[1]) if pattern.fullmatch(f"{side}x{side}")]
    assert sides == list(range(video.sides[0], video.sides[1] + 1, 2))


def test_a_character_appears_in_the_next_video(http, engine):
    hero = http.post(CHARACTERS, json={"from_task": finished(http)["id"], "timestamps": "0,1"}).json()
    done = finished(http, prompt=f"@{hero['username']} runs.")
    assert done["status"] == "completed"
    assert list(engine.requests[-1].cast) == [hero["username"]]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"prompt": ""}, "prompt is a text"),
        ({"prompt": None}, "prompt is a text"),
        ({"size": "huge"}, "WIDTHxHEIGHT"),
        ({"size": "641x360"}, "even numbers"),
        ({"size": "8000x8000"}, "from 64 to 1920"),
        ({"seconds": "0"}, "from 1 to 60"),
        ({"seconds": True}, "from 1 to 60"),
        ({"seconds": "4.5"}, "from 1 to 60"),
        ({"seed": -1}, "seed is a whole number"),
        ({"prompt": "@nobody runs"}, "does not have a cameo"),
        ({"prompt": "@a @b @c @d @e"}, "too many users mentioned"),
        ({"input_reference": "https://x.example/a.png"}, "fetches no pictures"),
        ({"input_reference": {"image_url": "data:image/png;base64,AAAA"}}, "PNG, JPEG or WebP"),
        ({"input_reference": {"image_url": "data:image/png;base64,?"}}, "damaged"),
    ],
)
def test_a_video_that_cannot_be_asked_for(http, fields, words):
    refused = http.post("/v1/videos", json={"prompt": "a corgi", **fields})
    assert refused.status_code == 400
    assert words in refused.json()["error"]["message"]
    assert usage(http)["video"]["accepted"] == 0


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def test_a_picture_to_start_from_comes_as_a_file_or_inside_the_json(http, engine):
    fields = {"prompt": "a corgi", "seconds": "1", "size": "64x64"}
    files = {name: (None, value) for name, value in fields.items()}
    assert http.post("/v1/videos", files={**files, "input_reference": ("a.png", PIXEL)}).status_code == 200
    url = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
    finished(http, input_reference={"image_url": url})
    assert [request.reference.read_bytes() for request in engine.requests] == [PIXEL, PIXEL]


def test_multipart_without_a_file_is_taken(http):
    fields = {"prompt": "a corgi", "model": "sora-2", "seconds": "1", "size": "64x64"}
    task = http.post("/v1/videos", files={name: (None, value) for name, value in fields.items()}).json()
    assert (task["object"], task["status"], task["seconds"], task["size"]) == ("video", "queued", "1", "64x64")


def test_content_is_served_with_ranges_once_it_is_there(http):
    task = finished(http)
    whole = http.get(f"/v1/videos/{task['id']}/content")
    assert whole.headers["content-type"] == "video/mp4"
    part = http.get(f"/v1/videos/{task['id']}/content", headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])


def test_content_is_refused_before_it_is_there(http, engine):
    engine.hold()
    task = http.post("/v1/videos", json={"prompt": "a corgi", "seconds": "1", "size": "64x64"}).json()
    refused = http.get(f"/v1/videos/{task['id']}/content")
    assert refused.status_code == 400
    assert "not completed yet" in refused.json()["error"]["message"]


def test_progress_is_real_and_never_goes_back(http, engine, monkeypatch):
    monkeypatch.setattr("sora_nb.server.worker.PROGRESS_SECONDS", 0.0)
    engine.hold()
    task = http.post("/v1/videos", json={"prompt": "a corgi", "seconds": "1", "size": "64x64"}).json()

    def progress():
        return http.get(f"/v1/videos/{task['id']}").json()["progress"]

    for _ in range(3):
        before = progress()
        engine.advance(3)
        until(lambda before=before: 100 > progress() > before)
    engine.go_on()
    assert ended(http, task)["progress"] == 100


def test_a_running_task_is_stopped_when_it_is_deleted(http, engine, server):
    engine.hold()
    task = http.post("/v1/videos", json={"prompt": "a corgi", "seconds": "1", "size": "64x64"}).json()
    until(lambda: engine.begun)
    assert http.delete(f"/v1/videos/{task['id']}").json()["deleted"] is True
    assert http.get(f"/v1/videos/{task['id']}").status_code == 404
    until(lambda: engine.cancelled)
    engine.go_on()
    assert finished(http, size="64x64")["status"] == "completed"


def test_the_sync_route_with_and_without_a_stream(http):
    body = {"model": "sora_video2-landscape", "messages": [{"role": "user", "content": "a corgi"}]}
    plain = http.post("/v1/chat/completions", json=body).json()
    reply = ChatReply()
    reply.take(plain)
    assert plain["choices"][0]["finish_reason"] == "stop"
    assert httpx.get(reply.url).content[4:8] == b"ftyp"
    streamed = ChatReply()
    with http.stream("POST", "/v1/chat/completions", json={**body, "stream": True}) as lines:
        assert lines.headers["content-type"].startswith("text/event-stream")
        said = list(lines.iter_lines())
    for line in said:
        streamed.feed(line)
    assert streamed.finished
    chunks = [json.loads(line.removeprefix("data: ")) for line in said if line.startswith("data: {")]
    assert "横屏模式" in "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert "横屏模式" not in streamed.text  # the echo of the request is no part of the answer
    assert httpx.get(streamed.url).status_code == 200


def test_the_sync_route_refuses_unknown_models(http):
    refused = http.post("/v1/chat/completions", json={"model": "gpt", "messages": []})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "model_not_found")


def test_an_idempotency_key_makes_one_task(http):
    def create(prompt):
        return http.post(
            "/v1/videos", json={"prompt": prompt, "seconds": "1", "size": "64x64"}, headers={"idempotency-key": "k1"}
        )

    first, again = create("a corgi"), create("a corgi")
    assert first.json()["id"] == again.json()["id"]
    assert create("a cat").status_code == 409
    assert usage(http)["video"]["accepted"] == 1


def test_links_are_proof_against_guessing_and_end(http, server, monkeypatch):
    hero = http.post(CHARACTERS, json={"from_task": finished(http)["id"], "timestamps": "0,1"}).json()
    link = hero["profile_picture_url"]
    assert httpx.get(link).status_code == 200
    assert httpx.get(link.replace(hero["id"], "ch_other")).status_code == 403
    assert httpx.get(link.partition("?")[0] + "?se=2999-01-01T00%3A00%3A00Z").status_code == 403
    monkeypatch.setattr("sora_nb.server.signed_links.AVATAR_DAYS", -1)
    ended = http.get(f"{CHARACTERS}/{hero['id']}").json()["profile_picture_url"]
    assert httpx.get(ended).status_code == 403


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"host": "evil.example"}, "forbidden_host"),
        ({"host": "127.0.0.1.evil.example"}, "forbidden_host"),
        ({"host": "[::1"}, "forbidden_host"),
        ({"host": ""}, "forbidden_host"),
        ({"origin": "https://evil.example"}, "forbidden_origin"),
        ({"origin": "http://localhost.evil.example"}, "forbidden_origin"),
        ({"origin": "http://["}, "forbidden_origin"),
        ({"origin": "null"}, "forbidden_origin"),
    ],
)
def test_pages_of_the_web_cannot_use_the_server(http, headers, code):
    refused = http.get("/v1/videos", headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, code)


def test_a_page_of_this_machine_needs_the_key(http, tmp_path):
    page = {"origin": "http://localhost:8888"}
    assert http.get("/v1/videos", headers=page).status_code == 200
    keyless = LocalServer(tmp_path / "keyless", QuickEngine()).start()
    try:
        asked = {"prompt": "a corgi", "seconds": "1", "size": "64x64"}
        refused = httpx.post(f"{keyless.url}/v1/videos", json=asked, headers=page)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden_origin")
        assert "--api-key" in refused.json()["error"]["message"]
        assert httpx.get(f"{keyless.url}/v1/videos").json()["data"] == []
        for headers in ({}, {"origin": keyless.url}):
            assert httpx.post(f"{keyless.url}/v1/videos", json=asked, headers=headers).status_code == 200
    finally:
        keyless.stop()


def test_two_pages_at_once_are_none(http, server):
    for first, second in ((server.url, "https://evil.example"), ("http://localhost:8888", "http://localhost:8888")):
        refused = http.get("/v1/videos", headers=[("origin", first), ("origin", second)])
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden_origin")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("Bearer {}", 200),
        ("bearer {}", 200),
        ("BEARER  {}", 200),
        ("{}", 401),
        ("Basic {}", 401),
        ("Bearer", 401),
        ("Bearer{}", 401),
    ],
)
def test_the_key_is_a_bearer_token(server, given, status):
    assert httpx.get(f"{server.url}/v1/videos", headers={"authorization": given.format(KEY)}).status_code == status


def test_a_server_that_was_asked_to_listen_wider_answers_to_other_names(tmp_path):
    server = LocalServer(tmp_path / "wide", QuickEngine(), host="0.0.0.0", api_key=KEY).start()
    try:
        port = server.url.rpartition(":")[2]
        headers = {"host": "render-box.example", "authorization": f"Bearer {KEY}"}
        assert httpx.get(f"http://127.0.0.1:{port}/v1/videos", headers=headers).status_code == 200
    finally:
        server.stop()


def test_bodies_are_bounded(http):
    refused = http.post("/v1/videos", content=b"x" * (17 * 1024**2), headers={"content-type": "application/json"})
    assert refused.status_code == 413


def test_a_body_that_does_not_say_how_long_it_is_is_bounded_too(http, monkeypatch):
    monkeypatch.setattr("sora_nb.server.access.MAX_JSON", 100_000)
    refused = http.post("/v1/videos", content=(b"x" * 10_000 for _ in range(20)))
    assert (refused.status_code, "Bodies of up to" in refused.json()["error"]["message"]) == (413, True)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"prompt": "\\ud800"}', id="half a pair"),
        pytest.param(b'{"prompt": "a", "seed": NaN}', id="no number"),
        pytest.param(b'{"prompt": "a", "seed": ' + b"9" * 5000 + b"}", id="a long number"),
        pytest.param(b'{"prompt": "\xff"}', id="not UTF-8"),
    ],
)
def test_json_that_is_none(http, body):
    refused = http.post("/v1/videos", content=body, headers={"content-type": "application/json"})
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, "The body is not JSON.")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"abc", id="no parts"),
        pytest.param(b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nabc', id="no end"),
        pytest.param(b"--x\r\nfoo: bar\r\n\r\n\r\n--x--", id="no name"),
        pytest.param(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 2000 + b"--x--", id="too many"),
        pytest.param(
            b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n' + b"a" * 2**21 + b"\r\n--x--", id="too long"
        ),
    ],
)
def test_forms_that_are_none(http, body):
    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert http.post("/v1/videos", content=body, headers=kind).status_code == 400
    assert usage(http)["video"]["accepted"] == 0


def test_the_document_describes_every_route(server, http):
    document = httpx.get(server.url + "/openapi.json").json()
    assert document["components"]["securitySchemes"]
    for path, methods in document["paths"].items():
        for method, entry in methods.items():
            said = entry["responses"]
            assert "422" not in said, path
            assert path == "/healthz" or said["4XX"]["content"]["application/json"]["schema"], path
            assert said["200"]["content"] != {"application/json": {"schema": {}}}, path
            assert ("requestBody" in entry) == (method == "post"), path


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "NONSENSE"])
def test_other_methods_are_refused_plainly(http, method):
    refused = http.request(method, "/v1/videos")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")
    assert http.request("TRACE", "/v1/videos/edits").headers["allow"] == "POST"
    assert http.request("TRACE", "/v1/videos/video_1").headers["allow"] == "DELETE, GET"


def test_unknown_paths_and_damaged_bodies(http):
    assert http.get("/v1/nothing").json()["error"]["message"] == "Invalid URL (GET /v1/nothing)"
    assert http.post("/v1/videos", content=b"{", headers={"content-type": "application/json"}).status_code == 400
    assert http.post("/v1/videos", json=[1]).status_code == 400
    assert http.get("/v1/videos", params={"limit": 0}).status_code == 400
    assert http.post("/v1/files", data={"x": "y"}).status_code == 400


def test_everything_survives_a_restart(tmp_path):
    engine = QuickEngine()
    engine.hold()
    server = LocalServer(tmp_path / "home", engine).start()
    asked = {"prompt": "a corgi", "seconds": "1", "size": "64x64"}
    first = httpx.post(server.url + "/v1/videos", json=asked).json()
    second = httpx.post(server.url + "/v1/videos", json=asked).json()
    until(lambda: engine.begun)
    server.stop()
    engine.go_on()
    server = LocalServer(tmp_path / "home", engine).start()
    try:
        with httpx.Client(base_url=server.url) as http:
            for task in (first, second):
                while (now := http.get(f"/v1/videos/{task['id']}").json())["status"] != "completed":
                    time.sleep(0.05)
                assert http.get(now["url"]).content[4:8] == b"ftyp"
            assert [task["id"] for task in http.get("/v1/videos").json()["data"]] == [second["id"], first["id"]]
    finally:
        server.stop()

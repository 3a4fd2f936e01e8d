"""Files that clients send, and files that they fetch: kept once, deleted at once, and sent to their end."""

from __future__ import annotations

import time

import httpx
import pytest
from conftest import KEY
from quick import QuickEngine
from serving import finished, usage

from sora_nb.server.open_file import OpenFileResponse
from sora_nb.server.server import LocalServer
from sora_nb.server.store import UPLOAD_SECONDS

CHARACTERS = "/sora/v1/characters"


def uploads(server):
    return list((server._store.home / "uploads").iterdir())


def upload(http, path, **fields):
    with path.open("rb") as file:
        return http.post("/v1/files", files={"file": (path.name, file)}, data=fields)


def test_the_same_footage_is_kept_once(http, server, footage):
    made = [upload(http, footage).json()["id"] for _ in range(3)]
    assert len(set(made)) == 3
    assert len(uploads(server)) == 1
    asked = {"url": f"{server.url}/v1/files/{made[1]}/content", "timestamps": "1,3"}
    assert http.post(CHARACTERS, json=asked).status_code == 200
    assert len(uploads(server)) == 1


def test_a_file_is_told_as_openai_tells_it(http, footage):
    before = int(time.time())
    made = upload(http, footage, purpose="vision").json()
    assert made | {"id": "", "created_at": 0, "expires_at": 0} == {
        "id": "", "object": "file", "bytes": footage.stat().st_size, "created_at": 0, "expires_at": 0,
        "filename": footage.name, "purpose": "vision", "status": "processed", "status_details": None,
    }  # fmt: skip
    assert before <= made["expires_at"] - UPLOAD_SECONDS <= time.time()
    assert http.get(f"/v1/files/{made['id']}").json() == made
    listed = http.get("/v1/files").json()
    assert listed == {
        "object": "list", "data": [made], "first_id": made["id"], "last_id": made["id"], "has_more": False
    }  # fmt: skip
    assert http.get("/v1/files", params={"after": made["id"]}).json()["data"] == []
    assert http.get("/v1/files/file-none").json()["error"]["code"] == "file_not_found"


def test_a_file_that_is_gone_says_so(http, server, footage):
    made = upload(http, footage).json()
    for path in uploads(server):
        path.unlink()
    told = http.get(f"/v1/files/{made['id']}").json()
    assert (told["status"], told["bytes"]) == ("error", made["bytes"])
    assert "not used for a day" in told["status_details"]


@pytest.mark.parametrize("purpose", ["", "x" * 101])
def test_a_purpose_is_a_short_text(http, server, footage, purpose):
    refused = upload(http, footage, purpose=purpose)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "purpose")
    assert uploads(server) == []


def test_files_of_refused_requests_are_deleted_at_once(http, server, footage, tmp_path):
    text = tmp_path / "text.mp4"
    text.write_text("not a video")
    asked = {"prompt": (None, "a corgi"), "seconds": (None, "1")}
    for path, fields in (
        ("/v1/videos/characters", {"name": (None, "Mossy"), "video": ("a.mp4", text.read_bytes())}),
        ("/v1/videos/characters", {"name": (None, ""), "video": ("a.mp4", footage.read_bytes())}),
        ("/v1/videos/edits", {**asked, "video": ("a.mp4", text.read_bytes())}),
        ("/v1/videos/extensions", {**asked, "seconds": (None, "0"), "video": ("a.mp4", footage.read_bytes())}),
        ("/v1/videos", {**asked, "input_reference": ("a.png", b"no picture")}),
        ("/v1/videos", {**asked, "prompt": (None, "@nobody"), "input_reference": ("a.png", b"no picture")}),
    ):
        assert http.post(path, files=fields).status_code == 400
    inside = {"prompt": "a corgi", "input_reference": {"image_url": "data:image/png;base64,AAAA"}}
    assert http.post("/v1/videos", json=inside).status_code == 400
    messages = [{"role": "user", "content": [{"type": "text", "text": "@nobody"}]}]
    assert http.post("/v1/chat/completions", json={"model": "sora_video2", "messages": messages}).status_code == 400
    assert uploads(server) == []
    assert usage(http)["video"]["accepted"] == 0


@pytest.mark.release
def test_a_request_that_is_refused_takes_no_file_from_another(http, server, clip):
    def create(name, **headers):
        return http.post(
            "/v1/videos/characters",
            files={"name": (None, name), "video": ("a.mp4", clip.read_bytes())},
            headers=headers,
        )

    assert create("Mossy", **{"idempotency-key": "k"}).status_code == 200
    assert create("Other", **{"idempotency-key": "k"}).status_code == 409
    assert create("").status_code == 400
    assert len(uploads(server)) == 1


def test_a_head_says_what_a_get_would(http):
    path = f"/v1/videos/{finished(http)['id']}/content"
    for headers, status in (({}, 200), ({"range": "bytes=100-199"}, 206)):
        head, got = http.head(path, headers=headers), http.get(path, headers=headers)
        assert (head.status_code, head.content) == (status, b"")
        told = ("content-type", "content-length", "content-range", "accept-ranges", "etag", "last-modified")
        assert [head.headers.get(name) for name in told] == [got.headers.get(name) for name in told]
        assert int(head.headers["content-length"]) == len(got.content)
    assert http.head(path, params={"variant": "thumbnail"}).headers["content-type"] == "image/webp"
    assert http.head("/v1/videos/video_none/content").status_code == 404
    assert http.request("TRACE", path).headers["allow"] == "GET, HEAD"


def test_a_video_deleted_during_its_download_arrives_whole(server, http, errors_logged):
    task = finished(http)
    path = server._store.video_path(task["id"])
    path.write_bytes(path.read_bytes() + bytes(40 * 1024**2))  # more than fits into the buffers on the way
    with http.stream("GET", f"/v1/videos/{task['id']}/content") as answer:
        assert http.delete(f"/v1/videos/{task['id']}").status_code == 200
        assert len(answer.read()) == int(answer.headers["content-length"])
    assert http.get(f"/v1/videos/{task['id']}/content").status_code == 404
    assert errors_logged.records == []


@pytest.mark.anyio
@pytest.mark.parametrize(("headers", "found"), [({}, b"a film"), ({"range": "bytes=2-3"}, b"fi")])
async def test_a_file_deleted_before_its_first_byte_is_sent_arrives_whole(tmp_path, headers, found):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"a film")

    async def answer(scope, receive, send):
        response = OpenFileResponse(path, "video/mp4")
        path.unlink()
        await response(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(answer), base_url="http://here") as client:
        assert (await client.get("/", headers=headers)).content == found


@pytest.fixture
def anyio_backend():
    return "asyncio"


def test_a_video_deleted_before_it_is_opened_is_not_found(server, http, errors_logged):
    task = finished(http)
    server._store.video_path(task["id"]).unlink()
    for variant in ("video", "thumbnail", "spritesheet"):
        gone = http.get(f"/v1/videos/{task['id']}/content", params={"variant": variant})
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "task_not_found")
    assert errors_logged.records == []


def test_a_stream_of_a_deleted_task_ends(http, engine, errors_logged):
    engine.hold()
    body = {"model": "sora_video2", "stream": True, "messages": [{"role": "user", "content": "a corgi"}]}
    with http.stream("POST", "/v1/chat/completions", json=body) as answer:
        lines = answer.iter_lines()
        next(lines)
        http.delete(f"/v1/videos/{http.get('/v1/videos').json()['data'][0]['id']}")
        said = "\n".join(lines)
    assert "The task was deleted." in said
    assert said.rstrip().endswith("[DONE]")
    assert errors_logged.records == []


def test_a_file_is_sent_where_open_files_have_no_names(server, http, monkeypatch, tmp_path):
    monkeypatch.setattr("sora_nb.server.open_file._DESCRIPTORS", tmp_path / "none")
    assert http.get(f"/v1/videos/{finished(http)['id']}/content").content[4:8] == b"ftyp"
    with pytest.raises(FileNotFoundError):
        OpenFileResponse(tmp_path / "none", "video/mp4")


def test_the_page_of_routes_loads_nothing(server, http):
    page = httpx.get(f"{server.url}/docs")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert [mark for mark in ("<script", "<link", "src=", "//", "@import", "url(") if mark in page.text] == []
    document = httpx.get(f"{server.url}/openapi.json").json()
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page.text
    assert "Bearer KEY" in page.text


def test_the_page_of_a_server_without_a_key_asks_for_none(tmp_path):
    server = LocalServer(tmp_path / "keyless", QuickEngine()).start()
    try:
        assert KEY not in httpx.get(f"{server.url}/docs").text
        assert "Bearer KEY" not in httpx.get(f"{server.url}/docs").text
    finally:
        server.stop()

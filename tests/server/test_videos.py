"""The OpenAI shape of videos: remixes, edits, extensions, pictures beside them, and creates that are never doubled."""

from __future__ import annotations

import io
import threading

import httpx
import numpy as np
import pytest
from PIL import Image
from serving import ended, finished, usage
from waiting import until

from sora_nb import media
from sora_nb.errors import MediaError

VIDEOS = "/v1/videos"


@pytest.fixture
def hero(http):
    return http.post("/sora/v1/characters", json={"from_task": finished(http)["id"], "timestamps": "0,1"}).json()


def saved(http, task, path):
    path.write_bytes(http.get(f"{VIDEOS}/{task['id']}/content").content)
    return path


def test_a_remix_has_the_cast_and_the_settings_of_its_source(http, engine, hero):
    source = finished(http, prompt=f"@{hero['username']} runs", seed=7)
    remix = http.post(f"{VIDEOS}/{source['id']}/remix", json={"prompt": "the same at night"}).json()
    assert remix["remixed_from_video_id"] == source["id"]
    assert remix["prompt"] == "the same at night"
    assert ended(http, remix)["status"] == "completed"
    before, after = engine.requests[-2:]
    assert after.prompt == f"the same at night, with @{hero['username']}"
    assert list(after.cast) == list(before.cast) == [hero["username"]]
    assert (after.seed, after.width, after.height, after.seconds) == (7, 320, 180, 2)


def test_a_remix_of_a_remix_still_has_the_cast(http, engine, hero):
    task = finished(http, prompt=f"@{hero['username']} runs")
    for prompt in ("at night", f"@{hero['username']} in the rain"):
        task = ended(http, http.post(f"{VIDEOS}/{task['id']}/remix", json={"prompt": prompt}).json())
    assert [list(request.cast) for request in engine.requests[-3:]] == [[hero["username"]]] * 3
    assert engine.requests[-1].prompt == f"@{hero['username']} in the rain"


@pytest.mark.parametrize("as_form", [False, True])
def test_an_edit_makes_a_finished_video_again(http, engine, as_form):
    source = finished(http, seed=3)
    if as_form:
        sent = {"files": {"prompt": (None, "in the rain"), "video[id]": (None, source["id"])}}
    else:
        sent = {"json": {"prompt": "in the rain", "video": {"id": source["id"]}}}
    edit = ended(http, http.post(f"{VIDEOS}/edits", **sent).json())
    assert (edit["status"], edit["prompt"], edit["remixed_from_video_id"]) == ("completed", "in the rain", None)
    assert (engine.requests[-1].seed, engine.requests[-1].seconds) == (3, 2)


def test_an_edit_of_a_file_keeps_its_size_length_and_first_picture(http, engine, clip):
    with clip.open("rb") as file:
        sent = {"prompt": (None, "in the rain"), "video": ("../evil.mp4", file)}
        edit = ended(http, http.post(f"{VIDEOS}/edits", files=sent).json())
    assert (edit["status"], edit["size"], edit["seconds"]) == ("completed", "320x180", "2")
    with Image.open(engine.requests[-1].reference) as picture:
        first = next(media.frames(clip)).rgb
        assert np.array_equal(np.asarray(picture), first)


def test_an_extension_is_the_source_and_a_part_behind_it(http, engine, tmp_path):
    source = finished(http, seconds="1", size="64x64")
    asked = {"prompt": "and on", "seconds": "2", "video": {"id": source["id"]}}
    longer = http.post(f"{VIDEOS}/extensions", json=asked).json()
    assert longer["seconds"] == "3"
    assert ended(http, longer)["status"] == "completed"
    assert engine.requests[-1].seconds == 2
    whole = saved(http, longer, tmp_path / "whole.mp4")
    assert media.probe(whole).duration == pytest.approx(3, abs=0.05)
    # the pictures of the quick engine change by the tick, so that the seam can be seen
    old = [frame.rgb for frame in media.frames(saved(http, source, tmp_path / "source.mp4"))]
    new = [frame.rgb for frame in media.frames(whole)]
    assert len(new) == 3 * len(old)
    for index, picture in enumerate(old):
        assert np.abs(new[index].astype(int) - picture).mean() < 3


def test_an_extension_of_a_file_starts_from_its_last_picture_and_keeps_its_sound(http, engine, clip, tmp_path):
    with clip.open("rb") as file:
        sent = {"prompt": (None, "and on"), "seconds": (None, "1"), "video": ("clip.mp4", file)}
        longer = ended(http, http.post(f"{VIDEOS}/extensions", files=sent).json())
    assert (longer["status"], longer["seconds"]) == ("completed", "3.5")
    *_, last = media.frames(clip)
    with Image.open(engine.requests[-1].reference) as picture:
        assert np.array_equal(np.asarray(picture), last.rgb)
    info = media.probe(saved(http, longer, tmp_path / "whole.mp4"))
    assert (info.width, info.height, info.has_audio) == (320, 180, True)
    assert info.duration == pytest.approx(3.48, abs=0.1)


def test_extensions_end_at_two_minutes(http):
    source = finished(http, seconds="1", size="64x64")
    for seconds, total in (("60", 61), ("59", 120), ("1", 121)):
        answer = http.post(
            f"{VIDEOS}/extensions", json={"prompt": "on", "seconds": seconds, "video": {"id": source["id"]}}
        )
        if total > 120:
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_long")
        else:
            assert answer.json()["seconds"] == str(total)
            source = ended(http, answer.json())


REFUSED = [
    (f"{VIDEOS}/video_bGl0ZWxsbTo=/remix", {"prompt": "x"}, 404),
    (f"{VIDEOS}/edits", {"prompt": "x", "video": {"id": "video_bGl0ZWxsbTo="}}, 404),
    (f"{VIDEOS}/edits", {"prompt": "x"}, 400),
    (f"{VIDEOS}/edits", {"prompt": "x", "video": "video_1"}, 400),
    (f"{VIDEOS}/extensions", {"prompt": "x", "video": {"id": 1}}, 400),
]


@pytest.mark.parametrize(("path", "body", "status"), REFUSED)
def test_what_is_made_from_nothing_is_refused(http, path, body, status):
    assert http.post(path, json=body).status_code == status
    assert usage(http)["video"]["accepted"] == 0


def test_a_video_that_is_not_done_cannot_be_made_again(http, engine):
    engine.hold()
    task = http.post(VIDEOS, json={"prompt": "a corgi", "seconds": "1", "size": "64x64"}).json()
    refused = http.post(f"{VIDEOS}/{task['id']}/remix", json={"prompt": "x"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "task_not_completed")


def test_an_extension_of_a_video_deleted_meanwhile_fails_and_says_so(http, engine):
    source = finished(http, seconds="1", size="64x64")
    engine.hold()
    http.post(VIDEOS, json={"prompt": "what comes first", "seconds": "1", "size": "64x64"})
    longer = http.post(f"{VIDEOS}/extensions", json={"prompt": "on", "seconds": "1", "video": {"id": source["id"]}})
    http.delete(f"{VIDEOS}/{source['id']}")
    engine.go_on()
    failed = ended(http, longer.json())
    assert (failed["status"], failed["error"]["message"]) == ("failed", "The video it is made from was deleted.")


def test_pictures_of_a_video(http):
    task = finished(http)
    thumbnail = http.get(f"{VIDEOS}/{task['id']}/content", params={"variant": "thumbnail"})
    sheet = http.get(f"{VIDEOS}/{task['id']}/content", params={"variant": "spritesheet"})
    for answer, kind, size in ((thumbnail, "webp", (320, 180)), (sheet, "jpeg", (5 * 256, 4 * 144))):
        assert answer.headers["content-type"] == f"image/{kind}"
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert (picture.format, picture.size) == (kind.upper(), size)
    # the colour of the quick engine drifts, so the first and the last tile differ
    pixels = np.asarray(Image.open(io.BytesIO(sheet.content)), int)
    assert pixels[-72, -128, 2] - pixels[72, 128, 2] > 30
    assert http.get(f"{VIDEOS}/{task['id']}/content", params={"variant": "gif"}).status_code == 400


def test_a_picture_that_was_uploaded_before(http, engine, footage):
    picture = media.poster(footage)
    kept = http.post("/v1/files", files={"file": ("a.jpg", picture)}).json()
    finished(http, input_reference={"file_id": kept["id"]})
    assert engine.requests[-1].reference.read_bytes() == picture
    assert http.post(VIDEOS, json={"prompt": "x", "input_reference": {"file_id": "file-none"}}).status_code == 404


def test_status_words_and_the_pace_of_polls(http, engine):
    engine.hold()
    task = http.post(VIDEOS, json={"prompt": "a corgi", "seconds": "1", "size": "64x64"}).json()
    words = {task["status"]}
    until(lambda: engine.begun)
    while task["status"] not in {"completed", "failed"}:
        answer = http.get(f"{VIDEOS}/{task['id']}")
        task = answer.json()
        words.add(task["status"])
        assert ("openai-poll-after-ms" in answer.headers) == (task["status"] in {"queued", "in_progress"})
        engine.go_on()
    assert words == {"queued", "in_progress", "completed"}


def test_pages_begin_behind_the_cursor(http):
    made = [http.post(VIDEOS, json={"prompt": str(n), "seconds": "1", "size": "64x64"}).json()["id"] for n in range(3)]
    page = http.get(VIDEOS, params={"limit": 2}).json()
    assert ([entry["id"] for entry in page["data"]], page["has_more"]) == (made[:0:-1], True)
    rest = http.get(VIDEOS, params={"after": page["last_id"]}).json()
    assert ([entry["id"] for entry in rest["data"]], rest["has_more"]) == (made[:1], False)
    # a cursor that is gone must not look like the end of the list
    assert http.get(VIDEOS, params={"after": "video_bGl0ZWxsbTo="}).status_code == 404


def test_pages_of_characters_begin_behind_the_cursor(http):
    asked = {"from_task": finished(http)["id"], "timestamps": "0,1"}
    made = [http.post("/sora/v1/characters", json=asked).json()["id"] for _ in range(2)]
    page = http.get("/sora/v1/characters", params={"limit": 1}).json()
    assert ([entry["id"] for entry in page["data"]], page["has_more"]) == (made[1:], True)
    rest = http.get("/sora/v1/characters", params={"after": made[1]}).json()
    assert ([entry["id"] for entry in rest["data"]], rest["has_more"]) == (made[:1], False)
    assert http.get("/sora/v1/characters", params={"after": "ch_gone"}).status_code == 404


def creates(source):
    small = {"seconds": "1", "size": "64x64"}
    character = {"from_task": source["id"], "timestamps": "0,1"}
    return {
        VIDEOS: ({"prompt": "a", **small}, {"prompt": "b", **small}),
        f"{VIDEOS}/{source['id']}/remix": ({"prompt": "a"}, {"prompt": "b"}),
        f"{VIDEOS}/edits": tuple({"prompt": prompt, "video": {"id": source["id"]}} for prompt in "ab"),
        f"{VIDEOS}/extensions": tuple(
            {"prompt": "a", "seconds": seconds, "video": {"id": source["id"]}} for seconds in ("1", "2")
        ),
        "/sora/v1/characters": (character, {**character, "timestamps": "0,1.5"}),
        "/v1/chat/completions": tuple(
            {"model": "sora_video2", "messages": [{"role": "user", "content": prompt}]} for prompt in "ab"
        ),
    }


def test_every_paid_create_honours_its_key(http):
    for path, (body, other) in creates(finished(http)).items():
        headers = {"idempotency-key": f"key of {path}"}
        before = usage(http)
        first, again = (http.post(path, json=body, headers=headers) for _ in range(2))
        assert first.status_code == again.status_code == 200, path
        assert first.json()["id"] == again.json()["id"], path
        refused = http.post(path, json=other, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "idempotency_conflict"), path
        after = usage(http)
        kinds = ("character", "video")
        assert sum(after[kind]["accepted"] - before[kind]["accepted"] for kind in kinds) == 1, path


def test_a_key_used_for_a_file_is_not_taken_for_another_file(http, clip, footage):
    def edit(video, boundary):
        files = {"prompt": (None, "x"), "video": ("a.mp4", video.read_bytes())}
        kind = f"multipart/form-data; boundary={boundary}"
        return http.post(f"{VIDEOS}/edits", files=files, headers={"idempotency-key": "k", "content-type": kind})

    first, again = edit(clip, "one"), edit(clip, "two")
    assert first.json()["id"] == again.json()["id"]
    assert edit(footage, "one").status_code == 409


def test_a_key_that_comes_from_many_at_once_makes_one_task(server, http):
    asked = {"prompt": "a corgi", "seconds": "1", "size": "64x64"}
    found = []

    def create():
        headers = {**http.headers, "idempotency-key": "one"}
        found.append(httpx.post(server.url + VIDEOS, json=asked, headers=headers).json()["id"])

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert usage(http)["video"]["accepted"] == 1


def test_a_failure_after_acceptance_is_not_to_be_sent_again(http, engine, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    source = finished(http)
    monkeypatch.setattr(engine, "extract", broken)
    headers = {"idempotency-key": "k"}
    asked = {"from_task": source["id"], "timestamps": "0,1"}
    for _ in range(2):
        answer = http.post("/sora/v1/characters", json=asked, headers=headers)
        assert (answer.status_code, answer.headers["x-should-retry"]) == (500, "false")
        assert answer.json()["error"]["message"] == "The engine failed on this request."
    assert usage(http)["character"] == {"accepted": 1, "completed": 0}


def test_a_character_that_takes_too_long_is_accepted_all_the_same(http, engine, monkeypatch):
    source = finished(http)
    engine.hold()
    monkeypatch.setattr("sora_nb.server.dependencies.WAIT_SECONDS", 0.2)
    late = http.post("/sora/v1/characters", json={"from_task": source["id"], "timestamps": "0,1"})
    assert (late.status_code, late.headers["x-should-retry"]) == (504, "false")
    monkeypatch.undo()
    assert usage(http)["character"]["accepted"] == 1


def test_a_failure_nobody_foresaw_is_one_sentence(http, monkeypatch):
    def broken(*_, **__):
        raise MediaError("inside")

    monkeypatch.setattr("sora_nb.server.store.Store.tasks", broken)
    answer = http.get(VIDEOS)
    assert (answer.status_code, answer.headers["x-should-retry"]) == (500, "false")
    assert answer.json()["error"]["message"] == "The server failed on this request."

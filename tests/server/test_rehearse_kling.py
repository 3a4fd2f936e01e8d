"""Kling and Comfy Router, rehearsed: from a prompt to a film and its charge, what they refuse, and creates that are lost."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
from decimal import Decimal

import httpx
import pytest
from conftest import KEY
from portrayed import SAID, kept, portrayed, still
from quick import QuickEngine

from sora_nb.errors import BadRequest, FileNotReady, GenerationFailed, OutcomeUnknown, PolicyError
from sora_nb.models import State
from sora_nb.providers import registry
from sora_nb.providers.profile import Pace
from sora_nb.server import rehearsal
from sora_nb.storage.call import Call
from sora_nb.studio import Studio

pytestmark = pytest.mark.release


MODELS = ("kling/kling-3.0-omni", "comfy/kling/kling-v3-omni", "comfy/kling/kling-4.0")


class Small(QuickEngine):
    """Renders small, whatever is asked for: these services make nothing below 720 lines."""

    def generate(self, request, out, control):
        told = super().generate(dataclasses.replace(request, width=64, height=36), out, control)
        self.requests[-1] = request
        return told


@pytest.fixture
def engine():
    return Small()


def fast(name):
    profile = registry.get(name)
    return profile.model_copy(
        update={"video": profile.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.05)})}
    )


@pytest.fixture
def serve(engine, tmp_path):
    """Start a rehearsal, and make a studio of it."""
    running = []

    def make(name):
        served = rehearsal.start(name, tmp_path / name, engine)
        options = {"api_key": KEY, "home": tmp_path / "home", "progress": False}
        studio = Studio(fast(name), base_url=served.url, **options)
        running.append((studio, served))
        return served, studio

    yield make
    for studio, served in running:
        studio.close()
        served.stop()


@pytest.fixture
def asked(serve):
    """Return what posts a body to a rehearsal, as some client would."""
    with contextlib.ExitStack() as stack:

        def make(name):
            served, _ = serve(name)
            key = {"authorization": "Bearer any", "idempotency-key": "key-1"}
            return stack.enter_context(httpx.Client(base_url=served.url, headers=key, timeout=60))

        yield make


@pytest.mark.parametrize("model", MODELS)
def test_a_film_of_the_characters_that_were_sent(serve, engine, tmp_path, model):
    _, studio = serve(model.partition("/")[0])
    kept(studio, portrayed(tmp_path, consent=SAID))
    kept(studio, portrayed(tmp_path, "leo", stills=("figure",), consent=SAID))
    video = studio.generate("@luna and @leo walk on the beach", model=model, seconds=3)
    assert video.path.is_file()
    [request] = engine.requests
    assert (len(request.cast), request.width, request.height, request.seconds) == (2, 1280, 720, 3)
    assert "same character" not in request.prompt
    [call] = studio.ledger.calls(kind="video")
    assert call.charged == {"kling": 250_000}.get(model.partition("/")[0], 252_000)
    assert video.charged == Decimal(call.charged) / 1_000_000


def test_an_element_is_shown_as_its_pictures(serve, engine, tmp_path):
    _, studio = serve("kling")
    studio.register(kept(studio, portrayed(tmp_path, consent=SAID)), "kling")
    studio.generate("@luna walks on the beach", seconds=3)
    assert len(engine.requests[0].cast) == 1


@pytest.mark.parametrize("name", ["kling", "comfy"])
def test_failures_that_were_ordered(serve, name):
    served, studio = serve(name)
    for kind, error in (("policy", PolicyError), ("failed", GenerationFailed), ("link_expired", FileNotReady)):
        served.fail(kind)
        with pytest.raises(error):
            studio.generate("a corgi", seconds=3)
    # a refusal is free; nobody says what a failure costs; a film that is not here may come yet
    rows = studio.ledger.calls()
    assert [(row.state, row.charged) for row in rows] == [
        (State.FAILED, 0),
        (State.FAILED, None),
        (State.RUNNING, None),
    ]


def test_kling_finds_a_lost_create_by_its_key(serve):
    served, studio = serve("kling")
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi", seconds=3)
    assert studio.resume()["now"].tolist() == ["done"]
    assert len(served.tasks()) == 1


def test_comfy_sends_a_lost_create_again_with_its_key(serve):
    served, studio = serve("comfy")
    served.fail("lost")
    video = studio.generate("a corgi", model="kling/kling-4.0", seconds=3)  # the name of another service in front
    assert [f"kling/kling-4.0/{task.id}" for task in served.tasks()] == [video.id]


@pytest.mark.parametrize("arrived", [True, False])
def test_a_create_of_a_kernel_that_died_is_made_once(serve, tmp_path, arrived):
    """Whether it had arrived or not: resume() sends it again, and it is made once."""
    served, studio = serve("comfy")
    kept(studio, portrayed(tmp_path, consent=SAID))
    if arrived:
        studio.generate("@luna walks", seconds=3)
        [call] = studio.ledger.calls(kind="video")
        studio.ledger.change(call, state=State.SENT, owner="a-kernel-that-is-gone", task="", charged=None, file=None)
    else:
        left_behind(studio, served)
    assert studio.resume()["now"].tolist() == ["done"]
    [task] = served.tasks()
    [call] = studio.ledger.calls(kind="video")
    assert (call.task, call.charged) == (f"kling/kling-v3-omni/{task.id}", 252_000)
    assert call.key == task.extra["key"]


def left_behind(studio, served):
    """Leave the order of a kernel that died before its create was answered."""
    asked = {"model": "kling/kling-v3-omni", "prompt": "@luna walks", "size": "1280x720", "seconds": 3}
    found = studio.provider.compiled(studio._session.video_order("@luna walks", seconds=3)[1])
    call = Call(
        kind="video", profile="comfy", base_url=served.url, characters=("luna",), state=State.SENT,
        owner="a-kernel-that-is-gone", reserved=252_000, details={"wording": found.prompt, "sent": found.files}, **asked,
    )  # fmt: skip
    return studio.ledger.add(call)


def test_what_went_along_is_written_down(serve, tmp_path):
    _, studio = serve("comfy")
    luna = kept(studio, portrayed(tmp_path, consent=SAID))
    studio.generate("@luna walks", seconds=3)
    [call] = studio.ledger.calls(kind="video")
    assert call.details["sent"] == [still.path.name for still in luna.stills]


def test_a_lost_create_that_cannot_be_collected_now_stays_open(serve, tmp_path):
    """It may have been accepted before: that nobody answers now says nothing of that."""
    served, studio = serve("comfy")
    kept(studio, portrayed(tmp_path, consent=SAID))
    call = left_behind(studio, served)
    served.stop()
    [note] = studio.resume()["note"]
    assert "could not be collected by its key" in note
    assert "may have been billed" in note
    assert "nothing was charged" not in note.lower()
    now = studio.ledger.call(call.id)
    assert (now.state, now.charged, now.reserved) == (State.SENT, None, 252_000)


@pytest.mark.parametrize("gone", ["forgotten", "another one", "other pictures"])
def test_an_order_whose_characters_are_others_by_now_is_not_sent_again(serve, tmp_path, gone):
    served, studio = serve("comfy")
    luna = kept(studio, portrayed(tmp_path, consent=SAID))
    left_behind(studio, served)
    (tmp_path / "other").mkdir()
    if gone == "other pictures":
        studio.ledger.characters.change(luna, stills=(still(tmp_path / "other", "new"),))
    else:
        studio.forget(luna)
    if gone == "another one":  # nobody has agreed for it
        kept(studio, portrayed(tmp_path / "other", stills=("new",)).model_copy(update={"id": "ch_2"}))
    assert "not found at the service; it may have been billed" in studio.resume()["note"][0]
    assert served.tasks() == []


def test_a_lost_create_is_found_although_nothing_is_left_of_its_character(serve, tmp_path):
    served, studio = serve("kling")
    luna = kept(studio, portrayed(tmp_path, consent=SAID))
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.generate("@luna walks", seconds=3)
    for each in luna.stills:
        each.path.unlink()
    assert studio.resume()["now"].tolist() == ["done"]
    assert len(served.tasks()) == 1


def test_after_a_day_nothing_is_sent_again(serve):
    served, studio = serve("comfy")
    asked = {"model": "kling/kling-v3-omni", "prompt": "a corgi", "size": "1280x720", "seconds": 3}
    call = Call(kind="video", profile="comfy", base_url=served.url, created_at="2026-01-01T00:00:00Z", **asked)
    studio.ledger.add(call.model_copy(update={"state": State.SENT, "owner": "a-kernel-that-is-gone"}))
    assert "not found at the service; it may have been billed" in studio.resume()["note"][0]
    assert served.tasks() == []


def test_a_task_in_comfys_queue_is_cancelled(serve, engine):
    served, studio = serve("comfy")
    engine.hold()
    job = studio.submit("a corgi", seconds=3)
    while not studio.ledger.call(job.id).task:
        pass
    assert job.cancel()
    assert served.tasks()[0].state == "cancelled"
    engine.go_on()


# --- what they refuse -------------------------------------------------------------------------------------------------


def body(*contents, **more):
    return {"contents": [{"type": "prompt", "text": "a corgi"}, *contents], "settings": {}, **more}


def picture(folder, size=(512, 640)):
    return base64.b64encode(still(folder, f"{size}", size).path.read_bytes()).decode()


KLING_REFUSES = [
    ({"contents": []}, "one item of the type prompt"),
    ({"prompt": "a corgi"}, "belongs into contents"),
    ({"settings": {"duration": "5"}}, "duration"),
    ({"settings": {"duration": 16}}, "duration"),
    ({"settings": {"resolution": "480p"}}, "resolution"),
    ({"settings": {"aspect_ratio": "4:3"}}, "aspect_ratio"),
    ({"settings": {"audio": "on"}}, "audio"),
    ({"contents": [{"type": "prompt", "text": "a" * 2501}]}, "2501 characters"),
    ({"contents": [{"type": "voice"}]}, "type"),
    ({"contents": [{"type": "element", "id": "a", "element_id": "5"}]}, "one item of the type prompt"),
]


def test_bodies_that_kling_refuses(asked):
    client = asked("kling")
    for more, words in KLING_REFUSES:
        told = client.post("/omni-video/kling-3.0-omni", json=body() | more)
        assert (told.status_code, told.json()["code"]) == (400, 1201)
        assert words in told.json()["message"]


def test_pictures_and_elements_that_kling_refuses(asked, tmp_path):
    client, fit = asked("kling"), picture(tmp_path)

    def refused(*contents):
        told = client.post("/omni-video/kling-3.0-omni", json=body(*contents))
        assert told.json()["code"] == 1201
        return told.json()["message"]

    shown = [{"type": "refer_image", "id": f"a{number}", "url": fit} for number in range(8)]
    assert "at most 7" in refused(*shown)
    assert "unique" in refused(shown[0], shown[0])
    assert "299x400" in refused({"type": "refer_image", "id": "a", "url": picture(tmp_path, (299, 400))})
    assert "ratio" in refused({"type": "refer_image", "id": "a", "url": picture(tmp_path, (300, 800))})
    assert "without a prefix" in refused({"type": "refer_image", "id": "a", "url": f"data:image/jpeg;base64,{fit}"})
    assert "no element" in refused({"type": "element", "id": "a", "element_id": "5"})
    assert client.post("/omni-video/kling-9", json=body()).json()["code"] == 1203


def test_kling_takes_an_external_id_once(asked):
    client, mine = asked("kling"), body(options={"external_task_id": "mine"})
    assert client.post("/omni-video/kling-o1", json=mine).json()["code"] == 0
    assert "exists already" in client.post("/omni-video/kling-o1", json=mine).json()["message"]
    found = client.get("/tasks", params={"external_task_ids": "mine"}).json()["data"]
    assert [task["external_id"] for task in found] == ["mine"]
    assert client.get("/tasks", params={"external_task_ids": ""}).json()["data"] == []


def test_comfy_replays_a_key_and_refuses_another_request_with_it(asked):
    client, path = asked("comfy"), "/v2/models/kling/kling-4.0/requests"
    first, second = (client.post(path, json={"prompt": "a corgi"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")
    other = client.post(path, json={"prompt": "a cat"})
    assert (other.status_code, other.headers["x-comfy-error-type"]) == (409, "invalid_input")


COMFY_REFUSES = [
    ("kling-4.0", body(options={"external_task_id": "mine"}), "external_task_id"),
    ("kling-4.0", {"prompt": ""}, "a text is required"),
    ("kling-v3-omni", {"prompt": "a corgi"}, "aspect_ratio"),
    ("kling-v3-omni", {"prompt": "a corgi", "aspect_ratio": "16:9", "duration": 5}, "duration"),
    ("kling-v3-omni", {"prompt": "a corgi", "aspect_ratio": "16:9", "mode": "4k"}, "mode"),
]


def test_bodies_that_comfy_refuses(asked):
    client = asked("comfy")
    for model, sent, words in COMFY_REFUSES:
        told = client.post(f"/v2/models/kling/{model}/requests", json=sent)
        assert (told.status_code, told.headers["x-comfy-error-type"]) == (422, "invalid_input")
        assert words in told.json()["detail"][0]["msg"]


def test_what_a_rehearsal_refuses_reaches_a_person_in_words(serve, monkeypatch):
    _, studio = serve("comfy")
    monkeypatch.setattr("sora_nb.providers.kling_v1.MODES", {"720p": "fast"})
    with pytest.raises(BadRequest, match=r"mode.*nothing was charged"):
        studio.generate("a corgi", seconds=3)

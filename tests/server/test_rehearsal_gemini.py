"""Gemini's rehearsal: the wire from the service's side, and our own client against it."""

from __future__ import annotations

import base64
import io
import shutil
import time

import httpx
import numpy as np
import pytest
from conftest import KEY
from PIL import Image
from waiting import until

from sora_nb import media
from sora_nb.errors import ConsentNeeded, GenerationFailed, OutcomeUnknown, PolicyError
from sora_nb.models import Clip, State
from sora_nb.providers import omni, registry
from sora_nb.providers.profile import Pace
from sora_nb.server import rehearsal
from sora_nb.server.rehearsal import gemini
from sora_nb.studio import Studio

pytestmark = pytest.mark.release


PATH = "/v1beta/interactions"
MODEL = "gemini-omni-1.2-flash"
PROMPT = "Luna is the character in the reference image. Luna waves."


def still(size=(400, 480), colour="grey"):
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "PNG")
    return held.getvalue()


def item(kind, data, mime_type):
    return {"type": kind, "mime_type": mime_type, "data": base64.b64encode(data).decode()}


TEXT = {"type": "text", "text": PROMPT}
IMAGE = item("image", still(), "image/png")


def video(path):
    return item("video", path.read_bytes(), "video/mp4")


def body(*content, shape=(), task="reference_to_video", **more):
    return {
        "model": MODEL,
        "background": True,
        "store": True,
        "input": [{"type": "user_input", "content": list(content or (IMAGE, TEXT))}],
        "generation_config": {"video_config": {"task": task}},
        "response_format": {"type": "video", "resolution": "360p", "duration": "3s", "delivery": "uri", **dict(shape)},
    } | more


@pytest.fixture
def served(engine, tmp_path):
    with rehearsal.start("gemini", tmp_path / "films", engine) as running:
        yield running


@pytest.fixture
def service(served):
    with httpx.Client(base_url=served.url, headers={"x-goog-api-key": KEY}, timeout=60) as made:
        yield made


def ended(service, ident):
    while (found := service.get(f"{PATH}/{ident}").json())["status"] == "in_progress":
        time.sleep(0.02)
    return found


def made(service, *content, **more):
    return ended(service, service.post(PATH, json=body(*content, **more)).json()["id"])


def film_of(found):
    [step] = [step for step in found["steps"] if step["type"] == "model_output"]
    [content] = step["content"]
    return content


# --- the wire -----------------------------------------------------------------------------------------------------


def test_a_film_is_behind_a_file_that_needs_the_key_and_what_was_sent_is_repeated(service, engine):
    accepted = service.post(PATH, json=body()).json()
    assert accepted["id"].startswith("v1_")
    assert (accepted["object"], accepted["status"], accepted["model"]) == ("interaction", "in_progress", MODEL)
    assert "output_video" not in accepted
    found = ended(service, accepted["id"])
    assert found["status"] == "completed"
    assert [step["type"] for step in found["steps"]] == ["user_input", "thought", "model_output"]
    assert found["steps"][0]["content"] == [IMAGE, TEXT]
    assert found["usage"]["output_tokens_by_modality"] == [{"modality": "video", "tokens": 3 * 1931}]
    uri = film_of(found)["uri"]
    assert uri.endswith(":download?alt=media")
    assert service.get(uri).headers["content-type"] == "video/mp4"
    assert httpx.get(uri).status_code == 401
    about = service.get(uri.partition(":download")[0]).json()
    assert (about["state"], about["uri"]) == ("ACTIVE", uri.partition(":download")[0])
    [request] = engine.requests
    assert (request.prompt, request.width, request.height, request.seconds) == ("@luna waves.", 640, 360, 3)
    assert request.cast.keys() == {"luna"}


def test_a_film_comes_inside_the_answer_where_that_is_asked_for(service, served):
    found = film_of(made(service, shape={"delivery": "inline"}))
    [task] = served.tasks()
    assert base64.b64decode(found["data"]) == served._tasks.path(task.name).read_bytes()


def test_an_inline_film_has_a_largest_size(service, monkeypatch):
    monkeypatch.setattr(gemini, "MOST_INLINE", 100)
    found = made(service, shape={"delivery": "inline"})
    assert (found["status"], found["errors"][0]["code"]) == ("failed", "out_of_range")


def test_without_background_the_answer_brings_the_film(service):
    found = service.post(PATH, json=body(background=False, shape={"delivery": "inline"})).json()
    assert (found["status"], film_of(found)["mime_type"]) == ("completed", "video/mp4")


def test_both_versions_and_plain_forms_of_the_input_are_taken(service, engine):
    plain = body(input=[IMAGE, TEXT], response_format=[{"type": "video", "resolution": "360p", "duration": "3s"}])
    del plain["generation_config"]
    assert service.post("/v1/interactions", json=plain).status_code == 200
    assert service.post(PATH, json={"model": MODEL, "input": "a corgi", "background": True}).status_code == 200
    until(lambda: len(engine.requests) == 2)
    assert [request.seconds for request in engine.requests] == [3, 10]
    assert [list(request.cast) for request in engine.requests] == [["luna"], []]


def test_a_video_begins_with_a_picture(service, engine):
    assert made(service, IMAGE, TEXT, task="image_to_video", shape={"duration": "15s"})["status"] == "completed"
    assert engine.requests[0].reference is not None
    assert engine.requests[0].cast == {}


def test_a_character_is_cut_out_of_a_clip(service, engine, clip):
    assert (
        made(service, video(clip), {"type": "text", "text": PROMPT.replace("image", "video")})["status"] == "completed"
    )
    assert engine.requests[0].cast.keys() == {"luna"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 7}, "Unknown parameter 'seed'"),
        ({"store": False}, "needs store=true"),
        ({"background": "yes"}, "'yes' is not taken"),
        ({"input": []}, "a text is required"),
        ({"input": [IMAGE]}, "a text is required"),
        ({"input": 5}, "list of objects"),
        ({"input": [{"type": "audio", "data": ""}, TEXT]}, "'audio' is not taken"),
        ({"input": [{"type": "image"}, TEXT]}, "has data or a uri"),
        ({"input": [{"type": "image", "data": "AAAA"}, TEXT]}, "mime_type"),
        ({"input": [item("image", b"GIF", "image/gif"), TEXT]}, "no picture"),
        ({"input": [{"type": "image", "uri": "https://a.example/x.png"}, TEXT]}, "cannot be read here"),
        ({"input": [item("video", b"film", "video/mp4"), TEXT]}, "cannot be read"),
        ({"input": [*[IMAGE] * 7, TEXT]}, "at most 6"),
        ({"input": [TEXT]}, "'reference_to_video' does not take 0 images"),
        ({"generation_config": {"video_config": {"task": "text_to_video"}}}, "'text_to_video' does not take 1 images"),
        ({"generation_config": {"video_config": {"task": "edit"}}}, "no video by 'edit'"),
        ({"generation_config": {"video_config": {"task": "dance"}}}, "'dance' is not taken"),
        ({"generation_config": {"video_config": 5}}, "an object is expected"),
        ({"response_format": {"type": "image"}}, "'image' is not taken"),
        ({"response_format": {"resolution": "8k"}}, "'8k' is not taken"),
        ({"response_format": {"aspect_ratio": "1:1"}}, "'1:1' is not taken"),
        ({"response_format": {"delivery": "post"}}, "'post' is not taken"),
        ({"response_format": {"duration": "2s"}}, "'3s' to '15s'"),
        ({"response_format": {"duration": "16s"}}, "'3s' to '15s'"),
        ({"response_format": {"duration": 8}}, "'3s' to '15s'"),
        ({"response_format": {"duration": "11s"}, "model": "gemini-omni-1.1-flash"}, "'3s' to '10s'"),
    ],
)
def test_what_the_service_would_refuse_is_refused_in_its_envelope(service, served, change, said):
    answer = service.post(PATH, json=body() | change)
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error.keys() == {"code", "message"}
    assert error["code"] == ("parameter_unknown" if "seed" in change else "invalid_request")
    assert said in error["message"]
    assert served.tasks() == []


def test_from_a_first_to_a_last_picture_it_is_at_most_ten_seconds(service):
    content = [IMAGE, IMAGE, TEXT]
    told = body(*content, task="image_to_video", shape={"duration": "11s"})
    assert "'3s' to '10s'" in service.post(PATH, json=told).json()["error"]["message"]
    told = body(*content, task="image_to_video", shape={"duration": "10s"})
    assert service.post(PATH, json=told).status_code == 200
    told = body(IMAGE, *content, task="image_to_video")
    assert "does not take 3 images" in service.post(PATH, json=told).json()["error"]["message"]


def test_clips_are_three_of_three_seconds(service, clip, footage, tmp_path):
    assert "at most 3 are" in service.post(PATH, json=body(*[video(clip)] * 4, TEXT)).json()["error"]["message"]
    media.cut(footage, Clip(0, 4), tmp_path / "long.mp4")
    told = service.post(PATH, json=body(video(tmp_path / "long.mp4"), TEXT)).json()
    assert "at most 3 seconds" in told["error"]["message"]


def test_unknown_models_interactions_files_and_keys_are_told(service, served):
    told = service.post(PATH, json=body(model="gemini-omni-9"))
    assert (told.status_code, told.json()["error"]["code"]) == (404, "model_not_found")
    told = service.get(f"{PATH}/v1_0")
    assert (told.status_code, told.json()["error"]["code"]) == (404, "not_found")
    told = service.get("/v1beta/files/nobody:download?alt=media")
    assert (told.status_code, told.json()["error"]["code"]) == (403, "permission_denied")
    told = httpx.post(served.url + PATH, json=body())
    assert (told.status_code, told.json()["error"]["code"]) == (401, "authentication")
    assert httpx.get(served.url + PATH, headers={"authorization": f"Bearer {KEY}"}).status_code == 405


def test_an_interaction_is_stopped_and_no_other(service, engine):
    engine.hold()
    ident = service.post(PATH, json=body()).json()["id"]
    assert service.post(f"{PATH}/{ident}/cancel").json()["status"] == "cancelled"
    assert service.get(f"{PATH}/{ident}").json()["status"] == "cancelled"
    assert service.post(f"{PATH}/{ident}/cancel").json()["error"]["code"] == "failed_precondition"
    engine.go_on()


def test_a_failure_and_a_link_that_is_over(service, served):
    served.fail("failed")
    served.fail("link_expired")
    found = made(service)
    assert (found["status"], found["errors"][0]["code"]) == ("failed", "safety")
    assert "usage" not in found
    assert service.get(film_of(made(service))["uri"]).status_code == 403


# --- our own client against it ------------------------------------------------------------------------------------


@pytest.fixture
def studio(served, engine, tmp_path):
    known = registry.get("gemini")
    pace = known.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.05)})
    profile = known.model_copy(update={"video": pace})
    options = {"base_url": served.url, "api_key": KEY, "home": tmp_path / "home", "progress": False}
    with Studio(profile, engine=engine, **options) as opened:
        yield opened


@pytest.fixture
def luna(studio, footage):
    return studio.extract(footage, 2, 4, name="luna")


ASKED = {"size": "640x360", "seconds": 3}


def test_a_character_goes_from_the_library_to_a_film(studio, luna, engine):
    with pytest.raises(ConsentNeeded, match="checks faces"):
        studio.generate("@luna waves", **ASKED)
    film = studio.generate("@luna waves", consent="Ada: my own rabbit", **ASKED)
    assert film.path.is_file()
    assert engine.requests[-1].prompt == "@luna waves"
    assert engine.requests[-1].cast.keys() == {"luna"}
    call = studio.ledger.calls()[-1]
    assert (call.state, call.estimate, call.charged) == (State.DONE, 69_600, 69_600)


@pytest.mark.parametrize("span", [(2, 4), (1, 4), (0.5, 3.5)])
def test_its_clip_is_sent_beside_its_pictures_whole_as_it_was_extracted(studio, footage, served, span):
    luna = studio.extract(footage, *span, name="luna")
    studio.generate("@luna waves", references="both", consent="Ada: my own rabbit", **ASKED)
    [task] = served.tasks()
    assert task.pictures
    assert task.clips == [luna.clip_file.read_bytes()]
    assert "and the reference video" in task.prompt


def test_an_inline_film_is_fetched_and_kept_nowhere_else(studio, monkeypatch):
    create = omni.Wire.create

    def inline(self, order, key):
        sent = create(self, order, key)
        sent.json["response_format"]["delivery"] = "inline"
        return sent

    monkeypatch.setattr(omni.Wire, "create", inline)
    film = studio.generate("a corgi", **ASKED)
    assert film.path.is_file()
    [call] = studio.ledger.calls()
    assert call.answer["video"] == {"uri": "", "inline": True}


def test_a_lost_create_stays_open_and_is_not_sent_again(studio, served):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi", **ASKED)
    studio.resume()
    assert studio.ledger.calls()[-1].state is State.UNKNOWN
    assert len(served.tasks()) == 1


def test_a_refusal_costs_nothing_and_a_failure_stays_reserved(studio, served):
    served.fail("policy")
    with pytest.raises(PolicyError, match=r"Prohibited content.*nothing was charged"):
        studio.generate("a corgi", **ASKED)
    served.fail("failed")
    with pytest.raises(GenerationFailed, match="Safety violations"):
        studio.generate("a corgi", **ASKED)
    assert [call.charged for call in studio.ledger.calls()] == [0, None]


def test_a_job_is_stopped_there(studio, served, engine):
    engine.hold()
    job = studio.submit("a corgi", **ASKED)
    until(lambda: studio.ledger.call(job.id).task)
    assert job.cancel()
    assert served.tasks()[0].state == "cancelled"
    engine.go_on()


@pytest.mark.release
def test_the_sample_s_rabbit_is_in_the_film_that_was_made_of_its_pictures(made, tmp_path):
    with (
        rehearsal.start("gemini", tmp_path / "films") as running,
        Studio("local", home=shutil.copytree(made.home, tmp_path / "home"), progress=False) as studio,
    ):
        studio.connect("gemini", api_key=KEY, base_url=running.url)
        films = [
            studio.generate(
                f"{who} walks on the beach at sunset", model=f"gemini/{MODEL}", consent="Ada: a film's rabbit", **ASKED
            )
            for who in (made.rabbit, "nobody")
        ]
        assert studio.consistency(made.rabbit, films[0]).score >= 0.2
        with_rabbit, without = (next(media.frames(film.path, 2.0)).rgb.astype(int) for film in films)
    changed = np.abs(with_rabbit - without).max(-1) > 40
    assert changed.mean() > 0.01
    red, green, blue = with_rabbit[changed].mean(0)
    assert max(red, green, blue) - min(red, green, blue) < 60, "the rabbit is grey"

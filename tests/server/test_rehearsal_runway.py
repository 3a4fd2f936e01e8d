"""Runway's rehearsal: the wire from the service's side, and our own client against it."""

from __future__ import annotations

import base64
import io
import re
import shutil
import time

import httpx
import pytest
from conftest import KEY
from PIL import Image
from quick import QuickEngine
from waiting import until

from sora_nb import media
from sora_nb.errors import BadRequest, ConsentNeeded, GenerationFailed, OutcomeUnknown, RateLimited
from sora_nb.models import State
from sora_nb.providers import registry
from sora_nb.providers.profile import Pace
from sora_nb.server import rehearsal
from sora_nb.studio import Studio

pytestmark = pytest.mark.release


HEADERS = {"authorization": f"Bearer {KEY}", "x-runway-version": "2024-11-06"}
PROMPT = "Luna is the character in Image 1. Luna waves."


def still(size=(400, 480), colour="grey"):
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "PNG")
    return held.getvalue()


def uri(data, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


IMAGE = uri(still())
REFERENCES = [{"uri": IMAGE}]


def body(**more):
    asked = {"model": "seedance2_5", "promptText": PROMPT, "ratio": "854:480", "duration": 4, "references": REFERENCES}
    return {name: value for name, value in (asked | more).items() if value is not None}


@pytest.fixture
def served(engine, tmp_path):
    with rehearsal.start("runway", tmp_path / "films", engine) as running:
        yield running


@pytest.fixture(scope="module")
def refusing():
    """One server for all requests that it refuses."""
    with rehearsal.start("runway", engine=QuickEngine()) as running:
        yield running


@pytest.fixture
def service(served):
    with httpx.Client(base_url=served.url, headers=HEADERS, timeout=60) as made:
        yield made


def create(service, route="text_to_video", **more):
    return service.post(f"/v1/{route}", json=body(**more))


def ended(service, ident):
    while (task := service.get(f"/v1/tasks/{ident}").json())["status"] in {"PENDING", "RUNNING"}:
        time.sleep(0.02)
    return task


def made(service, *args, **more):
    return ended(service, create(service, *args, **more).json()["id"])


# --- the wire -----------------------------------------------------------------------------------------------------


def test_a_film_is_made_and_costs_what_the_create_said(service, engine):
    accepted = create(service, seed=7, audio=False)
    assert accepted.json().keys() == {"id", "estimatedCost"}
    assert accepted.json()["estimatedCost"] == {"credits": 80.0}
    task = ended(service, accepted.json()["id"])
    assert task.keys() == {"id", "status", "createdAt", "cost", "output"}
    assert (task["status"], task["cost"]) == ("SUCCEEDED", {"credits": 80})
    assert type(task["cost"]["credits"]) is int
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", task["createdAt"])
    assert httpx.get(task["output"][0]).headers["content-type"] == "video/mp4"
    [request] = engine.requests
    assert (request.prompt, request.width, request.height, request.seed) == ("@luna waves.", 854, 480, 7)


def test_a_task_under_way_tells_its_progress(service, engine):
    engine.hold()
    first, second = (create(service).json()["id"] for _ in range(2))
    until(lambda: service.get(f"/v1/tasks/{first}").json()["status"] == "RUNNING")
    running, waiting = (service.get(f"/v1/tasks/{ident}").json() for ident in (first, second))
    assert running.keys() == {"id", "status", "createdAt", "estimatedCost", "progress"}
    assert waiting.keys() == {"id", "status", "createdAt", "estimatedCost"}
    assert waiting["status"] == "PENDING"
    assert service.delete(f"/v1/tasks/{second}").status_code == 204
    engine.go_on()
    stopped = ended(service, second)
    assert (stopped["status"], stopped["cost"]) == ("CANCELLED", {"credits": 0})
    assert ended(service, first)["status"] == "SUCCEEDED"
    assert service.delete(f"/v1/tasks/{first}").status_code == 204
    assert service.get(f"/v1/tasks/{first}").status_code == 404


def test_a_picture_to_start_from_gives_a_film_its_shape(service, engine):
    asked = {
        "model": "kling_4",
        "promptText": "A corgi",
        "promptImage": uri(still((600, 300))),
        "references": None,
        "duration": 1,
    }
    assert made(service, "image_to_video", **asked, ratio="auto_720p")["status"] == "SUCCEEDED"
    assert (engine.requests[0].width, engine.requests[0].height) == (1440, 720)
    assert engine.requests[0].reference is not None
    frames = [{"uri": IMAGE, "position": "first"}]
    asked = {"model": "klingO3_standard", "promptImage": frames, "ratio": "960:960", "duration": 3}
    assert made(service, "image_to_video", **asked)["status"] == "SUCCEEDED"
    assert list(engine.requests[1].cast) == ["luna"]


def test_tokens_stand_for_pictures(service, engine):
    asked = {
        "model": "grok_imagine_1_5",
        "ratio": "16:9",
        "resolution": "480p",
        "promptText": "[Image 1] waves",
        "duration": 1,
    }
    assert made(service, **asked)["status"] == "SUCCEEDED"
    assert engine.requests[0].prompt == "@image_1 waves"


def test_what_nobody_publishes_a_price_for_has_one_all_the_same(service):
    assert create(service, model="wan3", ratio="832:480").json()["estimatedCost"]["credits"] > 0


@pytest.mark.parametrize(
    ("route", "change", "said"),
    [
        ("text_to_video", {"model": "veo9"}, "model"),
        ("text_to_video", {"promptText": ""}, "promptText"),
        ("text_to_video", {"promptText": "😀" * 8000}, "UTF-16"),
        ("text_to_video", {"ratio": "16:9"}, "ratio"),
        ("text_to_video", {"ratio": "1281:720"}, "ratio"),
        ("text_to_video", {"duration": 3}, "duration"),
        ("text_to_video", {"duration": "4"}, "duration"),
        ("text_to_video", {"seed": "7"}, "seed"),
        ("text_to_video", {"size": "1280x720"}, "size"),
        ("text_to_video", {"promptImage": IMAGE}, "promptImage"),
        ("text_to_video", {"references": [IMAGE]}, "references"),
        ("text_to_video", {"references": [{"uri": "http://a.example/x.png"}]}, "HTTPS"),
        ("text_to_video", {"references": [{"uri": "https://a.example/x.png"}]}, "nothing from the web"),
        ("text_to_video", {"references": [{"uri": "runway://nothing"}]}, "upload URI"),
        ("text_to_video", {"references": [{"uri": base64.b64encode(still()).decode()}]}, "data URI"),
        ("text_to_video", {"references": [{"uri": "data:image/png;base64," + "A" * 5_300_000}]}, "5 MB"),
        ("text_to_video", {"references": [{"uri": uri(b"no picture")}]}, "no picture"),
        ("text_to_video", {"references": REFERENCES * 31}, "at most 30"),
        ("text_to_video", {"referenceVideos": [{"type": "video", "uri": uri(b"x", "video/mp4")}]}, "no video"),
        ("text_to_video", {"model": "kling_4", "ratio": "1280:720", "seed": 7}, "seed"),
        ("text_to_video", {"model": "gen4.5", "ratio": "1280:720"}, "references"),
        ("text_to_video", {"model": "klingO3_pro", "ratio": "1920:1080"}, "references"),
        ("text_to_video", {"model": "hailuo3", "ratio": "16:9", "resolution": "720p"}, "resolution"),
        ("image_to_video", {}, "promptImage"),
        ("image_to_video", {"promptImage": IMAGE}, "references"),
        ("image_to_video", {"promptImage": 5}, "a list"),
        ("image_to_video", {"promptImage": IMAGE, "model": "kling_4", "ratio": "1280:720"}, "ratio"),
    ],
)
def test_what_the_service_does_not_take_is_refused(refusing, route, change, said):
    with httpx.Client(base_url=refusing.url, headers=HEADERS, timeout=60) as service:
        answer = create(service, route, **change)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert answer.json().keys() == {"error"}
    assert not refusing.tasks()


@pytest.mark.release
def test_clips_have_a_length_and_a_number(service, engine, clip):
    film = {"type": "video", "uri": uri(clip.read_bytes(), "video/mp4")}
    asked = {"references": None, "promptText": "Luna is the character in Video 1. Luna waves."}
    told = create(service, **asked, referenceVideos=[film]).json()
    assert told["estimatedCost"]["credits"] > 80
    assert ended(service, told["id"])["status"] == "SUCCEEDED"
    assert list(engine.requests[0].cast) == ["luna"]
    assert create(service, **asked, referenceVideos=[film] * 11).status_code == 400
    assert create(service, model="grok_imagine_1_5", ratio="16:9", referenceVideos=[film]).status_code == 400


def test_every_request_has_its_version_and_key(served):
    for headers, status in (
        ({}, 401),
        ({"authorization": "Bearer k"}, 400),
        ({**HEADERS, "x-runway-version": "1"}, 400),
    ):
        with httpx.Client(base_url=served.url, headers=headers) as service:
            answers = [create(service), service.get("/v1/tasks/a"), service.post("/v1/uploads", json={})]
        assert {answer.status_code for answer in answers} == {status}


# --- files --------------------------------------------------------------------------------------------------------


def place(service, **more):
    return service.post("/v1/uploads", json={"filename": "a.png", "type": "ephemeral"} | more)


def test_a_file_is_handed_over_without_a_key(service, engine):
    told = place(service).json()
    form = httpx.post(told["uploadUrl"], data=told["fields"], files={"file": ("a.png", still())})
    assert form.status_code == 204
    assert made(service, references=[{"uri": told["runwayUri"]}])["status"] == "SUCCEEDED"
    assert list(engine.requests[0].cast) == ["luna"]


def test_a_form_that_is_not_the_one_is_refused(service):
    told = place(service).json()
    fields, file = told["fields"], {"file": ("a.png", still())}
    assert httpx.post(told["uploadUrl"], data=fields, files=file, headers=HEADERS).status_code == 400
    assert httpx.post(told["uploadUrl"], data={"key": "other"}, files=file).status_code == 403
    assert httpx.post(told["uploadUrl"] + "x", data=fields, files=file).status_code == 403
    assert httpx.post(told["uploadUrl"], data={**fields, "file": "text"}).status_code == 403
    assert create(service, references=[{"uri": told["runwayUri"]}]).status_code == 400
    assert place(service, type="kept").status_code == 400
    assert place(service, filename="").status_code == 400


# --- with our own client ------------------------------------------------------------------------------------------


@pytest.fixture
def connect(tmp_path, engine):
    """Make a studio at a rehearsal, with a home of its own."""
    made = []

    def make(served, **more):
        found = registry.get("runway")
        pace = found.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.05)})
        profile = found.model_copy(update={"video": pace})
        options = {"home": tmp_path / "home", "progress": False, "engine": engine} | more
        made.append(Studio(profile, base_url=served.url, api_key=KEY, **options))
        return made[-1]

    yield make
    for studio in made:
        studio.close()


@pytest.fixture
def studio(connect, served):
    return connect(served)


@pytest.fixture
def luna(studio, footage):
    return studio.extract(footage, 2, 4, name="luna")


OPTIONS = {"seconds": 4, "size": "854x480", "consent": "Ada: it is my own cat"}


def test_a_character_plays_in_a_film_and_the_charge_is_written_down(studio, luna, served, engine):
    with pytest.raises(ConsentNeeded, match="the first time"):
        studio.generate(f"{luna} walks on the beach")
    video = studio.generate(f"{luna} walks on the beach", **OPTIONS)
    [request] = [each for each in engine.requests if each.cast]
    assert request.prompt == "@luna walks on the beach"
    assert media.probe(video.path).duration == pytest.approx(4, abs=0.2)
    [task] = served.tasks()
    assert len(task.pictures) == min(2, len(luna.stills))
    costs = studio.costs()
    assert costs[costs["kind"] == "video"]["charged"].astype(float).tolist() == [0.8]


@pytest.mark.release
def test_clips_show_a_character_too(studio, luna, served, engine):
    studio.generate(f"{luna} waves", references="clips", **OPTIONS)
    [task] = served.tasks()
    assert (len(task.pictures), len(task.clips)) == (0, 1)
    assert task.prompt.startswith("Luna is the character in Video 1")
    [call] = studio.ledger.calls(kind="video")
    assert call.charged == call.estimate


@pytest.mark.release
def test_refused_content_is_paid_for_and_other_failures_are_not(studio, served):
    for fault, charged in (("policy", 800_000), ("failed", 0)):
        served.fail(fault)
        with pytest.raises(GenerationFailed):
            studio.generate("a corgi", **OPTIONS)
        assert studio.ledger.calls()[-1].charged == charged


def test_a_lost_create_is_not_sent_again(studio, served):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi", **OPTIONS)
    studio.resume()
    [call] = studio.ledger.calls()
    assert (call.state, call.reserved) == (State.UNKNOWN, 800_000)
    assert len(served.tasks()) == 1
    studio.settle(call.id, charged=0.8)
    assert studio.ledger.calls()[0].charged == 800_000


@pytest.mark.release
def test_a_create_that_is_throttled_is_sent_again(studio, served):
    served.fail("throttled")
    assert studio.generate("a corgi", **OPTIONS).path.is_file()
    served.fail("throttled", times=9)
    with pytest.raises(RateLimited, match="nothing was charged"):
        studio.generate("a corgi", **OPTIONS)
    assert len(served.tasks()) == 1


@pytest.mark.release
def test_a_link_that_has_ended_is_asked_for_anew(studio, served):
    served.fail("link_expired")
    assert studio.generate("a corgi", **OPTIONS).path.is_file()


def test_a_model_without_a_price_is_reserved_for_at_what_the_service_says(studio, served, engine):
    engine.hold()
    job = studio.submit("a corgi", model="kling_4", seconds=4)
    until(lambda: studio.ledger.call(job.id).task)
    call = studio.ledger.call(job.id)
    assert (call.estimate, call.reserved) == (None, 800_000)
    engine.go_on()
    job.result()
    assert studio.ledger.call(job.id).charged == 800_000


@pytest.mark.release
def test_a_large_picture_is_handed_over(studio, served, tmp_path):
    image = tmp_path / "start.png"
    with image.open("wb") as file:
        file.write(still((640, 480)))
        file.truncate(4_000_000)
    studio.generate("a corgi", image=image, model="gen4.5", seconds=2)
    [task] = served.tasks()
    assert task.first == image.read_bytes()


@pytest.mark.release
def test_what_our_client_does_not_know_is_refused_by_the_service(studio, served):
    profile = studio.profile
    rules = profile.models["seedance2_5"].model_copy(update={"sizes": ("1282x722",)})
    odd = profile.model_copy(update={"models": {**profile.models, "seedance2_5": rules}})
    with (
        Studio(odd, base_url=served.url, api_key=KEY, home=studio.home.parent / "other", progress=False) as other,
        pytest.raises(BadRequest, match="ratio"),
    ):
        other.generate("a corgi", seconds=4)


@pytest.mark.release
def test_the_sample_s_rabbit_is_in_the_film(made, tmp_path, connect):
    shutil.copytree(made.home, tmp_path / "home")
    with rehearsal.start("runway", tmp_path / "films") as running:
        studio = connect(running, engine=None)
        films = [
            studio.generate(prompt, size="1280x720", seconds=4, seed=7, consent="Ada: a rabbit of Blender's")
            for prompt in (f"{made.rabbit} walks on the beach", "walks on the beach")
        ]
        assert studio.consistency(made.rabbit, films[0]).score >= 0.2
    with_rabbit, without = (next(media.frames(film.path, 2.0)).rgb.astype(int) for film in films)
    assert (abs(with_rabbit - without).max(-1) > 40).mean() > 0.01

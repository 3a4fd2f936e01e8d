"""Ark's rehearsal: the wire from the service's side, and our own client against it."""

from __future__ import annotations

import base64
import io
import shutil
import time
from datetime import UTC, datetime, timedelta

import httpx
import numpy as np
import pytest
from conftest import KEY
from PIL import Image
from waiting import until

from sora_nb import media
from sora_nb.errors import ConsentNeeded, DownloadError, GenerationFailed, InvalidInput, OutcomeUnknown, RealPersonError
from sora_nb.models import State
from sora_nb.providers import registry
from sora_nb.providers.profile import Pace
from sora_nb.server import rehearsal
from sora_nb.studio import Studio

pytestmark = pytest.mark.release


TASKS = "/contents/generations/tasks"
MODEL = "doubao-seedance-2-5-260628"
PROMPT = "Luna is the character in Image 1. Luna waves."


def still(size=(400, 480), colour="grey"):
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "PNG")
    return held.getvalue()


def uri(data, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def item(kind, url, role=None):
    return {"type": kind, kind: {"url": url}} | ({"role": role} if role else {})


def text(words=PROMPT):
    return {"type": "text", "text": words}


IMAGE = item("image_url", uri(still()), "reference_image")
FRAME = item("image_url", uri(still()), "first_frame")


def body(*content, **more):
    return {"model": MODEL, "content": list(content or (text(), IMAGE)), "duration": 4, "resolution": "480p"} | more


@pytest.fixture
def served(engine, tmp_path):
    with rehearsal.start("ark", tmp_path / "films", engine) as running:
        yield running


@pytest.fixture
def service(served):
    with httpx.Client(base_url=served.url, headers={"authorization": f"Bearer {KEY}"}, timeout=60) as made:
        yield made


def ended(service, ident):
    while (task := service.get(f"{TASKS}/{ident}").json())["status"] in {"queued", "running"}:
        time.sleep(0.02)
    return task


def made(service, **more):
    return ended(service, service.post(TASKS, json=body(**more)).json()["id"])


# --- the wire -----------------------------------------------------------------------------------------------------


def test_a_film_is_made_and_its_task_repeats_what_was_asked(service, engine):
    accepted = service.post(TASKS, json=body(seed=7, ratio="1:1", generate_audio=False))
    assert accepted.json().keys() == {"id"}
    task = ended(service, accepted.json()["id"])
    told = {
        name: task[name] for name in ("status", "model", "seed", "ratio", "resolution", "duration", "generate_audio")
    }
    assert told == {
        "status": "succeeded",
        "model": MODEL,
        "seed": 7,
        "ratio": "1:1",
        "resolution": "480p",
        "duration": 4,
        "generate_audio": False,
    }
    assert task["usage"] == {"completion_tokens": 38_400, "total_tokens": 38_400}
    assert httpx.get(task["content"]["video_url"]).headers["content-type"] == "video/mp4"
    [request] = engine.requests
    assert (request.prompt, request.width, request.height, request.seed) == ("@luna waves.", 640, 640, 7)


def test_whoever_gives_no_seed_gets_one(service):
    assert made(service, seed=-1)["seed"] >= 0
    assert made(service)["seed"] >= 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"content": [text(), IMAGE, FRAME]}, "cannot be mixed with reference media"),
        ({"content": [text(), item("image_url", uri(still())), IMAGE]}, "cannot be mixed with reference media"),
        ({"content": []}, "`content`"),
        ({"content": [text(), *[IMAGE] * 31]}, "31 reference images were given, at most 30"),
        ({"content": [text(), *[IMAGE] * 10], "model": "doubao-seedance-2-0-260128"}, "at most 9"),
        ({"content": [text(), item("image_url", uri(still((200, 400))), "reference_image")]}, "300 at least"),
        ({"content": [text(), item("image_url", uri(still((300, 900))), "reference_image")]}, "1:2.5"),
        ({"content": [text(), item("image_url", uri(b"GIF"), "reference_image")]}, "no picture"),
        ({"content": [text(), item("video_url", uri(b"film", "video/mp4"), "reference_video")]}, "base64 is not taken"),
        ({"content": [text(), item("image_url", "asset://nobody", "reference_image")]}, "cannot be read here"),
        ({"content": [text(), {"type": "smell"}]}, "'smell' is not taken"),
        ({"content": [text(), item("image_url", uri(still()), "hero")]}, "'hero' is not taken"),
        ({"ratio": "5:4"}, "'5:4' is not taken"),
        ({"resolution": "4k"}, "'4k' is not taken"),
        ({"resolution": "1080p", "model": "doubao-seedance-2-0-fast-260128"}, "'1080p' is not taken"),
        ({"duration": 3}, "3 is not taken"),
        ({"duration": 31}, "31 is not taken"),
        ({"duration": 16, "model": "doubao-seedance-2-0-260128"}, "16 is not taken"),
        ({"duration": "5"}, "'5' is not taken"),
        ({"seed": 2**31}, "is not taken"),
        ({"generate_audio": "yes"}, "'yes' is not taken"),
    ],
)
def test_what_the_service_would_refuse_is_refused_in_its_envelope(service, served, change, said):
    answer = service.post(TASKS, json=body() | change)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (400, "InvalidParameter", "BadRequest")
    assert said in error["message"]
    assert served.tasks() == []


def test_unknown_models_tasks_and_keys_are_told(service, served):
    assert service.post(TASKS, json=body(model="doubao-seedance-9")).status_code == 404
    assert service.get(f"{TASKS}/cgt-0").json()["error"]["type"] == "NotFound"
    assert httpx.get(served.url + TASKS).status_code == 401


def test_a_clip_comes_by_an_address_has_a_length_and_is_counted(service, served, clip):
    served.resolver = lambda _: clip.read_bytes()
    content = [text("Luna is the character in Video 1. Luna waves."), item("video_url", "https://x.example/a.mp4")]
    task = ended(service, service.post(TASKS, json=body(*content)).json()["id"])
    assert task["usage"]["completion_tokens"] > 1.5 * 38_430
    many = service.post(TASKS, json=body(text(), *[content[1]] * 11))
    assert "at most 10" in many.json()["error"]["message"]
    long = service.post(TASKS, json=body(text(), *[content[1]] * 3, model="doubao-seedance-2-0-260128"))
    assert long.status_code == 200
    served.resolver = lambda _: b"no film"
    assert "cannot be read" in service.post(TASKS, json=body(*content)).json()["error"]["message"]


def test_tasks_are_listed_by_pages_and_filters(service, engine):
    engine.hold()
    ids = [service.post(TASKS, json=body(seed=number)).json()["id"] for number in range(5)]
    pages = [service.get(TASKS, params={"page_num": page, "page_size": 2}).json() for page in (1, 2, 3, 4)]
    assert {page["total"] for page in pages} == {5}
    assert [[task["id"] for task in page["items"]] for page in pages] == [ids[:2:-1], ids[2:0:-1], ids[:1], []]
    assert all("seed" in task for page in pages for task in page["items"])
    some = service.get(TASKS, params={"filter.task_ids": ids[:2], "filter.model": MODEL}).json()
    assert {task["id"] for task in some["items"]} == set(ids[:2])
    assert service.get(TASKS, params={"filter.status": "succeeded"}).json() == {"total": 0, "items": []}
    assert service.get(TASKS, params={"page_num": "first"}).status_code == 400
    assert service.delete(f"{TASKS}/{ids[4]}").status_code == 200
    assert service.get(f"{TASKS}/{ids[4]}").json()["status"] == "cancelled"
    assert service.delete(f"{TASKS}/{ids[4]}").status_code == 200
    assert service.get(f"{TASKS}/{ids[4]}").status_code == 404
    engine.go_on()


# --- our own client against it ------------------------------------------------------------------------------------


@pytest.fixture
def base(served):
    return served.url.removesuffix("/api/v3")


@pytest.fixture
def studio(base, engine, tmp_path):
    known = registry.get("volcengine")
    video = known.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.05)})
    profile = known.model_copy(update={"video": video})
    options = {"base_url": base, "api_key": KEY, "home": tmp_path / "home", "progress": False}
    with Studio(profile, engine=engine, **options) as opened:
        yield opened


@pytest.fixture
def luna(studio, footage):
    return studio.extract(footage, 2, 4, name="luna")


ASKED = {"size": "854x480", "seconds": 4}


def test_a_character_goes_from_the_library_to_a_film_and_its_charge(studio, luna, engine):
    with pytest.raises(ConsentNeeded):
        studio.generate("@luna waves", **ASKED)
    film = studio.generate("@luna waves", consent="Ada: my own rabbit", **ASKED)
    assert film.path.is_file()
    assert engine.requests[-1].prompt == "@luna waves"
    assert engine.requests[-1].cast.keys() == {"luna"}
    call = studio.ledger.calls()[-1]
    assert (call.state, call.estimate, call.charged) == (State.DONE, 384_300, 384_300)


def test_a_lost_create_is_found_by_its_seed_and_one_that_never_came_costs_nothing(studio, served):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi", **ASKED)
    studio.resume()
    call = studio.ledger.calls()[-1]
    assert (call.state, call.charged, call.task) == (State.DONE, 384_300, served.tasks()[0].id)
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.generate("a cat", **ASKED)
    served.delete(served.tasks()[0].id)
    call = studio.ledger.calls()[-1]
    studio.ledger.change(call, created_at=datetime.now(UTC) - timedelta(hours=1))  # it may no longer be on its way
    studio.resume()
    call = studio.ledger.calls()[-1]
    assert (call.state, call.charged) == (State.FAILED, 0)


def test_a_lost_create_with_a_seed_of_the_caller_s_stays_open(studio, served):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi", seed=7, **ASKED)
    studio.resume()
    assert studio.ledger.calls()[-1].state is State.UNKNOWN


def test_refusals_and_failures_cost_nothing(studio, served):
    served.fail("policy")
    with pytest.raises(RealPersonError, match=r"may contain real person.*nothing was charged"):
        studio.generate("a corgi", **ASKED)
    served.fail("failed")
    with pytest.raises(GenerationFailed, match="may contain sensitive information") as caught:
        studio.generate("a corgi", **ASKED)
    assert caught.value.code == "OutputVideoSensitiveContentDetected"
    assert [call.charged for call in studio.ledger.calls()] == [0, 0]


def test_a_film_whose_link_has_ended_is_paid_for(studio, served):
    served.fail("link_expired")
    with pytest.raises(DownloadError, match="paid for"):
        studio.generate("a corgi", **ASKED)
    assert studio.ledger.calls()[-1].state is State.RUNNING, "a link may still come to work soon after the call"


@pytest.mark.release
def test_many_jobs_share_the_listing(studio, served, engine):
    engine.hold()
    jobs = [studio.submit(f"corgi {number}", **ASKED) for number in range(12)]
    until(lambda: len(served.tasks()) == 12)
    engine.go_on()
    assert {job.result().prompt for job in jobs} == {f"corgi {number}" for number in range(12)}
    assert {call.charged for call in studio.ledger.calls()} == {384_300}


def test_a_job_is_stopped_there(studio, served, engine):
    engine.hold()
    job = studio.submit("a corgi", **ASKED)
    until(lambda: studio.ledger.call(job.id).task)
    assert job.cancel()
    assert served.tasks()[0].state == "cancelled"
    engine.go_on()


def test_an_asset_is_sent_in_place_of_pictures_and_needs_no_consent(studio, luna, served, engine):
    with pytest.raises(InvalidInput, match="No asset can be made at volcengine") as caught:
        studio.register(luna, "volcengine", consent="Ada: my own rabbit")
    assert "id='asset://...'" in caught.value.hint
    studio.register("luna", "volcengine", id="asset://asset-1")
    seen = []

    def resolve(url):
        seen.append(url)
        return still(colour="red")

    served.resolver = resolve
    preview = studio.preview("@luna waves", **ASKED)
    assert (str(preview).splitlines()[:2], preview.consent) == (
        [
            f"Luna is the character in Image 1: {luna.description}. Luna waves",
            "Image 1: @luna, asset://asset-1",
        ],
        (),
    )
    assert "Image 1: @luna" in preview._repr_mimebundle_()["text/html"]
    studio.generate("@luna waves", **ASKED)
    assert seen == ["asset://asset-1"]
    assert engine.requests[-1].cast.keys() == {"luna"}


@pytest.mark.release
def test_the_sample_s_rabbit_is_in_the_film_that_was_made_of_its_pictures(made, tmp_path):
    with (
        rehearsal.start("ark", tmp_path / "films") as running,
        Studio("local", home=shutil.copytree(made.home, tmp_path / "home"), progress=False) as studio,
    ):
        studio.connect("ark", api_key=KEY, base_url=running.url.removesuffix("/api/v3"))
        model = "ark/dreamina-seedance-2-5-260628"
        films = [
            studio.generate(
                f"{who} walks on the beach at sunset", model=model, consent="Ada: a film's rabbit", seed=1, **ASKED
            )
            for who in (made.rabbit, "nobody")
        ]
        with_rabbit, without = (next(media.frames(film.path, 2.0)).rgb.astype(int) for film in films)
    changed = np.abs(with_rabbit - without).max(-1) > 40
    assert changed.mean() > 0.01
    red, green, blue = with_rabbit[changed].mean(0)
    assert max(red, green, blue) - min(red, green, blue) < 60, "the rabbit is grey"

"""laozhang's video route, rehearsed."""

from __future__ import annotations

import time

import httpx
import numpy as np
import pytest
from rehearsed import BODY, body_of, data_uri, still

from sora_nb.server import rehearsal

pytestmark = pytest.mark.release


BOUND = "Luna is the character in the reference images: a small cat. Luna waves."
OMNI = "gemini-omni-1.2-flash"


@pytest.fixture
def served(engine, tmp_path):
    with rehearsal.start("laozhang", tmp_path / "films", engine) as running:
        yield running


@pytest.fixture
def service(served):
    with httpx.Client(base_url=served.url, headers={"authorization": "Bearer any"}, timeout=60) as made:
        yield made


def create(service, *stills, **more):
    form = {"model": OMNI, "prompt": BOUND, "size": "640x360", "seconds": "3", **more}
    files = [("input_reference", (f"luna-{number}.png", one, "image/png")) for number, one in enumerate(stills)]
    parts = [(name, (None, value)) for name, value in form.items()]  # a form of parts also where it has no file
    return service.post("/v1/videos", files=parts + files)


def ended(service, ident):
    while (task := service.get(f"/v1/videos/{ident}").json())["status"] in {"queued", "in_progress"}:
        time.sleep(0.02)
    return task


def test_a_film_is_made_of_the_files_of_a_form(service, engine):
    accepted = create(service, still(), still()).json()
    assert (accepted["object"], accepted["model"]) == ("video", OMNI)
    assert accepted["status"] in {"queued", "in_progress"}  # a busy machine may begin before it answers
    task = ended(service, accepted["id"])
    assert (task["status"], task["progress"], task["seconds"], task["size"]) == ("completed", 100, "3", "640x360")
    (request,) = engine.requests
    assert (request.prompt, request.reference) == ("@luna waves.", None)
    assert np.abs(body_of(request.cast["luna"].frames[0]) - BODY).max() < 8
    film = httpx.get(task["video_url"])
    assert film.headers["content-type"] == "video/mp4"
    assert service.get(f"/v1/videos/{task['id']}/content").content == film.content
    assert httpx.get(f"{service.base_url}/v1/videos/{task['id']}/content").status_code == 401


def test_a_film_is_made_of_the_pictures_in_json(service, engine):
    body = {"model": "muse-video", "prompt": BOUND, "seconds": 5, "input_reference": [data_uri(still())]}
    task = service.post("/v1/videos", json=body).json()
    assert ended(service, task["id"])["status"] == "completed"
    assert list(engine.requests[0].cast) == ["luna"]
    assert (engine.requests[0].width, engine.requests[0].seconds) == (1280, 5)


def test_one_picture_that_nobody_is_bound_to_is_the_one_it_starts_from(service, engine):
    ended(service, create(service, still(), prompt="waves at the shore").json()["id"])
    (request,) = engine.requests
    assert request.reference.read_bytes() == still()
    assert not request.cast


def test_a_film_costs_by_its_size(service, served):
    for size in ("640x360", "1280x720", "1080x1920"):
        create(service, size=size, prompt="waves at the shore")
    assert [task.charge for task in served.tasks()] == [450_000, 300_000, 100_000]


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"model": "sora-2"}, 503, "无可用渠道"),
        ({"model": ""}, 400, "model"),
        ({"prompt": ""}, 400, "prompt"),
        ({"seconds": "11"}, 400, "seconds"),
        ({"seconds": "3.5"}, 400, "seconds"),
        ({"size": "854x480"}, 400, "size"),
        ({"input_reference": "https://a.example/x.png"}, 400, "nothing"),
    ],
)
def test_what_the_service_does_not_take_is_refused_in_its_envelope(service, served, change, status, said):
    answer = create(service, **change)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]
    assert "(request id: " in answer.json()["error"]["message"]
    assert not served.tasks()


def test_more_than_six_pictures_are_refused(service):
    assert "at most 6" in create(service, *[still()] * 7).json()["error"]["message"]


@pytest.mark.parametrize(("kind", "status"), [("policy", 400), ("throttled", 429), ("lost", 500)])
def test_an_order_goes_wrong_where_that_was_ordered(service, served, kind, status):
    served.fail(kind)
    assert create(service).status_code == status
    assert len(served.tasks()) == (1 if kind == "lost" else 0)


def test_a_task_ends_badly(service, served):
    served.fail("failed")
    task = ended(service, create(service).json()["id"])
    assert (task["status"], task["error"]["code"]) == ("failed", "generation_failed")
    assert "video_url" not in task

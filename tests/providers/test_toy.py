"""A third service, written in one file of at most 80 lines, works through the studio: the seam holds what it promises."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import toy
from conftest import KEY
from faulty import Faulty, answer, ranged
from waiting import until

from sora_nb.errors import (
    ApiError,
    BadRequest,
    Cancelled,
    DownloadError,
    GenerationFailed,
    InvalidInput,
    OutcomeUnknown,
)
from sora_nb.models import Clip, Price, State
from sora_nb.providers.base import Order, Source
from sora_nb.providers.profile import Pace, Profile, VideoRules
from sora_nb.studio import Studio

PRICE = Price(kind="video", usd="0.40", source="the toy's list", date="2026-11-25")


class Toyland(Faulty):
    """The toy's own server.

    Attributes:
        phase: of its cakes.
        trouble: answers the next create with something else, or not at all.
        film: what its plates lead to.
        before_stopping: called after it has stopped, before it says so.
        stopping: the status with which it says so.
    """

    def __init__(self, film):
        super().__init__(self.serve)
        self.phase, self.trouble, self.film = "SERVED", None, film
        self.before_stopping, self.stopping = (lambda: None), 200
        self.cakes = []

    def serve(self, connection, request):
        head, _, body = request.partition(b"\r\n\r\n")
        method, path, _ = head.decode().split("\r\n")[0].split(" ")
        path = path.partition("?")[0].removeprefix("/toy/cakes")
        if method == "POST" and not path:
            self.bake(connection, head.decode(), json.loads(body))
        elif path.startswith("/film"):
            self.film(connection, request)
        elif path.endswith("/stop"):
            self.phase = "burnt"
            self.before_stopping()
            connection.sendall(answer(b"", self.stopping))
        elif path:
            connection.sendall(said({"cake": self.shown(path.removeprefix("/"))}))
        else:
            cakes = [self.shown(cake["number"]) for cake in reversed(self.cakes)]
            connection.sendall(said({"cakes": cakes}))

    def bake(self, connection, head, recipe):
        if self.trouble is not None and self.trouble is not lost:
            connection.sendall(self.trouble)
            return
        once = head.lower().partition("x-toy-once: ")[2].partition("\r\n")[0]
        cake = {"number": f"cake-{len(self.cakes)}", "once": once, "recipe": recipe}
        self.cakes.append(cake)
        if self.trouble is lost:
            connection.close()
        else:
            connection.sendall(said({"cake": {**cake, "phase": "waiting", "done": 0}}))

    def shown(self, number):
        cake = next(cake for cake in self.cakes if cake["number"] == number)
        plate = {"plate": {"at": f"{self.url}/film/{number}"}} if self.phase.lower() == "served" else {}
        return {**cake, "phase": self.phase, "done": 50, "why": "It stood too long.", **plate}


lost = object()


def said(data, status=200):
    return answer(json.dumps(data).encode(), status)


@pytest.fixture
def service(clip):
    with Toyland(ranged(clip.read_bytes())) as running:
        yield running


@pytest.fixture
def studio(service, tmp_path):
    rules = VideoRules(model="sponge", size="640x360", seconds=2, poll=Pace(shortest=0.01, longest=0.05))
    profile = Profile(
        name="toy", title="A toy", dialect="toy:Toy", echoes_key=True, video=rules, prices=(PRICE,)
    )  # fmt: skip
    with Studio(profile, base_url=service.url, api_key=KEY, home=tmp_path / "home", progress=False) as made:
        yield made


def test_the_toy_is_one_short_file():
    assert len(Path(toy.__file__).read_text(encoding="utf-8").splitlines()) <= 80


def test_a_video_from_prompt_to_file(service, studio, clip):
    video = studio.generate("a corgi", seed=None)
    assert video.path.read_bytes() == clip.read_bytes()
    assert (video.id, video.prompt, video.model, video.seconds) == ("cake-0", "a corgi", "sponge", 2)
    assert str(video.service) == f"toy at {service.url}"
    recipe = {"text": "a corgi", "kind": "sponge", "pixels": "640x360", "length": 2}
    assert [cake["recipe"] for cake in service.cakes] == [recipe]
    [call] = studio.ledger.calls()
    assert (call.state, call.charged, call.key) == (State.DONE, 400_000, service.cakes[0]["once"])


def test_many_share_the_listing(service, studio):
    service.phase = "baking"
    jobs = [studio.submit(f"corgi {number}") for number in range(8)]
    until(lambda: any(request.startswith(b"GET /toy/cakes?most=100 ") for request in service.requests))
    service.phase = "SERVED"
    assert {job.result().prompt for job in jobs} == {f"corgi {number}" for number in range(8)}


def test_a_refusal_in_its_own_envelope(service, studio):
    service.trouble = said({"oops": {"say": "No such kind of cake.", "sort": "kind", "ticket": "t-7"}}, 400)
    with pytest.raises(BadRequest, match=r"toy answered: No such kind of cake\. .*nothing was charged") as caught:
        studio.generate("a corgi")
    assert (caught.value.code, caught.value.request_id) == ("kind", "t-7")
    assert [call.charged for call in studio.ledger.calls()] == [0]


def test_what_is_no_envelope_of_its_own_leaves_the_outcome_open(service, studio):
    service.trouble = answer(b"<html><title>502 Bad Gateway</title></html>", 502)
    with pytest.raises(OutcomeUnknown, match="502 Bad Gateway"):
        studio.generate("a corgi")


@pytest.mark.parametrize("listed", [[1], {}, {"cakes": 5}, {"cakes": [{}]}, {"cakes": [{"once": None}]}])
def test_a_listing_of_another_shape_leaves_it_open_too(service, studio, listed):
    service.trouble = lost
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi")
    key = studio.ledger.calls()[0].key
    service.replies = [said(json.loads(json.dumps(listed).replace("null", json.dumps(key))))]
    assert "cannot be read" in studio.resume()["note"][0]
    assert [call.state for call in studio.ledger.calls()] == [State.UNKNOWN]


def test_what_it_has_no_route_for_is_refused_here(service, studio, footage, tmp_path):
    (tmp_path / "a.png").write_bytes(b"png")
    with pytest.raises(InvalidInput, match="from text only"):
        studio.provider.check(Order(kind="character", clip=Clip(1, 3), source=Source(origin="file:a", file=footage)))
    with pytest.raises(InvalidInput, match="from text only"):
        studio.generate("a corgi", image=tmp_path / "a.png")
    assert service.requests == []


def test_a_failure_in_its_own_words(service, studio):
    service.phase = "Burnt"
    with pytest.raises(GenerationFailed, match="It stood too long"):
        studio.generate("a corgi")
    assert [call.charged for call in studio.ledger.calls()] == [0]


def test_an_answer_that_is_lost_is_found_again_by_its_listing(service, studio, clip):
    service.trouble = lost
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi")
    assert [call.state for call in studio.ledger.calls()] == [State.UNKNOWN]
    studio.resume()
    [call] = studio.ledger.calls()
    assert (call.state, call.task, call.charged) == (State.DONE, "cake-0", 400_000)
    assert call.file.read_bytes() == clip.read_bytes()
    assert len(service.creates) == 1


def test_a_create_that_never_came_costs_nothing(service, studio):
    service.trouble = lost
    with pytest.raises(OutcomeUnknown):
        studio.generate("a corgi")
    service.cakes.clear()
    [call] = studio.ledger.calls()
    studio.ledger.change(call, created_at=datetime.now(UTC) - timedelta(hours=1))  # it may no longer be on its way
    studio.resume()
    assert [(call.state, call.charged) for call in studio.ledger.calls()] == [(State.FAILED, 0)]


def test_a_job_is_stopped_at_the_service(service, studio):
    service.phase = "baking"
    job = studio.submit("a corgi")
    until(lambda: studio.ledger.call(job.id).task)
    assert job.cancel()
    with pytest.raises(Cancelled):
        job.result()
    assert any(request.startswith(b"POST /toy/cakes/cake-0/stop ") for request in service.requests)


@pytest.fixture
def slowly_stopped(service, studio):
    """A job at a service that tells of its failure before it answers that it has stopped it."""
    service.phase = "baking"
    job = studio.submit("a corgi")
    until(lambda: studio.ledger.call(job.id).task)

    def be_asked():
        before = len(service.requests)
        until(lambda: len(service.requests) > before)
        waited = threading.Event()
        threading.Timer(0.3, waited.set).start()  # who waits for the job could end it in that time
        until(lambda: waited.is_set() or job.done())

    service.before_stopping = be_asked
    return job


def test_what_was_stopped_is_cancelled_though_it_is_told_of_as_failed_first(studio, slowly_stopped):
    assert slowly_stopped.cancel()
    with pytest.raises(Cancelled, match="counted at its estimate"):
        slowly_stopped.result()
    [call] = studio.ledger.calls()
    assert (call.state, call.charged) == (State.FAILED, None)


def test_what_could_not_be_stopped_has_failed_by_itself(service, studio, slowly_stopped):
    service.stopping = 409
    with pytest.raises(ApiError):
        slowly_stopped.cancel()
    with pytest.raises(GenerationFailed, match="It stood too long"):
        slowly_stopped.result()
    assert [call.charged for call in studio.ledger.calls()] == [0]


def test_a_video_without_a_link_is_told(service, studio, monkeypatch):
    monkeypatch.setattr(toy.Toy, "link", lambda *_: "")
    with pytest.raises(DownloadError, match=r"toy gave no link to the video cake-0\. .*paid for"):
        studio.generate("a corgi")


def test_the_key_goes_to_the_toy_alone_under_the_toys_header(service, studio, clip):
    with Faulty(answer(clip.read_bytes())) as elsewhere:
        moved = answer(b"", 302, [("location", elsewhere.url + "/film.mp4")])
        service.film = lambda connection, _: connection.sendall(moved)
        assert studio.generate("a corgi").path.read_bytes() == clip.read_bytes()
        assert all(f"x-toy-key: {KEY}".encode() in request.lower() for request in service.requests)
        assert not any(b"authorization" in request.lower() for request in service.requests)
        assert len(elsewhere.requests) == 1
        assert not any(KEY.encode() in request for request in elsewhere.requests)


def test_its_tasks_are_listed_from_a_notebooks_own_loop_while_jobs_run(service, studio):
    async def cell():
        job = studio.submit("a corgi")
        for _ in range(5):
            await asyncio.gather(*(studio.provider.list_tasks() for _ in range(6)))
        return await job, await studio.provider.list_tasks()

    video, listed = asyncio.run(cell())
    assert [cake["number"] for cake in listed] == [video.id]

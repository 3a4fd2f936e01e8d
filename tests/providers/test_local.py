"""The engine of this process as a provider: it works, stops, and fails in words."""

from __future__ import annotations

import asyncio

import pytest
from PIL import Image
from waiting import until

from sora_nb import background
from sora_nb.errors import Cancelled, GenerationFailed, Interrupted, InvalidInput, LinkExpired, NoSubject
from sora_nb.models import Clip, ServiceId, Status, Video
from sora_nb.providers import registry
from sora_nb.providers.base import Order, Source
from sora_nb.providers.films import Films
from sora_nb.providers.local import LocalProvider

VIDEO = Order(kind="video", prompt="a corgi", model="animatic", size="320x180", seconds=1, seed=3)


def unseen(*_):
    """Take a progress that nobody looks at."""


@pytest.fixture
def provider(engine, tmp_path):
    (tmp_path / "incoming").mkdir()
    made = LocalProvider(engine, tmp_path, Films(registry.get("local")))
    yield made
    background.run(made.close)


def start(provider, order, key="k", report=unseen):
    """Hand an order over in the background."""
    return background.submit(provider.create, order, key, report)


def character(footage, **fields):
    source = Source(origin=f"file:{footage.name}", file=footage)
    return Order(kind="character", model="sora-2-character", clip=Clip(1, 2), source=source, **fields)


def test_a_video_is_written_once_into_its_place(provider, tmp_path):
    seen = []
    ticket = start(provider, VIDEO, report=lambda percent, _: seen.append(percent)).result()
    film = tmp_path / "incoming" / "k.mp4"
    assert ticket.files == {"video": film}
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [film]
    assert film.read_bytes()[4:8] == b"ftyp"
    assert seen == sorted(seen)
    video = ticket.video
    assert (video.id, video.status, video.seed, video.service) == (
        "video_k",
        Status.COMPLETED,
        3,
        ServiceId("local", ""),
    )


def test_a_character_is_cut_out_and_kept_once(provider, tmp_path, footage):
    ticket = start(provider, character(footage)).result()
    kept = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.name for path in ticket.files.values()} <= kept
    assert ticket.files.keys() == {"avatar", "cutout"}
    assert all(path.parent == tmp_path / "cutouts" / "k" for path in ticket.files.values())
    again = start(provider, character(footage), key="other").result()
    assert again.character.username == ticket.character.username
    assert again.id != ticket.id


def test_a_character_has_stills_and_a_draft_of_its_description(provider, tmp_path, footage):
    who = start(provider, character(footage)).result().character
    assert who.stills
    assert all(still.path.parent == tmp_path / "stills" for still in who.stills)
    for still in who.stills:
        with Image.open(still.path) as picture:
            assert picture.size == (still.width, still.height)
    assert who.description.endswith(" figure")


def test_a_hint_reaches_the_engine(provider, footage):
    assert start(provider, character(footage, subject=(0.5, 0.5))).result().raw["found_by"] == "hint"


def test_a_ticket_needs_no_waiting(provider):
    ticket = start(provider, VIDEO).result()
    seen = []
    assert background.run(provider.wait, ticket, seen.append) is ticket
    assert seen == [100]


def test_a_cancel_stops_the_engine(provider, engine, tmp_path):
    engine.hold()
    job = start(provider, VIDEO)
    until(lambda: engine.begun)
    assert background.run(provider.cancel, "k", None)
    with pytest.raises(Cancelled) as caught:
        job.result()
    assert type(caught.value) is Cancelled
    assert engine.cancelled == 1
    assert not list((tmp_path / "incoming").iterdir())
    assert not background.run(provider.cancel, "k", None)


def test_of_orders_that_come_at_once_those_that_wait_say_so(provider, engine):
    engine.hold()
    stages = {key: [] for key in ("1", "2", "3")}

    async def come():
        orders = [
            provider.create(VIDEO, key, lambda _, stage, to=said: to.append(stage)) for key, said in stages.items()
        ]
        return await asyncio.gather(*orders)

    jobs = background.submit(come)
    until(lambda: engine.begun and len(provider._working) == 3)
    until(lambda: [said[:1] for said in stages.values()].count(["waiting for its turn"]) == 2)
    engine.go_on()
    assert len(jobs.result()) == 3


def test_an_order_that_waits_for_the_engine_is_cancelled_at_once(provider, engine):
    engine.hold()
    first, second, third = (start(provider, VIDEO, key) for key in ("1", "2", "3"))
    until(lambda: len(provider._working) == 3 and engine.begun)
    assert background.run(provider.cancel, "2", None)
    with pytest.raises(Cancelled):
        second.result()
    assert not first.done()
    engine.go_on()
    assert [job.result().id for job in (first, third)] == ["video_1", "video_3"]
    assert engine.begun == 2


def test_closing_interrupts_what_is_under_way_and_what_waits(provider, engine):
    engine.hold()
    jobs = [start(provider, VIDEO, key) for key in ("1", "2")]
    until(lambda: engine.begun)
    background.run(provider.close)
    for job in jobs:
        with pytest.raises(Interrupted, match="charges nothing"):
            job.result()


def test_an_engine_that_breaks_is_told_in_words(provider, engine, footage, monkeypatch):
    def breaks(*_):
        raise RuntimeError("no such codec")

    monkeypatch.setattr(engine, "generate", breaks)
    monkeypatch.setattr(engine, "extract", breaks)
    with pytest.raises(
        GenerationFailed, match=r"could not generate the video: RuntimeError: no such codec\. It charges"
    ):
        start(provider, VIDEO).result()
    with pytest.raises(GenerationFailed, match="could not cut the character out: RuntimeError"):
        start(provider, character(footage)).result()


def test_the_engines_own_refusals_pass_as_they_are(provider, engine, footage, monkeypatch):
    def nobody(*_):
        raise NoSubject("No clear subject stands out.")

    monkeypatch.setattr(engine, "extract", nobody)
    with pytest.raises(NoSubject):
        start(provider, character(footage)).result()


def test_whoever_stops_waiting_stops_the_engine(provider, engine):
    engine.hold()
    job = start(provider, VIDEO)
    until(lambda: engine.begun)
    job.cancel()
    until(lambda: engine.cancelled)
    engine.go_on()
    assert start(provider, VIDEO, "other").result().id == "video_other"


def test_orders_are_checked(provider):
    with pytest.raises(InvalidInput, match="up to 60 s"):
        provider.check(VIDEO.model_copy(update={"seconds": 61}))
    source = Source(origin="task:video_1", task="video_1")
    with pytest.raises(InvalidInput, match="no video 'video_1' on this machine"):
        provider.check(Order(kind="character", clip=Clip(0, 1), source=source))


def test_nothing_is_looked_up_or_fetched_again(provider, tmp_path):
    with pytest.raises(LinkExpired, match="its file is gone"):
        background.run(provider.fetch, Video(id="video_k"), tmp_path / "a.mp4")
    with pytest.raises(ValueError, match="answers nothing"):
        provider.read_character({}, VIDEO)


def test_orders_from_another_loop_wait_for_their_turn_too(provider, engine):
    """A notebook's own loop, while a studio's order is worked on: a lock of one loop wakes nobody on another."""
    engine.hold()
    first = start(provider, VIDEO)
    until(lambda: engine.begun)

    async def order():
        waiting = asyncio.ensure_future(provider.create(VIDEO, "other", unseen))
        await asyncio.sleep(0.1)
        engine.go_on()
        return await asyncio.wait_for(waiting, 30)

    assert asyncio.run(order()).id == "video_other"
    assert first.result().id == "video_k"

"""Calls that were left open: what a row tells of its order, who may take it up, and what is made again."""

from __future__ import annotations

import pytest
from conftest import KEY
from faulty import Faulty, answer

from sora_nb.calls.recovery import order_of
from sora_nb.errors import GenerationFailed
from sora_nb.models import Clip, State
from sora_nb.providers import registry
from sora_nb.storage.call import Call
from sora_nb.studio import Studio

SMALL = {"seconds": 1, "size": "64x64"}


def left_open(studio, call):
    """A row as a kernel leaves it that is killed while its engine works."""
    return studio.ledger.change(call, state=State.RUNNING, owner="a-kernel-that-is-gone", task="")


def test_a_row_tells_its_whole_order(studio, clip, tmp_path, monkeypatch):
    orders = []
    honest = studio.provider.create

    async def create(order, key, report):
        orders.append(order)
        return await honest(order, key, report)

    monkeypatch.setattr(studio.provider, "create", create)
    hero = studio.extract(clip, 0, 2, subject=(0.2, 0.3), name="Bun")
    picture = hero.avatar
    studio.generate(f"{hero} runs", image=picture, seed=7, **SMALL)
    rows = studio.ledger.calls()
    assert order_of(rows[0], ()) == orders[0].model_copy(update={"clip_file": None})  # where it was cut to is over
    assert order_of(rows[1], (hero,), orders[1].members) == orders[1]


@pytest.mark.parametrize("source", ["file", "url"])
def test_a_character_is_made_again_from_the_same_seconds(studio, clip, source):
    with Faulty(answer(clip.read_bytes())) as web:
        given = clip if source == "file" else f"{web.url}/a.mp4"
        hero = studio.extract(given, 0.5, 2, description="grey and large")
        (row,) = studio.ledger.calls()
        left_open(studio, row)
        assert studio.resume(remake=True)["note"].tolist() == ["made again"]
    (again,) = studio.characters()
    assert (again.username, again.clip, again.description) == (hero.username, Clip(0.5, 2), "grey and large")
    assert again.avatar.read_bytes() == hero.avatar.read_bytes()


@pytest.mark.parametrize("lost", ["picture", "footage"])
def test_what_remaking_needs_may_come_back(studio, clip, tmp_path, lost):
    needed = tmp_path / "needed.png"
    if lost == "picture":
        needed.write_bytes(studio.extract(clip, 0, 2).avatar.read_bytes())
        studio.generate("a corgi", image=needed, **SMALL)
    else:
        needed.write_bytes(clip.read_bytes())
        studio.extract(needed, 0, 2)
    row = left_open(studio, studio.ledger.calls()[-1])
    hidden = needed.rename(tmp_path / "hidden")
    (told,) = studio.resume(remake=True).to_dict("records")
    assert (told["id"], told["now"]) == (row.id, "interrupted")
    assert "on this machine" in told["note"]
    hidden.rename(needed)
    assert studio.resume(remake=True)["now"].tolist() == ["done"]


def test_a_local_order_that_was_only_planned_is_interrupted_like_one_that_was_begun(studio):
    studio.ledger.add(Call(kind="video", profile="local", model="animatic", prompt="a corgi", **SMALL))
    assert studio.resume()["now"].tolist() == ["interrupted"]
    assert studio.resume(remake=True)["now"].tolist() == ["done"]


DONE = answer(b'{"id": "video_1", "status": "failed", "error": "no"}')


@pytest.mark.release  # this service is polled every ten seconds
def test_calls_to_another_service_are_taken_up_where_its_key_is_set(studio, monkeypatch):
    with Faulty(DONE) as other:
        studio.ledger.add(
            Call(kind="video", profile="laozhang", base_url=other.url, state=State.RUNNING, task="video_1", prompt="a")
        )
        assert studio.resume()["note"].tolist() == [f"left alone: it was sent to laozhang at {other.url}"]
        monkeypatch.setenv("SORA_NB_LAOZHANG_BASE_URL", other.url)
        monkeypatch.setenv("SORA_NB_LAOZHANG_API_KEY", "of-its-own")
        assert studio.resume()["now"].tolist() == ["failed"]
        assert all(b"of-its-own" in request for request in other.requests)


def test_two_addresses_under_one_name_are_two_services(hosted):
    studio = hosted("custom")
    with Faulty(DONE) as elsewhere:
        studio.ledger.add(
            Call(kind="video", profile="custom", base_url=elsewhere.url, state=State.RUNNING, task="video_1")
        )
        assert studio.resume()["note"].tolist() == [f"left alone: it was sent to custom at {elsewhere.url}"]
        assert elsewhere.requests == []
        with Studio("custom", base_url=elsewhere.url, api_key=KEY, home=studio.home, progress=False) as there:
            assert there.resume()["now"].tolist() == ["failed"]


@pytest.mark.parametrize(("billed", "charged"), [((), 0), (("character",), 10_000)])
def test_a_lost_create_that_failed_costs_what_the_service_charges_for_that(hosted, monkeypatch, billed, charged):
    studio = hosted(
        registry.get("local").model_copy(update={"name": "paid", "free": False, "failures_charged": billed})
    )
    row = Call(
        kind="character", profile="paid", base_url=studio.provider.service.base_url, state=State.UNKNOWN, clip=Clip(0, 2),
        estimate=10_000, reserved=10_000, source="task:video_1",
    )  # fmt: skip

    async def find(*_):
        raise GenerationFailed("Nobody stands out.")

    monkeypatch.setattr(studio.provider, "find", find)
    studio.ledger.add(row)
    assert studio.resume()["now"].tolist() == ["failed"]
    assert studio.ledger.call(row.id).charged == charged

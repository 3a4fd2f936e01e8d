"""Characters that a service keeps: made there once, found again, written down, and mentioned without pictures."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from conftest import KEY
from faulty import Faulty, answer
from portrayed import SAID, kept, portrayed

from sora_nb.errors import (
    BudgetExceeded,
    ConsentNeeded,
    GenerationFailed,
    InvalidInput,
    OutcomeUnknown,
    UpstreamError,
)
from sora_nb.models import Price, Registration, State
from sora_nb.providers import registry
from sora_nb.providers.profile import Pace
from sora_nb.server import rehearsal
from sora_nb.storage.call import Call
from sora_nb.studio import Studio

KLING = registry.get("kling")
FAST = KLING.model_copy(update={"video": KLING.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.02)})})
PRICE = Price(kind="registration", usd="0.01", source="a test", date="2026-11-26")


@pytest.fixture
def served(engine, tmp_path):
    with rehearsal.start("kling", tmp_path / "films", engine) as running:
        yield running


@pytest.fixture
def at(tmp_path):
    """Make studios of one library at an address."""
    made = []

    def make(url, profile=FAST, **options):
        studio = Studio(profile, base_url=url, api_key=KEY, home=tmp_path / "home", progress=False, **options)
        made.append(studio)
        return studio

    yield make
    for studio in made:
        studio.close()


@pytest.fixture
def studio(served, at):
    return at(served.url)


@pytest.fixture
def luna(studio, tmp_path):
    return kept(studio, portrayed(tmp_path, consent=SAID))


def rows(studio):
    return studio.ledger.calls(kind="registration")


def ident(who, studio):
    return who.providers[str(studio.provider.service)].id


def test_a_character_is_made_known_and_mentioned_without_pictures(served, studio, luna):
    known = studio.register(luna, "kling")
    [element] = served.elements.values()
    assert ident(known, studio) == element.id
    assert studio.character("luna") == known
    assert element.pictures == [still.path.read_bytes() for still in luna.stills]
    [row] = rows(studio)
    assert (row.state, row.key, row.characters, row.estimate, row.charged) == (
        State.DONE, element.key, ("luna",), None, None,
    )  # fmt: skip
    [told] = studio.costs().query("kind == 'registration'").to_dict("records")
    assert (told["characters"], told["profile"], told["status"]) == ("@luna", "kling", "done")
    shown = studio.preview("@luna walks", seconds=3)
    assert (shown.prompt, shown.pictures) == ("@luna walks", ())


def test_what_is_known_already_is_not_made_again(served, studio, luna):
    known = studio.register(luna, "kling")
    assert studio.register("luna", "kling", budget=0) == known
    assert len(served.elements) == 1


def test_an_id_from_elsewhere_is_written_down_and_nothing_is_sent(served, studio, luna):
    known = studio.register(luna, "kling", id="asset://a-1")
    assert known.providers[str(studio.provider.service)] == Registration(id="asset://a-1")
    assert set(known.providers) >= set(luna.providers)
    assert (served.elements, rows(studio)) == ({}, [])
    for wrong in ("", "two words", "a" * 201, 5):
        with pytest.raises(InvalidInput):
            studio.register(luna, "kling", id=wrong)


def test_services_that_keep_nobody_say_so(studio, luna, monkeypatch):
    for service in ("local", "comfy"):
        monkeypatch.setenv("COMFY_API_KEY", "of-its-own")
        with pytest.raises(InvalidInput, match=rf"{service} cannot be made to know characters\. Nothing was sent"):
            studio.register(luna, service)
    for service in ("kelly", None):
        with pytest.raises(InvalidInput, match=r"Choose one of .*kling"):
            studio.register(luna, service)


def test_somebody_must_have_agreed(served, studio, tmp_path):
    luna = kept(studio, portrayed(tmp_path))
    with pytest.raises(ConsentNeeded, match="@luna would leave this machine"):
        studio.register(luna, "kling")
    assert (served.elements, rows(studio)) == ({}, [])
    assert studio.register(luna, "kling", consent="Ada: my own cat").consent.by == "Ada: my own cat"


def test_a_budget_covers_no_unknown_price(served, studio, luna):
    with pytest.raises(BudgetExceeded):
        studio.register(luna, "kling", budget=1)
    assert (served.elements, rows(studio)) == ({}, [])


def test_a_price_that_is_known_is_reserved_and_charged(served, at, tmp_path):
    studio = at(served.url, FAST.model_copy(update={"prices": (PRICE,), "failures_unknown": False}), budget="0.02")
    luna = kept(studio, portrayed(tmp_path, consent=SAID))
    studio.register(luna, "kling")
    leo = kept(studio, portrayed(tmp_path, "leo", consent=SAID))
    served.fail("failed")
    with pytest.raises(GenerationFailed, match=r"could not make the registration: No subject was found"):
        studio.register(leo, "kling")
    assert [row.charged for row in rows(studio)] == [10_000, 0]
    assert str(studio.provider.service) not in studio.character("leo").providers


def test_a_refusal_costs_nothing(served, studio, luna):
    served.fail("policy")
    with pytest.raises(Exception, match="nothing was charged"):
        studio.register(luna, "kling")
    assert [(row.state, row.charged) for row in rows(studio)] == [(State.FAILED, 0)]


def test_a_lost_create_is_found_by_its_key(served, studio, luna):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.register(luna, "kling")
    assert [row.state for row in rows(studio)] == [State.UNKNOWN]
    studio.resume()
    [row] = rows(studio)
    [element] = served.elements.values()
    assert (row.state, row.task) == (State.DONE, f"element:{element.task}")
    assert ident(studio.character("luna"), studio) == element.id
    assert studio.job(row.id).result() == studio.character("luna")


def test_one_that_was_begun_is_gone_on_with(served, studio, luna):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.register(luna, "kling")
    known = studio.register(luna, "kling")
    assert [ident(known, studio)] == list(served.elements)
    assert [row.state for row in rows(studio)] == [State.DONE]


def lost(served, luna, minutes):
    """A registration that a kernel sent some minutes ago, which is gone since; it never arrived."""
    about = {"model": "kling-3.0-omni", "characters": ("luna",), "details": {"character": luna.id}}
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    call = Call(kind="registration", profile="kling", base_url=served.url, created_at=then, **about)
    return call.model_copy(update={"state": State.SENT, "owner": "a-kernel-that-is-gone"})


def test_one_that_never_came_costs_nothing(served, studio, luna):
    studio.ledger.add(lost(served, luna, 60))
    assert studio.resume()["note"].tolist() == ["it never reached the service, so nothing was charged"]
    assert [(row.state, row.charged) for row in rows(studio)] == [(State.FAILED, 0)]


def test_one_that_may_still_come_is_not_given_up(served, studio, luna):
    """A request that a client has given up may lie in a proxy: its own time is waited for again."""
    call = studio.ledger.add(lost(served, luna, 1))
    [note] = studio.resume()["note"]
    assert "may still accept it" in note
    assert re.search(r"again in \d+ min", note)
    assert [(row.state, row.charged) for row in rows(studio)] == [(State.SENT, None)]
    longest = timedelta(seconds=2 * FAST.timeout_create)
    studio.ledger.change(call, created_at=datetime.now(UTC) - longest)
    assert studio.resume()["now"].tolist() == ["failed"]


@pytest.mark.parametrize("state", [State.SENT, State.RUNNING])
def test_a_registration_of_a_kernel_that_died_is_finished(served, studio, luna, state):
    studio.register(luna, "kling")
    [row] = rows(studio)
    studio.ledger.characters.change(luna, providers=luna.providers)
    left = {"task": row.task if state is State.RUNNING else "", "answer": {}}
    studio.ledger.change(row, state=state, owner="a-kernel-that-is-gone", **left)
    assert studio.resume()["now"].tolist() == ["done"]
    assert ident(studio.character("luna"), studio) in served.elements
    assert len(served.elements) == 1


def test_a_character_that_was_forgotten_meanwhile_is_told_with_its_id(served, studio, luna):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.register(luna, "kling")
    [row] = rows(studio)
    [element] = served.elements.values()
    studio.ledger.change(row, state=State.RUNNING, task=f"element:{element.task}")
    studio.forget(luna)
    assert studio.resume()["now"].tolist() == ["done"]
    assert element.id in rows(studio)[0].error


def test_an_answer_without_an_id_stays_open(at, tmp_path):
    told = {"code": 0, "data": {"task_id": "1", "task_status": "succeed", "task_result": {"elements": []}}}
    with Faulty(lambda connection, _: connection.sendall(answer(json.dumps(told).encode()))) as service:
        studio = at(service.url)
        luna = kept(studio, portrayed(tmp_path, consent=SAID))
        with pytest.raises(UpstreamError, match=r"does not say under which id.*may have been billed"):
            studio.register(luna, "kling")
        [row] = rows(studio)
        assert (row.state, row.charged) == (State.RUNNING, None)
        assert "does not say under which id" in row.error
        assert "does not say under which id" in studio.resume()["note"][0]


def test_too_many_at_once_is_sent_again(served, studio, luna):
    served.fail("throttled")
    studio.register(luna, "kling")
    assert len(served.elements) == 1
    assert [row.state for row in rows(studio)] == [State.DONE]


def test_another_character_of_the_name_gets_no_id_that_is_not_its_own(served, studio, luna, tmp_path):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.register(luna, "kling")
    studio.forget(luna)
    (tmp_path / "other").mkdir()
    other = kept(studio, portrayed(tmp_path / "other").model_copy(update={"id": "ch_2"}))
    assert other.username == "luna"
    assert studio.resume()["now"].tolist() == ["done"]
    assert str(studio.provider.service) not in studio.character("luna").providers
    [element] = served.elements.values()
    assert element.id in rows(studio)[0].error


def test_what_may_be_made_already_is_not_made_twice(served, studio, luna):
    served.fail("lost")
    with pytest.raises(OutcomeUnknown):
        studio.register(luna, "kling")
    known = studio.register(luna, "kling")  # looked up, not sent again
    assert ident(known, studio) in served.elements
    assert (len(served.elements), len(rows(studio))) == (1, 1)

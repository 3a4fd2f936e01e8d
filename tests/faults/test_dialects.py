"""Each fault on each kind of request of every live service, as its rehearsal server speaks: nothing paid twice, nothing lost."""

from __future__ import annotations

import dataclasses
import functools
import shutil
from uuid import uuid4

import pytest
from conftest import KEY
from faults import campaign
from faults.dialects import DialectWorld, Rehearsed, actions_of, faults_of, grid
from faults.patience import PATIENCE
from faults.report import Tally
from faults.services import SERVICES
from faults.world import Violation
from postgres import only_server

from sora_nb.errors import OutcomeUnknown
from sora_nb.providers import ark
from sora_nb.providers.dialect import Dialect
from sora_nb.providers.hosted import HostedProvider
from sora_nb.server.rehearsal import pictures

ENOUGH = 20
"""Faults of random programs that happen to each service."""
SOME = 8
"""Programs of a batch."""
cut = functools.lru_cache(pictures._cut)
"""Each program sends the same pictures of the same characters, and no film is drawn with them."""


@pytest.fixture(scope="module", params=sorted(SERVICES))
def rehearsed(request, small_footage, tmp_path_factory):
    made = Rehearsed(request.param, tmp_path_factory.mktemp(request.param), KEY, small_footage.read_bytes())
    yield made
    made.close()


@pytest.fixture
def world(rehearsed, tmp_path, monkeypatch, impatient):
    """Make a world of the service, in place of the one before."""
    monkeypatch.setattr("sora_nb.providers.runway.INLINE", 1000)  # all pictures go to the other host
    monkeypatch.setattr(pictures, "_cut", cut)
    home = tmp_path / "home"

    def make(_, tally):
        shutil.rmtree(home, ignore_errors=True)
        PATIENCE.shorten(monkeypatch)
        found = DialectWorld(rehearsed, home, tally)
        monkeypatch.setattr("socket.getaddrinfo", found.lookup)
        return found

    return make


KINDS = [(name, kind) for name in sorted(SERVICES) for kind in faults_of(name)]


@pytest.mark.timeout(600)  # some seconds on two free cores
@pytest.mark.parametrize(("rehearsed", "kind"), KINDS, indirect=["rehearsed"])
def test_each_fault_by_itself(world, rehearsed, tally, kind):
    for program in grid(rehearsed.name)[kind]:
        missing = program
        for _ in PATIENCE.attempts():  # on a busy machine a call may time out before its fault comes
            before = tally.faults.copy()
            campaign.play(world, tally, missing)
            missing = left(missing, (tally.faults - before).keys())
            if not missing[1]:
                break
        assert not missing[1]


def left(program, done):
    """Return the steps of a program whose faults were not done, one fault a step: another one may have ended the call."""
    name, steps = program
    found = []
    for number, (action, faults) in enumerate(steps):
        [(kind, names)] = faults.items()
        before = [steps[number - 1]] if action == "resume" else []
        missing = [each for each in names if each not in done]
        found += [step for each in missing for step in [*before, (action, {kind: [each]})]]
    return name, found


def made_of(name):
    return campaign.programs([name], actions_of(name), faults_of(name))


@only_server
@pytest.mark.usefixtures("each_database")
@pytest.mark.timeout(600)  # ten seconds on two free cores
def test_programs_of_faults(world, rehearsed, tally):
    before = tally.faults.total()
    campaign.run(world, tally, tally.seed, before + ENOUGH, most=4, made_of=made_of(rehearsed.name), size=SOME)
    assert tally.faults.total() - before >= ENOUGH


# --- clients that are wrong -------------------------------------------------------------------------------------------


def sent_again_after_a_5xx(patch):
    """The vendor calls it retryable."""
    honest = HostedProvider._ordered

    async def ordered(self, order, request):
        try:
            return await honest(self, order, request)
        except OutcomeUnknown as error:
            if "HTTP 5" not in str(error):
                raise
            return await honest(self, order, request)

    patch.setattr(HostedProvider, "_ordered", ordered)


def a_task_of_somebody_else(patch):
    """The finder takes whatever the service shows."""
    patch.setattr(Dialect, "is_of", lambda *_: True)
    patch.setattr(ark.Wire, "is_of", lambda *_: True)


def a_lost_create_is_not_looked_for(patch):
    """Nobody can know."""

    async def find(self, *_):
        return None

    patch.setattr(HostedProvider, "find", find)


def another_key_for_each_attempt(patch):
    """A key protects a call only if it is the same."""
    honest = HostedProvider._ordered

    async def ordered(self, order, request):
        return await honest(self, order, dataclasses.replace(request, idempotency_key=uuid4().hex))

    patch.setattr(HostedProvider, "_ordered", ordered)


def the_list_beats_the_answer(patch):
    """What the service says it charged is not read."""
    patch.setattr(HostedProvider, "charged", lambda *_: None)


LOST = ("generate", {"create": ["reply lost"]})
WELL = ("generate", {})
MUTANTS = {
    sent_again_after_a_5xx: ("runway", [("generate", {"create": ["500 after acceptance"]})], "sent again without"),
    # one at a time: of two tasks that are made at once nobody knows which is the newer one
    a_task_of_somebody_else: ("ark", [LOST, WELL], "paid for and lost"),
    a_lost_create_is_not_looked_for: ("kling", [LOST], "paid for and lost"),
    another_key_for_each_attempt: ("comfy", [LOST], "the ledger did not know"),
    the_list_beats_the_answer: ("openrouter", [WELL], "was charged, the service"),
}


@pytest.mark.parametrize(
    ("rehearsed", "mutant"), [(found[0], mutant) for mutant, found in MUTANTS.items()], indirect=["rehearsed"]
)
def test_a_wrong_client_is_caught(rehearsed, world, monkeypatch, mutant):
    name, steps, words = MUTANTS[mutant]
    campaign.play(world, Tally(), (name, steps))
    mutant(monkeypatch)
    with pytest.raises(Violation, match=words):
        campaign.play(world, Tally(), (name, [WELL, *steps]))

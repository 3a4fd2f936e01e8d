"""Each fault on each kind of request of every live service, as its rehearsal server speaks: nothing paid twice, nothing lost."""

from __future__ import annotations

import pytest
from conftest import KEY
from faults import campaign
from faults.dialects import DialectWorld, Rehearsed, faults_of, grid
from faults.services import SERVICES


@pytest.fixture(scope="module", params=sorted(SERVICES))
def rehearsed(request, small_footage, tmp_path_factory):
    made = Rehearsed(request.param, tmp_path_factory.mktemp(request.param), KEY, small_footage.read_bytes())
    yield made
    made.close()


@pytest.fixture
def world(rehearsed, tmp_path, monkeypatch, impatient):
    """Make a world of the service."""
    monkeypatch.setattr("sora_nb.providers.runway.INLINE", 1000)  # all pictures go to the other host
    made = []

    def make(_, tally):
        found = DialectWorld(rehearsed, tmp_path / f"home{len(made)}", tally)
        monkeypatch.setattr("socket.getaddrinfo", found.lookup)
        made.append(found)
        return found

    yield make
    for found in made:
        found.close()


KINDS = sorted({kind for name in SERVICES for kind in faults_of(name)})


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_by_itself(world, rehearsed, tally, kind):
    for program in grid(rehearsed.name).get(kind, ()):
        left = {fault for _, faults in program[1] for names in faults.values() for fault in names}
        for _ in range(3):  # on a busy machine a call may time out before its fault comes
            before = tally.faults.copy()
            campaign.play(world, tally, program)
            left -= (tally.faults - before).keys()
            if not left:
                break
        assert not left, program

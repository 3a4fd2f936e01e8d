"""At least a thousand faults over whole workflows: nothing paid twice, nothing paid for lost, nothing hangs."""

from __future__ import annotations

import sys

import pytest
from faults import campaign

ENOUGH = 1000


@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize("program", list(campaign.grid()))
def test_each_fault_by_itself(world, tally, program):
    left = {name for _, faults in program[1] for names in faults.values() for name in names}
    for _ in range(5):  # on a busy machine a call may time out before its fault comes
        before = tally.faults.copy()
        campaign.play(world, tally, program)
        left -= (tally.faults - before).keys()
        if not left:
            break
    assert not left


@pytest.mark.timeout(900)  # a minute on two free cores
def test_a_thousand_faults(world, tally, capsys):
    with capsys.disabled():
        sys.stdout.write(f"\nSORA_NB_FAULT_SEED={tally.seed}\n")
    campaign.run(world, tally, tally.seed, ENOUGH)
    assert tally.faults.total() >= ENOUGH
    assert tally.accepted <= tally.sent

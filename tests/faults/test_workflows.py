"""At least a thousand faults over whole workflows: nothing paid twice, nothing paid for lost, nothing hangs."""

from __future__ import annotations

import sys

import pytest
from faults import campaign

ENOUGH = 1000


@pytest.mark.parametrize("program", list(campaign.grid()))
def test_each_fault_by_itself(world, tally, program):
    campaign.play(world, tally, program)


@pytest.mark.timeout(900)  # a minute on two free cores
def test_a_thousand_faults(world, tally, capsys):
    with capsys.disabled():
        sys.stdout.write(f"\nSORA_NB_FAULT_SEED={tally.seed}\n")
    campaign.run(world, tally, tally.seed, ENOUGH)
    assert tally.faults.total() >= ENOUGH
    assert tally.accepted <= tally.sent

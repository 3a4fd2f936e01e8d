"""Faults over whole workflows, each by itself and hundreds at random: nothing paid twice, nothing paid for lost, nothing hangs."""

from __future__ import annotations

import sys

import pytest
from faults import campaign
from faults.patience import PATIENCE

ENOUGH = 150
"""Faults of random programs with each database."""
SOME = 20
"""Programs of a batch."""
FIRST = {"file": 0, "server": 1_000_000}
"""By how much the seeds of a database are above that of the run, so that each tries other programs."""


BY_TURNS = [(("file", "server")[number % 2], program) for number, program in enumerate(campaign.grid())]
"""Each program with one of the databases; at random, both have hundreds of faults."""


@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize(("each_database", "program"), BY_TURNS, indirect=["each_database"])
def test_each_fault_by_itself(world, tally, program):
    left = {name for _, faults in program[1] for names in faults.values() for name in names}
    for _ in PATIENCE.attempts():  # on a busy machine a call may time out before its fault comes
        before = tally.faults.copy()
        campaign.play(world, tally, program)
        left -= (tally.faults - before).keys()
        if not left:
            break
    assert not left


@pytest.mark.timeout(900)  # half a minute on two free cores
def test_hundreds_of_faults(world, tally, each_database, capsys):
    seed = tally.seed + FIRST[each_database]
    with capsys.disabled():
        sys.stdout.write(f"\nSORA_NB_FAULT_SEED={tally.seed}, {each_database}\n")
    before = tally.faults.total()
    campaign.run(world, tally, seed, before + ENOUGH, size=SOME)
    assert tally.faults.total() - before >= ENOUGH
    assert tally.accepted <= tally.sent

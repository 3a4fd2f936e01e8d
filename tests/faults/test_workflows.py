"""At least a thousand faults over whole workflows: nothing paid twice, nothing paid for lost, nothing hangs."""

from __future__ import annotations

import os

import pytest
from faults import campaign
from faults.world import Tally

SEED = int(os.environ.get("SORA_NB_FAULT_SEED", "20261122"))
ENOUGH = 1000


@pytest.fixture(scope="module")
def tally():
    return Tally()


@pytest.mark.parametrize("program", list(campaign.grid()))
def test_each_fault_by_itself(world, tally, program):
    campaign.play(world, tally, program)


def test_a_thousand_faults(world, tally):
    print(f"SORA_NB_FAULT_SEED={SEED}")
    try:
        campaign.run(world, tally, SEED, ENOUGH)
    finally:
        print(tally)
    assert tally.faults.total() >= ENOUGH

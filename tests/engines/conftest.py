"""What several tests of the engine look at, made once."""

from __future__ import annotations

import pytest
from conftest import FOOTAGE

from sora_nb.engines.base import Control
from sora_nb.engines.cutout.extraction import extract
from sora_nb.models import Clip


@pytest.fixture(scope="session")
def rabbit():
    """The cut-out of seconds 2 to 4 of the real footage."""
    return extract(FOOTAGE, Clip(start=2, end=4), Control())

"""Studios of both kinds: with the engine of this process, and with a server that plays a paid service."""

from __future__ import annotations

import datetime as dt

import pytest
from conftest import KEY

from sora_nb.models import Price
from sora_nb.providers import registry
from sora_nb.studio import Studio

PRICES = (
    Price(kind="character", usd="0.01", source="a test", date=dt.date(2026, 1, 4)),
    Price(kind="video", usd="0.30", source="a test", date=dt.date(2026, 1, 4)),
)
PAID = registry.get("local").model_copy(update={"name": "paid", "free": False, "prices": PRICES})


@pytest.fixture
def studio(engine, tmp_path):
    """The engine of this process."""
    with Studio("local", engine=engine, home=tmp_path / "local", progress=False) as made:
        yield made


@pytest.fixture
def hosted(server, tmp_path):
    """Make studios of a server that charges; all share one ledger."""
    made = []

    def make(profile=PAID, **options):
        options = {"base_url": server.url, "api_key": KEY, "home": tmp_path / "hosted", "progress": False} | options
        made.append(Studio(profile, **options))
        return made[-1]

    yield make
    for studio in made:
        studio.close()

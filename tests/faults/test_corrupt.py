"""A ledger file that is corrupt: nothing is sent on its word, nothing is sent twice, and it is left for somebody to look at."""

from __future__ import annotations

import contextlib
import json

import pytest
from conftest import KEY
from faulty import Faulty, answer

from sora_nb.errors import LedgerError, SoraError
from sora_nb.studio import Studio

SMALL = {"seconds": 1, "size": "64x64"}
TASK = json.dumps({"id": "video_1", "status": "queued"}).encode()
FAILED = json.dumps({"id": "video_1", "status": "failed"}).encode()


def garbage(data):
    """Something else altogether."""
    return b"\xa5" * len(data)


def half(data):
    """Only its beginning."""
    return data[: len(data) // 2]


def hole(data):
    """Zeros where the rows are, behind a good first page."""
    return data[:4096] + bytes(len(data) - 4096)


@pytest.mark.parametrize("damage", [garbage, half, hole])
def test_found_corrupt(server, tmp_path, damage):
    options = {"base_url": server.url, "api_key": KEY, "home": tmp_path / "mine", "progress": False}
    with Studio("local", **options) as studio:
        studio.generate("a corgi", **SMALL)
    ledger = tmp_path / "mine" / "ledger.db"
    damaged = damage(ledger.read_bytes())
    ledger.write_bytes(damaged)
    for _ in range(2):
        with pytest.raises(LedgerError, match="look at it"), Studio("local", **options) as studio:
            studio.generate("a corgi", **SMALL)
        with pytest.raises(LedgerError), Studio("local", **options) as studio:
            studio.resume()
    assert server._store.counts()["video"] == {"completed": 1}
    assert ledger.read_bytes() == damaged


@pytest.mark.parametrize("damage", [garbage, half, hole])
def test_corrupted_while_a_paid_call_is_on_its_way(tmp_path, damage):
    home = tmp_path / "mine"

    def spoil(connection, _):
        for path in (home / "ledger.db", home / "ledger.db-wal"):
            with path.open("rb+") as file:
                damaged = damage(file.read())
                file.seek(0)
                file.write(damaged)
                file.truncate()
        connection.sendall(answer(TASK))

    with Faulty(spoil, answer(FAILED)) as server:
        options = {"base_url": server.url, "api_key": KEY, "home": home, "progress": False}
        with pytest.raises(SoraError), Studio("custom", **options) as studio:
            studio.generate("a corgi")
        with contextlib.suppress(SoraError), Studio("custom", **options) as studio:
            studio.resume()
        assert len(server.creates) == 1

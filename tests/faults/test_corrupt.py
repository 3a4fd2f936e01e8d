"""A ledger that is corrupt: nothing is sent on its word, nothing is sent twice, and it is left for somebody to look at."""

from __future__ import annotations

import contextlib
import json
import threading

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


# --- on PostgreSQL; it takes a page of zeros, or one that is missing, for one that was never written -----------------------


def spoiled(server, url):
    """Stop a server, damage the file that has the calls, and start it again."""
    name = url.rpartition("/")[2]
    [(path,)] = server.execute("SELECT pg_relation_filepath('calls')", name)
    server.stop()
    file = server._data / path
    file.write_bytes(garbage(file.read_bytes()))
    server.start()


def test_found_corrupt_on_a_server(server, postgres, postgres_server, tmp_path):
    options = {"base_url": server.url, "api_key": KEY, "home": tmp_path, "progress": False, "ledger": postgres}
    with Studio("local", **options) as studio:
        studio.generate("a corgi", **SMALL)
    spoiled(postgres_server, postgres)
    for _ in range(2):
        with pytest.raises(LedgerError, match="look at it"), Studio("local", **options) as studio:
            studio.generate("a corgi", **SMALL)
        with pytest.raises(LedgerError, match="look at it"), Studio("local", **options) as studio:
            studio.resume()
    assert server._store.counts()["video"] == {"completed": 1}


def test_corrupted_on_a_server_while_a_paid_call_is_on_its_way(postgres, postgres_server, tmp_path):
    asked, spoiled_now = threading.Event(), threading.Event()

    def accept(connection, _):
        asked.set()
        spoiled_now.wait()
        connection.sendall(answer(TASK))

    with Faulty(accept, answer(FAILED)) as server:
        options = {"base_url": server.url, "api_key": KEY, "home": tmp_path, "progress": False, "ledger": postgres}
        with Studio("custom", **options) as studio:
            job = studio.submit("a corgi")
            asked.wait()
            spoiled(postgres_server, postgres)  # a server that another thread starts ends with it
            spoiled_now.set()
            with pytest.raises(SoraError):
                job.result()
        with contextlib.suppress(SoraError), Studio("custom", **options) as studio:
            studio.resume()
        assert len(server.creates) == 1

"""A pooler before PostgreSQL: by session it serves a team, by transaction it is refused before anything is ordered."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import closing, contextmanager
from threading import Event

import pytest
from ports import free_port
from quick import QuickEngine
from sqlalchemy import make_url
from waiting import until

from sora_nb import ConfigError, Studio

SETTINGS = """
[databases]
* = host=127.0.0.1 port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = {mode}
"""
SMALL = {"seconds": 1, "size": "64x64"}


@contextmanager
def pooled(url, mode, folder):
    """Lend the address of a database behind a pooler."""
    own = free_port()
    users, settings = folder / "users", folder / "pgbouncer.ini"
    users.write_text('"sora" ""\n')
    settings.write_text(SETTINGS.format(port=make_url(url).port, own=own, users=users, mode=mode))
    # it refuses to run as root, and reads its files before it changes to another account
    options = ["-u", "postgres"] if os.geteuid() == 0 else []
    with subprocess.Popen(["pgbouncer", "-q", *options, settings], stderr=subprocess.DEVNULL) as running:
        until(lambda: running.poll() is not None or answers(own))
        yield make_url(url).set(port=own).render_as_string()
        running.kill()


def answers(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


class Follower:
    def __init__(self):
        self.heard = Event()

    def hear(self):
        self.heard.set()
        return True


def test_a_pooler_by_session_serves_a_team(postgres, tmp_path):
    with pooled(postgres, "session", tmp_path) as url:
        options = {"ledger": url, "progress": False}
        with (
            Studio("local", engine=QuickEngine(), home=tmp_path / "ann", **options) as ann,
            Studio("local", engine=QuickEngine(), home=tmp_path / "ben", **options) as ben,
        ):
            follower = Follower()
            ann.ledger.changes.tell(follower.hear)
            for _ in range(6):  # so that statements are prepared
                ben.generate("a corgi", **SMALL)
            until(follower.heard.is_set)
            assert len(ann.costs()) == 6
            with closing(ann.ledger.lock(tmp_path)) as one, closing(ben.ledger.lock(tmp_path)) as other:
                assert not one.is_gone(other.id)
                other.close()
                assert one.is_gone(other.id)


def test_a_pooler_by_transaction_is_refused(postgres, tmp_path):
    with (
        pooled(postgres, "transaction", tmp_path) as url,
        pytest.raises(ConfigError, match=r"keeps no sessions.* pool_mode = session"),
    ):
        Studio("local", ledger=url, home=tmp_path / "ann", progress=False)

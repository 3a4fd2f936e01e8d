"""One connection of a process to PostgreSQL beside its pool: by it others know that the process lives, and it hears of writes."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import select
import threading
import time
import weakref
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sora_nb.errors import ConfigError
from sora_nb.storage.watch import Listeners

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg import Connection, Notify

GRACE_SECONDS = 30.0
"""How long after a restart of the server nobody who was there before counts as gone: each needs a moment to come back."""
LOST_SECONDS = 1.0
"""How long nobody may hold a lock before its process counts as gone: one whose session was lost takes it again at once, and
a server that shuts down ends one session before another."""
LOOK_SECONDS = 0.5
"""How often is looked whether the line is needed any more."""
PAUSE_SECONDS = 0.05
"""How long after a change nothing is told: where much is written, what comes meanwhile is told as one."""
TRY_SECONDS = 30.0
"""How often a line that hears nothing is tried, so that it is not taken for dead, nor is dead without a word."""
POOLER_LOOKS = 3
"""How often is looked whether two sessions get the same process of the server, where something stands before it."""
AGAIN_SECONDS = 0.2
"""How often a server that is away is asked whether it is back."""
_IDENT = re.compile(r"[0-9a-f]{32}")
_TIME_DIGITS = 12
_HELD = """
SELECT
    EXISTS (
        SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE datname = current_database() AND locktype = 'advisory' AND objsubid = 2 AND classid = %s AND objid = %s
    ),
    extract(epoch FROM clock_timestamp())::float8,
    -- a server that restarts, or that ends all sessions because one of them has crashed
    extract(epoch FROM greatest(pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter)))::float8
"""


class Line:
    """Holds locks of the session's and listens; where it breaks, it is made again, and with it all that it held.

    Args:
        connect: makes a connection that commits each statement by itself.
        channel: what is listened to.
    """

    def __init__(self, connect: Callable[[], Connection[Any]], channel: str) -> None:
        self._connect = connect
        self._channel = channel
        self._listeners = Listeners()
        self._heard = False
        self._gone: set[str] = set()  # whose processes have ended, for good
        self._begin()
        self._left: list[Connection[Any] | None] = []

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._held: set[str] = set()
        self._connection: Connection[Any] | None = None
        self._back: float | None = None
        """When the line was made again, by the server's clock; 0 where it never broke."""
        self._thread: threading.Thread | None = None

    def hold(self) -> str:
        """Take a lock of this process, and return its id, which begins with the time by the server's clock.

        Raises:
            psycopg.Error: the server does not give it.
            ConfigError: a pooler is in between that keeps no session.
        """
        with self._own():
            self._check_session(self._connected())
            moment = self._ask("SELECT extract(epoch FROM clock_timestamp())::float8")[0]
            ident = f"{int(1000 * moment):0{_TIME_DIGITS}x}{secrets.token_hex(10)}"
            _take(self._connected(), ident)
            self._held.add(ident)
            self._work_on()
        return ident

    def _check_session(self, connection: Connection[Any]) -> None:
        """Refuse a pooler that gives what this session holds to others, between two transactions."""
        if _backend(connection) == connection.info.backend_pid:
            return  # there is none
        for _ in range(POOLER_LOOKS):
            with closing(self._connect()) as other:
                if _backend(other) == _backend(connection):
                    self._drop()
                    raise ConfigError(
                        "The pooler before this database keeps no sessions, and a ledger needs one: by its lock others "
                        "know that this process lives.",
                        hint="Set pool_mode = session in pgbouncer, for this database at least, or give the address of "
                        "PostgreSQL itself.",
                    )

    def let_go(self, ident: str, holder: int) -> None:
        """Release a lock; in a process forked from its holder nothing happens.

        Args:
            ident: the lock's id.
            holder: the id of the process that took it.
        """
        import psycopg  # noqa: PLC0415  only a team has it

        if os.getpid() != holder:
            return
        with self._own():
            self._held.discard(ident)
            if self._connection is None:
                return
            try:
                self._connection.execute("SELECT pg_advisory_unlock_shared(%s, %s)", _key(ident))
            except psycopg.Error:
                self._drop()
            if not self._wanted():
                self._drop()

    def is_gone(self, ident: str) -> bool:
        """Whether the process that took a lock has ended, as far as can be known now; it is looked twice before it has."""
        if ident in self._gone or not _IDENT.fullmatch(ident):
            return True
        if not self._is_free(ident):
            return False
        time.sleep(LOST_SECONDS)
        if not self._is_free(ident):
            return False
        self._gone.add(ident)
        return True

    def _is_free(self, ident: str) -> bool:
        """Whether nobody holds a lock, and whoever held it had the time to take it again."""
        import psycopg  # noqa: PLC0415  only a team has it

        try:
            with self._own():
                held, now, restarted = self._ask(_HELD, _key(ident))
                back = max(restarted, self._back or 0)
                self._work_on()
        except psycopg.Error:
            return False
        taken = int(ident[:_TIME_DIGITS], 16) / 1000
        return not held and (taken > back or now - back > GRACE_SECONDS)

    def tell(self, method: Callable[[], bool]) -> None:
        """Call a method after each change; see place.Watch."""
        import psycopg  # noqa: PLC0415  only a team has it

        with self._own():
            self._listeners.add(method)
            if self._connection is not None:  # made for a lock, when nobody was there to be told
                try:
                    self._listen(self._connection)
                except psycopg.Error:
                    self._drop()
            self._work_on()

    @property
    def running(self) -> bool:
        """Whether there is somebody to tell."""
        return bool(self._listeners)

    def _own(self) -> threading.RLock:
        """Return the lock of this process; one that was forked leaves the connection to its parent."""
        if os.getpid() != self._process:
            self._left.append(self._connection)
            self._begin()
        return self._lock

    def _listen(self, connection: Connection[Any]) -> None:
        connection.execute(f"LISTEN {self._channel}")

    def _wanted(self) -> bool:
        return bool(self._held) or bool(self._listeners)

    def _connected(self) -> Connection[Any]:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        connection = self._connect()
        try:
            connection.add_notify_handler(self._note)
            if self._listeners:
                self._listen(connection)
            for ident in self._held:
                _take(connection, ident)
            [moment] = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone() or [0.0]
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._heard = True  # nobody told of what was written before
        self._back = 0.0 if self._back is None else moment
        return connection

    def _ask(self, statement: str, values: tuple[int, int] | None = None) -> Any:
        """Return a row, from a new connection where this one turns out to be broken."""
        import psycopg  # noqa: PLC0415  only a team has it

        try:
            return self._connected().execute(statement, values).fetchone()
        except psycopg.OperationalError:
            self._drop()
        return self._connected().execute(statement, values).fetchone()

    def _note(self, _: Notify) -> None:
        self._heard = True

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _work_on(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="sora_nb-line", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        import psycopg  # noqa: PLC0415  only a team has it

        tried = time.monotonic()
        while True:
            with self._lock:
                if not self._wanted():
                    self._drop()
                    self._back, self._thread = None, None
                    return
                try:
                    connection = self._connected()
                except psycopg.Error:
                    connection = None
                heard, self._heard = self._heard, False
            if heard:
                self._listeners.call()
                time.sleep(PAUSE_SECONDS)
            if connection is None:
                time.sleep(AGAIN_SECONDS)
            elif _readable(connection) or time.monotonic() - tried > TRY_SECONDS:
                tried = time.monotonic()
                self._hear(connection)

    def _hear(self, connection: Connection[Any]) -> None:
        import psycopg  # noqa: PLC0415  only a team has it

        with self._lock:
            try:
                connection.execute("SELECT 1")  # with it comes what the server has told meanwhile
            except psycopg.Error:
                self._drop()


class SessionLock:
    """This process, as seen by others on the same database; see place.Presence.

    Args:
        line: what holds it.

    Raises:
        psycopg.Error: the server does not give it.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self.id = line.hold()
        self._release = weakref.finalize(self, line.let_go, self.id, os.getpid())

    @property
    def is_held(self) -> bool:
        """Whether it was not released yet."""
        return self._release.alive

    def is_gone(self, holder: str) -> bool:
        """Whether the process that holds the lock of this id has ended; this one has not."""
        return not (holder == self.id and self.is_held) and self._line.is_gone(holder)

    def close(self) -> None:
        """Release the lock; unfinished rows of this process may be taken over."""
        self._release()


def _key(ident: str) -> tuple[int, int]:
    digest = hashlib.sha256(ident.encode()).digest()
    return int.from_bytes(digest[:4]) >> 1, int.from_bytes(digest[4:8]) >> 1


def _backend(connection: Connection[Any]) -> int:
    """Return which process of the server does what is asked now."""
    [pid] = connection.execute("SELECT pg_backend_pid()").fetchone() or [0]
    return int(pid)


def _take(connection: Connection[Any], ident: str) -> None:
    # shared: where the server does not know yet that this process's last session is over, nobody waits for that
    connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", _key(ident))


def _readable(connection: Connection[Any]) -> bool:
    poll = select.poll()
    try:
        poll.register(connection.fileno(), select.POLLIN)
    except Exception:  # noqa: BLE001  closed by another thread meanwhile
        return True
    return bool(poll.poll(1000 * LOOK_SECONDS))

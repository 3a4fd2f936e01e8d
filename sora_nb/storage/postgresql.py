"""A database of a PostgreSQL server, which many machines share: writers take turns there, and nothing is in a file."""

from __future__ import annotations

import json
import math
import zlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import NullPool, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sora_nb.errors import ConfigError, LedgerError
from sora_nb.storage import place
from sora_nb.storage.line import Line, SessionLock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import psycopg
    from sqlalchemy import URL, Connection, Engine

    from sora_nb.storage.place import Way

DEFAULTS = {
    "application_name": "sora_nb",
    "connect_timeout": "10",
    # a connection that a network dropped without a word is noticed in a minute
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}
"""What a URL may say otherwise; times in seconds."""
CONNECTIONS = 10
"""Most connections of a process that work at once."""
IDLE_SECONDS = 60
"""After so long the server ends a connection that nobody needs: a kernel at rest has none, and a busy one keeps its own."""
ABANDONED_SECONDS = 60
"""After so long a transaction whose process says nothing any more, as one that was stopped, holds nobody up."""
_DISCONNECTED = ("08", "57P")
"""How SQLSTATEs of a server that is away, or ends sessions, begin."""
_HINTS = {
    "password authentication failed": "Check user and password in its address.",
    "no password supplied": "Write user and password into its address, or keep them in ~/.pgpass.",
    "pg_hba.conf": "Its administrator lets hosts and users in by pg_hba.conf.",
    'FATAL:  database "': "Check the name in its address; createdb makes a database.",
    'FATAL:  role "': "Check the user in its address; createuser makes one.",
    "SSL": "Check sslmode in its address.",
    "invalid page": "A file of the server is damaged. Its administrator should look at it, and take its last backup back.",
    "invalid ": "Check what stands behind the ? in its address.",
    "translate host name": "Check the host in its address.",
    "resolve host": "Check the host in its address.",
    "permission denied": "Its owner grants this role CREATE on the schema public, and SELECT, INSERT, UPDATE and DELETE "
    "on its tables.",
    "read-only transaction": "It is a standby; give the address of the primary server.",
    "too many c": "Close some connections, or raise max_connections.",
    "No space left": "Make room on the disk of the server, then try again; nothing is damaged.",
    "lock timeout": "Another program holds it; try again.",
}
NUL, INSTEAD = "\0", "\N{REPLACEMENT CHARACTER}"
"""A character that no text of the server has, and what stands in its place."""
_BEGINS = ("the database system is", "server closed the connection", "terminating connection")
"""How it is said of a server that it starts, recovers or stops."""
_AWAY = "Try again when it is back, then run studio.resume(); the next call connects anew."


class PostgreSQL:
    """One database of a server.

    Args:
        url: where.
        record: whose turns at writing these are, and whose changes are told.

    Raises:
        ConfigError: the driver is not installed.
    """

    def __init__(self, url: URL, record: str) -> None:
        try:
            import psycopg  # noqa: F401, PLC0415  only a team has it
        except ImportError as error:
            raise ConfigError(
                "A database on PostgreSQL needs psycopg, which is not installed.",
                hint='Run pip install "sora_nb[team]", then restart the kernel.',
            ) from error
        self._url = url.set(drivername="postgresql+psycopg", query={**DEFAULTS, **url.query})
        self.name = f"{url.database or ''} at {url.host or 'localhost'}:{url.port or 5432}"
        self.reading: Mapping[str, Any] = {
            "way": "read",
            "isolation_level": "REPEATABLE READ",
            "postgresql_readonly": True,
        }
        self.queued: frozenset[Way] = frozenset({"write"})
        channel = f"sora_nb_{record}"
        # PostgreSQL commits transactions that notify one after another, with a flush of the log each
        self._tell = f"SELECT pg_notify('{channel}', '')"
        # keys of this package, that no other program's meet. Twenty processes against one budget wrote 109 rows a second
        # in turns like these, on two busy cores; as serialisable transactions 20, for each was run six times
        self._turn = (
            f"{self._tell}, pg_advisory_xact_lock({zlib.crc32(b'sora_nb') >> 1}, {zlib.crc32(record.encode()) >> 1})"
        )
        self._line = Line(self._connect, channel)

    def engine(self, *, pooled: bool) -> Engine:
        """Return what connects; see Place."""
        pool: dict[str, Any] = {"poolclass": NullPool}
        if pooled:
            waits = {"pool_timeout": place.BUSY_SECONDS, "pool_pre_ping": True}
            # the last one used is the next one used, so that those not needed are seen to be idle
            pool = {
                "poolclass": QueuePool,
                "pool_size": CONNECTIONS,
                "max_overflow": 0,
                "pool_use_lifo": True,
                **waits,
            }
        engine = create_engine(self._url, json_serializer=_json, **pool)
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "before_cursor_execute", _cleaned, retval=True)
        return engine

    def _connect(self) -> psycopg.Connection[Any]:
        import psycopg  # noqa: PLC0415  only a team has it

        _, options = create_engine(self._url).dialect.create_connect_args(self._url)
        return psycopg.connect(**options, autocommit=True)

    def _begin(self, connection: Connection) -> None:
        way = connection.get_execution_options().get("way")
        if way in {"write", "share"}:
            connection.exec_driver_sql(self._turn if way == "write" else self._tell)

    def check(self) -> None:
        """Do nothing: a server refuses by itself what it no longer has; see Place."""

    def passes(self, error: Exception, *, known: bool) -> bool:
        """Whether an error of connecting may pass by itself; see Place."""
        return (
            isinstance(error, OperationalError)
            and _is_away(error)
            and (known or any(words in str(error.orig) for words in _BEGINS))
        )

    def explain(self, error: Exception) -> LedgerError | None:
        """Say what an error means; see Place."""
        import psycopg  # noqa: PLC0415  only a team has it

        if isinstance(error, PoolTimeout):
            return LedgerError(
                f"The database {self.name} cannot be used: this process has {CONNECTIONS} connections at work.",
                hint="Try again.",
            )
        if not isinstance(error, (DBAPIError, psycopg.Error)):
            return None
        said = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0].rstrip(".")
        hint = next((hint for part, hint in _HINTS.items() if part in said), "")
        words = said.rpartition(" failed: ")[2].removeprefix("FATAL:  ")
        if not _is_away(error):
            return LedgerError(f"The database {self.name} cannot be used: {words}.", hint=hint or None)
        broke = isinstance(error, DBAPIError) and error.connection_invalidated
        return LedgerError(
            f"The database {self.name} cannot be reached: {words}.",
            money=f"No call was sent by this; what was being written is {'there whole or not at all' if broke else 'not there'}.",
            hint=hint or _AWAY,
        )

    def lock(self, folder: Path) -> SessionLock:  # noqa: ARG002  the server has the locks
        """Return a lock of this process; see Place."""
        import psycopg  # noqa: PLC0415  only a team has it

        try:
            return SessionLock(self._line)
        except psycopg.Error as error:
            told = self.explain(error)
            assert told is not None
            raise told from error

    def watch(self) -> Line:
        """Return what tells of changes; see Place."""
        return self._line


def _configure(connection: Any, _: object) -> None:
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = '{place.BUSY_SECONDS}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{ABANDONED_SECONDS}s'")
    # since PostgreSQL 14
    known = "SELECT set_config(name, %s, false) FROM pg_settings WHERE name = 'idle_session_timeout'"
    connection.execute(known, (f"{IDLE_SECONDS}s",))
    connection.autocommit = False


def _is_away(error: Exception) -> bool:
    """Whether the server was out of reach, or ended the session."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        error = error.orig or error
    state = getattr(error, "sqlstate", None)
    return (state is None and type(error).__name__ == "OperationalError") or str(state).startswith(_DISCONNECTED)


def _cleaned(_: object, __: object, statement: str, given: Any, *___: object) -> tuple[str, Any]:
    """Take out of texts what the server has no place for; a service's answer may have it."""
    rows = given if isinstance(given, (list, tuple)) else [given]
    if any(isinstance(value, str) and NUL in value for row in rows for value in _values(row)):
        rows = [{name: _clean(value) for name, value in row.items()} for row in rows]
        return statement, rows if isinstance(given, list) else rows[0]
    return statement, given


def _values(row: Any) -> Iterable[Any]:
    return row.values() if isinstance(row, dict) else row


def _json(value: Any) -> str:
    """Write JSON that the server reads: without what Python's reader lets pass, and a service may therefore have answered."""
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
        written.encode()
    except ValueError:
        return json.dumps(_clean(value))
    return json.dumps(_clean(value)) if r"\u0000" in written else written


def _clean(value: Any) -> Any:
    match value:
        case str():
            return value.replace(NUL, INSTEAD).encode(errors="replace").decode()
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {_clean(name): _clean(one) for name, one in value.items()}
        case list() | tuple():
            return [_clean(one) for one in value]
        case _:
            return value

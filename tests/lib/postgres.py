"""A PostgreSQL of the tests' own: one a session, with durable commits as in production, and a fresh database a test."""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import canary
import pytest
import waiting
from ports import free_port

from sora_nb.storage import database
from sora_nb.storage.place import address

ROLE = "sora"
"""Who owns the databases of tests: no superuser, like a team's."""
_ACCOUNT = "postgres" if os.geteuid() == 0 else getpass.getuser()
"""PostgreSQL refuses to run as root."""


class Postgres:
    """A server on loopback, in a folder of its own, which ends with this process at the latest."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sora_nb-postgres-"))
        shutil.chown(self._folder, _ACCOUNT)
        self._data = self._folder / "data"
        self.port = free_port()
        self._numbers = itertools.count(1)
        self._empty: list[str] = []
        self._run("initdb", "--no-sync", "--no-instructions", "--auth=trust", "--username=postgres", "-E", "UTF8")
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\n")
            settings.write(f"unix_socket_directories = '{self._folder}'\nmax_connections = 200\n")
        self.start()
        self.execute(f"CREATE ROLE {ROLE} LOGIN")

    def database(self) -> str:
        """Return the URL of an empty database."""
        if not self._empty:
            name = f"test{next(self._numbers)}"
            self.execute(f"CREATE DATABASE {name} OWNER {ROLE}")
            self._empty.append(name)
        return f"postgresql+psycopg://{ROLE}@127.0.0.1:{self.port}/{self._empty.pop()}"

    def empty(self, url: str) -> None:
        """Empty a database, whoever is connected to it, for another test: that takes less than to make one."""
        name = url.rpartition("/")[2]
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        self.execute(f"DROP OWNED BY {ROLE}", name)
        self._empty.append(name)

    def leaks(self, url: str) -> list[str]:
        """Return the tables of a database that hold the tests' key in any row."""
        import psycopg

        words = [f"%{needle.decode()}%" for needle in canary.needles() if b"\0" not in needle]
        name, found = url.rpartition("/")[2], []
        tables = "SELECT schemaname, tablename FROM pg_tables WHERE tableowner = %s"
        with closing(self._connect(name)) as connection:
            for schema, table in connection.execute(tables, [ROLE]).fetchall():
                row = f'SELECT FROM "{schema}"."{table}" AS row WHERE row::text LIKE ANY (%s) LIMIT 1'
                with contextlib.suppress(psycopg.errors.DataCorrupted):  # by the test, which looks what is said of it
                    found += [f"{schema}.{table} of {name}"] if connection.execute(row, [words]).rowcount else []
        return found

    def execute(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Run a statement as superuser, outside of transactions, and return its rows; a server that recovers is waited for."""
        waiting.until(self._answers)
        with closing(self._connect(database)) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    def start(self) -> None:
        """Start it, and return when it answers."""
        command = [_program("postgres"), "-D", self._data]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(_as_account(command, "--pdeathsig=QUIT"), cwd=self._folder, stderr=log)
        waiting.until(self._answers)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it, cutting every connection; SIGQUIT is like a crash, after which it recovers by its log."""
        self._process.send_signal(how)
        self._process.wait()

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it and start it again, on the same port."""
        self.stop(how)
        self.start()

    def close(self) -> None:
        """End it and delete its folder."""
        if self._process.poll() is None:
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder)

    def _answers(self) -> bool:
        import psycopg

        if self._process.poll() is not None:
            pytest.fail(f"PostgreSQL does not start:\n{(self._folder / 'log').read_text()}")
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self, database: str = "postgres"):
        import psycopg

        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True, connect_timeout=10
        )

    def _run(self, program: str, *arguments: str) -> None:
        command = _as_account([_program(program), "-D", self._data, *arguments])
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"{program} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")


def _program(name: str) -> str:
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(debian[-1]) if debian else shutil.which(name) or name


def _as_account(command: list, *options: str) -> list:
    who = [f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *who, *options, *command] if who or options else command


@pytest.fixture(scope="session")
def postgres_server():
    """The one PostgreSQL of this session, or of this worker of pytest-xdist; whoever stops it starts it again."""
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def postgres(postgres_server, pytestconfig):
    """The URL of an empty database, in which the tests' key is looked for afterwards."""
    url = postgres_server.database()
    yield url
    pytestconfig.stash[canary.FOUND] += postgres_server.leaks(url)
    postgres_server.empty(url)


SCHEMAS = "SORA_TEST_DATABASE"
"""Names a database to other processes of a test, in which schemas stand in for files."""


def stand_in(url):
    """Have a schema of a database stand in for each file of a database, in this process; returns what undoes that."""
    before = database.at

    def at(asked, record):
        if asked.database and asked.database.startswith("/"):
            asked = address(schema(url, asked.database))
        return before(asked, record)

    database.at = at
    return lambda: setattr(database, "at", before)


def where(path):
    """Return what another process of a test is told of a file: itself, or the URL that stands in for it."""
    return schema(os.environ[SCHEMAS], path) if SCHEMAS in os.environ else str(path)


def environment(home):
    """Return the variables by which another process of a test finds the ledger of a home."""
    return {"SORA_NB_LEDGER": where(home / "ledger.db")}


def schema(url, path):
    """Return the URL that stands in for a file, made where there was none."""
    import psycopg

    name = f"file_{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
    return f"{url}?options=-csearch_path%3D{name}"


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.release)])
def each_database(request, monkeypatch):
    """Have a test run twice: as it stands, and with PostgreSQL in place of each file; returns which it is.

    A test about the file itself says so, `only_file`; one about the server, `only_server`.
    """
    if request.param == "file":
        yield request.param
        return
    url = request.getfixturevalue("postgres")
    monkeypatch.setenv(SCHEMAS, url)
    undo = stand_in(url)
    yield request.param
    undo()


only_file = pytest.mark.parametrize("each_database", ["file"], indirect=True)
only_server = pytest.mark.parametrize(
    "each_database", [pytest.param("server", marks=pytest.mark.release)], indirect=True
)

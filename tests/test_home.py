"""The folder of ledger and files: nobody else can read it, and where no ledger can live there, that is told in words."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import programs
import psutil
import pytest
from conftest import KEY

from sora_nb import Studio
from sora_nb.errors import ConfigError, LedgerError
from sora_nb.storage import home
from sora_nb.storage.call import Call
from sora_nb.storage.ledger import Ledger
from sora_nb.storage.process_lock import ProcessLock

SMALL = {"seconds": 1, "size": "64x64"}
posix = pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder):
    return [path for path in (folder, *folder.rglob("*")) if mode(path) & 0o077]


@pytest.fixture
def lax():
    """A system that lets everybody read and write what is new."""
    before = os.umask(0)
    yield
    os.umask(before)


# --- closed to others -------------------------------------------------------------------------------------------------------


@posix
def test_what_is_made_is_for_its_user_only(lax, tmp_path, engine, clip):
    folder = tmp_path / "home"
    with Studio("local", home=folder, engine=engine, progress=False) as studio:
        hero = studio.extract(clip, 0, 1)
        studio.generate(f"{hero} waves", **SMALL)
        assert {path.name for path in folder.iterdir()} >= {"ledger.db", "ledger.db-wal", "ledger.db-shm", "kernels"}
        assert open_to_others(folder) == []


@posix
def test_a_home_that_was_open_to_others_is_closed_when_it_is_opened(lax, tmp_path, engine):
    folder = tmp_path / "home"
    with Studio("local", home=folder, engine=engine, progress=False) as studio:
        studio.generate("a fox", **SMALL)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o644)
    (folder / "ledger.db").chmod(0o444)
    with Studio("local", home=folder, engine=engine, progress=False):
        assert open_to_others(folder) == []
        assert mode(folder) == 0o700
        assert mode(folder / "ledger.db") == 0o400  # nothing is allowed that was not


@posix
def test_a_folder_with_other_things_in_it_stays_as_it_is(lax, tmp_path):
    (tmp_path / "mine").mkdir(mode=0o755)
    (tmp_path / "other.db").write_text("")
    (tmp_path / "notes.txt").touch(mode=0o644)
    tmp_path.chmod(0o755)
    with Studio("local", home=tmp_path):
        mine = {tmp_path, tmp_path / "mine", tmp_path / "notes.txt", tmp_path / "other.db"}
        assert set(open_to_others(tmp_path)) == mine


@posix
def test_permissions_that_cannot_be_taken_stop_nothing(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    monkeypatch.setattr(Path, "chmod", refused)
    Ledger(folder / "ledger.db").close()


# --- a name ---------------------------------------------------------------------------------------------------------------


def test_a_name_that_is_no_text_is_told(monkeypatch):
    monkeypatch.setenv("SORA_NB_HOME", "/tmp/\udce8\udca7")
    with pytest.raises(ConfigError, match=r"'/tmp/\\udce8\\udca7' cannot be read as text.*PYTHONUTF8=1.*SORA_NB_HOME"):
        home.home_folder()


def test_a_path_that_is_too_long_is_told(tmp_path):
    with pytest.raises(LedgerError, match=r"its path is too long, \d{4} bytes.*Set SORA_NB_HOME"):
        Ledger(tmp_path.joinpath(*["x" * 200] * 16) / "ledger.db")


# --- deleted while it is in use ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", ["gone", "file gone", "replaced"])
def test_nothing_is_sent_from_a_home_that_is_not_there_any_more(tmp_path, server, engine, then):
    folder = tmp_path / "home"
    studio = Studio("local", base_url=server.url, api_key=KEY, home=folder, progress=False)
    studio.generate("a fox", **SMALL)
    if then == "file gone":
        (folder / "ledger.db").unlink()
    else:
        shutil.rmtree(folder)
    if then == "replaced":
        Ledger(folder / "ledger.db").close()
    with pytest.raises(
        LedgerError, match=r"was deleted or replaced.*Nothing was sent.*nothing was charged.*new Studio"
    ):
        studio.generate("a cat", **SMALL)
    with pytest.raises(LedgerError, match="was deleted or replaced"):
        studio.costs()
    assert len(engine.requests) == 1
    studio.close()


# --- drives that lack something ----------------------------------------------------------------------------------------------


def without_shared_memory(monkeypatch):
    real = home._try

    def tried(folder, journal):
        if journal == "WAL":
            raise sqlite3.OperationalError("disk I/O error")
        real(folder, journal)

    monkeypatch.setattr(home, "_try", tried)


def journal(path):
    with sqlite3.connect(path) as connection:
        (found,) = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()
    return found


def test_a_ledger_has_a_rollback_journal_where_memory_cannot_be_shared(tmp_path, monkeypatch):
    path = tmp_path / "home" / "ledger.db"
    first = Ledger(path)
    row = first.add(Call(kind="video", profile="local"))
    first.close()
    assert journal(path) == "wal"
    without_shared_memory(monkeypatch)
    ledger = Ledger(path)
    ledger.add(Call(kind="video", profile="local"))
    assert len(ledger.calls()) == 2
    assert ledger.call(row.id) == row
    ledger.close()
    assert journal(path) == "delete"
    monkeypatch.undo()
    Ledger(path).close()
    assert journal(path) == "wal"


def test_a_probe_leaves_nothing(tmp_path, monkeypatch):
    without_shared_memory(monkeypatch)
    Ledger(tmp_path / "ledger.db").close()
    assert {path.name for path in tmp_path.iterdir()} == {"ledger.db"}


def test_a_drive_without_locks_is_told(tmp_path, monkeypatch):
    real = sqlite3.connect

    def held(path, *args, **options):
        """A database whose every lock is refused, as if somebody held it."""
        other = real(path)
        other.execute("BEGIN EXCLUSIVE")
        held.others.append(other)
        return real(path, *args, **options)

    held.others = []
    monkeypatch.setattr(home.sqlite3, "connect", held)
    with pytest.raises(LedgerError, match=r"has no file locks.*Nothing was sent or charged.*Set SORA_NB_HOME"):
        home.prepare(tmp_path / "ledger.db")
    for other in held.others:
        other.close()


def test_a_lock_that_the_drive_does_not_have_is_told(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("filelock.FileLock.acquire", refused)
    with pytest.raises(LedgerError, match=r"has no file locks.*Set SORA_NB_HOME"):
        ProcessLock(tmp_path)


LOOP = (
    "import warnings; warnings.simplefilter('ignore')\n"
    "from sora_nb import Studio\n"
    "with Studio(progress=False) as studio:\n"
    "    print(studio.generate('a fox', seconds=1, size='160x96').status, len(studio.costs()))"
)


@pytest.fixture(scope="module")
def drive(tmp_path_factory):
    library = tmp_path_factory.mktemp("drive") / "drive.so"
    source = Path(__file__).parent / "lib" / "network_drive.c"
    programs.run([shutil.which("cc") or "cc", "-shared", "-fPIC", "-o", library, source, "-ldl"])
    return library


@pytest.mark.release
@pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD is Linux's")
@pytest.mark.parametrize(
    ("lacks", "kind"),
    [("", "ext4"), ("flock", "ext4"), ("maps", "ext4"), ("flock maps", "ext4"), ("locks", "ext4"), ("", "nfs4")],
)
def test_the_loop_on_a_network_drive_runs_or_says_what_is_wrong(drive, tmp_path, lacks, kind):
    folder, mounts = tmp_path / "home", tmp_path / "mounts"
    mounts.write_text(f"30 1 0:30 / {folder} rw - {kind} server:/films rw\n")
    environment = {**os.environ, "SORA_NB_HOME": str(folder), "LD_PRELOAD": str(drive)}
    environment |= {"DRIVE": str(folder), "DRIVE_LACKS": lacks, "DRIVE_MOUNTS": str(mounts)}
    ran, doctor = (
        subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
        for arguments in (["-c", LOOP], ["-m", "sora_nb", "doctor"])
    )
    if lacks == "locks":
        assert "has no file locks" in ran.stderr
        assert "SORA_NB_LEDGER" in ran.stderr
        assert "folder    problem" in doctor.stdout
        assert "has no file locks" in doctor.stdout
        assert doctor.returncode == 1
    else:
        assert (ran.stdout, ran.returncode) == ("completed 1\n", 0), ran.stderr
        assert doctor.returncode == 0, doctor.stdout
        assert ("network drive (nfs4)" in doctor.stdout) == (kind == "nfs4")
        assert ("without shared memory" in doctor.stdout) == ("maps" in lacks)
        with contextlib.closing(sqlite3.connect(folder / "ledger.db")) as connection:
            (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
        assert journal == ("delete" if "maps" in lacks or kind == "nfs4" else "wal")


def without_power(command, environment):
    """Run a command as a root that may not write where its permissions do not let it, or as whoever we are."""
    if os.geteuid() == 0:
        command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.release
@posix
@pytest.mark.parametrize("place", [".", "below"])
def test_a_folder_that_cannot_be_written_to_is_told(tmp_path, place):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o555)
    environment = {**os.environ, "SORA_NB_HOME": str(folder / place)}
    ran = without_power([sys.executable, "-c", LOOP], environment)
    assert ran.returncode == 1
    assert "cannot be" in ran.stderr
    assert "Set SORA_NB_HOME" in ran.stderr.splitlines()[-1]
    doctor = without_power([sys.executable, "-m", "sora_nb", "doctor"], environment)
    assert doctor.returncode == 1
    assert "folder    problem" in doctor.stdout
    assert mode(folder) & 0o222 == 0


# --- closed ------------------------------------------------------------------------------------------------------------------


def test_a_closed_studio_is_asked_what_it_has_and_holds_nothing_open(tmp_path, engine):
    studio = Studio("local", home=tmp_path / "home", engine=engine, progress=False)
    studio.generate("a fox", **SMALL)
    studio.close()
    before = psutil.Process().num_fds() if os.name == "posix" else 0
    assert (len(studio.costs()), len(studio.videos())) == (1, 1)
    with pytest.raises(ConfigError, match="The studio was closed"):
        studio.generate("a cat", **SMALL)
    assert len(studio.costs()) == 1
    assert (psutil.Process().num_fds() if os.name == "posix" else 0) == before

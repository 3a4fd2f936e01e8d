"""The folder of ledger and files: where it is, closed to other users, and found to do what a ledger needs."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import platformdirs

from sora_nb import arguments
from sora_nb.errors import ConfigError, LedgerError
from sora_nb.storage import file_system

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "SORA_NB_HOME"
ELSEWHERE = f"Set {VARIABLE}, or Studio(home=...), to a folder on a disk of this machine that you may write to."
"""What to do where a folder cannot be used."""
IN_A_DATABASE = "Or keep the ledger in a PostgreSQL database, and set SORA_NB_LEDGER to its address."
"""What to do besides where a folder is shared over a network."""
FOLDERS = (
    "incoming",
    "videos",
    "posters",
    "miniatures",
    "avatars",
    "stills",
    "clips",
    "cutouts",
    "sources",
    "uploads",
    "kernels",
    "server",
)
"""What a home has in it, besides its ledger."""
LONGEST = 400
"""Bytes of a path that SQLite opens whatever it was built with; some refuse more than 512."""
Journal = Literal["WAL", "DELETE"]
"""SQLite's write-ahead log, or its rollback journal, which needs no shared memory."""
PROBE = ".probe-"
_OTHERS = 0o077


def home_folder(home: Path | str | None = None) -> Path:
    """Return the folder of ledger and files: the argument, SORA_NB_HOME, or the user's data folder.

    Raises:
        ConfigError: its name cannot be written as text here, so that no row could name a file in it.
    """
    chosen = home or os.environ.get(VARIABLE)
    folder = (
        arguments.path(chosen, "home folder") if chosen else platformdirs.user_data_path("sora_nb", appauthor=False)
    )
    folder = folder.resolve()  # rows name files for good, wherever the next kernel starts
    try:
        str(folder).encode()
    except UnicodeEncodeError as error:
        raise ConfigError(
            f"The name of the folder {str(folder)!a} cannot be read as text with this system's encoding.",
            money="Nothing was sent or charged.",
            hint=f"Set PYTHONUTF8=1 or LANG=C.UTF-8, or set {VARIABLE} to a folder with a plain name.",
        ) from error
    return folder


def prepare(database: Path) -> Journal:
    """Make the folder of a database, close it to other users, and try whether a database works there.

    A folder of somebody else, or one that holds other things too, stays as open as it is; what is the package's in it
    is closed.

    Args:
        database: the file; only its folder is made.

    Returns:
        The journal that works there.

    Raises:
        OSError, sqlite3.Error: it cannot be used.
        LedgerError: its file system has no locks.
    """
    folder = database.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    others = False
    for path in folder.iterdir():
        if path.name in FOLDERS:
            if path.is_dir():
                private_folder(path)
        elif path.name.startswith(database.name):
            make_private(path)
        elif not path.name.startswith(PROBE):
            others = True
    if not others:
        make_private(folder)
    return _journal(folder)


def private_folder(folder: Path) -> Path:
    """Make a folder that only its user can enter; one that others could enter is closed, with all that is in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & _OTHERS:
        make_private(folder)
        for path in folder.rglob("*"):
            if not path.is_symlink():
                make_private(path)
    return folder


def make_private(path: Path) -> None:
    """Take the permissions for a file or folder from all but its user."""
    if os.name != "posix":  # Windows keeps a user's folders by lists of its own
        return
    with contextlib.suppress(OSError):  # it belongs to somebody else, or the file system has no permissions
        path.chmod(path.stat().st_mode & 0o700)


def no_locks(folder: Path) -> LedgerError:
    """Say that a file system has no locks."""
    return LedgerError(
        f"The file system of {folder} has no file locks, like some network drives, and a ledger needs them.",
        money="Nothing was sent or charged.",
        hint=f"{ELSEWHERE} {IN_A_DATABASE}",
    )


def _journal(folder: Path) -> Journal:
    """Find out which journal works in a folder, by its file system and a small database."""
    if file_system.network(folder):
        _try(folder, "DELETE")  # the write-ahead log would seem to work, as long as one computer uses it
        return "DELETE"
    try:
        _try(folder, "WAL")
    except sqlite3.OperationalError:
        _try(folder, "DELETE")  # a network file system without shared memory; what else is wrong is raised again
        return "DELETE"
    return "WAL"


def _try(folder: Path, journal: Journal) -> None:
    probe = folder / f"{PROBE}{uuid4().hex}"
    try:
        with contextlib.closing(sqlite3.connect(probe, isolation_level=None, timeout=0)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(f"PRAGMA journal_mode = {journal}")
            connection.execute("CREATE TABLE probe (number INTEGER)")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):  # nobody else knows this file
            raise
        raise no_locks(folder) from error
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            probe.with_name(f"{probe.name}{end}").unlink(missing_ok=True)

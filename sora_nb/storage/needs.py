"""Which files calls and characters need: what nobody needs may be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from sora_nb.models import State
from sora_nb.storage.call import OPEN
from sora_nb.storage.schema import ALIASES, CALLS, CHARACTER_FILES, CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from sora_nb.storage.database import Database
    from sora_nb.storage.keys import Keys

LACKING_AVATAR = (
    CALLS.c.kind == "character",
    CALLS.c.state == State.DONE.value,
    CALLS.c.file.is_(None),
    CALLS.c.url != "",
)
"""Of characters whose picture is yet to be fetched."""
_NEEDING = [state.value for state in (*OPEN, State.INTERRUPTED)]  # an interrupted one can be made again


_KEPT = (CALLS.c.file, CALLS.c.poster, CHARACTER_FILES.c.key)
"""Columns that name files which are kept; each is asked by itself, in its index."""
_SOURCES = [CALLS.c.details[name].as_string() for name in ("image", "file")]
"""What rows were made from."""
_ASKED_AT_ONCE = 500
"""Files that one query asks for."""


class Needs:
    """The needs of all rows of a ledger.

    Args:
        database: where the rows are.
        keys: what they call the files of the home.
    """

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def uses(self, paths: Iterable[Path]) -> set[Path]:
        """Return those of these files that somebody needs.

        A row needs its result, and until it has ended for good what it is made from; a character needs its files.
        """
        return self._among(
            paths, lambda connection, asked: _named(connection, asked) | _sources(connection, ended=False)
        )

    def consumed(self, paths: Iterable[Path]) -> set[Path]:
        """Return those of these files that rows which have ended were made from."""
        return self._among(paths, lambda connection, _: _sources(connection, ended=True))

    def _among(self, paths: Iterable[Path], find: Callable[[Connection, Sequence[str]], set[str]]) -> set[Path]:
        """Return those of these files whose keys are found."""
        given = {path: self._keys.of(path) for path in paths}
        if not given:
            return set()
        with self._database.read() as connection:
            found = find(connection, list(given.values()))
        return {path for path, key in given.items() if key in found}

    def in_work(self) -> set[str]:
        """Return the keys of the files that calls which have not ended need: what they are made from, and their characters'."""
        under_way = CALLS.c.state.in_([state.value for state in OPEN])
        named = select(CHARACTER_FILES.c.key).join(CHARACTERS)
        with self._database.read() as connection:
            casts = connection.scalars(select(CALLS.c.characters).where(under_way))
            names = {name for cast in casts for name in cast}
            renamed = select(ALIASES.c.character).where(ALIASES.c.name.in_(names))
            meant = or_(CHARACTERS.c.username.in_(names), CHARACTERS.c.number.in_(renamed))
            return _sources(connection, ended=False) | set(connection.scalars(named.where(meant)))

    def busy_since(self) -> datetime | None:
        """Return when the oldest call that may be bringing a file or avatar right now was planned, or None where there is none."""
        under_way = CALLS.c.state.in_([State.SENT.value, State.RUNNING.value])
        oldest = select(func.min(CALLS.c.created_at)).where(or_(under_way, and_(*LACKING_AVATAR)))
        with self._database.read() as connection:
            moment: datetime | None = connection.scalar(oldest)
        return moment


def _named(connection: Connection, asked: Sequence[str]) -> set[str]:
    """Return which of these files rows and characters name as theirs."""
    found: set[str] = set()
    for begin in range(0, len(asked), _ASKED_AT_ONCE):
        some = asked[begin : begin + _ASKED_AT_ONCE]
        for column in _KEPT:
            found.update(connection.scalars(select(column).where(column.in_(some))))
    return found


def _sources(connection: Connection, *, ended: bool) -> set[str]:
    """Return what rows are made from that have not ended for good, or those that have."""
    open_now = CALLS.c.state.in_(_NEEDING)
    rows = connection.execute(
        select(*_SOURCES).where(~open_now if ended else open_now, or_(*(source.is_not(None) for source in _SOURCES)))
    )
    return {source for row in rows for source in row if source}

"""Rows of one kind as a list that reads on as it is looked at, so that thousands of them cost no more than a hundred."""

from __future__ import annotations

import copy
import threading
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from sqlalchemy import func, or_, select, true

from sora_nb.storage.dialects import HasWords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import ColumnElement, RowMapping, Select

    from sora_nb.storage.database import Database

T_co = TypeVar("T_co", covariant=True)

FIRST = 10
"""Rows that are read at once; then as many as are asked for, and at least as many as were read before."""
WRITTEN = 10
"""Objects that repr() writes."""


class Listing(Sequence[T_co]):
    """Rows of the ledger, newest first, used like a list; `list(...)` makes one of all.

    Rows are read when they are looked at, and stay as they were. What is written later is not among them.

    Args:
        database: where the rows are.
        columns: selects what `make` takes.
        conditions: which rows are meant.
        number: the table's primary key, which is higher in newer rows.
        limit: at most so many; None for all.
        words: the text that search() looks at, in SQL.
        make: makes an object of a row.
        apart: each row meets exactly one of these conditions; each is asked by itself, in its index.
    """

    __hash__ = None  # type: ignore[assignment]  # it equals lists, and they have none

    def __init__(
        self,
        database: Database,
        columns: Select[Any],
        *conditions: ColumnElement[bool],
        number: ColumnElement[int],
        limit: int | None = None,
        words: ColumnElement[str],
        make: Callable[[RowMapping], T_co],
        apart: Sequence[ColumnElement[bool]] = (true(),),
    ) -> None:
        self._database = database
        self._columns = columns.add_columns(number)
        self._number = number
        self._apart = apart
        self._words = words
        self._make = make
        self._begin(conditions if limit is None else (*conditions, number >= self._oldest(conditions, limit)))

    def _oldest(self, conditions: Sequence[ColumnElement[bool]], limit: int) -> int:
        """Return the number of the oldest of the newest rows: it stays, whatever is written later."""
        asked = select(self._number).where(*conditions, or_(*self._apart))
        newest = asked.order_by(self._number.desc()).limit(limit).subquery()
        with self._database.read() as connection:
            return int(connection.scalar(select(func.min(newest.c[0]))) or 0)

    def search(self, text: str) -> Self:
        """Return those that have all words of a text in them, in any case.

        Args:
            text: words of a video's prompt, or of a character's names, description and source.
        """
        found = copy.copy(self)
        found._begin((*self._conditions, HasWords(self._words, " ".join(text.lower().split()))))  # noqa: SLF001  it is one of these, too
        return found

    def _begin(self, conditions: Sequence[ColumnElement[bool]]) -> None:
        self._conditions = conditions
        self._known: list[T_co] = []
        self._more: ColumnElement[bool] | None = true()  # which of these rows were not read yet
        self._reading = threading.Lock()  # widgets read on threads of their own
        self._reach(FIRST)

    def _reach(self, count: int | None) -> list[T_co]:
        """Read on until there are so many, or all; return what was read so far."""
        with self._reading:
            while self._more is not None and (count is None or len(self._known) < count):
                known = len(self._known)
                self._read_page(self._more, max(known, FIRST, (count or 0) - known))
        return self._known

    def _read_page(self, more: ColumnElement[bool], size: int) -> None:
        query = self._columns.where(*self._conditions, more).order_by(self._number.desc()).limit(size)
        with self._database.read() as connection:
            rows = [row for one in self._apart for row in connection.execute(query.where(one)).mappings()]
            rows = sorted(rows, key=lambda row: row[self._number], reverse=True)[:size]
            made = [self._make(row) for row in rows]
        self._known.extend(made)
        self._more = self._number < rows[-1][self._number] if len(rows) == size else None

    def __len__(self) -> int:
        with self._reading:
            if self._more is None:
                return len(self._known)
            query = select(func.count(self._number)).where(*self._conditions, self._more)
            with self._database.read() as connection:
                return len(self._known) + sum(connection.scalar(query.where(one)) or 0 for one in self._apart)

    def __bool__(self) -> bool:
        return bool(self._known)

    @overload
    def __getitem__(self, place: int) -> T_co: ...
    @overload
    def __getitem__(self, place: slice) -> list[T_co]: ...
    def __getitem__(self, place: int | slice) -> T_co | list[T_co]:
        """Return one of them, or a list of some; those before them are read, too."""
        needed = _end(place)
        return self._reach(needed if needed >= 0 else None)[place]

    def __iter__(self) -> Iterator[T_co]:
        place = 0
        while page := list(islice(self._reach(place + 1), place, None)):
            yield from page
            place += len(page)

    def __reversed__(self) -> Iterator[T_co]:
        return reversed(self._reach(None))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, Listing)):
            return NotImplemented
        return list(self) == list(other)

    def __repr__(self) -> str:
        written = ", ".join(map(repr, self[:WRITTEN]))
        more = len(self) - WRITTEN
        return f"[{written}, ... and {more} more]" if more > 0 else f"[{written}]"


def _end(place: int | slice) -> int:
    """Return how many rows must be known to look at a place; -1 where all must be."""
    if not isinstance(place, slice):
        return place + 1 if place >= 0 else -1
    last = -1 if place.stop is None else place.stop
    return last if min(last, place.start or 0, place.step or 1) >= 0 else -1

"""Lists of any length in a page of fixed size: the newest are state, the others come when they are searched for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from sora_nb import display

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sora_nb.notebook.widgets._worker import Check, Worker

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)

FIRST = 10
"""Cards that are there when the cell returns; the page is filled in the background."""
YIELD_SECONDS = 0.02
"""How long the thread that fills the page leaves the interpreter to the cell that made the widget."""
PAGE = 100
"""Most cards of a list in a page at first, and most that a search adds."""


@runtime_checkable
class Searchable(Protocol[T_co]):
    """A list that is read only as far as it is looked at, and searched where it is kept; studio.videos() is one."""

    def __getitem__(self, place: slice, /) -> Sequence[T_co]:
        """Return some of it, newest first."""

    def search(self, text: str, /) -> Searchable[T_co]:
        """Return those that have all words of a text in them."""


class Show(Protocol[T_contra]):
    """Shows some of a library in place of those shown before."""

    def __call__(self, newest: Sequence[T_contra], *, more: bool) -> None:
        """Show them.

        Args:
            newest: the newest ones.
            more: whether there may be others.
        """


def show_page(library: Searchable[T], worker: Worker, show: Show[T], *, anew: bool = False) -> None:
    """Show the first of a library at once, and a page of it as soon as the worker has read it.

    Args:
        library: what is shown of.
        worker: whose thread reads.
        show: shows some of it.
        anew: whether some of it is shown already: then a page is shown at once, so that no card goes and comes back.
    """
    if anew:
        page = library[:PAGE]
        show(page, more=len(page) == PAGE)
        return
    first = library[:FIRST]

    def fill(check: Check) -> None:
        time.sleep(YIELD_SECONDS)
        page = library[:PAGE]
        check()
        show(page, more=len(page) == PAGE)

    show(first, more=len(first) == FIRST)
    if len(first) == FIRST:
        worker.submit("page", fill)


def found(given: Iterable[T] | Searchable[T], search: str, words: Callable[[T], str]) -> list[T]:
    """Return the first page of those that have all words of a search in them.

    Args:
        given: what is searched.
        search: the words; none find nothing.
        words: returns the text that is looked at, where the list cannot search itself.
    """
    if not search:
        return []
    if isinstance(given, Searchable):
        return list(given.search(search)[:PAGE])
    return [one for one in given if display.has_words(words(one), search)][:PAGE]

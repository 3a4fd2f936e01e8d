"""Offers to make a character at the service that is asked for a film and does not know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from sora_nb import media
from sora_nb.models import Clip
from sora_nb.notebook.widgets.question import Question
from sora_nb.storage.characters import NAME_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from sora_nb.models import Character, SpanRule

MAKE, LEAVE = "Make it there", "Not now"


class Stranger(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets is not typed
    """A question with a name, the price beside it, and a button that makes the character; it sends nothing itself.

    Args:
        make: called with the character and the name that the new one gets.

    Attributes:
        who: the character that is asked about; None while the question is not shown.
        question: what is shown.
    """

    def __init__(self, make: Callable[[Character, str], None]) -> None:
        self._make = make
        self._declined: set[Character] = set()
        self.who: Character | None = None
        self.question = Question("Its name there", (MAKE, LEAVE), prefix="@", longest=NAME_LENGTH)
        self.question.on_answer(lambda _, answer, name: self._decide(answer, name))
        super().__init__([self.question])
        self.layout.display = "none"

    def offer(self, who: Character | None, service: str, name: str, price: str) -> None:
        """Ask whether a character shall be made, or nothing any more.

        Args:
            who: the character; None for no question. One that was declined or is asked about already is left alone.
            service: which one does not know it.
            name: what is proposed as its name there.
            price: of making it, in words.
        """
        who = None if who in self._declined else who
        if who == self.who:
            return
        if who is not None:
            with self.question.hold_sync():
                self.question.about = f"{service} does not know {who}. It can be made there from its kept seconds."
                self.question.value, self.question.note, self.question.problem = name, price, ""
        self._show(who)

    def _show(self, who: Character | None) -> None:
        self.who = who
        self.layout.display = "none" if who is None else ""

    def _decide(self, answer: str, name: str) -> None:
        who = self.who
        if who is None:
            return  # it was answered: a second press buys nothing
        self._declined.add(who)
        self._show(None)
        if answer == MAKE:
            self._make(who, name)

    def ask_again(self, who: Character) -> None:
        """Take back that a character was declined: what was begun came to nothing."""
        self._declined.discard(who)


def kept(who: Character, rule: SpanRule) -> Clip:
    """Return as many of the kept seconds of a character as a service takes."""
    assert who.clip_file is not None
    end = min(media.probe(who.clip_file).duration, rule.longest)
    return Clip(0, end if rule.decimals else int(end))

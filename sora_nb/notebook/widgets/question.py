"""A field that asks for a line of text, with the sentence it is about, and buttons that answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets
from ipywidgets import CallbackDispatcher

from sora_nb import display
from sora_nb.notebook.widgets._base import SoraWidget, module, style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST = 200
"""Characters that are taken of an answer."""


class Question(SoraWidget):
    """A line of text that somebody is asked for.

    Args:
        label: what is asked.
        answers: what the buttons say, the one that agrees first, which needs a text; () for a field that is only read.
        traits: further traits.

    Attributes:
        value: the text as it is typed.
        about: a sentence above the field; a question with answers is hidden while it is about nothing.
        prefix: what stands before the text in the field, such as "@".
        note: beside the field.
    """

    _esm = module("question")
    _css = style("question")

    label = traitlets.Unicode("").tag(sync=True)
    value = traitlets.Unicode("").tag(sync=True)
    about = traitlets.Unicode("").tag(sync=True)
    prefix = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    answers = traitlets.List(traitlets.Unicode()).tag(sync=True)
    longest = traitlets.Int(LONGEST).tag(sync=True)

    def __init__(self, label: str, answers: Sequence[str] = (), **traits: Any) -> None:
        self._answered = CallbackDispatcher()
        super().__init__(label=label, answers=list(answers), **traits)
        self.handle("answer", self._on_answer)

    def on_answer(self, callback: Callable[[Question, str, str], None]) -> None:
        """Have a function called with the widget, the words of the button that was pressed, and the text."""
        self._answered.register_callback(callback)

    def _on_answer(self, content: dict[str, Any], _: object) -> None:
        chosen = content.get("answer")
        if chosen not in self.answers:
            return
        self.value = str(content.get("value", ""))[: self.longest].strip()
        if self.value or chosen != self.answers[0]:
            self.tell(self._answered, chosen, self.value)

    def __repr__(self) -> str:
        return f"Question({self.label!r}, {display.plain(self.value, 60)!r})"

    def _still(self) -> str:
        return display.card(
            "", "", self.label, [self.about, f"{self.prefix}{self.value}" if self.value else "", self.note]
        )

"""Where a film is asked for: the prompt, the model with its lengths and sizes, what would be sent, and who agrees to that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from sora_nb import display
from sora_nb.errors import SoraError
from sora_nb.models import dollars
from sora_nb.notebook.widgets._worker import Worker
from sora_nb.notebook.widgets.prompt_box import PromptBox
from sora_nb.notebook.widgets.question import Question
from sora_nb.providers import shapes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sora_nb.calls.session import Session
    from sora_nb.money.prices import Estimate
    from sora_nb.notebook.widgets._worker import Check
    from sora_nb.providers.profile import ModelRules

SEND, KEEP = "Send", "Do not send"
_EVERY_SECOND = 15
"""Lengths are offered to the second up to here, then every five."""


class Desk(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets is not typed
    """A prompt for any model whose service can be used; it sends nothing itself.

    Args:
        session: what is asked about models, prices and what would be sent.
        send: called with a prompt and with who agrees, None where nobody was asked.

    Attributes:
        prompt: the text, the model, its length and size.
        preview: what would be sent, for services that charge.
        consent: asks who agrees, where a character would leave this machine for the first time.
    """

    def __init__(self, session: Session, send: Callable[[str, str | None], None]) -> None:
        self._session = session
        self._send = send
        choices = session.choices()
        self.prompt = PromptBox(model=choices[0], models=choices)
        self.preview = ipywidgets.HTML()
        self.preview.layout.display = "none"
        self.consent = Question("Who says that this is all right?", (SEND, KEEP))
        self.consent.layout.display = "none"
        self._worker = Worker(self._say)
        self._fit()
        self._reckon()
        self.prompt.observe(lambda _: self._fit(), "model")
        self.prompt.observe(lambda _: self._reckon(), ["model", "seconds", "size"])
        self.prompt.observe(lambda _: self.look(), ["value", "model", "seconds", "size", "people"])
        self.prompt.observe(lambda _: self._withdraw(), ["value", "model", "seconds", "size"])
        self.prompt.on_submit(lambda _, prompt: send(prompt, None))
        self.consent.on_answer(lambda _, answer, name: self._decide(answer, name))
        for part in (self.consent, self.preview):
            part.layout.margin = "12px 0 0"
        super().__init__([self.prompt, self.consent, self.preview])

    @property
    def options(self) -> dict[str, Any]:
        """The model, size and length that are chosen, as a session takes them."""
        return {"model": self.prompt.model, "size": self.prompt.size, "seconds": int(self.prompt.seconds)}

    # --- what the model makes -----------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Offer the lengths and sizes that the chosen model makes; what it does not make is changed for what it does."""
        profile, model = self._session.profile_of(self.prompt.model)
        rules = profile.rules(model or profile.video.model)
        shows, usual = rules.references, shapes.shape_of(profile.video.size, rules).size
        sizes, lengths = shapes.sizes(rules) or [usual, _turned(usual)], _lengths(rules)
        with self.prompt.hold_sync():
            self.prompt.mentions = (shows.members or shows.images) if shows else profile.character.mentions
            self.prompt.sizes, self.prompt.lengths = sizes, lengths
            if self.prompt.size not in sizes:
                self.prompt.size = usual
            if self.prompt.seconds not in lengths:
                self.prompt.seconds = float(rules.seconds or profile.video.seconds)

    def _reckon(self) -> None:
        with self.prompt.explained():
            self.prompt.cost = price(self._session.estimate("video", **self.options))

    # --- what would be sent -------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Show anew what would be sent, in the background; only the newest text is looked at."""
        self._worker.submit("preview", self._look)

    def _look(self, check: Check) -> None:
        prompt, options = self.prompt.value, self.options
        profile, _ = self._session.profile_of(options["model"])
        shown = "" if profile.free or not prompt.strip() else self._shown(prompt, options)
        check()
        self.preview.value = shown
        self.preview.layout.display = "" if shown else "none"

    def _shown(self, prompt: str, options: dict[str, Any]) -> str:
        try:
            found = self._session.preview(prompt, **options)
        except SoraError as error:
            return _section(display.strip("", [], [display.plain(error)]))
        self.prompt.cost = price(found.price)
        return _section(found._repr_mimebundle_()["text/html"])

    def _say(self, error: Exception) -> None:
        with self.prompt.explained():
            raise error

    # --- consent ------------------------------------------------------------------------------------------------------

    def ask(self, about: str) -> None:
        """Ask who agrees to what was just refused for want of that."""
        self.consent.about, self.consent.value, self.consent.problem = about, "", ""
        self.consent.layout.display = ""

    def _withdraw(self) -> None:
        """Ask no more: the order is another one now."""
        self.consent.about = ""
        self.consent.layout.display = "none"

    def _decide(self, answer: str, name: str) -> None:
        if self.consent.layout.display == "none":
            return  # it was answered: a second press buys nothing
        self._withdraw()
        if answer == SEND:
            self._send(self.prompt.value, name)


def price(estimate: Estimate) -> str:
    """Write a price for people."""
    if estimate.micros is None:
        return "price unknown"
    return dollars(estimate.micros) + (" at list price, charged nothing here" if estimate.free else "")


def _section(body: str) -> str:
    return (
        f'<section aria-label="What would be sent"><div style="opacity:.75">What would be sent:</div>{body}</section>'
    )


def _lengths(rules: ModelRules) -> list[float]:
    """Return the lengths to choose from, in seconds."""
    usual = rules.seconds or 0
    if rules.lengths or rules.longest is None:
        return [float(length) for length in sorted({*(rules.lengths or [usual])})]
    every = range(rules.shortest or 1, rules.longest + 1)
    return [
        float(length) for length in every if length <= _EVERY_SECOND or length % 5 == 0 or length in {usual, every[-1]}
    ]


def _turned(size: str) -> str:
    width, _, height = size.partition("x")
    return f"{height}x{width}"

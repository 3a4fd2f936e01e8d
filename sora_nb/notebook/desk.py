"""Where a film is asked for: the prompt, the model with its lengths and sizes, what would be sent, and who agrees to that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from sora_nb import display, media
from sora_nb.errors import SoraError
from sora_nb.models import dollars
from sora_nb.notebook.stranger import Stranger
from sora_nb.notebook.widgets._worker import Worker
from sora_nb.notebook.widgets.prompt_box import PromptBox
from sora_nb.notebook.widgets.question import Question
from sora_nb.providers import shapes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sora_nb.calls.session import Session
    from sora_nb.models import Character
    from sora_nb.money.prices import Estimate
    from sora_nb.notebook.widgets._worker import Check
    from sora_nb.providers.profile import ModelRules, Profile
    from sora_nb.storage.call import Call

SEND, KEEP = "Send", "Do not send"
ANIMATIC = "Local engine: a drawn animatic, made here, free and offline. No video model is asked."
_EVERY_SECOND = 15
"""Lengths are offered to the second up to here, then every five."""


class Desk(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets is not typed
    """A prompt for any model whose service can be used; it sends nothing itself.

    Args:
        session: what is asked about models, prices and what would be sent.
        send: called with a prompt and with who agrees, None where nobody was asked.
        make: called with a character that the service does not know, and the name it is to be made under there.

    Attributes:
        prompt: the text, the model, its length and size.
        about: what kind of film the engine of this machine makes; not shown for other services.
        preview: what would be sent, for services that charge.
        stranger: offers to make a character that the service does not know.
        consent: asks who agrees, where a character would leave this machine for the first time.
    """

    def __init__(
        self, session: Session, send: Callable[[str, str | None], None], make: Callable[[Character, str], None]
    ) -> None:
        self._session = session
        self._send = send
        choices = session.choices()
        self.prompt = PromptBox(model=choices[0], models={name: self._title(name) for name in choices})
        self._picture: Path | None = None  # what the film begins with
        self.about = ipywidgets.HTML(f'<div style="opacity:.75;line-height:1.4">{display.escape(ANIMATIC)}</div>')
        self.preview = ipywidgets.HTML()
        self.preview.layout.display = "none"
        self.stranger = Stranger(make)
        self.consent = Question("Who says that this is all right?", (SEND, KEEP))
        self.consent.layout.display = "none"
        self._worker = Worker(self._say)
        self._fit()
        self._reckon()
        self.prompt.observe(lambda _: self._fit(), "model")
        self.prompt.observe(lambda _: self._reckon(), ["model", "seconds", "size"])
        self.prompt.observe(lambda _: self.look(), ["value", "model", "seconds", "size", "seed", "start", "people"])
        self.prompt.observe(lambda _: self._withdraw(), ["value", "model", "seconds", "size", "seed", "start"])
        self.prompt.on_submit(lambda _, prompt: send(prompt, None))
        self.consent.on_answer(lambda _, answer, name: self._decide(answer, name))
        for part in (self.stranger, self.consent, self.preview):
            part.layout.margin = "12px 0 0"
        super().__init__([self.prompt, self.about, self.stranger, self.consent, self.preview])

    @property
    def options(self) -> dict[str, Any]:
        """The model, size and length that are chosen, as a session takes them."""
        return {"model": self.prompt.model, "size": self.prompt.size, "seconds": int(self.prompt.seconds)}

    @property
    def order(self) -> dict[str, Any]:
        """The same with the seed, and the picture that the film begins with, as far as there are some."""
        seed = self.prompt.seed if self.prompt.seeds else None
        picture = self._picture if self.prompt.start else None
        return {**self.options, "seed": seed, "image": picture}

    # --- what was asked for before ------------------------------------------------------------------------------------

    def use(self, action: str, call: Call) -> None:
        """Put back what a film was asked for with; nothing is sent before somebody presses the button.

        Args:
            action: "again" for the same, "variation" for the next seed, "extend" for a film that begins where it ends.
            call: the call that made the film.
        """
        model, prompt = self._named(call), self.prompt
        start: dict[str, str] = {}
        if action == "extend":
            self._picture = self._last_picture(call)
            text = f"Begins with the last picture of “{display.plain(call.prompt, 80)}”."
            start = {"picture": display.data_url(self._picture, 128), "text": text}
        with prompt.hold_sync():
            prompt.value, prompt.problem = call.prompt, ""
            if model in prompt.models:
                prompt.model = model
            else:
                prompt.problem = f"{model} cannot be asked for here; {prompt.model} takes its place."
            prompt.size = call.size or prompt.size
            prompt.seconds = call.seconds or prompt.seconds
            prompt.seed = _next(call.seed) if action == "variation" and prompt.seeds else call.seed
            prompt.start = start
        prompt.call_up(ready=action == "variation")

    def _named(self, call: Call) -> str:
        """Return a call's model as the box names it."""
        own = call.profile == self._session.profile.name
        return call.model if own else f"{call.profile}/{call.model}"

    def extends(self, call: Call) -> bool:
        """Whether a film like this one can be asked for that begins with a picture; nothing is sent."""
        named = self._named(call)
        if call.poster is None or named not in self.prompt.models:
            return False
        try:
            provider, order = self._session.video_order(
                "a film", model=named, size=call.size, seconds=call.seconds, image=call.poster
            )
            provider.check(order)
        except SoraError:
            return False
        return True

    def _last_picture(self, call: Call) -> Path:
        """Write the last picture of a film to a file, and return that."""
        assert call.file is not None
        info = media.probe(call.file)
        file = self._session.home / "sources" / f"{call.id}-last.jpg"
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.write_bytes(media.poster(call.file, max(0.0, info.duration - 0.05), max_side=max(info.width, info.height)))
        return file

    def _title(self, model: str) -> str:
        """Return what a model is called: the engine of this process is none of the models whose list prices it tells."""
        profile, name = self._session.profile_of(model)
        name = name or profile.video.model
        return f"Local animatic ({name} list price)" if _draws(profile, name) else model

    # --- what the model makes -----------------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Offer the lengths and sizes that the chosen model makes; what it does not make is changed for what it does."""
        profile, model = self._session.profile_of(self.prompt.model)
        rules = profile.rules(model or profile.video.model)
        shows, usual = rules.references, shapes.shape_of(rules.size, rules).size
        sizes, lengths = shapes.sizes(rules) or [usual, _turned(usual)], _lengths(rules)
        self.about.layout.display = "" if _draws(profile, model or profile.video.model) else "none"
        with self.prompt.hold_sync():
            self.prompt.mentions = (shows.members or shows.images) if shows else profile.character.mentions
            self.prompt.sizes, self.prompt.lengths = sizes, lengths
            self.prompt.seeds = profile.video.seeds if rules.seeds is None else rules.seeds
            if self.prompt.size not in sizes:
                self.prompt.size = usual
            if self.prompt.seconds not in lengths:
                self.prompt.seconds = float(rules.seconds or profile.video.seconds)

    def _reckon(self) -> None:
        with self.prompt.explained():
            self.prompt.cost = price(self._session.estimate("video", **self.options))
            ends = (self.prompt.lengths[0], self.prompt.lengths[-1])
            short, long = (self._session.estimate("video", **{**self.options, "seconds": int(end)}) for end in ends)
            if short.micros is not None and short.micros == long.micros and ends[0] != ends[1]:
                self.prompt.cost = f"{self.prompt.cost}, whatever the length"

    # --- what would be sent -------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Show anew what would be sent, in the background; only the newest text is looked at."""
        self._worker.submit("preview", self._look)

    def _look(self, check: Check) -> None:
        prompt, options = self.prompt.value, self.order
        profile, model = self._session.profile_of(options["model"])
        stranger = self._session.stranger(prompt, options["model"])
        name = "" if stranger is None else self._session.characters.free_name(stranger.username)
        check()
        self.stranger.offer(stranger, profile.name, name, price(self._session.estimate("character")))
        asked = self.stranger.who is not None  # which says what is wrong
        drawn = _draws(profile, model or profile.video.model)
        shown = "" if asked or drawn or not prompt.strip() else self._shown(prompt, options)
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


def _next(seed: int | None) -> int | None:
    """Return the seed after this one; a film that was asked for without one counts as the first."""
    return (seed or 0) + 1


def _draws(profile: Profile, model: str) -> bool:
    """Whether the animatic engine makes what is asked for: the models of other free engines have rules of their own."""
    return profile.free and model not in profile.models


def price(estimate: Estimate) -> str:
    """Write a price for people."""
    if estimate.micros is None:
        return "price unknown"
    if estimate.free and estimate.micros == 0:
        return "free here"
    return f"free here; list price {dollars(estimate.micros)}" if estimate.free else dollars(estimate.micros)


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

"""A field for prompts that knows the characters: completes @names, warns before money is spent, says what it costs."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import traitlets
from ipywidgets import CallbackDispatcher

from sora_nb import display, prompts
from sora_nb.notebook.widgets._base import SoraWidget, module, style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sora_nb.errors import PromptError
    from sora_nb.models import Character

FACE_SIDE = 64
MOST_WARNINGS = 4


class PromptBox(SoraWidget):
    """A prompt, the model, size and length of the video, and a button that asks for it.

    The box sends nothing itself; callbacks do. While they run, and as long as `busy` is set, it takes no second order,
    and one order is taken once however often the button is pressed.

    Args:
        characters: who may be mentioned.
        value: the text to begin with.
        model, size, seconds: what is asked for.
        models, sizes, lengths: what can be chosen instead.
        mentions: how many different characters the service takes in one prompt.
        longest: how many characters of text the service takes, or None where it does not say.
        estimate: tells the cost from a model's name and a length in seconds.

    Attributes:
        value: the text.
        busy: whether something is being made; settable.
        warnings: what is wrong with the text, in sentences.
        cost: what `estimate` says.

    Example:
        >>> box = PromptBox(studio.characters(), value="@nobody.here dances", seconds=10,
        ...                 estimate=lambda model, seconds: str(studio.estimate(seconds=seconds)))
        >>> box.warnings
        ['There is no character @nobody.here here. Type @ and choose one from the list.']
        >>> box.on_submit(lambda box, prompt: studio.submit(prompt))
    """

    _esm = module("prompt_box")
    _css = style("prompt_box")

    characters = traitlets.Tuple()
    value = traitlets.Unicode("").tag(sync=True)
    model = traitlets.Unicode("").tag(sync=True)
    models = traitlets.List(traitlets.Unicode()).tag(sync=True)
    size = traitlets.Unicode("").tag(sync=True)
    sizes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    seconds = traitlets.Float(0.0).tag(sync=True)
    lengths = traitlets.List(traitlets.Float()).tag(sync=True)
    mentions = traitlets.Int(prompts.SAFE_MENTIONS)
    longest = traitlets.Int(None, allow_none=True).tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    people = traitlets.List(traitlets.Dict()).tag(sync=True)
    warnings = traitlets.List(traitlets.Unicode()).tag(sync=True)
    cost = traitlets.Unicode("").tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)  # orders, taken or refused; the next one has this number plus one

    def __init__(
        self,
        characters: Sequence[Character] = (),
        *,
        value: str = "",
        model: str = "",
        models: Sequence[str] = (),
        size: str = "",
        sizes: Sequence[str] = (),
        seconds: float = 0.0,
        lengths: Sequence[float] = (),
        mentions: int = prompts.SAFE_MENTIONS,
        longest: int | None = None,
        estimate: Callable[[str, float], str] | None = None,
    ) -> None:
        self._submitted = CallbackDispatcher()
        self._estimate = estimate
        self._working = False
        self._refusal = ""
        super().__init__(
            characters=tuple(characters),
            value=value,
            model=model or next(iter(models), ""),
            models=list(models),
            size=size or next(iter(sizes), ""),
            sizes=list(sizes),
            seconds=float(seconds or next(iter(lengths), 0)),
            lengths=[float(length) for length in lengths],
            mentions=mentions,
            longest=longest,
        )
        self.handle("submit", self._on_submit)
        self._reckon(None)

    def on_submit(self, callback: Callable[[PromptBox, str], None]) -> None:
        """Have a function called with the box and the prompt when a video is asked for and nothing is wrong with it."""
        self._submitted.register_callback(callback)

    @traitlets.observe("characters")
    def _introduce(self, _: object) -> None:
        known = {character.username: character for character in self.characters}
        self.people = [
            {
                "username": username,
                "name": display.plain(character.display_name, 60),
                "avatar": display.data_url(character.avatar, FACE_SIDE),
            }
            for username, character in known.items()
        ]

    @traitlets.observe("characters", "value", "mentions", "longest")
    def _warn(self, _: object) -> None:
        if self.problem == self._refusal:
            self.problem = ""  # the text that was refused is another one now
        self._say(self._faults() if self.value.strip() else ())

    def _say(self, faults: Iterable[PromptError]) -> None:
        said = (display.plain(f"{fault.message} {fault.hint}").strip() for fault in faults)
        self.warnings = list(itertools.islice(said, MOST_WARNINGS))

    @traitlets.observe("model", "seconds")
    def _reckon(self, _: object) -> None:
        if self._estimate is not None:
            with self.explained():
                self.cost = display.plain(self._estimate(self.model, self.seconds), 200)

    def _faults(self) -> Iterator[PromptError]:
        known = {character.username for character in self.characters}
        limits = {} if self.longest is None else {"longest": self.longest}
        advice = "Type @ and choose one from the list." if known else "Make the character first."
        return prompts.faults(self.value, known, most=self.mentions, advice=advice, **limits)

    def _on_submit(self, content: dict[str, Any], _: object) -> None:
        # a double click, two views, and clicks that waited while a callback ran all carry a number that was answered
        if self._working or content.get("number") != self.answered + 1:
            return
        self._working = True
        try:
            self.value = str(content.get("prompt", ""))
            faults = self._faults()
            fault = next(faults, None)
            if fault is not None:
                self.problem = self._refusal = display.plain(fault)
                self._say(faults)  # the others; one thing is not said twice
            elif not self.busy:
                self.tell(self._submitted, self.value)
        finally:
            self._working = False
            self.answered += 1

    def __repr__(self) -> str:
        return f"PromptBox({display.plain(self.value, 60)!r})"

    def _still(self) -> str:
        about = ", ".join(
            part for part in (self.model, self.size, f"{self.seconds:g} s" if self.seconds else "", self.cost) if part
        )
        return display.card("", "", "Prompt", [self.value or "empty", about])

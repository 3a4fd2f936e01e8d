"""A field for prompts that knows the characters: completes @names, warns before money is spent, says what it costs."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import traitlets
from ipywidgets import CallbackDispatcher

from sora_nb import display, prompts
from sora_nb.notebook.widgets._base import SoraWidget, module, style
from sora_nb.notebook.widgets._pictures import Pictures
from sora_nb.notebook.widgets._search import PAGE, Searchable, show_page
from sora_nb.notebook.widgets._worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from sora_nb.errors import PromptError
    from sora_nb.models import Character
    from sora_nb.notebook.widgets._worker import Check

FACE_SIDE = 64
MOST_WARNINGS = 4
MOST_OFFERED = 6
"""Names that the page offers to complete a mention."""


@runtime_checkable
class Cast(Searchable["Character"], Protocol):
    """Characters that are asked for by name; studio.characters() are."""

    def usernames(self) -> list[str]:
        """Return the usernames of all."""

    def labels(self) -> dict[str, str]:
        """Return what else people may call each, by its username."""

    def resolve(self, names: Sequence[str], /) -> dict[str, Character]:
        """Return the characters that some names mean, by these names."""


class PromptBox(SoraWidget):
    r"""A prompt, the model, size and length of the video, and a button that asks for it.

    The box sends nothing itself; callbacks do. While they run, and as long as `busy` is set, it takes no second order,
    and one order is taken once however often the button is pressed. The page has the first 100 names; others are looked
    up as they are typed, and faces go there once they are shown.

    Args:
        characters: who may be mentioned: a list, or studio.characters(), which is asked as names are typed.
        value: the text to begin with.
        model, size, seconds: what is asked for.
        models, sizes, lengths: what can be chosen instead; models with what they are called, where that is a mapping.
        mentions: how many different characters the service takes in one prompt.
        longest: how many characters of text the service takes, or None where it does not say.
        estimate: tells the cost from a model's name and a length in seconds.

    Attributes:
        value: the text.
        characters: settable; of studio.characters(), the newest 100.
        busy: whether something is being made; settable.
        warnings: what is wrong with the text, in sentences.
        cost: what `estimate` says.

    Example:
        >>> box = PromptBox(studio.characters(), value="@nobody.here dances", seconds=10,
        ...                 estimate=lambda model, seconds: str(studio.estimate(seconds=seconds)))
        >>> box.warnings
        ['There is no character @nobody.here here. Type @ and choose one from the list. A literal @ is written \\@.']
        >>> box.on_submit(lambda box, prompt: studio.submit(prompt))
    """

    _esm = module("prompt_box")
    _css = style("prompt_box")

    value = traitlets.Unicode("").tag(sync=True)
    model = traitlets.Unicode("").tag(sync=True)
    models = traitlets.List(traitlets.Unicode()).tag(sync=True)
    titles = traitlets.Dict().tag(sync=True)  # of models that are called otherwise
    size = traitlets.Unicode("").tag(sync=True)
    sizes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    seconds = traitlets.Float(0.0).tag(sync=True)
    lengths = traitlets.List(traitlets.Float()).tag(sync=True)
    seed = traitlets.Int(None, allow_none=True).tag(sync=True)
    seeds = traitlets.Bool(False).tag(sync=True)  # whether the model takes one
    start = traitlets.Dict().tag(sync=True)  # the picture that the film begins with: `picture`, `text`; empty for none
    mentions = traitlets.Int(prompts.SAFE_MENTIONS)
    longest = traitlets.Int(None, allow_none=True).tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    people = traitlets.List(traitlets.Dict()).tag(sync=True)
    more = traitlets.Bool(False).tag(sync=True)  # whether there may be others than these people
    known = traitlets.List(traitlets.Unicode()).tag(sync=True)  # usernames in the text that somebody has
    warnings = traitlets.List(traitlets.Unicode()).tag(sync=True)
    cost = traitlets.Unicode("").tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)  # orders, taken or refused; the next one has this number plus one

    def __init__(
        self,
        characters: Sequence[Character] | Cast = (),
        *,
        value: str = "",
        model: str = "",
        models: Sequence[str] | Mapping[str, str] = (),
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
        self._library: Cast | None = None
        self._known: dict[str, Character] = {}  # by username
        self._earlier: dict[str, Character] = {}  # by earlier usernames
        self._met: dict[str, Character] = {}  # those whom the page was told of
        self._worker = Worker(self._complain)
        super().__init__(
            value=value,
            model=model or next(iter(models), ""),
            models=list(models),
            titles=dict(models) if isinstance(models, Mapping) else {},
            size=size or next(iter(sizes), ""),
            sizes=list(sizes),
            seconds=float(seconds or next(iter(lengths), 0)),
            lengths=[float(length) for length in lengths],
            mentions=mentions,
            longest=longest,
        )
        self.handle("submit", self._on_submit)
        self.handle("complete", self._on_complete)
        self.handle("faces", Pictures(self._worker, self._send_face).ask)
        self._reckon(None)
        self.characters = characters

    def on_submit(self, callback: Callable[[PromptBox, str], None]) -> None:
        """Have a function called with the box and the prompt when a video is asked for and nothing is wrong with it."""
        self._submitted.register_callback(callback)

    def go_on(self) -> None:
        """Take the focus to the prompt's end in pages where it is still on the button that somebody waited for."""
        self.send({"kind": "go on"})

    def call_up(self, *, ready: bool) -> None:
        """Bring the box into view, with the focus on the button where all is ready to be sent, else at the text's end."""
        self.send({"kind": "call up", "ready": ready})

    @property
    def ready(self) -> Future[None]:
        """Done once all names and faces that the page asked for have been sent."""
        return self._worker.done

    @property
    def characters(self) -> tuple[Character, ...]:
        """Those who may be mentioned, as far as the box knows them without asking."""
        return tuple(self._known.values())

    @characters.setter
    def characters(self, characters: Sequence[Character] | Cast) -> None:
        self._library = None
        if isinstance(characters, Cast):
            self._library = characters
            show = functools.partial(self._show_newest, characters)
            show_page(characters, self._worker, show, anew=bool(self._known))
        else:
            self._introduce(characters, more=len(characters) > PAGE)

    def _show_newest(self, library: Cast, newest: Sequence[Character], *, more: bool) -> None:
        if library is self._library:  # no others were set meanwhile
            self._introduce(newest, more=more)

    def _introduce(self, characters: Sequence[Character], *, more: bool) -> None:
        self._known, self._earlier = {}, {}
        for character in characters:  # newest first: a username stands for the newest
            self._known.setdefault(character.username, character)
        newest = dict(itertools.islice(self._known.items(), PAGE))
        for character in characters:
            self._earlier |= dict.fromkeys(character.aliases, character)
        self._met |= newest
        self.people = [_person(character) for character in newest.values()]
        self.more = more
        self._warn(None)

    def _usernames(self) -> list[str]:
        further = self._library.usernames() if self._library is not None else ()
        return [*dict.fromkeys((*self._known, *self._earlier, *further))]

    def _labels(self) -> dict[str, str]:
        """Return what else people may call each, by its username."""
        known = {name: _label(character) for name, character in self._known.items()}
        return (self._library.labels() if self._library is not None else {}) | known

    def _lookup(self, names: Sequence[str]) -> dict[str, Character]:
        """Return the characters that some names mean, by these names."""
        here = self._earlier | self._known
        found = {name: here[name] for name in names if name in here}
        further = [name for name in names if name not in found]
        if further and self._library is not None:
            found |= self._library.resolve(further)
        return {name: found[name] for name in names if name in found}

    def _on_complete(self, content: dict[str, Any], _: object) -> None:
        typed = str(content.get("typed", ""))[:200]

        def look(check: Check) -> None:
            labels = self._labels()
            found = self._lookup(prompts.complete(f"@{typed}", len(typed) + 1, labels, labels)[:MOST_OFFERED])
            check()
            self._met |= found
            people = [_person(character) for character in found.values()]
            self.send({"kind": "completions", "typed": typed, "people": people})

        self._worker.submit("complete", look)

    def _send_face(self, username: str) -> None:
        character = self._met.get(username)
        if character is not None:
            picture = display.data_url(character.avatar, FACE_SIDE)
            self.send({"kind": "face", "username": username, "picture": picture})

    def _complain(self, error: Exception) -> None:
        with self.explained():
            raise error

    @traitlets.observe("value", "mentions", "longest")
    def _warn(self, _: object) -> None:
        if self.problem == self._refusal:
            self.problem = ""  # the text that was refused is another one now
        with self.explained():
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
        mentioned = prompts.candidates(self.value)
        names = set(self._lookup(mentioned))
        if not prompts.is_settled(self.value, names):
            names = set(self._usernames())
        self.known = [name for name in mentioned if name in names]
        limits = {} if self.longest is None else {"longest": self.longest}
        advice = f"{'Type @ and choose one from the list.' if names else 'Make the character first.'} {prompts.LITERAL}"
        return prompts.faults(self.value, names, most=self.mentions, advice=advice, **limits)

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
        model = self.titles.get(self.model, self.model)
        about = ", ".join(
            part for part in (model, self.size, f"{self.seconds:g} s" if self.seconds else "", self.cost) if part
        )
        return display.card("", "", "Prompt", [self.value or "empty", about])


def _person(character: Character) -> dict[str, str]:
    name = display.plain(character.display_name, 60)
    return {"username": character.username, "name": name, "earlier": " ".join(character.aliases)}


def _label(character: Character) -> str:
    return " ".join((character.display_name, *character.aliases))

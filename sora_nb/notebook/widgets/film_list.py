"""Past films as cards that play in place, with what can be done with each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import traitlets
from ipywidgets import CallbackDispatcher

from sora_nb import display
from sora_nb.notebook.widgets._base import SoraWidget, module, style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FEWEST, MOST = 2, 4
"""How many films are compared at once."""
ACTIONS = ("again", "variation", "extend", "hide", "restore", "delete", "star")
"""What a page may ask to be done with a film."""
OFFERED = 12
"""Small films that a page keeps; the oldest go first."""


class Film(NamedTuple):
    """A film as its card shows it.

    Attributes:
        key: tells it from others.
        title: what was asked for, without those who are shown beside it as faces.
        prompt: what was asked for, whole.
        cast: usernames of its characters.
        about: model, size, length, cost and seed, on one line.
        star: whether it was picked.
        extends: whether its service can make a film that goes on where it ends.
        gone: "" or, for a film that was taken off the list, how large its file is.
    """

    key: str
    title: str
    prompt: str
    cast: tuple[str, ...] = ()
    about: str = ""
    star: bool = False
    extends: bool = False
    gone: str = ""


class FilmList(SoraWidget):
    """Cards of films. What is asked for here is done by whoever registered for it.

    Attributes:
        films: the films that are shown, newest first.
        more: whether there are others behind them.
        cast: usernames that can be filtered by.
        picked: keys of the films that were picked for comparing, in the order they were picked.
        text, character, starred: what is filtered by; "" and False for all films.
    """

    _esm = module("film_list")
    _css = style("film_list")

    films: traitlets.List[Film] = traitlets.List().tag(
        sync=True, to_json=lambda films, _: [film._asdict() for film in films]
    )
    more = traitlets.Bool(False).tag(sync=True)
    cast = traitlets.List(traitlets.Unicode()).tag(sync=True)
    picked = traitlets.List(traitlets.Unicode(), maxlen=MOST).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    character = traitlets.Unicode("").tag(sync=True)
    starred = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._acted, self._wished, self._compared, self._continued = (CallbackDispatcher() for _ in range(4))
        super().__init__(**traits)
        self.handle("act", self._on_act)
        self.handle("wish", self._on_wish)
        self.handle("compare", lambda *_: self._on_compare())
        self.handle("more", lambda *_: self.tell(self._continued))

    def on_act(self, callback: Callable[[FilmList, str, str], None]) -> None:
        """Have a function called with the widget, one of ACTIONS, and the key of a film."""
        self._acted.register_callback(callback)

    def on_wish(self, callback: Callable[[FilmList, str, str], None]) -> None:
        """Have a function called with the widget, "poster", "film" or "file", and the key of the film whose it is."""
        self._wished.register_callback(callback)

    def on_compare(self, callback: Callable[[FilmList, Sequence[str]], None]) -> None:
        """Have a function called with the widget and the keys of films that somebody wants to see side by side."""
        self._compared.register_callback(callback)

    def on_more(self, callback: Callable[[FilmList], None]) -> None:
        """Have a function called when somebody wants to see older films."""
        self._continued.register_callback(callback)

    def _on_act(self, content: dict[str, Any], _: object) -> None:
        action, key = content.get("action"), str(content.get("key"))
        if action in ACTIONS and any(film.key == key for film in self.films):
            self.tell(self._acted, action, key)

    def _on_wish(self, content: dict[str, Any], _: object) -> None:
        kind, keys = content.get("what"), content.get("keys")
        shown = {film.key for film in self.films}
        if kind in {"poster", "film", "file"} and isinstance(keys, list):
            for key in keys:
                if key in shown:
                    self.tell(self._wished, kind, key)

    def _on_compare(self) -> None:
        if FEWEST <= len(self.picked) <= MOST:
            self.tell(self._compared, tuple(self.picked))

    def give_poster(self, key: str, picture: str) -> None:
        """Send a film's picture to the page, as a data URL."""
        self.send({"kind": "poster", "key": key, "picture": picture})

    def give_face(self, username: str, picture: str) -> None:
        """Send a character's picture to the page, as a data URL."""
        self.send({"kind": "face", "username": username, "picture": picture})

    def give(self, kind: str, key: str, file: Path, name: str = "") -> None:
        """Hand a file over to the page, which keeps the last few small films and the last whole one.

        Args:
            kind: "film" for a small one that plays in its card, "file" for the whole one.
            key: whose it is.
            file: the file.
            name: what it is called where it is saved.
        """
        entry = f"{kind}-{key}"
        if entry not in self.media:
            held = [known for known in self.media if known.startswith(kind)]
            for old in held[: max(0, len(held) + 1 - (OFFERED if kind == "film" else 1))]:
                self.offer(old, None)
            self.offer(entry, file, title=name)

    def _still(self) -> str:
        lines = [f"{film.prompt} ({film.about})" for film in self.films if not film.gone]
        return display.card("", "", "Films", lines or ["none yet"])

    def __repr__(self) -> str:
        return f"FilmList({len(self.films)}{'+' * self.more} films)"

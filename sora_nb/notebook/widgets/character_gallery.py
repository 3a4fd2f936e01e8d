"""Characters as cards: look at them, choose, rename, delete, and take that back."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, Any

import traitlets
from ipywidgets import CallbackDispatcher

from sora_nb import display
from sora_nb.engines.base import seen
from sora_nb.models import Character
from sora_nb.notebook.widgets._base import SoraWidget, module, style
from sora_nb.notebook.widgets._pictures import Pictures
from sora_nb.notebook.widgets._search import PAGE, Searchable, found, show_page
from sora_nb.notebook.widgets._worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future

    from sora_nb.notebook.widgets._worker import Check

AVATAR_SIDE = 160
NAME_LENGTH = 80
"""Most characters of a name."""
STILL_MOST = 24
"""Cards in a saved notebook; every avatar there costs some kilobytes."""
STILL_MOVING = 6
"""How many of the newest move there; each costs up to 80 kB."""


class CharacterGallery(SoraWidget):
    """Cards of characters, of which one or several can be chosen; with a single character, its card.

    Nothing is renamed or deleted elsewhere: callbacks do that. A callback that fails takes the change back.
    The page has the first 100, the chosen ones, and those that a search finds; avatars go there once they are in sight.

    Args:
        characters: what is shown: a list, or studio.characters(), which is searched where it is kept; of two with one
            username from one service, the first, which is the newer one in studio.characters().
        multiple: whether several can be chosen.

    Attributes:
        more: whether there may be other characters than those in `characters`.
        characters: settable; those deleted here are not in it. Of studio.characters(), the newest 100, the chosen, and
            those that were found.
        value: the chosen ones, in the order they were chosen; settable and observable.

    Example:
        >>> gallery = CharacterGallery(studio.characters())
        >>> gallery.on_rename(lambda gallery, who, name: studio.rename(who, name))
        >>> gallery.value = gallery.characters[:1]    # what a click does
        >>> video = studio.generate(f"{gallery.value[0]} dances")
    """

    _esm = module("character_gallery")
    _css = style("character_gallery")

    value = traitlets.Tuple()
    multiple = traitlets.Bool(True).tag(sync=True)
    cards = traitlets.List(traitlets.Dict()).tag(sync=True)
    total = traitlets.Int(0, allow_none=True).tag(sync=True)  # None where more may be found than are known here
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, characters: Sequence[Character] | Searchable[Character] = (), *, multiple: bool = True) -> None:
        self._renamed, self._deleted, self._restored = (CallbackDispatcher() for _ in range(3))
        self._library: Searchable[Character] | None = None
        self.more = False  # whether it has others than these
        self._live: dict[str, Character] = {}  # by key
        self._gone: dict[str, tuple[int, Character]] = {}
        self._missed: set[str] = set()  # those of the deleted that the library was seen without
        self._search = ""
        self._worker = Worker(self._say)
        super().__init__(multiple=multiple)
        self.handle("rename", self._on_rename)
        self.handle("delete", self._on_delete)
        self.handle("restore", self._on_restore)
        self.handle("search", self._on_search)
        self.handle("pictures", Pictures(self._worker, self._send_picture).ask)
        self.characters = characters

    @property
    def ready(self) -> Future[None]:
        """Done once what the page searched for, and all pictures it asked for, have been sent."""
        return self._worker.done

    def on_rename(self, callback: Callable[[CharacterGallery, Character, str], object]) -> None:
        """Have a function called with the gallery, a character as it was, and its new name.

        Where it returns the character as it is now, its card shows that.
        """

        def rename(gallery: CharacterGallery, who: Character, name: str) -> None:
            now = callback(gallery, who, name)
            key = _key(who)
            if isinstance(now, Character) and key in gallery._live:
                gallery._hold({**gallery._live, key: now})

        self._renamed.register_callback(rename)

    def on_delete(self, callback: Callable[[CharacterGallery, Character], None]) -> None:
        """Have a function called with the gallery and a character that was deleted."""
        self._deleted.register_callback(callback)

    def on_restore(self, callback: Callable[[CharacterGallery, Character], None]) -> None:
        """Have a function called with the gallery and a character whose deletion was taken back."""
        self._restored.register_callback(callback)

    # --- what is shown and chosen -------------------------------------------------------------------------------------

    @property
    def characters(self) -> tuple[Character, ...]:
        """Those that are shown, or would be when they are searched for."""
        return tuple(self._live.values())

    @characters.setter
    def characters(self, characters: Sequence[Character] | Searchable[Character]) -> None:
        self._library, self.more = None, False
        if isinstance(characters, Searchable):
            self._library = characters
            show = functools.partial(self._show_newest, characters, list(self._live))
            show_page(characters, self._worker, show, anew=bool(self._live))
        else:
            self._hold(_by_key(characters))

    def _show_newest(
        self, library: Searchable[Character], before: Sequence[str], newest: Sequence[Character], *, more: bool
    ) -> None:
        if library is not self._library:
            return  # others were set meanwhile
        self.more = more
        live = _by_key(newest)
        back = self._missed & live.keys()
        self._missed = self._gone.keys() - live.keys()
        # a list that was read before somebody was deleted here has them still
        live = {key: one for key, one in live.items() if key not in self._gone or key in back}
        # those that were there stay where they are, below the new ones
        stay = [key for key in before if key in live]
        live = {key: live[key] for key in (*(key for key in live if key not in set(stay)), *stay)}
        # one who was chosen stays, also where there are a hundred newer ones
        self._hold(live | {_key(one): one for one in self.value if more and _key(one) not in live})
        if more and self._search:
            self._worker.submit("search", functools.partial(self._look_for, self._search))

    def _hold(self, live: dict[str, Character]) -> None:
        """Show these characters, and choose no others."""
        self._live = live
        self._gone = {key: entry for key, entry in self._gone.items() if key not in live}
        self.selected = [key for key in self.selected if key in live]
        self._show()
        self._follow(None)

    def _show(self) -> None:
        """Have the page show the first cards, the chosen, the deleted, and those that are searched for."""
        cards: list[dict[str, Any]] = []
        chosen, matches = set(self.selected), 0
        for place, (key, character) in enumerate(self._in_order()):
            if key in self._gone:
                cards.append({"key": key, "username": character.username, "deleted": True})
                continue
            found = bool(self._search) and matches < PAGE and display.has_words(_words(character), self._search)
            matches += found
            if place < PAGE or found or key in chosen:
                cards.append(_card(character))
        self.total = None if self.more else len(self._live)
        self.cards = cards

    def _in_order(self) -> list[tuple[str, Character]]:
        """Return the characters with those deleted here in their old places."""
        everybody = list(self._live.items())
        for key, (place, character) in sorted(self._gone.items(), key=lambda item: item[1][0]):
            everybody.insert(place, (key, character))
        return everybody

    @traitlets.validate("selected")
    def _possible(self, proposal: dict[str, Any]) -> list[str]:
        keys = [key for key in dict.fromkeys(proposal["value"]) if key in self._live]
        return keys if self.multiple else keys[-1:]

    @traitlets.observe("multiple")
    def _narrow(self, _: object) -> None:
        self.selected = list(self.selected)

    @traitlets.observe("selected")
    def _follow(self, _: object) -> None:
        if not set(self.selected) <= {card["key"] for card in self.cards}:
            self._show()
        self.value = tuple(self._live[key] for key in self.selected)

    @traitlets.validate("value")
    def _from_here(self, proposal: dict[str, Any]) -> tuple[Character, ...]:
        others = {_key(one): one for one in proposal["value"] if _key(one) not in self._live}
        if others and not self.more:
            raise traitlets.TraitError(
                f"{next(iter(others.values()))} is not in this gallery; set its characters first."
            )
        self._live |= others  # the library has them
        return tuple(self._live[_key(character)] for character in proposal["value"])

    @traitlets.observe("value")
    def _choose(self, _: object) -> None:
        self.selected = [_key(character) for character in self.value]

    # --- what the page asks for ---------------------------------------------------------------------------------------

    def _on_rename(self, content: dict[str, Any], _: object) -> None:
        key = str(content.get("key"))
        character = self._live.get(key)
        name = display.plain(content.get("name", ""), NAME_LENGTH).strip()
        if character is None or name == character.display_name:
            return
        self._hold({**self._live, key: character.model_copy(update={"display_name": name})})
        if not self.tell(self._renamed, character, name):
            self._hold({**self._live, key: character})

    def _on_delete(self, content: dict[str, Any], _: object) -> None:
        key = str(content.get("key"))
        character = self._live.get(key)
        if character is not None:
            self._remove(key, character)
            if not self.tell(self._deleted, character):
                self._put_back(key)

    def _on_restore(self, content: dict[str, Any], _: object) -> None:
        key = str(content.get("key"))
        if key in self._gone:
            character = self._put_back(key)
            if not self.tell(self._restored, character):
                self._remove(key, character)

    def _on_search(self, content: dict[str, Any], _: object) -> None:
        search = display.plain(content.get("text", ""), 200).strip()
        self._worker.submit("search", functools.partial(self._look_for, search))

    def _look_for(self, search: str, check: Check) -> None:
        matches = found(self._library, search, _words) if self._library is not None and self.more else []
        check()
        self._search = search
        new = _by_key(matches)
        self._hold({**self._live, **{key: one for key, one in new.items() if key not in self._live | self._gone}})

    def _send_picture(self, key: str) -> None:
        character = self._live.get(key)
        if character is not None:
            self.send({"kind": "picture", "key": key, "picture": display.data_url(character.avatar, AVATAR_SIDE)})

    def _say(self, error: Exception) -> None:
        with self.explained():
            raise error

    def _remove(self, key: str, character: Character) -> None:
        place = [other for other, _ in self._in_order()].index(key)
        self._gone[key] = (place, character)
        self._hold({other: one for other, one in self._live.items() if other != key})

    def take_back(self, character: Character) -> None:
        """Show a character again whose deletion has failed."""
        if _key(character) in self._gone:
            self._put_back(_key(character))

    def _put_back(self, key: str) -> Character:
        place, character = self._gone.pop(key)
        place -= sum(other < place for other, _ in self._gone.values())
        entries = list(self._live.items())
        self._hold(dict([*entries[:place], (key, character), *entries[place:]]))
        return character

    # --- for readers without a kernel ---------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"CharacterGallery({len(self._live)}{'+' * self.more} characters, {len(self.value)} chosen)"

    def _still(self) -> str:
        shown = self.characters[:STILL_MOST]
        cards = [
            display.card(
                display.data_url(one.avatar, AVATAR_SIDE),
                f"Avatar of {one}",
                str(one),
                [one.display_name, _origin(one)],
                animation=display.moving(display.ANIMATION, one.cutout if place < STILL_MOVING else None),
                size=64,
            )
            for place, one in enumerate(shown)
        ]
        more = len(self.characters) - len(shown)
        if more or not shown:
            cards.append(display.card("", "", f"{more} more characters" if more else "No characters yet", []))
        return "".join(cards)


def _by_key(characters: Iterable[Character]) -> dict[str, Character]:
    """Return characters by their keys, newest first: a username stands for the newest of its service."""
    newest: dict[tuple[str, str], Character] = {}
    for character in characters:
        newest.setdefault((str(character.service), character.username), character)
    return {_key(character): character for character in newest.values()}


def _key(character: Character) -> str:
    """What tells a character from others, whatever it is called: its id, and the seconds it was made from."""
    made = f"{character.service}\n{character.id}\n{character.source}\n{character.clip}"
    return hashlib.sha256(made.encode()).hexdigest()[:16]


def _origin(character: Character) -> str:
    """The seconds and the video it was cut from, in words."""
    if not character.source:
        return ""
    where = display.origin(character.source)
    return f"{character.clip} of {where}" if character.clip else f"from {where}"


def _words(character: Character) -> str:
    """What a search looks at."""
    names = character.username, *character.aliases, character.display_name
    return " ".join((*names, character.description, _origin(character)))


def _card(character: Character) -> dict[str, Any]:
    made, page = character.created_at, display.safe_url(character.permalink)
    if character.profile == "local":
        page = ""  # what this package's own server has there is for programs with a key
    return {
        "key": _key(character),
        "username": character.username,
        # another picture under the same name has another mark here, so that the page asks for it
        "picture": hashlib.sha256(str(character.avatar).encode()).hexdigest()[:12] if character.avatar else "",
        "name": display.plain(character.display_name, 100),
        "earlier": display.plain(" ".join(f"@{alias}" for alias in character.aliases), 200),
        "about": display.plain(character.description, 160),
        "origin": _origin(character),
        "created": made.isoformat() if made else "",
        "page": page if page.startswith("http") and len(page) < 2000 else "",
        "providers": [
            {"name": display.plain(name, 40), "until": known.expires_at.isoformat() if known.expires_at else ""}
            for name, known in character.providers.items()
        ],
        "warnings": [display.plain(seen(warning), 160) for warning in character.warnings[:5]],
        "deleted": False,
    }

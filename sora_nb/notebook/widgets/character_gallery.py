"""Characters as cards: look at them, choose, rename, delete, and take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets
from ipywidgets import CallbackDispatcher

from sora_nb import display
from sora_nb.notebook.widgets._base import SoraWidget, module, style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sora_nb.models import Character

AVATAR_SIDE = 160
STILL_MOST = 24
"""Cards in a saved notebook; every avatar there costs some kilobytes."""


class CharacterGallery(SoraWidget):
    """Cards of characters, of which one or several can be chosen; with a single character, its card.

    Nothing is renamed or deleted elsewhere: callbacks do that. A callback that fails takes the change back.

    Args:
        characters: what is shown; of two with one name from one service, the last.
        multiple: whether several can be chosen.

    Attributes:
        characters: settable; those deleted here are not in it.
        value: the chosen ones, in the order they were chosen; settable and observable.

    Example:
        >>> gallery = CharacterGallery(studio.characters())
        >>> gallery.on_rename(lambda gallery, who, name: studio.rename(who, name))
        >>> gallery.value = gallery.characters[:1]    # what a click does
        >>> video = studio.generate(f"{gallery.value[0]} dances")
    """

    _esm = module("character_gallery")
    _css = style("character_gallery")

    characters = traitlets.Tuple()
    value = traitlets.Tuple()
    multiple = traitlets.Bool(True).tag(sync=True)
    cards = traitlets.List(traitlets.Dict()).tag(sync=True)
    pictures = traitlets.Dict().tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, characters: Sequence[Character] = (), *, multiple: bool = True) -> None:
        self._renamed, self._deleted, self._restored = (CallbackDispatcher() for _ in range(3))
        self._gone: dict[str, tuple[int, Character]] = {}
        self._avatars: dict[Path, str] = {}
        super().__init__(characters=tuple(characters), multiple=multiple)
        self.handle("rename", self._on_rename)
        self.handle("delete", self._on_delete)
        self.handle("restore", self._on_restore)

    def on_rename(self, callback: Callable[[CharacterGallery, Character, str], None]) -> None:
        """Have a function called with the gallery, a character as it was, and its new display name."""
        self._renamed.register_callback(callback)

    def on_delete(self, callback: Callable[[CharacterGallery, Character], None]) -> None:
        """Have a function called with the gallery and a character that was deleted."""
        self._deleted.register_callback(callback)

    def on_restore(self, callback: Callable[[CharacterGallery, Character], None]) -> None:
        """Have a function called with the gallery and a character whose deletion was taken back."""
        self._restored.register_callback(callback)

    # --- what is shown and chosen -------------------------------------------------------------------------------------

    @traitlets.validate("characters")
    def _once_each(self, proposal: dict[str, Any]) -> tuple[Character, ...]:
        return tuple({_key(character): character for character in proposal["value"]}.values())

    @traitlets.observe("characters")
    def _deal(self, _: object) -> None:
        live = self._live()
        self._gone = {key: entry for key, entry in self._gone.items() if key not in live}
        cards = [_card(character) for character in self.characters]
        for key, (place, character) in sorted(self._gone.items(), key=lambda item: item[1][0]):
            cards.insert(place, {"key": key, "username": character.username, "deleted": True})
        # pictures are sent before cards, and of deleted ones too, so that no card is built twice for one change
        everybody = {**live, **{key: character for key, (_, character) in self._gone.items()}}
        self.pictures = {key: self._avatar(character) for key, character in everybody.items() if character.avatar}
        self.cards = cards
        self.selected = [key for key in self.selected if key in live]
        self._follow(None)

    @traitlets.validate("selected")
    def _possible(self, proposal: dict[str, Any]) -> list[str]:
        live = self._live()
        keys = [key for key in dict.fromkeys(proposal["value"]) if key in live]
        return keys if self.multiple else keys[-1:]

    @traitlets.observe("multiple")
    def _narrow(self, _: object) -> None:
        self.selected = list(self.selected)

    @traitlets.observe("selected")
    def _follow(self, _: object) -> None:
        live = self._live()
        self.value = tuple(live[key] for key in self.selected)

    @traitlets.validate("value")
    def _from_here(self, proposal: dict[str, Any]) -> tuple[Character, ...]:
        live = self._live()
        for character in proposal["value"]:
            if _key(character) not in live:
                raise traitlets.TraitError(f"{character} is not in this gallery; set its characters first.")
        return tuple(live[_key(character)] for character in proposal["value"])

    @traitlets.observe("value")
    def _choose(self, _: object) -> None:
        self.selected = [_key(character) for character in self.value]

    def _live(self) -> dict[str, Character]:
        return {_key(character): character for character in self.characters}

    def _avatar(self, character: Character) -> str:
        assert character.avatar is not None
        # files of avatars are named after what is in them, so a path says it all
        if character.avatar not in self._avatars:
            self._avatars[character.avatar] = display.data_url(character.avatar, AVATAR_SIDE)
        return self._avatars[character.avatar]

    # --- what the page asks for ---------------------------------------------------------------------------------------

    def _on_rename(self, content: dict[str, Any], _: object) -> None:
        before, character = self.characters, self._live().get(str(content.get("key")))
        name = display.plain(content.get("name", ""), 100).strip()
        if character is None or name == character.display_name:
            return
        renamed = character.model_copy(update={"display_name": name})
        self.characters = tuple(renamed if one is character else one for one in before)
        if not self.tell(self._renamed, character, name):
            self.characters = before

    def _on_delete(self, content: dict[str, Any], _: object) -> None:
        key = str(content.get("key"))
        character = self._live().get(key)
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

    def _remove(self, key: str, character: Character) -> None:
        place = next(place for place, card in enumerate(self.cards) if card["key"] == key)
        self._gone[key] = (place, character)
        self.characters = tuple(one for one in self.characters if _key(one) != key)

    def _put_back(self, key: str) -> Character:
        place, character = self._gone.pop(key)
        place -= sum(other < place for other, _ in self._gone.values())
        self.characters = (*self.characters[:place], character, *self.characters[place:])
        return character

    # --- for readers without a kernel ---------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"CharacterGallery({len(self.characters)} characters, {len(self.value)} chosen)"

    def _still(self) -> str:
        shown = self.characters[:STILL_MOST]
        cards = [
            display.card(
                self.pictures.get(_key(one), ""),
                f"Avatar of {one}",
                str(one),
                [one.display_name, _origin(one)],
                size=64,
            )
            for one in shown
        ]
        more = len(self.characters) - len(shown)
        if more or not shown:
            cards.append(display.card("", "", f"{more} more characters" if more else "No characters yet", []))
        return "".join(cards)


def _key(character: Character) -> str:
    """What tells a character from others: a service knows a name once."""
    return f"{character.profile}/{character.username}"


def _origin(character: Character) -> str:
    """The seconds and the video it was cut from, in words."""
    if not character.source:
        return ""
    kind, _, rest = character.source.partition(":")
    # what follows "?" in an address is often a signature
    where = display.plain(
        {"url": rest.partition("?")[0].partition("//")[2], "file": rest}.get(kind, f"{kind} {rest}"), 160
    )
    return f"{character.clip} of {where}" if character.clip else f"from {where}"


def _card(character: Character) -> dict[str, Any]:
    made, page = character.created_at, display.safe_url(character.permalink)
    if character.profile == "local":
        page = ""  # what this package's own server has there is for programs with a key
    return {
        "key": _key(character),
        "username": character.username,
        "name": display.plain(character.display_name, 100),
        "about": display.plain(character.description, 160),
        "origin": _origin(character),
        "created": made.isoformat() if made else "",
        "page": page if page.startswith("http") and len(page) < 2000 else "",
        "providers": [
            {"name": display.plain(name, 40), "until": known.expires_at.isoformat() if known.expires_at else ""}
            for name, known in character.providers.items()
        ],
        "warnings": [display.plain(warning, 160) for warning in character.warnings[:5]],
        "deleted": False,
    }

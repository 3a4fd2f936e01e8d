"""What rows call files: by key, the path below the home, so that a home can be moved, and shared through a store.

Objects have paths, rows have keys such as "videos/<hash>.mp4". A file that is the user's own has its absolute path in both.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sora_nb.storage.home import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_CALL = ("file", "poster")
_DETAILS = ("image", "file")
_CHARACTER = ("avatar", "clip_file", "cutout")
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:[/\\]")
"""How an absolute path begins, on whichever system it was written."""
_HASH = r"[0-9a-f]{32}"
_KEPT = re.compile(
    rf"(?P<home>.*)/(?P<key>(?:videos|posters|avatars|clips|stills)/{_HASH}\.\w+|cutouts/{_HASH}/[\w.-]+)", re.DOTALL
)
"""How paths of files end that are kept under the hash of their content, or in a cut-out's folder."""


class Keys:
    """The files of one home, by key.

    Args:
        home: the folder.

    Attributes:
        at: makes the path that objects have; where there is a store, one that brings its file.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self.at: Callable[[Path], Path] | None = None
        self._begin = f"{self.home}{os.sep}"

    def of(self, path: Path | str) -> str:
        """Return the key of a file in one of the home's own folders; of any other, its absolute path."""
        text = str(path)
        if not _ABSOLUTE.match(text):  # it is one already
            return text
        if text.startswith(self._begin) and ".." not in Path(text).parts:
            below = text.removeprefix(self._begin).replace(os.sep, "/")
        else:
            try:
                below = (Path(text).parent.resolve().relative_to(self.home.resolve()) / Path(text).name).as_posix()
            except (ValueError, OSError, RuntimeError):  # it is elsewhere, or cannot be looked for
                return text
        return below if _is_ours(below) else text

    def path(self, key: str) -> Path:
        """Return where the file of a key is in this home; an absolute path is the same in all."""
        path = Path(self.text(key))
        return path if self.at is None else self.at(path)

    def text(self, key: str) -> str:
        """Return the path of a key as text."""
        return key if _ABSOLUTE.match(key) else f"{self._begin}{key.replace('/', os.sep)}"


def call_with(
    values: Mapping[str, Any], change: Callable[[str], Any], in_details: Callable[[str], str] | None = None
) -> dict[str, Any]:
    """Return fields of a call's row, as JSON has them, with every path in them changed.

    Args:
        values: the fields.
        change: returns what is in the place of a path.
        in_details: the same for its details, which are text alone; None for `change`.
    """
    details = values.get("details")
    changed = _changed(values, _CALL, change)
    if details:
        changed["details"] = _changed(details, _DETAILS, in_details or change)
    return changed


def character_with(record: Mapping[str, Any], change: Callable[[str], Any]) -> dict[str, Any]:
    """Return fields of a character's record, as JSON has them, with every path in them changed."""
    changed = _changed(record, _CHARACTER, change)
    if changed.get("stills"):
        changed["stills"] = [_changed(still, ("path",), change) for still in changed["stills"]]
    return changed


def of_character(record: Mapping[str, Any]) -> set[str]:
    """Return what a character's record calls its files."""
    named = [record.get(name) for name in _CHARACTER]
    named += [still["path"] for still in record.get("stills") or ()]
    return {key for key in named if key}


def former(home: Path, results: Iterable[str]) -> Callable[[str], str]:
    """Return what makes keys of the paths that earlier versions wrote.

    Args:
        home: where the ledger is now.
        results: paths of films, posters and avatars that calls have made: they were in the home of their time.

    Returns:
        A function of a path. What was in the home of today, or in one that the results were in, gets its key. So does
        what has the name of a kept file and is no file any more. All else is the user's own, or another home's.
    """
    keys = Keys(home)
    homes = {found["home"] for found in map(_kept, results) if found}

    def key(text: str) -> str:
        below = keys.of(text)
        if not _ABSOLUTE.match(below):
            return below
        plain = text.replace("\\", "/") if not text.startswith("/") else text
        for before in homes:
            below = plain.removeprefix(f"{before}/")
            if below != plain and _is_ours(below):
                return below
        found = _kept(text)
        return found["key"] if found and not Path(text).exists() else text

    return key


def _is_ours(below: str) -> bool:
    folder, slash, rest = below.partition("/")
    return bool(slash) and folder in FOLDERS and ".." not in rest.split("/")


def _kept(text: str) -> re.Match[str] | None:
    # a path that does not begin with a slash may be one of Windows
    return _KEPT.fullmatch(text if text.startswith("/") else text.replace("\\", "/"))


def _changed(values: Mapping[str, Any], names: Iterable[str], change: Callable[[str], Any]) -> dict[str, Any]:
    return {**values, **{name: change(values[name]) for name in names if values.get(name)}}

"""The folders of the notebook's machine as the page sees them: folders and video files, a page at a time.

What lies outside of the notebook's folder is shown only once the person has said yes to that very folder; a link that
leads outside counts as what it leads to. The page names places by keys that it was given, never by paths.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sora_nb import display
from sora_nb.errors import InvalidInput
from sora_nb.media.file_name import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = 100
"""Entries of a folder that are shown at once."""


class Outside(Exception):
    """A place is outside of what may be shown; its text is the folder that the person is asked about."""


class Folder:
    """Shows folders to the page, from the notebook's own on.

    Args:
        start: the notebook's folder.
    """

    def __init__(self, start: Path) -> None:
        self._start = start
        self._allowed = {_real(start)}
        self._known = {"": start}

    def look(self, key: str, first: int, check: Callable[[], None], *, agreed: bool = False) -> dict[str, Any]:
        """Return a page of a folder for the page: its path, its entries from a number on, and how many there are.

        Args:
            key: of the folder; "" for the notebook's.
            first: number of the first entry.
            check: called often; raises where nobody wants this any more.
            agreed: whether the person has said yes to this folder, if it is outside.

        Raises:
            Outside: it is outside, and nobody has said yes to it.
            InvalidInput: the key is of no folder, or it cannot be read.
        """
        folder = self._place(key, agreed=agreed, outside=lambda real: real)
        try:
            with os.scandir(folder) as found:
                entries = [entry for entry in found if not entry.name.startswith(".") and _is_shown(entry, check)]
        except OSError as error:
            raise InvalidInput(f"This folder cannot be read: {error.strerror}.", money="", hint="") from error
        entries.sort(key=lambda entry: (not entry.is_dir(), entry.name.casefold(), entry.name))
        first = max(0, min(first, len(entries)))
        parent = folder.parent
        return {
            "key": key,
            "path": display.plain(folder, 400),
            "up": self._key(parent) if parent != folder else None,
            "first": first,
            "total": len(entries),
            "entries": [self._described(Path(folder, entry.name), entry) for entry in entries[first : first + PAGE]],
        }

    def file(self, key: str, *, agreed: bool = False) -> Path:
        """Return a video file that the page chose.

        Args:
            key: of the file.
            agreed: whether the person has said yes to it, if it is outside.

        Raises:
            Outside: it is outside, and nobody has said yes to it.
            InvalidInput: the key is of no file, or the file is gone.
        """
        file = self._place(key, agreed=agreed, outside=lambda real: real.parent)
        if not file.is_file():
            raise InvalidInput("This file is not there any more.", money="", hint="Look into its folder again.")
        return file

    def _place(self, key: str, *, agreed: bool, outside: Callable[[Path], Path]) -> Path:
        place = self._known.get(key)
        if place is None:
            raise InvalidInput("The kernel was restarted meanwhile.", money="", hint="Look into the folder again.")
        real = _real(place)
        if not any(real.is_relative_to(folder) for folder in self._allowed):
            asked = outside(real)
            if not agreed:
                raise Outside(display.plain(asked, 400))
            self._allowed.add(asked)
        return place

    def _key(self, path: Path) -> str:
        if path == self._start:
            return ""
        # no name of a file need be text
        key = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
        self._known[key] = path
        return key

    def _described(self, path: Path, entry: os.DirEntry[str]) -> dict[str, Any]:
        told: dict[str, Any] = {
            "key": self._key(path),
            "name": display.plain(os.fsencode(entry.name).decode(errors="replace"), 255),
            "folder": entry.is_dir(),
            "size": 0,
            "modified": "",
        }
        try:
            about = entry.stat()
        except OSError:  # a link to nothing, or gone by now
            return told
        local = dt.datetime.fromtimestamp(about.st_mtime, dt.UTC).astimezone()
        return told | {"size": 0 if told["folder"] else about.st_size, "modified": f"{local:%Y-%m-%d %H:%M}"}


def _is_shown(entry: os.DirEntry[str], check: Callable[[], None]) -> bool:
    check()
    try:
        return entry.is_dir() or (Path(entry.name).suffix.lower() in SUFFIXES and entry.is_file())
    except OSError:
        return False


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # links in a circle
        raise InvalidInput("This place cannot be read: its links lead in circles.", money="", hint="") from error

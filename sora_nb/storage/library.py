"""What a studio keeps: videos, characters, and what each call cost. Nothing here sends anything."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from sora_nb import display
from sora_nb.errors import PromptError
from sora_nb.models import Character, State, Video
from sora_nb.storage.ledger import OPEN, Ledger

if TYPE_CHECKING:
    import pandas as pd

    from sora_nb.storage.ledger import Call


def home_folder(home: Path | str | None = None) -> Path:
    """Return the folder of ledger, library and local server: the argument, SORA_NB_HOME, or the user's data folder."""
    chosen = home or os.environ.get("SORA_NB_HOME")
    folder = Path(chosen).expanduser() if chosen else platformdirs.user_data_path("sora_nb", appauthor=False)
    return folder.resolve()  # rows name files for good, wherever the next kernel starts


class Library:
    """The videos and characters of one folder, with the ledger of what they cost.

    Args:
        home: folder of ledger and files; else SORA_NB_HOME; else the user's data folder.

    Raises:
        LedgerError: the ledger cannot be used.
    """

    def __init__(self, home: Path | str | None = None) -> None:
        self.home = home_folder(home)
        self.ledger = Ledger(self.home / "ledger.db")

    def videos(self) -> list[Video]:
        """Return the videos made so far, newest first."""
        return [call.video() for call in reversed(self.ledger.calls((State.DONE,), "video"))]

    def characters(self) -> list[Character]:
        """Return the characters kept so far, newest first."""
        return list(reversed(self.ledger.characters()))

    def character(self, username: str) -> Character:
        """Return a kept character.

        Args:
            username: with or without the `@`.

        Raises:
            PromptError: there is none of this name.
        """
        name = username.removeprefix("@")
        for who in self.characters():
            if who.username == name:
                return who
        raise PromptError(f"There is no character @{name} here.", hint="See studio.characters().")

    def rename(self, character: Character | str, display_name: str) -> Character:
        """Give a character another name for people; its `@username` stays, since services know it.

        Args:
            character: the character, or its username.
            display_name: the new name, of at most 80 characters.

        Returns:
            The character as it is kept now.

        Raises:
            PromptError: there is none of this username.
        """
        renamed = self._known(character).model_copy(update={"display_name": display.plain(display_name, 80).strip()})
        self.ledger.keep(renamed)
        return renamed

    def forget(self, character: Character | str) -> None:
        """Take a character out of the library. Its files and its row in costs() stay, and keep() brings it back.

        Args:
            character: the character, or its username.

        Raises:
            PromptError: there is none of this username.
        """
        self.ledger.forget(self._known(character))

    def _known(self, character: Character | str) -> Character:
        return self.character(character) if isinstance(character, str) else character

    def keep(self, character: Character) -> None:
        """Put a character into the library, as after forget()."""
        self.ledger.keep(character)

    def costs(self) -> pd.DataFrame:
        """Return a table of every call: when, what, its list price and what was charged, in dollars.

        Columns: time, kind, model, prompt, characters, seconds, status, estimate, charged, currency, profile, file, sha256.
        """
        return self.ledger.costs()

    def unfinished(self) -> list[Call]:
        """Return the calls whose story has not ended, oldest first: running, or perhaps billed."""
        return self.ledger.calls(OPEN)

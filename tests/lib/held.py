"""Engines for tests of workers: each tells in a folder what it begins and in which process, and may be held there."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from filmer import RULES, FlatFilmer
from quick import QuickEngine

from sora_nb.errors import Cancelled

HOLD = "hold"
QUIETLY = "quietly"


class Notes:
    """What engines of several processes tell of their work.

    Args:
        folder: where they do.
    """

    def __init__(self, folder):
        self.folder = Path(folder)

    def hold(self, *, quietly=False):
        """Have engines wait; those that do so quietly tell it once, and cannot be cancelled meanwhile."""
        if quietly:
            self.folder.joinpath(QUIETLY).touch()
        self.folder.joinpath(HOLD).touch()

    def go_on(self):
        self.folder.joinpath(HOLD).unlink(missing_ok=True)

    def say(self, *words):
        part = self.folder / f".{secrets.token_hex(8)}"
        part.write_text(" ".join(map(str, words)), encoding="utf-8")
        part.rename(self.folder / f"note-{time.time_ns():020d}-{secrets.token_hex(2)}")

    def said(self, word):
        """Return what was said after a word, in the order in which it was."""
        texts = [path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("note-*"))]
        return [text.partition(" ")[2] for text in texts if text.startswith(f"{word} ")]

    def work(self, what, control):
        self.say("begun", what)
        self.say("by", os.getpid())
        try:
            control.step(0.4, f"working on {what}")
            told = False
            while self.folder.joinpath(HOLD).exists():
                if not (told and self.folder.joinpath(QUIETLY).exists()):
                    control.step(0.5, "held")
                told = True
                time.sleep(0.02)
        except Cancelled:
            self.say("cancelled", what)
            raise
        self.say("ended", what)


class HeldEngine(QuickEngine):
    """Renders flat colours once it is let."""

    name = "held"

    def __init__(self, folder):
        super().__init__()
        self._notes = Notes(folder)

    def generate(self, request, out, control):
        self._notes.work(request.prompt, control)
        return (*super().generate(request, out, control), f"It is about {request.prompt}.")


class HeldFilmer(FlatFilmer):
    """Films flat colours once it is let."""

    name = "held_on_gpu"

    def __init__(self, folder):
        super().__init__(RULES)
        self._notes = Notes(folder)

    def film(self, request, control):
        self._notes.work(request.prompt, control)
        return super().film(request, control)

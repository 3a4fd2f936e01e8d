"""Keep an open app up to date with its ledger: what other cells, other apps and other kernels write there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sora_nb.models import State
from sora_nb.notebook.widgets._search import PAGE
from sora_nb.storage.call import ENDED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.calls.session import Session
    from sora_nb.models import Character, Video
    from sora_nb.notebook.widgets._worker import Check, Worker
    from sora_nb.storage.call import Call
    from sora_nb.storage.characters import CharacterListing
    from sora_nb.storage.listing import Listing


class Shows(Protocol):
    """What shows the ledger to a person."""

    @property
    def closed(self) -> bool:
        """Whether nobody can see it any more."""

    def show_costs(self) -> None:
        """Show what everything has cost."""

    def show_characters(self, characters: CharacterListing) -> None:
        """Show these characters."""

    def show_videos(self, videos: Listing[Video]) -> None:
        """Show these videos."""

    def show_call(self, call: Call) -> None:
        """Show where a call stands that was not made here."""


class Follower:
    """Has an app show what has changed in the ledger, half a second to two seconds after somebody has written it.

    Args:
        session: whose ledger.
        worker: on whose thread the app is changed.
        app: what shows it.
    """

    def __init__(self, session: Session, worker: Worker, app: Shows) -> None:
        self._session = session
        self._worker = worker
        self._app = app
        self._characters: Sequence[Character] | None = None
        self._videos: Sequence[Video] | None = None
        self._own: set[str] = set()
        self._open = {call.id: call for call in session.unfinished()}
        session.ledger.changes.tell(self._changed)

    def leave(self, call: str) -> None:
        """Leave a call to the app, which made it and shows it itself."""
        self._own.add(call)

    def _changed(self) -> bool:
        if self._app.closed:
            return False
        self._worker.submit("follow", self.look)
        return True

    def look(self, check: Check) -> None:
        """Show the costs, and the characters, videos and calls that changed since the last look."""
        self._app.show_costs()
        characters = self._session.characters.listing(self._session.service)
        page: Sequence[Character] = characters[:PAGE]
        check()
        if page != self._characters:
            self._characters = page
            self._app.show_characters(characters)
        videos = self._session.videos()
        films = videos[:PAGE]
        check()
        if films != self._videos:
            self._videos = films
            self._app.show_videos(videos)
        self._show_calls()

    def _show_calls(self) -> None:
        own = set(self._own)  # before the ledger is read: what is added from now on may not be in it yet
        found = {call.id: call for call in self._session.unfinished()}
        now = {ident: call for ident, call in found.items() if ident not in own}
        for ident in self._open.keys() - now.keys() - own:
            call = self._session.ledger.call(ident)
            if call is not None and call.state in ENDED:
                self._app.show_call(call)
        for ident, call in now.items():
            before = self._open.get(ident)
            if before is None or (before.state is not call.state and call.state is State.UNKNOWN):
                self._app.show_call(call)
        self._open = now
        self._own -= own - found.keys()  # those that have ended

"""The films of a library: found, watched, compared, picked, used again, and taken off the list."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

import ipywidgets

from sora_nb import display, media
from sora_nb.errors import InvalidInput
from sora_nb.media import miniature
from sora_nb.notebook.widgets import _cards
from sora_nb.notebook.widgets._worker import Worker
from sora_nb.notebook.widgets.film_list import Film, FilmList
from sora_nb.notebook.widgets.video_grid import LARGEST, VideoGrid

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from sora_nb.calls.session import Session
    from sora_nb.models import Character
    from sora_nb.notebook.widgets._worker import Check
    from sora_nb.storage.call import Call
    from sora_nb.storage.ledger import Note

PAGE = 24
"""Films that are shown at first, and that each wish for more adds."""
POSTER_SIDE = 320
NAME_LONGEST = 60
"""Letters of a saved film's name that come from its prompt."""


class Films(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets is not typed
    """Cards of all films that are kept, and the chosen ones side by side.

    Args:
        session: whose films.
        use: called with "again", "variation" or "extend", and the call that made a film.
        extends: whether the service of a call makes films that go on where another ends.

    Attributes:
        cards: the films, with what is filtered by and which are picked.
        grid: those that are compared.
    """

    def __init__(
        self, session: Session, use: Callable[[str, Call], None], extends: Callable[[Call], bool] = lambda _: False
    ) -> None:
        self._session = session
        self._use = use
        self._extends = extends
        self._calls: dict[str, Call] = {}
        self._gone: dict[str, Call] = {}
        self._count = PAGE
        self._dealing = threading.RLock()
        self._worker = Worker(self._say)
        self.cards = FilmList()
        self.grid = VideoGrid()
        self.grid.layout.display = "none"
        self.grid.layout.margin = "12px 0 0"
        self.grid.observe(self._on_favourite, "favourite")
        self.cards.observe(lambda _: self._anew(), ["text", "character", "starred"])
        self.cards.on_act(lambda _, *what: self._act(*what))
        self.cards.on_wish(lambda _, *what: self._give(*what))
        self.cards.on_compare(lambda _, keys: self._compare(keys))
        self.cards.on_more(lambda _: self._further())
        super().__init__([self.cards, self.grid])
        self.refresh()

    @property
    def ready(self) -> Future[None]:
        """Done once what was asked for so far is shown."""
        return self._worker.done

    # --- which films are shown ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the ledger has now."""
        self._worker.submit("films", self._look)

    def _anew(self) -> None:
        self._count = PAGE
        self._gone.clear()
        self.refresh()

    def _further(self) -> None:
        self._count += PAGE
        self.refresh()

    def _look(self, check: Check) -> None:
        """Read the first films that fit the filter, and put those that were just taken off the list among them."""
        ledger, cards = self._session.ledger, self.cards
        acting = ledger.actors()
        known = self._session.characters.resolve(acting, self._session.service)
        actors = _by_todays_name(acting, known)
        asked = cards.character
        wanted = asked.removeprefix("@")
        chosen = next((today for today, names in actors.items() if wanted in (today, *names)), wanted)
        found = ledger.films(characters=actors.get(chosen, [chosen] if chosen else []), favourite=cards.starred)
        found = found.search(cards.text) if cards.text.strip() else found
        page, more = found[: self._count], len(found[: self._count + 1]) > self._count
        notes = ledger.notes(page)
        check()
        with self._dealing:
            listed = {call.id for call in page}
            self._gone = {key: call for key, call in self._gone.items() if key not in listed}
            calls = sorted([*page, *self._gone.values()], key=lambda call: call.created_at, reverse=True)
            self._calls = {call.id: call for call in calls}
            films = [self._film(call, notes.get(call.id), known) for call in calls]
            with cards.hold_sync():
                cards.cast = [f"@{name}" for name in sorted(actors, key=str.casefold)]
                if chosen != wanted and cards.character == asked:  # it was renamed
                    cards.character = f"@{chosen}"
                cards.films, cards.more = films, more
                cards.picked = [key for key in cards.picked if key in listed]

    def _film(self, call: Call, note: Note | None, known: Container[str]) -> Film:
        video = call.video()
        cast = tuple(name for name in call.characters if name in known)
        gone = call.id in self._gone
        seed = f"seed {call.seed}" if call.seed is not None else ""
        return Film(
            key=call.id,
            title=display.plain(_cards.without_names(call.prompt, cast), 200),
            prompt=display.plain(call.prompt, 400),
            cast=cast,
            about=" · ".join(filter(None, (_cards.about(video), seed))),
            star=note is not None and note.favourite,
            extends=self._extends(call),
            gone=_size(call.file) if gone else "",
        )

    def _say(self, error: Exception) -> None:
        with self.cards.explained():
            raise error

    # --- what is done with one ----------------------------------------------------------------------------------------

    def _act(self, action: str, key: str) -> None:
        call = self._calls.get(key)
        if call is None:
            raise InvalidInput("That film is not in the list any more.", money="", hint="Choose another one.")
        ledger = self._session.ledger
        if action == "star":
            starred = next(film.star for film in self.cards.films if film.key == key)
            ledger.annotate(call, favourite=not starred)
        elif action == "hide":
            ledger.annotate(call, hidden=True)
            self._gone[key] = call
        elif action == "restore":
            ledger.annotate(call, hidden=False)
            self._gone.pop(key, None)
        elif action == "delete":
            removed = self._session.delete(call.video())
            self._gone.pop(key, None)
            self.cards.problem = ""
            self.cards.send({"kind": "said", "text": f"Deleted: {removed}"})
        else:
            self._use(action, call)
            return
        self.refresh()

    def _give(self, kind: str, key: str) -> None:
        """Have a picture, the small film or the whole one sent to the page."""
        call = self._calls.get(key)
        if call is None:
            return

        def give(check: Check) -> None:
            check()
            if kind == "poster":
                self.cards.give_poster(key, _cards.poster(call.video(), POSTER_SIDE))
                found = self._session.characters.resolve(call.characters, call.service)
                _cards.send_faces(found, self.cards.give_face)
                return
            if call.file is None or not call.file.is_file():
                self.cards.send({"kind": "none", "key": key, "text": "Its file is not here any more."})
            elif kind == "file":
                self.cards.give(kind, key, call.file, _file_name(call))
            elif (small := _small(call.file, by_address=self.cards.by_address)) is not None:
                self.cards.give(kind, key, small)
            else:
                self.cards.send({"kind": "none", "key": key, "text": "Too large to play here: compare it, or save it."})

        self._worker.submit(f"{kind} {key}", give)

    # --- side by side -------------------------------------------------------------------------------------------------

    def _compare(self, keys: Sequence[str]) -> None:
        calls = [self._calls[key] for key in keys if key in self._calls]

        def show(check: Check) -> None:
            notes = self._session.ledger.notes(calls)
            check()
            best = [place for place, call in enumerate(calls) if call.id in notes and notes[call.id].favourite]
            self._compared: Sequence[Call] = ()
            self.grid.videos = [call.video() for call in calls]
            self.grid.favourite = next(iter(best), None)
            self._compared = calls
            self.grid.layout.display = ""
            self.grid.play()

        self._worker.submit("compare", show)

    _compared: Sequence[Call] = ()

    def _on_favourite(self, change: dict[str, int | None]) -> None:
        """Keep in the library what was picked among those that are compared."""
        for place, picked in ((change["old"], False), (change["new"], True)):
            if place is not None and place < len(self._compared):
                self._session.ledger.annotate(self._compared[place], favourite=picked)
        if self._compared:
            self.refresh()


def _by_todays_name(names: Sequence[str], known: Mapping[str, Character]) -> dict[str, list[str]]:
    """Return the names under which characters act in films, by the username that each has today."""
    actors: dict[str, list[str]] = {}
    for name in names:
        actors.setdefault(known[name].username if name in known else name, []).append(name)
    return actors


def _small(film: Path, *, by_address: bool) -> Path | None:
    """Return a file that a page can play in a card: the film's miniature, or the film where it is no burden itself."""
    kept = miniature.kept(film)
    if kept is None and miniature.of(film):
        kept = miniature.kept(film)
    if kept is not None:
        return kept
    return film if (by_address or film.stat().st_size <= LARGEST) and media.playable(media.probe(film)) else None


def _file_name(call: Call) -> str:
    words = re.sub(r"[^\w]+", "-", call.prompt).strip("-")[:NAME_LONGEST].strip("-") or "film"
    return f"{words}-{call.seed}.mp4" if call.seed is not None else f"{words}.mp4"


def _size(file: Path | None) -> str:
    return _cards.bytes_in_words(file.stat().st_size) if file is not None and file.is_file() else "no file"

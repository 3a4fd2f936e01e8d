"""Prompt experiments: prompts x characters x models, estimated before anything is sent, run under a budget, and compared.

Models may be of several services; one that refuses or fails does not stop the others.

What was made is looked up in the ledger by the request itself. So an experiment that was interrupted, or is planned
again with more prompts, or in a new kernel, makes only what is missing, and nothing is paid twice.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sora_nb import arguments, display
from sora_nb.calls.job import WaitInterrupted
from sora_nb.errors import BudgetExceeded, ConfigError, InvalidInput, MediaError
from sora_nb.models import State, Status, Video, dollars, micros
from sora_nb.storage.export import write_csv
from sora_nb.storage.ledger import OPEN, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from sora_nb.calls.session import Session
    from sora_nb.experiments.plan import Combination
    from sora_nb.models import Dollars
    from sora_nb.notebook.widgets.video_grid import VideoGrid
    from sora_nb.storage.ledger import Call

NOT_ASKED = Video(status=Status.FAILED, error="not asked for")
"""Stands in a place of the matrix that has no video."""


class Sweep:
    """An experiment: its combinations, and what became of each. `Studio.sweep()` plans one.

    Attributes:
        combinations: what is asked for, a row of each table here; also what a service refuses, where others do not.

    Example:
        >>> cast = studio.characters()[:1]
        >>> sweep = studio.sweep(["{character} dances", "{character} sleeps"], characters=cast, seconds=4)
        >>> print(sweep.estimate()["due"].sum())  # free here
        0.0
        >>> list(sweep.run(budget=1)["status"])
        ['done', 'done']
    """

    def __init__(
        self,
        session: Session,
        combinations: Sequence[Combination],
        *,
        experiment: str = "",
        consent: str | None = None,
    ) -> None:
        self._session = session
        self._experiment = experiment
        self._consent = consent
        self.combinations = tuple(combinations)
        self._unsent: dict[int, str] = {}
        """Why the last run() here did not send a combination, by its number."""

    # --- before anything is sent --------------------------------------------------------------------------------------

    def estimate(self) -> pd.DataFrame:
        """Tell what running this costs at most, one row a video; what is there already costs nothing more.

        `estimate().groupby("service")["due"].sum(min_count=1)` is what each service will charge.

        Columns: prompt, cast, service, model, size, seconds, seed, status, price (list price), due (what is still to be
        charged), both in dollars and NaN where no price list has the model, and note: why it is refused or was not sent,
        or that its price was read long ago.
        """
        import pandas as pd

        calls = self._calls()
        rows = []
        for number, wanted in enumerate(self.combinations):
            call = calls.get(number)
            due = wanted.due if self._is_to_send(number, call) else 0
            rows.append(
                {
                    **_asked(wanted),
                    "status": self._status(number, call),
                    "price": _usd(wanted.price.micros if wanted.price else None),
                    "due": _usd(due),
                    "note": self._reason(number, call) or _age(wanted, due),
                }
            )
        return display.frame(pd.DataFrame(rows).astype({"price": "float64", "due": "float64"}))

    # --- running ------------------------------------------------------------------------------------------------------

    def run(self, *, budget: Dollars | None = None, at_once: int | Mapping[str, int] | None = None) -> pd.DataFrame:
        """Make what is missing, a few at a time at each service, behind one progress bar.

        Ctrl-C stops sending; what was sent goes on and is found again by the next run(), in this kernel or another.
        A video that fails is shown as failed, and made again by the next run(); one that may have been billed is
        left alone. One that another run makes just now, in whatever kernel, is waited for and not made twice.

        A service with a wrong key or without balance gets nothing more, and the others go on; what was not sent to it
        has the status "not sent", with the reason as its note.

        Args:
            budget: the most dollars this run may cost, at all services together; the studio's own budget holds besides.
            at_once: videos asked for at the same time of each service, or of some by their names, like
                `{"runway": 1}`; by default what `profile.at_once` of each says.

        Returns:
            results().

        Raises:
            InvalidInput: `at_once` is less than 1, or names a service that takes no part; nothing was sent.
            BudgetExceeded: the missing videos cost more, or a budget cannot cover a model that no price list has;
                nothing was sent. Or what was charged goes beyond the list prices; nothing more is sent.
            SoraError: why nothing came of it: the only service has a wrong key, no balance left or a retired route, or
                all met the same error.

        Cost: the sum of `due` in estimate().
        """
        from sora_nb.experiments.run import Run

        widths = self._widths(at_once)
        calls = self._calls()
        if any(call.state in OPEN for call in calls.values()):
            self._session.resume()
            calls = self._calls()
        numbers = range(len(self.combinations))
        missing = [number for number in numbers if self._is_to_send(number, calls.get(number))]
        self._check(missing, budget)
        self._unsent = {}
        under_way = [number for number in numbers if number in calls and self._session.jobs.is_under_way(calls[number])]
        if not missing and not under_way:
            return self._table(calls)
        limit = None if budget is None else micros(budget)
        run = Run(
            self._session,
            self.combinations,
            missing,
            under_way,
            budget=limit,
            at_once=widths,
            experiment=self._experiment,
            consent=self._consent,
        )
        try:
            with self._bar(len(missing) + len(under_way)) as advance:
                run.make(advance)
        except KeyboardInterrupt:
            raise WaitInterrupted(
                "You stopped the run; what was sent goes on in the background.",
                hint="run() again makes only what is missing; nothing is paid for twice.",
            ) from None
        finally:
            self._unsent = run.unsent
        failure = run.failure()
        if failure is not None:
            raise failure
        for line in run.left_out():
            self._tell(line)
        return self.results()

    def _widths(self, at_once: int | Mapping[str, int] | None) -> dict[str, int]:
        """Read how many videos each service is asked for at once, where that is said."""
        services = dict.fromkeys(one.service.provider for one in self.combinations)
        if at_once is None:
            return {}
        given = at_once if isinstance(at_once, Mapping) else dict.fromkeys(services, at_once)
        for name in given:
            if name not in services:
                raise InvalidInput(
                    f"No service of this experiment is called {display.plain(repr(name), 80)}.",
                    hint=f"Its services: {', '.join(services)}.",
                )
        return {name: arguments.count(count, "videos at once") for name, count in given.items()}

    def _check(self, missing: Sequence[int], budget: Dollars | None) -> None:
        """Refuse what a budget does not cover, before anything is sent.

        Raises:
            BudgetExceeded: the budget of the run is less, or no list has a price that a budget could cover.
        """
        if not missing or (budget is None and self._session.budget_for(self._experiment).limit is None):
            return
        wanted = [self.combinations[number] for number in missing]
        unpriced = dict.fromkeys(f"{one.model!r} at {one.service.provider}" for one in wanted if one.due is None)
        if unpriced:
            raise BudgetExceeded(
                f"No price list has {', '.join(unpriced)}, so a budget cannot cover it.",
                hint="Leave it out, use a Profile with `prices` of your own, or set no budget.",
            )
        due = sum(one.due or 0 for one in wanted)
        if budget is not None and due > micros(budget):
            raise BudgetExceeded(
                f"The {len(missing)} videos to do cost {dollars(due)}, more than the {dollars(micros(budget))} allowed.",
                hint="Allow more, or plan fewer; estimate() shows each.",
            )

    @contextlib.contextmanager
    def _bar(self, total: int) -> Iterator[Callable[[float], None]]:
        from tqdm.auto import tqdm

        with tqdm(total=total, desc="videos", leave=False, bar_format="{l_bar}{bar}| {n:.1f}/{total} {elapsed}") as bar:

            def advance(done: float) -> None:
                bar.update(max(0.0, done - bar.n))

            yield advance
            bar.refresh()  # videos may end faster than it is drawn

    def _tell(self, line: str) -> None:
        from tqdm.auto import tqdm

        tqdm.write(display.plain(line), file=sys.stderr)

    # --- afterwards -----------------------------------------------------------------------------------------------------

    def results(self, *, identity: bool = False) -> pd.DataFrame:
        """Return one row a video.

        Args:
            identity: also look whether the characters are in the videos; the scores are kept. Takes some seconds a
                video, on this machine.

        Returns:
            Columns: prompt, cast, service, model, size, seconds, seed, status, estimate, charged (dollars), seconds
            waited (from being asked for to its end), identity (0 to 1), favourite, note, file, error. The status is a
            State of its call; or "to do"; or "refused" or "not sent", with the reason before the note.
        """
        calls = self._calls()
        if identity:
            self._identify(calls)
        return self._table(calls)

    def _table(self, calls: dict[int, Call]) -> pd.DataFrame:
        import pandas as pd

        notes = self._session.ledger.notes()
        rows = []
        for number, wanted in enumerate(self.combinations):
            call = calls.get(number)
            note = notes.get(call.id, Note()) if call else Note()
            rows.append(
                {
                    **_asked(wanted),
                    "status": self._status(number, call),
                    "estimate": _usd(call.estimate) if call else None,
                    "charged": _usd(call.charged) if call else None,
                    "seconds waited": _waited(call),
                    "identity": note.identity,
                    "favourite": note.favourite,
                    "note": " ".join(filter(None, (self._reason(number, call), note.note))),
                    "file": str(call.file or "") if call else "",
                    "error": call.error if call else "",
                }
            )
        amounts = dict.fromkeys(("estimate", "charged", "seconds waited", "identity"), "float64")
        return display.frame(pd.DataFrame(rows).astype(amounts))

    def _identify(self, calls: dict[int, Call]) -> None:
        """Score the videos nobody has scored; where several characters are wanted, the least sure one counts."""
        session = self._session
        notes = session.ledger.notes()
        for number, call in calls.items():
            cast = self.combinations[number].cast
            if not cast or call.state is not State.DONE or notes.get(call.id, Note()).identity is not None:
                continue
            with contextlib.suppress(InvalidInput, MediaError):  # a clip or file that was not kept has no score
                characters = session.characters.named(cast, call.service)
                scores = [session.consistency(who, call.video()).score for who in characters]
                session.ledger.annotate(call, identity=round(min(scores), 4))

    def note(self, row: int, text: str) -> None:
        """Write a note on the video of a row of results(); it is kept in the ledger."""
        self._session.ledger.annotate(self._made(row), note=arguments.text(text, "note"))

    def favourite(self, row: int, *, picked: bool = True) -> None:
        """Mark the video of a row of results() as a favourite, or unmark it."""
        self._session.ledger.annotate(self._made(row), favourite=picked)

    def _made(self, row: int) -> Call:
        number = arguments.whole(row)
        call = None if number is None else self._calls().get(number)
        if call is None:
            raise InvalidInput(f"Row {row!r} has no video yet.", hint="See results(); run() makes what is missing.")
        return call

    def grid(self) -> VideoGrid:
        """Return the videos as players side by side; picking one there marks it as the favourite.

        Where models, characters or repeats are compared they are the columns, and what else varies is the rows; each
        row and column plays by itself, too. A video that is not there says why.
        """
        from sora_nb.experiments.matrix import arranged
        from sora_nb.notebook.widgets.video_grid import VideoGrid

        calls, notes = self._calls(), self._session.ledger.notes()
        matrix = arranged(self.combinations)
        made = [None if number is None else calls.get(number) for number in matrix.cells]
        captions = None
        if matrix.rows:
            captions = [_compared(call, notes.get(call.id, Note())) if call else "" for call in made]
        grid = VideoGrid(
            [NOT_ASKED if number is None else self._video(number, calls.get(number)) for number in matrix.cells],
            captions=captions,
            rows=matrix.rows,
            columns=matrix.columns,
        )
        favourites = [place for place, call in enumerate(made) if call and notes.get(call.id, Note()).favourite]
        grid.favourite = next(iter(favourites), None)

        def picked(change: dict[str, Any]) -> None:
            for place, is_it in ((change["old"], False), (change["new"], True)):
                call = None if place is None else made[place]
                if call is not None:
                    self._session.ledger.annotate(call, favourite=is_it)

        grid.observe(picked, "favourite")
        return grid

    def _video(self, number: int, call: Call | None) -> Video:
        """Return the video of a combination, or one that says why there is none."""
        wanted = self.combinations[number]
        if call is not None and self._status(number, call) == call.state.value:
            return call.video()
        asked = wanted.model_dump(include={"prompt", "model", "size", "seconds", "seed"})
        why = self._reason(number, call)
        status = self._status(number, call)
        error = f"{status}. {why}" if why else "not made yet; run() makes it"
        return Video(
            **asked, characters=wanted.cast, profile=wanted.service.provider, status=Status.FAILED, error=error
        )

    def to_csv(self, path: Path | str) -> Path:
        """Write results() as CSV; return the file. A text that a spreadsheet would take for a formula has a ' before it.

        Raises:
            ConfigError: the file cannot be written.
        """
        file = arguments.path(path, "table")
        write_csv(self.results(), file)
        return file

    def to_html(self, path: Path | str) -> Path:
        """Write a page that needs nothing else, and return the file.

        It says when it was written, who made the videos and what they cost, and has a small film that plays for each,
        or its poster where the film is too long for that, arranged as in grid(), and results() as a table.
        """
        from sora_nb.experiments import report

        attempts = self._attempts()
        calls = self._best(attempts)
        file = arguments.path(path, "page")
        page = report.page(self.combinations, calls, attempts, self._table(calls))
        try:
            file.write_text(page, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{str(file)!r} cannot be written: {error.strerror or error}.", money="") from error
        return file

    # --- looking things up ----------------------------------------------------------------------------------------------

    def _is_to_send(self, number: int, call: Call | None) -> bool:
        """Whether a video is still to be made, or to be made again, and its service takes it."""
        return _is_to_do(call) and not self.combinations[number].refusal

    def _status(self, number: int, call: Call | None) -> str:
        if _is_to_do(call) and self._reason(number, call):
            return "refused" if self.combinations[number].refusal else "not sent"
        return call.state.value if call else "to do"

    def _reason(self, number: int, call: Call | None) -> str:
        """Say why a video is refused, or was not sent by the last run; "" where neither holds."""
        if not _is_to_do(call):
            return ""
        return self.combinations[number].refusal or self._unsent.get(number, "")

    def _calls(self) -> dict[int, Call]:
        """Return what the ledger has of each combination, by its number: the best of its calls."""
        return self._best(self._attempts())

    def _attempts(self) -> list[Call]:
        from sora_nb.experiments.lookup import attempts

        return attempts(self._session.ledger, self.combinations)

    def _best(self, attempts: Sequence[Call]) -> dict[int, Call]:
        from sora_nb.experiments.lookup import best

        return best(self.combinations, attempts)

    def __repr__(self) -> str:
        done = sum(call.state is State.DONE for call in self._calls().values())
        return f"Sweep({len(self.combinations)} videos, {done} done)"


def _asked(wanted: Combination) -> dict[str, Any]:
    return {
        "prompt": wanted.prompt,
        "cast": ", ".join(f"@{name}" for name in wanted.cast),
        "service": wanted.service.provider,
        **wanted.model_dump(include={"model", "size", "seconds", "seed"}),
    }


def _age(wanted: Combination, due: int | None) -> str:
    """Say that a price which is still to be paid is old."""
    price = wanted.price
    return f"Its price was read {price.age} days ago: check it at the vendor." if price and price.old and due else ""


def _waited(call: Call | None) -> float | None:
    """Return the seconds from the request to the end of a call, or None while it has not ended."""
    if call is None or call.ended_at is None:
        return None
    return round((call.ended_at - call.created_at).total_seconds(), 1)


def _compared(call: Call, note: Note) -> str:
    """Write what videos are compared by and a player does not show: the wait, and how sure the characters are in it."""
    waited = _waited(call)
    words = (
        f"waited {waited:g} s" if waited is not None else "",
        f"identity {note.identity:.2f}" if note.identity is not None else "",
    )
    return " · ".join(filter(None, words))


def _is_to_do(call: Call | None) -> bool:
    """Whether a video is still to be made, or to be made again: nothing under way, nothing perhaps billed."""
    return call is None or call.state not in {State.DONE, *OPEN}


def _usd(amount: int | None) -> float | None:
    return None if amount is None else amount / 1_000_000

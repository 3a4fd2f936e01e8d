"""Prompt experiments: prompts x characters x models, estimated before anything is sent, run under a budget, and compared.

What was made is looked up in the ledger by the request itself. So an experiment that was interrupted, or is planned
again with more prompts, or in a new kernel, makes only what is missing, and nothing is paid twice.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from sora_nb import arguments, display
from sora_nb.errors import (
    AuthError,
    BudgetExceeded,
    ConfigError,
    Interrupted,
    InvalidInput,
    LedgerError,
    MediaError,
    QuotaError,
    RouteRetired,
    SoraError,
)
from sora_nb.models import State, dollars, micros
from sora_nb.money.budget import check_call
from sora_nb.storage.export import write_csv
from sora_nb.storage.ledger import OPEN, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from sora_nb.calls.job import Job
    from sora_nb.calls.session import Session
    from sora_nb.experiments.plan import Combination
    from sora_nb.models import Dollars, Video
    from sora_nb.money.prices import Estimate
    from sora_nb.notebook.widgets.video_grid import VideoGrid
    from sora_nb.storage.ledger import Call

AT_ONCE = 2
"""Videos asked for at the same time; the services of this family allow few."""
LOOK_SECONDS = 0.1
HOPELESS = (AuthError, BudgetExceeded, ConfigError, LedgerError, QuotaError, RouteRetired)
"""Errors that every further call would meet too."""


class Sweep:
    """An experiment: its combinations, and what became of each. `Studio.sweep()` plans one.

    Attributes:
        combinations: what is asked for, a row of each table here.

    Example:
        >>> cast = studio.characters()[:1]
        >>> sweep = studio.sweep(["{character} dances", "{character} sleeps"], characters=cast, seconds=4)
        >>> print(sweep.estimate()["due"].sum())  # free here
        0.0
        >>> list(sweep.run(budget=1)["status"])
        ['done', 'done']
    """

    def __init__(self, session: Session, combinations: Sequence[Combination]) -> None:
        self._session = session
        self.combinations = tuple(combinations)

    # --- before anything is sent --------------------------------------------------------------------------------------

    def estimate(self) -> pd.DataFrame:
        """Tell what running this costs at most, one row a video; what is there already costs nothing more.

        Columns: prompt, cast, model, size, seconds, seed, status, price (list price), due (what is still to be
        charged), both in dollars; None where no price list has the model.
        """
        import pandas as pd

        calls = self._calls()
        rows = []
        for number, wanted in enumerate(self.combinations):
            call = calls.get(number)
            price = self._price(wanted)
            due = price.charged_micros if _is_to_do(call) else 0
            rows.append({**_asked(wanted), "status": _status(call), "price": _usd(price.micros), "due": _usd(due)})
        return display.frame(pd.DataFrame(rows))

    def _price(self, wanted: Combination) -> Estimate:
        return self._session.estimate("video", model=_name(wanted), seconds=wanted.seconds)

    # --- running ------------------------------------------------------------------------------------------------------

    def run(self, *, budget: Dollars | None = None, at_once: int = AT_ONCE) -> pd.DataFrame:
        """Make what is missing, a few at a time, behind one progress bar.

        Ctrl-C stops sending; what was sent goes on and is found again by the next run(), in this kernel or another.
        A video that fails is shown as failed, and made again by the next run(); one that may have been billed is
        left alone. One that another run makes just now, in whatever kernel, is waited for and not made twice.

        Args:
            budget: the most dollars this run may cost; the studio's own budget holds besides.
            at_once: videos asked for at the same time.

        Returns:
            results().

        Raises:
            InvalidInput: `at_once` is less than 1; nothing was sent.
            BudgetExceeded: the missing videos cost more; nothing was sent.
            SoraError: what would meet every further video too: no budget left, a wrong key, a retired route.

        Cost: the sum of `due` in estimate().
        """
        at_once = arguments.count(at_once, "videos at once")
        calls = self._calls()
        if any(call.state in OPEN for call in calls.values()):
            self._session.resume()
            calls = self._calls()
        numbered = list(enumerate(self.combinations))
        missing = [wanted for number, wanted in numbered if _is_to_do(calls.get(number))]
        if budget is not None:
            self._check(missing, budget)
        under_way = [
            wanted for number, wanted in numbered if number in calls and self._session.is_under_way(calls[number])
        ]
        if not missing and not under_way:
            return self._table(calls)
        try:
            with self._bar(len(missing) + len(under_way)) as advance:
                self._make([*missing, *under_way], at_once, advance)
        except KeyboardInterrupt as stop:
            stop.add_note("What was sent goes on in the background; run() again makes only what is missing.")
            raise
        return self.results()

    def _check(self, missing: list[Combination], budget: Dollars) -> None:
        due = 0
        for wanted in missing:
            charge = self._price(wanted).charged_micros
            if charge is None:
                check_call(None, budget)
            due += charge or 0
        if due > micros(budget):
            raise BudgetExceeded(
                f"The {len(missing)} videos to do cost {dollars(due)}, more than the {dollars(micros(budget))} allowed.",
                hint="Allow more, or plan fewer; estimate() shows each.",
            )

    def _make(self, wanted: list[Combination], at_once: int, advance: Callable[[float], None]) -> None:
        """Make videos, or wait for those that another run is making, and make them if its process ends."""
        waiting, ended = wanted[::-1], 0
        running: dict[Job[Video], Combination] = {}
        while waiting or running:
            while waiting and len(running) < at_once:
                one = waiting.pop()
                running[self._submit(one)] = one
            for job in [job for job in running if job.done()]:
                one = running.pop(job)
                if _is_interrupted(job):
                    waiting.append(one)
                else:
                    ended += 1
            advance(ended + sum(job.progress for job in running) / 100)
            time.sleep(LOOK_SECONDS)

    def _submit(self, wanted: Combination) -> Job[Video]:
        return self._session.submit_video(
            wanted.prompt,
            model=_name(wanted),
            size=wanted.size,
            seconds=wanted.seconds,
            seed=wanted.seed,
            copy=wanted.repeat,
        )

    @contextlib.contextmanager
    def _bar(self, total: int) -> Iterator[Callable[[float], None]]:
        from tqdm.auto import tqdm

        with tqdm(total=total, desc="videos", leave=False, bar_format="{l_bar}{bar}| {n:.1f}/{total} {elapsed}") as bar:

            def advance(done: float) -> None:
                bar.update(max(0.0, done - bar.n))

            yield advance

    # --- afterwards -----------------------------------------------------------------------------------------------------

    def results(self, *, identity: bool = False) -> pd.DataFrame:
        """Return one row a video.

        Args:
            identity: also look whether the characters are in the videos; the scores are kept. Takes some seconds a
                video, on this machine.

        Returns:
            Columns: prompt, cast, model, size, seconds, seed, status, estimate, charged (dollars), identity (0 to 1),
            favourite, note, file, error.
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
                    "status": _status(call),
                    "estimate": _usd(call.estimate) if call else None,
                    "charged": _usd(call.charged) if call else None,
                    "identity": note.identity,
                    "favourite": note.favourite,
                    "note": note.note,
                    "file": str(call.file or "") if call else "",
                    "error": call.error if call else "",
                }
            )
        amounts = dict.fromkeys(("estimate", "charged", "identity"), "float64")
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
        """Return the finished videos as players side by side; picking one there marks it as the favourite."""
        from sora_nb.notebook.widgets.video_grid import VideoGrid

        made = [call for _, call in sorted(self._calls().items()) if call.state is State.DONE]
        grid = VideoGrid([call.video() for call in made])
        notes = self._session.ledger.notes()
        grid.favourite = next((place for place, call in enumerate(made) if notes.get(call.id, Note()).favourite), None)

        def picked(change: dict[str, Any]) -> None:
            for place, is_it in ((change["old"], False), (change["new"], True)):
                if place is not None:
                    self._session.ledger.annotate(made[place], favourite=is_it)

        grid.observe(picked, "favourite")
        return grid

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

        It says when it was written, who made the videos and what they cost, and has a poster and caption for each, and
        results() as a table.
        """
        from sora_nb.experiments import report

        attempts = self._attempts()
        calls = self._best(attempts)
        file = arguments.path(path, "page")
        page = report.page(self._session.profile.name, self.combinations, calls, attempts, self._table(calls))
        try:
            file.write_text(page, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{str(file)!r} cannot be written: {error.strerror or error}.", money="") from error
        return file

    # --- looking things up ----------------------------------------------------------------------------------------------

    def _calls(self) -> dict[int, Call]:
        """Return what the ledger has of each combination, by its number: the best of its calls."""
        return self._best(self._attempts())

    def _attempts(self) -> list[Call]:
        """Return every call for one of the combinations, oldest first; the ledger is read once a service."""
        session, wanted = self._session, set(map(_request, self.combinations))
        texts = {one.prompt for one in self.combinations}
        services = {one.service for one in self.combinations}
        calls = [
            call for service in services for call in session.ledger.calls(kind="video", prompts=texts, service=service)
        ]
        return [call for call in calls if not call.image and call.route == "async" and _request(call) in wanted]

    def _best(self, attempts: Sequence[Call]) -> dict[int, Call]:
        """Give each combination one of the calls with its request: finished ones first, then those under way."""
        numbers: dict[tuple[Any, ...], list[int]] = {}
        for number, wanted in enumerate(self.combinations):
            numbers.setdefault(_request(wanted), []).append(number)
        found: dict[tuple[Any, ...], list[Call]] = {request: [] for request in numbers}
        for call in attempts:
            found[_request(call)].append(call)
        best: dict[int, Call] = {}
        for request, calls in found.items():
            newest_first = calls[::-1]
            chosen = sorted(newest_first, key=_rank, reverse=True)[: len(numbers[request])]
            # equal requests keep their rows when a further one is made
            in_order = sorted(chosen, key=lambda call: (-_rank(call), call.created_at))
            best.update(zip(numbers[request], in_order, strict=False))
        return best

    def __repr__(self) -> str:
        done = sum(call.state is State.DONE for call in self._calls().values())
        return f"Sweep({len(self.combinations)} videos, {done} done)"


def _request(one: Combination | Call) -> tuple[Any, ...]:
    """Return what was asked for, as it stands in a plan and in the ledger alike."""
    return one.service, one.prompt, one.model, one.size, int(one.seconds or 0), one.seed


def _name(wanted: Combination) -> str:
    """Return the model's name with its provider's before it, as every studio understands it."""
    return f"{wanted.service.provider}/{wanted.model}"


def _asked(wanted: Combination) -> dict[str, Any]:
    asked = wanted.model_dump(exclude={"repeat", "service"})
    return {**asked, "cast": ", ".join(f"@{name}" for name in wanted.cast)}


def _rank(call: Call) -> int:
    """A finished call beats one under way, and that beats one that failed or was interrupted."""
    if call.state is State.DONE:
        return 2
    return 1 if call.state in OPEN else 0


def _is_to_do(call: Call | None) -> bool:
    """Whether a video is still to be made, or to be made again: nothing under way, nothing perhaps billed."""
    return call is None or _rank(call) == 0


def _status(call: Call | None) -> str:
    return call.state.value if call else "to do"


def _usd(amount: int | None) -> float | None:
    return None if amount is None else amount / 1_000_000


def _is_interrupted(job: Job[Any]) -> bool:
    """Whether a job ended with the process that worked on it; what every further one would meet too is raised."""
    try:
        job.result()
    except HOPELESS:
        raise
    except Interrupted:
        return True
    except SoraError:  # its row tells
        return False
    return False

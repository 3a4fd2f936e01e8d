"""What the commands of the command line do; cli.py says how they are typed."""

from __future__ import annotations

import shutil
import signal
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sora_nb import media, samples
from sora_nb.display import ORIGIN
from sora_nb.errors import ConfigError, InvalidInput
from sora_nb.models import Clip, dollars, micros
from sora_nb.providers import registry
from sora_nb.providers.films import Films
from sora_nb.storage.database import Database
from sora_nb.storage.export import write_csv
from sora_nb.storage.home import home_folder
from sora_nb.storage.place import ledger_of
from sora_nb.studio import Studio

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from sora_nb.server.keys import Holder, Keys

MOST_AT_ONCE = 16
STOPPING = (signal.SIGINT, signal.SIGTERM)
PROMPT = "a corgi barista pours latte art, cosy coffee shop"
REUSE = "walking on the beach at sunset"


def demo(out: Path, video: Path | None, start: float, end: float) -> None:
    """Run the whole loop with the local engine.

    Args:
        out: folder for the results.
        video: a file, or None for the sample.
        start, end: seconds of it that the character is made from.

    Raises:
        SoraError: what generate() and extract() raise, or the folder cannot be made.
    """
    footage = video or samples.footage()
    if not footage.is_file():
        raise ConfigError(f"There is no file {str(footage)!r}.")
    # before anything is made that would be thrown away
    media.check_clip(footage, Clip(start, end), registry.get("local").character.span)
    out = out.resolve()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{str(out)!r} cannot be made: {error.strerror}.", hint="Choose another folder.") from error
    with (
        tempfile.TemporaryDirectory(prefix="sora-nb-") as home,
        Studio("local", home=home, ledger=Path(home, "ledger.db")) as studio,
    ):
        typer.echo(f"1. Generate: {PROMPT}")
        first = studio.generate(PROMPT)
        typer.echo(f"2. Extract {start:g}-{end:g} s of {footage.name}")
        hero = studio.extract(footage, start, end)
        typer.echo(f"   {hero} is {hero.display_name}")
        typer.echo(f"3. Reuse: {hero} {REUSE}")
        second = studio.generate(f"{hero} {REUSE}")
        costs, totals = studio.costs(), studio.ledger.totals()
        results = {
            "1-footage.mp4": footage,
            "2-generated.mp4": first.path,
            "3-reused.mp4": second.path,
            "avatar.png": hero.avatar,
        }
        for name, path in results.items():
            if path is not None:
                shutil.copyfile(path, out / name)
    write_csv(costs.drop(columns="file"), out / "costs.csv")
    typer.echo(f"\nAnimatics {ORIGIN}. Open them in {out}")
    for name in (*results, "costs.csv"):
        typer.echo(f"  {name}")
    if video is None:
        typer.echo(f"  The footage is {samples.CREDIT}.")
    typer.echo("  Nothing else was kept. A character to keep is made by Studio().extract(...).")
    typer.echo("")
    _print_costs(costs, totals)


def serve(
    *,
    host: str,
    port: int,
    api_key: str,
    home: Path | None,
    workers: str,
    private_sources: bool,
    engine: str,
    database: str | None,
    files: str | None,
    log: str,
) -> None:
    """Serve the protocol until the process is told to stop.

    Args:
        host, port: where; port 0 for any free one.
        api_key: the bearer key asked for, or "".
        home: folder of ledger and files.
        workers: tasks worked on at once, 1 to MOST_AT_ONCE, or who does the work, see engines.dask.engine.Workers.named().
        private_sources: whether videos are fetched from private networks.
        engine: what films beside the engine that draws, see installed.make(); "" for none.
        database: address of the database that several servers share, or None.
        files: address of the store of files that they share, or None.
        log: what is logged on stderr, see logs.to_stderr(); "" for nothing but what goes wrong.

    Raises:
        ConfigError: others could come in without a key, the engine is not installed, or there is no such log.
    """
    from sora_nb.engines import installed
    from sora_nb.engines.animatic import AnimaticEngine
    from sora_nb.engines.dask.engine import Workers
    from sora_nb.server import logs
    from sora_nb.server.server import LocalServer

    if host not in {"127.0.0.1", "localhost", "::1"} and not (api_key or _holders(home, database)):
        raise ConfigError(
            f"Listening on {host} lets others in.",
            hint="Set a key with --api-key, or give persons theirs: sora-nb keys add.",
        )
    logs.check_kind(log)
    folder = home_folder(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if workers.isdecimal():
        cluster, at_once = None, _at_once(workers)
        draws, films = installed.split(engine or AnimaticEngine())
    else:
        cluster = Workers.named(workers, files)
        cluster.connect()  # rather than at the first order
        at_once = cluster.at_once
        draws, films = cluster.engines(engine or None)
    beside = Films(registry.get("local"))
    model = "" if films is None else beside.add(films)
    server = LocalServer(
        folder / "server",
        draws or AnimaticEngine(),
        films=beside,
        host=host,
        port=port,
        api_key=api_key,
        workers=at_once,
        private_sources=private_sources,
        database=database,
        files=files,
    )
    if log:
        logs.to_stderr(log)
    stop = _Stop()
    server.start()
    people = len(_holders(home, database))
    persons = f"the keys of {people} {'persons' if people > 1 else 'person'}" if people else ""
    key = " and ".join(filter(None, ("the key you gave" if api_key else "", persons))) or "no key"
    typer.echo(f"Serving {server.url} with {key}. Stop with Ctrl-C.")
    if model:
        typer.echo(f'Films by {model}: ask for model="{model}".')
    stop.wait()
    server.stop()
    if cluster is not None:
        cluster.close()


def _at_once(count: str) -> int:
    """Return how many tasks are worked on at once.

    Raises:
        ConfigError: that is too few or too many.
    """
    if not 1 <= int(count) <= MOST_AT_ONCE:
        raise ConfigError(f"{count} tasks at once are not worked on.", hint=f"Write --workers 1 to {MOST_AT_ONCE}.")
    return int(count)


def add_key(home: Path | None, database: str | None, name: str, budget: str | None) -> None:
    """Make a person's key for the server, and print it.

    Args:
        home: folder of ledger and files.
        database: address of the database that several servers share, or None.
        name: whose.
        budget: dollars of a month's orders at list price, or None for no limit.

    Raises:
        InvalidInput: the name or the amount is none, or the person has a key.
    """
    with _keys(home, database) as keys:
        key = keys.add(name, None if budget is None else micros(budget))
        typer.echo(key)
        typer.echo(f"This is the key, which is shown this once. {keys.holder(name.strip())}", err=True)


def change_key(home: Path | None, database: str | None, name: str, budget: str) -> None:
    """Change what a person may order each month, and print it.

    Args:
        home, database, name: as of add_key().
        budget: dollars of a month's orders at list price, or "none" for no limit.

    Raises:
        InvalidInput: the amount is none, or the person has no key.
    """
    limit = None if budget.strip().lower() == "none" else micros(budget)
    with _keys_of(home, database, name) as keys:
        keys.change(name, limit)
        typer.echo(keys.holder(name))


def list_keys(home: Path | None, database: str | None) -> None:
    """Print who has a key, and what is used and left of each budget.

    Args:
        home, database: as of add_key().
    """
    found = _holders(home, database)
    for holder in found:
        typer.echo(holder)
    if not found:
        typer.echo("Nobody has a key. `sora-nb keys add NAME --budget 20` makes one.")


def remove_key(home: Path | None, database: str | None, name: str) -> None:
    """Take a person's key away.

    Args:
        home, database, name: as of add_key().

    Raises:
        InvalidInput: the person has none.
    """
    with _keys_of(home, database, name) as keys:
        keys.remove(name)


def _holders(home: Path | None, database: str | None) -> list[Holder]:
    """Return who has a key; a folder in which no server was is only looked into, for it may be mistyped."""
    if not database and not _store(home).is_file():
        return []
    with _keys(home, database) as keys:
        return keys.all()


@contextmanager
def _keys_of(home: Path | None, database: str | None, name: str) -> Iterator[Keys]:
    """Open the keys, of which this person has one."""
    if name not in {holder.person for holder in _holders(home, database)}:
        raise InvalidInput(f"{name!r} has no key here.", money="", hint="`sora-nb keys list` shows who has one.")
    with _keys(home, database) as keys:
        yield keys


@contextmanager
def _keys(home: Path | None, database: str | None) -> Iterator[Keys]:
    """Open the keys in the database of a server, whether it runs or not."""
    from sora_nb.server.keys import MIGRATIONS, Keys
    from sora_nb.server.tables import RECORD

    opened = Database(database or _store(home), MIGRATIONS, record=RECORD)
    try:
        yield Keys(opened)
    finally:
        opened.close()


def _store(home: Path | None) -> Path:
    return home_folder(home) / "server" / "store.db"


def rehearse(name: str, port: int, fail: Sequence[str]) -> None:
    """Speak a live service's wire until the process is told to stop.

    Args:
        name: the service.
        port: where; 0 for any free one.
        fail: kinds of failure, one for each of the next orders.

    Raises:
        InvalidInput: there is no rehearsal of this service, or no such failure.
    """
    from sora_nb.server import rehearsal

    stop = _Stop()
    with rehearsal.start(name, port=port) as server:
        for kind in fail:
            server.fail(kind)
        variable = f"SORA_NB_{server.name.upper()}"
        typer.echo(f"Rehearsing {name} at {server.url}. Nothing leaves this machine. Stop with Ctrl-C.")
        typer.echo("Where the code runs that is to be tried, set:")
        typer.echo(f"  export {variable}_BASE_URL={rehearsal.base_url(server)}")
        typer.echo(f"  export {variable}_API_KEY={rehearsal.KEY}")
        typer.echo(f'Then make videos there with Studio("{name}"), or in any studio with model="{name}/...".')
        stop.wait()


class _Stop:
    """Notices that the process is told to stop, from the moment on at which it is made: before it says that it serves.

    A signal writes into a socket. One that comes just before the main thread begins to wait for a lock, such as an event's,
    wakes it up never.
    """

    def __init__(self) -> None:
        self._heard, self._told = socket.socketpair()
        self._told.setblocking(False)
        for number in STOPPING:
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(self._told.fileno())

    def wait(self) -> None:
        """Return once the process was told to stop."""
        while self._heard.recv(1)[0] not in STOPPING:
            pass
        signal.set_wakeup_fd(-1)
        self._heard.close()
        self._told.close()


def costs(home: Path | None, csv: Path | None, person: str | None, experiment: str | None) -> None:
    """Print what every call cost.

    Args:
        home: folder of ledger and files.
        csv: where the whole table is written, or None.
        person, experiment: as of Studio.costs().

    Raises:
        ConfigError: there is no ledger, or the file cannot be written.
        InvalidInput: a name is none.
    """
    with Studio("local", home=_existing(home)) as studio:
        table = studio.costs(person, experiment=experiment)
        people = sorted(set(table["person"]))
        each = {who: studio.ledger.totals(who, experiment) for who in people}
    if csv is not None:
        write_csv(table, csv)
    charged, listed = (sum(amounts) for amounts in zip((0, 0), *each.values(), strict=True))
    _print_costs(table, (charged, listed))
    if len(people) > 1:
        for who, (paid, total) in each.items():
            typer.echo(f"  {who or 'nobody knows whose'}: estimate {dollars(total)}, charged {dollars(paid)}")


def budgets(home: Path | None) -> None:
    """Print the budgets of the ledger.

    Args:
        home: folder of ledger and files.

    Raises:
        ConfigError: there is no ledger.
    """
    with Studio("local", home=_existing(home)) as studio:
        _print_budgets(studio)


def set_budget(home: Path | None, limit: str, person: str | None, experiment: str | None, since: str | None) -> None:
    """Set a budget of the ledger, and print all.

    Args:
        home: folder of ledger and files; made where it does not exist.
        limit: dollars.
        person, experiment, since: as of Studio.set_budget().

    Raises:
        InvalidInput: a name, amount or day is none.
    """
    with Studio("local", home=home) as studio:
        studio.set_budget(limit, person=person, experiment=experiment, since=since)
        _print_budgets(studio)


def remove_budget(home: Path | None, person: str | None, experiment: str | None) -> None:
    """Take a budget of the ledger away, and print those that are left.

    Args:
        home: folder of ledger and files.
        person, experiment: as of Studio.set_budget().

    Raises:
        ConfigError: there is no ledger.
        InvalidInput: a name is none.
    """
    with Studio("local", home=_existing(home)) as studio:
        studio.set_budget(None, person=person, experiment=experiment)
        _print_budgets(studio)


def _print_budgets(studio: Studio) -> None:
    found = studio.ledger.budgets.all()
    for one in found:
        typer.echo(one)
    if not found:
        typer.echo("No budgets. `sora-nb budget set 100` sets the team's, with --person or --experiment somebody's.")


def resume(profile: str | None, home: Path | None, *, remake: bool) -> None:
    """Finish what an earlier process left open, and print what became of it.

    Args:
        profile: the service whose calls are finished.
        home: folder of ledger and files.
        remake: as of Studio.resume().

    Raises:
        ConfigError: there is no ledger, or no such service.
    """
    with Studio(profile, home=_existing(home)) as studio:
        table = studio.resume(remake=remake)
    typer.echo(table.to_string(index=False) if len(table) else "Nothing was left open.")


def _existing(home: Path | None) -> Path:
    """Return the folder of ledger and files, which is only read here; a mistyped one must not be made."""
    folder = home_folder(home)
    where = ledger_of(folder)
    if where == ledger_of(folder, folder / "ledger.db") and not (folder / "ledger.db").is_file():
        raise ConfigError(
            f"There is no ledger in {str(folder)!r}.", money="", hint="Give the folder with --home or SORA_NB_HOME."
        )
    return folder


def _print_costs(table: pd.DataFrame, totals: tuple[int, int]) -> None:
    columns = ["time", "kind", "model", "prompt", "characters", "seconds", "status", "estimate", "charged"]
    several = len(set(table["person"])) > 1
    shown = table[["person", *columns] if several else columns].copy()
    shown["time"] = shown["time"].dt.strftime("%Y-%m-%d %H:%M")
    told = shown["prompt"].where(table["prompt"] != "", table["source"])
    shown["prompt"] = [text if len(text) <= 40 else text[:39] + "…" for text in told]
    for name in ("estimate", "charged"):
        shown[name] = [_money(value) for value in table[name]]
    shown = shown.rename(columns={"time": "time (UTC)"})
    typer.echo(shown.to_string(index=False) if len(shown) else "No calls yet.")
    paid, total = map(dollars, totals)
    typer.echo(f"Total estimate {total} (list price), charged {paid}.")


def _money(value: Any) -> str:
    return "?" if value != value else dollars(micros(value))  # noqa: PLR0124  NaN: not known

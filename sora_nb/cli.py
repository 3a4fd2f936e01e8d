"""The command line: what may be typed after `sora-nb`. What it does is in commands.py, which takes longer to load."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from sora_nb.errors import SoraError

app = typer.Typer(
    name="sora-nb",
    help="Reusable characters from video: generate, extract 1-3 seconds, reuse, and see what it cost.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Home = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Folder of ledger and files.", envvar="SORA_NB_HOME", show_default=False),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help='Database that several servers share, like "postgresql+psycopg://me@host/films"; a file in the folder by default.',
        envvar="SORA_NB_DATABASE",
        show_default=False,
    ),
]
Person = Annotated[
    str | None,
    typer.Option(metavar="NAME", help='Only the calls of this person; "mine" for your own.', show_default=False),
]
Experiment = Annotated[
    str | None, typer.Option(metavar="NAME", help="Only the calls of this experiment.", show_default=False)
]


def _show_version(wanted: bool) -> None:
    if wanted:
        version = import_module("importlib.metadata").version("sora_nb")  # takes longer to load than the help
        typer.echo(f"sora_nb {version}")
        raise typer.Exit


@app.callback()
def main_options(
    _: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder for the results.")] = Path("sora-demo"),
    video: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A video of your own, instead of the sample.")
    ] = None,
    start: Annotated[float, typer.Option(metavar="SECONDS", help="From where on the character is clearly seen.")] = 2.0,
    end: Annotated[float, typer.Option(metavar="SECONDS", help="Where the clip ends, 1 to 3 seconds later.")] = 4.0,
) -> None:
    """Run the whole loop on real footage with the local engine: free, offline, ten seconds of work."""
    from sora_nb import commands

    commands.demo(out, video, start, end)


@app.command()
def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", help="Port, or 0 for any free one.", min=0, max=65535)] = 8765,
    api_key: Annotated[
        str,
        typer.Option(
            metavar="KEY", help="Bearer key asked for; none by default.", envvar="SORA_NB_SERVE_KEY", show_default=False
        ),
    ] = "",
    home: Home = None,
    workers: Annotated[
        str,
        typer.Option(
            metavar="COUNT", help="Tasks worked on at once, up to 16; or a Dask cluster, as dask:tcp://HOST:8786."
        ),
    ] = "1",
    allow_private_sources: Annotated[
        bool, typer.Option("--allow-private-sources", help="Fetch videos from private networks, too.")
    ] = False,
    engine: Annotated[
        str,
        typer.Option(
            metavar="NAME:...",
            help='What films beside the engine that draws, like "diffusers:/models/vace"; a wrong name lists those there are.',
            show_default=False,
        ),
    ] = "",
    database: DatabaseUrl = None,
    files: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help='Where they share their files, like "s3://bucket/prefix"; the folder by default.',
            envvar="SORA_NB_FILES",
            show_default=False,
        ),
    ] = None,
    log: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="Log requests and tasks on stderr: json, a line each, or json-with-prompts.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Serve the protocol on this machine: characters, sync and async videos. It charges nothing."""
    from sora_nb import commands

    commands.serve(
        host=host,
        port=port,
        api_key=api_key,
        home=home,
        workers=workers,
        private_sources=allow_private_sources,
        engine=engine,
        database=database,
        files=files,
        log=log,
    )


keys = typer.Typer(no_args_is_help=True, help="Give persons keys for `sora-nb serve`, with a budget for each month.")
app.add_typer(keys, name="keys")


@keys.command("add")
def keys_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is; one name has one key.")],
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="DOLLARS",
            help="List price of what may be ordered in a calendar month; no limit by default.",
            show_default=False,
        ),
    ] = None,
    home: Home = None,
    database: DatabaseUrl = None,
) -> None:
    """Make a key and print it, this once: the server keeps its hash alone. From the first one on, nobody comes in without."""
    from sora_nb import commands

    commands.add_key(home, database, name, budget)


@keys.command("budget")
def keys_budget(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is.")],
    budget: Annotated[
        str, typer.Argument(metavar="DOLLARS", help="List price of what may be ordered in a calendar month, or none.")
    ],
    home: Home = None,
    database: DatabaseUrl = None,
) -> None:
    """Change the budget of a key, which stays as it is; what was ordered this month counts. "none" is no limit."""
    from sora_nb import commands

    commands.change_key(home, database, name, budget)


@keys.command("list")
def keys_list(home: Home = None, database: DatabaseUrl = None) -> None:
    """Show who has a key, and what is used and left this month."""
    from sora_nb import commands

    commands.list_keys(home, database)


@keys.command("remove")
def keys_remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key is taken away.")],
    home: Home = None,
    database: DatabaseUrl = None,
) -> None:
    """Take a key away, within a second, from servers that run; what was ordered with it is finished."""
    from sora_nb import commands

    commands.remove_key(home, database, name)


@app.command()
def rehearse(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The service; a wrong name lists those there are.")],
    port: Annotated[int, typer.Option(metavar="PORT", help="Port, or 0 for any free one.", min=0, max=65535)] = 0,
    fail: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="Let the next order go wrong: policy, throttled, lost, failed or link_expired. Once for each order.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Speak a live service's wire on this machine, to try code before paying. Any key will do; it charges nothing."""
    from sora_nb import commands

    commands.rehearse(name, port, fail or [])


@app.command()
def costs(
    home: Home = None,
    person: Person = None,
    experiment: Experiment = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the whole table to this file, for any spreadsheet.", show_default=False
        ),
    ] = None,
) -> None:
    """Show what every call cost, everybody's on this ledger unless one person or experiment is named."""
    from sora_nb import commands

    commands.costs(home, csv, person, experiment)


budget = typer.Typer(help="Show the budgets of the ledger, or set those of the team, of persons and experiments.")
app.add_typer(budget, name="budget")


@budget.callback(invoke_without_command=True)
def budget_show(context: typer.Context, home: Home = None) -> None:
    """Show the budgets of the ledger: of the team, of persons and of experiments, and what is left of each."""
    from sora_nb import commands

    if context.invoked_subcommand is None:
        commands.budgets(home)


@budget.command("set")
def budget_set(
    dollars: Annotated[str, typer.Argument(metavar="DOLLARS", help="The most that may be spent, like 100 or 2.50.")],
    person: Person = None,
    experiment: Experiment = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DAY",
            help="The first day that counts, like 2026-11-01; by default each calendar month counts anew.",
            show_default=False,
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Set a budget: the team's, or one person's, or one experiment's. No call of anybody on this ledger exceeds it."""
    from sora_nb import commands

    commands.set_budget(home, dollars, person, experiment, since)


@budget.command("remove")
def budget_remove(person: Person = None, experiment: Experiment = None, home: Home = None) -> None:
    """Take a budget away: the team's, or one person's, or one experiment's."""
    from sora_nb import commands

    commands.remove_budget(home, person, experiment)


@app.command()
def resume(
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="Gateway whose calls are finished.", show_default=False)
    ] = None,
    home: Home = None,
    remake: Annotated[
        bool, typer.Option("--remake", help="Make interrupted work of the local engine again; it is free.")
    ] = False,
) -> None:
    """Finish calls that an earlier session left open: look lost ones up, fetch finished videos."""
    from sora_nb import commands

    commands.resume(profile, home, remake=remake)


@app.command()
def doctor(home: Home = None) -> None:
    """Tell what is installed, which profile is used, whether it answers, and whether a key is set."""
    from sora_nb import doctor as checks

    checks.doctor(home)


def main() -> None:
    """Run the command line; errors of the package end it with one message and status 1."""
    try:
        app(prog_name="sora-nb")
    except SoraError as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(1)

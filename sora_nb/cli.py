"""The command line: sora-nb demo, serve, rehearse, costs, resume, doctor."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sora_nb import background, media, samples
from sora_nb.display import ORIGIN
from sora_nb.errors import ConfigError, SoraError
from sora_nb.models import Clip, dollars, micros
from sora_nb.providers import network, registry
from sora_nb.providers.films import Films
from sora_nb.storage.export import write_csv
from sora_nb.storage.home import PROBE, home_folder
from sora_nb.storage.ledger import Ledger
from sora_nb.storage.process_lock import ProcessLock
from sora_nb.studio import Studio

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

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
PROMPT = "a corgi barista pours latte art, cosy coffee shop"
REUSE = "walking on the beach at sunset"


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sora_nb {importlib.metadata.version('sora_nb')}")
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
    with tempfile.TemporaryDirectory(prefix="sora-nb-") as home, Studio("local", home=home) as studio:
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
    workers: Annotated[int, typer.Option(metavar="COUNT", help="Tasks worked on at once.", min=1, max=16)] = 1,
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
) -> None:
    """Serve the protocol on this machine: characters, sync and async videos. It charges nothing."""
    from sora_nb.engines import installed
    from sora_nb.engines.animatic import AnimaticEngine
    from sora_nb.server.server import LocalServer

    if host not in {"127.0.0.1", "localhost", "::1"} and not api_key:
        raise ConfigError(f"Listening on {host} lets others in.", hint="Set a key with --api-key.")
    folder = home_folder(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draws, films = installed.split(engine or AnimaticEngine())
    beside = Films(registry.get("local"))
    model = beside.add(films) if films is not None else ""
    server = LocalServer(
        folder / "server",
        draws or AnimaticEngine(),
        films=beside,
        host=host,
        port=port,
        api_key=api_key,
        workers=workers,
        private_sources=allow_private_sources,
    ).start()
    key = "the key you gave" if api_key else "no key"
    typer.echo(f"Serving {server.url} with {key}. Stop with Ctrl-C.")
    if model:
        typer.echo(f'Films by {model}: ask for model="{model}".')
    _wait_for_the_end()
    server.stop()


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
    from sora_nb.server import rehearsal

    with rehearsal.start(name, port=port) as server:
        for kind in fail or ():
            server.fail(kind)
        variable = f"SORA_NB_{server.name.upper()}"
        typer.echo(f"Rehearsing {name} at {server.url}. Nothing leaves this machine. Stop with Ctrl-C.")
        typer.echo("Where the code runs that is to be tried, set:")
        typer.echo(f"  export {variable}_BASE_URL={rehearsal.base_url(server)}")
        typer.echo(f"  export {variable}_API_KEY={rehearsal.KEY}")
        typer.echo(f'Then make videos there with Studio("{name}"), or in any studio with model="{name}/...".')
        _wait_for_the_end()


def _wait_for_the_end() -> None:
    """Return when the process is told to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


@app.command()
def costs(
    home: Home = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the whole table to this file, for any spreadsheet.", show_default=False
        ),
    ] = None,
) -> None:
    """Show what every call cost."""
    with Studio("local", home=_existing(home)) as studio:
        table, totals = studio.costs(), studio.ledger.totals()
    if csv is not None:
        write_csv(table, csv)
    _print_costs(table, totals)


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
    with Studio(profile, home=_existing(home)) as studio:
        table = studio.resume(remake=remake)
    typer.echo(table.to_string(index=False) if len(table) else "Nothing was left open.")


def _existing(home: Path | None) -> Path:
    """Return the folder of ledger and files, which is only read here; a mistyped one must not be made."""
    folder = home_folder(home)
    if not (folder / "ledger.db").is_file():
        raise ConfigError(
            f"There is no ledger in {str(folder)!r}.", money="", hint="Give the folder with --home or SORA_NB_HOME."
        )
    return folder


@app.command()
def doctor(home: Home = None) -> None:
    """Tell what is installed, which profile is used, whether it answers, and whether a key is set."""
    failed = [_report(name, check) for name, check in _checks(home)].count(False)
    if failed:
        raise typer.Exit(1)


def _checks(home: Path | None) -> list[tuple[str, Callable[[], str]]]:
    return [
        ("sora_nb", lambda: f"{importlib.metadata.version('sora_nb')} on Python {platform.python_version()}"),
        ("packages", _packages),
        ("video", _video_support),
        ("folder", lambda: _folder(home_folder(home))),
        ("profile", _profile),
        ("key", lambda: "set" if registry.settings().api_key.get_secret_value() else "not set"),
        ("network", _network),
        ("service", _service),
    ]


def _report(name: str, check: Callable[[], str]) -> bool:
    try:
        typer.echo(f"{name:9} {check()}")
    except (SoraError, OSError, ImportError, importlib.metadata.PackageNotFoundError) as error:
        typer.echo(f"{name:9} problem: {error}")
        return False
    return True


def _packages() -> str:
    names = ("httpx", "pandas", "ipywidgets", "anywidget", "av", "opencv-python-headless", "sqlalchemy", "fastapi")
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)


def _video_support() -> str:
    import av
    import cv2

    missing = [codec for codec in ("libx264", "aac") if codec not in av.codecs_available]
    if not hasattr(cv2.dnn, "readNetFromTFLite"):
        missing.append("the networks of OpenCV 4")
    if missing:
        raise ConfigError(f"missing: {', '.join(missing)}")
    return "H.264 and AAC can be written, faces can be found"


def _folder(folder: Path) -> str:
    """Do in a folder what a studio does, without leaving anything: write, lock, and keep a ledger."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / "ledger.db").is_file():
        Ledger(folder / "ledger.db").close()
    with tempfile.TemporaryDirectory(prefix=PROBE, dir=folder) as probe:
        database = Ledger(Path(probe, "ledger.db"))
        ProcessLock(Path(probe, "kernels")).close()
        database.close()
    free = shutil.disk_usage(folder).free / 1024**3
    return f"{folder}, {free:.0f} GB free, can be written to and locked"


def _profile() -> str:
    settings = registry.settings()
    where = settings.base_url or "this machine, in this process"
    notice = f" Note: {settings.profile.retired}" if settings.profile.retired else ""
    return f"{settings.profile.name} at {where}.{notice}"


def _network() -> str:
    wrong = network.problems()
    if wrong:
        raise ConfigError(" ".join(wrong), money="")
    return f"{network.Proxies()}; this machine's own servers are reached without one"


def _service() -> str:
    settings = registry.settings()
    if not settings.base_url:
        return "not needed: the engine works in this process"

    from sora_nb.providers.hosted import HostedProvider

    async def ask() -> int:
        provider = HostedProvider(settings)
        try:
            return len(await provider.list_tasks(limit=1))
        finally:
            await provider.close()

    background.run(ask)
    return f"{settings.base_url} answers"


def _print_costs(table: pd.DataFrame, totals: tuple[int, int]) -> None:
    shown = table[["time", "kind", "model", "prompt", "characters", "seconds", "status", "estimate", "charged"]].copy()
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


def main() -> None:
    """Run the command line; errors of the package end it with one message and status 1."""
    try:
        app(prog_name="sora-nb")
    except SoraError as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(1)

"""Look whether everything is as it should be: packages, folder, ledger, files, workers, network and service."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sora_nb import background
from sora_nb.errors import ConfigError, SoraError
from sora_nb.providers import network, registry
from sora_nb.storage import file_system, object_store
from sora_nb.storage.home import IN_A_DATABASE, PROBE, home_folder, prepare
from sora_nb.storage.ledger import Ledger
from sora_nb.storage.place import ledger_of
from sora_nb.storage.process_lock import ProcessLock

if TYPE_CHECKING:
    from collections.abc import Callable


def doctor(home: Path | None) -> None:
    """Print what is installed, which profile is used, whether it answers, and whether a key is set.

    Args:
        home: folder of ledger and files.

    Raises:
        typer.Exit: something is not as it should be.
    """
    failed = [_report(name, check) for name, check in _checks(home)].count(False)
    if failed:
        raise typer.Exit(1)


def _checks(home: Path | None) -> list[tuple[str, Callable[[], str]]]:
    return [
        ("sora_nb", lambda: f"{importlib.metadata.version('sora_nb')} on Python {platform.python_version()}"),
        ("packages", _packages),
        ("video", _video_support),
        ("folder", lambda: _folder(home_folder(home))),
        ("ledger", lambda: _ledger(home_folder(home))),
        ("files", _files),
        ("workers", _workers),
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
    told = f"{folder}, {free:.0f} GB free, can be written to and locked"
    own = folder / "ledger.db"
    if ledger_of(folder) != ledger_of(folder, own) or prepare(own) == "WAL":
        return told
    drive = file_system.network(folder)
    where = f"a network drive ({drive})" if drive else "a drive without shared memory"
    return f"{told}. It is on {where}: the ledger keeps a rollback journal there, which is slower. {IN_A_DATABASE}"


def _ledger(folder: Path) -> str:
    """Do what a studio does with a ledger that is not in its folder, without leaving anything."""
    where = ledger_of(folder)
    if where == ledger_of(folder, folder / "ledger.db"):
        return "in the folder"
    ledger = Ledger(where)
    ledger.lock(folder / "kernels").close()
    ledger.close()
    return f"{ledger.name}, can be written to and locked"


def _files() -> str:
    """Do what a studio does with a store of files, without leaving anything."""
    store = object_store.opened()
    if store is None:
        return "in the folder"
    key = f"incoming/{PROBE}{secrets.token_hex(8)}"
    try:
        with tempfile.NamedTemporaryFile() as probe:
            store.put(Path(probe.name), key)
        store.delete(key)
    finally:
        store.close()
    return f"{store.place}, can be written to"


def _workers() -> str:
    from sora_nb.engines import dask
    from sora_nb.engines.dask.engine import Workers

    named = os.environ.get(dask.VARIABLE)
    if not named:
        return "not needed: this process does the work"
    workers = Workers.named(named, os.environ.get(object_store.VARIABLE))
    try:
        count = workers.connect().size()
    finally:
        workers.close()
    if not count:
        raise ConfigError(f"{workers.address} has none.", hint=f"Start one: dask worker {workers.address}", money="")
    return f"{count} at {workers.address}"


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

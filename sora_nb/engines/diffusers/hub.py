"""Fetch a model from Hugging Face's hub into its cache, where a person names one by its id."""

from __future__ import annotations

import contextlib
import errno
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from huggingface_hub import HfApi, constants, hf_hub_download, try_to_load_from_cache
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError
from tqdm import tqdm

from sora_nb.display import plain
from sora_nb.engines.diffusers import folder as folders
from sora_nb.engines.diffusers.placement import gib
from sora_nb.errors import ConfigError, SoraError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from sora_nb.engines.base import Control

ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
WANTED = (".json", ".safetensors", ".txt", ".model", ".md", ".jinja")
"""Endings of the files that a model is made of."""
FULL = ("no space left on device", "disk quota exceeded")
"""What systems say of a disk that is full, where it is told in words alone: huggingface_hub's faster transfer does so."""
# its library reads the variable of this name when it is loaded, which another one may have done before
constants.HF_HUB_DISABLE_TELEMETRY = True


class Remote(NamedTuple):
    """A model at the hub.

    Attributes:
        ident: such as "Wan-AI/Wan2.1-VACE-1.3B-diffusers".
        wanted: the revision that was asked for; None: the newest.
        revision: the commit that is fetched.
        files: bytes of each file that is needed.
    """

    ident: str
    wanted: str | None
    revision: str
    files: dict[str, int]

    def without(self, idle: Collection[str]) -> Remote:
        """Return it without parts that are not needed."""
        return self._replace(files={name: size for name, size in self.files.items() if name.split("/")[0] not in idle})


def cached(ident: str, revision: str | None) -> Path | None:
    """Return the folder of a model in the cache, as far as it is there; no connection is made."""
    found = try_to_load_from_cache(ident, folders.INDEX, revision=revision)
    return Path(found).parent if isinstance(found, str) else None


def look(ident: str, revision: str | None) -> Remote:
    """Ask the hub what a model is made of.

    Args:
        ident: of the model.
        revision: a branch, tag or commit; None: the newest.

    Raises:
        ConfigError: there is no such model, or no connection.
    """
    with _told(ident):
        found = HfApi().model_info(ident, revision=revision, files_metadata=True)
    sizes = {each.rfilename: each.size or 0 for each in found.siblings or ()}
    if folders.INDEX not in sizes:
        raise ConfigError(
            f"{ident} is not stored as diffusers saves a model: it has no {folders.INDEX}.",
            hint="Models that are have a name with diffusers in it, mostly.",
        )
    wanted = {name: size for name, size in sizes.items() if _is_wanted(name)}
    return Remote(ident, revision, found.sha or "main", wanted)


def _is_wanted(name: str) -> bool:
    part, slash, file = name.partition("/")
    variant = re.search(r"\.(fp16|bf16|non_ema)[.-]", file or part)
    return name.endswith(WANTED) and not variant and (bool(slash) or not name.endswith(".safetensors"))


def settings(remote: Remote) -> Path:
    """Fetch the configurations of a model, a few kilobytes, and return its folder.

    Raises:
        ConfigError: there is no connection.
    """
    path = Path()
    for name in remote.files:
        if name.endswith(("config.json", folders.INDEX, "README.md", ".index.json")):
            path = _fetch(remote, name)
            if name == folders.INDEX:
                json.loads(path.read_text(encoding="utf-8"))
    return _root(remote, path)


def fetch(remote: Remote, control: Control, until: float) -> Path:
    """Fetch what the cache lacks of a model, file by file, and return its folder.

    A connection that breaks is made again, and goes on where it broke. Files are in the folder whole or not at all: one
    that was cut short by a cancel or by the end of the process is begun anew the next time.

    Args:
        remote: from look().
        control: told how far it is, chunk by chunk; may cancel, and the files that have come are kept.
        until: the fraction of the whole task at which it is done.

    Raises:
        ConfigError: there is no connection, or no room on the disk.
    """

    def here(name: str) -> bool:
        return isinstance(try_to_load_from_cache(remote.ident, name, revision=remote.revision), str)

    missing = {name: size for name, size in remote.files.items() if not here(name)}
    total, done, path = sum(missing.values()), 0, Path()
    room = Path(constants.HF_HUB_CACHE)
    room.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(room).free < total:
        raise ConfigError(
            f"{remote.ident} is another {gib(total)} to download, and the disk has {gib(shutil.disk_usage(room).free)}.",
            hint="Make room, or set HF_HOME to a folder on a larger disk.",
        )

    def told(before: int, size: int) -> Callable[[int], None]:
        def tell(come: int) -> None:
            have = before + min(come, size)
            control.step(until * have / max(1, total), f"downloading {remote.ident}, {gib(have)} of {gib(total)}")

        return tell

    for name, size in sorted(missing.items(), key=lambda each: each[1]):
        tell = told(done, size)
        tell(0)
        _fetch(remote, name, tell)
        done += size
    path = _root(remote, _fetch(remote, folders.INDEX))
    with _told(remote.ident):  # asked for by the name it was wanted by, so that the cache knows it by that name later
        hf_hub_download(remote.ident, folders.INDEX, revision=remote.wanted, tqdm_class=_bar())
    return path


def _root(remote: Remote, file: Path) -> Path:
    """Return the snapshot that a file of it lies in."""
    return next(each for each in file.parents if each.name == remote.revision)


def _fetch(remote: Remote, name: str, told: Callable[[int], None] | None = None) -> Path:
    with _told(remote.ident):
        return Path(hf_hub_download(remote.ident, name, revision=remote.revision, tqdm_class=_bar(told)))


def _bar(told: Callable[[int], None] | None = None) -> type[Any]:
    """Return a progress bar that shows nothing.

    Args:
        told: takes the bytes that have come of a file.
    """

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": True})
            self._come = 0

        def update(self, n: float | None = 1) -> None:
            self._come += int(n or 0)
            if told is not None:
                told(self._come)

        def update_transfer(self, n: float | None = 1) -> None:
            """Take bytes on the line, which come compressed: those of the file are counted."""

    return Bar


@contextlib.contextmanager
def _told(ident: str) -> Iterator[None]:
    """Say in words why the hub does not answer."""
    try:
        yield
    except GatedRepoError as error:
        raise ConfigError(
            f"{ident} asks for an agreement before it is downloaded.",
            hint=f"Agree at https://huggingface.co/{ident}, then log in here: hf auth login.",
        ) from error
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        raise ConfigError(
            f"Hugging Face has no model {ident!r} that may be seen here, or not this revision.",
            hint="Check the name. A folder on this machine is given with its path.",
        ) from error
    except HfHubHTTPError as error:
        raise ConfigError(f"Hugging Face refuses {ident}: {plain(error, 120)}.", hint="Try again later.") from error
    except SoraError:  # of whoever was told the progress
        raise
    except Exception as error:  # its transports raise what they like where there is no connection
        if _is_local(error):
            raise ConfigError(
                f"{ident} cannot be kept in {constants.HF_HUB_CACHE}: {plain(error, 120)}.",
                hint="Make room there, or set HF_HOME to a folder on a larger disk that may be written to. "
                "The files that have come are kept.",
            ) from error
        raise ConfigError(
            f"{ident} is not on this machine, and Hugging Face cannot be reached: {plain(error, 120)}.",
            hint="Connect once to download it, or give the path of a folder that has it.",
        ) from error


def _is_local(error: Exception) -> bool:
    """Whether it is the disk that fails, not the connection."""
    said = str(error).lower()
    numbers = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}
    return (isinstance(error, OSError) and error.errno in numbers) or any(each in said for each in FULL)


def about(found: Any) -> str:
    """Return how large a model is, in words."""
    return gib(sum(found.files.values()))

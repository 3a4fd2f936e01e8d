"""Fetch a model from Hugging Face's hub into its cache, where a person names one by its id."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from huggingface_hub import HfApi, constants, hf_hub_download, try_to_load_from_cache
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

from sora_nb.display import plain
from sora_nb.engines.diffusers import folder as folders
from sora_nb.engines.diffusers.placement import gib
from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sora_nb.engines.base import Control

ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
WANTED = (".json", ".safetensors", ".txt", ".model", ".md", ".jinja")
"""Endings of the files that a model is made of."""
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


def cached(ident: str, revision: str | None) -> Path | None:
    """Return the folder of a model in the cache, as far as it is there; no connection is made."""
    found = try_to_load_from_cache(ident, folders.INDEX, revision=revision)
    return Path(found).parent if isinstance(found, str) else None


def look(ident: str, revision: str | None, idle: Collection[str] = ()) -> Remote:
    """Ask the hub what a model is made of.

    Args:
        ident: of the model.
        revision: a branch, tag or commit; None: the newest.
        idle: parts that are not needed.

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
    return Remote(
        ident, revision, found.sha or "main", {name: size for name, size in sizes.items() if _is_wanted(name, idle)}
    )


def _is_wanted(name: str, idle: Collection[str]) -> bool:
    part, slash, file = name.partition("/")
    variant = re.search(r"\.(fp16|bf16|non_ema)[.-]", file or part)
    return (
        name.endswith(WANTED)
        and not variant
        and part not in idle
        and (bool(slash) or not name.endswith(".safetensors"))
    )


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

    Args:
        remote: from look().
        control: told how far it is; may cancel between two files, and what has come is kept.
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
    for name, size in sorted(missing.items(), key=lambda each: each[1]):
        control.step(until * done / max(1, total), f"downloading {remote.ident}, {gib(done)} of {gib(total)}")
        _fetch(remote, name)
        done += size
    path = _root(remote, _fetch(remote, folders.INDEX))
    with _told(remote.ident):  # asked for by the name it was wanted by, so that the cache knows it by that name later
        hf_hub_download(remote.ident, folders.INDEX, revision=remote.wanted)
    return path


def _root(remote: Remote, file: Path) -> Path:
    """Return the snapshot that a file of it lies in."""
    return next(each for each in file.parents if each.name == remote.revision)


def _fetch(remote: Remote, name: str) -> Path:

    with _told(remote.ident):
        return Path(hf_hub_download(remote.ident, name, revision=remote.revision))


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
    except Exception as error:  # its transport raises what it likes where there is no connection
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(
            f"{ident} is not on this machine, and Hugging Face cannot be reached: {plain(error, 120)}.",
            hint="Connect once to download it, or give the path of a folder that has it.",
        ) from error


def about(found: Any) -> str:
    """Return how large a model is, in words."""
    return gib(sum(found.files.values()))

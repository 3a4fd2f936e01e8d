"""What a caller and its workers hand each other: files in a store that both see, each whole or not at all.

What a task needs lies under the hash of its content, so that a cut-out or a film is put there once, however many tasks
need it. What a task makes is one file, under the name of its order, until the caller has fetched it.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.engines.cutout import files
from sora_nb.errors import ConfigError
from sora_nb.storage.object_store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sora_nb.engines.base import Cutout

INPUTS = "workers/inputs"
RESULTS = "workers/results"
CUTOUTS_HELD = 8
"""Cut-outs that a process holds which were loaded last: the films of a sweep show the same ones."""


class Exchange:
    """Inputs and results of tasks.

    Args:
        files: address of the store, see ObjectStore.

    Raises:
        ConfigError: it is no address of a store.
    """

    def __init__(self, files: str) -> None:
        self._store = ObjectStore(files)
        self.place = self._store.place
        self._cutout = lru_cache(CUTOUTS_HELD)(self._load)

    # --- inputs -----------------------------------------------------------------------------------------------------

    def put_file(self, path: Path) -> str:
        """Put a file that tasks need, and return its key."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        key = f"{INPUTS}/{digest}{path.suffix}"
        self._store.put(path, key)
        return key

    def put_cutout(self, cutout: Cutout) -> str:
        """Put a cut-out that tasks need, and return its key."""
        key = f"{INPUTS}/{_digest(cutout)}.zip"
        if not self._store.exists(key):  # compressing its pictures takes longer than asking
            with tempfile.TemporaryDirectory() as folder:
                files.save(cutout, Path(folder, "cutout"))
                self._store.put(_packed(Path(folder, "cutout")), key)
        return key

    def get_file(self, key: str, folder: Path) -> Path:
        """Bring an input into a folder.

        Raises:
            ConfigError: it is not there.
        """
        path = folder / key.rpartition("/")[2]
        self._get(key, path)
        return path

    def _get(self, key: str, path: Path) -> None:
        try:
            self._store.get(key, path)
        except FileNotFoundError as error:
            raise ConfigError(
                f"There is no {key} in {self.place}, where it was put.",
                money="Nothing was charged.",
                hint="Workers and caller need one store: files= must name a place that all of them see as the same.",
            ) from error

    def cutout(self, key: str) -> Cutout:
        """Return a cut-out.

        Raises:
            ConfigError: it is not there.
        """
        return self._cutout(key)

    def _load(self, key: str) -> Cutout:
        with tempfile.TemporaryDirectory() as folder:
            return files.load(_unpacked(self.get_file(key, Path(folder)), Path(folder, "cutout")))

    # --- results ----------------------------------------------------------------------------------------------------

    def has(self, result: str) -> bool:
        """Whether a result is there."""
        return self._store.exists(f"{RESULTS}/{result}.zip")

    def put_result(self, folder: Path, result: str) -> None:
        """Put the files of a folder as a result; one that is there stays."""
        self._store.put(_packed(folder), f"{RESULTS}/{result}.zip")

    def get_result(self, result: str, folder: Path) -> Path:
        """Bring the files of a result into a new folder in another one, and return it.

        Raises:
            ConfigError: it is not there.
        """
        packed = folder / f"{result.replace('/', '-')}.zip"
        self._get(f"{RESULTS}/{result}.zip", packed)
        found = _unpacked(packed, packed.with_suffix(""))
        packed.unlink()
        return found

    def delete_results(self, results: Iterable[str]) -> None:
        """Delete results; those that are not there are no error."""
        for result in results:
            self._store.delete(f"{RESULTS}/{result}.zip")

    def close(self) -> None:
        """Close the connections to the store."""
        self._store.close()


def _digest(cutout: Cutout) -> str:
    """Return the hash of all that a cut-out holds."""
    parts = hashlib.sha256(repr([getattr(cutout, name) for name in files.FACTS]).encode())
    for picture in (*cutout.frames, cutout.avatar, cutout.close_up):
        parts.update(b"none" if picture is None else repr(picture.shape).encode() + picture.tobytes())
    return parts.hexdigest()


def _packed(folder: Path) -> Path:
    """Write the files of a folder to one beside it; pictures and films are compressed already."""
    packed = folder.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w") as file:
        for path in sorted(folder.iterdir()):
            file.write(path, path.name)
    return packed


def _unpacked(packed: Path, folder: Path) -> Path:
    with zipfile.ZipFile(packed) as file:
        file.extractall(folder)
    return folder

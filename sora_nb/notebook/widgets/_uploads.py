"""Files that come from the page in slices, each acknowledged, so that none is lost without a word.

The page sends `begin` with an id, a name and a size, then slices of at most 1 MiB, each with its place. Every message
is answered with how many bytes are here, and the page goes on from there: a slice that comes twice or too early
changes nothing. One message over 10 MiB would close the notebook's socket, and nobody would be told.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sora_nb import media
from sora_nb.errors import InvalidInput, MediaError
from sora_nb.notebook.widgets._base import SLICE
from sora_nb.notebook.widgets._cards import bytes_in_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SPARE = 64 * 1024**2
"""Bytes of the disk that stay free."""


@dataclass
class _Upload:
    file: Path
    part: Path
    size: int
    have: int = 0


class Uploads:
    """Takes the messages of an upload and keeps the files.

    Args:
        folder: returns the folder for the files; called when the first one comes.
    """

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._running: dict[str, _Upload] = {}
        self._finished: dict[str, Path] = {}

    def take(self, content: dict[str, Any], buffers: list[memoryview]) -> tuple[dict[str, Any], Path | None]:
        """Handle one message; return the answer for the page, and the file if this message completed it."""
        ident = str(content.get("id"))
        try:
            if content.get("do") == "cancel":
                self._drop(ident)
                return {"cancelled": True}, None
            if content.get("do") == "begin":
                self._begin(ident, content)
            elif ident in self._running:
                self._write(self._running[ident], content, buffers)
            return self._answer(ident)
        except (InvalidInput, OSError) as error:
            self._drop(ident)
            reason = (
                error.message if isinstance(error, InvalidInput) else f"It cannot be written here: {error.strerror}."
            )
            hint = error.hint if isinstance(error, InvalidInput) else "Free some space, then try again."
            return {"refused": f"{reason} {hint}".strip()}, None

    def _begin(self, ident: str, content: dict[str, Any]) -> None:
        if ident in self._running or (ident in self._finished and self._finished[ident].is_file()):
            return
        size = content.get("size")
        if not isinstance(size, int) or size <= 0:
            raise MediaError("The file is empty.", hint="Choose another one.")
        folder = self._folder()
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free - _SPARE
        if size > free:
            raise MediaError(
                f"The file has {bytes_in_words(size)}, but only {bytes_in_words(max(0, free))} are free here.",
                hint="Free some space, then try again.",
            )
        # the name stays what it was, since people read it; the folder around it is what is new each time
        file = folder / secrets.token_hex(4) / media.file_name(str(content.get("name")))
        file.parent.mkdir()
        upload = _Upload(file, file.with_name(f"{file.name}.part"), size)
        upload.part.touch(exist_ok=False)
        self._running[ident] = upload

    def _write(self, upload: _Upload, content: dict[str, Any], buffers: list[memoryview]) -> None:
        if content.get("at") != upload.have or not buffers:
            return
        slice_ = buffers[0]
        if not 0 < slice_.nbytes <= min(SLICE, upload.size - upload.have):
            raise MediaError("The upload went wrong: a slice has the wrong size.", hint="Choose the file again.")
        with upload.part.open("r+b") as part:
            part.seek(upload.have)
            part.write(slice_)
        upload.have += slice_.nbytes

    def _answer(self, ident: str) -> tuple[dict[str, Any], Path | None]:
        if ident not in self._running and ident in self._finished:
            return {"done": True}, self._finished[ident]
        if ident not in self._running:
            return {"unknown": True}, None
        upload = self._running[ident]
        if upload.have < upload.size:
            return {"have": upload.have}, None
        upload.part.replace(upload.file)
        try:
            media.probe(upload.file)
        except MediaError:
            upload.file.unlink()
            raise
        del self._running[ident]
        self._finished[ident] = upload.file
        return {"done": True}, upload.file

    def _drop(self, ident: str) -> None:
        upload = self._running.pop(ident, None)
        if upload is not None:
            upload.part.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # the file may be in it, finished
                upload.part.parent.rmdir()

"""Write a file where a person wants it: whole or not at all, and over another one only where that was said."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING, BinaryIO

from sora_nb import arguments
from sora_nb.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def target(path: object, name: str, *, replace: bool) -> Path:
    """Return the path of a file that may be written.

    Args:
        path: text or Path.
        name: a name that such a file has, for the refusal.
        replace: whether it may be written over.

    Raises:
        InvalidInput: it is a folder, in a folder that does not exist, or is there already.
    """
    chosen = arguments.path(path, "file")
    try:
        is_folder, is_there, has_folder = chosen.is_dir(), chosen.exists(), chosen.parent.is_dir()
    except OSError as error:
        raise _unwritable(chosen, error) from error
    if is_folder:
        raise InvalidInput(
            f"{str(chosen)!r} is a folder.", money="", hint=f"Name the file in it, like {str(chosen / name)!r}."
        )
    if not has_folder:
        raise InvalidInput(f"There is no folder {str(chosen.parent)!r}.", money="", hint="Make it first.")
    if is_there and not replace:
        raise InvalidInput(
            f"There is a file {str(chosen)!r} already.", money="", hint="Choose another name, or add replace=True."
        )
    return chosen


@contextlib.contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Open a new file beside a path, and move it there once it is whole.

    Raises:
        InvalidInput: it cannot be written.
    """
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _unwritable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"{str(path)!r} cannot be written: {error.strerror or error}.", money="")

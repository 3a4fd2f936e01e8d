"""Pack a character into an archive: nothing that leads back to this machine, to an account or to a key goes along."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sora_nb import display
from sora_nb.archive import reader
from sora_nb.archive.record import (
    CLIP,
    CLOSE_UP,
    CUTOUT,
    CUTOUT_AVATAR,
    MOST_BYTES,
    RECORD,
    CutoutFacts,
    Record,
    frame,
    plain,
)
from sora_nb.errors import ArchiveError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINK = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(?:[^\s/?#]*@)?([^\s?#]*)(?:[?#]\S*)?")
"""An address; its user, query and fragment may be what opens it."""
_QUERY = re.compile(r"\?[\w.%~-]+=\S*")
_SUFFIXES = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}
_MODE = 0o100600 << 16
"""A plain file, readable by its user."""


def pack(character: Mapping[str, Any]) -> bytes:
    """Pack a character; the same character gives the same bytes.

    Args:
        character: the fields of a models.Character, as its model_dump() gives them.

    Returns:
        A ZIP archive that reader.unpack() opens.

    Raises:
        InvalidInput: a file of it is missing, or it is larger than an archive may be.
    """
    mention = f"@{character['username']}"
    contents = {
        name: _read(path, mention) for name, path in _within_limits(_files(character, mention), mention).items()
    }
    if not contents:
        raise InvalidInput(f"Nothing of {mention} is on this machine: no clip, no cut-out and no picture.", money="")
    stills = [
        {"file": name, **{key: still[key] for key in ("width", "height", "kind", "face")}}
        for name, still in zip(
            sorted(name for name in contents if name.startswith("stills/")), character["stills"], strict=True
        )
    ]
    files = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(contents.items())
    ]
    try:
        record = Record.model_validate({**_facts(character), "stills": stills, "files": files}, strict=False)
        left_out = None if record.aliases else {"aliases"}  # readers of version 1 know no such field
        written = record.model_dump_json(indent=1, exclude=left_out)
        packed = _zip({**contents, RECORD: f"{written}\n".encode()})
        reader.unpack(io.BytesIO(packed))
    except ValidationError as error:
        raise _refused(mention, reader.first_of(error)) from error
    except ArchiveError as error:
        raise _refused(mention, error.message) from error
    return packed


def _refused(mention: str, why: str) -> InvalidInput:
    return InvalidInput(f"{mention} cannot be saved: {why}", money="")


def _facts(character: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the record says of a character; its ids, links and paths stay here."""
    consent = character["consent"]
    given = {known["username"] for known in character["providers"].values()}
    aliases = [name for name in character["aliases"] if name not in given]
    return {
        "version": 2 if aliases else 1,
        "username": character["username"],
        "aliases": aliases[:100],
        "display_name": display.plain(_told(character["display_name"]), 80),
        "description": _told(character["description"]),
        "licence": _told(character["licence"]),
        "consent": consent and {"by": display.plain(_told(consent["by"]), 200), "at": consent["at"]},
        "source": _source(character["source"]),
        "clip": character["clip"],
        "created_at": character["created_at"],
        **_findings(character["raw"]),
    }


def _findings(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the local engine found in the clip, of an answer that may be another service's."""
    quality, kind, warnings = (raw.get(name) for name in ("quality", "found_by", "warnings"))
    return {
        "quality": quality if isinstance(quality, float) and 0 <= quality <= 1 else None,
        "kind": display.plain(_told(kind), 40) if isinstance(kind, str) else "",
        "warnings": [display.plain(_told(said), 400) for said in warnings[:20]] if isinstance(warnings, list) else [],
    }


def _told(text: object) -> str:
    """Return a text without what opens an address that is written in it: its user, query and fragment."""
    return _QUERY.sub("", _LINK.sub(r"\1\2", plain(str(text))))


def _source(source: str) -> str:
    """Return where a character came from: the bare name of a file, and nothing of a task or an address."""
    kind, _, rest = source.partition(":")
    name = _told(PureWindowsPath(PurePosixPath(rest).name).name).replace("\n", " ")
    return f"file:{name}"[:400] if kind == "file" and name else ""


# --- files ------------------------------------------------------------------------------------------------------------


def _files(character: Mapping[str, Any], mention: str) -> dict[str, Path]:
    """Return the files of a character on this machine, by their names in the archive."""
    files: dict[str, Path] = {}
    if character["clip_file"] is not None:
        files[CLIP] = character["clip_file"]
    if character["avatar"] is not None:
        files[f"avatar.{_suffix(character['avatar'], mention)}"] = character["avatar"]
    for number, still in enumerate(character["stills"], 1):
        files[f"stills/{number:02d}.{_suffix(still['path'], mention)}"] = still["path"]
    cutout = character["cutout"]
    folder = cutout.parent if cutout is not None else None
    if (
        folder is not None and (folder / Path(CUTOUT).name).is_file()
    ):  # a service's cut-out is one picture, and no sprite
        try:
            count = CutoutFacts.model_validate_json((folder / Path(CUTOUT).name).read_bytes()).frames
        except ValidationError as error:
            raise _refused(mention, f"its cut-out cannot be read: {reader.first_of(error)}") from error
        close_up = [CLOSE_UP] if (folder / Path(CLOSE_UP).name).is_file() else []
        names = (CUTOUT, CUTOUT_AVATAR, *close_up, *map(frame, range(count)))
        files |= {name: folder / Path(name).name for name in names}
    return files


def _suffix(picture: Path, mention: str) -> str:
    head = _head(picture, mention)
    suffix = next((suffix for mark, suffix in _SUFFIXES.items() if head.startswith(mark)), None)
    if suffix is None:
        raise _refused(mention, f"{str(picture)!r} is neither a PNG nor a JPEG.")
    return suffix


def _head(path: Path, mention: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise _missing(path, mention, error) from error


def _within_limits(files: dict[str, Path], mention: str) -> dict[str, Path]:
    try:
        size = sum(path.stat().st_size for path in files.values())
    except OSError as error:
        raise _missing(Path(error.filename), mention, error) from error
    if size > MOST_BYTES:
        raise _refused(mention, f"its files have {size:,} bytes, and an archive holds {MOST_BYTES:,}.")
    return files


def _read(path: Path, mention: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _missing(path, mention, error) from error


def _missing(path: Path, mention: str, error: OSError) -> InvalidInput:
    return InvalidInput(
        f"A file of {mention} cannot be read, {str(path)!r}: {error.strerror or error}.",
        money="",
        hint="Make the character again from its video, or bring the file back.",
    )


def _zip(contents: Mapping[str, bytes]) -> bytes:
    """Pack files in the order of their names, with a date that is always the same, and uncompressed as most of them are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3  # Unix, wherever this runs
            entry.external_attr = _MODE
            archive.writestr(entry, content)
    return buffer.getvalue()

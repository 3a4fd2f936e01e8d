"""Open the archive of a character from anybody: names, sizes, hashes, texts and pictures are checked in memory first."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from sora_nb.archive.record import (
    ALL_PIXELS,
    CLOSE_UP,
    CUTOUT,
    CUTOUT_AVATAR,
    FORMAT,
    MOST_BYTES,
    MOST_FILES,
    PICTURE_PIXELS,
    RECORD,
    VERSION,
    CutoutFacts,
    Record,
    frame,
    most_bytes,
)
from sora_nb.display import plain
from sora_nb.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Mapping

AnyModel = TypeVar("AnyModel", bound=BaseModel)

_END = struct.Struct("<4s4H2LH")
"""The record at the end of a ZIP file."""
_LARGE = b"PK\x06\x07"
"""What comes before it where numbers are in another record, of 64 bits."""
_LARGE_SIZE = 20
_MOST_DIRECTORY = 1024**2
_STEP = 1024**2
_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, IndexError)
"""What zipfile and zlib make of a damaged file."""
_FORMATS = {"png": "PNG", "jpg": "JPEG"}


class Archive(NamedTuple):
    """An archive that was checked.

    Attributes:
        record: what it says of the character.
        contents: the files beside the record, by name.
        cutout: what it says of the cut-out's frames; None without one.
        digest: the SHA-256 of the record, which has the hash of every other file in it.
    """

    record: Record
    contents: Mapping[str, bytes]
    cutout: CutoutFacts | None
    digest: str


def unpack(file: BinaryIO) -> Archive:
    """Read an archive into memory and check it; nothing is written. Whether the clip is a video is not looked at.

    Args:
        file: the archive, which can be sought in.

    Raises:
        ArchiveError: it is none, is damaged, of a newer format, or has in it what the format does not allow.
    """
    try:
        _check_end(file)
        with zipfile.ZipFile(file) as archive:
            return _checked(archive)
    except ArchiveError:
        raise
    except _DAMAGED as error:
        told = plain(error, 200) or type(error).__name__
        raise ArchiveError(f"It is no whole ZIP archive: {told}.") from error


def first_of(error: ValidationError) -> str:
    """Say in one sentence what the first error of a record is."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{plain(where, 80)}: {plain(first['msg'], 200)}." if where else f"{plain(first['msg'], 200)}."


def _check_end(file: BinaryIO) -> None:
    """Check the end of the file before zipfile reads the directory, whatever its size, into memory."""
    size = file.seek(0, io.SEEK_END)
    if size > MOST_BYTES + _MOST_DIRECTORY:
        raise ArchiveError(f"It has {size:,} bytes, and the archive of a character at most {MOST_BYTES:,}.")
    file.seek(max(0, size - _END.size - _LARGE_SIZE))
    tail = file.read()
    if len(tail) < _END.size or tail[-_END.size :][:4] != b"PK\x05\x06":
        raise ArchiveError("It is no ZIP archive, or was cut off.")
    *_, directory, _, comment = _END.unpack(tail[-_END.size :])
    if tail.startswith(_LARGE) or directory > _MOST_DIRECTORY or comment:
        raise ArchiveError("It has more in it than the archive of a character.")


def _checked(archive: zipfile.ZipFile) -> Archive:
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise ArchiveError(f"It has {len(entries)} files in it, and the archive of a character at most {MOST_FILES}.")
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        if entry.orig_filename in found:
            raise ArchiveError(f"It has two files of the name {plain(entry.orig_filename, 80)!r}.")
        found[entry.orig_filename] = entry
    if RECORD not in found:
        raise ArchiveError(f"It has no {RECORD} in it, so that it is not the archive of a character.")
    written = _content(archive, found[RECORD])
    _check_version(written)
    record = _parsed(Record, written, RECORD)
    for entry in entries:
        _check_entry(entry)
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ArchiveError(f"Unpacked, it has more than {MOST_BYTES:,} bytes.")
    contents = _contents(archive, found, record)
    cutout = _check_cutout(contents)
    _check_pictures(contents, record)
    return Archive(record, contents, cutout, hashlib.sha256(written).hexdigest())


def _check_version(written: bytes) -> None:
    head = _parsed(_Head, written, RECORD)
    if head.format != FORMAT:
        raise ArchiveError(f"Its {RECORD} is not that of a character.")
    if head.version > VERSION:
        raise ArchiveError(
            f"It is of version {head.version} of the format, and this version of sora_nb reads up to {VERSION}.",
            hint="Install a newer sora_nb, then load it again.",
        )


class _Head(BaseModel):
    """The two fields that the record of every version has."""

    format: str
    version: int


def _parsed(model: type[AnyModel], written: bytes, name: str) -> AnyModel:
    try:
        return model.model_validate_json(written)
    except ValidationError as error:
        raise ArchiveError(f"Its {name} cannot be used: {first_of(error)}") from error


# --- files ------------------------------------------------------------------------------------------------------------


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = plain(entry.orig_filename, 80)
    if most_bytes(entry.orig_filename) is None:
        raise ArchiveError(f"It has {name!r} in it, which the archive of a character has not.")
    if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG}:
        raise ArchiveError(f"Its {name} is a link or something else that is no plain file.")


def _contents(archive: zipfile.ZipFile, found: Mapping[str, zipfile.ZipInfo], record: Record) -> dict[str, bytes]:
    """Return all files that the record lists; there are no others, and they are what it says."""
    listed = [note.name for note in record.files]
    if len(set(listed)) < len(listed) or {RECORD, *listed} != set(found) or RECORD in listed:
        raise ArchiveError(f"The files in it are not those that its {RECORD} lists.")
    contents = {}
    for note in record.files:
        if found[note.name].file_size != note.size:
            raise ArchiveError(f"Its {note.name} has not the size that its {RECORD} says.")
        content = _content(archive, found[note.name])
        if hashlib.sha256(content).hexdigest() != note.sha256:
            raise ArchiveError(f"Its {note.name} is not what its {RECORD} says: the hashes differ.")
        contents[note.name] = content
    return contents


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return a file's bytes, read in steps, so that one that unpacks to more than it says is not unpacked."""
    name, most = entry.orig_filename, most_bytes(entry.orig_filename) or 0
    if entry.file_size > most:
        raise ArchiveError(f"Its {name} has {entry.file_size:,} bytes, and may have {most:,}.")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or entry.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"Its {name} is encrypted, or compressed in a way that is not opened here.")
    content = bytearray()
    with archive.open(entry) as stream:
        while step := stream.read(_STEP):
            content += step
            if len(content) > entry.file_size:
                break
    if len(content) != entry.file_size:
        raise ArchiveError(f"Its {name} has not the size that it says.")
    return bytes(content)


# --- pictures ---------------------------------------------------------------------------------------------------------


def _check_cutout(contents: Mapping[str, bytes]) -> CutoutFacts | None:
    """Check that the frames of a cut-out are all there, and alike."""
    there = {name for name in contents if name.startswith("cutout/")}
    if not there:
        return None
    if CUTOUT not in there:
        raise ArchiveError(f"It has pictures of a cut-out, but no {CUTOUT}.")
    facts = _parsed(CutoutFacts, contents[CUTOUT], CUTOUT)
    frames = [frame(number) for number in range(facts.frames)]
    if there - {CLOSE_UP} != {CUTOUT, CUTOUT_AVATAR, *frames} or facts.best >= facts.frames:
        raise ArchiveError(f"The pictures of its cut-out are not those that its {CUTOUT} says.")
    if len(facts.path) not in {0, facts.frames}:
        raise ArchiveError(f"The path in its {CUTOUT} has {len(facts.path)} places for {facts.frames} pictures.")
    return facts


def _check_pictures(contents: Mapping[str, bytes], record: Record) -> None:
    """Check that all pictures can be decoded, and are what they are said to be."""
    avatars = [name for name in contents if name.startswith("avatar.")]
    stills = {name for name in contents if name.startswith("stills/")}
    if len(avatars) > 1 or sorted(note.file for note in record.stills) != sorted(stills):
        raise ArchiveError(f"Its stills and avatar are not those that its {RECORD} lists.")
    shapes: dict[str, _Shape] = {}
    for name, content in contents.items():
        if name.rpartition(".")[2] in _FORMATS:
            shapes[name] = _shape(name, content)
        if sum(shape.pixels for shape in shapes.values()) > ALL_PIXELS:
            raise ArchiveError(f"Its pictures have more than {ALL_PIXELS:,} pixels together.")
    if any(shapes[note.file][:2] != (note.width, note.height) for note in record.stills):
        raise ArchiveError(f"A still has not the size that its {RECORD} says.")
    frames = {shape for name, shape in shapes.items() if name.startswith("cutout/frame-")}
    avatar, close_up = shapes.get(CUTOUT_AVATAR), shapes.get(CLOSE_UP)
    if len(frames) > 1 or any(shape.mode != "RGBA" for shape in (*frames, *filter(None, [close_up]))):
        raise ArchiveError("The frames of its cut-out are not of one size, or not transparent.")
    if avatar is not None and (avatar.mode != "RGB" or avatar.width != avatar.height):
        raise ArchiveError(f"Its {CUTOUT_AVATAR} is not a square picture in RGB.")


class _Shape(NamedTuple):
    """The size of a picture in pixels, and Pillow's name of its mode."""

    width: int
    height: int
    mode: str

    @property
    def pixels(self) -> int:
        return self.width * self.height


def _shape(name: str, content: bytes) -> _Shape:
    """Decode a picture of bounded size, and return its shape."""
    from PIL import Image

    damaged = (*_DAMAGED, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=(_FORMATS[name.rpartition(".")[2]],)) as picture:
            shape = _Shape(*picture.size, picture.mode)
            if shape.pixels <= PICTURE_PIXELS:
                picture.load()
    except damaged as error:
        raise ArchiveError(f"Its {name} cannot be decoded as the picture that its name says.") from error
    if shape.pixels > PICTURE_PIXELS:
        raise ArchiveError(f"Its {name} has {shape.pixels:,} pixels, and may have {PICTURE_PIXELS:,}.")
    return shape

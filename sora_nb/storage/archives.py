"""Put a character into the library that comes as an archive, with its files in their usual places."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from sora_nb import arguments
from sora_nb.archive import reader
from sora_nb.archive.record import CLIP, CLIP_SECONDS, CUTOUT, frame
from sora_nb.display import plain
from sora_nb.errors import ArchiveError, InvalidInput, MediaError
from sora_nb.models import Character, Clip, Consent, Registration, Still
from sora_nb.storage.usernames import check_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sora_nb.archive.reader import Archive
    from sora_nb.media import VideoInfo
    from sora_nb.storage.files import Files
    from sora_nb.storage.ledger import Ledger

SERVICE = "local"
"""The profile of a character that came as an archive: the local engine plays it without anybody else."""


def load(path: Path, name: str | None, files: Files, ledger: Ledger, inspect: Callable[[Path], VideoInfo]) -> Character:
    """Open an archive, check all of it, and keep its character; of one that is refused nothing is kept.

    Args:
        path: the archive.
        name: the username it gets here; None for the one it has.
        files, ledger: where it is kept.
        inspect: opens a video from a stranger, and refuses what is none with a MediaError.

    Returns:
        The character as it is kept: the one that is here where it is the same.

    Raises:
        ArchiveError: the archive is damaged, unsafe, or of a newer format.
        InvalidInput: there is no such file; the username is none, or is another character's.
    """
    archive = _opened(path)
    username = archive.record.username if name is None else arguments.text(name, "name").removeprefix("@")
    if name is not None:
        check_name(username)
    who = _character(archive, username, files.folder, path.name)
    if CLIP in archive.contents:
        _check_clip(archive.contents[CLIP], files, path.name, inspect)
    places = _places(archive, files.folder)
    # the file that says that a cut-out is whole comes last
    order = sorted(archive.contents, key=lambda part: (part == CUTOUT, part))
    placed = files.place({places[part]: archive.contents[part] for part in order})
    kept = None
    try:
        kept = ledger.characters.welcome(who)
        return kept
    finally:
        if kept is None or kept.id != who.id:  # it is refused, or was cut out here and has its files
            files.remove(placed, ledger)


def _opened(path: Path) -> Archive:
    try:
        if not path.is_file():  # a pipe would never end
            raise InvalidInput(
                f"There is no file {path.name!r} in {str(path.parent)!r}.",
                money="",
                hint="Give the path of the file that character.save() wrote.",
            )
        with path.open("rb") as file:
            return reader.unpack(file)
    except ArchiveError as error:
        raise _of(path.name, error) from error
    except OSError as error:
        raise InvalidInput(f"{str(path)!r} cannot be read: {error.strerror or error}.", money="") from error


def _of(name: str, error: InvalidInput) -> ArchiveError:
    """Name the file in a refusal."""
    hint = error.hint if isinstance(error, ArchiveError) else None
    return ArchiveError(f"{plain(name, 80)!r} cannot be loaded. {error.message}", hint=hint)


def _check_clip(content: bytes, files: Files, name: str, inspect: Callable[[Path], VideoInfo]) -> None:
    clip = files.incoming(f"{secrets.token_hex(8)}.mp4")
    try:
        clip.write_bytes(content)
        info = inspect(clip)
    except MediaError as error:
        raise _of(name, error) from error
    except OSError as error:
        raise MediaError(f"There is no room for {name!r}: {error.strerror}.", money="", hint="Make room.") from error
    finally:
        clip.unlink(missing_ok=True)
    if info.duration > CLIP_SECONDS:
        raise _of(name, MediaError(f"Its clip is {info.duration:.1f} s long, and may be {CLIP_SECONDS:g} s."))


def _places(archive: Archive, home: Path) -> dict[str, Path]:
    """Return where each file of an archive is kept."""
    folders = {"clip": "clips", "avatar": "avatars", "stills": "stills"}
    places = {}
    for note in archive.record.files:
        folder, _, name = note.name.rpartition("/")
        if folder == "cutout":
            places[note.name] = home / "cutouts" / archive.digest[:32] / name
        else:
            stem, _, suffix = name.rpartition(".")
            places[note.name] = home / folders[folder or stem] / f"{note.sha256[:32]}.{suffix}"
    return places


def _character(archive: Archive, username: str, home: Path, name: str) -> Character:
    """Return the character of an archive as it will be kept."""
    record, places = archive.record, _places(archive, home)
    hashes = {note.name: note.sha256 for note in record.files}
    avatar = next((part for part in hashes if part.startswith("avatar.")), "")
    ident = f"ch_{archive.digest[:32]}"
    raw: dict[str, Any] = {"id": ident, "quality": record.quality, "found_by": record.kind}
    try:
        return Character(
            id=ident,
            username=username,
            display_name=record.display_name,
            aliases=record.aliases,
            avatar=places.get(avatar),
            avatar_sha256=hashes.get(avatar, ""),
            clip=None if record.clip is None else Clip(record.clip.start, record.clip.end),
            clip_file=places.get(CLIP),
            clip_sha256=hashes.get(CLIP, ""),
            cutout=None if archive.cutout is None else places[frame(archive.cutout.best)],
            description=record.description,
            stills=tuple(
                Still(path=places[note.file], width=note.width, height=note.height, kind=note.kind, face=note.face)
                for note in record.stills
            ),
            consent=None
            if record.consent is None
            else Consent(by=record.consent.by, at=record.consent.at, elsewhere=True),
            licence=record.licence,
            providers={SERVICE: Registration(id=ident)},
            source=record.source,
            profile=SERVICE,
            created_at=record.created_at,
            raw={**raw, "warnings": list(record.warnings)},
        )
    except InvalidInput as error:
        raise _of(name, error) from error
    except ValueError as error:
        raise _of(name, ArchiveError("Its character.json names a character in a way that none is named.")) from error

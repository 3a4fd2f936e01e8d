"""The files a studio keeps: videos, posters, avatars, clips, stills and cut-outs, each under the hash of its content.

What arrives is written to `incoming` first, and moves to its place once it is whole, so that a file under its final name
is always good. Links end after hours or days; what is here stays, until somebody deletes it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb import media
from sora_nb.display import plain
from sora_nb.errors import ConfigError, MediaError, StoreError
from sora_nb.media import miniature
from sora_nb.models import Model, State
from sora_nb.stills import as_seen
from sora_nb.storage import home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sora_nb.models import Character, Clip
    from sora_nb.storage.ledger import Ledger
    from sora_nb.storage.shelf import Shelf

AVATAR_PIXELS = 50_000_000
RESULTS = ("videos", "posters", "avatars", "clips", "stills")
"""Folders of files that rows and characters name."""
TEMPORARY_LIFE = dt.timedelta(days=1)
"""How long a file that no row tells of may be on its way."""
_OVER = (State.DONE, State.FAILED)  # an interrupted call may be made again of what it had


class Removed(Model):
    """What was deleted.

    Attributes:
        paths: the files that went.
        size: how many bytes they had.
    """

    paths: tuple[Path, ...] = ()
    size: int = 0

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        count = len(self.paths)
        amount, unit = self.size / 1e6, "MB"
        if self.size < 1e6:
            amount, unit = self.size / 1e3, "kB"
        return f"Removed {count} file{'s' * (count != 1)}, {amount:.1f} {unit}"


class KeptVideo(Model):
    """A video that was kept.

    Attributes:
        file: the video.
        poster: one picture of it; None where it cannot be decoded.
        seconds: its length; None where it cannot be told, or whoever made the video has made its poster as well.
        note: what is wrong with it, in words, or "".
    """

    file: Path
    poster: Path | None = None
    seconds: float | None = None
    note: str = ""


class Files:
    """The folders of a studio's files.

    Args:
        folder: where they are; made where it does not exist.
        shelf: what stands behind the folder, where the files are in a store as well: what is kept is in the store when
            a method returns, and paths bring what is not here.

    Raises:
        ConfigError: the folder cannot be used.
    """

    def __init__(self, folder: Path, shelf: Shelf | None = None) -> None:
        self.folder = folder
        self.shelf = shelf
        try:
            for name in ("incoming", "cutouts", miniature.FOLDER, *RESULTS):
                home.private_folder(folder / name)
        except OSError as error:
            raise ConfigError(f"The folder {folder} cannot be used: {error.strerror}.", hint=home.ELSEWHERE) from error

    def incoming(self, name: str) -> Path:
        """Where a file is while it is not whole, or not yet known to be good."""
        return self.folder / "incoming" / name

    def arrived(self, ident: str) -> Path:
        """Where the film of a row is that arrived whole, and could not be kept for the time being."""
        return self.incoming(f"{ident}.arrived.mp4")

    def at(self, path: Path) -> Path:
        """Return the path of a kept file, which comes here once it is used."""
        return path if self.shelf is None else self.shelf.at(path)

    def share(self, paths: Iterable[Path]) -> None:
        """Put kept files into the store, where there is one, before a row names them.

        Raises:
            StoreError: one cannot be put there.
        """
        if self.shelf is not None:
            self.shelf.share(paths)

    def reassure(self, paths: Iterable[Path]) -> None:
        """Put files into the store again that went between their being kept and their row: another kernel may have tidied.

        What cannot be told now is left: the row is written, and the files are here.
        """
        with contextlib.suppress(StoreError):
            self.share(paths)

    def keep_video(self, incoming: Path, digest: str) -> KeptVideo:
        """Check that a file is a whole video, and keep it with a poster; one that cannot be decoded is kept without.

        The poster is made here, unless one lies beside the file already; see media.incoming_poster().

        Args:
            incoming: the file; it is moved, or deleted where it is no video.
            digest: its SHA-256.

        Raises:
            MediaError: it is not a whole video, or there is no room to keep it.
            StoreError: it cannot be put into the store; it stays where it is.
        """
        try:
            media.check_whole(incoming)
        except MediaError as error:
            incoming.unlink(missing_ok=True)
            raise MediaError(f"What arrived is not a video: {error.message}", money="") from error
        kept = self.folder / "videos" / f"{digest[:32]}.mp4"
        poster = self.folder / "posters" / f"{digest[:32]}.jpg"
        seconds: float | None = None
        picture = media.incoming_poster(incoming)
        if not picture.is_file():
            try:
                seconds = round(media.probe(incoming).duration, 3)
                made = media.poster(incoming, seconds / 3)  # titles and fades are usually over
            except MediaError as error:
                self._place(incoming, kept)
                note = f"The film is kept, but cannot be shown here: {error.message}"
                return KeptVideo(file=self.at(kept), note=note)
            with self._room():
                picture.write_bytes(made)
                home.make_private(picture)
        self._place(picture, poster)
        with self._room():
            small, place = miniature.incoming(incoming), miniature.place_of(kept)
            if place is not None and small.is_file():
                _move(small, place)
        self._place(incoming, kept)
        return KeptVideo(file=self.at(kept), poster=self.at(poster), seconds=seconds)

    def keep_picture(self, incoming: Path, digest: str) -> tuple[Path, str]:
        """Check that a file is a whole picture of reasonable size, and keep it as PNG or JPEG.

        Args:
            incoming: the file; it is moved or deleted.
            digest: its SHA-256.

        Returns:
            The picture and its SHA-256.

        Raises:
            MediaError: it is not such a picture, or there is no room to keep it.
            StoreError: it cannot be put into the store.
        """
        from PIL import Image

        damaged = (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning)
        try:
            with Image.open(incoming, formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
                if picture.width * picture.height > AVATAR_PIXELS:
                    raise MediaError(f"It has {picture.width}x{picture.height} pixels.")
                kind = {"PNG": "png", "JPEG": "jpg"}.get(picture.format or "")
                if kind is None:
                    as_seen(picture).save(incoming, "PNG")
                    digest = hashlib.sha256(incoming.read_bytes()).hexdigest()
                picture.load()
        except damaged as error:
            incoming.unlink(missing_ok=True)
            raise MediaError(f"What arrived is not a whole picture: {plain(error, 200)}", money="") from error
        kept = self.folder / "avatars" / f"{digest[:32]}.{kind or 'png'}"
        self._place(incoming, kept)
        return self.at(kept), digest

    def cut(self, footage: Path, clip: Clip, name: str) -> tuple[Path, list[str]]:
        """Cut the seconds that a character is made of, to where keep_clip() takes them from.

        Returns:
            The clip, and what it lacks, in sentences.

        Raises:
            MediaError: the file has no such seconds, or there is no room for them.
        """
        part = self.incoming(f"{name}.clip.mp4")
        with self._room():
            try:
                lacks = media.cut(footage, clip, part)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return part, lacks

    def keep_clip(self, part: Path) -> tuple[Path, str]:
        """Keep a copy of a clip that was cut; return it and its SHA-256. The part itself stays until the row has ended.

        Raises:
            MediaError: there is no room to keep it.
            StoreError: it cannot be put into the store.
        """
        with self._room():
            digest = hashlib.sha256(part.read_bytes()).hexdigest()
            kept = self.folder / "clips" / f"{digest[:32]}.mp4"
            copy = part.with_suffix(".copy")  # another call may be keeping the same seconds
            shutil.copyfile(part, copy)
        self._place(copy, kept)
        return self.at(kept), digest

    def place(self, contents: Mapping[Path, bytes]) -> list[Path]:
        """Write files to their places, in this order: all of them, or none.

        Args:
            contents: bytes by path in the studio's folder; the name of each tells its content by a hash, so that a file
                that is there already is the same.

        Returns:
            Those that were not there before.

        Raises:
            MediaError: there is no room to keep them.
            StoreError: one cannot be put into the store.
        """
        new: list[Path] = []
        try:
            for path, content in contents.items():
                if path.exists():
                    continue
                part = self.incoming(f"{secrets.token_hex(8)}.part")
                new.append(path)
                with self._room():
                    home.private_folder(path.parent)
                    try:
                        part.write_bytes(content)
                        _move(part, path)
                    finally:
                        part.unlink(missing_ok=True)
            self.share(contents)
        except BaseException:
            for path in new:
                path.unlink(missing_ok=True)
                _drop_folder(path.parent)
            raise
        return new

    # --- deleting -----------------------------------------------------------------------------------------------------

    def of_character(self, who: Character) -> list[Path]:
        """Return the files that a character has here: avatar, clip, stills, and cut-outs made of the clip."""
        named = [path for path in (who.avatar, who.clip_file, who.cutout) if path is not None]
        named += [still.path for still in who.stills]
        cutouts = self.folder / "cutouts"
        folders = {path.parent for path in named if path.parent.parent == cutouts}
        folders |= {cutouts / who.clip_sha256[:32]} if who.clip_sha256 else set()
        return [*named, *(path for folder in sorted(folders) for path in self._whole(folder))]

    def _whole(self, folder: Path) -> list[Path]:
        """Return the files of a cut-out, here and in the store."""
        stored = [] if self.shelf is None else self.shelf.stored(f"cutouts/{folder.name}/")
        return sorted({*_below(folder), *stored})

    def remove(self, paths: Iterable[Path], ledger: Ledger) -> Removed:
        """Delete files that no row and no character needs any more.

        Args:
            paths: the files; those that are needed, gone already, or outside of the studio's folder stay as they are.
            ledger: asked who needs them.

        Returns:
            What went.

        Raises:
            MediaError: a file cannot be deleted; those before it are gone.
            StoreError: the store does not answer; those before it are gone.
        """
        removed, size = [], 0
        for path in self._unneeded(paths, ledger):
            # nothing is to be brought here only to be deleted
            here = Path(path)
            if not here.parent.resolve().is_relative_to(self.folder.resolve()):
                continue
            freed = self._size(here)
            if freed is None or not self._take_out(here, ledger):
                continue
            try:
                if here.is_file():
                    here.unlink()
            except OSError as error:
                raise MediaError(f"{here} cannot be deleted: {error.strerror}.", money="") from error
            size += freed
            removed.append(here)
            _drop_folder(here.parent)
            small = miniature.place_of(here)
            if small is not None and small.is_file():
                size += small.stat().st_size
                small.unlink()
                removed.append(small)
        return Removed(paths=tuple(removed), size=size)

    def _size(self, path: Path) -> int | None:
        """Return the bytes of a file that is here or in the store; None where it is in neither."""
        if path.is_file():
            return path.stat().st_size
        return self.shelf.size(path) if self.shelf is not None and self.shelf.has(path) else None

    def _take_out(self, path: Path, ledger: Ledger) -> bool:
        """Delete a file in the store, where there is one; False where a row has come to need it meanwhile."""
        if self.shelf is None or not self.shelf.has(path):
            return True
        if ledger.needs.busy_since() is not None and not path.is_file():
            self.shelf.bring(path)  # somebody may be about to name the same content
        self.shelf.take_out(path)
        if ledger.needs.uses([path]):
            self.share([path])
            return False
        return True

    def left_over(self, ledger: Ledger, now: dt.datetime) -> list[Path]:
        """List the files that nobody needs: results that no row or character names, and what never arrived.

        A result that came while a call is under way is not listed: its row may be about to name it. Of `incoming`,
        the files of rows that have ended for good; of `sources`, those that only such rows were made from; of both,
        those that no row tells of once they are a day old; and so old ones of `uploads`, which are copies, and what
        came into the store in part only.

        Args:
            ledger: asked who needs them.
            now: the time, with its zone.
        """
        busy = ledger.needs.busy_since()
        results = [path for name in (*RESULTS, miniature.FOLDER, "cutouts") for path in _below(self.folder / name)]
        here = set(results)
        if self.shelf is not None:
            results += [path for path in self.shelf.stored() if path not in here]

        def put(path: Path) -> dt.datetime:
            return _modified(path) if path in here or self.shelf is None else self.shelf.modified(path)

        left = [path for path in self._unneeded(results, ledger) if busy is None or put(path) < busy]
        incoming, sources = (_below(self.folder / name) for name in ("incoming", "sources"))
        states = ledger.states({_row(path) for path in incoming})
        needed = ledger.needs.uses([*incoming, *sources])
        consumed = ledger.needs.consumed(sources)
        for path in [*incoming, *sources]:
            state = states.get(_row(path))
            over = path in consumed or _modified(path) < now - TEMPORARY_LIFE if state is None else state in _OVER
            if over and path not in needed:
                left.append(path)
        uploads = [path for path in _below(self.folder / "uploads") if _modified(path) < now - TEMPORARY_LIFE]
        if self.shelf is not None:
            left += self.shelf.broken_off(now - TEMPORARY_LIFE)
        return left + self._unneeded(uploads, ledger)

    def _unneeded(self, paths: Iterable[Path], ledger: Ledger) -> list[Path]:
        """Return those of these files that nobody needs.

        A cut-out is needed as a whole, and as long as its clip is; a miniature, as long as its film is.
        """
        needs: dict[Path, list[Path]] = {}
        given = list(dict.fromkeys(paths))
        cutouts: dict[Path, list[Path]] = {}
        for path in given:
            if path.parent.parent == self.folder / "cutouts":
                cutouts.setdefault(path.parent, _below(path.parent)).append(path)
        for path in given:
            needs[path] = [path]
            if path.parent == self.folder / miniature.FOLDER:
                needs[path] = [self.folder / "videos" / path.name]
            if path.parent in cutouts:
                needs[path] = [*cutouts[path.parent], self.folder / "clips" / f"{path.parent.name}.mp4"]
        needed = ledger.needs.uses({path for group in needs.values() for path in group})
        return [path for path, group in needs.items() if needed.isdisjoint(group)]

    def _place(self, part: Path, kept: Path) -> None:
        """Put a whole file into the store, where there is one, and move it to its place."""
        if self.shelf is not None:
            self.shelf.put(part, kept)
        with self._room():
            _move(part, kept)

    @contextlib.contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise MediaError(
                f"It cannot be kept in {self.folder}: {error.strerror}.", money="", hint="Make room, then resume()."
            ) from error


def _move(part: Path, kept: Path) -> None:
    home.make_private(part)
    part.replace(kept)


def _drop_folder(folder: Path) -> None:
    """Delete the folder of a cut-out, an upload or a source once nothing is in it."""
    with contextlib.suppress(OSError):  # one that is not empty stays
        if folder.parent.name in {"cutouts", "sources", "uploads"}:
            folder.rmdir()


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _row(path: Path) -> str:
    """The row whose file this is, while it is on its way; its name begins with the row's id."""
    return path.name.partition(".")[0]


def _modified(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)

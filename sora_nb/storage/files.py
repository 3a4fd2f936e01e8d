"""The files a studio keeps: videos, posters, avatars and clips, each under the hash of its content.

What arrives is written to `incoming` first, and moves to its place once it is whole, so that a file under its final name
is always good. Links end after hours or days; what is here stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from typing import TYPE_CHECKING

from sora_nb import media
from sora_nb.display import plain
from sora_nb.errors import ConfigError, MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sora_nb.models import Clip

AVATAR_PIXELS = 50_000_000


class Archive:
    """The folders of a studio's files.

    Args:
        folder: where they are; made where it does not exist.

    Raises:
        ConfigError: the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            for name in ("incoming", "videos", "posters", "avatars", "clips"):
                (folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"The folder {folder} cannot be used: {error.strerror}.") from error

    def incoming(self, name: str) -> Path:
        """Where a file is while it is not whole, or not yet known to be good."""
        return self.folder / "incoming" / name

    def keep_video(self, incoming: Path, digest: str) -> tuple[Path, Path, float]:
        """Check that a file is a whole video, and keep it with a poster.

        Args:
            incoming: the file; it is moved, or deleted where it is no video.
            digest: its SHA-256.

        Returns:
            The video, its poster, and its length in seconds.

        Raises:
            MediaError: it is not a whole video, or there is no room to keep it.
        """
        try:
            media.check_whole(incoming)
            seconds = media.probe(incoming).duration
            picture = media.poster(incoming)
        except MediaError as error:
            incoming.unlink(missing_ok=True)
            raise MediaError(f"What arrived is not a video: {error.message}", money="") from error
        kept = self.folder / "videos" / f"{digest[:32]}.mp4"
        poster = self.folder / "posters" / f"{digest[:32]}.jpg"
        with self._room():
            poster.write_bytes(picture)
            incoming.replace(kept)
        return kept, poster, seconds

    def keep_picture(self, incoming: Path, digest: str) -> tuple[Path, str]:
        """Check that a file is a whole picture of reasonable size, and keep it as PNG or JPEG.

        Args:
            incoming: the file; it is moved or deleted.
            digest: its SHA-256.

        Returns:
            The picture and its SHA-256.

        Raises:
            MediaError: it is not such a picture, or there is no room to keep it.
        """
        from PIL import Image

        damaged = (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning)
        try:
            with Image.open(incoming, formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
                if picture.width * picture.height > AVATAR_PIXELS:
                    raise MediaError(f"It has {picture.width}x{picture.height} pixels.")
                kind = {"PNG": "png", "JPEG": "jpg"}.get(picture.format or "")
                if kind is None:
                    picture.convert("RGB").save(incoming, "PNG")
                    digest = hashlib.sha256(incoming.read_bytes()).hexdigest()
                picture.load()
        except damaged as error:
            incoming.unlink(missing_ok=True)
            raise MediaError(f"What arrived is not a whole picture: {plain(error, 200)}", money="") from error
        kept = self.folder / "avatars" / f"{digest[:32]}.{kind or 'png'}"
        with self._room():
            incoming.replace(kept)
        return kept, digest

    def cut(self, footage: Path, clip: Clip, name: str) -> Path:
        """Cut the seconds that a character is made of, to where keep_clip() takes them from.

        Raises:
            MediaError: the file has no such seconds, or there is no room for them.
        """
        part = self.incoming(f"{name}.clip.mp4")
        with self._room():
            try:
                media.cut(footage, clip, part)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return part

    def keep_clip(self, part: Path) -> tuple[Path, str]:
        """Keep a copy of a clip that was cut; return it and its SHA-256. The part itself stays until the row has ended.

        Raises:
            MediaError: there is no room to keep it.
        """
        with self._room():
            digest = hashlib.sha256(part.read_bytes()).hexdigest()
            kept = self.folder / "clips" / f"{digest[:32]}.mp4"
            copy = part.with_suffix(".copy")  # another call may be keeping the same seconds
            shutil.copyfile(part, copy)
            copy.replace(kept)
        return kept, digest

    @contextlib.contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise MediaError(
                f"It cannot be kept in {self.folder}: {error.strerror}.", money="", hint="Make room, then resume()."
            ) from error

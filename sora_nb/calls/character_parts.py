"""The parts of a character that is being made: its avatar, its cut-out, and the seconds that it was made from."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sora_nb import media
from sora_nb.errors import FileNotReady, SoraError, StoreError
from sora_nb.models import Video
from sora_nb.providers import links

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sora_nb.models import Character
    from sora_nb.providers.base import Provider
    from sora_nb.storage.call import Call
    from sora_nb.storage.files import Files

AVATAR_BYTES = 20 * 1024**2
AVATAR_LIFE = timedelta(days=7)
"""After so long an avatar whose link is refused is not asked for any more; services keep them for one to five days."""


class CharacterParts:
    """Fetches and cuts the parts of characters, and keeps them.

    Args:
        files: where they are kept.

    Attributes:
        lacks: what the clips of calls under way lack, in sentences, by the ids of their rows.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self.lacks: dict[str, list[str]] = {}

    async def cut(self, call: Call, footage: Path | None) -> Path | None:
        """Cut the seconds of a call out of its footage, where that is here."""
        if footage is None or call.clip is None:
            return None
        part, self.lacks[call.id] = await asyncio.to_thread(self._files.cut, footage, call.clip, call.id)
        return part

    def clip(self, call: Call) -> Path:
        """Return where the seconds of a call are cut."""
        return self._files.incoming(f"{call.id}.clip.mp4")

    def source(self, call: Call) -> Path:
        """Return where the footage of a call is fetched."""
        return self._files.incoming(f"{call.id}.source")

    async def given(self, files: Mapping[str, Path]) -> dict[str, Any]:
        """Return the fields of parts that the engine of this process has left on this machine."""
        digest = await asyncio.to_thread(lambda: hashlib.sha256(files["avatar"].read_bytes()).hexdigest())
        return {
            "avatar": self._files.at(files["avatar"]),
            "avatar_sha256": digest,
            "cutout": self._files.at(files["cutout"]),
        }

    async def fetch_pictures(self, call: Call, provider: Provider, made: Character) -> tuple[dict[str, Any], str, str]:
        """Fetch a character's avatar and cut-out; return them, the link where it may still serve, and what went wrong."""
        kept: dict[str, Any] = {}
        url = made.profile_picture_url
        try:
            if url:
                kept["avatar"], kept["avatar_sha256"] = await self._fetch_picture(provider, url)
            if url and made.raw.get("cutout_url"):
                kept["cutout"], _ = await self._fetch_picture(provider, str(made.raw["cutout_url"]))
        except StoreError:
            raise
        except FileNotReady as error:
            over = links.has_ended(url, call.created_at, call.created_at + AVATAR_LIFE, now=datetime.now(UTC))
            what = "The avatar's link has ended" if over else "The avatar could not be fetched yet"
            return kept, "" if over else url, f"{what}: {error.message if over else error}"
        except SoraError as error:
            return kept, url, f"The avatar could not be fetched: {error}"
        return kept, url, ""

    async def _fetch_picture(self, provider: Provider, url: str) -> tuple[Path, str]:
        incoming = self._files.incoming(f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.picture")
        download = await provider.fetch_file(url, incoming, most=AVATAR_BYTES)
        return await asyncio.to_thread(self._files.keep_picture, incoming, download.sha256)

    async def keep_clip(self, call: Call, provider: Provider, footage: Path | None) -> dict[str, Any]:
        """Keep the character's seconds; where they were not cut before, the source is fetched for that."""
        where, _, rest = call.source.partition(":")
        incoming = self.source(call)
        part = self.clip(call)
        assert call.clip is not None
        try:
            if not part.exists():
                if footage is None and where == "url":
                    await provider.fetch_file(rest, incoming, most=media.SOURCE_BYTES)
                elif footage is None and where == "task":
                    await provider.fetch(Video(id=rest), incoming)
                await self.cut(call, footage or incoming)
            clip, digest = await asyncio.to_thread(self._files.keep_clip, part)
        finally:
            incoming.unlink(missing_ok=True)
        return {"clip_file": clip, "clip_sha256": digest}

"""Score whether a character is in a video, with the cut-out that is kept once for each character."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb import media
from sora_nb.engines.base import Control
from sora_nb.engines.cutout import extraction, files
from sora_nb.engines.cutout.identity import find
from sora_nb.errors import InvalidInput
from sora_nb.models import Clip

if TYPE_CHECKING:
    from pathlib import Path

    from sora_nb.engines.base import Cutout
    from sora_nb.engines.cutout.identity import Sighting
    from sora_nb.models import Character


def consistency(character: Character, video: Path, home: Path) -> Sighting:
    """Tell whether a character is in a video.

    Args:
        character: a character whose cut-out or clip was kept.
        video: a file on this machine.
        home: the studio's folder.

    Raises:
        InvalidInput: the character's clip, or the video's file, is not on this machine.
        NoSubject: no subject stands out in the character's clip.
    """
    return find(cutout_of(character, home), video)


def cutout_of(character: Character, home: Path) -> Cutout:
    """Return a character's cut-out: the one it was made with, or one made of its clip now and kept.

    Args:
        character: whichever service made it.
        home: the studio's folder.

    Raises:
        InvalidInput: neither its cut-out nor its clip is on this machine.
        NoSubject: no subject stands out in its clip.
    """
    made = home / "cutouts" / character.clip_sha256[:32]
    # version 0.1 kept the cut-outs of its own characters with the server it started
    places = (
        character.cutout.parent if character.cutout else made,
        home / "server" / "characters" / character.id,
        made,
    )
    for folder in places:
        if (folder / files.LAST).is_file():  # written last: one that was interrupted is made anew
            return files.load(folder)
    if character.clip_file is None or not character.clip_file.is_file():
        raise InvalidInput(f"The clip of {character.mention} was not kept on this machine.")
    clip = Clip(0, media.probe(character.clip_file).duration)
    found = extraction.extract(character.clip_file, clip, Control())
    files.save(found, made)
    return found

"""Whether a character is in a video: its cut-out, made of its clip once and kept, is looked for in the pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb import media
from sora_nb.engines.base import Control
from sora_nb.engines.cutout import extraction, files
from sora_nb.engines.cutout.identity import find
from sora_nb.errors import InvalidInput
from sora_nb.models import Character, Clip, Video

if TYPE_CHECKING:
    from sora_nb.engines.base import Cutout
    from sora_nb.engines.cutout.identity import Sighting


def consistency(character: Character, video: Video | Path | str, folder: Path) -> Sighting:
    """Tell whether a character is in a video.

    Args:
        character: a character whose clip was kept.
        video: a video with a file, or a file.
        folder: where cut-outs are kept.

    Raises:
        InvalidInput: the character's clip, or the video's file, is not on this machine.
        NoSubject: nobody stands out in the character's clip.
    """
    file = video.path if isinstance(video, Video) else Path(video).expanduser()
    if file is None or not file.is_file():
        raise InvalidInput("The video has no file on this machine.")
    return find(_cutout(character, folder), file)


def _cutout(character: Character, folder: Path) -> Cutout:
    if character.clip_file is None or not character.clip_file.is_file():
        raise InvalidInput(f"The clip of {character.mention} was not kept on this machine.")
    kept = folder / character.clip_sha256[:32]
    if not (kept / files.LAST).is_file():  # one that was interrupted is made anew
        clip = Clip(0, media.probe(character.clip_file).duration)
        files.save(extraction.extract(character.clip_file, clip, Control()), kept)
    return files.load(kept)

"""What is in the archive of a character: the names of its files, their limits, and its record.

notebooks/guide/characters.md describes the format for those who write or read it without this package; a test compares the two.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sora_nb import display

FORMAT: Final = "sora_nb character"
VERSION: Final = 2
"""A later one has files or fields that a reader of this one does not know; 2 has earlier usernames."""
RECORD = "character.json"
CLIP = "clip.mp4"
CUTOUT = "cutout/cutout.json"
CUTOUT_AVATAR = "cutout/avatar.png"
CLOSE_UP = "cutout/close-up.png"
MEBIBYTE = 1024**2


class Part(NamedTuple):
    """One kind of file.

    Attributes:
        name: its name; NN stands for two digits.
        most: its largest size in bytes.
    """

    name: str
    most: int


PARTS = (
    Part(RECORD, MEBIBYTE),
    Part(CLIP, 128 * MEBIBYTE),
    Part("avatar.png", 32 * MEBIBYTE),
    Part("avatar.jpg", 32 * MEBIBYTE),
    Part("stills/NN.png", 32 * MEBIBYTE),
    Part("stills/NN.jpg", 32 * MEBIBYTE),
    Part(CUTOUT, MEBIBYTE),
    Part(CUTOUT_AVATAR, 32 * MEBIBYTE),
    Part(CLOSE_UP, 32 * MEBIBYTE),
    Part("cutout/frame-NN.png", 32 * MEBIBYTE),
)
MOST_BYTES = 256 * MEBIBYTE
"""Of all files together."""
MOST_FILES = 256
PICTURE_PIXELS = 16_000_000
"""Of one picture."""
ALL_PIXELS = 128_000_000
"""Of all pictures together; in memory each pixel takes four bytes."""
CLIP_SECONDS = 60.0
_PATTERNS = [(re.compile(re.escape(part.name).replace("NN", "[0-9]{2}")), part.most) for part in PARTS]


def most_bytes(name: str) -> int | None:
    """Return the largest size of a file of this name, in bytes; None for a name that the format does not have."""
    return next((most for pattern, most in _PATTERNS if pattern.fullmatch(name)), None)


def frame(number: int) -> str:
    """Return the name of a cut-out's frame, counted from 0."""
    return f"cutout/frame-{number:02d}.png"


def plain(text: str) -> str:
    """Return a text without control, bidirectional and invisible characters; its lines stay."""
    return "\n".join(display.plain(line, len(line)) for line in text.split("\n"))


def _plain(text: str) -> str:
    if plain(text) != text:
        raise ValueError("the text has control or invisible characters")
    return text


def _line(text: str) -> str:
    if "\n" in text:
        raise ValueError("the text has more than one line")
    return _plain(text)


Text = Annotated[str, Field(max_length=4000), AfterValidator(_plain)]
Line = Annotated[str, Field(max_length=400), AfterValidator(_line)]
Word = Annotated[str, Field(max_length=40), AfterValidator(_line)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, protected_namespaces=())


class Seconds(_Strict):
    """Where the clip was in its film: seconds from the film's beginning."""

    start: float = Field(ge=0, le=1_000_000)
    end: float = Field(gt=0, le=1_000_000)


class ConsentNote(_Strict):
    """Who says that whoever the character shows agrees to being sent to services, and when."""

    by: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_line)]
    at: datetime


class StillNote(_Strict):
    """A still: its file, its pixels, what it shows, and whether that has a photorealistic human face."""

    file: Word
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    kind: Literal["figure", "head", "avatar"]
    face: bool


class FileNote(_Strict):
    """A file beside the record: its name, its bytes, and their SHA-256."""

    name: Word
    size: int = Field(gt=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Record(_Strict):
    """The record, `character.json`; see notebooks/guide/characters.md for what each field means."""

    format: Literal["sora_nb character"] = FORMAT
    version: Literal[1, 2] = 1
    username: Annotated[str, Field(min_length=1, max_length=200)]
    aliases: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=100)] = ()
    display_name: Annotated[str, Field(max_length=80), AfterValidator(_line)] = ""
    description: Text = ""
    licence: Text = ""
    consent: ConsentNote | None = None
    source: Annotated[str, Field(max_length=400, pattern=r"^(file:[^/\\]+)?$"), AfterValidator(_line)] = ""
    clip: Seconds | None = None
    created_at: datetime | None = None
    quality: Share | None = None
    kind: Word = ""
    warnings: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    stills: Annotated[tuple[StillNote, ...], Field(max_length=100)] = ()
    files: Annotated[tuple[FileNote, ...], Field(min_length=1, max_length=MOST_FILES)]


class CutoutFacts(BaseModel):
    """What `cutout/cutout.json` says of the frames; a field beyond these is not looked at.

    Attributes:
        frames: how many there are.
        fps: pictures a second.
        best: the number of the clearest frame.
        bust: whether the character was cut off below.
        quality: 0 to 1.
        kind: what found the subject.
        box: the subject in the best frame: left, top, right, bottom as parts of width and height.
        warnings: sentences.
        path: the character's place over the ground in each frame, parts of its height; empty where not measured.
        face: height of its face as part of its height; 0 where none was found.
    """

    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False)

    frames: int = Field(ge=1, le=100)
    fps: float = Field(gt=0, le=240)
    best: int = Field(ge=0)
    bust: bool
    quality: Share
    kind: Word
    box: tuple[Share, Share, Share, Share]
    warnings: Annotated[tuple[Line, ...], Field(max_length=20)]
    path: Annotated[tuple[Annotated[float, Field(ge=-1000, le=1000)], ...], Field(max_length=100)] = ()
    face: Share = 0.0

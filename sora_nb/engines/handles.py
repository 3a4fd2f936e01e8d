"""Suggest a username and a display name for a new character, in the shape the vendor gave them.

A username is two pronounceable runs of letters joined by one dot, as in `kimolu.bravecomet`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sora_nb.engines.base import Cutout

_ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "tr", "pl", "mo")
_VOWELS = ("a", "e", "i", "o", "u", "ee", "oo", "ai")
_FIRST = ("amber", "brave", "calm", "dapper", "eager", "fluffy", "gentle", "happy", "jolly", "keen", "lucky", "mellow")
_SECOND = (
    "acorn",
    "breeze",
    "comet",
    "dune",
    "ember",
    "fern",
    "grove",
    "harbor",
    "island",
    "juniper",
    "lark",
    "meadow",
)


def suggest_names(cutout: Cutout) -> tuple[str, str]:
    """Derive a username and a display name from the pixels of a cut-out: the same clip gives the same names everywhere.

    Returns:
        Something like `("kimolu.bravecomet", "Brave Comet")`.
    """
    pixels = hashlib.sha256(cutout.frames[cutout.best].tobytes()).hexdigest()
    digest = hashlib.sha256(pixels.encode()).digest()
    sounds = "".join(_ONSETS[digest[i] % len(_ONSETS)] + _VOWELS[digest[i + 1] % len(_VOWELS)] for i in (0, 2, 4))
    first = _FIRST[digest[6] % len(_FIRST)]
    second = _SECOND[digest[7] % len(_SECOND)]
    return f"{sounds}.{first}{second}", f"{first} {second}".title()

"""Handles for characters made here, in the shape the vendor gave them: two pronounceable runs joined by one dot."""

from __future__ import annotations

import hashlib

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


def handle(seed: str) -> tuple[str, str]:
    """Make a username and a display name from a text; the same text gives the same names.

    Returns:
        Something like `("kimolu.bravecomet", "Brave Comet")`.
    """
    digest = hashlib.sha256(seed.encode()).digest()
    sounds = "".join(_ONSETS[digest[i] % len(_ONSETS)] + _VOWELS[digest[i + 1] % len(_VOWELS)] for i in (0, 2, 4))
    first, second = _FIRST[digest[6] % len(_FIRST)], _SECOND[digest[7] % len(_SECOND)]
    return f"{sounds}.{first}{second}", f"{first} {second}".title()

"""Read from a prompt which way somebody goes: to the left or to the right of the picture."""

from __future__ import annotations

import re

_RIGHT = r"(?:from )?left to right|(?:to|towards?|from the left to) (?:the |its |his |her )?right(?: side| edge)?|rightwards?"
_LEFT = (
    r"(?:from )?right to left|(?:to|towards?|from the right to) (?:the |its |his |her )?left(?: side| edge)?|leftwards?"
)
WAYS = re.compile(
    # "to the right of @bob" is a place, and "pan to the right" tells the camera
    rf"(?P<camera>\b(?:pan(?:s|ning)?|camera|track(?:s|ing)?|dolly)\b[\w ]*?)?"
    rf"(?:\b(?:(?P<right>{_RIGHT})|(?P<left>{_LEFT}))\b(?! of\b)|(?P<youbian>从左[往向到]右|[往向]右)|(?P<zuobian>从右[往向到]左|[往向]左))",
    re.IGNORECASE,
)
_CHINESE = {"left": "左", "right": "右"}


def phrases() -> dict[str, str]:
    """Return what is said for each way, as entries of the lexicon, with commas between."""
    ends = ("", " side", " edge")
    found = {}
    for way, other in (("right", "left"), ("left", "right")):
        said = [f"{other} to {way}", f"from {other} to {way}", f"{way}ward", f"{way}wards"]
        for to in ("to", "toward", "towards"):
            said += [f"{to} {whose}{way}{end}" for whose in ("", "the ", "its ", "his ", "her ") for end in ends]
        said += [f"从{_CHINESE[other]}{to}{_CHINESE[way]}" for to in "往向到"] + [
            f"{to}{_CHINESE[way]}" for to in "往向"
        ]
        found[way] = ", ".join([*said, f"from the {other} to the {way}"])
    return found


def toward(prompt: str) -> int:
    """Return 1 where the prompt sends its subject to the right, -1 to the left, 0 where it says nothing of it."""
    for found in WAYS.finditer(prompt):
        if not found["camera"]:
            return 1 if found["right"] or found["youbian"] else -1
    return 0

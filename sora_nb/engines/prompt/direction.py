"""Read from a prompt which way somebody goes, and which way the camera pans or tilts."""

from __future__ import annotations

import re

_RIGHT = r"(?:from )?left to right|(?:to|towards?|from the left to) (?:the |its |his |her )?right(?: side| edge)?|rightwards?"
_LEFT = (
    r"(?:from )?right to left|(?:to|towards?|from the right to) (?:the |its |his |her )?left(?: side| edge)?|leftwards?"
)
_SHOOTING = r"(?:镜头|画面|相机|摄像机)[^,，。；;]"
WAYS = re.compile(
    # "to the right of @bob" is a place, and "pan to the right" and 镜头向左摇 tell the camera
    rf"(?P<camera>\b(?:pan(?:s|ning)?|camera|track(?:s|ing)?|dolly)\b[\w ]*?|{_SHOOTING}{{0,4}}?)?"
    rf"(?:\b(?:(?P<right>{_RIGHT})|(?P<left>{_LEFT}))\b(?! of\b)|(?P<youbian>从左[往向到]右|[往向]右)|(?P<zuobian>从右[往向到]左|[往向]左))",
    re.IGNORECASE,
)
_SLOWLY = r"(?: (?:\w+ly|moves?|moving|pans?|panning|slides?|sliding|glides?|gliding|shot)){0,2}?"
_PANNING = re.compile(
    rf"\b(?:camera|pan(?:s|ning)?|track(?:s|ing)?|truck(?:s|ing)?|dolly|dollies){_SLOWLY}"
    r" (?:from )?(?:the )?(?:left|right)[ -]to[ -](?:the )?(?P<to>left|right)\b"
    r"|\b(?:left|right)[ -]to[ -](?P<till>left|right) (?:camera |tracking )?(?:pan|move|shot|track|dolly)\b"
    r"|从[左右][往向到](?P<dao>[左右])[摇移平横]|"
    # a camera that tracks somebody does not say which way
    rf"\b(?:camera|pan(?:s|ning)?|truck(?:s|ing)?|dolly|dollies){_SLOWLY}"
    r" (?:towards? |to |from (?:the )?(?:left|right) to )?(?:the )?(?P<way>left|right)(?:wards?)?\b(?! of\b| hand\b|-hand)"
    rf"|{_SHOOTING}{{0,3}}?(?:(?:从[左右])?[往向到](?P<fang>[左右])|(?P<yi>[左右])[摇移横推转平])",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:tilt|crane|boom|pedestal|jib|pan|swoop)(?:s|ing|ed)?(?: \w+ly)? down(?:wards?)?\b"
    r"|\bcamera(?: \w+ly)? (?:descend|lower|drop|sink|dive|plung)\w*|\bcamera(?: \w+){0,2} down(?:wards?)?\b"
    rf"|\bdescending (?:shot|camera)\b|{_SHOOTING}{{0,6}}?(?:[往向]下|下[摇移降俯压沉]|降)|下摇|降镜头",
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


def panning(prompt: str) -> int:
    """Return 1 where the prompt has the camera go to the right, -1 to the left, 0 where it says nothing of it."""
    found = _PANNING.search(prompt)
    if found is None:
        return 0
    way = next(said for said in found.groupdict().values() if said)
    return 1 if way.lower() in {"right", "右"} else -1


def tilting(prompt: str) -> int:
    """Return -1 where the prompt has the camera go or turn down, and otherwise 1, for up."""
    return -1 if _DOWN.search(prompt) else 1

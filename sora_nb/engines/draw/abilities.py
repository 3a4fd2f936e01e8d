"""Decide what a cut-out does where a prompt asks for an action: what its footage lets it, or else the nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sora_nb.engines.base import Cutout

RUNNING = 1.2
"""Heights a second from which a subject counts as running."""
NEEDS_LEGS = {"walk": "walk", "run": "run", "jump": "jump", "fly": "fly", "swim": "swim", "float": "float"}
"""What only a whole figure can do; the verb in a sentence."""
NEEDS_LIMBS = {
    "sit": "sit down",
    "sleep": "lie down",
    "wave": "lift an arm",
    "eat": "eat",
    "drink": "drink",
    "read": "hold a book",
    "work": "use its hands",
    "play": "use its hands",
}
"""What a cut-out does only where it was filmed doing so; the verb in a sentence."""
SPEEDS = {"walk": 0.11, "run": 0.26, "fly": 0.13, "swim": 0.10}
"""Parts of the frame's width covered a second by what does not walk on its own feet."""


@dataclass(frozen=True)
class Move:
    """What a character does in a shot.

    Attributes:
        action: what swings its body: a key of vocabulary.ACTIONS.
        way: how it covers ground: "stride" with its own steps, "hop" with none, "glide" through the air, or "stay".
        hold: show one picture, because all others show steps that lead nowhere.
        sentence: in what it differs from what was asked for, or "".
    """

    action: str
    way: str = "stay"
    hold: bool = False
    sentence: str = ""


def move(name: str, cutout: Cutout, action: str, medium: str) -> Move:
    """Choose what a cut-out does.

    Args:
        name: its username.
        cutout: the cut-out.
        action: what the prompt asks for, a key of vocabulary.ACTIONS.
        medium: what the scene is filled with: "ground", "space" or "water".
    """
    if cutout.bust:
        return _upper_body(name, action)
    held = bool(cutout.heading)
    if medium != "ground":
        told = _untold(name, action, held=held)
        if action == "swim" and medium == "water":
            told = f"@{name} glides through the water: a cut-out cannot swim by itself."
        return Move(action, "glide" if action in SPEEDS else "stay", held, told)
    if action in {"walk", "run"}:
        return _on_foot(name, cutout, action)
    if action == "swim":
        return Move("stand", hold=held, sentence=f"@{name} stands: the scene has no water to swim in.")
    if action == "fly":
        return Move(action, "glide", held)
    return Move(action, hold=held and action != "dance", sentence=_untold(name, action, held=held))


def _upper_body(name: str, action: str) -> Move:
    if action in NEEDS_LEGS:
        verb = NEEDS_LEGS[action]
        return Move("stand", sentence=f"@{name} stands: its footage shows only its upper body, so it cannot {verb}.")
    return Move(action, sentence=_untold(name, action) if action != "sit" else "")


def _on_foot(name: str, cutout: Cutout, action: str) -> Move:
    if not cutout.heading:
        doing = {"walk": "walking", "run": "running"}[action]
        return Move(action, "hop", sentence=f"@{name} hops along: its footage does not show it {doing}.")
    slow = action == "run" and abs(cutout.heading) < RUNNING
    return Move(action, "stride", sentence=f"@{name} walks: its footage does not show it running." if slow else "")


def _untold(name: str, action: str, *, held: bool = False) -> str:
    verb = NEEDS_LIMBS.get(action)
    does = "keeps one pose" if held else "moves as it was filmed"
    return f"@{name} {does}: a cut-out cannot {verb} by itself." if verb else ""


def drawn(name: str, action: str, medium: str) -> Move:
    """Choose what a character does that the engine draws itself: all that is asked for, but for swimming on dry land."""
    if action == "swim" and medium == "ground" and name != "fish":
        return Move("stand", sentence=f"The {name} stands: the scene has no water to swim in.")
    return Move(action, "glide" if action in SPEEDS else "stay")

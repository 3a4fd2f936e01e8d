"""A character with pictures that services take, in a library."""

from __future__ import annotations

from PIL import Image

from sora_nb.models import Character, Consent, Still
from sora_nb.providers.base import Member, Order
from sora_nb.storage.call import Call

SAID = Consent(by="a test", at="2026-11-26T00:00:00Z")


def still(folder, name="figure", size=(512, 640), **values):
    """A picture of a figure before a plain ground."""
    path = folder / f"{name}.jpg"
    picture = Image.new("RGB", size, (238, 238, 236))
    picture.paste((60, 90, 160), (size[0] // 4, size[1] // 6, 3 * size[0] // 4, 5 * size[1] // 6))
    picture.save(path)
    return Still(path=path, width=size[0], height=size[1], kind="figure", **values)


def portrayed(folder, username="luna", stills=("figure", "head"), **values):
    """A character with these pictures."""
    made = tuple(still(folder, f"{username}-{name}") for name in stills)
    return Character(id=f"ch_{username}", username=username, profile="local", stills=made, **values)


def kept(studio, character):
    """Put a character into a studio's library as if it had been made here."""
    call = studio.ledger.add(Call(kind="character", profile="local", state="done", task=character.id, charged=0))
    return studio.ledger.characters.add(character, call)


def order(*characters, prompt="@luna walks", registrations=None, **asked):
    """An order for a video of these characters."""
    known = registrations or {}
    members = tuple(
        Member(character=who, stills=() if who.username in known else who.stills, registration=known.get(who.username))
        for who in characters
    )
    asked = {"kind": "video", "model": "kling-3.0-omni", "size": "1280x720", "seconds": 5} | asked
    return Order(prompt=prompt, cast=characters, members=members, **asked)

"""A studio with years of work in it, made by writing its rows at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from quick import QuickEngine
from sqlalchemy import insert

from sora_nb import Studio
from sora_nb.engines.base import Control
from sora_nb.engines.cutout import files
from sora_nb.models import Character, Clip, State
from sora_nb.storage.call import Call
from sora_nb.storage.schema import CALLS, CHARACTERS, name_characters, origin

FOOTAGE = Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"
FEW, MANY = (100, 10), (20_000, 5_000)
"""Videos and characters."""
PROMPTS = [f"@u1 and a corgi {number}" for number in range(50)]


def library(home, videos, characters, **options):
    """A studio with finished rows: of videos, and of the characters, which are kept."""
    studio = Studio("local", home=home, progress=False, **options)
    films = [film(studio, number) for number in range(videos)]
    made = [Call(kind="character", profile="local", state=State.DONE, task=f"ch_{number}", charged=0)
            for number in range(characters)]  # fmt: skip
    cutout = QuickEngine().extract(FOOTAGE, Clip(1, 2), Control())
    still = files.save(cutout, studio.home / "cutouts" / "everybody")
    cast = [Character(id=f"ch_{number}", username=f"u{number}", profile="local", cutout=still, raw={"a": "b" * 200})
            for number in range(characters)]  # fmt: skip
    write(studio.ledger, [*films, *made], cast)
    return studio


def film(studio, number):
    """A finished video's row; one is made every hour."""
    file = studio.home / "made.mp4"
    file.touch()
    prompt = PROMPTS[number] if number < len(PROMPTS) else f"a corgi {number}"
    return Call(
        kind="video",
        profile="local",
        state=State.DONE,
        prompt=prompt,
        characters=("u1",),
        model="animatic",
        task=f"video_{number}",
        size="1280x720",
        seconds=10,
        estimate=0,
        reserved=0,
        charged=0,
        file=file,
        created_at=datetime.now(UTC) - timedelta(hours=number),
        answer={"id": f"video_{number}", "object": "video", "prompt": prompt, "warnings": []},
    )


def write(ledger, calls, cast=()):
    """Write rows of calls and characters in one transaction."""
    people = [{"profile": who.profile, "base_url": who.base_url, "username": who.username, "call": "",
               "record": who.model_dump(mode="json"), "origin": origin(who.model_dump(mode="json"))}
              for who in cast]  # fmt: skip
    with ledger._database.write() as connection:
        connection.execute(insert(CALLS), [call.model_dump(mode="json") for call in calls])
        name_characters(connection)
        if people:
            connection.execute(insert(CHARACTERS), people)

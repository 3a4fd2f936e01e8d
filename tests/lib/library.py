"""A studio with years of work in it, made by writing rows."""

from pathlib import Path

from quick import QuickEngine

from sora_nb import Studio
from sora_nb.engines.base import Control
from sora_nb.engines.cutout import files
from sora_nb.models import Character, Clip, State
from sora_nb.storage.call import Call

FOOTAGE = Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"
FEW, MANY = (10, 2), (5_000, 1_000)
"""Videos and characters."""
PROMPTS = [f"@u1 and a corgi {number}" for number in range(50)]


def library(home, videos, characters, **options):
    """A studio with finished rows, written through its ledger."""
    studio = Studio("local", home=home, progress=False, **options)
    file = studio.home / "made.mp4"
    file.touch()
    for number in range(videos):
        prompt = PROMPTS[number] if number < len(PROMPTS) else f"a corgi {number}"
        studio.ledger.add(
            Call(
                kind="video",
                profile="local",
                state=State.DONE,
                prompt=prompt,
                characters=("u1",),
                model="animatic",
                task=f"video_{number}",
                size="1280x720",
                seconds=10,
                charged=0,
                file=file,
                answer={"id": f"video_{number}", "object": "video", "prompt": prompt, "warnings": []},
            )
        )
    cutout = QuickEngine().extract(FOOTAGE, Clip(1, 2), Control())
    still = files.save(cutout, studio.home / "cutouts" / "everybody")
    for number in range(characters):
        who = Character(id=f"ch_{number}", username=f"u{number}", profile="local", cutout=still, raw={"a": "b" * 200})
        studio.ledger.characters.put(who)
    return studio

"""One of every widget with something in it, to be made in a kernel: `showcase.make("video_grid")`."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from sora_nb import media
from sora_nb.models import Character, Clip, Registration, Status, Video

FOOTAGE = Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"


def names():
    """The widgets the package has."""
    from sora_nb.notebook import widgets

    return sorted(file.stem for file in Path(widgets.__file__).parent.glob("*.py") if not file.stem.startswith("_"))


def make(name):
    """Make a widget by the name of its module."""
    return MAKERS[name]()


def cast():
    """Two characters with faces."""
    avatar = Path(tempfile.mkdtemp()) / "avatar.jpg"
    avatar.write_bytes(media.poster(FOOTAGE, 1.0, max_side=200))
    common = {"avatar": avatar, "clip": Clip(1, 3), "source": "task:video_1", "profile": "local"}
    return [
        Character(id="1", username="bunny.one", display_name="Bunny", permalink="https://example.org/b", **common),
        Character(id="2", username="bunny.two", providers={"openai": Registration(id="char_2")}, **common),
    ]


def videos():
    """Two videos of this machine."""
    common = {"status": Status.COMPLETED, "path": FOOTAGE, "seconds": 10, "size": "640x360", "model": "sora-2"}
    return [
        Video(id="video_1", prompt="a rabbit in a meadow", charged=0, **common),
        Video(id="video_2", prompt="a rabbit yawns", charged=0.15, **common),
    ]


def _gallery():
    from sora_nb.notebook.widgets.character_gallery import CharacterGallery

    return CharacterGallery(cast())


def _films():
    from sora_nb.notebook.widgets.film_list import Film, FilmList

    films = [
        Film("1", "a rabbit in a meadow", "a rabbit in a meadow", about="4 s"),
        Film("2", "a rabbit yawns", "@b yawns"),
    ]
    return FilmList(films=films, cast=["bunny.one"])


def _slider():
    from sora_nb.notebook.widgets.clip_slider import ClipSlider

    return ClipSlider(FOOTAGE)


def _meter():
    from sora_nb.notebook.widgets.cost_meter import CostMeter

    calls = {"time": [datetime.now(UTC)], "kind": ["video"], "prompt": ["a rabbit"], "status": ["done"],
             "estimate": [0.15], "charged": [0.31]}  # fmt: skip
    return CostMeter(spent=0.31, estimated=0.15, budget=2, table=lambda: pd.DataFrame(calls))


def _jobs():
    from sora_nb.notebook.widgets.job_list import JobList

    jobs = JobList("Make it", note="$0.15")
    jobs.show("a", "a rabbit yawns", "running", percent=40)
    jobs.show("b", "a rabbit jumps", "unknown")
    return jobs


def _prompt():
    from sora_nb.notebook.widgets.prompt_box import PromptBox

    return PromptBox(
        cast(), model="sora-2", models=("sora-2", "sora-2-pro"), size="1280x720", sizes=("1280x720", "720x1280"),
        seconds=4.0, lengths=(4.0, 8.0), estimate=lambda model, seconds: f"${seconds / 100:.2f}",
    )  # fmt: skip


def _question():
    from sora_nb.notebook.widgets.question import Question

    return Question(
        "Who says that this is all right?",
        ("Send", "Do not send"),
        about="@bunny.one would leave this machine for the first time.",
    )


def _grid():
    from sora_nb.notebook.widgets.video_grid import VideoGrid

    return VideoGrid(videos())


def _picker():
    from sora_nb.notebook.widgets.video_picker import VideoPicker

    return VideoPicker(videos())


MAKERS = {
    "character_gallery": _gallery,
    "film_list": _films,
    "clip_slider": _slider,
    "cost_meter": _meter,
    "job_list": _jobs,
    "prompt_box": _prompt,
    "question": _question,
    "video_grid": _grid,
    "video_picker": _picker,
}

"""Characters to show in widgets, some of them hostile."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sora_nb.models import Character, Clip, Registration

DATA = Path(__file__).parents[1] / "data"
NOW = datetime.now(UTC)


def character(username="luna.moon", **values):
    """A character with everything a card shows."""
    given = {
        "id": f"ch_{username}",
        "display_name": username.title(),
        "avatar": DATA / "chelsea.jpg",
        "clip": Clip(1, 3),
        "source": "file:holiday.mp4",
        "profile": "local",
        "created_at": NOW - timedelta(hours=2, minutes=5),
        "providers": {"local": Registration(id="1")},
    }
    return Character(username=username, **{**given, **values})


def crowd(count):
    """Many characters, mossy0, mossy1 and so on, without avatars."""
    return [character(f"mossy{number}", avatar=None) for number in range(count)]


HOSTILE = [
    "<img src=x onerror=window.hacked=1>",
    "<script>window.hacked=1</script>",
    "\u202eevil\u2066 name\u200b\u0007",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "x" * 1_000_000,
]


def hostile():
    """Characters whose texts try to be more than text."""
    return [
        character(
            f"bad{number}",
            display_name=text,
            description=text,
            source=f"file:{text}",
            permalink="javascript:window.hacked=1",
            profile_picture_url="javascript:window.hacked=1",
            avatar=None,
            providers={text: Registration(id="1")},
            raw={"warnings": [text]},
        )
        for number, text in enumerate(HOSTILE)
    ]

"""Characters to show in widgets, some of them hostile."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sora_nb.display import has_words
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


class Library:
    """Characters or videos that are searched where they are kept; it counts what was read of them."""

    def __init__(self, items):
        self.items = items
        self.read = 0

    def __getitem__(self, place):
        self.read += len(self.items[place])
        return self.items[place]

    def search(self, text):
        return Library([one for one in self.items if has_words(getattr(one, "prompt", str(one)), text)])

    def usernames(self):
        return [one.username for one in self.items]

    def labels(self):
        return {one.username: one.display_name for one in self.items}

    def resolve(self, names):
        return {one.username: one for one in self.items if one.username in names}


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

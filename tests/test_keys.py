"""Rows name files by key: what earlier versions wrote becomes one, the user's own stays, and a home can be moved."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_nb import Studio
from sora_nb.models import Character, State, Still
from sora_nb.storage.keys import Keys, former
from sora_nb.storage.ledger import Call, Ledger

HASH = "0123456789abcdef" * 2
KEPT = st.one_of(
    st.tuples(
        st.sampled_from(["videos", "posters", "avatars", "clips", "stills"]),
        st.text("0123456789abcdef", min_size=32, max_size=32),
        st.sampled_from([".mp4", ".jpg", ".png"]),
    ).map(lambda parts: f"{parts[0]}/{parts[1]}{parts[2]}"),
    st.tuples(st.text("0123456789abcdef", min_size=32, max_size=32), st.integers(0, 99)).map(
        lambda parts: f"cutouts/{parts[0]}/frame-{parts[1]:02d}.png"
    ),
)
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda name: name not in {".", ".."}
)
FOLDERS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: "/" + "/".join(names))
WINDOWS = st.lists(st.text("abc XYZ_1", min_size=1, max_size=8), min_size=1, max_size=3).map(
    lambda names: "C:\\" + "\\".join(names)
)


def written(home, key):
    """A path as an earlier version wrote it on the system of a home."""
    return f"{home}\\{key}".replace("/", "\\") if home.startswith("C:") else f"{home}/{key}"


@given(home=st.one_of(FOLDERS, WINDOWS), now=FOLDERS, keys=st.lists(KEPT, min_size=1, max_size=4), upload=NAMES)
def test_what_was_in_a_former_home_becomes_a_key_of_any_home(home, now, keys, upload):
    key = former(Path(now), [written(home, f"videos/{HASH}.mp4")])
    assert [key(written(home, each)) for each in keys] == keys
    if "\\" not in upload:
        assert key(written(home, f"uploads/1a2b3c4d/{upload}")) == f"uploads/1a2b3c4d/{upload}"
    assert [key(each) for each in keys] == keys, "one that is a key stays one"


@given(home=FOLDERS, now=FOLDERS, other=FOLDERS, name=NAMES, folder=st.sampled_from(["videos", "clips", "films"]))
def test_what_is_the_users_own_stays_as_it_is(home, now, other, name, folder):
    mine = f"{other}/{folder}/{name}"
    homes = [home, str(Path(now))]
    key = former(Path(now), [f"{home}/videos/{HASH}.mp4"])
    if not any(mine.startswith(f"{each}/") for each in homes):
        assert key(mine) == mine
    for each in homes:
        assert key(f"{each}/{name}") == f"{each}/{name}", "beside a home's own folders"
        assert key(f"{each}/videos/../../{name}") == f"{each}/videos/../../{name}"


@given(now=FOLDERS, key=KEPT, name=NAMES)
def test_a_key_leads_to_the_file_and_back(now, key, name):
    keys = Keys(Path(now))
    for each in (key, f"sources/0123456789abcdef/{name}"):
        assert keys.of(keys.path(each)) == each
        assert keys.text(each) == str(keys.path(each))
    outside = f"{now}x/videos/{name}"
    assert keys.of(outside) == keys.text(outside) == outside


def test_a_kept_file_of_another_home_stays_where_it_is(tmp_path):
    other = tmp_path / "other" / "videos" / f"{HASH}.mp4"
    other.parent.mkdir(parents=True)
    other.touch()
    key = former(tmp_path / "home", ["/before/videos/" + "f" * 32 + ".mp4"])
    assert key(str(other)) == str(other)
    other.unlink()
    assert key(str(other)) == f"videos/{HASH}.mp4", "it may have been the home itself"


def test_a_home_behind_a_link_is_the_same_home(tmp_path):
    home = tmp_path / "home"
    (home / "videos").mkdir(parents=True)
    (tmp_path / "link").symlink_to(home)
    assert Keys(home).of(tmp_path / "link" / "videos" / "a.mp4") == "videos/a.mp4"
    assert Keys(tmp_path / "link").of(home / "videos" / "a.mp4") == "videos/a.mp4"


# --- ledgers ------------------------------------------------------------------------------------------------------------


def as_before(path, change):
    """Bring a ledger back to how the last version wrote it: its indices, and each path as a function gives it."""
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM migrations WHERE name = 'tenth_keys'")
        connection.execute("DROP TABLE character_files")
        for name in ("file", "poster"):
            connection.execute(f"DROP INDEX ix_calls_{name}")
            connection.execute(f"CREATE INDEX ix_calls_{name} ON calls (replace({name}, '\\', '/'))")
            for number, key in connection.execute(
                f"SELECT number, {name} FROM calls WHERE {name} IS NOT NULL"
            ).fetchall():
                connection.execute(f"UPDATE calls SET {name} = ? WHERE number = ?", (change(key), number))
        for number, text in connection.execute("SELECT number, details FROM calls").fetchall():
            details = {
                name: change(value) if name in ("image", "file") else value for name, value in json.loads(text).items()
            }
            connection.execute("UPDATE calls SET details = ? WHERE number = ?", (json.dumps(details), number))
        for number, text in connection.execute("SELECT number, record FROM characters").fetchall():
            record = json.loads(text)
            for name in ("avatar", "clip_file", "cutout"):
                record[name] = record[name] and change(record[name])
            for still in record["stills"]:
                still["path"] = change(still["path"])
            connection.execute("UPDATE characters SET record = ? WHERE number = ?", (json.dumps(record), number))
    connection.close()


def kept_in(home, key, own):
    """A row and a character with every path that there is, one of them the user's own."""
    still = Still(path=home / f"stills/{HASH}.jpg", width=300, height=512, kind="figure")
    call = Call(
        kind="character", profile="local", state=State.INTERRUPTED, file=home / key, poster=home / f"posters/{HASH}.jpg",
        details={"file": str(own), "image": str(home / "uploads/1a2b3c4d/cat é.png"), "subject": [0.5, 0.5]},
    )  # fmt: skip
    hero = Character(
        id="ch_1", username="luna", avatar=home / f"cutouts/{HASH}/avatar.png", cutout=home / f"cutouts/{HASH}/frame-03.png",
        clip_file=home / f"clips/{HASH}.mp4", stills=(still,), raw={},
    )  # fmt: skip
    return call, hero


@given(
    key=KEPT, own=FOLDERS, before=st.one_of(FOLDERS, WINDOWS), moved=NAMES.filter(lambda name: len(name.encode()) < 99)
)
@settings(max_examples=8)
def test_a_ledger_of_the_last_version_is_read_in_any_home(key, own, before, moved):
    with tempfile.TemporaryDirectory() as folder:
        first, home = Path(folder, "first"), Path(folder, f"x{moved}")
        first.mkdir()
        own = f"{own}/my cat.mp4"
        ledger = Ledger(first / "ledger.db")
        call, hero = kept_in(first, key, own)
        ledger.add(call)
        ledger.characters.add(hero, call)
        ledger.close()
        as_before(first / "ledger.db", lambda key: key if key == own else written(before, key))
        first.rename(home)
        for _ in range(2):
            ledger = Ledger(home / "ledger.db")
            wanted, who = kept_in(home, key, own)
            (found,) = ledger.calls()
            assert (found.file, found.poster, found.details) == (wanted.file, wanted.poster, wanted.details)
            (kept,) = ledger.characters.all()
            paths = [who.avatar, who.clip_file, who.cutout, *(still.path for still in who.stills)]
            assert [kept.avatar, kept.clip_file, kept.cutout, *(still.path for still in kept.stills)] == paths
            files = [wanted.file, wanted.poster, Path(own), home / "uploads/1a2b3c4d/cat é.png", *paths]
            assert ledger.needs.uses([*files, home / "videos" / "other.mp4"]) == set(files)
            ledger.characters.forget(kept)
            assert ledger.needs.uses(paths) == {path for path in paths if path in {wanted.file, wanted.poster}}
            ledger.characters.put(kept)
            ledger.close()


@pytest.mark.release
def test_rows_have_no_absolute_path_but_the_users_own(made, footage, tmp_path):
    shutil.copytree(made.home, tmp_path / "home")
    with Studio(home=tmp_path / "home", progress=False) as studio:
        studio.generate("a corgi", seconds=1, size="160x90", image=next((tmp_path / "home" / "posters").iterdir()))
    with sqlite3.connect(tmp_path / "home" / "ledger.db") as connection:
        kept = [path for row in connection.execute("SELECT file, poster FROM calls") for path in row if path]
        records = [record for (record,) in connection.execute("SELECT record FROM characters")]
        details = [text for (text,) in connection.execute("SELECT details FROM calls")]
    connection.close()
    assert kept
    assert not [path for path in kept if Path(path).is_absolute()]
    assert not [text for text in records if str(tmp_path) in text]
    assert [json.loads(text)["file"] for text in details if '"file"' in text] == [
        str(Path(__file__).parent / "data/bigbuckbunny.mp4")
    ]
    assert [json.loads(text)["image"].partition("/")[0] for text in details if '"image"' in text] == ["posters"]


@pytest.mark.release
def test_a_home_that_was_moved_keeps_working(made, tmp_path):
    """List, play, extract again, export, film with the character and delete, all from a new place."""
    shutil.copytree(made.home, tmp_path / "before")
    home = (tmp_path / "before").rename(tmp_path / "after é")
    with Studio(home=home, progress=False) as studio:
        films = studio.videos()
        assert {film.prompt for film in films} == {made.film.prompt, made.corgi.prompt}
        assert all(film.path.is_file() and film.path.is_relative_to(home) and film.poster.is_file() for film in films)
        assert "<video" in films[0]._repr_mimebundle_()["text/html"]
        (rabbit,) = studio.characters()
        assert all(
            path.is_relative_to(home) and path.is_file() for path in (rabbit.avatar, rabbit.clip_file, rabbit.cutout)
        )
        assert rabbit.save(tmp_path / "rabbit.zip").is_file()
        again = studio.extract(films[0], 1, 2)
        assert again.avatar.is_file()
        studio.generate(f"{rabbit} in the snow", seconds=1, size="160x90")
        assert set(studio.costs()["file"].dropna().map(lambda file: Path(file).parent.parts[-2])) <= {
            "after é",
            "cutouts",
        }
        assert studio.prune().paths == ()
        removed = studio.delete(films[0])
        assert films[0].path in removed.paths

"""Files that are kept: whole ones only, under the hash of their content."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from sora_nb import media
from sora_nb.errors import ConfigError, MediaError
from sora_nb.models import Character, Clip, State, Still
from sora_nb.storage.files import Files
from sora_nb.storage.ledger import Call, Ledger


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path / "mine")


def picture(kind, size=(64, 64), mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


def arrived(files, content):
    path = files.incoming("a")
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".png"), ("GIF", ".png")])
def test_a_picture_is_kept_under_its_hash(files, kind, suffix):
    kept, digest = files.keep_picture(*arrived(files, picture(kind)))
    assert kept.name == digest[:32] + suffix
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == digest
    assert not list(files.incoming("").iterdir())


@pytest.mark.parametrize(
    "made",
    [lambda: b"", lambda: b"<svg onload=alert(1)>", lambda: picture("PNG", (500, 500))[:-40], lambda: picture("JPEG")[:200],
     lambda: picture("PNG", (30_000, 30_000), "1"), lambda: picture("PNG", (10_000, 6_000), "1")],
)  # fmt: skip
def test_what_is_no_whole_picture_is_not_kept(files, made, tally):
    with pytest.raises(MediaError, match="not a whole picture"):
        files.keep_picture(*arrived(files, made()))
    assert not [path for path in files.folder.rglob("*") if path.is_file()]
    tally.hostile += 1


def test_a_poster_that_came_with_the_video_is_taken_over(files, footage, monkeypatch):
    monkeypatch.setattr(media, "poster", None)  # nothing is decoded
    film, digest = arrived(files, footage.read_bytes())
    media.incoming_poster(film).write_bytes(picture("JPEG"))
    kept = files.keep_video(film, digest)
    assert kept.poster.read_bytes() == picture("JPEG")
    assert not list(files.incoming("").iterdir())


def test_a_video_is_kept_with_a_poster(files, footage):
    kept = files.keep_video(*arrived(files, footage.read_bytes()))
    assert kept.file.read_bytes() == footage.read_bytes()
    assert kept.seconds == pytest.approx(media.probe(footage).duration, abs=0.001)
    assert kept.poster.read_bytes().startswith(b"\xff\xd8")


def test_a_video_that_was_cut_off_is_not_kept(files, footage, tmp_path):
    media.cut(footage, Clip(1, 2), tmp_path / "early.mp4")  # its index comes first, so that half of it opens as well
    content = (tmp_path / "early.mp4").read_bytes()
    path, digest = arrived(files, content[:-1000])
    media.probe(path)
    with pytest.raises(MediaError, match="was cut off"):
        files.keep_video(path, digest)
    assert not path.exists()


def test_a_copy_of_a_clip_is_kept(files, footage):
    part, lacks = files.cut(footage, Clip(1, 2), "a")
    assert lacks == []
    kept, digest = files.keep_clip(part)
    assert kept.read_bytes() == part.read_bytes()
    assert kept.stem == digest[:32]


def test_two_calls_on_the_same_seconds_both_keep_them(files, footage, monkeypatch):
    one, other = (files.cut(footage, Clip(1, 2), name)[0] for name in ("one", "other"))
    copyfile, others = shutil.copyfile, []

    def interrupted(source, target):
        copyfile(source, target)
        if not others:
            others.append(None)
            others.append(files.keep_clip(other))

    monkeypatch.setattr(shutil, "copyfile", interrupted)
    assert files.keep_clip(one) == others[1]
    assert others[1][0].read_bytes() == one.read_bytes()


def test_where_there_is_no_room_it_is_told(files, footage):
    files.incoming("a.clip.mp4").symlink_to("/dev/full")
    with pytest.raises(MediaError, match="cannot be kept"):
        files.cut(footage, Clip(1, 2), "a")


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "mine").write_text("notes")
    with pytest.raises(ConfigError, match="cannot be used"):
        Files(tmp_path / "mine")


# --- deleting ---------------------------------------------------------------------------------------------------------

NOW = dt.datetime.now(dt.UTC)
OLD = NOW - dt.timedelta(days=2)


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "mine" / "ledger.db")
    yield made
    made.close()


def put(files, name, *, old=True, size=1000):
    """A file below the studio's folder."""
    path = files.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    if old:
        os.utime(path, (OLD.timestamp(),) * 2)
    return path


def still(path):
    return Still(path=path, width=300, height=512, kind="figure")


def names(files, paths):
    return sorted(str(path.relative_to(files.folder)) for path in paths)


def test_what_another_row_needs_stays(files, ledger):
    """Two calls that made the same film share its file."""
    film, poster = put(files, "videos/a.mp4", size=2_000_000), put(files, "posters/a.jpg", size=400_000)
    one, other = (
        ledger.add(Call(kind="video", profile="local", state=State.DONE, file=film, poster=poster)) for _ in range(2)
    )
    ledger.drop_file(one)
    assert repr(files.remove([film, poster], ledger)) == "Removed 0 files, 0.0 kB"
    ledger.drop_file(other)
    removed = files.remove([film, poster, film, files.folder / "videos" / "gone.mp4"], ledger)
    assert (removed.paths, repr(removed)) == ((film, poster), "Removed 2 files, 2.4 MB")
    assert not film.exists()


def test_a_file_outside_of_the_folder_is_never_deleted(files, ledger, tmp_path):
    mine = tmp_path / "holiday.mp4"
    mine.touch()
    assert files.remove([mine, files.folder / ".." / "holiday.mp4"], ledger).paths == ()
    assert mine.exists()


def test_a_file_that_cannot_be_deleted_is_told(files, ledger, monkeypatch):
    film = put(files, "videos/a.mp4")

    def unlink(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(MediaError, match=r"a\.mp4 cannot be deleted: Permission denied"):
        files.remove([film], ledger)


def test_the_files_of_a_character_go_with_it(files, ledger):
    paths = [put(files, name) for name in ("avatars/a.png", "avatars/c.png", "clips/d.mp4", "stills/f.jpg")]
    cutout = [put(files, f"cutouts/d/{name}") for name in ("cutout.json", "frame-00.png")]
    other = put(files, "cutouts/e/frame-00.png")
    put(files, "clips/e.mp4")
    call = ledger.add(Call(kind="character", profile="local", state=State.DONE, file=paths[0]))
    hero = Character(
        id="ch_1", username="a.b", avatar=paths[0], cutout=paths[1], clip_file=paths[2], clip_sha256="d", raw={},
        stills=(still(paths[3]),),
    )  # fmt: skip
    hero = ledger.characters.add(hero, call)
    ledger.characters.add(hero.model_copy(update={"id": "ch_2", "clip_file": files.folder / "clips" / "e.mp4"}), call)
    assert files.of_character(hero) == [paths[0], paths[2], paths[1], paths[3], *cutout]
    assert files.remove(files.of_character(hero), ledger).paths == ()
    for who in ledger.characters.all():
        ledger.characters.forget(who)
    ledger.drop_file(call)
    assert len(files.remove(files.of_character(hero), ledger).paths) == 6
    assert not cutout[0].parent.exists()
    assert other.exists()


def test_what_nobody_names_is_left_over(files, ledger):
    for name in ("videos/a.mp4", "videos/b.mp4", "posters/a.jpg", "posters/b.jpg", "avatars/a.png", "avatars/b.png",
                 "clips/a.mp4", "clips/b.mp4", "stills/a.jpg", "stills/b.jpg", "cutouts/a/cutout.json", "cutouts/b/cutout.json"):  # fmt: skip
        put(files, name)
    put(files, "uploads/mine.mp4")
    video = Call(
        kind="video", profile="local", state=State.DONE, file=files.folder / "videos/a.mp4",
        poster=files.folder / "posters/a.jpg",
    )  # fmt: skip
    call = ledger.add(video)
    hero = Character(
        id="ch_1", username="a.b", avatar=files.folder / "avatars/a.png", clip_file=files.folder / "clips/a.mp4",
        stills=(still(files.folder / "stills/a.jpg"),),
    )  # fmt: skip
    ledger.characters.add(hero, call)
    left = files.left_over(ledger, NOW)
    assert names(files, left) == [
        "avatars/b.png", "clips/b.mp4", "cutouts/b/cutout.json", "posters/b.jpg", "stills/b.jpg",
        "uploads/mine.mp4", "videos/b.mp4",
    ]  # fmt: skip
    assert len(files.remove(left, ledger).paths) == 7
    assert files.left_over(ledger, NOW) == []


def test_a_home_that_was_moved_has_nothing_left_over(files, ledger, tmp_path):
    film = put(files, "videos/a.mp4")
    ledger.add(Call(kind="video", profile="local", state=State.DONE, file=film))
    ledger.close()
    moved = Files(files.folder.rename(tmp_path / "moved"))
    there = Ledger(moved.folder / "ledger.db")
    assert moved.left_over(there, NOW) == []
    assert there.needs.uses([moved.folder / "videos/a.mp4"])
    there.close()


def test_what_has_just_come_may_be_about_to_be_named(files, ledger):
    """Another kernel has kept its film, and writes its row in a moment."""
    call = ledger.add(Call(kind="video", profile="local", state=State.RUNNING, created_at=NOW))
    put(files, "videos/old.mp4")
    new = put(files, "videos/new.mp4", old=False)
    assert names(files, files.left_over(ledger, NOW)) == ["videos/old.mp4"]
    ledger.change(call, state=State.FAILED)
    assert new in files.left_over(ledger, NOW)


def test_an_avatar_that_comes_late_may_be_about_to_be_named(files, ledger):
    """resume() keeps the avatar of a finished character, then its cut-out, and then writes both down."""
    row = Call(kind="character", profile="local", state=State.DONE, url="https://a.example/b.png", created_at=NOW)
    call = ledger.add(row)
    avatar = put(files, "avatars/a.png", old=False)
    assert files.left_over(ledger, NOW) == []
    ledger.change(call, url="")
    assert files.left_over(ledger, NOW) == [avatar]


@pytest.mark.parametrize(
    ("state", "over"),
    [
        (State.RUNNING, False),
        (State.UNKNOWN, False),
        (State.INTERRUPTED, False),
        (State.FAILED, True),
        (State.DONE, True),
    ],
)
def test_what_was_on_its_way_is_left_over_once_its_row_has_ended(files, ledger, state, over):
    call = ledger.add(Call(kind="character", profile="local", state=state))
    names_of = [put(files, f"incoming/{call.id}{end}", old=False) for end in (".clip.mp4", ".source", ".mp4.part")]
    assert files.left_over(ledger, NOW) == (sorted(names_of) if over else [])


def test_what_no_row_tells_of_is_left_over_after_a_day(files, ledger):
    put(files, "incoming/new.picture", old=False)
    put(files, "sources/new.mp4", old=False)
    put(files, "incoming/old.picture")
    put(files, "sources/old.mp4")
    assert names(files, files.left_over(ledger, NOW)) == ["incoming/old.picture", "sources/old.mp4"]


def test_old_uploads_are_left_over_unless_a_call_needs_them(files, ledger):
    put(files, "uploads/1a2b3c4d/new.mp4", old=False)
    old = put(files, "uploads/5e6f7a8b/cat.mp4")
    needed = put(files, "uploads/9c0d1e2f/cat.mp4")
    ledger.add(Call(kind="character", profile="local", state=State.RUNNING, details={"file": str(needed)}))
    assert files.left_over(ledger, NOW) == [old]
    files.remove([old], ledger)
    assert sorted(path.name for path in (files.folder / "uploads").iterdir()) == ["1a2b3c4d", "9c0d1e2f"]


@pytest.mark.parametrize(
    ("state", "over"), [(State.UNKNOWN, False), (State.INTERRUPTED, False), (State.FAILED, True), (State.DONE, True)]
)
def test_a_source_is_kept_while_a_call_may_need_it(files, ledger, state, over):
    source = put(files, "sources/a.mp4", old=over is False)
    ledger.add(Call(kind="character", profile="local", state=state, details={"file": str(source)}))
    assert files.left_over(ledger, NOW) == ([source] if over else [])


def test_a_miniature_goes_with_its_film(files, ledger):
    film, other = put(files, "videos/a.mp4"), put(files, "videos/b.mp4")
    row = ledger.add(Call(kind="video", profile="local", state=State.DONE, file=film))
    ledger.add(Call(kind="video", profile="local", state=State.DONE, file=other))
    small, _ = put(files, "miniatures/a.mp4"), put(files, "miniatures/b.mp4")
    alone = put(files, "miniatures/gone.mp4")
    assert files.left_over(ledger, NOW) == [alone]
    assert files.remove([small, alone], ledger).paths == (alone,)
    ledger.drop_file(row)
    assert files.remove([film], ledger).paths == (film, small)
    assert files.left_over(ledger, NOW) == []

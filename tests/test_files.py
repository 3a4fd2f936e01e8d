"""Files that are kept: whole ones only, under the hash of their content."""

from __future__ import annotations

import hashlib
import io
import shutil

import pytest
from PIL import Image

from sora_nb import media
from sora_nb.errors import ConfigError, MediaError
from sora_nb.models import Clip
from sora_nb.storage.files import Files


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
    "content",
    [b"", b"<svg onload=alert(1)>", picture("PNG", (500, 500))[:-40], picture("JPEG")[:200],
     picture("PNG", (30_000, 30_000), "1"), picture("PNG", (10_000, 6_000), "1")],
)  # fmt: skip
def test_what_is_no_whole_picture_is_not_kept(files, content, tally):
    with pytest.raises(MediaError, match="not a whole picture"):
        files.keep_picture(*arrived(files, content))
    assert not [path for path in files.folder.rglob("*") if path.is_file()]
    tally.hostile += 1


def test_a_video_is_kept_with_a_poster(files, footage):
    kept, poster, seconds = files.keep_video(*arrived(files, footage.read_bytes()))
    assert kept.read_bytes() == footage.read_bytes()
    assert seconds == pytest.approx(media.probe(footage).duration)
    assert poster.read_bytes().startswith(b"\xff\xd8")


def test_a_video_that_was_cut_off_is_not_kept(files, footage, tmp_path):
    media.cut(footage, Clip(1, 2), tmp_path / "early.mp4")  # its index comes first, so that half of it opens as well
    content = (tmp_path / "early.mp4").read_bytes()
    path, digest = arrived(files, content[:-1000])
    media.probe(path)
    with pytest.raises(MediaError, match="was cut off"):
        files.keep_video(path, digest)
    assert not path.exists()


def test_a_copy_of_a_clip_is_kept(files, footage):
    part = files.cut(footage, Clip(1, 2), "a")
    kept, digest = files.keep_clip(part)
    assert kept.read_bytes() == part.read_bytes()
    assert kept.stem == digest[:32]


def test_two_calls_on_the_same_seconds_both_keep_them(files, footage, monkeypatch):
    one, other = (files.cut(footage, Clip(1, 2), name) for name in ("one", "other"))
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

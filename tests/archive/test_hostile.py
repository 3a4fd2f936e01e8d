"""Archives from strangers: each is what was saved, or is refused in words, and never more memory than it may take."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import struct
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import archives
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_nb.archive import reader, record, writer
from sora_nb.archive.record import RECORD
from sora_nb.errors import ArchiveError

with tempfile.TemporaryDirectory() as folder:
    GOOD = writer.pack(archives.hero(Path(folder), b"film").model_dump())
CONTENTS = archives.opened(GOOD)
READ = reader.unpack(io.BytesIO(GOOD))
WITHOUT_RECORD = {name: content for name, content in CONTENTS.items() if name != RECORD}


def refusal(packed):
    with pytest.raises(ArchiveError) as error:
        reader.unpack(io.BytesIO(packed))
    assert len(error.value.message) < 500
    return error.value.message


def test_an_archive_that_was_packed_again_is_the_same():
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", compression) as archive:
            for name in reversed(CONTENTS):
                archive.writestr(name, CONTENTS[name])
        assert reader.unpack(out) == READ


@settings(max_examples=300)
@given(st.data())
def test_damage_is_refused_or_changes_nothing(data):
    """Bytes turned over, left out, doubled: a date or a mode may be another one, what is read is not."""
    packed = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(packed) - 1) | st.integers(max(0, len(packed) - 900), len(packed) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "drop", "double"]))
        if kind == "flip":
            packed[place] ^= data.draw(st.integers(1, 255))
        elif kind == "cut":
            del packed[max(1, place) :]
        else:
            part = packed[place : place + data.draw(st.integers(1, 40))]
            packed[place : place + len(part)] = b"" if kind == "drop" else bytes(part + part)
        packed = packed or bytearray(1)
    try:
        found = reader.unpack(io.BytesIO(bytes(packed)))
    except ArchiveError:
        return
    assert found == READ


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_anything_else_is_refused(content):
    refusal(content)


NAMES = [
    "../evil.png", "/etc/passwd", "C:\\evil.png", "..\\evil.png", "stills/../../evil.png", "stills/", "cutout/", "CHARACTER.JSON",
    "clip.MP4", "Clip.mp4", "stills/1.png", "stills/001.png", "stills/01.png/x", "cutout/frame-1.png", "frame-00.png", "stills/01.svg",
    "avatar.png\0.exe", "avatar.png ", " avatar.png", "avatar.png.", "con.png", "avatar.gif", "__MACOSX/._avatar.png", "./avatar.png",
    "stills//01.png", "stills\\01.png", "stills/\uff10\uff11.png", "avatar\u202egnp.png", "~/avatar.png", "file:///avatar.png",
    "luna.sora.zip", "cutout/frame-0a.png", "a" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_that_the_format_has_not_is_refused(name):
    refusal(archives.packed({**CONTENTS, name: archives.png()}))
    refusal(archives.packed(CONTENTS, extra=[(raw(name), archives.png())]))


def raw(name):
    """An entry whose name stays as it is, whatever this system makes of it."""
    entry = zipfile.ZipInfo("x")
    entry.filename = name
    return entry


@given(st.text(max_size=30))
@settings(max_examples=60)
def test_no_other_name_gets_in(name):
    refusal(archives.packed(CONTENTS, extra=[(raw(name), b"x")]))


def link():
    entry = zipfile.ZipInfo("avatar.png")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


def without(*names):
    return {name: content for name, content in CONTENTS.items() if name not in names}


def facts(**changes):
    return json.dumps({**json.loads(CONTENTS["cutout/cutout.json"]), **changes}).encode()


NOTES = json.loads(CONTENTS[RECORD])["files"]
WRONG = {
    "a symbolic link": (archives.packed(without("avatar.jpg"), extra=[(link(), b"/etc/passwd")]), "no plain file"),
    "a newer version": (archives.packed(CONTENTS, version=3, mood="new"), "version 3 of the format, and this version of sora_nb"),
    "version 0": (archives.packed(CONTENTS, version=0), "version: Input should be 1 or 2"),
    "another format": (archives.packed(CONTENTS, format="zoo"), "not that of a character"),
    "no record": (archives.packed(CONTENTS).replace(b"character.json", b"character.jsox"), "no character.json"),
    "a record that is none": (archives.packed(CONTENTS).replace(b'{"format"', b'["format"'), ""),
    "an unknown field": (archives.packed(CONTENTS, evil=1), "evil: Extra inputs are not permitted"),
    "another hash": (archives.packed(CONTENTS, files=[{**note, "sha256": "0" * 64} for note in NOTES]), "the hashes differ"),
    "another size": (archives.packed(CONTENTS, files=[{**note, "size": 7} for note in NOTES]), "not the size"),
    "a file that is not listed": (archives.packed(CONTENTS, files=NOTES[1:]), "not those that its character.json lists"),
    "a file listed twice": (archives.packed(CONTENTS, files=[*NOTES, NOTES[0]]), "not those that its character.json lists"),
    "the record lists itself": (archives.packed(CONTENTS, files=[*NOTES, {**NOTES[0], "name": RECORD}]), "not those"),
    "no file at all": (archives.packed({RECORD: CONTENTS[RECORD]}, stills=[]), "files: Tuple should have at least 1 item"),
    "an archive in it": (archives.packed({**CONTENTS, "stills/01.png": GOOD}), "stills/01.png cannot be decoded"),
    "a picture of another kind": (archives.packed({**CONTENTS, "avatar.jpg": archives.png()}), "avatar.jpg cannot be decoded"),
    "a page as picture": (archives.packed({**CONTENTS, "avatar.jpg": b"<svg onload=alert(1)>"}), "avatar.jpg cannot be decoded"),
    "half a picture": (archives.packed({**CONTENTS, "avatar.jpg": CONTENTS["avatar.jpg"][:200]}), "avatar.jpg cannot be decoded"),
    "a huge picture": (archives.packed({**CONTENTS, "stills/01.png": archives.png((4001, 4000), "1")}), "16,004,000 pixels"),
    "a still of another size": (archives.packed({**CONTENTS, "stills/01.png": archives.png((9, 8))}), "A still has not the size"),
    "a still that is not told": (archives.packed({**CONTENTS, "stills/02.png": archives.png()}), "Its stills and avatar"),
    "two avatars": (archives.packed({**CONTENTS, "avatar.png": archives.png()}), "Its stills and avatar"),
    "a frame too few": (archives.packed(without("cutout/frame-02.png")), "The pictures of its cut-out"),
    "a frame too many": (archives.packed({**CONTENTS, "cutout/frame-03.png": CONTENTS["cutout/frame-02.png"]}), "The pictures of"),
    "a frame of another size": (archives.packed({**CONTENTS, "cutout/frame-02.png": archives.png((5, 5), "RGBA")}), "not of one size"),
    "a frame that is not transparent": (archives.packed({**CONTENTS, "cutout/frame-02.png": archives.png((5, 6))}), "not of one size"),
    "a cut-out without its facts": (archives.packed(without("cutout/cutout.json")), "but no cutout/cutout.json"),
    "a cut-out's avatar that is not square": (archives.packed({**CONTENTS, "cutout/avatar.png": archives.png((3, 4))}), "square picture"),
    "a best frame beyond the last": (archives.packed({**CONTENTS, "cutout/cutout.json": facts(best=3)}), "The pictures of its cut-out"),
    "a path of too few places": (archives.packed({**CONTENTS, "cutout/cutout.json": facts(path=[0.0, 1.0])}), "has 2 places for 3"),
    "a path that is no number": (archives.packed({**CONTENTS, "cutout/cutout.json": facts(path=[0.0, 1.0, float("inf")])}), "path"),
    "a pace that is no number": (archives.packed({**CONTENTS, "cutout/cutout.json": facts(fps=float("nan"))}), "fps: Input should be a finite"),
    "a million frames": (archives.packed({**CONTENTS, "cutout/cutout.json": facts(frames=10**6)}), "frames: Input should be less"),
    "invisible characters": (archives.packed(CONTENTS, description="safe\u202e"), "control or invisible"),
    "a name of two lines": (archives.packed(CONTENTS, display_name="a\nb"), "more than one line"),
    "a path as source": (archives.packed(CONTENTS, source="file:/etc/passwd"), "source: String should match"),
    "a link as source": (archives.packed(CONTENTS, source="url:https://a.example"), "source: String should match"),
    "a comment": (GOOD[:-2] + b"\x05\x00hello", "no ZIP archive, or was cut off"),
    "compressed by bzip2": (archives.packed(CONTENTS, compression=zipfile.ZIP_BZIP2), "compressed in a way"),
    "nested beyond reason": (archives.packed({**CONTENTS, "cutout/cutout.json": b"[" * 100_000}), "cutout.json cannot be used"),
}  # fmt: skip


@pytest.mark.parametrize(("packed", "told"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said(packed, told):
    assert told in refusal(packed)


def test_a_name_that_is_there_twice_is_refused():
    entry = zipfile.ZipInfo("clip.mp4")
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed = archives.packed(CONTENTS, extra=[(entry, b"other")])
    assert "two files of the name 'clip.mp4'" in refusal(packed)


def test_an_encrypted_file_is_refused():
    packed = bytearray(GOOD)
    directory = struct.unpack("<L", packed[-6:-2])[0]
    packed[directory + 8] |= 1
    packed[6] |= 1
    assert "is encrypted" in refusal(bytes(packed))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200)
@given(field=st.sampled_from([*record.Record.model_fields, "x"]), value=VALUES)
def test_a_field_of_the_record_is_as_the_format_says_or_refused(field, value):
    try:
        packed = archives.packed(CONTENTS, **{field: value})
    except UnicodeEncodeError:
        return
    try:
        found = reader.unpack(io.BytesIO(packed))
    except ArchiveError:
        return
    assert found.contents == READ.contents
    assert record.Record.model_validate_json(found.record.model_dump_json()) == found.record


# --- more than may be ---------------------------------------------------------------------------------------------------


def bomb(size, *, said=None):
    """An archive whose clip unpacks to so many zero bytes, and says how many it has."""
    clip = bytes(size)
    note = {"name": "clip.mp4", "size": said or size, "sha256": hashlib.sha256(clip).hexdigest()}
    contents = {RECORD: CONTENTS[RECORD], "clip.mp4": clip}
    packed = bytearray(archives.packed(contents, files=[note], stills=[], compression=zipfile.ZIP_DEFLATED))
    if said:
        for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            start = packed.find(mark, packed.find(mark) + 1)
            packed[start + place : start + place + 4] = struct.pack("<L", said)
    return bytes(packed)


def flood(count):
    """An archive of very many empty files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number:060d}", b"")
    return out.getvalue()


GREEDY = {
    "a bomb": (lambda: bomb(130 * record.MEBIBYTE), "and may have"),
    "a bomb that lies": (lambda: bomb(100 * record.MEBIBYTE, said=1000), "no whole ZIP archive"),
    "a flood of files": (lambda: flood(12_000), "has more in it"),
    "more files than one may have": (lambda: flood(300), "300 files"),
    "numbers of 64 bits": (lambda: GOOD[:-22] + b"PK\x06\x07" + bytes(16) + GOOD[-22:], "has more in it"),
}


@pytest.mark.parametrize(("made", "told"), GREEDY.values(), ids=GREEDY)
def test_what_takes_too_much_is_refused_before_it_does(made, told):
    packed = made()
    tracemalloc.start()
    try:
        message = refusal(packed)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert told in message
    assert most < 8 * record.MEBIBYTE


def test_files_that_are_too_much_together_are_refused(monkeypatch):
    monkeypatch.setattr(reader, "MOST_BYTES", 1000)
    assert "has more than" in refusal(archives.packed(CONTENTS, compression=zipfile.ZIP_DEFLATED))


def test_pictures_that_are_too_much_together_are_refused(monkeypatch):
    monkeypatch.setattr(reader, "ALL_PIXELS", 100)
    assert "pixels together" in refusal(GOOD)

"""What is saved of a character, and what is not; notebooks/guide/characters.md says the same."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import archives
import av
import pytest
from canary import needles
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quick import QuickEngine

from sora_nb import Studio, media
from sora_nb.archive import reader, record, writer
from sora_nb.archive.record import PARTS, RECORD, Record
from sora_nb.errors import ArchiveError, InvalidInput
from sora_nb.models import Character, Clip, Registration

PAGE = (Path(__file__).parents[2] / "notebooks/guide/characters.md").read_text(encoding="utf-8")
SECRET = "sig-7d1e5c90aa"


def rows(name):
    table = PAGE.partition(f"<!-- {name} -->\n")[2].partition(f"\n<!-- /{name} -->")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_page_has_every_name_with_its_limit():
    assert [(name.strip("`"), most) for name, most, _ in rows("files")] == [
        (part.name, f"{part.most:,}") for part in PARTS
    ]


def test_the_page_has_every_field_with_what_stands_for_a_missing_one():
    said = {field.strip("`"): default for field, _, default in rows("fields")}
    assert said == {
        name: "" if field.is_required() else re.sub(r"^\(\)$", "[]", json.dumps(field.default))
        for name, field in Record.model_fields.items()
    }


def test_the_page_says_the_limits_that_hold_for_all():
    for limit in (record.MOST_BYTES, record.MOST_FILES, record.PICTURE_PIXELS, record.ALL_PIXELS):
        assert f"{limit:,}" in PAGE
    assert f"{record.CLIP_SECONDS:g} s at most" in PAGE
    assert f"version {record.VERSION}, for those" in PAGE


@pytest.mark.parametrize("field", ["display_name", "description", "licence", "kind"])
def test_a_text_may_be_as_long_as_the_page_says(field, tmp_path):
    told = next(words for name, words, _ in rows("fields") if name == f"`{field}`")
    most = int(re.search(r"([\d,]+) characters", told)[1].replace(",", ""))
    contents = archives.opened(writer.pack(archives.hero(tmp_path, b"film").model_dump()))
    longest = archives.packed(contents, **{field: "x" * most})
    assert getattr(reader.unpack(io.BytesIO(longest)).record, field) == "x" * most
    with pytest.raises(ArchiveError, match=f"{field}: String should have at most {most} characters"):
        reader.unpack(io.BytesIO(archives.packed(contents, **{field: "x" * (most + 1)})))


def test_the_same_character_gives_the_same_bytes_wherever_it_lies(tmp_path):
    saved = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        saved.append(archives.hero(tmp_path / name, b"film").save(tmp_path / f"{name}.zip").read_bytes())
    assert saved[0] == saved[1]
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_archive_holds_what_the_character_has(tmp_path):
    who = archives.hero(tmp_path, b"film")
    found = reader.unpack(io.BytesIO(writer.pack(who.model_dump())))
    assert found.contents["clip.mp4"] == b"film"
    assert found.contents["avatar.jpg"] == who.avatar.read_bytes()
    assert found.contents["stills/01.png"] == who.stills[0].path.read_bytes()
    assert found.contents["cutout/frame-01.png"] == who.cutout.read_bytes()
    told = found.record
    assert (told.username, told.display_name, told.description) == ("luna", "Luna", "a grey figure\nwith ears")
    assert (told.licence, told.consent.by, told.consent.at) == ("CC BY 4.0", who.consent.by, who.consent.at)
    assert (told.source, told.clip.start, told.clip.end, told.created_at) == ("file:cat.mp4", 2, 3, who.created_at)
    assert (told.quality, told.kind, told.warnings) == (0.75, "motion", ("Dark.",))


def test_nothing_that_opens_a_door_goes_along(tmp_path):
    """In every field of a character there is a secret, as a service, a film or the person may have put it there."""
    film = tmp_path / f"{SECRET}"
    film.mkdir()
    link = f"https://me:{SECRET}@cdn.example/a.mp4?X-Signature={SECRET}#{SECRET}"
    who = archives.hero(
        film,
        b"film",
        id=SECRET,
        permalink=link,
        profile_picture_url=link,
        source=f"url:{link}",
        description=f"see {link}, or /a.png?token={SECRET}",
        licence=f"as at {link}",
        display_name=link,
        providers={f"x at {link}": Registration(id=SECRET, username=SECRET)},
        base_url=link,
        raw={"id": SECRET, "url": link, "quality": SECRET, "found_by": link, "warnings": [link], "name": SECRET},
    )
    found = archives.opened(writer.pack(who.model_dump()))
    for name, content in found.items():
        assert not [needle for needle in needles(SECRET) if needle in content], name
        assert str(tmp_path).encode() not in content
    told = json.loads(found[RECORD])
    assert told["licence"] == "as at https://cdn.example/a.mp4"
    assert told["source"] == ""


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("file:cat.mp4", "file:cat.mp4"),
        ("file:/home/ada/cat.mp4", "file:cat.mp4"),
        (r"file:C:\Users\ada\cat.mp4", "file:cat.mp4"),
        ("file:..", "file:.."),
        ("file:/", ""),
        ("task:video_1", ""),
        ("url:https://a.example/b.mp4", ""),
        ("", ""),
    ],
)
def test_of_where_it_came_from_the_bare_name_is_told(source, told, tmp_path):
    found = reader.unpack(io.BytesIO(writer.pack(archives.hero(tmp_path, b"film", source=source).model_dump())))
    assert found.record.source == told


def test_titles_of_the_film_do_not_come_with_the_clip(tmp_path, clip):
    """Phones and editors write places and paths into films."""
    film = tmp_path / "film.mp4"
    with av.open(str(clip)) as source, av.open(str(film), "w") as target:
        target.metadata.update({"comment": f"/home/ada/{SECRET}", "title": SECRET, "location": f"+1-2/{SECRET}"})
        streams = {stream: target.add_stream_from_template(stream) for stream in source.streams.video}
        for packet in source.demux(*streams):
            if packet.dts is not None:
                packet.stream = streams[packet.stream]
                target.mux(packet)
    assert SECRET.encode() in film.read_bytes()
    with Studio(engine=QuickEngine(), home=tmp_path / "home", progress=False) as studio:
        who = studio.extract(film, 0, 1)
    saved = writer.pack(who.model_dump())
    assert media.probe(who.clip_file).duration == pytest.approx(1, abs=0.1)
    assert SECRET.encode() not in saved


PIECES = ["https://", "a:b@", "c.d", "/", "?x=1", "#y", " ", "\n", "\u202e"]
TEXTS = st.text(max_size=20) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS, TEXTS)
def test_any_text_is_saved_so_that_it_loads(description, name, warning):
    who = Character(
        id="a",
        username="luna",
        display_name=name,
        description=description,
        raw={"warnings": [warning]},
        clip=Clip(1, 2),
    )
    with pytest.raises(InvalidInput, match="Nothing of @luna is on this machine"):
        writer.pack(who.model_dump())
    told = writer._facts(who.model_dump())
    note = {"name": "clip.mp4", "size": 1, "sha256": "0" * 64}
    made = Record.model_validate({**told, "files": [note]}, strict=False)
    assert Record.model_validate_json(made.model_dump_json()) == made
    again = writer._facts(
        who.model_copy(update={"description": made.description, "display_name": made.display_name}).model_dump()
    )
    assert (again["description"], again["display_name"]) == (made.description, made.display_name)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"description": "x" * 4001}, "description: String should have at most 4000 characters"),
        ({"clip_file": Path("gone.mp4")}, "cannot be read, 'gone.mp4': No such file"),
        ({"avatar": Path("gone.png")}, "cannot be read, 'gone.png': No such file"),
        ({"avatar": Path(__file__)}, "is neither a PNG nor a JPEG"),
    ],
)
def test_what_cannot_be_saved_is_told(changes, told, tmp_path):
    who = archives.hero(tmp_path, b"film", **changes)
    with pytest.raises(InvalidInput, match=re.escape(told)):
        who.save(tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_cutout_that_a_service_gave_is_no_sprite(tmp_path):
    """It is one picture beside others; the local engine cuts the clip again."""
    who = archives.hero(tmp_path, b"film")
    lone = tmp_path / "lone.png"
    lone.write_bytes(archives.png(mode="RGBA"))
    found = reader.unpack(io.BytesIO(writer.pack(who.model_copy(update={"cutout": lone}).model_dump())))
    assert found.cutout is None


def test_a_close_up_goes_along_with_the_frames(tmp_path):
    who = archives.hero(tmp_path, b"film")
    (who.cutout.parent / "close-up.png").write_bytes(archives.png((20, 30), "RGBA"))
    assert "cutout/close-up.png" in reader.unpack(io.BytesIO(writer.pack(who.model_dump()))).contents

"""The notebook's folder in the picker: what is shown of it, by pages, and nothing outside without a yes."""

from __future__ import annotations

import os
import shutil

import pytest
import wire as wires
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.errors import InvalidInput
from sora_nb.notebook.widgets._folder import PAGE, Folder, Outside
from sora_nb.notebook.widgets.video_picker import VideoPicker


def go_on():
    pass


@pytest.fixture
def disk(tmp_path, footage):
    """A notebook's folder inside of a home, with a link that leads out of it."""
    notebook = tmp_path / "home" / "notebook"
    (notebook / "films" / "old").mkdir(parents=True)
    (notebook / ".git").mkdir()
    for path in ("cat.mp4", "B.MOV", "films/dog.webm", ".secret.mp4"):
        shutil.copyfile(footage, notebook / path)
    (notebook / "notes.txt").write_text("no video")
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    shutil.copyfile(footage, outside / "fox.mp4")
    (notebook / "linked").symlink_to(outside)
    (notebook / "fox.mp4").symlink_to(outside / "fox.mp4")
    (notebook / "gone.mp4").symlink_to(tmp_path / "nothing")
    return notebook


def seen(told):
    return [entry["name"] for entry in told["entries"]]


def key_of(told, name):
    return next(entry["key"] for entry in told["entries"] if entry["name"] == name)


def test_folders_come_first_then_videos_with_size_and_date(disk):
    told = Folder(disk).look("", 0, go_on)
    assert seen(told) == ["films", "linked", "B.MOV", "cat.mp4", "fox.mp4"]
    assert told["path"] == str(disk)
    film = told["entries"][3]
    assert film["size"] == (disk / "cat.mp4").stat().st_size
    assert len(film["modified"]) == len("2026-11-26 12:00")
    assert [entry["folder"] for entry in told["entries"]] == [True, True, False, False, False]


def test_a_folder_below_is_looked_into_and_left_again(disk):
    folder = Folder(disk)
    inner = folder.look(key_of(folder.look("", 0, go_on), "films"), 0, go_on)
    assert seen(inner) == ["old", "dog.webm"]
    assert inner["up"] == ""
    assert folder.file(key_of(inner, "dog.webm")) == disk / "films" / "dog.webm"


def test_above_and_through_links_nothing_is_shown_before_a_yes_to_that_very_folder(disk):
    folder = Folder(disk)
    told = folder.look("", 0, go_on)
    for key, asked in ((told["up"], disk.parent), (key_of(told, "linked"), disk.parents[1] / "elsewhere")):
        with pytest.raises(Outside) as outside:
            folder.look(key, 0, go_on)
        assert str(outside.value) == str(asked)
    with pytest.raises(Outside):
        folder.file(key_of(told, "fox.mp4"))
    above = folder.look(told["up"], 0, go_on, agreed=True)
    assert seen(above) == ["notebook"]
    with pytest.raises(Outside):  # one yes is for one folder
        folder.look(above["up"], 0, go_on)
    assert folder.file(key_of(told, "fox.mp4"), agreed=True) == disk / "fox.mp4"
    assert seen(folder.look(key_of(told, "linked"), 0, go_on)) == ["fox.mp4"]


def test_a_large_folder_comes_by_pages(tmp_path):
    for number in range(2 * PAGE + 5):
        (tmp_path / f"{number:04}.mp4").touch()
    folder = Folder(tmp_path)
    pages = [folder.look("", first, go_on) for first in (0, PAGE, 2 * PAGE)]
    assert [len(page["entries"]) for page in pages] == [PAGE, PAGE, 5]
    assert [name for page in pages for name in seen(page)] == [f"{number:04}.mp4" for number in range(2 * PAGE + 5)]
    assert {page["total"] for page in pages} == {2 * PAGE + 5}


def test_names_that_are_no_text_and_folders_that_are_gone(tmp_path):
    raw = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    with open(raw, "wb"):  # noqa: PTH123  pathlib takes no bytes
        pass
    (tmp_path / "films").mkdir()
    folder = Folder(tmp_path)
    told = folder.look("", 0, go_on)
    assert seen(told) == ["films", "caf\ufffd.mp4"]
    assert os.fsencode(folder.file(told["entries"][1]["key"])) == raw
    (tmp_path / "films").rmdir()
    with pytest.raises(InvalidInput, match="cannot be read: No such file"):
        folder.look(key_of(told, "films"), 0, go_on)
    os.unlink(raw)  # noqa: PTH108
    with pytest.raises(InvalidInput, match="not there any more"):
        folder.file(told["entries"][1]["key"])


@given(st.text(max_size=40))
def test_a_page_names_no_place_that_it_was_not_given(tmp_path_factory, key):
    folder = Folder(tmp_path_factory.getbasetemp())
    if key:
        with pytest.raises(InvalidInput, match="restarted"):
            folder.look(key, 0, go_on, agreed=True)


def test_a_page_browses_agrees_and_chooses(wire, disk):
    picker = VideoPicker(folder=disk)

    def asked(**content):
        wires.custom(picker, content)
        picker.ready.result()
        return wire.customs(picker)[-1][0]

    told = asked(kind="look", key="", first=0)
    assert (told["kind"], seen(told)[0]) == ("folder", "films")
    question = asked(kind="open", key=key_of(told, "fox.mp4"))
    assert (question["ask"], question["of"]) == (str(disk.parents[1] / "elsewhere"), "file")
    assert picker.value is None
    asked(kind="open", key=key_of(told, "fox.mp4"), agreed=True)
    assert picker.value == disk / "fox.mp4"
    assert asked(kind="look", key="nothing")["fault"].startswith("The kernel was restarted")
    (disk / "cat.mp4").write_text("no video")
    assert "is not a video file" in asked(kind="open", key=key_of(told, "cat.mp4"))["fault"]
    assert picker.value == disk / "fox.mp4"


def test_the_sample_is_chosen_with_the_name_of_who_made_it(footage):
    picker = VideoPicker(sample=(footage, "(c) somebody"))
    wires.custom(picker, {"kind": "sample"})
    assert picker.value == footage
    assert picker._chosen["about"].endswith("(c) somebody")
    wires.custom(picker, {"kind": "stop"})
    assert picker.value is None

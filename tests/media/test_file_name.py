"""A file from elsewhere keeps its name, as far as every system takes that."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.media import file_name


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("IMG_4711.MOV", "IMG_4711.MOV"),
        ("my cat (2).mp4", "my cat (2).mp4"),
        ("кот на пляже.webm", "кот на пляже.webm"),
        ("猫.mp4", "猫.mp4"),
        ("../../etc/evil.mp4", "evil.mp4"),
        (r"C:\Videos\cat.mp4", "cat.mp4"),
        ("evil.mp4.sh", "evil-mp4-sh"),
        ("a:b?c*.mkv", "a-b-c.mkv"),
        (".hidden.mp4", "hidden.mp4"),
        ("con.mp4", "video-con.mp4"),
        ("", "video"),
        (".mp4", "mp4"),
    ],
)
def test_a_name_stays_what_people_know(told, name):
    assert file_name(told) == name


def test_an_ending_is_added_where_there_is_none():
    assert file_name("/films/cat", ".mp4") == "cat.mp4"
    assert file_name("", ".mp4") == "video.mp4"
    assert file_name("cat.webm", ".mp4") == "cat.webm"


@given(st.text(max_size=300))
def test_whatever_is_told_is_one_name_that_can_be_written(told):
    name = file_name(told)
    assert PurePosixPath(name).name == PureWindowsPath(name).name == name
    assert not name.startswith(".")
    assert len(name.encode()) <= 220
    assert name.isprintable()


@given(st.text(min_size=1, max_size=90))
def test_it_can_be_written_and_asked_for_twice(tmp_path_factory, told):
    name = file_name(told, ".mp4")
    assert file_name(name, ".mp4") == name
    path = Path(tmp_path_factory.getbasetemp(), name)
    path.touch()
    path.unlink()

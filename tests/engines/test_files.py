"""A cut-out survives being written to a folder and read back, bit for bit."""

import dataclasses
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sora_nb.engines.base import Cutout
from sora_nb.engines.cutout.files import load, save
from sora_nb.errors import MediaError

PARTS = st.floats(0, 1)


def cutout(**changes):
    frames = tuple(np.full((6, 5, 4), value, np.uint8) for value in (0, 90, 255))
    made = Cutout(frames, 8.0, 1, False, np.zeros((4, 4, 3), np.uint8), 0.75, "motion", (0.1, 0.2, 0.3, 0.4))
    return dataclasses.replace(made, **changes)


def assert_equal(first, second):
    for field in dataclasses.fields(Cutout):
        one, two = getattr(first, field.name), getattr(second, field.name)
        if field.name in {"frames", "avatar", "close_up"} and one is not None:
            assert np.array_equal(one, two)
        else:
            assert one == two


@settings(max_examples=25)
@given(
    frames=st.lists(arrays.arrays(np.uint8, (7, 5, 4)), min_size=1, max_size=3),
    avatar=arrays.arrays(np.uint8, (4, 4, 3)),
    close_up=st.none() | arrays.arrays(np.uint8, (9, 7, 4)),
    fps=st.floats(0.5, 60),
    quality=PARTS,
    box=st.tuples(PARTS, PARTS, PARTS, PARTS),
    warnings=st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=2),
)
def test_the_round_trip_is_exact(frames, avatar, close_up, fps, quality, box, warnings):
    changes = {"path": tuple(float(place) for place in range(len(frames))), "face": quality}
    changes |= {"close_up": close_up, "fps": fps, "quality": quality, "box": box, "warnings": tuple(warnings)}
    made = cutout(frames=tuple(frames), best=0, avatar=avatar, **changes)
    with tempfile.TemporaryDirectory() as folder:
        save(made, Path(folder) / "hero")
        assert_equal(load(Path(folder) / "hero"), made)


def test_a_folder_of_an_earlier_version_is_read(tmp_path):
    save(cutout(path=(0.0, 0.5, 1.0), face=0.3), tmp_path)
    facts = json.loads((tmp_path / "cutout.json").read_text())
    del facts["path"], facts["face"]
    (tmp_path / "cutout.json").write_text(json.dumps(facts))
    assert_equal(load(tmp_path), cutout())


def test_an_empty_folder_holds_no_cutout(tmp_path):
    with pytest.raises(MediaError, match="holds no cut-out"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["cutout.json", "avatar.png", "close-up.png", "frame-01.png"])
def test_a_damaged_file_is_refused(tmp_path, name):
    save(cutout(close_up=np.zeros((9, 7, 4), np.uint8)), tmp_path)
    (tmp_path / name).write_bytes(b"not what it was")
    with pytest.raises(MediaError, match="holds no cut-out"):
        load(tmp_path)

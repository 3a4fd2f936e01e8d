"""Stills: what is lent to services that must know who is meant, in sizes and shapes that they take."""

import dataclasses
import hashlib
import tempfile
from pathlib import Path

import films
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sora_nb.engines import stills
from sora_nb.engines.base import Cutout
from sora_nb.engines.cutout import files
from sora_nb.errors import InvalidInput
from sora_nb.models import Character, Still
from tests.quality import clips

JPEG_ERROR = 6
"""Levels by which a plain ground may depart from itself beside nothing but more ground."""
SIDES = st.one_of(st.integers(1, 40), st.integers(41, 700), st.integers(701, 3000))


def cutout(sheet, **changes):
    made = Cutout((sheet,), 8.0, 0, False, np.full((256, 256, 3), 90, np.uint8), 0.8, "motion", (0.1, 0.1, 0.9, 0.9))
    return dataclasses.replace(made, **changes)


def block(width, height, colour=(40, 90, 160)):
    """A sprite that is one solid block, with a transparent margin as sprites have it."""
    sheet = np.zeros((height + 4, width + 4, 4), np.uint8)
    sheet[2:-2, 2:-2] = (*colour, 255)
    return sheet


def photograph(name, **changes):
    """The cut-out of somebody in a photograph."""
    cut = clips.cut_photograph(name)
    colours = cut[..., :3] / np.maximum(cut[..., 3:], 1e-3)
    sheet = (np.dstack([colours, cut[..., 3]]).clip(0, 1) * 255).astype(np.uint8)
    return cutout(sheet, **changes)


def pixels(still):
    with Image.open(still.path) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (still.width, still.height))
        return np.array(picture).astype(int)


def is_ground(part):
    return np.abs(part - stills.GROUND).max() <= JPEG_ERROR


@settings(max_examples=20)
@given(width=SIDES, height=SIDES, bust=st.booleans(), kind=st.sampled_from(["face", "person", "motion", "hint"]))
def test_services_take_the_stills_of_whatever_was_cut_out(width, height, bust, kind):
    with tempfile.TemporaryDirectory() as folder:
        made = stills.save(cutout(block(width, height), bust=bust, kind=kind), Path(folder))
        assert [still.kind for still in made] == ["figure", "head"][: len(made)]
        for still in made:
            assert hashlib.sha256(still.path.read_bytes()).hexdigest().startswith(still.path.stem)
            shorter, longer = sorted((still.width, still.height))
            assert shorter >= 300
            assert longer <= 2048
            assert longer <= 2.5 * shorter
            assert not still.face
        figure = pixels(made[0])
        assert is_ground(figure[0])
        assert is_ground(figure[:, 0])
        assert is_ground(figure[:, -1])
        shown = np.abs(figure - stills.GROUND).max(2) > 60
        assert is_ground(figure[-1]) != bust
        rows, columns = shown.any(1).sum(), shown.any(0).sum()
        assert rows <= 2 * height + 4
        assert columns <= 2 * width + 4
        if min(width, height) > 8:
            assert rows / columns == pytest.approx(height / width, rel=0.2)


@pytest.mark.parametrize(("width", "height", "shorter"), [(256, 400, 512), (512, 900, 512), (700, 900, 700)])
def test_what_has_the_pixels_is_enlarged_to_512_and_no_further(tmp_path, width, height, shorter):
    figure, _ = stills.save(cutout(block(width, height)), tmp_path)
    assert shorter <= figure.width <= shorter + 0.2 * height


def test_a_bust_stands_on_the_lower_edge_also_where_ground_is_added(tmp_path):
    for width, height in ((40, 60), (900, 100)):
        figure, *_ = stills.save(cutout(block(width, height), bust=True), tmp_path)
        assert not is_ground(pixels(figure)[-1])


def test_the_same_cutout_gives_the_same_files(tmp_path):
    one, other = (stills.save(photograph("astronaut", kind="face"), tmp_path / name) for name in ("one", "other"))
    assert [still.path.name for still in one] == [still.path.name for still in other]
    assert len(list((tmp_path / "one").iterdir())) == len(one) == 2  # nothing half written is left


def test_colours_behind_the_subject_do_not_show(tmp_path):
    sheet = block(200, 300)
    hidden = sheet.copy()
    hidden[sheet[..., 3] == 0, :3] = (255, 0, 255)
    one, other = (stills.save(cutout(picture), tmp_path) for picture in (sheet, hidden))
    assert one == other


@pytest.mark.parametrize("alpha", [0, 64, 128, 255])
def test_edges_are_blended_with_the_ground(tmp_path, alpha):
    sheet = block(600, 700)
    sheet[200:400, 200:400] = (200, 30, 30, alpha)
    figure = pixels(stills.save(cutout(sheet), tmp_path)[0])
    middle = figure[figure.shape[0] * 3 // 7, figure.shape[1] // 2]
    wanted = (np.array([200, 30, 30]) * alpha + np.array(stills.GROUND) * (255 - alpha)) / 255
    assert middle == pytest.approx(wanted, abs=JPEG_ERROR)


def test_a_close_up_is_taken_where_there_is_one(tmp_path):
    figure, _ = stills.save(cutout(block(200, 300), close_up=block(800, 1200, (160, 40, 40))), tmp_path)
    assert figure.height > 1200
    assert pixels(figure)[600, 450] == pytest.approx((160, 40, 40), abs=JPEG_ERROR)


def test_a_persons_head_is_shown_with_the_face(tmp_path):
    figure, head = stills.save(photograph("astronaut", kind="face", bust=True), tmp_path)
    assert figure.face
    assert head.face
    assert head.width == head.height
    face = pixels(head)[head.height // 3 : head.height * 2 // 3, head.width // 3 : head.width * 2 // 3]
    red, green, blue = face.reshape(-1, 3).mean(0)
    assert red > green > blue  # skin, and neither ground nor the black of a collar


def test_a_cat_is_no_person(tmp_path):
    made = stills.save(photograph("chelsea", kind="motion", bust=True), tmp_path)
    assert not any(still.face for still in made)


def test_who_lies_has_no_head_above(tmp_path):
    assert [still.kind for still in stills.save(cutout(block(500, 300)), tmp_path)] == ["figure"]
    assert [still.kind for still in stills.save(cutout(block(300, 500)), tmp_path)] == ["figure", "head"]


def test_a_head_of_few_pixels_is_shown_with_more_of_the_body(tmp_path):
    _, head = stills.save(cutout(block(60, 200)), tmp_path)
    shown = np.abs(pixels(head) - stills.GROUND).max(2) > 60
    assert shown.any(1).sum() == pytest.approx(2 * 140, abs=20)


def test_nothing_at_all_is_ground(tmp_path):
    (figure,) = stills.save(cutout(np.zeros((30, 20, 4), np.uint8)), tmp_path)
    assert is_ground(pixels(figure))


# --- of a character -----------------------------------------------------------------------------------------------------


def test_kept_stills_are_used_as_they_are(tmp_path):
    kept = stills.save(cutout(block(300, 500)), tmp_path)
    assert stills.stills_of(Character(id="c", username="luna", stills=kept), tmp_path) == kept


def test_stills_that_are_gone_are_made_again_of_the_cutout(tmp_path):
    sprite = files.save(cutout(block(300, 500)), tmp_path / "cutouts" / "k")
    who = Character(id="c", username="luna", cutout=sprite)
    made = stills.stills_of(who, tmp_path)
    assert [still.path.parent for still in made] == [tmp_path / "stills"] * 2
    made[1].path.unlink()
    again = stills.stills_of(who.model_copy(update={"stills": made}), tmp_path)
    assert again == made
    assert made[1].path.is_file()


def picture(path, size=(192, 192), mode="RGB"):
    Image.new(mode, size, (90, 140, 60, 0)[: len(mode)]).save(path)
    return path


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_avatar_alone_is_better_than_nothing(tmp_path, mode):
    who = Character(id="c", username="luna", avatar=picture(tmp_path / "a.png", mode=mode))
    (made,) = stills.stills_of(who, tmp_path)
    assert made == Still(path=made.path, width=384, height=384, kind="avatar")
    pixels(made)


def test_the_avatar_serves_where_nobody_stands_out_in_the_clip(tmp_path):
    film = films.write(tmp_path / "plain.mp4", [np.full((90, 160, 3), 128, np.uint8)] * 24)
    who = Character(
        id="c", username="luna", avatar=picture(tmp_path / "a.png", (700, 100)), clip_file=film, clip_sha256="ab" * 32
    )
    (made,) = stills.stills_of(who, tmp_path)
    assert (made.kind, made.width, made.height) == ("avatar", 1280, 512)


@pytest.mark.parametrize("avatar", [None, "gone.png", "damaged.png"])
def test_a_character_of_which_nothing_is_here_is_told(tmp_path, avatar):
    (tmp_path / "damaged.png").write_bytes(b"not what it was")
    who = Character(id="c", username="luna", avatar=avatar and tmp_path / avatar, clip_file=tmp_path / "gone.mp4")
    with pytest.raises(InvalidInput, match="no picture of @luna on this machine") as caught:
        stills.stills_of(who, tmp_path)
    assert caught.value.money == "Nothing was sent, nothing was charged."
    assert "Extract the character again" in caught.value.hint

"""The studio with its own engine: a character of real footage is seen in the next video, and found there again."""

from __future__ import annotations

import shutil

import pytest
from conftest import FOOTAGE

from sora_nb import media
from sora_nb.errors import InvalidInput, NoSubject
from sora_nb.studio import Studio

SMALL = {"seconds": 3, "size": "640x360"}


@pytest.fixture(scope="module")
def studio(made, tmp_path_factory):
    home = shutil.copytree(made.home, tmp_path_factory.mktemp("studio") / "home")
    with Studio("local", home=home, progress=False) as studio:
        yield studio


@pytest.fixture(scope="module")
def rabbit(made):
    return made.rabbit


def test_the_character_has_an_avatar_with_a_picture_in_it(rabbit):
    from PIL import Image

    with Image.open(rabbit.avatar) as avatar:
        assert avatar.width == avatar.height >= 128
        assert len(avatar.convert("RGB").getcolors(avatar.width * avatar.height)) > 1000


def test_the_character_has_stills_that_show_it_and_a_draft_of_its_description(rabbit):
    figure, head = rabbit.stills
    assert (figure.kind, head.kind) == ("figure", "head")
    assert figure.height > figure.width >= 512 <= head.width == head.height
    assert all(still.path.is_file() for still in rabbit.stills)
    assert not any(still.face for still in rabbit.stills)
    assert rabbit.description == "a grey figure"


def test_a_character_is_found_in_its_video_and_not_in_another(studio, rabbit, made):
    found = studio.consistency(rabbit, made.film)
    assert found.score >= 0.2 > studio.consistency(rabbit, made.corgi).score
    assert found.times
    assert all(0 <= time <= 3 for time in found.times)


@pytest.mark.release
def test_the_first_video_of_a_new_user_is_worth_extracting_from(studio, made):
    corgi = studio.extract(made.corgi, 1, 3)
    again = studio.generate(f"{corgi} in the snow", **SMALL)
    assert studio.consistency(corgi, again).score >= 0.2


def test_videos_say_what_they_are(made):
    import av

    with av.open(str(made.film.path)) as container:
        assert "not a Sora model" in container.metadata["comment"]
    info = media.probe(made.film.path)
    assert (info.width, info.height, info.has_audio) == (640, 360, True)


def test_subjects_are_listed_for_whoever_wants_to_choose(studio):
    found = studio.subjects(FOOTAGE, 2, 4)
    assert found[0].score == max(one.score for one in found)
    left, top, right, bottom = found[0].box
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1


@pytest.mark.release
def test_a_hint_chooses_the_subject(studio):
    hero = studio.extract(FOOTAGE, 2, 4, subject=(0.2, 0.1, 0.55, 0.95))
    assert hero.raw["found_by"] == "hint"


def test_what_the_engine_understands_is_said(studio):
    said = studio.explain("@rabbit dances on the beach at night in the rain, flibbertigibbet")
    assert (said.spec.scene, said.spec.time, said.spec.weather) == ("beach", "night", "rain")
    assert said.unknown == ("flibbertigibbet",)


def test_nobody_there_is_an_honest_refusal(studio, tmp_path):
    from fractions import Fraction

    import av
    import numpy as np

    with av.open(str(tmp_path / "grey.mp4"), "w") as target:
        stream = target.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for index in range(30):
            frame = av.VideoFrame.from_ndarray(np.full((180, 320, 3), 128, np.uint8), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 10)
            target.mux(stream.encode(frame))
        target.mux(stream.encode())
    with pytest.raises(NoSubject, match="subject") as caught:
        studio.extract(tmp_path / "grey.mp4", 0, 2)
    assert "nothing was charged" in str(caught.value)
    assert studio.costs()["charged"].sum() == 0


@pytest.mark.release
def test_a_cutout_whose_making_was_interrupted_is_made_anew(studio, rabbit):
    kept = studio.home / "cutouts" / rabbit.clip_sha256[:32]
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    assert studio.consistency(rabbit.model_copy(update={"cutout": None}), rabbit.clip_file).score >= 0.2


def test_consistency_needs_files(studio, rabbit):
    with pytest.raises(InvalidInput, match="no file on this machine"):
        studio.consistency(rabbit, "nowhere.mp4")
    bare = rabbit.model_copy(update={"clip_file": None, "cutout": None, "clip_sha256": "0" * 64})
    with pytest.raises(InvalidInput, match="was not kept"):
        studio.consistency(bare, rabbit.clip_file)

"""Faces of people are found in any size and light, and nothing else is taken for one."""

import hashlib
import os
import re
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from sora_nb.vision.faces import faces
from sora_nb.vision.networks import WEIGHTS
from tests.quality import clips
from tests.quality.drawings import Drawing

MIDDLES = {"astronaut": (226, 127), "grace_hopper": (267, 240)}


def test_the_weights_are_those_that_the_notes_beside_them_name():
    told = re.findall(r"`(\w+\.tflite)`.*`([0-9a-f]{64})`", (WEIGHTS / "README.md").read_text(encoding="utf-8"))
    assert sorted(name for name, _ in told) == sorted(path.name for path in WEIGHTS.glob("*.tflite"))
    for name, digest in told:
        assert hashlib.sha256((WEIGHTS / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("who", MIDDLES)
@pytest.mark.parametrize("light", [0.35, 1.0, 1.3])
@pytest.mark.parametrize("zoom", [0.3, 1.0, 2.0])
def test_a_portrait_has_one_face(who, light, zoom):
    picture = np.clip(clips.photograph(who) * light, 0, 255).astype(np.uint8)
    (face,) = faces(cv2.resize(picture, None, fx=zoom, fy=zoom))
    x, y = face.left + face.width / 2, face.top + face.height / 2
    assert np.hypot(x / zoom - MIDDLES[who][0], y / zoom - MIDDLES[who][1]) < 0.25 * face.width / zoom
    assert face.view == "front"


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_a_face_is_found_however_small_it_is_in_a_wide_picture(share):
    wide = cv2.resize(clips.photograph("brick"), (1280, 720))
    zoom = share * 720 / 105
    small = cv2.resize(clips.photograph("astronaut")[:250], None, fx=zoom, fy=zoom)[:720]
    wide[: small.shape[0], 100 : 100 + small.shape[1]] = small[:, :1180]
    (face,) = faces(wide)
    assert face.width == pytest.approx(share * 720, rel=0.25)


def test_somebody_who_looks_aside_is_seen_in_profile():
    (face,) = faces(clips.photograph("camera"))
    assert face.view == "profile"


@pytest.mark.parametrize("name", ["chelsea", "coffee", "brick", "grass"])
def test_a_cat_a_cup_and_a_wall_have_no_face_of_a_person(name):
    assert faces(clips.photograph(name), 0.06) == []


def test_the_rabbit_has_no_face_of_a_person():
    assert faces(clips._first_frame()) == []


@pytest.mark.parametrize("kind", ["bear", "cat", "rabbit", "robot", "bird"])
def test_drawn_animals_have_no_face_of_a_person(kind):
    for seed in range(3):
        drawn = Drawing(seed, kind).draw(300, 0.3, "wave")
        picture = (np.clip(drawn[..., :3] + 0.6 * (1 - drawn[..., 3:]), 0, 1) * 255).astype(np.uint8)
        assert faces(picture) == []


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (40, 40)])
def test_any_shape_of_picture_can_be_looked_at(shape):
    assert faces(np.zeros((*shape, 3), np.uint8)) == []


def test_threads_look_for_faces_at_the_same_time():
    """A slider looks for good moments while the server in the same process extracts."""
    pictures = [clips.photograph("astronaut")[: 512 - 40 * number] for number in range(4)]
    alone = [faces(picture) for picture in pictures]
    assert all(alone)
    with ThreadPoolExecutor(len(pictures)) as pool:
        assert list(pool.map(faces, pictures * 5)) == alone * 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_faces_are_found_in_a_forked_child():
    picture = clips.photograph("astronaut")
    assert faces(picture)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # OpenCV's own threads do not survive a fork
    child = os.fork()
    if not child:
        os._exit(0 if faces(picture) else 1)
    cv2.setNumThreads(threads)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

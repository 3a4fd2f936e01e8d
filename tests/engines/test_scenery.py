"""A face in the scenery is told from somebody's, however still he sits and whatever passes before it."""

import cv2
import numpy as np
import pytest

from sora_nb.engines.base import Control, Hint
from sora_nb.engines.cutout import people as found_people
from sora_nb.engines.cutout.extraction import track
from sora_nb.engines.cutout.masks import overlap
from sora_nb.engines.cutout.motion import analyse
from sora_nb.engines.cutout.tracks import follow
from sora_nb.models import Clip
from tests.quality import clips, people
from tests.quality.drawings import Drawing

WIDE, TALL, COUNT, FPS = 640, 360, 16, 12
POSTER = (150, 330)
"""Where the middle of the poster's lower edge is, in pixels."""
FACE, CHEST = (0.205, 0.353), (0.205, 0.6)
"""Where its face and its chest are, as parts of the picture's width and height."""
BESIDE, BEFORE = (330, 540), (40, 540)
"""From where to where a bear walks: beside the poster, and past it."""
CAMERAS = {"tripod": 0.0, "trembles": 3.0, "pans": 6.3}
"""Pixels by which a camera moves from picture to picture, at most."""


def pictures(*, face, walks=None, camera="tripod", nods=False):
    """Film a photograph with a poster, past which a bear may walk; or the same person in the flesh, who nods or sits still.

    Somebody else, farther away, may nod.

    Yields:
        each picture, and where the bear is.
    """
    back = clips.scenery("coffee", 1)
    step = CAMERAS[camera]
    for number in range(COUNT):
        across = step * (number - COUNT / 2) if camera == "pans" else step * np.sin(number)
        window = np.array([[1, 0, -100 - across], [0, 1, -100.0]])
        picture = cv2.warpAffine(back, window, (WIDE, TALL))
        actor = people.Actor("astronaut", action="nod" if face == "alive" else "still")
        drawn = people._posed(actor, number / FPS if face != "painted" else 0.0, 260)
        # who sits still sways by half a pixel, one millimetre and a half
        sways = 0.5 * np.sin(1.9 * number / FPS) if face != "painted" else 0.0
        picture, _ = clips.laid(picture, drawn, POSTER[0] - across + sways, POSTER[1], 0.0)
        if nods:
            small = people._posed(people.Actor("grace", action="nod"), number / FPS, 70)
            picture, _ = clips.laid(picture, small, 520 - across, 355, 0.0)
        alpha = np.zeros((TALL, WIDE), np.float32)
        if walks:
            bear = Drawing(3, "bear").draw(220, number / FPS, "walk")
            start, end = walks
            picture, alpha = clips.laid(picture, bear, start + (end - start) * number / (COUNT - 1), 350, 0.0)
        yield (np.clip(picture, 0, 1) * 255).astype(np.uint8), alpha > 0.5


def seen(**what):
    """Return what is measured in such pictures, and the faces in them."""
    scene = analyse([picture for picture, _ in pictures(**what)])
    tracks = follow(scene)
    assert tracks
    return scene, tracks


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("walks", [BESIDE, BEFORE])
def test_a_painted_face_is_nobody_while_something_moves(walks, camera):
    scene, tracks = seen(face="painted", walks=walks, camera=camera)
    assert not found_people.find(scene, tracks=tracks)


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("walks", [BESIDE, BEFORE])
def test_who_sits_still_is_somebody_whatever_moves(walks, camera):
    scene, tracks = seen(face="still", walks=walks, camera=camera)
    assert found_people.find(scene, tracks=tracks)


@pytest.mark.parametrize(("face", "walks"), [("painted", None), ("alive", None), ("alive", BESIDE)])
def test_a_face_that_moves_or_is_alone_is_somebody(face, walks):
    scene, tracks = seen(face=face, walks=walks, camera="trembles")
    assert found_people.find(scene, tracks=tracks)


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize(("face", "count"), [("painted", 1), ("still", 2)])
def test_a_painted_face_is_nobody_beside_somebody_however_small(face, count, camera):
    scene, tracks = seen(face=face, nods=True, camera=camera)
    found = found_people.find(scene, tracks=tracks)
    assert len(found) == count
    assert max(person.track.place(0)[0] for person in found) > WIDE / 2


def test_who_points_at_a_painted_face_means_it_and_nobody_else_does():
    scene, tracks = seen(face="painted", walks=BESIDE)
    assert found_people.find(scene, Hint(*FACE, *FACE), tracks)
    assert found_people.find(scene, Hint(0.1, 0.1, 0.35, 0.95), tracks)
    assert not found_people.find(scene, Hint(*CHEST, *CHEST), tracks)


@pytest.mark.release
@pytest.mark.parametrize("camera", CAMERAS)
def test_who_passes_before_a_poster_is_cut_out_as_without_it(camera, tmp_path):
    made = list(pictures(face="painted", walks=BEFORE, camera=camera))
    clips.write([picture for picture, _ in made], tmp_path / "clip.mp4", fps=FPS)
    footage, _, segmentation, kind = track(tmp_path / "clip.mp4", Clip(start=0, end=COUNT / FPS), Control())
    truth = [made[round(time * FPS)][1] for time in footage.times]
    assert kind == "motion"
    assert np.mean([overlap(*pair) for pair in zip(segmentation.masks, truth, strict=True)]) > 0.85

"""Cutting people out: who is meant, all of him, nobody else, and nothing that is no person."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from sora_nb.engines.base import Control, Hint
from sora_nb.engines.cutout.extraction import track
from sora_nb.engines.cutout.masks import overlap
from sora_nb.models import Clip
from tests.quality import clips, people
from tests.quality.drawings import Drawing

pytestmark = pytest.mark.release
PLANS = {plan.name: plan for plan in people.EVERY}


def shares(plan, path, hint=None, who=0):
    """What found somebody, and for each sampled picture the overlap with one actor's true mask."""
    made = list(people.frames(replace(plan, size=tuple(side * 2 // 3 for side in plan.size), seconds=1.5)))
    clips.write([picture for picture, _ in made], path, crf=23)
    footage, _, segmentation, kind = track(path, Clip(start=0, end=1.5), Control(), hint)
    truth = [made[round(time * people.FPS)][1][who] for time in footage.times]
    shape = truth[0].shape[::-1]
    found = [cv2.resize(mask.astype(np.uint8), shape) > 0 for mask in segmentation.masks]
    return kind, [overlap(*pair) for pair in zip(found, truth, strict=True)]


@pytest.mark.parametrize("plan", people.TALKING, ids=lambda plan: plan.name)
def test_somebody_who_talks_is_cut_out_by_the_face(plan, tmp_path):
    kind, found = shares(plan, tmp_path / "clip.mp4")
    assert kind == "face"
    assert np.mean(found) > 0.88


@pytest.mark.parametrize("name", ["follows", "comes nearer"])
def test_somebody_who_goes_is_followed(name, tmp_path):
    kind, found = shares(PLANS[name], tmp_path / "clip.mp4")
    assert kind == "face"
    assert min(found) > 0.9


@pytest.mark.parametrize("name", ["crossing before", "crossed by", "two touching"])
def test_people_who_meet_are_not_swapped(name, tmp_path):
    _, found = shares(PLANS[name], tmp_path / "clip.mp4")
    assert np.mean(found) > 0.8
    assert min(found[0], found[-1]) > 0.8


@pytest.mark.parametrize("start", [0.25, 0.75])
def test_somebody_farther_away_is_not_cut_out_with_him(start, tmp_path):
    """The network tells no person from another: their faces do, the smaller one, too."""
    behind = people.Actor("astronaut", (start, 1.01), (start, 1.01), tall=0.4, action="sway")
    plan = people.Plan("behind", (people.Actor("grace", tall=0.8), behind), background="room", order=(1, 0))
    kind, found = shares(plan, tmp_path / "clip.mp4")
    assert kind == "face"
    assert np.mean(found) > 0.93


@pytest.mark.parametrize(("who", "point"), [(0, (0.36, 0.3)), (1, (0.74, 0.55))])
def test_a_point_chooses_one_of_two_people(who, point, tmp_path):
    kind, found = shares(PLANS["two beside"], tmp_path / "clip.mp4", Hint(*point, *point), who)
    assert kind == "face"
    assert np.mean(found) > 0.85


@pytest.mark.parametrize("who", ["bear", "cat", "rabbit", "robot"])
def test_a_drawn_animal_goes_the_way_of_motion(who, tmp_path):
    actor = Drawing(3, who)
    back = clips.scenery("room", 3)[: clips.HEIGHT, : clips.WIDTH]
    made = []
    for number in range(24):
        drawn = actor.draw(280, number / 24, "wave")
        picture, _ = clips.laid(back, drawn, 320, 355, 0.0)
        made.append((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    clips.write(made, tmp_path / "clip.mp4")
    *_, kind = track(tmp_path / "clip.mp4", Clip(start=0, end=1), Control())
    assert kind != "face"


def test_a_photographed_cat_goes_the_way_of_motion(tmp_path):
    plan = clips.Recipe(1, "chelsea", "coffee", "sway", "static", 0.85, 0, 1.0, 20)
    clips.make(plan, tmp_path / "clip.mp4")
    *_, kind = track(tmp_path / "clip.mp4", Clip(start=0, end=clips.SECONDS), Control())
    assert kind != "face"

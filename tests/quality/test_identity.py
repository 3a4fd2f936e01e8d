"""Whether a character is told from others, in the engine's own scenes by day, at sunset and at night."""

import cv2
import numpy as np
import pytest

from sora_nb.engines.base import Control, RenderRequest
from sora_nb.engines.cutout import identity
from sora_nb.engines.cutout.extraction import extract
from sora_nb.engines.draw import render
from sora_nb.models import Clip
from tests.quality import clips

pytestmark = [pytest.mark.quality, pytest.mark.timeout(1800)]
SEEDS = (14, 8, 32, 3, 11, 6, 21, 38, 18, 12)
"""Clips that ten characters are cut out of."""
DRAWN = ("fox", "panda", "wizard", "knight", "penguin", "frog", "pig", "cowboy")
"""Characters the engine draws itself."""
PLACES = ("on a beach", "in a forest", "in a city street", "in the desert", "in the mountains")
LIGHTS = ("by day", "at sunset", "at night")
WIDE, TALL, FPS, SECONDS = 640, 360, 12, 2


@pytest.fixture(scope="module")
def cast(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cast")
    found = [stock_cutout(name, folder) for name in DRAWN]
    for seed in SEEDS:
        clips.make(clips.recipe(seed), folder / f"{seed}.mp4")
        found.append(extract(folder / f"{seed}.mp4", Clip(start=0, end=2), Control()))
    return found


def stock_cutout(name, folder):
    """Cut a stock character out of a film of its own, as a user would."""
    video = folder / f"{name}.mp4"
    filmed(video, f"a {name} walks in a coffee shop", {})
    return extract(video, Clip(start=0, end=SECONDS), Control())


def filmed(video, prompt, cast):
    render.generate(RenderRequest(prompt, cast, WIDE, TALL, SECONDS, fps=FPS), video, Control())


@pytest.fixture(scope="module")
def scores(cast, tmp_path_factory):
    """Return own and other scores."""
    cv2.setNumThreads(1)
    folder = tmp_path_factory.mktemp("films")
    found = {True: [], False: []}
    for number in range(len(cast)):
        for place, light in enumerate(LIGHTS):
            video = folder / f"{number}-{place}.mp4"
            filmed(video, f"@x walks {PLACES[(number + place) % len(PLACES)]} {light}", {"x": cast[number]})
            views = identity.survey(video)
            for other, character in enumerate(cast):
                found[other == number].append(identity.find_in(character, views).score)
    print(f"AUC {auc(found):.4f}, own {np.mean(found[True]):.2f}, other {np.mean(found[False]):.2f}")
    return found


def auc(scores):
    own, other = np.array(scores[True])[:, None], np.array(scores[False])[None]
    return float((own > other).mean() + 0.5 * (own == other).mean())


def test_there_are_enough_characters(cast):
    assert len(cast) >= 16


def test_a_character_is_found_in_its_own_videos_only(scores):
    assert auc(scores) >= 0.995


def test_almost_all_own_and_few_others_pass_the_threshold(scores):
    assert np.mean(np.array(scores[True]) >= identity.MIN_SCORE) >= 0.95
    assert np.mean(np.array(scores[False]) >= identity.MIN_SCORE) <= 0.05

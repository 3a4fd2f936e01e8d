"""Whether a character is told from others, in videos that show it before other backgrounds and in other light."""

import cv2
import numpy as np
import pytest

from sora_nb.errors import NoSubject
from sora_nb.local import identity
from sora_nb.local.engine import Control
from sora_nb.local.extract import extract
from sora_nb.models import Clip
from tests.quality import clips

pytestmark = [pytest.mark.quality, pytest.mark.timeout(1800)]
CAST = (14, 8, 32, 3, 11, 6, 21, 38, 18, 12)
"""Seeds of clips the characters are cut out of."""
LIGHTS = {"day": (1.0, 1.0, 1.0), "sunset": (1.05, 0.85, 0.65), "night": (0.5, 0.58, 0.8)}
BACKGROUNDS = ("hills", "room", "coffee")
WIDE, TALL, FPS, SECONDS = 640, 360, 12, 2


def rendered(cutout, number, light):
    """Yield pictures of a cut-out, walking before another background in another light."""
    place = list(LIGHTS).index(light)
    back = clips.scenery(BACKGROUNDS[(number + place) % 3], 700 + number)
    rows = int((0.62 if cutout.bust else 0.55) * TALL)
    gain = np.array(LIGHTS[light], np.float32)
    count = len(cutout.frames)
    for time in range(FPS * SECONDS):
        step = time % (2 * count - 2) if count > 1 else 0
        frame = cutout.frames[min(step, 2 * count - 2 - step)].astype(np.float32) / 255
        drawn = np.dstack([frame[..., :3] * frame[..., 3:] * gain, frame[..., 3]])
        scale = rows / drawn.shape[0]
        drawn = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        if light == "sunset":
            drawn = np.ascontiguousarray(drawn[:, ::-1])
        across = WIDE * (0.4 + 0.15 * time / (FPS * SECONDS))
        down = TALL + 1 if cutout.bust else 0.95 * TALL
        picture = back[60 : 60 + TALL, 100 : 100 + WIDE] * gain
        picture, _ = clips._laid(picture, drawn, across, down, 0.0)
        yield (np.clip(picture, 0, 1) * 255).astype(np.uint8)


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    """Return own and other scores, by finding the cut-out and blind."""
    cv2.setNumThreads(1)
    folder = tmp_path_factory.mktemp("cast")
    cast = []
    for seed in CAST:
        clips.make(clips.recipe(seed), folder / f"{seed}.mp4")
        cast.append(extract(folder / f"{seed}.mp4", Clip(start=0, end=2), Control()))
    found, blind = {True: [], False: []}, {True: [], False: []}
    for number, cutout in enumerate(cast):
        for light in LIGHTS:
            video = folder / f"{number}-{light}.mp4"
            clips.write(rendered(cutout, number, light), video, crf=23, fps=FPS)
            again = seen_again(video)
            looked = identity.survey(video)
            for other, character in enumerate(cast):
                same = other == number
                found[same].append(identity.find_in(character, looked).score)
                blind[same].append(identity.compare(character, again) if again else 0.0)
    print(f"found: AUC {auc(found):.4f}, own {np.mean(found[True]):.2f}, other {np.mean(found[False]):.2f}")
    print(f"blind: AUC {auc(blind):.4f}, own {np.mean(blind[True]):.2f}, other {np.mean(blind[False]):.2f}")
    return found, blind


def seen_again(video):
    try:
        return extract(video, Clip(start=0, end=SECONDS), Control())
    except NoSubject:
        return None


def auc(scores):
    own, other = np.array(scores[True])[:, None], np.array(scores[False])[None]
    return float((own > other).mean() + 0.5 * (own == other).mean())


def test_a_character_is_found_in_its_own_videos_only(scores):
    found, _ = scores
    assert auc(found) >= 0.995


def test_almost_all_own_and_few_others_pass_the_threshold(scores):
    found, _ = scores
    assert np.mean(np.array(found[True]) >= identity.SAME) >= 0.95
    assert np.mean(np.array(found[False]) >= identity.SAME) <= 0.05


def test_looks_alone_tell_most_characters_apart(scores):
    _, blind = scores
    assert auc(blind) >= 0.95

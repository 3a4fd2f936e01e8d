"""Of somebody of whom a part was found the rest is added; scenery that came along is taken off, and nothing that moves."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from sora_nb.engines.cutout.footage import Footage
from sora_nb.engines.cutout.masks import dilated, overlap
from sora_nb.engines.cutout.motion import analyse
from sora_nb.engines.cutout.second_opinion import second_opinion
from sora_nb.engines.cutout.segmentation import Segmentation
from tests.quality import people

REST, MOVES = -1.0, 1.0


@pytest.fixture(scope="module")
def filmed():
    """Return footage of somebody, what was measured in it, and the true masks."""
    plan = people.Plan("stands", (people.Actor("astronaut"),), "room", size=(640, 360), seconds=0.25)
    made = list(people.frames(plan))
    pictures = tuple(picture for picture, _ in made)
    footage = Footage(tuple(number / people.FPS for number in range(len(made))), pictures, pictures)
    return footage, analyse(pictures), [masks[0] for _, masks in made]


def judged(filmed, masks, odds, *, pointed=False):
    footage, scene, _ = filmed
    given = Segmentation(tuple(masks), tuple(masks), None)
    evidence = SimpleNamespace(log_odds=[np.full(mask.shape, odds, np.float32) for mask in masks])
    return given, second_opinion(footage, scene, evidence, given, pointed=pointed)


def with_scenery(masks):
    """Add a piece of the room as large as the person to each mask."""
    large = [mask.copy() for mask in masks]
    for mask in large:
        columns = np.flatnonzero(mask.any(0))
        mask[60:, max(0, columns[0] - 150) : columns[-1]] = True
    return large


def test_scenery_that_rests_is_taken_off(filmed):
    truth = filmed[2]
    given, found = judged(filmed, with_scenery(truth), REST)
    assert np.mean([overlap(*pair) for pair in zip(given.masks, truth, strict=True)]) < 0.75
    assert np.mean([overlap(*pair) for pair in zip(found.masks, truth, strict=True)]) > 0.93


def test_what_moves_with_somebody_stays(filmed):
    given, found = judged(filmed, with_scenery(filmed[2]), MOVES)
    assert found.masks == given.masks


def parts(masks):
    """Return what alone may have been found of somebody: the upper, lower or right part."""
    rows, columns = np.nonzero(masks[0])
    across, down = np.indices(masks[0].shape)[::-1]
    for share in (0.3, 0.6):
        y, x = (int(np.quantile(values, share)) for values in (rows, columns))
        yield from (down < y, down > y, across > x)


def test_the_rest_of_somebody_of_whom_a_part_moves_is_added(filmed):
    truth = filmed[2]
    for part in parts(truth):
        _, found = judged(filmed, [mask & part for mask in truth], REST)
        assert np.mean([overlap(*pair) for pair in zip(found.masks, truth, strict=True)]) > 0.93


@pytest.fixture(scope="module")
def far_away():
    """Return footage of somebody as a whole, far away, what was measured in it, and the true masks."""
    actor = people.Actor("grace", start=(0.5, 0.9), end=(0.5, 0.9), tall=0.55, action="still", whole=True)
    plan = people.Plan("far", (actor,), "coffee", size=(640, 360), seconds=0.25)
    made = list(people.frames(plan))
    pictures = tuple(picture for picture, _ in made)
    footage = Footage(tuple(number / people.FPS for number in range(len(made))), pictures, pictures)
    return footage, analyse(pictures), [masks[0] for _, masks in made]


@pytest.mark.parametrize("share", [0.2, 0.3, 0.4])
def test_the_rest_of_somebody_far_away_of_whom_only_the_upper_part_moves_is_added(far_away, share):
    truth = far_away[2]
    lowest = np.quantile(np.nonzero(truth[0])[0], share)
    upper = np.indices(truth[0].shape)[0] < lowest
    given, found = judged(far_away, [mask & upper for mask in truth], REST)
    assert np.mean([overlap(*pair) for pair in zip(given.masks, truth, strict=True)]) < 0.5
    assert np.mean([overlap(*pair) for pair in zip(found.masks, truth, strict=True)]) > 0.85


def test_what_was_pointed_at_stays_as_it_is_and_is_seconded_or_not(filmed):
    truth = filmed[2]
    upper = next(parts(truth))
    given, found = judged(filmed, [mask & upper for mask in truth], REST, pointed=True)
    assert found.masks == given.masks
    assert found.seconded < 0.5
    assert judged(filmed, truth, REST, pointed=True)[1].seconded > 0.9


def test_where_motion_decides_the_masks_stay_as_they_are(filmed):
    given = tuple(with_scenery(filmed[2]))
    segmentation = Segmentation(given, given, SimpleNamespace(decisive=True))
    evidence = SimpleNamespace(log_odds=[np.full(mask.shape, REST, np.float32) for mask in given])
    footage, scene, _ = filmed
    assert second_opinion(footage, scene, evidence, segmentation, pointed=False).masks == given


def test_what_is_a_part_of_something_far_larger_is_told_from_a_whole(filmed, monkeypatch):
    monkeypatch.setattr("sora_nb.engines.cutout.second_opinion.SURE", 2.0)  # the rest is not added
    truth = filmed[2]
    for part in (upper := next(parts(truth)), ~upper):
        given, found = judged(filmed, [mask & part for mask in truth], REST)
        assert found.masks == given.masks
        assert found.merged == (part is upper)
    for masks in (truth, [dilated(mask, 6) for mask in truth]):
        assert not judged(filmed, masks, REST)[1].merged


def test_who_goes_away_from_something_far_larger_is_no_part_of_it(filmed, monkeypatch):
    monkeypatch.setattr("sora_nb.engines.cutout.second_opinion.SURE", 2.0)
    shown = filmed[2][0]
    columns = np.flatnonzero(shown.any(0))
    edges = np.linspace(columns[0], columns[-1] + 1, len(filmed[2]) + 1).astype(int)
    across = np.indices(shown.shape)[1]
    strips = [shown & (across >= left) & (across < right) for left, right in pairwise(edges)]
    assert not judged(filmed, strips, REST)[1].merged
    assert judged(filmed, [strips[2]] * len(strips), REST)[1].merged


def test_of_what_it_is_not_sure_the_network_says_nothing(filmed, monkeypatch):
    for name in ("SURE", "SURE_OF_MORE"):
        monkeypatch.setattr(f"sora_nb.engines.cutout.second_opinion.{name}", 2.0)
    upper = next(parts(filmed[2]))
    assert not judged(filmed, [mask & upper for mask in filmed[2]], REST)[1].merged


def test_an_outline_alone_is_not_changed(filmed):
    given, found = judged(filmed, [dilated(mask, 3) for mask in filmed[2]], REST)
    assert found.masks == given.masks


def test_masks_of_nothing_are_left(filmed):
    empty = [np.zeros_like(mask) for mask in filmed[2]]
    given, found = judged(filmed, empty, REST)
    assert found.masks == given.masks


def test_where_the_network_sees_nobody_the_masks_are_left(filmed):
    block = np.zeros_like(filmed[2][0])
    block[10:90, 10:90] = True
    given, found = judged(filmed, [block] * len(filmed[2]), REST)
    assert found.masks == given.masks

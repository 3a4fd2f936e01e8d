"""Which pictures of a clip a moving sprite is made of."""

import numpy as np

from sora_nb.engines.cutout import sprite
from sora_nb.engines.cutout.motion import analyse


def mask(left, wide, tall=40):
    picture = np.zeros((60, 100), bool)
    picture[10 : 10 + tall, max(0, left) : left + wide] = True
    return picture


def steady(masks):
    """Choose among masks as they would be drawn in pictures, white on black."""
    pictures = [np.repeat(np.uint8(200) * shown[..., None], 3, 2) for shown in masks]
    return sprite.steady_run(analyse(pictures), masks)


def test_all_pictures_of_a_subject_that_keeps_its_size_are_used():
    masks = [mask(10 + 3 * number, 20) for number in range(12)]
    assert steady(masks) == list(range(12))


def test_pictures_in_which_the_subject_comes_and_goes_are_left_out():
    masks = [mask(10, 5), mask(10, 9), *[mask(20 + 3 * number, 20) for number in range(14)], mask(86, 14)]
    assert steady(masks) == list(range(2, 16))


def test_a_lost_part_ends_the_run():
    masks = [mask(20, 20)] * 9 + [mask(20, 20, tall=18)] * 2 + [mask(20, 20)] * 4
    assert steady(masks) == list(range(9))


def test_a_subject_that_is_cut_off_most_of_the_time_keeps_its_pictures():
    masks = [mask(0, 20)] * 9 + [mask(5, 20)] * 3
    assert steady(masks) == list(range(12))


def test_few_pictures_are_all_used():
    masks = [mask(10, 20), mask(10, 5), mask(10, 20), mask(10, 60)]
    assert steady(masks) == list(range(4))


def test_a_picture_in_which_a_limb_is_lost_is_replaced_by_its_neighbour():
    masks = [mask(20, 40) for _ in range(12)]
    masks[5] = mask(20, 40, tall=30)
    pictures = [np.repeat(np.uint8(200) * mask(20, 40)[..., None], 3, 2) for _ in masks]
    run = sprite.steady_run(analyse(pictures), masks)
    assert len(run) == 12
    assert 5 not in run
    assert run[5] in {4, 6}


def test_a_pose_with_its_limbs_scores_higher_than_one_without():
    whole, part = mask(20, 40), mask(20, 40)
    whole[20:24, 60:80] = True
    random = np.random.default_rng(1)
    picture = random.integers(0, 255, (60, 100, 3)).astype(np.uint8)
    views = sprite.score_views(analyse([picture] * 4), [whole, whole, part, whole])
    assert views[0].score > views[2].score

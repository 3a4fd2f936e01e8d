"""Which pictures of a clip a moving sprite is made of."""

import numpy as np

from sora_nb.engines.cutout import sprite


def mask(left, wide, tall=40):
    picture = np.zeros((60, 100), bool)
    picture[10 : 10 + tall, max(0, left) : left + wide] = True
    return picture


def test_all_pictures_of_a_subject_that_keeps_its_size_are_used():
    masks = [mask(10 + 3 * number, 20) for number in range(12)]
    assert sprite.steady_run(masks) == range(12)


def test_pictures_in_which_the_subject_comes_and_goes_are_left_out():
    masks = [mask(10, 5), mask(10, 9), *[mask(20 + 3 * number, 20) for number in range(14)], mask(86, 14)]
    assert sprite.steady_run(masks) == range(2, 16)


def test_a_lost_part_ends_the_run():
    masks = [mask(20, 20)] * 9 + [mask(20, 20, tall=18)] * 2 + [mask(20, 20)] * 4
    assert sprite.steady_run(masks) == range(9)


def test_a_subject_that_is_cut_off_most_of_the_time_keeps_its_pictures():
    masks = [mask(0, 20)] * 9 + [mask(5, 20)] * 3
    assert sprite.steady_run(masks) == range(12)


def test_few_pictures_are_all_used():
    masks = [mask(10, 20), mask(10, 5), mask(10, 20), mask(10, 60)]
    assert sprite.steady_run(masks) == range(4)

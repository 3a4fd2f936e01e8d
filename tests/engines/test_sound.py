"""Ambience."""

import numpy as np
import pytest

from sora_nb.engines.draw import sound
from sora_nb.engines.prompt import vocabulary


def loudness(samples):
    return 20 * np.log10(np.sqrt(np.mean(samples.astype(float) ** 2)))


@pytest.mark.parametrize("scene", vocabulary.SCENES)
def test_every_scene_sounds_at_a_sensible_level(scene):
    samples = sound.ambience(scene, "clear", 96_000, seed=3)
    assert samples.shape == (96_000, 2)
    assert samples.dtype == np.float32
    assert -27 < loudness(samples) < -20
    assert np.abs(samples).max() <= 1


def test_it_is_as_long_as_asked_and_the_same_each_time():
    assert sound.ambience("beach", "rain", 70_001, 5).shape == (70_001, 2)
    assert np.array_equal(sound.ambience("stage", "clear", 48_000, 5), sound.ambience("stage", "clear", 48_000, 5))
    assert not np.array_equal(sound.ambience("stage", "clear", 48_000, 5), sound.ambience("stage", "clear", 48_000, 6))


def test_it_fades_in_and_out():
    samples = sound.ambience("city street", "clear", 96_000, 1)
    assert np.abs(samples[:48]).max() < 0.01
    assert np.abs(samples[-48:]).max() < 0.01


def test_rain_is_brighter_than_a_clear_day():
    def treble(samples):
        spectrum = np.abs(np.fft.rfft(samples[:, 0]))
        return spectrum[len(spectrum) // 6 :].sum() / spectrum.sum()

    assert treble(sound.ambience("city street", "rain", 96_000, 1)) > 1.5 * treble(
        sound.ambience("city street", "clear", 96_000, 1)
    )


def test_left_and_right_differ():
    left, right = sound.ambience("forest", "clear", 96_000, 1).T
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.6

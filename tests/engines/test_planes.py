"""From RGB to the planes of an encoder, compared with the formulas of BT.709 and with FFmpeg's conversion."""

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.draw.planes import Converter


def formulas(red, green, blue):
    """Brightness and both chromas (ITU-R BT.709, limited range) of colours from 0 to 255."""
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma / 255, 128 + 224 * (blue - luma) / 1.8556 / 255, 128 + 224 * (red - luma) / 1.5748 / 255


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_a_colour_has_the_brightness_and_chroma_of_bt709(colour):
    planes = Converter(64, 64).i420(np.tile(np.uint8(colour), (64, 64, 1)))
    got = planes[0, 0], planes[64, 0], planes[-1, -1]
    assert got == pytest.approx(formulas(*colour), abs=0.7)


@pytest.mark.parametrize("size", [(64, 64), (176, 318), (426, 240), (1280, 720)])
def test_planes_are_those_of_ffmpeg(size):
    rng = np.random.default_rng(4)
    coarse = rng.integers(0, 256, (6, 8, 3), np.uint8)
    rows, columns = np.arange(size[1]) * 6 // size[1], np.arange(size[0]) * 8 // size[0]
    picture = np.ascontiguousarray(coarse[rows][:, columns])
    whole = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    away = np.abs(Converter(*size).i420(picture).astype(int) - whole.to_ndarray())
    assert away[: size[1]].max() <= 1
    assert np.percentile(away[size[1] :], 80) <= 1  # at the edges of colours FFmpeg's chroma is smoother


def test_a_converter_leaves_what_it_gave_before_alone():
    converter = Converter(64, 64)
    first = converter.i420(np.full((64, 64, 3), 200, np.uint8))
    kept = first.copy()
    converter.i420(np.zeros((64, 64, 3), np.uint8))
    assert np.array_equal(first, kept)

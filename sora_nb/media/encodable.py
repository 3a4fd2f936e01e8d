"""Pictures of one size, as an encoder takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sora_nb.media.pixels import THREADS, fit, on_black

if TYPE_CHECKING:
    import av
    from numpy.typing import NDArray

    from sora_nb.media.video import Frame


class Encodable:
    """Makes of RGB what an encoder takes, in the colours that tag() tells of, every picture of one size.

    Args:
        width, height: pixels; other pictures are scaled to fit, with black bars where their shape differs.
        pixels: the encoder's pixel format: yuv420p, for which the size is made even, or rgb24.
    """

    def __init__(self, width: int, height: int, pixels: str = "yuv420p") -> None:
        from av.video.reformatter import VideoReformatter

        step = 2 if pixels == "yuv420p" else 1
        self.width, self.height = (max(step, side // step * step) for side in (width, height))
        self._pixels = pixels
        self._scale, self._convert = VideoReformatter(), VideoReformatter()

    def take(self, frame: Frame) -> av.VideoFrame:
        """Return a picture of a film as the encoder takes it, without a way through RGB where it needs none."""
        from av.video.frame import PictureType

        short = frame.i420 if self._pixels == "yuv420p" else None
        if short is None or (short.width, short.height) != (self.width, self.height):
            return self.frame(frame.rgb)
        short.pict_type = PictureType.NONE  # the encoder chooses its own key frames
        return short

    def frame(self, rgb: NDArray[np.uint8]) -> av.VideoFrame:
        """Return a picture, RGB of shape (height, width, 3), as the encoder takes it."""
        import av
        from av.video.reformatter import ColorRange, Colorspace

        height, width = rgb.shape[:2]
        if (width - self.width, height - self.height) in {(0, 0), (1, 0), (0, 1), (1, 1)}:
            rgb = rgb[: self.height, : self.width]
        else:
            wide, tall = fit((width, height), (self.width, self.height))
            picture = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            way = "AREA" if wide < width else "BICUBIC"
            scaled = self._scale.reformat(picture, wide, tall, interpolation=way, threads=THREADS)
            rgb = on_black(scaled.to_ndarray().astype(np.uint8, copy=False), (self.width, self.height))
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
        if self._pixels == "rgb24":
            return picture
        return self._convert.reformat(
            picture,
            format=self._pixels,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=THREADS,
        )

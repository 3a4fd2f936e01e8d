"""Turn decoded pictures into RGB as a player shows them, and RGB into what is encoded.

As a player shows them: turned and mirrored as the file says, with square pixels, each picture of the film in the size of
the film, interlaced ones made whole, colours in BT.709, and what is transparent over black, the ground of the player.
"""

from __future__ import annotations

import io
import itertools
import struct
import tempfile
from collections import deque
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from math import atan2, pi
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sora_nb.media import colours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import av
    from av.audio.stream import AudioStream
    from av.video.reformatter import VideoReformatter
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

MAX_PIXELS = 8192 * 8192
"""Most pixels of a picture, as stored and as shown."""
THREADS = 4
"""Threads that decode, scale or encode one film: each holds pictures, so that their number is not the machine's."""
_TICK = Fraction(1, 1000)
"""Unit of time inside of filters, which count pictures."""


class Converter:
    """Converts the decoded pictures of one film to RGB as a player shows them.

    It keeps what costs more to make than a small picture: the tables of each size, and of colours.

    Args:
        stream: the film's video track, before any picture was decoded: its size is the film's.
    """

    def __init__(self, stream: VideoStream) -> None:
        codec = stream.codec_context
        self._codec = codec.codec.canonical_name
        self._stored = codec.width, codec.height
        self._aspect = Fraction(stream.sample_aspect_ratio or 1)
        self._size: tuple[int, int] | None = None
        self._turns: dict[int, tuple[int, bool]] = {}
        self._reformatters: dict[tuple[int, int, str], VideoReformatter] = {}
        self._tables: dict[tuple[int, int, int, int], _LookupTable] = {}

    def size(self, picture: av.VideoFrame) -> tuple[int, int]:
        """Return width and height of the film as shown, in pixels; its first picture tells how it is turned."""
        if self._size is None:
            self._size = _shown(self._stored, self._aspect, self._turn(picture)[0])
        return self._size

    def size_within(
        self, picture: av.VideoFrame, *, max_side: int | None = None, height: int | None = None
    ) -> tuple[int, int]:
        """Return width and height of what rgb() returns."""
        film = self.size(picture)
        scale = min(1.0, max_side / max(film)) if max_side else height / film[1] if height else 1.0
        return film if scale == 1 else _even(film, scale)

    def _turn(self, picture: av.VideoFrame) -> tuple[int, bool]:
        """Read the display matrix once for each rotation: a picture asked for its side data is kept until garbage is collected."""
        rotation = picture.rotation
        if rotation not in self._turns:
            self._turns[rotation] = _told_turn(picture)
        return self._turns[rotation]

    def rgb(
        self, picture: av.VideoFrame, *, max_side: int | None = None, height: int | None = None
    ) -> NDArray[np.uint8]:
        """Return a picture as RGB of shape (height, width, 3).

        Args:
            picture: as the decoder gave it.
            max_side: shrink so that the longer side has at most this many pixels.
            height: scale to this many pixels of height.
        """
        quarters, mirrored = self._turn(picture)
        target = self.size_within(picture, max_side=max_side, height=height)
        room = target
        if (picture.width, picture.height) != self._stored:
            room = fit(_shown((picture.width, picture.height), self._aspect, quarters), target)
        wide, tall = room[::-1] if quarters % 2 else room
        rgb = self._scaled(_deinterlaced_alone(picture), wide, tall)
        if mirrored:
            rgb = rgb[::-1]
        return on_black(np.ascontiguousarray(np.rot90(rgb, -quarters)), target)

    def i420(self, picture: av.VideoFrame, *, max_side: int | None = None) -> av.VideoFrame | None:
        """Return a picture as an encoder takes it, in the colours that tag() tells of, by a shorter way than RGB.

        Args:
            picture: as the decoder gave it; where it needs no change it is returned itself.
            max_side: as of rgb().

        Returns:
            None where there is no shorter way: colours of another standard, transparency, lines of two fields, bars.
        """
        meant = colours.colours_of(picture, self._codec, self._stored[1])
        quarters, mirrored = self._turn(picture)
        size = self.size_within(picture, max_side=max_side)
        # swscale brings other ranges and matrices to this one with errors that RGB has not
        plain = picture.format.name == "yuv420p" and meant.standard and meant.matrix == colours.BT709
        plain = plain and meant.value_range != colours.FULL
        if not plain or size[0] % 2 or size[1] % 2 or _interlaced(picture):
            return None
        if (picture.width, picture.height) != self._stored:
            return None
        wide, tall = size[::-1] if quarters % 2 else size
        small = picture
        if (wide, tall) != (picture.width, picture.height):
            small = self._reformatted(picture, "yuv420p", wide, tall, replace(meant, value_range=colours.LIMITED))
        return _turned(small, quarters, mirrored) if quarters or mirrored else small

    def _scaled(self, picture: av.VideoFrame, width: int, height: int) -> NDArray[np.uint8]:
        """Convert to RGB of a size before the turn."""
        meant = colours.colours_of(picture, self._codec, self._stored[1])
        rgb: NDArray[np.uint8]
        if meant.standard:
            if not _has_alpha(picture.format.name):
                return self._reformat(picture, "rgb24", width, height, meant)
            rgba = self._reformat(picture, "rgba", width, height, meant)
            rgb, alpha = rgba[..., :3], rgba[..., 3:]
        else:
            deep = self._reformatted(picture, _LookupTable.PIXELS, width, height, meant)
            key = width, height, meant.primaries, meant.transfer
            table = self._tables.get(key) or self._tables.setdefault(key, _LookupTable(*key))
            rgb = table.apply(deep).reformat(format="rgb24", threads=THREADS).to_ndarray().astype(np.uint8, copy=False)
            if not _has_alpha(picture.format.name):
                return rgb
            alpha = self._reformat(picture, "rgba", width, height, meant)[..., 3:]
        return ((rgb.astype(np.uint16) * alpha + 127) // 255).astype(np.uint8)

    def _reformat(
        self, picture: av.VideoFrame, pixels: str, width: int, height: int, meant: colours.Colours
    ) -> NDArray[np.uint8]:
        return self._reformatted(picture, pixels, width, height, meant).to_ndarray().astype(np.uint8, copy=False)

    def _reformatted(
        self,
        picture: av.VideoFrame,
        pixels: str,
        width: int,
        height: int,
        meant: colours.Colours,
    ) -> av.VideoFrame:
        from av.video.reformatter import VideoReformatter

        shape: dict[str, Any] = {}
        if (width, height) != (picture.width, picture.height):
            shrinks = width < picture.width or height < picture.height
            # AREA looks clean at thumbnail sizes; the decoder's own resize is far cheaper than one on full pictures
            shape = {"width": width, "height": height, "interpolation": "AREA" if shrinks else "BICUBIC"}
        key = width, height, pixels
        reformatter = self._reformatters.get(key) or self._reformatters.setdefault(key, VideoReformatter())
        return reformatter.reformat(
            picture,
            format=pixels,
            src_colorspace=meant.matrix,
            src_color_range=meant.value_range or None,
            threads=THREADS,
            **shape,
        )


def decoder_of(stream: VideoStream | AudioStream) -> Any:
    """Return what decodes a track, pictures with their transparency, which only libvpx finds where WebM keeps it.

    Args:
        stream: the track.
    """
    import av

    own = stream.codec_context
    name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(own.name)
    if name is None or ("alpha_mode", "1") not in {(key.lower(), value) for key, value in stream.metadata.items()}:
        return own
    decoder = av.CodecContext.create(name, "r")
    assert isinstance(decoder, type(own))
    decoder.thread_type, decoder.thread_count = "AUTO", THREADS
    return decoder


def deinterlaced(pictures: Iterable[tuple[float, av.VideoFrame]]) -> Iterator[tuple[float, av.VideoFrame]]:
    """Make whole pictures of those whose two fields were taken one after the other; pass on the others as they are.

    Args:
        pictures: with their times, in the order shown, because the neighbours of a picture help.
    """
    graph: _Deinterlacer | None = None
    for time, picture in pictures:
        if graph is not None and not graph.takes(picture):
            yield from graph.rest()
            graph = None
        if graph is None and _interlaced(picture):
            graph = _Deinterlacer(picture, "bwdif")
        if graph is None:
            yield time, picture
        else:
            yield from graph.push(time, picture)
    if graph is not None:
        yield from graph.rest()


class _Deinterlacer:
    """One of FFmpeg's deinterlacing filters, for pictures of one kind."""

    def __init__(self, like: av.VideoFrame, name: str) -> None:
        from av.filter import Graph
        from av.video.format import VideoFormat

        self._kind = _kind(like)
        self._graph = Graph()
        source = self._graph.add_buffer(
            width=like.width, height=like.height, format=VideoFormat(like.format.name), time_base=_TICK
        )
        deinterlace, sink = self._graph.add(name, "mode=0:deint=interlaced"), self._graph.add("buffersink")
        source.link_to(deinterlace)
        deinterlace.link_to(sink)
        self._graph.configure()
        self._times: deque[float] = deque()
        self._count = 0

    def takes(self, picture: av.VideoFrame) -> bool:
        return _interlaced(picture) and _kind(picture) == self._kind

    def push(self, time: float, picture: av.VideoFrame) -> Iterator[tuple[float, av.VideoFrame]]:
        self._times.append(time)
        # the filter wants time stamps that rise, and a damaged file has others
        picture.pts, picture.time_base = self._count, _TICK
        self._count += 1
        self._graph.vpush(picture)
        yield from self._pull()

    def rest(self) -> Iterator[tuple[float, av.VideoFrame]]:
        self._graph.vpush(None)
        yield from self._pull()

    def _pull(self) -> Iterator[tuple[float, av.VideoFrame]]:
        import av

        while True:
            try:
                whole = self._graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            yield self._times.popleft(), whole


def _deinterlaced_alone(picture: av.VideoFrame) -> av.VideoFrame:
    """Make a whole picture without its neighbours: its first field, the lines between guessed along edges."""
    if not _interlaced(picture):
        return picture
    stamp, time_base = picture.pts, picture.time_base
    graph = _Deinterlacer(picture, "estdif")
    whole = next(itertools.chain(graph.push(0.0, picture), graph.rest()))[1]
    picture.pts = stamp
    if time_base is not None:
        picture.time_base = time_base
    return whole


def _turned(picture: av.VideoFrame, quarters: int, mirrored: bool) -> av.VideoFrame:
    """Turn a picture of three planes as a player does: swap top and bottom, or not, then quarters clockwise."""
    import av

    height, width = picture.height, picture.width
    luma, *chroma = np.split(picture.to_ndarray().ravel(), [height * width, height * width * 5 // 4])
    planes = [luma.reshape(height, width), *(plane.reshape(height // 2, width // 2) for plane in chroma)]
    turned = [np.rot90(plane[::-1] if mirrored else plane, -quarters).ravel() for plane in planes]
    wide = height if quarters % 2 else width
    return av.VideoFrame.from_ndarray(np.concatenate(turned).reshape(-1, wide), format="yuv420p")


def _interlaced(picture: av.VideoFrame) -> bool:
    return picture.interlaced_frame and min(picture.width, picture.height) >= 8  # the filters refuse slivers


def _kind(picture: av.VideoFrame) -> tuple[int, int, str]:
    return picture.width, picture.height, picture.format.name


class _LookupTable:
    """FFmpeg's lut3d with one table, for pictures of one size."""

    PIXELS = "gbrp16le"  # for which the filter has vector instructions

    def __init__(self, width: int, height: int, primaries: int, transfer: int) -> None:
        from av.filter import Graph
        from av.video.format import VideoFormat

        self._graph = Graph()
        source = self._graph.add_buffer(width=width, height=height, format=VideoFormat(self.PIXELS), time_base=_TICK)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "table.cube")
            file.write_text(colours.lookup_table(primaries, transfer), encoding="ascii")
            lookup, sink = self._graph.add("lut3d", file=str(file)), self._graph.add("buffersink")
            source.link_to(lookup)
            lookup.link_to(sink)
            self._graph.configure()

    def apply(self, picture: av.VideoFrame) -> av.VideoFrame:
        self._graph.vpush(picture)
        return self._graph.vpull()


def _told_turn(picture: av.VideoFrame) -> tuple[int, bool]:
    """Return how a player turns a picture: quarters clockwise, after top and bottom were swapped or not."""
    try:
        told: Any = picture.side_data
        matrix = told["DISPLAYMATRIX"]
    except KeyError:
        return 0, False
    except ValueError:  # PyAV up to 18 knows not all kinds of side data, such as EXIF, and then gives none
        return round(-picture.rotation / 90) % 4, False
    a, b, _, c, d = struct.unpack("=5i", bytes(matrix)[:20])
    return round(atan2(b, a) / (pi / 2)) % 4, a * d - b * c < 0


def _shown(stored: tuple[int, int], aspect: Fraction, quarters: int) -> tuple[int, int]:
    """Return a size in square pixels after the turn; the side that grows is the one the HTML standard has grow."""
    width, height = stored
    if aspect > 1:
        width = round(width * aspect)
    elif aspect > 0:
        height = round(height / aspect)
    if width * height > MAX_PIXELS:  # a nonsense ratio
        width, height = stored
    return (height, width) if quarters % 2 else (width, height)


def _even(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(2, round(size[0] * scale / 2) * 2), max(2, round(size[1] * scale / 2) * 2)


def fit(size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size of the same shape that fits into a room; a shape as good as the room's is the room's."""
    wide, tall = _even(size, min(room[0] / size[0], room[1] / size[1]))
    fitting = min(wide, room[0]), min(tall, room[1])
    return room if max(room[0] - fitting[0], room[1] - fitting[1]) <= 2 else fitting


def on_black(rgb: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Put a picture into the middle of black ground of a size."""
    height, width = rgb.shape[:2]
    if (width, height) == size:
        return rgb
    ground = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    ground[top : top + height, left : left + width] = rgb
    return ground


@lru_cache
def _has_alpha(pixels: str) -> bool:
    from av.video.format import VideoFormat

    described = VideoFormat(pixels)
    return described.has_palette or any(part.is_alpha for part in described.components)


def framed(planes: NDArray[np.uint8]) -> av.VideoFrame:
    """Return I420 planes, shape (height * 3 / 2, width), as a frame, which keeps their memory where it can."""
    import av

    height, width = planes.shape[0] // 3 * 2, planes.shape[1]
    if height % 4 == 0:  # PyAV rounds other heights down
        return av.VideoFrame.from_numpy_buffer(planes, format="yuv420p")
    frame = av.VideoFrame(width, height, "yuv420p")
    pixels = planes.reshape(-1)
    for plane in frame.planes:
        size = plane.width * plane.height
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        rows[: plane.height, : plane.width] = pixels[:size].reshape(plane.height, plane.width)
        pixels = pixels[size:]
    return frame


def jpeg(rgb: NDArray[np.uint8], *, quality: int = 85) -> bytes:
    """Encode RGB pixels, shape (height, width, 3), as JPEG."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()

"""Films drawn for a test: what is in every second of them is known."""

from __future__ import annotations

import struct

import muxing
import numpy as np


def write(path, pictures, *, fps=25, sound=False, crf=18, **more):
    """Write RGB pictures, all of one size, as a video file; returns its path."""
    drawn = [np.ascontiguousarray(rgb) for rgb in pictures]
    times = [number / fps for number in range(len(drawn))]
    height, width = drawn[0].shape[:2]
    how = {"gop": 12, "ticks": fps, "options": {"crf": str(crf)}, "mux": {"movflags": "+faststart"}} | more
    spans = (0.0, len(drawn) / fps) if sound else None
    return muxing.film(
        path, times, rate=fps, sound=spans, size=(width, height), draw=lambda number, _: drawn[number], **how
    )


def lay_down(path, turn):
    """Write into an MP4 file how a player has to turn its pictures, as a phone does; returns its path.

    Args:
        path: the file.
        turn: degrees clockwise: 90, 180 or 270.
    """
    content = bytearray(path.read_bytes())
    head = content.index(b"tkhd") + 4  # ISO/IEC 14496-12, 8.3.2: version 0, its matrix after 40 bytes
    one = 1 << 16
    across, down = {90: (0, one), 180: (-one, 0), 270: (0, -one)}[turn]
    width, height = struct.unpack(">II", content[head + 76 : head + 84])
    left, top = {90: (height, 0), 180: (width, height), 270: (0, width)}[turn]
    content[head + 40 : head + 76] = struct.pack(">9i", across, down, 0, -down, across, 0, left, top, 1 << 30)
    path.write_bytes(content)
    return path


def scene(seed=0, width=320, height=180):
    """One detailed picture: a checked figure before a softly coloured wall; the seed decides its place, checks and colours."""
    rng = np.random.default_rng(seed)
    wall, dress = rng.integers(60, 200, (2, 3))
    rows, columns = np.mgrid[:height, :width]
    rgb = np.broadcast_to(wall, (height, width, 3)).astype(float) + 12 * np.sin(columns / 40)[..., None]
    middle = width * (0.5 + 0.1 * ((seed + 1) % 3 - 1))
    figure = ((rows - height / 2) / (0.42 * height)) ** 2 + ((columns - middle) / (0.2 * width)) ** 2 < 1
    side = 6 + seed % 3
    checks = ((rows // side + columns // side) % 2)[figure]
    rgb[figure] = np.where(checks[:, None], 255 - dress, dress)
    return rgb.clip(0, 255).astype(np.uint8)


def still(rgb, seconds, fps=25):
    """The same picture for some seconds, its place told by a white bar on the lower edge that grows with time."""
    for number in range(round(seconds * fps)):
        picture = rgb.copy()
        picture[-8:, : 2 + number] = 255
        yield picture


def with_a_cut(folder):
    """Six seconds with sound and a cut at four."""
    pictures = [*still(scene(1), 4), *still(scene(2), 2)]
    return write(folder / "short.mp4", pictures, sound=True)


def of_a_minute(folder):
    """A minute, so that there is a closer look."""
    return write(folder / "long.mp4", still(scene(width=160, height=90), 60))

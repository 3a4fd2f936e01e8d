"""Change the boxes of MP4 files (ISO/IEC 14496-12) as cameras, phones, editors and broken downloads have them."""

from __future__ import annotations

import struct

INSIDE = {b"moov", b"trak", b"mdia", b"edts"}


def boxes(content, start=0, end=None):
    """Yield (kind, first byte, end) of the boxes in a stretch of a file, those inside others after these."""
    end = len(content) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack(">I4s", content[start : start + 8])
        size = int.from_bytes(content[start + 8 : start + 16]) if size == 1 else size or end - start
        yield kind, start, start + size
        if kind in INSIDE:
            yield from boxes(content, start + 8, start + size)
        start += size


def tracks(content):
    """Return (handler, first byte, end) of each track, such as b"vide"."""
    found = []
    for kind, start, end in boxes(content):
        if kind == b"trak":
            found.append((content[content.index(b"hdlr", start) + 12 :][:4], start, end))
    return found


def with_edits(content, edits, handler=b"vide"):
    """Give a track an edit list; the file's index has to lie behind its media.

    Args:
        content: bytes of an MP4.
        edits: (seconds, from second of the media or None for nothing) each.
        handler: of the track.
    """
    content = bytearray(content)
    whole = _scale(content, b"mvhd", 0)
    start, end = next((start, end) for kind, start, end in tracks(content) if kind == handler)
    own = _scale(content, b"mdhd", start)
    found = [(a, b) for kind, a, b in boxes(content, start + 8, end) if kind == b"edts"]
    for a, b in found:
        content[a + 4 : b] = b"free" + bytes(b - a - 8)
    entries = b"".join(
        struct.pack(">Iihh", round(seconds * whole), -1 if media is None else round(media * own), 1, 0)
        for seconds, media in edits
    )
    elst = struct.pack(">I4sII", 16 + len(entries), b"elst", 0, len(edits)) + entries
    edts = struct.pack(">I4s", 8 + len(elst), b"edts") + elst
    content[end:end] = edts
    for kind, place, _ in list(boxes(content)):
        if kind == b"moov" or (kind == b"trak" and place == start):
            size = struct.unpack(">I", content[place : place + 4])[0]
            content[place : place + 4] = struct.pack(">I", size + len(edts))
    return bytes(content)


def with_length(content, seconds):
    """Have all headers of an MP4 say another length."""
    content = bytearray(content)
    for kind, start, _ in list(boxes(content)):
        if kind in {b"mvhd", b"mdhd"}:
            scale = struct.unpack(">I", content[start + 20 : start + 24])[0]
            content[start + 24 : start + 28] = struct.pack(">I", round(seconds * scale))
        if kind == b"tkhd":
            scale = _scale(content, b"mvhd", 0)
            content[start + 28 : start + 32] = struct.pack(">I", round(seconds * scale))
    return bytes(content)


def with_matrix(content, across, down, offset=(0, 0)):
    """Have the picture track shown by another matrix.

    Args:
        content: bytes of an MP4.
        across: (right, down) one pixel to the right becomes, each of -1, 0 and 1.
        down: (right, down) one pixel down becomes.
        offset: where the upper left corner comes to, in pixels.
    """
    content = bytearray(content)
    start = next(start for kind, start, _ in tracks(content) if kind == b"vide")
    head = content.index(b"tkhd", start) + 4
    one = 1 << 16
    (a, b), (c, d), (x, y) = across, down, offset
    content[head + 40 : head + 76] = struct.pack(
        ">9i", a * one, b * one, 0, c * one, d * one, 0, x * one, y * one, 1 << 30
    )
    return bytes(content)


def with_styp(content):
    """Begin a file with a segment's box, as pieces of a stream do."""
    return struct.pack(">I4s4sI4s4s", 24, b"styp", b"msdh", 0, b"msdh", b"msix") + content


def _scale(content, kind, start):
    """Ticks a second of the first header of a kind; version 0 of it."""
    place = content.index(kind, start) + 4
    return struct.unpack(">I", content[place + 12 : place + 16])[0]

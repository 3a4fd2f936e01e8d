"""Real films that are large at once: footage, repeated without being encoded again, filled up with what decoders skip."""

from __future__ import annotations

import av

_FILLER = 12  # a NAL unit of H.264 that means nothing


def write(source, out, seconds, size):
    """Write a film, as phones do, with its index at the end.

    Args:
        source: an MP4 with H.264.
        out: the new file.
        seconds: its length, at least; whole repetitions.
        size: its bytes, about.
    """
    with av.open(str(source)) as read, av.open(str(out), "w") as target:
        video = read.streams.video[0]
        stream = target.add_stream_from_template(video)
        packets = [packet for packet in read.demux(video) if packet.size]
        span = video.duration
        rounds = max(1, round(seconds / float(span * video.time_base)))
        more = max(6, (size - rounds * sum(packet.size for packet in packets)) // (rounds * len(packets)))
        filler = (more - 4).to_bytes(4, "big") + bytes([_FILLER]) + b"\xff" * (more - 6) + b"\x80"
        for number in range(rounds):
            for packet in packets:
                again = av.Packet(bytes(packet) + filler)
                again.pts, again.dts = packet.pts + number * span, packet.dts + number * span
                again.time_base, again.is_keyframe, again.stream = packet.time_base, packet.is_keyframe, stream
                target.mux(again)
    return out

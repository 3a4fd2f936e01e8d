"""The kinds of films that people have: containers, codecs, paces, sounds, edit lists; each a recipe of six seconds or so."""

from __future__ import annotations

from fractions import Fraction

import boxes
import numpy as np
from muxing import Recipe, Sound

SECONDS = 6.0


def even(rate=25, seconds=SECONDS, begin=0.0):
    """Times of pictures at an even pace."""
    return tuple(begin + float(number / Fraction(rate)) for number in range(round(seconds * rate)))


def jittered(rate=30, by=0.012):
    """Times of pictures that come a little late or early."""
    shifts = np.random.default_rng(5).uniform(-by, by, round(SECONDS * rate))
    return tuple(max(0.0, number / rate + float(shift)) for number, shift in enumerate(shifts))


def dropped(rate=30):
    """Times of pictures of which some are missing, and the one after comes too soon, as on a phone."""
    kept = [number for number in range(round(SECONDS * rate)) if number % 20 != 13]
    return tuple((number - 0.5 if number % 20 == 14 else number) / rate for number in kept)


def recorded():
    """Times of pictures as a browser's recorder takes them."""
    steps = np.random.default_rng(3).choice([0.016, 0.033, 0.034, 0.05, 0.1], 200)
    times = np.concatenate([[0.0], np.cumsum(steps)])
    return tuple(round(float(time), 3) for time in times if time < SECONDS)


def disordered():
    """Times of pictures of which every seventh is stamped after the one that follows it."""
    times = list(even())
    for place in range(6, len(times) - 1, 7):
        times[place], times[place + 1] = times[place + 1], times[place]
    return tuple(times)


DARKER = (*even(30, 3), *even(12, 3, 3.0))
"""A phone that slows down where it gets dark."""
SLOWED = (*even(30, 2), *even(240, 1, 2.0), *even(30, 3, 3.0))
"""A second of slow motion."""
CHANGES = (0.0, 0.1, 0.2, 0.5, 4.6, 4.7, 4.8, 5.9)
"""A recorder that writes a picture where something changes."""
OPEN = {"preset": "veryfast", "x264-params": "open-gop=1:keyint=50:min-keyint=50:bframes=3:scenecut=0"}
HEVC = {"x265-params": "log-level=error:open-gop=1:keyint=50:min-keyint=50:bframes=4:scenecut=0"}
BETWEEN = {"options": {"preset": "veryfast"}, "tags": {"max_b_frames": 3}}
VP8 = {"codec": "libvpx", "ticks": 1000, "sound": Sound("libopus")}
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
SCREEN = {"container": "mpegts", "sound": Sound("aac")}


def edited(*edits):
    """Give the pictures an edit list."""
    return lambda content: boxes.with_edits(content, edits)


def lasting(seconds):
    """Have the headers say another length."""
    return lambda content: boxes.with_length(content, seconds)


RECIPES = [
    # containers and codecs
    Recipe("h264.mp4", even()),
    Recipe("index in front.mp4", even(), mux={"movflags": "+faststart"}, gop=250, **BETWEEN),
    Recipe("open gop.mp4", even(), options=OPEN),
    Recipe("hevc.mp4", even(), codec="libx265", options=HEVC),
    Recipe("av1.mp4", even(), codec="libsvtav1", sound=Sound("libopus")),
    Recipe("vp9.mp4", even(), codec="libvpx-vp9"),
    Recipe("mpeg-4.mp4", even(), codec="mpeg4", ticks=25, gop=12),
    Recipe("h264.mov", even(), sound=Sound("pcm_s16le", 44_100, "mono")),
    Recipe("mjpeg.mov", even(), codec="mjpeg", ticks=25, sound=Sound("pcm_s16le")),
    Recipe("prores.mov", even(), codec="prores_ks", pixels="yuv422p10le", sound=Sound("pcm_s16le")),
    Recipe("vp8.webm", even(), **VP8),
    Recipe("vp9.webm", even(), codec="libvpx-vp9", ticks=1000, sound=Sound("vorbis")),
    Recipe("av1.webm", even(), codec="libsvtav1", sound=Sound("libopus")),
    Recipe("h264.mkv", even()),
    Recipe("hevc.mkv", even(), codec="libx265", options=HEVC, sound=Sound("flac")),
    Recipe("ffv1.mkv", even(), codec="ffv1", sound=Sound("pcm_s16le")),
    Recipe("no index.mkv", even(), mux={"live": "1"}, sound=Sound("ac3", layout="5.1"), gop=250),
    Recipe("mjpeg.avi", even(), codec="mjpeg", ticks=25, sound=Sound("pcm_u8", 11_025, "mono")),
    Recipe("mpeg-4.avi", even(), codec="mpeg4", ticks=25, sound=Sound("libmp3lame", 44_100), gop=100),
    Recipe("h264.avi", even(), ticks=25, sound=Sound("libmp3lame")),
    Recipe("h264.ts", even(), gop=13, **SCREEN),
    Recipe("between.ts", even(), gop=50, **SCREEN, **BETWEEN),
    Recipe("one key.ts", even(), gop=250, **SCREEN, **BETWEEN),
    Recipe("open gop.ts", even(), options=OPEN, **SCREEN),
    Recipe("hevc.ts", even(), codec="libx265", options=HEVC, **SCREEN),
    Recipe("mpeg-2.ts", even(), codec="mpeg2video", container="mpegts", ticks=25, gop=12, sound=Sound("mp2"), tags={"max_b_frames": 2}),
    Recipe("hour two.ts", even(), gop=50, mux={"output_ts_offset": "7200"}, **SCREEN),
    Recipe("clock begins anew.ts", even(), gop=50, mux={"output_ts_offset": "95440"}, **SCREEN),
    Recipe("mpeg-2.mpg", even(), codec="mpeg2video", container="vob", ticks=25, gop=12, sound=Sound("mp2")),
    Recipe("vp8.ogv", even(), codec="libvpx", ticks=25, sound=Sound("vorbis")),
    Recipe("h264.flv", even(), ticks=1000),
    # FFmpeg's AVI reader calls each packet of it a key frame
    Recipe("h263.avi", even(), codec="h263", ticks=25, size=(352, 288), sound=Sound("libmp3lame")),
    Recipe("h263.3gp", even(), codec="h263", ticks=25, size=(352, 288), sound=Sound("aac")),
    # how an MP4 is laid out
    Recipe("fragmented.mp4", even(), mux=FRAGMENTS),
    Recipe("segment.mp4", even(), mux=FRAGMENTS, change=boxes.with_styp),
    Recipe("length 0.mp4", even(), change=lasting(0)),
    Recipe("length too short.mp4", even(), change=lasting(3)),
    Recipe("length too long.mp4", even(), change=lasting(12)),
    Recipe("no edit list.mp4", even(), mux={"use_editlist": "0"}, **BETWEEN),
    Recipe("front trimmed.mp4", even(), sound=None, change=edited((4.64, 1.3)), gop=50),
    Recipe("two pieces.mp4", even(), sound=None, change=edited((1, 0), (3, 3.0))),
    Recipe("late by edit.mp4", even(), change=edited((0.5, None), (5.5, 0)), late=0.0),
    Recipe("late and trimmed.mp4", even(), change=edited((0.5, None), (4.8, 1.2)), late=0.0),
    # when pictures and sound begin and end
    Recipe("late pictures.mp4", even(begin=0.5)),
    Recipe("late pictures alone.mp4", even(begin=0.5), sound=None),
    Recipe("late pictures.webm", even(begin=0.5), **VP8),
    Recipe("late pictures.ts", even(begin=0.5), gop=50, **SCREEN),
    Recipe("all late.webm", even(begin=1.0), **(VP8 | {"sound": Sound("libopus", spans=((1.2, 7.0),))})),
    Recipe("late sound.mp4", even(), sound=Sound(spans=((2.4, 6.0),))),
    Recipe("late sound.ts", even(), gop=50, container="mpegts", sound=Sound(spans=((2.4, 6.0),))),
    Recipe("sound first.mkv", even(), sound=Sound(first=True)),
    Recipe("sound with a gap.mp4", even(), sound=Sound(spans=((0.0, 1.5), (4.0, 6.0)))),
    Recipe("sound with a gap.webm", even(), **(VP8 | {"sound": Sound("libopus", spans=((0.0, 1.5), (4.0, 6.0)))})),
    Recipe("longer sound.mp4", even(), sound=Sound(spans=((0.0, 9.0),))),
    Recipe("shorter sound.mkv", even(), sound=Sound(spans=((0.0, 2.5),))),
    Recipe("five channels.mp4", even(), sound=Sound(layout="5.1")),
    Recipe("mono.mp4", even(), sound=Sound(rate=44_100, layout="mono")),
    # paces
    Recipe("24.mp4", even(24), pace=24),
    Recipe("29.97.mp4", even(Fraction(30_000, 1001)), pace=Fraction(30_000, 1001), **BETWEEN),
    Recipe("60.webm", even(60, 4), pace=60, **VP8),
    Recipe("240.mp4", even(240, 3), pace=240),
    Recipe("jitter.mp4", jittered(), pace=30),
    Recipe("drops.mp4", dropped(), pace=30),
    Recipe("darker.mp4", DARKER, pace=30),
    Recipe("darker.mkv", DARKER, pace=30, **BETWEEN),
    Recipe("slow motion.mp4", SLOWED, pace=30),
    Recipe("changes.mp4", CHANGES, pace=30, sound=Sound()),
    Recipe("changes.webm", CHANGES, pace=30, **VP8),
    Recipe("recorder.webm", recorded(), pace=1000, gop=60, mux={"live": "1"}, **VP8),
    Recipe("out of order.mkv", disordered(), codec="mjpeg", ticks=1000),
    Recipe("recorder.mp4", recorded(), pace=30, mux=FRAGMENTS, sound=Sound("libopus")),
]  # fmt: skip
KINDS = {recipe.name: recipe for recipe in RECIPES}
QUICK = ("vp8.webm", "between.ts", "late pictures.mp4", "darker.mp4", "changes.mp4")
"""Enough to see a fault of most kinds at once."""

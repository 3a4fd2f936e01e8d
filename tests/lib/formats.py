"""Which kinds of files work, by trying them: the table of notebooks/guide/formats.md.

A small film is written in each container with each codec that it can hold and that there is an encoder for; then a filmstrip is
drawn of it, two seconds are cut, previewed, and made a character of. What arrives is counted: pictures by their numbers, sound by
its pitch.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import muxing
from film_kinds import HEVC, even
from judging import about_clip, about_strip, opened
from muxing import Recipe, Sound

from sora_nb import media
from sora_nb.errors import SoraError
from sora_nb.media.filmstrip import filmstrip
from sora_nb.models import Clip

PAGE = Path(__file__).parents[2] / "notebooks/guide/formats.md"
MARKS = ("<!-- formats -->", "<!-- /formats -->")
CONTAINERS = {
    "MP4": ("mp4", "mp4"), "MP4 in fragments": ("mp4", "mp4"), "MOV": ("mov", "mov"), "WebM": ("webm", "webm"), "MKV": ("mkv", "matroska"),
    "AVI": ("avi", "avi"), "TS": ("ts", "mpegts"), "MPEG-PS": ("mpg", "vob"), "OGG": ("ogv", "ogg"), "FLV": ("flv", "flv"), "3GP": ("3gp", "3gp"),
    "WMV": ("wmv", "asf"), "GIF": ("gif", "gif"),
}  # fmt: skip
"""Suffix and FFmpeg's name of each."""
CODECS = {
    "H.264": ("libx264", {}),
    "HEVC": ("libx265", {"options": HEVC}),
    "AV1": ("libsvtav1", {}),
    "VP8": ("libvpx", {"ticks": 1000}),
    "VP9": ("libvpx-vp9", {"ticks": 1000}),
    "MPEG-2": ("mpeg2video", {"ticks": 25, "gop": 12}),
    "MPEG-4": ("mpeg4", {"ticks": 25}),
    "Motion JPEG": ("mjpeg", {"ticks": 25}),
    "ProRes": ("prores_ks", {"pixels": "yuv422p10le"}),
    "FFV1": ("ffv1", {}),
    "H.263": ("h263", {"ticks": 25, "size": (352, 288)}),
    "WMV 2": ("wmv2", {"ticks": 25}),
    "GIF": ("gif", {"ticks": 100, "pixels": "rgb8", "pace": 10}),
}
"""FFmpeg's name of the encoder, and how it wants to be used."""
SOUNDS = {
    "MP4": "aac", "MP4 in fragments": "aac", "MOV": "pcm_s16le", "WebM": "libopus", "MKV": "aac", "AVI": "libmp3lame", "TS": "aac", "MPEG-PS": "mp2",
    "OGG": "libopus", "FLV": "aac", "3GP": "aac", "WMV": "", "GIF": "",
}  # fmt: skip
SPOKEN = {
    "aac": "AAC",
    "pcm_s16le": "PCM",
    "libopus": "Opus",
    "libmp3lame": "MP3",
    "mp2": "MP2",
    "wmav2": "WMA",
    "": "none",
}
WAYS = ("strip", "clip", "preview", "extract")
START, END = 1.3, 3.3
LASTS = 4.4
"""Seconds of each film."""


def rows(folder, studio):
    """Try every combination; yields (container, codec, sound, result of each way), "" where it is right."""
    for container in CONTAINERS:
        for codec in CODECS:
            film = _film(container, codec, folder)
            if film is not None:
                yield (
                    container,
                    codec,
                    SPOKEN[SOUNDS[container]],
                    tuple(_tried(way, film, folder, studio) for way in WAYS),
                )


def _film(container, codec, folder):
    """Write a film, or return None where this container does not hold this codec, or keeps no stamps with it."""
    if "GIF" in {container, codec} and container != codec:
        return None
    encoder, more = CODECS[codec]
    suffix, muxer = CONTAINERS[container]
    sound = Sound(SOUNDS[container], spans=((0.0, LASTS),)) if SOUNDS[container] else None
    fragments = {"movflags": "frag_keyframe+empty_moov+default_base_moof"} if "fragments" in container else {}
    ticks = {"ticks": 1000} if container == "FLV" else {}
    times = even(more.get("pace", 25), LASTS)
    name = f"{container} {codec}.{suffix}"
    recipe = Recipe(name, times, encoder, muxer, sound, mux=fragments, **(more | ticks))
    few = replace(recipe, times=times[:3], sound=sound and replace(sound, spans=((0.0, 0.2),)))
    try:
        muxing.measured(few, folder)  # what a container refuses is refused here, before the whole film is encoded
        return muxing.measured(recipe, folder)
    except (av.error.FFmpegError, LookupError, TypeError, ValueError):  # refused, or written and not found again
        return None


def _tried(way, film, folder, studio):
    out = folder / "out.mp4"
    try:
        if way == "strip":
            return about_strip(film, filmstrip(film.path, 12, height=72))
        if way == "clip":
            media.cut(film.path, Clip(START, END), out)
        elif way == "preview":
            media.preview(film.path, START, END, out)
        else:
            out = studio.extract(film.path, START, END).clip_file
    except SoraError as error:
        return f"refused: {error.message.replace(film.path.name, 'the file')}"
    return about_clip(film, START, END, opened(out))


def table(found):
    """Write the table in Markdown; codecs of a container with the same results are one row."""
    lines = ["| container | pictures | sound | " + " | ".join(WAYS) + " |", "|" + " --- |" * (3 + len(WAYS))]
    grouped = {}
    for container, codec, sound, results in found:
        words = tuple("yes" if not result else "no" if result.startswith("refused") else "wrong" for result in results)
        grouped.setdefault((container, sound, words), []).append(codec)
    lines += [
        f"| {container} | {', '.join(codecs)} | {sound} | {' | '.join(words)} |"
        for (container, sound, words), codecs in grouped.items()
    ]
    return "\n".join(lines)


def corrected(page, made):
    """Return the page's text with this table between its marks."""
    before, mark, rest = page.partition(MARKS[0])
    return f"{before}{mark}\n{made}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}"

"""Pictures as players show them, whatever the file says about them."""

from __future__ import annotations

import gc
import io
import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from muxing import give_up_priority
from PIL import Image

from sora_nb import media
from sora_nb.media import colours
from sora_nb.media.container import open_video
from sora_nb.media.encodable import Encodable
from sora_nb.media.filmstrip import filmstrip
from sora_nb.media.pixels import THREADS
from sora_nb.models import Clip

CORNERS = np.array([[(200, 40, 50), (40, 170, 60)], [(50, 60, 190), (220, 200, 70)]], np.uint8)
SWSCALE = {1: 1, 4: 4, 5: 5, 6: 5, 9: 9}
"""swscale's numbers of the matrices films are made with here."""
LIMITED, FULL = 1, 2
few = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


def quadrants(width, height):
    return CORNERS.repeat(height // 2, 0).repeat(width // 2, 1)


def corners(rgb):
    """The colours in the middle of the four quarters."""
    height, width = rgb.shape[:2]
    spots = [[rgb[y, x] for x in (width // 4, width * 3 // 4)] for y in (height // 4, height * 3 // 4)]
    return np.array(spots, int)


def write(
    path,
    pictures,
    *,
    codec="ffv1",
    pixels="yuv420p",
    matrix=2,
    value_range=0,
    primaries=2,
    transfer=2,
    sar=None,
    turn=None,
    options=None,
):
    """Write pictures, RGB of 8 or 16 bits, whose YUV is what the tags say (BT.601 limited where they say nothing)."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream(codec, rate=25, options=options or {})
        context = stream.codec_context
        context.height, context.width = pictures[0].shape[:2]
        context.pix_fmt = pixels
        context.colorspace, context.color_range = matrix, value_range
        context.color_primaries, context.color_trc = primaries, transfer
        if sar is not None:
            context.sample_aspect_ratio = sar
        if turn is not None:
            stream.set_display_matrix(turn)
        for number, rgb in enumerate(pictures):
            deep = rgb.dtype == np.uint16
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb48le" if deep else "rgb24")
            coded = picture.reformat(
                format=pixels, dst_colorspace=SWSCALE.get(matrix, 5), dst_color_range=value_range or LIMITED
            )
            coded.colorspace, coded.color_range = matrix, value_range
            coded.color_primaries, coded.color_trc = primaries, transfer
            coded.pts, coded.time_base = number, Fraction(1, 25)
            target.mux(stream.encode(coded))
        target.mux(stream.encode())
    give_up_priority()
    return path


def everywhere(path, folder):
    """The same picture by each way it is shown: alone, in the strip, as poster, in a clip, in a preview."""
    info = media.probe(path)
    shown = {"frame": next(media.frames(path)).rgb}
    shown["strip"] = np.asarray(Image.open(io.BytesIO(filmstrip(path, 1, height=info.height).sprite)))
    shown["poster"] = np.asarray(Image.open(io.BytesIO(media.poster(path, 0, max_side=10_000))))
    media.cut(path, Clip(0, info.duration), folder / "cut.mp4")
    shown["clip"] = next(media.frames(folder / "cut.mp4")).rgb
    media.preview(path, 0, info.duration, folder / "preview.mp4", max_side=10_000)
    shown["preview"] = next(media.frames(folder / "preview.mp4")).rgb
    return info, shown


TURNS = {  # as (a, b, c, d) of ISO/IEC 14496-12, and what NumPy does to the stored picture
    "upright": ((1, 0, 0, 1), lambda rgb: rgb),
    "right": ((0, 1, -1, 0), lambda rgb: np.rot90(rgb, -1)),
    "around": ((-1, 0, 0, -1), lambda rgb: np.rot90(rgb, 2)),
    "left": ((0, -1, 1, 0), lambda rgb: np.rot90(rgb, 1)),
    "mirrored": ((-1, 0, 0, 1), np.fliplr),
    "flipped": ((1, 0, 0, -1), np.flipud),
    "transposed": ((0, 1, 1, 0), lambda rgb: rgb.swapaxes(0, 1)),
    "transversed": ((0, -1, -1, 0), lambda rgb: np.rot90(rgb, 2).swapaxes(0, 1)),
}


def display_matrix(a, b, c, d):
    one = 1 << 16
    return [round(a * one), round(b * one), 0, round(c * one), round(d * one), 0, 0, 0, 1 << 30]


@pytest.mark.parametrize("turn", TURNS)
def test_a_picture_is_turned_and_mirrored_as_the_file_says(tmp_path, turn):
    told, seen = TURNS[turn]
    stored = quadrants(96, 64)
    path = write(tmp_path / "a.mp4", [stored] * 5, codec="libx264", turn=display_matrix(*told), options={"crf": "5"})
    info, shown = everywhere(path, tmp_path)
    want = seen(stored)
    assert (info.height, info.width) == want.shape[:2]
    for way, rgb in shown.items():
        assert rgb.shape == want.shape, way
        assert np.abs(corners(rgb) - corners(want)).max() < 16, way


@given(degrees=st.floats(-720, 720), mirrored=st.booleans())
@few
def test_any_other_turn_is_the_nearest_quarter(tmp_path, degrees, mirrored):
    angle = np.radians(degrees)
    flip = -1 if mirrored else 1
    told = np.cos(angle), np.sin(angle), -flip * np.sin(angle), flip * np.cos(angle)
    stored = quadrants(96, 64)
    path = write(tmp_path / "a.mp4", [stored], codec="libx264", turn=display_matrix(*told), options={"crf": "5"})
    want = np.rot90(np.flipud(stored) if mirrored else stored, -round(degrees / 90))
    found = next(media.frames(path)).rgb
    if abs(degrees / 90 % 1 - 0.5) > 0.01:
        assert found.shape == want.shape
        assert np.abs(corners(found) - corners(want)).max() < 16


@given(
    size=st.tuples(st.integers(16, 60), st.integers(16, 60)),
    sar=st.fractions(Fraction(1, 3), 3, max_denominator=60),
    turn=st.sampled_from(sorted(TURNS)),
    max_side=st.none() | st.integers(16, 90),
)
@few
def test_pixels_are_square_where_they_are_shown(tmp_path, size, sar, turn, max_side):
    """The side that grows is the one the HTML standard has grow; each way the size is the same."""
    width, height = size[0] * 2, size[1] * 2
    told, _ = TURNS[turn]
    path = write(
        tmp_path / "a.mp4",
        [quadrants(width, height)],
        codec="libx264",
        sar=sar,
        turn=display_matrix(*told),
        options={"crf": "5"},
    )
    want = (round(width * sar), height) if sar > 1 else (width, round(height / sar))
    info = media.probe(path)
    assert {info.width, info.height} == set(want)
    assert (info.width, info.height) == (want[::-1] if told[0] == 0 else want)
    rgb = next(media.frames(path, max_side=max_side)).rgb
    scale = min(1, (max_side or 1000) / max(want))
    assert abs(rgb.shape[1] - info.width * scale) <= 1
    assert abs(rgb.shape[0] - info.height * scale) <= 1
    assert filmstrip(path, 1, height=40).height == 40


@pytest.mark.parametrize("sar", [Fraction(16, 9), Fraction(9, 16), Fraction(10, 11)])
def test_a_disc_is_round(tmp_path, sar):
    rows, columns = np.mgrid[:192, :320]
    stretched = columns * float(sar) if sar > 1 else columns, rows if sar > 1 else rows / float(sar)
    away = np.hypot(stretched[0] - stretched[0].max() / 2, stretched[1] - stretched[1].max() / 2)
    rgb = np.where(away[..., None] < 60, 230, 30).astype(np.uint8).repeat(3, 2)
    path = write(tmp_path / "a.mp4", [rgb] * 5, codec="libx264", sar=sar, options={"crf": "5"})
    for way, shown in everywhere(path, tmp_path)[1].items():
        inside = shown[..., 0] > 128
        assert abs(int(inside.any(1).sum()) - 120) <= 2, way
        assert abs(int(inside.any(0).sum()) - 120) <= 2, way


@pytest.mark.parametrize(
    "pixels", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p12le", "yuv444p16le"]
)
@pytest.mark.parametrize("tags", [(1, LIMITED), (1, FULL), (6, LIMITED), (5, FULL), (9, LIMITED)])
def test_colours_are_read_by_the_tags_of_the_picture(tmp_path, pixels, tags):
    matrix, value_range = tags
    path = write(
        tmp_path / "a.mkv",
        [quadrants(96, 64)],
        pixels=pixels,
        matrix=matrix,
        value_range=value_range,
        primaries=1,
        transfer=1,
    )
    assert np.abs(corners(next(media.frames(path)).rgb) - CORNERS).max() <= 4


@pytest.mark.parametrize("pixels", ["bgr0", "gbrp10le", "gbrp16le", "rgb48le", "gray", "gray10le", "gray16le"])
def test_pictures_without_a_matrix_are_read_as_they_are(tmp_path, pixels):
    path = write(tmp_path / "a.mkv", [quadrants(96, 64)], pixels=pixels, value_range=FULL)
    want = CORNERS.astype(int)
    if pixels.startswith("gray"):
        want = (want @ [0.299, 0.587, 0.114]).round()[..., None].repeat(3, 2)
    assert np.abs(corners(next(media.frames(path)).rgb) - want).max() <= 4


def test_a_palette_is_read(tmp_path):
    image = Image.fromarray(quadrants(96, 64)).quantize(8)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    with av.open(str(tmp_path / "a.mov"), "w") as target:
        stream = target.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "pal8"
        packet = av.Packet(buffer.getvalue())
        packet.stream, packet.pts, packet.dts, packet.time_base = stream, 0, 0, Fraction(1, 25)
        target.mux(packet)
    assert np.abs(corners(next(media.frames(tmp_path / "a.mov")).rgb) - CORNERS).max() <= 4


@pytest.mark.parametrize(
    ("codec", "name", "height", "matrix"),
    [
        ("libx264", "a.mp4", 360, 6),
        ("libx264", "a.mp4", 718, 6),
        ("libx264", "a.mp4", 720, 1),
        ("libvpx", "a.webm", 360, 6),
        ("libvpx", "a.webm", 720, 1),
        ("libvpx-vp9", "a.webm", 720, 6),
        ("libsvtav1", "a.mp4", 720, 6),
    ],
)
def test_a_film_that_does_not_tell_its_matrix_has_the_one_that_chromium_takes(tmp_path, codec, name, height, matrix):
    options = {
        "libx264": {"crf": "5", "preset": "ultrafast"},
        "libsvtav1": {"crf": "10", "preset": "12", "svtav1-params": "lp=1"},
    }
    options = options.get(codec, {"b": "4M", "cpu-used": "8", "deadline": "realtime", "threads": "1"})
    picture = av.VideoFrame.from_ndarray(quadrants(64, height), format="rgb24")
    yuv = picture.reformat(format="yuv420p", dst_colorspace=SWSCALE[matrix], dst_color_range=LIMITED)
    # what is not told is made by hand: the numbers of one matrix, read back by another
    meant = yuv.reformat(format="rgb24", src_colorspace=5, src_color_range=LIMITED).to_ndarray()
    path = write(tmp_path / name, [meant], codec=codec, options=options)
    assert np.abs(corners(next(media.frames(path)).rgb) - CORNERS).max() <= 10


@given(
    matrix=st.sampled_from([1, 6, 9]),
    value_range=st.sampled_from([LIMITED, FULL]),
    height=st.sampled_from([64, 720]),
    colour=st.tuples(*[st.integers(30, 225)] * 3),
)
@few
def test_what_is_written_is_tagged_and_keeps_its_colours(tmp_path, matrix, value_range, height, colour):
    rgb = np.full((height, 96, 3), colour, np.uint8)
    tags = {"matrix": matrix, "value_range": value_range, "primaries": 1, "transfer": 1}
    path = write(tmp_path / "a.mkv", [rgb] * 3, **tags)
    media.cut(path, Clip(0, 0.12), tmp_path / "cut.mp4")
    with av.open(str(tmp_path / "cut.mp4")) as box:
        picture = next(box.decode(video=0))
        told = picture.colorspace, picture.color_primaries, picture.color_trc, picture.color_range
        assert told == (1, 1, 1, LIMITED)
        seen = picture.reformat(format="rgb24", src_colorspace=1, src_color_range=LIMITED).to_ndarray()
    assert np.abs(seen[20, 40].astype(int) - colour).max() <= 6


@pytest.mark.parametrize(
    ("primaries", "stored", "shown"),
    [
        (9, (200, 30, 60), (250, 0, 57)),
        (9, (40, 70, 200), (0, 71, 207)),
        (12, (200, 30, 60), (218, 0, 55)),
        (5, (40, 180, 60), (6, 180, 64)),
        (6, (40, 180, 60), (40, 180, 61)),
        (9, (120, 120, 120), (120, 120, 120)),
    ],
)
def test_other_primaries_are_brought_to_those_of_the_screen(tmp_path, primaries, stored, shown):
    """What Chromium 156 shows, measured; its blue is a little too dark in all of BT.709."""
    rgb = np.full((64, 96, 3), stored, np.uint8)
    path = write(
        tmp_path / "a.mkv", [rgb], pixels="yuv444p", matrix=1, value_range=LIMITED, primaries=primaries, transfer=1
    )
    assert np.abs(next(media.frames(path)).rgb[30, 40].astype(int) - shown).max() <= 6


def high_range(path, signal, transfer, **how):
    """Write a film of BT.2020 in PQ or HLG; signals from 0 to 1, shape (height, width, 3)."""
    rgb = (np.clip(signal, 0, 1) * 65535).round().astype(np.uint16)
    tags = {"matrix": 9, "value_range": LIMITED, "primaries": 9, "transfer": transfer}
    return write(path, [rgb] * 3, pixels="yuv444p12le", **tags, **how)


def pq(nits):
    power = (np.asarray(nits) / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(nits):
    """The signal of a grey that a screen of 1000 nits shows with so many."""
    return hlg_oetf((np.asarray(nits) / 1000) ** (1 / 1.2))


def hlg_oetf(light):
    curve = 0.17883277 * np.log(np.maximum(12 * light - 0.28466892, 1e-9)) + 0.55991073
    return np.where(light <= 1 / 12, np.sqrt(3 * light), curve)


@pytest.mark.parametrize(("transfer", "signal"), [(colours.PQ, pq), (colours.HLG, hlg)])
def test_high_range_is_tone_mapped(tmp_path, transfer, signal):
    """A grey of standard range, whose white has 203 nits, keeps its shade; what is brighter is told apart."""
    shades = np.array([0, 16, 40, 90, 128, 160, 190])
    bright = np.array([203, 300, 400, 700])
    nits = np.concatenate([203 * (shades / 255) ** 2.4, bright])
    ramp = np.broadcast_to(signal(nits).repeat(16)[None, :, None], (64, 176, 3))
    path = high_range(tmp_path / "a.mkv", ramp, transfer)
    for way, rgb in everywhere(path, tmp_path)[1].items():
        seen = rgb[32, 8::16].astype(int)
        assert np.ptp(seen, axis=1).max() <= 8, way
        grey = seen.mean(1)
        assert np.abs(grey[: len(shades)] - shades).max() <= 8, way
        assert 222 <= grey[len(shades)] <= 240, way
        assert (np.diff(grey) >= 1).all() or way != "frame"
        assert grey[-1] >= 252, way


@pytest.mark.parametrize("transfer", [colours.PQ, colours.HLG])
def test_a_scene_of_high_range_is_as_colourful_as_it_was(tmp_path, transfer):
    """An SDR scene put into PQ and HLG as ITU-R BT.2408 says comes back with its contrast and colours."""
    scene = np.random.default_rng(7).integers(20, 200, (8, 12, 3)).repeat(8, 0).repeat(8, 1)
    to_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
    nits = (scene / 255) ** 2.4 @ to_2020.T * 203
    if transfer == colours.PQ:
        signal = pq(nits)
    else:
        luminance = nits @ [0.2627, 0.6780, 0.0593]
        signal = hlg_oetf(nits / 1000 * ((luminance / 1000) ** (1 / 1.2 - 1))[..., None])
    found = next(media.frames(high_range(tmp_path / "a.mkv", signal, transfer))).rgb.astype(int)
    assert np.abs(found - scene).mean() < 3
    assert found.std() == pytest.approx(scene.std(), rel=0.05)


def test_pictures_of_high_range_are_the_same_at_every_size(tmp_path):
    ramp = np.broadcast_to(np.linspace(0.1, 0.7, 192)[None, :, None], (64, 192, 3))
    path = high_range(tmp_path / "a.mkv", ramp, colours.PQ)
    full, small = (next(media.frames(path, max_side=side)).rgb for side in (None, 48))
    assert np.abs(full[32, 2::4].astype(int) - small[8]).max() <= 6


def comb(rgb):
    grey = rgb.astype(int).sum(2)
    return float(np.abs(2 * grey[1:-1] - grey[:-2] - grey[2:]).mean())


def field(time):
    rgb = np.full((192, 320, 3), 60, np.uint8)
    left = int(20 + 300 * time)
    rgb[40:150, left : left + 60] = (230, 200, 40)
    return rgb


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "libx264", {"flags": "+ildct+ilme", "x264-params": "tff=1", "crf": "8"}),
        ("a.ts", "mpeg2video", {"flags": "+ildct+ilme", "b": "6M"}),
    ],
)
def test_interlaced_pictures_are_made_whole(tmp_path, name, codec, options):
    woven = []
    for number in range(15):
        rgb = field(number / 25)
        rgb[1::2] = field((number + 0.5) / 25)[1::2]
        woven.append(rgb)
    path = write(tmp_path / name, woven, codec=codec, options=options)
    found = list(media.frames(path))
    assert [frame.time for frame in found] == pytest.approx([number / 25 for number in range(15)], abs=0.001)
    assert comb(woven[7]) > 8
    for way, rgb in everywhere(path, tmp_path)[1].items():
        assert comb(rgb) < 2, way
    assert max(comb(frame.rgb) for frame in found) < 2
    assert np.abs(found[7].rgb.astype(int) - field(7 / 25)).mean() < 4


def changing(path, sizes):
    """Write a WebM whose pictures have one size after another, as a recorder does when its window is resized."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libvpx", rate=25)
        stream.width, stream.height = sizes[0]
        count = 0
        for width, height in sizes:
            encoder = av.CodecContext.create("libvpx", "w")
            encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
            encoder.framerate, encoder.time_base = Fraction(25), Fraction(1, 25)
            encoder.options = {"b": "2M", "deadline": "realtime", "lag-in-frames": "0", "threads": "1"}
            coded = []
            for _ in range(5):
                picture = av.VideoFrame.from_ndarray(quadrants(width, height), format="rgb24").reformat(
                    format="yuv420p"
                )
                picture.pts, picture.time_base = count, Fraction(1, 25)
                count += 1
                coded += encoder.encode(picture)
            for packet in [*coded, *encoder.encode(None)]:
                packet.stream = stream
                target.mux(packet)
    return path


def test_every_picture_has_the_size_of_the_film(tmp_path):
    """A picture of the same shape fills it; one of another stands in the middle, on black, as in a player."""
    path = changing(tmp_path / "a.webm", [(160, 96), (80, 48), (96, 96)])
    found = list(media.frames(path))
    assert {frame.rgb.shape for frame in found} == {(96, 160, 3)}
    for frame in found[:10]:
        assert np.abs(corners(frame.rgb) - CORNERS).max() < 20
    square = found[12].rgb
    assert square[:, :28].max() < 8
    assert square[:, 132:].max() < 8
    assert np.abs(corners(square[:, 32:128]) - CORNERS).max() < 20
    media.cut(path, Clip(0, 0.6), tmp_path / "cut.mp4")
    cut = list(media.frames(tmp_path / "cut.mp4"))
    assert len(cut) == 15
    assert np.abs(cut[12].rgb.astype(int) - square).mean() < 6
    small = list(media.frames(path, max_side=80))
    assert {frame.rgb.shape for frame in small} == {(48, 80, 3)}


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mov", "qtrle", "argb"),
        ("a.mov", "png", "rgba"),
        ("a.mov", "prores_ks", "yuva444p10le"),
        ("a.webm", "libvpx", "yuva420p"),
        ("a.webm", "libvpx-vp9", "yuva420p"),
    ],
)
def test_what_is_transparent_is_seen_over_black(tmp_path, name, codec, pixels):
    """WebM keeps transparency in a second picture beside each one."""
    alpha = np.full((64, 96), 255, np.uint8)
    alpha[:32, :48] = 0
    alpha[32:, 48:] = 128
    rgba = np.dstack([quadrants(96, 64), alpha])
    options = {"prores_ks": {"profile": "4444"}, "qtrle": {}, "png": {}}.get(
        codec, {"auto-alt-ref": "0", "b": "2M", "threads": "1"}
    )
    with av.open(str(tmp_path / name), "w") as target:
        stream = target.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 96, 64, pixels
        if name == "a.webm":
            stream.metadata["alpha_mode"] = "1"
        for number in range(5):
            picture = av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format=pixels)
            picture.pts, picture.time_base = number, Fraction(1, 25)
            target.mux(stream.encode(picture))
        target.mux(stream.encode())
    want = CORNERS.astype(int)
    want[0, 0] = 0
    want[1, 1] //= 2
    for way, rgb in everywhere(tmp_path / name, tmp_path)[1].items():
        assert np.abs(corners(rgb) - want).max() <= 14, way
    assert np.abs(corners(next(media.frames(tmp_path / name, max_side=48)).rgb) - want).max() <= 10


@given(source=st.tuples(*[st.integers(1, 90)] * 2), target=st.tuples(*[st.integers(1, 90)] * 2))
@settings(max_examples=40)
def test_what_is_encoded_has_one_even_size_and_keeps_its_shape(source, target):
    encodable = Encodable(*target)
    frame = encodable.frame(np.full((source[1], source[0], 3), 200, np.uint8))
    assert (frame.width, frame.height) == tuple(max(2, side // 2 * 2) for side in target)
    assert (frame.colorspace, frame.color_range, frame.format.name) == (1, LIMITED, "yuv420p")
    rgb = frame.reformat(format="rgb24", src_colorspace=1).to_ndarray()
    assert rgb[frame.height // 2, frame.width // 2].min() > 100


def test_a_camera_that_writes_exif_into_its_pictures_is_read(tmp_path):
    """Motion JPEG whose pictures carry EXIF, upright: PyAV 18 does not know this kind of side data."""
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    exif[0x0112] = 1
    buffer = io.BytesIO()
    Image.fromarray(quadrants(96, 64)).save(buffer, "JPEG", quality=95, exif=exif)
    with av.open(str(tmp_path / "a.avi"), "w") as target:
        stream = target.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuvj420p"
        for number in range(5):
            packet = av.Packet(buffer.getvalue())
            packet.stream, packet.pts, packet.dts, packet.time_base = stream, number, number, Fraction(1, 25)
            packet.is_keyframe = True
            target.mux(packet)
    assert np.abs(corners(next(media.frames(tmp_path / "a.avi")).rgb) - CORNERS).max() < 16


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the memory from /proc")
def test_pictures_are_let_go_one_after_the_other(tmp_path):
    """200 MB of pictures pass through, without any help of the garbage collector."""
    options = {"preset": "ultrafast", "crf": "30"}
    path = write(tmp_path / "a.mp4", [quadrants(1280, 720)] * 150, codec="libx264", options=options)

    def megabytes():
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2

    list(media.frames(path, 0, 1, max_side=64))
    gc.collect()
    gc.disable()
    try:
        before = megabytes()
        assert len(list(media.frames(path, max_side=64))) == 150
        assert megabytes() - before < 100
    finally:
        gc.enable()


def test_a_film_is_decoded_by_as_many_threads_on_every_machine(tmp_path):
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height = 64, 48
        for packet in [*stream.encode(av.VideoFrame(64, 48, "yuv420p")), *stream.encode(None)]:
            container.mux(packet)
    with open_video(path) as container:
        assert container.streams.video[0].codec_context.thread_count == THREADS


@pytest.mark.parametrize("size", [(64, 48), (66, 46), (34, 62)], ids=lambda size: "x".join(map(str, size)))
def test_a_picture_that_was_not_encoded_yet_makes_a_poster_of_the_right_colours(size):
    width, height = size
    corners = np.kron(CORNERS, np.ones((height // 2, width // 2, 1), np.uint8))
    planes = Encodable(width, height).frame(corners).to_ndarray()
    poster = np.asarray(Image.open(io.BytesIO(media.poster_of(planes))), int)
    assert poster.shape == corners.shape
    middle = poster[height // 4 :: height // 2, width // 4 :: width // 2]
    assert np.abs(middle - CORNERS).max() < 12

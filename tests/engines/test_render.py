"""From a request to an MP4, measured on the pictures and the sound of the file."""

import hashlib
import io
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from sora_nb import media
from sora_nb.engines.base import Control, RenderRequest
from sora_nb.engines.draw import encode, parts, render
from sora_nb.engines.draw.characters import stock
from sora_nb.engines.draw.film import Film
from sora_nb.engines.draw.planes import Converter
from sora_nb.errors import Cancelled, InvalidInput, MediaError

SIZE = {"width": 320, "height": 180}


@pytest.fixture(scope="module")
def corgi():
    return stock.character("corgi", "walk", 160)


def request(prompt="@rex walks on the beach at sunset", cast=None, **changes):
    return RenderRequest(**{"prompt": prompt, "cast": cast or {}, "seconds": 1.5, **SIZE, **changes})


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_request_becomes_an_mp4_with_picture_and_sound(tmp_path, corgi):
    out = tmp_path / "a.mp4"
    wanted = request(cast={"rex": corgi}, seconds=2.5)
    render.generate(wanted, out, Control())
    with av.open(str(out)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height, video.average_rate) == ("h264", 320, 180, 24)
        assert (audio.codec_context.name, audio.rate, audio.layout.name) == ("aac", 48_000, "stereo")
        assert float(video.duration * video.time_base) == pytest.approx(2.5, abs=0.001)
        assert float(audio.duration * audio.time_base) == pytest.approx(2.5, abs=0.001)
        assert file.metadata["title"] == wanted.prompt
        assert file.metadata["comment"] == "animatic by the local engine of sora_nb, not a Sora model"
        assert "creation_time" not in file.metadata
        times = [frame.time for frame in file.decode(video)]
    assert times == pytest.approx([index / 24 for index in range(60)], abs=1e-3)
    assert out.read_bytes().index(b"moov") < out.read_bytes().index(b"mdat")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_the_poster_is_what_the_film_shows_after_a_third(tmp_path):
    out, place = tmp_path / "a.mp4", tmp_path / "a.jpg"
    render.generate(request("a fox in the forest", poster=place), out, Control())
    poster, later = (np.asarray(Image.open(io.BytesIO(made)), int) for made in (place.read_bytes(), media.poster(out)))
    assert poster.shape == later.shape == (180, 320, 3)
    assert np.abs(poster - later).mean() < 5


@pytest.mark.parametrize("size", [(64, 64), (180, 320), (176, 318), (426, 240)])
def test_any_even_size_can_be_rendered(tmp_path, size):
    out = tmp_path / "a.mp4"
    render.generate(request("a cat dances", width=size[0], height=size[1], seconds=0.2), out, Control())
    with av.open(str(out)) as file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == size


def test_the_file_does_not_depend_on_who_rendered_it(tmp_path, corgi):
    wanted = request("@rex jumps in a rainy street at night, slow pan", {"rex": corgi}, seconds=2.2)
    files = [tmp_path / f"{number}.mp4" for number in range(3)]
    with ThreadPoolExecutor(1) as one:
        render.generate(wanted, files[0], Control(), one)
    with ThreadPoolExecutor(2) as two:
        render.generate(wanted, files[1], Control(), two)
    render.generate(wanted, files[2], Control())
    assert len({digest(path) for path in files}) == 1


@pytest.mark.release
def test_other_processes_render_the_same_file(tmp_path, corgi):
    wanted = request(cast={"rex": corgi})
    render.generate(wanted, tmp_path / "threads.mp4", Control())
    with ProcessPoolExecutor(2) as processes:
        render.generate(wanted, tmp_path / "processes.mp4", Control(), processes)
    assert digest(tmp_path / "threads.mp4") == digest(tmp_path / "processes.mp4")


def brightness(path):
    """Decode the pictures of a file; their brightness, shape (pictures, height, width)."""
    with av.open(str(path)) as file:
        return np.stack([frame.to_ndarray()[: frame.height] for frame in file.decode(video=0)]).astype(np.int16)


def pulse(pictures, every):
    """How much more the pictures change each `every` pictures than in between."""
    change = np.abs(np.diff(pictures, axis=0)).mean((1, 2))
    at = np.arange(1, len(pictures)) % every == 0
    return change[at].mean() / change[~at].mean()


@pytest.mark.parametrize(
    "prompt", ["a corgi sits in a meadow, static camera", "a cat sits in an office, static camera"]
)
def test_nothing_shows_where_a_segment_or_a_second_ends(tmp_path, prompt):
    wanted = request(prompt, seconds=12.0)
    render.generate(wanted, tmp_path / "a.mp4", Control())
    film = Film(wanted)
    shown = brightness(tmp_path / "a.mp4")
    drawn = np.stack([film.planes(index)[:180] for index in range(film.pictures)]).astype(np.int16)
    assert shown.shape == drawn.shape
    for every in (render.SEGMENT_SECONDS * 24, 24):
        assert pulse(shown, every) <= 1.2 * pulse(drawn, every)
    # no single picture either
    change = np.abs(np.diff(shown, axis=0)).mean((1, 2))
    assert change.max() <= 2 * np.median(change)


def test_a_file_is_no_larger_than_one_plain_encode_of_its_pictures(tmp_path):
    wanted = request("a corgi walks on the beach at sunset", seconds=5.0)
    render.generate(wanted, tmp_path / "a.mp4", Control())
    film = Film(wanted)
    with av.open(str(tmp_path / "plain.mp4"), "w") as plain:
        options = {"preset": "superfast", "crf": "21", "threads": "1"}
        stream = plain.add_stream("libx264", rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for index in range(film.pictures):
            plain.mux(stream.encode(av.VideoFrame.from_ndarray(film.planes(index), format="yuv420p")))
        plain.mux(stream.encode(None))

    def size(path):
        with av.open(str(path)) as file:
            return sum(packet.size for packet in file.demux(video=0))

    assert size(tmp_path / "a.mp4") <= 1.1 * size(tmp_path / "plain.mp4")


def test_a_file_tells_that_its_colours_are_bt709(tmp_path):
    render.generate(request(seconds=0.2), tmp_path / "a.mp4", Control())
    # primaries, transfer, matrix, and a bit for full range: ISO/IEC 14496-12, ColourInformationBox
    assert b"colrnclx" + bytes([0, 1, 0, 1, 0, 1, 0]) in (tmp_path / "a.mp4").read_bytes()
    with av.open(str(tmp_path / "a.mp4")) as file:
        frame = next(file.decode(video=0))
    assert (frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    "colour", [(200, 30, 30), (30, 160, 40), (40, 60, 210), (235, 190, 160), (128, 128, 128), (250, 220, 30)]
)
def test_a_player_shows_the_colours_that_were_drawn(tmp_path, colour):
    patch = np.tile(np.uint8(colour), (180, 320, 1))
    pictures = [Converter(320, 180).i420(patch)] * 6
    silence = np.zeros((0, 2), np.float32)
    encode.write(pictures, silence, tmp_path / "a.mp4", **SIZE, fps=24, title="", comment="")
    with av.open(str(tmp_path / "a.mp4")) as file:
        for frame in file.decode(video=0):
            told = Colorspace(frame.colorspace), ColorRange(frame.color_range)
            shown = frame.reformat(format="rgb24", src_colorspace=told[0], src_color_range=told[1]).to_ndarray()
            assert np.abs(shown.astype(int) - colour).max() <= 3


@pytest.mark.parametrize("height", [180, 182, 270])
def test_a_film_has_the_pictures_that_were_drawn_whatever_their_height(tmp_path, height):
    colours = np.uint8([(200, 30, 30), (30, 160, 40), (40, 60, 210), (235, 190, 160)])
    picture = np.repeat(np.repeat(colours.reshape(2, 2, 3), height // 2, axis=0), 160, axis=1)
    planes = Converter(320, height).i420(picture)
    silence = np.zeros((0, 2), np.float32)
    size = {"width": 320, "height": height}
    encode.write([planes] * 6, silence, tmp_path / "a.mp4", **size, fps=24, title="", comment="")
    with av.open(str(tmp_path / "a.mp4")) as file:
        for frame in file.decode(video=0):
            shown = frame.to_ndarray().astype(int)
            assert shown.shape == planes.shape
            assert np.abs(shown - planes).mean() < 1


def test_a_film_is_drawn_only_a_few_segments_ahead_of_its_encoder(tmp_path, monkeypatch):
    submitted = []

    class Counted(ThreadPoolExecutor):
        def submit(self, *args):
            submitted.append(args)
            return super().submit(*args)

    def write(pictures, *_args, **_settings):
        assert len(submitted) == render.AHEAD
        for taken, _ in enumerate(pictures):
            segment = taken // (24 * render.SEGMENT_SECONDS)
            assert len(submitted) <= render.AHEAD + 1 + segment

    monkeypatch.setattr(encode, "write", write)
    monkeypatch.setattr(Path, "replace", lambda *_: None)
    with Counted(2) as executor:
        render.generate(request(seconds=6.0), tmp_path / "a.mp4", Control(), executor)
    assert len(submitted) == 6 / render.SEGMENT_SECONDS


def test_a_picture_that_cannot_be_drawn_ends_the_film(tmp_path, monkeypatch):
    honest = Film.planes

    def planes(film, index):
        if index == 30:
            raise OSError("no such picture")
        return honest(film, index)

    monkeypatch.setattr(Film, "planes", planes)
    with pytest.raises(OSError, match="no such picture"):
        render.generate(request(seconds=3.0), tmp_path / "a.mp4", Control())
    assert list(tmp_path.iterdir()) == []


def test_another_seed_makes_another_film(tmp_path):
    for seed in (1, 2):
        render.generate(request("a fox runs", seed=seed, seconds=0.5), tmp_path / f"{seed}.mp4", Control())
    assert digest(tmp_path / "1.mp4") != digest(tmp_path / "2.mp4")


def test_progress_only_rises_and_ends_at_one(tmp_path):
    reported = []
    control = Control(lambda fraction, message: reported.append(fraction))
    render.generate(request(seconds=5.0), tmp_path / "a.mp4", control)
    assert reported == sorted(reported)
    assert reported[0] == 0
    assert reported[-1] == 1
    assert len(set(reported)) >= 5


def test_a_cancelled_film_waits_for_no_picture_and_leaves_nothing(tmp_path, monkeypatch):
    """A picture that is never finished does not hold up who cancelled."""
    drawing, go_on = threading.Event(), threading.Event()

    def planes(_film, _index):
        drawing.set()
        go_on.wait()
        raise OSError("too late")

    monkeypatch.setattr(Film, "planes", planes)
    control = Control()
    canceller = threading.Thread(target=lambda: drawing.wait() and control.cancel())
    canceller.start()
    with pytest.raises(Cancelled):
        render.generate(request(seconds=60.0), tmp_path / "a.mp4", control)
    go_on.set()
    canceller.join()
    assert list(tmp_path.iterdir()) == []


def test_an_error_at_the_end_leaves_the_older_file_alone(tmp_path):
    out = tmp_path / "a.mp4"
    out.write_bytes(b"older")

    def stop(fraction, message):
        if fraction > 0.9:
            control.cancel()

    control = Control(stop)
    with pytest.raises(Cancelled):
        render.generate(request(seconds=0.2), out, control)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.mp4", b"older")]


@pytest.mark.parametrize(
    "prompt", ["@rex walks on the beach at noon, static camera", "@rex stands in a coffee shop, zoom in"]
)
def test_the_character_is_where_the_film_says(corgi, prompt):
    film, empty = Film(request(prompt, {"rex": corgi})), Film(request(prompt))
    for index in (0, 18, 35):
        left, top, right, bottom = (round(value) for value in film.boxes(index)[0])
        changed = np.abs(film.frame(index).astype(int) - empty.frame(index).astype(int)).max(-1) > 30
        rows, columns = np.nonzero(changed)
        assert changed.sum() > 0.02 * changed.size
        assert left - 2 <= np.percentile(columns, 2)
        assert np.percentile(columns, 98) <= right + 2
        assert top - 2 <= np.percentile(rows, 2)
        assert changed[max(0, top) : bottom, max(0, left) : right].mean() > 0.35


def test_walking_crosses_the_frame_and_waving_does_not(corgi):
    def travelled(prompt):
        film = Film(request(prompt, {"rex": corgi}, seconds=3.0))
        return film.boxes(film.pictures - 1)[0][0] - film.boxes(0)[0][0]

    assert travelled("@rex walks on the beach, static camera") > 60
    assert abs(travelled("@rex waves on the beach, static camera")) < 20


def test_four_characters_are_all_in_the_picture(corgi):
    names = ("a", "b.c", "d", "e")
    film = Film(request("@a @b.c @d @e dance on the beach, static camera", dict.fromkeys(names, corgi)))
    boxes = film.boxes(0)
    assert len(boxes) == 4
    middles = [(left + right) / 2 for left, _, right, _ in boxes]
    assert middles == sorted(middles)
    assert all(-20 < middle < 340 for middle in middles)


def test_a_bust_sits_on_the_lower_edge(corgi):
    film = Film(request("@rex talks in a coffee shop, static camera", {"rex": replace(corgi, bust=True)}))
    for index in range(0, film.pictures, 6):
        assert film.boxes(index)[0][3] >= 180


def test_a_stock_character_moves_and_stands_out():
    film = Film(request("a corgi on the beach", seconds=2.0))
    empty = Film(request("@nobody on the beach", seconds=2.0, seed=film.request.seed))
    left, top, right, bottom = (round(value) for value in film.boxes(24)[0])
    inside = np.s_[top:bottom, left:right]
    assert np.abs(film.frame(24)[inside].astype(int) - empty.frame(24)[inside]).max(-1).mean() > 30
    assert abs(film.boxes(47)[0][0] - film.boxes(0)[0][0]) > 15


def test_a_reference_is_the_backdrop(tmp_path, corgi):
    path = tmp_path / "room.png"
    Image.fromarray(np.tile(np.uint8([[[200, 30, 30]]]), (90, 160, 1))).save(path)
    frame = Film(request(cast={"rex": corgi}, reference=path)).frame(3)
    assert frame[:40].mean((0, 1)) == pytest.approx([200, 30, 30], abs=4)


@pytest.mark.parametrize("content", [b"not a picture", b"\x89PNG\r\n\x1a\nbroken", b""])
def test_a_reference_that_is_no_picture_is_refused(tmp_path, content):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(MediaError):
        render.generate(request(reference=path), tmp_path / "a.mp4", Control())
    with pytest.raises(MediaError):
        render.generate(request(reference=tmp_path / "none.png"), tmp_path / "a.mp4", Control())


def test_a_reference_of_more_than_fifty_megapixels_is_refused(tmp_path):
    path = tmp_path / "huge.png"
    Image.new("1", (10_000, 5_001)).save(path)
    with pytest.raises(MediaError, match="50 megapixels"):
        render.generate(request(reference=path), tmp_path / "a.mp4", Control())


@pytest.mark.parametrize("wrong", [{"width": 321}, {"height": 30}, {"width": 4000}, {"seconds": 0}, {"fps": 0}])
def test_what_cannot_be_rendered_is_refused(tmp_path, wrong):
    with pytest.raises(InvalidInput):
        render.generate(request(**wrong), tmp_path / "a.mp4", Control())


def test_a_long_film_is_the_same_file_where_its_parts_are_made_apart(tmp_path, corgi):
    wanted = request("@rex walks in a rainy street at night", {"rex": corgi}, seconds=33.0, fps=2, width=64, height=64)
    whole, joined = (replace(wanted, poster=tmp_path / f"{name}.jpg") for name in ("whole", "joined"))
    told = render.generate(whole, tmp_path / "whole.mp4", Control())
    made = [tmp_path / f"{number}.part" for number in range(len(render.divided(wanted)))]
    for number in reversed(range(len(made))):
        render.generate_part(wanted, number, made[number], Control())
    assert len(made) == 3
    assert render.join(joined, made, tmp_path / "joined.mp4", Control()) == told
    assert digest(tmp_path / "joined.mp4") == digest(tmp_path / "whole.mp4")
    assert digest(tmp_path / "joined.jpg") == digest(tmp_path / "whole.jpg")
    with av.open(str(tmp_path / "whole.mp4")) as file:
        stream = file.streams.video[0]
        shown = [(frame.time, frame.key_frame) for frame in file.decode(stream)]
    assert [time for time, _ in shown] == pytest.approx([number / 2 for number in range(66)], abs=1e-3)
    assert [number for number, (_, key) in enumerate(shown) if key] == [0, 22, 44]


def test_a_miniature_is_made_of_what_may_be_small_enough_for_one(tmp_path):
    for seconds, made in ((4.0, True), (33.0, False)):
        place = tmp_path / f"{seconds}.mp4"
        wanted = request(seconds=seconds, fps=2, width=64, height=64, miniature=place)
        render.generate(wanted, tmp_path / "a.mp4", Control())
        assert place.exists() is made


@given(pictures=st.integers(1, 120 * 60), fps=st.integers(1, 60))
def test_the_parts_of_a_film_are_all_of_it_and_alike(pictures, fps):
    numbers = parts.divide(pictures, fps)
    assert [number for part in numbers for number in part] == list(range(pictures))
    lengths = [len(part) for part in numbers]
    assert max(lengths) - min(lengths) <= 1
    if len(lengths) == 1:
        assert pictures <= parts.LONGEST * parts.PART_SECONDS * fps
    else:
        assert pictures > parts.LONGEST * parts.PART_SECONDS * fps
        assert parts.PART_SECONDS * fps / 2 < min(lengths)
        assert max(lengths) <= parts.PART_SECONDS * fps


coded = st.builds(parts.Coded, st.binary(max_size=40), st.integers(0, 9999), st.integers(-9, 9999), st.booleans())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.lists(coded, min_size=1, max_size=20))
def test_a_part_that_was_saved_is_what_it_was(tmp_path, part):
    parts.save(part, tmp_path / "a.part")
    assert parts.load(tmp_path / "a.part") == part

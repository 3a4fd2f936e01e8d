"""What a filmstrip costs beyond decoding its key frames, and what a 10-minute video costs in memory."""

import time
from pathlib import Path

import av
import cv2
import films
import pytest
from speed import cpu, least, megabytes

from sora_nb import media
from sora_nb.media.filmstrip import filmstrip
from sora_nb.notebook.widgets.clip_slider import ClipSlider

THUMBS = 12
ROUNDS = 24

MEMORY = """
import sys
from pathlib import Path
from sora_nb.notebook.widgets.clip_slider import ClipSlider

def kilobytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])

warm = ClipSlider(sys.argv[1])  # libraries and detectors are loaded by the first video, whatever its length
warm.ready.result(120)
before = kilobytes("VmRSS")
slider = ClipSlider(sys.argv[2], value=(300, 303))
slider.ready.result(300)
assert slider.problem == "" and slider.suggestions and set(slider.media) == {"poster", "overview", "zoom", "video"}
print((kilobytes("VmHWM") - before) // 1024)
"""


@pytest.fixture(scope="module")
def footage_of(request, footage_file):
    """Make a 1080p film of a length once, and keep it: real footage, encoded once and repeated."""
    folder = request.config.cache.mkdir("films")

    def make(seconds, gop=132):
        out = Path(folder) / f"{seconds}-{gop}.mp4"
        if not out.exists():
            once, part = Path(folder) / "once.mp4", out.with_suffix(".part.mp4")
            pictures = [cv2.resize(frame.rgb, (1920, 1080)) for frame in media.frames(footage_file)]
            films.write(once, [*pictures, *pictures[::-1]][:gop], gop=gop, crf=30)
            repeat(once, part, seconds)
            part.rename(out)
        return out

    return make


@pytest.fixture(scope="module")
def footage_file():
    return Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"


def repeat(once, out, seconds):
    with av.open(str(once)) as source, av.open(str(out), "w") as target:
        video = source.streams.video[0]
        stream = target.add_stream_from_template(video)
        packets = [packet for packet in source.demux(video) if packet.size]
        span = video.duration
        for round_ in range(int(seconds / float(span * video.time_base))):
            for packet in packets:
                again = av.Packet(bytes(packet))
                again.pts, again.dts = packet.pts + round_ * span, packet.dts + round_ * span
                again.time_base, again.is_keyframe, again.stream = packet.time_base, packet.is_keyframe, stream
                target.mux(again)


def decoding_alone(film):
    """CPU seconds to decode the key frames a strip needs, already read."""
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "SLICE"
        seconds = float(stream.duration * stream.time_base)
        packets = {}
        for number in range(THUMBS):
            container.seek(int(seconds * (number + 0.5) / THUMBS / stream.time_base), stream=stream)
            packet = next(packet for packet in container.demux(stream) if packet.is_keyframe)
            packets[packet.pts] = packet

        def decode():
            for packet in packets.values():
                assert stream.codec_context.decode(packet) or stream.codec_context.decode(None)
                stream.codec_context.flush_buffers()

        return cpu(decode)


FLOOR = "decoding the key frames, already read"
OTHERS = {
    "decord": """
from decord import VideoReader
reader = VideoReader(sys.argv[1])
[reader[int(len(reader) * (number + 0.5) / 12)].asnumpy() for number in range(12)]
""",
    "OpenCV": """
import cv2
film = cv2.VideoCapture(sys.argv[1])
count = film.get(cv2.CAP_PROP_FRAME_COUNT)
for number in range(12):
    film.set(cv2.CAP_PROP_POS_FRAMES, int(count * (number + 0.5) / 12))
    assert film.read()[0]
""",
}
TIMED = "import sys, time\nbegan = time.process_time()\n{}\nprint(time.process_time() - began)"


@pytest.mark.parametrize(
    ("seconds", "gop", "what", "before", "aim"),
    [
        (64, 132, "filmstrip of 12, key frames dense", "1.49x", 1.3),
        (600, 132, "filmstrip of 12, ten minutes", "1.45x", 1.3),
        (64, 264, "filmstrip of 12, 60 s with a key frame in 10 s", "12.8x", 2.0),
    ],
    ids=["dense", "long", "sparse"],
)
def test_a_filmstrip_costs_little_more_than_its_key_frames(row, peer, footage_of, seconds, gop, what, before, aim):
    film = footage_of(seconds, gop)
    filmstrip(film, THUMBS)
    most = 1.5 if gop == 132 else 2.3

    def turn():
        return cpu(lambda: filmstrip(film, THUMBS)), decoding_alone(film)

    spent, floor = least(turn, rounds=ROUNDS, enough=lambda spent, floor: spent < most * floor)
    peers = {name: lambda code=code: peer(TIMED.format(code), film) / floor for name, code in OTHERS.items()}
    row(
        what,
        before=before,
        now=spent / floor,
        unit="x",
        limit=FLOOR,
        reach=aim,
        peers=peers if seconds < 600 else None,
        why="opening a file, for which libavformat decodes its first picture, takes 6 ms and shrinking its pictures 5, a fifth "
        "of what such cheap key frames take; without that picture neither its pixels' kind nor their shape is known",
    )
    assert spent < most * floor


def test_a_strip_is_seen_soon_after_a_film_is_opened(row, footage_of):
    film = footage_of(64, 264)
    ClipSlider(film).ready.result(120)  # libraries and detectors are loaded by the first one

    def turn():
        seen = []
        slider = ClipSlider()
        began = time.process_time()
        slider.observe(lambda change: "overview" in change["new"] and seen.append(time.process_time() - began), "media")
        slider.video = film
        slider.ready.result(120)
        return seen[0], decoding_alone(film)

    spent, floor = least(turn, rounds=4, enough=lambda spent, floor: spent < 8 * floor)
    row("opening 60 s: until a strip is seen", before="4.2 s", now=spent, unit="s", limit="0.5 s", reach=0.6)
    assert spent < 8 * floor


@pytest.mark.release  # memory of a process of its own
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from /proc")
def test_ten_minutes_take_less_than_100_megabytes(footage_of, footage_file):
    assert megabytes(MEMORY, footage_file, footage_of(600), most=100) <= 100

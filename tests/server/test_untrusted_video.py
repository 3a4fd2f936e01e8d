"""Hostile video files: the worker process that opens them may die or hang, the server may not."""

from __future__ import annotations

import os
import random
import struct

import numpy as np
import psutil
import pytest
from conftest import FOOTAGE

from sora_nb import media
from sora_nb.errors import Cancelled, MediaError
from sora_nb.models import Clip
from sora_nb.server import untrusted_video


@pytest.fixture
def footage():
    """The real one, whose pixels count here."""
    return FOOTAGE


SEED = 20261124


def flipped(data, rng):
    """Some bits turned over, anywhere."""
    found = bytearray(data)
    for _ in range(rng.choice([1, 20, 400])):
        found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


def truncated(data, rng):
    """Only the beginning."""
    return data[: rng.randrange(len(data))]


def boxes(data):
    """Where boxes of an MP4 begin, those inside the usual containers too."""
    found, stack = [], [(0, len(data))]
    while stack:
        start, end = stack.pop()
        while start + 8 <= end:
            size, kind = struct.unpack(">I4s", data[start : start + 8])
            if size < 8 or start + size > end:
                break
            found.append(start)
            if kind in {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta"}:
                stack.append((start + 8, start + size))
            start += size
    return found


def lying(data, rng):
    """A box that says it is larger or smaller than it is, or a table that says it is longer."""
    found = bytearray(data)
    start = rng.choice(boxes(data))
    place = start + rng.choice([0, 12, 16])
    found[place : place + 4] = struct.pack(">I", rng.choice([0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF, rng.randrange(1 << 24)]))
    return bytes(found)


MUTATIONS = [flipped, truncated, lying]


@pytest.fixture(scope="module")
def whole(request):
    return (request.path.parents[1] / "data" / "bigbuckbunny.mp4").read_bytes()


def test_the_pictures_of_a_clip_are_the_same_to_the_last_bit(footage, tmp_path):
    taken = untrusted_video.clip(footage, Clip(2, 3), tmp_path / "a.mp4")
    assert taken == Clip(0, 1)
    before = [frame.rgb for frame in media.frames(footage, 2, 3)]
    after = [frame.rgb for frame in media.frames(tmp_path / "a.mp4", taken.start, taken.end)]
    assert len(before) == len(after) == 25
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_what_a_file_says_about_itself_and_its_first_and_last_picture(clip, tmp_path):
    assert untrusted_video.inspect(clip) == media.probe(clip)
    first, *_, last = media.frames(clip)
    for end, frame in ((False, first), (True, last)):
        untrusted_video.still(clip, tmp_path / "a.png", last=end)
        from PIL import Image

        assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), frame.rgb)


def test_damaged_files_are_refused_or_read_and_nothing_else(whole, tmp_path, tally):
    rng = random.Random(SEED)
    read, refusals = 0, []
    for number in range(12):
        path = tmp_path / "hostile.mp4"
        path.write_bytes(MUTATIONS[number % 3](whole, rng))
        try:
            untrusted_video.clip(path, Clip(1, 1.5), tmp_path / "out.mp4")
            read += 1
        except MediaError as error:
            refusals.append(str(error))
    assert read > 0
    assert len(refusals) > 0
    tally.hostile += read + len(refusals)
    # what the server calls the file, and where it is, is nobody's business
    assert not any("hostile" in refusal or str(tmp_path) in refusal for refusal in refusals)


def test_the_server_goes_on_after_hostile_files(http, server, whole, tally):
    rng = random.Random(SEED + 1)
    for mutate in MUTATIONS:
        kept = http.post("/v1/files", files={"file": ("a.mp4", mutate(whole, rng))}).json()
        url = f"{server.url}/v1/files/{kept['id']}/content"
        answer = http.post("/sora/v1/characters", json={"url": url, "timestamps": "1,2"})
        assert answer.status_code in {200, 400}
        if answer.status_code == 400:
            assert answer.json()["error"]["code"] == "unusable_video"
    assert http.get("/healthz").json() == {"status": "ok"}
    tally.hostile += len(MUTATIONS)


def test_a_worker_that_crashes_is_a_refused_file(footage, monkeypatch):
    # as a crash inside FFmpeg would: no answer, only a signal
    monkeypatch.setattr(untrusted_video, "COMMAND", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(MediaError, match="damaged, or needs more time or memory"):
        untrusted_video.inspect(footage)


def test_what_a_library_says_of_a_file_is_told(footage, monkeypatch):
    command = (
        "from sora_nb.server import untrusted_video as worker\n"
        "def inspect(video): raise ValueError('no such thing as track 7')\n"
        "worker._WORK['inspect'] = inspect\nworker.main()"
    )
    monkeypatch.setattr(untrusted_video, "COMMAND", command)
    with pytest.raises(MediaError, match=r"The video cannot be read \(ValueError: no such thing as track 7\)"):
        untrusted_video.inspect(footage)


@pytest.mark.parametrize(
    ("track", "as_unknown", "told"),
    [(b"avc1", b"zzz1", "in a format that cannot be decoded here"), (b"avcC", b"xxxC", "cannot be read as a video")],
)
def test_a_picture_track_that_cannot_be_decoded_is_told_in_true_words(http, whole, track, as_unknown, told):
    sent = {"name": (None, "Mossy"), "video": ("a.mp4", whole.replace(track, as_unknown))}
    refused = http.post("/v1/videos/characters", files=sent)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "unusable_video")
    assert told in refused.json()["error"]["message"]
    assert "damaged" not in refused.json()["error"]["message"]


def test_a_sound_track_that_cannot_be_decoded_costs_the_sound(whole, tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(whole.replace(b"mp4a", b"zzza"))
    assert untrusted_video.clip(path, Clip(1, 1.5), tmp_path / "out.mp4").end == pytest.approx(0.5, abs=0.1)


HANG = "import time; time.sleep(3600)"


def test_a_worker_that_hangs_is_ended(footage, monkeypatch):
    monkeypatch.setattr(untrusted_video, "COMMAND", HANG)
    monkeypatch.setattr(untrusted_video, "WALL_SECONDS", 0.5)
    with pytest.raises(MediaError, match="takes too long"):
        untrusted_video.inspect(footage)
    assert not [child for child in psutil.Process().children() if HANG in child.cmdline()]


def test_a_cancelled_task_ends_its_worker(footage, monkeypatch, tmp_path):
    monkeypatch.setattr(untrusted_video, "COMMAND", HANG)
    looks = iter([None, None])

    def check():
        if next(looks, "over") == "over":
            raise Cancelled("Enough.")

    with pytest.raises(Cancelled):
        untrusted_video.clip(footage, Clip(1, 2), tmp_path / "a.mp4", check)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
@pytest.mark.parametrize(
    "greed",
    [
        pytest.param("while True: pass", id="CPU time"),
        pytest.param("held = bytearray(1 << 32)\nprint('{\"result\": 1}')", id="memory"),
        pytest.param("open('greed', 'wb').write(bytes(1 << 22))\nprint('{\"result\": 1}')", id="file size"),
    ],
)
def test_a_worker_has_limits(footage, monkeypatch, tmp_path, greed):
    limits = "intake.CPU_SECONDS, intake.MEMORY, intake.FILE_BYTES = 1, 1 << 31, 1 << 20"
    command = f"import os\nfrom sora_nb.server import untrusted_video\n{limits}\nuntrusted_video._limit()\nos.chdir({str(tmp_path)!r})\n{greed}"
    monkeypatch.setattr(untrusted_video, "COMMAND", command)
    with pytest.raises(MediaError, match="damaged, or needs more time or memory"):
        untrusted_video.inspect(footage)


@pytest.mark.parametrize(("name", "most"), [("MAX_PIXELS", 1000), ("MAX_SECONDS", 1.0)])
def test_videos_that_are_too_large_or_long_are_refused(footage, monkeypatch, name, most):
    monkeypatch.setattr(untrusted_video, name, most)
    with pytest.raises(MediaError, match=r"1280x720 pixels and 5\.28 s"):
        untrusted_video._checked_info(str(footage))

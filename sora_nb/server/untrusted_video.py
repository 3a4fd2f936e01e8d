"""Open video files from outside in a process of their own, with limits, and encode them anew.

A file somebody sent can crash or hang the decoder. Nothing in the server's own process opens one: a worker process
takes what is needed out of it, a still or a few seconds, and writes that as a file this package encoded itself. Where
the worker dies, the file is refused and the server goes on.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from sora_nb import media
from sora_nb.errors import InvalidInput, MediaError
from sora_nb.media.video import VideoInfo
from sora_nb.models import Clip, SpanRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

if sys.platform != "win32":
    import resource

MAX_PIXELS = 4096 * 2304
"""Largest picture of a video from outside."""
MAX_SECONDS = 3600.0
"""Longest video from outside."""
SUBJECT_SIDE = 1280
"""Longer side of the pictures a character is cut from; the engine looks at no more."""
FRAME_SIDE = 1920
"""Longer side of the pictures of a video that is edited or extended."""
CPU_SECONDS = 120
MEMORY = 4 * 1024**3
FILE_BYTES = 2 * 1024**3
WALL_SECONDS = 180.0
POLL_SECONDS = 0.02
COMMAND = "from sora_nb.server.untrusted_video import main; main()"
_ENVIRONMENT = re.compile(
    "PATH|HOME|USERPROFILE|TMPDIR|TEMP|TMP|LANG|LC_.*|PYTHON.*|VIRTUAL_ENV|CONDA_PREFIX|(DYLD|LD)_.*|SYSTEMROOT|OPENBLAS_.*",
    re.IGNORECASE,
)
"""Variables a worker is given: those that programs start and find their libraries by, and so no key of any kind."""


def inspect(video: Path) -> VideoInfo:
    """Read what a video from outside says about itself.

    Raises:
        MediaError: it is no video, or too large or long for this server.
    """
    return VideoInfo(**_run("inspect", {"video": str(video)}))


def still(video: Path, out: Path, *, last: bool = False) -> VideoInfo:
    """Write the first or last picture of a video from outside as PNG, and return what it says about itself.

    Raises:
        MediaError: as inspect().
    """
    return VideoInfo(**_run("still", {"video": str(video), "out": str(out), "last": last}))


def clip(video: Path, chosen: Clip, out: Path, check: Callable[[], None] | None = None) -> Clip:
    """Write the pictures of a clip of a video from outside, without loss, and return where they are in the new file.

    Args:
        video: the file from outside.
        chosen: its seconds.
        out: an MP4 of these seconds alone, without sound.
        check: called while the worker works; what it raises ends the worker.

    Raises:
        MediaError: as inspect(), or it ends before the clip does.
    """
    asked = {"video": str(video), "start": chosen.start, "end": chosen.end, "out": str(out)}
    return Clip(0.0, _run("clip", asked, check))


def join(video: Path, part: Path, out: Path, check: Callable[[], None] | None = None) -> None:
    """Write a video from outside and a part behind it as one MP4.

    Raises:
        MediaError: as inspect().
    """
    _run("join", {"video": str(video), "part": str(part), "out": str(out)}, check)


def _run(work: str, asked: dict[str, Any], check: Callable[[], None] | None = None) -> Any:
    """Have a worker process do one piece of work."""
    environment = {name: value for name, value in os.environ.items() if _ENVIRONMENT.fullmatch(name)}
    # BLAS would reserve memory for a thread on each core, which counts against the limit
    environment |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
    end = time.monotonic() + WALL_SECONDS
    with (
        tempfile.TemporaryFile() as output,
        subprocess.Popen(  # noqa: S603  our own interpreter, our own words
            [sys.executable, "-c", COMMAND],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # an interrupt typed for the notebook is not meant for it
        ) as worker,
    ):
        try:
            _send(worker, {"work": work, "asked": asked})
            while worker.poll() is None:
                if check is not None:
                    check()
                if time.monotonic() > end:
                    raise MediaError("The video takes too long to read.", hint="Convert it to MP4 (H.264), or cut it.")
                time.sleep(POLL_SECONDS)
        finally:
            worker.kill()
        output.seek(0)
        return _parse(output.read())


def _send(worker: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
    assert worker.stdin is not None
    try:
        with worker.stdin as pipe:
            pipe.write(json.dumps(message).encode())
    except BrokenPipeError:
        return  # it died at once; that it said nothing tells so


def _parse(output: bytes) -> Any:
    try:
        answer = json.loads(output)
    except ValueError as error:
        raise MediaError(
            "The video is damaged, or needs more time or memory to read than this server gives it.",
            hint="Have a video editor write it anew, smaller or shorter, and try again.",
        ) from error
    if "error" in answer:
        raise MediaError(answer["error"], hint=answer["hint"])
    return answer["result"]


# --- in the worker process ----------------------------------------------------------------------------------------


def main() -> None:
    """Do what standard input asks for, and write the answer to standard output."""
    _limit()
    message = json.loads(sys.stdin.buffer.read())
    try:
        answer = {"result": _WORK[message["work"]](**message["asked"])}
    except InvalidInput as error:
        # the name is the server's own, and means nothing to whoever sent the file
        own = repr(Path(message["asked"]["video"]).name)
        answer = {"error": error.message.replace(own, "The video"), "hint": error.hint}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()


def _limit() -> None:
    if sys.platform == "win32":  # has no such limits; the time limit of the parent remains
        return
    for kind, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def _checked_info(video: str) -> VideoInfo:
    info = media.probe(Path(video))
    if info.width * info.height > MAX_PIXELS or not 0 < info.duration <= MAX_SECONDS:
        raise MediaError(
            f"The video has {info.width}x{info.height} pixels and {info.duration:.2f} s.",
            hint=f"Give one of at most {MAX_PIXELS // 10**6} megapixels and {MAX_SECONDS / 3600:g} h.",
        )
    return info


def _inspect(video: str) -> dict[str, Any]:
    return asdict(_checked_info(video))


def _still(video: str, out: str, last: bool) -> dict[str, Any]:
    info = _checked_info(video)

    def pictures(start: float) -> Iterator[media.Frame]:
        return media.frames(Path(video), start, max_side=FRAME_SIDE)

    if last:
        found = deque(pictures(max(0.0, info.duration - 1.0)), maxlen=1) or deque(pictures(0.0), maxlen=1)
    else:
        found = deque(itertools.islice(pictures(0.0), 1))
    if not found:
        raise MediaError("The video holds no picture that can be decoded.")
    Image.fromarray(found[0].rgb).save(out, "PNG")
    return asdict(info)


def _clip(video: str, start: float, end: float, out: str) -> float:
    _checked_info(video)
    chosen = Clip(start, end)
    media.check_clip(Path(video), chosen, SpanRule(shortest=0, longest=MAX_SECONDS))
    media.rewrite(Path(video), chosen, Path(out), max_side=SUBJECT_SIDE)
    return round(media.probe(Path(out)).duration, 3)


def _join(video: str, part: str, out: str) -> None:
    _checked_info(video)
    media.join([Path(video), Path(part)], Path(out), max_side=FRAME_SIDE)


_WORK: dict[str, Callable[..., Any]] = {"inspect": _inspect, "still": _still, "clip": _clip, "join": _join}

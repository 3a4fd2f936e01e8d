"""What Chromium shows of video files: pixels at a time, and what it says of their size and length."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

import numpy as np
from PIL import Image

KINDS = {"mp4": "video/mp4", "mov": "video/mp4", "webm": "video/webm", "mkv": "video/x-matroska", "ogv": "video/ogg"}
LOOK = """async ([address, times]) => {
    const video = document.createElement('video');
    video.muted = true;
    video.preload = 'auto';
    const next = (name) => new Promise((resolve) => {
        video.addEventListener(name, () => resolve(name), {once: true});
        video.addEventListener('error', () => resolve('error'), {once: true});
        setTimeout(() => resolve('error'), 20000);
    });
    const loaded = next('loadeddata');
    video.src = address;
    document.body.append(video);
    if (await loaded === 'error') return {problem: video.error ? video.error.message : 'nothing came'};
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const pictures = [];
    for (const time of times) {
        const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
        const sought = next('seeked');
        video.currentTime = time;
        await sought;
        await Promise.race([shown, new Promise((resolve) => setTimeout(resolve, 1000))]);
        canvas.getContext('2d').drawImage(video, 0, 0);
        pictures.push(canvas.toDataURL('image/png'));
    }
    const found = {problem: '', length: video.duration, pictures};
    video.remove();
    return found;
}"""


@dataclass(frozen=True)
class Shown:
    """What a player shows of a file.

    Attributes:
        problem: why it shows nothing.
        length: seconds.
        pictures: RGB, as many as times were asked for.
    """

    problem: str
    length: float = 0.0
    pictures: tuple[np.ndarray, ...] = ()


class Player:
    """A page that plays files of a folder.

    Args:
        page: a Playwright page.
        folder: where the files are.
    """

    def __init__(self, page, folder):
        self._page = page
        self._folder = folder
        page.route("http://films.test/**", self._serve)
        page.goto("http://films.test/")

    def show(self, path, times):
        """Show a file at some seconds; returns what was shown, as Shown."""
        found = self._page.evaluate(
            LOOK, [f"http://films.test/{quote(str(path.relative_to(self._folder)))}", list(times)]
        )
        return Shown(**{**found, "pictures": tuple(map(_pixels, found.get("pictures", ())))})

    def _serve(self, route):
        name = unquote(route.request.url.removeprefix("http://films.test/"))
        if not name:
            route.fulfill(body="<!doctype html><title>films</title>", content_type="text/html")
            return
        content = (self._folder / name).read_bytes()
        kind = KINDS[name.rpartition(".")[2]]
        asked = re.match(r"bytes=(\d+)-(\d*)", route.request.headers.get("range", ""))
        if asked is None:
            route.fulfill(body=content, content_type=kind, headers={"accept-ranges": "bytes"})
            return
        first, last = int(asked[1]), int(asked[2] or len(content) - 1)
        headers = {"accept-ranges": "bytes", "content-range": f"bytes {first}-{last}/{len(content)}"}
        route.fulfill(status=206, body=content[first : last + 1], content_type=kind, headers=headers)


def _pixels(address):
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGB"))

"""Videos side by side that play, pause and seek together, with what each cost, and a star for the best."""

from __future__ import annotations

import tempfile
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from sora_nb import display, media
from sora_nb.errors import Cancelled, InvalidInput, MediaError
from sora_nb.media import miniature
from sora_nb.models import Status
from sora_nb.notebook.widgets import _cards
from sora_nb.notebook.widgets._base import SoraWidget, module, style
from sora_nb.notebook.widgets._worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Future

    from sora_nb.media import VideoLike
    from sora_nb.models import Video
    from sora_nb.notebook.widgets._worker import Check

LARGEST = 24_000_000
"""Bytes of a file that is sent to the page as it is, where that can fetch none; of larger ones a preview is."""
LONGEST = 120.0
"""Seconds of a video of which a preview is made."""
PLAYED = 6
"""How many of the videos play in a saved notebook, which carries every byte."""
STILL_WIDTH = 320
"""Pixels of a video there."""
PREVIEW_SIDE = 720
"""Pixels of the longer side of a preview."""


def _about(video: Video) -> str:
    return " · ".join(filter(None, (_cards.about(video), *(display.plain(said, 160) for said in video.warnings[:3]))))


class VideoGrid(SoraWidget):
    """Players side by side; one transport bar plays, pauses and seeks them together.

    A grid of one is a player. Videos that are still being made, failed, or cannot be shown say so in their place.

    Args:
        videos: the videos, or one alone: Video, Job, which is waited for, path, or text, a path or web address.
            Pages fetch files from the Jupyter server where that hands them out. Elsewhere files of up to 24 MB go to
            the page as they are; of larger ones, and of those that not every browser plays, a small preview is made, if
            they are at most two minutes long. A video without a file here is played from its link.
        captions: a text for each video instead of its prompt.
        rows, columns: headings of a matrix; the videos stand in it row by row. The headings take the place of prompts.

    Attributes:
        favourite: place of the best one, counted from 0, or None. It can be set, and observed with
            `grid.observe(callback, "favourite")`.

    Raises:
        InvalidInput: one of them is no video or names no file, or there are not as many captions as videos, or more
            or fewer places than videos.

    Example:
        >>> grid = VideoGrid(studio.videos())
        >>> grid.favourite = 0                    # what a click on the star does
    """

    _esm = module("video_grid")
    _css = style("video_grid")
    favourite = traitlets.Int(None, allow_none=True).tag(sync=True)
    _players = traitlets.List(traitlets.Dict()).tag(sync=True)
    _headings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        videos: VideoLike | Iterable[VideoLike] = (),
        *,
        captions: Sequence[str] | None = None,
        rows: Sequence[str] = (),
        columns: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._videos: tuple[Video, ...] = ()
        # each file is looked into once, however often progress is shown; nothing is known of one that waits for that
        self._ready: dict[str, dict[str, Any]] = {}
        self._worker = Worker(self._say)
        self._handing_over = threading.RLock()
        self.handle("broken", self._on_broken)
        self.show(videos, captions, rows=rows, columns=columns)

    @property
    def ready(self) -> Future[None]:
        """Done once all files have been looked into, and the previews that are needed have been made."""
        return self._worker.done

    @property
    def videos(self) -> tuple[Video, ...]:
        """The videos. Setting them keeps the favourite where it is among the new ones too."""
        return self._videos

    @videos.setter
    def videos(self, videos: VideoLike | Iterable[VideoLike]) -> None:
        self.show(videos)

    def show(
        self,
        videos: VideoLike | Iterable[VideoLike],
        captions: Sequence[str] | None = None,
        *,
        rows: Sequence[str] = (),
        columns: Sequence[str] = (),
    ) -> None:
        """Show other videos, with captions and headings of their own.

        Args:
            videos, captions, rows, columns: see the class.

        Raises:
            InvalidInput: see the class.
        """
        given = media.videos_of(videos)
        if captions is not None and len(captions) != len(given):
            raise InvalidInput(
                f"There are {len(given)} videos and {len(captions)} captions.", hint="Give one for each."
            )
        if (rows or columns) and len(rows) * len(columns) != len(given):
            raise InvalidInput(
                f"There are {len(given)} videos for {len(rows)} rows and {len(columns)} columns.",
                hint="Give one for each place, row by row.",
            )
        best = None if self.favourite is None else _cards.key(self._videos[self.favourite])
        self._videos = given
        keys = [_cards.key(video) for video in self._videos]
        titles = captions if captions is not None else ["" if rows else _cards.title(video) for video in self._videos]
        self.favourite = keys.index(best) if best in keys else None
        with self._handing_over:
            for name in set(self._ready) - set(keys):
                del self._ready[name]
                self.offer(name, None)
            players = [
                {"key": key, "title": display.plain(title), "about": _about(video), **self._player(key, video)}
                for key, title, video in zip(keys, titles, self._videos, strict=True)
            ]
            told = {"rows": rows, "columns": columns} if rows else {}
            with self.hold_sync():  # the headings hold for these players
                self._headings = {name: [display.plain(text) for text in texts] for name, texts in told.items()}
                self._players = players

    def play(self) -> None:
        """Bring the videos into view and play them without sound, in pages where the widget's surroundings are seen."""
        self.send({"kind": "play"})

    def _player(self, key: str, video: Video) -> dict[str, Any]:
        """Describe what is played for a video, or say in a note why nothing is."""
        if video.path is not None and video.path.is_file():
            if key not in self._ready:
                self._look_into(key, video, video.path)
            return self._ready[key]
        if video.error or video.status == Status.FAILED:
            return {"note": display.plain(f"No video: {video.error or 'the task failed'}")}
        if display.safe_url(video.url):
            return {"poster": _cards.poster(video), "url": video.url, "sound": True}
        if video.path is not None:
            return {"note": f"The file {display.plain(video.path.name, 80)} is not here any more."}
        return {"note": f"Not made yet: {video.status.value.replace('_', ' ')}, {video.progress:.0f} %"}

    # --- what takes time, on the worker's thread --------------------------------------------------------------------

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        """Where previews are; most grids need none."""
        return tempfile.TemporaryDirectory(prefix="sora-nb-", ignore_cleanup_errors=True)

    def _wanted(self, key: str, check: Check) -> None:
        check()
        if key not in self._ready:
            raise Cancelled("The video is not shown any more.")

    def _look_into(self, key: str, video: Video, file: Path) -> None:
        """Have it found out how a file is shown, and the page given it; what it is played from comes first."""
        self._ready[key] = {"note": ""}

        def look(check: Check) -> None:
            self._wanted(key, check)
            try:
                info = media.probe(file)
            except MediaError as error:
                with self._handing_over:
                    self._note(key, error.message)
                    self._ready.pop(key, None)  # it may be read anew once it is whole
                return
            by_address = self.by_address
            whole = (by_address or file.stat().st_size <= LARGEST) and media.playable(info)
            about = {"width": info.width, "height": info.height, "fps": info.fps, "codec": info.codec}
            # a page that fetches the file has its first picture sooner than one could be decoded here
            poster = display.data_url(video.poster, _cards.SIDE) if by_address else _cards.poster(video)
            with self._handing_over:
                self._wanted(key, check)
                self._ready[key] = {**about, "poster": poster, "sound": info.has_audio, "note": ""}
                if not whole:
                    self._ready[key].update(self._previewed(key, file, info))
                self._update(key)
                if whole:
                    self.offer(key, file, media.mime(info), None if by_address else miniature.kept(file))

        self._worker.submit(f"look {key}", look)

    def _previewed(self, key: str, file: Path, info: media.VideoInfo) -> dict[str, Any]:
        """Have a preview made of a file the page does not get, or say why not."""
        if info.duration > LONGEST:
            size = f"{_cards.bytes_in_words(file.stat().st_size)}, {info.duration:.0f} s"
            return {"note": f"{size}: too long to be played here. Open {display.plain(file.name, 80)}."}

        def make(check: Check) -> None:
            out = Path(self._folder.name) / f"{key}.mp4"
            try:
                media.preview(
                    file, 0.0, info.duration, out, max_side=PREVIEW_SIDE, check=lambda: self._wanted(key, check)
                )
            except (MediaError, OSError) as error:
                self._note(key, f"No preview: {error}")
                return
            with self._handing_over:
                self._wanted(key, check)
                self.offer(key, out)

        self._worker.submit(f"preview {key}", make)
        return {"preview": True, "codec": "h264"}

    def _file_of(self, key: str) -> tuple[Video, Path] | None:
        video = next((video for video in self._videos if _cards.key(video) == key), None)
        return None if video is None or video.path is None else (video, video.path)

    def out_of_reach(self, name: str) -> None:
        """Have a page get by message what it could not fetch by its address; of a large video a preview is made."""
        with self._handing_over:
            found, player = self._file_of(name), self._ready.get(name)
            if found is None or player is None:
                return
            if player.get("preview"):
                super().out_of_reach(name)
            else:
                self._look_into(name, *found)

    def _on_broken(self, content: dict[str, Any], _: object) -> None:
        """Make a preview where a page could not play the file itself."""
        key = str(content.get("name"))
        with self._handing_over:
            found, player = self._file_of(key), self._ready.get(key)
            if player is None or found is None or player.get("preview"):
                return
            player.update(self._previewed(key, found[1], media.probe(found[1])))
            self.offer(key, None)
            self._update(key)

    def _note(self, key: str, text: str) -> None:
        with self._handing_over:
            if key in self._ready:
                self._ready[key]["note"] = display.plain(text)
                self._update(key)

    def _update(self, key: str) -> None:
        self._players = [{**player, **self._ready[key]} if player["key"] == key else player for player in self._players]

    def _say(self, error: Exception) -> None:
        self.problem = display.plain(f"Something went wrong here: {error}")

    @traitlets.validate("favourite")
    def _check_favourite(self, proposal: dict[str, Any]) -> int | None:
        place: int | None = proposal["value"]
        if place is not None and not 0 <= place < len(self._videos):
            raise traitlets.TraitError(
                f"There are {len(self._videos)} videos, so the favourite is one of 0 to {len(self._videos) - 1} or None."
            )
        return place

    # --- for readers without a kernel -------------------------------------------------------------------------------

    def _still(self) -> str:
        figures = []
        for place, (video, player) in enumerate(zip(self._videos, self._players, strict=True)):
            star = "★ favourite" if place == self.favourite else ""
            lines = [player["title"], player["about"], player.get("note", ""), star]
            alt = f"Video: {player['title'] or _cards.title(video)}"
            film = display.moving(display.FILM, video.path if place < PLAYED else None)
            poster = _cards.poster(video, display.BESIDE_SIDE if film else STILL_WIDTH)
            figures.append(display.figure(poster, alt, lines, film=film, width=STILL_WIDTH))
        if not figures:
            return display.card("", "", "No videos", ["Run this cell to see them."])
        if self._headings:
            return display.matrix(self._headings["rows"], self._headings["columns"], figures)
        return f'<div style="display:flex;flex-wrap:wrap;gap:16px">{"".join(figures)}</div>'

    def __repr__(self) -> str:
        return f"VideoGrid({len(self._videos)} videos, favourite={self.favourite})"

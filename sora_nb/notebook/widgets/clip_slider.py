"""Choose one to three seconds of a video: a player, a filmstrip with two handles, and a word on what is in between.

Of a long video two strips are shown, the whole and a closer look around the selection. What takes time - strips, a
preview for what browsers cannot play, the quality band - is made on a thread and appears when it is there.
"""

from __future__ import annotations

import base64
import contextlib
import html
import math
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from sora_nb import arguments, display, media
from sora_nb.engines import memory
from sora_nb.engines.animatic import AnimaticEngine
from sora_nb.errors import ClipError, InvalidInput, SoraError
from sora_nb.media import filmstrip, miniature
from sora_nb.models import Clip, SpanRule
from sora_nb.notebook.widgets._base import SoraWidget, module, style
from sora_nb.notebook.widgets._casting import Casting, Wanted
from sora_nb.notebook.widgets._worker import Worker
from sora_nb.vision import moments, quality

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sora_nb.engines.base import Engine
    from sora_nb.media import VideoLike
    from sora_nb.models import Moment
    from sora_nb.notebook.widgets._worker import Check

THUMBS = 24
"""Pictures of one strip."""
TALL = 72
"""Pixels of their height."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a file that is sent to the page as it is, where that can fetch none; of larger ones a preview is."""


class ClipSlider(SoraWidget):
    """Player, filmstrip and range slider in one.

    Args:
        video: a video with a file on this machine: Video, Job, which is waited for, or path; or None for now.
        span: how long a clip the service takes, and whether fractions of seconds count.
        value: start and end in seconds, or a Clip; by default the first seconds, as many as are taken.
        subjects: whether to show who could be cut out of these seconds, and ask who is meant; or the engine that finds them.

    Attributes:
        value: (start, end) in seconds; settable and observable.
        subject: who is meant, as extract() takes it: a box or a point in the first picture of these seconds; None for
            whoever is likeliest. Settable and observable; it is None again once they begin elsewhere.
        duration: seconds of the video, 0 without one.
        suggestions: windows that show the character well, best first; filled once they are found.
        remarks: what speaks against the selection, in sentences.

    Raises:
        InvalidInput: it is no video, or its file is not on this machine.
        MediaError: the file cannot be read as a video.
        ClipError: the value is no clip the service takes, or the video is too short or too long for it.

    Example:
        >>> slider = ClipSlider(footage(), value=(2, 4))
        >>> slider.timestamps                     # in the next cell
        '2,4'
        >>> hero = studio.extract(footage(), *slider.value, subject=slider.subject)
    """

    _esm = module("clip_slider")
    _css = style("clip_slider")

    value = traitlets.Tuple(traitlets.Float(), traitlets.Float()).tag(sync=True)
    duration = traitlets.Float(0.0).tag(sync=True)
    suggestions: traitlets.List[moments.Window] = traitlets.List().tag(
        sync=True, to_json=lambda windows, _: [asdict(window) for window in windows]
    )
    remarks = traitlets.List(traitlets.Unicode()).tag(sync=True)
    zoom = traitlets.List(traitlets.Float()).tag(sync=True)
    rule = traitlets.Dict().tag(sync=True)
    about = traitlets.Dict().tag(sync=True)
    bands = traitlets.Dict().tag(sync=True)
    working = traitlets.Unicode("").tag(sync=True)
    searching = traitlets.Bool(False).tag(sync=True)  # for suggestions
    subject = traitlets.Any(None).tag(sync=True)
    asks = traitlets.Bool(False).tag(sync=True)  # who is meant
    who = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        video: VideoLike | None = None,
        *,
        span: SpanRule | None = None,
        value: Clip | tuple[Moment, Moment] | None = None,
        subjects: bool | Engine = False,
        **traits: Any,
    ) -> None:
        self._span = span or SpanRule()
        self._video: Path | None = None
        self._info: media.VideoInfo | None = None
        self._measured: dict[str, quality.Band] = {}
        self._unplayable = False
        self._drawn = False
        self._picture = b""
        self._folder = tempfile.TemporaryDirectory(prefix="sora-nb-", ignore_cleanup_errors=True)
        self._worker = Worker(self._say)
        self._handing_over = threading.RLock()
        self._casting: Casting | None = None
        if subjects:
            self._casting = Casting(AnimaticEngine() if subjects is True else subjects, self._show_who, self._say_who)
        rule = {
            "shortest": self._span.shortest,
            "longest": self._span.longest,
            "step": 0.1 if self._span.decimals else 1.0,
        }
        super().__init__(rule=rule, value=(0.0, self._span.longest), asks=bool(subjects), **traits)
        self.handle("broken", self._on_broken)
        self.handle("stop", lambda *_: self._stop())
        if video is not None:
            self.video = video
        if value is not None:
            clip = Clip.of(value)
            self.value = (clip.start, clip.end)

    # --- what was chosen --------------------------------------------------------------------------------------------

    @property
    def span(self) -> SpanRule:
        """How long a clip the service takes."""
        return self._span

    @property
    def clip(self) -> Clip:
        """The selection."""
        return Clip(*self.value)

    @property
    def timestamps(self) -> str:
        """The selection as services write it, like "1,3"; settable."""
        return self.clip.timestamps

    @timestamps.setter
    def timestamps(self, text: str) -> None:
        clip = Clip.parse(text)
        self.value = (clip.start, clip.end)

    @property
    def ready(self) -> Future[None]:
        """Done once all that was asked for so far is there: strips, preview, band, suggestions, subjects."""
        done: Future[None] = Future()
        last = self._worker.done if self._casting is None else self._casting.done
        self._worker.done.add_done_callback(lambda _: last.add_done_callback(lambda _: done.set_result(None)))
        return done

    @property
    def video(self) -> Path | None:
        """The video file; setting it keeps the selection where it fits, and returns before the strips are there."""
        return self._video

    @video.setter
    def video(self, given: VideoLike | None) -> None:
        info = None
        length = 0.0
        video = None if given is None else media.file_of(given)
        if video is not None:
            info = media.probe(video)
            length = math.floor(info.duration * 1000) / 1000
            value = self._fitted(length)
        with self._handing_over:
            self._worker.drop()
            if self._casting is not None:
                self._casting.drop()
            replaced, self._video, self._info = self._video, video, info
            self._measured, self._picture = {}, b""
            self._unplayable = self._drawn = False
            # what was shown of this film while it was on its way stays until there is better
            self.media = self.media if replaced is None and video is not None else {}
            self.bands, self.suggestions, self.remarks, self.problem = {}, [], [], ""
            self.duration = length
            self.about, self.zoom, self.working = {}, [], ""
            self.subject, self.who = None, {}
            self.searching = video is not None
        if video is None or info is None:
            return
        self.about = {
            "name": display.plain(video.name, 80),
            "fps": round(info.fps, 3),
            "width": info.width,
            "height": info.height,
            "sound": info.has_audio,
        }
        self.value = value
        self.problem = "" if (error := media.cut_off(video)) is None else display.plain(error.message)
        self._keep_in_sight()
        if self.by_address and self._sendable:
            self._worker.submit("player", self._make_player)  # it takes no time
        self._worker.submit("overview", self._draw_overview)
        if self._sendable and not self.by_address:
            self._worker.submit("player", self._make_player)
        self._see_zoom()
        self._worker.submit("suggestions", self._find_suggestions)
        self._cast()

    def clear(self, words: str = "") -> None:
        """Show no video, and in its place what is being waited for, in words."""
        self.video = None
        self.working = words

    def show_glance(self, name: str, glance: filmstrip.Glance) -> None:
        """Show what a film on its way looks like, to choose its seconds; all else comes once it is set as the video.

        Args:
            name: its name.
            glance: its strip and poster.

        Raises:
            ClipError: the video is too short.
        """
        length = math.floor(glance.duration * 1000) / 1000
        value = self._fitted(length)
        self.duration, self.about, self.searching = length, {"name": display.plain(name, 80)}, True
        self.value = value
        self._keep_in_sight()
        self._show_strip(lambda: None, "overview", 0.0, length, glance.strip)
        self.offer("poster", self._file("poster.jpg", glance.poster), "image/jpeg")

    def _stop(self) -> None:
        """Stop what is being made: strips, preview, band, suggestions; what is there stays."""
        self._worker.drop()
        self._worker.submit("stopped", lambda _: self._rest())

    def _rest(self) -> None:
        self.working = ""
        self.searching = False

    def _fitted(self, length: float) -> tuple[float, float]:
        """Return the value where it fits a video of this length, or else its first seconds."""
        longest = min(self._span.longest, length if self._span.decimals else math.floor(length + 0.05))
        first = (0.0, float(longest))
        if longest < self._span.shortest:
            raise ClipError(
                f"The video is {length:g} s long, too short for a clip.",
                hint=f"Choose a video of at least {self._span.shortest:g} s.",
            )
        Clip(*first).check(self._span, length)
        try:
            Clip(*self.value).check(self._span, length)
        except ClipError:
            return first
        return self.value

    @traitlets.validate("value")
    def _is_a_clip(self, proposal: Any) -> tuple[float, float]:
        clip = Clip(*proposal["value"]).check(self._span, self.duration or None)
        return clip.start, clip.end

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what a page set; a value that is no clip is refused in words, and the page shows the old one again."""
        with self.explained():
            if "subject" in sync_data:
                try:
                    _is_subject(sync_data["subject"])
                except InvalidInput:
                    self.send_state("subject")
                    raise
            if "value" in sync_data:
                try:
                    Clip(*sync_data["value"]).check(self._span, self.duration or None)
                except (ClipError, TypeError):
                    self.send_state("value")
                    raise ClipError(f"{display.plain(sync_data['value'], 40)} is no clip of this video.") from None
            super().set_state(sync_data)

    @traitlets.observe("value")
    def _on_value(self, change: Any) -> None:
        self.problem = ""
        self._keep_in_sight()
        self._judge()
        if self.subject is not None and change["new"][0] != change["old"][0]:
            self.subject = None  # its box was in another picture
        else:
            self._cast()

    # --- who is meant -----------------------------------------------------------------------------------------------

    @traitlets.validate("subject")
    def _is_a_subject(self, proposal: Any) -> tuple[float, ...] | None:
        return _is_subject(proposal["value"])

    @traitlets.observe("subject")
    def _on_subject(self, _: object) -> None:
        self.problem = ""
        self._cast()

    def _cast(self) -> None:
        """Have it found out who is in these seconds, and how whoever is meant would be cut out."""
        if self._casting is not None and self._video is not None:
            self._casting.ask(Wanted(self._video, self.clip, self.subject))

    def _say_who(self, error: Exception) -> None:
        self.who = {}
        with self.explained():
            raise error

    def _show_who(self, check: Check, state: dict[str, Any], picture: bytes) -> None:
        with self._delivered(check):
            self.who = {**state, "subject": self.subject}
            if state["state"] == "nobody" and self.subject is None:
                self.suggestions = [one for one in self.suggestions if [one.start, one.end] != state["clip"]]
            self._judge()
            self.offer("cutout", self._file("cutout.png", picture) if picture else None, "image/png")

    # --- the closer look --------------------------------------------------------------------------------------------

    @property
    def _reach(self) -> float:
        """Seconds of the closer look."""
        return max(10.0, 4 * self._span.longest)

    @property
    def _is_long(self) -> bool:
        return self.duration > 1.5 * self._reach

    @property
    def _in_pieces(self) -> bool:
        """Whether the page plays previews of the closer look instead of the file."""
        return self._is_long and not self._sendable

    @property
    def _sendable(self) -> bool:
        if self._video is None or self._info is None or self._unplayable or not media.playable(self._info):
            return False
        return self._video.stat().st_size <= LARGEST or self.by_address

    def _keep_in_sight(self) -> None:
        """Move the closer look where the selection is outside of it."""
        start, end = self.value
        if not self._is_long:
            self.zoom = []
        elif not self.zoom or start < self.zoom[0] or end > self.zoom[1]:
            left = min(max(0.0, (start + end - self._reach) / 2), self.duration - self._reach)
            self.zoom = [round(left, 3), round(left + self._reach, 3)]

    @traitlets.observe("zoom")
    def _on_zoom(self, _: object) -> None:
        if self.zoom and self.media.get("overview"):
            self._see_zoom()

    def _see_zoom(self) -> None:
        """Ask for strip, preview and band of the closer look."""
        if self.zoom and self._video is not None:
            self._worker.submit("zoom", self._look_closer)

    # --- slow work, on the worker's thread --------------------------------------------------------------------------

    def _say(self, error: Exception) -> None:
        self.working, self.searching = "", False
        words = error if isinstance(error, SoraError) else f"Something went wrong here: {error}"
        self.problem = display.plain(words)

    @contextlib.contextmanager
    def _delivered(self, check: Check) -> Iterator[None]:
        """Hand a result over, unless another video has been chosen meanwhile."""
        with self._handing_over:
            check()
            yield

    def _file(self, name: str, content: bytes) -> Path:
        file = Path(self._folder.name) / name
        file.write_bytes(content)
        return file

    def _show_strip(self, check: Check, name: str, start: float, end: float, strip: filmstrip.Filmstrip) -> None:
        about: dict[str, Any] = {
            "start": start,
            "end": end,
            "count": THUMBS,
            "width": strip.width,
            "height": strip.height,
        }
        with self._delivered(check):
            self.offer(name, self._file(f"{name}.jpg", strip.sprite), "image/jpeg", **about)

    def _draw_soon(self, check: Check, name: str, start: float, end: float) -> bool:
        """Draw a strip as soon as there can be one; return whether it is good for good."""
        assert self._video is not None
        strip = next(filmstrip.filmstrips(self._video, THUMBS, start, end, height=TALL, check=check))
        self._show_strip(check, name, start, end, strip)
        return strip.exact

    def _draw_overview(self, check: Check) -> None:
        assert self._video is not None
        self.working = "Drawing the filmstrip…"
        self._drawn = self._draw_soon(check, "overview", 0.0, self.duration)
        picture = media.poster(self._video, self.value[0])
        with self._delivered(check):
            self._picture = picture
            self.offer("poster", self._file("poster.jpg", picture), "image/jpeg")
        self.working = ""

    def _look_closer(self, check: Check) -> None:
        start, end = self.zoom
        drawn = self._draw_soon(check, "zoom", start, end)
        self._watch(check, "zoom", start, end, drawn=drawn)

    def _watch(self, check: Check, name: str, start: float, end: float, *, drawn: bool) -> quality.Band:
        """Decode some seconds once: for their band, their strip, and a preview where the page plays these seconds.

        Args:
            check: whether anybody still wants them.
            name: of their strip.
            start, end: the seconds.
            drawn: whether their strip needs no better pictures.
        """
        assert self._video is not None
        plays = not self._sendable and (name == "zoom") == self._is_long
        if end - start > quality.SHORT:
            if plays:
                self._make_player(check)
            band = quality.measure_video(self._video, start, end, check=check)
        else:
            out = self._preview(start) if plays else None
            pictures = (
                media.frames(self._video, start, end)
                if out is None
                else media.previewing(self._video, start, end, out, check=check)
            )
            picker = filmstrip.Picker(start, end, THUMBS, height=TALL)
            band = quality.measure_video(
                self._video, start, end, pictures=pictures if drawn else picker.watching(pictures), check=check
            )
            if not drawn:
                self._show_strip(check, name, start, end, picker.strip())
            if out is not None:
                self._play(check, out, start, end)
        with self._delivered(check):
            self._show_band("whole" if name == "overview" else name, band)
        return band

    def _preview(self, start: float) -> Path:
        """Where a preview goes: a page may still be asking for the last one."""
        return Path(self._folder.name) / f"preview-{start:g}.mp4"

    def _play(self, check: Check, preview: Path, start: float, end: float) -> None:
        with self._delivered(check):
            self.offer("video", preview, start=start, end=end)
        for old in preview.parent.glob("preview-*.mp4"):
            if old != preview:
                old.unlink()

    def _make_player(self, check: Check) -> None:
        assert self._video is not None
        if self._sendable:
            assert self._info is not None
            first = None if self.by_address else miniature.kept(self._video)
            with self._delivered(check):
                self.offer("video", self._video, media.mime(self._info), first, start=0.0, end=self.duration)
            return
        start, end = self.zoom or (0.0, self.duration)
        self.working = "Making a preview to play…"
        file = self._preview(start)
        media.preview(self._video, start, end, file, check=check)
        self._play(check, file, start, end)
        self.working = ""

    def out_of_reach(self, name: str) -> None:
        """Have a page get by message what it could not fetch by its address; of a large video a preview is made."""
        if name == "video" and not self._sendable:
            self._worker.submit("player", self._make_player)
        else:
            super().out_of_reach(name)

    def _on_broken(self, content: dict[str, Any], _: object) -> None:
        """Make a preview where the page could not play the file itself."""
        if self._video is None or content.get("token") != self.media.get("video", {}).get("token"):
            return
        if not self._sendable:
            raise InvalidInput("This browser cannot play the preview (H.264).", hint="The strip works all the same.")
        self._unplayable = True
        self._worker.submit("player", self._make_player)

    def _find_suggestions(self, check: Check) -> None:
        assert self._video is not None
        self.working = "Looking for good moments…"
        band = self._watch(check, "overview", 0.0, self.duration, drawn=self._drawn)
        # the engine sees more than the band does, small figures above all; what it finds empty is taken back
        least = moments.NOBODY if self._casting is None else 0.0
        found = moments.suggest(self._video, self._span, band=band, least=least, check=check)
        with self._delivered(check):
            self.suggestions, self.searching = found, False
        memory.give_back()
        self.working = ""

    def _show_band(self, name: str, band: quality.Band) -> None:
        self._measured = {**self._measured, name: band}
        shown = {
            "start": band.start,
            "end": band.end,
            "step": band.step,
            "score": band.score.round(2).tolist(),
            "marks": band.marks,
            "cuts": [round(cut, 2) for cut in band.cuts],
        }
        self.bands = {**self.bands, name: shown}
        self._judge()

    def _judge(self) -> None:
        start, end = self.value
        # the engine sees more than the band does, and says itself where it finds nobody
        looks = self._casting is not None and self.who.get("state") != "nobody"
        for band in (self._measured.get("zoom"), self._measured.get("whole")):
            if band is not None and band.start <= start and end <= band.end + 0.06:
                self.remarks = moments.assess(band, start, end, seen=looks)
                return
        self.remarks = []

    # --- for readers without a kernel -------------------------------------------------------------------------------

    def _still(self) -> str:
        if self._video is None:
            return display.card("", "", "ClipSlider", ["No video chosen.", "Run this cell to use it."])
        lines = [
            f"{self.about['name']}: {self.clip}",
            "Run this cell to choose other seconds.",
        ]
        with self.explained():
            self._picture = self._picture or media.poster(self._video, self.value[0])
        poster = f"data:image/jpeg;base64,{base64.b64encode(self._picture).decode()}" if self._picture else ""
        return display.figure(poster, f"Picture of {html.unescape(self.about['name'])}", lines)

    def __repr__(self) -> str:
        name = self.about.get("name")
        return f"ClipSlider({name!r}, timestamps={self.timestamps!r})" if name else "ClipSlider()"


def _is_subject(value: object) -> tuple[float, ...] | None:
    return None if value is None else arguments.subject(value)

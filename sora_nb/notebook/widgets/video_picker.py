"""Choose a video in one of four ways: past videos, a file of one's computer, one of the notebook's folder, or an address."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import traitlets

from sora_nb import display, media
from sora_nb.errors import InvalidInput
from sora_nb.media.video_like import await_video, local_file, unknown_video
from sora_nb.models import Video
from sora_nb.notebook.widgets import _addresses, _cards
from sora_nb.notebook.widgets._base import SoraWidget, module, style
from sora_nb.notebook.widgets._folder import Folder, Outside
from sora_nb.notebook.widgets._pictures import Pictures
from sora_nb.notebook.widgets._search import PAGE, Searchable, found, show_page
from sora_nb.notebook.widgets._uploads import Uploads
from sora_nb.notebook.widgets._worker import Worker

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from concurrent.futures import Future

    from sora_nb.media import VideoLike
    from sora_nb.models import Character
    from sora_nb.notebook.widgets._worker import Check
    from sora_nb.notebook.widgets.prompt_box import Cast


class VideoPicker(SoraWidget):
    """Choose a video: a past one, an upload, a file of the notebook's folder, or a web address.

    Nothing is fetched or sent anywhere; an upload goes from the browser to the kernel's disk. The page has the first
    100 past videos and those that a search finds; posters go there once they are in sight. Of the kernel's disk it
    shows the notebook's folder, and another one only after a question that names it.

    Args:
        videos: past videos: studio.videos(), which is searched where it is kept, or any of the forms that VideoGrid
            takes; those with neither a file nor a link are left out.
        uploads: folder for uploaded files; by default a temporary one that goes with the kernel.
        folder: what is shown of the kernel's disk; by default the kernel's working folder.
        sample: a video to try with, and who made it, in words.
        characters: finds those who act in the videos, whose faces take the places of their names: studio.characters().
        fetches: whether whoever uses the picker fetches an address at once; the page says so.

    Attributes:
        arrived: bytes that are here of the address that is being fetched, and of how many (None where nobody knows); ()
            while nothing is fetched. Whoever fetches sets it; the page shows it with a button that sets `value` to None.
        more: whether there may be other videos than those in `videos`.
        value: the chosen video: None, a str (web address), a Path (uploaded file) or a Video (past one). It can be set, also
            to a Job, which is waited for, or to the path of a file as text; and observed with `picker.observe(callback, "value")`.

    Example:
        >>> picker = VideoPicker(studio.videos())
        >>> picker.value = studio.videos()[0]     # what a click does
        >>> hero = studio.extract(picker.value, 1, 3)
    """

    _esm = module("video_picker")
    _css = style("video_picker")
    value = traitlets.Any(None, allow_none=True)
    _past = traitlets.List(traitlets.Dict()).tag(sync=True)
    _total = traitlets.Int(0, allow_none=True).tag(sync=True)  # None where more may be found than are known here
    _chosen = traitlets.Dict().tag(sync=True)
    arrived = traitlets.Tuple().tag(sync=True)
    _fetches = traitlets.Bool(False).tag(sync=True)
    _sample = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        videos: VideoLike | Iterable[VideoLike] | Searchable[Video] = (),
        *,
        uploads: Path | None = None,
        folder: Path | None = None,
        sample: tuple[Path, str] | None = None,
        characters: Cast | None = None,
        fetches: bool = False,
    ) -> None:
        super().__init__(_fetches=fetches)
        self._folder = Folder(folder or Path.cwd())
        self._sample_file = sample[0] if sample else None
        self._sample = {"about": display.plain(sample[1])} if sample else {}
        self._uploads = Uploads(functools.cache(_temporary) if uploads is None else lambda: uploads)
        self._library: Searchable[Video] | None = None
        self.more = False  # whether it has others than these
        self._videos: tuple[Video, ...] = ()
        self._found: Sequence[Video] = ()
        self._shown: dict[str, Video] = {}
        self._worker = Worker(self._complain)
        self._cast = characters
        self.handle("check", lambda content, _: self._say(str(content.get("address"))))
        self.handle("use", lambda content, _: self._use(str(content.get("address"))))
        self.handle("pick", lambda content, _: self._pick(str(content.get("key"))))
        self.handle("posters", Pictures(self._worker, self._send_poster).ask)
        self.handle("search", lambda content, _: self._search(str(content.get("text"))))
        self.handle("upload", self._upload)
        self.handle("look", lambda content, _: self._look(content))
        self.handle("open", lambda content, _: self._open(content))
        self.handle("sample", lambda *_: self.set_trait("value", self._sample_file))
        self.handle("stop", lambda *_: self.set_trait("value", None))
        self.videos = videos

    @property
    def ready(self) -> Future[None]:
        """Done once what the page searched for, and all posters it asked for, have been sent."""
        return self._worker.done

    @property
    def videos(self) -> tuple[Video, ...]:
        """The past videos to choose from, of studio.videos() the newest 100. Setting them does not change what is chosen."""
        return self._videos

    @videos.setter
    def videos(self, videos: VideoLike | Iterable[VideoLike] | Searchable[Video]) -> None:
        self._library, self.more = None, False
        if isinstance(videos, Searchable):
            self._library = videos
            show = functools.partial(self._show_newest, videos)
            show_page(videos, self._worker, show, anew=bool(self._videos))
        else:
            self._videos = media.videos_of(videos)
            self._deal()

    @property
    def characters(self) -> Cast | None:
        """What finds those who act in the videos."""
        return self._cast

    @characters.setter
    def characters(self, characters: Cast | None) -> None:
        self._cast = characters
        self._deal()

    def _resolve(self, names: Sequence[str]) -> dict[str, Character]:
        return {} if self._cast is None else self._cast.resolve(names)

    def _send_face(self, username: str, picture: str) -> None:
        self.send({"kind": "face", "username": username, "picture": picture})

    def _show_newest(self, library: Searchable[Video], newest: Sequence[Video], *, more: bool) -> None:
        if library is self._library:  # no others were set meanwhile
            self._videos, self.more = tuple(newest), more
            self._deal()

    def _deal(self) -> None:
        """Have the page show the first videos and those that were searched for."""
        usable = _usable(self._videos)
        self._shown = {_cards.key(video): video for video in (*usable[:PAGE], *self._found)}
        self._total = None if self.more else len(usable)
        acting = self._resolve(list(dict.fromkeys(name for each in self._shown.values() for name in each.characters)))
        self._past = [self._card(key, video, acting) for key, video in self._shown.items()]

    def _card(self, key: str, video: Video, acting: Container[str]) -> dict[str, Any]:
        title, cast = _cards.title(video), [name for name in video.characters if name in acting]
        shown = _cards.without_names(title, cast)
        return {"key": key, "prompt": title, "title": shown, "cast": cast, "about": _cards.about(video)}

    @traitlets.validate("value")
    def _check_value(self, proposal: dict[str, Any]) -> str | Path | Video | None:
        if proposal["value"] is None:
            return None
        value = await_video(proposal["value"])
        if isinstance(value, str):
            problem = _addresses.fault(value)
            file = local_file(value) if problem else None
            if problem and file is None and "://" not in value:
                raise unknown_video(value, task=False)
            if problem and file is None:
                raise InvalidInput(f"{display.plain(value, 200)!r} is not the web address of a video. {problem}")
            value = file or value.strip()
        if isinstance(value, Path):
            media.probe(value)
        return value

    @traitlets.observe("value")
    def _tell_value(self, _: object) -> None:
        self.problem = ""
        self._chosen = self._described()

    def _described(self) -> dict[str, str]:
        value = self.value
        if isinstance(value, Path):
            info = media.probe(value)
            parts = [
                f"{info.width}x{info.height}",
                f"{info.duration:.1f} s",
                _cards.bytes_in_words(value.stat().st_size),
            ]
            if value == self._sample_file:
                parts.append(self._sample["about"])
            return {
                "way": "upload",
                "title": display.plain(value.name, 200),
                "about": " · ".join(parts),
                "poster": _cards.picture(value),
            }
        if isinstance(value, Video):
            size = value.path.stat().st_size if value.path is not None and value.path.is_file() else 0
            facts = (_cards.about(value), _cards.bytes_in_words(size) if size else "")
            return {
                "way": "past",
                "key": _cards.key(value),
                "title": _cards.title(value),
                "about": " · ".join(fact for fact in facts if fact),
                "poster": _cards.poster(value),
            }
        if value is not None:
            parts = urlsplit(value)
            name = unquote(parts.path.rstrip("/").rpartition("/")[2])
            title = display.plain(name or parts.hostname, 200)
            return {"way": "address", "title": title, "about": display.plain(parts.hostname), "address": value}
        return {}

    # --- what the page asks for -------------------------------------------------------------------------------------

    def _say(self, address: str) -> None:
        self.send({"kind": "checked", "address": address, "fault": _addresses.fault(address)})

    def _use(self, address: str) -> None:
        if _addresses.fault(address):
            self._say(address)
        else:
            self.value = address

    def _pick(self, key: str) -> None:
        video = self._shown.get(key)
        if video is None:
            raise InvalidInput("That video is not in the list any more.", money="", hint="Choose another one.")
        self.value = video

    def _send_poster(self, key: str) -> None:
        video = self._shown.get(key)
        if video is not None:
            self.send({"kind": "poster", "key": key, "picture": _cards.poster(video)})
            _cards.send_faces(self._resolve(video.characters), self._send_face)

    def _search(self, text: str) -> None:
        search = display.plain(text, 200).strip()

        def look(check: Check) -> None:
            matches = found(
                self._library if self._library is not None else self._videos,
                search,
                lambda video: video.prompt or str(video),
            )
            check()
            self._found = _usable(matches)
            self._deal()

        self._worker.submit("search", look)

    def _complain(self, error: Exception) -> None:
        with self.explained():
            raise error

    def _look(self, content: dict[str, Any]) -> None:
        """Show a folder of the kernel's disk, or the question whether it may be shown."""
        key, agreed = str(content.get("key")), content.get("agreed") is True
        number = content.get("first")
        first = number if isinstance(number, int) else 0

        def look(check: Check) -> None:
            try:
                told = self._folder.look(key, first, check, agreed=agreed)
            except Outside as outside:
                told = {"key": key, "ask": str(outside), "of": "folder"}
            except InvalidInput as error:
                told = {"key": key, "fault": display.plain(error)}
            check()
            self.send({"kind": "folder", **told})

        self._worker.submit("folder", look)

    def _open(self, content: dict[str, Any]) -> None:
        """Choose a file of the kernel's disk."""
        key, agreed = str(content.get("key")), content.get("agreed") is True

        def choose(check: Check) -> None:
            try:
                file = self._folder.file(key, agreed=agreed)
                check()
                self.value = file
            except Outside as outside:
                self.send({"kind": "folder", "key": key, "ask": str(outside), "of": "file"})
            except InvalidInput as error:
                self.send({"kind": "folder", "key": key, "fault": display.plain(error)})

        self._worker.submit("folder", choose)

    def _upload(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        answer, file = self._uploads.take(content, buffers)
        self.send({"kind": "upload", "id": content.get("id"), **answer})
        if file is not None:
            self.value = file

    # --- for readers without a kernel -------------------------------------------------------------------------------

    def _still(self) -> str:
        told = self._described()
        if not told:
            return display.card("", "", "No video chosen", ["Run this cell to choose one."])
        return display.card(told.get("poster", ""), f"Poster of {told['title']}", told["title"], [told["about"]])

    def __repr__(self) -> str:
        return f"VideoPicker({len(_usable(self._videos))}{'+' * self.more} videos, value={display.plain(repr(self.value), 120)})"


def _usable(videos: Sequence[Video]) -> list[Video]:
    """Return the videos that can be looked at or fetched."""
    return [video for video in videos if video.path is not None or video.url]


def _temporary() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="sora_nb-uploads-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder

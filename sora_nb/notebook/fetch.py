"""The address that a person chose, on its way to this machine: shown as it arrives, and stopped when another is chosen.

What the film looks like is shown before all of it is here, where its server sends parts of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from sora_nb import background, media
from sora_nb.errors import SoraError
from sora_nb.media import filmstrip
from sora_nb.notebook.widgets.clip_slider import TALL, THUMBS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future
    from pathlib import Path

    from sora_nb.calls.session import Session
    from sora_nb.media.arriving import Arriving
    from sora_nb.notebook.widgets.clip_slider import ClipSlider
    from sora_nb.notebook.widgets.video_picker import VideoPicker

LOOK_SECONDS = 0.25
"""How often the page is told how much is here."""


class Fetch:
    """Fetches one address at a time, and shows in a picker how much has arrived, and in a slider what it looks like.

    Args:
        session: what fetches.
        picker: where it was chosen.
        slider: where it will be opened.
        apart: calls a function that changes widgets, away from the background loop.
    """

    def __init__(
        self, session: Session, picker: VideoPicker, slider: ClipSlider, apart: Callable[..., Coroutine[Any, Any, Any]]
    ) -> None:
        self._session = session
        self._picker = picker
        self._slider = slider
        self._apart = apart
        self._coming: Future[Path] | None = None

    def stop(self) -> None:
        """Stop fetching: what was fetched is no longer wanted."""
        if self._coming is not None:
            self._coming.cancel()
            self._coming = None

    async def bring(self, url: str) -> Path | None:
        """Fetch an address; return its file, or None where it was stopped meanwhile.

        Raises:
            SoraError: as of Studio.fetch().
        """
        arrived: tuple[int, int | None] = (0, None)

        def note(have: int, size: int | None) -> None:
            nonlocal arrived
            arrived = have, size

        def look(film: Arriving) -> None:
            with contextlib.suppress(SoraError, OSError):  # what is wrong with it is said once it is here
                seen = filmstrip.glance(film, THUMBS, height=TALL)
                background.submit(lambda: self._apart(self._show, url, seen))

        self.stop()
        # opening a provider for the first time blocks
        coming = await asyncio.to_thread(self._session.submit_fetch, url, note, look)
        if self._picker.value != url:
            coming.cancel()
            return None
        self._coming = coming
        waiting = asyncio.wrap_future(coming)
        try:
            while not waiting.done():
                await self._apart(self._picker.set_trait, "arrived", arrived)
                await asyncio.wait([waiting], timeout=LOOK_SECONDS)
            return None if waiting.cancelled() else waiting.result()
        finally:
            if self._coming in {coming, None}:  # nothing else is being fetched
                await self._apart(self._picker.set_trait, "arrived", ())

    def _show(self, url: str, seen: filmstrip.Glance) -> None:
        if self._picker.value == url and self._slider.video is None:
            with contextlib.suppress(SoraError):  # as above
                self._slider.show_glance(media.file_name(unquote(urlsplit(url).path), ".mp4"), seen)

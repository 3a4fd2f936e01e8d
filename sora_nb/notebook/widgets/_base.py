"""What all widgets here share: one ES module each, problems in words, media, a form for readers without a kernel."""

from __future__ import annotations

import contextlib
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets
from IPython import get_ipython

from sora_nb import display, offers
from sora_nb.errors import SoraError
from sora_nb.notebook.widgets._still import Still

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipywidgets import CallbackDispatcher

    Handler = Callable[[dict[str, Any], list[memoryview]], object]

STATIC = Path(__file__).parent / "static"
SLICE = 1024 * 1024
"""Bytes of media in one message; the page's socket takes 10 MiB and drops larger ones without a word."""
_IMPORT = re.compile(r'^import [^;]* from "\./(\w+)\.js";\n', re.MULTILINE)


def module(name: str) -> str:
    """Return the one ES module a page gets for a widget: its file after those it imports, each once."""
    sources: dict[str, str] = {}

    def add(name: str) -> None:
        source = (STATIC / f"{name}.js").read_text(encoding="utf-8")
        for imported in _IMPORT.findall(source):
            if imported not in sources:
                add(imported)
        sources[name] = _IMPORT.sub("", source)

    add(name)
    return "".join(sources.values())


def style(name: str) -> str:
    """Return a widget's style sheet: what all share, then its own."""
    return "".join((STATIC / f"{sheet}.css").read_text(encoding="utf-8") for sheet in ("shared", name))


def _session() -> str:
    """Return the session of this process's kernel: its messages carry it, and it is another one after each start."""
    kernel = getattr(get_ipython(), "kernel", None)
    session = getattr(getattr(kernel, "session", None), "session", "")
    return session if isinstance(session, str) else ""


class SoraWidget(anywidget.AnyWidget):
    """Base of the widgets.

    Args:
        traits: values of the widget's traits.

    Attributes:
        problem: what went wrong last, in words, shown under the widget; "" for nothing.
        media: what the page may ask for, by name: token, mime type and size of each; the name `at` which a server has it,
            if one may; and a smaller one that comes `first`. The bytes are never state.
        still: what stands for the widget where no kernel runs.

    Raises:
        TypeError: there is no such trait.
    """

    problem = traitlets.Unicode("").tag(sync=True)
    media = traitlets.Dict().tag(sync=True)
    _still_class = traitlets.Unicode("").tag(sync=True)
    _maker = traitlets.Unicode("").tag(sync=True)
    """By which name a server knows the process that made the widget; "" where none lives."""
    _process = traitlets.Unicode("").tag(sync=True)
    """By which session that process signs its answers; "" where no kernel tells."""

    def __init__(self, **traits: Any) -> None:
        self._files: dict[str, Path] = {}
        self._firsts: dict[str, Path] = {}
        unknown = [name for name in traits if not self.has_trait(name)]
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(map(repr, unknown))}; check the spelling.")
        self._unreached = False  # a page has said that it gets nothing from a server
        self._handlers: dict[str, Handler] = {"need": self._on_need, "ping": lambda *_: self.send({"kind": "pong"})}
        self.still = Still(self._still)
        mine = offers.of_process()
        maker = mine.process if mine is not None else ""
        super().__init__(_still_class=self.still.name, _maker=maker, _process=_session(), **traits)
        self.on_msg(self._receive)
        self.observe(self.still.changed)

    def handle(self, kind: str, handler: Handler) -> None:
        """Have messages of a kind from the page handled; what goes wrong in it is shown as `problem`."""
        self._handlers[kind] = handler

    def _receive(self, _: object, content: dict[str, Any], buffers: list[memoryview]) -> None:
        handler = self._handlers.get(str(content.get("kind")))
        if handler is not None:
            with self.explained():
                handler(content, buffers)

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Show what goes wrong inside the block as `problem`: a notebook shows errors of callbacks nowhere."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  # users' code runs in it too, and may raise anything
            said = isinstance(error, (SoraError, OSError))
            self.problem = display.plain(error if said else f"{type(error).__name__}: {error}")

    def tell(self, callbacks: CallbackDispatcher, *payload: Any) -> bool:
        """Call what was registered for an event with the widget and a payload; return whether all went well.

        What goes wrong in a callback is shown as `problem`, and the callbacks after it are not called.
        """
        self.problem = ""
        with self.explained():
            for callback in list(callbacks.callbacks):
                callback(self, *payload)
            return True
        return False

    # --- media ----------------------------------------------------------------------------------------------------

    @property
    def by_address(self) -> bool:
        """Whether pages fetch films from a server: one is there for it, and no page has said that it cannot reach it."""
        return not self._unreached and offers.of_process() is not None

    def offer(
        self, name: str, file: Path | None, mime: str = "video/mp4", first: Path | None = None, **about: Any
    ) -> None:
        """Give a file to the page under a name, or take it away.

        A page fetches a film by its address, where a server may hand it out. Where none does, and whatever else it is,
        the bytes are sent at once, and again when a page asks.

        Args:
            name: what the widget's module asks for.
            file: a file on this machine, or None.
            mime: what it is.
            first: a small file of the same, which is sent before the bytes of this one.
            about: what else the page must know to show it; small and plain.
        """
        others = {key: value for key, value in self.media.items() if key != name}
        self._withdraw(name)
        if file is None:
            self.media = others
            return
        entry = {"token": secrets.token_hex(8), "mime": mime, "size": file.stat().st_size, **about}
        self._files[name] = file
        at = self._address(file, mime)
        if at:
            entry["at"] = at
        elif first is not None:
            entry["first"] = {"token": secrets.token_hex(8), "mime": display.FILM, "size": first.stat().st_size}
            self._firsts[name] = first
        self.media = {**others, name: entry}
        if not at:
            self._push(name)

    def _address(self, file: Path, mime: str) -> str:
        mine = offers.of_process() if mime.startswith("video/") and not self._unreached else None
        if mine is not None:
            with contextlib.suppress(OSError):
                return mine.add(file, mime)
        return ""

    def _withdraw(self, name: str) -> None:
        self._files.pop(name, None)
        self._firsts.pop(name, None)
        at = self.media.get(name, {}).get("at")
        mine = offers.of_process() if at else None
        if mine is not None:
            mine.withdraw(at)

    def close(self) -> None:
        """End the widget, in all pages; what it offered is withdrawn."""
        for name in list(self._files):
            self._withdraw(name)
        super().close()

    def _on_need(self, content: dict[str, Any], _: list[memoryview]) -> None:
        name = str(content.get("name"))
        entry = self.media.get(name, {})
        if content.get("token") != entry.get("token"):
            return  # a page asks for what another file has taken the place of
        if entry.get("at"):
            self._unreached = True
            self.out_of_reach(name)
        else:
            self._push(name)

    def out_of_reach(self, name: str) -> None:
        """Have a page get by message what it could not fetch by its address; large ones may get there in another form."""
        entry = self.media[name]
        about = {key: value for key, value in entry.items() if key not in {"token", "mime", "size", "at"}}
        self.offer(name, self._files[name], entry["mime"], **about)

    def _push(self, name: str) -> None:
        file, first, entry = self._files.get(name), self._firsts.get(name), self.media.get(name)
        if file is None or entry is None:
            return
        if first is not None:
            self._push_file(first, entry["first"])
        self._push_file(file, entry)

    def _push_file(self, file: Path, entry: dict[str, Any]) -> None:
        count = max(1, -(-entry["size"] // SLICE))
        with file.open("rb") as opened:
            for index in range(count):
                about = {"kind": "media", "token": entry["token"], "index": index, "count": count}
                self.send(about, [opened.read(SLICE)])

    # --- for readers without a kernel -------------------------------------------------------------------------------

    def _still(self) -> str:
        """Return HTML that stands for the widget where no kernel runs: saved notebooks, exported pages."""
        return display.card("", "", type(self).__name__, ["Run this cell to use it."])

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _view(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the output that is live, and what is said about it."""
        data, metadata = super()._repr_mimebundle_() or ({}, {})
        return {**data, "text/plain": repr(self)}, metadata

    def _ipython_display_(self) -> None:
        self.still.show(*self._view())

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = self._view()
        return {**data, "text/html": self._still()}, metadata

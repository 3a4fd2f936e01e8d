"""The engine of this process as a provider: no port, no HTTP, progress by callback, and files written into their place."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sora_nb import background, display, media
from sora_nb.engines import stills
from sora_nb.engines.base import Control, Hint, RenderRequest
from sora_nb.engines.cutout import animation, files
from sora_nb.engines.description import describe
from sora_nb.engines.handles import suggest_names
from sora_nb.engines.likeness import cutout_of
from sora_nb.errors import Cancelled, GenerationFailed, Interrupted, InvalidInput, LinkExpired, SoraError, UpstreamError
from sora_nb.media import miniature
from sora_nb.media.edit import Keeper
from sora_nb.models import Character, Registration, ServiceId, Status, Video
from sora_nb.providers import registry
from sora_nb.providers.base import Ticket
from sora_nb.providers.download import Downloader, patience
from sora_nb.providers.http import Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping
    from pathlib import Path

    from sora_nb.engines.base import Engine
    from sora_nb.providers.answers import Arrived
    from sora_nb.providers.base import Order, Report
    from sora_nb.providers.compiled import Compiled
    from sora_nb.providers.download import Download
    from sora_nb.providers.films import Films
    from sora_nb.providers.profile import Profile
    from sora_nb.providers.ranges import Look

T = TypeVar("T")


class LocalProvider:
    """The engines of this process; see base.Provider. None costs anything.

    Each works on one order after another, unless it says that it works on several: `at_once`, as those of workers do.

    Args:
        engine: what cuts characters out, and films where no other engine's model is asked for.
        home: the studio's folder: videos are made in `incoming`, cut-outs and stills are kept in folders of their own.
        films: the engines that only film, and the profile with limits and list prices of all.
    """

    outlives_kernel = False

    def __init__(self, engine: Engine, home: Path, films: Films) -> None:
        self.service = ServiceId(films.profile.name, "")
        self._engine = engine
        self._home = home
        self._films = films
        self._turns: dict[str, asyncio.Semaphore] = {}
        """Whose turn it is at each engine that only films, by its model; at the other one, under ""."""
        self._working: dict[str, _Work] = {}
        self._closed = False
        self._transport: Transport | None = None
        self._downloads: Downloader | None = None

    @property
    def profile(self) -> Profile:
        """What it makes, with the models of all its engines."""
        return self._films.profile

    def check(self, order: Order) -> None:
        """Refuse an order the engine cannot make; see base.Provider.check()."""
        if order.model in self._films:
            self._films.check(order)
            return
        registry.dialect(self.profile).check(order)
        source = order.source
        if source is not None and source.url is None and (source.file is None or not source.file.is_file()):
            raise InvalidInput(
                f"There is no video {source.origin.partition(':')[2]!r} on this machine.",
                hint="Give a file, or a video made here.",
            )

    def compiled(self, order: Order) -> Compiled:
        """Return an order as its model gets it; see base.Provider.compiled()."""
        if order.model in self._films:
            return self._films.compiled(order)
        return registry.dialect(self.profile).compiled(order)

    @background.at_home
    async def create(self, order: Order, key: str, report: Report) -> Ticket:
        """Make the video or character; see base.Provider.create()."""
        control = Control(lambda fraction, stage: report(100 * fraction, stage))
        control.urgency = order.urgency
        films = order.kind == "video" and order.model in self._films
        at_once = self._films.at_once(order.model) if films else getattr(self._engine, "at_once", 1)
        one = self._turns.setdefault(order.model if films else "", asyncio.Semaphore(at_once))
        turn = asyncio.ensure_future(one.acquire())
        self._working[key] = _Work(control, turn)
        try:
            make = self._film if films else self._generate if order.kind == "video" else self._extract
            await asyncio.sleep(0)  # a free turn is taken by now, also where two orders came at once
            if not turn.done():
                report(0, "waiting for its turn")
            await asyncio.wait([turn])  # its turn, or the end of its wait for one
            if self._closed:
                control.cancel()
            control.step(0)
            return await asyncio.wrap_future(_in_thread(lambda: make(order, key, control)))
        except Cancelled as error:
            if not self._closed:
                raise
            raise Interrupted("The studio was closed before this was made.") from error
        finally:
            del self._working[key]
            control.cancel()  # where nobody waits for it any more, the engine need not go on
            if turn.done() and not turn.cancelled():
                one.release()
            turn.cancel()

    def _generate(self, order: Order, key: str, control: Control) -> Ticket:
        width, _, height = order.size.partition("x")
        out = self._home / "incoming" / f"{key}.mp4"
        request = RenderRequest(
            prompt=order.prompt,
            cast={who.username: cutout_of(who, self._home) for who in order.cast},
            width=int(width),
            height=int(height),
            seconds=order.seconds or 0,
            seed=order.seed or 0,
            reference=order.image,
            miniature=miniature.incoming(out),
            poster=media.incoming_poster(out),
        )
        with _told("generate the video"):
            warnings = self._engine.generate(request, out, control)
        return self._filmed(order, key, out, {"warnings": list(warnings)})

    def _film(self, order: Order, key: str, control: Control) -> Ticket:
        out = self._home / "incoming" / f"{key}.mp4"
        with _told("generate the video"):
            answer = self._films.film(order, out, control)
        return self._filmed(order, key, out, answer)

    def _filmed(self, order: Order, key: str, out: Path, answer: dict[str, Any]) -> Ticket:
        raw = {"id": f"video_{key}", "object": "video", **answer}
        now = datetime.now(UTC)
        video = Video(
            id=raw["id"], status=Status.COMPLETED, progress=100, prompt=order.prompt, model=order.model, size=order.size,
            seconds=order.seconds, seed=order.seed, completed_at=now, profile=self.profile.name, raw=raw,
        )  # fmt: skip
        return Ticket(id=video.id, video=video, files={"video": out}, raw=raw)

    def _extract(self, order: Order, key: str, control: Control) -> Ticket:
        assert order.clip is not None
        assert order.source is not None
        assert order.source.file is not None
        hint = Hint(*(order.subject * 2 if len(order.subject) == 2 else order.subject)) if order.subject else None
        keeper = None if order.clip_file is None else Keeper(order.source.file, order.clip, order.clip_file)
        control.keeper = keeper
        with _told("cut the character out"):
            found = self._engine.extract(order.source.file, order.clip, control, hint)
        folder = self._home / "cutouts" / key
        cutout = files.save(found, folder)
        animation.save(found, cutout)
        username, display_name = suggest_names(found)
        raw: dict[str, Any] = {
            "id": f"ch_{key}",
            "display_name": display_name,
            **found.findings(),
        }
        made = Character(
            id=raw["id"],
            username=username,
            display_name=display_name,
            clip=order.clip,
            description=describe(found),
            stills=stills.save(found, self._home / stills.FOLDER),
            source=order.source.origin,
            profile=self.profile.name,
            model=order.model,
            created_at=datetime.now(UTC),
            raw=raw,
        )
        return Ticket(
            id=made.id,
            character=made,
            files={"avatar": folder / files.AVATAR, "cutout": cutout},
            lacks=() if keeper is None else tuple(keeper.notes or ()),
            raw=raw,
        )

    async def wait(self, ticket: Ticket, report: Report) -> Ticket:
        """Return the ticket: what the engine was asked for is made when create() returns."""
        report(100)
        return ticket

    async def find(self, order: Order, key: str, sent: datetime, taken: Container[str]) -> Ticket | None:  # noqa: ARG002
        """Find nothing: what a kernel that ended left open is interrupted."""
        return None

    def read_character(self, answer: dict[str, Any], order: Order) -> Character:  # noqa: ARG002
        """Read nothing: what a kernel that ended left open is interrupted."""
        raise ValueError("the engine of this process answers nothing")

    def read_registration(self, answer: Mapping[str, Any]) -> Registration:  # noqa: ARG002
        """Read nothing: the engine of this process knows every character of the library."""
        raise UpstreamError("The engine of this process registers nothing.")

    def charged(self, answer: Mapping[str, Any]) -> int | None:  # noqa: ARG002
        """Tell nothing: the engine of this process has no bills."""
        return None

    def ceiling(self, answer: Mapping[str, Any]) -> int | None:  # noqa: ARG002
        """Tell nothing, as charged()."""
        return None

    async def fetch(self, video: Video, target: Path) -> Download:  # noqa: ARG002
        """Fetch nothing: films are made where they are kept."""
        raise LinkExpired(f"The film {video.id} was made on this machine, and its file is gone.", money="")

    @background.at_home
    async def fetch_file(
        self,
        url: str,
        target: Path,
        *,
        most: int,
        given: bool = False,
        unless: str = "",
        on_progress: Arrived | None = None,
        look: Look | None = None,
    ) -> Download:
        """Fetch a file; see base.Provider.fetch_file()."""
        if self._downloads is None:
            self._transport = Transport()
            self._downloads = Downloader(self._transport)
        return await self._downloads.download(
            url,
            target,
            most=most,
            attempts=3,
            timeout=patience(given=given),
            given=given,
            unless=unless,
            on_progress=on_progress,
            look=look,
        )

    @background.at_home
    async def cancel(self, key: str, ticket: Ticket | None) -> bool:  # noqa: ARG002
        """Stop the engine at its next step; see base.Provider.cancel()."""
        work = self._working.get(key)
        if work is None:
            return False
        work.stop()
        return True

    @background.at_home
    async def close(self) -> None:
        """Stop what is being worked on, and what waits for that."""
        self._closed = True
        for work in self._working.values():
            work.stop()
        if self._transport is not None:
            await self._transport.close()


class _Work(NamedTuple):
    """An order under way: what stops the engine, and its wait for a turn."""

    control: Control
    turn: asyncio.Future[Any]

    def stop(self) -> None:
        """Stop the engine at its next step, and an order that waits for its turn at once."""
        self.control.cancel()
        self.turn.cancel()


@contextlib.contextmanager
def _told(work: str) -> Iterator[None]:
    """Tell in words what went wrong inside the engine."""
    try:
        yield
    except SoraError:
        raise
    except Exception as error:
        raise GenerationFailed(
            f"The local engine could not {work}: {type(error).__name__}: {display.plain(error, 200)}.",
            money="It charges nothing.",
            hint="Try other seconds or another prompt.",
        ) from error


def _in_thread(work: Callable[[], T]) -> Future[T]:
    """Run the engine in a thread that ends with the process, which a pool's would hold up."""
    future: Future[T] = Future()

    def run() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  it belongs to whoever waits
            future.set_exception(error)

    threading.Thread(target=run, name="sora_nb-engine", daemon=True).start()
    return future

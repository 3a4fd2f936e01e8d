"""A service on the web: its dialect, sent over HTTP, with retries only where nothing can have been accepted."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urljoin, urlsplit

import anyio

from sora_nb import background, display
from sora_nb.errors import (
    ApiError,
    Cancelled,
    ConfigError,
    DownloadError,
    FileNotReady,
    GenerationFailed,
    InvalidInput,
    LinkExpired,
    NotDelivered,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    SoraError,
    UpstreamError,
    WaitTimeout,
)
from sora_nb.models import URGENCY, Character, Registration, ServiceId, Status, Video, dollars
from sora_nb.providers import links, registry
from sora_nb.providers.addresses import parse
from sora_nb.providers.base import Awaited, Ticket, filled
from sora_nb.providers.delivery import Delivery, is_old
from sora_nb.providers.dialect import LONGEST_ID, UNREADABLE
from sora_nb.providers.download import Downloader
from sora_nb.providers.http import Transport
from sora_nb.providers.polling import Polled, Poller, cancelled
from sora_nb.times import retry_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Container, Mapping
    from pathlib import Path

    from sora_nb.providers.answers import Arrived
    from sora_nb.providers.base import Order, Report
    from sora_nb.providers.compiled import Compiled
    from sora_nb.providers.download import Download
    from sora_nb.providers.http import Answer
    from sora_nb.providers.profile import Profile, Settings
    from sora_nb.providers.ranges import Look
    from sora_nb.providers.wire import Request

R = TypeVar("R")
ATTEMPTS = 4
"""Times a request is sent where nothing can have been accepted."""
RESULT_TIMES = 4
"""Times the result of a task that has ended is asked for; the first pause between is that of polling, then it doubles."""
NOTHING_ORDERED = "The files of the order were not handed over: nothing was ordered, nothing was charged."
READ_SECONDS = 30.0
UPLOAD_SECONDS = 900.0
LOOK_SECONDS = 1.0
"""How often a create that lasts is looked at, and a lost one looked for."""
AROUND = timedelta(minutes=10)
"""How far a service's clock may be from ours when a lost task is looked for by its time."""
PAGE = 100
PAGES = 50
"""Pages of a listing that are read for a lost create."""


class HostedProvider:
    """A service that is reached over HTTP; see base.Provider.

    Args:
        settings: profile, address and key, see registry.settings().
        allow_retired: whether routes and models are asked for that the profile's notice calls retired.
        publish: puts a file where anybody who knows its address can fetch it for an hour, and returns the address; None
            where there is no such place.
        sleep: waits for seconds; replaced in tests.
        clock: monotonic seconds; replaced in tests.

    Raises:
        ConfigError: there is no address, or no such dialect.
    """

    outlives_kernel = True

    def __init__(
        self,
        settings: Settings,
        *,
        allow_retired: bool = False,
        publish: Callable[[Path], str] | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not settings.base_url:
            raise ConfigError(f"The profile {settings.profile.name!r} has no address.", hint="Set SORA_NB_BASE_URL.")
        self.profile: Profile = settings.profile
        self.service = ServiceId(settings.profile.name, settings.base_url)
        self._allow_retired = allow_retired
        self._publish = publish
        self._sleep = sleep
        self._dialect = registry.dialect(settings.profile, settings.base_url)
        self._key = settings.api_key
        self._transport = Transport(settings.base_url, self._authorise, self._dialect.idempotency_header)
        self._downloads = Downloader(self._transport, sleep=sleep)
        self._delivery = Delivery(self._downloads, self._dialect, self._ask, self._film, sleep)
        page = self._page if self._dialect.listing("video") else None
        self._stopped: dict[str, dict[str, Any]] = {}
        """Tasks that were stopped, with the last answer about each."""
        self._stopping: dict[str, asyncio.Event] = {}
        """Tasks that are being stopped, and what is set once the service has answered."""
        self._poller = Poller(self._poll, page, self.profile.video, sleep=sleep, clock=clock)

    def _authorise(self) -> dict[str, str]:
        return self._dialect.authorise(self._key.get_secret_value()) if self._key else {}

    @background.at_home
    async def close(self) -> None:
        """Close the connections; whoever waits for a task gets a WaitTimeout."""
        self._poller.close()
        await self._transport.close()

    def check(self, order: Order) -> None:
        """Refuse an order that would fail; see base.Provider.check()."""
        if not self._allow_retired:
            self.profile.check_served(order.model, order.route_name, self.service.base_url)
        self._dialect.check(order)

    def compiled(self, order: Order) -> Compiled:
        """Return an order as its model gets it; see base.Provider.compiled()."""
        return self._dialect.compiled(order)

    # --- paid -------------------------------------------------------------------------------------------------------

    @background.at_home
    async def create(self, order: Order, key: str, report: Report) -> Ticket:
        """Hand an order over; see base.Provider.create()."""
        order, request = await self._made_ready(order, key)
        if request.streamed:
            return await self._streamed(order, request, report)
        watch = asyncio.create_task(self._watch(order, key, report))
        try:
            return await self._again(functools.partial(self._ordered, order, request))
        finally:
            watch.cancel()

    def _request(self, order: Order, key: str) -> Request:
        request = self._dialect.request(order, key)
        if not self.profile.free or order.urgency == URGENCY:
            return request
        # a server of this package is told who waits
        return replace(request, headers={**request.headers, "priority": f"u={order.urgency}"})

    async def _made_ready(self, order: Order, key: str) -> tuple[Order, Request]:
        """Return an order whose files are where the service can fetch them, and the request for it.

        What goes wrong up to here costs nothing.
        """
        try:
            order = await self._hand_over(order)
            # pictures are read and encoded there, which would hold up whatever else goes on
            return order, await asyncio.to_thread(self._request, order, key)
        except OSError as error:
            raise InvalidInput(f"A file of this order cannot be read: {error.strerror or error}.") from error
        except (ApiError, NotDelivered) as error:
            error.money = NOTHING_ORDERED
            raise

    async def _hand_over(self, order: Order) -> Order:
        """Bring the files of an order to where the service can fetch them, and return it with their addresses."""
        if order.source is not None and order.source.upload and order.source.file is not None:
            url = await self.upload(order.source.file)
            order = order.model_copy(update={"source": order.source.model_copy(update={"url": url})})
        found = {str(path): await self.upload(path) for path in self._dialect.uploads(order)}
        if order.kind == "video" and order.publishes and self._publish is not None:
            for path in self._dialect.compiled(order).unaddressed(self.profile.rules(order.model).references):
                found[str(path)] = await asyncio.to_thread(self._publish, path)
        return order.model_copy(update={"addresses": {**order.addresses, **found}}) if found else order

    async def _ordered(self, order: Order, request: Request) -> Ticket:
        answer = await self._transport.send(request, self.profile.timeout_create)
        task = self._redirected(answer, request) if order.kind == "video" else ""
        if task:
            video = Video(id=task, profile=self.profile.name, base_url=self.service.base_url)
            return Ticket(id=task, video=filled(video, order))
        self._check_answer(answer, request, order.model)
        return self._read(answer, request, functools.partial(self._dialect.ticket, order))

    def _redirected(self, answer: Answer, request: Request) -> str:
        """Return the id of the task that a redirect leads to, as after a form on the web, or ""."""
        if answer.status not in {302, 303}:
            return ""
        with contextlib.suppress(ValueError):  # it is no address
            base = self.service.base_url
            where = urljoin(base + request.path, answer.headers.get("location", ""))
            ident = unquote(urlsplit(where).path.rpartition("/")[2])
            if 0 < len(ident) <= LONGEST_ID and ident.isprintable() and where == base + self._dialect.task(ident).path:
                return ident
        return ""

    async def _watch(self, order: Order, key: str, report: Report) -> None:
        """Report how far a character is while its one long request goes on, where the service shows that."""
        request = self._dialect.listing("character")
        if order.kind != "character" or request is None:
            return
        with contextlib.suppress(SoraError, *UNREADABLE):
            while True:
                await self._sleep(LOOK_SECONDS / 2)
                for entry in await self._entries(request):
                    if self._dialect.key(entry) == key:
                        report(float(entry.get("progress") or 0))

    async def _streamed(self, order: Order, request: Request, report: Report) -> Ticket:
        reply = await self._again(functools.partial(self._stream, order, request, report))
        video = filled(Video(profile=self.profile.name, base_url=self.service.base_url), order)
        if reply.url:
            done = {"status": Status.COMPLETED, "progress": 100.0, "url": reply.url}
            return Ticket(video=video.model_copy(update=done))
        if reply.error:
            raise self._failed(video.model_copy(update={"error": reply.error}), order.route_name)
        end = "ended without a link" if reply.finished else f"broke off at {reply.progress:g} %"
        raise OutcomeUnknown(f"The stream from {self.profile.name} {end}.")

    async def _stream(self, order: Order, request: Request, report: Report) -> Any:
        reply = self._dialect.reply()
        async with self._transport.lines(request, self.profile.video.wait_longest) as (answer, lines):
            self._check_answer(answer, request, order.model)
            if answer.body:
                self._read(answer, request, reply.take)
            async for line in lines:
                reply.feed(line)
                report(reply.progress)
        return reply

    # --- free -------------------------------------------------------------------------------------------------------

    async def _ask(self, video: Video) -> Video:
        return await self._with_result((await self._again(functools.partial(self._poll, Awaited.of(video)))).video)

    async def _with_result(self, video: Video) -> Video:
        """Return a completed task with what it has made, where that is asked for apart."""
        request = self._dialect.result(video.id) if video.status is Status.COMPLETED else None
        if request is None:
            return video
        read = functools.partial(self._dialect.result_of, ident=video.id)
        pause = self.profile.video.poll.shortest
        for attempt in range(RESULT_TIMES):
            if attempt:
                await self._sleep(pause * 2 ** (attempt - 1))
            try:
                answer = await self._call(request, READ_SECONDS)
                return filled(self._read(answer, request, read), video)
            except (UpstreamError, NotDelivered, RateLimited) as error:
                last = error
        raise WaitTimeout(
            f"{self.profile.name} has made it, and does not hand it over now: {last.message}",
            money="It is paid for; asking for it is free.",
        ) from last

    async def _poll(self, task: Awaited) -> Polled:
        request = self._dialect.task(task.id)
        answer = await self._once(request, READ_SECONDS)
        given = links.addresses(task.prompt)
        read = functools.partial(self._dialect.video, given=given, ident=task.id)
        return Polled(self._read(answer, request, read), self._dialect.pause(answer))

    async def _page(self, after: str | None) -> list[Video]:
        request = self._dialect.listing("video", PAGE, after)
        assert request is not None
        entries = self._read(await self._once(request, READ_SECONDS), request, self._dialect.entries)
        return [self._dialect.video(entry) for entry in entries]

    @background.at_home
    async def wait(self, ticket: Ticket, report: Report) -> Ticket:
        """Follow a ticket; tasks that wait at the same time share requests where the service lists them."""
        assert ticket.video is not None
        kind, ident, ended = ticket.kind, ticket.video.id, ticket.video.status.ended
        ending = _ended(ticket.video) if ended else self._poller.wait(Awaited.of(ticket.video), report)
        del ticket  # a thousand waits may be under way, each with what is kept in this frame
        try:
            video = await self._with_result(await ending)
            if video.status is Status.FAILED:
                raise self._failed(video, kind)
        except SoraError as error:
            if await self._is_stopped(ident):
                raise self._cancelled(ident) from error
            if isinstance(error, ApiError) and not isinstance(error, GenerationFailed):
                # asking was refused, a wrong key for instance; the task itself is not
                error.money, error.hint = WaitTimeout.money, f"{error.hint} {WaitTimeout.hint}".strip()
            raise
        return Ticket(id=video.id, kind=kind, video=video, raw=video.raw)

    async def _is_stopped(self, ident: str) -> bool:
        """Whether a task was stopped: it may be heard of as failed, or no more, before the service has said so."""
        stopping = self._stopping.get(ident)
        if stopping is not None:
            await stopping.wait()
        return ident in self._stopped

    def _cancelled(self, ident: str) -> Cancelled:
        """Return the error that a task was stopped, with what the service says that it costs."""
        error = cancelled()
        error.answer = self._stopped[ident]
        told = self.charged(error.answer)
        if told is not None:
            error.money, error.hint = _said_to_charge(told), ""
        return error

    @background.at_home
    async def list_tasks(self, *, limit: int = PAGE, after: str | None = None) -> list[dict[str, Any]]:
        """List the service's newest tasks, newest first.

        Args:
            limit: most tasks, 1 to 100.
            after: the id of the task after which to begin, for the next page.

        Raises:
            InvalidInput: this service has no listing.
        """
        request = self._dialect.listing("video", limit, after)
        if request is None:
            raise InvalidInput(f"The profile {self.profile.name!r} cannot list its tasks.")
        return await self._entries(request)

    async def _entries(self, request: Request) -> list[dict[str, Any]]:
        return self._read(await self._call(request, READ_SECONDS), request, self._dialect.entries)

    @background.at_home
    async def cancel(self, key: str, ticket: Ticket | None) -> bool:  # noqa: ARG002
        """Ask the service to stop a task; see base.Provider.cancel()."""
        request = self._dialect.cancel(ticket.id) if ticket is not None and ticket.id else None
        if ticket is None or request is None:
            return False
        if (await self._again(functools.partial(self._poll, Awaited(ticket.id)))).video.status.ended:
            return False  # a service may delete the film of a task that has ended, and it is paid for
        stopping = self._stopping[ticket.id] = asyncio.Event()
        try:
            await self._call(request, READ_SECONDS)
            self._stopped[ticket.id] = {}
            with contextlib.suppress(SoraError):  # some services forget such a task, others tell what it cost
                self._stopped[ticket.id] = (await self._poll(Awaited(ticket.id))).video.raw
        finally:
            self._stopping.pop(ticket.id, None)
            stopping.set()
        self._poller.drop(ticket.id)
        return True

    @background.at_home
    async def upload(self, path: Path) -> str:
        """Hand a video file to a service that takes uploads, and return the address to make characters from.

        Raises:
            ConfigError: this service takes no files.
        """
        request = self._dialect.upload(path)
        if request is None:
            raise ConfigError(
                f"The profile {self.profile.name!r} takes videos by web address only, not files.",
                hint="Put the file where the service can fetch it and give its https:// address, "
                "or use the local engine: Studio(profile='local').",
            )
        answer = await self._call(request, UPLOAD_SECONDS)
        onward = self._read(answer, request, functools.partial(self._dialect.forward, path=path))
        if onward is not None:
            await self._call(await self._led(onward) if onward.at else onward, UPLOAD_SECONDS)
        return self._read(answer, request, self._dialect.uploaded)

    async def _led(self, request: Request) -> Request:
        """Return a request to another host with the IP address that is connected to, as files are fetched.

        A file goes into a private network only where the service itself is there.
        """
        try:
            at, headers, extensions = await self._downloads.way(parse(request.at))
        except DownloadError as error:
            raise UpstreamError(
                f"{self.profile.name} sends the file into a private network, where it does not go."
            ) from error
        except (ValueError, ConnectionError) as error:
            raise UpstreamError(f"{self.profile.name} sends the file where it cannot go: {error}.") from error
        return replace(request, connect=at, headers={**request.headers, **headers}, extensions=extensions)

    @background.at_home
    async def fetch(self, video: Video, target: Path) -> Download:
        """Fetch a completed video; an interrupted download goes on where it stopped.

        Where the video's link has ended or its host cannot be reached, the service's own copy is asked for instead.
        """
        try:
            return await self._delivery.fetch(video, target)
        except DownloadError as error:
            if await self._is_stopped(video.id):  # it ended just before, and went with its task
                raise self._cancelled(video.id) from error
            # "completed" with an error, and with nothing else; a failure on the way there tells nothing of that
            nothing = not video.url and isinstance(error, FileNotReady | LinkExpired)
            if nothing and video.error and is_old(video):
                raise self._failed(video, "video") from error
            raise

    async def _film(self, request: Request) -> bytes:
        """Read a film out of an answer.

        Raises:
            DownloadError: there is no such answer, or no film in it.
        """
        try:
            return self._read(await self._call(request, UPLOAD_SECONDS), request, self._dialect.film)
        except SoraError as error:
            raise DownloadError(error.message, hint=error.hint or None) from error

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
        """Fetch a file, such as an avatar; see base.Provider.fetch_file()."""
        return await self._delivery.fetch_file(
            url, target, most=most, given=given, unless=unless, on_progress=on_progress, look=look
        )

    # --- a create whose answer was lost -----------------------------------------------------------------------------

    @background.at_home
    async def find(self, order: Order, key: str, sent: datetime, taken: Container[str]) -> Ticket | None:
        """Look a lost create up; see base.Provider.find()."""
        order = order.model_copy(update={"publishes": self._publish is not None})
        if datetime.now(UTC) - sent < timedelta(hours=self.profile.replay_hours) - AROUND and self._is_as_sent(order):
            return await self._collected(order, key)
        asked = self._dialect.lookup(order.kind, key)
        if asked is not None:
            return await self._looked_up(order, key, sent, asked)
        if self._dialect.listing(order.kind) is None:
            return None
        for _ in range(math.ceil(self.profile.timeout_create / LOOK_SECONDS)):
            entries, whole = await self._since(order, key, sent)
            found = next((entry for entry in entries if self._dialect.is_of(entry, order, key)), None)
            if found is None and not self._dialect.tells(order):
                found = self._by_time(order, sent, taken, entries)
            elif found is None and whole:
                raise self._absent(sent)
            if found is None:
                return None
            ticket, video = self._listed(order, found)
            if ticket is not None:
                return ticket
            if video.status is Status.FAILED:
                raise self._failed(video, "character")
            await self._sleep(LOOK_SECONDS)
        raise WaitTimeout("The service has the call and still works on it.")

    def _is_as_sent(self, order: Order) -> bool:
        """Whether a video's order still shows what went along with it: its characters may be gone, or others by now."""
        try:
            return order.kind == "video" and self._dialect.compiled(order).files == order.sent
        except SoraError:
            return False

    async def _collected(self, order: Order, key: str) -> Ticket:
        """Return the ticket of an order by sending it again with its key.

        What goes wrong with that says nothing about the first time, which may have been accepted.
        """
        try:
            return await self.create(order, key, _unseen)
        except (OutcomeUnknown, GenerationFailed):
            raise
        except SoraError as error:
            raise UpstreamError(
                f"It could not be collected by its key. {error.message}",
                money="It may have been billed.",
                hint="Run studio.resume() to try again.",
            ) from error

    def _absent(self, sent: datetime) -> SoraError:
        """Return what a service proves that does not list a create.

        A request that was given up may be accepted later: a proxy or a queue on the way still has it. A listing is believed
        once twice the time of a create is over; before, where it may cost something, only that nobody knows.
        """
        left = sent + timedelta(seconds=2 * self.profile.timeout_create) - datetime.now(UTC)
        if self.profile.free or left <= timedelta():
            return NotDelivered("It never reached the service.")
        return UpstreamError(
            f"{self.profile.name} does not list the call yet, and may still accept it: it was sent just now.",
            money="It may still be billed.",
            hint=f"Run studio.resume() again in {math.ceil(left / timedelta(minutes=1))} min.",
        )

    async def _looked_up(self, order: Order, key: str, sent: datetime, request: Request) -> Ticket | None:
        """Return the ticket of an order that the service was asked for by its idempotency key.

        None where it answers with tasks of other keys: it has not looked for this one then.
        """
        try:
            entries = await self._entries(request)
        except NotFound:
            entries = []
        except NotDelivered as error:  # the question was not delivered, which says nothing about the call
            raise UpstreamError(error.message, hint=error.hint) from error
        found = next((entry for entry in entries if self._dialect.is_of(entry, order, key)), None)
        if found is None and entries:
            return None
        if found is None:
            raise self._absent(sent)
        ticket, _ = self._listed(order, found)
        if ticket is None:
            raise WaitTimeout("The service has the call and still works on it.")
        return ticket

    async def _since(self, order: Order, key: str, sent: datetime) -> tuple[list[dict[str, Any]], bool]:
        """List tasks, page by page, until they are older than a call, or the call's own is there.

        Returns:
            The tasks, newest first, and whether the call's is certainly among them if the service has it.
        """
        found: dict[str, dict[str, Any]] = {}
        request = self._dialect.listing(order.kind, PAGE)
        for _ in range(PAGES):
            assert request is not None
            try:
                answer = await self._call(request, READ_SECONDS)
            except NotDelivered as error:  # the question was not delivered, which says nothing about the call
                raise UpstreamError(error.message, hint=error.hint) from error
            mine, page, more = self._read(answer, request, functools.partial(self._page_of, order, key))
            if mine is not None:
                return [mine], True
            fresh = [(video, entry) for video, entry in page if video.id not in found]
            found |= {video.id: entry for video, entry in fresh}
            if not more:
                return list(found.values()), True
            last = page[-1][0]
            if last.created_at is not None and last.created_at < sent - AROUND:
                return list(found.values()), True
            following = self._dialect.following(request, order.kind, last.id)
            if not fresh or following == request:  # it does not page
                break
            request = following
        return list(found.values()), False

    def _page_of(
        self, order: Order, key: str, data: Any
    ) -> tuple[dict[str, Any] | None, list[tuple[Video, dict[str, Any]]], bool]:
        """Read a page of a listing: the task with a key, or else all its tasks, and whether more may follow."""
        entries = self._dialect.entries(data)
        mine = next((entry for entry in entries if self._dialect.is_of(entry, order, key)), None)
        if mine is not None:
            return mine, [], False
        told = self._dialect.more(data)
        more = len(entries) >= PAGE if told is None else told
        return None, [(self._dialect.video(entry), entry) for entry in entries], bool(entries) and more

    def _listed(self, order: Order, entry: dict[str, Any]) -> tuple[Ticket | None, Video]:
        """Read an order's entry of a listing: its ticket, where it can be given already, and the task as it stands."""
        try:
            video = self._dialect.video(entry)
            made = order.kind != "character" or video.status is Status.COMPLETED
            return self._dialect.ticket(order, entry) if made else None, video
        except UNREADABLE as error:
            raise UpstreamError(f"{self.profile.name} lists the call in a form that cannot be read.") from error

    def _by_time(
        self, order: Order, sent: datetime, taken: Container[str], entries: list[dict[str, Any]]
    ) -> dict[str, Any] | None:
        """Find the task of the same words, made about when the order was sent, that belongs to no other order.

        Only a single one is proof enough, and nothing it tells of itself may differ from what was asked for.
        """
        if order.kind != "video":
            return None
        prompt = order.wording or self._dialect.compile_prompt(order)
        found = []
        for entry in entries:
            video = self._dialect.video(entry)
            near = video.created_at is not None and abs(video.created_at - sent) < AROUND
            told = (video.model, video.size, video.seconds)
            asked = (order.model, order.size, order.seconds)
            same = all(not one or one == other for one, other in zip(told, asked, strict=True))
            if near and video.prompt == prompt and same and video.id not in taken:
                found.append(entry)
        return found[0] if len(found) == 1 else None

    def read_character(self, answer: dict[str, Any], order: Order) -> Character:
        """Read a character again from an answer that the ledger keeps; see base.Provider.read_character()."""
        try:
            return self._dialect.character(answer, order)
        except UNREADABLE as error:
            raise ValueError(f"The kept answer of {self.profile.name} holds no character.") from error

    def read_registration(self, answer: Mapping[str, Any]) -> Registration:
        """Read how the service knows a character; see base.Provider.read_registration()."""
        try:
            return self._dialect.registered(answer)
        except UNREADABLE as error:
            raise UpstreamError(
                f"{self.profile.name} has made it, and does not say under which id it knows the character.",
                money="It may have been billed.",
                hint="Run studio.resume() to ask again, or write down what its console shows: "
                "studio.register(character, service, id=...).",
            ) from error

    def charged(self, answer: Mapping[str, Any]) -> int | None:
        """Return what an answer says was charged, in micro-dollars; see base.Provider.charged()."""
        return _told(self._dialect.charge, answer)

    def ceiling(self, answer: Mapping[str, Any]) -> int | None:
        """Return what a call will be charged at most, in micro-dollars; see base.Provider.ceiling()."""
        return _told(self._dialect.ceiling, answer)

    # --- plumbing ---------------------------------------------------------------------------------------------------

    async def _call(self, request: Request, timeout: float, *, model: str = "") -> Answer:
        return await self._again(functools.partial(self._once, request, timeout, model=model))

    async def _once(self, request: Request, timeout: float, *, model: str = "") -> Answer:
        answer = await self._transport.send(request, timeout)
        self._check_answer(answer, request, model)
        return answer

    async def _again(self, once: Callable[[], Awaitable[R]]) -> R:
        """Do something once, and again only where it was not accepted, or is accepted once however often it is sent."""
        lost: OutcomeUnknown | None = None
        attempt = 0
        while True:
            try:
                return await once()
            except SoraError as error:
                asked = getattr(error, "retry_after", None)
                again = isinstance(error, NotDelivered | RateLimited)
                if isinstance(error, OutcomeUnknown):
                    lost = error
                    again = self.profile.replay_hours > 0 or (self.profile.honours_key and asked is not None)
                attempt += 1
                if not again or attempt == ATTEMPTS:
                    if lost is None or lost is error:
                        raise
                    raise lost from error  # what was refused later may have been accepted before
            await self._sleep(asked if asked is not None else 0.5 * 2 ** (attempt - 1))

    def _check_answer(self, answer: Answer, request: Request, model: str) -> None:
        if self._dialect.http_status(answer) >= 300:
            wait = retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
            raise self._dialect.error(answer, model=model, paid=request.paid, retry_after=wait)

    def _read(self, answer: Answer, request: Request, reader: Callable[[Any], R]) -> R:
        """Decode an answer; one that makes no sense leaves a paid call's outcome open."""
        try:
            data = answer.json()
            kept = {name: answer.headers[name] for name in self._dialect.kept_headers if name in answer.headers}
            return reader({**data, "headers": kept} if kept and isinstance(data, dict) else data)
        except UNREADABLE as error:
            kind = OutcomeUnknown if request.paid else UpstreamError
            said = display.plain(answer.body[:300].decode("utf-8", "replace"), 200)
            raise kind(f"{self.profile.name} answered something that cannot be read: {said!r}.") from error

    def _failed(self, video: Video, route: str) -> GenerationFailed:
        """Make the exception for a call that was accepted and then failed."""
        what = "video" if route == "chat" else route
        return GenerationFailed(
            f"{self.profile.name} could not make the {what}: {display.plain(video.error).rstrip('.') or 'it gave no reason'}.",
            code=video.error_code,
            money=self._failure_costs(video, route, what),
            hint="Change the prompt, then generate again.",
            answer=video.raw,
        )

    def _failure_costs(self, video: Video, route: str, what: str) -> str:
        told = self.charged(video.raw)
        if told is not None:
            return _said_to_charge(told)
        if self.profile.failures_unknown:
            return "Whether it charges such calls is not known, so the list price stays reserved until studio.settle()."
        charged = route in self.profile.failures_charged and not self.profile.free
        return "This service charges such calls." if charged else f"Failed {what}s are not charged here."


def _told(reader: Callable[[Mapping[str, Any]], int | None], answer: Mapping[str, Any]) -> int | None:
    """Return the micro-dollars that an answer tells; None where it tells none that can be."""
    try:
        amount = reader(answer)
    except UNREADABLE:
        return None
    return amount if type(amount) is int and 0 <= amount < 2**63 else None


async def _ended(video: Video) -> Video:
    """Return a task that there is nothing to wait for."""
    return video


def _said_to_charge(amount: int) -> str:
    """Say what a service says that it charged, in micro-dollars."""
    return f"It says that it charged {dollars(amount) if amount else 'nothing'}."


def _unseen(_: float, __: str = "", /) -> None:
    """Take a progress that nobody looks at."""

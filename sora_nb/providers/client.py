"""The protocol as operations: make a character, generate a video, wait for it, fetch it. Nothing is recorded here.

`AsyncClient` holds every operation once; `Client` runs the same ones on the background loop. A paid create is sent
again only where the service certainly did not accept it.
"""

from __future__ import annotations

import functools
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar
from urllib.parse import quote
from uuid import uuid4

import anyio

from sora_nb import background, display
from sora_nb.errors import (
    ConfigError,
    DownloadError,
    GenerationFailed,
    LinkExpired,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
    UpstreamError,
)
from sora_nb.models import Status, Video
from sora_nb.providers import chat, wire
from sora_nb.providers.errors import classify
from sora_nb.providers.http import Transport, check_url
from sora_nb.providers.polling import Polled, Poller
from sora_nb.providers.registry import origin
from sora_nb.providers.wire import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from sora_nb.models import Character, Clip
    from sora_nb.providers.http import Answer, Download
    from sora_nb.providers.registry import Profile, Settings

P = ParamSpec("P")
R = TypeVar("R")
ATTEMPTS = 4
"""Times a request is sent where nothing can have been accepted."""
READ_SECONDS = 30.0
UPLOAD_SECONDS = 900.0


def new_key() -> str:
    """Make an idempotency key for one paid call."""
    return uuid4().hex


class AsyncClient:
    """The operations of one service.

    Args:
        settings: profile, address and key, see profiles.settings().
        sleep: waits for seconds; replaced in tests.
        clock: monotonic seconds; replaced in tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not settings.base_url:
            raise ConfigError(f"The profile {settings.profile.name!r} has no address.", hint="Set SORA_NB_BASE_URL.")
        self.settings = settings
        self._profile = settings.profile
        self._sleep = sleep
        self._clock = clock
        self._transport = Transport(settings, sleep=sleep)
        page = self._page if self._profile.listing else None
        self._poller = Poller(self._poll, page, self._profile.video, sleep=sleep, clock=clock)

    async def close(self) -> None:
        """Close the connections; whoever waits for a task gets a WaitTimeout."""
        self._poller.close()
        await self._transport.close()

    # --- paid ----------------------------------------------------------------------------------------------------

    async def create_character(
        self,
        clip: Clip,
        *,
        url: str | None = None,
        from_task: str | None = None,
        subject: Sequence[float] | None = None,
        key: str | None = None,
    ) -> Character:
        """Make a character from 1-3 seconds of a video: `POST /sora/v1/characters`, synchronous.

        Args:
            clip: the seconds that show the character.
            url: a publicly reachable video.
            from_task: id of a completed video task; exactly one of the two.
            subject: where the subject is, for the local server: a point (x, y) or a box (left, top, right, bottom),
                as parts of width and height.
            key: idempotency key, new by default.

        Returns:
            The character; its avatar is not fetched yet.

        Raises:
            InvalidInput, ClipError: refused here, nothing was sent.
            ApiError: refused by the service, nothing was charged.
            OutcomeUnknown: perhaps made, perhaps billed.

        Cost: $0.01 a call at the list price of 2026-01-04 (docs.laozhang.ai); 0 at the local server.
        """
        if url is not None:
            check_url(url)
        request = wire.character_request(
            self._profile, clip, key or new_key(), url=url, from_task=from_task, subject=subject
        )
        answer = await self._call(request, self._profile.timeout_create, model=self._profile.character.model or "")
        source = f"task:{from_task}" if from_task else f"url:{url}"
        return self._read(
            answer, request, lambda data: wire.read_character(data, self._profile.name, clip=clip, source=source)
        )

    async def create_video_character(self, name: str, video: Path, *, key: str | None = None) -> Character:
        """Make a character in the OpenAI shape: `POST /v1/videos/characters`, from a file that is just the clip.

        Args:
            name: 1 to 80 letters; it stands in prompts as it is.
            video: an MP4 of 2 to 4 seconds.
            key: idempotency key, new by default.

        Raises:
            InvalidInput, ApiError, OutcomeUnknown: as create_character().
        """
        request = wire.video_character_request(self._profile, key or new_key(), name=name, video=video)
        answer = await self._call(request, self._profile.timeout_create)
        source = f"file:{video.name}"
        return self._read(answer, request, lambda data: wire.read_character(data, self._profile.name, source=source))

    async def create_video(
        self,
        prompt: str,
        *,
        model: str | None = None,
        size: str | None = None,
        seconds: int | None = None,
        reference: Path | None = None,
        character_ids: Sequence[str] = (),
        seed: int | None = None,
        key: str | None = None,
    ) -> Video:
        """Start a video on the asynchronous route: `POST /v1/videos`.

        Args:
            prompt: the text, with its @mentions.
            model, size, seconds: by default the profile's.
            reference: a picture to start from, PNG, JPEG or WebP below 10 MB.
            character_ids: for services that take ids beside the prompt.
            seed: for the local server.
            key: idempotency key, new by default.

        Returns:
            The task as accepted; wait() for it.

        Raises:
            InvalidInput: refused here, nothing was sent.
            ApiError: refused by the service, nothing was charged.
            OutcomeUnknown: perhaps accepted, perhaps billed.

        Cost: from $0.15 a video at the list price of 2025-10-20 (docs.laozhang.ai); 0 at the local server.
        """
        rules = self._profile.video
        asked: dict[str, Any] = {
            "prompt": prompt,
            "model": model or rules.model,
            "size": size or rules.size,
            "seconds": seconds or rules.seconds,
        }
        request = wire.video_request(
            self._profile, key or new_key(), **asked, reference=reference, character_ids=character_ids, seed=seed
        )
        answer = await self._call(request, self._profile.timeout_create, model=asked["model"])
        video = self._read(answer, request, self._read_video)
        blank = {name: value for name, value in asked.items() if not getattr(video, name)}
        return video.model_copy(update=blank)

    async def generate_sync(
        self,
        prompt: str,
        *,
        model: str,
        reference: Path | None = None,
        key: str | None = None,
        on_progress: Callable[[Video], None] | None = None,
    ) -> Video:
        """Generate on the synchronous route: `POST /v1/chat/completions`, streamed until the link comes.

        Args:
            prompt: the text, with its @mentions.
            model: its name fixes size and length, see Profile.chat_model().
            reference: a picture to start from.
            key: idempotency key, new by default.
            on_progress: called with the video so far.

        Returns:
            The completed video with its url.

        Raises:
            InvalidInput, ApiError: refused, nothing was charged.
            GenerationFailed: it failed inside a successful answer; such calls may be charged.
            OutcomeUnknown: the stream broke off before its end.
        """
        request = chat.chat_request(self._profile, key or new_key(), prompt=prompt, model=model, reference=reference)
        video = Video(prompt=prompt, model=model, profile=self._profile.name, status=Status.IN_PROGRESS)
        reply = await self._again(functools.partial(self._stream, request, video, on_progress))
        if reply.url:
            return video.model_copy(update={"status": Status.COMPLETED, "progress": 100.0, "url": reply.url})
        if reply.error:
            raise failed(video.model_copy(update={"error": reply.error}), self._profile, "chat")
        end = "ended without a link" if reply.finished else f"broke off at {reply.progress:g} %"
        raise OutcomeUnknown(f"The stream from {self._profile.name} {end}.")

    async def _stream(
        self, request: Request, video: Video, on_progress: Callable[[Video], None] | None
    ) -> chat.ChatReply:
        reply = chat.ChatReply()
        async with self._transport.lines(request, self._profile.video.wait_longest) as (answer, lines):
            self._check(answer, request, video.model)
            if answer.body:
                self._read(answer, request, reply.take)
            async for line in lines:
                reply.feed(line)
                if on_progress is not None:
                    on_progress(video.model_copy(update={"progress": reply.progress}))
        return reply

    # --- free ----------------------------------------------------------------------------------------------------

    async def retrieve(self, task: str) -> Video:
        """Ask where a task stands: `GET /v1/videos/{id}`.

        Raises:
            NotFound: there is no such task.
            ApiError: any other refusal.
        """
        return (await self._again(functools.partial(self._poll, task))).video

    async def _poll(self, task: str) -> Polled:
        request = Request("GET", self._task(task))
        answer = await self._once(request, READ_SECONDS)
        asked = answer.headers.get("openai-poll-after-ms", "")
        video = self._read(answer, request, self._read_video)
        return Polled(video, int(asked) / 1000 if asked.isdecimal() and len(asked) < 9 else None)

    async def _page(self, after: str | None) -> list[Video]:
        request = self._listing(100, after)
        entries = self._read(await self._once(request, READ_SECONDS), request, wire.read_list)
        return [wire.read_video(entry, self._profile.name) for entry in entries]

    async def wait(self, video: Video, *, on_progress: Callable[[Video], None] | None = None) -> Video:
        """Poll a task until it ends. Tasks that wait at the same time share requests where the service can list them.

        Args:
            video: the task, as create_video() or retrieve() returned it.
            on_progress: called with each answer.

        Returns:
            The completed video.

        Raises:
            GenerationFailed: the task failed.
            WaitTimeout: it did not end within the profile's limit, or the service stopped answering, or no longer
                knows it.
        """
        video = await self._poller.wait(video, on_progress)
        if video.status is Status.FAILED:
            raise failed(video, self._profile, "video")
        return video

    async def list_tasks(self, *, limit: int = 100, after: str | None = None) -> list[dict[str, Any]]:
        """List the service's newest tasks, newest first: `GET /v1/videos`.

        Args:
            limit: most tasks, 1 to 100.
            after: the id of the task after which to begin, for the next page.
        """
        request = self._listing(limit, after)
        return self._read(await self._call(request, READ_SECONDS), request, wire.read_list)

    async def list_characters(self) -> list[dict[str, Any]]:
        """List the characters a local server holds, newest first: `GET /sora/v1/characters`, its own extension."""
        request = Request("GET", self._profile.routes.characters or "")
        return self._read(await self._call(request, READ_SECONDS), request, wire.read_list)

    async def delete(self, task: str) -> None:
        """Delete a task and its video at the service: `DELETE /v1/videos/{id}`.

        Raises:
            NotFound: there is no such task.
        """
        await self._call(Request("DELETE", self._task(task)), READ_SECONDS)

    async def upload(self, path: Path) -> str:
        """Hand a video file to a service that takes uploads, and return the address to make characters from.

        Raises:
            ConfigError: this service takes no files.
        """
        route = self._profile.routes.files
        if route is None:
            raise ConfigError(
                f"The profile {self._profile.name!r} takes videos by web address only, not files.",
                hint="Put the file where the service can fetch it and give its https:// address, "
                "or use the local server: Studio(profile='local').",
            )
        request = Request("POST", route, form={"purpose": "video"}, files={"file": path})
        ident = self._read(await self._call(request, UPLOAD_SECONDS), request, lambda data: str(data["id"]))
        return f"{self.settings.base_url}{route}/{ident}/content"

    async def download(
        self, video: Video, target: Path, *, on_progress: Callable[[float], None] | None = None
    ) -> Download:
        """Fetch a completed video to a file; an interrupted download goes on where it stopped.

        Where the video's link has ended or its host cannot be reached, `GET /v1/videos/{id}/content` is asked instead.

        Args:
            video: a completed video.
            target: the file to write.
            on_progress: called with the fraction that has arrived.

        Raises:
            LinkExpired, DownloadError: see Transport.download().
        """
        content = self._content(video)
        part, spare = (target.with_name(f"{target.name}.{end}") for end in ("part", "content.part"))
        try:
            found = await self._transport.download(video.url or content, target, part=part, on_progress=on_progress)
        except DownloadError as error:
            # a link to another host may not be reachable from here, behind a proxy for instance
            hopeless = isinstance(error, LinkExpired) or self._is_elsewhere(video.url)
            if not content or video.url in {"", content} or not hopeless:
                raise
            found = await self._transport.download(content, target, part=spare, on_progress=on_progress)
        for left in (part, spare):
            left.unlink(missing_ok=True)
        return found

    async def fetch(self, url: str, target: Path, *, most: int, given: bool = False) -> Download:
        """Fetch a file, such as an avatar.

        Args:
            url: where it is.
            target: the file to write.
            most: largest size in bytes.
            given: whether the user gave this address, which then may itself be on a private network.

        Raises:
            LinkExpired, DownloadError: see Transport.download().
        """
        return await self._transport.download(url, target, most=most, attempts=3, timeout=120, given=given)

    # --- plumbing ------------------------------------------------------------------------------------------------

    def _read_video(self, data: Any) -> Video:
        return wire.read_video(data, self._profile.name)

    def _videos(self) -> str:
        if self._profile.routes.videos is None:
            raise ConfigError(f"The profile {self._profile.name!r} has no asynchronous route.")
        return self._profile.routes.videos

    def _task(self, task: str) -> str:
        return f"{self._videos()}/{quote(task, safe=':')}"

    def _content(self, video: Video) -> str:
        """Return where the service itself has a video's file, or "" where it has no such route."""
        if not video.id or self._profile.routes.videos is None:
            return ""
        return f"{self.settings.base_url}{self._task(video.id)}/content"

    def _is_elsewhere(self, url: str) -> bool:
        try:
            return origin(url) != origin(self.settings.base_url)
        except ValueError:  # no address at all
            return True

    def _listing(self, limit: int, after: str | None) -> Request:
        begin = {"after": after} if after else {}
        return Request("GET", self._videos(), query={"limit": str(limit), "order": "desc", **begin})

    async def _call(self, request: Request, timeout: float, *, model: str = "") -> Answer:
        return await self._again(functools.partial(self._once, request, timeout, model=model))

    async def _once(self, request: Request, timeout: float, *, model: str = "") -> Answer:
        answer = await self._transport.send(request, timeout)
        self._check(answer, request, model)
        return answer

    async def _again(self, once: Callable[[], Awaitable[R]]) -> R:
        """Do something once, and again only where it certainly was not accepted."""
        for attempt in range(ATTEMPTS - 1):
            try:
                return await once()
            except (NotDelivered, RateLimited) as error:
                asked = getattr(error, "retry_after", None)
                await self._sleep(asked if asked is not None else 0.5 * 2**attempt)
        return await once()

    def _check(self, answer: Answer, request: Request, model: str) -> None:
        if answer.status >= 300:
            raise classify(
                answer.status,
                answer.body,
                self._profile,
                model=model,
                paid=request.paid,
                request_id=answer.headers.get("x-request-id", ""),
                retry_after=wire.retry_after(answer.headers.get("retry-after"), datetime.now(UTC)),
            )

    def _read(self, answer: Answer, request: Request, reader: Callable[[Any], R]) -> R:
        """Decode an answer; one that makes no sense leaves a paid call's outcome open."""
        try:
            return reader(answer.json())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            kind = OutcomeUnknown if request.paid else UpstreamError
            said = display.plain(answer.body[:300].decode("utf-8", "replace"), 200)
            raise kind(f"{self._profile.name} answered something that cannot be read: {said!r}.") from error


def failed(video: Video, profile: Profile, route: Literal["chat", "video"]) -> GenerationFailed:
    """Make the exception for a video that was accepted and then failed."""
    charged = not profile.free and route in profile.failures_charged
    return GenerationFailed(
        f"{profile.name} could not make the video: {display.plain(video.error) or 'it gave no reason'}.",
        code=video.error_code,
        money="This service charges such calls." if charged else "Failed videos are not charged here.",
        hint="Change the prompt, then generate again.",
    )


def _blocking(
    function: Callable[Concatenate[AsyncClient, P], Awaitable[R]],
) -> Callable[Concatenate[Client, P], R]:
    @functools.wraps(function)
    def call(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return background.run(functools.partial(function, self.asynchronous, *args, **kwargs))

    return call


class Client:
    """The operations of AsyncClient for code that does not await; they run on the background loop.

    Args:
        settings: profile, address and key, see profiles.settings().
    """

    def __init__(self, settings: Settings) -> None:
        async def make() -> AsyncClient:
            return AsyncClient(settings)

        self.settings = settings
        self.asynchronous = background.run(make)

    create_character = _blocking(AsyncClient.create_character)
    create_video_character = _blocking(AsyncClient.create_video_character)
    create_video = _blocking(AsyncClient.create_video)
    generate_sync = _blocking(AsyncClient.generate_sync)
    retrieve = _blocking(AsyncClient.retrieve)
    wait = _blocking(AsyncClient.wait)
    list_tasks = _blocking(AsyncClient.list_tasks)
    list_characters = _blocking(AsyncClient.list_characters)
    delete = _blocking(AsyncClient.delete)
    upload = _blocking(AsyncClient.upload)
    download = _blocking(AsyncClient.download)
    fetch = _blocking(AsyncClient.fetch)
    close = _blocking(AsyncClient.close)

"""Where a request meets its ledger row: written before it is sent, changed with every answer, taken up again later.

The order is always the same: the row is on disk as `planned`, then as `sent`, then the request leaves. Whatever
happens after that, a kernel killed in between included, the row tells whether anything may have been paid for.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

from sora_nb import media, prompts
from sora_nb.display import plain
from sora_nb.errors import (
    DownloadError,
    GenerationFailed,
    LedgerError,
    LinkExpired,
    MediaError,
    OutcomeUnknown,
    SoraError,
    WaitTimeout,
)
from sora_nb.models import Model, Registration, State, Status, Video, link_expiry
from sora_nb.providers import wire
from sora_nb.storage.files import Files
from sora_nb.storage.ledger import OPEN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from sora_nb.models import Character
    from sora_nb.money.budget import Allowance
    from sora_nb.providers.client import AsyncClient
    from sora_nb.storage.ledger import Call, Ledger
    from sora_nb.storage.process_lock import ProcessLock

R = TypeVar("R")
AVATAR_BYTES = 20 * 1024**2
AROUND = timedelta(minutes=10)
"""How far a service's clock may be from ours when a lost task is looked for by its time."""
LOOK_SECONDS = 1.0


class Resumed(Model):
    """What became of one unfinished call.

    Attributes:
        call: the row as it is now.
        was: the state it was found in.
        note: what was done about it, in words.
    """

    call: Any
    was: State
    note: str


class Recorder:
    """Sends calls of one service and keeps the ledger true.

    Args:
        client: the service.
        ledger: where rows are.
        folder: where there are videos, posters, avatars and clips.
        owner: this process.
        base_url: what the rows say about where; "" for the embedded server, whose port changes.
    """

    def __init__(self, client: AsyncClient, ledger: Ledger, folder: Path, owner: ProcessLock, base_url: str) -> None:
        self._client = client
        self._profile = client.settings.profile
        self._by_name = self._profile.character.mention_style == "name"
        self._ledger = ledger
        self._files = Files(folder)
        self._owner = owner
        self._base_url = base_url
        self._active: set[str] = set()
        self._owed: dict[str, dict[str, Any]] = {}
        self._claiming = asyncio.Lock()

    def plan(self, call: Call, allowance: Allowance) -> Call:
        """Write the row of a call that video() or character() will send next.

        Raises:
            BudgetExceeded: the budget does not cover it; there is no row.
        """
        self._active.add(call.id)  # before it is written: resume() takes up what nobody works on
        try:
            return self._ledger.add(call.model_copy(update={"owner": self._owner.id}), allowance)
        except BaseException:
            self._active.discard(call.id)
            raise

    async def video(
        self,
        call: Call,
        *,
        cast: Sequence[Character] = (),
        image: Path | None = None,
        on_progress: Callable[[Video], None] | None = None,
    ) -> Video:
        """Generate a video and fetch it.

        Args:
            call: a row just planned.
            cast: the characters mentioned.
            image: a picture to start from.
            on_progress: called with each answer.

        Raises:
            SoraError: see AsyncClient; the row says what it means for money.
        """
        prompt = self._worded(call, cast)
        ids = [who.id for who in cast] if self._by_name else []

        async def create() -> Video:
            if call.route == "sync":
                return await self._client.generate_sync(
                    prompt, model=call.model, reference=image, key=call.key, on_progress=on_progress
                )
            return await self._client.create_video(
                prompt,
                model=call.model,
                size=call.size,
                seconds=int(call.seconds or 0),
                reference=image,
                character_ids=ids,
                seed=call.seed,
                key=call.key,
            )

        with self._working_on(call):
            call, video = await self._send(call, create)
            call = await self._change(call, state=State.RUNNING, task=video.id, url=video.url, answer=video.raw)
            del video  # a thousand calls may wait here, each with what is kept in this frame
            return await self._follow(call, on_progress)

    async def character(
        self,
        call: Call,
        create: Callable[[], Awaitable[Character]],
        *,
        footage: Path | None = None,
    ) -> Character:
        """Make a character and keep it with its avatar and clip.

        Args:
            call: a row just planned.
            create: sends the request.
            footage: the source video, where it is on this machine.

        Raises:
            MediaError: the clip cannot be cut from the footage; nothing was sent.
            SoraError: see AsyncClient; the row says what it means for money.
        """
        with self._working_on(call):
            if footage is not None and call.clip is not None:
                # before it is paid for: a kernel that takes over later does not know where the footage is
                try:
                    await asyncio.to_thread(self._files.cut, footage, call.clip, call.id)
                except MediaError as error:
                    await self._change(call, state=State.FAILED, error=str(error), charged=0)
                    raise
            sent, made = await self._send(call, create)
            running = await self._change(sent, state=State.RUNNING, task=made.id, answer=made.raw)
            return await self._keep(running, made, footage)

    async def watch_character(self, call: Call, on_progress: Callable[[float], None]) -> None:
        """Tell how far a character is while its one long request goes on, where the service shows that."""
        with contextlib.suppress(SoraError, ValueError, TypeError):
            while self._profile.echoes_key:
                await anyio.sleep(LOOK_SECONDS / 2)
                for entry in await self._client.list_characters():
                    if entry.get("idempotency_key") == call.key:
                        on_progress(float(entry.get("progress") or 0))

    async def _send(self, call: Call, create: Callable[[], Awaitable[R]]) -> tuple[Call, R]:
        call = await self._change(call, state=State.SENT)
        try:
            return call, await create()
        except OutcomeUnknown as error:
            await self._change(call, state=State.UNKNOWN, error=str(error))
            raise
        except GenerationFailed as error:
            await self._change(call, state=State.FAILED, error=str(error), charged=self._charge(call, failed=True))
            raise
        except SoraError as error:
            await self._change(call, state=State.FAILED, error=str(error), charged=0)
            raise

    async def _follow(self, call: Call, on_progress: Callable[[Video], None] | None = None) -> Video:
        """Wait for an accepted video, then fetch it."""
        video = call.video()
        if call.route == "async" or call.task:
            try:
                video = await self._client.wait(video, on_progress=on_progress)
            except GenerationFailed as error:
                await self._change(call, state=State.FAILED, error=str(error), charged=self._charge(call, failed=True))
                raise
            except WaitTimeout as error:
                await self._change(call, error=str(error))
                raise
            call = await self._change(call, url=video.url, answer=video.raw)
        return await self._fetch(call, video)

    async def _fetch(self, call: Call, video: Video) -> Video:
        incoming = self._files.incoming(f"{call.id}.mp4")
        try:
            download = await self._client.download(video, incoming)
            kept, poster, seconds = await asyncio.to_thread(self._files.keep_video, incoming, download.sha256)
        except LinkExpired as error:
            over = {"state": State.FAILED, "charged": self._charge(call)} if self._is_over(call, video) else {}
            await self._change(call, error=f"Made, but not fetched: {error}", **over)
            raise
        except DownloadError as error:
            await self._change(call, error=str(error))
            raise
        except MediaError as error:
            await self._change(call, error=str(error))
            raise DownloadError(error.message, hint=error.hint or None) from error
        call = await self._change(
            call,
            state=State.DONE,
            charged=self._charge(call),
            file=kept,
            sha256=download.sha256,
            poster=poster,
            seconds=call.seconds or round(seconds, 3),
            error="",
        )
        return call.video().model_copy(update={"url": video.url, "completed_at": video.completed_at})

    def _is_over(self, call: Call, video: Video) -> bool:
        """Whether a link that is refused has ended for good; a service may also be slow to serve a new file."""
        hours = self._profile.link_life_hours
        life = call.created_at + timedelta(hours=hours) if hours else None
        ends = (video.expires_at, link_expiry(video.url), life)
        return any(end is not None and end < datetime.now(UTC) for end in ends)

    async def _keep(self, call: Call, made: Character, footage: Path | None) -> Character:
        """Fetch the avatar, cut the clip, and write both down; the character itself is paid for and kept regardless."""
        kept: dict[str, Any] = {"clip": call.clip, "source": call.source}
        kept["providers"] = {call.profile: Registration(id=made.id)}
        pictures, url, note = await self._fetch_pictures(made)
        kept |= pictures
        if call.clip is not None:
            try:
                kept |= await self._keep_clip(call, footage)
            except SoraError as error:
                note = f"{note} The clip could not be kept: {error}".strip()
        character = await asyncio.to_thread(self._ledger.characters.add, made.model_copy(update=kept), call)
        await self._change(
            call,
            state=State.DONE,
            charged=self._charge(call),
            characters=(character.username,),
            url=url,
            file=character.avatar,
            sha256=character.avatar_sha256,
            error=note,
        )
        return character

    async def _fetch_pictures(self, made: Character) -> tuple[dict[str, Any], str, str]:
        """Fetch a character's avatar and cut-out; return them, the link where it is still good, and what went wrong."""
        kept: dict[str, Any] = {}
        url = made.profile_picture_url
        try:
            if url:
                kept["avatar"], kept["avatar_sha256"] = await self._fetch_picture(url)
            if url and made.raw.get("cutout_url"):
                kept["cutout"], _ = await self._fetch_picture(str(made.raw["cutout_url"]))
        except LinkExpired as error:
            return kept, "", f"The avatar could not be fetched: {error}"
        except SoraError as error:
            return kept, url, f"The avatar could not be fetched: {error}"
        return kept, url, ""

    async def _complete(self, call: Call) -> str:
        """Fetch the avatar that a finished character lacks."""
        characters = self._ledger.characters
        who = next(iter(await asyncio.to_thread(characters.named, call.service, call.characters)), None)
        if who is None:
            await self._change(call, url="")
            return "its character is no longer kept here"
        pictures, url, note = await self._fetch_pictures(who)
        who = await asyncio.to_thread(functools.partial(characters.change, who, **pictures))
        await self._change(call, url=url, file=who.avatar, sha256=who.avatar_sha256, error=note)
        return note or "its avatar is here now"

    async def _fetch_picture(self, url: str) -> tuple[Path, str]:
        incoming = self._files.incoming(f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.picture")
        download = await self._client.fetch(url, incoming, most=AVATAR_BYTES)
        return await asyncio.to_thread(self._files.keep_picture, incoming, download.sha256)

    async def _keep_clip(self, call: Call, footage: Path | None) -> dict[str, Any]:
        """Keep the character's seconds; where they were not cut before, the source is fetched for that."""
        where, _, rest = call.source.partition(":")
        fetched = self._files.incoming(f"{call.id}.source")
        part = self._files.incoming(f"{call.id}.clip.mp4")
        assert call.clip is not None
        try:
            if not part.exists():
                if footage is None and where == "url":
                    await self._client.fetch(rest, fetched, most=media.SOURCE_BYTES)
                elif footage is None and where == "task":
                    await self._client.download(Video(id=rest), fetched)
                await asyncio.to_thread(self._files.cut, footage or fetched, call.clip, call.id)
            clip, digest = await asyncio.to_thread(self._files.keep_clip, part)
        finally:
            fetched.unlink(missing_ok=True)
        return {"clip_file": clip, "clip_sha256": digest}

    # --- taking up what was left ------------------------------------------------------------------------------------

    async def resume(self) -> list[Resumed]:
        """Finish what an earlier kernel, or an earlier call that timed out, left open. Nothing is created again."""
        found = await asyncio.to_thread(self._ledger.calls, OPEN)
        found += filter(_lacks, await asyncio.to_thread(self._ledger.calls, (State.DONE,), "character"))
        rows = [call for call in found if call.id not in self._active]
        notes: dict[str, str] = {}

        async def take_up(call: Call) -> None:
            try:
                notes[call.id] = await self._take_up(call)
            except (SoraError, ValueError) as error:  # ValueError: a listing or kept answer that cannot be read
                notes[call.id] = str(error)

        with self._working_on(*rows):  # all at once, for another resume() may be as far as this one
            async with anyio.create_task_group() as group:
                for call in rows:
                    group.start_soon(take_up, call)
        told = []
        for call in rows:
            now = await asyncio.to_thread(self._ledger.call, call.id)
            told.append(Resumed(call=now or call, was=call.state, note=notes[call.id]))
        return told

    async def _take_up(self, call: Call) -> str:
        reason = await self._not_ours(call)
        if reason:
            return reason
        if not await asyncio.to_thread(self._ledger.take_over, call, self._owner.id):
            return "left alone: another kernel has just taken it up"
        call = call.model_copy(update={"owner": self._owner.id})
        return await self._advance(await self._change(call) if call.id in self._owed else call)

    async def _not_ours(self, call: Call) -> str:
        if call.profile != self._profile.name or call.base_url != self._base_url:
            return f"left alone: it was sent with the profile {call.profile!r} to {call.base_url or 'its own server'}"
        if call.owner != self._owner.id and not await asyncio.to_thread(self._owner.is_gone, call.owner):
            return "left alone: another kernel works on it"
        return ""

    async def _advance(self, call: Call) -> str:
        """Bring a row to its end, and say how."""
        if call.state is State.PLANNED:
            note = "it was never sent, so nothing was charged"
            await self._change(call, state=State.FAILED, charged=0, error=note)
            return note
        if _lacks(call):
            return await self._complete(call)
        if call.state in {State.DONE, State.FAILED}:
            return "only its row was not up to date"
        if call.state is not State.RUNNING:
            found = await self._look_up(call)
            if found is None:
                note = "not found at the service; it may have been billed"
                await self._change(call, state=State.UNKNOWN, error=call.error or note)
                return note
            if found.state is State.FAILED:
                return found.error
            call = found
        if call.kind == "video":
            await self._follow(call)
        else:
            made = wire.read_character(call.answer, call.profile, clip=call.clip, source=call.source)
            await self._keep(call, made, await self._footage(call))
        return "finished"

    async def _footage(self, call: Call) -> Path | None:
        """Return the file of the video a character was made from, where the ledger has it."""
        where, _, task = call.source.partition(":")
        video = await asyncio.to_thread(self._ledger.video, task, call.service) if where == "task" else None
        return video.path if video else None

    async def _look_up(self, call: Call) -> Call | None:
        """Find the task of a create whose answer never came; None where it cannot be told.

        Raises:
            WaitTimeout: the service has it, and still works on it.
        """
        if not self._profile.echoes_key and (call.kind == "character" or not self._profile.listing):
            return None
        for _ in range(math.ceil(self._profile.timeout_create / LOOK_SECONDS)):
            if call.kind == "video":
                async with self._claiming:  # two rows of the same words must not find the same task
                    return await self._look_up_video(call)
            entries = await self._client.list_characters()
            found = next((entry for entry in entries if entry.get("idempotency_key") == call.key), None)
            if found is None:
                return await self._never_sent(call, entries)
            seen = wire.read_video(found, call.profile)
            if seen.status is Status.COMPLETED:
                made = wire.read_character(found, call.profile)
                return await self._change(call, state=State.RUNNING, task=made.id, answer=made.raw)
            if seen.status is Status.FAILED:
                reason = plain(seen.error) or "the service refused it"
                return await self._change(call, state=State.FAILED, charged=0, error=reason)
            await anyio.sleep(LOOK_SECONDS)
        raise WaitTimeout("The service has the call and still works on it.")

    async def _look_up_video(self, call: Call) -> Call | None:
        tasks = await self._client.list_tasks()
        found = [task for task in tasks if task.get("idempotency_key") == call.key]
        if not found and not self._profile.echoes_key:
            found = await self._by_time(call, tasks)
        if not found:
            return await self._never_sent(call, tasks)
        task = wire.read_video(found[0], call.profile)
        return await self._change(call, state=State.RUNNING, task=task.id, answer=task.raw)

    async def _never_sent(self, call: Call, entries: list[dict[str, Any]]) -> Call | None:
        """A service that shows keys and lists all it has would list this call, if it had come."""
        if not self._profile.echoes_key or len(entries) >= 100:
            return None
        note = "it never reached the service, so nothing was charged"
        return await self._change(call, state=State.FAILED, charged=0, error=note)

    async def _by_time(self, call: Call, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Tasks of the same words, made about when the call was sent, that belong to no other row.

        Only a single one is proof enough, and nothing it tells of itself may differ from what was asked for.
        """
        taken = {row.task for row in await asyncio.to_thread(self._ledger.calls)}
        cast = await asyncio.to_thread(self._ledger.characters.named, call.service, call.characters)
        prompt = self._worded(call, cast)
        found = []
        for task in tasks:
            video = wire.read_video(task, call.profile)
            near = video.created_at is not None and abs(video.created_at - call.created_at) < AROUND
            told = (video.model, video.size, video.seconds)
            asked = (call.model, call.size, call.seconds)
            same = all(not one or one == other for one, other in zip(told, asked, strict=True))
            if near and video.id not in taken and video.prompt == prompt and same:
                found.append(task)
        return found if len(found) == 1 else []

    # --- small things -----------------------------------------------------------------------------------------------

    def _worded(self, call: Call, known: Iterable[Character]) -> str:
        """The prompt as the service gets it."""
        names = {who.username: who.called for who in known}
        return prompts.named(call.prompt, names) if self._by_name else call.prompt

    async def _change(self, call: Call, **values: Any) -> Call:
        """Write to a row. What cannot be written about a call that was sent is owed, and written with the next change."""
        owed = self._owed.pop(call.id, {}) | values
        try:
            changed = await asyncio.to_thread(self._ledger.change, call, **owed)
        except LedgerError as error:
            if call.state is State.PLANNED:
                raise LedgerError(error.message, money="Nothing was sent, nothing was charged.") from error
            self._owed[call.id] = owed
            task = owed.get("task") or call.task
            raise LedgerError(
                f"{error.message} The call was sent" + (f", as task {plain(task, 200)}." if task else "."),
                money="It may have been billed.",
                hint="Make the ledger writable again, then run studio.resume() in this session.",
            ) from error
        if changed.state in {State.DONE, State.FAILED}:
            self._files.incoming(f"{call.id}.clip.mp4").unlink(missing_ok=True)
        return changed

    def _charge(self, call: Call, *, failed: bool = False) -> int | None:
        """What a call that ended costs, as far as this profile's rules tell."""
        if self._profile.free:
            return 0
        route = "chat" if call.route == "sync" else call.kind
        return 0 if failed and route not in self._profile.failures_charged else call.estimate

    @contextlib.contextmanager
    def _working_on(self, *calls: Call) -> Iterator[None]:
        """Mark rows as being worked on in this process."""
        self._active.update(call.id for call in calls)
        try:
            yield
        finally:
            self._active.difference_update(call.id for call in calls)


def _lacks(call: Call) -> bool:
    """Whether a finished character still lacks its avatar, and there is a link to fetch it from."""
    return call.kind == "character" and call.state is State.DONE and call.file is None and bool(call.url)

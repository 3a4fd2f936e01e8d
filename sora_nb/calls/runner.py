"""One paid call from its ledger row to its result.

The order is always the same: the row is on disk as `planned`, then as `sent`, then the request leaves. Whatever
happens after that, a kernel killed in between included, the row tells whether anything may have been paid for.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sora_nb import prompts
from sora_nb.calls.character_parts import CharacterParts
from sora_nb.calls.clip_source import fetched
from sora_nb.display import plain
from sora_nb.errors import (
    ApiError,
    Cancelled,
    ConfigError,
    DownloadError,
    GenerationFailed,
    Interrupted,
    LedgerError,
    LinkExpired,
    MediaError,
    OutcomeUnknown,
    PromptError,
    SoraError,
    StatusUnknown,
    StoreError,
    WaitTimeout,
)
from sora_nb.models import Registration, State, Video
from sora_nb.providers.base import Ticket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Iterable, Mapping
    from pathlib import Path

    from sora_nb.models import Character
    from sora_nb.money.budget import Allowance
    from sora_nb.providers.base import Order, Provider, Report
    from sora_nb.storage.call import Call
    from sora_nb.storage.files import Files
    from sora_nb.storage.ledger import Ledger
    from sora_nb.storage.place import Presence

T = TypeVar("T")
NOTHING_SENT = "Nothing was sent, nothing was charged."
_BAD_ENDS = (GenerationFailed, ConfigError, Cancelled)
"""What an accepted call ends with that comes to nothing, or whose studio is closed."""
UNKNOWN_WORD = "unknown_word"
"""Where a row's details have the status word that nobody knows, and since when the service says it."""


class Runner:
    """Sends orders and keeps the ledger true.

    Args:
        ledger: where the rows are.
        files: where there are videos, posters, avatars and clips.
        lock: this process, as the rows name it.
    """

    def __init__(self, ledger: Ledger, files: Files, lock: Presence) -> None:
        self._ledger = ledger
        self._files = files
        self._lock = lock
        self._parts = CharacterParts(files)
        self._active: set[str] = set()
        self._unsent: dict[str, asyncio.Event] = {}
        """Calls not yet handed to their provider, with what is set once they are cancelled."""
        self._owed: dict[str, dict[str, Any]] = {}

    def plan(self, call: Call, allowance: Allowance, copy: int | None = None) -> Call:
        """Write the row of a call that video() or character() will send next.

        Args:
            call: the row.
            allowance: the budget.
            copy: as of Ledger.add().

        Returns:
            The row, or another one that there is for this copy; that one is not to be sent.

        Raises:
            BudgetExceeded: the budget does not cover it; there is no row.
        """
        self._active.add(call.id)  # before it is written: resume() takes up what nobody works on
        self._unsent[call.id] = asyncio.Event()
        try:
            planned = self._ledger.add(call.model_copy(update={"owner": self._lock.id}), allowance, copy=copy)
        except BaseException as error:
            self._drop(call.id)
            if isinstance(error, LedgerError):
                raise LedgerError(error.message, money=NOTHING_SENT, hint=error.hint) from error
            raise
        if planned.id != call.id:
            self._drop(call.id)
        return planned

    def cancel(self, ident: str) -> bool:
        """Cancel a call that its provider does not know yet, on the background loop; False where it was handed over."""
        if ident not in self._unsent:
            return False
        self._unsent[ident].set()
        return True

    async def video(self, call: Call, order: Order, provider: Provider, report: Report) -> Video:
        """Generate a video and fetch it.

        Args:
            call: a row just planned.
            order: what is asked for.
            provider: the service.
            report: told the progress.

        Raises:
            SoraError: see base.Provider; the row says what it means for money.
        """
        # a thousand calls may wait in here, each with what is kept in this frame
        with self.working_on(call):
            sending = self._send(call, order, provider, report)
            del call, order
            call, ticket = await sending
            if "video" in ticket.files:
                done = {"task": ticket.id, "answer": ticket.raw}
                return await self._keep_video(call, provider, ticket.files["video"], await _digest(ticket), done)
            assert ticket.video is not None
            values: dict[str, Any] = {"task": ticket.id, "url": ticket.video.url, "answer": ticket.raw}
            most = provider.ceiling(ticket.raw)
            if most is not None and call.reserved != 0:  # no list may have its price, or a lower one
                values["reserved"] = max(most, call.reserved or 0)
            following = self.follow(await self.change(call, state=State.RUNNING, **values), provider, report)
            del call, sending, ticket, values
            return await following

    async def character(self, call: Call, order: Order, provider: Provider, report: Report) -> Character:
        """Make a character and keep it with its avatar and clip.

        Args:
            call, order, provider, report: as of video().

        Raises:
            MediaError: the clip cannot be cut from the footage; nothing was sent.
            SoraError: see base.Provider; the row says what it means for money.
        """
        with self.working_on(call):
            order = await self._with_footage(call, order, provider, report)
            footage = order.source.file if order.source else None
            # before it is paid for: a kernel that takes over later does not know where the footage is
            cut = await self._cut_in_time(call, footage) if provider.outlives_kernel else self._parts.clip(call)
            try:
                call, ticket = await self._send(call, order.model_copy(update={"clip_file": cut}), provider, report)
            except SoraError:
                if not provider.outlives_kernel:
                    self._parts.clip(call).unlink(missing_ok=True)
                raise
            self._parts.lacks.setdefault(call.id, list(ticket.lacks))
            assert ticket.character is not None
            call = await self.change(call, state=State.RUNNING, task=ticket.id, answer=ticket.raw)
            try:
                return await self.keep(call, provider, ticket.character, footage, ticket.files)
            finally:
                self._parts.source(call).unlink(missing_ok=True)

    async def registration(self, call: Call, order: Order, provider: Provider, report: Report) -> Character:
        """Make a character known to a service.

        Args:
            call, order, provider, report: as of video().

        Raises:
            SoraError: see base.Provider; the row says what it means for money.
        """
        with self.working_on(call):
            call, ticket = await self._send(call, order, provider, report)
            call = await self.change(call, state=State.RUNNING, task=ticket.id, answer=ticket.raw)
            return await self.follow_registration(call, provider, report)

    async def follow_registration(self, call: Call, provider: Provider, report: Report) -> Character:
        """Wait for an accepted registration, and write down how the service knows the character now.

        Raises:
            PromptError: the character is no longer kept here; the row says what its id is.
            SoraError: see base.Provider; the row says what it means for money.
        """
        try:
            _, call = await self._waited(call, provider, report)
        except _BAD_ENDS as error:
            await self._end_badly(call.id, call.kind, provider, error)
            raise
        try:
            known = provider.read_registration(call.answer)
        except ApiError as error:
            await self.change(call, error=str(error))
            raise
        done = {"state": State.DONE, "charged": self.charge(call, provider)}
        try:
            who = await asyncio.to_thread(self._registered, call, known)
        except PromptError as error:
            await self.change(call, error=f"{call.service} knows it as {known.id}, but: {error}", **done)
            raise
        await self.change(call, error="", **done)
        return who

    def _registered(self, call: Call, known: Registration) -> Character:
        characters, name = self._ledger.characters, call.characters[0]
        return characters.register(characters.of_id(name, call.details["character"]), call.service, known)

    async def _with_footage(self, call: Call, order: Order, provider: Provider, report: Report) -> Order:
        """Bring footage from the web to this machine, where the engine of this process needs it."""
        source = order.source
        if provider.outlives_kernel or source is None or source.file is not None or source.url is None:
            return order

        def arrived(have: int, size: int | None) -> None:
            report(0, f"fetching the video, {100 * have // size} %" if size else "fetching the video")

        report(0, "fetching the video")
        coming = fetched(provider, source.url, self._files.folder / "sources", arrived)
        try:
            file = await self._unless_cancelled(call, coming)
        except (DownloadError, Cancelled) as error:
            await self.change(call, state=State.FAILED, error=str(error), charged=0)
            raise
        return order.model_copy(update={"source": source.model_copy(update={"file": file})})

    async def _unless_cancelled(self, call: Call, work: Coroutine[Any, Any, T]) -> T:
        """Wait for work that comes before a call is sent, which ends where the call is cancelled."""
        cancelling = self._unsent.setdefault(call.id, asyncio.Event())
        working, cancelled = asyncio.ensure_future(work), asyncio.ensure_future(cancelling.wait())
        try:
            await asyncio.wait([working, cancelled], return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise _cancelled()
            return await working
        finally:
            for task in (working, cancelled):
                task.cancel()
            await asyncio.gather(working, cancelled, return_exceptions=True)

    async def _cut_in_time(self, call: Call, footage: Path | None) -> Path | None:
        """Cut the clip before anything is sent."""
        try:
            return await self._parts.cut(call, footage)
        except MediaError as error:
            await self.change(call, state=State.FAILED, error=str(error), charged=0)
            raise

    async def _send(self, call: Call, order: Order, provider: Provider, report: Report) -> tuple[Call, Ticket]:
        call = await self.change(call, state=State.SENT if provider.outlives_kernel else State.RUNNING)
        try:
            cancelled = self._unsent.pop(call.id, None)
            if cancelled is not None and cancelled.is_set():
                raise _cancelled()
            return call, await provider.create(order, call.key, report)
        except OutcomeUnknown as error:
            error.hint = error.hint.replace("settle(id,", f"settle({call.id!r},")
            await self.change(call, state=State.UNKNOWN, error=str(error))
            raise
        except GenerationFailed as error:
            await self.fail(call, provider, error)
            raise
        except Interrupted as error:
            await self.change(call, state=State.INTERRUPTED, error=str(error), charged=0)
            raise
        except SoraError as error:
            await self.change(call, state=State.FAILED, error=str(error), charged=0)
            raise

    async def follow(self, call: Call, provider: Provider, report: Report) -> Video:
        """Wait for an accepted video, then fetch it.

        Raises:
            SoraError: see base.Provider; the row says what it means for money.
        """
        ident, kind, asks = call.id, call.kind, call.route == "async" or call.task
        waiting = self._waited(call, provider, report) if asks else _known(call.video(), call)
        del call
        try:
            video, call = await waiting
            return await self._fetch(call, provider, video)
        except _BAD_ENDS as error:
            await self._end_badly(ident, kind, provider, error)
            raise

    async def _end_badly(self, ident: str, kind: str, provider: Provider, error: SoraError) -> None:
        """Write down how an accepted call ends that does not end well.

        Raises:
            WaitTimeout: the studio was closed; the call goes on.
        """
        if isinstance(error, ConfigError):
            raise WaitTimeout(f"The studio was closed before the {kind} was here.") from error
        call = await self._row(ident)
        if isinstance(error, GenerationFailed):
            await self.fail(call, provider, error)
        elif isinstance(error, Cancelled):
            # where a service does not tell what it bills for what it stopped, the estimate stays reserved
            charged = 0 if provider.profile.free else provider.charged(error.answer)
            answer = error.answer or call.answer
            await self.change(call, state=State.FAILED, error=str(error), charged=charged, answer=answer)

    async def _waited(self, call: Call, provider: Provider, report: Report) -> tuple[Video, Call]:
        ident, waiting = call.id, provider.wait(Ticket(id=call.task, kind=call.kind, video=call.video()), report)
        del call
        try:
            ticket = await waiting
        except GenerationFailed:
            raise
        except StatusUnknown as error:
            call = await self._row(ident)
            seen = call.details.get(UNKNOWN_WORD, {})
            since = datetime.fromisoformat(seen["since"]) if seen.get("word") == error.word else error.since
            told = StatusUnknown(call.task, error.word, since, call.id)
            details = {**call.details, UNKNOWN_WORD: {"word": error.word, "since": since.isoformat()}}
            await self.change(call, state=State.UNKNOWN, error=str(told), details=details)
            raise told from error
        except (WaitTimeout, ApiError) as error:
            await self.change(await self._row(ident), error=str(error))
            raise
        video = ticket.video
        assert video is not None
        return video, await self.change(await self._row(ident), url=video.url, answer=ticket.raw)

    async def _row(self, ident: str) -> Call:
        """Read the row of an accepted call again: while it waits, nothing is kept of it but its id.

        Raises:
            LedgerError: the ledger cannot be read.
        """
        try:
            call = await asyncio.to_thread(self._ledger.call, ident)
        except LedgerError as error:
            raise LedgerError(
                f"{error.message} The call was sent.",
                money="It may have been billed.",
                hint="Make the ledger readable again, then run studio.resume().",
            ) from error
        assert call is not None, "a row is never deleted"
        return call

    async def _fetch(self, call: Call, provider: Provider, video: Video) -> Video:
        incoming = self._files.incoming(f"{call.id}.mp4")
        begun = max(call.created_at, video.created_at or call.created_at)
        try:
            download = await provider.fetch(video.model_copy(update={"created_at": begun}), incoming)
        except LinkExpired as error:
            charged = self.charge(call, provider)
            await self.change(call, state=State.FAILED, charged=charged, error=f"Made, but not fetched: {error}")
            raise
        except DownloadError as error:
            await self.change(call, error=str(error))
            raise
        made = await self._keep_video(call, provider, incoming, download.sha256, {})
        return made.model_copy(update={"url": video.url, "completed_at": video.completed_at})

    async def _keep_video(
        self, call: Call, provider: Provider, incoming: Path, digest: str, done: Mapping[str, Any]
    ) -> Video:
        try:
            kept = await asyncio.to_thread(self._files.keep_video, incoming, digest)
        except MediaError as error:
            if not provider.outlives_kernel:  # nobody has it any more, and it was free
                incoming.unlink(missing_ok=True)
                lost = f"The film was made, but not kept: {error.message}"
                await self.change(call, state=State.INTERRUPTED, error=lost, charged=0, **done)
                raise DownloadError(lost, money=Interrupted.money, hint=f"Make room. {Interrupted.hint}") from error
            await self.change(call, error=str(error), **done)
            raise DownloadError(error.message, hint=error.hint or None) from error
        except StoreError as error:
            # whole and paid for: it waits here until the store takes it
            await asyncio.to_thread(incoming.replace, self._files.arrived(call.id))
            await self.change(call, error=str(error), **done)
            raise
        call = await self.change(
            call,
            state=State.DONE,
            charged=self.charge(call, provider),
            file=kept.file,
            sha256=digest,
            poster=kept.poster,
            seconds=call.seconds or kept.seconds,
            error=kept.note,
            **done,
        )
        await asyncio.to_thread(self._files.reassure, [path for path in (kept.poster, kept.file) if path is not None])
        return call.video()

    def has_arrived(self, call: Call) -> bool:
        """Whether the film of a call is here whole, and waits to be kept."""
        return call.state is not State.DONE and self._files.arrived(call.id).is_file()

    async def keep_arrived(self, call: Call, provider: Provider) -> Video:
        """Keep the film of a call that is here whole.

        Raises:
            DownloadError, StoreError: it still cannot be kept.
        """
        film = self._files.arrived(call.id)
        return await self._keep_video(call, provider, film, await asyncio.to_thread(_hash, film), {})

    async def keep(
        self,
        call: Call,
        provider: Provider,
        made: Character,
        footage: Path | None,
        files: Mapping[str, Path] | None = None,
    ) -> Character:
        """Keep a character with its avatar and clip; it is paid for, and kept whatever else goes wrong.

        Args:
            call: its row.
            provider: the service.
            made: the character as the service gave it.
            footage: the video it was cut from, where that is here.
            files: parts of it that are on this machine already.
        """
        kept: dict[str, Any] = {"clip": call.clip, "source": call.source}
        kept["description"] = str(call.details.get("description", "")) or made.description
        handle = made.username if made.raw.get("username") else ""
        kept["providers"] = {str(call.service): Registration(id=made.id, username=handle)}
        if call.details.get("name"):
            kept |= {"username": call.details["name"], "display_name": prompts.readable(call.details["name"])}
        url, note = "", ""
        if files:
            kept |= await self._parts.given(files)
        else:
            pictures, url, note = await self._parts.fetch_pictures(call, provider, made)
            kept |= pictures
        if call.clip is not None:
            try:
                kept |= await self._parts.keep_clip(call, provider, footage)
                note = " ".join(filter(None, [note, *self._parts.lacks.get(call.id, ())]))
            except StoreError as error:
                await self.change(call, error=str(error))
                raise
            except SoraError as error:
                note = f"{note} The clip could not be kept: {error}".strip()
        made = made.model_copy(update=kept)
        mine = await asyncio.to_thread(self._files.of_character, made)
        try:
            await asyncio.to_thread(self._files.share, mine)
        except StoreError as error:
            await self.change(call, error=str(error))
            raise
        character = await asyncio.to_thread(self._ledger.characters.add, made, call)
        await self.change(
            call,
            state=State.DONE,
            charged=self.charge(call, provider),
            characters=(character.username,),
            url=url,
            file=character.avatar,
            sha256=character.avatar_sha256,
            error=note,
        )
        await asyncio.to_thread(self._files.reassure, mine)
        return character

    async def complete(self, call: Call, provider: Provider) -> str:
        """Fetch the avatar that a finished character lacks, and say how that went."""
        known = await asyncio.to_thread(self._ledger.characters.of_call, call)
        if known is None:
            await self.change(call, url="")
            return "its character is no longer kept here"
        pictures, url, note = await self._parts.fetch_pictures(call, provider, known)
        who = await asyncio.to_thread(functools.partial(self._ledger.characters.change, known, **pictures))
        await self.change(call, url=url, file=who.avatar, sha256=who.avatar_sha256, error=note)
        return note or "its avatar is here now"

    # --- small things -----------------------------------------------------------------------------------------------

    async def change(self, call: Call, **values: Any) -> Call:
        """Write to a row. What cannot be written about a call that was sent is owed, and written with the next change.

        Raises:
            LedgerError: the ledger cannot be written.
        """
        owed = self._owed.pop(call.id, {}) | values
        try:
            changed = await asyncio.to_thread(self._ledger.change, call, **owed)
        except LedgerError as error:
            if call.state is State.PLANNED:
                raise LedgerError(error.message, money=NOTHING_SENT, hint=error.hint) from error
            self._owed[call.id] = owed
            task = owed.get("task") or call.task
            raise LedgerError(
                f"{error.message} The call was sent" + (f", as task {plain(task, 200)}." if task else "."),
                money="It may have been billed.",
                hint="Make the ledger writable again, then run studio.resume() in this session.",
            ) from error
        if changed.state in {State.DONE, State.FAILED}:
            self._parts.clip(call).unlink(missing_ok=True)
        return changed

    def is_owed(self, call: Call) -> bool:
        """Whether changes of a row could not be written yet."""
        return call.id in self._owed

    def is_active(self, call: Call) -> bool:
        """Whether this process works on a row."""
        return call.id in self._active

    def charge(self, call: Call, provider: Provider, *, failed: bool = False) -> int | None:
        """Return what a call that ended was charged in micro-dollars: as its answer says, else by the service's rules.

        Args:
            call: its row, with the last answer about it.
            provider: the service.
            failed: whether it was accepted and then failed.

        Returns:
            None where nobody knows: what is reserved for it stays so until it is settled.
        """
        rules = provider.profile
        if rules.free:
            return 0
        told = provider.charged(call.answer)
        if told is not None:
            return told
        if failed and rules.failures_unknown:
            return None
        route = "chat" if call.route == "sync" else call.kind
        return 0 if failed and route not in rules.failures_charged else call.estimate

    async def fail(self, call: Call, provider: Provider, error: GenerationFailed) -> Call:
        """Write down that a call was accepted and then failed, and what that was charged.

        Args:
            call: its row.
            provider: the service.
            error: how it failed.
        """
        answer = error.answer or call.answer
        charged = self.charge(call.model_copy(update={"answer": answer}), provider, failed=True)
        return await self.change(call, state=State.FAILED, error=str(error), charged=charged, answer=answer)

    async def idle(self, seconds: float) -> None:
        """Wait until nothing is worked on, but no longer than that many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._active:  # noqa: ASYNC110  it is a rare wait of a few rows, not worth an event
                    await asyncio.sleep(0.01)

    def working_on(self, *calls: Call) -> _Working:
        """Mark rows as being worked on in this process, for as long as a block lasts."""
        return _Working(self, tuple(call.id for call in calls))

    def begin(self, idents: Iterable[str]) -> None:
        """Mark rows as being worked on."""
        self._active.update(idents)

    def end(self, idents: Iterable[str]) -> None:
        """Mark rows as being worked on no more."""
        for ident in idents:
            self._drop(ident)

    def _drop(self, ident: str) -> None:
        self._active.discard(ident)
        self._unsent.pop(ident, None)
        self._parts.lacks.pop(ident, None)


class _Working:
    """A block in which rows are worked on; a thousand may be under way."""

    __slots__ = ("_idents", "_runner")

    def __init__(self, runner: Runner, idents: tuple[str, ...]) -> None:
        self._runner = runner
        self._idents = idents

    def __enter__(self) -> None:
        self._runner.begin(self._idents)

    def __exit__(self, *_: object) -> None:
        self._runner.end(self._idents)


async def _known(video: Video, call: Call) -> tuple[Video, Call]:
    """Return what _waited() would, of a call that there is nothing to wait for."""
    return video, call


def _cancelled() -> Cancelled:
    return Cancelled("The call was cancelled.", money=NOTHING_SENT)


def _digest(ticket: Ticket) -> Awaitable[str]:
    return asyncio.to_thread(_hash, ticket.files["video"])


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

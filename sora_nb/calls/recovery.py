"""Calls that an earlier kernel left open: looked up, finished, or told; nothing is paid for again."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from sora_nb import display
from sora_nb.errors import GenerationFailed, NotDelivered, PromptError, SoraError
from sora_nb.models import Model, State
from sora_nb.providers.base import Order, Source
from sora_nb.storage.call import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sora_nb.calls.lending import Lender
    from sora_nb.calls.runner import Runner
    from sora_nb.models import Character, ServiceId
    from sora_nb.providers.base import Member, Provider, Ticket
    from sora_nb.storage.call import Call
    from sora_nb.storage.ledger import Ledger
    from sora_nb.storage.place import Presence

UNDER_WAY = (State.PLANNED, State.SENT, State.RUNNING)
"""States of calls that a process may be working on."""
LOOK_SECONDS = 0.3
"""How often a call that another process works on is looked at."""
JUST_TAKEN = "left alone: another kernel has just taken it up"
WAY_OUT = "If you know from the bill: studio.settle(id, charged=...), with 0 where it was not billed."
"""How a person ends a call whose service does not tell its end."""
INTERRUPTED = "interrupted when its kernel ended; it is free, and resume(remake=True) makes it again"


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


class Recovery:
    """Takes up what was left open.

    Args:
        runner: what finishes calls.
        ledger: where the rows are.
        lender: makes ready what characters lend to an order that is sent again.
        lock: this process.
        provider: returns the provider of a service that is in use here, or None.
    """

    def __init__(
        self,
        runner: Runner,
        ledger: Ledger,
        lender: Lender,
        lock: Presence,
        provider: Callable[[ServiceId], Provider | None],
    ) -> None:
        self._runner = runner
        self._ledger = ledger
        self._lender = lender
        self._lock = lock
        self._provider = provider
        self._claiming = asyncio.Lock()

    async def resume(self, *, remake: bool = False) -> list[Resumed]:
        """Finish what was left open, and say what became of each call.

        Args:
            remake: whether interrupted orders of the engine of this process are made again; that is free.
        """
        states = (*OPEN, State.INTERRUPTED) if remake else OPEN
        found = await asyncio.to_thread(self._ledger.calls, states)
        found += await asyncio.to_thread(self._ledger.lacking_avatar)
        rows = [call for call in found if not self._runner.is_active(call)]
        notes: dict[str, str] = {}

        async def take_up(call: Call) -> None:
            try:
                notes[call.id] = await self._take_up(call, remake=remake)
            except (SoraError, ValueError) as error:  # ValueError: a listing or kept answer that cannot be read
                notes[call.id] = str(error)
            except Exception as error:  # noqa: BLE001  one row that cannot be finished must not keep the others from it
                notes[call.id] = f"not finished, {type(error).__name__}: {display.plain(error, 200)}"

        with self._runner.working_on(*rows):  # all at once, for another resume() may be as far as this one
            async with anyio.create_task_group() as group:
                for call in rows:
                    group.start_soon(take_up, call)
        now = {call.id: await asyncio.to_thread(self._ledger.call, call.id) for call in rows}
        return [
            Resumed(call=now[call.id] or call, was=call.state, note=_with_way_out(now[call.id], notes[call.id]))
            for call in rows
        ]

    def is_under_way(self, call: Call) -> bool:
        """Whether somebody works on a call: this process, or another one that lives."""
        if self._runner.is_active(call):
            return True
        return call.state in UNDER_WAY and call.owner != self._lock.id and not self._lock.is_gone(call.owner)

    async def finish(self, call: Call) -> str:
        """Finish one call, and say how that went.

        One that somebody works on is waited for, for as long as its service may take, and taken up if its process ends.

        Raises:
            SoraError: why it did not work.
        """
        loop = asyncio.get_running_loop()
        provider = self._provider(call.service)
        end = loop.time() + (provider.profile.video.wait_longest if provider else 0)
        while True:
            # a resume() of this process may have begun with it meanwhile
            if not await asyncio.to_thread(self.is_under_way, call) and not self._runner.is_active(call):
                with self._runner.working_on(call):
                    note = await self._take_up(call, remake=False)
                if note != JUST_TAKEN:
                    return note
            if loop.time() > end or not self._lock.is_held:
                return "it is being worked on"
            await asyncio.sleep(LOOK_SECONDS)
            now = await asyncio.to_thread(self._ledger.call, call.id)
            if now is None or now.state not in OPEN:
                return ""
            call = now

    async def _take_up(self, call: Call, *, remake: bool) -> str:
        provider = self._provider(call.service)
        if provider is None:
            return f"left alone: it was sent to {call.service}"
        if call.owner != self._lock.id and not await asyncio.to_thread(self._lock.is_gone, call.owner):
            return "left alone: another kernel works on it"
        if not await asyncio.to_thread(self._ledger.take_over, call, self._lock.id):
            return JUST_TAKEN
        call = call.model_copy(update={"owner": self._lock.id})
        if self._runner.is_owed(call):
            call = await self._runner.change(call)
        if self._runner.has_arrived(call):
            await self._runner.keep_arrived(call, provider)
            return "finished"
        if not provider.outlives_kernel and call.state is not State.DONE:
            return await self._interrupted(call, provider, remake=remake)
        return await self._advance(call, provider)

    async def _interrupted(self, call: Call, provider: Provider, *, remake: bool) -> str:
        """Tell that an order of the engine of this process ended with its kernel, or make it again."""
        if call.state is State.FAILED:
            return "only its row was not up to date"
        if call.state is not State.INTERRUPTED:
            call = await self._runner.change(call, state=State.INTERRUPTED, error=INTERRUPTED, charged=0)
        if not remake:
            return INTERRUPTED
        order = await self._order(call, provider)
        gone = set(call.characters) - self._ledger.characters.resolve(call.characters, call.service).keys()
        if gone and call.kind == "video":
            names = ", ".join(f"@{name}" for name in sorted(gone))
            raise PromptError(
                f"It mentions {names}, no longer kept here.", hint="studio.keep(character) brings one back."
            )
        provider.check(order)
        if call.kind == "video":
            await self._runner.video(call, order, provider, _unseen)
        else:
            await self._runner.character(call, order, provider, _unseen)
        return "made again"

    async def _advance(self, call: Call, provider: Provider) -> str:
        """Bring a row to its end, and say how."""
        if call.state is State.PLANNED:
            note = "it was never sent, so nothing was charged"
            await self._runner.change(call, state=State.FAILED, charged=0, error=note)
            return note
        if call.state is State.DONE and call.kind == "character":
            return await self._runner.complete(call, provider)
        if call.state in {State.DONE, State.FAILED}:
            return "only its row was not up to date"
        made: Character | None = None
        if call.state is State.UNKNOWN and call.task:  # it was accepted; what became of it is not known
            call = await self._runner.change(call, state=State.RUNNING, error="")
        if call.state is not State.RUNNING:
            found, made = await self._look_up(call, provider)
            if found.state is not State.RUNNING:
                return found.error
            call = found
        if call.kind == "video":
            await self._runner.follow(call, provider, _unseen)
        elif call.kind == "registration":
            await self._runner.follow_registration(call, provider, _unseen)
        else:
            made = made or provider.read_character(call.answer, await self._order(call, provider))
            await self._runner.keep(call, provider, made, await self._footage(call))
        return "finished"

    async def _footage(self, call: Call) -> Path | None:
        """Return the file of the video a character was made from, where the ledger has it."""
        where, _, task = call.source.partition(":")
        video = await asyncio.to_thread(self._ledger.video, task, call.service) if where == "task" else None
        return video.path if video else None

    async def _look_up(self, call: Call, provider: Provider) -> tuple[Call, Character | None]:
        """Find the task of a create whose answer never came; the row says RUNNING where it was found."""
        order = await self._order(call, provider)
        # two rows of the same words must not find the same task
        async with self._claiming if call.kind == "video" else contextlib.nullcontext():
            taken = self._ledger.tasks(call.service)
            try:
                ticket = await provider.find(order, call.key, call.created_at, taken)
            except NotDelivered:
                note = "it never reached the service, so nothing was charged"
                return await self._runner.change(call, state=State.FAILED, charged=0, error=note), None
            except GenerationFailed as error:
                return await self._runner.fail(call, provider, error), None
            found = None if ticket is None else await self._claim(call, ticket)
            if ticket is None or found is None:
                note = f"not found at the service; it may have been billed. {WAY_OUT}"
                await self._runner.change(call, state=State.UNKNOWN, error=call.error or note)
                return call.model_copy(update={"state": State.UNKNOWN, "error": note}), None
            return found, ticket.character

    async def _claim(self, call: Call, ticket: Ticket) -> Call | None:
        """Write a found task into its row; None where another kernel has just found it for a row of the same words."""
        if call.kind == "video":
            return await asyncio.to_thread(self._ledger.claim, call, ticket.id, ticket.raw)
        return await self._runner.change(call, state=State.RUNNING, task=ticket.id, answer=ticket.raw)

    async def _order(self, call: Call, provider: Provider) -> Order:
        """Return what a row asked for."""
        return await asyncio.to_thread(self._order_now, call, provider)

    def _order_now(self, call: Call, provider: Provider) -> Order:
        if call.kind == "character":
            return self._brought(order_of(call, ()))
        characters = self._ledger.characters
        cast = characters.named(call.characters, call.service)
        call = call.model_copy(update={"prompt": characters.up_to_date(call.prompt, call.service)})
        references = call.details.get("references", "stills")
        try:
            members = self._lender.members(cast, provider, call.model, references)
        except SoraError:  # what showed a character is gone; the service may find the order without
            members = ()
        return self._brought(order_of(call, cast, members))

    def _brought(self, order: Order) -> Order:
        """Return an order whose picture and footage come from the store, where they are not here."""
        at = self._ledger.keys.at
        if at is None:
            return order
        source = order.source
        if source is not None and source.file is not None:
            source = source.model_copy(update={"file": at(source.file)})
        image = None if order.image is None else at(order.image)
        return order.model_copy(update={"source": source, "image": image})


def order_of(call: Call, cast: Sequence[Character], members: Sequence[Member] = ()) -> Order:
    """Return the order of a row.

    Args:
        call: the row.
        cast: the characters it names.
        members: the same with what they lend.
    """
    kept = call.details
    where, _, rest = call.source.partition(":")
    source = Source(
        origin=call.source,
        url=rest if where == "url" else None,
        task=rest if where == "task" else None,
        file=Path(kept["file"]) if "file" in kept else None,
        upload=where == "file" and call.route != "file",
        as_file=call.route == "file",
    )
    return Order(
        kind=call.kind,
        route="sync" if call.route == "sync" else "async",
        model=call.model,
        prompt=call.prompt,
        cast=tuple(cast),
        members=tuple(members),
        wording=str(kept.get("wording", "")),
        sent=tuple(kept.get("sent", ())),
        size=call.size,
        seconds=call.seconds,
        seed=call.seed,
        image=Path(kept["image"]) if "image" in kept else None,
        clip=call.clip,
        source=source if call.kind == "character" else None,
        subject=tuple(kept["subject"]) if "subject" in kept else None,
        name=str(kept.get("name", "")),
    )


def _with_way_out(call: Call | None, note: str) -> str:
    """Add to what is said of a call how a person ends it, where it still holds money and nobody knows more."""
    if (
        call is None
        or call.state not in OPEN
        or call.reserved == 0
        or "settle(" in note
        or note.startswith("left alone")
    ):
        return note
    return f"{note.rstrip('.')}. {WAY_OUT}"


def _unseen(_: float, __: str = "", /) -> None:
    """Take a progress that nobody looks at."""

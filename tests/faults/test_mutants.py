"""A test of the fault tests: clients that are wrong in the ways clients usually are must be caught by them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from faults import campaign
from faults.report import Tally
from faults.world import Violation

from sora_nb.calls.recovery import Recovery
from sora_nb.calls.runner import Runner
from sora_nb.errors import DownloadError, OutcomeUnknown
from sora_nb.models import State
from sora_nb.providers import errors
from sora_nb.providers.addresses import parse
from sora_nb.providers.download import Downloader, _keep
from sora_nb.providers.hosted import HostedProvider


def retry_on_read_timeout(patch):
    """No answer came: send it again, as most clients do."""
    honest = HostedProvider._again

    async def again(self, once):
        try:
            return await honest(self, once)
        except OutcomeUnknown:
            return await honest(self, once)

    patch.setattr(HostedProvider, "_again", again)


def row_after_send(patch):
    """Write the call down once it has been answered."""

    async def send(self, call, order, provider, report):
        ticket = await provider.create(order, call.key, report)
        return self._ledger.add(call.model_copy(update={"state": State.SENT, "owner": self._lock.id})), ticket

    patch.setattr(Runner, "plan", lambda _self, call, _allowance, _copy=None: call)
    patch.setattr(Runner, "_send", send)


def download_to_the_final_name(patch):
    """Write what arrives straight into the file."""

    async def download(self, url, target, **_):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            async with self._transport.get(parse(url), at=url, headers={}, extensions={}) as answer:
                with target.open("wb") as file:
                    async for piece in answer.pieces:
                        file.write(piece)
        except Exception as error:
            raise DownloadError("The file did not arrive.") from error
        return _keep(target, target)

    patch.setattr(Downloader, "download", download)


def forget_the_key(patch):
    """Send another key than the one that is written down."""
    honest = HostedProvider.create

    async def create(self, order, key, report):
        return await honest(self, order, uuid4().hex, report)

    patch.setattr(HostedProvider, "create", create)


def resume_posts_again(patch):
    """Not found? Then it was not made."""

    async def look_up(self, call, provider):
        ticket = await provider.create(await self._order(call, provider), call.key, lambda _: None)
        return await self._runner.change(call, state=State.RUNNING, task=ticket.id), ticket.character

    patch.setattr(Recovery, "_look_up", look_up)


def a_gateway_error_is_a_refusal(patch):
    """502 means that it was not taken."""
    patch.setattr(errors, "_maybe_accepted", lambda status: status < 400)


def the_newest_task_is_ours(patch):
    """Whatever is on top of the listing must be it."""

    def by_time(_self, _order, _sent, _taken, entries):
        return next(iter(entries), None)

    patch.setattr(HostedProvider, "_by_time", by_time)


MUTANTS = {
    retry_on_read_timeout: "sent again without a refusal",
    row_after_send: "the ledger did not know",
    download_to_the_final_name: "is not whole",
    forget_the_key: "the ledger did not know",
    resume_posts_again: "sent again without a refusal|whose row said unknown",
    a_gateway_error_is_a_refusal: "paid for and lost",
    the_newest_task_is_ours: "two rows claim one task|the file of another task|never taken|paid for and lost",
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_wrong_client_is_caught(world, monkeypatch, mutant):
    mutant(monkeypatch)
    with pytest.raises(Violation, match=MUTANTS[mutant]):
        campaign.caught(world, Tally(), 7)

"""What the ledger has of an experiment: looked up by the requests themselves, so that no list of videos needs keeping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sora_nb.models import State
from sora_nb.storage.call import OPEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.experiments.plan import Combination
    from sora_nb.storage.call import Call
    from sora_nb.storage.ledger import Ledger


def attempts(ledger: Ledger, combinations: Sequence[Combination]) -> list[Call]:
    """Return every call for one of the combinations, oldest first at each service; the ledger is read once a service."""
    wanted = set(map(_request, combinations))
    texts = {one.prompt for one in combinations}
    services = dict.fromkeys(one.service for one in combinations)
    calls = [call for service in services for call in ledger.calls(kind="video", prompts=texts, service=service)]
    return [call for call in calls if not call.image and call.route == "async" and _request(call) in wanted]


def best(combinations: Sequence[Combination], calls: Sequence[Call]) -> dict[int, Call]:
    """Give each combination, by its number, one of the calls with its request: finished ones first, then those under way.

    Args:
        combinations: the experiment.
        calls: its attempts().
    """
    numbers: dict[tuple[Any, ...], list[int]] = {}
    for number, wanted in enumerate(combinations):
        numbers.setdefault(_request(wanted), []).append(number)
    found: dict[tuple[Any, ...], list[Call]] = {request: [] for request in numbers}
    for call in calls:
        found[_request(call)].append(call)
    chosen: dict[int, Call] = {}
    for request, tried in found.items():
        newest_first = tried[::-1]
        kept = sorted(newest_first, key=_rank, reverse=True)[: len(numbers[request])]
        # equal requests keep their rows when a further one is made
        in_order = sorted(kept, key=lambda call: (-_rank(call), call.created_at))
        chosen.update(zip(numbers[request], in_order, strict=False))
    return chosen


def _request(one: Combination | Call) -> tuple[Any, ...]:
    """Return what was asked for, as it stands in a plan and in the ledger alike."""
    return one.service, one.prompt, one.model, one.size, int(one.seconds or 0), one.seed


def _rank(call: Call) -> int:
    """A finished call beats one under way, and that beats one that failed or was interrupted."""
    if call.state is State.DONE:
        return 2
    return 1 if call.state in OPEN else 0

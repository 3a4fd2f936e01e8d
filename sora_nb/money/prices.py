"""What a call will cost at list price, told before anything is sent."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from sora_nb import display
from sora_nb.errors import InvalidInput
from sora_nb.models import Model, dollars

if TYPE_CHECKING:
    from sora_nb.providers.registry import Profile


class Estimate(Model):
    """What a call will cost at list price.

    Attributes:
        amount: micro-dollars, or None where no price list has the model.
        free: whether nothing is charged all the same.
        source, date: where the price was read, and when.
    """

    amount: int | None
    free: bool
    source: str = ""
    date: dt.date | None = None

    @property
    def usd(self) -> float | None:
        """The amount in dollars."""
        return None if self.amount is None else self.amount / 1_000_000

    @property
    def charge(self) -> int | None:
        """What will be charged in micro-dollars, as far as the list tells: nothing where calls are free."""
        return 0 if self.free else self.amount

    def __str__(self) -> str:
        if self.amount is None:
            return "unknown: no price list has this model"
        note = ", charged nothing here" if self.free else ""
        return f"{dollars(self.amount)}{note} ({self.source}, {self.date})"

    def __repr__(self) -> str:
        return f"Estimate({self})"

    @property
    def origin(self) -> str:
        """Where the price comes from, with its date, as the ledger keeps it."""
        return f"{self.source} ({self.date})" if self.date else ""


def estimate(profile: Profile, kind: Literal["video", "character"], model: str, seconds: float) -> Estimate:
    """Return what one call will cost.

    Args:
        profile: the gateway, whose price list counts.
        kind: what is bought.
        model: its name there.
        seconds: length of the video or clip.

    Raises:
        InvalidInput: nothing of this kind is sold.
    """
    if kind not in ("video", "character"):
        raise InvalidInput(
            f"An estimate is for a 'video' or a 'character', not for {display.plain(kind, 60)!r}.",
            hint="Write estimate('video', model=..., seconds=...); a prompt does not change the price.",
        )
    price = profile.price(kind, model)
    if price is None:
        return Estimate(amount=None, free=profile.free)
    return Estimate(amount=price.cost(seconds), free=profile.free, source=price.source, date=price.date)

"""What a call will cost at list price, told before anything is sent."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal, SupportsFloat

from sora_nb import arguments, display
from sora_nb.errors import InvalidInput
from sora_nb.models import Model, dollars, in_dollars

if TYPE_CHECKING:
    from decimal import Decimal

    from sora_nb.providers.profile import Profile


class Estimate(Model):
    """What a call will cost at list price.

    Attributes:
        micros: the list price in whole micro-dollars, as the ledger keeps it; None where no price list has the model.
        free: whether nothing is charged all the same.
        source, date: where the price was read, and when.
    """

    micros: int | None
    free: bool
    source: str = ""
    date: dt.date | None = None

    @property
    def usd(self) -> Decimal | None:
        """The list price in dollars, or None where no price list has the model."""
        return in_dollars(self.micros)

    @property
    def charged_micros(self) -> int | None:
        """What will be charged in whole micro-dollars, as far as the list tells: nothing where calls are free."""
        return 0 if self.free else self.micros

    def __str__(self) -> str:
        if self.micros is None:
            return "unknown: no price list has this model"
        note = ", charged nothing here" if self.free else ""
        return f"{dollars(self.micros)}{note} ({self.source}, {self.date})"

    def __repr__(self) -> str:
        return f"Estimate({self})"

    @property
    def origin(self) -> str:
        """Where the price comes from, with its date, as the ledger keeps it."""
        return f"{self.source} ({self.date})" if self.date else ""


def estimate(
    profile: Profile,
    kind: Literal["video", "character", "registration"],
    model: str,
    seconds: SupportsFloat | None = None,
) -> Estimate:
    """Return what one call will cost.

    Args:
        profile: the gateway, whose price list counts.
        kind: what is bought.
        model: its name there.
        seconds: length of the video or clip; by default the profile's video, or the longest clip it takes.

    Raises:
        InvalidInput: nothing of this kind is sold, or the length is not above 0.
    """
    if kind not in ("video", "character", "registration"):
        raise InvalidInput(
            f"An estimate is for a 'video' or a 'character', not for {display.plain(kind, 60)!r}.",
            hint="Write estimate('video', model=..., seconds=...); a prompt does not change the price.",
        )
    if seconds is None:
        seconds = profile.video.seconds if kind == "video" else profile.character.span.longest
    length = arguments.number(seconds)
    if length is None or length <= 0:
        raise InvalidInput(
            f"An estimate is for a length above 0, not for {display.plain(repr(seconds), 60)}.",
            hint="Give the seconds, like 8.",
        )
    price = profile.price(kind, model)
    if price is None:
        return Estimate(micros=None, free=profile.free)
    return Estimate(micros=price.cost(seconds), free=profile.free, source=price.source, date=price.date)

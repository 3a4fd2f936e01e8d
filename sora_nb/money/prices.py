"""What a call will cost at list price, told before anything is sent."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, SupportsFloat, get_args

from sora_nb import arguments, display
from sora_nb.errors import InvalidInput
from sora_nb.models import Bought, Model, Purchase, dollars, in_dollars
from sora_nb.providers import registry
from sora_nb.providers.references import compiled
from sora_nb.providers.shapes import shape_of, short_side

if TYPE_CHECKING:
    from sora_nb.providers.base import Order
    from sora_nb.providers.profile import Profile


OLD_DAYS = 60
"""After so many days a price that was read is worth another look."""


class Estimate(Model):
    """What a call will cost at list price.

    Attributes:
        micros: the list price in whole micro-dollars, as the ledger keeps it; None where no price list has the model.
        free: whether nothing is charged all the same.
        source, date: where the price was read, and when.
        age: how many days ago that was.
    """

    micros: int | None
    free: bool
    source: str = ""
    date: dt.date | None = None
    age: int = 0

    @property
    def old(self) -> bool:
        """Whether the price was read so long ago that the vendor may ask another one by now; not where calls are free."""
        return self.age > OLD_DAYS and not self.free

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
        age = f", read {self.age} days ago: check it at the vendor" if self.old else ""
        return f"{dollars(self.micros)}{note} ({self.source}, {self.date}{age})"

    def __repr__(self) -> str:
        return f"Estimate({self})"

    @property
    def origin(self) -> str:
        """Where the price comes from, with its date, as the ledger keeps it."""
        return f"{self.source} ({self.date})" if self.date else ""


def estimate(profile: Profile, bought: Purchase, *, today: dt.date | None = None) -> Estimate:
    """Return what one call will cost.

    Args:
        profile: the gateway, whose price list counts.
        bought: what is bought.
        today: the day from which the price's age is counted; else today, in UTC.
    """
    found = profile.price(bought)
    if found is None:
        return Estimate(micros=None, free=profile.free)
    age = ((today or dt.datetime.now(dt.UTC).date()) - found.date).days
    return Estimate(micros=found.micros, free=profile.free, source=found.source, date=found.date, age=max(0, age))


def purchase(
    profile: Profile,
    kind: Bought,
    model: str = "",
    seconds: SupportsFloat | None = None,
    *,
    size: str = "",
    resolution: str = "",
    sound: bool | None = None,
    images: int = 0,
    clip_seconds: SupportsFloat = 0,
) -> Purchase:
    """Return what one call buys, with what the profile asks for where nothing is said.

    Args:
        profile: the gateway.
        kind: what is bought.
        model: its name there; "" for the profile's.
        seconds: length of the video or clip; else the profile's video, or the longest clip it takes.
        size: of the video, like "1280x720"; else the profile's.
        resolution: as the service calls it; else that which the model makes for the size.
        sound: as of Purchase; else what is asked for where the caller says nothing.
        images, clip_seconds: as of Purchase.

    Raises:
        InvalidInput: nothing of this kind is sold, the length is not above 0, or another number is below 0.
    """
    if kind not in get_args(Bought):
        raise InvalidInput(
            f"An estimate is for a 'video' or a 'character', not for {display.plain(kind, 60)!r}.",
            hint="Write estimate('video', model=..., seconds=...); a prompt does not change the price.",
        )
    model = model or (profile.video.model if kind == "video" else profile.character.model or "")
    rules = profile.rules(model)
    if seconds is None:
        seconds = rules.seconds if kind == "video" and rules.seconds else profile.character.span.longest
    length = arguments.number(seconds)
    if length is None or length <= 0:
        raise InvalidInput(
            f"An estimate is for a length above 0, not for {display.plain(repr(seconds), 60)}.",
            hint="Give the seconds, like 8.",
        )
    pictures, clips = arguments.whole(images), arguments.number(clip_seconds)
    if pictures is None or pictures < 0 or clips is None or clips < 0:
        raise InvalidInput(
            f"An estimate is for a number of pictures and for seconds of clips, 0 or more, not for "
            f"{display.plain(repr(images), 60)} and {display.plain(repr(clip_seconds), 60)}.",
            hint="Write estimate(images=3, clip_seconds=4.5).",
        )
    shape = shape_of(_scaled(size or rules.size, resolution), rules, resolution)
    return Purchase(
        kind=kind,
        model=model,
        seconds=seconds,
        resolution=resolution or shape.resolution or f"{min(shape.width, shape.height)}p",
        sound=rules.sound if sound is None else sound,
        images=pictures,
        clip_seconds=clip_seconds,
        tokens=registry.dialect(profile).tokens(model, shape, seconds) if kind == "video" else None,
    )


def ordered(profile: Profile, order: Order) -> Purchase:
    """Return what an order buys: a video as its model gets it, with the pictures and clips that are sent.

    Args:
        profile: the gateway.
        order: one that its provider let pass.

    Raises:
        InvalidInput: it has no length above 0.
    """
    if order.kind != "video":
        return purchase(profile, order.kind, order.model, order.seconds)
    made = compiled(order, profile)
    return purchase(
        profile,
        "video",
        order.model,
        made.seconds,
        size=made.shape.size,
        resolution=made.shape.resolution,
        sound=made.sound,
        images=len(made.pictures) + (order.image is not None),
        clip_seconds=sum(Decimal(str(clip.seconds)) for clip in made.clips),
    )


def of_order(profile: Profile, order: Order) -> Estimate:
    """Return what an order will cost at list price.

    Args:
        profile, order: as of ordered().

    Raises:
        InvalidInput: it has no length above 0.
    """
    return estimate(profile, ordered(profile, order))


def _scaled(size: str, resolution: str) -> str:
    """Return a size with the shorter side of a resolution; unchanged where that does not say it."""
    width, height = map(int, size.split("x"))
    part = Fraction(short_side(resolution) or min(width, height), min(width, height))
    return f"{round(width * part)}x{round(height * part)}"

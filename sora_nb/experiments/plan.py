"""The combinations of an experiment: prompts x characters x models x repeats, each checked before anything is sent.

Where several models are compared, what one service refuses is in the plan with its sentence, and the others go on.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, SupportsFloat, TypeVar

from pydantic import Field

from sora_nb import arguments, display, prompts
from sora_nb.errors import InvalidInput, LedgerError, RouteRetired, SoraError
from sora_nb.models import Character, Model, ServiceId
from sora_nb.money import prices
from sora_nb.money.prices import Estimate
from sora_nb.providers import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.calls.session import Session
    from sora_nb.providers.profile import Profile

T = TypeVar("T")
PLACEHOLDER = "{character}"


class _Asked(NamedTuple):
    """A video as the person asks for it; None where the service's own default counts."""

    prompt: str
    model: str | None
    size: str | None
    seconds: int | None
    seed: int | None
    repeats: int


class Combination(Model):
    """One video of an experiment: what is asked for.

    Attributes:
        prompt, model, size, seconds, seed: the request.
        cast: usernames that the prompt mentions.
        service: who is asked for it.
        repeat: tells equal requests apart where the service takes no seed, counted from 0.
        text, who: the prompt before a character was put into it, and the mention of that character, or "".
        price: its list price, with the pictures that show who is meant; None where it is refused.
        refusal: why its service does not take it, in sentences; "" where it does.
    """

    prompt: str
    cast: tuple[str, ...] = ()
    service: ServiceId
    model: str
    size: str
    seconds: int
    seed: int | None = None
    repeat: int = 0
    text: str = Field(default="", exclude=True, repr=False)
    who: str = Field(default="", exclude=True, repr=False)
    price: Estimate | None = Field(default=None, exclude=True, repr=False)
    refusal: str = Field(default="", exclude=True)

    @property
    def model_name(self) -> str:
        """The model's name with its provider's before it, as every studio understands it."""
        return f"{self.service.provider}/{self.model}"

    @property
    def due(self) -> int | None:
        """What it will be charged in micro-dollars, or None where no price list tells."""
        return self.price.charged_micros if self.price else None


def plan(
    session: Session,
    texts: Sequence[str] | str,
    *,
    characters: Sequence[Character] | Character = (),
    models: Sequence[str] | str = (),
    seconds: SupportsFloat | None = None,
    size: str | Sequence[int] | None = None,
    seed: int | None = None,
    repeats: int = 1,
) -> list[Combination]:
    """List the videos of an experiment; see Studio.sweep(). Only the characters that are mentioned are read.

    Args:
        session: whose service, defaults and characters count.
        texts: prompts; `{character}` in one of them stands for each of the characters in turn.
        characters: who is put there.
        models, seconds, size: by default the service's.
        seed: of the first repeat; each further one has the next seed. Without it, repeats have seeds from 0 on where
            the service takes seeds, and none elsewhere.
        repeats: how often each combination is made.

    Raises:
        InvalidInput: nothing to do, a placeholder without characters or the other way round, no such length, size or
            seed.
        SoraError: what generate() refuses, where there is one model, or where every service refuses.
    """
    texts = [texts] if isinstance(texts, str) else _several(texts, str, "prompts")
    chosen: list[str | None] = [models] if isinstance(models, str) else [*_several(models, str, "models")] or [None]
    characters = (
        [characters] if isinstance(characters, Character) else _several(characters, (Character, str), "characters")
    )
    repeats = arguments.count(repeats, "repeats")
    _check_places(texts, characters)
    size = None if size is None else arguments.size(size)
    seconds = None if seconds is None else arguments.seconds(seconds)
    seed = None if seed is None else arguments.seed(seed)
    found: list[Combination] = []
    refusals: list[SoraError] = []
    for text, model in itertools.product(texts, chosen):
        for who in characters if PLACEHOLDER in text else ("",):
            asked = _Asked(text.replace(PLACEHOLDER, str(who)), model, size, seconds, seed, repeats)
            try:
                made = _accepted(session, asked)
            except LedgerError:
                raise
            except SoraError as error:
                if len(chosen) == 1:
                    raise
                refusals.append(error)
                made = _refused(session, asked, error)
            found += [one.model_copy(update={"text": text, "who": str(who)}) for one in made]
    if all(one.refusal for one in found):
        raise _first(refusals)
    unique: dict[str, Combination] = {}
    for one in found:
        unique.setdefault(one.model_dump_json(), one)
    return list(unique.values())


def _check_places(texts: Sequence[str], characters: Sequence[Character]) -> None:
    """Refuse prompts and characters that do not belong together.

    Raises:
        InvalidInput: no prompt, a place for a character without one, or characters without a place.
    """
    if not texts:
        raise InvalidInput("There is nothing to make.", hint="Give at least one prompt.")
    placed = [text for text in texts if PLACEHOLDER in text]
    if placed and not characters:
        raise InvalidInput(
            f"{placed[0]!r} has a place for a character, but none is given.", hint="Give characters=[...]."
        )
    if characters and not placed:
        raise InvalidInput(
            "No prompt has a place for the characters.",
            hint=f'Write {PLACEHOLDER} into one, like "{PLACEHOLDER} dances".',
        )


def _accepted(session: Session, asked: _Asked) -> list[Combination]:
    """Return a video of a service as often as it is repeated.

    Raises:
        SoraError: the service does not take it, or cannot be used.
    """
    provider, order = session.video_order(
        asked.prompt, model=asked.model, size=asked.size, seconds=asked.seconds, seed=asked.seed
    )
    try:
        provider.check(order)
        bought = prices.ordered(provider.profile, order)
    except RouteRetired:  # what was made before can still be looked at; run() refuses more
        bought = prices.purchase(provider.profile, "video", order.model, order.seconds, size=order.size)
    return [
        Combination(
            prompt=asked.prompt,
            cast=tuple(who.username for who in order.cast),
            service=provider.service,
            model=order.model,
            size=order.size,
            seconds=int(order.seconds or 0),
            seed=number,
            repeat=repeat,
            price=prices.estimate(provider.profile, bought),
        )
        for number, repeat in _repeats(asked.repeats, asked.seed, seeds=provider.profile.video.seeds)
    ]


def _refused(session: Session, asked: _Asked, error: SoraError) -> list[Combination]:
    """Return what _accepted() would have, with the reason why it is not to be made."""
    service, profile, model = _service(session, asked.model)
    return [
        Combination(
            prompt=asked.prompt,
            cast=tuple(prompts.candidates(asked.prompt)),
            service=service,
            model=model,
            size=asked.size or profile.rules(model).size,
            seconds=asked.seconds or profile.rules(model).seconds or profile.video.seconds,
            seed=number,
            repeat=repeat,
            refusal=" ".join(filter(None, (error.message, error.hint))),
        )
        for number, repeat in _repeats(asked.repeats, asked.seed, seeds=profile.video.seeds)
    ]


def _service(session: Session, model: str | None) -> tuple[ServiceId, Profile, str]:
    """Return whose a model is, and its name there, also where that service cannot be used for want of a key."""
    try:
        provider, name = session.services.provider_of(model)
    except SoraError:
        provider_name, _, name = (model or "").partition("/")
        profile = registry.get(provider_name)
        return ServiceId(provider_name, profile.base_url), profile, name or profile.video.model
    return provider.service, provider.profile, name or provider.profile.video.model


def _first(refusals: Sequence[SoraError]) -> SoraError:
    """Return the first refusal, with what else was said as notes to it."""
    first = refusals[0]
    for said in dict.fromkeys(str(error) for error in refusals):
        if said != str(first):
            first.add_note(said)
    return first


def _several(given: Iterable[T], kind: type | tuple[type, ...], name: str) -> list[T]:
    """Return a list of what was given, all of the kinds that it may hold.

    Raises:
        InvalidInput: it is no list, or holds something else.
    """
    found = list(given) if isinstance(given, Iterable) else [given]
    wrong = [one for one in found if not isinstance(one, kind)]
    if wrong:
        raise InvalidInput(
            f"{display.plain(repr(wrong[0]), 80)} is none of the {name}.", hint=f"Give a list of {name}."
        )
    return found


def _repeats(count: int, seed: int | None, *, seeds: bool) -> list[tuple[int | None, int]]:
    """Return seed and number of each repeat; the seed tells repeats apart, and the number where there is no seed."""
    if count == 1:
        return [(seed, 0)]
    if seed is None and not seeds:
        return [(None, number) for number in range(count)]
    return [((seed or 0) + number, 0) for number in range(count)]

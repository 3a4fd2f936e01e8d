"""The combinations of an experiment: prompts x characters x models x repeats, each checked before anything is sent."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, SupportsFloat, TypeVar

from sora_nb import arguments, display
from sora_nb.errors import InvalidInput, RouteRetired
from sora_nb.models import Character, Model, ServiceId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.calls.session import Session

T = TypeVar("T")
PLACEHOLDER = "{character}"


class Combination(Model):
    """One video of an experiment: what is asked for.

    Attributes:
        prompt, model, size, seconds, seed: the request.
        cast: usernames that the prompt mentions.
        service: who is asked for it.
        repeat: tells equal requests apart where the service takes no seed, counted from 0.
    """

    prompt: str
    cast: tuple[str, ...] = ()
    service: ServiceId
    model: str
    size: str
    seconds: int
    seed: int | None = None
    repeat: int = 0


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
        PromptError: a prompt that generate() refuses.
    """
    texts = [texts] if isinstance(texts, str) else _several(texts, str, "prompts")
    chosen: list[str | None] = [models] if isinstance(models, str) else [*_several(models, str, "models")] or [None]
    characters = (
        [characters] if isinstance(characters, Character) else _several(characters, (Character, str), "characters")
    )
    repeats = arguments.count(repeats, "repeats")
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
    found = []
    for text, model in itertools.product(texts, chosen):
        for who in characters if PLACEHOLDER in text else (None,):
            prompt = text.replace(PLACEHOLDER, str(who)) if who else text
            provider, order = session.video_order(prompt, model=model, size=size, seconds=seconds, seed=seed)
            with contextlib.suppress(RouteRetired):  # what was made before can still be looked at; run() refuses more
                provider.check(order)
            found += [
                Combination(
                    prompt=prompt,
                    cast=tuple(who.username for who in order.cast),
                    service=provider.service,
                    model=order.model,
                    size=order.size,
                    seconds=int(order.seconds or 0),
                    seed=number,
                    repeat=repeat,
                )
                for number, repeat in _repeats(repeats, order.seed, seeds=provider.profile.video.seeds)
            ]
    return list(dict.fromkeys(found))


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

"""The combinations of an experiment: prompts x characters x models x repeats."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from sora_nb.errors import (
    InvalidInput,
)
from sora_nb.models import Character, Model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


PLACEHOLDER = "{character}"


class Combination(Model):
    """One video of an experiment: what is asked for."""

    prompt: str
    cast: tuple[str, ...] = ()
    model: str
    size: str
    seconds: int
    seed: int | None = None


def plan(
    texts: Sequence[str],
    *,
    cast: Callable[[str], Sequence[Character]],
    characters: Sequence[Character],
    models: Sequence[str],
    seconds: int,
    size: str,
    seed: int | None,
    repeats: int,
) -> list[Combination]:
    """List the videos of an experiment; see Studio.sweep().

    `cast` tells whom a prompt mentions, and refuses what cannot be sent.

    Raises:
        InvalidInput: nothing to do, or a placeholder without characters or the other way round.
    """
    texts = [texts] if isinstance(texts, str) else list(texts)
    models = [models] if isinstance(models, str) else models
    characters = [characters] if isinstance(characters, Character) else characters
    if not texts or repeats < 1:
        raise InvalidInput("There is nothing to make.", hint="Give at least one prompt, and one repeat.")
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
    seeds = [seed] if repeats == 1 else [(seed or 0) + number for number in range(repeats)]
    found = []
    for text, model in itertools.product(texts, models):
        for who in characters if PLACEHOLDER in text else (None,):
            prompt = text.replace(PLACEHOLDER, str(who)) if who else text
            names = tuple(one.username for one in cast(prompt))
            found += [
                Combination(prompt=prompt, cast=names, model=model, size=size, seconds=seconds, seed=number)
                for number in seeds
            ]
    return list(dict.fromkeys(found))

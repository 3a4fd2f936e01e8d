"""The combinations of an experiment: prompts x characters x models x repeats, each checked before anything is sent."""

from __future__ import annotations

import itertools
import re
from numbers import Integral
from typing import TYPE_CHECKING, Any

from sora_nb import prompts
from sora_nb.errors import InvalidInput, PromptError
from sora_nb.models import Character, Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.calls.session import Session


PLACEHOLDER = "{character}"
_SIZE = re.compile(r"[1-9][0-9]{1,4}x[1-9][0-9]{1,4}")


class Combination(Model):
    """One video of an experiment: what is asked for.

    Attributes:
        prompt, model, size, seconds, seed: the request.
        cast: usernames that the prompt mentions.
        repeat: tells equal requests apart where the service takes no seed, counted from 0.
    """

    prompt: str
    cast: tuple[str, ...] = ()
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
    seconds: int | None = None,
    size: str | None = None,
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
    rules = session.profile.video
    texts = [texts] if isinstance(texts, str) else list(texts)
    models = [models] if isinstance(models, str) else list(models) or [rules.model]
    characters = [characters] if isinstance(characters, Character) else list(characters)
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
    size = _size(rules.size if size is None else size)
    seconds = _seconds(rules.seconds if seconds is None else seconds, rules.seconds_allowed)
    repeated = _repeats(repeats, seed, seeds=rules.seeds)
    cast = _Cast(session)
    found = []
    for text, model in itertools.product(texts, models):
        for who in characters if PLACEHOLDER in text else (None,):
            prompt = text.replace(PLACEHOLDER, str(who)) if who else text
            names = cast.of(prompt)
            found += [
                Combination(
                    prompt=prompt, cast=names, model=model, size=size, seconds=seconds, seed=number, repeat=repeat
                )
                for number, repeat in repeated
            ]
    return list(dict.fromkeys(found))


def _repeats(count: int, seed: int | None, *, seeds: bool) -> list[tuple[int | None, int]]:
    """Return seed and number of each repeat; the seed tells repeats apart, and the number where there is no seed."""
    if seed is not None and not isinstance(seed, Integral):
        raise InvalidInput(f"A seed is a whole number, not {seed!r}.")
    if count == 1:
        return [(seed, 0)]
    if seed is None and not seeds:
        return [(None, number) for number in range(count)]
    return [((seed or 0) + number, 0) for number in range(count)]


def _size(size: Any) -> str:
    if not isinstance(size, str) or not _SIZE.fullmatch(size):
        raise InvalidInput(f'A size is written "1280x720", not {size!r}.')
    return size


def _seconds(seconds: Any, allowed: Sequence[int]) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, Integral) or seconds < 1:
        raise InvalidInput(f"A video's seconds are a whole number, 1 or more, not {seconds!r}.")
    if allowed and seconds not in allowed:
        raise InvalidInput(f"This service makes videos of {', '.join(map(str, allowed))} s, not of {seconds} s.")
    return int(seconds)


class _Cast:
    """Checks prompts, and reads each character that one of them mentions once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: set[str] = set()

    def of(self, prompt: str) -> tuple[str, ...]:
        """Return the usernames a prompt mentions.

        Raises:
            PromptError: generate() would refuse it.
        """
        characters, service, rules = self._session.characters, self._session.service, self._session.profile
        mentioned = prompts.usernames(prompt) if isinstance(prompt, str) else []
        for name in mentioned:
            if name in self._known:
                continue
            try:
                characters.get(name, service)
            except PromptError:
                # all names are read only to say which of them may have been meant
                self._known = {who.username for who in characters.of(service)}
                break
            self._known.add(name)
        return tuple(
            prompts.check(prompt, self._known, most=rules.character.mentions, longest=rules.video.prompt_longest)
        )

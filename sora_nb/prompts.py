"""The @mention grammar: find, check and complete handles in a prompt, and word it for a service.

A handle is `@` and letters, digits or underscores; runs of them may be joined by single dots, as in
`@hfspncadz.mooflapand`. A dot that ends a sentence is not part of it, an e-mail address is no mention, and braces are
never written: services that print `@{username}` in their documents mean a placeholder.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sora_nb.errors import PromptError
from sora_nb.models import USERNAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MENTION = re.compile(rf"(?<![A-Za-z0-9_.@])@({USERNAME})")
_BRACES = re.compile(rf"@\{{\s*@?({USERNAME})\s*\}}")
_TYPING = re.compile(r"(?<![A-Za-z0-9_.@])@([A-Za-z0-9_.]*)$")
SAFE_MENTIONS = 2
"""As many characters as every service of this family takes in one prompt."""


@dataclass(frozen=True)
class Mention:
    """One `@username` in a prompt.

    Attributes:
        username: without the `@`.
        start, end: where it stands: prompt[start:end] is "@username".
    """

    username: str
    start: int
    end: int


def find(prompt: str) -> list[Mention]:
    """Return the mentions of a prompt, in order, repeated ones too."""
    return [Mention(match[1], match.start(), match.end()) for match in _MENTION.finditer(prompt)]


def usernames(prompt: str) -> list[str]:
    """Return the usernames a prompt mentions, each once, in order of appearance."""
    return list(dict.fromkeys(mention.username for mention in find(prompt)))


def check(prompt: str, known: Iterable[str], *, most: int = SAFE_MENTIONS, longest: int = 32_000) -> list[str]:
    """Check a prompt before money is spent on it.

    Args:
        prompt: the text.
        known: usernames that may be mentioned.
        most: how many different characters the service takes.
        longest: how many characters of text the service takes.

    Returns:
        The usernames mentioned, each once.

    Raises:
        PromptError: empty, too long, braces around a handle, an unknown handle, or too many.
    """
    for fault in faults(prompt, known, most=most, longest=longest):
        raise fault
    return usernames(prompt)


def faults(
    prompt: str,
    known: Iterable[str],
    *,
    most: int = SAFE_MENTIONS,
    longest: int = 32_000,
    advice: str = "Make the character first, or see studio.characters().",
) -> Iterator[PromptError]:
    """Yield everything check() refuses in a prompt, the gravest first.

    Args:
        prompt, known, most, longest: as of check().
        advice: the hint for an unknown handle that resembles no known one.
    """
    if not isinstance(prompt, str):
        yield PromptError(
            f"A prompt is a text, not {prompt!r}.", hint='A character is mentioned in it: f"{hero} waves".'
        )
        return
    if not prompt.strip():
        yield PromptError("The prompt is empty.", hint="Say what should be seen.")
    if len(prompt) > longest:
        yield PromptError(f"The prompt has {len(prompt)} characters, this service takes {longest}.")
    for braces in _BRACES.finditer(prompt):
        yield PromptError(f"Mentions are written without braces: @{braces[1]}, not {braces[0]}.")
    found = usernames(prompt)
    names = list(known)
    for name in found:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"Did you mean @{near[0]}?" if near else advice
            yield PromptError(f"There is no character @{name} here.", hint=hint)
    if len(found) > most:
        yield PromptError(f"The prompt mentions {len(found)} characters, this service takes {most}.")


def complete(prompt: str, cursor: int, known: Iterable[str]) -> list[str]:
    """Return the usernames that can complete the mention being typed.

    Args:
        prompt: the text so far.
        cursor: position in it.
        known: usernames to choose from.

    Returns:
        Those that begin with what stands between `@` and the cursor (any case), then those that contain it; [] where
        no mention is being typed.
    """
    typing = _TYPING.search(prompt[:cursor])
    if not typing:
        return []
    typed = typing[1].lower()
    names = sorted(set(known))
    first = [name for name in names if name.lower().startswith(typed)]
    return first + [name for name in names if typed in name.lower() and name not in first]


def replace_handles(prompt: str, names: Mapping[str, str]) -> str:
    """Replace each `@username` by the character's name, for services that know characters by name in the text.

    Args:
        prompt: the text.
        names: name for each username; handles not in it stay as they are.
    """
    return _MENTION.sub(lambda match: names.get(match[1]) or match[0], prompt)


def replace_names(prompt: str, usernames: Mapping[str, str]) -> str:
    """Replace each character's name by its `@username`: the inverse of replace_handles().

    Args:
        prompt: the text.
        usernames: username for each name; a name counts where it stands as it is, and not inside another word.
    """
    for name in sorted(usernames, key=len, reverse=True):
        prompt = _as_word(name).sub(f"@{usernames[name]}", prompt)
    return prompt


def make_handle(name: object) -> str:
    """Derive a handle from a character's name: its Latin letters and digits; "" where it has none."""
    return re.sub(r"\W+", "_", str(name or ""), flags=re.ASCII).strip("_").lower()


def has_name(prompt: str, name: str) -> bool:
    """Whether a character's name stands in a prompt as it is."""
    return _as_word(name).search(prompt) is not None


def _as_word(name: str) -> re.Pattern[str]:
    # ASCII, because Chinese text puts no blanks between words
    return re.compile(rf"(?<![\w@.]){re.escape(name)}(?!\w)", re.ASCII)

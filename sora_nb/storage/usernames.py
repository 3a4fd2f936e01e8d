"""Usernames of characters: made of words, checked, numbered where they are taken; earlier ones still mean their character."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from sora_nb import prompts
from sora_nb.errors import InvalidInput
from sora_nb.models import USERNAME
from sora_nb.storage.schema import ALIASES, CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from sora_nb.models import Character

LONGEST_NAME = 40
"""Letters of a name that a person gives."""
NAME_PROPOSED = 30
"""The longest name that is made of words, without its number, in characters."""


def make_name(words: str) -> str:
    """Return the username that a name for people makes: itself where it is one, else its Latin letters; "" for none."""
    name = words if re.fullmatch(USERNAME, words) else prompts.make_handle(words)
    name = name[:LONGEST_NAME].strip("_.")
    return "" if prompts.is_measure(name) else name


def check_name(username: str) -> None:
    """Refuse a malformed name for a new character.

    Raises:
        InvalidInput: it is malformed, too long, or reads as a measure.
    """
    if not re.fullmatch(USERNAME, username):
        proposed = prompts.make_handle(username)
        raise InvalidInput(
            f"A character's name is of Latin letters, digits, underscores and single dots, not {username[:80]!r}.",
            hint=f'Write name="{proposed}".' if proposed else 'Write it like name="luna".',
        )
    if len(username) > LONGEST_NAME or prompts.is_measure(username):
        why = (
            f"has more than {LONGEST_NAME} letters"
            if len(username) > LONGEST_NAME
            else "reads as a measure in a prompt"
        )
        raise InvalidInput(
            f"{username[:80]!r} is no name for a character: it {why}.", hint='Write it like name="luna".'
        )


def propose(words: str, known: Iterable[str]) -> str:
    """Return a username made from words; a number is appended where a known one is the same, ignoring case."""
    handle = prompts.make_handle(words)[:NAME_PROPOSED].strip("_") or "character"
    handle = f"character_{handle}" if prompts.is_measure(handle) else handle
    taken = {name.casefold() for name in known}
    return next(name for name in _numbered(handle, len(taken) + 1) if name.casefold() not in taken)


def first_free(connection: Connection, username: str) -> str:
    """Return the first of name, name2, name3, ... that no character has, or has had."""
    taken = {
        name
        for column in (CHARACTERS.c.username, ALIASES.c.name)
        for name in connection.scalars(select(column).where(column.istartswith(username, autoescape=True)))
    }
    return next(name for name in _numbered(username, len(taken) + 1) if name not in taken)


def _numbered(name: str, count: int) -> Iterator[str]:
    """Return name, name2, name3, ..., as many as that."""
    yield name
    for number in range(2, count + 1):
        yield f"{name}{number}"


def renamed_from(names: Sequence[str]) -> ColumnElement[bool]:
    """Whether a character has had one of these usernames."""
    return CHARACTERS.c.number.in_(select(ALIASES.c.character).where(ALIASES.c.name.in_(names)))


def check_untaken(connection: Connection, username: str, number: int | None = None) -> None:
    """Refuse a username that another character than that of a number has, or has had, in whatever case."""
    usernames = select(CHARACTERS.c.username).where(CHARACTERS.c.number.is_distinct_from(number))
    earlier = select(ALIASES.c.name, CHARACTERS.c.username).join(CHARACTERS)
    for known in connection.scalars(usernames):
        if known.casefold() == username.casefold():
            raise InvalidInput(
                f"There is a character @{known} in this library already.",
                hint=f'Give another name, or take that one out first: studio.forget("{known}").',
            )
    for alias, known in connection.execute(earlier.where(ALIASES.c.character.is_distinct_from(number))):
        if alias.casefold() == username.casefold():
            raise InvalidInput(
                f"@{alias} is an earlier name of @{known}, and prompts may have it.",
                hint=f'Give another name, or give that one up first: studio.release("{alias}").',
            )


def with_aliases(connection: Connection, who: Character, number: int, names: Iterable[str]) -> Character:
    """Write the earlier usernames of a character, those that nobody else has; return it with them."""
    wanted = [name for name in dict.fromkeys(names) if name != who.username]
    taken = select(CHARACTERS.c.username).where(CHARACTERS.c.username.in_(wanted), CHARACTERS.c.number != number)
    others = select(ALIASES.c.name).where(ALIASES.c.name.in_(wanted), ALIASES.c.character != number)
    free = set(wanted) - {*connection.scalars(taken), *connection.scalars(others)}
    aliases = tuple(name for name in wanted if name in free)
    connection.execute(delete(ALIASES).where(ALIASES.c.character == number))
    if aliases:
        connection.execute(insert(ALIASES), [{"name": name, "character": number} for name in aliases])
    return who.model_copy(update={"aliases": aliases})

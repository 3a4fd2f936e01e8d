"""The characters kept in a ledger's database, each under its username at the service that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from sora_nb import arguments, display
from sora_nb.errors import InvalidInput, PromptError
from sora_nb.models import Character, ServiceId
from sora_nb.storage.listing import Listing
from sora_nb.storage.schema import CALLS, CHARACTERS, origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection

    from sora_nb.storage.call import Call
    from sora_nb.storage.database import Database

NAME_LENGTH = 80
"""The longest display name, in characters."""


class Characters:
    """Characters of all services, in one table.

    A username stands for the newest character of this name at its service. One that has the id or username of another is
    kept beside it: who made a character twice, or at a service that gives ids twice, loses none.

    Args:
        database: where the table is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- reading ------------------------------------------------------------------------------------------------------

    def all(self) -> list[Character]:
        """Return the characters of all services, newest first."""
        return self._read()

    def of(self, service: ServiceId) -> CharacterListing:
        """Return the characters that a service made, newest first."""
        return CharacterListing(self._database, self, service)

    def usernames(self, service: ServiceId) -> list[str]:
        """Return the usernames of the characters that a service made, newest first; no record is read."""
        query = select(CHARACTERS.c.username).where(*_made_by(service)).order_by(CHARACTERS.c.number.desc())
        with self._database.read() as connection:
            return list(dict.fromkeys(connection.scalars(query)))

    def named(self, service: ServiceId, usernames: Sequence[str]) -> list[Character]:
        """Return a service's characters of these usernames, in their order; only their records are read.

        Args:
            service: who made them.
            usernames: without the `@`; those that nobody has are left out.
        """
        if not usernames:
            return []
        newest_first = self._read(*_made_by(service), CHARACTERS.c.username.in_(usernames))
        found = {who.username: who for who in reversed(newest_first)}
        return [found[name] for name in usernames if name in found]

    def get(self, username: str, service: ServiceId | None = None) -> Character:
        """Return a character.

        Args:
            username: with or without the `@`.
            service: who made it, or None for the newest of this name.

        Raises:
            PromptError: there is none of this name, or only other services know it.
        """
        name = arguments.text(username, "username").removeprefix("@")
        conditions = () if service is None else _made_by(service)
        mine = self._read(CHARACTERS.c.username == name, *conditions, limit=1)
        if mine:
            return mine[0]
        raise self.elsewhere(name) or PromptError(
            f"There is no character @{name} here.", hint="See studio.characters()."
        )

    def elsewhere(self, username: str) -> PromptError | None:
        """Say which services know a character that one does not know, and how it is made there; None where none does."""
        found = self._read(CHARACTERS.c.username == username)
        if not found:
            return None
        others = ", ".join(str(who.service) for who in found)
        clips = (who.clip_file for who in found if who.clip_file is not None and who.clip_file.is_file())
        clip = next(clips, None)
        hint = "Make it here from the video that it was cut from."
        if clip is not None:
            hint = f"Make it here from its kept clip: studio.extract({str(clip)!r}, ...)."
        return PromptError(f"@{username} is known to {others} only.", hint=hint)

    def of_call(self, call: Call) -> Character | None:
        """Return the character that a call made, as it is kept now, or None."""
        return next(iter(self._read(CHARACTERS.c.call == call.id, limit=1)), None)

    def made_by(self, who: Character) -> str:
        """Return the id of the call that made a character, or "" where no row tells."""
        with self._database.read() as connection:
            return _call(connection, who)

    def _read(self, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Character]:
        query = select(CHARACTERS.c.record).where(*conditions).order_by(CHARACTERS.c.number.desc()).limit(limit)
        with self._database.read() as connection:
            records = connection.scalars(query).all()
        return [Character.model_validate(record) for record in records]

    # --- writing ------------------------------------------------------------------------------------------------------

    def add(self, character: Character, call: Call) -> Character:
        """Keep a character that a call has made.

        A username that the service gave stays, also where another character has it, too. One made of its name here is
        numbered where another has it; it is found free and taken in one transaction.

        Args:
            character: what the service answered.
            call: what made it, and at which service.

        Returns:
            The character as it is kept: with the call's service, and its own username.
        """
        made = character.model_copy(update={"profile": call.profile, "base_url": call.base_url})
        with self._database.write() as connection:
            if not made.raw.get("username"):
                made = made.model_copy(update={"username": _free_name(connection, made)})
            _upsert(connection, made, call.id)
        return made

    def put(self, character: Character) -> None:
        """Keep a character that is not kept here, as after forget(); what is known of one that is kept stays as it is."""
        _check_character(character)
        with self._database.write() as connection:
            if _number(connection, character) is None:
                _upsert(connection, character, _call(connection, character))

    def welcome(self, character: Character) -> Character:
        """Keep a character that comes from another library under its own username; it is taken in one transaction.

        Args:
            character: with an id that its content gives, so that the same one is known again.

        Returns:
            The character as it is kept: the one that is here where it is the same.

        Raises:
            InvalidInput: another character has its username, or it is here under another one.
        """
        same = (*_made_by(character.service), CHARACTERS.c.record["id"].as_string() == character.id)
        query = select(CHARACTERS.c.record).order_by(CHARACTERS.c.number.desc()).limit(1)
        with self._database.write() as connection:
            for condition in (and_(*same), CHARACTERS.c.username == character.username):
                record = connection.scalar(query.where(condition))
                if record is not None:
                    return _known_again(Character.model_validate(record), character)
            _upsert(connection, character, "")
        return character

    def rename(self, who: Character | str, display_name: str, service: ServiceId | None = None) -> Character:
        """Give a character another name for people; its username stays, since the service knows it.

        Args:
            who: the character, or its username.
            display_name: the new name; blanks around it and what is beyond 80 characters are cut off.
            service: as of get(), for a username.

        Returns:
            The character as it is kept now.

        Raises:
            PromptError: it is not kept here, or was forgotten; nothing is written.
        """
        return self.change(who, service, display_name=display.plain(display_name, NAME_LENGTH).strip())

    def describe(self, who: Character | str, description: str, service: ServiceId | None = None) -> Character:
        """Write what a character looks like, in the user's words.

        Args:
            who, service: as of rename().
            description: the words.

        Returns:
            The character as it is kept now.

        Raises:
            PromptError: as rename().
        """
        return self.change(who, service, description=description)

    def change(self, who: Character | str, service: ServiceId | None = None, **fields: Any) -> Character:
        """Write some fields of a character, on its record as it is now.

        The other fields stay, as somebody else may have written them meanwhile.

        Args:
            who, service: as of rename().
            fields: new values of fields of Character.

        Returns:
            The character as it is kept now.

        Raises:
            PromptError: as rename().
        """
        known = self._known(who, service)
        with self._database.write() as connection:
            mine = CHARACTERS.c.number == _kept(connection, known)
            record = connection.scalars(select(CHARACTERS.c.record).where(mine)).one()
            changed = Character.model_validate(record).model_copy(update=fields)
            new = {**record, **changed.model_dump(mode="json", include=set(fields))}
            connection.execute(update(CHARACTERS).where(mine).values(record=new))
        return changed

    def forget(self, who: Character | str, service: ServiceId | None = None) -> None:
        """Take a character out; the row of the call that made it stays, and put() brings it back.

        Args:
            who, service: as of rename().

        Raises:
            PromptError: it is not kept here; nothing is written.
        """
        known = self._known(who, service)
        with self._database.write() as connection:
            connection.execute(delete(CHARACTERS).where(CHARACTERS.c.number == _kept(connection, known)))

    def _known(self, who: Character | str, service: ServiceId | None) -> Character:
        if isinstance(who, str):
            return self.get(who, service)
        _check_character(who)
        return who


def _told(name: str) -> ColumnElement[str]:
    return " " + func.coalesce(CHARACTERS.c.record[name].as_string(), "")


_WORDS = CHARACTERS.c.username + _told("display_name") + _told("description") + _told("source")


class CharacterListing(Listing[Character]):
    """The characters that a service made, newest first; they are found by their usernames without reading the others.

    Args:
        database: where the table is.
        characters: those of all services.
        service: who made them.
    """

    def __init__(self, database: Database, characters: Characters, service: ServiceId) -> None:
        self._characters = characters
        self._service = service
        super().__init__(
            database,
            select(CHARACTERS.c.record),
            # not by the index of names, after which all would have to be sorted
            CHARACTERS.c.profile + "" == service.provider,
            CHARACTERS.c.base_url + "" == service.base_url,
            number=CHARACTERS.c.number,
            words=_WORDS,
            make=lambda row: Character.model_validate(row["record"]),
        )

    def usernames(self) -> list[str]:
        """Return all usernames, newest first; no record is read."""
        return self._characters.usernames(self._service)

    def named(self, usernames: Sequence[str]) -> list[Character]:
        """Return the characters of these usernames; see Characters.named()."""
        return self._characters.named(self._service, usernames)


def _check_character(who: object) -> None:
    if not isinstance(who, Character):
        raise PromptError(
            f"{display.plain(repr(who), 80)} is no Character.", hint="Give one of studio.characters(), or its username."
        )


def _known_again(here: Character, who: Character) -> Character:
    """Return a character that is here if it is the one that comes."""
    alike = bool(who.clip_sha256) and (here.clip_sha256, here.avatar_sha256) == (who.clip_sha256, who.avatar_sha256)
    if here.username != who.username:
        raise InvalidInput(
            f"This character is here already, as {here.mention}.", money="", hint=f"Use it as {here.mention}."
        )
    if here.id != who.id and not alike:
        raise InvalidInput(
            f"There is another character {here.mention} here.",
            money="",
            hint='Give this one another name: name="...".',
        )
    return here


def _made_by(service: ServiceId) -> Sequence[ColumnElement[bool]]:
    return (CHARACTERS.c.profile == service.provider, CHARACTERS.c.base_url == service.base_url)


def _number(connection: Connection, who: Character) -> int | None:
    """Return the number of the row that keeps a character, or None; another one of its username is not it."""
    same = (CHARACTERS.c.username == who.username, CHARACTERS.c.origin == origin(who.model_dump(mode="json")))
    return connection.scalar(select(CHARACTERS.c.number).where(*_made_by(who.service), *same))


def _kept(connection: Connection, who: Character) -> int:
    number = _number(connection, who)
    if number is None:
        raise PromptError(
            f"{who.mention} is not kept here any more.",
            hint="studio.keep(character) brings one back that was forgotten.",
        )
    return number


def _free_name(connection: Connection, who: Character) -> str:
    """Return the first of name, name2, name3, ... that no other character of its service has."""
    begins = CHARACTERS.c.username.startswith(who.username, autoescape=True)
    query = select(CHARACTERS.c.username, CHARACTERS.c.record["id"].as_string()).where(*_made_by(who.service), begins)
    taken = {name for name, ident in connection.execute(query) if ident != who.id}
    numbers: Iterable[object] = ("", *range(2, len(taken) + 3))
    return next(name for name in (f"{who.username}{number}" for number in numbers) if name not in taken)


def _call(connection: Connection, who: Character) -> str:
    """Return the id of the call that made a character, also of one that is not kept any more."""
    kept = select(CHARACTERS.c.call).where(CHARACTERS.c.number == _number(connection, who))
    mine = (CALLS.c.task == who.id, CALLS.c.profile == who.profile, CALLS.c.base_url == who.base_url)
    query = select(CALLS.c.id).where(*mine, CALLS.c.kind == "character")
    likeliest = query.order_by((CALLS.c.source == who.source).desc(), CALLS.c.number.desc()).limit(1)
    return str(connection.scalar(kept) or connection.scalar(likeliest) or "")


def _upsert(connection: Connection, who: Character, call: str) -> None:
    record = who.model_dump(mode="json")
    key = {"profile": who.profile, "base_url": who.base_url, "username": who.username, "origin": origin(record)}
    new = insert(CHARACTERS).values(**key, call=call, record=record)
    connection.execute(new.on_conflict_do_update(index_elements=list(key), set_={"record": record, "call": call}))

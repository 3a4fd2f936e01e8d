"""The library: the characters kept in a ledger's database, each under its username, whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, or_, select, update

from sora_nb import arguments, display, prompts
from sora_nb.errors import InvalidInput, PromptError
from sora_nb.models import Character, Registration, ServiceId
from sora_nb.storage import usernames
from sora_nb.storage.keys import character_with
from sora_nb.storage.listing import Listing
from sora_nb.storage.schema import ALIASES, CALLS, CHARACTERS, name_files, origin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from sora_nb.storage.call import Call
    from sora_nb.storage.database import Database
    from sora_nb.storage.keys import Keys

NAME_LENGTH = 80
"""The longest display name, in characters."""


class Characters:
    """Characters of all services, in one table.

    A new character gets a username that no other one has; what its service calls it is in `providers`. One that is
    renamed gets another, and is still meant by the earlier ones. Libraries of earlier versions may have one username
    several times: it stands for the newest, and for a service's own before others.

    Args:
        database: where the table is.
        keys: what the records call the files of their home.
    """

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    # --- reading ------------------------------------------------------------------------------------------------------

    def all(self) -> list[Character]:
        """Return the characters of all services, newest first."""
        return self._read()

    def listing(self, service: ServiceId) -> CharacterListing:
        """Return all characters, newest first.

        Args:
            service: whose characters are meant where several have one username.
        """
        return CharacterListing(self._database, self, service)

    def usernames(self) -> list[str]:
        """Return all usernames, newest first, then the earlier ones that still mean somebody; no record is read."""
        query = select(CHARACTERS.c.username).order_by(CHARACTERS.c.number.desc())
        with self._database.read() as connection:
            return list(dict.fromkeys([*connection.scalars(query), *connection.scalars(select(ALIASES.c.name))]))

    def labels(self) -> dict[str, str]:
        """Return what else people may call each character, by its username: its name for people, its earlier usernames."""
        name = func.coalesce(CHARACTERS.c.record["display_name"].as_string(), "")
        earlier = select(ALIASES.c.character, ALIASES.c.name)
        query = select(CHARACTERS.c.number, CHARACTERS.c.username, name).order_by(CHARACTERS.c.number)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            names = {number: (username, [label]) for number, username, label in rows}
            for number, alias in connection.execute(earlier):
                names[number][1].append(alias)
        return {username: " ".join(words) for username, words in names.values()}

    def resolve(self, names: Sequence[str], service: ServiceId | None = None) -> dict[str, Character]:
        """Return the characters that some names mean, by these names; only their records are read.

        Args:
            names: usernames without the `@`, also earlier ones; those that mean nobody are left out.
            service: whose characters are meant where several have one username; else the newest.
        """
        if not names:
            return {}
        newest_first = self._read(or_(CHARACTERS.c.username.in_(names), usernames.renamed_from(names)))
        found = {alias: who for who in newest_first for alias in who.aliases}
        found |= {who.username: who for who in reversed(newest_first)}
        found |= {who.username: who for who in reversed(newest_first) if who.service == service}
        return {name: found[name] for name in names if name in found}

    def named(self, names: Sequence[str], service: ServiceId | None = None) -> list[Character]:
        """Return the characters that some names mean, in their order, each once; see resolve()."""
        return list(dict.fromkeys(self.resolve(names, service).values()))

    def up_to_date(self, prompt: str, service: ServiceId | None = None) -> str:
        """Return a prompt with the usernames of today in place of earlier ones."""
        found = self.resolve(prompts.candidates(prompt), service)
        return prompts.replace_handles(
            prompt, {name: who.mention for name, who in found.items() if name != who.username}
        )

    @staticmethod
    def recast(prompt: str, who: Character, other: Character) -> str:
        """Return a prompt that mentions another character wherever it mentioned one, by whichever of its names."""
        return prompts.replace_handles(prompt, dict.fromkeys((who.username, *who.aliases), other.mention))

    def get(self, username: str, service: ServiceId | None = None) -> Character:
        """Return a character.

        Args:
            username: with or without the `@`.
            service: as of named().

        Raises:
            PromptError: there is none of this name.
        """
        name = arguments.text(username, "username").removeprefix("@")
        found = self.named([name], service)
        if not found:
            raise PromptError(f"There is no character @{name} here.", hint="See studio.characters().")
        return found[0]

    def check_free(self, username: str) -> None:
        """Refuse a name for a new character that is malformed, or that another character has, in whatever case.

        Raises:
            InvalidInput: it is.
        """
        usernames.check_name(username)
        self.check_untaken(username)

    def check_untaken(self, username: str) -> None:
        """Refuse a username that another character has, or has had, in whatever case.

        Raises:
            InvalidInput: one has it.
        """
        with self._database.read() as connection:
            usernames.check_untaken(connection, username)

    def free_name(self, words: str) -> str:
        """Return a name for a new character that no other one has, made of words; a number is added where it is taken.

        Args:
            words: such as a file's name.
        """
        return usernames.propose(words, self.usernames())

    def of_call(self, call: Call) -> Character | None:
        """Return the character that a call made, as it is kept now, or None."""
        return next(iter(self._read(CHARACTERS.c.call == call.id, limit=1)), None)

    def is_kept(self, who: Character) -> bool:
        """Whether a character is in the library: itself, not another one of its username."""
        with self._database.read() as connection:
            return _number(connection, who) is not None

    def of_id(self, username: str, ident: str) -> Character:
        """Return the character that has, or has had, a username, and an id.

        Raises:
            PromptError: it is not kept here; another one of its username is not it.
        """
        called = or_(CHARACTERS.c.username == username, usernames.renamed_from([username]))
        found = self._read(called, CHARACTERS.c.record["id"].as_string() == ident, limit=1)
        if not found:
            raise _not_kept(username)
        return found[0]

    def made_by(self, who: Character) -> str:
        """Return the id of the call that made a character, or "" where no row tells."""
        with self._database.read() as connection:
            return _call(connection, who)

    def _read(self, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Character]:
        query = _KEPT.where(*conditions).order_by(CHARACTERS.c.number.desc()).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [self.of_row(row) for row in rows]

    # --- writing ------------------------------------------------------------------------------------------------------

    def add(self, character: Character, call: Call) -> Character:
        """Keep a character that a call has made.

        Where another character has its username, a number is added: it is found free and taken in one transaction.

        Args:
            character: what the service answered, under the name the person gave.
            call: what made it, and at which service.

        Returns:
            The character as it is kept: with the call's service, and its own username.
        """
        made = character.model_copy(update={"profile": call.profile, "base_url": call.base_url})
        with self._database.write() as connection:
            made = made.model_copy(update={"username": _free_name(connection, made)})
            return self._upsert(connection, made, call.id)

    def put(self, character: Character) -> None:
        """Keep a character that is not kept here, as after forget(); what is known of one that is kept stays as it is."""
        _check_character(character)
        with self._database.write() as connection:
            if _number(connection, character) is None:
                self._upsert(connection, character, _call(connection, character))

    def welcome(self, character: Character) -> Character:
        """Keep a character that comes from another library under its own username; it is taken in one transaction.

        Args:
            character: with an id that its content gives, so that the same one is known again.

        Returns:
            The character as it is kept: the one that is here where it is the same.

        Raises:
            InvalidInput: another character has its username, in whatever case, or it is here under another one.
        """
        same = (*_made_by(character.service), CHARACTERS.c.record["id"].as_string() == character.id)
        query = _KEPT.order_by(CHARACTERS.c.number.desc()).limit(1)
        with self._database.write() as connection:
            for condition in (and_(*same), func.lower(CHARACTERS.c.username) == character.username.lower()):
                row = connection.execute(query.where(condition)).mappings().first()
                if row is not None:
                    return _known_again(self.of_row(row), character)
            usernames.check_untaken(connection, character.username)
            return self._upsert(connection, character, "")

    def rename(self, who: Character | str, name: str, service: ServiceId | None = None) -> Character:
        """Give a character another name, and the username that it makes; prompts may mention it by the earlier one, too.

        Args:
            who: the character, or its username.
            name: the new name; blanks around it and what is beyond 80 characters are cut off. One without Latin letters
                makes no username, and the character keeps the one it has.
            service: as of get(), for a username.

        Returns:
            The character as it is kept now.

        Raises:
            InvalidInput: another character has this username, or has had it; nothing is written.
            PromptError: it is not kept here, or was forgotten; nothing is written.
        """
        label = display.plain(name, NAME_LENGTH).strip()
        known = self._known(who, service)

        def fields(now: Character) -> dict[str, Any]:
            # what its service calls it is told by its username, where nothing else tells it
            mine = {str(now.service): Registration(id=now.id, username=now.username)}
            username = usernames.make_name(label) or now.username
            return {"display_name": label, "username": username, "providers": mine | now.providers}

        return self._edit(known, fields)

    def release(self, alias: str) -> None:
        """Give an earlier username up, so that another character can have it.

        Raises:
            PromptError: it is none.
        """
        name = arguments.text(alias, "username").removeprefix("@")
        with self._database.write() as connection:
            if not connection.execute(delete(ALIASES).where(ALIASES.c.name == name)).rowcount:
                raise PromptError(
                    f"@{display.plain(name, 80)} is no earlier name of a character.",
                    money="",
                    hint="studio.rename(character, name) changes the one that it has.",
                )

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
        return self._edit(self._known(who, service), lambda _: fields)

    def register(self, who: Character | str, service: ServiceId, known: Registration) -> Character:
        """Write down how a service knows a character.

        Args:
            who: as of rename().
            service: which one.
            known: its id there.

        Returns:
            The character as it is kept now.

        Raises:
            PromptError: as rename().
        """
        kept = self._known(who, service)
        return self._edit(kept, lambda now: {"providers": {**now.providers, str(service): known}})

    def _edit(self, known: Character, fields: Callable[[Character], dict[str, Any]]) -> Character:
        """Write fields of a character that follow from its record as it is now, in one transaction."""
        with self._database.write() as connection:
            number = _kept(connection, known)
            row = connection.execute(_KEPT.where(CHARACTERS.c.number == number)).mappings().one()
            now = self.of_row(row)
            new = fields(now)
            changed = now.model_copy(update=new)
            record = {**row["record"], **self._record(changed, include=set(new))}
            name_files(connection, number, record)
            values: dict[str, Any] = {"record": record}
            if changed.username != now.username:
                usernames.check_untaken(connection, changed.username, number)
                values["username"] = changed.username
            connection.execute(update(CHARACTERS).where(CHARACTERS.c.number == number).values(values))
            return usernames.with_aliases(connection, changed, number, [*now.aliases, now.username])

    def _upsert(self, connection: Connection, who: Character, call: str) -> Character:
        record = self._record(who, exclude={"aliases"})
        key = {"profile": who.profile, "base_url": who.base_url, "username": who.username, "origin": origin(record)}
        there = update(CHARACTERS).filter_by(**key).values(record=record, call=call).returning(CHARACTERS.c.number)
        new = insert(CHARACTERS).values(**key, record=record, call=call).returning(CHARACTERS.c.number)
        number = connection.scalar(there) or connection.scalar(new)
        assert number is not None
        name_files(connection, number, record)
        earlier = connection.scalars(select(ALIASES.c.name).where(ALIASES.c.character == number)).all()
        return usernames.with_aliases(connection, who, number, [*earlier, *who.aliases])

    def _record(self, who: Character, **fields: Any) -> dict[str, Any]:
        """Return a character, or some of its fields, as its row has them."""
        return character_with(who.model_dump(mode="json", **fields), self._keys.of)

    def of_row(self, row: RowMapping) -> Character:
        """Return the character of a row."""
        record = character_with(row["record"], self._keys.path)
        return Character.model_validate({**record, "aliases": (row["aliases"] or "").split()})

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


_EARLIER = (
    select(func.aggregate_strings(ALIASES.c.name, " "))
    .where(ALIASES.c.character == CHARACTERS.c.number)
    .scalar_subquery()
    .label("aliases")
)
_KEPT = select(CHARACTERS.c.record, _EARLIER)
"""The columns that a character is read from."""
_WORDS = CHARACTERS.c.username + _told("display_name") + _told("description") + _told("source")


class CharacterListing(Listing[Character]):
    """All characters, newest first; they are found by their usernames without reading the others.

    Args:
        database: where the table is.
        characters: the library.
        service: whose characters are meant where several have one username.
    """

    def __init__(self, database: Database, characters: Characters, service: ServiceId) -> None:
        self._characters = characters
        self._service = service
        super().__init__(
            database,
            _KEPT,
            number=CHARACTERS.c.number,
            words=_WORDS,
            make=characters.of_row,
        )

    def usernames(self) -> list[str]:
        """Return all usernames, also earlier ones; no record is read."""
        return self._characters.usernames()

    def labels(self) -> dict[str, str]:
        """Return what else people may call each character; see Characters.labels()."""
        return self._characters.labels()

    def resolve(self, names: Sequence[str]) -> dict[str, Character]:
        """Return the characters that some names mean; see Characters.resolve()."""
        return self._characters.resolve(names, self._service)

    def named(self, names: Sequence[str]) -> list[Character]:
        """Return the characters that some names mean, each once; see Characters.resolve()."""
        return self._characters.named(names, self._service)


def _check_character(who: object) -> None:
    if not isinstance(who, Character):
        raise PromptError(
            f"{display.plain(repr(who), 80)} is no Character.", hint="Give one of studio.characters(), or its username."
        )


def _known_again(here: Character, who: Character) -> Character:
    """Return a character that is here if it is the one that comes."""
    alike = bool(who.clip_sha256) and (here.clip_sha256, here.avatar_sha256) == (who.clip_sha256, who.avatar_sha256)
    if here.id == who.id and who.username not in (here.username, *here.aliases):
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
    same = (*_made_by(who.service), CHARACTERS.c.origin == origin(who.model_dump(mode="json")))
    called = or_(CHARACTERS.c.username == who.username, usernames.renamed_from([who.username]))
    # where earlier versions kept two of one origin, the one that is called so now
    query = select(CHARACTERS.c.number).where(called, *same).order_by((CHARACTERS.c.username == who.username).desc())
    return connection.scalar(query.limit(1))


def _kept(connection: Connection, who: Character) -> int:
    number = _number(connection, who)
    if number is None:
        raise _not_kept(who.username)
    return number


def _not_kept(username: str) -> PromptError:
    return PromptError(
        f"@{username} is not kept here any more.", hint="studio.keep(character) brings one back that was forgotten."
    )


def _free_name(connection: Connection, who: Character) -> str:
    """Return a character's name with a number where another one has it; one that is kept already keeps its own."""
    begins = CHARACTERS.c.username.istartswith(who.username, autoescape=True)
    same = (*_made_by(who.service), CHARACTERS.c.origin == origin(who.model_dump(mode="json")))
    kept = connection.scalar(
        select(CHARACTERS.c.username).where(or_(begins, usernames.renamed_from([who.username])), *same)
    )
    if kept is not None:
        return str(kept)
    return usernames.first_free(connection, who.username)


def _call(connection: Connection, who: Character) -> str:
    """Return the id of the call that made a character, also of one that is not kept any more."""
    kept = select(CHARACTERS.c.call).where(CHARACTERS.c.number == _number(connection, who))
    mine = (CALLS.c.task == who.id, CALLS.c.profile == who.profile, CALLS.c.base_url == who.base_url)
    query = select(CALLS.c.id).where(*mine, CALLS.c.kind == "character")
    likeliest = query.order_by((CALLS.c.source == who.source).desc(), CALLS.c.number.desc()).limit(1)
    return str(connection.scalar(kept) or connection.scalar(likeliest) or "")

"""The tables of the ledger, and the migrations that bring a file of an older version up to date."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    case,
    delete,
    false,
    func,
    insert,
    inspect,
    select,
    true,
    update,
)
from sqlalchemy.schema import CreateIndex, DropIndex

from sora_nb.storage import keys
from sora_nb.storage.dialects import Elements, Moment, Number, Record, look_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, RowMapping

    from sora_nb.storage.database import Migration


META = MetaData()
CALLS = Table(
    "calls",
    META,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("key", String, nullable=False, unique=True),
    Column("owner", String, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("route", String, nullable=False),
    Column("profile", String, nullable=False),
    Column("base_url", String, nullable=False),
    Column("model", String, nullable=False),
    Column("prompt", String, nullable=False),
    Column("characters", Record, nullable=False),
    Column("size", String, nullable=False),
    Column("seconds", Float),
    Column("seed", Number),
    Column("image", String, nullable=False, server_default=""),
    Column("clip", Record),
    Column("source", String, nullable=False),
    Column("details", Record, nullable=False, server_default="{}"),
    Column("state", String, nullable=False, index=True),
    Column("task", String, nullable=False),
    Column("estimate", Number),
    Column("reserved", Number),
    Column("charged", Number),
    Column("currency", String, nullable=False),
    Column("price", String, nullable=False),
    Column("url", String, nullable=False),
    Column("file", String),
    Column("sha256", String, nullable=False),
    Column("poster", String),
    Column("error", String, nullable=False),
    Column("answer", Record, nullable=False),
    Column("ended_at", Moment),
    Column("person", String, nullable=False, server_default=""),
    Column("experiment", String, nullable=False, server_default=""),
    Index("ix_calls_file", "file"),
    Index("ix_calls_poster", "poster"),
)
INDICES = (
    # with kind and state, for which SQLite would take the index of all finished videos
    *look_up("ix_calls_task", CALLS.c.task, CALLS.c.kind, CALLS.c.state),
    *look_up("ix_calls_prompt", CALLS.c.prompt, CALLS.c.kind),
    Index("ix_calls_kind_state", CALLS.c.kind, CALLS.c.state),
)
_INDICES_OF_FILES = [index for index in CALLS.indexes if index.name in {"ix_calls_file", "ix_calls_poster"}]
WHOSE = (
    Index("ix_calls_person", CALLS.c.person, CALLS.c.created_at),
    Index("ix_calls_experiment", CALLS.c.experiment, CALLS.c.created_at),
)
"""What finds the calls of a person, and of an experiment."""
CHARACTERS = Table(
    "characters",
    META,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("profile", String, nullable=False),
    Column("base_url", String, nullable=False),
    Column("username", String, nullable=False),
    Column("call", String, nullable=False),
    Column("record", Record, nullable=False),
    Column("origin", String, nullable=False),
    UniqueConstraint("profile", "base_url", "username", "origin"),
    Index("ix_characters_username", "username"),
    Index("ix_characters_call", "call"),
)
ALIASES = Table(
    "aliases",
    META,
    Column("name", String, primary_key=True),
    Column("character", ForeignKey(CHARACTERS.c.number, ondelete="CASCADE"), nullable=False, index=True),
)
CHARACTER_FILES = Table(
    # what the records name, so that whoever needs a file is found without reading them
    "character_files",
    META,
    Column("character", ForeignKey(CHARACTERS.c.number, ondelete="CASCADE"), primary_key=True),
    Column("key", String, primary_key=True, index=True),
)
CALL_CHARACTERS = Table(
    # what the calls' own column has, so that the films of a character are found without reading the others
    "call_characters",
    META,
    Column("call", ForeignKey(CALLS.c.number, ondelete="CASCADE"), primary_key=True),
    Column("username", String, primary_key=True),
    Index("ix_call_characters_username", "username", "call"),
)
NOTES = Table(
    "notes",
    META,
    Column("call", String, primary_key=True),
    Column("note", String, nullable=False, server_default=""),
    Column("favourite", Boolean, nullable=False, server_default=false()),
    Column("identity", Float),
    Column("hidden", Boolean, nullable=False, server_default=false()),
)
BUDGETS = Table(
    "budgets",
    META,
    Column("person", String, primary_key=True),
    Column("experiment", String, primary_key=True),
    Column("micros", Number, nullable=False),
    Column("first_day", Date),
)


LONGEST_ORIGIN = 1000
"""Characters of an origin that is written out; an index may hold no more than 2,700 bytes of a row, and addresses are long."""


def origin(record: Mapping[str, Any]) -> str:
    """Return what tells characters of one username apart: the service's id, and the seconds they were made from."""
    clip = record.get("clip") or {}
    told = json.dumps([record["id"], record.get("source") or "", *(float(clip[name]) for name in sorted(clip))])
    return told if len(told) <= LONGEST_ORIGIN else f"sha256:{hashlib.sha256(told.encode()).hexdigest()}"


def first_tables(connection: Connection) -> None:
    """Migration of version 0.1: the tables of calls and characters; a new file gets them as they are today."""
    META.create_all(connection)


def second_reservations(connection: Connection) -> None:
    """Migration of version 0.2: what each call holds against the budget; the local server's calls were always free."""
    if "reserved" in _columns(connection, "calls"):
        return
    connection.exec_driver_sql("ALTER TABLE calls ADD COLUMN reserved INTEGER")
    held = case((CALLS.c.profile == "local", 0), else_=CALLS.c.estimate)
    connection.execute(update(CALLS).values(reserved=held))


def third_notes(connection: Connection) -> None:
    """Migration of version 0.2: notes on calls, and the picture a video starts from."""
    NOTES.create(connection, checkfirst=True)
    if "image" not in _columns(connection, "calls"):
        connection.exec_driver_sql("ALTER TABLE calls ADD COLUMN image VARCHAR NOT NULL DEFAULT ''")


def fourth_services(connection: Connection) -> None:
    """Migration of version 0.3: characters belong to an address, calls have details, and look-ups have indices."""
    if "details" not in _columns(connection, "calls"):
        connection.exec_driver_sql("ALTER TABLE calls ADD COLUMN details JSON NOT NULL DEFAULT '{}'")
    _create(connection, INDICES)
    if "base_url" in _columns(connection, "characters"):
        return
    for row in _renew_characters(connection):
        base_url = _address(connection, row["call"], row["profile"], row["username"])
        record = {**row["record"], "base_url": base_url}
        values = {**row, "base_url": base_url, "record": record, "origin": origin(record)}
        connection.execute(insert(CHARACTERS).values(values))


def fifth_origins(connection: Connection) -> None:
    """Migration of version 0.4: characters of one username are told apart, so that none is written over."""
    if "origin" in _columns(connection, "characters"):
        return
    for row in _renew_characters(connection):
        connection.execute(insert(CHARACTERS).values({**row, "origin": origin(row["record"])}))


def sixth_usernames(connection: Connection) -> None:
    """Migration of version 0.5: characters are looked up by their username, whoever made them."""
    _create(connection, CHARACTERS.indexes)


def seventh_hidden(connection: Connection) -> None:
    """Migration of version 0.6: films can be taken off the list, and put back."""
    if "hidden" not in _columns(connection, "notes"):
        connection.exec_driver_sql("ALTER TABLE notes ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT 0")


def eighth_aliases(connection: Connection) -> None:
    """Migration of version 0.6: a character that is renamed is still known by its earlier usernames."""
    ALIASES.create(connection, checkfirst=True)


def ninth_look_ups(connection: Connection) -> None:
    """Migration of version 0.7: a task is found without reading every row."""
    connection.exec_driver_sql("DROP INDEX IF EXISTS ix_calls_task")
    _create(connection, CALLS.indexes - set(WHOSE))


def eleventh_people(connection: Connection) -> None:
    """Migration of version 0.8: calls know their person and their experiment, and both have budgets.

    Nobody knows whose the earlier calls are.
    """
    BUDGETS.create(connection, checkfirst=True)
    known = _columns(connection, "calls")
    for column in ("person", "experiment"):
        if column not in known:
            connection.exec_driver_sql(f"ALTER TABLE calls ADD COLUMN {column} VARCHAR NOT NULL DEFAULT ''")
    _create(connection, WHOSE)


def tenth_keys(home: Path) -> Migration:
    """Return the migration of version 0.8: rows name files by key, so that a home can be moved.

    Args:
        home: where the ledger is now.
    """

    def tenth_keys(connection: Connection) -> None:
        for index in _INDICES_OF_FILES:  # of earlier versions they are on expressions, which tell another path's end
            connection.execute(DropIndex(index, if_exists=True))
        _create(connection, _INDICES_OF_FILES)
        CHARACTER_FILES.create(connection, checkfirst=True)
        columns = CALLS.c.number, CALLS.c.file, CALLS.c.poster, CALLS.c.details
        rows = connection.execute(select(*columns)).mappings().all()
        key = keys.former(home, {row[name] for row in rows for name in ("file", "poster") if row[name]})
        for row in rows:
            changed = keys.call_with(dict(row), key)
            if changed != dict(row):
                connection.execute(update(CALLS).where(CALLS.c.number == row["number"]).values(changed))
        for number, record in connection.execute(select(CHARACTERS.c.number, CHARACTERS.c.record)).all():
            changed = keys.character_with(record, key)
            connection.execute(update(CHARACTERS).where(CHARACTERS.c.number == number).values(record=changed))
            name_files(connection, number, changed)

    return tenth_keys


def name_files(connection: Connection, character: int, record: Mapping[str, Any]) -> None:
    """Write down which files a character's record names, in place of those that it named before."""
    mine = CHARACTER_FILES.c.character == character
    connection.execute(delete(CHARACTER_FILES).where(mine))
    named = [{"character": character, "key": key} for key in sorted(keys.of_character(record))]
    if named:
        connection.execute(insert(CHARACTER_FILES), named)


def twelfth_origins(connection: Connection) -> None:
    """Migration of version 0.8: no origin is longer than an index holds, and the character of a call is found by one."""
    _create(connection, CHARACTERS.indexes)
    long = func.length(CHARACTERS.c.origin) > LONGEST_ORIGIN
    for number, record in connection.execute(select(CHARACTERS.c.number, CHARACTERS.c.record).where(long)).all():
        connection.execute(update(CHARACTERS).where(CHARACTERS.c.number == number).values(origin=origin(record)))


def thirteenth_casts(connection: Connection) -> None:
    """Migration of version 0.8: the films of a character are found by an index."""
    CALL_CHARACTERS.create(connection, checkfirst=True)
    name_characters(connection)


def name_characters(connection: Connection) -> None:
    """Write down which characters all calls have, in place of what was written of them before."""
    connection.execute(delete(CALL_CHARACTERS))
    each = Elements(CALLS.c.characters).table_valued("value", name="each")
    named = select(CALLS.c.number, each.c.value).select_from(CALLS.join(each, true())).distinct()
    connection.execute(insert(CALL_CHARACTERS).from_select(["call", "username"], named))


def _create(connection: Connection, indices: Iterable[Index]) -> None:
    for index in indices:
        CreateIndex(index, if_not_exists=True)(None, connection)  # where the index is for this database


def _renew_characters(connection: Connection) -> Sequence[RowMapping]:
    """Make the table of characters anew, and return the rows it had; SQLite cannot change what is unique in a table."""
    old = Table("characters", MetaData(), autoload_with=connection)
    rows = connection.execute(select(old).order_by(old.c.number)).mappings().all()
    old.drop(connection)
    CHARACTERS.create(connection)
    return rows


def _address(connection: Connection, call: str, profile: str, username: str) -> str:
    """Return where a character was made: at the address of its call, else of the newest call that names it."""
    made = connection.scalar(select(CALLS.c.base_url).where(CALLS.c.id == call))
    if made is not None:
        return str(made)
    mine = select(CALLS.c.base_url, CALLS.c.characters).where(CALLS.c.profile == profile)
    for base_url, names in connection.execute(mine.order_by(CALLS.c.number.desc())):
        if username in names:
            return str(base_url)
    return ""


def _columns(connection: Connection, table: str) -> set[str]:
    return {column["name"] for column in inspect(connection).get_columns(table)}


def migrations(home: Path) -> tuple[Migration, ...]:
    """Return all of them, oldest first.

    Args:
        home: the folder whose files the rows name.
    """
    return (
        first_tables,
        second_reservations,
        third_notes,
        fourth_services,
        fifth_origins,
        sixth_usernames,
        seventh_hidden,
        eighth_aliases,
        ninth_look_ups,
        tenth_keys(home),
        eleventh_people,
        twelfth_origins,
        thirteenth_casts,
    )

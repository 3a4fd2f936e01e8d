"""Where two databases differ: the one file that knows both."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, URL, BigInteger, Boolean, Column, DateTime, Index, Integer, String, TypeDecorator, schema
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from sora_nb.errors import ConfigError
from sora_nb.storage import place, postgresql, sqlite_file

Number = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER counts up by itself there
NUMBERS_ONCE: dict[str, Any] = {"sqlite_autoincrement": True}  # a deleted row's number is never given again
Record = type("Record", (JSON,), {"__doc__": "JSON, binary where there is such a type."})
Elements = type("Elements", (FunctionElement,), {"inherit_cache": True})  # a JSON array's texts: table_valued("value")
HasWords = type("HasWords", (FunctionElement,), {"inherit_cache": True, "type": Boolean()})  # a text, lower-case words
compiles(Record, "postgresql")(lambda *_, **__: "JSONB")
for (_element, _dialect), _sql in {
    (Elements, "sqlite"): "json_each({})",
    (Elements, "postgresql"): "jsonb_array_elements_text(CAST({} AS JSONB))",
    (HasWords, "sqlite"): "has_words({}, {})",
    (HasWords, "postgresql"): """(SELECT coalesce(bool_and(strpos(lower({} COLLATE "und-x-icu"), word) > 0), true)
        FROM unnest(string_to_array({}, ' ')) AS word)""",
}.items():
    compiles(_element, _dialect)(lambda e, c, s=_sql, **k: s.format(*(c.process(one, **k) for one in e.clauses)))


@compiles(schema.CreateIndex, "postgresql")
def _create(element: schema.CreateIndex, compiler: Any, **k: Any) -> str:
    using, sql = element.element.info.get("using"), str(compiler.visit_create_index(element, **k))
    return sql.replace(" (", f" USING {using} (", 1) if using else sql


class Moment(TypeDecorator[datetime]):
    """A time with its zone; where there is no such type, text that sorts by time."""

    impl, cache_ok = DateTime(timezone=True).with_variant(String(), "sqlite"), True

    def process_bind_param(self, value: datetime | str | None, _: Any) -> str | None:  # noqa: D102
        return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value

    def process_result_value(self, value: Any, _: Any) -> datetime | None:  # noqa: D102
        return datetime.fromisoformat(value) if isinstance(value, str) else value and value.astimezone(UTC)


def look_up(name: str, text: Column[str], *others: Column[Any]) -> tuple[Index, Index]:
    """Return the indices by which rows of one text are found, however long it is; in one of them others are, too."""
    hashed = Index(f"{name}_hash", text, info={"using": "hash"})  # as an argument it has the other dialect loaded
    return Index(name, text, *others).ddl_if("sqlite"), hashed.ddl_if("postgresql")


def at(url: URL, record: str) -> place.Place:
    """Return the database at an address, where that table records migrations; raises ConfigError where none can be."""
    if url.drivername.startswith("sqlite") and url.database:
        return sqlite_file.SQLiteFile(Path(url.database))
    if url.drivername.startswith("postgres"):
        return postgresql.PostgreSQL(url, record)
    raise ConfigError(f"No database can be at {url.drivername}://.", hint=f"Write its address like {place.LIKE}.")

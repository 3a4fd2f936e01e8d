"""Tables as files for spreadsheets, in which no text is taken for a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
"""What begins a formula in a spreadsheet, or hides its beginning; the fullwidth forms are the same to some."""


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV in UTF-8, without its index; numbers stay numbers.

    A text that a spreadsheet would take for a formula has an apostrophe before it.

    Raises:
        ConfigError: the file cannot be written.
    """
    safe = table.copy()
    for name in safe.select_dtypes(exclude=["number", "bool", "datetime", "datetimetz"]):
        safe[name] = [as_text(value) for value in safe[name]]
    try:
        # rows end as in RFC 4180; with a line feed alone, a carriage return within a text would end a row, too
        safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\r\n")
    except OSError as error:
        raise ConfigError(f"{str(path)!r} cannot be written: {error.strerror or error}.", money="") from error


def as_text(value: Any) -> Any:
    """Return a cell's value, with an apostrophe before a text that a spreadsheet would take for a formula."""
    if isinstance(value, str) and (value.startswith(FORMULA) or value.lstrip().startswith(FORMULA)):
        return f"'{value}"
    return value

"""Two databases are told apart in one short file; the others work with whatever is at an address."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "sora_nb"
DIALECTS = PACKAGE / "storage" / "dialects.py"
OWN = {
    "storage/dialects.py": {"sqlite", "postgres", "psycopg"},
    "storage/sqlite_file.py": {"sqlite"},
    "storage/home.py": {"sqlite", "postgres"},  # whether a folder can hold such a file, and what to do where it cannot
    "storage/place.py": {"sqlite", "postgres", "psycopg"},  # how addresses are written
    "storage/postgresql.py": {"postgres", "psycopg"},
    "storage/line.py": {"postgres", "psycopg"},
}
"""What a file may name of a database in its code; each of the last four knows one, as what a path or an address stands for."""
DATABASES = ("sqlite", "postgres", "psycopg")


def named(path):
    """The databases that the code of a file names; what it says in words does not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and any(
            isinstance(one, ast.keyword) and one.arg == "help" for one in node.keywords
        ):
            said |= {id(one.value) for one in node.keywords}
    for node in ast.walk(tree):
        words = []
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            words = [node.value]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            words = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
        elif isinstance(node, ast.Attribute):
            words = [node.attr]
        elif isinstance(node, ast.keyword):
            words = [node.arg or ""]
        yield from (database for database in DATABASES for word in words if database in word.lower())


def test_no_other_file_names_a_database():
    files = {path.relative_to(PACKAGE).as_posix(): set(named(path)) for path in PACKAGE.rglob("*.py")}
    assert {name: found - OWN.get(name, set()) for name, found in files.items() if found - OWN.get(name, set())} == {}


def test_the_file_that_knows_both_is_short_and_asks_for_no_name():
    text = DIALECTS.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert "dialect.name" not in text

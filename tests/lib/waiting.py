"""Waiting for what other threads and processes bring."""

from __future__ import annotations

import ast
import inspect
import time


def until(happened):
    """Wait until a function returns something true, and return that; only the test's own timeout ends the wait.

    What was seen last is added to whatever ends it.
    """
    found = None
    try:
        while not (found := happened()):
            time.sleep(0.01)
    except BaseException as error:
        error.add_note(f"Waited for {seen(happened)}; it was {found!r} when it was asked last.")
        raise
    return found


def seen(happened):
    """Return the words of a lambda, with the values of what it compares or looks into; of any other function its name."""
    values = inspect.getclosurevars(happened) if inspect.isfunction(happened) else None
    body = _body(happened) if values else None
    if body is None:
        return getattr(happened, "__qualname__", repr(happened))
    names = {**values.builtins, **values.globals, **values.nonlocals}
    bound = inspect.signature(happened).parameters
    names |= {name: one.default for name, one in bound.items()}
    parts = [part for each in _compared(body) if (part := _valued(each, names))]
    return ", ".join([ast.unparse(body), *parts])


def _body(happened):
    """The expression of a lambda; None where it is another function or stands beside a second lambda."""
    try:
        tree = ast.parse(inspect.getsource(happened).strip())
    except (OSError, SyntaxError):  # no source, or a line that is no statement without what stands around it
        return None
    found = [node.body for node in ast.walk(tree) if isinstance(node, ast.Lambda)]
    return found[0] if len(found) == 1 else None


def _compared(body):
    if isinstance(body, ast.BoolOp):
        return [part for value in body.values for part in _compared(value)]
    if isinstance(body, ast.UnaryOp):
        return _compared(body.operand)
    return [body.left, *body.comparators] if isinstance(body, ast.Compare) else [body]


def _valued(part, names):
    if isinstance(part, ast.Constant):
        return ""
    try:
        value = eval(compile(ast.Expression(part), "<seen>", "eval"), names)
    except Exception as error:  # noqa: BLE001  whatever it is, it is what was seen
        value = error
    return f"{ast.unparse(part)} = {value!r:.300}"

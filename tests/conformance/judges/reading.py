"""What the judges share: the order they are given, and how exactly an SDK's type fits a body."""

from __future__ import annotations

import base64
import json
import sys
import time
import typing


def order():
    """Return the address, the key and the order that a judge was started with."""
    url, key = sys.argv[1:3]
    return url, key, json.load(sys.stdin)


def report(**said):
    """Print what a judge has to say, as one line of JSON."""
    print(json.dumps(said, default=str))


def sent(create):
    """Return what a create is answered with; where it is refused, report the SDK's exception, and end."""
    try:
        return create()
    except Exception as error:  # noqa: BLE001  which one it is, is the question
        report(refusal=type(error).__name__, said=str(error))
        sys.exit()


def picture(address):
    """Return the media type and the bytes of a data address."""
    head, _, data = address.partition(",")
    return head.removeprefix("data:").removesuffix(";base64"), base64.b64decode(data)


def until(ended, ask, most=600):
    """Ask until an answer has ended."""
    for _ in range(most):
        answer = ask()
        if ended(answer):
            return answer
        time.sleep(0.1)
    raise TimeoutError(answer)


def words(kind):
    """Return the values that a Literal allows, wherever it is inside a type."""
    if typing.get_origin(kind) is typing.Literal:
        return sorted(typing.get_args(kind))
    return sorted({word for part in typing.get_args(kind) for word in words(part)})


def strange(model, said, path=""):
    """Return what a body holds that the SDK's type for it does not: names, and words that are not among its words.

    Args:
        model: the body as the SDK's type, an object of pydantic.
        said: the body.
        path: where it stands in a larger one.
    """
    if isinstance(said, list) and isinstance(model, (list, tuple)):
        return sorted({name for one, part in zip(model, said, strict=True) for name in strange(one, part, path)})
    if not isinstance(said, dict) or not hasattr(type(model), "model_fields"):
        return []
    fields = {field.alias or name: name for name, field in type(model).model_fields.items()}
    found = [path + name for name in said if name not in fields]
    for name in fields.keys() & said.keys():
        allowed, value = words(type(model).model_fields[fields[name]].annotation), said[name]
        if allowed and isinstance(value, str) and value not in allowed:
            found.append(f"{path}{name}={value}")
        found += strange(getattr(model, fields[name]), value, f"{path}{name}.")
    return sorted(found)

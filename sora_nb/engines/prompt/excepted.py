"""Find who does not do what all others do: except for dad, everyone sleeps; 除了小猫, 都睡着了."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import attributes, counts, grammar, syntax

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_EXCEPT = frozenset([("except",), ("except", "for"), ("apart", "from"), ("除",), ("除了",), ("除", "了")])
"""Words right before somebody who does not do what all others do."""
_ALL = grammar.words("everyone everybody all others 都 大家 所有 所有人 其他 其他人 其余人 剩下")
"""Words for all others."""
_BESIDES = grammar.words("还有 还 也有")
"""Words for one more besides who is named behind 除了."""


def is_excepted(units: list[Unit], at: int, start: int) -> bool:
    """Whether somebody does not do what all others do, or one more: except for dad, everyone sleeps; 除了猫, 还有一只狗在跑.

    Args:
        units: of the whole prompt.
        at: the place of the noun for him.
        start: the place of the first word of its phrase.
    """
    begin = min(start, attributes.begin(units, at))
    return is_behind_except(units, begin) and any(unit.word in _ALL | _BESIDES for unit in units)


def is_behind_except(units: list[Unit], at: int) -> bool:
    """Whether "except" or a like word stands right before a place."""
    before = tuple(unit.word for unit in units[:at][-2:])
    return before in _EXCEPT or before[-1:] in _EXCEPT


def are_left_out(units: list[Unit], at: int) -> bool:
    """Whether a number says how many of those who came before do not do what the others do: 除了一只, except two."""
    number = units[at].word in counts.ONE_OF or counts.some_of(units[at])
    if not number or not is_behind_except(units, at):
        return False
    following = syntax.after(units, at)
    described = following is not None and (following.kinds & syntax.NOUNS or syntax.is_adjective(following))
    return not described and (following is None or following.word not in syntax.RELATIVE | {"of"})

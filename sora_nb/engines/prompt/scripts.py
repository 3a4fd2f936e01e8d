"""Tell what is said in the lines of a script from the film: HOST: welcome back! GUEST: thanks; 老师：坐下！学生：是."""  # noqa: RUF002

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon
from sora_nb.engines.prompt.lexicon import Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SPOKEN = grammar.words(
    "i i'm i've i'll you you're your me my we us yes no thanks thank welcome hello hi hey please sir madam bye goodbye sorry "
    "我 我们 你 您 你们 谢谢 你好 欢迎 好的 再见 对不起 请 先生 没事"
)
"""Words of who speaks, and to whom, which no description of a film needs."""
_EXCLAIMED = frozenset("!?！？")
_SPEAKERS = frozenset(["character", "people", "animal"])
_CLOSING = frozenset(["\n", "(", "（", "[", "【"])
"""Marks at which a line of a script ends, and what is seen goes on."""


def mark(units: list[Unit]) -> None:
    """Take the lines of a script of at least two speakers for speech, and their labels for who they are."""
    labels = [at for at, unit in enumerate(units) if unit.kind == "colon" and _is_speaker(units, at)]
    if len({units[at - 1].word for at in labels}) < 2:
        return
    ends = [_end(units, at, last=at == labels[-1]) for at in labels]
    lines = [units[at + 1 : end] for at, end in zip(labels, ends, strict=True)]
    if not any(unit.word in _SPOKEN or unit.source in _EXCLAIMED for line in lines for unit in line):
        return
    for at, line in zip(labels, lines, strict=True):
        _name(units[at - 1])
        for unit in line:
            if unit.kind in {"word", "mention"}:
                unit.kind, unit.senses = "speech", ()


def _is_speaker(units: list[Unit], colon: int) -> bool:
    """Whether a noun for somebody, or a verb in capitals for who does so, is all that stands before a colon: HOST:, Old man:."""
    label = units[colon - 1] if colon else None
    begins = colon == 1 or (colon > 1 and (units[colon - 2].ends_clause or units[colon - 2].kinds <= {"manner"}))
    if label is None or not begins:
        return False
    working = label.source.isupper() and bool(label.kinds & lexicon.VERBS)
    return label.kind == "mention" or (label.kind == "word" and (working or bool(label.kinds & _SPEAKERS)))


def _end(units: list[Unit], colon: int, *, last: bool) -> int:
    """Return where a line of a script ends; that of the last speaker with the sentences in which he speaks."""
    for place in range(colon + 1, len(units)):
        unit = units[place]
        if unit.source in _CLOSING or unit.kind in {"label", "flag", "quote"}:
            return place
        if unit.kind == "colon" and _is_speaker(units, place):
            return place - 1
        if last and unit.kind == "stop" and not _speaks(units, place + 1):
            return place
    return len(units)


def _speaks(units: list[Unit], start: int) -> bool:
    """Whether a sentence that starts at a place is one of somebody who speaks."""
    end = next((place for place in range(start, len(units)) if units[place].kind == "stop"), len(units))
    return any(unit.word in _SPOKEN for unit in units[start:end])


def _name(label: Unit) -> None:
    """Take the label of a line for a person where it is a word for somebody and something else: HOST, COOK."""
    if label.kind == "mention":
        return
    label.senses = tuple(sense for sense in label.senses if sense.kind not in lexicon.VERBS)
    if not label.kinds & _SPEAKERS:
        label.senses = (Sense("character", "person", near=True), *label.senses)

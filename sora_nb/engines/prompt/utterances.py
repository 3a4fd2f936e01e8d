"""Find what is said or written: in quotation marks beside a word of saying or what somebody does, and under such a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sora_nb.engines.prompt.units import Unit

_SAYING = grammar.words(
    "say says saying said shout shouts shouting whisper whispers read reads reading text title titled caption label written "
    "writes sign called named word words letters banner yells screams sings singing dialogue ask asks asked asking reply replies "
    "replied answer answers answered exclaims murmurs mutters labelled labeled engraved embroidered reads "
    "写着 说 写 喊 叫 文字 字幕 问 问道 说道 喊道 回答 答 问路 印着 印有 写有 刻着 绣着 标着"
)
"""Words beside which what stands in quotation marks is said or written."""
_SAID_BEHIND = 4
"""Among how many words behind a quotation the one of saying is looked for: "Hello", the old robot says."""
_SAID_BETWEEN = 12
"""Among how many words before a quotation an earlier one is looked for: "No," says the old rabbit, "I live here."."""
_CALLS = frozenset("!?！？")
_ENDS = frozenset(".…,。，") | _CALLS
_IN_PERSON = grammar.words("i i'm i'll i've i'd you you're your me my we us our let's 我 你 你们 我们 咱们 您")
"""Words of who speaks and is spoken to."""
_FORMS = ("s", "ed", "ing")
"""How verbs end that are unknown, or known as adjectives alone."""


def mark(units: list[Unit]) -> None:
    """Find what is said or written: in quotation marks behind a word of saying, or under such a label."""
    before = ""
    label = False
    quoted = False
    for at, unit in enumerate(units):
        if unit.kind in {"label", "flag"}:
            label = unit.word in grammar.SPEECH_LABELS
        elif unit.kind == "stop" and unit.source == "\n":
            label = False
        elif unit.kind == "quote":
            closed = next((place for place in range(at + 1, len(units)) if units[place].kind == "quote"), 0)
            said = _says(before) or _is_said(units, closed) or _is_speaker(units, at) or _goes_on_saying(units, at)
            quoted = not quoted and closed > 0 and (said or _is_uttered(units, at, closed))
        elif unit.kind in {"word", "mention"}:
            if unit.is_word and (quoted or label):
                unit.kind = "speech"
                unit.senses = ()
                unit.corrections = []
            elif unit.word not in {"着", "道"}:  # 写着
                before = unit.word


def _says(word: str) -> bool:
    """Whether a word is one of saying or writing, or a Chinese verb for talking: 大喊, 回答."""
    chinese = () if word.isascii() else lexicon.INDEX.get(word, ())
    return word in _SAYING or any(sense.kind == "action" and sense.meaning == "talk" for sense in chinese)


def _is_said(units: list[Unit], closed: int) -> bool:
    """Whether a word of saying follows a quotation that is closed at a place: "Hello", says the robot."""
    for unit in units[closed + 1 : closed + 2 + _SAID_BEHIND]:
        if unit.word in _SAYING or (unit is units[closed + 1] and _is_on_it(units, closed + 1)):
            return True
        if unit.kind not in {"pause", "word", "mention"} or unit.word in grammar.CONJUNCTIONS:
            return False
    return False


def _goes_on_saying(units: list[Unit], opened: int) -> bool:
    """Whether a quotation goes on with an earlier one behind who says it: "No," says the rabbit, "I live here."."""
    between = units[max(0, opened - _SAID_BETWEEN) : opened]
    if not between or between[-1].kind not in {"pause", "stop", "colon"}:
        return False
    closed = next((place for place in reversed(range(len(between))) if between[place].kind == "quote"), -1)
    before = [unit for unit in between[: max(0, closed)] if unit.kind not in {"pause", "stop"}]
    saying = between[closed + 1 : -1]
    spoken = bool(before) and before[-1].kind == "speech" and not any(unit.kind == "stop" for unit in saying)
    return spoken and any(unit.word in _SAYING for unit in saying)


def _is_on_it(units: list[Unit], at: int) -> bool:
    """Whether a quotation before a place is written on something: a shirt with "PANDA" on it."""
    return units[at].word == "on" and any(unit.word in {"it", "them"} for unit in units[at + 1 : at + 2])


def _is_speaker(units: list[Unit], opened: int) -> bool:
    """Whether a noun or a mention and a colon stand before a quotation: Customer: 'There's a fly in my soup!'."""
    if opened < 2 or units[opened - 1].kind != "colon":
        return False
    speaker = units[opened - 2]
    return speaker.kind in {"word", "mention"} and speaker.kinds != {"editing"}  # scene 1: "a dog runs"


def _is_uttered(units: list[Unit], opened: int, closed: int) -> bool:
    """Whether a quotation between two places is what somebody says who does something right before or behind it."""
    spoken = units[opened + 1 : closed]
    if not spoken or not opened:
        return _is_call(spoken) and _does_something(_sentence_from(units, closed + 1))
    mark, before = units[opened - 1], _sentence_to(units, opened - 1)
    if mark.kind not in {"pause", "stop"} or not _does_something(before):
        return False
    personal = any(unit.word in _IN_PERSON for unit in spoken)
    if mark.kind == "stop":
        return _is_call(spoken) or (personal and _is_sentence(spoken))
    return personal or _is_sentence(spoken)


def _is_call(spoken: list[Unit]) -> bool:
    return bool(spoken) and spoken[-1].source in _CALLS


def _is_sentence(spoken: list[Unit]) -> bool:
    """Whether a quotation begins and ends as a sentence does, and no name or style: "Not again."; but "Blade Runner"."""
    first, last = spoken[0].source[:1], spoken[-1].source
    return last in _ENDS and (first.isupper() or not first.isascii())


def _does_something(clause: Iterable[Unit]) -> bool:
    """Whether a clause has somebody, and then what he does; none of it in quotation marks."""
    somebody = False
    for unit in clause:
        if unit.kind in {"quote", "label"}:
            return False
        strange = unit.word.endswith(_FORMS) and unit.kinds <= syntax.ADJECTIVES  # opens
        if somebody and (unit.kinds & VERBS or strange):
            return True
        somebody = somebody or syntax.is_agent(unit)
    return False


def _sentence_to(units: list[Unit], end: int) -> list[Unit]:
    begin = next((place for place in reversed(range(end)) if units[place].kind in {"stop", "colon"}), -1) + 1
    return units[begin:end]


def _sentence_from(units: list[Unit], begin: int) -> list[Unit]:
    end = next((place for place in range(begin, len(units)) if units[place].kind in {"stop", "colon"}), len(units))
    return units[begin:end]

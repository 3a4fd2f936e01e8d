"""Correct misspelt words: one letter from a word that is drawn, and no word of their own."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import pairwise

from sora_nb.engines.prompt import lexicon, lookalikes

SHORTEST = 4
"""Letters of a word in which one may be wrong; in shorter ones only two neighbours may be swapped."""
LONGEST = 24
_SMALL = ("the", "and", "with", "from", "his", "her")
_FORMS = ("", "s", "ing")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=1024)
def correct(word: str) -> str:
    """Return the known word that a misspelt one is nearest to, or "" where it is none, or nobody could be sure."""
    if not word.isalpha() or not 3 <= len(word) <= LONGEST or word in lookalikes.WORDS or lexicon.find([word]):
        return ""
    swapped = {word[:at] + right + left + word[at + 2 :] for at, (left, right) in enumerate(pairwise(word))}
    nearest = _known(swapped)
    if not nearest and len(word) >= SHORTEST:
        cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
        nearest = _known({left + letter + right for left, right in cuts for letter in _LETTERS})
        if not nearest:
            nearest = _known({left + right[1:] for left, right in cuts if right and len(word) > SHORTEST})
        if not nearest:
            nearest = _known({left + letter + right[1:] for left, right in cuts[1:] if right for letter in _LETTERS})
    return nearest if _is_sure(nearest) else ""


def _is_sure(nearest: str) -> bool:
    return nearest != "" and " " not in nearest


def _known(spellings: set[str]) -> str:
    """Return the one known word among spellings; "" where there is none, and two words where there are several."""
    found = sorted(spellings & _targets())
    meanings = {_meaning(word) for word in found}
    return found[0] if len(meanings) == 1 else " ".join(found[:2])


def _meaning(word: str) -> object:
    found = lexicon.find([word])
    return word if found is None else found.senses


@cache
def _targets() -> frozenset[str]:
    """Words that a misspelt one may be read as."""
    words = set(_SMALL)
    for entry, senses in lexicon.INDEX.items():
        if entry.isascii() and entry.isalpha() and len(entry) >= 3 and lexicon.kinds(senses) & set(lexicon.DRAWN):
            endings = _FORMS if "action" in lexicon.kinds(senses) else _FORMS[:2]
            words |= {form for ending in endings for form in _spelled(entry, ending)}
    return frozenset(words)


def _spelled(entry: str, ending: str) -> list[str]:
    """Write a word with an ending."""
    if ending == "ing" and entry.endswith("e"):
        return [entry[:-1] + ending]
    if ending == "ing" and len(entry) <= 4 and entry[-1] in "nptmgb":
        return [entry + entry[-1] + ending]
    return [entry + ending]

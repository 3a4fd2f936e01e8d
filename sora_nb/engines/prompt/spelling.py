"""Correct misspelt words: one letter from a word that is drawn, and no word of their own."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import pairwise

from sora_nb.engines.prompt import lexicon, lookalikes, vocabulary

SHORTEST = 4
"""Letters of a word in which one may be wrong; in shorter ones two may be swapped, or one missing."""
LONGEST = 24
_COMMON = (
    "the", "and", "with", "from", "his", "her", "living",
    "water", "elephant", "beautiful", "purple", "golden", "little", "glass", "grass", "horse",
)  # fmt: skip
"""Words that are meant where they are misspelt, besides those of the vocabulary."""
_FORMS = ("", "s", "ing")
_SHORT = {
    "ppl": "people", "lil": "little", "thru": "through", "tho": "though", "pls": "please", "plz": "please", "gurl": "girl",
    "grl": "girl", "dawg": "dog", "kiddo": "kid", "nite": "night", "bf": "boyfriend", "gf": "girlfriend", "bday": "birthday",
}  # fmt: skip
"""How words are written in haste."""
_VOWELS = frozenset("aeiouy")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


_DROPPED = "in"
"""How a participle ends that is written as it is spoken."""


@lru_cache(maxsize=1024)
def correct(word: str) -> str:
    """Return the known word that a shortened or misspelt one is nearest to, or "" where it is none, or nobody could be sure."""
    if word in _SHORT:
        return _SHORT[word]
    if word.endswith(_DROPPED) and word.isalpha() and not lexicon.find([word]):
        whole = lexicon.find([f"{word}g"])
        if whole is not None and whole.form == "ing" and lexicon.kinds(whole.senses) & lexicon.VERBS:
            return f"{word}g"  # playin
    if (
        not word.isalpha()
        or not 2 <= len(word) <= LONGEST
        or word in lookalikes.WORDS
        or word in _targets()
        or lexicon.find([word])
    ):
        return ""
    swapped = {word[:at] + right + left + word[at + 2 :] for at, (left, right) in enumerate(pairwise(word))}
    nearest = _known(swapped)
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    if not nearest and (len(word) > 2 or not set(word) & _VOWELS):
        nearest = _known({left + letter + right for left, right in cuts for letter in _LETTERS})
    if not nearest and len(word) >= SHORTEST:
        nearest = _known({left + right[1:] for left, right in cuts if right})
        if not nearest:
            nearest = _known({left + letter + right[1:] for left, right in cuts[1:] if right for letter in _LETTERS})
    return nearest if _is_sure(nearest) else ""


def complete(first: str, word: str) -> str:
    """Return the second word of a phrase that a misspelt one is one letter from, or "": room in "living rom"."""
    if len(word) < SHORTEST - 1 or not word.isalpha() or lexicon.find([word]):
        return ""
    nearest = [second for second in _seconds().get(first, ()) if _is_near(word, second)]
    return nearest[0] if len(nearest) == 1 else ""


@cache
def _seconds() -> dict[str, list[str]]:
    """The second words of everyday phrases of two, by the first."""
    found: dict[str, list[str]] = {}
    for entry in sorted(vocabulary.everyday()):
        first, _, second = entry.partition(" ")
        if second.isalpha():
            found.setdefault(first, []).append(second)
    return found


def _is_near(word: str, other: str) -> bool:
    """Whether a word is another one with one letter more, less or changed."""
    short, long = sorted((word, other), key=len)
    if len(long) - len(short) > 1 or len(long) < SHORTEST:
        return False
    at = next((at for at, (one, two) in enumerate(zip(short, long, strict=False)) if one != two), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


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
    """Words that a misspelt one may be read as: everyday ones, so that rare ones take no others over."""
    words = set(_COMMON)
    for entry in vocabulary.everyday():
        senses = lexicon.INDEX[entry]
        if entry.isascii() and entry.isalpha() and len(entry) >= 3:
            endings = _FORMS if "action" in lexicon.kinds(senses) else _FORMS[:2]
            words |= {form for ending in endings for form in _spelled(entry, ending)}
    return frozenset(words)


def _spelled(entry: str, ending: str) -> list[str]:
    """Write a word with an ending."""
    if ending == "ing" and entry.endswith("ie"):
        return [entry[:-2] + "ying"]
    if ending == "ing" and entry.endswith("e"):
        return [entry[:-1] + ending]
    if ending == "ing" and len(entry) <= 4 and entry[-1] in "nptmgb":
        return [entry + entry[-1] + ending]
    return [entry + ending]

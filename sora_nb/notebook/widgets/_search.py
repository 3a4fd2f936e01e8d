"""Lists of any length in a page of fixed size: the newest are state, the others come when they are searched for."""

from __future__ import annotations

PAGE = 100
"""Most cards of a list in a page at first, and most that a search adds."""


def has_words(text: str, search: str) -> bool:
    """Whether a text has all words of a search in it, in any case; that of no words is every text."""
    text = text.lower()
    return all(word in text for word in search.lower().split())

"""Cut runs of Chinese characters, which are written without blanks, into words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import chinese, lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PREFIXES = frozenset(["manner", "colour"])
"""What a character before an unknown one is taken for a part of its word of: 长 in 长椅."""


def segment(run: str) -> list[tuple[str, bool]]:
    """Cut a run of Chinese characters into known words and what is between them: (word, known).

    Of all ways to cut it, the one with the fewest unknown characters, then with the fewest words. A word that is known
    only by its ending counts as one unknown character; one for a trade counts as none, but as two words.
    """
    best: list[tuple[int, int, int]] = [(0, 0, 0)]  # from each place on, the last one first: unknown, words, length
    for at in reversed(range(len(run))):
        unknown, words, _ = best[-1]
        ways = [(unknown + 1, words, 0)]
        for length, strange in _known_lengths(run, at):
            unknown, words, _ = best[-length]
            trade = strange and _is_trade(run[at : at + length])
            ways.append((unknown + (strange and not trade), words + 1 + strange + trade, length))
        best.append(min(ways, key=lambda way: (way[0], way[1], -way[2])))
    best.reverse()
    return list(_compounds(_pieces(run, [length for _, _, length in best])))


def _is_trade(word: str) -> bool:
    """Whether a word is no entry, but for somebody by what he does or works with, which is one: 讲解员, 钢琴师."""
    return len(word) > 2 and word[-1] in chinese.TRADES and word[:-1] in lexicon.INDEX


def _pieces(run: str, lengths: list[int]) -> Iterator[tuple[str, bool]]:
    """Cut a run where the best way has it; unknown characters stay together."""
    strange = ""
    at = 0
    while at < len(run):
        length = lengths[at]
        if (
            length == 1
            and at + 1 < len(run)
            and lengths[at + 1] == 0
            and lexicon.kinds(lexicon.INDEX.get(run[at], ())) <= _PREFIXES
        ):
            length = 0
        if length == 0:
            strange += run[at]
        if strange and (length or at + 1 == len(run)):
            yield strange, False
            strange = ""
        if length:
            yield run[at : at + length], True
        at += max(1, length)


def _compounds(pieces: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Join a character, or one strange letter, with the thing right behind it: 兔子 and 灯 are a lamp, 军 and 大衣 a coat."""
    last = ("", True)
    listed = [*pieces]
    for (piece, known), following in zip(listed, [*listed[1:], last], strict=True):
        whole = last[0] + piece
        doubled = following[0] == piece  # 女孩糖糖
        if (
            last[0]
            and known
            and not doubled
            and lexicon.kinds(lexicon.INDEX.get(piece, ())) & _HEADS
            and chinese.by_ending(whole)
        ):
            yield whole, True
            last = ("", True)
            continue
        if last[0]:
            yield last
        begins = "character" in lexicon.kinds(lexicon.INDEX.get(piece, ())) if known else len(piece) == 1
        last = (piece, known) if begins else ("", True)
        if not begins:
            yield piece, known
    if last[0]:
        yield last


_HEADS = frozenset(["object", "food", "clothing"])
"""What a noun for a character right before it makes a compound with."""


def _known_lengths(run: str, at: int) -> Iterator[tuple[int, int]]:
    """Yield the lengths of the words that begin at a place of a run, and for how many unknown characters each counts."""
    for pattern in (lexicon.MEASURED, lexicon.CLOCK, lexicon.ROW, lexicon.DANCED):
        matched = pattern.match(run, at)
        if matched:
            yield len(matched[0]), 0
    for length in range(1, min(lexicon.LONGEST_CHINESE, len(run) - at) + 1):
        word = run[at : at + length]
        if word in lexicon.INDEX:
            yield length, 0
            if run.startswith(lexicon.PLURAL, at + length) and "character" in lexicon.kinds(lexicon.INDEX[word]):
                yield length + 1, 0
        elif 1 < length <= chinese.LONGEST_STEM + 2 and lexicon.by_ending(word) and not lexicon.is_clause(word):
            yield from [(length, 1)] if length == 2 or word[-1] != word[-2] else []  # 小狗乐乐

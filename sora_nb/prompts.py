r"""The @mention grammar: find, check and complete handles in a prompt, and word it for a service.

A handle is `@` and letters, digits or underscores; runs of them may be joined by single dots, as in
`@hfspncadz.mooflapand`. A dot that ends a sentence is not part of it, and braces are never written: services that print
`@{username}` in their documents mean a placeholder. What only looks like a mention, as `@<mossy>`, is refused: a service
would not take it for one. E-mail and web addresses, measures such as `@24fps`, and what stands behind `\@` are text.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sora_nb.errors import PromptError
from sora_nb.models import USERNAME

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_SIGNS = "@\uff20\ufe6b"
# Unicode's default ignorable code points: zero-width, joining, bidirectional and variation marks, and fillers
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_ACCENTS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff"
# Thai to Tibetan, Hangul, Khmer, Chinese, Japanese: no blanks between words, or endings that follow a name directly
_UNSPACED = (
    "\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_LATIN = f"A-Za-z0-9_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff{_ACCENTS}"
# small letters of other scripts, and the Latin ones they look like
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝкмтвнгпьӏүѵԍαβγεηικνορτυχωօսհոցյıɑɡøłđ",
    "aeopcyxijshdqwkmtbhrnblyvgabyenikvoptuxwouhngjiagold",
)
_WEB_ADDRESS = (
    r"(?:(?<![\w+.-])[A-Za-z][A-Za-z0-9+.-]*://|(?<![\w@.-])(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?::[0-9]+)?/)"
    r"(?:[A-Za-z0-9_/=&%~+#$@-]|[.:?](?!@))*"
)
_SIGN = re.compile(rf"{_WEB_ADDRESS}|\\[{_SIGNS}]|(?P<sign>[{_SIGNS}])")
_TEXT_BEFORE = re.compile(rf"[{_LATIN}{_SIGNS}]")
_LETTER = rf"(?:(?![{_UNSPACED}{_INVISIBLE}])[\w{_ACCENTS}\u24b6-\u24e9])"
_WORD = re.compile(rf"[{_INVISIBLE}]*(?:{_LETTER}(?:[{_INVISIBLE}]*(?:\.[{_INVISIBLE}]*)?{_LETTER})*|\w+)")
_HANDLE = re.compile(USERNAME)
_MEASURE = re.compile(r"[0-9]+[A-Za-z]{0,4}(?:\.?[0-9]+[A-Za-z]{0,4})*")
_MAIL_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_UNSEEN = re.compile(f"[{_INVISIBLE}]")
# these read folded text
_BRACKETED = re.compile(rf"[{{<] ?@? ?({USERNAME}) ?[}}>]")
_APART = re.compile(rf"[^\w@]{{0,4}}({USERNAME})")
_ESCAPE = re.compile(rf"\\([{_SIGNS}])")
_TYPING = re.compile(rf"(?<![{_LATIN}{_SIGNS}\\])[{_SIGNS}]([\w.]*)$")
# no further than to the next `@` but one, so that a prompt of nothing else is read quickly, too
_NEAR = re.compile(rf"[^{_SIGNS}]{{0,256}}[{_SIGNS}]?[^{_SIGNS}]{{0,256}}")
SAFE_MENTIONS = 2
"""As many characters as every service of this family takes in one prompt."""
LITERAL = r"A literal @ is written \@."


@dataclass(frozen=True)
class Mention:
    """One `@username` in a prompt.

    Attributes:
        username: without the `@`.
        start, end: where it stands: prompt[start:end] is "@username".
    """

    username: str
    start: int
    end: int


@dataclass(frozen=True)
class Stray:
    """An `@` that no service would read as a mention, though it may be meant as one.

    Attributes:
        name: as people read it, in the small Latin letters it looks like; "" where it looks like none.
        start, end: where it stands, the name with it.
        certain: whether it is meant as a mention whoever is known; otherwise it is where somebody has this name.
        bracketed: whether the name stands in braces or angle brackets.
    """

    name: str
    start: int
    end: int
    certain: bool
    bracketed: bool = False


def _read(prompt: str) -> Iterator[Mention | Stray]:
    """Yield what the `@` signs of a prompt may mean, in order; measures are mentions here."""
    end = -1
    for match in _SIGN.finditer(prompt):
        start = match.start()
        if match["sign"] is None or start < end:
            continue
        word = _WORD.match(prompt, start + 1)
        joined = start > 0 and _TEXT_BEFORE.match(prompt[start - 1]) is not None
        found: Mention | Stray | None
        if match["sign"] == "@" and word is not None and _HANDLE.fullmatch(word[0]) and not joined:
            found = Mention(word[0], start, word.end())
        else:
            # a sign behind text may be of an address; one right behind a mention begins another
            found = _stray(prompt, start, word, joined=joined and start != end)
        if found is not None:
            yield found
            end = end if isinstance(found, Stray) and not found.certain else found.end


def _stray(prompt: str, start: int, word: re.Match[str] | None, *, joined: bool) -> Stray | None:
    """Return what an `@` that is no mention may be meant as, or None where it is text whoever is known."""
    near = _NEAR.match(prompt, start + 1)
    folded = list(_fold_letters(near[0] if near else ""))
    text = "".join(letter for letter, _ in folded)
    bracketed = _BRACKETED.match(text)
    if bracketed:
        end = start + 1 + folded[bracketed.end() - 1][1]
        return Stray(bracketed[1], start, end, certain=True, bracketed=True)
    mail = _MAIL_DOMAIN.match(prompt, start + 1) if start > 0 and prompt[start - 1].isalnum() else None
    apart = _APART.match(text)
    name = apart[1] if apart else ""
    if mail is not None and joined:
        name = _fold(mail[0])
    certain = word is not None and not joined and mail is None and not _MEASURE.fullmatch(name)
    if not name and not certain:
        return None
    end = word.end() if word is not None else start + 1 + folded[apart.end() - 1][1] if apart else start + 1
    return Stray(name, start, end, certain)


def _fold_letters(text: str) -> Iterator[tuple[str, int]]:
    """Yield a text's letters as people read them, and where each ends: small Latin ones, nothing invisible."""
    blank = False
    for end, letter in enumerate(text, 1):
        for part in unicodedata.normalize("NFKD", letter).lower():
            if _UNSEEN.match(part) or unicodedata.category(part).startswith("M"):
                continue
            if not (part.isspace() and blank):
                yield " " if part.isspace() else part.translate(_LOOKALIKES), end
            blank = part.isspace()


def _fold(text: str) -> str:
    return "".join(letter for letter, _ in _fold_letters(text))


def _closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known username that a name is most like, or None."""
    names = {_fold(each): each for each in known}
    begin = _HANDLE.match(name)
    if begin and begin[0] in names.values():
        return begin[0]
    near = difflib.get_close_matches(_fold(name), names, n=1)
    return names[near[0]] if near else None


def find(prompt: str, known: Collection[str] = ()) -> list[Mention]:
    """Return the mentions of a prompt, in order, repeated ones too.

    Args:
        prompt: the text.
        known: usernames that are mentioned even where they look like a measure, as @24fps does.
    """
    found = [mark for mark in _read(prompt) if isinstance(mark, Mention)]
    return [mark for mark in found if mark.username in known or not _MEASURE.fullmatch(mark.username)]


def usernames(prompt: str, known: Collection[str] = ()) -> list[str]:
    """Return the usernames a prompt mentions, each once, in order of appearance; `known` as of find()."""
    return list(dict.fromkeys(mention.username for mention in find(prompt, known)))


def is_measure(name: str) -> bool:
    """Whether a name is read as a measure in a prompt, such as that of @24fps, unless somebody has it."""
    return _MEASURE.fullmatch(name) is not None


def candidates(prompt: str) -> list[str]:
    """Return the usernames a prompt mentions, and measures, which are mentions where somebody is called so."""
    return list(dict.fromkeys(mark.username for mark in _read(prompt) if isinstance(mark, Mention)))


def is_settled(prompt: str, known: Collection[str]) -> bool:
    """Whether some usernames are enough to read a prompt: it has no `@` that others could be meant by."""
    return all(isinstance(mark, Mention) and mark.username in known for mark in _read(prompt))


def check(prompt: str, known: Iterable[str], *, most: int = SAFE_MENTIONS, longest: int = 32_000) -> list[str]:
    """Check a prompt before money is spent on it.

    Args:
        prompt: the text.
        known: usernames that may be mentioned.
        most: how many different characters the service takes.
        longest: how many characters of text the service takes.

    Returns:
        The usernames mentioned, each once.

    Raises:
        PromptError: empty, too long, what only looks like a mention, an unknown handle, or too many.
    """
    names = set(known)
    for fault in faults(prompt, names, most=most, longest=longest):
        raise fault
    return usernames(prompt, names)


def faults(
    prompt: str,
    known: Iterable[str],
    *,
    most: int = SAFE_MENTIONS,
    longest: int = 32_000,
    advice: str = f"Make the character first, or see studio.characters(). {LITERAL}",
) -> Iterator[PromptError]:
    """Yield everything check() refuses in a prompt, the gravest first.

    Args:
        prompt, known, most, longest: as of check().
        advice: the hint for an unknown handle that resembles no known one.
    """
    if not isinstance(prompt, str):
        yield PromptError(
            f"A prompt is a text, not {prompt!r}.", hint='A character is mentioned in it: f"{hero} waves".'
        )
        return
    if not prompt.strip():
        yield PromptError("The prompt is empty.", hint="Say what should be seen.")
    if len(prompt) > longest:
        yield PromptError(f"The prompt has {len(prompt)} characters, this service takes {longest}.")
    names = set(known)
    marks = list(_read(prompt))
    strays = [mark for mark in marks if isinstance(mark, Stray)]
    folded = {_fold(name): name for name in names} if strays else {}
    for stray in strays:
        fault = _stray_fault(stray, prompt, folded, advice)
        if fault is not None:
            yield fault
    mentioned = dict.fromkeys(mark.username for mark in marks if isinstance(mark, Mention))
    for name in mentioned:
        if name not in names:
            near = _closest(name, names)
            if not _MEASURE.fullmatch(name) or (near is not None and near[0].isdigit()):
                yield _unknown(f"@{name}", near, advice)
    found = [name for name in mentioned if name in names or not _MEASURE.fullmatch(name)]
    if len(found) > most:
        yield PromptError(f"The prompt mentions {len(found)} characters, this service takes {most}.")


def _stray_fault(stray: Stray, prompt: str, folded: Mapping[str, str], advice: str) -> PromptError | None:
    meant = folded.get(stray.name) or folded.get(stray.name.strip("_"))  # Markdown: _@name_
    written = prompt[stray.start : stray.end]
    if stray.bracketed:
        name = meant or stray.name
        marks = "braces" if "{" in _fold(written) else "brackets"
        return PromptError(f"Mentions are written without {marks}: @{name}, not {written}.")
    if meant is not None:
        blank = " with a blank before it" if written == f"@{meant}" else ""
        hint = f"Did you mean @{meant}{blank}? {LITERAL}"
        return PromptError(f"{written!r} is no mention as it is written here.", hint=hint)
    return _unknown(repr(written), _closest(written[1:], folded.values()), advice) if stray.certain else None


def _unknown(written: str, near: str | None, advice: str) -> PromptError:
    hint = f"Did you mean @{near}?" if near else advice
    return PromptError(f"There is no character {written} here.", hint=hint)


def complete(prompt: str, cursor: int, known: Iterable[str], labels: Mapping[str, str] | None = None) -> list[str]:
    """Return the usernames that can complete the mention being typed.

    Args:
        prompt: the text so far.
        cursor: position in it.
        known: usernames to choose from.
        labels: what else people may call each, by its username: "My Cup" is found by @cup and by @my_c.

    Returns:
        Those that begin with what stands between `@` and the cursor (any case), then those whose label has a word that
        begins so, then those that contain it; [] where no mention is being typed.
    """
    typing = _TYPING.search(prompt[:cursor])
    if not typing:
        return []
    ranked = {name: _fit(typing[1].lower(), name.lower(), (labels or {}).get(name, "").lower()) for name in known}
    fitting = sorted(name for name, rank in ranked.items() if rank is not None)
    return sorted(fitting, key=lambda name: ranked[name] or 0)


def _fit(typed: str, name: str, label: str) -> int | None:
    """Return how well a name fits what is typed: 0 best, None not at all. Both are in small letters."""
    if name.startswith(typed):
        return 0
    words = re.split(r"[\W_]+", label)
    bare = re.sub(r"[._]", "", typed)
    if bare and any("".join(words[place:]).startswith(bare) for place in range(len(words))):
        return 1
    return 2 if typed in name or (bare and bare in "".join(words)) else None


def replace_handles(prompt: str, names: Mapping[str, str]) -> str:
    """Replace each `@username` by the character's name, for services that know characters by name in the text.

    Args:
        prompt: the text.
        names: name for each username; handles not in it stay as they are.
    """
    for mention in reversed(find(prompt, names)):
        name = names.get(mention.username) or f"@{mention.username}"
        prompt = f"{prompt[: mention.start]}{name}{prompt[mention.end :]}"
    return prompt


def unescape(prompt: str) -> str:
    r"""Write each `\@` of a prompt as the sign alone, full-width where a service would take it for a mention."""
    return _ESCAPE.sub(_literal, prompt)


def literal(text: str) -> str:
    """Write a text so that no service takes a sign in it for a mention, as unescape() does."""
    return unescape(re.sub(f"[{_SIGNS}]", r"\\\g<0>", text))


def _literal(escape: re.Match[str]) -> str:
    prompt, start = escape.string, escape.start()
    plain = f"{prompt[max(0, start - 1) : start]}@{prompt[escape.end() : escape.end() + 256]}"
    return "\uff20" if any(mention.start <= 1 for mention in find(plain)) else escape[1]


def replace_names(prompt: str, usernames: Mapping[str, str]) -> str:
    """Replace each character's name by its `@username`: the inverse of replace_handles().

    Args:
        prompt: the text.
        usernames: username for each name; a name counts where it stands as it is, and not inside another word.
    """
    for name in sorted(usernames, key=len, reverse=True):
        prompt = _as_word(name).sub(f"@{usernames[name]}", prompt)
    return prompt


def make_handle(name: object) -> str:
    """Derive a handle from a character's name: its Latin letters and digits; "" where it has none."""
    return re.sub(r"\W+", "_", str(name or ""), flags=re.ASCII).strip("_").lower()


def readable(handle: str) -> str:
    """Return a handle as a name for people: `my_cat.two` is My Cat Two."""
    return re.sub(r"[._]+", " ", handle).strip().title()


def has_name(prompt: str, name: str) -> bool:
    """Whether a character's name stands in a prompt as it is."""
    return _as_word(name).search(prompt) is not None


def _as_word(name: str) -> re.Pattern[str]:
    # ASCII, because Chinese text puts no blanks between words
    return re.compile(rf"(?<![\w@.]){re.escape(name)}(?!\w)", re.ASCII)

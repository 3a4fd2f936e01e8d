"""Look words up: everything the local engine knows of English and Chinese, in one index."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import (
    chinese,
    chinese_actions,
    chinese_looks,
    chinese_people,
    chinese_places,
    chinese_things,
    compounds,
    direction,
    grammar,
    looks,
    things,
    vocabulary,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

MAX_PHRASE = 5
"""Most words of an entry."""
CHINESE = "\u3400-\u4dbf\u4e00-\u9fff"
DRAWN = ("scene", "scene hint", "time", "time hint", "weather", "camera", "framing", "action", "character")
"""Kinds of words that decide what is drawn."""
VERBS = frozenset(["action", "deed"])
INFLECTED = {
    **dict.fromkeys(("action", "deed", "scene hint", "camera", "editing"), frozenset(["", "s", "ing", "ed", "er"])),
    "weather": frozenset(["", "s", "ing", "ed"]),
    **dict.fromkeys(("character", "scene", "time", *things.TABLES), frozenset(["", "s"])),
}
"""In which forms the words of a kind stand for themselves; the others stand as they are written, or in plural."""
_PLAIN = frozenset(["", "s"])
_COMPARED = frozenset(["manner", "mood", "light"])
_HINTING = frozenset(["scene hint"])
_SPORTS = frozenset(["idea", "scene hint", "time hint", "object", "weather", *VERBS])
_HINTS = frozenset(["scene", "scene hint", "time hint"])
MEASURED = re.compile(rf"([零一二两俩三四五六七八九十百几数多]+|\d+)([{grammar.MEASURES}])(?:(?<=一.)\2(?!子))?")
"""A number with its measure, which is said twice where nobody counts: 一排排."""
CLOCK = re.compile(
    r"(?:[零一二两三四五六七八九十]+|\d+)(?:点(?:半|整|钟|一刻|[零一二三四五六七八九十]+分)?|年代|世纪|岁|秒|分钟|小时|年|天|月|倍|度)"
)
ROW = re.compile(r"(?:最[后前末]|倒数第?[一二两三四五]?|第(?:[一二三四五六七八九十]+|\d+)|头)一?[排列行]")
"""Which of several rows somebody is in: 最后一排, 第二排."""
DANCED = re.compile(
    r"跳(?:起来?|着|了|完|过)?了?(?:[一这那]?[支段曲场首个])?(?:[^\W飞挥在上进到入着了的向和与跟跳舞]{1,4}?(?<!起)舞(?![台池厅会者蹈伴])"
    r"|探戈|芭蕾|华尔兹|迪斯科|秧歌|太空步|机械步|鬼步|桑巴|伦巴|恰恰|拉丁|爵士|踢踏|弗拉明戈|科目三)"
)
"""What somebody dances: 跳女团舞, 跳起了探戈; but no 跳上舞台."""
TIME_OF_CLOCK = re.compile(
    r"(?P<half>1[0-2]|0?[1-9])(?::[0-5]\d)? ?(?P<noon>[ap])\.?m\.?|(?P<hour>[01]?\d|2[0-3]):(?:00|15|30|45)"
)
"""A time of day in digits: 2am, 5:30 p.m., 23:15; 16:9 is a ratio."""
HOURS = ((5, "night"), (9, "dawn"), (17, "day"), (20, "sunset"), (24, "night"))
"""Until which hour the day is what."""
PLURAL = "们"
SHOTS = re.compile(
    r"(?:scene|shot|act|part|cut|clip|segment|chapter|panel|frame) (?:\d{1,2}|one|two|three|four|five|six)"
)
"""A part of a list of shots, by its number."""
_PATTERNS = (
    (re.compile(r"\d[\d.:]* ?s?\s*[-–—~]\s*\d[\d.:]* ?(?:s(?:ec(?:ond)?s?)?|秒)"), "editing"),
    (re.compile(r"\d+(?::\d+)+(?:\.\d+)?\s*[-–—~]\s*\d.*"), "editing"),
    (re.compile(r"\d+(?:st|nd|rd|th)"), "manner"),
    (re.compile(r"\d+(?:\.\d+)?mm|f/\d+(?:\.\d+)?|f\d\.\d"), "lens"),
    (re.compile(r"\d+k|\d+(?:fps|hz|p|i)|\d+:\d+|\d+[x×]\d+|\d+bit"), "quality"),
    (re.compile(r"(?:19|20)?\d0s"), "style"),
    (re.compile(r"[a-z]{3,}ly"), "manner"),
    (re.compile(r"\d+(?:\.\d+)?(?:s|sec|secs|seconds?|min|minutes?)"), "setting"),
)
"""Words by what they are, where their form says so: those with digits, and adverbs."""


@dataclass(frozen=True)
class Sense:
    """One meaning of a word.

    Attributes:
        kind: one of DRAWN, a kind of things or looks, or "link" for a word that joins others.
        meaning: what is drawn: a key of the table of its kind in `vocabulary`; otherwise "".
        near: whether it is only the nearest that the engine has.
    """

    kind: str
    meaning: str = ""
    near: bool = False


@dataclass(frozen=True)
class Found:
    """An entry: how many words it covers, its senses, and the ending that was taken off ("s", "ing", "ed", "er")."""

    length: int
    senses: tuple[Sense, ...]
    form: str = ""


_DRAWN_TABLES: tuple[tuple[str, dict[str, str], bool], ...] = (
    ("scene", vocabulary.SCENES, False),
    ("scene", vocabulary.NEAREST_SCENES, True),
    ("scene hint", vocabulary.SCENE_HINTS, False),
    ("time", vocabulary.TIMES, False),
    ("weather", vocabulary.WEATHERS, False),
    ("weather", vocabulary.NEAREST_WEATHERS, True),
    ("camera", vocabulary.CAMERAS, False),
    ("framing", vocabulary.FRAMINGS, False),
    ("time hint", vocabulary.TIME_HINTS, False),
    ("direction", direction.phrases(), False),
    ("action", vocabulary.ACTIONS, False),
    ("action", vocabulary.NEAREST_ACTIONS, True),
    ("character", vocabulary.CHARACTERS, False),
    ("character", vocabulary.NEAREST_CHARACTERS, True),
)
_CHINESE_TABLES: tuple[tuple[str, dict[str, str], bool], ...] = (
    ("scene", chinese_places.SCENES, False),
    ("scene", chinese_places.NEAREST_SCENES, True),
    ("scene hint", chinese_places.SCENE_HINTS, False),
    ("time", chinese_places.TIMES, False),
    ("time hint", chinese_places.TIME_HINTS, False),
    ("weather", chinese_places.WEATHERS, False),
    ("weather", chinese_places.NEAREST_WEATHERS, True),
    ("camera", chinese_places.CAMERAS, False),
    ("framing", chinese_places.FRAMINGS, False),
    ("action", chinese_actions.ACTIONS, False),
    ("action", chinese_actions.NEAREST_ACTIONS, True),
    ("character", chinese_people.CHARACTERS, False),
    ("character", chinese_people.NEAREST_CHARACTERS, True),
)
_CONTRACTED = ("'s", "'m", "'re", "'ll", "'ve", "'d")
_JOINING = (
    *grammar.LINKS,
    *grammar.NEGATORS,
    *grammar.NEGATIVE_PHRASES,
    *(pronoun + ending for pronoun in grammar.PRONOUNS if pronoun.isascii() for ending in _CONTRACTED),
)


def _entries() -> Iterator[tuple[Sense, Iterable[str]]]:
    for tables, split in ((_DRAWN_TABLES, _split), (_CHINESE_TABLES, str.split)):
        for kind, table, near in tables:
            for meaning, listed in table.items():
                yield Sense(kind, meaning, near), split(listed)
    for kind, listed in (*chinese_things.TABLES.items(), *chinese_looks.TABLES.items()):
        yield Sense(kind), listed.split()
    for undrawn in (compounds.TABLES, things.TABLES, looks.TABLES):
        for kind, listed in undrawn.items():
            yield Sense(kind), _split(listed)
    for kind, meaning, listed in words.entries():
        yield Sense(kind, meaning, near=meaning != "" and kind != "scene hint"), _split(listed)
    yield Sense("link"), _JOINING
    yield Sense("number"), (*grammar.NUMBERS, *grammar.GROUPS)


def _split(listed: str) -> Iterator[str]:
    for word in " ".join(listed.replace("-", " ").split()).split(","):
        if plain := word.strip():
            yield plain


def _index() -> dict[str, tuple[Sense, ...]]:
    """Join the senses of each entry; of two meanings of one kind the first stands."""
    found: dict[str, tuple[Sense, ...]] = {}
    for sense, listed in _entries():
        alone = (sense,)
        for word in listed:
            before = found.get(word)
            if before is None:
                found[word] = alone
            elif all(other.kind != sense.kind for other in before):
                found[word] = (*before, sense)
    for word in " ".join(vocabulary.CAMERA_VERBS.values()).split():
        if len(word) > 1 and not word.isascii():
            found.setdefault(word, (Sense("deed"),))  # what a camera does is a word wherever it stands
    return found


INDEX = _index()
"""All entries."""
LONGEST_CHINESE = max(len(entry) for entry in INDEX if entry[0] >= CHINESE[0])


def find(words: Sequence[str]) -> Found | None:
    """Find the longest entry at the start of words, inflected or not."""
    for length in range(min(MAX_PHRASE, len(words)), 0, -1):
        found = _find_exactly(tuple(words[:length]))
        if found is not None:
            return found
    return None


@lru_cache(maxsize=4096)
def _find_exactly(words: tuple[str, ...]) -> Found | None:
    entry = " ".join(words)
    senses = INDEX.get(entry, ())
    if senses and kinds(senses) != _HINTING:
        doing = _doing(entry) if "character" in kinds(senses) and not kinds(senses) & VERBS else ()
        sport = _sport(words) if kinds(senses) <= _SPORTS else ()
        added = tuple(sense for sense in sport if sense.kind not in kinds(senses))
        hints = () if kinds(senses) & _HINTS else _hints(words)
        return Found(len(words), senses + doing + added + hints, "er" if doing else "ing" if sport else "")
    if not senses and not entry.isascii() and len(words) == 1:
        return _find_chinese(entry)
    if SHOTS.fullmatch(entry):
        return Found(len(words), (Sense("editing"),))
    clock = TIME_OF_CLOCK.fullmatch(entry)
    if clock:
        hour = int(clock["hour"] or clock["half"]) % (24 if clock["hour"] else 12) + 12 * (clock["noon"] == "p")
        return Found(len(words), (Sense("time", next(name for end, name in HOURS if hour < end)),))
    inflected = _inflection(words)
    if not senses:
        return inflected
    return Found(len(words), senses + inflected.senses, inflected.form) if inflected else Found(len(words), senses)


def _hints(words: tuple[str, ...]) -> tuple[Sense, ...]:
    """Return what the singular of a word suggests that is an entry itself: puddles."""
    inflected = _inflection(words) if len(words) == 1 and words[0].endswith("s") else None
    return tuple(sense for sense in inflected.senses if sense.kind in _HINTS) if inflected else ()


def _sport(words: tuple[str, ...]) -> tuple[Sense, ...]:
    """Return what somebody does by the noun for it: boxing, painting."""
    inflected = _inflection(words) if words[-1].endswith("ing") else None
    return tuple(sense for sense in inflected.senses if sense.kind in VERBS) if inflected else ()


def _doing(noun: str) -> tuple[Sense, ...]:
    """Return what somebody does by the noun for him, or by its last word: a singer sings, a female runner runs."""
    last = noun.rpartition(" ")[2]
    if last in _IDLE:
        return ()
    done = [stem for word in (noun, last) for form, stem in stems(word) if form == "er"]
    found = (sense for stem in (*done, _DEEDS.get(last.removesuffix("s"), "")) for sense in INDEX.get(stem, ()))
    return tuple(sense for sense in found if sense.kind == "action")[:1]


_IDLE = frozenset(["driver", "bouncer", "leader", "rooster", "toddler"])
"""Nouns for who does not do what their stems say, or sits while what he drives goes."""
_DEEDS = {
    "ballerina": "dance",
    "vocalist": "sing",
    **dict.fromkeys(grammar.words("cyclist motorcyclist unicyclist"), "ride"),
    **dict.fromkeys(
        grammar.words(
            "musician busker guitarist pianist violinist cellist bassist keyboardist flutist flautist saxophonist "
            "trombonist harpist percussionist accordionist"
        ),
        "play",
    ),
}
"""What somebody does by nouns that are made otherwise."""


def _inflection(words: tuple[str, ...]) -> Found | None:
    """Find an entry that words are an inflection of."""
    *head, last = words
    forms = [(form, " ".join([*head, stem])) for form, stem in stems(last)]
    if head and not words[0].endswith("'s"):  # a cat's eyes are of a cat
        forms += [(form, " ".join([stem, *words[1:]])) for form, stem in stems(words[0])]
    for form, stem in forms:
        senses = _inflected(stem, form)
        several = form == "s" and not last.endswith("'s")
        doing = _doing(stem) if several and "character" in kinds(senses) and not kinds(senses) & VERBS else ()
        if senses:
            return Found(len(words), senses + doing, "er" if doing else form)
    if not head and any(kinds(INDEX.get(stem, ())) & _COMPARED for stem in compared(last)):
        return Found(1, (Sense("manner"),))
    kind = "" if head else _kind_of_pattern(last)
    return Found(1, (Sense(kind),)) if kind else None


def _find_chinese(word: str) -> Found | None:
    """Find a word that is no entry: a plural, a number with its measure, a time, a mention, or one that is known by its ending."""
    if word.startswith("@"):
        known = tuple(sense for sense in INDEX.get(word[1:]) or by_ending(word[1:]) if sense.kind == "character")
        strange = word[1:] not in INDEX
        return Found(1, known or (Sense("character", "person", near=True) if strange else Sense("people"),))
    if DANCED.fullmatch(word):
        return Found(1, (Sense("action", "dance", near=True),))
    single = word.removesuffix(PLURAL)
    if single != word:
        senses = INDEX.get(single) or by_ending(single)
        return Found(1, senses, "s") if "character" in kinds(senses) else None
    kind = "manner" if CLOCK.fullmatch(word) or ROW.fullmatch(word) else _kind_of_pattern(word)
    senses = (Sense(kind),) if kind else by_ending(word)
    return Found(1, senses) if senses else None


def by_ending(word: str) -> tuple[Sense, ...]:
    """Return what a Chinese word that is no entry is by its ending, in no more than one sense."""
    known = chinese.by_ending(word) if _CHINESE_WORD.fullmatch(word) else None
    return (Sense(*known, near=known[1] != ""),) if known else ()


def is_clause(word: str) -> bool:
    """Whether a word begins with a known verb, or ends in a longer noun behind something strange: 冲进火场, 扫落叶."""
    if "character" in kinds(by_ending(word)) and word[-1] in chinese.WORKING:
        return False
    return any(
        kinds(INDEX.get(word[:length], ())) & VERBS or (length + 1 < len(word) and word[length:] in INDEX)
        for length in range(1, len(word))
    )


def _kind_of_pattern(word: str) -> str:
    """Return the kind of a word by its form, such as digits or an invalid @mention; "" where its form tells nothing."""
    if word.startswith("@"):
        return "people"
    if word.isdecimal() or MEASURED.fullmatch(word):
        return "number"
    return next((kind for pattern, kind in _PATTERNS if pattern.fullmatch(word)), "")


def _inflected(entry: str, form: str) -> tuple[Sense, ...]:
    senses = tuple(sense for sense in INDEX.get(entry, ()) if form in INFLECTED.get(sense.kind, _PLAIN))
    if any(sense.kind == "link" for sense in senses):
        senses = tuple(sense for sense in senses if form == "s" and sense.kind in things.TABLES)
    actions = tuple(sense for sense in senses if sense.kind == "action")
    if form == "er":
        return (Sense("character", "person", near=True), *actions) if actions else ()
    return senses


def compared(word: str) -> Iterator[str]:
    """Yield what an English word may be a comparative or superlative of: bigger, biggest -> bigg, bigge, big."""
    if word.endswith(("er", "est")):
        yield from (stem for form, stem in stems(f"{word.removesuffix('est').removesuffix('er')}er") if form == "er")
        if word.endswith(("ier", "iest")):
            yield f"{word.removesuffix('iest').removesuffix('ier')}y"


def listed_stem(word: str, listed: Collection[str]) -> str:
    """Return which of the words of a list a word is, or is an inflection of, or ""."""
    return next((stem for stem in (word, *(stem for _, stem in stems(word))) if stem in listed), "")


def stems(word: str) -> Iterator[tuple[str, str]]:
    """Yield what an English word may be an inflection of, with the ending: running -> ing, runn; ing, runne; ing, run."""
    if not word.isascii():
        return
    if word.endswith("'s"):
        yield "s", word.removesuffix("'s")
    for ending, form, restored in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            yield from ((form, stem + letters) for letters in restored)
            if len(stem) > 2 and stem[-1] == stem[-2]:
                yield form, stem[:-1]
    if word in _IRREGULAR:
        yield "ing" if word.endswith("ing") else "ed", _IRREGULAR[word]


_ENDINGS = (
    ("s", "s", ("", "e")),
    ("es", "s", ("", "e")),
    ("ed", "ed", ("", "e")),
    ("ing", "ing", ("", "e")),
    ("in'", "ing", ("", "e")),
    ("er", "er", ("", "e")),
    ("ers", "er", ("", "e")),
    ("ies", "s", ("y",)),
    ("ied", "ed", ("y",)),
    ("ves", "s", ("f", "fe")),
    ("men", "s", ("man",)),
)
"""Endings, the form they make, and the letters that they may have taken the place of."""
_IRREGULAR = {
    "ran": "run", "has": "have", "had": "have", "did": "do", "knelt": "kneel", "swept": "sweep", "crept": "creep", "dug": "dig", "fed": "feed", "wept": "weep", "strode": "stride", "wove": "weave", "spun": "spin", "slung": "sling", "met": "meet", "dreamt": "dream", "sprang": "spring", "sped": "speed", "trod": "tread", "bent": "bend", "blew": "blow", "broke": "break", "froze": "freeze", "struck": "strike", "sat": "sit", "slept": "sleep", "went": "go", "gone": "go", "came": "come", "spoke": "speak", "told": "tell",
    "said": "say", "sang": "sing", "sung": "sing", "ate": "eat", "eaten": "eat", "drank": "drink", "stood": "stand",
    "flew": "fly", "flown": "fly", "swam": "swim", "rode": "ride", "ridden": "ride", "drove": "drive", "driven": "drive",
    "made": "make", "wrote": "write", "built": "build", "drew": "draw", "leapt": "leap", "fled": "flee", "slid": "slide",
    "lay": "lie", "lies": "lie", "lying": "lie", "tying": "tie", "dying": "die", "fell": "fall", "held": "hold", "wore": "wear", "worn": "wear", "caught": "catch", "threw": "throw", "thrown": "throw", "taken": "take",
    "won": "win", "lost": "lose", "found": "find", "saw": "look", "bought": "buy", "fought": "fight", "hid": "hide", "shook": "shake",
    "gave": "give", "took": "take", "brought": "bring", "stole": "steal", "rose": "rise", "grew": "grow", "left": "leave", "led": "lead",
    "forgot": "forget", "began": "begin", "chose": "choose", "heard": "hear", "hung": "hang", "kept": "keep", "sold": "sell", "sent": "send",
    "shone": "shine", "sank": "sink", "stung": "sting", "taught": "teach", "became": "become", "leant": "lean", "learnt": "learn", "snuck": "sneak",
}  # fmt: skip
"""Forms of verbs that take no ending."""


_CHINESE_WORD = re.compile(f"[{CHINESE}]+")


def number_of(word: str) -> int | None:
    """Return the number that a word names: digits, "two", 两只, 十二个, 一对; None for others, and where nobody counted."""
    if is_group(word):
        return None
    measured = MEASURED.fullmatch(word)
    digits = measured[1] if measured else word
    number = int(digits[:4]) if digits.isdecimal() else _chinese_number(digits)
    return number * 2 if number and measured and measured[2] in _PAIRS else number


_PAIRS = frozenset("对双")
_GROUPS = frozenset("群伙帮窝队排堆列")
_UNCOUNTED = re.compile(r".*[几数多].*|[一二两三四五六七八九]{2}")
"""Numbers of which nobody counted: 几, and 三五."""


def is_group(word: str) -> bool:
    """Whether a word names a number that nobody counts: a flock, 一群, 三五个."""
    measured = MEASURED.fullmatch(word)
    if measured is None:
        return word in grammar.GROUPS
    return (
        word in grammar.GROUPS
        or measured[2] in _GROUPS
        or word.endswith(measured[2] * 2)
        or _UNCOUNTED.fullmatch(measured[1]) is not None
    )


def _chinese_number(digits: str) -> int | None:
    """Return what a Chinese numeral under a hundred means: 十二, 二十; or an English one."""
    tens, ten, ones = digits.rpartition("十")
    if not ten or digits in grammar.NUMBERS:
        return grammar.NUMBERS.get(digits)
    return 10 * grammar.NUMBERS.get(tens, 1) + grammar.NUMBERS.get(ones, 0)


def kinds(senses: Iterable[Sense]) -> frozenset[str]:
    """Return the kinds of senses."""
    return frozenset(sense.kind for sense in senses)

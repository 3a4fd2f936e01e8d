"""Parse a prompt into a shot: scene, time of day, weather, camera, and the characters with their actions."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import (
    ages,
    breeds,
    buildings,
    bystanders,
    camera,
    chinese_names,
    contact,
    counts,
    daylight,
    dedications,
    direction,
    dishes,
    emoji,
    framing,
    goals,
    grammar,
    homes,
    invention,
    labels,
    lexicon,
    mentions,
    names,
    negation,
    occasions,
    ones,
    pictured,
    scenery,
    scripts,
    senses,
    slogans,
    sports,
    styles,
    syntax,
    tokens,
    units,
    utterances,
    viewpoint,
    vocabulary,
    watching,
)
from sora_nb.engines.prompt.cast import Casting
from sora_nb.engines.prompt.explanation import INSIDE, Explanation, Reading, Role, ShotSpec, Understood

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sora_nb.engines.prompt.units import Unit

__all__ = ["Explanation", "Role", "ShotSpec", "Understood", "explain"]

DEFAULT_TIME = {"beach": "sunset", "space": "night", "stage": "night", "mountains": "dawn", "city street": "sunset"}
"""Time of day of a scene where the prompt names none; day otherwise."""
CAMERAS = ("pan", "push in", "orbit", "static")
STOCK_CAMERAS = ("static", "push in")
"""Cameras to choose from where the prompt names none; calmer where the film is likely to be cut for a character."""
SETTING = ("scene", "time", "weather", "camera")


def explain(prompt: str, seed: int = 0, known: Collection[str] = ()) -> Explanation:
    """Read a prompt: never fails, and says what was understood.

    Args:
        prompt: free text, English or Chinese, with @mentions.
        seed: mixed with the words that decide nothing.
        known: usernames that are mentioned even where they look like a measure.
    """
    cut = tokens.cut(prompt, known)
    language = units.guess_language([token.word for token in cut])
    read, named = _resolved(cut, foreign=language != "")
    casting = Casting(read, named)
    framed = "" if framing.is_wide_first(read) else _decide(read, "framing")
    worded = sorted(read, key=lambda unit: emoji.is_picture(unit.source))  # a beach 🌆 is a beach
    ways = {id(unit) for at, unit in enumerate(read) if goals.is_goal(read, at)}
    worded.sort(key=lambda unit: id(unit) in ways)
    said = {kind: _decide(worded, kind, never="wide" if framed else "") for kind in SETTING}
    said["camera"] = said["camera"] or _held(read)
    said["scene"] = said["scene"] or _hinted(read, "scene")
    said["time"] = said["time"] or _hinted(read, "time")
    _enclose(read)
    _direct(read, {direction.toward(prompt), direction.panning(prompt)})
    mixed = _mixed_seed(seed, read)
    roles, notes = casting.roles(framing.focus(read, casting.parts), near=framed != "")
    if framed and roles:
        framing.show_faces(read, framed)
    if not roles:
        roles = invention.invent(read, casting, mixed, language=language)
    scene = said["scene"] or invention.choose(mixed, invention.without(homes.fitting(roles, read), read, "scene"))
    cameras = CAMERAS if roles and not roles[0].stock else STOCK_CAMERAS
    spec = ShotSpec(
        scene=scene,
        time=said["time"]
        or invention.choose(0, invention.without((DEFAULT_TIME.get(scene, "day"), "day", "dawn"), read, "time")),
        weather=said["weather"] or invention.choose(0, invention.without(("clear", "cloudy"), read, "weather")),
        camera=said["camera"] or invention.choose(mixed >> 8, invention.without(cameras, read, "camera")),
        cast=tuple(roles),
        seed=mixed,
        framing=framed,
    )
    if framed and not roles:
        notes.append("The close-up shows a nearer part of the scenery.")
    if not scenery.has_weather(spec.scene, spec.weather):
        notes.append(f"The drawn {spec.scene} has no {spec.weather}, only its light.")
    chosen = [(kind, getattr(spec, kind)) for kind in SETTING if not said[kind]]
    if roles and not any(kind == "character" for unit in read for kind, _ in unit.decides):
        chosen = [*(("character", name) for name in dict.fromkeys(role.name for role in roles)), *chosen]
    return Explanation(
        spec,
        tuple(_understood(read)),
        tuple(each for each in _readings(read) if each.fate != "link" or any(map(str.isalnum, each.word))),
        tuple(chosen),
        tuple(correction for unit in read for correction in unit.corrections),
        tuple(notes),
        language,
    )


def _resolved(cut: list[tokens.Token], *, foreign: bool) -> tuple[list[Unit], dict[str, Unit]]:
    """Join tokens to units and choose what each one means; return them, and the noun that each name is for."""
    read = units.join(cut)
    utterances.mark(read)
    mentions.resolve(read)
    scripts.mark(read)
    ages.join(read)
    labels.join(read)
    breeds.resolve(read)
    styles.resolve(read)
    counts.resolve(read)
    bystanders.resolve(read)
    ones.resolve(read)
    contact.resolve(read)
    negation.mark(read, foreign=foreign)
    camera.resolve(read)
    viewpoint.resolve(read)
    daylight.resolve(read)
    chinese_names.resolve(read)
    named = names.resolve(read)
    senses.resolve(read)
    camera.tell_calls(read)
    sports.resolve(read)
    watching.resolve(read)
    dishes.resolve(read)
    pictured.resolve(read)
    dedications.resolve(read)
    slogans.mark(read)
    buildings.resolve(read)
    return read, named


def _mixed_seed(seed: int, read: Iterable[Unit]) -> int:
    """Mix a seed with the words that decide nothing."""
    words = [
        word
        for unit in read
        if unit.is_word and not unit.kinds & set(lexicon.DRAWN) and unit.word not in vocabulary.UNMIXED
        for word in unit.source.lower().split()
        if word not in vocabulary.UNMIXED
    ]
    digest = hashlib.sha256(f"{seed} {' '.join(words)}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def _decide(read: list[Unit], kind: str, never: str = "") -> str:
    """Return what the first word of a kind means; later ones that mean something else, or what it never is, are told."""
    decided = ""
    for unit in read:
        meaning = unit.meaning(kind)
        if not meaning or not unit.is_asked:
            continue
        decided = decided or (meaning if meaning != never else "")
        if meaning == decided:
            unit.decides.append((kind, meaning))
            unit.unshown = ""
        elif not unit.decides:
            unit.unshown = kind
    return decided


def _held(read: list[Unit]) -> str:
    """Return "static" where the prompt forbids the camera to move, or ""."""
    unit = camera.held(read)
    if unit is None:
        return ""
    unit.decides.append(("camera", "static"))
    return "static"


def _hinted(read: list[Unit], kind: str) -> str:
    """Return the place or time that the best hint suggests, or ""; other hints of the same are understood, too."""
    hinted = ""
    words = [unit.word for unit in read]
    ashore = any(unit.is_asked and unit.meaning("character") not in _SWIMMERS for unit in read)
    idle = bool({*words} & _OFF_DUTY) or ("after", "work") in pairwise(words)
    out = occasions.are_elsewhere(read)
    for unit in sorted(read, key=lambda unit: (emoji.is_picture(unit.source), _weakness(unit))):
        asked = unit.is_asked and not (idle and kind == "scene" and "character" in unit.kinds)
        meaning = _hint(unit, kind) if asked else ""
        if ashore and meaning == "underwater" and "character" in unit.kinds:
            continue  # a cat and a fish
        if out and "food" in unit.kinds:
            continue  # a wedding at which the cake falls
        hinted = hinted or meaning
        if meaning and meaning == hinted:
            unit.decides.append((kind, meaning))
    return hinted


def _weakness(unit: Unit) -> int:
    """Return how little a hint says: what is done says most, then things, who serves food, food, others, what is everywhere, and weather."""
    if "weather" in unit.kinds:
        return 6
    if "character" in unit.kinds and _works_in(unit):
        return 0
    if "character" in unit.kinds:
        return 1 if unit.kinds & {"action", "deed"} and unit.verb else 2 if _serves(unit) else 4
    if unit.verb:
        return 0
    if unit.word in _ANYWHERE:
        return 5
    return 3 if "food" in unit.kinds else 1


def _serves(unit: Unit) -> bool:
    """Whether somebody serves food, which so is where he is: a waiter with soup."""
    return unit.meaning("character") in {"barista", "chef"}


def _works_in(unit: Unit) -> bool:
    """Whether the word for somebody names a place: a street vendor."""
    first, blank, _ = unit.word.partition(" ")
    return blank != "" and any(sense.kind == "scene" for sense in lexicon.INDEX.get(first, ()))


def _hint(unit: Unit, kind: str) -> str:
    """Return the place or time that a word suggests, or what its last words or, of somebody, its first one do: a school bus."""
    if unit.word.partition(" ")[2] in _TEACHING and unit.word.partition(" ")[0] not in _AT_SCHOOL:
        return ""  # a yoga teacher
    hint = unit.meaning(f"{kind} hint")
    if hint or kind == "time" or not unit.kinds & _COMPOUNDS or unit.meaning(kind):
        return hint
    first, *rest = unit.word.split(" ")
    parts = [" ".join(rest[at:]) for at in range(len(rest))]
    found = [lexicon.find(part.split(" ")) for part in parts]
    hints = [sense.meaning for each in found if each for sense in each.senses if sense.kind == "scene hint"]
    if not hints and rest and unit.kinds & {"character", "animal"}:
        hints = [sense.meaning for sense in lexicon.INDEX.get(first, ()) if sense.kind in {"scene", "scene hint"}]
    if not hints and "place" in unit.kinds:
        hints = _places_in(unit.word)
    return hints[0] if hints else ""


def _places_in(compound: str) -> list[str]:
    """Return the places that a compound for another place begins with: a night market stall."""
    words = compound.split(" ")
    begins = [" ".join(words[:end]) for end in range(len(words) - 1, 0, -1)]
    found = [sense.meaning for begin in begins for sense in lexicon.INDEX.get(begin, ()) if sense.kind == "scene"]
    return [meaning for meaning in found if meaning != "space"]


def _direct(read: Iterable[Unit], ways: Collection[int]) -> None:
    """Note which words say where somebody or the camera goes; what else is said of sides is told."""
    for unit in read:
        meaning = unit.meaning("direction") if unit.is_word and not unit.negated else ""
        if meaning and {"right": 1, "left": -1}[meaning] in ways:
            unit.decides.append(("direction", meaning))


def _enclose(read: list[Unit]) -> None:
    """Note in which vehicles somebody is, which those of a scenery do not show: two women in a parked car."""
    for at, unit in enumerate(read):
        if "vehicle" not in unit.kinds or not unit.is_asked:
            continue
        governor, following = syntax.governor(read, at), syntax.after(read, at)
        if governor is not None and governor.form == "ed":  # in a parked car
            governor = syntax.governor(read, syntax.place_of(read, governor))
        inside = governor is not None and governor.word in _INSIDE
        if inside or (following is not None and following.word in _CHINESE_INSIDE):
            unit.unshown = INSIDE


def _understood(read: Iterable[Unit]) -> Iterable[Understood]:
    source = ""
    for unit in read:
        source = unit.source or source  # of a picture that means two things
        for kind, meaning in unit.decides:
            if unit.is_word and kind in {*SETTING, "framing", "action", "character", "costume", "number", "direction"}:
                yield Understood(source.lower(), kind, meaning)


def _readings(read: Iterable[Unit]) -> Iterable[Reading]:
    """Return the reading of each unit; an adjective joins the undrawn noun it describes: a tiny yellow raincoat."""
    last: Reading | None = None
    for unit in read:
        reading = _reading(unit)
        adjective = last is not None and last.fate == "not shown" and last.kind in syntax.ADJECTIVES | {"sound"}
        if last is not None and adjective and reading.fate == "not shown" and reading.kind in _HEADS:
            blank = " " if last.word[-1:].isascii() else ""
            last = Reading(f"{last.word}{blank}{reading.word}", "not shown", reading.kind)
            continue
        if last is not None:
            yield last
        last = reading
    if last is not None:
        yield last


def _reading(unit: Unit) -> Reading:
    """Say what became of a unit."""
    if unit.pictured and not unit.decides and unit.kinds - {"link", "number"} | {unit.kind} - {"word"}:
        return Reading(unit.source, "not shown", "pictured")
    if unit.kind == "mention" and unit.negated:
        return Reading(unit.source, "left out", "character")
    if unit.kind == "mention":
        return Reading(
            unit.source, "not shown" if unit.unshown and not unit.decides else "understood", unit.unshown or "character"
        )
    if unit.kind == "speech":
        return Reading(unit.source, "not shown", "speech")
    if unit.kind == "setting" and any(map(str.isalnum, unit.source)):
        return Reading(unit.source, "not shown", "setting")
    return _reading_of_word(unit) if unit.is_word else Reading(unit.source, "link")


def _reading_of_word(unit: Unit) -> Reading:
    if unit.negated:
        return Reading(
            unit.source, "not shown" if unit.unshown else "left out", unit.unshown or next(iter(sorted(unit.kinds)), "")
        )
    if not unit.senses:
        return Reading(unit.source, "unknown")
    if unit.decides:
        return _decisive(unit)
    if unit.kinds == {"link"} or _is_article(unit):
        return Reading(unit.source, "link")
    return Reading(unit.source, "not shown", unit.unshown or _unshown_kind(unit))


def _is_article(unit: Unit) -> bool:
    """Whether a number is but an article: one, 一个."""
    return unit.kinds <= {"number", "link"} and not unit.decides and lexicon.number_of(unit.word) == 1


def _decisive(unit: Unit) -> Reading:
    kind = unit.decides[0][0]
    undrawn = sorted(unit.kinds - (_SHOWN - {"character"}))
    if undrawn and {kind for kind, _ in unit.decides} <= _HINTED and not unit.kinds & _HINTED:
        return Reading(unit.source, "not shown", unit.unshown or _UNDRAWN.get(undrawn[0], undrawn[0]))
    near = [(sense.kind, sense.meaning) for sense in unit.senses if sense.near]
    shown = [each for each in unit.decides if each in near or each[0] == "character"]
    meaning = " and ".join(each for _, each in shown) if {*near} & {*shown} else ""
    return Reading(unit.source, "understood", kind, meaning)


_OFF_DUTY = grammar.words("下班 下班后 休假 放假 度假") | {
    "day off",
    "off duty",
    "on holiday",
    "on vacation",
}
"""Words for times at which nobody is where he works."""
_TEACHING = frozenset(["teacher", "coach", "instructor"])
_AT_SCHOOL = grammar.words(
    "school kindergarten math maths english history science primary substitute ski diving cooking"
)
"""Words before those for who teaches that say where, too."""
_SWIMMERS = frozenset(["", "fish", "diver"])
_COMPOUNDS = frozenset(["action", "deed", "vehicle", "object", "character", "animal", "place"])
"""Kinds of words of several that suggest the place of one of them."""
_ANYWHERE = grammar.words(
    "window lamp mirror curtain door phone chair table bed blanket cushion pillow toy ball box umbrella guitar piano violin drum drums flute ukulele cello accordion trumpet microphone 窗 窗户 灯 门"
)
"""Things that are seen in many places."""
_HINTED = frozenset(["scene", "time"])
_INSIDE = frozenset(["in", "inside", "within", "aboard"])
_CHINESE_INSIDE = grammar.words("里 里面 内 中 当中")
NAMED_THINGS = frozenset([*invention.NAMED, INSIDE, "place", "nature", "clothing", "body", "idea"])
_SHOWN = frozenset(
    [*(kind for kind in lexicon.DRAWN if kind not in lexicon.VERBS), "time hint", "direction", "link", "number"]
)
"""Kinds of senses that are not told where they decide nothing."""

_UNDRAWN = {"action": "deed", "character": "people"}
"""What words for what could be drawn are where they are not."""
_HEADS = NAMED_THINGS | syntax.ADJECTIVES | {"sound"}
"""Kinds of words that stand behind those that say how they are."""


def _unshown_kind(unit: Unit) -> str:
    order = [sense.kind for sense in unit.senses if sense.kind not in {"scene hint", "time hint", "link"}]
    return _UNDRAWN.get(order[0], order[0]) if order else "idea"

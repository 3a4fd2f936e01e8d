"""Parse a prompt into a shot: scene, time of day, weather, camera, and the characters with their actions."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from sora_nb import prompts
from sora_nb.engines.prompt import vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection

TOKEN = re.compile(r"[\u4e00-\u9fff]+|[^\W_]+(?:['-][^\W_]+)*")
MAX_PHRASE = 4
"""Most words of a phrase of the vocabulary."""
MAX_CAST = 4
"""Characters in one shot."""

DEFAULT_TIME = {"beach": "sunset", "space": "night", "stage": "night", "mountains": "dawn", "city street": "sunset"}
"""Time of day of a scene where the prompt names none; day otherwise."""

CAMERAS = ("pan", "push in", "orbit", "static")
STOCK_CAMERAS = ("static", "push in")
"""Cameras to choose from where the prompt names none; calmer where the film is likely to be cut for a character."""

PEOPLE = frozenset(
    ["astronaut", "barista", "chef", "wizard", "superhero", "knight", "cowboy", "diver", "woman", "person"]
)
"""Characters that are people in a costume."""


@dataclass(frozen=True)
class Role:
    """One character in a shot.

    Attributes:
        name: the username, or the noun of a character the engine draws itself.
        action: a key of vocabulary.ACTIONS.
        stock: True where the engine draws the character itself.
        costume: a profession named beside an animal, as in "a corgi barista", or "".
    """

    name: str
    action: str
    stock: bool
    costume: str = ""


@dataclass(frozen=True)
class ShotSpec:
    """One shot, ready to be drawn. The values are keys of the tables in `vocabulary`.

    Attributes:
        scene: the place.
        time: dawn, day, sunset or night.
        weather: clear, cloudy, rain, snow or fog.
        camera: how the camera moves.
        cast: the characters, in the order of the prompt, at most four.
        seed: chooses everything the prompt leaves open.
    """

    scene: str
    time: str
    weather: str
    camera: str
    cast: tuple[Role, ...]
    seed: int


@dataclass(frozen=True)
class Understood:
    """A word of the prompt and what it was taken for: `kind` is scene, time, weather, camera, action or character."""

    word: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Explanation:
    """A shot and how it was read from the prompt.

    Attributes:
        spec: the shot.
        understood: the words that decided it, in the order of the prompt.
        unknown: words that mean nothing to the engine: they only change the seed.
    """

    spec: ShotSpec
    understood: tuple[Understood, ...]
    unknown: tuple[str, ...]

    def warnings(self, *, backdrop: bool = False) -> tuple[str, ...]:
        """Say in sentences where the video will differ from the prompt's words.

        Args:
            backdrop: whether a picture was given to stand behind everything, so that no scene is drawn.
        """
        chosen = []
        if self.spec.cast[0].stock and self.meaning_of("character") is None:
            chosen.append(f"character {self.spec.cast[0].name}")
        if self.meaning_of("scene") is None and not backdrop:
            chosen.append(f"scene {self.spec.scene}")
        sentences = []
        if self.unknown:
            sentences.append(f"Not understood: {', '.join(self.unknown)}.")
        if chosen:
            sentences.append(f"Not said, so chosen by the local engine: {', '.join(chosen)}.")
        return tuple(sentences)

    def meaning_of(self, kind: str) -> str | None:
        """Return what the prompt itself says about a kind, or None where the engine chose."""
        return next((each.meaning for each in self.understood if each.kind == kind), None)


def _index(*tables: tuple[str, dict[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Turn tables of synonyms round: word -> its meanings, as (kind, meaning)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, table in tables:
        for meaning, words in table.items():
            for word in words.split(","):
                found.setdefault(word.strip(), []).append((kind, meaning))
    return found


_WORDS = _index(
    ("scene", vocabulary.SCENES),
    ("scene hint", vocabulary.SCENE_HINTS),
    ("time", vocabulary.TIMES),
    ("weather", vocabulary.WEATHERS),
    ("camera", vocabulary.CAMERAS),
    ("action", vocabulary.ACTIONS),
    ("character", vocabulary.CHARACTERS),
)


def explain(prompt: str, seed: int = 0, known: Collection[str] = ()) -> Explanation:
    """Read a prompt: never fails, and says what was understood.

    Args:
        prompt: free text, English or Chinese, with @mentions.
        seed: mixed with the words that were not understood.
        known: usernames that are mentioned even where they look like a measure.
    """
    readings = _read(prompt, known)
    unknown = tuple(word for word, meanings in readings if not meanings and not word.startswith("@"))
    mixed = _mixed_seed(seed, unknown)
    understood = _understood(readings)
    first = {each.kind: each.meaning for each in reversed(understood)}
    cast = _cast(readings, mixed)
    scene = first.get("scene") or _choice(mixed, tuple(vocabulary.SCENES))
    spec = ShotSpec(
        scene=scene,
        time=first.get("time") or DEFAULT_TIME.get(scene, "day"),
        weather=first.get("weather", "clear"),
        camera=first.get("camera") or _choice(mixed >> 8, STOCK_CAMERAS if cast[0].stock else CAMERAS),
        cast=cast,
        seed=mixed,
    )
    return Explanation(spec, understood, unknown)


def _mixed_seed(seed: int, words: tuple[str, ...]) -> int:
    digest = hashlib.sha256(f"{seed} {' '.join(words)}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def _choice(number: int, options: tuple[str, ...]) -> str:
    return options[number % len(options)]


def _read(prompt: str, known: Collection[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Cut a prompt into mentions, phrases and words, each with its meanings; fillers are left out."""
    tokens: list[str] = []
    place = 0
    for mention in prompts.find(prompt, known):
        tokens += [*_words(prompt[place : mention.start]), f"@{mention.username}"]
        place = mention.end
    tokens += _words(prompt[place:])
    readings: list[tuple[str, list[tuple[str, str]]]] = []
    at = 0
    while at < len(tokens):
        phrase, meanings, length = _phrase(tokens[at : at + MAX_PHRASE])
        at += length
        if meanings or phrase not in vocabulary.FILLERS:
            readings.append((phrase, meanings))
    return readings


def _words(text: str) -> list[str]:
    words: list[str] = []
    for token in TOKEN.findall(text):
        words.extend(_chinese_words(token) if "\u4e00" <= token[0] <= "\u9fff" else [token.lower()])
    return words


def _phrase(tokens: list[str]) -> tuple[str, list[tuple[str, str]], int]:
    """Find the longest known phrase at the start of tokens: the phrase, its meanings, its number of tokens."""
    if tokens[0].startswith("@"):
        return tokens[0], [], 1
    for length in range(len(tokens), 0, -1):
        *head, last = tokens[:length]
        for form in (last, *_base_forms(last)):
            meanings = _WORDS.get(" ".join([*head, form]))
            if meanings:
                return " ".join(tokens[:length]), meanings, length
        if head:
            for form in _base_forms(head[0]):
                meanings = _WORDS.get(" ".join([form, *head[1:], last]))
                if meanings:
                    return " ".join(tokens[:length]), meanings, length
    return tokens[0], [], 1


def _base_forms(word: str) -> list[str]:
    """Return what an English word may be an inflection of: dancing -> danc, dance; running -> runn, runne, run."""
    forms: list[str] = []
    for ending in ("'s", "s", "es", "ed", "ing", "er"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            forms += [stem, stem + "e"]
            if len(stem) > 2 and stem[-1] == stem[-2]:
                forms.append(stem[:-1])
    if word.endswith("ies"):
        forms.append(word[:-3] + "y")
    return forms


def _chinese_words(run: str) -> list[str]:
    """Cut a run of Chinese characters into known words, longest first, and single characters."""
    words: list[str] = []
    at = 0
    while at < len(run):
        for length in range(min(5, len(run) - at), 0, -1):
            piece = run[at : at + length]
            if length == 1 or piece in _WORDS or piece in vocabulary.FILLERS:
                words.append(piece)
                at += length
                break
    return words


def _understood(readings: list[tuple[str, list[tuple[str, str]]]]) -> tuple[Understood, ...]:
    """List what each phrase decided; a hint counts only where no phrase names the place outright."""
    named = any(kind == "scene" for _, meanings in readings for kind, _ in meanings)
    found: list[Understood] = []
    for phrase, meanings in readings:
        for kind, meaning in meanings:
            if kind != "scene hint":
                found.append(Understood(phrase, kind, meaning))
            elif not named:
                found.append(Understood(phrase, "scene", meaning))
    return tuple(found)


def _subject(word: str, meanings: list[tuple[str, str]], *, stock: bool) -> str:
    """Return the character that a word names, or ""; nouns count only in a prompt without an @mention."""
    if word.startswith("@"):
        return word[1:]
    return dict(meanings).get("character", "") if stock else ""


def _cast(readings: list[tuple[str, list[tuple[str, str]]]], seed: int) -> tuple[Role, ...]:
    """Join subjects and verbs: a verb belongs to the subjects named since the last verb, or else to the last one."""
    stock = not any(word.startswith("@") for word, _ in readings)
    actions: dict[str, str] = {}
    costumes: dict[str, str] = {}
    waiting: list[str] = []
    early = ""
    previous = ""
    for word, meanings in readings:
        subject = _subject(word, meanings, stock=stock)
        if subject in PEOPLE and previous and previous not in PEOPLE:
            costumes[previous] = subject  # "a corgi barista" is one character, the corgi
            subject = ""
        previous = subject
        action = dict(meanings).get("action", "")
        if subject and subject not in actions:
            actions[subject] = early
            waiting.append(subject)
            early = ""
        elif action and not actions:
            early = early or action
        elif action:
            for name in waiting or [next(reversed(actions))]:
                actions[name] = actions[name] or action
            waiting = []
    if not actions:
        actions = {_choice(seed >> 4, ("corgi", "cat", "robot", "fox", "bear", "person", "panda", "rabbit")): early}
    fallback = "walk" if stock else "stand"
    verbs = list(actions.values())
    for left, right in pairwise(range(len(verbs))):
        verbs[right] = verbs[right] or verbs[left]
    cast = list(zip(actions, verbs, strict=True))[:MAX_CAST]
    return tuple(Role(name, verb or fallback, stock, costumes.get(name, "")) for name, verb in cast)

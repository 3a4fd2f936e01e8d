"""Say how a prompt was read: what was taken from which words, and where the video will differ from them."""

from __future__ import annotations

from dataclasses import dataclass

from sora_nb.engines.prompt import grammar, lexicon, looks, scenery, things

INSIDE = "inside"
"""The kind of a vehicle that somebody is in."""
NOT_DRAWN = frozenset([*things.TABLES, INSIDE])
"""Kinds of words for what is seen, which the engine does not draw."""

_PLAIN = frozenset(["manner", "mood", "quality", "link"])
"""Kinds of adjectives that say no colour, style or light."""
_UNLIKE = grammar.words(
    "huge giant massive enormous gigantic towering monster big large tall tiny small little "
    "burning haunted ruined flooded broken burnt destroyed collapsing abandoned crumbling exploding smashed wrecked"
)
"""Adjectives for sizes and states that no drawn scene shows: a huge wave, a burning house."""


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
        cast: the characters, in the order of the prompt, at most four; none where the prompt asks only for what the
            engine does not draw, or for nobody.
        seed: chooses everything the prompt leaves open.
        framing: how near the cast is seen; "" for whole figures.
    """

    scene: str
    time: str
    weather: str
    camera: str
    cast: tuple[Role, ...]
    seed: int
    framing: str = ""


@dataclass(frozen=True)
class Understood:
    """A word of the prompt and what it was taken for: `kind` is scene, time, weather, camera, framing, action, character or direction."""

    word: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Reading:
    """What became of a word or phrase of the prompt.

    Attributes:
        word: as it is written.
        fate: "understood", "left out" as the prompt asks, "not shown" by this engine, "unknown", or "link" where it
            carries nothing of its own.
        kind: what it is: a kind of Understood, or what is not shown, such as "animal" or "colour".
        meaning: what it is drawn as, or read as, where that is another word; otherwise "".
    """

    word: str
    fate: str
    kind: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Explanation:
    """A shot and how it was read from the prompt.

    Attributes:
        spec: the shot.
        understood: the words that decided it, in the order of the prompt.
        readings: what became of every word, in the order of the prompt.
        chosen: what the prompt leaves open and the engine chose, as (kind, value).
        corrected: misspelt words, and what they were read as.
        notes: sentences about numbers, and about whom a verb or a place was for.
        language: the language the prompt seems to be in where it is one that the engine does not understand, or "".
    """

    spec: ShotSpec
    understood: tuple[Understood, ...]
    readings: tuple[Reading, ...]
    chosen: tuple[tuple[str, str], ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    language: str = ""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Words that mean nothing to the engine: they only change the seed."""
        return tuple(each.word.lower() for each in self.readings if each.fate == "unknown")

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the prompt itself takes away."""
        return self._words("left out")

    @property
    def not_shown(self) -> tuple[str, ...]:
        """Words that the engine knows and does not show."""
        return self._words("not shown")

    def warnings(self, *, backdrop: bool = False) -> tuple[str, ...]:
        """Say in sentences where the video will differ from the prompt's words.

        Args:
            backdrop: whether a picture was given to stand behind everything, so that no scene is drawn.
        """
        chosen = [
            f"{kind} {value}"
            for kind, value in self.chosen
            if kind == "character" or (kind == "scene" and not backdrop)
        ]
        nobody = (
            ""
            if self.spec.cast
            else "Nobody is in the film: the prompt names no character that the local engine draws."
        )
        scene = "" if backdrop else self.spec.scene
        stays = [word for word in self.left_out if scenery.shows(scene, word)]
        missing = self._kinds(NOT_DRAWN)
        # a red car is told as not drawn, and one that somebody is in: the street's own are of any colour, and empty
        seen = self._kinds(NOT_DRAWN - {INSIDE})
        there = [word for word in seen if _is_plain(word) and scenery.shows(scene, word, self.spec.time)]
        sentences = [
            _listed("Read", [f"{word!r} as {meaning}" for word, meaning in self.corrected]),
            f"The prompt seems to be in {self.language}; the local engine understands English and Chinese."
            if self.language
            else "",
            _listed("Left out, as the prompt says:", [word for word in self.left_out if word not in stays]),
            _listed(f"Not left out, for the drawn {self.spec.scene} always has it:", stays),
            _listed("Drawn as the nearest the local engine has:", self._nearest(backdrop=backdrop)),
            *self.notes,
            _listed(f"The drawn {self.spec.scene} has its own:", there),
            _listed("Not drawn by the local engine:", [word for word in missing if word not in there]),
            self._unshown(),
            _listed("Not understood:", self.unknown),
            nobody,
            _listed("Not said, so chosen by the local engine:", chosen),
        ]
        return tuple(sentence for sentence in sentences if sentence)

    def meaning_of(self, kind: str) -> str | None:
        """Return what the prompt itself says about a kind, or None where the engine chose."""
        return next((each.meaning for each in self.understood if each.kind == kind), None)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        del cycle
        printer.text(str(self))  # type: ignore[attr-defined]

    def _lines(self) -> list[str]:
        spec = self.spec
        where = f"{spec.scene}, {spec.time}, {spec.weather}, camera {spec.camera}{spec.framing and f', {spec.framing}'}"
        who = (
            ", ".join(f"{role.name if role.stock else f'@{role.name}'} ({role.action})" for role in spec.cast)
            or "nobody"
        )
        taken = ", ".join(f"{each.word} ({each.kind} {each.meaning})" for each in self.understood)
        chosen = ", ".join(f"{kind} {value}" for kind, value in self.chosen)
        lines = [f"Shot: {where}", f"Cast: {who}"]
        if taken:
            lines.append(f"Taken from the prompt: {taken}")
        if chosen:
            lines.append(f"Chosen by the engine: {chosen}")
        return [*lines, *(each for each in self.warnings() if not each.startswith("Not said"))]

    def _words(self, fate: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.word for each in self.readings if each.fate == fate))

    def _kinds(self, kinds: frozenset[str]) -> list[str]:
        found = (each.word for each in self.readings if each.fate == "not shown" and each.kind in kinds)
        return list(dict.fromkeys(found))

    def _nearest(self, *, backdrop: bool) -> list[str]:
        found = [
            f"{each.word} as {each.meaning}"
            for each in self.readings
            if each.fate == "understood" and each.meaning and not (backdrop and each.kind == "scene")
        ]
        return list(dict.fromkeys(found))

    def _unshown(self) -> str:
        parts = []
        for kind in dict.fromkeys(each.kind for each in self.readings if each.fate == "not shown"):
            if kind not in NOT_DRAWN:
                words = ", ".join(self._kinds(frozenset([kind])))
                parts.append(f"{looks.SAID.get(kind, kind)} ({words})")
        return _listed("Not shown by the local engine:", parts)


def _is_plain(word: str) -> bool:
    """Whether nothing in a noun with its adjectives says more than how gentle it is: gentle waves, but no red car and no huge wave."""
    adjectives = [lexicon.find([each]) for each in word.lower().split(" ")[:-1] if each != "neon"]
    plain = all(found is not None and lexicon.kinds(found.senses) <= _PLAIN for found in adjectives)
    return plain and not _UNLIKE & {*word.lower().split(" ")}


def _listed(begin: str, items: list[str] | tuple[str, ...]) -> str:
    return f"{begin} {', '.join(items)}." if items else ""

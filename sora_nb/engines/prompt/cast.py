"""Find who plays in a shot: subjects with their numbers, and which verb belongs to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import (
    attributes,
    chinese_clauses,
    counts,
    crowd,
    deeds,
    descriptions,
    excepted,
    gathered,
    grammar,
    headless,
    heads,
    impersonal,
    lexicon,
    others,
    owners,
    position,
    pronouns,
    reference,
    relations,
    syntax,
    things,
)
from sora_nb.engines.prompt.explanation import Role
from sora_nb.engines.prompt.members import Members
from sora_nb.engines.prompt.part import MOVING, PEOPLE, Part, is_taken_along
from sora_nb.engines.prompt.senses import TOYS
from sora_nb.engines.prompt.subjects import (
    MEANWHILE,
    agent_behind,
    is_of_new_stranger,
    is_of_stranger,
    is_of_viewer,
    is_told_aside,
    subject_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sora_nb.engines.prompt.units import Unit

_UNDRAWN_DEEDS = frozenset(["deed", "idea", "sound"])
"""Kinds of undrawn Chinese words that keep their subject busy."""
_NEGATORS = grammar.NEGATORS.union(grammar.NEGATIVE_PHRASES)
_AMONG = frozenset(["in", "on", "of", "from"])
"""Words before those whom somebody who came before belongs to: three girls in a band."""
_CHINESE_AMONG = frozenset(["里", "里面", "中", "的"])
"""Words behind them in Chinese: 乐队里的三个女孩."""
_TOO = grammar.words("too also now well as")
"""Words with which a clause ends that does not say again what somebody does: the boy is, the girl too."""
_BY = frozenset(["被", "由"])
"""Words before who does something to those before them."""
_HAVING_DONE = frozenset(["让", "叫", "请", "使", "命令"])
"""Verbs for having somebody else do something."""
_ALONGSIDE = frozenset(["with", "alongside"])
"""Prepositions before who does the same: a man with his son sings."""
_CHINESE_PRONOUNS = frozenset(word for word in grammar.SUBJECT_PRONOUNS if not word.isascii())
_RIDDEN = grammar.words(
    "bicycle bike skateboard scooter motorcycle motorbike sled sleigh snowboard surfboard skates skis rollerblades unicycle tricycle horseback moped"
)
"""What somebody rides who is on it: a girl on a bicycle."""


_STIRRING = frozenset(["moving", "motion", "awake"])
"""Other words for what somebody does who is not said to be still."""


def _may_be_verb(unit: Unit) -> bool:
    """Whether a negated word may be what somebody does not do: known or not, moving."""
    return bool(unit.kinds & lexicon.VERBS) or not unit.senses or unit.word in _STIRRING


class Casting:
    """Walk through a prompt and join subjects and verbs.

    Args:
        units: of the whole prompt, resolved; what is decided is noted in them.
        named: the noun that each name is for.
    """

    def __init__(self, units: list[Unit], named: Mapping[str, Unit]) -> None:
        self.units = units
        self.parts: list[Part] = []
        self.mentioned = any(unit.kind == "mention" and not unit.negated for unit in units)
        self.pronoun = ""
        self._waiting: list[Part] = []
        self._actors: list[Part] = []
        self._early: Unit | None = None
        self._promised: list[tuple[Unit, Unit]] = []
        self._clause: list[Part] = []
        self._thing = False
        self._topic = False
        self._of_thing = False
        self._of_stranger = False
        self._acted = False
        self._owners: list[Unit] = []
        self._members = Members(self.parts, named)
        for at, unit in enumerate(units):
            self._take(at, unit)
        self._members.finish(units)
        for owner in self._owners:
            if any(owner.word == f"@{part.name}" and not part.stock for part in self.parts):
                owner.decides.append(("character", owner.word[1:]))
        pronouns.take_sex(units, self.parts)
        if self._early is not None and not self._early.decides and not self.parts and not self._of_thing:
            self._early.decides.append(("action", self._early.meaning("action")))
        for part in self.parts:
            for unit in sorted(part.weak, key=lambda unit: unit.form == "er"):  # a running waiter runs
                deeds.give(self.units, part, unit, acted=self._acted)
        if self.parts:
            deeds.tell_undrawn(units, self.parts)

    def roles(self, focus: Sequence[Part] = (), *, near: bool = False) -> tuple[list[Role], list[str]]:
        """Return the characters that are drawn, and sentences about their numbers.

        Args:
            focus: whom a close-up is of, all others being outside of the picture; nobody where it is of all.
            near: whether it is a close-up, in which nobody walks unasked.
        """
        named = [part for part in self.parts if part.name]
        drawn = [part for part in named if not focus or any(part is each for each in focus)]
        shown = counts.share([part.count for part in drawn])
        roles: list[Role] = []
        outside = [part.units[0].source for part in named if not any(part is each for each in drawn)]
        notes = [f"Outside of the close-up: {', '.join(outside)}."] if outside else []
        roams = not near and sum(shown) == 1 and drawn[0].stock and drawn[0].name not in PEOPLE
        fallback = "walk" if roams else "stand"
        action = ""
        for part, count in zip(drawn, shown, strict=True):
            action = part.action or part.kept or ("stand" if part.busy or part.still else action)
            usual = "swim" if part.stock and part.name == "fish" else fallback
            roles += [Role(part.name, action or usual, part.stock, part.costume)] * count
            if part.asked and count == part.count:
                notes.append(f"Drawn {'once' if count == 1 else f'{count} times'} for {part.asked!r}: {part.name}.")
        return roles, [*notes, *crowd.told(drawn, shown)]

    def _take(self, at: int, unit: Unit) -> None:
        self._members.pass_mark(unit, self.units[at - 1] if at else unit)
        if unit.ends_clause:
            self._clause = []
            self._thing = False
            self._acted = False
            if unit.kind == "stop":
                self._waiting = [part for part in self._waiting if not part.follows]
        elif unit.pictured or headless.describes(self.units, at) or is_told_aside(self.units, at, self.parts):
            return
        elif not (self._clause or unit.word.isascii()) and impersonal.acts(self.units, at):
            self._thing = self._topic = True
        elif unit.negated:
            self._deny(at, unit)
        elif self._is_known(at, unit):
            return
        elif unit.word in grammar.BEING:
            self._leave_in_place(at)
        elif unit.kind == "mention" or (unit.is_word and "character" in unit.kinds) or self._is_crowd(unit):
            self._name(at, unit)
        elif self._is_verb(at, unit):
            self._act(at, unit)
        else:
            self._pass(at, unit)

    def _deny(self, at: int, unit: Unit) -> None:
        """Let who waits for a verb do nothing where the prompt says that he does not do it."""
        if not self._describe_as(at, unit) and _may_be_verb(unit):
            for part in self._waiting or self._actors[-1:]:
                part.busy = True
            self._actors, self._waiting = self._waiting or self._actors, []

    def _is_known(self, at: int, unit: Unit) -> bool:
        """Whether a unit is somebody of those who came before, who speaks, or what somebody is on; it is then taken so."""
        takes = (
            self._pair_by_pronoun,
            self._speak,
            self._call,
            self._pair_off,
            self._single_out,
            self._count_all,
            self._told_apart,
            self._leave_over,
            self._is_ridden,
            self._describe_as,
            self._refer,
        )
        return any(take(at, unit) for take in takes)

    def _refer(self, at: int, unit: Unit) -> bool:
        """Speak again of whom a Chinese pronoun is for that begins a clause."""
        begin = at
        while begin and self.units[begin - 1].kinds and self.units[begin - 1].kinds <= {"time", "time hint"}:
            begin -= 1
        if unit.word not in _CHINESE_PRONOUNS or not self.parts or not syntax.begins_clause(self.units, begin):
            return False
        referred = pronouns.referred(unit.word, self.parts, [self._waiting, self._actors])
        self._leave_all_but(referred)
        self._begin_with(*referred)
        return True

    def _describe_as(self, at: int, unit: Unit) -> bool:
        """Let who is or is not somehow, such as proud, do nothing but what is said of him."""
        if not syntax.is_adjective(unit) or not syntax.is_predicate(self.units, at):
            return False
        for part in self._waiting:
            part.busy = True
        return True

    def _speak(self, at: int, unit: Unit) -> bool:
        """Bring in somebody of whom only a pronoun speaks."""
        part = pronouns.bring_in(self.units, at, self.parts, mentioned=self.mentioned)
        if part is None:
            return False
        self.pronoun = self.pronoun or part.name
        unit.decides.append(("character", part.name))
        self.parts.append(part)
        self._enter(at, part, at, again=False)
        if pronouns.is_we(part):
            self._begin_with(*self.parts)
        return True

    def _call(self, at: int, unit: Unit) -> bool:
        """Speak again of who has a name, or bring in the one of a group who has it."""
        part = self._members.called(unit)
        if part is None:
            return False
        joined = bool(self._listed_before(at)) or (at > 0 and self.units[at - 1].word in grammar.JOINING)
        self._waiting = [*self._waiting, part] if joined else [part]
        self._clause = self._waiting[:]
        self._acted = False
        return True

    def _pair_off(self, at: int, unit: Unit) -> bool:
        """Bring in one of a pair by the noun for him."""
        if not unit.is_word or "character" not in unit.kinds or owners.owns(self.units, at):
            return False
        start = at - len(counts.noun_phrase(self.units, at))
        part = self._members.one_of_pair(self.units, at, start)
        if part is None:
            return False
        self._enter(at, part, start, again=False)
        return True

    def _pair_by_pronoun(self, at: int, unit: Unit) -> bool:  # noqa: ARG002
        """Begin a clause with one of a man and a woman of whom a pronoun speaks."""
        part = self._members.by_pronoun(self.units, at)
        if part is not None:
            self._begin_with(part)
        return part is not None

    def _single_out(self, at: int, unit: Unit) -> bool:
        """Begin a clause with who is told apart by a description, such as one without a noun."""
        part = self._members.described(self.units, at)
        if part is None:
            return False
        if unit.word == "的":
            part.weak += [each for each in attributes.before(self.units, at) if each.verb and not each.negated]
        self._keep_promise(unit, part)
        if excepted.is_excepted(self.units, at, at):
            self._except(at, part)
            self._begin_with(*(each for each in self.parts if each.apart))
        else:
            self._leave_all_but([part])
            self._begin_with(part)
        return True

    def _do_nothing(self, at: int) -> None:
        """Let who stands right before a negator that ends a clause do nothing."""
        for part in self._waiting:
            part.busy = part.busy or part.units[-1] is self.units[at - 1]
        self._waiting = [part for part in self._waiting if not part.busy]

    def _pass(self, at: int, unit: Unit) -> None:
        """Note what a word that is neither a subject nor a verb changes for those to come."""
        if unit.word in _NEGATORS - grammar.ABSENCES and syntax.after(self.units, at) is None:
            self._do_nothing(at)  # @ann waves, @ben doesn't
        elif unit.word in MEANWHILE:
            self._waiting, self._clause, self._acted = [], [], False
        elif pronouns.is_stranger(self.units, at):
            unit.senses = (lexicon.Sense("people"),)
        elif syntax.uncontracted(unit) in grammar.PRONOUNS:
            self.pronoun = self.pronoun or grammar.PRONOUNS[syntax.uncontracted(unit)]
        elif unit.is_word and not unit.word.isascii() and (not unit.senses or unit.kinds & _UNDRAWN_DEEDS):
            for part in self._waiting:
                part.busy = True
        elif unit.is_word and (impersonal.is_thing(unit) or self._is_drone(at, unit)) and not self._clause:
            self._thing = self._topic = True
        elif unit.is_word and not unit.senses and not self._clause and counts.noun_phrase(self.units, at):
            self._topic = True  # a zorble
        elif unit.is_word and "scene" in unit.kinds and unit.word.isascii() and not self._clause:
            before = self.units[at - len(counts.noun_phrase(self.units, at)) - 1 : at][:1]
            self._thing = not before or before[0].ends_clause

    def _leave_in_place(self, at: int) -> None:
        """Let who is somewhere, or awake, while others do something, stand by; its verb may still come."""
        following = next((each for each in self.units[at + 1 : at + 3] if each.kind != "link"), None)
        placed = following is not None and (following.word in grammar.PREPOSITIONS | _STIRRING)
        if placed and any(part.action for part in self.parts):
            for part in self._waiting:
                part.still = part.still or not part.action

    def _is_drone(self, at: int, unit: Unit) -> bool:
        """Whether a word for the camera is a thing that does something itself: a drone flies over the city."""
        return "camera" in unit.kinds and not unit.verb and bool(counts.noun_phrase(self.units, at))

    def _is_ridden(self, at: int, unit: Unit) -> bool:
        """Whether somebody right before a thing is on it, and so goes."""
        place = at - len(counts.noun_phrase(self.units, at)) - 1
        if not lexicon.listed_stem(unit.word, _RIDDEN) or place < 1 or self.units[place].word not in {"on", "onto"}:
            return False
        riders = [part for part in self._waiting if part.units[-1] is self.units[place - 1]]
        if riders:
            unit.senses = (*unit.senses, lexicon.Sense("action", "run", near=True))
            riders[-1].weak.append(unit)
        return bool(riders)

    def _is_verb(self, at: int, unit: Unit) -> bool:
        """Whether a unit is what somebody does, known or not."""
        known = unit.is_word and (unit.verb or "deed" in unit.kinds)
        return known or self._is_strange_verb(at, unit)

    def _is_strange_verb(self, at: int, unit: Unit) -> bool:
        """Whether an unknown word is what somebody does, or an adjective in the form of a verb: she opens a box."""
        known = bool(unit.senses) and not (unit.form == "s" and unit.kinds <= syntax.ADJECTIVES)
        if not unit.is_word or known or not unit.word.endswith(("ing", "ed", "s")):
            return False
        previous = syntax.before(self.units, at)
        beside = not unit.senses and unit.word.endswith("s") and heads.is_alone(self.units, at)
        return beside or (previous is not None and syntax.is_agent(previous))

    def _is_crowd(self, unit: Unit) -> bool:
        return unit.is_word and bool(unit.kinds & things.AGENTS)

    # --- who ----------------------------------------------------------------------------------------------------------

    def _name(self, at: int, unit: Unit) -> None:
        phrase = counts.noun_phrase(self.units, at)
        unit.unshown = self._only_named(at, unit, phrase)
        if unit.unshown:
            return
        together = gathered.by_noun(self.units, at, self.parts, phrase)
        if together:
            numbers = [each for each in (*phrase, *counts.behind(self.units, at)) if "number" in each.kinds]
            self._gather(together, [*numbers, unit], at - len(phrase))
            return
        subject = self._clause[-1] if self._clause and not self._acted else None
        known = others.described(self.units, at, self.parts, phrase)
        if known is not None:
            self._waiting = [part for part in self._waiting if not part.apart]
        known = known or reference.same_as_before(self.units, self.parts, at, phrase, subject)
        if known is None and self._identify(at, unit, at - len(phrase)):
            return
        if known is not None:
            if not unit.word.isascii() and reference.has_own_deed(self.units, known, at - len(phrase)):
                known.kept, known.action = known.action, ""
            descriptions.describe(self.units, unit, known)
            part = known
            self._keep_promise(unit, part)
            if part in self._clause or syntax.after(self.units, at) is None:
                return
        else:
            part = self._new(unit, [*phrase, *counts.behind(self.units, at)])
            if phrase and phrase[0].word == "'s":
                self._waiting = [
                    each for each in self._waiting if each.units[-1] is not self.units[at - len(phrase) - 1]
                ]
            self._keep_promise(unit, part)
        self._enter(at, part, at - len(phrase), again=known is not None)

    def _keep_promise(self, unit: Unit, part: Part) -> None:
        """Give somebody what a Chinese attribute of his noun said that he does."""
        part.weak += [verb for head, verb in self._promised if head is unit]

    def _identify(self, at: int, unit: Unit, start: int) -> bool:
        """Take a noun for whom a Chinese pronoun before it stands."""
        part = self.parts[0] if len(self.parts) == 1 else None
        if part is None or unit.word.isascii() or unit.meaning("character") not in PEOPLE:
            return False
        if not chinese_clauses.is_told_later(self.units, at, start, part.units[0]):
            return False
        if part.name == "person":
            part.name = unit.meaning("character")
        unit.decides.append(("character", part.name))
        part.units.append(unit)
        self._waiting = self._clause = [part]
        self._acted = False
        return True

    def _only_named(self, at: int, unit: Unit, phrase: list[Unit]) -> str:
        """Return what somebody is told as who is named and does not play: an owner, what others are to each other."""
        if owners.owns(self.units, at):
            self._owners.append(unit)
            return "people"
        place = at - len(phrase) - 1
        member = place > 0 and bool(self.parts) and self.units[place].word in _AMONG
        behind = syntax.after(self.units, at)
        member = counts.is_ensemble(unit) and (member or (behind is not None and behind.word in _CHINESE_AMONG))
        return "people" if member or relations.is_relation(self.units, self.parts, at, place) else ""

    def _enter(self, at: int, part: Part, start: int, *, again: bool) -> None:
        """Take somebody whose phrase starts at a place into the clause, as its subject or not."""
        before = self.units[at - 1] if at else None
        joined = before is not None and before.word in grammar.CONJUNCTIONS
        felt = start > 1 and self.units[start - 1].word == "of" and syntax.is_adjective(self.units[start - 2])
        part.follows = (self._acted or felt) and not joined and not again
        part.alone = self._is_alone(start)
        if part.follows and chinese_clauses.comes_along(self.units, start):
            part.follows = False
            self._waiting = [*self._actors, part]
        taken = is_taken_along(self.units[start - 1], self._actors)
        beside = part.alone and self.units[start].word in grammar.POSSESSIVES  # her dog beside her
        beside = beside or (not again and self._is_only_placed(at))
        part.still = beside or self.units[at].kinds >= TOYS or (part.follows and not taken)
        foreign = self.units[at].kind == "mention" or not self.units[at].word.isascii()
        if foreign and chinese_clauses.is_aside(self.units, at, start):
            part.aside = part.follows = part.busy = True
            deed = chinese_clauses.deed_in_attribute(self.units, at, start)
            part.weak += [deed] if deed is not None else []
        begun = self._is_begun_anew(start, part) if again else self._is_left(at, start, foreign=foreign)
        if begun:
            self._leave_all_but([part])
            self._waiting = []
        if excepted.is_excepted(self.units, at, start):
            self._except(at, part)
            return
        self._pass_on(at, start)
        part.weak += self._done_before(at)
        if part not in self._clause:
            self._clause.append(part)
        if not part.follows and part not in self._waiting:
            self._waiting.append(part)
        if self._early is not None:
            if not self._of_stranger and not is_of_viewer(
                self.units, self._early, min(start, attributes.begin(self.units, at))
            ):
                part.weak.append(self._early)
            self._early = None

    def _leave_all_but(self, those: list[Part]) -> None:
        """Let who waits for a verb, and is none of some, stand by; where those act already, the others act with them."""
        if any(each.action for each in those):
            return
        for part in self._waiting:
            part.still = part.still or not any(part is each for each in those)

    def _is_begun_anew(self, start: int, part: Part) -> bool:
        """Whether somebody who came in among others begins a clause of his own: a girl and a dog, the girl dances."""
        listed = self._listed_before(start) and not any(part is each for each in self._waiting)
        return not (self._acted or self._clause or start == 0 or listed)

    def _listed_before(self, start: int) -> list[Part]:
        """Return who waits for a verb and stands right before the comma that a phrase begins behind: a cat, a dog and a fox run."""
        if start < 2 or self.units[start - 1].kind != "pause":
            return []
        return [part for part in self._waiting if part.units[-1] is self.units[start - 2]]

    def _except(self, at: int, part: Part) -> None:
        """Let somebody stand by, and not do what his clause says that all others do: 除了老师都在睡觉."""
        end = syntax.end_of_clause(self.units, at)
        part.still = part.busy = True
        part.aside = part.aside or any(unit.word == "都" for unit in self.units[at:end])

    def _done_before(self, at: int) -> list[Unit]:
        """Return the verb that an ellipsis stands for, in a list: the girl isn't dancing, the boy is; and the girl too."""
        rest = {unit.word for unit in self.units[at + 1 : syntax.end_of_clause(self.units, at)]}
        so = any(unit.word == "so" for unit in self.units[max(0, at - 4) : at])
        if not (rest <= grammar.DOING_SO | _TOO if rest else so):
            return []
        verbs = [unit for unit in self.units[:at] if unit.kinds & lexicon.VERBS]
        return verbs[-1:]

    def _pass_on(self, at: int, start: int) -> None:
        """Keep the subject of a causative and the patient of a Chinese passive still: the verb is of the noun that follows.

        Such as 妈妈让孩子喝牛奶, 机器人被工程师修理; but those who are chased run, too.
        """
        before = self.units[start - 1].word if start else ""
        end = syntax.end_of_clause(self.units, at)
        verb = next((unit for unit in self.units[at + 1 : end] if unit.kinds & lexicon.VERBS), None)
        done = before in _BY and verb is not None and verb.meaning("action") not in MOVING
        if done or (before in _HAVING_DONE and verb is not None):
            for part in self._waiting:
                part.still = True
            self._waiting = []

    def _is_left(self, at: int, start: int, *, foreign: bool) -> bool:
        """Whether those who wait for a verb get none, for somebody else begins a sentence.

        Such as a man in the kitchen. A cat sleeps.
        """
        if foreign and chinese_clauses.begins_clause(self.units, start):
            return True
        if start == 0 or self.units[start - 1].kind != "stop" or not self._waiting:
            return False
        verb = syntax.after(self.units, at)
        if verb is not None and self._is_verb(syntax.place_of(self.units, verb), verb) and verb.form == "s":
            return True
        last = self._waiting[-1].units[-1]
        following = syntax.after(self.units, syntax.place_of(self.units, last))
        contracted = syntax.uncontracted(last) in grammar.PRONOUNS and "'" in last.word
        return contracted or (following is not None and following.word in grammar.BEING)

    def _is_alone(self, start: int) -> bool:
        """Whether a noun phrase is no item of a list: she stands at the tower, birds flying."""
        if start < 2 or self.units[start - 1].kind != "pause":
            return False
        listed = (unit for part in self._waiting if not part.is_vehicle for unit in part.units)
        return not any(self.units[start - 2] is unit for unit in listed)

    def _is_only_placed(self, at: int) -> bool:
        """Whether somebody stands by where others act; by one who walks he walks along: a robot behind him."""
        done = next((part.action for part in reversed(self.parts) if part.action), "")
        where = position.all_said(self.units, at) if done else []
        by_another = any(position.is_by_another(self.units, place) for place in where)
        return bool(where) and (done not in MOVING or not by_another)

    def _new(self, unit: Unit, phrase: list[Unit]) -> Part:
        meaning = unit.word[1:] if unit.kind == "mention" else unit.meaning("character")
        stock = unit.kind != "mention"
        last = self.parts[-1] if self.parts else None
        if last and last.stock and last.name not in PEOPLE and reference.is_kin(self.units, self.parts, unit, phrase):
            meaning = last.name  # a panda and her baby
        part = Part(meaning, stock, [unit])
        part.count, part.asked = counts.number(unit, phrase)
        self.parts.append(part)
        rest = counts.rest_of(phrase)
        if rest:
            self.parts.append(Part(meaning, stock, [unit], count=rest, apart=part.count, still=True))
        if meaning:
            unit.decides.append(("character", meaning))
        elif "character" in unit.kinds:
            unit.unshown = "people"
        for each in phrase:
            if meaning and counts.ordinal(each.word):
                each.decides.append(("number", "1"))
            elif "number" in each.kinds and meaning:
                each.decides.append(("number", str(part.count)))
            elif "number" in each.kinds:
                each.unshown = unit.unshown or next(iter(sorted(unit.kinds & things.AGENTS)), "people")
        if stock and unit.form == "er" and meaning:
            part.weak.append(unit)
        return part

    def _told_apart(self, at: int, unit: Unit) -> bool:  # noqa: ARG002
        """Bring in some of several by a word without a noun."""
        subjects = others.told(self.units, at, self.parts, self._waiting, acted=self._acted)
        if subjects:
            self._begin_with(*subjects)
        return bool(subjects)

    def _leave_over(self, at: int, unit: Unit) -> bool:
        """Speak of those who are left of several."""
        left = others.rest(self.units, at, self.parts)
        if left is None:
            return False
        unit.decides.append(("number", str(left.count)))
        self._begin_with(left)
        return True

    def _begin_with(self, *parts: Part) -> None:
        """Begin a clause whose subject is somebody, or are several."""
        self._waiting, self._clause, self._acted = [*parts], [*parts], False

    def _count_all(self, at: int, unit: Unit) -> bool:
        """Speak of all who came before by a number that stands for them."""
        together = gathered.by_number(self.units, at, self.parts) if unit.is_word else []
        if together:
            self._gather(together, [unit], at)
        return bool(together)

    def _gather(self, together: list[Part], words: list[Unit], start: int) -> None:
        """Make several who came before the subject of a clause, or leave them where others do something to them.

        Args:
            together: those of whom a phrase speaks.
            words: of the phrase.
            start: the place of its first word.
        """
        for each in words:
            each.decides.append(("number", str(sum(part.count for part in together))))
        before = self.units[start - 1] if start else None
        joined = before is not None and before.word in grammar.CONJUNCTIONS
        governed = before is not None and before.word in grammar.PREPOSITIONS
        if not governed and (joined or not self._acted):
            self._begin_with(*together)

    # --- what they do -------------------------------------------------------------------------------------------------

    def _act(self, at: int, unit: Unit) -> None:
        described = heads.behind if unit.word.isascii() else chinese_clauses.described
        head = described(self.units, at)
        if head is not None:
            self._promised.append((head, unit))
            return
        if self._is_aside(at, unit):
            return
        greets = self._acted and unit.word in grammar.GREETINGS
        subjects = self._actors if greets and self._actors else self._headed(at) or self._subjects(at)
        if subjects is None:  # of a thing
            agent = agent_behind(self.units, at, moving=True)
            if agent is not None:
                self._promised.append((agent, unit))
            unit.unshown = unit.unshown or "deed"
            return
        if not subjects:
            self.pronoun = self.pronoun or pronouns.owner(self.units, at)
            if unit.verb and unit.meaning("action") and self._early is None:
                self._early = unit
                before = syntax.before(self.units, at)
                self._of_thing = self._topic and (before is None or before.word not in grammar.PERSONAL)
                self._of_stranger = is_of_stranger(self.units, at)
                if self._of_stranger:
                    unit.unshown = "deed"
            return
        if syntax.is_of_relative(self.units, at):
            for part in subjects:
                part.weak.append(unit)
            return
        self._give_all(at, subjects)
        self._actors = subjects
        self._waiting = []
        self._acted = True

    def _is_aside(self, at: int, unit: Unit) -> bool:
        """Whether a verb is of what somebody has: a boy whose kite flew away, a boy, whose dog ran away, is crying.

        It is then given to whom it is about, and not to him.
        """
        if heads.is_of_thing(self.units, at):
            unit.unshown = unit.unshown or "deed"
            return True
        begin = syntax.begin_of_clause(self.units, at)
        if not begin or self.units[begin].word != "whose":
            return False
        for part in self._clause:
            deeds.give(self.units, part, unit, acted=self._acted)
        if not self._clause:
            unit.unshown = unit.unshown or "deed"
        self._waiting = [part for part in self._waiting if part not in self._clause]
        return True

    def _give_all(self, at: int, subjects: list[Part]) -> None:
        """Give a verb to its subjects, or a passive one to who does it."""
        agent = agent_behind(self.units, at)
        if agent is not None:
            self._promised.append((agent, self.units[at]))
        for part in subjects:
            if agent is None:
                deeds.give(self.units, part, self.units[at], acted=self._acted)
            else:
                part.busy = True

    def _subjects(self, at: int) -> list[Part] | None:
        """Return whom a verb belongs to; None where that is a thing; nobody where none came yet."""
        before = self.units[at - 1] if at else None
        ahead = syntax.after(self.units, at)
        qualified = (
            before is not None
            and self.units[at].word.isascii()
            and (syntax.is_determiner(before) or syntax.is_adjective(before))
        )
        if qualified and ahead is not None and syntax.is_agent(ahead):
            return []
        subject = subject_of(self.units, at)
        for part in self.parts:
            if (
                subject is not None
                and not part.aside
                and not (part.follows and (part.is_vehicle or self._disagrees(part, at)))
                and any(subject is unit for unit in part.units)
            ):
                if part not in self._waiting or (part.alone and self._is_participle(at)):
                    return [part]
                return self._waiting
        place = syntax.place_of(self.units, subject) if subject is not None else 0
        inside = syntax.is_in_relative(self.units, place)
        if inside or (subject is not None and subject.word in grammar.SUBJECT_PRONOUNS):
            return self._spoken_of(place, inside=inside)
        stranger = subject is not None and pronouns.is_stranger(self.units, place)
        new = not self._waiting and self._actors and is_of_new_stranger(self.units, at)
        if stranger or new or (self._thing and not self._clause):
            return None
        return self._joined(before)

    def _spoken_of(self, at: int, *, inside: bool) -> list[Part] | None:
        """Return whom the pronoun at a place is for; None where it is nobody in the film.

        Args:
            at: the place of the pronoun.
            inside: whether it is the subject of a relative clause: the dog I love.
        """
        if inside:
            return pronouns.in_relative(self.units, at, self.parts) or None
        recent = [self._waiting, self._actors]
        referred = pronouns.referred(self.units[at].word, self.parts, recent) if self.parts else []
        self._leave_all_but(referred)
        return referred

    def _headed(self, at: int) -> list[Part]:
        """Return the subjects of an English verb whose clause names others, too; nobody where the clause is plain.

        They are its heads, those listed before them, and those beside them who do the same; others in it stand by.
        """
        resumed = heads.resumed(self.units, at)
        if resumed is not None:
            subjects = [part for part in self.parts if any(unit is resumed for unit in part.units)]
            self._leave_all_but(subjects)
            return subjects
        clause = heads.of(self.units, at) if self.units[at].word.isascii() else None
        if clause is None:
            return []
        spoken = {id(unit) for unit in self.units[clause.begin : at]}
        named = {id(self.units[place]) for place in clause.heads}
        inside = [part for part in self.parts if any(id(unit) in spoken for unit in part.units)]
        those = [part for part in inside if any(id(unit) in named for unit in part.units)]
        told_apart = any(not syntax.is_agent(part.units[0]) for part in inside)  # a big dog and a small one
        before = syntax.before(self.units, at)
        begins = before is not None and before.word not in grammar.JOINING  # feeds a dog in the park and laughs
        late = begins and all(part.follows for part in those)  # and a dog in the park runs
        if self.units[clause.begin].word in syntax.RELATIVE:
            return those  # the man, whom the robot follows
        if not those or told_apart or (len(those) == len(inside) and not late):
            return []
        moving = self.units[at].meaning("action") in MOVING | {"play"}
        beside = False
        for part in inside:
            if any(part is each for each in those):
                continue
            place = syntax.place_of(self.units, part.units[-1])
            onto = self.units[place - len(counts.noun_phrase(self.units, place)) - 1]
            verbs = [verb for verb in clause.verbs if verb < place]
            led = any(self.units[verb].meaning("action") in MOVING for verb in verbs) and onto.word == "by"
            beside = onto.word in _ALONGSIDE or (beside and onto.word in grammar.JOINING)
            if beside and not verbs and (moving or part.name in PEOPLE or not part.stock):
                those.append(part)
            elif not (led or (verbs and beside)):
                part.still = True
        return [*self._listed_before(clause.begin), *those]

    def _joined(self, before: Unit | None) -> list[Part]:
        """Return who waits for a verb, or acted last; behind 一起 with whoever stands by."""
        subjects = self._waiting or self._actors
        if before is not None and before.word == "一起" and sum(part.count for part in subjects) == 1:
            return [part for part in self.parts if part in subjects or (part.still and not part.follows)]
        return subjects

    def _is_participle(self, at: int) -> bool:
        return self.units[at].form == "ing" or self.units[at].word in {"asleep", "seated"}

    def _disagrees(self, part: Part, at: int) -> bool:
        """Whether the verb behind one who came in late is of several before him: three girls in a band sing."""
        finite = self.units[at].word.isascii() and not self.units[at].form and self.units[at - 1] is part.units[-1]
        waiting = sum(each.count for each in self._waiting)
        return finite and part.count == 1 and part not in self._waiting and waiting > 1

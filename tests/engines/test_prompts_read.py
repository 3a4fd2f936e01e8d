"""Everyday prompts: how many are read without a serious misreading, and whether everything that is not shown is told."""

import json
import re
from pathlib import Path

import pytest

from sora_nb.engines.prompt.parser import explain

LISTS = {"tuned": ("tuned",), "held out": ("held_out", "fresh")}
"""Files of prompts; what is held out was written apart from the parser."""
SETTING = ("scene", "time", "weather", "camera", "framing")
PEOPLE = {"person", "people", "man", "woman"}


def told(explanation):
    """Everything that a person is told, without the shot itself."""
    said = [*explanation.warnings(), *explanation.left_out]
    return " ".join(said).casefold().replace("-", " ")


def shown(spec):
    """Words for everything that is in the picture."""
    names = {role.name for role in spec.cast}
    people = PEOPLE if names & {"person", "woman"} else set()
    return names | people | {spec.scene, spec.weather, spec.time, *(role.action for role in spec.cast)}


def misreadings(expected, explanation):
    """Yield the serious misreadings of a prompt."""
    spec = explanation.spec
    for kind in SETTING:
        if kind in expected and getattr(spec, kind) not in expected[kind]:
            yield f"{kind} {getattr(spec, kind)}"
    yield from (f"shows {thing}" for thing in expected.get("never", ()) if thing in shown(spec))
    if "who" in expected:
        yield from wrong_cast(expected["who"], explanation)


def wrong_cast(who, explanation):
    """Yield who is in the film unasked and untold, who is missing, and who does what another should.

    An entry of `who` is [names, actions]: alternatives divided by "|"; no action means any, the name "?" anybody.
    """
    wanted = [(set(names.split("|")), set("|".join(actions).split("|")) - {""}) for names, *actions in who]
    sentences = told(explanation)
    for role in explanation.spec.cast:
        same = [entry for entry in wanted if {role.name, "?"} & entry[0]]
        fitting = [entry for entry in same if not entry[1] or role.action in entry[1]]
        if fitting:
            wanted.remove(fitting[0])
        elif same:
            wanted.remove(same[0])
            yield f"{role.name} does {role.action}"
        elif not re.search(rf"\b{re.escape(role.name)}\b", sentences):
            yield f"{role.name} is unasked"
    yield from (
        f"{'|'.join(sorted(names))} is missing"
        for names, _ in wanted
        if "?" not in names and not any(name in sentences for name in names)
    )


def untold(expected, explanation):
    """Return the words that no sentence has, though they are not shown, and that explain() does not say what it took them for."""
    taken = " ".join(each.word for each in explanation.understood).casefold()
    sentences = f"{told(explanation)} {taken}".replace("-", " ")
    return [word for word in expected.get("tell", ()) if word.casefold().replace("-", " ") not in sentences]


def prompts_of(files):
    text = "".join(Path(__file__).with_name(f"prompts_{name}.jsonl").read_text("utf-8") for name in files)
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("files", LISTS.values(), ids=LISTS)
def test_nine_of_ten_prompts_are_read_without_a_serious_misreading(files):
    lines = prompts_of(files)
    wrong = {line["prompt"]: found for line in lines if (found := [*misreadings(line, explain(line["prompt"]))])}
    assert len(wrong) <= len(lines) // 10, json.dumps(wrong, ensure_ascii=False, indent=1)


@pytest.mark.parametrize("files", LISTS.values(), ids=LISTS)
def test_whatever_of_a_prompt_is_not_shown_is_told(files):
    silent = {line["prompt"]: words for line in prompts_of(files) if (words := untold(line, explain(line["prompt"])))}
    assert not silent, json.dumps(silent, ensure_ascii=False, indent=1)

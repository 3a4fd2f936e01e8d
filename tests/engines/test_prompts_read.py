"""Everyday prompts: how many are read without a serious misreading, and whether everything that is not shown is told."""

import json
import re
from pathlib import Path

import pytest

from sora_nb.engines.prompt.parser import explain

LISTS = [path for name in ("tuned", "held_out") if (path := Path(__file__).with_name(f"prompts_{name}.jsonl")).exists()]
SETTING = ("scene", "time", "weather", "camera")
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
    """Return the words that no sentence has, though they are not shown."""
    sentences = told(explanation)
    return [word for word in expected.get("tell", ()) if word.casefold().replace("-", " ") not in sentences]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_nine_of_ten_prompts_are_read_without_a_serious_misreading(path):
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    assert len(lines) >= 100
    wrong = {}
    for line in lines:
        found = [*misreadings(line, explain(line["prompt"]))]
        if found:
            wrong[line["prompt"]] = found
    assert len(wrong) <= len(lines) // 10, json.dumps(wrong, ensure_ascii=False, indent=1)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_whatever_of_a_prompt_is_not_shown_is_told(path):
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    silent = {line["prompt"]: words for line in lines if (words := untold(line, explain(line["prompt"])))}
    assert not silent, json.dumps(silent, ensure_ascii=False, indent=1)

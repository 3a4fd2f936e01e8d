"""What the offline engine reads out of a prompt."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.draw.characters import stock
from sora_nb.engines.prompt import vocabulary
from sora_nb.engines.prompt.parser import Role, explain

PROMPTS = Path(__file__).parents[1] / "data" / "prompts.txt"
COLUMNS = ("scene", "time", "weather", "action", "camera")


def everyday_prompts() -> list[tuple[str, dict[str, str]]]:
    lines = [line for line in PROMPTS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [(prompt, dict(zip(COLUMNS, meanings, strict=True))) for prompt, *meanings in cells]


def test_at_least_nine_of_ten_everyday_prompts_are_understood_in_every_column():
    prompts = everyday_prompts()
    assert len(prompts) == 100
    wrong = []
    for prompt, expected in prompts:
        explanation = explain(prompt)
        read = {kind: explanation.meaning_of(kind) or "-" for kind in COLUMNS}
        if read["action"] != "-":
            read["action"] = explanation.spec.cast[0].action
        if read != expected:
            wrong.append((prompt, read))
    assert len(wrong) <= 10, wrong


def test_an_explanation_says_which_word_meant_what():
    explanation = explain("@mia.sun strolls along the seaside at dusk, blorbing")
    assert [(each.word, each.kind, each.meaning) for each in explanation.understood] == [
        ("strolls", "action", "walk"),
        ("seaside", "scene", "beach"),
        ("dusk", "time", "sunset"),
    ]
    assert explanation.unknown == ("blorbing",)


def test_what_is_no_mention_is_text():
    explanation = explain(r"joe@luna.example and \@mia dance, shot @24fps, see https://x.y/@rex")
    assert [role.stock for role in explanation.spec.cast] == [True]
    assert {"joe", "luna", "mia", "rex"} <= set(explanation.unknown)
    assert "24fps" in explanation.not_shown
    assert [role.name for role in explain("@24fps dances", known=["24fps"]).spec.cast] == ["24fps"]


def test_verbs_belong_to_the_subjects_before_them():
    assert explain("@a waves while @b.c and @d dance").spec.cast == (
        Role("a", "wave", stock=False),
        Role("b.c", "dance", stock=False),
        Role("d", "dance", stock=False),
    )


def test_nouns_choose_stock_characters_only_where_nobody_is_mentioned():
    assert explain("a cat and a robot dance").spec.cast == (
        Role("cat", "dance", stock=True),
        Role("robot", "dance", stock=True),
    )
    assert [role.name for role in explain("@rex the dog runs").spec.cast] == ["rex"]


def test_a_costume_beside_an_animal_is_one_character():
    assert explain("a corgi barista pours coffee").spec.cast == (Role("corgi", "work", stock=True, costume="barista"),)
    assert [role.name for role in explain("a woman with a dog").spec.cast] == ["woman", "dog"]


def test_a_prompt_without_a_noun_gets_somebody_by_seed():
    names = {explain("at the beach", seed).spec.cast[0].name for seed in range(20)}
    assert len(names) > 3


def test_unknown_words_change_only_the_seed():
    one, other = (
        explain("@a walks on the beach at night, static camera"),
        explain("@a walks on the zorbly beach at night, static camera"),
    )
    assert one.spec.seed != other.spec.seed
    assert (one.spec.scene, one.spec.time, one.spec.cast) == (other.spec.scene, other.spec.time, other.spec.cast)


def test_at_most_four_characters_play():
    assert [role.name for role in explain("@a @b @c @d @e dance").spec.cast] == ["a", "b", "c", "d"]


def test_every_noun_has_a_drawing():
    assert set(vocabulary.CHARACTERS) == set(stock.names())


@pytest.mark.parametrize("prompt", ["", "   ", "@", "!!!", "@a", "。。。", "\N{GRINNING FACE}", "a" * 10_000])
def test_any_text_becomes_a_shot(prompt):
    assert explain(prompt).spec.cast


@given(st.text(max_size=80), st.integers(0, 2**32))
def test_reading_never_fails_and_repeats_itself(prompt, seed):
    first = explain(prompt, seed)
    assert first == explain(prompt, seed)
    assert first.spec.scene in vocabulary.SCENES
    assert len(first.spec.cast) <= 4


def test_what_is_not_understood_or_not_said_is_told():
    assert explain("@rex walks on the beach").warnings() == ()
    strange = explain("a dragon above the quux")
    assert strange.spec.cast == ()
    assert strange.warnings() == (
        "Not drawn by the local engine: dragon.",
        "Not understood: quux.",
        "Nobody is in the film: the prompt names no character that the local engine draws.",
    )
    left_open = explain("something beautiful, blorbing")
    character, scene = left_open.spec.cast[0].name, left_open.spec.scene
    assert left_open.warnings()[-1] == f"Not said, so chosen by the local engine: character {character}, scene {scene}."
    assert scene not in " ".join(explain("@rex waves").warnings(backdrop=True))

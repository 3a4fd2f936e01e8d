"""Pictures say where and when something is where no word does, and decorate what words say."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt import emoji
from sora_nb.engines.prompt.parser import explain

PLACES = {"🏖": "beach", "🌃": "city street", "⛰": "mountains"}


@given(st.sampled_from(sorted(emoji.DECORATIONS)), st.sampled_from(sorted(emoji.DECORATIONS)))
def test_decorations_change_no_place_that_words_say_or_suggest(first, second):
    prompts = {
        "my girl cooking dinner": "kitchen",
        "new job at the office": "office",
        "coffee with my bestie": "coffee shop",
    }
    for prompt, scene in prompts.items():
        assert explain(f"{prompt} {first}{second}").spec.scene == scene


@pytest.mark.parametrize(("picture", "scene"), PLACES.items())
def test_a_picture_says_the_place_where_no_word_does_and_agrees_where_one_does(picture, scene):
    assert explain(f"a dog runs {picture}").spec.scene == scene
    assert explain(f"🐶{picture}").spec.scene == scene
    for prompt in (f"a dog at the {scene} {picture}", f"{picture} a dog at the {scene}"):
        assert explain(prompt).spec.scene == scene
        assert scene not in told(prompt)
    assert explain(f"{picture} a dog in a kitchen").spec.scene == "kitchen"


def test_a_picture_of_two_things_is_named_for_both():
    taken = [(each.word, each.kind) for each in explain("a cat 🌃").understood]
    assert taken == [("cat", "character"), ("🌃", "scene"), ("🌃", "time")]


def test_a_picture_of_a_place_is_no_subject():
    assert cast("🌌 a spaceship drifting through space") == cast("a spaceship drifting through space") == []

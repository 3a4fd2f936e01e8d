"""A match or a film is watched at home, where no other place is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

WATCHERS = st.sampled_from(["dad", "two guys", "my cat", "an old man", "friends"])
BROADCASTS = st.sampled_from(
    [
        "football",
        "the game",
        "a soccer match",
        "the world cup",
        "a horror movie",
        "cartoons",
        "basketball",
        "the super bowl",
    ]
)


@given(
    WATCHERS,
    BROADCASTS,
    st.sampled_from(["{} falls asleep watching {} lol", "{} watching {}", "{} yelling, watching {}"]),
)
def test_a_match_is_watched_in_a_living_room(watchers, broadcast, prompt):
    shot = explain(prompt.format(watchers, broadcast))
    assert shot.spec.scene == "living room"
    assert "person" not in [role.name for role in shot.spec.cast] or watchers != "my cat"
    assert explain(f"{prompt.format(watchers, broadcast)} in a bar").spec.scene == "coffee shop"


@given(
    st.sampled_from(["爸爸", "一家人", "两个男孩", "小猫"]),
    st.sampled_from(["足球比赛", "球赛", "电影", "世界杯", "春晚"]),
)
def test_a_match_is_watched_in_a_living_room_in_chinese(watchers, broadcast):
    assert explain(f"{watchers}看{broadcast}").spec.scene == "living room"
    assert explain(f"{watchers}在酒吧看{broadcast}").spec.scene == "coffee shop"


@pytest.mark.parametrize(
    "prompt",
    [
        "球迷看足球比赛",
        "mom watches the kids play football",
        "a boy plays football",
        "a coach watches the football game",
    ],
)
def test_who_is_where_a_match_is_played_is_no_home(prompt):
    assert explain(prompt).spec.scene == "meadow"

"""From which side somebody is seen is told, for nobody is turned; where a noun follows, the same words say where he is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

WHO = st.sampled_from(["a woman", "an old man", "@mia", "two dogs"])
SIDES = st.sampled_from(
    [
        "from behind",
        "from the back",
        "from the rear",
        "from the side",
        "from the front",
        "from below",
        "seen from behind",
        "shot from the side",
        "in profile",
        "facing away from the camera",
        "facing the camera",
    ]
)


def told(prompt):
    shot = explain(prompt, known=["mia"])
    return [reading.word for reading in shot.readings if (reading.fate, reading.kind) == ("not shown", "lens")]


@given(WHO, SIDES, st.sampled_from(["", " running on the beach", ", in a meadow", " as they run", " in the rain"]))
def test_the_side_that_somebody_is_seen_from_is_told_and_changes_nothing_else(who, side, rest):
    prompt = f"{who} {side}{rest}"
    assert told(prompt) == [side]
    seen, plain = explain(prompt, known=["mia"]), explain(f"{who}{rest}", known=["mia"])
    assert [(role.name, role.action) for role in seen.spec.cast] == [
        (role.name, role.action) for role in plain.spec.cast
    ]


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("rear view of a dog running", "rear view"),
        ("back view of a man", "back view"),
        ("side view of a cat", "side view"),
        ("front view of a robot", "front view"),
        ("view from behind of a man", "from behind"),
        ("a woman with her back to the camera", "back to the camera"),
        ("profile shot of a girl", "profile shot"),
        ("medium shot of a man walking", "medium shot"),
        ("full shot of a dancer", "full shot"),
        ("从背后拍摄一个女人走在海滩上", "从背后拍摄"),
        ("从后面看一个女孩", "从后面看"),
        ("从侧面的角度拍摄一只猫", "从侧面的角度"),
        ("背对镜头的女孩", "背对镜头"),
        ("中景，一个女孩在跳舞", "中景"),
    ],
)
def test_a_view_that_is_not_drawn_is_told(prompt, words):
    assert told(prompt) == [words]


@pytest.mark.parametrize(
    "prompt",
    [
        "a cat jumps from behind a sofa",
        "a boy peeks from behind the curtain",
        "a girl walks out from the back of the house",
        "smoke rises from the side of the hill",
        "从后面跑来一只狗",
        "从背后抱住女孩",
    ],
)
def test_where_somebody_comes_from_is_no_view(prompt):
    assert told(prompt) == []


def test_a_wide_shot_is_drawn():
    assert explain("wide shot of a dog").spec.camera == "wide"


@pytest.mark.parametrize(
    "prompt",
    [
        "a man walks toward the camera",
        "a dog runs towards us",
        "一个女孩朝镜头走来",
        "a fox walks away from the camera",
    ],
)
def test_that_somebody_comes_to_the_camera_or_goes_away_is_told(prompt):
    assert "lens and framing" in " ".join(explain(prompt).warnings())


def test_who_looks_at_the_camera_looks():
    assert [role.action for role in explain("a bear on an iceberg looking at the camera").spec.cast] == ["look"]


@pytest.mark.parametrize(
    ("prompt", "name"),
    [("close-up of a man's face", "person"), ("close up of a cat's eyes", "cat"), ("close-up of @luna's face", "luna")],
)
def test_a_close_up_shows_the_face_that_it_is_of(prompt, name):
    shot = explain(prompt, known=["luna"])
    assert [role.name for role in shot.spec.cast] == [name]
    assert not {"face", "eyes"} & {*shot.not_shown}


def test_a_tap_that_runs_is_nobody():
    assert explain("the tap is running in the kitchen").spec.cast == ()

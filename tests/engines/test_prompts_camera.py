"""What the camera does is a move of it and no deed of anybody; lists of shots and spans of time are told as editing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt import camera, vocabulary
from sora_nb.engines.prompt.parser import explain

CHINESE = [verb for verb in camera._MEANT if not verb.isascii()]
ENGLISH = [verb for verb in camera._MEANT if verb.isascii()]


def third(verb):
    """Return the form of a verb behind he, she and it."""
    if verb.endswith(("s", "sh", "ch")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeo" else f"{verb}s"


@given(st.sampled_from(ENGLISH), st.sampled_from(["the camera", "The handheld camera", "as the camera"]), st.booleans())
def test_whatever_the_camera_does_nobody_does_and_it_is_understood_or_told(verb, subject, slowly):
    prompt = f"{subject} {'slowly ' if slowly else ''}{third(verb)} over the city"
    explanation = explain(prompt)
    assert explanation.spec.cast == () or explanation.meaning_of("action") is None
    words = " ".join(each.word for each in explanation.understood if each.kind == "camera")
    assert third(verb) in f"{words} {' '.join(explanation.warnings())}"


@given(st.sampled_from(CHINESE), st.sampled_from(["镜头", "镜头缓缓", "相机慢慢"]))
def test_what_a_chinese_camera_does_moves_it(verb, subject):
    explanation = explain(f"{subject}{verb}，一只猫在睡觉")
    assert [role.action for role in explanation.spec.cast] == ["sleep"]
    assert explanation.meaning_of("camera") in vocabulary.CAMERAS


@pytest.mark.parametrize(
    ("prompt", "move"),
    [
        ("the camera slowly moves towards a sleeping cat", "push in"),
        ("the camera glides away from a cat", "pull out"),
        ("the camera moves around a cat", "orbit"),
        ("Camera: slow glide past a cat", "pan"),
        ('{"subject": "a cat", "camera_motion": "slowly glides forward"}', "push in"),
        ("镜头从左向右摇，一只猫", "pan"),
        ("镜头慢慢绕着猫旋转", "orbit"),
    ],
)
def test_words_behind_its_verb_say_how_the_camera_moves(prompt, move):
    spec = explain(prompt).spec
    assert (spec.camera, [role.name for role in spec.cast]) == (move, ["cat"])


@pytest.mark.parametrize(
    "move",
    [
        "retreats from",
        "backs away from",
        "pulls away from",
        "slowly backs off from",
        "withdraws from",
        "is backing away from",
        "reverses out of the room past",
        "drifts backwards from",
    ],
)
def test_a_camera_that_goes_back_pulls_out(move):
    spec = explain(f"The camera {move} a cat").spec
    assert (spec.camera, [role.name for role in spec.cast]) == ("pull out", ["cat"])
    assert [role.action for role in explain("a boy backs away from a wall").spec.cast] == ["walk"]


@pytest.mark.parametrize("prompt", ["a man with a camera runs", "a man holds a camera and runs"])
def test_who_has_a_camera_acts_himself(prompt):
    assert [role.action for role in explain(prompt).spec.cast] == ["run"]


@pytest.mark.parametrize("view", ["the camera glides over the city", "the camera sweeps across a beach at dusk"])
def test_a_view_that_the_camera_moves_over_is_shown_without_anybody(view):
    assert explain(view).spec.cast == ()


@pytest.mark.parametrize("prompt", ["eggs frying in a pan", "a vase on a marble pedestal", "a woman holds a red pan"])
def test_a_thing_named_like_a_move_of_the_camera_is_a_thing(prompt):
    explanation = explain(prompt)
    assert explanation.meaning_of("camera") is None
    assert prompt.split()[-1] in " ".join(explanation.warnings())
    assert explain("slow pan across the room").spec.camera == "pan"


@given(
    st.sampled_from(["0-3s", "0:00-0:03", "00:15 – 00:20", "1.5-3 sec", "0-3秒", "3~6s"]),
    st.sampled_from(["[{}] a dog runs", "({}): a dog runs", "{} a dog runs"]),
)
def test_a_span_of_a_list_of_shots_is_no_time_of_day_and_told(span, written):
    explanation = explain(written.format(span))
    assert explanation.meaning_of("time") is None
    assert f"editing ({span})" in " ".join(explanation.warnings())
    assert [role.action for role in explanation.spec.cast] == ["run"]


@given(st.sampled_from(["Scene", "Shot", "SCENE", "Act"]), st.integers(1, 9))
def test_the_number_of_a_shot_is_told_as_editing(name, number):
    assert f"editing ({name} {number})" in " ".join(explain(f"{name} {number}: a dog runs").warnings())


@pytest.mark.parametrize("saying", ["asks the robot", "the old robot says", "the robot shouts", "a robot replies"])
@pytest.mark.parametrize("said", ["Where is the dog?", "To the moon,", "No rain today!"])
def test_what_is_said_before_the_word_of_saying_is_told_and_not_drawn(said, saying):
    explanation = explain(f'"{said}" {saying}')
    assert [role.name for role in explanation.spec.cast] == ["robot"]
    assert explanation.left_out == ()
    assert explanation.meaning_of("time") is None
    assert "words that are said or written" in " ".join(explanation.warnings())


def test_a_sign_behind_what_is_written_on_it_is_no_deed():
    assert explain('an "OPEN" sign flickers above a diner').spec.cast == ()


ENDINGS = ["", "起来", "过去", "向", "到", "着"]
CAMERAS = ["镜头", "镜头缓缓", "航拍镜头", "摄影机", "无人机"]


@pytest.mark.parametrize("verb", ["后退", "转向", "上移", "下移", "停留", "环绕", "俯冲", "升起", "跟拍", "退", "追"])
@pytest.mark.parametrize("subject", CAMERAS)
def test_a_chinese_verb_of_the_camera_is_a_move_with_whatever_complement(verb, subject):
    for ending in ENDINGS:
        explanation = explain(f"{subject}{verb}{ending}，一只猫在睡觉")
        assert [(role.name, role.action) for role in explanation.spec.cast] == [("cat", "sleep")]
        assert explanation.meaning_of("camera") in vocabulary.CAMERAS
        assert explanation.unknown == ()


@pytest.mark.parametrize("verb", ["切换", "切到", "回到", "给到"])
def test_a_cut_of_the_camera_is_told_as_editing(verb):
    explanation = explain(f"镜头{verb}厨房，一只猫在睡觉")
    assert "editing" in " ".join(explanation.warnings())
    assert explanation.spec.scene == "kitchen"


def test_somebody_of_whom_a_pronoun_speaks_acts_though_the_camera_is_the_subject_before():
    spec = explain("the camera tilts up from her shoes to her face as she sings").spec
    assert (spec.camera, [role.action for role in spec.cast]) == ("tilt", ["sing"])


@pytest.mark.parametrize(
    "still",
    [
        "The camera does not move",
        "The camera never moves",
        "the camera isn't moving",
        "No camera movement",
        "without camera motion",
        "no moving camera",
        "don't move the camera",
        "the camera doesn't pan or zoom",
        "no pan, no zoom",
        "camera stays still",
        "motionless camera",
        "镜头不动",
        "不要运镜",
        "镜头不要移动",
        "没有镜头移动",
    ],
)
@pytest.mark.parametrize("what", ["a cat in a meadow", "a bear dances", "a girl reads"])
def test_a_camera_that_must_not_move_is_static(still, what):
    explanation = explain(f"{what}. {still}")
    assert explanation.spec.camera == "static"
    assert "camera" not in dict(explanation.chosen)


def test_a_camera_that_must_not_move_may_do_something_else():
    assert explain("a cat sleeps, the camera does not pan, it zooms in").spec.camera == "push in"
    assert explain("the dog does not move, the camera pans").spec.camera == "pan"


@given(
    st.sampled_from(
        ["camera zooms {}", "the camera slowly zooms {}", "camera zooming {}", "the camera zooms {} from there"]
    ),
    st.sampled_from([("in", "push in"), ("out", "pull out"), ("back", "pull out")]),
    st.booleans(),
)
def test_a_zoom_goes_the_way_that_is_said(frame, way, first):
    said = frame.format(way[0])
    prompt = f"{said}, a cat sits" if first else f"a cat sits, {said}"
    assert explain(prompt).spec.camera == way[1]


@pytest.mark.parametrize(
    "prompt", ["camera pans right over the city", "被大雪覆盖的村庄", "镜头拉远，露出整座被大雪覆盖的村庄"]
)
def test_nobody_is_invented_for_a_view(prompt):
    assert explain(prompt).spec.cast == ()


@pytest.mark.parametrize(
    ("prompt", "move"),
    [
        ("slow zoom out from a sleeping cat", "pull out"),
        ("gentle dolly back from a man at a desk", "pull out"),
        ("track backwards in front of a running man", "pull out"),
        ("dolly forward through a kitchen", "push in"),
        ("slow zoom on a sleeping cat", "push in"),
        ("slow pan right across a desert", "pan"),
    ],
)
def test_where_a_move_goes_is_a_part_of_it(prompt, move):
    shot = explain(prompt)
    assert shot.spec.camera == move
    assert not {"out", "back", "backwards", "forward", "right"} & {*shot.not_shown}


@pytest.mark.parametrize(
    "prompt",
    [
        "pan right across a beach",
        "tilt up to the sky",
        "drone shot over a desert",
        "无人机拍摄沙漠",
        "50% off all sneakers",
    ],
)
def test_nobody_is_invented_for_a_view_or_a_thing(prompt):
    assert explain(prompt).spec.cast == ()


TALKERS = st.sampled_from([("A woman", "woman"), ("The teacher", "person"), ("A robot", "robot"), ("Mom", "woman")])
HELD = st.sampled_from(["on a {} call", "in a {} meeting", "in a {} interview", "on {}", "over {}"])


@given(
    TALKERS, HELD, st.sampled_from(["zoom", "Zoom"]), st.sampled_from([("office", "office"), ("kitchen", "kitchen")])
)
def test_a_call_with_a_service_of_that_name_is_no_move_of_the_camera(who, held, service, place):
    shot = explain(f"In the {place[0]}, {who[0].lower()} talks {held.format(service)}")
    assert [(role.name, role.action) for role in shot.spec.cast] == [(who[1], "talk")]
    assert not shot.meaning_of("camera")
    assert service in " ".join(shot.warnings())


@pytest.mark.parametrize(
    ("prompt", "move"),
    [
        ("slow zoom on a cat", "push in"),
        ("a zoom shot of a cat", "push in"),
        ("a cat sleeps, zoom out", "pull out"),
        ("zoom follow the dog", "push in"),
        ("a quick zoom to the dog", "push in"),
        ("zoom effect, a cat runs", "push in"),
    ],
)
def test_a_zoom_is_a_move_elsewhere(prompt, move):
    assert explain(prompt).spec.camera == move


@given(
    st.sampled_from([("外婆", "woman"), ("一只猫", "cat"), ("老人", "person"), ("机器人", "robot")]),
    st.sampled_from(["竹椅", "椅子", "石头", "桌子", "木箱"]),
    st.sampled_from(["摇着扇子", "移动杯子", "摇铃铛", "移开书"]),
)
def test_what_is_done_on_something_is_no_move_of_the_camera(who, seat, deed):
    shot = explain(f"{who[0]}坐在{seat}上{deed}")
    assert shot.meaning_of("camera") is None
    assert [(role.name, role.action) for role in shot.spec.cast] == [(who[1], "sit")]
    assert deed[0] in " ".join(shot.not_shown)
    assert explain(f"{who[0]}坐在{seat}上，镜头上摇").spec.camera == "tilt"


@given(
    st.sampled_from(["他", "机器人", "妈妈"]), st.sampled_from(["把箱子推进房间", "环绕着树跑", "拉近椅子", "推近桌子"])
)
def test_what_somebody_does_to_a_thing_is_no_move_of_the_camera(who, deed):
    assert explain(f"{who}{deed}").meaning_of("camera") is None


@given(
    st.sampled_from(["推近", "缓缓推进", "拉远", "环绕", "上摇", "下摇"]),
    st.sampled_from(["一只猫在睡觉", "女孩站在桥上"]),
)
def test_moves_beside_a_clause_are_those_of_the_camera(move, clause):
    moves = {explain(f"{clause}，{move}").meaning_of("camera"), explain(f"{move}，{clause}").meaning_of("camera")}
    assert len(moves) == 1
    assert None not in moves


@given(
    st.sampled_from(["女孩", "一个机器人", "一只猫"]),
    st.sampled_from(["站在楼顶", "在山顶", ""]),
    st.sampled_from(["俯瞰", "俯视", "俯瞰着", "仰视"]),
    st.sampled_from(["城市", "大海", "森林"]),
)
def test_somebody_who_looks_down_at_something_moves_no_camera(who, where, looks, seen):
    shot = explain(f"{who}{where}{looks}{seen}，镜头环绕").spec
    assert shot.camera == "orbit"
    assert [role.action for role in shot.cast] == ["look"]


@pytest.mark.parametrize("prompt", ["俯瞰城市，一只猫在走", "镜头俯瞰海滩，一个男孩在跑", "女孩跳舞，俯视镜头"])
def test_a_camera_that_looks_down_is_wide(prompt):
    assert explain(prompt).spec.camera == "wide"

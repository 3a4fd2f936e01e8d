"""Chinese words mean one thing each, and clauses say who does what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt import chinese, chinese_looks, chinese_things, grammar, lexicon, segmentation, syntax
from sora_nb.engines.prompt.parser import explain

HINTS = {"scene hint", "time hint"}
SETTING = {"scene", "time", "weather"}
CHINESE = [
    (word, kind)
    for tables in (
        [(kind, table) for kind, table, _ in lexicon._CHINESE_TABLES],
        [(kind, {"": words}) for each in (chinese_things, chinese_looks) for kind, words in each.TABLES.items()],
    )
    for kind, table in tables
    for words in table.values()
    for word in words.split()
]
SEVERAL = syntax.MANY | grammar.ENSEMBLES
NOUNS = sorted({word for word, kind in CHINESE if kind == "character" and word not in SEVERAL})
VERBS = ("跑步", "睡觉", "唱歌", "跳舞", "游泳", "看书")
DRAWN = {"跑步": "run", "睡觉": "sleep", "唱歌": "sing", "跳舞": "dance", "游泳": "swim", "看书": "read"}


def test_every_chinese_word_is_of_one_kind():
    """A word may be a place, a time and weather at once, and hint at more; it is never two other kinds of things."""
    doubtful = {}
    for word, _ in CHINESE:
        kinds = lexicon.kinds(lexicon.INDEX[word]) - HINTS
        if len(kinds) > 1 and not kinds <= SETTING:
            doubtful[word] = kinds
    assert not doubtful


def test_no_chinese_word_is_drawn_as_two_things_of_a_kind():
    doubtful = {
        word: senses
        for word, senses in lexicon.INDEX.items()
        if not word.isascii()
        and len({sense.kind for sense in senses}) < len({(each.kind, each.meaning) for each in senses})
    }
    assert not doubtful


def test_a_word_of_the_lists_is_never_cut_in_parts():
    cut = {word for word, _ in CHINESE if len(word) > 1 and segmentation.segment(word) != [(word, True)]}
    assert not cut


@given(st.sampled_from(NOUNS), st.sampled_from(VERBS), st.sampled_from(NOUNS), st.sampled_from(VERBS))
def test_each_of_two_clauses_has_its_own_subject_and_verb(first, doing, second, also):
    cast = explain(f"一个{first}在{doing}，另一个{second}在{also}").spec.cast
    assert [role.action for role in cast] == [DRAWN[doing], DRAWN[also]]


@given(
    st.sampled_from(["他", "她", "女孩", "宇航员", "他独自", "@luna"]), st.sampled_from(VERBS), st.sampled_from(VERBS)
)
def test_one_person_behind_somebody_says_that_he_is_alone(who, doing, also):
    cast = explain(f"{who}一个人在{doing}，旁边一个人在{also}").spec.cast
    assert [role.action for role in cast] == [DRAWN[doing], DRAWN[also]]


@pytest.mark.parametrize("prompt", ["一个人也没有的海滩", "海滩上一个人都没有", "没有一个人的海滩"])
def test_not_one_person_is_nobody(prompt):
    assert explain(prompt).spec.cast == ()


@given(st.sampled_from(NOUNS), st.sampled_from(VERBS), st.sampled_from(NOUNS), st.sampled_from(VERBS))
def test_a_verb_before_of_describes_the_noun_behind_it(first, doing, second, also):
    cast = explain(f"一个{doing}的{first}和一个{also}的{second}").spec.cast
    assert [role.action for role in cast] == [DRAWN[doing], DRAWN[also]]


@given(st.sampled_from(NOUNS), st.sampled_from(["不要", "没有", "别出现", "不含", "禁止出现", "去掉"]))
def test_whoever_is_taken_away_is_not_in_the_film(noun, negator):
    assert explain(f"一片空地，{negator}{noun}").spec.cast == ()


@pytest.mark.parametrize(
    ("prompt", "actions"),
    [
        ("两只可爱的小猫在睡觉", ["sleep", "sleep"]),
        ("一群在草地上玩耍的小狗", ["play", "play", "play"]),
        ("妈妈的猫在睡觉", ["sleep"]),
        ("猫在狗旁边睡觉", ["sleep", "stand"]),
        ("她带着狗跑步", ["run", "run"]),
        ("她抱着狗跑步", ["run", "stand"]),
        ("男人抱着猫，它睡着了", ["stand", "sleep"]),
        ("他们在跳舞", ["dance", "dance"]),
        ("十二个学生在看书", ["read"] * 4),
        ("一对情侣在散步", ["walk", "walk"]),
        ("狗不在家，猫在睡觉", ["sleep"]),
    ],
)
def test_who_does_what(prompt, actions):
    assert [role.action for role in explain(prompt).spec.cast] == actions


@pytest.mark.parametrize("prompt", ["猫とロボットが森で踊る", "고양이가 해변에서 달린다", "夜の街を歩く女の子"])
def test_japanese_and_korean_are_told_and_not_read_as_chinese(prompt):
    explanation = explain(prompt)
    assert explanation.spec.cast == ()
    assert explanation.language in {"Japanese", "Korean"}
    assert set(explanation.unknown) == set(prompt.split())


@pytest.mark.parametrize(
    ("word", "kind"),
    [("挪威森林猫", "character"), ("云南米线店", "scene"), ("珍珠粉圆汤", "food"), ("莫兰迪灰色", "colour")],
)
def test_words_that_are_no_entries_are_known_by_their_ending(word, kind):
    assert chinese.by_ending(word[-4:])[0] == kind


@given(st.sampled_from(["小明对小红说话", "爸爸和妈妈坐着", "@tom和@ella坐着"]))
def test_two_people_behind_two_who_are_named_are_those(first):
    cast = explain(f"{first}，两个人跑到窗前", known=["tom", "ella"]).spec.cast
    assert len(cast) == 2


def test_whose_cat_it_is_does_not_do_what_the_cat_does():
    cast = explain("@luna的猫从树上跳下来,@luna接住了它").spec.cast
    assert [(role.name, role.action) for role in cast] == [("cat", "jump"), ("luna", "play")]


@pytest.mark.parametrize(
    ("prompt", "actions"),
    [
        ("爸爸背着睡着的女儿走在街上", ["walk", "sleep"]),
        ("妈妈抱着睡着的孩子走过街道", ["walk", "sleep"]),
        ("推着坐轮椅的老爷爷的男孩在唱歌", ["sit", "sing"]),
        ("爸爸背着女儿走在街上", ["walk", "stand"]),
    ],
)
def test_who_is_carried_does_what_describes_him_and_not_what_comes_then(prompt, actions):
    assert [role.action for role in explain(prompt).spec.cast] == actions


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("这家奶茶店里有一个女孩", "coffee shop"),
        ("那家餐厅里坐着两个老人", "coffee shop"),
        ("一只猫在家睡觉", "living room"),
        ("墙上写着“办公室”，一只猫在睡觉", "living room"),
        ("“哪里有海滩？”他在厨房里问", "kitchen"),
        ("下班后他和同事在海边散步", "beach"),
    ],
)
def test_a_measure_word_what_is_said_and_where_nobody_works_now_are_no_place(prompt, scene):
    assert explain(prompt).spec.scene == scene


@pytest.mark.parametrize("prompt", ["打工人早上累成狗", "马马虎虎的厨师在切菜", "一个虎头虎脑的小男孩在玩"])
def test_animals_of_idioms_are_not_there(prompt):
    assert not {"dog", "tiger"} & {role.name for role in explain(prompt).spec.cast}


@pytest.mark.parametrize("prompt", ["小狗在叫", "猫在屋顶上叫", "池塘里青蛙叫", "小狗叫了起来"])
def test_the_call_of_an_animal_is_told_and_no_name(prompt):
    shot = explain(prompt)
    assert any(word.startswith("叫") for word in shot.not_shown)
    assert [role.action for role in shot.spec.cast] == ["stand"]
    assert "叫" not in explain("一只叫小黑的猫在睡觉").not_shown


NOT_DONE = st.sampled_from(["不说话", "不听话", "没打伞", "不哭了", "不肯睡觉", "不吃饭"])
DONE = st.sampled_from([("就跑出去", "run"), ("在雨里跳舞", "dance"), ("走在街上", "walk"), ("开始唱歌", "sing")])


@given(st.sampled_from(["他", "小男孩", "爷爷"]), NOT_DONE, DONE)
def test_what_somebody_does_who_does_not_do_something_else_is_done(who, denied, done):
    words, action = done
    assert [role.action for role in explain(f"{who}{denied}{words}").spec.cast] == [action]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("他不喜欢跳舞", [("person", "stand")]),
        ("他不唱歌跳舞", [("person", "stand")]),
        ("他不吃饭也不睡觉", [("person", "stand")]),
        ("不要跑步跳舞", []),
        ("爸爸不知道妈妈在跳舞", [("person", "stand"), ("woman", "dance")]),
        ("不远处有一只狗", [("dog", "walk")]),
        ("差不多三只猫在睡觉", [("cat", "sleep")] * 3),
        ("了不起的爸爸在跳舞", [("person", "dance")]),
        ("他不得不跑步", [("person", "run")]),
        ("他毫不犹豫地跳进水里", [("person", "jump")]),
        ("不管下雨还是下雪，他都跑步", [("person", "run")]),
        ("她在家撸猫", [("woman", "play"), ("cat", "stand")]),
        ("两个赢家在跳舞", [("person", "dance")] * 2),
        ("我打开门，一只猫跑进来", [("person", "stand"), ("cat", "run")]),
        ("我想要一只猫跳舞的视频", [("cat", "dance")]),
        ("小猫睡觉，妈妈做饭", [("cat", "sleep"), ("woman", "work")]),
        ("小猫跟在妈妈后面", [("cat", "stand"), ("cat", "stand")]),
    ],
)
def test_words_that_begin_or_end_like_a_negator_or_an_animal_take_nobody_away(prompt, expected):
    assert [(role.name, role.action) for role in explain(prompt).spec.cast] == expected


@pytest.mark.parametrize(
    ("prompt", "weather"),
    [("没想到下雪了", "snow"), ("她不顾大雨跑出去", "rain"), ("不管下雨还是下雪，他都跑步", None)],
)
def test_weather_that_nobody_expected_or_minds_is_there(prompt, weather):
    assert explain(prompt).meaning_of("weather") == weather


@given(
    st.sampled_from(
        [
            "海关",
            "海外",
            "海归",
            "海景房",
            "江景",
            "湖南",
            "河北",
            "山东",
            "山药",
            "山楂",
            "花椒",
            "校花",
            "江湖",
            "雪梨",
            "雪纺",
            "家电",
        ]
    )
)
def test_the_first_character_of_a_word_for_something_else_is_no_place(word):
    shot = explain(f"{word}，一个女孩在跳舞")
    assert {"scene", "weather"} <= {kind for kind, _ in shot.chosen}


@given(
    st.sampled_from(["小猫在睡觉", "孩子们在唱歌", "三只小猪盖房子", "女孩坐着"]),
    st.sampled_from(["狗", "小狗", "@rex"]),
    st.sampled_from(["来了", "进来了", "过来了", "出来了", "也来了", "终于到了", "走了", "离开了"]),
)
def test_who_comes_or_goes_does_not_do_what_others_do(before, who, coming):
    assert [role.action for role in explain(f"{before}，{who}{coming}", known=["rex"]).spec.cast][-1] == "walk"


@pytest.mark.parametrize(
    ("prompt", "actions"),
    [
        ("爷爷接孙女放学", ["walk", "walk"]),
        ("男孩接球", ["play"]),
        ("男孩接电话", ["talk"]),
        ("老师教孩子跳舞", ["talk", "dance"]),
        ("爸爸教儿子游泳", ["talk", "swim"]),
        ("眼泪从女孩脸上滑落", ["stand"]),
    ],
)
def test_a_verb_is_read_by_what_it_is_done_to(prompt, actions):
    assert [role.action for role in explain(prompt).spec.cast] == actions


@given(
    st.sampled_from(["程序员", "爸爸", "女孩", "老师"]),
    st.sampled_from(["改bug", "深夜改PPT", "考CPA", "WFH", "玩Switch", "做PPT", "穿Nike"]),
    st.sampled_from([("旁边的猫睡得很香", "cat", "sleep"), ("狗在跑", "dog", "run"), ("@rex在跳舞", "rex", "dance")]),
)
def test_a_latin_word_before_a_comma_does_not_join_who_is_named_behind_it(who, deed, other):
    clause, name, action = other
    found = [(role.name, role.action) for role in explain(f"{who}{deed}，{clause}", known=["rex"]).spec.cast]
    assert found[-1] == (name, action)
    assert len(found) == 2
    assert found[0][1] != action


@pytest.mark.parametrize(
    ("deed", "action"),
    [
        ("打哈欠", "look"), ("打了个哈欠", "look"), ("哭了", "look"), ("咆哮", "sing"), ("滑倒了", "walk"), ("摆摆手", "wave"),
        ("点点头", "wave"), ("煎鸡蛋", "work"), ("改作业", "work"), ("大战机器人", "play"), ("开敞篷车", "run"),
        ("开着一辆红色的卡车", "run"), ("驾驶公交车", "run"), ("开飞机", "stand"), ("开门", "stand"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("who", ["国王", "一只企鹅", "孙悟空"])
def test_everyday_verbs_are_drawn(who, deed, action):
    assert explain(f"{who}{deed}").spec.cast[0].action == action


@given(
    st.sampled_from(
        [("程序员", "person"), ("女孩", "woman"), ("机器人", "robot"), ("大妈", "woman"), ("熊猫", "panda")]
    ),
    st.sampled_from(["跳", "在跳", "跳起了", "跳着", "跳完", "跳了一段"]),
    st.sampled_from(["女团舞", "广场舞", "民族舞", "孔雀舞", "兔子舞", "芭蕾", "探戈", "双人舞", "新疆舞"]),
    st.sampled_from(["{}", "公司年会上，{}", "{}，全场爆笑", "在公园里{}"]),
)
def test_what_is_danced_is_nobody(who, verb, dance, prompt):
    cast = explain(prompt.format(f"{who[0]}{verb}{dance}")).spec.cast
    assert [(role.name, role.action) for role in cast] == [(who[1], "dance")]


@pytest.mark.parametrize(
    "prompt", ["女孩跳上舞台", "小狗高兴地跳起来", "男孩跳起来挥舞着手", "女孩跳绳", "程序员跳进舞池"]
)
def test_who_jumps_does_not_dance(prompt):
    assert [role.action for role in explain(prompt).spec.cast] == ["jump"]


TRADES = st.sampled_from(
    sorted(
        grammar.words(
            "前锋 后卫 中锋 门将 守门员 裁判 投手 主播 收银员 外卖员 快递小哥 外卖小哥 球迷 班主任 司仪 助理 保镖 主任 组长 10号前锋 "
            "解说员 讲解员 配音员 钢琴师 灯光师 发球员 送奶工 洗碗工 货车司机 跳水运动员 领队 花童 侍卫 锁匠"
        )
    )
)
CLOTHED = st.sampled_from(["{}", "一个{}", "穿红衣服的{}", "一名戴帽子的{}"])


@given(TRADES, CLOTHED, st.sampled_from(VERBS))
def test_who_has_a_trade_or_a_part_in_a_game_is_somebody(trade, clothed, verb):
    for prompt in (f"{clothed.format(trade)}在{verb}", f"一只狗站着，{clothed.format(trade)}在{verb}"):
        shot = explain(prompt)
        assert (shot.spec.cast[-1].name, shot.spec.cast[-1].action) == ("person", DRAWN[verb])
        assert len(shot.spec.cast) == prompt.count("，") + 1
        assert f"{trade.removeprefix('10号')} as person" in " ".join(shot.warnings())


@given(st.sampled_from(["卖菜", "修车", "洗碗", "理发"]), CLOTHED, st.sampled_from(VERBS))
def test_what_somebody_does_for_a_living_is_no_second_one(living, clothed, verb):
    prompt = f"{clothed.format(living + '大妈')}在{verb}"
    assert [(role.name, role.action) for role in explain(prompt).spec.cast] == [("woman", DRAWN[verb])]

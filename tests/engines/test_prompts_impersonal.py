"""What the sky, the weather, the sea, a town or a time does is done by nobody: 月亮在跳舞, winter arrives."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

FORCES = st.sampled_from(
    ["月亮", "太阳", "夕阳", "一轮明月", "云", "一朵云", "乌云", "雪花", "雪", "雨", "雾", "风", "秋天"]
)
PLACES = st.sampled_from(["大海", "森林", "城市", "街道", "小镇", "沙漠"])
DEEDS = st.sampled_from(["跳舞", "唱歌", "睡觉", "奔跑", "微笑", "散步"])
LIKE = st.sampled_from(["", "像一只小船，", "像羊群，慢慢地", "静静地"])


@given(FORCES, LIKE, DEEDS)
def test_the_deed_of_the_sky_or_the_weather_invents_nobody(force, like, deed):
    prompt = f"{force}{like}在{deed}"
    assert cast(prompt) == []
    assert deed in told(prompt)


@given(PLACES, DEEDS)
def test_the_deed_of_a_town_or_the_sea_invents_nobody(place, deed):
    assert cast(f"{place}在{deed}") == []


@pytest.mark.parametrize(
    "prompt",
    [
        "月亮爬上山头",
        "雨飘在城市里",
        "云从草地上飘过",
        "雪花在森林里飞舞",
        "太阳躲进云里",
        "城市睡着了",
        "黄昏走来",
        "时间飞逝",
        "秋天走进森林",
        "秋天从北方走来",
        "春天悄悄来到公园",
        "冬天过去了",
        "雷声在咆哮",
    ],
)
def test_wherever_it_moves_nobody_moves(prompt):
    assert cast(prompt) == []


@given(FORCES, DEEDS)
def test_who_else_is_there_does_his_own_deed(force, deed):
    assert cast(f"{force}在{deed}，一个女孩在看书") == [("woman", "read")]
    assert cast(f"一个女孩在看书，{force}在{deed}") == [("woman", "read")]


@given(
    st.sampled_from(
        [
            "晚上",
            "早上",
            "黄昏",
            "雨中",
            "雨天",
            "下雨",
            "公园",
            "海边",
            "月光下",
            "雪地里",
            "城市里",
            "大雪中",
            "星空下",
        ]
    ),
    st.sampled_from(["跳舞", "跑步", "散步"]),
)
def test_when_and_where_somebody_does_something_leaves_him_there(where, deed):
    assert len(cast(f"{where}{deed}")) == 1


@pytest.mark.parametrize("season", ["winter", "spring", "summer", "autumn", "the wind"])
@pytest.mark.parametrize("comes", ["arrives", "comes to the forest", "runs through the grass", "is coming"])
def test_a_season_that_comes_is_nobody(season, comes):
    assert cast(f"{season} {comes}") == []


@pytest.mark.parametrize("season", ["winter", "spring", "summer", "autumn", "the wind"])
@pytest.mark.parametrize("who", ["snowman", "bear", "rabbit"])
def test_what_a_season_does_is_not_done_by_who_is_there(who, season):
    assert cast(f"The {who} sings as {season} arrives") == [(who, "sing")]
    assert cast(f"The {who} melts as {season} arrives") == [(who, "stand")]


@pytest.mark.parametrize("season", ["春天", "夏天", "秋天", "冬天"])
@pytest.mark.parametrize(("deed", "action"), [("在海边游泳", "swim"), ("跑步", "run"), ("在公园散步", "walk")])
def test_somebody_does_something_in_a_season(season, deed, action):
    assert [found for _, found in cast(f"{season}{deed}")] == [action]


@given(
    st.sampled_from(["spring", "summer", "autumn", "winter"]),
    st.sampled_from(
        ["is here", "has arrived", "has come", "is back", "is coming", "is in the air", "came", "has begun"]
    ),
    st.sampled_from(["", " in the forest"]),
)
def test_a_season_that_has_come_invents_nobody_and_is_seen_outdoors(season, come, where):
    assert cast(f"{season} {come}{where}") == []
    assert cast(f"it is {season}{where}") == []
    assert explain(f"{season} {come}{where}").spec.scene in {"snow", "forest", "meadow"}
    assert season in told(f"{season} {come}{where}")
    assert cast(f"{season} {come}{where}, a cat sleeps") == [("cat", "sleep")]


@given(
    st.sampled_from(
        ["heat haze", "golden light", "smoke", "autumn", "a strong wind", "frost", "sunlight", "a heatwave"]
    ),
    st.sampled_from(["over the desert road", "in the mountains", "on a snowy field", "above the city at night"]),
    st.sampled_from(["", ", cinematic", ", no people", ", slow pan"]),
)
def test_a_landscape_that_names_nobody_has_nobody(what, where, more):
    assert cast(f"{what} {where}{more}") == []
    assert explain(f"{what} {where}{more}").spec.weather != "fog"


@pytest.mark.parametrize(
    "prompt",
    [
        "wind blowing over a wheat field", "sunlight pouring into the bedroom", "light pouring through the window",
        "it is raining in the city", "it's snowing on the mountains", "it's winter in the village", "a hot summer day in the city",
        "spring blossoms", "A luxury watch rotating on a black background", "a spinning globe", "ink in water",
    ],
)  # fmt: skip
def test_views_and_products_have_nobody(prompt):
    assert cast(prompt) == []


@pytest.mark.parametrize(
    ("prompt", "action"),
    [
        ("dance in the rain", "dance"),
        ("sail over the sea", "run"),
        ("paint on a wall", "work"),
        ("watch the sunset", "look"),
    ],
)
def test_what_is_asked_for_as_a_deed_is_done(prompt, action):
    assert [done for _, done in cast(prompt)] == [action]


@pytest.mark.parametrize("more", ["", ", dramatic studio lighting", ", in a studio", ", no text"])
def test_a_product_before_a_plain_background_is_shown_in_a_room(more):
    assert explain(f"A luxury watch rotating on a black background{more}").spec.scene == "living room"

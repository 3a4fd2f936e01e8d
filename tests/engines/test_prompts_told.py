"""Every word of a prompt has exactly one fate, and whatever is not drawn as it is written is told."""

import re

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.draw import scenes
from sora_nb.engines.prompt import compounds, grammar, lexicon, scenery
from sora_nb.engines.prompt.parser import explain

FATES = {"understood", "left out", "not shown", "unknown", "link"}
ENTRIES = sorted(lexicon.INDEX)
JOINING = (
    grammar.LINKS
    | grammar.NEGATORS
    | grammar.COMMANDS
    | grammar.LABELS
    | grammar.NEGATIVE_LABELS
    | {"i'm", "i've", "i'll", "i'd", "&", "&amp", "+", "@", "shots"}
)
words = st.one_of(st.sampled_from(ENTRIES), st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=9))
prompts = st.lists(
    st.tuples(
        words, st.sampled_from([" ", " ", " ", ", ", ". ", " and ", " no ", " of a ", " two ", ": ", "-", "\n", ""])
    ),
    max_size=9,
).map(lambda pairs: "".join(word + mark for word, mark in pairs))


def letters(text):
    return [letter for letter in text if letter.isalnum()]


def joins(word):
    """Whether a word carries nothing of its own."""
    plain = word.lower().replace("\u2019", "'").strip("\"'")
    parts = plain.replace("-", " ").replace("_", " ").split()
    phrases = {each.strip() for each in compounds.TABLES["link"].replace("\n", " ").split(",")}
    known = {" ".join(each.split()) for each in phrases} | set(grammar.NEGATIVE_PHRASES)
    return plain in known or all(
        part in JOINING
        or part.split("'")[0] in grammar.PRONOUNS
        or lexicon.number_of(part) == 1
        or part.startswith("look")
        for part in parts
    )


@given(st.one_of(st.text(max_size=60), prompts))
def test_every_letter_of_a_prompt_is_in_exactly_one_reading(prompt):
    explanation = explain(prompt)
    assert letters("".join(each.word for each in explanation.readings)) == letters(prompt)
    assert {each.fate for each in explanation.readings} <= FATES


@given(prompts)
def test_nothing_that_means_something_is_dropped_in_silence(prompt):
    explanation = explain(prompt)
    said = " ".join(explanation.warnings())
    for each in explanation.readings:
        if each.fate == "link":
            assert joins(each.word), each
        elif each.fate == "unknown":
            assert each.word.lower() in said
        elif each.fate != "understood" or each.meaning:
            assert each.word in said


@given(prompts)
def test_whoever_is_in_the_film_was_asked_for_or_is_told(prompt):
    explanation = explain(prompt)
    asked = {each.meaning for each in explanation.understood if each.kind == "character"}
    chosen = {meaning for kind, meaning in explanation.chosen if kind == "character"}
    words = re.split(r"[\s'’-]+", prompt.lower())  # he'd
    pronouns = {grammar.PRONOUNS.get(word.strip(",.:")) for word in words}
    pronouns |= {drawn for pronoun, drawn in grammar.PRONOUNS.items() if not pronoun.isascii() and pronoun in prompt}
    for role in explanation.spec.cast:
        assert role.name in asked | chosen | pronouns


@pytest.mark.parametrize(
    ("prompt", "left_out"),
    [
        ("a dog, no rain, no people", {"rain", "people"}),
        ("a dog without rain or people at night", {"rain", "people"}),
        ("no cars, tall buildings or people, a dog", {"cars", "tall", "buildings", "people"}),
        ("a crowd-free beach", {"crowd-free"}),
        ("a dog --no rain, people --ar 1:1", {"rain", "people"}),
        ("negative_prompt: rain, people", {"rain", "people"}),
        ("一只狗，不要出现雨和人，没有雪", {"雨", "人", "雪"}),
        ("not only a dog but a cat", set()),
        ("she never stops dancing", set()),
    ],
)
def test_a_negator_takes_away_what_it_speaks_of_and_no_more(prompt, left_out):
    assert set(explain(prompt).left_out) == left_out


def test_an_explanation_is_shown_in_sentences():
    shown = str(explain("a dgo and a horse run on the beach, no rain, blorbing"))
    assert shown.splitlines() == [
        "Shot: beach, sunset, clear, camera static",
        "Cast: dog (run)",
        "Taken from the prompt: dgo (character dog), run (action run), beach (scene beach)",
        "Chosen by the engine: time sunset, weather clear, camera static",
        "Read 'dgo' as dog.",
        "Left out, as the prompt says: rain.",
        "Not drawn by the local engine: horse.",
        "Not understood: blorbing.",
    ]


@pytest.mark.parametrize(
    ("prompt", "scene", "stays"),
    [
        ("an empty city street, no cars, no people", "city street", "cars"),
        ("@mia on the beach without palm trees", "beach", "palm trees"),
        ("森林里没有树", "forest", "树"),
        ("a comedian on stage, no audience", "stage", "audience"),
    ],
)
def test_what_a_scene_always_shows_is_not_said_to_be_left_out(prompt, scene, stays):
    explanation = explain(prompt)
    assert f"Not left out, for the drawn {scene} always has it: {stays}." in explanation.warnings()
    assert not any(stays in said for said in explanation.warnings() if said.startswith("Left out"))
    assert any(stays in said for said in explanation.warnings(backdrop=True) if said.startswith("Left out"))


@pytest.mark.parametrize("prompt", ["街上没有自行车", "a city street without bicycles", "舞台上没有机器人"])
def test_what_a_scene_does_not_show_is_left_out(prompt):
    assert not any(said.startswith("Not left out") for said in explain(prompt).warnings())


def test_scenes_with_things_of_their_own_are_those_that_are_drawn():
    assert scenery.ALWAYS.keys() == {*scenes.OUTDOORS, *scenes.INDOORS}


@pytest.mark.parametrize(
    "verb",
    [
        "juggles",
        "cooks",
        "hugs",
        "climbs",
        "paints",
        "knits",
        "kisses",
        "fights",
        "sneezes",
        "yawns",
        "bows",
        "prays",
        "rows",
        "rides",
        "skates",
        "dives",
        "digs",
        "throws",
        "catches",
        "kicks",
        "lifts",
        "pushes",
        "pulls",
        "carries",
        "hides",
        "cries",
        "laughs",
        "claps",
        "points",
        "types",
    ],
)
def test_a_deed_that_is_not_drawn_as_itself_is_told(verb):
    told = " ".join(explain(f"@mia {verb} at the beach", known=["mia"]).warnings())
    assert verb in told


@pytest.mark.parametrize(
    "verb",
    [
        "做饭",
        "拥抱",
        "爬树",
        "画画",
        "打架",
        "祈祷",
        "划船",
        "骑马",
        "踢球",
        "鼓掌",
        "大笑",
        "潜水",
        "打太极拳",
        "推车",
    ],
)
def test_a_chinese_deed_that_is_not_drawn_as_itself_is_told(verb):
    told = "".join(explain(f"@mia 在公园里{verb}", known=["mia"]).warnings())
    assert all(letter in told for letter in verb)


SPEECH = ["There is a fly in my soup!", "Keep it down or everyone will want one.", "Don't run, it's only a dog."]


@given(st.sampled_from(["Waiter", "Customer", "The old man", "@ella"]), st.sampled_from(SPEECH))
def test_what_stands_behind_a_speaker_and_a_colon_is_said(who, said):
    explanation = explain(f'{who}: "{said}" A cat sleeps.', known=["ella"])
    assert len(explanation.spec.cast) == 2
    assert explanation.left_out == ()
    assert "words that are said or written" in " ".join(explanation.warnings())


@given(st.sampled_from(SPEECH), st.sampled_from(["'{}'", "\u2018{}\u2019"]))
def test_what_stands_in_single_quotation_marks_is_said(said, marks):
    explanation = explain(f"A penguin says: {marks.format(said)}")
    assert [(role.name, role.action) for role in explanation.spec.cast] == [("penguin", "talk")]
    assert explanation.left_out == ()


def test_apostrophes_are_no_quotation_marks():
    assert "that are said" not in " ".join(explain("the dogs' cat sleeps beside the kids' robot").warnings())


@pytest.mark.parametrize("key", ["hero", "main_role", "pet"])
def test_a_quoted_key_is_a_label(key):
    assert [role.name for role in explain(f'{{"{key}": "a fox"}}').spec.cast] == ["fox"]


def test_a_costume_that_is_not_drawn_is_told():
    assert "witch" in " ".join(explain("@luna, dressed as a witch, dances").warnings())


OUTSIDE = {"snow": ["snow outside the window", "it snows outside", "heavy snowfall outside", "窗外下着雪"],
           "rain": ["rain against the window", "a storm outside", "heavy rain outside", "窗外下雨"],
           "fog": ["fog outside", "a foggy day"]}  # fmt: skip


@given(st.sampled_from(sorted(scenes.INDOORS | scenes.OUTDOORS)), st.sampled_from(sorted(OUTSIDE)), st.data())
def test_weather_that_a_scene_does_not_draw_is_told(scene, weather, data):
    place = {"snow": "snow field"}.get(scene, scene)
    shot = explain(f"{data.draw(st.sampled_from(OUTSIDE[weather]))}, {place}")
    assert (shot.spec.scene, shot.spec.weather) == (scene, weather)
    dry = scene in scenes.INDOORS or scene in scenes.MEDIUMS
    assert (f"The drawn {scene} has no {weather}, only its light." in shot.notes) == dry


@pytest.mark.parametrize(
    ("prompt", "own", "missing"),
    [
        ("a cat sleeps in the living room, rain outside the window", "living room has its own: window.", ""),
        ("cars and a zeppelin in a city street", "city street has its own: cars.", "engine: zeppelin."),
        ("a red sports car in a city street", "", "engine: red sports car."),
        ("a car on the beach", "", "engine: car."),
    ],
)
def test_what_a_place_always_has_is_told_as_its_own(prompt, own, missing):
    said = " ".join(explain(prompt).warnings())
    assert own in said
    assert missing in said
    assert ("its own" in said, "Not drawn" in said) == (bool(own), bool(missing))


def test_a_picture_behind_everything_has_nothing_of_a_place():
    said = " ".join(explain("a cat in the living room, rain outside the window").warnings(backdrop=True))
    assert "Not drawn by the local engine: window." in said


def test_scenes_with_walls_are_those_that_are_drawn_so():
    assert {*scenes.INDOORS} == scenery.INDOORS
    assert all(scenery.has_weather(scene, weather) for scene in scenes.INDOORS for weather in ("clear", "cloudy"))


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("a dog sleeps in a car", "Not drawn by the local engine: car."),
        ("two women argue in a parked car", "car."),
        ("他坐在汽车里", "Not drawn by the local engine: 汽车."),
        ("fireworks over the sea", "Not drawn by the local engine: fireworks."),
        ("a ship in a storm, lightning", "lightning as rain"),
        ("hail on a roof", "hail as rain"),
        ("闪电划过夜空", "闪电 as rain"),
        ("a shark under a surfer", "surfer as person and run"),
        ("a woman smiles", "smiles as look"),
        ("女孩微笑", "微笑 as look"),
        ("a crane lifts steel beams", "crane, steel beams"),
        ("train leaving the station", "train"),
    ],
)
def test_what_is_drawn_otherwise_is_told(prompt, sentence):
    assert sentence in " ".join(explain(prompt).warnings())


def test_a_car_on_its_street_is_there():
    assert "The drawn city street has its own: car." in explain("a car on the street").warnings()


@pytest.mark.parametrize("prompt", ["he takes off his coat", "Camera tilts up to her face", "a quiet evening"])
def test_who_is_not_named_is_told_as_chosen(prompt):
    explanation = explain(prompt)
    named = any(each.kind == "character" for each in explanation.understood)
    chosen = any(kind == "character" for kind, _ in explanation.chosen)
    assert bool(explanation.spec.cast) == (named or chosen)


@pytest.mark.parametrize("mist", ["morning mist", "morning fog"])
def test_mist_in_the_morning_is_of_the_morning(mist):
    spec = explain(f"a fox in the {mist}").spec
    assert (spec.weather, spec.time) == ("fog", "dawn")


@pytest.mark.parametrize(
    ("prompt", "own"),
    [
        ("a quiet beach with gentle waves", "gentle waves"),
        ("a street at night with neon signs", "neon signs"),
        ("夜晚的城市，霓虹灯，车来车往", "霓虹灯, 车来车往"),
        ("a man at a lovely desk in the office", "lovely desk"),
    ],
)
def test_what_a_scene_shows_anyway_is_told_as_its_own(prompt, own):
    assert f"has its own: {own}." in " ".join(explain(prompt).warnings())


@pytest.mark.parametrize(
    "prompt", ["a red car in the city", "a huge wave at the beach", "a street at noon with neon signs"]
)
def test_what_a_scene_shows_in_another_colour_or_at_night_only_is_not_drawn(prompt):
    assert "Not drawn" in " ".join(explain(prompt).warnings())


def test_a_city_of_the_future_is_told_as_a_street():
    assert "未来城市 as city street" in " ".join(explain("机器人在未来城市里巡逻").warnings())


def test_rain_that_falls_and_a_crowd_that_cheers_are_no_season_and_no_stage():
    assert "fall" not in explain("watching the rain fall in the city").not_shown
    assert explain("a basketball player dunks in front of a cheering crowd").spec.scene != "stage"


SPEAKERS = st.sampled_from([("rabbit", "rabbit"), ("old knight", "knight"), ("robot", "robot"), ("girl", "woman")])
MARKS = st.sampled_from(['""', "“”", "''"])


@given(
    SPEAKERS,
    MARKS,
    st.sampled_from(["says the {}", "said the {}", "the {} says", "shouts the {}", "the {} whispers"]),
    st.sampled_from(["I am a dog.", "the dragon comes!", "a cat!", "two penguins are coming.", "the soup is hot."]),
    st.sampled_from([",", "."]),
)
def test_a_quotation_goes_on_behind_who_says_it(speaker, marks, says, speech, mark):
    noun, name = speaker
    opened, closed = marks
    prompt = f"{opened}No,{closed} {says.format(noun)}{mark} {opened}{speech}{closed}"
    assert cast(prompt) == [(name, "talk")]
    assert explain(prompt).chosen


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ('"Are you lost?" asks the owl. "No," says the rabbit, "I live here."', [("duck", "talk"), ("rabbit", "talk")]),
        ('"Good," he says, "a knight!" A tiger runs.', [("person", "talk"), ("tiger", "run")]),
        ('"Hello," says the robot. A "cat" sleeps.', [("robot", "sleep"), ("cat", "sleep")]),
    ],
)
def test_what_is_not_said_is_seen(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from(
        [("HOST", "person"), ("COOK", "chef"), ("Teacher", "person"), ("Knight", "knight"), ("老师", "person")]
    ),
    st.sampled_from(["sit down!", "where is my cat?", "a dog, run!", "坐下！"]),
    st.sampled_from([("GUARD", "person"), ("Girl", "woman"), ("Robot", "robot"), ("学生", "person")]),
    st.sampled_from(["yes sir.", "I'm a tired penguin.", "是，先生。"]),
    st.sampled_from([("", "stand"), ("(both sit on a sofa)", "sit"), ("\nBoth dance", "dance")]),
)
def test_the_lines_of_a_script_are_said_by_those_before_the_colons(first, line, second, answer, seen):
    speaker, one = first
    other, two = second
    stage, action = seen
    assert cast(f"{speaker}: {line} {other}: {answer} {stage}") == [(one, action), (two, action)]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("Dog: runs. Cat: sleeps.", [("dog", "run"), ("cat", "sleep")]),
        (
            "Woman: 30 years old, red dress. Man: tall, in a suit. They dance.",
            [("woman", "dance"), ("person", "dance")],
        ),
        ("A chef: cooking soup", [("chef", "work")]),
        ("老师：坐下！", [("person", "sit")]),
    ],
)
def test_who_is_described_behind_a_colon_does_what_is_said(prompt, who):
    assert cast(prompt) == who

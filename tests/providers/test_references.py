"""How orders are worded and shown to models of every style: what holds for any prompt, cast and limit."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import prompts
from sora_nb.errors import InvalidInput, PromptError
from sora_nb.models import Character, Registration, Still
from sora_nb.providers.base import Member, Order
from sora_nb.providers.profile import ModelRules, Profile, ReferenceRules
from sora_nb.providers.references import compiled
from sora_nb.providers.shapes import shape_of

NUMBERED = ("number", "token", "prose")
STYLES = ("handle", "name", "alias", *NUMBERED)
HANDLES = st.from_regex(r"[a-z0-9_]{1,12}(\.[a-z0-9_]{1,8})?", fullmatch=True).filter(
    lambda name: bool(re.match(r"[a-z_]", name))
)
WORDS = st.sampled_from(["walks", "on the beach,", "smiles.", "Zwei Hasen", "at 24fps", "海边", "(slowly)", "e.g."])


@pytest.fixture(scope="session")
def picture(tmp_path_factory):
    """A file of a hundred bytes; what is in it does not count here."""
    path = tmp_path_factory.mktemp("stills") / "a.jpg"
    path.write_bytes(b"x" * 100)
    return path


def sells(style="number", *, faces="", longest=None, **rules):
    shows = ReferenceRules(**{"style": style, "token": "character{n}", "images": 9} | rules)
    model = ModelRules(references=shows, faces=faces, prompt_longest=longest)
    return Profile(name="p", title="A service", models={"m": model})


def member(name, picture, stills=2, *, known="", clip=None, seconds=2.0, side=400, face=False, **who):
    found = [
        Still(path=picture.with_name(f"{name}-{number}.jpg"), width=side, height=side + 9, kind="figure", face=face)
        for number in range(stills)
    ]
    for still in found:
        if not still.path.exists():
            still.path.write_bytes(picture.read_bytes())
    return Member(
        character=Character(**{"id": f"id-{name}", "username": name, "display_name": name.title()} | who),
        stills=tuple(found),
        clip=picture.with_name(f"{name}.mp4") if clip else None,
        clip_seconds=seconds if clip else 0,
        registration=Registration(id=known) if known else None,
    )


def order(prompt, *members, **more):
    return Order(kind="video", model="m", prompt=prompt, members=members, size="1280x720", seconds=4, **more)


def made(prompt, *members, style="number", rules=None, **more):
    return compiled(order(prompt, *members, **more), sells(style, **(rules or {})))


@st.composite
def casts(draw):
    """A style, limits, a prompt, and the characters it mentions, with 1 to 3 pictures each or known by an id."""
    names = draw(st.lists(HANDLES, min_size=1, max_size=4, unique_by=str.lower))
    text = []
    for name in names:
        text += [*draw(st.lists(WORDS, max_size=3)), f"@{name}"]
    again = draw(st.lists(st.sampled_from([f"@{name}" for name in names]) | WORDS, max_size=4))
    pictures = [draw(st.integers(1, 3)) for _ in names]
    known = [draw(st.booleans()) for _ in names]
    rules = {
        "images": draw(st.integers(len(names), 12)),
        "each": draw(st.integers(1, 3)),
        "first": draw(st.integers(0, 1)),
    }
    return draw(st.sampled_from(STYLES)), rules, " ".join([*text, *again]), names, pictures, known


# --- whatever is asked for ----------------------------------------------------------------------------------------


@given(casts())
def test_what_holds_for_every_style(picture, cast):
    style, rules, prompt, names, pictures, known = cast
    members = [
        member(name, picture, count, known=f"asset://{name}" if registered else "")
        for name, count, registered in zip(names, pictures, known, strict=True)
    ]
    found = made(prompt, *members, style=style, rules=rules)
    assert found == made(prompt, *members, style=style, rules=rules), "the same order is worded in the same way"
    labels = [each.label for each in found.pictures]
    assert [each.number for each in found.pictures] == list(range(rules["first"], rules["first"] + len(labels)))
    assert len(labels) == len(set(labels)) <= rules["images"]
    shown = [each.username for each in found.pictures]
    assert list(dict.fromkeys(shown)) == [
        name for name, registered in zip(names, known, strict=True) if style in NUMBERED or not registered
    ]
    assert all(shown.count(name) <= rules["each"] for name in names)
    assert all((each.path is None) is (each.address == f"asset://{each.username}") for each in found.pictures)
    left = prompts.usernames(found.prompt, names)
    if style == "handle":
        assert list(dict.fromkeys(left)) == names
    elif style == "alias":
        mentioned = re.findall(r"@(\w+)", found.prompt)
        assert set(mentioned) == {*labels, *(alias for alias, ident in found.known.items() if ident)}
    else:
        assert left == [], "a handle reaches a service that would take it for text"
    if style == "number":
        assert [number for number in re.findall(r"Image \d+", found.prompt) if number in labels] == labels
    assert sorted(found.known.values()) == sorted(
        f"asset://{name}" for name, registered in zip(names, known, strict=True) if registered
    )


@given(st.lists(HANDLES, min_size=1, max_size=9, unique=True), st.integers(1, 3))
def test_aliases_are_3_to_16_letters_and_each_is_there_once(picture, names, each):
    names += [f"{name}_2" for name in names if len(name) < 10 and f"{name}_2" not in names]
    members = [member(name, picture, each) for name in names]
    mentions = " ".join(f"@{name}" for name in names)
    found = made(mentions, *members, style="alias", rules={"images": 99, "each": each})
    labels = [shown.label for shown in found.pictures]
    assert len(set(labels)) == len(labels) == each * len(names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{2,15}", label) for label in labels)


@given(st.integers(64, 4096), st.integers(64, 4096), st.sampled_from(["", "720p"]))
def test_a_shape_is_one_that_the_model_makes_and_is_asked_for_again_by_its_size(width, height, settled):
    frames = {"480p": {"16:9": "864x496", "1:1": "640x640"}, "720p": {"16:9": "1280x720", "1:1": "960x960"}}
    rules = ModelRules(ratios=("16:9", "1:1"), resolutions=("480p", "720p"), frames=frames)
    shape = shape_of(f"{width}x{height}", rules, settled)
    assert shape.size == frames[shape.resolution][shape.ratio]
    assert shape.resolution == (settled or shape.resolution)
    assert shape_of(shape.size, rules) == shape


# --- each style ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "prompt"),
    [
        ("handle", "@luna meets @leo. @luna waves"),
        ("name", "Luna meets Leo. Luna waves"),
        ("alias", "@luna and @luna_2 show the same character. @luna meets @leo. @luna waves"),
        (
            "number",
            "Luna is the character in Image 1 and Image 2. Leo is the character in Image 3. Luna meets Leo. Luna waves",
        ),
        (
            "token",
            "character1 and character2 show the same character. character1 meets character3. character1 waves",
        ),
        (
            "prose",
            (
                "Luna is the character in the first and second reference images. "
                "Leo is the character in the third reference image. Luna meets Leo. Luna waves"
            ),
        ),
    ],
)
def test_two_characters_are_worded(picture, style, prompt):
    members = member("luna", picture, raw={"name": "Luna"}), member("leo", picture, 1, raw={"name": "Leo"})
    assert made("@luna meets @leo. @luna waves", *members, style=style).prompt == prompt


def test_one_character_in_prose_needs_no_ordinals_and_is_described(picture):
    luna = member("luna", picture, 1, description="a grey rabbit.")
    found = made("@luna waves", luna, style="prose")
    assert found.prompt == "Luna is the character in the reference image: a grey rabbit. Luna waves"


def test_clips_are_told_apart_in_prose(picture):
    luna, leo = (member(name, picture, 1, clip=True) for name in ("luna", "leo"))
    found = made("@luna and @leo", luna, leo, style="prose", rules={"clips": 2, "clip_inline": True})
    assert found.prompt == (
        "Luna is the character in the first reference image and the first reference video. "
        "Leo is the character in the second reference image and the second reference video. Luna and Leo"
    )


def test_two_of_one_name_are_told_apart_by_their_handles(picture):
    luna, other = member("luna", picture, 1), member("my_cat", picture, 1, display_name="Luna")
    found = made("@luna and @my_cat", luna, other)
    assert found.prompt == ("Luna is the character in Image 1. My Cat is the character in Image 2. Luna and My Cat")


def test_a_sign_that_is_text_stays_and_an_address_too(picture):
    found = made(r"\@ noon @luna writes to a@example.com", member("luna", picture, 1))
    assert found.prompt == "Luna is the character in Image 1. @ noon Luna writes to a@example.com"


def test_whoever_the_service_knows_takes_the_place_of_a_picture_and_its_number(picture):
    members = member("leo", picture), member("luna", picture, known="asset://a-1"), member("kit", picture, 1)
    found = made("@leo, @luna and @kit wave", *members, rules={"images": 3})
    assert [(each.label, each.username, each.address) for each in found.pictures] == [
        ("Image 1", "leo", ""),
        ("Image 2", "luna", "asset://a-1"),
        ("Image 3", "kit", ""),
    ]
    assert found.pictures[1].url() == "asset://a-1"
    assert "Luna is the character in Image 2." in found.prompt
    assert found.unaddressed(ReferenceRules(inline=False)) == [found.pictures[0].path, found.pictures[2].path]


def test_a_known_character_has_no_picture_where_prompts_mention_aliases(picture):
    found = made("@luna waves", member("luna", picture, known="7"), style="alias")
    assert (found.pictures, found.known, found.prompt) == ((), {"luna": "7"}, "@luna waves")


def test_the_words_that_were_sent_before_are_sent_again(picture):
    found = made("@luna waves", member("luna", picture), wording="as it was")
    assert found.prompt == "as it was"


# --- what is refused or left out, in words ------------------------------------------------------------------------


def test_more_characters_than_can_be_shown(picture):
    members = [member(name, picture) for name in ("aa", "bb", "cc")]
    with pytest.raises(PromptError, match="mentions 3 characters; m can be shown 2"):
        made("@aa @bb @cc", *members, rules={"images": 2})
    with pytest.raises(PromptError, match="can be shown 1"):
        made("@aa @bb", *members[:2], rules={"members": 1})


def test_a_prompt_that_is_too_long_once_it_is_worded(picture):
    prompt = "@luna waves"
    with pytest.raises(PromptError, match=f"has 44 characters as m gets it, which takes {len(prompt)}"):
        made(prompt, member("luna", picture, 1), rules={"longest": len(prompt)})


def test_a_picture_to_start_from_and_characters_exclude_each_other(picture):
    luna = member("luna", picture)
    with pytest.raises(InvalidInput, match="not both"):
        made("@luna waves", luna, image=picture)
    assert made("@luna waves", luna, image=picture, rules={"with_image": True}).pictures
    assert made("a corgi waves", image=picture).pictures == ()


def test_small_and_large_pictures_are_left_out_and_it_is_said(picture):
    small, good = member("luna", picture, 1, side=200), member("leo", picture, 1)
    with pytest.raises(InvalidInput, match=r"nothing to show @luna to m by.*200x209 pixels; m takes 300"):
        made("@luna @leo", small, good, rules={"side": 300})
    both = small.model_copy(update={"stills": (*small.stills, *good.stills)})
    found = made("@luna waves", both, rules={"side": 300})
    assert [each.path for each in found.pictures] == [good.stills[0].path]
    assert any("left out" in note for note in found.notes)
    with pytest.raises(InvalidInput, match="too large for m"):
        made("@leo waves", good, rules={"image_bytes": 99})


def test_pictures_that_need_an_address_and_have_none(picture):
    luna = member("luna", picture)
    with pytest.raises(InvalidInput, match=r"public address only; Studio\(publish=\.\.\.\)"):
        made("@luna waves", luna, rules={"inline": False})
    assert len(made("@luna waves", luna, publishes=True, rules={"inline": False}).pictures) == 2


@pytest.mark.parametrize(
    ("rules", "seconds", "why"),
    [
        ({"clips": 0}, 2, "takes no clips"),
        ({"clips": 2, "clip_span": (3, 10)}, 2, "it is 2 s long, and m takes 3 to 10 s"),
        ({"clips": 2, "clip_span": (1, 10)}, 12, "it is 12 s long"),
        ({"clips": 2, "clips_longest": 3}, 4, "takes 3 s of clips in all"),
        ({"clips": 2, "clip_inline": False}, 2, "by public address only"),
    ],
)
def test_a_clip_that_a_model_does_not_take_is_left_out_for_pictures(picture, rules, seconds, why):
    luna = member("luna", picture, clip=True, seconds=seconds)
    found = made("@luna waves", luna, rules={"clip_inline": True, **rules})
    assert found.clips == ()
    assert len(found.pictures) == 2
    assert any(why in note and "Pictures are sent instead" in note for note in found.notes)
    alone = member("luna", picture, 0, clip=True, seconds=seconds)
    with pytest.raises(InvalidInput, match="nothing to show @luna"):
        made("@luna waves", alone, rules={"clip_inline": True, **rules})


def test_clips_are_counted_apart_from_pictures(picture):
    luna, leo = (member(name, picture, 1, clip=True) for name in ("luna", "leo"))
    found = made("@luna and @leo", luna, leo, rules={"clips": 2, "clip_inline": True})
    assert [each.label for each in found.clips] == ["Video 1", "Video 2"]
    assert found.prompt.startswith(
        "Luna is the character in Image 1 and Video 1. Leo is the character in Image 2 and Video 2."
    )


def test_a_lifelike_face_is_told_where_it_is_refused(picture):
    luna = member("luna", picture, 1, face=True)
    assert any("lifelike face" in note for note in made("@luna", luna, rules={"faces": "refused"}).warnings)
    assert made("@luna", luna, rules={"faces": "checked"}).warnings == ()
    known = member("luna", picture, face=True, known="asset://a")
    assert made("@luna", known, rules={"faces": "refused"}).warnings == ()


@pytest.mark.parametrize(
    ("called", "names"),
    [
        ({"luna": "Luna", "leo": "Luna", "kat": "Leo"}, ["Luna", "leo", "kat"]),
        ({"luna": "luna", "leo": "Luna"}, ["Luna", "Leo"]),
        ({"my_cat": "X", "my.cat": "X"}, ["my_cat", "my.cat"]),
        ({"___": ""}, ["___"]),
    ],
)
def test_no_two_characters_have_one_name(picture, called, names):
    members = [member(name, picture, 1, display_name=display) for name, display in called.items()]
    prompt = made(" / ".join(f"@{name}" for name in called), *members, style="number").prompt
    assert prompt.endswith(f". {' / '.join(names)}")


def test_a_name_and_a_description_hold_no_mention(picture):
    luna = member("luna", picture, 1, display_name="@leo", description="like @leo,\n\n but a@b.de ")
    prompt = made("@luna waves", luna, style="number").prompt
    assert prompt == "＠leo is the character in Image 1: like ＠leo, but a@b.de. ＠leo waves"

import json
from datetime import timedelta

import pytest
import traitlets
import wire as wires
from cast import NOW, Library, character, crowd, hostile

from sora_nb.errors import LedgerError
from sora_nb.models import Registration
from sora_nb.notebook.widgets._search import FIRST, PAGE
from sora_nb.notebook.widgets.character_gallery import CharacterGallery, _key

LUNA, MOSSY, REX = character("luna.moon"), character("mossy"), character("rex")


@pytest.fixture
def gallery():
    return CharacterGallery([LUNA, MOSSY, REX])


def ask(gallery, kind, who, **more):
    wires.custom(gallery, {"kind": kind, "key": _key(who), **more})


def usernames(gallery):
    return [one.username for one in gallery.characters]


def test_a_card_has_what_is_known():
    known = {"local": Registration(id="1"), "acme": Registration(id="2", expires_at=NOW - timedelta(days=2))}
    one = character(
        permalink="https://example.com/luna",
        providers=known,
        source="url:https://example.com/a.mp4?sig=secret",
        raw={"warnings": ["Blurred."]},
    )
    (card,) = CharacterGallery([one]).cards
    assert (card["username"], card["name"], card["origin"]) == ("luna.moon", "Luna.Moon", "1-3 s of example.com/a.mp4")
    assert (card["page"], card["warnings"]) == ("", ["Blurred."])  # the local server's is for programs with a key
    (card,) = CharacterGallery([one.model_copy(update={"profile": "acme"})]).cards
    assert card["page"] == "https://example.com/luna"
    assert [provider["name"] for provider in card["providers"]] == ["local", "acme"]
    assert card["providers"][1]["until"].startswith(f"{NOW - timedelta(days=2):%Y-%m-%d}")


def test_pictures_are_no_state_and_are_sent_small_when_asked_for(wire, gallery):
    assert "base64" not in str({name: value for name, value in gallery.get_state().items() if name[0] != "_"})
    wires.custom(gallery, {"kind": "pictures", "keys": [_key(REX), "nobody"]})
    gallery.ready.result()
    ((content, _),) = wire.customs(gallery)
    assert (content["kind"], content["key"]) == ("picture", _key(REX))
    assert content["picture"].startswith("data:image/jpeg;base64,")
    assert len(content["picture"]) < 12_000


def state_bytes(widget):
    return len(json.dumps(widget.get_state(), default=str))


def search(gallery, text):
    wires.custom(gallery, {"kind": "search", "text": text})
    gallery.ready.result()


def test_state_does_not_grow_with_the_library():
    assert state_bytes(CharacterGallery(crowd(2000))) < 1.05 * state_bytes(CharacterGallery(crowd(PAGE)))


def test_a_search_shows_cards_that_were_not_there():
    gallery = CharacterGallery(crowd(300))
    assert (len(gallery.cards), gallery.total) == (PAGE, 300)
    search(gallery, "mossy29")
    assert [card["username"] for card in gallery.cards[PAGE:]] == [f"mossy{number}" for number in range(290, 300)]
    gallery.value = gallery.characters[295:296]
    search(gallery, "")
    assert [card["username"] for card in gallery.cards[PAGE:]] == ["mossy295"]
    gallery.value = gallery.characters[200:201]
    assert gallery.cards[-1]["username"] == "mossy200"


def test_a_search_finds_characters_elsewhere_too():
    library = Library([*crowd(150), character("luna.moon")])
    gallery = CharacterGallery(library)
    assert (gallery.total, len(gallery.cards), repr(gallery)) == (
        None,
        FIRST,
        "CharacterGallery(10+ characters, 0 chosen)",
    )
    gallery.ready.result()
    assert (gallery.total, len(gallery.cards), library.read) == (None, PAGE, PAGE + FIRST)
    search(gallery, "luna")
    assert usernames(gallery)[PAGE - 1 :] == ["mossy99", "luna.moon"]
    gallery.value = gallery.characters[-1:]
    gallery.characters = library  # as after a new one was made
    gallery.ready.result()
    assert gallery.value == (LUNA,)
    ask(gallery, "delete", LUNA)
    assert gallery.cards[-1] == {"key": _key(LUNA), "username": "luna.moon", "deleted": True}
    search(gallery, "luna")  # though it is still found
    assert usernames(gallery)[PAGE - 1 :] == ["mossy99"]


def test_a_search_finds_no_more_than_a_page_at_once():
    gallery = CharacterGallery(Library(crowd(500)))
    gallery.ready.result()
    search(gallery, "mossy")
    assert len(gallery.cards) == PAGE
    search(gallery, "mossy4")
    assert len(gallery.cards) == 2 * PAGE - len({4, *range(40, 50)})


def test_a_search_that_fails_is_a_problem(monkeypatch):
    library = Library(crowd(PAGE))
    gallery = CharacterGallery(library)
    monkeypatch.setattr(library, "search", lambda _: 1 / 0)
    search(gallery, "luna")
    assert gallery.problem == "ZeroDivisionError: division by zero"


def test_the_page_and_python_both_choose(gallery):
    seen = []
    gallery.observe(lambda change: seen.append(change["new"]), "value")
    wires.update(gallery, selected=[_key(REX), _key(LUNA), "nobody"])
    assert gallery.value == (REX, LUNA)
    gallery.value = (MOSSY,)
    assert gallery.selected == [_key(MOSSY)]
    assert seen == [(REX, LUNA), (MOSSY,)]


def test_only_what_is_shown_can_be_chosen(gallery):
    with pytest.raises(traitlets.TraitError, match="@nobody is not in this gallery"):
        gallery.value = (character("nobody"),)


def test_one_at_most_where_one_is_asked_for():
    gallery = CharacterGallery([LUNA, MOSSY], multiple=False)
    wires.update(gallery, selected=[_key(LUNA), _key(MOSSY)])
    assert gallery.value == (MOSSY,)


def test_what_is_no_longer_shown_is_no_longer_chosen(gallery):
    gallery.value = (LUNA, REX)
    gallery.characters = [REX, MOSSY, MOSSY]
    assert gallery.value == (REX,)
    assert usernames(gallery) == ["rex", "mossy"]


def test_renaming_reaches_python_and_the_choice(gallery):
    told = []
    gallery.on_rename(lambda *args: told.append(args))
    gallery.value = (LUNA,)
    ask(gallery, "rename", LUNA, name="  Luna\u202e the Moon ")
    assert told == [(gallery, LUNA, "Luna the Moon")]
    assert gallery.cards[0]["name"] == gallery.value[0].display_name == "Luna the Moon"


def test_deleting_leaves_a_line_and_undo_puts_the_card_back(gallery):
    told = []
    gallery.on_delete(lambda _, who: told.append(("deleted", who)))
    gallery.on_restore(lambda _, who: told.append(("restored", who)))
    gallery.value = (MOSSY,)
    ask(gallery, "delete", LUNA)
    ask(gallery, "delete", MOSSY)
    assert [card["deleted"] for card in gallery.cards] == [True, True, False]
    assert (usernames(gallery), gallery.value) == (["rex"], ())
    gallery.characters = [*gallery.characters, character("new")]
    assert [card["username"] for card in gallery.cards] == ["luna.moon", "mossy", "rex", "new"]
    ask(gallery, "restore", MOSSY)
    assert usernames(gallery) == ["mossy", "rex", "new"]
    ask(gallery, "restore", LUNA)
    assert usernames(gallery) == ["luna.moon", "mossy", "rex", "new"]
    assert told == [("deleted", LUNA), ("deleted", MOSSY), ("restored", MOSSY), ("restored", LUNA)]


def test_the_line_stays_when_the_callback_sets_what_is_left(gallery):
    gallery.on_delete(lambda shown, _: setattr(shown, "characters", [LUNA, REX]))
    ask(gallery, "delete", MOSSY)
    assert [card["deleted"] for card in gallery.cards] == [False, True, False]


@pytest.mark.parametrize("kind", ["rename", "delete", "restore"])
def test_a_failing_callback_takes_the_change_back(gallery, kind):
    def fail(*_):
        raise LedgerError("The disk is full.")

    if kind == "restore":
        ask(gallery, "delete", MOSSY)
    before = gallery.cards
    getattr(gallery, f"on_{kind}")(fail)
    ask(gallery, kind, MOSSY, name="New")
    assert gallery.problem.startswith("The disk is full.")
    assert gallery.cards == before


def test_unknown_cards_are_ignored(gallery):
    for kind in ("rename", "delete", "restore"):
        ask(gallery, kind, character("nobody"), name="x")
    assert (usernames(gallery), gallery.problem) == (["luna.moon", "mossy", "rex"], "")


def test_hostile_texts_are_short_and_their_links_are_dropped():
    gallery = CharacterGallery(hostile())
    assert {card["page"] for card in gallery.cards} == {""}
    assert len(str(gallery.cards)) < 10_000
    assert "\u202e" not in str(gallery.cards)
    assert "<img src=x" not in gallery._still()


def test_saved_notebooks_show_some_and_count_the_rest():
    assert "No characters yet" in CharacterGallery()._still()
    still = CharacterGallery(crowd(30))._still()
    assert "@mossy23" in still
    assert "6 more" in still
    assert repr(CharacterGallery([LUNA])) == "CharacterGallery(1 characters, 0 chosen)"

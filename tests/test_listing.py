"""Lists of rows: like a list, whatever is looked at, and no row is read that nobody looks at."""

from __future__ import annotations

import pytest
from cast import character
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from sora_nb.models import Character, ServiceId, State
from sora_nb.storage.ledger import Call, Ledger
from sora_nb.storage.listing import FIRST, WRITTEN
from sora_nb.storage.schema import CALLS

pytestmark = pytest.mark.usefixtures("each_database")

SERVICE = ServiceId("local", "")
COUNT = 57
PLACES = st.none() | st.integers(-70, 70)


def add(ledger, *numbers, **values):
    rows = []
    for number in numbers:
        known = {"prompt": f"a fox {number}", "task": f"t{number}", "file": "/home/made.mp4", "state": State.DONE}
        rows.append(Call(kind="video", profile=SERVICE.provider, **{**known, **values}).model_dump(mode="json"))
    with ledger._database.write() as connection:
        connection.execute(insert(CALLS), rows)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    ledger = Ledger(tmp_path_factory.mktemp("home") / "ledger.db")
    add(ledger, *range(COUNT))
    add(ledger, COUNT, file=None)  # deleted
    yield ledger
    ledger.close()


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.db")
    yield made
    made.close()


def tasks(videos):
    return [video.id for video in videos]


NEWEST_FIRST = [f"t{number}" for number in reversed(range(COUNT))]


@given(st.lists(st.builds(slice, PLACES, PLACES, st.none() | st.sampled_from([-3, -1, 1, 2])), max_size=3))
def test_any_slice_is_that_of_a_list(kept, slices):
    videos = kept.videos()
    for some in slices:
        assert tasks(videos[some]) == NEWEST_FIRST[some]


@given(st.integers(-COUNT - 3, COUNT + 3))
def test_any_place_is_that_of_a_list(kept, place):
    videos = kept.videos()
    if -COUNT <= place < COUNT:
        assert videos[place].id == NEWEST_FIRST[place]
    else:
        with pytest.raises(IndexError):
            videos[place]


def test_a_listing_is_used_like_a_list(kept):
    videos = kept.videos()
    assert (len(videos), bool(videos), tasks(videos), tasks(reversed(videos))) == (
        COUNT, True, NEWEST_FIRST, NEWEST_FIRST[::-1],
    )  # fmt: skip
    assert videos[40] in videos
    assert videos.index(videos[40]) == 40
    assert videos == list(videos) == kept.videos()
    assert videos != [*videos, videos[0]]
    assert videos[1:2] != videos


@pytest.mark.parametrize("limit", [1, FIRST, FIRST + 1, COUNT, COUNT + 5])
def test_a_limit_takes_the_newest(kept, limit):
    assert tasks(kept.videos(limit=limit)) == NEWEST_FIRST[:limit]
    assert len(kept.videos(limit=limit)) == min(limit, COUNT)


def test_what_is_written_later_is_not_in_it(ledger):
    add(ledger, *range(30))
    before = ledger.videos()
    add(ledger, 30)
    assert (len(before), before[-1].id, len(list(before)), len(ledger.videos())) == (30, "t0", 30, 31)


def test_a_limit_holds_whatever_is_written_later(ledger):
    add(ledger, *range(30))
    newest = ledger.videos(limit=20)
    add(ledger, *range(30, 45))
    assert (len(newest), newest[0].id, newest[-1].id, len(list(newest))) == (20, "t29", "t10", 20)


def test_only_what_is_looked_at_is_read(ledger):
    add(ledger, *range(200))
    videos = ledger.videos()
    assert (videos[0].id, tasks(videos[:5])[-1], bool(videos)) == ("t199", "t195", True)
    assert len(videos._known) == FIRST
    assert videos[49].id == "t150"
    assert len(videos._known) == 50
    assert (len(videos), len(videos._known)) == (200, 50)  # counted, not read


@pytest.mark.parametrize(
    ("search", "found"), [("grün", ["t1"]), ("ÜBER", ["t1"]), ("%", []), ("海边", ["t2"]), ("wolf über", ["t1"])]
)
def test_a_search_knows_the_cases_of_all_scripts_and_no_wildcards(ledger, search, found):
    add(ledger, 0)
    add(ledger, 1, prompt="Der Wolf ist Über GRÜN")
    add(ledger, 2, prompt="狐狸在海边")
    assert tasks(ledger.videos().search(search)) == found


def test_a_search_narrows_a_search(kept):
    foxes = kept.videos().search("fox")
    assert len(foxes) == COUNT
    assert tasks(foxes.search("5")) == [task for task in NEWEST_FIRST if "5" in task]
    assert tasks(kept.videos(limit=10).search("5")) == ["t56", "t55", "t54", "t53", "t52", "t51", "t50"]


NAMES = ["luna", "Luna", "rex", "rex2", "a.b", "露娜"]
CASTS = st.lists(st.sampled_from(NAMES), max_size=3)
FILMS = st.lists(
    st.tuples(
        CASTS,
        st.sampled_from([State.DONE] * 4 + [State.FAILED, State.RUNNING]),
        st.sampled_from(["video"] * 4 + ["registration"]),
        st.sampled_from([{}, {}, {"hidden": True}, {"favourite": True}]),
        st.sampled_from(["a fox", "a fox at night"]),
        st.booleans(),
    ),
    min_size=40,
    max_size=60,
)
"""Rows: who is in them, their states and kinds, what somebody thinks of them, their prompts, and whether their file is here."""


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(rows=FILMS, asked=st.lists(st.lists(st.sampled_from([*NAMES, "nobody"]), min_size=1, max_size=4), max_size=6))
def test_films_of_characters_are_those_that_a_plain_filter_finds(ledger, rows, asked):
    with ledger._database.write() as connection:
        connection.execute(delete(CALLS))
    for number, (cast, state, kind, note, prompt, kept) in enumerate(rows):
        film = {"task": f"t{number}", "state": state, "file": f"/home/{number}.mp4" if kept else None}
        call = ledger.add(Call(kind=kind, profile="local", characters=cast, prompt=prompt, **film))
        if note:
            ledger.annotate(call, **note)
    notes, calls = ledger.notes(), ledger.calls(newest=True)
    listed = [call for call in calls if call.kind == "video" and call.state is State.DONE and call.file
              and not (call.id in notes and notes[call.id].hidden)]  # fmt: skip
    assert ledger.films() == listed
    assert ledger.actors() == sorted({name for call in listed for name in call.characters})
    for names in asked:
        found = [call for call in listed if set(call.characters) & set(names)]
        films = ledger.films(characters=names)
        assert len(films) == len(found)
        assert [films[place] for place in range(len(found))] == found == list(ledger.films(characters=names))
        assert ledger.films(characters=names)[: FIRST + 3] == found[: FIRST + 3]
        assert ledger._listing(lambda call: call, characters=names, limit=7) == found[:7]
        assert films.search("NIGHT") == [call for call in found if "night" in call.prompt]
        picked = [call for call in found if call.id in notes and notes[call.id].favourite]
        assert ledger.films(characters=names, favourite=True) == picked


def test_a_long_listing_is_written_short(kept):
    assert repr(kept.videos(limit=2)) == repr(list(kept.videos(limit=2)))
    said = repr(kept.videos())
    assert said.startswith("[Video(")
    assert said.endswith(f", ... and {COUNT - WRITTEN} more]")


def test_characters_are_found_by_names_description_and_source(ledger):
    ledger.characters.put(character("luna.moon", description="A grey cat", source="task:video_7"))
    ledger.characters.put(Character(id="ch_2", username="rex", profile="local"))
    ledger.characters.put(Character(id="ch_3", username="else", profile="other"))
    cast = ledger.characters.listing(SERVICE)
    assert [who.username for who in cast] == ["else", "rex", "luna.moon"]
    for words in ("luna", "GREY cat", "video_7", "Moon grey"):
        assert [who.username for who in cast.search(words)] == ["luna.moon"]
    assert [who.username for who in cast.search("r")] == ["rex", "luna.moon"]
    assert cast.usernames() == ["else", "rex", "luna.moon"]
    assert [who.id for who in cast.named(["luna.moon", "nobody", "else"])] == ["ch_luna.moon", "ch_3"]


def test_a_username_that_several_have_is_the_services_own(ledger):
    for service in ("other", "local", "third"):
        ledger.characters.put(Character(id=f"ch_{service}", username="rex", profile=service))
    assert [who.id for who in ledger.characters.listing(SERVICE).named(["rex"])] == ["ch_local"]
    assert [who.id for who in ledger.characters.named(["rex"])] == ["ch_third"]
    assert ledger.characters.listing(SERVICE).usernames() == ["rex"]

"""Characters kept in the ledger's database: one name at one service, and nobody's words lost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from conftest import KEY
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import only_file, where

from sora_nb.errors import InvalidInput, PromptError
from sora_nb.models import Character, Clip, ServiceId
from sora_nb.server.server import LocalServer
from sora_nb.storage.ledger import Call, Ledger
from sora_nb.studio import Studio

pytestmark = pytest.mark.usefixtures("each_database")

HERE, THERE = ServiceId("custom", "https://here.example"), ServiceId("custom", "https://there.example")


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.db")
    yield made
    made.close()


@pytest.fixture
def characters(ledger):
    return ledger.characters


def bought(ledger, service=HERE, **fields):
    return ledger.add(Call(kind="character", profile=service.provider, base_url=service.base_url, **fields))


def answer(username="a.b", ident="ch_1", **fields):
    """What a service answers that gives usernames."""
    return Character(id=ident, username=username, raw={"username": username}, **fields)


def nameless(number, name="cat"):
    """What a service answers that knows names only; the username is made here."""
    return Character(id=f"char_{number}", username=name, display_name="Cat", raw={"name": "Cat"})


def test_a_character_has_the_service_of_its_call(ledger, characters, tmp_path):
    call = bought(ledger)
    made = characters.add(answer(avatar=tmp_path / "a.png"), call)
    assert made.service == HERE
    assert characters.all() == [made]
    assert characters.made_by(made) == call.id


def test_another_character_of_the_same_username_gets_a_number(ledger, characters):
    first, _, second = (characters.add(who, bought(ledger)) for who in (answer(), answer("c.d"), answer(ident="ch_2")))
    assert [(who.username, who.id) for who in characters.all()] == [("a.b2", "ch_2"), ("c.d", "ch_1"), ("a.b", "ch_1")]
    assert characters.usernames() == ["a.b2", "c.d", "a.b"]
    assert characters.named(["a.b", "a.b2"]) == [first, second]
    characters.rename(first, "the first one")
    assert characters.get("a.b2") == second
    characters.forget(first)
    with pytest.raises(PromptError, match="not kept here any more"):
        characters.forget(first)
    assert characters.all()[0] == second


SECONDS = st.builds(lambda start: Clip(start, start + 1), st.integers(0, 1))


@only_file
@given(
    st.lists(
        st.builds(
            answer, st.just("a.b"), st.sampled_from(["ch_1", "ch_2"]), clip=SECONDS, source=st.sampled_from("xy")
        ),
        max_size=6,
    )
)
@settings(max_examples=30)
def test_nothing_is_lost_whatever_ids_and_usernames_a_service_gives(made):
    """The same seconds of the same video under the same id are the same character; everything else is another one."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder, "ledger.db"))
        calls = {}
        for who in made:
            call = bought(ledger, task=who.id, source=who.source)
            calls[who.id, who.source, who.clip] = (call, ledger.characters.add(who, call))
        kept = ledger.characters.all()
        assert {(who.id, who.source, who.clip) for who in kept} == set(calls)
        assert len(kept) == len(calls)
        for call, who in calls.values():
            assert ledger.characters.of_call(call) == who
            assert ledger.characters.made_by(who) == call.id
        for _, who in calls.values():
            ledger.characters.forget(who)
            ledger.characters.put(who)
            assert ledger.characters.get(who.username) == who
        ledger.close()


def test_keeping_an_old_object_writes_nothing_over(ledger, characters):
    old = characters.add(answer(), bought(ledger))
    now = characters.describe(old, "a grey rabbit")
    characters.put(old)
    assert characters.all() == [now]


def test_a_username_is_one_of_the_whole_library(ledger, characters):
    here = characters.add(answer(), bought(ledger, HERE))
    there = characters.add(answer(ident="ch_2"), bought(ledger, THERE))
    assert characters.listing(HERE) == characters.listing(THERE) == [there, here]
    assert (here.username, there.username) == ("a.b", "a.b2")
    assert (characters.get("@a.b", HERE), characters.get("a.b", THERE)) == (here, here)
    characters.forget(here)
    assert characters.all() == [there]


def test_one_username_of_an_earlier_version_is_meant_of_its_own_service(characters):
    here, there = (
        answer(profile=service.provider, base_url=service.base_url, ident=f"ch_{number}")
        for number, service in enumerate((HERE, THERE))
    )
    characters.put(here)
    characters.put(there)
    assert (characters.get("a.b", HERE), characters.get("a.b", THERE)) == (here, there)
    assert characters.get("a.b") == there
    assert characters.listing(HERE).named(["a.b"]) == [here]


@pytest.mark.parametrize("name", ["", "my cat", "小狗", "a..b", ".a", "@luna", "a-b", "24fps", "l" * 41])
def test_what_is_no_name_is_told(characters, name):
    with pytest.raises(InvalidInput, match=r"(is of Latin letters|is no name for a character).*Nothing was sent"):
        characters.check_free(name)


def test_a_name_that_is_taken_is_told_in_whatever_case(ledger, characters):
    characters.add(answer("luna"), bought(ledger, THERE))
    for name in ("luna", "Luna"):
        with pytest.raises(InvalidInput, match="There is a character @luna in this library already"):
            characters.check_free(name)
    characters.check_free("luna2")


def test_only_what_is_asked_for_is_read(ledger, characters, monkeypatch):
    for name in ("a", "b", "c"):
        characters.add(answer(name, f"ch_{name}"), bought(ledger))
    read = []
    validate = Character.model_validate
    monkeypatch.setattr(Character, "model_validate", lambda record: read.append(record) or validate(record))
    assert characters.usernames() == ["c", "b", "a"]
    assert characters.named([]) == []
    assert read == []
    assert [who.username for who in characters.named(["b", "nobody", "a"])] == ["b", "a"]
    assert len(read) == 2


def test_a_name_that_nobody_has_is_told(characters):
    with pytest.raises(PromptError, match="There is no character @nobody here"):
        characters.get("@nobody")


def test_renaming_leaves_what_somebody_else_wrote(ledger, characters):
    held = characters.add(answer(), bought(ledger))
    characters.describe(held, "a grey rabbit")
    renamed = characters.rename(held, "  Carlo ")
    assert (renamed.display_name, renamed.description) == ("Carlo", "a grey rabbit")
    assert characters.all() == [renamed]


def test_what_was_forgotten_is_not_written(ledger, characters):
    hero = characters.add(answer(), bought(ledger))
    characters.forget("@a.b", HERE)
    for write in (
        lambda: characters.rename(hero, "Back from the dead"),
        lambda: characters.describe(hero, "a ghost"),
        lambda: characters.change(hero, model="other"),
        lambda: characters.forget(hero),
    ):
        with pytest.raises(PromptError, match="is not kept here any more"):
            write()
    assert characters.all() == []


def test_what_was_forgotten_comes_back_with_its_call(ledger, characters):
    call = bought(ledger, task="ch_1")
    hero = characters.add(answer(), call)
    characters.forget(hero)
    characters.put(hero)
    assert characters.all() == [hero]
    assert characters.made_by(hero) == call.id


def test_threads_that_write_other_fields_lose_none(ledger, characters):
    hero = characters.add(answer(), bought(ledger))
    fields = ("display_name", "description", "model", "source", "permalink", "clip_sha256")

    def write(field):
        for number in range(10):
            characters.change(hero, **{field: f"{field} {number}"})

    together(write, fields)
    (kept,) = characters.all()
    assert [getattr(kept, field) for field in fields] == [f"{field} 9" for field in fields]


def together(work, values):
    threads = [threading.Thread(target=work, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_names_made_here_are_numbered(ledger, characters):
    characters.add(answer("cat_of_the_house", "ch_9"), bought(ledger))
    made = [characters.add(nameless(number), bought(ledger)).username for number in range(3)]
    assert made == ["cat", "cat2", "cat3"]
    assert characters.add(nameless(1), bought(ledger)).username == "cat2"
    assert characters.add(nameless(9), bought(ledger, THERE)).username == "cat4"


def test_threads_that_name_characters_alike_each_keep_theirs(ledger, characters):
    together(lambda number: characters.add(nameless(number), bought(ledger)), range(8))
    kept = characters.all()
    assert {who.id for who in kept} == {f"char_{number}" for number in range(8)}
    assert len({who.username for who in kept}) == 8


WRITER = """
import sys
from sora_nb.models import Character
from sora_nb.storage.ledger import Call, Ledger
ledger, first = Ledger(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
call = Call(kind="character", profile="custom", base_url="https://here.example")
for number in range(first, first + 20):
    who = Character(id=f"char_{number}", username="cat", raw={"name": "Cat"})
    print(ledger.characters.add(who, call).username, flush=True)
"""


def test_processes_that_name_characters_alike_each_keep_theirs(ledger, characters, tmp_path):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, where(tmp_path / "ledger.db"), str(first)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for first in (0, 100)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [name for writer in writers for name in writer.communicate()[0].split()]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert len(set(said)) == 40
    assert {who.username for who in characters.all()} == set(said)


@pytest.mark.release
def test_characters_of_one_name_that_are_made_at_once_are_all_kept(tmp_path, engine, clip):
    """Each of them is paid for; the service knows names only, so that the usernames are made here."""
    server = LocalServer(tmp_path / "server", engine, api_key=KEY, workers=4).start()
    with Studio("openai-shape", base_url=server.url, api_key=KEY, home=tmp_path / "mine", progress=False) as studio:
        jobs = [studio.submit_extract(clip, 0, 2, name="Cat") for _ in range(4)]
        made = [job.result() for job in jobs]
        assert {who.username for who in made} == {"Cat", "Cat2", "Cat3", "Cat4"}
        assert {who.username: who.id for who in studio.characters()} == {who.username: who.id for who in made}
        assert {who.service for who in made} == {ServiceId("openai-shape", server.url)}
    server.stop()


def test_a_prompt_mentions_the_characters_of_its_own_address_only(tmp_path, engine, clip):
    addresses = [LocalServer(tmp_path / name, engine, api_key=KEY).start() for name in ("one", "other")]
    options = {"api_key": KEY, "home": tmp_path / "mine", "progress": False}
    with (
        Studio("openai-shape", base_url=addresses[0].url, **options) as one,
        Studio("openai-shape", base_url=addresses[1].url, **options) as other,
    ):
        hero = one.extract(clip, 0, 2, name="Cat")
        assert one.characters() == other.characters() == [hero]
        with pytest.raises(PromptError, match=r"@Cat is known to openai-shape at .* only.*from its kept clip"):
            other.submit(f"{hero} sleeps")
        assert other.costs()["kind"].tolist() == ["character"]
    for address in addresses:
        address.stop()


def test_one_that_was_forgotten_does_not_come_back_over_another(tmp_path):
    """A prompt must not show somebody else than the day before."""
    with Studio(home=tmp_path, progress=False) as studio:
        first = studio.ledger.characters.add(
            Character(id="ch_1", username="luna", profile="custom"), bought(studio.ledger)
        )
        studio.forget(first)
        second = studio.ledger.characters.add(
            Character(id="ch_2", username="luna", profile="custom"), bought(studio.ledger)
        )
        with pytest.raises(InvalidInput, match="There is a character @luna in this library already"):
            studio.keep(first)
        studio.keep(second)
        assert [who.id for who in studio.characters()] == ["ch_2"]


@pytest.mark.parametrize("name", ["24fps", "vendor." + "long" * 12])
def test_what_a_vendor_called_so_comes_back(tmp_path, name):
    """The rules for names that people give are not for handles that services gave."""
    with Studio("local", home=tmp_path / "home", progress=False) as studio:
        hero = studio.ledger.characters.add(answer(name), bought(studio.ledger, THERE))
        studio.forget(hero)
        studio.keep(hero)
        assert studio.characters() == [hero]


@only_file
@given(st.text(max_size=40))
@settings(max_examples=30)
def test_a_proposed_name_is_one_that_may_be_given(words):
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder, "ledger.db"))
        ledger.characters.check_free(ledger.characters.free_name(words))
        ledger.characters.check_free(ledger.characters.free_name("4711.5"))
        ledger.close()


def test_characters_from_addresses_of_any_length_are_told_apart(ledger, characters):
    sources = [f"url:https://films.example/{os.urandom(3000).hex()}" for _ in range(2)]
    for source in sources:
        made = Character(id="char_1", username="cat", source=source, clip=Clip(1, 3), raw={})
        characters.add(made, bought(ledger))
        assert characters.add(made, bought(ledger)).username == ("cat" if source == sources[0] else "cat2")
    assert sorted(who.source for who in characters.all()) == sorted(sources)

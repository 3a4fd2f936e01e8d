"""An open app shows what others write to its ledger: cells, other apps, other kernels; it rests while nobody writes."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from decimal import Decimal

import pytest
import wire as wires
from conftest import KEY
from sqlalchemy import text
from waiting import until

from sora_nb import Studio
from sora_nb.models import Character, State
from sora_nb.notebook.widgets.character_gallery import CharacterGallery
from sora_nb.storage.call import Call
from sora_nb.storage.database import Database
from sora_nb.storage.watch import LOOK_SECONDS, FileWatch

SMALL = {"size": "160x96", "seconds": 4}
OTHER_KERNEL = """
import sys
from sora_nb import Studio
from sora_nb.models import State
from sora_nb.storage.call import Call
with Studio(home=sys.argv[1], progress=False) as studio:
    studio.ledger.add(Call(kind="video", profile="openai", prompt="from afar", estimate=910_000, charged=910_000,
                           state=State.DONE))
    studio.rename(sys.argv[2], "Far Away")
"""


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    return wires.install(monkeypatch)


@pytest.fixture
def studio(server):
    with Studio("local", base_url=server.url, api_key=KEY, progress=False) as made:
        yield made


def test_what_a_cell_makes_is_in_the_app_and_in_another_one(studio, footage):
    first, second = studio.app(), studio.app()
    hero = studio.extract(footage, 1, 3, name="luna")
    video = studio.generate("a fox", **SMALL)
    for app in (first, second):
        until(lambda app=app: app.gallery.characters == app.prompt.characters == (hero,))
        until(lambda app=app: [one.id for one in app.picker.videos] == [video.id])
        until(lambda app=app: app.meter.estimated == Decimal("0.16"))
    key = first.gallery.cards[0]["key"]
    wires.custom(first.gallery, {"kind": "rename", "key": key, "name": "Moon"})
    until(lambda: second.gallery.cards[0]["name"] == "Moon")
    wires.custom(second.gallery, {"kind": "delete", "key": second.gallery.cards[0]["key"]})
    until(lambda: not first.gallery.cards)


def test_what_another_kernel_writes_is_in_the_app(studio, footage):
    hero = studio.extract(footage, 1, 3)
    app = studio.app()
    app.ready.result()
    subprocess.run([sys.executable, "-c", OTHER_KERNEL, studio.home, str(hero)], check=True, timeout=60)
    until(lambda: app.meter.spent == Decimal("0.91"))
    until(lambda: app.gallery.cards[0]["name"] == "Far Away")


def test_a_call_of_a_cell_is_shown_while_it_runs_and_when_it_has_ended(studio, engine):
    app = studio.app()
    app.ready.result()
    engine.hold()
    job = studio.submit("a fox", **SMALL)
    until(lambda: [(entry["label"], entry["state"]) for entry in app.rendering.jobs] == [("a fox", "running")])
    engine.go_on()
    job.result()
    until(lambda: app.rendering.jobs[0]["state"] == "done")


def test_the_follower_forgets_the_calls_of_its_app_once_they_have_ended(studio):
    app = studio.app()
    app.ready.result()
    for number in range(3):
        wires.custom(app.prompt, {"kind": "submit", "prompt": f"a fox, take {number}", "number": number + 1})
        until(lambda number=number: len([job for job in app.rendering.jobs if job["state"] == "done"]) == number + 1)
    until(lambda: not app._follower._own)
    assert [job["note"] for job in app.rendering.jobs] == ["charged $0.00"] * 3  # as of its own, not as others'


def test_a_refused_call_costs_nothing(studio):
    app = studio.app()
    for state, charged in ((State.FAILED, 0), (State.INTERRUPTED, 0), (State.DONE, 0), (State.FAILED, 200_000)):
        studio.ledger.add(
            Call(kind="video", profile="custom", prompt="a fox", estimate=150_000, charged=charged, state=state)
        )
    until(lambda: app.meter.spent == Decimal("0.20"))
    assert app.meter.estimated == Decimal("0.30")


def test_a_page_of_cards_is_never_shortened_in_between(studio):
    service = {"profile": studio.profile.name, "base_url": studio._session.service.base_url}
    for number in range(30):
        studio.ledger.characters.put(Character(id=f"c{number}", username=f"mossy{number}", **service))
    app = studio.app()
    app.ready.result()
    seen = []
    app.gallery.observe(lambda change: seen.append(len(change["new"])), "cards")
    studio.ledger.characters.put(Character(id="new", username="luna", **service))
    until(lambda: app.gallery.characters[0].username == "luna")
    assert seen == [31]


class Listener:
    def __init__(self):
        self.told, self.stays = 0, True

    def tell(self):
        self.told += 1
        return self.stays


def write(file, content):
    """Write a file at once: it would be looked at while it is empty, too."""
    part = file.with_name("part")
    part.write_bytes(content)
    part.replace(file)


def test_a_watch_ends_with_its_last_listener_and_begins_again(tmp_path):
    file = tmp_path / "ledger.db"
    watch = FileWatch(file)
    first, others = Listener(), [Listener()]
    watch.tell(first.tell)
    watch.tell(others[0].tell)
    (thread,) = [one for one in threading.enumerate() if one.name == "sora_nb-watch" and one is watch._thread]
    write(file, b"1")
    until(lambda: first.told == others[0].told == 1)
    first.stays = False
    write(file, b"22")
    until(lambda: first.told == others[0].told == 2)
    write(file.with_name("ledger.db-wal"), b"3")
    until(lambda: others[0].told == 3)
    assert first.told == 2
    others.clear()
    gc.collect()
    until(lambda: not watch.running)
    assert not thread.is_alive() or thread.join(5) is None
    again = Listener()
    watch.tell(again.tell)
    write(file, b"333")
    until(lambda: again.told == 1)


def test_who_reads_a_closed_ledger_is_not_told_of_it(tmp_path):
    """He would read again, and be told again, for ever."""
    file = tmp_path / "ledger.db"
    database = Database(file, [])
    with database.write() as connection:
        connection.execute(text("CREATE TABLE notes (note)"))
    database.close()
    watch = FileWatch(file)
    before = watch._mark()
    for _ in range(5):
        with database.read() as connection:
            assert connection.execute(text("SELECT * FROM notes")).all() == []
            assert watch._mark() == before
        assert watch._mark() == before
    with database.write() as connection:
        connection.execute(text("INSERT INTO notes VALUES (1)"))
    assert watch._mark() != before


def test_a_watch_of_a_quiet_file_costs_next_to_nothing(tmp_path):
    watch, listener = FileWatch(tmp_path / "ledger.db"), Listener()
    begun = time.thread_time()
    for _ in range(1000):
        watch._mark()
    assert (time.thread_time() - begun) / 1000 < LOOK_SECONDS / 1000  # less than a thousandth of one processor
    watch.tell(listener.tell)
    until(lambda: watch.running)
    assert listener.told == 0


def test_a_closed_app_is_told_no_more(studio):
    app = studio.app()
    app.ready.result()
    assert app._follower._changed()
    app.close()
    assert not app._follower._changed()


def test_a_list_that_was_read_before_a_deletion_brings_nobody_back(studio, footage):
    hero = studio.extract(footage, 1, 3, name="luna")
    gallery = CharacterGallery(studio.characters())
    stale = studio.characters()
    wires.custom(gallery, {"kind": "delete", "key": gallery.cards[0]["key"]})

    def shown(characters):
        gallery.characters = characters
        return [card["deleted"] for card in gallery.cards]

    assert shown(stale) == [True]
    studio.forget(hero)
    assert shown(studio.characters()) == [True]
    studio.keep(hero)  # as another app does
    assert shown(studio.characters()) == [False]

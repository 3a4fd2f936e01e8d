"""Keys of persons: who comes in, how much each may order in a month, and whose is what."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import SimpleNamespace

import httpx
import openai
import pytest
from conftest import KEY
from serving import finished, usage

from sora_nb import cli
from sora_nb.errors import ConfigError, InvalidInput, QuotaError
from sora_nb.models import State
from sora_nb.server import keys as door
from sora_nb.server.server import LocalServer
from sora_nb.server.store import Store
from sora_nb.studio import Studio

VIDEO = {"prompt": "a corgi", "seconds": "2", "size": "320x180"}


@pytest.fixture
def keys(server):
    return server._store.keys


@pytest.fixture
def person(server, keys):
    """Give somebody a key, and return HTTP with it."""
    made = []

    def make(name, micros=None):
        headers = {"authorization": f"Bearer {keys.add(name, micros)}"}
        made.append(httpx.Client(base_url=server.url, headers=headers, timeout=60))
        return made[-1]

    yield make
    for http in made:
        http.close()


# --- who comes in -----------------------------------------------------------------------------------------------------------


def test_a_key_opens_from_the_moment_it_is_made_until_it_is_taken_away(person, keys, monkeypatch):
    monkeypatch.setattr(door, "KNOWN_SECONDS", 0)
    ann = person("ann")
    assert ann.get("/v1/models").status_code == 200
    keys.remove("ann")
    refused = ann.get("/v1/models")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")


def test_the_server_s_own_key_goes_on_opening(person, http):
    person("ann")
    assert http.get("/v1/models").status_code == 200


def test_a_server_without_a_key_asks_for_one_from_the_first_person_on(tmp_path, engine, monkeypatch):
    monkeypatch.setattr(door, "KNOWN_SECONDS", 0)
    server = LocalServer(tmp_path / "open", engine).start()
    try:
        assert httpx.get(f"{server.url}/v1/models").status_code == 200
        key = server._store.keys.add("ann", None)
        refused = httpx.get(f"{server.url}/v1/models")
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "missing_api_key")
        assert httpx.get(f"{server.url}/v1/models", headers={"authorization": f"Bearer {key}"}).status_code == 200
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        page = {"origin": "http://localhost:1", "authorization": f"Bearer {key}"}
        assert httpx.get(f"{server.url}/v1/models", headers=page).status_code == 200
    finally:
        server.stop()


def test_a_key_is_known_by_its_hash_alone(tmp_path, server, keys):
    key = keys.add("ann", None)
    with sqlite3.connect(tmp_path / "server" / "store.db") as connection:
        said = "\n".join(connection.iterdump())
    connection.close()
    assert "'ann'" in said
    assert key not in said


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 81, 7])
def test_a_person_has_a_name_and_one_key(keys, name):
    with pytest.raises(InvalidInput, match="no name of a person"):
        keys.add(name, None)
    keys.add("ann", None)
    with pytest.raises(InvalidInput, match="ann has a key already"):
        keys.add("ann", None)


# --- the month's budget -----------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
def test_a_used_up_month_is_refused_as_clients_understand_it(server, person):
    ann, bob = person("ann", 300_000), person("bob", 150_000)
    for _ in range(2):
        finished(ann)
    finished(bob)
    refused = ann.post("/v1/videos", json=VIDEO)
    month = dt.datetime.now(dt.UTC).date().replace(day=1)
    assert (refused.status_code, refused.json()["error"]["code"]) == (402, "insufficient_user_quota")
    assert refused.json()["error"]["message"] == (
        "This video costs $0.15 at list price, but the quota of ann has $0.00 left: $0.30 a month, of which $0.30 is used "
        f"since {month}. It begins anew with the next month in UTC; whoever keeps this server can raise it: sora-nb keys budget."
    )
    key = ann.headers["authorization"].partition(" ")[2]
    with Studio("local", base_url=server.url, api_key=key, progress=False) as studio:
        with pytest.raises(QuotaError, match=r"the quota of ann has \$0.00 left.*nothing was charged"):
            studio.generate("a corgi", seconds=1, size="64x64")
        assert studio.costs()[["status", "charged"]].to_numpy().tolist() == [["failed", 0]]
    with openai.OpenAI(api_key=key, base_url=f"{server.url}/v1") as sdk, pytest.raises(openai.APIStatusError) as caught:
        sdk.videos.create(prompt="a corgi")
    assert (caught.value.status_code, caught.value.code) == (402, "insufficient_user_quota")
    assert usage(ann)["video"] == {"accepted": 2, "completed": 2}


def test_usage_is_a_person_s_own_and_everybody_s_with_the_server_s_key(person, http):
    ann, bob = person("ann", 20_000_000), person("bob")
    finished(ann)
    finished(bob)
    finished(bob)
    month = str(dt.datetime.now(dt.UTC).date().replace(day=1))
    quota = {"person": "ann", "limit": "$20.00", "since": month, "used": "$0.15", "left": "$19.85"}
    assert usage(ann) == {
        "object": "usage", "character": {"accepted": 0, "completed": 0}, "video": {"accepted": 1, "completed": 1},
        "list_price": "$0.15", "charged": "$0.00", "quota": quota,
    }  # fmt: skip
    assert usage(bob)["quota"] == {"person": "bob", "since": month, "used": "$0.30"}
    assert (usage(http)["list_price"], usage(http)["video"]["completed"]) == ("$0.45", 3)
    assert "quota" not in usage(http)


@pytest.mark.usefixtures("each_database")
def test_what_fails_or_is_deleted_before_it_is_made_costs_nothing_and_what_was_made_does(
    person, engine, keys, monkeypatch
):
    ann = person("ann", 150_000)
    engine.hold()
    waiting = ann.post("/v1/videos", json=VIDEO).json()
    assert ann.post("/v1/videos", json=VIDEO).status_code == 402
    assert ann.delete(f"/v1/videos/{waiting['id']}").status_code == 200
    engine.go_on()
    with monkeypatch.context() as patch:
        patch.setattr(engine, "generate", lambda *_: 1 / 0)
        assert finished(ann)["status"] == "failed"
    made = finished(ann)
    assert made["status"] == "completed"
    assert ann.delete(f"/v1/videos/{made['id']}").status_code == 200
    assert ann.post("/v1/videos", json=VIDEO).status_code == 402
    assert keys.holder("ann").used == Decimal("0.15")


def test_a_budget_is_changed_for_the_key_that_there_is(person, keys):
    ann = person("ann", 150_000)
    finished(ann)
    assert ann.post("/v1/videos", json=VIDEO).status_code == 402
    keys.change("ann", 300_000)
    finished(ann)
    assert ann.post("/v1/videos", json=VIDEO).status_code == 402
    keys.change("ann", None)
    assert ann.post("/v1/videos", json=VIDEO).status_code == 200
    assert keys.holder("ann").used == Decimal("0.45")


def test_a_budget_begins_anew_each_month_and_outlasts_a_new_key(person, keys, monkeypatch):
    ann = person("ann", 150_000)
    finished(ann)
    keys.remove("ann")
    again = person("ann", 150_000)
    assert again.post("/v1/videos", json=VIDEO).status_code == 402
    later = (dt.datetime.now(dt.UTC).date().replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    monkeypatch.setattr(door, "_month", lambda: later)
    assert str(keys.holder("ann")).startswith(f"ann: $0.15 a month, $0.15 left, $0.00 used since {later}")
    assert again.post("/v1/videos", json=VIDEO).status_code == 200


@pytest.mark.usefixtures("each_database")
def test_threads_and_servers_race_for_a_month_s_last_dollar(tmp_path):
    stores = [Store(tmp_path / "shared") for _ in range(3)]
    stores[0].keys.add("ann", 1_000_000)
    stores[0].keys.add("bob", 400_000)
    begin = threading.Barrier(8)

    def order(number):
        begin.wait()
        kept = []
        for turn in range(4):
            try:
                kept.append(stores[number % 3].accept("video", {"turn": turn}, person=("ann", "bob")[number % 2]))
            except door.BudgetExceeded:
                continue
        return kept

    with ThreadPoolExecutor(8) as pool:
        kept = [len(found) for found in pool.map(order, range(8))]
    assert (sum(kept[0::2]), sum(kept[1::2])) == (6, 2)
    assert [holder.left for holder in stores[2].keys.all()] == [Decimal("0.1"), Decimal("0.1")]
    assert stores[1].counts()["video"] == {"queued": 8}
    for store in stores:
        store.close()


# --- whose is what ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("each_database")
def test_an_idempotency_key_of_one_person_is_not_another_s(person, http):
    ann, bob = person("ann", 150_000), person("bob", 150_000)
    same = {"headers": {"idempotency-key": "first"}, "json": VIDEO}
    hers, his, ours = (one.post("/v1/videos", **same).json() for one in (ann, bob, http))
    assert len({hers["id"], his["id"], ours["id"]}) == 3
    assert [video["idempotency_key"] for video in (hers, his, ours)] == ["first"] * 3
    assert ann.post("/v1/videos", **same).json()["id"] == hers["id"]  # and the quota is not asked again
    assert bob.get(f"/v1/videos/{hers['id']}").json()["idempotency_key"] is None
    assert http.get(f"/v1/videos/{hers['id']}").json()["idempotency_key"] == "first"
    (listed,) = ann.get("/v1/videos").json()["data"]
    assert (listed["id"], listed["idempotency_key"]) == (hers["id"], "first")
    assert len(http.get("/v1/videos").json()["data"]) == 3


def test_a_team_has_one_library_of_characters_and_each_person_videos_and_files(person, http, clip):
    ann, bob = person("ann"), person("bob")
    files = {"file": ("clip.mp4", clip.read_bytes(), "video/mp4")}
    sent = ann.post("/v1/files", files=files, data={"purpose": "video"}).json()
    film = finished(ann)
    hero = ann.post("/sora/v1/characters", json={"from_task": film["id"], "timestamps": "0,1"}).json()
    assert [who["id"] for who in bob.get("/sora/v1/characters").json()["data"]] == [hero["id"]]
    assert finished(bob, prompt=f"@{hero['username']} waves")["status"] == "completed"
    for kind, mine in (("videos", film), ("files", sent)):
        assert [one["id"] for one in ann.get(f"/v1/{kind}").json()["data"]] == [mine["id"]]
        assert mine["id"] not in [one["id"] for one in bob.get(f"/v1/{kind}").json()["data"]]
        assert bob.get(f"/v1/{kind}/{mine['id']}").status_code == 200  # the id was handed on
        assert mine["id"] in [one["id"] for one in http.get(f"/v1/{kind}").json()["data"]]
    refused = bob.delete(f"/v1/videos/{film['id']}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "access_denied")
    assert ann.delete(f"/v1/videos/{film['id']}").status_code == 200


@pytest.mark.usefixtures("each_database")
def test_pages_of_a_person_s_videos_skip_those_of_others(person):
    ann, bob = person("ann"), person("bob")
    mine = []
    for _ in range(3):
        mine.append(finished(ann)["id"])
        finished(bob)
    first = ann.get("/v1/videos", params={"limit": 2}).json()
    rest = ann.get("/v1/videos", params={"after": first["last_id"]}).json()
    assert [one["id"] for one in first["data"] + rest["data"]] == mine[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)


def test_a_lost_order_of_a_person_is_found_by_its_key(server, person):
    key = person("ann").headers["authorization"].partition(" ")[2]
    person("bob")
    with Studio("local", base_url=server.url, api_key=key, progress=False) as studio:
        video = studio.generate("a corgi", seconds=1, size="64x64")
        call = studio.ledger.call_of(video)
        studio.ledger.change(call, state=State.UNKNOWN, task="", file=None, charged=None, owner="gone")
        assert studio.resume()["now"].tolist() == ["done"]


# --- the command line ---------------------------------------------------------------------------------------------------------


def test_keys_are_added_listed_and_removed_as_they_are_typed(tmp_path, capsys, engine):
    home = tmp_path / "home"

    def typed(*words):
        cli.app(["keys", *words, "--home", str(home)], standalone_mode=False)
        return capsys.readouterr().out.strip()

    assert "Nobody has a key" in typed("list")
    assert not home.exists()
    key = typed("add", "ann", "--budget", "20")
    assert re.fullmatch(r"sora-[\w-]{40,}", key)
    typed("add", "bob")
    first, second = typed("list").splitlines()
    assert first.startswith("ann: $20.00 a month, $20.00 left, $0.00 used since")
    assert second.startswith("bob: no limit, $0.00 used since")
    assert key not in first
    server = LocalServer(home / "server", engine).start()
    try:
        with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {key}"}, timeout=60) as ann:
            finished(ann)
        assert typed("list").startswith("ann: $20.00 a month, $19.85 left, $0.15 used")
    finally:
        server.stop()
    assert typed("budget", "ann", "40").startswith("ann: $40.00 a month, $39.85 left, $0.15 used")
    assert typed("budget", "ann", "none").startswith("ann: no limit, $0.15 used")
    with pytest.raises(InvalidInput, match=r"ann has a key already.*sora-nb keys budget"):
        typed("add", "ann", "--budget", "40")
    typed("remove", "ann")
    assert typed("list").startswith("bob")
    with pytest.raises(InvalidInput, match="'ann' has no key here"):
        typed("remove", "ann")
    with pytest.raises(InvalidInput, match="'ann' has no key here"):
        typed("budget", "ann", "40")
    with pytest.raises(InvalidInput, match="not an amount"):
        typed("add", "cleo", "--budget", "lots")


def test_a_server_for_everybody_needs_a_key_of_its_own_or_of_a_person(tmp_path, monkeypatch):
    from sora_nb import commands

    options = {"port": 0, "api_key": "", "home": tmp_path, "workers": "1", "private_sources": False, "engine": ""}
    options |= {"database": None, "files": None, "log": "", "host": "0.0.0.0"}
    with pytest.raises(ConfigError, match=r"lets others in.*sora-nb keys add"):
        commands.serve(**options)
    with commands._keys(tmp_path, None) as keys:
        keys.add("ann", None)
    monkeypatch.setattr(commands, "_Stop", lambda: SimpleNamespace(wait=lambda: None))
    commands.serve(**options)


def test_what_clients_sent_before_keys_is_nobody_s(http, person):
    finished(http)
    ann = person("ann")
    assert ann.get("/v1/videos").json()["data"] == []
    assert KEY not in ann.headers["authorization"]

"""Metrics: what Prometheus reads is what happened, and orders are the same whichever server is asked."""

from __future__ import annotations

import sys

import httpx
from conftest import KEY
from prometheus_client.parser import text_string_to_metric_families
from quick import QuickEngine
from serving import ended
from waiting import until

from sora_nb.errors import LedgerError
from sora_nb.server.metrics import Metrics
from sora_nb.server.server import LocalServer

VIDEO = {"prompt": "a corgi", "seconds": "1", "size": "64x64"}


def read(http):
    """Every sample by its name and labels."""
    answer = http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_orders_waits_work_and_bytes_are_counted(http, engine):
    sent = [http.post("/v1/videos", json=VIDEO) for _ in range(3)]
    assert all(ended(http, answer.json())["status"] == "completed" for answer in sent)
    engine.generate = None
    assert ended(http, http.post("/v1/videos", json=VIDEO).json())["status"] == "failed"
    film = http.get(f"/v1/videos/{sent[0].json()['id']}/content").content
    # a request is counted once its answer is out
    until(lambda: ("sora_nb_request_seconds_count", "GET", "/v1/videos/{video}/content", "200") in read(http))
    found = read(http)
    assert found["sora_nb_orders", "video", "completed"] == 3
    assert found["sora_nb_orders", "video", "failed"] == 1
    assert found["sora_nb_orders", "video", "queued"] == found["sora_nb_orders", "character", "completed"] == 0
    assert found["sora_nb_queue_seconds_count", "video"] == found["sora_nb_engine_seconds_count", "video"] == 4
    assert found["sora_nb_engine_seconds_sum", "video"] > 0
    assert found["sora_nb_request_seconds_count", "POST", "/v1/videos", "200"] == 4
    assert found["sora_nb_request_seconds_count", "GET", "/v1/videos/{video}/content", "200"] == 1
    assert found["sora_nb_received_bytes_total",] == sum(len(each.request.content) for each in sent) // 3 * 4
    assert found["sora_nb_sent_bytes_total",] > len(film)
    assert found["sora_nb_database_up",] == 1


def test_two_servers_on_one_store_say_the_same_orders(server, http, tmp_path):
    for _ in range(3):
        ended(http, http.post("/v1/videos", json=VIDEO).json())
    other = LocalServer(tmp_path / "server", QuickEngine(), api_key=KEY).start()
    with httpx.Client(base_url=other.url, headers={"authorization": f"Bearer {KEY}"}) as second:
        here, there = read(http), read(second)
    other.stop()
    orders = {name: count for name, count in here.items() if name[0] == "sora_nb_orders"}
    assert orders == {name: count for name, count in there.items() if name[0] == "sora_nb_orders"}
    assert orders["sora_nb_orders", "video", "completed"] == 3


def test_waiting_orders_are_seen_while_they_wait(http, engine):
    engine.hold()
    for _ in range(3):
        http.post("/v1/videos", json=VIDEO)
    until(lambda: read(http)["sora_nb_orders", "video", "in_progress"] == 1)
    assert read(http)["sora_nb_orders", "video", "queued"] == 2
    engine.go_on()


def test_whatever_a_client_asks_for_makes_few_rows(http):
    before = len(read(http))
    for number in range(20):
        http.get(f"/nowhere/{number}")
        http.get(f"/v1/videos/{number}")
        http.request(f"METHOD{number}", "/v1/videos")
    rows = {name[1:4] for name in read(http) if name[0] == "sora_nb_request_seconds_count"}
    assert {("GET", "", "404"), ("GET", "/v1/videos/{video}", "404")} <= rows
    assert len(rows) <= 5
    assert len(read(http)) > before


def test_metrics_need_the_key_of_the_server(server):
    assert httpx.get(f"{server.url}/metrics").status_code == 401


def test_a_database_that_is_away_is_told_beside_what_the_process_counts():
    def away():
        raise LedgerError("The database does not answer.")

    page, _ = Metrics(away).page("")
    assert b"sora_nb_database_up 0.0" in page
    assert b"sora_nb_orders" not in page
    assert b"sora_nb_received_bytes_total" in page


def test_without_its_extra_the_page_says_what_to_install_and_orders_go_on(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    server = LocalServer(tmp_path / "server", QuickEngine()).start()
    with httpx.Client(base_url=server.url) as http:
        assert ended(http, http.post("/v1/videos", json=VIDEO).json())["status"] == "completed"
        answer = http.get("/metrics")
    server.stop()
    assert answer.status_code == 501
    assert 'pip install "sora_nb[team]"' in answer.json()["error"]["message"]


def test_metrics_are_not_read_with_the_key_of_a_person(server, http):
    key = server._store.keys.add("ann", None)
    answer = httpx.get(f"{server.url}/metrics", headers={"authorization": f"Bearer {key}"})
    assert (answer.status_code, http.get("/metrics").status_code) == (403, 200)
    assert "server's own key" in answer.json()["error"]["message"]

"""Logs: each request and each change of a task is a line, joined by request ids; none holds a key, or a prompt unasked."""

from __future__ import annotations

import io
import json
import logging
import re
import signal
import subprocess
import sys

import httpx
import pytest
from conftest import KEY
from hypothesis import given
from hypothesis import strategies as st
from quick import QuickEngine
from serving import ended, finished
from sqlalchemy import create_engine, text
from waiting import until

from sora_nb.server import logs
from sora_nb.server.server import LocalServer
from sora_nb.server.store import Store
from sora_nb.server.tables import RECORD

VIDEO = {"prompt": "a corgi with a secret plan", "seconds": "1", "size": "64x64"}


class Lines:
    """What was logged until now; a request's line comes once its answer is out."""

    def __init__(self, written):
        self._written = written

    def all(self):
        return [json.loads(line) for line in self._written.getvalue().splitlines()]

    def until(self, **wanted):
        return until(lambda: next((each for each in self.all() if wanted.items() <= each.items()), None))

    def task(self, ident, end):
        self.until(task=ident, state=end)
        return [line for line in self.all() if line.get("task") == ident]


@pytest.fixture
def lines(monkeypatch):
    """Return what was logged until now, parsed."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonFormatter(prompts=False))
    monkeypatch.setattr(logs.LOG, "handlers", [handler])
    monkeypatch.setattr(logs.LOG, "propagate", False)
    monkeypatch.setattr(logs.LOG, "level", logging.INFO)
    logs.LOG.manager._clear_cache()
    yield Lines(written)
    logs.LOG.manager._clear_cache()


def test_a_request_and_its_task_are_told_with_one_id(http, lines):
    answer = http.post("/v1/videos", json=VIDEO, headers={"x-request-id": "order-7.of:anna"})
    task = ended(http, answer.json())["id"]
    assert answer.headers["x-request-id"] == "order-7.of:anna"
    request = lines.until(event="request", method="POST")
    assert (request["path"], request["status"], request["request_id"]) == ("/v1/videos", 200, "order-7.of:anna")
    assert request["sent"] == len(answer.content)
    assert request["received"] == len(answer.request.content)
    told = lines.task(task, "completed")
    assert [line["state"] for line in told] == ["queued", "in_progress", "completed"]
    assert {line["request_id"] for line in told} == {"order-7.of:anna"}
    assert told[1]["waited"] >= 0


def test_the_lines_of_a_task_name_its_request_also_after_a_restart(tmp_path, lines):
    """By another process, which knows the row alone."""
    store = Store(tmp_path / "server")
    task, _ = store.accept("video", {**VIDEO, "seconds": 1, "model": "animatic", "seed": 1}, request_id="of-before")
    store.close()
    server = LocalServer(tmp_path / "server", QuickEngine(), api_key=KEY).start()
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {KEY}"}) as http:
        ended(http, {"id": task.id, "status": "queued"})
    server.stop()
    told = lines.task(task.id, "completed")
    assert [(line["state"], line["request_id"]) for line in told] == [
        ("in_progress", "of-before"),
        ("completed", "of-before"),
    ]


def test_a_refused_request_is_told_without_the_key_it_came_with(server, lines):
    wrong = f"{KEY}x"
    answer = httpx.get(
        f"{server.url}/v1/videos/{wrong}", headers={"authorization": f"Bearer {wrong}", "x-request-id": wrong}
    )
    line = lines.until(event="request")
    assert (line["status"], line["path"]) == (401, "/v1/videos/...")
    assert answer.headers["x-request-id"] == line["request_id"] != wrong
    assert KEY not in json.dumps(line)


def test_a_request_with_the_key_of_a_person_is_told_with_the_name(server, lines):
    key = server._store.keys.add("ann", None)
    httpx.get(f"{server.url}/v1/videos", headers={"authorization": f"Bearer {key}"})
    assert lines.until(person="ann")["status"] == 200
    assert key not in json.dumps(lines.all())


def test_a_signed_link_is_told_without_its_signature(http, footage, lines):
    video = finished(http)
    made = http.post("/sora/v1/characters", json={"from_task": video["id"], "timestamps": "0,1"}).json()
    link = made["profile_picture_url"]
    assert httpx.get(link).status_code == 200
    assert lines.until(path=f"/sora/files/.../{made['id']}.png")["status"] == 200
    assert re.search(r"/files/(\w+)/", link)[1] not in json.dumps(lines.all())


def test_what_fails_and_what_is_deleted_is_told_and_no_prompt_is(http, engine, lines):
    def fail(*_):
        raise ValueError(VIDEO["prompt"])

    engine.generate = fail
    task = ended(http, http.post("/v1/videos", json=VIDEO).json())["id"]
    http.delete(f"/v1/videos/{task}")
    told = lines.task(task, "deleted")
    assert [line["state"] for line in told] == ["queued", "in_progress", "failed", "deleted"]
    assert told[2]["error_code"] == "engine_error"
    assert VIDEO["prompt"] not in json.dumps(lines.all())


def formatted(error, *, prompts):
    try:
        raise error
    except type(error):
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "task %s failed", ("video_1",), sys.exc_info())
    return json.loads(logs.JsonFormatter(prompts=prompts).format(record))


def test_an_exception_is_told_by_its_type_and_place_and_whole_where_prompts_are_asked_for():
    quiet = formatted(ValueError("a secret plan"), prompts=False)
    assert (quiet["level"], quiet["event"], quiet["exception"]) == ("error", "task video_1 failed", "ValueError")
    assert "test_logs.py" in quiet["trace"]
    assert "a secret plan" not in json.dumps(quiet)
    assert "a secret plan" in formatted(ValueError("a secret plan"), prompts=True)["trace"]


@given(st.text(min_size=1))
def test_an_id_that_is_taken_over_can_stand_in_a_header_and_in_a_row(written):
    scope = {"headers": [(b"x-request-id", written.encode())]}
    taken = logs._given_id(scope)
    assert taken in {"", written}
    assert taken == "" or (taken.isascii() and taken.isprintable() and " " not in taken and len(taken) <= 128)


@given(st.dictionaries(st.sampled_from(["path", "client", "prompt", "error"]), st.text()), st.text())
def test_a_record_is_one_line_whatever_is_in_it(fields, event):
    record = logging.LogRecord("x", logging.INFO, "f", 1, "%s", (event,), None)
    record.fields = fields
    line = logs.JsonFormatter(prompts=True).format(record)
    assert len(line.encode("utf-8", "surrogatepass").split(b"\n")) == 1
    assert {name: json.loads(line)[name] for name in fields} == fields


def test_tasks_of_a_store_of_before_have_no_request(tmp_path):
    store = Store(tmp_path)
    store.accept("video", VIDEO)
    store.close()
    database = create_engine(f"sqlite:///{tmp_path / 'store.db'}")
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE tasks DROP COLUMN request_id"))
        connection.execute(text(f"DELETE FROM {RECORD} WHERE name = 'second_request_ids'"))
    database.dispose()
    store = Store(tmp_path)
    assert [task.request_id for task in store.tasks("video")] == [""]
    store.close()


@pytest.mark.release
@pytest.mark.parametrize(("options", "shown"), [((), None), (("json",), False), (("json-with-prompts",), True)])
def test_the_command_logs_where_it_is_asked_to(tmp_path, options, shown):
    command = [sys.executable, "-m", "sora_nb", "serve", "--port", "0", "--home", tmp_path, "--workers", "2"]
    log = ["--log", *options] if options else []
    with subprocess.Popen([*command, *log], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served:
        url = re.search(r"http://127\.0\.0\.1:\d+", served.stdout.readline())[0]
        with httpx.Client(base_url=url) as http:
            task = http.post("/v1/videos", json={**VIDEO, "model": "animatic"}).json()["id"]
            http.delete(f"/v1/videos/{task}")
        served.send_signal(signal.SIGINT)
        said = served.communicate()[1]
    told = [json.loads(line) for line in said.splitlines()]
    assert bool(told) is bool(options)
    if options:
        assert {line["event"] for line in told} == {"request", "task"}
        assert (VIDEO["prompt"] in said) is shown


@pytest.mark.release
def test_a_log_that_there_is_not_is_refused():
    done = subprocess.run(
        [sys.executable, "-m", "sora_nb", "serve", "--log", "xml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "json-with-prompts" in done.stderr

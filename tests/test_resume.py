"""A kernel is killed in the middle. What was paid for ends on disk, and nothing is created twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import postgres
import pytest
from conftest import KEY
from faulty import Faulty, answer
from postgres import only_file
from quick import MarkedEngine, QuickEngine
from waiting import until

from sora_nb import media
from sora_nb.errors import DownloadError, Interrupted, LedgerError
from sora_nb.models import Clip, State
from sora_nb.providers import registry
from sora_nb.storage.ledger import Call, Ledger
from sora_nb.studio import Studio

pytestmark = [pytest.mark.release, pytest.mark.usefixtures("each_database")]

KERNEL = """
import sys
from sora_nb.studio import Studio
url, key, home, what, source = sys.argv[1:]
studio = Studio("local", base_url=url, api_key=key, home=home, progress=False)
studio.provider
print("ready", flush=True)
if what == "video":
    studio.generate("a corgi", seconds=2, size="320x180")
elif what == "sync":
    studio.generate("a corgi", route="sync")
else:
    studio.extract(source, 1, 3)
"""


@pytest.fixture
def engine():
    return QuickEngine(delay=0.1)


def killed(server, home, what, source, when):
    """Start a kernel, and kill it once `when` is true of its ledger."""
    command = [sys.executable, "-c", KERNEL, server.url, KEY, str(home), what, str(source)]
    environment = {**os.environ, **postgres.environment(home), "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as kernel:
        assert kernel.stdout.readline() == b"ready\n"
        with Studio("local", home=home, progress=False) as watching:
            while not when(watching.ledger.calls()):
                time.sleep(0.005)
            os.kill(kernel.pid, signal.SIGKILL)


def accepted(server):
    usage = httpx.get(server.url + "/v1/usage", headers={"authorization": f"Bearer {KEY}"}).json()
    return usage["video"]["accepted"], usage["character"]["accepted"]


def idle(server):
    """Wait until the server has done all that it was asked, though whoever asked is gone."""
    accepted(server)  # connections are taken in turn: those before this one have been, once it is answered
    state = server._serving._server.server_state
    until(lambda: not (state.connections or state.tasks))


def resumed(server, home):
    with Studio("local", base_url=server.url, api_key=KEY, home=home, progress=False) as studio:
        table = studio.resume()
        again = studio.resume()
        assert len(again) == 0
        return table, studio.ledger.calls(), studio.characters()


def is_state(*states):
    return lambda calls: bool(calls) and calls[-1].state in states


@pytest.mark.parametrize("what", ["video", "sync", "character"])
def test_killed_between_sending_and_the_answer(server, engine, tmp_path, footage, what):
    home = tmp_path / "kernel"
    engine.hold()
    killed(server, home, what, footage, is_state(State.SENT, State.RUNNING))  # the latter where the answer was quicker
    engine.go_on()
    idle(server)
    before = sum(accepted(server))
    table, (row,), characters = resumed(server, home)
    assert sum(accepted(server)) == before <= 1
    if before:
        assert table["now"].tolist() == ["done"]
        assert row.file.is_file()
        assert len(characters) == (what == "character")
    else:
        assert table["note"].tolist() == ["it never reached the service, so nothing was charged"]
        assert row.charged == 0


@pytest.mark.parametrize("what", ["video", "character"])
def test_killed_while_the_service_works(server, engine, tmp_path, footage, what):
    home = tmp_path / "kernel"
    engine.hold()
    killed(server, home, what, footage, lambda _: engine.begun)
    engine.go_on()
    table, (row,), _ = resumed(server, home)
    assert table["now"].tolist() == ["done"]
    assert row.file.is_file()
    assert row.sha256
    assert sum(accepted(server)) == 1


def test_killed_during_the_download(server, tmp_path, footage, monkeypatch):
    """The content comes slowly, so that the kernel dies with a part on disk."""
    home = tmp_path / "kernel"
    parts = home / "incoming"
    slow = SlowContent(server.url)
    with slow:
        killed(slow, home, "video", footage, lambda _: any(part.stat().st_size for part in parts.glob("*.part")))
    assert list(parts.glob("*.part"))
    with Studio("local", base_url=slow.url, api_key=KEY, home=home, progress=False) as studio:
        (row,) = studio.ledger.calls()
        studio.ledger.change(row, base_url=server.url)
    table, (row,), _ = resumed(server, home)
    assert table["now"].tolist() == ["done"]
    whole = httpx.get(f"{server.url}/v1/videos/{row.task}/content", headers={"authorization": f"Bearer {KEY}"})
    assert row.file.read_bytes() == whole.content
    assert not list(parts.iterdir())
    assert accepted(server) == (1, 0)


class SlowContent:
    """A proxy before the server that passes everything on, but a video's bytes only in drips."""

    def __init__(self, upstream):
        def reply(connection, request):
            head, _, body = request.partition(b"\r\n\r\n")
            method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
            answered = httpx.request(
                method, upstream + path, content=body, timeout=60,
                headers={"authorization": f"Bearer {KEY}", "content-type": "application/json"},
            )  # fmt: skip
            text = answered.content.replace(upstream.encode(), self.url.encode())
            if path.endswith("/content"):
                connection.sendall(answer(text)[: len(text) * 3 // 4])
                time.sleep(5)
            else:
                connection.sendall(answer(text, answered.status_code))

        self._faulty = Faulty(reply)
        self.url = self._faulty.url

    def __enter__(self):
        return self._faulty.__enter__()

    def __exit__(self, *exception):
        self._faulty.__exit__(*exception)


# --- the engine of a kernel ends with it ------------------------------------------------------------------------------------

ALONE = """
import sys
from sora_nb.studio import Studio
studio = Studio(home=sys.argv[1], progress=False)
if sys.argv[2] == "video":
    studio.generate("a corgi", seconds=60, size="1280x720", seed=7)
else:
    studio.extract(sys.argv[3], 1, 3, subject=(0.4, 0.5), name="Bun", description="grey and large")
"""


def killed_alone(home, what, source):
    """Start a kernel with nothing configured, and kill it while its engine works."""
    environment = {**os.environ, **postgres.environment(home), "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", ALONE, home, what, source], env=environment) as kernel:
        ledger = Ledger(home / "ledger.db")
        until(lambda: is_state(State.RUNNING)(ledger.calls()))
        ledger.close()
        os.kill(kernel.pid, signal.SIGKILL)


@pytest.mark.parametrize("what", ["video", "character"])
def test_what_the_engine_of_a_killed_kernel_made_is_interrupted_free_and_made_again(tmp_path, footage, what):
    home = tmp_path / "kernel"
    killed_alone(home, what, footage)
    with Studio(engine=MarkedEngine(footage.read_bytes()), home=home, progress=False) as studio:
        (told,) = studio.resume().to_dict("records")
        assert (told["was"], told["now"]) == ("running", "interrupted")
        assert told["note"] == "interrupted when its kernel ended; it is free, and resume(remake=True) makes it again"
        (row,) = studio.ledger.calls()
        assert (row.charged, row.reserved) == (0, 0)
        assert studio.resume().empty
        with pytest.raises(Interrupted, match="it is free"):
            studio.job(row.id).result()

        (made,) = studio.resume(remake=True).to_dict("records")
        assert (made["id"], made["was"], made["now"], made["note"]) == (row.id, "interrupted", "done", "made again")
        (again,) = studio.ledger.calls()
        assert again.file.is_file()
        assert (again.seed, again.clip, again.error) == (row.seed, row.clip, "")
        if what == "character":
            (hero,) = studio.characters()
            assert (hero.description, hero.raw["found_by"]) == ("grey and large", "hint")


def test_a_sweep_makes_again_what_its_killed_kernel_had_begun(tmp_path, footage):
    home = tmp_path / "kernel"
    with Studio(engine=QuickEngine(), home=home, progress=False) as studio:
        planned = studio.sweep(["a corgi"], seconds=60, size="1280x720", seed=7)
        assert planned.results()["status"].tolist() == ["to do"]
    killed_alone(home, "video", "")
    with Studio(engine=MarkedEngine(footage.read_bytes()), home=home, progress=False) as studio:
        sweep = studio.sweep(["a corgi"], seconds=60, size="1280x720", seed=7)
        assert sweep.run()["status"].tolist() == ["done"]
        assert studio.costs()["charged"].sum() == 0


def test_what_the_remaking_needs_is_told_while_it_is_missing(tmp_path, clip):
    with Studio(engine=QuickEngine(), home=tmp_path, progress=False) as studio:
        hero = studio.extract(clip, 0, 2)
        lost = Call(kind="video", profile="local", model="animatic", prompt=f"{hero} runs", characters=(hero.username,),
                    seconds=1, size="64x64", state=State.RUNNING)  # fmt: skip
        studio.ledger.add(lost)
        studio.forget(hero)
        (told,) = studio.resume(remake=True).to_dict("records")
        assert told["now"] == "interrupted"
        assert f"It mentions {hero}, no longer kept here" in told["note"]
        studio.keep(hero)
        assert studio.resume(remake=True)["now"].tolist() == ["done"]


# --- rows of others -----------------------------------------------------------------------------------------------------------


def test_rows_of_a_kernel_that_lives_are_left_alone(server, tmp_path, engine):
    home = tmp_path / "both"
    options = {"base_url": server.url, "api_key": KEY, "home": home, "progress": False}
    with Studio("local", **options) as first, Studio("local", **options) as second:
        engine.hold()
        job = first.submit("a corgi", seconds=1, size="64x64")
        until(lambda: is_state(State.RUNNING)(first.ledger.calls()))
        assert second.resume()["note"].tolist() == ["left alone: another kernel works on it"]
        engine.go_on()
        assert job.result().path.is_file()


def test_rows_of_another_gateway_are_left_alone(server, tmp_path):
    with Studio("local", base_url=server.url, api_key=KEY, home=tmp_path / "mine", progress=False) as studio:
        studio.ledger.add(
            Call(kind="video", profile="laozhang", base_url="https://api.laozhang.ai", state=State.UNKNOWN)
        )
        assert "it was sent to laozhang at https://api.laozhang.ai" in studio.resume()["note"].tolist()[0]


def test_a_call_that_was_only_planned_was_never_sent(server, tmp_path):
    with Studio("local", base_url=server.url, api_key=KEY, home=tmp_path / "mine", progress=False) as studio:
        studio.ledger.add(Call(kind="video", profile="local", base_url=server.url, estimate=150_000))
        assert studio.resume()["note"].tolist() == ["it was never sent, so nothing was charged"]
        assert studio.costs()["charged"].tolist() == [0]
    assert accepted(server) == (0, 0)


# --- what could not be finished, and why ----------------------------------------------------------------------------------


@only_file
def test_what_could_not_be_written_is_written_by_resume(server, tmp_path, monkeypatch):
    """Another program holds the ledger while the service accepts: the task is told, kept in memory, and finished."""
    monkeypatch.setattr("sora_nb.storage.place.BUSY_SECONDS", 0.1)
    home = tmp_path / "mine"
    with Studio("local", base_url=server.url, api_key=KEY, home=home, progress=False) as studio:
        honest = studio.provider.create
        holder = sqlite3.connect(home / "ledger.db", isolation_level=None, check_same_thread=False)

        async def create(*args):
            ticket = await honest(*args)
            holder.execute("begin immediate")
            return ticket

        monkeypatch.setattr(studio.provider, "create", create)
        with pytest.raises(LedgerError, match=r"as task video_\w+.*may have been billed.*studio.resume\(\)"):
            studio.generate("a corgi", seconds=1, size="64x64")
        holder.close()
        assert studio.resume()["note"].tolist() == ["finished"]
        assert studio.ledger.calls()[0].file.is_file()
    assert accepted(server) == (1, 0)


@only_file
def test_a_ledger_that_cannot_be_written_stops_the_call_before_it_is_sent(server, tmp_path, monkeypatch):
    monkeypatch.setattr("sora_nb.storage.place.BUSY_SECONDS", 0.1)
    home = tmp_path / "mine"
    with Studio("local", base_url=server.url, api_key=KEY, home=home, progress=False) as studio:
        holder = sqlite3.connect(home / "ledger.db", isolation_level=None)
        holder.execute("begin immediate")
        with pytest.raises(LedgerError, match="locked"):
            studio.generate("a corgi", seconds=1, size="64x64")
        holder.close()
        assert studio.ledger.calls() == []
    assert accepted(server) == (0, 0)


def test_a_row_of_an_ended_kernel_becomes_unknown_where_nobody_shows_keys(tmp_path):
    """A blind gateway: what was sent and never answered becomes `unknown`, not `sent` for ever."""
    blind = registry.get("laozhang").model_copy(update={"name": "blind", "listing": False})
    call = Call(kind="video", profile="blind", base_url="http://127.0.0.1:9", state=State.SENT)
    with Studio(blind, base_url="http://127.0.0.1:9", api_key=KEY, home=tmp_path, progress=False) as studio:
        studio.ledger.add(call)
        assert studio.resume()[["was", "now"]].values.tolist() == [["sent", "unknown"]]
        assert "may have been billed" in studio.ledger.calls()[0].error


DONE = answer(b'{"id": "video_1", "status": "completed"}')


def ended(ago):
    """A video whose link ended so many seconds ago."""
    return answer(b'{"id": "video_1", "status": "completed", "expires_at": %d}' % (time.time() - ago))


def studio_of(profile, server, home):
    return Studio(profile, base_url=server.url, api_key=KEY, home=home, progress=False)


def sent(server, minutes=1, **values):
    """A call of some minutes ago: a task is asked about at once when it is not new."""
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    return Call(kind="video", profile="custom", base_url=server.url, created_at=then, **values)


def waiting(server, home, minutes=1):
    """A studio with a video that the service has accepted."""
    studio = studio_of("custom", server, home)
    studio.ledger.add(sent(server, minutes, state=State.RUNNING, task="video_1", estimate=1))
    return studio


def test_a_link_that_is_refused_is_tried_again_by_the_next_resume(tmp_path, footage):
    replies = DONE, answer(b"", 404), DONE, answer(footage.read_bytes())
    with Faulty(*replies) as server, waiting(server, tmp_path, minutes=90) as studio:
        first, second = studio.resume(), studio.resume()
    assert first["now"].tolist() == ["running"]
    assert "There is no file at its address (HTTP 404): not yet, or no more." in first["note"][0]
    assert second["now"].tolist() == ["done"]


def test_a_task_of_old_that_the_service_has_forgotten_is_not_waited_for(tmp_path):
    with Faulty(answer(b"", 404)) as server, studio_of("custom", server, tmp_path) as studio:
        old = datetime.now(UTC) - timedelta(hours=1)
        url = server.url
        studio.ledger.add(
            Call(kind="video", profile="custom", base_url=url, state=State.RUNNING, task="video_1", created_at=old)
        )
        table = studio.resume()
    assert len(server.requests) == 1
    assert table["now"].tolist() == ["running"]
    assert "does not know video_1 any more" in table["note"][0]


def test_a_link_that_has_ended_is_the_end(tmp_path):
    with Faulty(ended(60), answer(b"", 403)) as server, waiting(server, tmp_path, minutes=30) as studio:
        assert studio.resume()["now"].tolist() == ["failed"]
        (row,) = studio.ledger.calls()
        assert "Made, but not fetched" in row.error
        assert row.charged == 1


@pytest.mark.parametrize(
    ("minutes", "expires"),
    [(1, ended(30)), (30, ended(3600)), (30, ended(time.time() - 3600)), (30, ended(time.time() - 1e9))],
    ids=["a new call", "before the call", "an hour, for a time", "years ago"],
)
def test_an_end_that_makes_no_sense_is_not_the_end(tmp_path, footage, monkeypatch, minutes, expires):
    monkeypatch.setattr("sora_nb.providers.delivery.TIMES", 1)
    with Faulty(expires, answer(b"", 404)) as server, waiting(server, tmp_path, minutes) as studio:
        assert studio.resume()["now"].tolist() == ["running"]
        server.replies = [expires, answer(footage.read_bytes())]
        server.requests.clear()
        assert studio.resume()["now"].tolist() == ["done"]


def test_a_video_that_comes_cut_off_is_fetched_again(tmp_path, footage):
    media.cut(footage, Clip(1, 2), tmp_path / "a.mp4")
    whole = (tmp_path / "a.mp4").read_bytes()
    replies = DONE, answer(whole[:-999]), DONE, answer(whole)
    with Faulty(*replies) as server, waiting(server, tmp_path / "mine") as studio:
        first, second = studio.resume(), studio.resume()
        assert studio.ledger.calls()[0].file.read_bytes() == whole
    assert "was cut off" in first["note"][0]
    assert second["now"].tolist() == ["done"]


def test_two_resumes_at_once_do_not_take_up_the_same_calls(tmp_path, footage):
    """The service is asked about the task once, and the file is fetched once."""
    with Faulty(DONE, answer(footage.read_bytes())) as server, waiting(server, tmp_path) as studio:
        with ThreadPoolExecutor(2) as cells:
            tables = list(cells.map(lambda _: studio.resume(), range(2)))
        assert [row.state for row in studio.ledger.calls()] == [State.DONE]
        assert len(server.requests) == 2
    assert "finished" in [note for table in tables for note in table["note"]]


def test_twins_do_not_find_the_same_task(tmp_path):
    """Two lost calls of the same words, one task: it belongs to one of them, the other stays unknown."""
    listing = b'{"data": [{"id": "video_1", "prompt": "twins", "created_at": %d}]}' % time.time()
    failed = answer(b'{"id": "video_1", "status": "failed"}')
    with Faulty(answer(listing), answer(listing), failed) as server, studio_of("custom", server, tmp_path) as studio:
        for _ in range(2):
            studio.ledger.add(sent(server, state=State.UNKNOWN, prompt="twins"))
        table = studio.resume()
        assert sorted(table["now"]) == ["failed", "unknown"]
        assert sorted(call.task for call in studio.ledger.calls()) == ["", "video_1"]


@pytest.mark.parametrize(("told", "now"), [("8", "failed"), ("4", "unknown")])
def test_a_task_of_another_length_is_not_the_lost_call(tmp_path, told, now):
    task = b'{"id": "video_1", "prompt": "twins", "size": "1280x720", "seconds": "%s", "created_at": %d}'
    listing = b'{"data": [' + task % (told.encode(), time.time()) + b"]}"
    failed = answer(b'{"id": "video_1", "status": "failed"}')
    with Faulty(answer(listing), failed) as server, studio_of("custom", server, tmp_path) as studio:
        studio.ledger.add(sent(server, state=State.UNKNOWN, prompt="twins", size="1280x720", seconds=8))
        assert studio.resume()["now"].tolist() == [now]


def test_a_listing_without_a_list_proves_nothing(tmp_path):
    with Faulty(answer(b"{}")) as server, studio_of("local", server, tmp_path) as studio:
        studio.ledger.add(Call(kind="video", profile="local", base_url=server.url, state=State.UNKNOWN))
        assert studio.resume()["now"].tolist() == ["unknown"]


def test_looking_for_a_character_that_is_never_made_ends(tmp_path, monkeypatch):
    monkeypatch.setattr("sora_nb.providers.hosted.LOOK_SECONDS", 0.01)
    short = registry.get("local").model_copy(update={"timeout_create": 0.05})
    call = Call(kind="character", profile="local", clip=Clip(1, 3), state=State.UNKNOWN)
    listing = b'{"data": [{"id": "ch_1", "status": "in_progress", "idempotency_key": "%s"}]}' % call.key.encode()
    with Faulty(answer(listing)) as server, studio_of(short, server, tmp_path) as studio:
        studio.ledger.add(call.model_copy(update={"base_url": server.url}))
        assert "still works on it" in studio.resume()["note"][0]


def test_an_avatar_that_did_not_arrive_is_fetched_by_resume(server, tmp_path, footage, monkeypatch):
    with Studio("local", base_url=server.url, api_key=KEY, home=tmp_path / "mine", progress=False) as studio:
        honest = studio.provider.fetch_file

        async def fetch_file(*args, **kwargs):
            raise DownloadError("The network is away.")

        monkeypatch.setattr(studio.provider, "fetch_file", fetch_file)
        hero = studio.extract(footage, 1, 3, description="a large grey rabbit")
        assert hero.avatar is None
        assert "The network is away" in studio.ledger.calls()[0].error
        monkeypatch.setattr(studio.provider, "fetch_file", honest)
        assert studio.resume()["note"].tolist() == ["its avatar is here now"]
        assert len(studio.resume()) == 0
        again = studio.character(str(hero))
        assert again.avatar.is_file()
        assert (again.description, again.clip_file) == (hero.description, hero.clip_file)


def test_the_command_line_tells_what_became_of_each(server, tmp_path):
    with Studio("local", base_url=server.url, api_key=KEY, home=tmp_path, progress=False) as studio:
        studio.ledger.add(Call(kind="video", profile="local", base_url=server.url, prompt="a corgi"))
    command = [sys.executable, "-m", "sora_nb", "resume", "--home", str(tmp_path)]
    environment = {**os.environ, "SORA_NB_BASE_URL": server.url, "SORA_NB_API_KEY": KEY, "SORA_NB_PROFILE": "local"}
    environment |= postgres.environment(tmp_path)
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert "a corgi" in said
    assert "planned" in said
    assert "it was never sent, so nothing was charged" in said

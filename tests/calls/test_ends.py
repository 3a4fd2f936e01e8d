"""How calls end that services tell of in other words, late, or not at all; and what rows say of money until then."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from conftest import KEY
from faulty import Faulty, answer, ranged
from PIL import Image

from sora_nb.calls import runner
from sora_nb.errors import AuthError, BudgetExceeded, FileNotReady, GenerationFailed, LedgerError, StatusUnknown
from sora_nb.models import Character, Price, State
from sora_nb.providers import registry
from sora_nb.providers.profile import Pace
from sora_nb.storage.call import Call
from sora_nb.studio import Studio

PRICE = Price(kind="video", usd="0.30", source="a test", date="2026-11-25")


def quick(**fields):
    """A gateway of one's own that is asked often, and waited for shortly."""
    found = registry.get("custom")
    video = found.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.02), "wait_longest": 0.5})
    return found.model_copy(update={"video": video, "prices": (PRICE,), "listing": False, **fields})


class Gateway(Faulty):
    """A gateway whose tasks all stand where `task` says."""

    def __init__(self, film=b"", **task):
        super().__init__(self.serve)
        self.task, self.film, self.polls = task, film, 0

    def serve(self, connection, request):
        method, path, _ = request.split(b"\r\n")[0].decode().split(" ")
        if method == "POST":
            connection.sendall(answer(json.dumps({"id": f"video_{len(self.creates)}", "status": "queued"}).encode()))
        elif path == "/a.mp4" and self.film:
            ranged(self.film)(connection, request)
        elif path.startswith("/v1/videos/") and "content" not in path:
            self.polls += 1
            told = {"id": path.rpartition("/")[2], **self.task}
            connection.sendall(answer(json.dumps(told).replace("{}", self.url).encode()))
        else:
            connection.sendall(answer(b"", 404))


@pytest.fixture
def open_studio(tmp_path):
    made = []

    def make(service, profile=None, **options):
        made.append(
            Studio(profile or quick(), base_url=service.url, api_key=KEY, home=tmp_path, progress=False, **options)
        )
        return made[-1]

    yield make
    for studio in made:
        studio.close()


def old_row(service, studio, **fields):
    """A row of two hours ago whose task the service accepted."""
    then = datetime.now(UTC) - timedelta(hours=2)
    kind = {
        "kind": "video",
        "state": State.RUNNING,
        "task": "video_1",
        "estimate": 300_000,
        "reserved": 300_000,
    } | fields
    return studio.ledger.add(Call(profile="custom", base_url=service.url, created_at=then, **kind))


def test_a_word_that_nobody_knows_is_asked_about_and_blocks_no_budget_for_ever(open_studio):
    with Gateway(status="frobnicating") as service:
        studio = open_studio(service, budget="0.50")
        with pytest.raises(StatusUnknown, match=r"says 'frobnicating' of video_1 since .*may have been billed"):
            studio.generate("a fox")
        [row] = studio.ledger.calls()
        assert (row.state, row.charged, row.task) == (State.UNKNOWN, None, "video_1")
        with pytest.raises(BudgetExceeded):
            studio.generate("a fox")
        [note] = studio.resume()["note"]
        assert re.search(rf"says 'frobnicating' of video_1 since .*studio\.settle\('{row.id}', charged=", note)
        studio.settle(row.id, charged=0)
        service.task = {"status": "done", "url": "{}/a.mp4"}
        assert len(studio.resume()) == 0
        assert studio.budget.left == studio.budget.limit


def test_since_when_a_word_is_said_outlives_the_kernel(open_studio):
    with Gateway(status="frobnicating") as service:
        studio = open_studio(service)
        row = old_row(service, studio)
        since = "2026-11-25T10:02:00+00:00"
        studio.ledger.change(row, details={runner.UNKNOWN_WORD: {"word": "frobnicating", "since": since}})
        [told] = studio.resume().to_dict("records")
        assert told["now"] == "unknown"
        assert "says 'frobnicating' of video_1 since 2026-11-25 10:02 UTC" in told["note"]
        assert service.polls == 2
        service.task = {"status": "mulling"}
        assert "2026-11-25 10:02" not in studio.resume()["note"][0]


def test_a_task_under_such_a_word_that_ends_is_fetched(open_studio, clip):
    with Gateway(status="frobnicating", film=clip.read_bytes()) as service:
        studio = open_studio(service)
        old_row(service, studio)
        assert studio.resume()["now"].tolist() == ["unknown"]
        service.task = {"status": "finito", "url": "{}/a.mp4"}
        assert studio.resume()["now"].tolist() == ["done"]
        [row] = studio.ledger.calls()
        assert (row.charged, row.error, len(service.creates)) == (300_000, "", 0)


def test_a_failure_in_any_word_frees_the_budget_and_says_why(open_studio):
    with Gateway(status="moderation_blocked", failure="No faces.", url="{}/a.mp4") as service:
        studio = open_studio(service)
        with pytest.raises(GenerationFailed, match=r"No faces\."):
            studio.generate("a fox")
        assert [(row.state, row.charged) for row in studio.ledger.calls()] == [(State.FAILED, 0)]


def test_a_video_without_a_link_stays_open_however_old_it_is(open_studio, clip):
    with Gateway(status="completed", film=clip.read_bytes()) as service:
        studio = open_studio(service, quick(link_life_hours=0.5))
        row = old_row(service, studio)
        [told] = studio.resume().to_dict("records")
        assert (told["now"], studio.ledger.call(row.id).charged) == ("running", None)
        assert "gave no link to the video video_1" in told["note"]
        assert "studio.resume() to ask for it again" in told["note"]
        service.task |= {"result": {"video": "{}/a.mp4"}}
        assert studio.resume()["now"].tolist() == ["done"]


def test_a_link_that_is_over_ends_its_row_and_is_charged(open_studio):
    with Gateway(status="completed", url="{}/a.mp4") as service:
        studio = open_studio(service, quick(link_life_hours=0.5))
        row = old_row(service, studio)
        assert studio.resume()["now"].tolist() == ["failed"]
        assert studio.ledger.call(row.id).charged == 300_000


def test_a_refused_key_while_polling_leaves_the_row_open_and_says_so(open_studio, clip):
    with Gateway(status="in_progress", film=clip.read_bytes()) as service:
        honest = service.serve
        studio = open_studio(service)

        def refuse(connection, request):
            if request.startswith(b"POST"):
                honest(connection, request)
            else:
                connection.sendall(answer(b"", 401))

        service.replies = [refuse]
        with pytest.raises(AuthError, match=r"The task goes on and is paid for.*resume\(\)"):
            studio.generate("a fox")
        [row] = studio.ledger.calls()
        assert (row.state, row.charged) == (State.RUNNING, None)
        assert "The task goes on" in row.error
        service.replies, service.task = [honest], {"status": "ok", "url": "{}/a.mp4"}
        assert studio.resume()["now"].tolist() == ["done"]


def test_a_ledger_that_cannot_be_written_says_that_nothing_was_sent(open_studio, monkeypatch):
    monkeypatch.setattr("sora_nb.storage.place.BUSY_SECONDS", 0.1)
    with Gateway(status="completed") as service:
        studio = open_studio(service)
        holder = sqlite3.connect(studio.home / "ledger.db", isolation_level=None)
        holder.execute("begin immediate")
        with pytest.raises(
            LedgerError, match=r"locked\. Nothing was sent, nothing was charged\. Another program holds it"
        ):
            studio.generate("a fox")
        holder.close()
        assert service.requests == []


def character(service, studio, path, **fields):
    """A character whose avatar did not come, and its row."""
    row = old_row(
        service, studio, kind="character", state=State.DONE, task="ch_1", charged=0, url=service.url + path,
        characters=("luna",), **fields,
    )  # fmt: skip
    who = Character(
        id="ch_1", username="luna", profile_picture_url=service.url + path, profile="custom", base_url=service.url
    )
    studio.ledger.characters.add(who, row)
    return row


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_avatar_that_is_refused_early_stays_owed(open_studio, pictures, status):
    with Faulty(answer(b"", status)) as service:
        studio = open_studio(service)
        character(service, studio, "/a.png")
        assert "could not be fetched yet" in studio.resume()["note"][0]
        assert len(service.requests) == 3
        service.replies = [answer(pictures)]
        assert studio.resume()["note"].tolist() == ["its avatar is here now"]
        assert studio.character("luna").avatar.is_file()
        assert len(studio.resume()) == 0


@pytest.mark.parametrize(("path", "days"), [("/a.png", 8), ("/a.png?Expires={}", 1)])
def test_an_avatar_is_not_asked_for_for_ever(open_studio, path, days):
    with Faulty(answer(b"", 404)) as service:
        studio = open_studio(service)
        over = int((datetime.now(UTC) - timedelta(minutes=1)).timestamp())
        row = character(service, studio, path.format(over))
        studio.ledger.change(row, created_at=datetime.now(UTC) - timedelta(days=days))
        assert "The avatar's link has ended" in studio.resume()["note"][0]
        assert len(studio.resume()) == 0


@pytest.fixture
def pictures():
    """A picture as bytes."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    return file.getvalue()


def test_a_row_without_an_address_is_not_made_here(studio):
    """Only free services are the engine of this process."""
    studio.ledger.add(Call(kind="video", profile="laozhang", state=State.RUNNING, task="video_1", prompt="a"))
    assert studio.resume()["note"].tolist() == ["left alone: it was sent to laozhang"]


def test_a_film_is_never_asked_for_twice_where_it_came(open_studio, clip):
    with Gateway(status="completed", url="{}/a.mp4", film=clip.read_bytes()) as service:
        studio = open_studio(service)
        assert studio.generate("a fox").path.read_bytes() == clip.read_bytes()
        assert sum(b"GET /a.mp4" in request for request in service.requests) == 1
        service.film = b""
        with pytest.raises(FileNotReady):
            studio.generate("a fox")

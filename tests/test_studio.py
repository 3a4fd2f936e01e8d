"""The studio as a user has it: generate, extract, reuse, costs, and errors that say what they mean for money."""

from __future__ import annotations

import asyncio
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import FOOTAGE, KEY
from faulty import Faulty, Held, answer, reset
from PIL import Image
from waiting import until

from sora_nb import media
from sora_nb.calls.job import WaitInterrupted
from sora_nb.errors import (
    BadRequest,
    ClipError,
    ConfigError,
    DownloadError,
    GenerationFailed,
    InvalidInput,
    OutcomeUnknown,
    PromptError,
    WaitTimeout,
)
from sora_nb.models import State
from sora_nb.providers import registry
from sora_nb.providers.profile import Pace
from sora_nb.server.server import LocalServer
from sora_nb.studio import Studio

SMALL = {"seconds": 2, "size": "320x180"}


@pytest.fixture
def studio(server, tmp_path):
    with Studio("local", base_url=server.url, api_key=KEY, home=tmp_path / "mine", progress=False) as made:
        yield made


def gateway(url, home, **changes):
    """A studio of a paid gateway of one's own, polled soon."""
    rules = registry.get("laozhang")
    soon = {"video": rules.video.model_copy(update={"poll": Pace(shortest=0.1, longest=1)})}
    profile = rules.model_copy(
        update={
            "name": "paid",
            "timeout_create": 1.0,
            "retired": "",
            "retired_models": (),
            "retired_routes": (),
            **soon,
            **changes,
        }
    )
    return Studio(profile, base_url=url, api_key=KEY, home=home, progress=False)


def test_the_whole_loop(studio, footage):
    clip = studio.generate("a corgi barista pours latte art", **SMALL)
    hero = studio.extract(footage, 1, 3, description="a large grey rabbit")
    video = studio.generate(f"{hero} walking on the beach at sunset", **SMALL)
    assert clip.path.read_bytes()[4:8] == b"ftyp"
    assert video.characters == (hero.username,)
    assert hero.avatar.is_file()
    assert hero.clip_file.is_file()
    with Image.open(hero.cutout) as cutout:
        assert cutout.mode == "RGBA"
    assert hero.providers[str(hero.service)].id == hero.id
    assert studio.character(str(hero)).description == "a large grey rabbit"
    table = studio.costs()
    assert table["kind"].tolist() == ["video", "character", "video"]
    assert table["estimate"].sum() == pytest.approx(0.31)
    assert table["charged"].sum() == 0
    assert table["status"].tolist() == ["done"] * 3
    assert [video.path for video in studio.videos()] == [video.path, clip.path]
    assert studio.characters() == [hero]
    assert studio.character(str(hero)) == hero


@pytest.mark.release
def test_a_character_from_anything_that_is_a_video(studio, footage, tmp_path):
    job = studio.submit("a corgi", **SMALL)
    video = job.result()
    sync = studio.generate("a corgi", route="sync")
    with Faulty(answer(footage.read_bytes())) as web:
        sources = [job, video, video.id, str(footage), web.url + "/a.mp4", sync]
        heroes = [studio.extract(source, 0, 1) for source in sources]
    assert [hero.source.partition(":")[0] for hero in heroes] == ["task", "task", "task", "file", "url", "task"]
    assert len({hero.username for hero in heroes}) == 6
    assert [media.probe(hero.clip_file).duration for hero in heroes] == pytest.approx([1.0] * 6, abs=0.05)


@pytest.mark.parametrize(
    ("source", "start", "end", "kind", "words"),
    [
        ("no such file.mp4", 1, 3, InvalidInput, f"no file on this machine.*they begin at '{Path.cwd()}'"),
        ("FOOTAGE", 1, 1.9, ClipError, "Choose 1 to 3 s"),
        ("FOOTAGE", 4, 6, ClipError, "the video at 5.28 s"),
        ("FOOTAGE", -1, 1, ClipError, "1 s before the video does.*from its beginning, 0"),
        ("TEXT", 1, 3, InvalidInput, "not a video file"),
        ("PICTURE", 1, 3, InvalidInput, "'cat.jpg' is a still picture, not a video.*Choose a video"),
    ],
)
def test_what_cannot_be_extracted_is_refused_before_it_is_sent(
    studio, footage, tmp_path, source, start, end, kind, words
):
    (tmp_path / "a.mp4").write_text("hello")
    (tmp_path / "cat.jpg").write_bytes((FOOTAGE.parent / "coffee.jpg").read_bytes())
    paths = {"FOOTAGE": footage, "TEXT": tmp_path / "a.mp4", "PICTURE": tmp_path / "cat.jpg"}
    with pytest.raises(kind, match=words):
        studio.extract(paths.get(source, source), start, end)
    assert len(studio.costs()) == 0


@pytest.mark.parametrize("source", ["~nobody-here.mp4", "x" * 5000, "nowhere.mp4"])
def test_what_is_no_source_is_told(studio, source):
    with pytest.raises(InvalidInput, match="is no file on this machine"):
        studio.extract(source, 1, 3)


@pytest.mark.parametrize("route", ["async", "sync"])
def test_a_picture_that_is_not_there_is_told(studio, route):
    with pytest.raises(InvalidInput, match="is not a PNG"):
        studio.submit("a corgi", route=route, size="1280x704", seconds=10, image="nowhere.png")


def test_a_video_that_does_not_come_leaves_nothing_behind(studio):
    with Faulty(answer(b"half", length=999)) as web, pytest.raises(DownloadError):
        studio.fetch(f"{web.url}/a.mp4")
    assert list((studio.home / "sources").iterdir()) == []


def test_what_is_fetched_keeps_its_name(studio, clip):
    with Faulty(answer(clip.read_bytes())) as web:
        first = studio.fetch(f"{web.url}/films/my%20cat.MOV?token=1")
        again = studio.fetch(f"{web.url}/films/my%20cat.MOV?token=2")
        unnamed = studio.fetch(web.url)
    assert first == again
    assert [first.name, unnamed.name] == ["my cat.MOV", "video.mp4"]
    assert first.parent == unnamed.parent  # of the same bytes
    assert first.read_bytes() == clip.read_bytes()


def test_a_download_that_is_interrupted_is_stopped(studio, clip, monkeypatch):
    held = Held(clip.read_bytes(), 20_000)
    arrived = threading.Event()
    begin = studio._session.submit_fetch

    def submit(url):
        coming = begin(url, lambda *_: arrived.set())

        def result():
            arrived.wait()
            raise KeyboardInterrupt

        monkeypatch.setattr(coming, "result", result)
        return coming

    monkeypatch.setattr(studio._session, "submit_fetch", submit)
    with Faulty(held) as web, pytest.raises(WaitInterrupted, match="You stopped the download"):
        studio.fetch(f"{web.url}/cat.mp4")
    until(held.broken.is_set)
    until(lambda: not list((studio.home / "sources").iterdir()))


def test_closing_does_not_wait_for_a_character_that_is_not_made_any_more(tmp_path, engine, clip):
    engine.hold()
    server = LocalServer(tmp_path / "server", engine, api_key=KEY).start()
    with Studio("local", base_url=server.url, api_key=KEY, home=tmp_path / "mine", progress=False) as studio:
        job = studio.submit_extract(clip, 0.5, 2)
        until(lambda: engine.begun)
        server.stop()  # waits for the work no longer than until its next step
        with pytest.raises(OutcomeUnknown):
            job.result()


def test_an_unknown_name_is_refused_before_it_is_sent(studio):
    with pytest.raises(PromptError, match="no character @nobody"):
        studio.generate("@nobody runs")
    assert len(studio.costs()) == 0


@pytest.mark.parametrize("seconds", [-100, 0, 4.5, "4 s", True])
def test_a_length_that_is_none_is_refused_before_it_is_priced(tmp_path, seconds):
    with Studio("openai-shape", base_url="http://127.0.0.1:9", api_key=KEY, home=tmp_path, budget=1) as studio:
        with pytest.raises(InvalidInput, match="is a whole number of seconds"):
            studio.submit("a corgi", seconds=seconds)
        assert studio.costs().empty


def test_a_size_the_profile_does_not_have_is_refused_before_there_is_a_row(studio):
    with pytest.raises(InvalidInput, match="even numbers from 64 to 1920"):
        studio.generate("a corgi", size="321x181", seconds=1)
    assert studio.costs().empty


def test_a_refusal_of_the_service_is_a_row_that_cost_nothing(tmp_path):
    refusal = answer(b'{"error": {"message": "even numbers only"}}', 400)
    with Faulty(refusal) as server, gateway(server.url, tmp_path) as studio:
        with pytest.raises(BadRequest, match="even numbers"):
            studio.generate("a corgi", size="321x181", seconds=5)
        (row,) = studio.ledger.calls()
        assert (row.state, row.charged) == (State.FAILED, 0)
        assert "even numbers" in row.error


def test_a_job_goes_on_by_itself(studio, engine):
    engine.hold()
    job = studio.submit("a corgi", **SMALL)
    assert job.state == "running"
    with pytest.raises(WaitTimeout, match="The video is at"):
        job.result(timeout=0.3)
    assert "Job(video, running" in repr(job)
    assert "<progress" in job._repr_mimebundle_()["text/html"]
    engine.go_on()
    assert job.result().path.is_file()
    assert (job.state, job.progress) == ("done", 100)


def test_a_job_can_be_awaited_where_a_loop_runs(studio):
    async def cell():
        return await studio.submit("a corgi", **SMALL)

    assert asyncio.run(cell()).path.is_file()


def test_stopping_a_cell_does_not_stop_the_job(studio, engine):
    engine.hold()

    async def cell(job):
        await asyncio.wait_for(job, timeout=0.2)

    job = studio.submit("a corgi", **SMALL)
    with pytest.raises(TimeoutError):
        asyncio.run(cell(job))
    engine.go_on()
    assert job.result().path.is_file()


def test_a_progress_bar_moves_with_the_task(server, engine, tmp_path, capsys):
    engine.delay = 0.1
    with Studio("local", base_url=server.url, api_key=KEY, home=tmp_path / "mine") as studio:
        studio.generate("a corgi", **SMALL)
    shown = capsys.readouterr().err
    assert "a corgi" in shown
    assert "0%" in shown


def test_the_price_is_known_before(studio):
    price = studio.estimate()
    assert (price.usd, price.free) == (Decimal("0.15"), True)
    assert "docs.laozhang.ai" in str(price)
    assert studio.estimate("character").usd == Decimal("0.01")
    with pytest.raises(InvalidInput, match=r"'video' or a 'character', not for 'a cat'"):
        studio.estimate("a cat")
    with gateway("http://127.0.0.1:9", studio.home / "other", prices=()) as other:
        assert str(other.estimate()) == "unknown: no price list has this model"


# --- a gateway that charges ---------------------------------------------------------------------------------------------

TASK = b'{"id": "video_1", "status": "queued", "prompt": "a corgi"}'
FAILED = b'{"id": "video_1", "status": "failed", "error": "Content policy violation"}'


def test_a_closed_studio_sends_nothing(tmp_path):
    with Faulty(answer(TASK)) as server:
        studio = gateway(server.url, tmp_path)
        assert studio.provider
        studio.close()
        with pytest.raises(ConfigError, match=r"was closed\. Nothing was sent"):
            studio.generate("a corgi")
        with pytest.raises(ConfigError, match="was closed"):
            studio.fetch(server.url)
        assert studio.ledger.calls() == server.requests == []
        studio.close()


def test_a_create_whose_answer_is_lost_counts_as_perhaps_billed(tmp_path):
    with Faulty(reset) as server, gateway(server.url, tmp_path) as studio:
        with pytest.raises(OutcomeUnknown):
            studio.generate("a corgi")
        (row,) = studio.ledger.calls()
        assert (row.state, row.estimate, row.charged) == (State.UNKNOWN, 300_000, None)
        assert studio.costs()["status"].tolist() == ["unknown"]
        assert len(server.creates) == 1


def test_a_failed_task_costs_what_the_profile_says(tmp_path):
    with Faulty(answer(TASK), answer(FAILED)) as server, gateway(server.url, tmp_path) as studio:
        with pytest.raises(GenerationFailed, match="Content policy violation"):
            studio.generate("a corgi")
        assert studio.ledger.calls()[0].charged == 0


def test_a_failure_inside_the_stream_is_charged_where_the_vendor_does_so(tmp_path):
    event = b'data: {"error": {"message": "Content policy violation"}}\n\ndata: [DONE]\n\n'
    stream = answer(event, headers=[("content-type", "text/event-stream")])
    with Faulty(stream) as server, gateway(server.url, tmp_path) as studio:
        with pytest.raises(GenerationFailed, match="charges such calls"):
            studio.generate("a corgi", route="sync", size="1280x704")
        assert studio.ledger.calls()[0].charged == 150_000


def test_a_stream_that_breaks_off_is_unknown(tmp_path):
    stream = answer(b"data: {}\n\n", headers=[("content-type", "text/event-stream")])
    with Faulty(stream) as server, gateway(server.url, tmp_path) as studio:
        with pytest.raises(OutcomeUnknown, match="broke off"):
            studio.generate("a corgi", route="sync", size="1280x704")
        assert studio.ledger.calls()[0].state is State.UNKNOWN


def test_a_lost_create_is_found_again_by_listing(tmp_path, footage):
    """The answer to the create is lost; resume() finds the one task that fits, and fetches it."""
    now = int(time.time())
    listing = b'{"data": [{"id": "video_1", "prompt": "a corgi", "status": "completed", "created_at": %d}]}' % now
    done = b'{"id": "video_1", "status": "completed"}'
    with Faulty(reset, answer(listing), answer(done), answer(footage.read_bytes())) as server:
        with gateway(server.url, tmp_path) as studio:
            with pytest.raises(OutcomeUnknown):
                studio.generate("a corgi")
            table = studio.resume()
            assert table[["was", "now", "note"]].values.tolist() == [["unknown", "done", "finished"]]
            (row,) = studio.ledger.calls()
            assert row.file.read_bytes() == footage.read_bytes()
            assert row.charged == 300_000
        assert len(server.creates) == 1


def test_two_tasks_that_fit_are_no_proof(tmp_path):
    now = int(time.time())
    entry = b'{"id": "video_%d", "prompt": "a corgi", "status": "completed", "created_at": %d}'
    listing = b'{"data": [%s, %s]}' % (entry % (1, now), entry % (2, now))
    with Faulty(reset, answer(listing)) as server, gateway(server.url, tmp_path) as studio:
        with pytest.raises(OutcomeUnknown):
            studio.generate("a corgi")
        assert studio.resume()["note"][0].startswith("not found at the service; it may have been billed. If you know")
        assert studio.ledger.calls()[0].state is State.UNKNOWN


def test_a_local_file_for_a_gateway_that_takes_addresses_only(tmp_path, footage):
    with Faulty(answer()) as server, gateway(server.url, tmp_path) as studio:
        with pytest.raises(InvalidInput, match="give its https:// address"):
            studio.extract(footage, 1, 3)
        assert server.requests == []


def test_the_openai_shape_takes_a_cut_file_and_names(tmp_path, footage):
    made = b'{"id": "char_123", "created_at": 1758941485, "name": "Mossy"}'
    queued = b'{"id": "video_1", "status": "failed", "error": {"code": "x", "message": "y"}}'
    with Faulty(answer(made), answer(queued)) as server:
        with Studio("openai-shape", base_url=server.url, api_key=KEY, home=tmp_path, progress=False) as studio:
            hero = studio.extract(footage, 1, 3, name="Mossy")
            with pytest.raises(GenerationFailed):
                studio.generate(f"{hero} runs", seconds=8)
        assert b"POST /v1/videos/characters" in server.requests[0]
        assert b"ftyp" in server.requests[0]
        assert b'"prompt":"Mossy runs"' in server.requests[1].replace(b": ", b":")
        assert b'"characters":[{"id":"char_123"}]' in server.requests[1].replace(b": ", b":")


def shaped(server, home):
    return Studio("openai-shape", base_url=server.url, api_key=KEY, home=home, progress=False)


def test_a_paid_character_is_kept_whatever_its_name(tmp_path, footage):
    """A name without Latin letters makes no handle, and two characters may have the same name."""
    replies = [
        answer(b'{"id": "char_%d", "name": "%s"}' % made) for made in ((1, "小狗".encode()), (2, b"Mo"), (3, b"Mo"))
    ]
    with Faulty(*replies) as server, shaped(server, tmp_path) as studio:
        made = [studio.extract(footage, 1, 3) for _ in range(3)]
        assert [str(who) for who in made] == ["@char_1", "@mo", "@mo2"]
        assert [who.id for who in reversed(studio.characters())] == ["char_1", "char_2", "char_3"]


def test_a_renamed_character_keeps_the_name_its_service_knows(tmp_path, footage):
    made = answer(b'{"id": "char_123", "name": "Mossy"}')
    with Faulty(made, answer(FAILED)) as server, shaped(server, tmp_path) as studio:
        hero = studio.rename(studio.extract(footage, 1, 3, name="Mossy"), "The old one")
        with pytest.raises(GenerationFailed):
            studio.generate(f"{hero} runs", seconds=8)
        assert b'"prompt":"Mossy runs"' in server.requests[1].replace(b": ", b":")


def test_a_lost_create_with_a_name_in_it_is_found_again(tmp_path, footage):
    """The service lists the prompt as it was sent: with the name, not the handle."""
    made = answer(b'{"id": "char_123", "name": "Mossy"}')
    task = b'{"id": "video_1", "prompt": "Mossy runs", "status": "failed", "created_at": %d}' % time.time()
    replies = made, reset, answer(b'{"data": [%s]}' % task), answer(task)
    with Faulty(*replies) as server, shaped(server, tmp_path) as studio:
        hero = studio.extract(footage, 1, 3, name="Mossy")
        with pytest.raises(OutcomeUnknown):
            studio.generate(f"{hero} runs", seconds=8)
        assert studio.resume()["now"].tolist() == ["failed"]
        assert studio.ledger.calls()[1].task == "video_1"


def test_the_key_is_nowhere_to_be_seen(studio, footage, capsys):
    hero = studio.extract(footage, 1, 3)
    with pytest.raises(InvalidInput) as caught:
        studio.generate(f"{hero} runs", size="1x1")
    seen = repr(studio) + str(vars(studio)) + repr(hero) + str(caught.value) + studio.costs().to_csv()
    seen += (studio.home / "ledger.db").read_bytes().decode("latin-1") + "".join(capsys.readouterr())
    assert KEY not in seen


def test_arguments_that_are_none_are_refused_in_words(studio, footage):
    hero = studio.extract(footage, 2, 4)
    for call, words in (
        (lambda: studio.generate(hero), "A prompt is a text"),
        (lambda: studio.generate("a fox", route="fast"), "There is no route 'fast'"),
        (lambda: studio.generate("a fox", seed=1.5), "A seed is a whole number"),
        (lambda: studio.rename("@nobody", "Bun"), "There is no character @nobody here"),
        (lambda: studio.forget("nobody"), "There is no character @nobody here"),
    ):
        with pytest.raises(InvalidInput, match=words):
            call()
    assert len(studio.costs()) == 1


def test_a_character_is_renamed_and_forgotten_by_its_username(studio, footage):
    hero = studio.extract(footage, 2, 4)
    assert studio.rename(str(hero), "Bun").display_name == "Bun"
    studio.forget(hero.username)
    assert studio.characters() == []


def test_what_the_engine_did_not_understand_is_told(tmp_path):
    with Studio("local", home=tmp_path, progress=False) as studio:
        video = studio.generate("a fox with a gramophone", seconds=1, size="320x176")
        (again,) = studio.videos()
    assert video.warnings[0] == "Not drawn by the local engine: gramophone."
    assert video.warnings[1].startswith("Not said, so chosen by the local engine: scene ")
    assert again.warnings == video.warnings
    assert "Not drawn by the local engine: gramophone." in video._repr_mimebundle_()["text/html"]

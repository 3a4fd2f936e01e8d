"""One home: what is asked of whom, what is kept of it, and what is given back."""

from __future__ import annotations

import dataclasses
import gc
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest
from conftest import KEY
from faulty import Faulty, answer
from quick import QuickEngine
from serving import usage
from waiting import until

from sora_nb import ClipSlider
from sora_nb.engines.animatic import AnimaticEngine
from sora_nb.engines.cutout import extraction
from sora_nb.errors import (
    ConfigError,
    DownloadError,
    GenerationFailed,
    InvalidInput,
    OutcomeUnknown,
    PromptError,
    SoraError,
    WaitTimeout,
)
from sora_nb.models import Clip, ServiceId, State
from sora_nb.providers import registry
from sora_nb.storage.call import Call
from sora_nb.studio import Studio

SMALL = {"seconds": 1, "size": "64x64"}

# --- what is asked for --------------------------------------------------------------------------------------------------------


def test_calls_have_ids_and_seeds_in_every_table(studio):
    video = studio.generate("a corgi", seed=7, **SMALL)
    assert (video.seed, studio.videos()[0].seed) == (7, 7)
    assert studio.generate("a corgi", **SMALL).seed is None
    table = studio.costs()
    assert table["seed"].tolist()[0] == 7
    assert table["id"].tolist() == [call.id for call in studio.ledger.calls()]
    assert "id" in studio.resume().columns


@pytest.mark.parametrize("size", ["640x360", (640, 360), "640*360", [640, 360], np.array([640, 360])])
def test_a_size_is_written_as_one_likes(studio, engine, size):
    video = studio.generate("a corgi", size=size, seconds=np.int64(1), seed=np.int32(3))
    assert (video.size, video.seconds, video.seed) == ("640x360", 1, 3)
    assert (engine.requests[0].width, engine.requests[0].height) == (640, 360)


def test_seconds_are_given_as_one_has_them(studio, clip):
    slider = ClipSlider(clip)
    slider.value = (0, 2)
    ways = [
        (Clip(0, 2),),
        ((0, 2),),
        (slider.value,),
        (0, 2),
        ("0:00", "0:02"),
        (np.int64(0), np.float32(2)),
        (np.array([0, 2]),),
    ]
    made = [studio.extract(clip, *way) for way in ways]
    assert {who.clip for who in made} == {Clip(0, 2)}


@pytest.mark.parametrize(
    "options", [{"size": "potato"}, {"size": ""}, {"seed": True}, {"seconds": True}, {"model": 5}, {"image": ""}]
)
def test_what_makes_no_sense_is_refused_in_words_and_leaves_no_row(studio, options):
    with pytest.raises(SoraError, match="nothing was charged"):
        studio.submit("a corgi", **{**SMALL, **options})
    assert studio.costs().empty


# --- of whom ------------------------------------------------------------------------------------------------------------------


def test_a_profile_of_ones_own_counts_in_process_too(engine, tmp_path):
    local = registry.get("local")
    rules = local.video.model_copy(update={"size": "64x64", "seconds": 2})
    mine = local.model_copy(update={"name": "mine", "video": rules})
    with Studio(mine, engine=engine, home=tmp_path, progress=False) as studio:
        video = studio.generate("a corgi")
        assert (video.size, video.seconds, video.profile) == ("64x64", 2, "mine")
    with Studio("local", engine=engine, home=tmp_path, progress=False) as studio:
        assert studio.resume().empty


def test_a_hosted_studio_draws_with_the_engine_of_this_process_by_name(hosted, engine, http):
    studio = hosted("custom", engine=engine)
    video = studio.generate("a corgi", model="local/animatic", **SMALL)
    assert (video.service, video.model) == (ServiceId("local", ""), "animatic")
    assert usage(http)["video"]["accepted"] == 0
    assert studio.costs()["charged"].tolist() == [0]


FAILED = answer(b'{"id": "video_1", "status": "failed", "error": "no"}')


@pytest.mark.release  # this service is polled every ten seconds
def test_another_service_has_a_key_of_its_own(hosted, monkeypatch):
    with Faulty(FAILED) as other:
        monkeypatch.setenv("SORA_NB_LAOZHANG_BASE_URL", other.url)
        monkeypatch.setenv("SORA_NB_LAOZHANG_API_KEY", "of-its-own")
        with pytest.raises(GenerationFailed):
            hosted().generate("a corgi", model="laozhang/muse-video")
    assert other.creates
    assert all(b"Bearer of-its-own" in request for request in other.requests)
    assert not any(KEY.encode() in request for request in other.requests)


def test_the_default_key_never_goes_to_another_service(hosted, monkeypatch):
    with Faulty(FAILED) as other:
        monkeypatch.setenv("SORA_NB_LAOZHANG_BASE_URL", other.url)
        with pytest.raises(ConfigError, match="Set SORA_NB_LAOZHANG_API_KEY"):
            hosted().generate("a corgi", model="laozhang/muse-video")
    assert other.requests == []
    assert hosted().costs().empty


def test_a_closed_studio_opens_nothing_any_more(hosted):
    studio = hosted()
    studio.close()
    with pytest.raises(ConfigError, match=r"was closed\. Nothing was sent"):
        studio.generate("a corgi", **SMALL)


@pytest.mark.parametrize("begun", ["waiting", "fetching"])
def test_what_a_closed_studio_had_sent_is_told_to_go_on(hosted, engine, monkeypatch, begun):
    """It was sent, so nothing may say otherwise."""
    studio = hosted()
    if begun == "waiting":
        engine.hold()
        job = studio.submit("a corgi", **SMALL)
        until(lambda: studio.ledger.call(job.id).task)
        studio.close()
        engine.go_on()
    else:
        honest = studio.provider.fetch

        async def fetch(*args):
            await studio.provider.close()
            return await honest(*args)

        monkeypatch.setattr(studio.provider, "fetch", fetch)
        job = studio.submit("a corgi", **SMALL)
    with pytest.raises(WaitTimeout, match=r"closed.*The task goes on and is paid for"):
        job.result()
    studio.close()
    assert hosted().resume()["now"].tolist() == ["done"]


# --- who is mentioned -----------------------------------------------------------------------------------------------------------


def test_a_character_of_another_service_acts_here_from_its_clip(hosted, engine, clip):
    """One home, two services: what one has made the engine of this process plays, and not the other way round."""
    paid = hosted(engine=engine)
    hero = paid.extract(clip, 0, 2)
    assert paid.generate(f"{hero} runs", model="local/animatic", **SMALL).characters == (hero.username,)
    with Studio("local", engine=engine, home=paid.home, progress=False) as local:
        mine = local.extract(hero.clip_file, 0, 2, name="luna")
        assert local.generate(f"{mine} and {hero} run", **SMALL).characters == ("luna", hero.username)
    with pytest.raises(PromptError, match=r"@luna is known to local only, not to paid") as caught:
        paid.generate("@luna runs", **SMALL)
    assert str(mine.clip_file) in str(caught.value)
    assert len(paid.ledger.calls()) == 4


def test_a_character_of_an_older_version_acts_in_new_films(made, tmp_path):
    """Version 0.1 kept cut-outs with the server it started, and its characters named no folder."""
    home = shutil.copytree(made.home, tmp_path / "home")
    (kept,) = (home / "cutouts").iterdir()
    with Studio("local", home=home, progress=False) as studio:
        (hero,) = studio.characters()
        (home / "server" / "characters").mkdir(parents=True)
        kept.rename(home / "server" / "characters" / hero.id)
        studio.forget(hero)
        studio.keep(hero.model_copy(update={"cutout": None, "clip_file": None}))
        assert studio.generate(f"{hero} dances", seconds=1, size="320x180").characters == (hero.username,)
    assert not list((home / "cutouts").iterdir())  # it was read where it lay


def test_who_has_neither_cutout_nor_clip_cannot_act(studio, clip):
    hero = studio.extract(clip, 0, 2)
    studio.forget(hero)
    studio.keep(hero.model_copy(update={"cutout": None, "clip_file": None, "clip_sha256": ""}))
    with pytest.raises(InvalidInput, match="was not kept on this machine"):
        studio.generate(f"{hero} runs", **SMALL)
    assert studio.costs()["charged"].sum() == 0


# --- what is kept ---------------------------------------------------------------------------------------------------------------


def files_below(home):
    return [
        path
        for path in home.rglob("*")
        if path.is_file() and path.parent.name != "kernels" and "ledger" not in path.name
    ]


def test_everything_is_on_disk_once(studio, clip):
    hero = studio.extract(clip, 0, 2)
    studio.generate(f"{hero} runs", **SMALL)
    contents = [path.read_bytes() for path in files_below(studio.home)]
    assert len(set(contents)) == len(contents)
    assert [path.parent.name for path in files_below(studio.home) if path.suffix == ".mp4"].count("videos") == 1
    assert hero.avatar.parent == hero.cutout.parent  # the avatar is the cut-out's


def test_a_character_is_cut_out_once_for_all_that_follows(made, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(extraction, "extract", lambda *args: calls.append(args))
    home = shutil.copytree(made.home, tmp_path / "home")
    with Studio("local", home=home, progress=False) as studio:
        kept = studio.home / "cutouts" / made.rabbit.cutout.parent.name
        rabbit = made.rabbit.model_copy(update={"cutout": kept / made.rabbit.cutout.name})
        assert studio.consistency(rabbit, made.film).score >= 0.2
    assert calls == []


def test_a_cell_that_is_run_again_returns_the_character_it_made(studio, clip):
    """Whatever became of it since; only another order under its name is refused."""
    same = {"name": "luna", "subject": (0.5, 0.5), "description": "a grey rabbit"}
    luna = studio.extract(clip, 0, 2, **same)
    assert studio.extract(str(clip), (0, 2), **same) == luna
    renamed = studio.rename(luna, "bunny")
    assert studio.extract(clip, 0, 2, **same) == renamed
    assert studio.costs()["kind"].tolist() == ["character"]
    studio.forget(renamed)
    again = studio.extract(clip, 0, 2, **same)
    assert (again.username, len(studio.costs())) == ("luna", 2)


@pytest.mark.parametrize("other", [{"end": 1.5}, {"subject": (0.5, 0.4)}, {"description": "a dog"}])
def test_a_name_is_not_given_to_what_another_order_makes(studio, clip, other):
    order = {"start": 0, "end": 2, "name": "luna"}
    studio.extract(clip, **order)
    with pytest.raises(InvalidInput, match="There is a character @luna in this library already"):
        studio.extract(clip, **{**order, **other})


def test_a_film_that_was_replaced_is_another_one(studio, clip, tmp_path):
    film = shutil.copy(clip, tmp_path / "film.mp4")
    os.utime(film, (0, 0))
    luna = studio.extract(film, 0, 2, name="luna")
    assert studio.extract(film, 0, 2, name="luna") == luna
    os.utime(film)
    with pytest.raises(InvalidInput, match="There is a character @luna in this library already"):
        studio.extract(film, 0, 2, name="luna")


def test_a_character_is_described_in_the_users_words(studio, clip):
    hero = studio.extract(clip, 0, 2)
    assert hero.description.endswith(" figure")
    assert studio.describe(str(hero), "a large grey rabbit").description == "a large grey rabbit"
    told = studio.extract(clip, 0, 2, description="a rabbit that yawns")
    assert told.description == "a rabbit that yawns"
    with pytest.raises(InvalidInput, match="description is a text"):
        studio.describe(hero, 5)
    assert [who.description for who in studio.characters()] == ["a rabbit that yawns", "a large grey rabbit"]


def test_what_is_deleted_is_gone_from_the_disk_and_not_from_the_costs(studio, clip):
    video, hero = studio.generate("a corgi", seed=1, **SMALL), studio.extract(clip, 0, 2)
    went = studio.delete(video)
    assert set(went.paths) == {video.path, video.poster}
    assert went.size > 0
    assert studio.videos() == []
    went = studio.delete(hero)
    assert {hero.avatar, hero.cutout, hero.clip_file, *(still.path for still in hero.stills)} <= set(went.paths)
    assert studio.characters() == []
    assert files_below(studio.home) == []
    assert studio.costs()["status"].tolist() == ["done", "done"]
    with pytest.raises(InvalidInput, match="not kept here"):
        studio.delete(video)


def test_a_film_that_two_calls_have_made_is_kept_for_the_other(studio):
    first, second = (studio.generate("a corgi", seed=1, **SMALL) for _ in range(2))
    assert first.path == second.path
    assert studio.delete(first).paths == ()
    assert studio.videos() == [second]
    assert second.path in studio.delete(second).paths


def test_what_is_left_over_is_pruned(studio, clip):
    video = studio.generate("a corgi", **SMALL)
    stray = studio.home / "videos" / "nobody-names-it.mp4"
    shutil.copyfile(video.path, stray)
    hero = studio.extract(clip, 0, 2)
    assert studio.prune().paths == (stray,)
    assert video.path.is_file()
    assert all(still.path.is_file() for still in hero.stills)


# --- what is given back -----------------------------------------------------------------------------------------------------------


def test_making_the_studio_again_gives_back_what_the_last_one_held(tmp_path):
    """As a cell that is run again does: `studio = Studio()`, without close()."""
    me = psutil.Process()
    held = []
    for number in range(6):
        studio = Studio(engine=QuickEngine(), home=tmp_path, progress=False)
        studio.generate("a corgi", seed=number, **SMALL)
        gc.collect()
        locks = len(list((tmp_path / "kernels").iterdir()))
        held.append((threading.active_count(), me.num_fds(), locks))
    assert held[-1][0] <= held[1][0] + 1  # a pool may have begun one more of its threads
    assert held[-1][1] <= held[1][1] + 1
    assert {locks for *_, locks in held} == {1}
    assert [one for one in me.net_connections() if one.status == "LISTEN"] == []
    studio.close()


def test_closing_interrupts_the_film_that_is_made_and_it_is_made_again_with_the_same_bytes(tmp_path):
    asked = {"seconds": 2, "size": "320x180", "seed": 7}
    with Studio("local", home=tmp_path, progress=False) as studio:
        wanted = studio.generate("a corgi runs on the beach", **asked).path.read_bytes()
    begun = threading.Event()

    class Watched(AnimaticEngine):
        def generate(self, request, out, control):
            begun.set()
            until(control._cancelled.is_set)
            return super().generate(request, out, control)

    studio = Studio("local", home=tmp_path, progress=False, engine=Watched())
    job, waiting = (studio.submit("a corgi runs on the beach", **asked) for _ in range(2))
    begun.wait()
    studio.close()
    for each in (job, waiting):
        with pytest.raises(SoraError, match=r"was closed before this was made.*charges nothing.*remake=True"):
            each.result()
    with Studio("local", home=tmp_path, progress=False) as later:
        assert [call.state for call in later.ledger.calls()] == [State.DONE, State.INTERRUPTED, State.INTERRUPTED]
        assert later.resume().empty
        assert later.resume(remake=True)["now"].tolist() == ["done", "done"]
        assert {Path(file).read_bytes() for file in later.costs()["file"]} == {wanted}


# --- what is no argument at all -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [5, b"a", ["a"], object()], ids=["number", "bytes", "list", "object"])
@pytest.mark.parametrize(
    "call",
    [
        lambda studio, _, wrong: studio.submit("a corgi", image=wrong),
        lambda studio, _, wrong: studio.submit("a corgi", route=wrong),
        lambda studio, clip, wrong: studio.submit_extract(clip, 0, 2, subject=wrong),
        lambda studio, clip, wrong: studio.submit_extract(clip, 0, 2, name=wrong),
        lambda studio, clip, wrong: studio.submit_extract(clip, 0, 2, description=wrong),
        lambda studio, clip, wrong: studio.consistency(wrong, clip),
        lambda studio, _, wrong: studio.delete(wrong),
        lambda studio, _, wrong: studio.rename(wrong, "Bun"),
        lambda studio, _, wrong: studio.describe(wrong, "a grey rabbit"),
        lambda studio, _, wrong: studio.forget(wrong),
        lambda studio, _, wrong: studio.keep(wrong),
        lambda studio, _, wrong: studio.character(wrong),
        lambda studio, _, wrong: studio.job(wrong),
        lambda studio, _, wrong: studio.settle(wrong, charged=0),
        lambda studio, _, wrong: studio.fetch(wrong),
        lambda studio, _, wrong: studio.explain(wrong),
        lambda studio, _, wrong: studio.sweep(["a {character}"], characters=[wrong]),
        lambda studio, _, wrong: studio.sweep(["a corgi"], repeats=wrong if not isinstance(wrong, int) else 0),
        lambda studio, _, wrong: studio.sweep([wrong]),
        lambda studio, _, wrong: studio.sweep(["a corgi"], models=wrong if not isinstance(wrong, list) else 7),
        lambda studio, _, wrong: Studio("local", home=wrong),
        lambda studio, _, wrong: Studio("custom", base_url=wrong),
    ],
)
def test_what_is_no_argument_at_all_is_refused_in_words(studio, clip, call, wrong):
    with pytest.raises(SoraError):
        call(studio, clip, wrong)
    assert len(studio.costs()) == 0


def test_a_model_that_the_engine_does_not_have_is_refused_and_not_drawn_by_another_name(studio):
    for model in ("muse-video", "nosuch/film", "/"):
        with pytest.raises(InvalidInput, match=r"has no model .* named service/model"):
            studio.generate("a corgi", model=model)
        with pytest.raises(InvalidInput, match="has no model"):
            studio.estimate(model=model)
    assert studio.costs().empty


def test_who_stands_out_is_given_back_as_the_subject(studio, clip):
    found = studio.subjects(clip, 0, 1)
    assert (len(found), len(found[:1]), len(list(found))) == (2, 1, 2)
    assert studio.submit_extract(clip, 0, 1, subject=found[1]).result().mention.startswith("@")
    call = studio.ledger.calls(kind="character")[0]
    assert call.details["subject"] == list(found[1].box) == list(found["B"].box)


def test_somebody_who_comes_later_is_meant_in_seconds_that_begin_there(studio, clip):
    late = dataclasses.replace(studio.subjects(clip, 0, 1)[1], time=0.75)
    with pytest.raises(InvalidInput, match=r"at second 0\.75, and these seconds begin at 0\.00"):
        studio.submit_extract(clip, 0, 1, subject=late)
    assert studio.submit_extract(clip, 0.75, 1.75, subject=late).result()


def test_a_cell_shows_who_stands_out(studio, clip, engine):
    shown = studio.subjects(clip, 0, 1)._repr_mimebundle_()
    assert 'alt="The first picture, with 2 boxes around' in shown["text/html"]
    assert shown["text/plain"].splitlines()[0] == f"Who stands out in 0-1 s of {clip.name}:"
    assert shown["text/plain"].splitlines()[3] == "  B motion     0.50    0.00  0.550  0.100  0.950  0.900"
    engine.nobody = True
    nobody = studio.subjects(clip, 0, 1)
    assert repr(nobody).startswith("Nobody stands out")
    assert nobody._repr_mimebundle_()["text/html"].count("Nobody stands out") == 1


@pytest.mark.parametrize("call", [lambda studio, url: studio.fetch(url), lambda studio, url: studio.extract(url, 1, 3)])
def test_footage_that_does_not_come_is_nothing_that_was_paid(studio, call):
    with pytest.raises(DownloadError) as caught:
        call(studio, "http://127.0.0.1:9/x.mp4")
    assert (caught.value.money, caught.value.hint) == ("Nothing was charged.", "Check the address, then try again.")


def test_a_call_that_nobody_knows_about_says_how_it_is_settled(hosted):
    studio = hosted()
    call = studio.ledger.add(Call(kind="video", profile="nobody", state=State.UNKNOWN, error="No answer came."))
    with pytest.raises(OutcomeUnknown, match=r"No answer came.*settle\(id, charged"):
        studio.job(call.id).result()


LEFT_OPEN = """
from quick import QuickEngine
from sora_nb import Studio

studio = Studio(engine=QuickEngine(), progress=False)
studio.generate("a fox", seconds=1, size="64x64")
"""


def test_a_program_that_ends_without_closing_its_studio_says_nothing(tmp_path):
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (root, root / "tests" / "lib")))}
    said = subprocess.run(
        [sys.executable, "-c", LEFT_OPEN], env=environment, capture_output=True, text=True, check=True
    )
    assert (said.stdout, said.stderr) == ("", "")

"""Engines by name, and engines that only film: beside the one that draws, in a studio's ledger like everything else."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
import wire as wires
from filmer import RULES, FlatFilmer, size_of, thumbnail
from PIL import Image
from quick import QuickEngine
from typer.testing import CliRunner
from waiting import until

from sora_nb import (
    ConfigError,
    ConsentNeeded,
    GenerationFailed,
    Interrupted,
    InvalidInput,
    PromptError,
    Studio,
    cli,
    commands,
    media,
)
from sora_nb.engines import installed
from sora_nb.engines.animatic import AnimaticEngine
from sora_nb.engines.film import FilmModel
from sora_nb.errors import Cancelled
from sora_nb.providers import registry
from sora_nb.providers.films import Films
from sora_nb.server.server import LocalServer


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A package of somebody else that registers engines, as pip leaves it."""
    folder = tmp_path / "plugins" / "theirs-1.0.dist-info"
    folder.mkdir(parents=True)
    folder.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    folder.joinpath("entry_points.txt").write_text(
        "[sora_nb.engines]\nflat = filmer:make\nbroken = filmer_of_nobody:make\n"
    )
    monkeypatch.syspath_prepend(folder.parent)


@pytest.fixture
def studio(tmp_path):
    with Studio(engine=QuickEngine(), progress=False) as made:
        yield made


@pytest.fixture
def rabbit(studio, clip):
    return studio.extract(clip, 0, 1)


def test_a_third_party_registers_an_engine_by_entry_point(plugin):
    assert {"animatic", "flat"} <= set(installed.names())
    with Studio(engine="flat:theirs", progress=False) as studio:
        video = studio.generate("a corgi")
        assert video.model == "theirs"
        assert video.charged == 0
        assert size_of(video.path) == (128, 64, 17)


def test_an_engine_that_draws_can_be_named_too():
    assert isinstance(installed.make("animatic"), AnimaticEngine)
    with pytest.raises(ConfigError, match="told nothing"):
        installed.make("animatic:fast")


def test_an_unknown_engine_is_answered_with_those_there_are(plugin):
    with pytest.raises(ConfigError) as refused:
        Studio(engine="flt:x")
    assert "broken" in refused.value.message
    assert "flat" in refused.value.message
    assert "Did you mean 'flat'?" in refused.value.hint
    assert 'pip install "sora_nb[gpu]"' in refused.value.hint
    assert 'pip install "sora_nb[comfyui]"' in refused.value.hint


def test_what_an_engine_lacks_is_named(plugin):
    with pytest.raises(ConfigError, match="needs filmer_of_nobody, which is not installed"):
        installed.make("broken:x")


def test_an_extra_that_is_missing_is_told_with_its_command(monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("sora_nb.engines.comfyui", "websockets"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "websockets", None)
    with pytest.raises(ConfigError, match="needs websockets, which is not installed") as error:
        Studio(engine="comfyui:http://127.0.0.1:8188?workflow=my.json")
    assert error.value.hint == 'Run: pip install "sora_nb[comfyui]"'


def test_it_films_beside_the_one_that_draws(studio, rabbit):
    filmer = FlatFilmer()
    model = studio.engine(filmer, name="wan-vace")
    assert model == "local/wan-vace"
    video = studio.generate(f"{rabbit} walks on a beach", model=model, size="640x320", seconds=3, seed=7)
    asked = filmer.requests[0]
    assert "@" not in asked.prompt
    assert list(asked.references) == [still.path for still in studio.character(rabbit.username).stills]
    assert (asked.width, asked.height, asked.frames, asked.fps, asked.seed) == (160, 96, 25, 8, 7)
    assert size_of(video.path) == (160, 96, 25)
    corner, shown = next(media.frames(video.path)).rgb[:40, :40], thumbnail(asked.references[0])[:40, :40]
    assert np.abs(corner.mean((0, 1)) - shown.mean((0, 1))).max() < 12
    assert video.warnings == ("wan-vace makes 160x96, in place of 640x320.", "Flat.")
    made = video.raw["made"]
    assert made | {"took": 0} == {
        "licence": "MIT", "engine": "flat", "size": "160x96", "seconds": 3.125, "seed": 7, "steps": 10, "took": 0,
    }  # fmt: skip
    assert studio.generate("a corgi", seconds=1, size="64x64").model == "animatic"
    assert len(filmer.requests) == 1


def test_the_ledger_has_it_as_free_and_the_table_of_models_what_it_took(studio):
    model = studio.engine(FlatFilmer())
    before = studio.models().set_index("name").loc[model]
    assert before["usd_per_film"] == 0
    assert before[["took"]].isna().all()
    assert (before["seconds"], before["images"]) == ("1-5", 2)
    studio.generate("a corgi", model=model)
    row = studio.costs().iloc[-1]
    assert (row["estimate"], row["charged"], row["model"], row["status"]) == (0, 0, "flat-1", "done")
    after = studio.models().set_index("name")
    assert after.loc[model, "took"] >= 0
    assert after.drop(model)["took"].isna().all()
    assert str(studio.estimate(model=model)).startswith("$0.00")


def test_a_seed_that_nobody_gave_is_told(studio):
    model = studio.engine(FlatFilmer())
    first, second = (studio.generate("a corgi", model=model) for _ in range(2))
    assert first.raw["made"]["seed"] != second.raw["made"]["seed"]


def test_what_it_would_be_shown_can_be_looked_at(studio, rabbit):
    model = studio.engine(FlatFilmer())
    shown = studio.preview(f"{rabbit} on a beach", model=model, size="1280x720", seconds=10)
    assert len(shown.pictures) == len(studio.character(rabbit.username).stills)
    assert "flat-1 makes 5.12 s, in place of 10 s." in shown.notes
    assert shown.price.micros == 0


def test_it_refuses_what_its_model_does_not_take(studio, rabbit, tmp_path):
    blind = studio.engine(FlatFilmer(FilmModel(**{**vars(RULES), "name": "blind", "references": 0})))
    with pytest.raises(PromptError, match="mentions 1"):
        studio.generate(f"{rabbit} on a beach", model=blind)
    still = studio.character(rabbit.username).stills[0].path
    with pytest.raises(InvalidInput, match="starts from no picture"):
        studio.generate("a corgi", model=blind, image=still)
    with pytest.raises(InvalidInput, match="has no model 'blynd'"):
        studio.generate("a corgi", model="local/blynd")
    with pytest.raises(ConfigError, match="is a model 'blind' already"):
        studio.engine(FlatFilmer(), name="blind")
    with pytest.raises(ConfigError, match="no name of a model"):
        studio.engine(FlatFilmer(), name="a/b")
    with pytest.raises(ConfigError, match="cuts characters out, too"):
        studio.engine(QuickEngine())


def test_characters_go_to_another_machine_with_consent_alone(studio, rabbit):
    far = studio.engine(FlatFilmer(FilmModel(**{**vars(RULES), "name": "far", "host": "gpu.lab:8188"})))
    with pytest.raises(ConsentNeeded, match=r"another machine, gpu\.lab:8188"):
        studio.generate(f"{rabbit} on a beach", model=far)
    studio.generate("a corgi", model=far)
    studio.generate(f"{rabbit} on a beach", model=far, consent="Ada: it is drawn")


def test_one_film_at_a_time_and_others_wait_without_holding_the_one_that_draws(studio):
    filmer = FlatFilmer()
    model = studio.engine(filmer)
    filmer.hold()
    jobs = [studio.submit("a corgi", model=model, seed=0)]
    until(lambda: filmer.requests)
    jobs += [studio.submit("a corgi", model=model, seed=seed) for seed in (1, 2)]
    until(lambda: [job.stage for job in jobs].count("waiting for its turn") == 2)
    studio.generate("a corgi", seconds=1, size="64x64")
    assert jobs[2].cancel()
    filmer.go_on()
    assert [job.result().seed for job in jobs[:2]] == [0, 1]
    with pytest.raises(Cancelled):
        jobs[2].result()
    assert filmer.most == 1
    assert len(filmer.requests) == 2


def test_a_film_is_cancelled_at_its_next_step(studio):
    filmer = FlatFilmer()
    model = studio.engine(filmer)
    filmer.hold()
    job = studio.submit("a corgi", model=model)
    filmer.advance(5)
    until(lambda: job.progress >= 40)
    assert job.stage in {"working", "held"}
    assert job.cancel()
    with pytest.raises(Cancelled):
        job.result()
    assert studio.costs().iloc[-1]["charged"] == 0
    filmer.go_on()
    assert studio.generate("a corgi", model=model).path.is_file()


def test_closing_stops_the_film_and_closes_the_engine_behind_it(tmp_path):
    filmer = FlatFilmer()
    with Studio(engine=filmer, progress=False) as studio:
        filmer.hold()
        job = studio.submit("a corgi")
        until(lambda: filmer.requests)
    with pytest.raises(Interrupted):
        job.result()
    assert filmer.closed
    again = FlatFilmer()
    with Studio(engine=again, progress=False) as studio:
        found = studio.resume(remake=True)
        assert list(found["note"]) == ["made again"]
        assert studio.videos()[0].model == "flat-1"
    with Studio("local", progress=False) as studio:
        assert [video.model for video in studio.videos()] == ["flat-1"]
    assert again.closed


def test_a_film_cannot_be_made_again_without_its_engine():
    filmer = FlatFilmer()
    with Studio(engine=filmer, progress=False) as studio:
        filmer.hold()
        studio.submit("a corgi")
        until(lambda: filmer.requests)
    with Studio("local", progress=False) as studio:
        assert "no model 'flat-1'" in studio.resume(remake=True)["note"].item()


def test_the_engine_is_closed_where_nothing_was_asked_of_it():
    filmer = FlatFilmer()
    Studio(engine=filmer).close()
    assert filmer.closed


def test_it_films_for_a_studio_of_another_service_too():
    filmer = FlatFilmer()
    with Studio("custom", base_url="http://127.0.0.1:9", api_key="k", engine=filmer, progress=False) as studio:
        video = studio.generate("a corgi", model="local/flat-1")
        assert (video.profile, video.base_url, video.charged) == ("local", "", 0)
        assert studio.models().set_index("name").loc["local/flat-1", "took"] >= 0
        assert studio.engine(FlatFilmer(), name="second") == "local/second"
        assert studio.generate("a corgi", model="local/second").path.is_file()
    assert filmer.closed


def test_experiments_ask_it_as_any_other_and_make_nothing_twice(studio, rabbit, tmp_path):
    filmer = FlatFilmer()
    model = studio.engine(filmer)
    plan = {"characters": [rabbit], "models": [model, "local/animatic"], "seconds": 1, "size": "128x64"}
    for _ in range(2):
        sweep = studio.sweep(["{character} on a beach", "{character} in a wood"], **plan)
        sweep.run()
        assert list(sweep.results()["status"]) == ["done"] * 4
    assert len(filmer.requests) == 2
    page = sweep.to_html(tmp_path / "sweep.html").read_text(encoding="utf-8")
    assert "Videos by flat-1, made here by the engine flat." in page
    assert "Animatics by the local engine" in page


def test_the_app_offers_it_and_takes_it_for_no_animatic(studio, rabbit):
    model = studio.engine(FlatFilmer())
    app = studio.app()
    app.ready.result()
    assert app.prompt.models == ["animatic", "flat-1"]
    assert app.desk.about.layout.display == ""
    wires.update(app.prompt, model="flat-1", value=f"{rabbit} walks")
    app.desk._worker.done.result()
    assert app.desk.about.layout.display == "none"
    assert (app.prompt.size, app.prompt.seconds, app.prompt.cost) == ("128x64", 2, "free here")
    assert "data:image/" in app.desk.preview.value
    assert model == "local/flat-1"


# --- behind the server ----------------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path):
    """A server with an engine that only films, and that engine."""
    filmer = FlatFilmer()
    films = Films(registry.get("local"))
    films.add(filmer)
    server = LocalServer(tmp_path / "server", QuickEngine(), films=films).start()
    yield server, filmer
    server.stop()
    assert filmer.closed


def test_a_server_has_the_same_models(served, clip):
    server, filmer = served
    listed = httpx.get(f"{server.url}/v1/models").json()["data"]
    assert [entry["id"] for entry in listed][-1] == "flat-1"
    assert httpx.get(f"{server.url}/v1/models/flat-1").status_code == 200
    with Studio("local", base_url=server.url, progress=False) as studio:
        rabbit = studio.extract(clip, 0, 1)
        video = studio.generate(f"{rabbit} walks", model="flat-1", size="640x320", seconds=3, seed=7)
        assert studio.generate("a corgi", seconds=1, size="64x64").warnings == ()
        with pytest.raises(ConfigError, match="made by the server"):
            studio.engine(FlatFilmer())
    assert video.warnings == ("flat-1 makes 160x96, in place of 640x320.", "Flat.")
    assert size_of(video.path) == (160, 96, 25)
    (asked,) = filmer.requests
    assert "@" not in asked.prompt
    assert asked.seed == 7
    assert asked.references


def test_the_command_line_serves_an_engine(plugin, monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "_Stop", lambda: SimpleNamespace(wait=lambda: None))
    served = CliRunner().invoke(cli.app, ["serve", "--port", "0", "--home", str(tmp_path), "--engine", "flat:theirs"])
    assert 'Films by theirs: ask for model="theirs".' in served.output
    refused = CliRunner().invoke(cli.app, ["serve", "--port", "0", "--home", str(tmp_path), "--engine", "flt:theirs"])
    assert isinstance(refused.exception, ConfigError)
    assert "Did you mean 'flat'?" in refused.exception.hint


def test_what_the_engine_refuses_is_told_through_the_server(served, clip):
    server, _ = served
    still = clip.parent / "still.png"
    Image.new("RGB", (64, 64)).save(still)
    told = pytest.raises(GenerationFailed, match="flat-1 starts from no picture")
    with Studio("local", base_url=server.url, progress=False) as studio, told:
        studio.generate("a corgi", model="flat-1", image=still, seconds=2)


def test_the_guide_s_table_has_every_engine_with_its_extra():
    page = (Path(__file__).parents[1] / "notebooks" / "guide" / "engines.md").read_text(encoding="utf-8")
    told = dict(re.findall(r'^\| `(\w+)` \|.*\| `pip install "sora_nb\[(\w+)\]"` \|$', page, re.MULTILINE))
    assert told == installed.EXTRAS
    assert set(told) <= set(installed.names())

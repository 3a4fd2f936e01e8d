"""Films by a ComfyUI of one's own: a stand-in that speaks its routes, checks workflows as it does, and can be lost."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import numpy as np
import pytest
from comfyui import ComfyUI
from filmer import size_of, thumbnail
from quick import QuickEngine
from waiting import until
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from sora_nb import ConfigError, GenerationFailed, PromptError, Studio, background, media
from sora_nb.engines.comfyui import filmer, run, server, workflow
from sora_nb.errors import Cancelled, SoraError

pytestmark = pytest.mark.release
SAMPLE = Path(__file__).parents[2] / "notebooks" / "guide" / "wan_vace.json"
SIZE = {"size": "160x96", "seconds": 1}


@pytest.fixture
def comfy(tmp_path):
    running = ComfyUI(tmp_path / "comfy")
    yield running
    running.stop()


@pytest.fixture
def graph():
    """The workflow of the guide, to be changed."""
    return json.loads(SAMPLE.read_text())


@pytest.fixture
def studio():
    with Studio(engine=QuickEngine(), progress=False) as made:
        yield made


@pytest.fixture
def write(tmp_path):
    def write(graph, name="my.json"):
        path = tmp_path / name
        path.write_text(json.dumps(graph))
        return path

    return write


def text(comfy, path=SAMPLE):
    return f"comfyui:{comfy.url}?workflow={path}"


def sent(comfy, kind):
    """The inputs of the node of a class, as they were sent last."""
    return next(node["inputs"] for node in comfy.graphs[-1].values() if node["class_type"] == kind)


def test_from_footage_to_a_film(comfy, clip):
    with Studio(engine=text(comfy), progress=False) as studio:
        rabbit = studio.extract(clip, 0, 1)
        video = studio.generate(f"{rabbit} walks on a beach", size="320x180", seconds=2, seed=7)
        row = studio.costs().iloc[-1]
    assert video.model == "wan_vace"
    assert (row["charged"], row["status"]) == (0, "done")
    assert size_of(video.path) == (320, 176, 33)
    maker = sent(comfy, "WanVaceToVideo")
    assert (maker["width"], maker["height"], maker["length"]) == (320, 176, 33)
    assert sent(comfy, "KSampler")["seed"] == 7
    prompt = sent(comfy, "CLIPTextEncode")["text"]
    assert prompt.endswith("walks on a beach")
    assert "@" not in prompt
    still = rabbit.stills[0].path
    assert sent(comfy, "LoadImage")["image"] == f"sora_nb/{still.name}"
    corner, shown = next(media.frames(video.path)).rgb[:60, :60], thumbnail(still)[:60, :60]
    assert np.abs(corner.mean((0, 1)) - shown.mean((0, 1))).max() < 12
    assert video.warnings == ("wan_vace makes 320x176, in place of 320x180.",)
    assert video.raw["made"]["steps"] == 20
    assert video.raw["made"]["workflow"] == "wan_vace.json"
    assert "POST /free" in comfy.asked


def test_what_it_makes_is_what_its_nodes_say(comfy):
    model = filmer.make(text(comfy).removeprefix("comfyui:")).model
    assert (model.name, model.size, model.seconds, model.fps) == ("wan_vace", (832, 480), 5, 16)
    assert (model.multiple, model.sides, model.frames, model.frame_step) == (16, (16, 16384), (1, 16384), 4)
    assert (model.references, model.image, model.host) == (1, False, "")


def test_nobody_is_shown_where_nobody_is_mentioned(comfy, studio):
    studio.generate("a beach", model=studio.engine(text(comfy)), **SIZE)
    assert not any(node["class_type"] == "LoadImage" for node in comfy.graphs[-1].values())
    assert "reference_image" not in sent(comfy, "WanVaceToVideo")


def test_progress_is_told_by_step(comfy, studio):
    model = studio.engine(text(comfy))
    comfy.hold()
    job = studio.submit("a beach", model=model, **SIZE)
    until(lambda: comfy.running and comfy.listeners)
    seen = []
    comfy.advance(8)  # the seven nodes that the sampler needs, and the sampler
    for step in range(1, 11):
        comfy.advance()
        until(lambda step=step: job.stage == f"KSampler: step {step} of 20")
        seen.append(job.progress)
    assert seen == sorted(set(seen))
    assert 45 < seen[-1] < 65
    comfy.go_on()
    assert job.result().path.is_file()


def test_a_second_film_waits(comfy, studio):
    model = studio.engine(text(comfy))
    comfy.hold()
    first, second = (studio.submit("a beach", model=model, seed=seed, **SIZE) for seed in (1, 2))
    until(lambda: comfy.running)
    until(lambda: "waiting for its turn" in {first.stage, second.stage})
    assert not comfy.pending
    comfy.go_on()
    assert {first.result().seed, second.result().seed} == {1, 2}


def test_a_running_film_is_interrupted(comfy, studio):
    model = studio.engine(text(comfy))
    comfy.hold()
    job = studio.submit("a beach", model=model, **SIZE)
    until(lambda: comfy.running)
    assert job.cancel()
    with pytest.raises(Cancelled):
        job.result()
    until(lambda: not comfy.running)
    assert "POST /interrupt" in comfy.asked
    comfy.go_on()
    assert studio.generate("a beach", model=model, **SIZE).path.is_file()


def test_one_that_waits_in_the_queue_of_others_is_taken_out_of_it(comfy, studio, write, graph):
    model, other = studio.engine(text(comfy)), studio.engine(text(comfy, write(graph, "other.json")))
    comfy.hold()
    first = studio.submit("a beach", model=other, **SIZE)
    until(lambda: comfy.running)
    second = studio.submit("a wood", model=model, **SIZE)
    until(lambda: comfy.pending)
    until(lambda: second.stage == "waiting in ComfyUI's queue")
    assert second.cancel()
    with pytest.raises(Cancelled):
        second.result()
    assert not comfy.pending
    assert "POST /interrupt" not in comfy.asked
    comfy.go_on()
    assert first.result().path.is_file()


def test_a_lost_connection_is_made_again(comfy, studio):
    model = studio.engine(text(comfy))
    comfy.hold()
    job = studio.submit("a beach", model=model, **SIZE)
    until(lambda: comfy.running and comfy.listeners)
    comfy.drop()
    until(lambda: comfy.listeners)
    comfy.drop()
    comfy.go_on()
    assert job.result().warnings == ()
    assert len(comfy.graphs) == 1


def test_a_film_that_ended_unseen_is_found_in_the_history(comfy, studio, monkeypatch):
    monkeypatch.setattr(run, "QUIET", 0.05)
    monkeypatch.setattr(comfy, "_send", lambda *_: None)
    assert studio.generate("a beach", model=studio.engine(text(comfy)), **SIZE).path.is_file()


def test_a_restarted_comfyui_gets_the_film_once_more(comfy, studio):
    model = studio.engine(text(comfy))
    comfy.hold()
    job = studio.submit("a beach", model=model, **SIZE)
    until(lambda: comfy.running and comfy.listeners)
    comfy.restart(away=0.5)
    until(lambda: len(comfy.graphs) == 2)
    comfy.go_on()
    assert "restarted while it made the film" in job.result().warnings[0]


def test_one_that_is_restarted_twice_is_believed_to_be_broken(comfy, studio):
    model = studio.engine(text(comfy))
    comfy.hold()
    job = studio.submit("a beach", model=model, **SIZE)
    for count in (1, 2):
        until(lambda count=count: len(comfy.graphs) == count and comfy.listeners)
        comfy.restart()
    with pytest.raises(GenerationFailed, match="restarted twice"):
        job.result()
    assert studio.costs().iloc[-1]["charged"] == 0


def test_one_that_is_gone_for_good_is_told(comfy, studio, monkeypatch):
    monkeypatch.setattr(run, "AWAY", 0.5)
    model = studio.engine(text(comfy))
    comfy.hold()
    job = studio.submit("a beach", model=model, **SIZE)
    until(lambda: comfy.running)
    comfy.stop()
    with pytest.raises(GenerationFailed, match="has not answered"):
        job.result()


def test_what_a_node_lacks_is_told_in_sentences(comfy, studio, write, graph):
    graph["1"]["inputs"]["unet_name"] = "none.safetensors"
    del graph["9"]["inputs"]["cfg"]
    model = studio.engine(text(comfy, write(graph)))
    with pytest.raises(GenerationFailed) as refused:
        studio.generate("a beach", model=model, **SIZE)
    told = str(refused.value)
    assert "node 1 (UNETLoader, Load Diffusion Model): Value not in list, unet_name: 'none.safetensors'" in told
    assert "node 9 (KSampler, sora: seed): Required input is missing, cfg." in told
    assert "charges nothing" in told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("tensor of no size"), "node 9 .*: tensor of no size"),
        (MemoryError("Allocation on device 0 would exceed allowed memory. (out of memory)"), "smaller size or fewer"),
    ],
)
def test_a_failing_node_is_named(comfy, studio, error, told):
    comfy.fail = error
    with pytest.raises(GenerationFailed, match=told):
        studio.generate("a beach", model=studio.engine(text(comfy)), **SIZE)


def test_a_film_that_somebody_interrupts_in_comfyui_is_told(comfy, studio):
    model = studio.engine(text(comfy))
    comfy.hold()
    job = studio.submit("a beach", model=model, **SIZE)
    until(lambda: comfy.running)
    httpx.post(f"{comfy.url}/interrupt")
    with pytest.raises(GenerationFailed, match="interrupted in ComfyUI"):
        job.result()


def test_pictures_alone_are_no_film(comfy, studio, write, graph):
    del graph["13"]
    graph["13"] = {"class_type": "SaveImage", "inputs": {"images": ["11", 0], "filename_prefix": "x"}}
    with pytest.raises(GenerationFailed, match="saved 3 pictures and no film"):
        studio.generate("a beach", model=studio.engine(text(comfy, write(graph))), **SIZE)


def test_the_guide_s_example_runs(comfy, tmp_path, monkeypatch):
    (example,) = re.findall(
        r"```python\n(.*?)```", SAMPLE.with_name("engines.md").read_text(encoding="utf-8"), re.DOTALL
    )
    monkeypatch.chdir(SAMPLE.parent)
    smaller = (
        example.replace("http://127.0.0.1:8188", comfy.url)
        .replace("832x480", "320x176")
        .replace("seconds=5", "seconds=1")
    )
    names = {}
    exec(smaller, names)
    names["studio"].close()
    assert names["film"].path.is_file()
    assert sent(comfy, "LoadImage")["image"] == f"sora_nb/{names['hero'].stills[0].path.name}"


def test_the_guide_s_table_has_every_slot():
    page = SAMPLE.with_name("engines.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `sora: ([a-z]+)(?: height| 1)?` \|.*\| (.*) \|$", page, re.MULTILINE))
    told = {slot: tuple(re.findall(r"`(\w+)`", said)) for slot, said in rows.items()}
    assert told.pop("fps") == workflow.PACE
    assert told["width"] == ("width", "height", "value")
    known = {**workflow.INPUTS, "width": ("width", "height", "value")}
    del known["height"]
    assert told == known


# --- workflows ------------------------------------------------------------------------------------------------------


def refused(comfy, path):
    with pytest.raises(ConfigError) as error:
        filmer.make(f"{comfy.url}?workflow={path}")
    return f"{error.value.message} {error.value.hint}"


def test_a_workflow_without_slots_is_refused_with_their_names(comfy, write, graph):
    graph["5"]["_meta"]["title"] = "Prompt"
    graph["8"]["_meta"]["title"] = "sora: width"
    told = refused(comfy, write(graph))
    assert "lacks the slots prompt, height, frames; it has reference, width, seed" in told
    assert "'sora: prompt height frames'" in told


@pytest.mark.parametrize(
    ("node", "title", "told"),
    [
        ("5", "sora: promt", "has a slot 'promt', which there is not"),
        ("5", "sora: prompt=words", "has no input for the slot 'prompt'.*text, clip"),
        ("5", "sora: prompt=clip", "The input 'clip' .* is connected"),
        ("6", "sora: prompt", "Several nodes have the slot 'prompt'"),
        ("6", "sora: !", "cannot be read"),
    ],
)
def test_a_slot_that_cannot_be_is_refused(comfy, write, graph, node, title, told):
    graph[node]["_meta"]["title"] = title
    assert re.search(told, refused(comfy, write(graph)))


def test_a_file_that_is_no_workflow_is_refused(comfy, write, tmp_path):
    assert "Export (API)" in refused(comfy, write({"nodes": [], "links": []}))
    assert "no workflow in ComfyUI's API format" in refused(comfy, write({"1": {"inputs": []}}))
    (tmp_path / "broken.json").write_text("{")
    assert "is not JSON" in refused(comfy, tmp_path / "broken.json")
    assert "cannot be read" in refused(comfy, tmp_path / "missing.json")


def test_nodes_that_comfyui_does_not_have_are_named(comfy, write, graph):
    graph["10"]["class_type"] = "TrimLatents"
    assert "does not have node 10 (TrimLatents, Trim the reference off)" in refused(comfy, write(graph))


def test_the_pace_must_be_told(comfy, write, graph):
    del graph["12"]["inputs"]["fps"]
    assert "how many pictures a second" in refused(comfy, write(graph))


def test_numbers_and_further_pictures_may_be_nodes_of_their_own(comfy, studio, clip, write, graph):
    graph["20"] = {"class_type": "PrimitiveInt", "inputs": {"value": 49}, "_meta": {"title": "Sora: frames"}}
    graph["8"]["inputs"]["length"] = ["20", 0]
    graph["8"]["_meta"]["title"] = "sora: width, height"
    graph["21"] = {"class_type": "LoadImage", "inputs": {"image": "b.png"}, "_meta": {"title": "sora: reference 2"}}
    graph["7"]["_meta"]["title"] = "sora: reference 1"
    graph["22"] = {"class_type": "ImageScale", "inputs": {"image": ["21", 0], "width": 64, "height": 64}}
    graph["8"]["inputs"]["control_video"] = ["22", 0]
    model = studio.engine(text(comfy, write(graph)))
    rabbit = studio.extract(clip, 0, 1)
    video = studio.generate(f"{rabbit} walks", model=model, size="160x96", seconds=2)
    assert sent(comfy, "PrimitiveInt")["value"] == 33
    assert size_of(video.path) == (160, 96, 33)
    pictures = [node["inputs"]["image"] for node in comfy.graphs[-1].values() if node["class_type"] == "LoadImage"]
    assert pictures == [f"sora_nb/{rabbit.stills[min(place, len(rabbit.stills) - 1)].path.name}" for place in (0, 1)]
    studio.generate("a beach", model=model, **SIZE)
    assert not {"LoadImage", "ImageScale"} & {node["class_type"] for node in comfy.graphs[-1].values()}


def test_a_workflow_that_needs_a_picture_says_so(comfy, studio, write, graph):
    graph["22"] = {"class_type": "ImageScale", "inputs": {"image": ["7", 0], "width": 64, "height": 64}}
    graph["12"]["inputs"]["images"] = ["22", 0]
    model = studio.engine(text(comfy, write(graph)))
    with pytest.raises(PromptError, match="makes no film without a picture"):
        studio.generate("a beach", model=model, **SIZE)


# --- the address ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rest",
    [
        "", "http://127.0.0.1:8188", "?workflow=x.json", "ftp://127.0.0.1?workflow=x.json",
        "http://me:secret@127.0.0.1?workflow=x.json", "http://127.0.0.1?workflow=x.json&key=1", "http://127.0.0.1?workflow=",
    ],
)  # fmt: skip
def test_what_it_is_told_is_an_address_and_a_workflow(rest):
    with pytest.raises(ConfigError) as error:
        filmer.make(rest)
    assert "comfyui:http://127.0.0.1:8188?workflow=my.json" in error.value.hint
    assert "secret" not in str(error.value)


def test_where_nobody_answers_it_says_so(comfy):
    comfy.stop()
    with pytest.raises(ConfigError, match="No ComfyUI answers"):
        filmer.make(text(comfy).removeprefix("comfyui:"))


def test_redirects_are_not_followed(comfy, studio):
    model = studio.engine(text(comfy))
    comfy.redirects = True
    with pytest.raises(SoraError, match="status 307"):
        studio.generate("a beach", model=model, **SIZE)
    assert "redirects are not followed" in refused(comfy, SAMPLE)


def test_no_connection_for_messages_is_redirected_either():
    told = InvalidStatus(Response(307, "Temporary Redirect", Headers(location="ws://127.0.0.1:9/")))

    async def asked():
        return server.Server("http://127.0.0.1:1").listen("x").process_redirect(told)

    assert background.run(asked) is told

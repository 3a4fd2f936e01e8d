"""Workflows of ComfyUI: whatever a title or a file says, it is a slot, or refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.comfyui import workflow
from sora_nb.engines.comfyui.model import model_of
from sora_nb.engines.comfyui.nodes import Nodes
from sora_nb.errors import ConfigError

SAMPLE = json.loads((Path(__file__).parents[2] / "notebooks" / "guide" / "wan_vace.json").read_text(encoding="utf-8"))
VALUES = {"prompt": "a fox", "seed": 7, "width": 160, "height": 96, "frames": 17}
NODES = Nodes(
    {"SaveVideo": {"output_node": True}, "WanVaceToVideo": {"input": {"optional": {"reference_image": ["IMAGE"]}}}}
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.sampled_from(
    ["prompt", "seed", "width", "reference", "image", "fps", "promt", "2", "=", "text", ",", "sora:", "!"]
)


def titled(node, title):
    graph = json.loads(json.dumps(SAMPLE))
    graph[node]["_meta"] = {"title": title}
    return graph


def read(graph):
    """A workflow, or why it is refused."""
    try:
        return workflow.Workflow(graph, "my.json"), None
    except ConfigError as error:
        return None, error


@given(st.sampled_from(sorted(SAMPLE)), st.text(max_size=30) | st.lists(WORDS, max_size=5).map(" ".join))
def test_any_title_is_a_slot_or_nothing_or_refused(node, title):
    found, refused = read(titled(node, title))
    if refused is not None:
        assert "my.json" in refused.message
        assert refused.hint
        return
    graph = found.filled(VALUES, ["a.png"], NODES)
    for slot in found.slots:
        if slot.name in VALUES:
            assert graph[slot.node]["inputs"][slot.field] == VALUES[slot.name]


@given(JSON)
def test_any_file_is_a_workflow_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "my.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        workflow.read(path)
    assert "API format" in refused.value.message or "ComfyUI's page" in refused.value.message


@given(JSON, JSON, JSON)
def test_any_numbers_of_nodes_make_a_model(rule, size, length):
    graph = json.loads(json.dumps(SAMPLE))
    graph["8"]["inputs"] |= {
        "width": 640 if isinstance(size, list) else size,
        "length": 81 if isinstance(length, list) else length,
    }
    told = {"required": {"width": ["INT", rule], "length": ["INT", rule], "height": rule}}
    found = model_of(
        workflow.Workflow(graph, "my.json"), Nodes({"WanVaceToVideo": {"input": told}}), name="my", host=""
    )
    fit = found.fitted(*found.size, found.seconds)
    assert fit.width % found.multiple == fit.height % found.multiple == 0
    assert fit.frames >= 1


def test_the_sample_has_all_slots_that_are_needed():
    found = workflow.Workflow(SAMPLE, "wan_vace.json")
    assert {slot.name for slot in found.slots} == {*workflow.NEEDED, "reference"}
    assert (found.fps, found.steps, found.value("width")) == (16, 20, 832)
    assert found.filled(VALUES, [], NODES).keys() == SAMPLE.keys() - {"7"}

"""Everything of diffusers, transformers and the hub that is called is there as it is called: an upgrade that breaks it fails here by name."""

from __future__ import annotations

import importlib
import inspect
import operator

import pytest

from sora_nb.engines.diffusers.kinds import KINDS

COMMON = (
    "prompt_embeds", "negative_prompt_embeds", "width", "height", "num_frames", "num_inference_steps", "guidance_scale",
    "generator", "output_type", "callback_on_step_end",
)  # fmt: skip
OWN = {
    "WanVACEPipeline": ("reference_images", "video", "mask"),
    "LTX2InContextPipeline": (
        "reference_conditions", "conditions", "frame_rate", "prompt_attention_mask", "negative_prompt_attention_mask",
    ),
    "LTX2ConditionPipeline": ("conditions", "frame_rate", "prompt_attention_mask", "negative_prompt_attention_mask"),
}  # fmt: skip
READING = ("prompt", "negative_prompt", "do_classifier_free_guidance", "max_sequence_length")


def named(module, name):
    """Return what a module has by a name; it is imported by the tests, since all processes that share them collect this file."""
    return operator.attrgetter(name)(importlib.import_module(module))


def pipeline(name):
    return named("diffusers", name)


def parameters(called):
    return inspect.signature(called).parameters


@pytest.mark.parametrize("name", KINDS)
def test_a_pipeline_takes_what_it_is_called_with(name):
    taken = parameters(pipeline(name).__call__)
    assert {*COMMON, *OWN[name]} <= taken.keys()
    assert set(READING) <= parameters(pipeline(name).encode_prompt).keys()


@pytest.mark.parametrize("name", KINDS)
def test_what_is_usual_is_what_the_pipeline_says(name):
    kind, taken = KINDS[name], parameters(pipeline(name).__call__)
    default = {each: taken[each].default for each in ("width", "height", "num_inference_steps", "guidance_scale")}
    assert (*kind.size, kind.steps, kind.guidance) == tuple(default.values())
    assert taken["num_frames"].default in {kind.frames, None}
    assert taken["max_sequence_length"].default == kind.tokens
    if "frame_rate" in taken:
        assert taken["frame_rate"].default == kind.fps


@pytest.mark.parametrize("name", KINDS)
def test_a_pipeline_may_lack_the_parts_that_are_left_out(name):
    """In stages, and while memory is computed, what reads the prompt is not there; nor is what is never used."""
    made = parameters(pipeline(name).__init__)
    needed = {each for each, one in made.items() if one.default is inspect.Parameter.empty} - {"self", "args", "kwargs"}
    assert {"text_encoder", "tokenizer", "vae", "scheduler"} <= made.keys()
    assert needed.isdisjoint(KINDS[name].idle)


@pytest.mark.parametrize(
    ("module", "name", "taken"),
    [
        ("diffusers", "DiffusionPipeline.enable_model_cpu_offload", {"device"}),
        ("diffusers", "DiffusionPipeline.enable_sequential_cpu_offload", {"device"}),
        ("diffusers", "DiffusionPipeline.maybe_free_model_hooks", set()),
        ("diffusers", "DiffusionPipeline.set_progress_bar_config", set()),
        ("diffusers", "AutoencoderKLWan.enable_tiling", set()),
        ("diffusers", "AutoencoderKLLTX2Video.enable_tiling", set()),
        ("diffusers.pipelines.ltx2.pipeline_ltx2_condition", "LTX2VideoCondition", {"frames"}),
        ("diffusers.pipelines.ltx2.pipeline_ltx2_ic_lora", "LTX2ReferenceCondition", {"frames"}),
        ("huggingface_hub", "HfApi.model_info", {"revision", "files_metadata"}),
        ("huggingface_hub", "hf_hub_download", {"repo_id", "filename", "revision", "tqdm_class"}),
        ("huggingface_hub", "try_to_load_from_cache", {"repo_id", "filename", "revision"}),
    ],
)
def test_what_else_is_called_is_there(module, name, taken):
    assert taken <= parameters(named(module, name)).keys()


def test_loading_reads_the_options_it_is_given():
    """from_pretrained() takes any keyword; those that it knows are named in its documentation."""
    said = inspect.getdoc(named("diffusers", "DiffusionPipeline.from_pretrained"))
    for option in ("dtype", "local_files_only", "use_safetensors", "device_map"):
        assert option in said

"""Folders of open weights, read without torch: sizes from headers, what is missing, and where the parts would fit."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from sora_nb import ConfigError
from sora_nb.engines import installed
from sora_nb.engines.diffusers import folder, kinds, placement, weights
from sora_nb.engines.diffusers.placement import Card, Need

GIB = 2**30
T4 = Card("cuda", "Tesla T4", round(15.2 * GIB), round(11.5 * GIB), "fp16")
BITS = {"F32": 4, "F16": 2, "BF16": 2, "I64": 8, "BOOL": 1}


def write(file, tensors, *, cut=0):
    """Write a safetensors file of zeros: name, type and shape of each tensor."""
    entries, at = {}, 0
    for name, (kind, shape) in tensors.items():
        size = BITS[kind]
        for side in shape:
            size *= side
        entries[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    head = json.dumps({"__metadata__": {"format": "pt"}, **entries}).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(len(head).to_bytes(8, "little") + head + bytes(max(0, at - cut)))
    return at


def model(root, index=None):
    """A folder with the parts of a WanVACEPipeline."""
    parts = {
        "tokenizer": ["transformers", "T5TokenizerFast"],
        "text_encoder": ["transformers", "UMT5EncoderModel"],
        "transformer": ["diffusers", "WanVACETransformer3DModel"],
        "vae": ["diffusers", "AutoencoderKLWan"],
        "scheduler": ["diffusers", "UniPCMultistepScheduler"],
        "transformer_2": [None, None],
    }
    root.mkdir(parents=True)
    (root / "model_index.json").write_text(json.dumps({"_class_name": "WanVACEPipeline", **parts, **(index or {})}))
    (root / "README.md").write_text("---\nlicense: apache-2.0\nlanguage:\n- en\n---\n# Weights\n")
    for plain in ("tokenizer", "scheduler"):
        (root / plain).mkdir()
        (root / plain / f"{plain}_config.json").write_text("{}")
    for name in ("text_encoder", "transformer", "vae"):
        file = "model" if name == "text_encoder" else "diffusion_pytorch_model"
        write(root / name / f"{file}.safetensors", {"wo.weight": ("F32", (8, 4)), "ids": ("I64", (3,))})
        (root / name / "config.json").write_text('{"patch_size": [1, 2, 2]}')
    return root


@given(
    st.dictionaries(
        st.text("abc.", min_size=1, max_size=6),
        st.tuples(st.sampled_from([*BITS]), st.lists(st.integers(0, 9), max_size=3)),
    )
)
def test_a_header_tells_what_weights_take_at_each_precision(tmp_path_factory, tensors):
    file = tmp_path_factory.mktemp("part") / "model.safetensors"
    size = write(file, tensors)
    found = weights.Weights((file,), tuple(weights.header(file)))
    assert found.size == size
    whole = sum(each.size for each in found.tensors if not each.floating)
    numbers = sum(each.numbers for each in found.tensors if each.floating)
    for precision, width in weights.BYTES.items():
        assert found.loaded(precision) == whole + width * numbers
    assert found.loaded("bf16", {"a", "b", "c", "abc"}) >= found.loaded("bf16")


def test_what_stays_at_full_precision_counts_so():
    tensor = weights.Tensor("block.0.wo.weight", 10, floating=True, size=20)
    assert tensor.loaded("fp16", {"wo"}) == 40
    assert tensor.loaded("fp16", {"w", "block.0"}) == 20


def test_a_folder_says_what_it_is(tmp_path):
    found = folder.read(model(tmp_path / "a1b2" / ("0123456789" * 4)), "org/vace")
    assert (found.name, found.pipeline, found.licence) == ("org/vace", "WanVACEPipeline", "apache-2.0")
    assert found.revision == "0123456789" * 4
    assert set(found.parts) == {"tokenizer", "text_encoder", "transformer", "vae", "scheduler"}
    assert found.size == 3 * (8 * 4 * 4 + 3 * 8)
    rules = kinds.of(found.pipeline).rules(found, "vace")
    assert (rules.multiple, rules.frame_step, rules.fps, rules.size) == (16, 4, 16, (832, 480))
    fit = rules.fitted(1270, 718, 3)
    assert (fit.width, fit.height, fit.frames) == (1264, 720, 49)
    assert fit.warnings == ("vace makes 1264x720, in place of 1270x718.",)


PART = "transformer"
FILE = f"{PART}/diffusion_pytorch_model.safetensors"
SHARDS = {"a": "diffusion_pytorch_model-1.safetensors", "b": "diffusion_pytorch_model-2.safetensors"}
SPOILT = {
    "no part": lambda root: (root / "vae").rename(root.parent / "vae"),
    "no weights": lambda root: (root / FILE).rename((root / FILE).with_suffix(".bin")),
    "no configuration": lambda root: (root / PART / "config.json").unlink(),
    "cut off": lambda root: write(root / FILE, {"a": ("F32", (100,))}, cut=7),
    "pointer": lambda root: (root / FILE).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\n"),
    "shard": lambda root: (
        (root / f"{FILE}.index.json").write_text(json.dumps({"weight_map": SHARDS})),
        (root / FILE).rename(root / PART / SHARDS["a"]),
    ),
    "index": lambda root: (root / f"{FILE}.index.json").write_text("[]"),
    "empty": lambda root: (root / "tokenizer" / "tokenizer_config.json").unlink(),
    "no index": lambda root: (root / "model_index.json").unlink(),
    "damaged index": lambda root: (root / "model_index.json").write_text("{"),
}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("no part", r"lacks its part 'vae' \(AutoencoderKLWan\)"),
        ("no weights", "no weights as .* but only diffusion_pytorch_model.bin"),
        ("no configuration", "'transformer' of the model lacks config.json"),
        ("cut off", "has .* bytes of "),
        ("pointer", "is not what its name says.*git lfs pull"),
        ("shard", "lacks 1 of 2 files: diffusion_pytorch_model-2.safetensors"),
        ("index", "is not what its name says"),
        ("empty", "'tokenizer' of the model is empty"),
        ("no index", "no model_index.json"),
        ("damaged index", "cannot be read"),
    ],
)
def test_what_is_missing_is_said(kind, said, tmp_path):
    root = model(tmp_path / "model")
    SPOILT[kind](root)
    with pytest.raises(ConfigError, match=said):
        folder.read(root)


def test_code_that_comes_with_weights_is_refused(tmp_path):
    root = model(tmp_path / "model", {"vae": ["../evil", "Vae"]})
    with pytest.raises(ConfigError, match="brings code of its own"):
        folder.read(root)


def test_a_pipeline_that_takes_no_characters_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="is a WanPipeline; characters can be shown to WanVACEPipeline"):
        kinds.of("WanPipeline")


# bytes as Wan VACE 1.3B has them at fp16, its VAE at fp32, and what a film of 832x480 and 81 frames takes
SMALL = Need(
    {"text_encoder": round(12.9 * GIB), "transformer": 4 * GIB, "vae": GIB // 2},
    frozenset({"text_encoder"}),
    GIB,
    GIB // 4,
    {"": GIB, "transformer": 2 * GIB, "vae": 8 * GIB},
)


def test_the_quickest_way_that_fits_is_taken():
    large = T4._replace(free=80 * GIB, memory=120 * GIB)
    assert placement.choose(large, lambda tiled: SMALL).way == "whole"
    assert placement.choose(large._replace(free=16 * GIB), lambda tiled: SMALL).way == "parts"
    found = placement.choose(T4, lambda tiled: SMALL)
    assert (found.way, found.tiled) == ("stages", False)
    assert "what reads the prompt first" in found.told(T4)


def test_tiles_come_before_a_slower_way():
    tiles = SMALL._replace(work={"vae": GIB})
    found = placement.choose(T4._replace(free=21 * GIB), lambda tiled: tiles if tiled else SMALL)
    assert (found.way, found.tiled) == ("whole", True)


def test_what_fits_nowhere_is_refused_with_what_each_way_needs():
    with pytest.raises(ConfigError, match=r"Tesla T4 has 4.0 GiB free and 11.5 GiB of main memory") as refused:
        placement.choose(T4._replace(free=4 * GIB), lambda tiled: SMALL)
    for way in placement.ways(T4):
        assert placement.gib(SMALL.card(way)) in refused.value.message
    assert f"10.0 GiB and {placement.gib(SMALL.memory('layers', apart=True))} of main memory" in refused.value.message


def test_a_wanted_way_is_the_only_one_that_is_tried():
    assert placement.choose(T4._replace(memory=99 * GIB), lambda tiled: SMALL, "layers").way == "layers"
    with pytest.raises(ConfigError):
        placement.choose(T4, lambda tiled: SMALL, "whole")


def test_without_the_extra_the_command_is_said(monkeypatch):
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"torch", "diffusers"} <= {Requirement(each).name for each in project["optional-dependencies"]["gpu"]}
    made = EntryPoint("diffusers", project["entry-points"][installed.GROUP]["diffusers"], installed.GROUP)
    monkeypatch.setattr(installed, "_installed", lambda: {"diffusers": made})
    for name in ("torch", "diffusers", "huggingface_hub", "sora_nb.engines.diffusers.filmer"):
        monkeypatch.setitem(sys.modules, name, None)  # what the import system takes for missing
    monkeypatch.delitem(sys.modules, "sora_nb.engines.diffusers.filmer")
    for loaded in ("hub", "pipeline", "forecast"):
        monkeypatch.delitem(sys.modules, f"sora_nb.engines.diffusers.{loaded}", raising=False)
    with pytest.raises(ConfigError, match=r"needs .*, which is not installed") as refused:
        installed.make("diffusers:/models/vace")
    assert 'pip install "sora_nb[gpu]"' in refused.value.hint


def test_the_package_itself_never_loads_torch():
    code = "import sora_nb, sora_nb.engines.installed, sys; sora_nb.Studio; print('torch' in sys.modules)"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "False"

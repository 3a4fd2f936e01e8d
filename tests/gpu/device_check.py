"""Measure films of a model as large as Wan VACE 1.3B on the GPU of this machine: its weights are random, and made here.

    python tests/gpu/device_check.py FOLDER

writes measures.json and one film to FOLDER. It fails where the memory that was computed before loading is more than 15 %
off what the card had in use.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import diffusers
import torch
from PIL import Image

from sora_nb.engines.base import Control
from sora_nb.engines.diffusers import random_model
from sora_nb.engines.diffusers.filmer import make
from sora_nb.engines.film import FilmRequest

TOLERANCE = 0.15
SHAPES = [(832, 480, 81), (832, 480, 33), (480, 272, 33)]
WAYS = [("whole", SHAPES), ("parts", SHAPES[:1]), ("stages", SHAPES[1:2]), ("layers", SHAPES[2:])]
STEPS = 3


def made(folder: Path) -> Path:
    """Write a model whose transformer and VAE are as large as those of Wan VACE 1.3B; what reads the prompt is tiny."""
    random_model.wan_vace(folder)
    with torch.device("cuda"):
        torch.set_default_dtype(torch.bfloat16)
        transformer = diffusers.WanVACETransformer3DModel(
            num_attention_heads=12,
            attention_head_dim=128,
            text_dim=32,
            ffn_dim=8960,
            num_layers=30,
            vace_layers=list(range(0, 30, 2)),
            vace_in_channels=96,
        )
        torch.set_default_dtype(torch.float32)
        vae = diffusers.AutoencoderKLWan()
    transformer.save_pretrained(folder / "transformer")
    vae.save_pretrained(folder / "vae")
    del transformer, vae
    torch.cuda.empty_cache()
    return folder


def measured(filmer, shape, folder: Path) -> dict:
    """Film once, and return what it took beside what was computed."""
    width, height, frames = shape
    Image.new("RGB", (512, 512), "firebrick").save(folder / "still.jpg")
    begun, marks = time.monotonic(), {}

    def note(_, stage):
        if stage.startswith("step ") or stage in {"decoding the pictures", "writing the film"} or "loading" in stage:
            marks.setdefault(stage.partition(",")[0], time.monotonic() - begun)

    torch.cuda.reset_peak_memory_stats()
    request = FilmRequest(
        prompt="a rabbit on a beach", references=(folder / "still.jpg",), width=width, height=height, frames=frames,
        fps=16, seed=1, image=None, out=folder / "film.mp4",
    )  # fmt: skip
    filmer.film(request, Control(note))
    computed = filmer.placement
    allocated = torch.cuda.max_memory_allocated()
    steps = [marks[f"step {number} of {STEPS}"] for number in range(1, STEPS + 1)]
    return {
        "shape": shape,
        "way": computed.way,
        "tiled": computed.tiled,
        "computed_gib": computed.card / 2**30,
        "allocated_gib": allocated / 2**30,
        "reserved_gib": torch.cuda.max_memory_reserved() / 2**30,
        "computed_to_allocated": computed.card / allocated,
        "first_step_s": steps[1] - steps[0],
        "step_s": steps[2] - steps[1],
        "decode_s": marks["writing the film"] - marks["decoding the pictures"],
        "all_s": time.monotonic() - begun,
        "marks": marks,
    }


def main() -> int:
    out = Path(sys.argv[1])
    off = []
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root)
        model = made(folder / "vace-1.3b-random")
        found = []
        for way, shapes in WAYS:
            filmer = make(f"{model}?steps={STEPS}&way={way}")
            for shape in shapes:
                one = measured(filmer, shape, folder)
                found.append(one)
                print(json.dumps(one), flush=True)  # noqa: T201
                if abs(one["computed_to_allocated"] - 1) > TOLERANCE:
                    off.append((way, shape))
            filmer.close()
            print("left after close, GiB:", torch.cuda.memory_allocated() / 2**30, flush=True)  # noqa: T201
        about = {"card": torch.cuda.get_device_name(), "torch": torch.__version__, "diffusers": diffusers.__version__}
        (out / "measures.json").write_text(json.dumps({**about, "films": found}, indent=1), encoding="utf-8")
        (out / "film.mp4").write_bytes((folder / "film.mp4").read_bytes())
    print("off by more than 15 %:", off)  # noqa: T201
    return bool(off)


if __name__ == "__main__":
    raise SystemExit(main())

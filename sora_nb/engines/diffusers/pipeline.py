"""One model loaded: put where it is to lie, told a prompt, asked for frames, and given back."""

from __future__ import annotations

import contextlib
import gc
import time
from typing import TYPE_CHECKING, Any

import diffusers
import numpy as np
import psutil
import torch
import transformers

from sora_nb.engines.diffusers import forecast
from sora_nb.engines.diffusers.placement import Card, Need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from sora_nb.engines.base import Control
    from sora_nb.engines.diffusers.folder import ModelFolder
    from sora_nb.engines.diffusers.kinds import Kind
    from sora_nb.engines.diffusers.placement import Placement

READ, FILMED = 0.15, 0.9
"""Fractions of a film's making at which the prompt is read, the last step done; then its pictures are decoded."""


def card(device: str = "") -> Card:
    """Return what computes here.

    Args:
        device: "cuda", "mps" or "cpu"; "" for the best that is there.
    """
    memory = psutil.virtual_memory().available
    if device == "cuda" or (not device and torch.cuda.is_available()):
        free, _ = torch.cuda.mem_get_info()
        best = "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
        return Card("cuda", torch.cuda.get_device_name(), free, memory, best)
    if device == "mps" or (not device and torch.backends.mps.is_available()):
        free = torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
        return Card("mps", "Apple's GPU", min(free, memory), memory, "bf16")
    return Card("cpu", "the processor", memory, memory, "fp32")


def release() -> None:
    """Give back what nothing refers to any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an allocator had no memory left."""
    words = str(error).lower()
    told = isinstance(error, RuntimeError) and ("out of memory" in words or "can't allocate memory" in words)
    return told or isinstance(error, (MemoryError, torch.OutOfMemoryError))


def need(
    folder: ModelFolder, kind: Kind, precision: Callable[[str], str], call: Mapping[str, Any], *, tiled: bool
) -> Need:
    """Compute what a film needs; arguments as of forecast.work()."""
    weights, largest = {}, 0
    for name, part in folder.parts.items():
        if part.weights is None:
            continue
        kept = forecast.kept(part, precision(name))
        weights[name] = part.weights.loaded(precision(name), kept)
        largest = max(largest, part.weights.largest(precision(name), kept))
    work = forecast.work(folder, kind, precision, call, tiled=tiled)
    text = frozenset(kind.text & weights.keys())
    return Need(weights, text, largest, forecast.reading(folder, kind, precision), work)


class Pipeline:
    """A model that is loaded, or as much of it as is needed at a time.

    Args:
        folder: the model.
        kind: its pipeline.
        card: what computes.
        precision: of each part.
        placement: where its parts lie.
    """

    def __init__(
        self, folder: ModelFolder, kind: Kind, card: Card, precision: Callable[[str], str], placement: Placement
    ) -> None:
        self.placement = placement
        self._folder, self._kind, self._card, self._precision = folder, kind, card, precision
        self._whole: Any = None
        self._said: tuple[str, dict[str, Any]] | None = None
        """The last prompt, and what stands for it: a sweep has the same one many times."""

    def film(self, prompt: str, call: Mapping[str, Any], seed: int, steps: int, control: Control) -> NDArray[np.uint8]:
        """Make the pictures of a film, RGB, shape (frames, height, width, 3).

        Args:
            prompt: the text.
            call: other arguments of the pipeline.
            seed: of the noise.
            steps: of the sampler.
            control: told the progress; may cancel at any layer.
        """
        said = self._read(prompt, control)
        pipeline = self._loaded(control, reads=False)
        watch = _Watch(control, steps)
        with torch.inference_mode(), watch.on(pipeline):
            made = pipeline(
                **{**call, **said},
                num_inference_steps=steps,
                generator=torch.Generator("cpu").manual_seed(seed),  # the same noise on every device
                output_type="np",
                callback_on_step_end=watch.step_done,
            )
        frames = made.frames[0]
        return np.clip(frames * 255 + 0.5, 0, 255).astype(np.uint8)

    def _read(self, prompt: str, control: Control) -> dict[str, Any]:
        """Return what stands for a prompt, on the device."""
        if self._said is None or self._said[0] != prompt:
            if self.placement.way == "stages":
                self._drop()
            pipeline = self._loaded(control, reads=True)
            control.step(READ, "reading the prompt")
            with torch.inference_mode(), _Watch(control, 1, "reading the prompt").on(pipeline):
                self._said = prompt, self._kind.read(pipeline, prompt)
            if self.placement.way == "stages":
                pipeline = None
                self._drop()
            elif self.placement.way == "parts":
                pipeline.maybe_free_model_hooks()
        return {name: each.to(self._card.device) for name, each in self._said[1].items()}

    def _loaded(self, control: Control, *, reads: bool) -> Any:
        """Return the pipeline, loaded at need: all of it, or in stages what reads the prompt or all but that."""
        if self._whole is None:
            control.step(0.01, f"loading {self._folder.name}")
            self._whole = self._load(reads=reads)
            control.step(READ / 2, f"{self._folder.name} is loaded")
        return self._whole

    def _load(self, *, reads: bool) -> Any:
        way, kind = self.placement.way, self._kind
        left_out = set(kind.idle)
        if way == "stages":
            left_out |= {name for name in self._folder.parts if (name in kind.text) != reads and name != "scheduler"}
        straight = {"device_map": self._card.device} if self._card.apart and way in {"whole", "stages"} else {}
        dtypes = {
            name: forecast.DTYPES[self._precision(name)]
            for name, part in self._folder.parts.items()
            if part.weights and name not in left_out
        }
        with without_bars():
            pipeline = getattr(diffusers, kind.pipeline).from_pretrained(
                self._folder.path,
                dtype={**dtypes, "default": torch.float32},
                local_files_only=True,
                use_safetensors=True,
                **dict.fromkeys(left_out),
                **straight,
            )
        pipeline.set_progress_bar_config(disable=True)
        if self.placement.tiled and pipeline.vae is not None:
            pipeline.vae.enable_tiling()
        if way == "parts":
            pipeline.enable_model_cpu_offload(device=self._card.device)
        elif way == "layers":
            pipeline.enable_sequential_cpu_offload(device=self._card.device)
        elif not straight:
            pipeline.to(self._card.device)
        return pipeline

    def _drop(self) -> None:
        self._whole = None
        release()

    def close(self) -> None:
        """Give back the memory."""
        self._said = None
        self._drop()


@contextlib.contextmanager
def without_bars() -> Iterator[None]:
    """Keep the libraries' own progress bars out of notebooks; the control is told instead."""
    for library in (diffusers, transformers):
        library.utils.logging.disable_progress_bar()
    try:
        yield
    finally:
        for library in (diffusers, transformers):
            library.utils.logging.enable_progress_bar()


class _Watch:
    """Tells how far a film is, and lets it be cancelled: at the end of each step, and before each layer.

    Args:
        control: is told.
        steps: how many there are.
        stage: what is done before the first one has ended.
    """

    def __init__(self, control: Control, steps: int, stage: str = "") -> None:
        self._control, self._steps = control, steps
        self._done, self._at, self._stage = 0, READ, stage or f"step 1 of {steps}"
        self._begun = 0.0

    @contextlib.contextmanager
    def on(self, pipeline: Any) -> Iterator[None]:
        """Watch a pipeline until the end."""
        models = [each for each in pipeline.components.values() if isinstance(each, torch.nn.Module)]
        lists = [each for model in models for each in model.modules() if isinstance(each, torch.nn.ModuleList)]
        hooks = [layer.register_forward_pre_hook(self._layer) for each in lists for layer in each]
        if pipeline.transformer is not None:
            hooks.append(pipeline.transformer.register_forward_pre_hook(self._begin))
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()
            pipeline.maybe_free_model_hooks()  # where it was cancelled, a part may still lie on the card

    def _begin(self, *_: Any) -> None:
        self._begun = self._begun or time.monotonic()  # what is done before the first step says nothing of steps

    def _layer(self, *_: Any) -> None:
        self._control.step(self._at, self._stage)

    def step_done(self, pipeline: Any, index: int, moment: Any, given: dict[str, Any]) -> dict[str, Any]:
        """Take the end of a step, as pipelines tell it."""
        del pipeline, moment
        self._done = index + 1
        self._at = READ + (FILMED - READ) * self._done / self._steps
        left = (time.monotonic() - self._begun) / self._done * (self._steps - self._done)
        self._stage = f"step {self._done + 1} of {self._steps}, {left:.0f} s left" if left else "decoding the pictures"
        self._control.step(self._at, self._stage)
        return given

"""Compute the memory that a film takes: the pipeline itself runs one step on tensors without data, which are counted."""

from __future__ import annotations

import importlib
import weakref
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import diffusers
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from sora_nb.engines.diffusers.folder import LIBRARIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sora_nb.engines.diffusers.folder import ModelFolder, Part
    from sora_nb.engines.diffusers.kinds import Kind

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
CALLS = ("forward", "encode", "decode")
"""By which methods pipelines have their parts work."""


def class_of(part: Part) -> Any:
    """Return the class of a model's part."""
    own = part.library in LIBRARIES  # else it is a package of diffusers' pipelines, where some keep parts of their own
    return getattr(importlib.import_module(part.library if own else f"diffusers.pipelines.{part.library}"), part.kind)


def kept(part: Part, precision: str) -> frozenset[str]:
    """Return the parts of names of parameters that stay at full precision in a model's part."""
    made = class_of(part)
    names = set(getattr(made, "_keep_in_fp32_modules_strict", None) or ())
    if precision == "fp16" or part.library != "transformers":
        names |= set(getattr(made, "_keep_in_fp32_modules", None) or ())
    return frozenset(names) if precision != "fp32" else frozenset()


def work(
    folder: ModelFolder,
    kind: Kind,
    precision: Callable[[str], str],
    call: Mapping[str, Any],
    *,
    tiled: bool,
) -> dict[str, int]:
    """Return the most bytes beside the weights while each part works.

    Args:
        folder: the model.
        kind: its pipeline.
        precision: of each part.
        call: what the pipeline is called with, the prompt apart.
        tiled: whether the VAE works tile by tile.
    """
    count = _Count()
    parts = {
        name: _empty(part, precision(name)) if part.weights else None
        for name, part in folder.parts.items()
        if name not in kind.text | kind.idle
    }
    for name, part in parts.items():
        if part is not None:
            count.leave_out(part)
            count.watch(name, part)
    missing = dict.fromkeys(name for name in folder.parts if name in kind.text | kind.idle)
    pipeline = getattr(diffusers, kind.pipeline)(**{**missing, **parts, "scheduler": None})
    pipeline.scheduler = _Scheduler(folder)
    pipeline.set_progress_bar_config(disable=True)
    if tiled:
        pipeline.vae.enable_tiling()
    main = DTYPES[precision("transformer")]
    prompt = kind.unread(
        folder, lambda shape, whole: torch.zeros(shape, dtype=torch.int64 if whole else main, device="meta")
    )
    with torch.no_grad(), _FusedAttention(), count:
        pipeline(**{**call, **prompt, "num_inference_steps": 1, "output_type": "pt", "generator": None})
    return dict(count.most)


def reading(folder: ModelFolder, kind: Kind, precision: Callable[[str], str]) -> int:
    """Return the most bytes beside the weights while the prompt is read; arguments as of work()."""
    count = _Count()
    encoder = _empty(folder.parts["text_encoder"], precision("text_encoder"))
    count.leave_out(encoder)
    words = torch.zeros((1, kind.tokens), dtype=torch.int64, device="meta")
    with torch.no_grad(), _FusedAttention(), count:
        layers = encoder(input_ids=words, output_hidden_states=True).hidden_states
        torch.stack(layers, dim=-1)
    return max(count.most.values())


def _empty(part: Part, precision: str) -> Any:
    """Return a part of a model without data in it."""
    made = class_of(part)
    config: Any = dict(part.config)
    with torch.device("meta"):
        if part.library == "transformers":
            model = made(made.config_class.from_dict(config))
        else:
            model = made.from_config(config)
    names = kept(part, precision)
    for name, parameter in [*model.named_parameters(), *model.named_buffers()]:
        if parameter.is_floating_point() and not names.intersection(name.split(".")):
            parameter.data = parameter.data.to(DTYPES[precision])
    return model.eval()


class _Count(TorchDispatchMode):
    """Counts the bytes of the tensors that are alive, weights apart."""

    def __init__(self) -> None:
        super().__init__()
        self.most: dict[str, int] = defaultdict(int)
        self._now = 0
        self._part = ""
        self._known: set[int] = set()

    def leave_out(self, model: Any) -> None:
        """Count no weights of this model."""
        self._known |= {each.untyped_storage()._cdata for each in [*model.parameters(), *model.buffers()]}  # noqa: SLF001

    def watch(self, name: str, model: Any) -> None:
        """Note when a part begins to work."""
        for call in CALLS:
            if hasattr(model, call):
                setattr(model, call, self._noting(name, getattr(model, call)))

    def _noting(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._part = name
            return method(*args, **kwargs)

        return call

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = function(*args, **(kwargs or {}))
        for each in tree_leaves(made):
            if isinstance(each, torch.Tensor) and each.device.type == "meta":
                self._add(each.untyped_storage())
        if (
            function is torch.ops.aten.convolution.default
        ):  # libraries copy what goes in and comes out to their own layout
            self._note(args[0].untyped_storage().nbytes() + made.untyped_storage().nbytes())
        return made

    def _note(self, more: int = 0) -> None:
        self.most[self._part] = max(self.most[self._part], self._now + more)

    def _add(self, storage: Any) -> None:
        key, size = storage._cdata, storage.nbytes()  # noqa: SLF001
        if key in self._known:
            return
        self._known.add(key)
        self._now += size
        self._note()
        weakref.finalize(storage, self._drop, key, size)

    def _drop(self, key: int, size: int) -> None:
        self._known.discard(key)
        self._now -= size


class _FusedAttention(TorchFunctionMode):
    """Attention as every device does it: without a matrix of all pairs, which tensors without data would make."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        if function is torch.nn.functional.scaled_dot_product_attention:
            query = args[0] if args else given["query"]
            value = args[2] if len(args) > 2 else given["value"]
            return query.new_empty((*query.shape[:-1], value.shape[-1]))
        return function(*args, **given)


class _Scheduler:
    """Stands in for a scheduler, whose numbers would have to be looked at."""

    order = 1

    def __init__(self, folder: ModelFolder) -> None:
        del folder
        self.config = {"num_train_timesteps": 1000}
        self.sigmas = torch.ones(3)
        self.timesteps = torch.ones(1)

    def set_timesteps(self, *_: Any, sigmas: Any = None, timesteps: Any = None, **__: Any) -> None:
        """Plan one step, whatever is asked for."""
        del sigmas, timesteps  # some pipelines look whether a scheduler takes them
        self.timesteps = torch.ones(1).to("meta")

    def step(self, found: Any, _: Any, sample: Any, **__: Any) -> tuple[Any]:
        """Do one step."""
        return (sample - found,)

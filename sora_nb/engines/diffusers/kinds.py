"""The pipelines of diffusers that are shown a subject: what each makes, and which arguments it takes.

A model is of the kind that its model_index.json names, whatever it is called. Sizes and lengths come from the
configuration of its parts. What is usual is the default of each pipeline's call (diffusers 0.42.1, read 2026-11-26).
"""

from __future__ import annotations

import importlib
import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from PIL import Image

from sora_nb.engines.film import FilmModel
from sora_nb.errors import ConfigError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sora_nb.engines.diffusers.folder import ModelFolder

LEAST_SIDE = 64
MOST_SIDE = 4096
"""Pixels of a side."""


class Kind(ABC):
    """One pipeline.

    Attributes:
        pipeline: its class.
        size, frames, fps, steps, guidance: what is usual.
        tokens: the longest prompt.
        references: most pictures of characters; more take memory and time, as each is seen beside every frame.
        precise: parts that compute at full precision whatever the others do.
        idle: parts that are not loaded.
        text: parts that read the prompt.
    """

    pipeline: ClassVar[str]
    size: ClassVar[tuple[int, int]]
    frames: ClassVar[int]
    fps: ClassVar[int]
    steps: ClassVar[int]
    guidance: ClassVar[float]
    tokens: ClassVar[int]
    references: ClassVar[int] = 4
    precise: ClassVar[frozenset[str]] = frozenset()
    idle: ClassVar[frozenset[str]] = frozenset()
    text: ClassVar[frozenset[str]] = frozenset({"tokenizer", "text_encoder"})

    @abstractmethod
    def scales(self, folder: ModelFolder) -> tuple[int, int]:
        """Return what sides are multiples of, and how many frames lie between two lengths."""

    def rules(self, folder: ModelFolder, name: str) -> FilmModel:
        """Return what a model of this kind makes.

        Args:
            folder: the model, or as much of it as has the configurations.
            name: what it is asked for by.
        """
        multiple, step = self.scales(folder)
        return FilmModel(
            name=name,
            size=self.size,
            seconds=round(self.frames / self.fps),
            fps=self.fps,
            multiple=multiple,
            sides=(LEAST_SIDE, MOST_SIDE),
            frames=(step + 1, None),
            frame_step=step,
            references=self.references,
            image=True,
            source=f"the configuration of {folder.name}",
        )

    @abstractmethod
    def shown(self, references: Sequence[Image.Image], image: Image.Image | None, frames: int) -> dict[str, Any]:
        """Return the arguments that show pictures.

        Args:
            references: of characters, on a plain ground.
            image: what the film starts from, of the film's size.
            frames: how many the film has.
        """

    def length(self, frames: int) -> dict[str, Any]:
        """Return the arguments that say how long it is."""
        return {"num_frames": frames}

    @abstractmethod
    def read(self, pipeline: Any, prompt: str) -> dict[str, Any]:
        """Read the prompt; return the arguments that stand for it."""

    @abstractmethod
    def unread(self, folder: ModelFolder, zeros: Any) -> dict[str, Any]:
        """Return arguments of the same shapes as read() does.

        Args:
            folder: the model.
            zeros: makes a tensor; takes its shape and whether its numbers are whole.
        """


class WanVace(Kind):
    """Wan VACE: characters from stills, and a film may start from a picture."""

    pipeline = "WanVACEPipeline"
    size, frames, steps, guidance, tokens = (832, 480), 81, 50, 5.0, 512
    fps = 16  # github.com/Wan-Video/Wan2.1, wan/configs/shared_config.py: sample_fps; read 2026-11-26
    precise = frozenset({"vae"})  # as in the documentation of WanVACEPipeline

    def scales(self, folder: ModelFolder) -> tuple[int, int]:
        """Return what sides and lengths go by; see Kind.scales()."""
        downsample = folder.config("vae").get("temperal_downsample", [False, True, True])
        patch = folder.config("transformer").get("patch_size", [1, 2, 2])
        return 2 ** len(downsample) * patch[1], 2 ** sum(downsample)

    def shown(self, references: Sequence[Image.Image], image: Image.Image | None, frames: int) -> dict[str, Any]:
        """Return the arguments that show pictures; see Kind.shown()."""
        given: dict[str, Any] = {"reference_images": list(references)} if references else {}
        if image is not None:  # black in the mask is kept, white is made; what is made is grey in the film
            kept, made = (Image.new("L", image.size, shade) for shade in (0, 255))
            grey = Image.new("RGB", image.size, (128, 128, 128))
            given |= {"video": [image, *[grey] * (frames - 1)], "mask": [kept, *[made] * (frames - 1)]}
        return given

    def read(self, pipeline: Any, prompt: str) -> dict[str, Any]:
        """Read the prompt; see Kind.read()."""
        said, unwanted = pipeline.encode_prompt(
            prompt=prompt, negative_prompt="", do_classifier_free_guidance=True, max_sequence_length=self.tokens
        )
        return {"prompt_embeds": said, "negative_prompt_embeds": unwanted}

    def unread(self, folder: ModelFolder, zeros: Any) -> dict[str, Any]:
        """Return what stands for read prompts; see Kind.unread()."""
        wide = folder.config("text_encoder")["d_model"]
        return {
            name: zeros((1, self.tokens, wide), whole=False) for name in ("prompt_embeds", "negative_prompt_embeds")
        }


class Ltx2(Kind):
    """What the pipelines of LTX-2 have in common."""

    size, frames, fps, steps, guidance, tokens = (768, 512), 121, 24, 30, 3.0, 1024
    idle = frozenset({"prompt_enhancer", "processor"})
    LEAST_MULTIPLE = 32
    """What the pipelines themselves ask for."""

    def scales(self, folder: ModelFolder) -> tuple[int, int]:
        """Return what sides and lengths go by; see Kind.scales()."""
        config = folder.config("vae")
        scaling = config.get("spatio_temporal_scaling", [True] * 4)
        halvings = 2 ** (sum(scaling) if isinstance(scaling, list) else 4 * bool(scaling))
        across = config.get("spatial_compression_ratio") or config.get("patch_size", 4) * halvings
        along = config.get("temporal_compression_ratio") or config.get("patch_size_t", 1) * halvings
        return math.lcm(across, self.LEAST_MULTIPLE), along

    def read(self, pipeline: Any, prompt: str) -> dict[str, Any]:
        """Read the prompt; see Kind.read()."""
        said, mask, unwanted, unwanted_mask = pipeline.encode_prompt(
            prompt=prompt, negative_prompt="", do_classifier_free_guidance=True, max_sequence_length=self.tokens
        )
        return {
            "prompt_embeds": said,
            "prompt_attention_mask": mask,
            "negative_prompt_embeds": unwanted,
            "negative_prompt_attention_mask": unwanted_mask,
        }

    def unread(self, folder: ModelFolder, zeros: Any) -> dict[str, Any]:
        """Return what stands for read prompts; see Kind.unread()."""
        config = folder.config("connectors")
        wide = config["caption_channels"] * config["text_proj_in_factor"]
        return {
            f"{which}prompt_{what}": zeros(shape, whole=whole)
            for which in ("", "negative_")
            for what, shape, whole in (
                ("embeds", (1, self.tokens, wide), False),
                ("attention_mask", (1, self.tokens), True),
            )
        }

    def length(self, frames: int) -> dict[str, Any]:
        """Return the arguments that say how long it is; see Kind.length()."""
        return {"num_frames": frames, "frame_rate": float(self.fps)}


class Ltx2InContext(Ltx2):
    """LTX-2 with references in its context, for weights that were trained to take them."""

    pipeline = "LTX2InContextPipeline"

    def shown(self, references: Sequence[Image.Image], image: Image.Image | None, frames: int) -> dict[str, Any]:  # noqa: ARG002
        """Return the arguments that show pictures; see Kind.shown()."""
        given: dict[str, Any] = {}
        if references:
            given["reference_conditions"] = [_made("ic_lora.LTX2ReferenceCondition", [each]) for each in references]
        if image is not None:
            given["conditions"] = [_made("condition.LTX2VideoCondition", image)]
        return given


class Ltx2Condition(Ltx2):
    """LTX-2 with pictures as frames: a film starts from the still of its character."""

    pipeline = "LTX2ConditionPipeline"
    references = 1

    def shown(self, references: Sequence[Image.Image], image: Image.Image | None, frames: int) -> dict[str, Any]:  # noqa: ARG002
        """Return the arguments that show pictures; see Kind.shown()."""
        if references and image is not None:
            raise InvalidInput(
                "This model takes one picture, which the film starts from: a character's still, or the one that was given.",
                hint="Leave image= out, or mention nobody.",
            )
        first = image if image is not None else next(iter(references), None)
        return {} if first is None else {"conditions": [_made("condition.LTX2VideoCondition", first)]}


def _made(name: str, frames: Any) -> Any:
    """Make a condition of LTX-2's pipelines; their modules take seconds to load, and nothing else here needs them."""
    module, _, kind = name.partition(".")
    return getattr(importlib.import_module(f"diffusers.pipelines.ltx2.pipeline_ltx2_{module}"), kind)(frames=frames)


KINDS: Mapping[str, Kind] = {kind.pipeline: kind for kind in (WanVace(), Ltx2InContext(), Ltx2Condition())}


def of(pipeline: str) -> Kind:
    """Return the kind of a model.

    Args:
        pipeline: the class that its index names.

    Raises:
        ConfigError: it is none that can be shown a character.
    """
    if pipeline not in KINDS:
        raise ConfigError(
            f"The model is a {pipeline or 'pipeline without a name'}; characters can be shown to {', '.join(KINDS)}.",
            hint="Use a model whose model_index.json names one of these as _class_name.",
        )
    return KINDS[pipeline]

"""Read how large weights are from the headers of their safetensors files; no weight is read, and nothing else is needed."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, NamedTuple

from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

BYTES = {"fp32": 4, "bf16": 2, "fp16": 2}
"""Bytes of a number at each precision that weights are loaded at."""
MOST_HEADER = 100_000_000
"""Bytes of a header at most, as the format says (huggingface/safetensors, README, 2026-11)."""
INDEX = ".safetensors.index.json"
NAMES = ("diffusion_pytorch_model", "model")
"""What weights are called by diffusers and by transformers, without their ending."""


class Tensor(NamedTuple):
    """One tensor of a file.

    Attributes:
        name: of the parameter.
        numbers: how many it has.
        floating: whether these are floating-point numbers, which are loaded at the precision that is chosen.
        size: bytes in the file.
    """

    name: str
    numbers: int
    floating: bool
    size: int

    def loaded(self, precision: str, kept: Collection[str] = ()) -> int:
        """Return the bytes that it has in memory.

        Args:
            precision: "fp32", "bf16" or "fp16".
            kept: parts of names of parameters that stay at fp32.
        """
        if not self.floating:
            return self.size
        whole = any(part in self.name.split(".") for part in kept)
        return self.numbers * BYTES["fp32" if whole else precision]


class Weights(NamedTuple):
    """The weights of one part of a model.

    Attributes:
        files: where they are.
        tensors: all of them.
    """

    files: tuple[Path, ...]
    tensors: tuple[Tensor, ...]

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(each.size for each in self.tensors)

    def loaded(self, precision: str, kept: Collection[str] = ()) -> int:
        """Return the bytes that they have in memory; see Tensor.loaded()."""
        return sum(each.loaded(precision, kept) for each in self.tensors)

    def largest(self, precision: str, kept: Collection[str] = ()) -> int:
        """Return the bytes of the largest tensor in memory."""
        return max((each.loaded(precision, kept) for each in self.tensors), default=0)


def read(folder: Path) -> Weights:
    """Read the headers of a part's weights.

    Args:
        folder: of the part, as "transformer".

    Raises:
        ConfigError: a file is missing or damaged, or there are no weights as safetensors.
    """
    files = _files(folder)
    return Weights(files, tuple(tensor for file in files for tensor in header(file)))


def _files(folder: Path) -> tuple[Path, ...]:
    for name in NAMES:
        index = folder / f"{name}{INDEX}"
        if index.is_file():
            try:
                named = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
                files = tuple(folder / each for each in dict.fromkeys(named))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise _damaged(index) from error
            missing = [each.name for each in files if not each.is_file()]
            if missing:
                raise ConfigError(
                    f"The part {folder.name!r} of the model lacks {len(missing)} of {len(files)} files: "
                    f"{', '.join(missing[:3])}.",
                    hint="Download the model again; what is there already is kept.",
                )
            return files
        single = folder / f"{name}.safetensors"
        if single.is_file():
            return (single,)
    other = sorted(each.name for each in folder.glob("*") if each.suffix in {".bin", ".pt", ".ckpt", ".safetensors"})
    found = f" but only {', '.join(other[:3])}" if other else ""
    raise ConfigError(
        f"The part {folder.name!r} of the model has no weights as {NAMES[0]}.safetensors or {NAMES[1]}.safetensors{found}.",
        hint="Download the model again, with its safetensors files.",
    )


def header(file: Path) -> list[Tensor]:
    """Return the tensors of a safetensors file.

    The format: eight bytes with the header's length, little-endian; then JSON, each tensor with `dtype`, `shape` and
    `data_offsets`; then the data.

    Raises:
        ConfigError: it is no such file, or ends before its data does.
    """
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            if length > MOST_HEADER:
                raise _damaged(file)
            entries = json.loads(opened.read(length))
        found = [
            Tensor(
                name, math.prod(each["shape"]), "F" in each["dtype"], each["data_offsets"][1] - each["data_offsets"][0]
            )
            for name, each in entries.items()
            if name != "__metadata__"
        ]
        end = max((each["data_offsets"][1] for name, each in entries.items() if name != "__metadata__"), default=0)
        whole = file.stat().st_size
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise _damaged(file) from error
    if whole < 8 + length + end:
        raise ConfigError(
            f"{file.parent.name}/{file.name} has {whole:,} bytes of {8 + length + end:,}.",
            hint="Its download was cut off: download it again. A file of a few bytes may be a pointer of Git LFS.",
        )
    return found


def _damaged(file: Path) -> ConfigError:
    return ConfigError(
        f"{file.parent.name}/{file.name} is not what its name says.",
        hint="Download it again. A file of a few bytes may be a pointer of Git LFS: git lfs pull fetches what it stands for.",
    )

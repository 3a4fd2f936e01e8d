"""Read a model's folder, as diffusers saves it: what it is, its parts and their configurations, its licence."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sora_nb.display import plain
from sora_nb.engines.diffusers import weights
from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

INDEX = "model_index.json"
WITHOUT_WEIGHTS = ("tokenizer", "scheduler", "processor", "feature_extractor", "image_processor", "guider")
"""Beginnings of the names of parts that are configuration alone, as far as their classes do not tell."""
LIBRARIES = ("diffusers", "transformers")
"""Whose classes parts have; code that comes with weights is never run."""
_SNAPSHOT = re.compile(r"[0-9a-f]{40}")
"""What a folder of the hub's cache is called: the revision."""
_CLASS = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
UNKNOWN = "not said"


@dataclass(frozen=True)
class Part:
    """One part of a model.

    Attributes:
        name: as the index has it, such as "transformer".
        library, kind: its class, as "diffusers" and "WanVACETransformer3DModel".
        config: its configuration; empty where it has none.
        weights: what its files hold, or None where it has no weights.
    """

    name: str
    library: str
    kind: str
    config: Mapping[str, Any]
    weights: weights.Weights | None


@dataclass(frozen=True)
class ModelFolder:
    """A model on this machine.

    Attributes:
        path: its folder.
        name: of the model: the hub's id, or the folder's name.
        pipeline: the class that its index names, such as "WanVACEPipeline".
        parts: by name.
        licence: of the weights, as its card says.
        revision: the hub's commit; "" where nobody knows.
    """

    path: Path
    name: str
    pipeline: str
    parts: Mapping[str, Part]
    licence: str
    revision: str

    def config(self, part: str) -> Mapping[str, Any]:
        """Return the configuration of a part."""
        return self.parts[part].config

    @property
    def size(self) -> int:
        """Bytes of all weights on the disk."""
        return sum(part.weights.size for part in self.parts.values() if part.weights)


def pipeline_of(index: Mapping[str, Any]) -> str:
    """Return the class that an index names; "" where it names none."""
    return str(index.get("_class_name") or "")


def parts_of(index: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the parts that an index names: library and class of each. Those that the model leaves out are not in it."""
    return {
        name: (value[0], value[1])
        for name, value in index.items()
        if isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value)
    }


def read(path: Path, name: str = "", idle: Collection[str] = ()) -> ModelFolder:
    """Read a model's folder; no weight is read.

    Args:
        path: the folder.
        name: of the model, where it is another than the folder's.
        idle: parts that are not needed.

    Raises:
        ConfigError: it is no model's folder, or parts of it are missing.
    """
    index = index_of(path)
    parts = {each: _part(path / each, *kind) for each, kind in parts_of(index).items() if each not in idle}
    if not any(part.weights for part in parts.values()):
        raise ConfigError(f"{path.name!r} names no part with weights.", hint="Download the model again.")
    revision = path.name if _SNAPSHOT.fullmatch(path.name) else ""
    return ModelFolder(path, name or path.name, pipeline_of(index), parts, licence_of(path), revision)


def read_settings(path: Path, name: str, idle: Collection[str] = ()) -> ModelFolder:
    """Read the folder of a model whose weights are yet to be downloaded; as read(), without the weights."""
    index = index_of(path)
    parts = {
        each: Part(each, *kind, _json(path / each / "config.json"), None)
        for each, kind in parts_of(index).items()
        if each not in idle and (path / each / "config.json").is_file()
    }
    return ModelFolder(path, name, pipeline_of(index), parts, licence_of(path), path.name)


def index_of(path: Path) -> dict[str, Any]:
    """Return the index of a model's folder.

    Raises:
        ConfigError: there is none that can be read.
    """
    file = path / INDEX
    if not path.is_dir():
        raise ConfigError(f"There is no folder {str(path)!r}.", hint="Give a model's folder, or the hub's id of one.")
    if not file.is_file():
        inside = ", ".join(sorted(each.name for each in path.iterdir())[:5]) or "nothing"
        raise ConfigError(
            f"{path.name!r} is no model's folder as diffusers saves it: it has no {INDEX}. In it: {inside}.",
            hint=f"Give the folder that has {INDEX}. A single file of weights has to be converted first, see the "
            "documentation of diffusers.",
        )
    return _json(file)


def _part(folder: Path, library: str, kind: str) -> Part:
    if not folder.is_dir():
        raise ConfigError(
            f"The model lacks its part {folder.name!r} ({kind}).",
            hint="Download the model again; what is there already is kept.",
        )
    if not _CLASS.fullmatch(library) or not _CLASS.fullmatch(kind):
        raise ConfigError(
            f"The part {folder.name!r} of the model brings code of its own, {plain(library, 40)}.",
            hint="Code that comes with weights is never run here. Use a model that diffusers knows.",
        )
    bare = folder.name.startswith(WITHOUT_WEIGHTS)
    if not any(folder.iterdir()):
        raise ConfigError(f"The part {folder.name!r} of the model is empty.", hint="Download the model again.")
    if bare:
        return Part(folder.name, library, kind, {}, None)
    file = folder / "config.json"
    if not file.is_file():
        raise ConfigError(f"The part {folder.name!r} of the model lacks config.json.", hint="Download the model again.")
    return Part(folder.name, library, kind, _json(file), weights.read(folder))


def licence_of(path: Path) -> str:
    """Return what a model's card says of its licence."""
    try:
        text = (path / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return UNKNOWN
    head = re.match(r"\A---\s*\n(.*?)\n---", text, re.DOTALL)
    said = dict(
        re.findall(
            r"^(license|license_name):[ \t]*[\"']?([^\n\"']+?)[\"']?[ \t]*$", head[1] if head else "", re.MULTILINE
        )
    )
    return said.get("license_name") or said.get("license") or UNKNOWN


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file.parent.name}/{file.name} cannot be read.", hint="Download it again.") from error
    if not isinstance(found, dict):
        raise ConfigError(f"{file.parent.name}/{file.name} is no configuration.", hint="Download it again.")
    return found

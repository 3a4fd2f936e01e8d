"""sora_nb: reusable characters from video, in Jupyter.

    from sora_nb import Studio

    studio = Studio()
    clip = studio.generate("a corgi barista pours latte art, cosy coffee shop")
    hero = studio.extract(clip, 1, 3)
    studio.generate(f"{hero} walking on the beach at sunset")
    studio.costs()

Names are loaded at first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as type checkers know it; importing `typing` would take longer than all else here
if TYPE_CHECKING:
    from typing import Any

    from sora_nb.calls.job import Job
    from sora_nb.errors import SoraError
    from sora_nb.models import Character, Clip, Price, Video
    from sora_nb.money.prices import Estimate
    from sora_nb.notebook.widgets.character_gallery import CharacterGallery
    from sora_nb.notebook.widgets.clip_slider import ClipSlider
    from sora_nb.notebook.widgets.cost_meter import CostMeter
    from sora_nb.notebook.widgets.prompt_box import PromptBox
    from sora_nb.notebook.widgets.video_grid import VideoGrid
    from sora_nb.notebook.widgets.video_picker import VideoPicker
    from sora_nb.providers.client import AsyncClient, Client
    from sora_nb.providers.registry import Profile
    from sora_nb.samples import footage
    from sora_nb.studio import Studio

_HOME = {
    "AsyncClient": "providers.client",
    "Character": "models",
    "CharacterGallery": "notebook.widgets.character_gallery",
    "Client": "providers.client",
    "Clip": "models",
    "ClipSlider": "notebook.widgets.clip_slider",
    "CostMeter": "notebook.widgets.cost_meter",
    "Estimate": "money.prices",
    "Job": "calls.job",
    "Price": "models",
    "Profile": "providers.registry",
    "PromptBox": "notebook.widgets.prompt_box",
    "SoraError": "errors",
    "Studio": "studio",
    "Video": "models",
    "VideoGrid": "notebook.widgets.video_grid",
    "VideoPicker": "notebook.widgets.video_picker",
    "footage": "samples",
}

__all__ = [
    "AsyncClient",
    "Character",
    "CharacterGallery",
    "Client",
    "Clip",
    "ClipSlider",
    "CostMeter",
    "Estimate",
    "Job",
    "Price",
    "Profile",
    "PromptBox",
    "SoraError",
    "Studio",
    "Video",
    "VideoGrid",
    "VideoPicker",
    "footage",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("sora_nb")
    if name not in _HOME:
        raise AttributeError(f"module 'sora_nb' has no attribute {name!r}")
    value = getattr(import_module(f"sora_nb.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def load_ipython_extension(ip: Any) -> None:
    """Make `%sora` and `%%sora` known; IPython calls it for `%load_ext sora_nb`."""
    import_module("sora_nb.magics").load(ip)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

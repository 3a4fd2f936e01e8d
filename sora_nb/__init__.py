"""sora_nb: reusable characters from video, in Jupyter.

    from sora_nb import Studio

    studio = Studio()
    clip = studio.generate("a corgi barista pours latte art, cosy coffee shop")
    hero = studio.extract(clip, 1, 3)
    studio.generate(f"{hero} walking on the beach at sunset")
    studio.costs()

Names are loaded at first use, so that importing the package costs next to nothing; type checkers and completion read
`__init__.pyi`.
"""

from __future__ import annotations

from importlib import import_module

_HOME = {
    "ApiError": "errors",
    "ArchiveError": "errors",
    "AuthError": "errors",
    "BadRequest": "errors",
    "Budget": "money.budget",
    "BudgetExceeded": "errors",
    "Cancelled": "errors",
    "Character": "models",
    "CharacterError": "errors",
    "CharacterGallery": "notebook.widgets.character_gallery",
    "Clip": "models",
    "ClipError": "errors",
    "ClipSlider": "notebook.widgets.clip_slider",
    "ConfigError": "errors",
    "ConsentNeeded": "errors",
    "CostMeter": "notebook.widgets.cost_meter",
    "DownloadError": "errors",
    "Estimate": "money.prices",
    "FileNotReady": "errors",
    "GenerationFailed": "errors",
    "Interrupted": "errors",
    "InvalidInput": "errors",
    "Job": "calls.job",
    "LedgerError": "errors",
    "LinkExpired": "errors",
    "MediaError": "errors",
    "NoSubject": "errors",
    "NotDelivered": "errors",
    "NotFound": "errors",
    "OutcomeUnknown": "errors",
    "PolicyError": "errors",
    "Price": "models",
    "Profile": "providers.profile",
    "PromptBox": "notebook.widgets.prompt_box",
    "PromptError": "errors",
    "QuotaError": "errors",
    "RateLimited": "errors",
    "RealPersonError": "errors",
    "RouteRetired": "errors",
    "SoraError": "errors",
    "SpanRule": "models",
    "State": "models",
    "Status": "models",
    "StatusUnknown": "errors",
    "StoreError": "errors",
    "Studio": "studio",
    "Sweep": "experiments.sweep",
    "UpstreamError": "errors",
    "Video": "models",
    "VideoGrid": "notebook.widgets.video_grid",
    "VideoPicker": "notebook.widgets.video_picker",
    "WaitTimeout": "errors",
    "footage": "samples",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> object:
    if name == "__version__":
        return import_module("importlib.metadata").version("sora_nb")
    if name not in _HOME:
        raise AttributeError(f"module 'sora_nb' has no attribute {name!r}")
    value = getattr(import_module(f"sora_nb.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def load_ipython_extension(ip: object) -> None:
    """Make `%sora` and `%%sora` known; IPython calls it for `%load_ext sora_nb`."""
    import_module("sora_nb.magics").load(ip)


def unload_ipython_extension(ip: object) -> None:
    """Take `%sora`, `%%sora` and the completion of names away; IPython calls it for `%unload_ext sora_nb`."""
    import_module("sora_nb.magics").unload(ip)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

"""The engine for open weights, whose libraries take seconds to import: a test does it, and not whoever collects its file."""

from __future__ import annotations

import importlib


def diffusers(name):
    """Return a module of the engine."""
    return importlib.import_module(f"sora_nb.engines.diffusers.{name}")

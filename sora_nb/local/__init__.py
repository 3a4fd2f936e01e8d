"""The offline half: a server that speaks the protocol, and the engine that answers it."""

ORIGIN = "by the local engine of sora_nb, not a Sora model"
"""Whoever is shown an animatic is told so with these words."""

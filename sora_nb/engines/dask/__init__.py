"""Have the workers of a Dask cluster do what an engine does: engine.py is what a studio and a server call."""

VARIABLE = "SORA_NB_WORKERS"
"""Names the workers where nobody says which."""

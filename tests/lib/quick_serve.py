"""`sora-nb serve` with a quick engine in the place of the one that draws; each film is marked, and takes a moment."""

from __future__ import annotations

from quick import MarkedEngine

from sora_nb import cli
from sora_nb.engines import animatic


class Slow(MarkedEngine):
    def __init__(self):
        super().__init__()
        self.delay = 0.02


animatic.AnimaticEngine = Slow
cli.main()

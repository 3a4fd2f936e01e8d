"""Loaded by schemathesis: some of the files it sends are a real clip, so that not every one is refused at the door."""

from __future__ import annotations

import os
from pathlib import Path

import schemathesis
from hypothesis import strategies

CLIP = Path(os.environ["FUZZ_CLIP"]).read_bytes()
schemathesis.openapi.format("binary", strategies.one_of(strategies.just(CLIP), strategies.binary(max_size=100)))

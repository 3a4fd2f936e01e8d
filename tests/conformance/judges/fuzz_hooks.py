"""Loaded by schemathesis: some of the files it sends are a real clip or picture, so that not every one is refused."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import schemathesis
from hypothesis import strategies

CLIP = Path(os.environ["FUZZ_CLIP"]).read_bytes()
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
KNOWN = [CLIP, base64.b64decode(PICTURE)]
schemathesis.openapi.format(
    "binary", strategies.one_of(strategies.sampled_from(KNOWN), strategies.binary(max_size=100))
)
schemathesis.openapi.format("data-url", strategies.just(f"data:image/png;base64,{PICTURE}"))

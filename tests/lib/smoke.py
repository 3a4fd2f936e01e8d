"""The loop of the README in an environment of its own: import everything, make, extract, reuse, count, serve.

Run by the versions' test with the interpreter of each environment; writes what it made.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import tempfile
from pathlib import Path

import pandas as pd

import sora_nb
from sora_nb import Clip, Studio

SMALL = {"seconds": 2, "size": "320x192"}
OTHERS = (
    "sora_nb.engines.comfyui",
    "sora_nb.engines.dask",
    "sora_nb.engines.diffusers",
    "sora_nb.notebook.extension",
    "sora_nb.storage.sftp",
)
"""What needs an extra of the package, or a Jupyter server that imports it; each has tests of its own."""


def everything():
    """Import each module that a plain installation has, and return how many there are."""
    found = [
        module.name for module in pkgutil.walk_packages(sora_nb.__path__, "sora_nb.") if "__main__" not in module.name
    ]
    found = [name for name in found if not name.startswith(OTHERS)]
    for name in found:
        importlib.import_module(name)
    return len(found)


def loop(studio, footage):
    """Go once around: a video, a character from footage, a video with it, and what that cost."""
    first = studio.generate("a corgi barista pours latte art", **SMALL)
    character = studio.extract(footage, Clip(1, 3))
    second = studio.generate(f"@{character.username} walks on the beach", **SMALL)
    table = studio.costs()
    assert list(table["status"]) == ["done"] * 3, table
    assert first.status == second.status == "completed"
    assert len(studio.videos()) == 2
    return [str(kind) for kind in table.dtypes]


def main():
    """Do all of it, to the engine of this process and to the local server."""
    from sora_nb.engines.animatic import AnimaticEngine
    from sora_nb.server.server import LocalServer

    footage = Path(sys.argv[1])
    said = {"modules": everything(), "pandas": pd.__version__}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Studio("local", home=home / "local", progress=False) as studio:
            said["columns"] = loop(studio, footage)
            studio.costs().to_csv(home / "costs.csv")
            studio.app()
        server = LocalServer(home / "server", AnimaticEngine(), api_key="k").start()
        with Studio(base_url=server.url, api_key="k", home=home / "hosted", progress=False) as studio:
            said["served"] = str(studio.generate("a fox", model="animatic", **SMALL).status)
        server.stop()
        with Studio("local", home=home / "local", progress=False) as studio:  # what was kept is read again
            said["calls"] = len(studio.costs())
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()

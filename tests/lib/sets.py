"""Environments with the versions that hosted notebooks have, laid over the packages of the environment the tests run in.

An environment sees the packages of the running interpreter, and has its own copy of every package that a set names or
that does not go with the set. So it is made in seconds, and pip still refuses where this project's ranges and the set
exclude each other.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETS = {
    # repo2docker's lock of 2025-10, which mybinder.org builds on
    "binder": {
        "jupyterlab": "4.4.9",
        "notebook": "7.4.7",
        "jupyter_server": "2.17.0",
        "ipykernel": "7.0.1",
        "ipywidgets": "8.1.7",
        "jupyterlab_widgets": "3.0.15",
        "anywidget": "0.9.21",
    },
    # what Colab has preinstalled, as of 2026-08-19
    "colab": {
        "ipykernel": "6.17.1",
        "ipython": "7.34.0",
        "ipywidgets": "7.7.1",
        "anywidget": "0.9.21",
        "traitlets": "5.7.1",
        "jupyter_client": "7.4.9",
    },
}


def python(name, folder):
    """Make the environment of a set, or take the one made before, and return its interpreter.

    Args:
        name: of SETS.
        folder: where environments are kept.

    Raises:
        AssertionError: it cannot be installed, or has other versions than the set.
    """
    pins = [f"{package}=={version}" for package, version in SETS[name].items()]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*pins, *project["dependencies"]]
    here = sorted(f"{found.name}=={found.version}" for found in metadata.distributions())
    key = hashlib.sha256(json.dumps([wanted, here, sys.prefix, sys.version]).encode()).hexdigest()[:16]
    made = folder / f"{name}-{key}"
    interpreter = made / "bin" / "python"
    if not (made / "complete").exists():
        venv.create(made, clear=True, with_pip=False, symlinks=True)
        below = sysconfig.get_path("purelib", vars={"base": str(made), "platbase": str(made)})
        Path(below, "below.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", f"--python={interpreter}", "install", "--quiet", *wanted]
        said = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert said.returncode == 0, said.stdout[-2000:] + said.stderr[-4000:]
        (made / "complete").touch()
    code = (
        "import importlib.metadata as m, json, sys; print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))"
    )
    command = [interpreter, "-c", code, *SETS[name]]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": ""})
    assert json.loads(said.stdout) == SETS[name]
    return str(interpreter)

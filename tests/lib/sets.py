"""Environments of other versions: those that hosted notebooks have, and the lowest and the newest that are declared.

The first kind is laid over the packages of the environment the tests run in. An environment sees the packages of the running interpreter, and has its own copy of every package that a set names or
that does not go with the set. So it is made in seconds, and pip still refuses where this project's ranges and the set
exclude each other.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import os
import re
import shutil
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
        command = [
            sys.executable,
            "-m",
            "pip",
            f"--python={interpreter}",
            "install",
            "--quiet",
            "--no-compile",
            *wanted,
        ]
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


BOUNDS = (("lowest", "3.11"), ("newest", "3.12"), ("newest", "3.13"), ("newest", "3.14"))
"""Which versions are tried on which Python; those that the tests run with are the newest on theirs."""


@functools.cache
def interpreter(version):
    """Find a Python of this version, on the path or among pyenv's; None where this machine has none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    known = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python"))]
    if f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        known.insert(0, sys.executable)
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    for found in filter(None, known):
        said = subprocess.run([found, "-c", code], capture_output=True, text=True, check=False)
        if said.stdout.strip() == version:
            return str(found)
    return None


def bound(name, version, folder):
    """Make an environment of the lowest or newest versions that the project declares, or take the one made before.

    Args:
        name: "lowest" or "newest".
        version: of Python; an interpreter of it is here.
        folder: where environments are kept. The newest are made anew each day.

    Returns:
        Its interpreter.

    Raises:
        AssertionError: it cannot be installed.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"]
    if name == "lowest":
        wanted = [re.sub(r">=([\w.]+).*", r"==\1", each) for each in wanted]
    day = dt.datetime.now(dt.UTC).date().isoformat() if name == "newest" else ""
    key = hashlib.sha256(json.dumps([wanted, day, interpreter(version)]).encode()).hexdigest()[:16]
    made = folder / f"{name}-{version}-{key}"
    python = made / "bin" / "python"
    if not (made / "complete").exists():
        for old in folder.glob(f"{name}-{version}-*"):
            shutil.rmtree(old)
        install = [
            sys.executable,
            "-m",
            "pip",
            f"--python={python}",
            "install",
            "--quiet",
            "--no-compile",
            "--only-binary=:all:",
        ]
        for command in ([interpreter(version), "-m", "venv", "--without-pip", made], [*install, *wanted]):
            said = subprocess.run(command, capture_output=True, text=True, check=False)
            assert said.returncode == 0, said.stdout[-2000:] + said.stderr[-4000:]
        (made / "complete").touch()
    return str(python)

"""The wheel is built and holds everything the package reads."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.release
ROOT = Path(__file__).parents[1]


def test_the_wheel_is_whole(tmp_path):
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    sources = {str(path.relative_to(ROOT)) for path in (ROOT / "sora_nb").rglob("*.py")}
    assert sources <= names
    assert {
        "sora_nb/providers/providers.toml",
        "sora_nb/data/bigbuckbunny.mp4",
        "sora_nb/data/README.md",
        "sora_nb/vision/weights/README.md",
        "sora_nb/vision/weights/LICENSE",
        "sora_nb/vision/weights/face_detection_short_range.tflite",
        "sora_nb/vision/weights/selfie_segmentation.tflite",
        "sora_nb/py.typed",
    } <= names
    assert not [name for name in names if name.startswith("tests/")]
    # what enables the extension of the Jupyter server wherever the wheel is installed
    (enabling,) = (name for name in names if name.endswith("/etc/jupyter/jupyter_server_config.d/sora_nb.json"))
    assert ".data/data/etc/" in enabling
    code = "import sora_nb; print(sora_nb.footage(), sora_nb.Studio.__name__)"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "site", capture_output=True, text=True, check=True
    )
    assert "data/bigbuckbunny.mp4 Studio" in said.stdout.replace("\\", "/")

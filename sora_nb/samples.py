"""Locate the sample footage that comes with the package."""

from __future__ import annotations

from pathlib import Path

from sora_nb.errors import ConfigError

FOOTAGE = "bigbuckbunny.mp4"
CREDIT = "(c) copyright 2008, Blender Foundation / www.bigbuckbunny.org, Creative Commons Attribution 3.0"


def offered() -> tuple[Path, str] | None:
    """Return the footage and the line to show with it, or None where it was left out of this installation."""
    try:
        return footage(), CREDIT
    except ConfigError:
        return None


def footage() -> Path:
    """Return the path of a real clip: 1280x720, 5.3 s, a rabbit leaves his cave and stretches.

    It is (c) copyright 2008, Blender Foundation / www.bigbuckbunny.org, under Creative Commons Attribution 3.0: show
    that line wherever you show it.

    Raises:
        ConfigError: the file was left out of this installation.
    """
    package = Path(__file__).parent
    # inside a wheel, or beside the package in a checkout
    for path in (package / "data" / FOOTAGE, package.parent / "tests" / "data" / FOOTAGE):
        if path.is_file():
            return path
    raise ConfigError("The sample footage is not part of this installation.", hint="Install sora_nb again.")

"""Import what a plain installation has, as if nothing were installed that it does not need: python plain.py"""

from __future__ import annotations

import sys
from importlib import metadata

import smoke
from packaging.requirements import Requirement


def needed():
    """Names of the distributions that this package needs without any extra, and what those need in turn."""
    found = set()
    to_come = [("sora-nb", "")]
    while to_come:
        asked = name, extra = to_come.pop()
        if asked in found:
            continue
        found.add(asked)
        for requirement in map(Requirement, metadata.requires(name) or ()):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                to_come += [(requirement.name, extra) for extra in ("", *requirement.extras)]
    return {name.lower().replace("_", "-") for name, _ in found}


class Hidden:
    """A finder that finds nothing of the other distributions."""

    def __init__(self):
        ours = needed()
        self.names = {
            module
            for module, owners in metadata.packages_distributions().items()
            if not any(owner.lower().replace("_", "-") in ours for owner in owners)
        }

    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"{name} is not part of a plain installation", name=name)


if __name__ == "__main__":
    sys.meta_path.insert(0, Hidden())
    sys.stdout.write(str(smoke.everything()))

"""Who works here, as rows of a shared ledger name them: told by the environment, and proven by nobody."""

from __future__ import annotations

import getpass
import os

from sora_nb import arguments
from sora_nb.errors import ConfigError, InvalidInput

VARIABLE = "SORA_NB_USER"
MINE = "mine"
"""What stands for one's own name where calls are asked for."""
_NAMED_BY = (VARIABLE, "JUPYTERHUB_USER")


def person() -> str:
    """Return the name of who works here: SORA_NB_USER, else JupyterHub's user, else the login name; "" where there is none.

    Raises:
        ConfigError: a variable is set to what is no name.
    """
    for variable in _NAMED_BY:
        given = os.environ.get(variable, "").strip()
        if given:
            try:
                return arguments.label(given, "a person")
            except InvalidInput as error:
                raise ConfigError(
                    error.message, money="Nothing was sent or charged.", hint=f"Set {VARIABLE}."
                ) from error
    try:
        return arguments.label(getpass.getuser(), "a person")
    except (ImportError, KeyError, OSError, InvalidInput):  # a container's user may have no name at all
        return ""

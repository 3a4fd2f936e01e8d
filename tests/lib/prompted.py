"""An engine that workers find by its name: each film ends with its prompt, and the one of "poison" ends its process."""

from __future__ import annotations

import os
import signal

from quick import QuickEngine, marked

STEP_SECONDS = 0.03
"""What a tenth of a film takes at least, so that there is always one under way."""


class PromptedEngine(QuickEngine):
    name = "prompted"

    def generate(self, request, out, control):
        if request.prompt == "poison":
            os.kill(os.getpid(), signal.SIGKILL)
        made = super().generate(request, out, control)
        out.write_bytes(marked(out.read_bytes(), request.prompt))
        return made


def make(_):
    """Make it, as an entry point does."""
    return PromptedEngine(STEP_SECONDS)

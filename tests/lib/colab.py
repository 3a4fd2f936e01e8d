"""What widgets meet on Colab: its module for outputs, as far as it decides whether the page can show them.

Colab shows widgets of others only with its manager of custom widgets. A display is marked with the manager's address by
a hook; the value of a cell is not, so a widget has to mark that itself.
"""

from __future__ import annotations

import sys
from types import ModuleType

MANAGER = "https://ssl.gstatic.com/manager.min.js"


def install():
    """Make `google.colab.output` known to this process; return it."""
    for name in ("google", "google.colab", "google.colab.output"):
        sys.modules[name] = ModuleType(name)
    output = sys.modules["google.colab"].output = sys.modules["google.colab.output"]
    output._widgets = ModuleType("google.colab.output._widgets")
    output._widgets._installed_url = None

    def enable_custom_widget_manager():
        output._widgets._installed_url = MANAGER

    output.enable_custom_widget_manager = enable_custom_widget_manager
    return output

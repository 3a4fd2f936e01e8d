"""What marimo shows of boxes: it shows each of the widgets here, but no box of ipywidgets."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import anywidget
import ipywidgets


def stacked(part: ipywidgets.Widget) -> Any:
    """Return what marimo shows for a widget of the package, or for a box with such widgets and headings in it.

    Args:
        part: the widget or box. Columns of a box that flows in rows stand side by side where there is room for them.
    """
    marimo = import_module("marimo")  # only marimo calls this, so it is there
    if isinstance(part, anywidget.AnyWidget):
        return marimo.ui.anywidget(part)
    if isinstance(part, ipywidgets.HTML):
        return marimo.Html(part.value)
    shown = [stacked(child) for child in part.children]
    if (part.layout.flex_flow or "").startswith("row"):
        return marimo.hstack(shown, widths="equal", wrap=True, align="start")
    return marimo.vstack(shown)

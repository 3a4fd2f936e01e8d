"""The layout of an app: columns under headings, side by side where there is room for them."""

from __future__ import annotations

import ipywidgets

from sora_nb import display


def row(*parts: ipywidgets.Widget) -> ipywidgets.Box:
    """Return parts side by side, or under one another where there is no room for that."""
    return ipywidgets.Box(parts, layout=ipywidgets.Layout(display="flex", flex_flow="row wrap"))


def column(share: int, title: str, *parts: ipywidgets.Widget) -> ipywidgets.VBox:
    """Return parts under a heading.

    Args:
        share: how much of a row's spare width it takes.
        title: plain text.
        parts: from top to bottom.
    """
    for part in parts:
        part.layout.margin = "0 0 10px"
    heading = ipywidgets.HTML(f'<h2 style="margin:0;font-size:15px;line-height:1.4">{display.escape(title)}</h2>')
    layout = ipywidgets.Layout(flex=f"{share} 1 {300 + 60 * share}px", min_width="0", padding="0 8px")
    return ipywidgets.VBox([heading, *parts], layout=layout)


def action(name: ipywidgets.Widget, button: ipywidgets.Widget) -> ipywidgets.Box:
    """Return one row of a name and the button that uses it; what comes of it appears under the button."""
    name.layout.flex, button.layout.flex = "1 1 150px", "2 1 240px"
    name.layout.min_width = button.layout.min_width = "0"
    name.layout.margin = button.layout.margin = "0"
    made = row(name, button)
    made.layout.grid_gap = "0 12px"
    made.layout.align_items = "flex-start"
    made.add_class("sora-beside")
    return made

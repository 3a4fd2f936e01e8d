"""The smallest widget with something of everything: traits, media, a button, a field and a slider that take keys."""

from __future__ import annotations

import traitlets

from sora_nb.notebook.widgets import _base


class Echo(_base.SoraWidget):
    """Shows its number and the size of its media, counts clicks, and moves its slider by arrow keys."""

    _esm = (
        (_base.STATIC / "shared.js").read_text(encoding="utf-8")
        + """
      export default {
        initialize({ model }) { return receive(model); },
        render({ model, el }) {
          const add = (by) => save(model, { number: model.get("number") + by });
          const button = make("button", "sora-button", { click: () => add(1) });
          const field = make("input", "sora-field", { "aria-label": "Words" });
          const slider = make("div", "sora-slider", {
            role: "slider", tabindex: 0, "aria-label": "Number", "aria-valuemin": -1000, "aria-valuemax": 1000,
            keydown: (event) => {
              const by = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
              if (by) { add(by); event.preventDefault(); }
            },
          });
          const size = make("output", "sora-x");
          el.append(button, field, slider, size);
          const ends = [
            watch(model, ["number"], () => {
              button.textContent = `clicked ${model.get("number")}`;
              slider.textContent = `number ${model.get("number")}`;
              slider.setAttribute("aria-valuenow", model.get("number"));
            }),
            media(model, "video", async (url) => { size.textContent = url && String((await (await fetch(url)).blob()).size); }),
          ];
          return () => ends.forEach((end) => end());
        },
      };
    """
    )
    _css = _base.style("shared")
    number = traitlets.Int(1).tag(sync=True)

    def __repr__(self) -> str:
        return f"Echo(number={self.number})"

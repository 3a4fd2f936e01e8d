"""The stage itself: what a widget sends arrives in the page, and back, buffers too."""

import traitlets

from sora_nb.widgets import _base


class Echo(_base.SoraWidget):
    """A widget that shows its number and the size of its media, and counts clicks."""

    _esm = (
        (_base.STATIC / "shared.js").read_text()
        + """
      export default {
        initialize({ model }) { return receive(model); },
        render({ model, el }) {
          const button = make("button", "sora-button", { click: () => save(model, { number: model.get("number") + 1 }) });
          const size = make("output", "sora-x");
          el.append(button, size);
          const ends = [
            watch(model, ["number"], () => { button.textContent = `clicked ${model.get("number")}`; }),
            media(model, "video", async (url) => { size.textContent = url && String((await (await fetch(url)).blob()).size); }),
          ];
          return () => ends.forEach((end) => end());
        },
      };
    """
    )
    _css = _base.style("shared")
    number = traitlets.Int(1).tag(sync=True)


def test_traits_media_and_two_views_agree(stage, footage):
    echo = Echo()
    echo.offer("video", footage)
    first, second = stage.show(echo, "first"), stage.show(echo, "second")
    first.get_by_role("button").click()
    first.get_by_text("clicked 2").wait_for()
    second.get_by_text("clicked 2").wait_for()
    assert echo.number == 2
    echo.number = 7
    second.get_by_text("clicked 7").wait_for()
    first.get_by_text(str(footage.stat().st_size)).wait_for()
    assert stage.violations() == []

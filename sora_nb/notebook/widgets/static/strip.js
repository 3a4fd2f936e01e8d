// One strip of a clip slider: pictures along a stretch of time, and what is moved on it.

import { clamp, round } from "./selection.js";
import { make, own } from "./shared.js";

/** Pictures along a stretch of time. */
export function strip(className, children) {
  const cells = make("div", "sora-cells", { "aria-hidden": "true" });
  const track = make("div", "sora-track", {}, [cells, ...children]);
  const node = make("div", `sora-strip ${className}`, {}, [track]);
  let pictures = null;
  let shown = "";
  let range = [0, 1];
  const draw = () => {
    const { clientWidth: wide, clientHeight: tall } = cells;
    const key = pictures && wide ? [pictures.url, wide, tall, ...range].join() : "";
    if (key === shown) return;
    shown = key;
    cells.replaceChildren();
    if (!key) return;
    const { url, start, end, count, width, height } = pictures;
    const cell = (tall * width) / height;
    for (let x = 0; x < wide; x += cell) {
      const time = range[0] + ((x + cell / 2) / wide) * (range[1] - range[0]);
      const number = clamp(Math.floor(((time - start) / (end - start)) * count), 0, count - 1);
      const picture = make("div", "sora-cell");
      picture.style.cssText = `width:${cell}px;background:url("${url}") ${-number * cell}px 0 / ${count * cell}px ${tall}px`;
      cells.append(picture);
    }
  };
  const sizes = new ResizeObserver(draw);
  sizes.observe(cells);
  const left = (seconds) => `${clamp((100 * (seconds - range[0])) / (range[1] - range[0]), 0, 100)}%`;
  return {
    node,
    track,
    left,
    place: (what, from, to) => Object.assign(what.style, { left: left(from), right: `calc(100% - ${left(to)})` }),
    show: (next, dim) => { pictures = next; cells.classList.toggle("sora-waiting", dim || !next); draw(); },
    stretch: (next) => { range = next; draw(); },
    time: (event) => {
      const box = track.getBoundingClientRect();
      return range[0] + ((event.clientX - box.left) / (box.width || 1)) * (range[1] - range[0]);
    },
    end: () => sizes.disconnect(),
  };
}

/** What is moved along a strip: a slider to assistive technology. */
export function thumb(className, label) {
  return own(make("div", className, { role: "slider", tabindex: "0", "aria-label": label, "aria-orientation": "horizontal" }));
}

/** Tell where a slider is, and how far it goes. */
export function state(node, now, low, high, text) {
  const values = { "aria-valuenow": round(now), "aria-valuemin": round(low), "aria-valuemax": round(high), "aria-valuetext": text };
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
}

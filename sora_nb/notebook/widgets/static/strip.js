// One strip of a clip slider: pictures along a stretch of time, and what is moved on it.

import { clamp, round, stamp } from "./selection.js";
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

const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600]; // seconds between two times
const ROOM = 56; // pixels that one of them takes

/**
 * The times below a strip, along which the playhead is put.
 * @param {ReturnType<strip>} where
 * @param {HTMLElement[]} children what is moved on it
 * @param {(time: number) => void} put
 */
export function ruler(where, children, put) {
  const times = make("div", "sora-times sora-dim", { "aria-hidden": "true" });
  const node = make("div", "sora-ticks", {}, [times, ...children]);
  let range = [0, 1];
  let shown = "";
  let held = false;
  const draw = () => {
    const [low, high] = range;
    const most = clamp(Math.floor(node.clientWidth / ROOM), 3, 12);
    const every = STEPS.find((step) => (high - low) / step <= most) ?? 7200;
    const key = [low, high, every].join();
    if (key === shown) return;
    shown = key;
    times.replaceChildren();
    for (let time = Math.ceil(low / every) * every; time <= high; time += every) {
      times.append(make("span", "sora-tick", { text: stamp(time, 0), style: `left:${where.left(time)}` }));
    }
  };
  const sizes = new ResizeObserver(draw);
  sizes.observe(node);
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    held = true;
    node.setPointerCapture?.(event.pointerId);
    put(clamp(where.time(event), ...range));
  });
  node.addEventListener("pointermove", (event) => { if (held) put(clamp(where.time(event), ...range)); });
  for (const name of ["pointerup", "pointercancel"]) node.addEventListener(name, () => { held = false; });
  return { node, stretch: (low, high) => { range = [low, high]; draw(); }, end: () => sizes.disconnect() };
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

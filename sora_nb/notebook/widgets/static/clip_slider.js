import { busy } from "./busy.js";
import { player } from "./player.js";
import { FINE, around, clamp, constrain, round, slotOf, spoken, told } from "./selection.js";
import { clock, make, media, problemLine, receive, save, watch } from "./shared.js";
import { state, strip, thumb } from "./strip.js";

function render({ model, el }) {
  const rule = () => model.get("rule");
  const duration = () => model.get("duration");
  const isLong = () => (model.get("zoom") ?? []).length === 2;
  let dragged = null; // { value, zoom } while a pointer holds something
  let sentAt = 0;
  const value = () => dragged?.value ?? model.get("value");
  const zoom = () => dragged?.zoom ?? (isLong() ? model.get("zoom") : [0, duration() || 1]);

  const head = make("div", "sora-playhead", { "aria-hidden": "true" });
  const middle = thumb("sora-middle", "Whole selection");
  const handles = { start: thumb("sora-handle sora-start", "Start"), end: thumb("sora-handle sora-end", "End"), both: middle };
  const length = make("span", "sora-length", { "aria-hidden": "true" });
  middle.append(length);
  const shades = [make("div", "sora-shade"), make("div", "sora-shade")];
  const lens = thumb("sora-lens", "Part of the video shown below");
  const mark = make("div", "sora-mark");
  const overview = strip("sora-overview", [mark, lens]);
  const near = strip("sora-near", [...shades, middle, handles.start, handles.end, head]);
  const band = make("div", "sora-band", { role: "img" });
  const ticks = make("div", "sora-ticks sora-dim", { "aria-hidden": "true" });
  near.node.append(band, ticks);

  const screen = player(model, value, (time) => { head.style.left = near.left(time); });

  const fields = {};
  for (const [name, label] of [["start", "Start"], ["end", "End"]]) {
    fields[name] = make("input", "sora-field", { type: "number", min: "0", inputmode: "decimal" });
    fields[name].addEventListener("change", () => {
      const typed = Number(fields[name].value);
      fields[name].shown = null;
      if (!fields[name].value || !Number.isFinite(typed)) return paint();
      const [start, end] = model.get("value");
      const grid = rule().step >= 1 ? rule().step : 0;
      move(constrain({ start, end, [name]: typed }, name, rule(), duration(), grid));
    });
    fields[name].label = make("label", "sora-label", {}, [make("span", "sora-dim", { text: `${label}, s` }), fields[name]]);
  }
  const stamps = make("code", "sora-stamps");
  const span = make("strong", "sora-span");
  const remarks = make("ul", "sora-remarks", { "aria-label": "About the selection", "aria-live": "polite" });
  const offers = make("div", "sora-offers", { role: "group", "aria-label": "Suggested moments" });
  const [problem, endProblem] = problemLine(model);
  const making = busy(model);
  const panel = make("div", "sora-panel", {}, [
    make("div", "sora-title", {}, [span, make("span", "sora-dim", { text: "selected" }), making.node]),
    make("div", "sora-fields", {}, [fields.start.label, fields.end.label]),
    make("div", "sora-dim", { text: "timestamps " }, [stamps]),
    remarks,
    problem,
  ]);
  const stage = make("div", "sora-stage", {}, [screen.screen, screen.bar]);
  const strips = make("div", "sora-strips", {}, [overview.node, near.node]);
  const root = make("div", "sora-widget sora-clip-slider", {}, [make("div", "sora-grid", {}, [stage, offers, strips, panel])]);
  el.append(root);

  // --- moving

  function move(next, nextZoom) {
    const outside = isLong() && (next[0] < zoom()[0] || next[1] > zoom()[1]);
    const moved = nextZoom ?? (outside && around(next, zoom()[1] - zoom()[0], duration()));
    const before = model.get("value");
    save(model, moved ? { value: next, zoom: moved } : { value: next });
    paint();
    look(before, next);
  }
  function look(before, next) {
    if (!screen.playing()) screen.seek(next[0] === before[0] && next[1] !== before[1] ? next[1] - 0.02 : next[0]);
  }
  const shifted = ([start, end], held, by) => ({ start: start + (held !== "end" ? by : 0), end: end + (held !== "start" ? by : 0) });
  const nudge = (held, by, grid) => move(constrain(shifted(model.get("value"), held, by), held, rule(), duration(), grid));
  const directions = (one, big) => ({
    ArrowLeft: -one, ArrowDown: -one, ArrowRight: one, ArrowUp: one, PageDown: -big, PageUp: big, Home: -duration(), End: duration(),
  });
  for (const [held, node] of Object.entries(handles)) {
    node.addEventListener("keydown", (event) => {
      if (!duration() || event.ctrlKey || event.metaKey || event.altKey) return;
      const { step } = rule();
      const big = Math.max(1, step);
      const by = directions(event.shiftKey ? big : step, big)[event.key];
      const pictures = { ",": -1, ".": 1 }[event.key];
      if (by !== undefined) nudge(held, by, step);
      else if (pictures && step < 1) nudge(held, pictures / (model.get("about")?.fps || 25), 0);
      else if (pictures) screen.stepped(pictures);
      else if (event.key === " ") screen.toggle();
      else return;
      event.preventDefault();
    });
  }
  lens.addEventListener("keydown", (event) => {
    const wide = zoom()[1] - zoom()[0];
    const by = directions(wide / 4, wide)[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = carried(by);
    move(next.value, next.zoom);
  });
  /** Move the closer look, and the selection with it. */
  function carried(seconds, from = { value: model.get("value"), zoom: model.get("zoom") }) {
    const [left, right] = from.zoom;
    const by = clamp(left + seconds, 0, duration() - (right - left)) - left;
    const next = constrain({ start: from.value[0] + by, end: from.value[1] + by }, "both", rule(), duration());
    return { value: next, zoom: [round(left + by), round(right + by)] };
  }

  function drags(where, begin) {
    const { track } = where;
    let update = null;
    track.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !duration()) return;
      event.preventDefault();
      update = begin(event, where.time(event));
      track.setPointerCapture?.(event.pointerId);
      sentAt = 0;
    });
    track.addEventListener("pointermove", (event) => {
      if (!update) return;
      const before = value();
      dragged = update(where.time(event));
      paint();
      look(before, dragged.value);
      if (where === near && Date.now() - sentAt > 150) {
        sentAt = Date.now();
        save(model, { value: dragged.value });
      }
    });
    const stop = () => {
      if (!update) return;
      update = null;
      if (dragged) save(model, isLong() ? dragged : { value: dragged.value });
      dragged = null;
      paint();
      if (screen.playing()) screen.seek(value()[0]);
    };
    track.addEventListener("pointerup", stop);
    track.addEventListener("pointercancel", stop);
  }
  drags(near, (event, grabbed) => {
    let held = Object.keys(handles).find((name) => handles[name].contains(event.target));
    let [start, end] = model.get("value");
    if (!held) {
      held = "both";
      [start, end] = constrain({ start: grabbed - (end - start) / 2, end: grabbed + (end - start) / 2 }, held, rule(), duration());
      dragged = { value: [start, end], zoom: zoom() };
    }
    paint();
    handles[held].focus({ preventScroll: true });
    const [low, high] = zoom();
    return (time) => {
      const by = clamp(time, low, high) - grabbed;
      const wanted = shifted([start, end], held, by);
      if (held === "both") {
        const inside = clamp(wanted.start, low, high - (end - start)) - wanted.start;
        wanted.start += inside;
        wanted.end += inside;
      }
      return { value: constrain(wanted, held, rule(), duration()), zoom: [low, high] };
    };
  });
  drags(overview, (event, grabbed) => {
    const from = { value: model.get("value"), zoom: model.get("zoom") };
    const offset = lens.contains(event.target) ? 0 : grabbed - (from.zoom[0] + from.zoom[1]) / 2;
    if (offset) dragged = carried(offset, from);
    paint();
    lens.focus({ preventScroll: true });
    return (time) => carried(time - grabbed + offset, from);
  });

  // --- showing

  function paint() {
    const [start, end] = value();
    const [low, high] = zoom();
    const none = !duration();
    strips.hidden = offers.hidden = panel.hidden = screen.bar.hidden = none;
    const where = none ? root : panel; // beside the picture, where a sentence more moves nothing
    if (problem.parentNode !== where) where.append(problem);
    root.classList.toggle("sora-empty", none);
    overview.node.hidden = !isLong();
    overview.stretch([0, duration() || 1]);
    near.stretch([low, high]);
    near.show(...pictures(low, high));
    overview.place(lens, low, high);
    overview.place(mark, start, end);
    near.place(middle, start, end);
    near.place(shades[0], low, start);
    near.place(shades[1], end, high);
    handles.start.style.left = near.left(start);
    handles.end.style.left = near.left(end);
    const { shortest } = rule();
    const last = rule().step >= 1 ? Math.floor(duration() + 0.05) : duration();
    state(handles.start, start, 0, Math.max(0, last - shortest), spoken(start));
    state(handles.end, end, Math.min(last, shortest), last, spoken(end));
    state(middle, start, 0, Math.max(0, last - (end - start)), `${spoken(start)} to ${spoken(end)}`);
    state(lens, low, 0, Math.max(0, duration() - (high - low)), `${spoken(low)} to ${spoken(high)}`);
    length.textContent = span.textContent = clock(end - start, rule().step >= 1 ? 0 : 1);
    stamps.textContent = `${start},${end}`;
    for (const [name, seconds] of [["start", start], ["end", end]]) {
      Object.assign(fields[name], { step: rule().step, max: last });
      if (fields[name].shown !== seconds) fields[name].value = fields[name].shown = seconds; // what is being typed stays
    }
    for (const button of offers.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.dataset.value === `${start},${end}`));
    paintBand(low, high);
    paintTicks(low, high);
  }

  let sheets = {};
  /** The strip's own pictures, or those of the whole video, dim, until they have come. */
  function pictures(low, high) {
    const own = isLong() ? sheets.zoom : sheets.overview;
    const fits = own && (!isLong() || (Math.abs(own.start - low) < 0.01 && Math.abs(own.end - high) < 0.01));
    return fits ? [own, false] : [sheets.overview ?? null, true];
  }

  function paintBand(low, high) {
    const bands = model.get("bands") ?? {};
    const closer = bands.zoom && bands.zoom.start <= low + 0.01 && bands.zoom.end >= high - 0.01;
    const shown = closer ? bands.zoom : bands.whole;
    band.hidden = !shown;
    if (!shown) return band.replaceChildren();
    band.setAttribute("aria-label", told(shown));
    const bars = shown.score.map((score, slot) => {
      const [from, to] = slotOf(shown, slot);
      if (to <= low || from >= high) return null;
      const mark = shown.marks[slot];
      const bar = make("span", `sora-slot ${mark ? "sora-poor" : score > FINE ? "sora-fine" : "sora-fair"}`, {
        title: `${clock(Math.max(from, 0))} to ${clock(to)}: ${mark || (score > FINE ? "clear" : "fair")}`,
      });
      near.place(bar, from, to);
      bar.style.height = `${Math.round(25 + 75 * Math.min(1, score * 1.4))}%`;
      return bar;
    });
    band.replaceChildren(...bars.filter(Boolean));
    for (const cut of shown.cuts.filter((time) => time > low && time < high)) {
      band.append(make("span", "sora-cut", { title: `Cut at ${clock(cut)}`, style: `left:${near.left(cut)}` }));
    }
  }

  function paintTicks(low, high) {
    const every = [1, 2, 5, 10].find((seconds) => (high - low) / seconds <= 8) ?? 20;
    ticks.replaceChildren();
    for (let time = Math.ceil(low / every) * every; time <= high; time += every) {
      ticks.append(make("span", "sora-tick", { text: clock(time, 0), style: `left:${near.left(time)}` }));
    }
  }

  const sheet = (name, after) => media(model, name, (url) => {
    sheets = { ...sheets, [name]: url ? { url, ...model.get("media")[name] } : null };
    after();
    paint();
  });
  const chip = ({ start, end, reason }) => {
    const when = make("b", "sora-when", { text: `${clock(start)} – ${clock(end)}` });
    const props = { type: "button", title: reason, "data-value": `${start},${end}`, click: () => move([start, end]) };
    return make("button", "sora-button sora-offer", props, [when, make("span", "sora-dim sora-why", { text: reason })]);
  };

  const ends = [
    watch(model, ["value", "zoom", "duration", "rule", "bands"], () => { if (!dragged) paint(); }),
    watch(model, ["value"], () => { if (!dragged && !screen.playing()) screen.seek(value()[0]); }),
    watch(model, ["remarks", "bands"], () => {
      const said = model.get("remarks") ?? [];
      const known = Object.keys(model.get("bands") ?? {}).length > 0;
      const praise = known && !said.length ? [make("li", "sora-praise", { text: "Clear: no cut, no blur, enough light." })] : [];
      remarks.replaceChildren(...said.map((text) => make("li", "sora-doubt", { text })), ...praise);
    }),
    watch(model, ["suggestions", "searching"], () => {
      const found = model.get("suggestions") ?? [];
      const label = found.length ? "Good moments" : model.get("searching") ? "Looking for good moments…" : model.get("bands")?.whole ? "No seconds stand out" : "Good moments were not looked for";
      offers.replaceChildren(make("span", "sora-dim sora-offers-label", { text: label, role: "status" }), ...found.map(chip));
      paint();
    }),
    sheet("overview", () => overview.show(sheets.overview ?? null, false)),
    sheet("zoom", () => {}),
  ];
  return () => [...ends, endProblem, making.end, screen.end, overview.end, near.end].forEach((end) => end());
}

export default { initialize: ({ model }) => receive(model), render };

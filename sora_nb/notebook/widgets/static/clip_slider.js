import { alive } from "./alive.js";
import { busy } from "./busy.js";
import { player } from "./player.js";
import { FINE, around, changed, clamp, constrain, round, seconds, slotOf, spoken, stamp, told } from "./selection.js";
import { clock, make, media, problemLine, receive, save, watch } from "./shared.js";
import { ruler, state, strip, thumb } from "./strip.js";
import { known, question, verdict } from "./who.js";

const KEYS = [
  ["Space", "play or pause"], ["I, O", "start or end at the playhead"], ["J, K, L", "play back, pause, play on; again for faster"],
  ["← →  , .", "one picture back or on"], ["Ctrl/⌘ Z", "undo the last move"],
];
const ONE_MOVE = 1000; // milliseconds between two presses of a key that are one move to undo

function render({ model, el }) {
  const rule = () => model.get("rule");
  const duration = () => model.get("duration");
  const isLong = () => (model.get("zoom") ?? []).length === 2;
  let dragged = null; // { value, zoom } while a pointer holds something
  let sentAt = 0;
  const value = () => dragged?.value ?? model.get("value");
  const zoom = () => dragged?.zoom ?? (isLong() ? model.get("zoom") : [0, duration() || 1]);

  const heads = [make("div", "sora-playhead", { "aria-hidden": "true" }), make("div", "sora-playhead", { "aria-hidden": "true" })];
  const grip = thumb("sora-grip", "Playhead");
  const middle = thumb("sora-middle", "Whole selection");
  const handles = { start: thumb("sora-handle sora-start", "Start"), end: thumb("sora-handle sora-end", "End"), both: middle };
  const length = make("span", "sora-length", { "aria-hidden": "true" });
  middle.append(length);
  const shades = [make("div", "sora-shade"), make("div", "sora-shade")];
  const lens = thumb("sora-lens", "Part of the video shown below");
  const mark = make("div", "sora-mark");
  const overview = strip("sora-overview", [mark, lens, heads[1]]);
  const near = strip("sora-near", [...shades, middle, handles.start, handles.end, heads[0]]);
  const band = make("div", "sora-band", { role: "img" });
  const ticks = { near: ruler(near, [grip], scrub), overview: ruler(overview, [], scrub) };
  near.node.append(band, ticks.near.node);
  overview.node.append(ticks.overview.node);

  let who = null;
  const screen = player(model, value, showTime);
  who = question(model, screen, (time) => move(constrain({ start: time, end: value()[1] }, "start", rule(), duration(), 0), null, "start"));
  function scrub(time) {
    screen.pause();
    screen.seek(time);
    grip.focus({ preventScroll: true });
  }
  function showTime(time) {
    heads[0].style.left = grip.style.left = near.left(time);
    heads[1].style.left = overview.left(time);
    const { start = 0, end = 0 } = model.get("media")?.video ?? {};
    state(grip, clamp(time, start, end), start, end, spoken(time));
    who?.paint();
  }

  const fields = {};
  const note = make("div", "sora-note", { role: "status" });
  for (const [name, label] of [["start", "Start at"], ["end", "End at"]]) {
    const field = make("input", "sora-field", { type: "text", autocomplete: "off", spellcheck: "false", title: "Like 2.5, 0:02.5 or 1:03:20.5" });
    fields[name] = field;
    field.addEventListener("change", () => {
      const typed = seconds(field.value);
      field.shown = null;
      if (typed === null) {
        note.textContent = `Not a time: ${field.value.slice(0, 20) || "nothing"}. Write it like 2.5, 0:02.5 or 1:03:20.5.`;
        return paint();
      }
      const before = model.get("value");
      const [start, end] = before;
      const next = constrain({ start, end, [name]: typed }, name, rule(), duration(), rule().step >= 1 ? rule().step : 0);
      move(next);
      note.textContent = changed(typed, name, before, next, rule(), duration());
    });
    field.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      nudge(name, by * rule().step, rule().step);
    });
    field.label = make("label", "sora-label", {}, [make("span", "sora-dim", { text: label }), field]);
  }
  const stamps = make("code", "sora-stamps");
  const span = make("strong", "sora-span");
  const remarks = make("ul", "sora-remarks", { "aria-label": "About the selection", "aria-live": "polite" });
  const offers = make("div", "sora-offers", { role: "group", "aria-label": "Suggested moments" });
  const undo = make("button", "sora-button sora-undo", { type: "button", text: "Undo", title: "Undo the last move (Ctrl+Z)", disabled: true, click: takeBack });
  const help = make("details", "sora-keys", {}, [
    make("summary", "sora-dim", { text: "Keys" }),
    make("dl", "sora-list", {}, KEYS.flatMap(([key, what]) => [make("dt", "sora-key", { text: key }), make("dd", "sora-what", { text: what })])),
  ]);
  const [problem, endProblem] = problemLine(model);
  const making = busy(model);
  const panel = make("div", "sora-panel", {}, [
    make("div", "sora-title", {}, [span, make("span", "sora-dim", { text: "selected" }), undo]),
    making.node,
    make("div", "sora-fields", {}, [fields.start.label, fields.end.label]),
    note,
    make("div", "sora-dim", { text: "timestamps " }, [stamps]),
    remarks,
    problem,
    help,
  ]);
  const stage = make("div", "sora-stage", {}, [screen.screen, screen.bar]);
  const strips = make("div", "sora-strips", {}, [overview.node, near.node]);
  const root = make("div", "sora-widget sora-clip-slider", {}, [make("div", "sora-grid", {}, [stage, offers, strips, who.node, panel])]);
  el.append(root);

  // --- moving

  const past = []; // what there was before each move
  let lastMove = { held: "", at: 0 };
  /** Keep what there is before it is moved; what one key does again and again is one move. */
  function remember(held = "", before = { value: model.get("value"), zoom: model.get("zoom") }) {
    const again = held && held === lastMove.held && Date.now() - lastMove.at < ONE_MOVE;
    lastMove = { held, at: Date.now() };
    if (!again) past.push(before);
    undo.disabled = false;
    note.textContent = "";
  }
  function takeBack() {
    const before = past.pop();
    if (!before) return;
    lastMove.held = "";
    undo.disabled = !past.length;
    const now = model.get("value");
    save(model, isLong() ? before : { value: before.value });
    note.textContent = "";
    paint();
    look(now, before.value);
  }
  function forget() {
    past.length = 0;
    undo.disabled = true;
    note.textContent = "";
  }

  function move(next, nextZoom, held) {
    if (String(next) === String(model.get("value")) && !nextZoom) return paint();
    remember(held);
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
  function nudge(held, by, grid) {
    move(constrain(shifted(model.get("value"), held, by), held, rule(), duration(), grid), null, `${held} by keys`);
  }
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
      else return;
      event.preventDefault();
    });
  }
  grip.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [start, end] = model.get("value");
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    const to = { Home: start, End: end - 0.02, PageDown: screen.at() - 1, PageUp: screen.at() + 1 }[event.key];
    if (by && !event.shiftKey) screen.stepped(by);
    else if (by || to !== undefined) scrub(to ?? screen.at() + by);
    else return;
    event.preventDefault();
  });

  /** Keys that work wherever the focus is in the widget, but where text is written. */
  function keys(event) {
    const typing = event.target.matches("input:not([type=radio])");
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!duration() || typing || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (key !== "z" || event.shiftKey) return;
      takeBack();
    } else if (!pressed(key, event)) return;
    event.preventDefault();
    event.stopPropagation();
  }
  function pressed(key, event) {
    const on = event.target;
    const held = Object.keys(handles).some((name) => handles[name] === on);
    const arrow = { ArrowLeft: -1, ArrowRight: 1 }[key];
    const pictures = { ",": -1, ".": 1 }[key] ?? arrow;
    const way = { j: -1, l: 1 }[key];
    if (key === " " && !on.matches("button, summary, input")) screen.space();
    else if (key === "i" || key === "o") setEnd(key === "i" ? "start" : "end");
    else if (key === "k") screen.pause();
    else if (way) event.repeat || screen.shuttle(way);
    else if (pictures && !held && !(arrow && on.matches("input, [role]"))) screen.stepped(pictures);
    else return false;
    return true;
  }
  /** Set an end of the selection at the playhead. */
  function setEnd(name) {
    const [start, end] = model.get("value");
    const grid = rule().step >= 1 ? rule().step : 0;
    const before = [start, end];
    const next = constrain({ start, end, [name]: screen.at() }, name, rule(), duration(), grid);
    move(next);
    note.textContent = changed(grid ? Math.round(screen.at()) : round(screen.at()), name, before, next, rule(), duration());
  }
  root.addEventListener("keydown", keys, true);
  screen.screen.addEventListener("click", () => duration() && grip.focus({ preventScroll: true }));
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
    let before = null;
    track.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !duration()) return;
      event.preventDefault();
      before = { value: model.get("value"), zoom: model.get("zoom") };
      update = begin(event, where.time(event));
      track.setPointerCapture?.(event.pointerId);
      sentAt = 0;
    });
    track.addEventListener("pointermove", (event) => {
      if (!update) return;
      const shown = value();
      dragged = update(where.time(event));
      paint();
      look(shown, dragged.value);
      if (where === near && Date.now() - sentAt > 150) {
        sentAt = Date.now();
        save(model, { value: dragged.value });
      }
    });
    const stop = () => {
      if (!update) return;
      update = null;
      if (dragged && String(dragged.value) !== String(before.value)) remember("", before);
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
    for (const [name, time] of [["start", start], ["end", end]]) {
      if (fields[name].shown !== time) fields[name].value = stamp((fields[name].shown = time)); // what is being typed stays
    }
    for (const button of offers.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.dataset.value === `${start},${end}`));
    paintBand(low, high);
    ticks.near.stretch(low, high);
    ticks.overview.stretch(0, duration() || 1);
    showTime(screen.at());
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
    band.style.visibility = shown ? "" : "hidden"; // its room is kept
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

  const sheet = (name, after) => media(model, name, (url) => {
    sheets = { ...sheets, [name]: url ? { url, ...model.get("media")[name] } : null };
    after();
    paint();
  });
  const chip = ({ start, end, reason }) => {
    const when = make("b", "sora-when", { text: `${stamp(start)} – ${stamp(end)}` });
    const props = { type: "button", title: reason, "data-value": `${start},${end}`, click: () => move([start, end]) };
    return make("button", "sora-button sora-offer", props, [when, make("span", "sora-dim sora-why", { text: reason })]);
  };

  const ends = [
    watch(model, ["value", "zoom", "duration", "rule", "bands"], () => { if (!dragged) paint(); }),
    watch(model, ["value"], () => { if (!dragged && !screen.playing()) screen.seek(value()[0]); }),
    watch(model, ["duration", "about"], forget),
    watch(model, ["remarks", "bands", "who", "value"], () => {
      const said = (model.get("remarks") ?? []).map((text) => [text, true]);
      const measured = Object.keys(model.get("bands") ?? {}).length > 0;
      const seen = known(model);
      if (measured && model.get("asks") && (!said.length || seen.state === "nobody")) said.push(verdict(seen));
      else if (measured && !said.length) said.push(["Clear: no cut, no blur, enough light.", false]);
      remarks.replaceChildren(...said.map(([text, doubt]) => make("li", doubt ? "sora-doubt" : "sora-praise", { text })));
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
  return () => [...ends, endProblem, making.end, who.end, screen.end, ticks.near.end, ticks.overview.end, overview.end, near.end].forEach((end) => end());
}

export default { initialize: ({ model }) => receive(model), render: alive(render) };

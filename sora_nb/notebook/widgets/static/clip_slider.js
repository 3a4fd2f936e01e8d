import { clock, make, media, own, problemLine, receive, save, watch } from "./shared.js";

// --- the rule, without a page ---------------------------------------------------------------------------------------

const round = (seconds) => Math.round(seconds * 1000) / 1000;
const FINE = 0.4; // score from which a slot is clear
const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

/**
 * Keep a selection inside the video and as long as the service takes; what is held pushes the other end along.
 * @param {{start: number, end: number}} wanted seconds
 * @param {"start" | "end" | "both"} held
 * @param {{shortest: number, longest: number, step: number}} rule
 * @param {number} duration seconds
 * @param {number} grid seconds both ends are rounded to; 0 for not at all
 * @returns {[number, number]}
 */
export function constrain(wanted, held, rule, duration, grid = rule.step) {
  const last = rule.step >= 1 ? Math.floor(duration + 0.05) : duration;
  const snap = (seconds) => (grid ? Math.round(seconds / grid) * grid : seconds);
  const longest = Math.min(rule.longest, last);
  const shortest = Math.min(rule.shortest, last);
  let { start, end } = wanted;
  if (held === "both") {
    const span = clamp(end - start, shortest, longest);
    start = clamp(snap(start), 0, last - span);
    end = start + span;
  } else if (held === "start") {
    start = clamp(snap(start), 0, last - shortest);
    end = clamp(end, start + shortest, Math.min(last, start + longest));
  } else {
    end = clamp(snap(end), shortest, last);
    start = clamp(start, Math.max(0, end - longest), end - shortest);
  }
  return [round(start), round(end)];
}

/** The window of a given length around a selection. */
export function around([start, end], length, duration) {
  const left = clamp((start + end - length) / 2, 0, duration - length);
  return [round(left), round(left + length)];
}

const slotOf = (band, slot) => [band.start + slot * band.step, Math.min(band.end, band.start + (slot + 1) * band.step)];

/** What a band says in words. */
export function told(band) {
  const runs = [];
  band.marks.forEach((mark, slot) => {
    const [from, to] = slotOf(band, slot);
    if (runs.length && runs.at(-1).mark === mark) runs.at(-1).to = to;
    else runs.push({ mark, from, to });
  });
  const bad = runs.filter((run) => run.mark).map((run) => `${run.mark} from ${clock(run.from)} to ${clock(run.to)}`);
  const said = [...bad, ...band.cuts.map((cut) => `cut at ${clock(cut)}`)];
  return said.length ? `Quality: ${said.slice(0, 12).join(", ")}` : "Quality: good throughout, no cut";
}

const spoken = (seconds) => {
  const whole = Math.floor(round(seconds) / 60);
  const count = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;
  const rest = count(round(round(seconds) - 60 * whole), "second");
  return whole ? `${count(whole, "minute")} ${rest}` : rest;
};

// --- one strip: pictures along a stretch of time ---------------------------------------------------------------------

function strip(className, children) {
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

function thumb(className, label) {
  return own(make("div", className, { role: "slider", tabindex: "0", "aria-label": label, "aria-orientation": "horizontal" }));
}

function state(node, now, low, high, text) {
  const values = { "aria-valuenow": round(now), "aria-valuemin": round(low), "aria-valuemax": round(high), "aria-valuetext": text };
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
}

// --- the player ------------------------------------------------------------------------------------------------------

function player(model, selection, onTime) {
  const video = make("video", "sora-video", { playsinline: true, preload: "auto", tabindex: "-1", "aria-hidden": "true" });
  video.muted = true;
  const poster = make("img", "sora-poster", { alt: "" });
  const wait = make("div", "sora-wait", { role: "status" });
  const screen = make("div", "sora-screen", {}, [video, poster, wait]);
  const play = make("button", "sora-button sora-primary sora-play", { type: "button" });
  const sound = make("button", "sora-button sora-sound", { type: "button" });
  const back = make("button", "sora-button sora-back", { type: "button", "aria-label": "One picture back", title: "One picture back (,)" });
  const on = make("button", "sora-button sora-on", { type: "button", "aria-label": "One picture on", title: "One picture on (.)" });
  const now = make("span", "sora-now sora-dim");
  const bar = make("div", "sora-bar", {}, [play, back, on, sound, now]);
  const covers = () => model.get("media")?.video ?? { start: 0, end: 0 };
  let wanted = null;
  let wantsPlay = false;
  let frame = 0;

  const at = () => video.currentTime + covers().start;
  const tell = () => { now.textContent = clock(at(), 2); onTime(at()); };
  const paint = () => {
    play.textContent = wantsPlay ? "Pause" : "Play selection";
    play.classList.toggle("sora-playing", wantsPlay);
    sound.textContent = video.muted ? "Sound off" : "Sound on";
    sound.setAttribute("aria-pressed", String(!video.muted));
    sound.classList.toggle("sora-loud", !video.muted);
    sound.hidden = model.get("about")?.sound === false;
    for (const button of [play, back, on, sound]) button.disabled = !video.getAttribute("src");
  };
  const seek = (seconds) => {
    const inside = clamp(seconds - covers().start, 0, Math.max(0, covers().end - covers().start - 0.001));
    if (video.seeking) wanted = seconds;
    else if (video.getAttribute("src")) video.currentTime = inside;
  };
  const loop = () => {
    const [start, end] = selection();
    if (video.ended || at() >= end - 0.015 || at() < start - 0.1) seek(start);
    tell();
    frame = requestAnimationFrame(loop);
  };
  const pause = () => { wantsPlay = false; cancelAnimationFrame(frame); video.pause(); paint(); };
  const start = async () => {
    wantsPlay = true;
    seek(selection()[0]);
    paint();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(loop);
    try { await video.play(); } catch (error) { if (error.name !== "AbortError") pause(); }
  };
  const toggle = () => (wantsPlay ? pause() : start());
  const stepped = (pictures) => { pause(); seek(at() + pictures / (model.get("about")?.fps || 25)); };

  play.addEventListener("click", toggle);
  screen.addEventListener("click", () => video.getAttribute("src") && toggle());
  sound.addEventListener("click", () => { video.muted = !video.muted; paint(); });
  back.addEventListener("click", () => stepped(-1));
  on.addEventListener("click", () => stepped(1));
  bar.addEventListener("keydown", (event) => {
    const pictures = { ",": -1, ".": 1 }[event.key];
    if (pictures) { event.preventDefault(); stepped(pictures); }
  }, true);
  video.addEventListener("seeked", () => {
    tell();
    const next = wanted;
    wanted = null;
    if (next !== null) seek(next);
  });
  const settle = () => {
    const { start: from = 0, end: to = 0 } = covers();
    const loaded = Boolean(video.getAttribute("src")) && (video.readyState > 1 || video.seeking); // seeking is no loading
    wait.hidden = loaded && selection()[0] >= from - 0.05 && selection()[1] <= to + 0.05;
    wait.textContent = model.get("duration") ? model.get("working") || "Loading the video…" : "No video chosen yet";
    poster.hidden = loaded;
  };
  video.addEventListener("loadeddata", () => {
    settle();
    if (wantsPlay) start();
    else seek(selection()[0]);
  });
  video.addEventListener("ended", () => { if (wantsPlay) start(); });
  video.addEventListener("error", () => video.getAttribute("src") && model.send({ kind: "broken", token: covers().token }));
  const seen = new IntersectionObserver((entries) => { if (!entries.at(-1).isIntersecting && wantsPlay) pause(); });
  seen.observe(screen);

  const ends = [
    media(model, "poster", (url) => { if (url) poster.src = url; else poster.removeAttribute("src"); }),
    media(model, "video", (url) => {
      if (url) video.src = url;
      else { video.pause(); video.removeAttribute("src"); video.load(); }
      settle();
      paint();
    }),
    watch(model, ["working", "duration", "value"], settle),
    watch(model, ["about"], () => {
      const { width = 16, height = 9 } = model.get("about") ?? {};
      screen.style.aspectRatio = `${width} / ${height}`;
      paint();
    }),
  ];
  return {
    screen, bar, seek, pause, toggle, stepped,
    playing: () => wantsPlay,
    end: () => { pause(); seen.disconnect(); ends.forEach((end) => end()); video.removeAttribute("src"); },
  };
}

// --- the widget ------------------------------------------------------------------------------------------------------

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
  const panel = make("div", "sora-panel", {}, [
    make("div", "sora-title", {}, [span, make("span", "sora-dim", { text: "selected" })]),
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
      const label = found.length ? "Good moments" : model.get("searching") ? "Looking for good moments…" : "No seconds stand out";
      offers.replaceChildren(make("span", "sora-dim sora-offers-label", { text: label, role: "status" }), ...found.map(chip));
      paint();
    }),
    sheet("overview", () => overview.show(sheets.overview ?? null, false)),
    sheet("zoom", () => {}),
  ];
  return () => [...ends, endProblem, screen.end, overview.end, near.end].forEach((end) => end());
}

export default { initialize: ({ model }) => receive(model), render };

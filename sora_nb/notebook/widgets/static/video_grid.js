import { alive } from "./alive.js";
import { clock, feed, harmless, lost, make, media, own, problemLine, receive, save, watch } from "./shared.js";

const LAST = 0.02; // seconds before the end at which the last picture is certainly shown
const STEP = 1;

/** How a player gets back in step with the leading one: by another pace where it is close, by a jump where it is not. */
export function correction(drift) {
  if (Math.abs(drift) > 0.25) return { jump: true, rate: 1 };
  return { jump: false, rate: Math.abs(drift) < 0.02 ? 1 : 1 - Math.max(-0.1, Math.min(0.1, drift)) };
}

/** What a key does: a change of the position in seconds, "play", or nothing. */
export function keyAction(key, { position, duration, fps }) {
  const to = { ArrowLeft: -STEP, ArrowRight: STEP, ",": -1 / fps, ".": 1 / fps, Home: -position, End: duration - position }[key];
  if (key === " ") return "play";
  return to === undefined ? null : Math.max(0, Math.min(duration, position + to));
}

/** Players that play, pause and seek as one. They live as long as a view. */
class Ensemble {
  constructor(changed) {
    this.players = [];
    this.position = 0;
    this.playing = false;
    this.loop = false;
    this.changed = changed;
    this.timer = 0;
  }

  /** Those that have a picture and take part. */
  get ready() {
    return this.players.filter((player) => player.ready && !player.apart);
  }

  /** The longest one tells the time; the others hold their last picture. */
  get leader() {
    return this.ready.reduce((best, player) => (best && best.duration >= player.duration ? best : player), null);
  }

  get duration() {
    return this.leader?.duration ?? 0;
  }

  add(player) {
    this.players.push(player);
    player.video.addEventListener("seeked", () => player.late && this.settle(player));
    player.video.addEventListener("ended", () => player === this.leader && this.playing && this.ended());
  }

  remove(player) {
    player.video.pause();
    this.players = this.players.filter((one) => one !== player);
    if (this.playing && !this.leader) this.pause();
    this.changed();
  }

  /** A player has its first picture. */
  joined(player) {
    player.ready = true;
    player.duration = Number.isFinite(player.video.duration) ? player.video.duration : 0;
    this.settle(player);
    if (this.playing && !player.apart) this.start(player);
    this.changed();
  }

  /** Have only some take part; the others stand still. */
  choose(takesPart) {
    this.pause();
    for (const player of this.players) player.apart = !takesPart(player);
    this.changed();
  }

  /** Put a player where it should be; one seek at a time, the last wish wins. */
  settle(player) {
    if (!player.ready) return;
    player.late = player.video.seeking;
    if (player.late) return;
    const goal = Math.max(0, Math.min(this.position, player.duration - LAST));
    if (Math.abs(player.video.currentTime - goal) > 0.001) player.video.currentTime = goal;
  }

  seek(position) {
    this.position = Math.max(0, Math.min(this.duration, position));
    for (const player of this.ready) {
      this.settle(player);
      if (this.playing) this.start(player);
    }
    this.changed();
  }

  step(position) {
    this.pause();
    this.seek(position);
  }

  start(player) {
    player.video.playbackRate = 1;
    if (this.position < player.duration - LAST) player.video.play()?.catch(() => {}); // a pause came before it began
  }

  play() {
    if (!this.leader) return;
    this.playing = true;
    this.seek(this.position >= this.duration - 2 * LAST ? 0 : this.position);
    this.timer = requestAnimationFrame(() => this.tick());
  }

  pause() {
    this.playing = false;
    cancelAnimationFrame(this.timer);
    for (const player of this.ready) player.video.pause();
    this.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  ended() {
    this.position = this.duration;
    if (this.loop) this.seek(0);
    else this.pause();
  }

  tick() {
    const { leader } = this;
    if (!this.playing || !leader) return;
    if (!leader.video.seeking && !leader.video.ended) {
      this.position = leader.video.currentTime;
      for (const player of this.ready) if (player !== leader) this.follow(player);
    }
    this.changed();
    this.timer = requestAnimationFrame(() => this.tick());
  }

  follow(player) {
    const { video } = player;
    if (video.seeking || this.position >= player.duration - LAST) return;
    if (video.paused) this.start(player);
    const { jump, rate } = correction(video.currentTime - this.position);
    if (jump) video.currentTime = this.position;
    video.playbackRate = rate;
  }

  sound(player) {
    for (const one of this.players) one.video.muted = one !== player;
  }
}

/** A table with headings and an empty place for each video; `headings` has the place's row and column in words. */
function matrix(rows, columns, choose) {
  const head = (role, text, more = "") => make("div", `sora-grid-heading${more}`, { role, text });
  const lines = []; // the buttons that play one row or column
  const line_head = (kind, place, role, text, more) => {
    const play = () => choose(lines.find(({ button: one }) => one === button));
    const button = make("button", "sora-grid-line", { type: "button", "aria-label": `Play ${kind} ${text} alone`, title: `Play this ${kind} alone`, "aria-pressed": "false", click: play });
    lines.push({ kind, place, button });
    const node = head(role, text, more);
    node.append(button);
    return node;
  };
  const line = (children, more = "") => make("div", `sora-grid-row${more}`, { role: "row" }, children);
  const places = rows.flatMap(() =>
    // where there is no room for columns, the videos of a row stand under one another, each with its own heading
    columns.map((column) => make("div", "sora-grid-place", { role: "cell" }, [make("div", "sora-grid-above", { text: column, "aria-hidden": "true" })])),
  );
  const node = make("div", "sora-grid-matrix", { role: "table", "aria-label": "Videos by row and column" }, [
    line([head("cell", ""), ...columns.map((column, at) => line_head("column", at, "columnheader", column, " sora-grid-column"))], " sora-grid-heads"),
    ...rows.map((row, at) => line([line_head("row", at, "rowheader", row, " sora-grid-beside"), ...places.slice(at * columns.length, (at + 1) * columns.length)])),
  ]);
  node.style.setProperty("--sora-columns", String(columns.length));
  const headings = rows.flatMap((row) => columns.map((column) => `${row}, ${column}`));
  return { node, places, headings, lines };
}

/** One video with what is written about it. */
function cell(model, ensemble, choose) {
  const video = make("video", "sora-grid-video", { playsinline: true, preload: "auto", tabindex: "-1" });
  const note = make("div", "sora-grid-note", { role: "status" });
  const screen = make("div", "sora-grid-screen", { click: () => ensemble.toggle() }, [video, note]);
  const star = make("button", "sora-grid-star", { type: "button", click: choose });
  const title = make("div", "sora-grid-title");
  const about = make("div", "sora-grid-about sora-dim");
  const words = make("div", "sora-grid-words", {}, [title, about]);
  const node = make("figure", "sora-grid-cell", {}, [screen, make("figcaption", "sora-grid-caption", {}, [words, star])]);
  const player = { video, ready: false, duration: 0 };
  let told = {};
  let source = null;
  let end = () => {};

  const say = (text) => {
    note.textContent = text;
    note.hidden = !text;
  };
  const show = (url) => {
    player.ready = false;
    say(told.note || (told.preview && !url ? "Making a preview to play…" : "Loading…"));
    feed(video, url);
    ensemble.changed();
  };
  video.muted = true;
  video.addEventListener("loadeddata", () => {
    say("");
    video.removeAttribute("poster"); // it is small, and would hide the first picture until something plays
    ensemble.joined(player);
  });
  video.addEventListener("error", async () => {
    if (!video.getAttribute("src")) return; // taken away, not broken
    player.ready = false;
    if (!video.src.startsWith("blob:") && (await lost(model, told.key))) return;
    if (!told.url && !told.preview) model.send({ kind: "broken", name: told.key });
    say(`This browser cannot play ${told.codec ? `${told.codec} video` : "this video"}. Open the file in another program.`);
    ensemble.changed();
  });
  ensemble.add(player);

  return {
    node,
    player,
    update(now, place, best, heading) {
      told = now;
      const name = [heading, told.title].filter(Boolean).join(", ");
      title.textContent = title.title = told.title;
      title.hidden = !told.title;
      about.textContent = told.preview ? `${told.about} · shown as a preview` : told.about;
      video.setAttribute("aria-label", `Video ${place + 1}: ${name}`);
      if (!player.ready) video.poster = harmless(told.poster);
      video.hidden = Boolean(told.note);
      screen.classList.toggle("sora-grid-empty", video.hidden);
      screen.style.aspectRatio = told.width ? `${told.width} / ${told.height}` : "";
      star.hidden = Boolean(told.note) && !best;
      star.textContent = best ? "★" : "☆";
      star.title = best ? "The favourite" : "Make it the favourite";
      star.setAttribute("aria-pressed", String(best));
      star.setAttribute("aria-label", `Favourite: video ${place + 1}`);
      const needed = `${told.key} ${told.url} ${told.note} ${told.preview}`;
      if (needed === source) return;
      source = needed;
      end();
      end = () => {};
      if (told.note || told.url) show(told.note ? "" : harmless(told.url));
      else end = media(model, told.key, show);
    },
    end() {
      ensemble.remove(player);
      end();
      feed(video, "");
    },
  };
}

function render({ model, el }) {
  const cells = new Map(); // in the order they are shown
  const ensemble = new Ensemble(() => refresh());
  const players = own(
    make("div", "sora-grid-players", {
      role: "group",
      tabindex: "0",
      "aria-label": "Videos. Space plays, arrows move a second, comma and period one picture.",
    }),
  );
  const play = make("button", "sora-button sora-primary sora-grid-play", { type: "button", click: () => ensemble.toggle() });
  const position = make("input", "sora-grid-position", {
    type: "range", min: 0, step: "any", "aria-label": "Position", input: () => ensemble.seek(Number(position.value)),
  }); // prettier-ignore
  const time = make("span", "sora-grid-time");
  const loop = make("button", "sora-button sora-grid-loop", { type: "button", text: "Loop", click: () => {
    ensemble.loop = !ensemble.loop;
    refresh();
  } }); // prettier-ignore
  const sound = make("select", "sora-field sora-grid-sound", { change: () => {
    wish = sound.value;
    hear();
  } }); // prettier-ignore
  const heard = make("label", "sora-grid-heard", {}, ["Sound", sound]);
  const bar = make("div", "sora-grid-bar", { role: "group", "aria-label": "Playback" }, [play, position, time, loop, heard]); // what comes late is last, and moves nothing
  const nothing = make("div", "sora-grid-nothing sora-dim", { text: "Videos appear and play here." });
  const [problem, endProblem] = problemLine(model);
  const root = make("div", "sora-widget sora-video-grid", {}, [nothing, players, bar, problem]);

  let wish = ""; // whose sound somebody chose
  let laidOut = ""; // the headings as they stand in the page
  let table = null; // the matrix, where there are headings

  const told = () => model.get("_players") ?? [];
  const showing = () => told().filter(({ note }) => !note).length; // those that will play

  function refresh() {
    const { leader, duration, playing } = ensemble;
    const words = `${clock(ensemble.position)} of ${clock(duration)}`;
    play.textContent = playing ? "Pause" : "Play";
    play.disabled = position.disabled = !leader;
    position.max = String(duration);
    position.value = String(ensemble.position);
    position.setAttribute("aria-valuetext", words);
    time.textContent = words;
    time.style.minWidth = `${`${clock(duration)} of ${clock(duration)}`.length}ch`; // or what the bar wraps changes with it
    loop.setAttribute("aria-pressed", String(ensemble.loop));
    if (asked && leader && ensemble.ready.length === showing()) present();
  }

  function choose(name) {
    const place = [...cells.keys()].indexOf(name);
    save(model, { favourite: place === model.get("favourite") ? null : place });
  }

  function hear() {
    ensemble.sound(cells.get(sound.value)?.player ?? null);
  }

  /** Make the matrix anew where the headings are others; they hold where they have a place for each video. */
  function layOut(count) {
    const { rows = [], columns = [] } = model.get("_headings") ?? {};
    const fits = rows.length > 0 && rows.length * columns.length === count;
    const wanted = fits ? JSON.stringify([rows, columns]) : "";
    if (wanted === laidOut) return;
    laidOut = wanted;
    table = fits ? matrix(rows, columns, playLine) : null;
    players.replaceChildren(...(table ? [table.node] : []));
  }

  /** Play one row or column of the matrix alone; once more, and all take part again. */
  function playLine(chosen) {
    const alone = chosen.button.getAttribute("aria-pressed") !== "true";
    for (const { button } of table.lines) button.setAttribute("aria-pressed", String(alone && button === chosen.button));
    const { columns } = model.get("_headings");
    const takesPart = (place) => !alone || chosen.place === (chosen.kind === "row" ? Math.floor(place / columns.length) : place % columns.length);
    const all = [...cells.values()];
    ensemble.choose((player) => takesPart(all.findIndex((one) => one.player === player)));
    all.forEach(({ node }, place) => node.classList.toggle("sora-grid-apart", !takesPart(place)));
    ensemble.seek(0);
    ensemble.play();
  }

  /** Put a player in its place, and leave it alone where it is there: a video that is moved stops. */
  function settle(node, place) {
    if (table) {
      if (node.parentNode !== table.places[place]) table.places[place].append(node);
    } else if (players.children[place] !== node) players.insertBefore(node, players.children[place] ?? null);
  }

  function arrange() {
    const list = told();
    layOut(list.length);
    const before = new Map(cells);
    const seen = {};
    cells.clear();
    list.forEach((one, place) => {
      seen[one.key] = (seen[one.key] ?? 0) + 1; // the same video may be shown twice
      const name = `${one.key} ${seen[one.key]}`;
      const made = before.get(name) ?? cell(model, ensemble, () => choose(name));
      before.delete(name);
      cells.set(name, made);
      made.update(one, place, place === model.get("favourite"), table?.headings[place] ?? "");
      settle(made.node, place);
    });
    for (const { node, end } of before.values()) {
      end();
      node.remove();
    }
    nothing.hidden = list.length > 0;
    players.hidden = bar.hidden = !list.length;
    root.classList.toggle("sora-grid-single", list.length === 1 && !table);
    root.classList.toggle("sora-grid-crossed", Boolean(table));
    offerSounds(list);
    refresh();
  }

  function offerSounds(list) {
    const names = [...cells.keys()];
    const audible = names.filter((_, place) => list[place].sound);
    const chosen = wish === "off" || audible.includes(wish) ? wish : audible[0];
    const options = audible.map((name) => [name, list.length === 1 ? "on" : `video ${names.indexOf(name) + 1}`]);
    sound.replaceChildren(...[["off", "off"], ...options].map(([value, text]) => make("option", "sora-grid-option", { value, text })));
    sound.value = chosen ?? "off";
    heard.hidden = !audible.length;
    hear();
  }

  /** Keys mean the same wherever the focus is, but for a list of choices and a button's own Space. */
  function onKey(event) {
    const own_key = event.target === sound || (event.key === " " && event.target.tagName === "BUTTON");
    if (own_key || event.ctrlKey || event.metaKey || event.altKey || !ensemble.leader) return;
    const { position: now, duration, leader } = ensemble;
    const fps = told()[[...cells.values()].findIndex(({ player }) => player === leader)]?.fps || 25;
    const action = keyAction(event.key, { position: now, duration, fps });
    if (action === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (action === "play") ensemble.toggle();
    else if ([",", "."].includes(event.key)) ensemble.step(action);
    else ensemble.seek(action);
  }

  let asked = false; // the kernel wants it played as soon as there is something to play

  /** Play without sound what the kernel has just put here; who is elsewhere in the notebook is left alone. */
  function present() {
    asked = false;
    const app = root.closest(".sora-app") ?? root;
    const { top, bottom, height } = app.getBoundingClientRect();
    if (!height || bottom < 0 || top > window.innerHeight) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    players.scrollIntoView({ block: "nearest" }); // at once: JupyterLab ends a smooth one where a cell grows meanwhile
    if (calm) return;
    wish = "off";
    sound.value = wish;
    hear();
    ensemble.seek(0);
    ensemble.play();
  }

  function hearKernel(message) {
    if (message?.kind !== "play") return;
    asked = true;
    refresh();
  }

  model.on("msg:custom", hearKernel);
  root.addEventListener("keydown", onKey, true);
  const away = new IntersectionObserver((entries) => {
    if (ensemble.playing && !entries.at(-1).isIntersecting) ensemble.pause();
  });
  away.observe(root);
  const end = watch(model, ["_headings", "_players", "favourite"], arrange);
  el.append(root);
  return () => {
    away.disconnect();
    end();
    endProblem();
    model.off("msg:custom", hearKernel);
    ensemble.pause();
    for (const one of cells.values()) one.end();
  };
}

export default { initialize: ({ model }) => receive(model), render: alive(render) };

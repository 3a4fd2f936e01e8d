import { clock, harmless, make, media, own, problemLine, receive, save, watch } from "./shared.js";

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
    this.loud = null;
    this.changed = changed;
    this.timer = 0;
  }

  get ready() {
    return this.players.filter((player) => player.ready);
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
    player.video.addEventListener("seeked", () => this.settle(player));
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
    this.settle(player, true);
    if (this.playing) this.start(player);
    this.sound(this.loud);
    this.changed();
  }

  /** Put a player where it should be; one seek at a time, the last wish wins. */
  settle(player, at_once = false) {
    if (!player.ready || player.video.seeking || (this.playing && !at_once)) return;
    const goal = Math.max(0, Math.min(this.position, player.duration - LAST));
    if (Math.abs(player.video.currentTime - goal) > 0.001) player.video.currentTime = goal;
  }

  seek(position) {
    this.position = Math.max(0, Math.min(this.duration, position));
    for (const player of this.ready) {
      this.settle(player, true);
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
    this.loud = player;
    for (const one of this.players) one.video.muted = one !== player;
  }

  end() {
    this.pause();
    for (const player of this.players) player.video.removeAttribute("src");
  }
}

/** One video with what is written about it. */
function cell(model, told, ensemble, choose) {
  const video = make("video", "sora-grid-video", { playsinline: true, preload: "auto", tabindex: "-1", "aria-label": told.title });
  const note = make("div", "sora-grid-note", { role: "status" });
  const screen = make("div", "sora-grid-screen", {}, [video, note]);
  const star = make("button", "sora-grid-star", { type: "button", click: choose });
  const title = make("div", "sora-grid-title");
  const about = make("div", "sora-grid-about sora-dim");
  const node = make("figure", "sora-grid-cell", {}, [
    screen,
    make("figcaption", "sora-grid-caption", {}, [make("div", "sora-grid-words", {}, [title, about]), star]),
  ]);
  const player = { video, ready: false, duration: 0, told };
  const say = (words) => {
    note.textContent = words;
    note.hidden = !words;
  };
  const show = (url) => {
    player.ready = false;
    say(player.told.note || (url || !player.told.key ? "" : "Loading…"));
    if (url) video.src = url;
    else video.removeAttribute("src");
  };
  video.muted = true;
  video.addEventListener("loadeddata", () => {
    say("");
    ensemble.joined(player);
  });
  video.addEventListener("error", () => {
    if (!video.getAttribute("src")) return;
    player.ready = false;
    const what = player.told.codec ? `video of the kind ${player.told.codec}` : "this video";
    say(`This browser cannot play ${what}. Open the file in another program.`);
    ensemble.changed();
  });
  screen.addEventListener("click", () => ensemble.toggle());
  ensemble.add(player);
  let end = () => {};
  return {
    node,
    player,
    star,
    update(now, media_of) {
      const before = player.told;
      player.told = now;
      title.textContent = now.title;
      title.title = now.title;
      about.textContent = now.about;
      screen.style.aspectRatio = now.width ? `${now.width} / ${now.height}` : "";
      video.poster = harmless(now.poster);
      video.hidden = Boolean(now.note);
      screen.classList.toggle("sora-grid-empty", Boolean(now.note));
      if (now !== before && now.note === before.note && now.url === before.url) return;
      end();
      end = () => {};
      if (now.note || now.url) show(harmless(now.url));
      else end = media_of(show);
    },
    end() {
      end();
      ensemble.remove(player);
    },
  };
}

function render({ model, el }) {
  const cells = new Map();
  const ensemble = new Ensemble(() => refresh());
  const players = make("div", "sora-grid-players", {
    role: "group",
    tabindex: "0",
    "aria-label": "Videos. Space plays, arrows move a second, comma and period a picture.",
  });
  const play = make("button", "sora-button sora-primary sora-grid-play", { type: "button", click: () => ensemble.toggle() });
  const position = make("input", "sora-grid-position", {
    type: "range", min: 0, max: 0, step: "any", value: 0, "aria-label": "Position",
    input: () => ensemble.seek(Number(position.value)),
  });
  const time = make("span", "sora-grid-time");
  const loop = make("button", "sora-button", { type: "button", text: "Loop", click: () => {
    ensemble.loop = !ensemble.loop;
    refresh();
  } });
  const sound = make("select", "sora-field sora-grid-sound", { change: () => ensemble.sound(loudest()) });
  const soundLabel = make("label", "sora-grid-label", {}, ["Sound", sound]);
  const bar = make("div", "sora-grid-bar", { role: "group", "aria-label": "Playback" }, [play, position, time, loop, soundLabel]);
  const empty = make("div", "sora-grid-nothing sora-dim", { text: "No videos yet. Set grid.videos to show some side by side." });
  const [problem, endProblem] = problemLine(model);
  const root = make("div", "sora-widget sora-grid", {}, [empty, players, bar, problem]);
  own(players);

  const told = () => model.get("_players") ?? [];
  const loudest = () => [...cells.values()][Number(sound.value)]?.player ?? null;

  function refresh() {
    const { duration, playing } = ensemble;
    play.textContent = playing ? "Pause" : "Play";
    play.disabled = !ensemble.leader;
    position.disabled = !ensemble.leader;
    position.max = String(duration);
    position.value = String(ensemble.position);
    const words = `${clock(ensemble.position)} of ${clock(duration)}`;
    position.setAttribute("aria-valuetext", words);
    position.style.setProperty("--sora-part", `${duration ? (100 * ensemble.position) / duration : 0}%`);
    time.textContent = words;
    loop.setAttribute("aria-pressed", String(ensemble.loop));
  }

  function arrange() {
    const list = told();
    const kept = new Set();
    list.forEach((one, place) => {
      const name = `${one.key} ${list.slice(0, place).filter(({ key }) => key === one.key).length}`;
      kept.add(name);
      if (!cells.has(name)) cells.set(name, cell(model, one, ensemble, () => choose(name)));
      const made = cells.get(name);
      made.update(one, (show) => media(model, one.key, show));
      if (players.children[place] !== made.node) players.insertBefore(made.node, players.children[place] ?? null);
    });
    for (const [name, { node, end }] of cells) {
      if (kept.has(name)) continue;
      end();
      node.remove();
      cells.delete(name);
    }
    empty.hidden = list.length > 0;
    players.hidden = bar.hidden = !list.length;
    players.classList.toggle("sora-grid-single", list.length === 1);
    listSounds(list);
    starred();
    refresh();
  }

  const ordered = () => [...players.children].map((node) => [...cells.values()].find((one) => one.node === node));

  function choose(name) {
    const place = ordered().indexOf(cells.get(name));
    save(model, { favourite: model.get("favourite") === place ? null : place });
  }

  function starred() {
    ordered().forEach((one, place) => {
      const is = model.get("favourite") === place;
      one.star.textContent = is ? "★" : "☆";
      one.star.setAttribute("aria-pressed", String(is));
      one.star.setAttribute("aria-label", `Favourite: ${one.player.told.title}`);
      one.star.hidden = cells.size < 2;
      one.node.classList.toggle("sora-grid-best", is);
    });
  }

  function listSounds(list) {
    const heard = sound.value;
    sound.replaceChildren(make("option", "sora-x", { value: "", text: "off" }));
    list.forEach((one, place) => {
      if (one.sound) sound.append(make("option", "sora-x", { value: place, text: list.length > 1 ? `${place + 1}: ${one.title.slice(0, 30)}` : "on" }));
    });
    sound.value = heard;
    if (sound.selectedIndex < 0) sound.value = "";
    soundLabel.hidden = sound.children.length < 2;
    ensemble.sound(loudest());
  }

  players.addEventListener("keydown", (event) => {
    if (event.target !== players || event.altKey || event.ctrlKey || event.metaKey) return;
    const { position: now, duration, leader } = ensemble;
    const wanted = keyAction(event.key, { position: now, duration, fps: leader?.told.fps || 24 });
    if (wanted === null) return;
    event.preventDefault();
    if (wanted === "play") ensemble.toggle();
    else if ([",", "."].includes(event.key)) ensemble.step(wanted);
    else ensemble.seek(wanted);
  });

  // notebooks keep playing what was scrolled away
  const watcher = new IntersectionObserver(([seen]) => !seen.isIntersecting && ensemble.playing && ensemble.pause());
  watcher.observe(root);
  el.append(root);
  const ends = [endProblem, watch(model, ["_players"], arrange), watch(model, ["favourite"], starred)];
  return () => {
    ends.forEach((end) => end());
    watcher.disconnect();
    for (const { end } of cells.values()) end();
    ensemble.end();
  };
}

export default { initialize: ({ model }) => receive(model), render };

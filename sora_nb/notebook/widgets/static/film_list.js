import { alive } from "./alive.js";
import { feed, harmless, lost, make, media, own, portray, problemLine, receive, save, watch } from "./shared.js";

const FEWEST = 2;
const MOST = 4;
const TYPING = 250;
const LINGER = 180; // ms before a card under the pointer plays: who only passes by starts nothing

/** Whether another film can be picked. */
export function full(picked) {
  return picked.length >= MOST;
}

/** The picks after one more press: taken off, or put behind the others where there is room. */
export function toggled(picked, key) {
  if (picked.includes(key)) return picked.filter((one) => one !== key);
  return full(picked) ? picked : [...picked, key];
}

/** What a screen reader and a tooltip say of a film. */
export function spoken({ prompt, about }) {
  return [prompt, about].filter(Boolean).join(", ");
}

const calm = () => typeof matchMedia !== "undefined" && matchMedia("(prefers-reduced-motion: reduce)").matches;

/** One film: its picture, which plays, what was asked for, and what can be done with it. */
function card(model, key, faces) {
  const picture = make("img", "sora-film-poster", { alt: "" });
  const video = make("video", "sora-film-video", { playsinline: true, loop: true, tabindex: "-1", preload: "auto" });
  const note = make("span", "sora-film-note", { hidden: true, role: "status" });
  const screen = make("button", "sora-film-screen", { type: "button", click: () => press() }, [picture, video, make("span", "sora-film-sign", { "aria-hidden": "true" }), note]);
  const box = make("div", "sora-film-box", {}, [screen]);
  const star = make("button", "sora-film-star", { type: "button", click: () => act("star") });
  const tick = make("input", "sora-film-tick", { type: "checkbox", change: () => pick() });
  const pickable = make("label", "sora-film-pick", {}, [tick, "Compare"]);
  const cast = make("span", "sora-film-cast");
  const title = make("span", "sora-film-title");
  const about = make("div", "sora-film-about sora-dim");
  const quiet = (text, click, hint) => make("button", "sora-film-act", { type: "button", text, click, title: hint });
  const acts = {
    again: quiet("Use again", () => act("again"), "Put prompt, model, size, length and seed back into the box"),
    variation: quiet("Variation", () => act("variation"), "The same with the next seed"),
    extend: quiet("Extend", () => act("extend"), "A film that begins with this one's last picture"),
    save: quiet("Download", () => fetch("save"), "Save the whole file"),
    large: quiet("Full screen", () => enlarge(), "Play the whole file on the full screen"),
    hide: quiet("Delete", () => act("hide"), "Take it off the list; it can be put back"),
  };
  const row = make("div", "sora-film-acts", { role: "group" }, Object.values(acts));
  const shown = [box, make("div", "sora-film-head", {}, [make("span", "sora-film-words", {}, [cast, title]), star]), about, make("div", "sora-film-feet", {}, [pickable, row])];
  const words = make("span", "sora-film-gone-words");
  const back = quiet("Undo", () => act("restore"), "Put it back on the list");
  const away = quiet("Delete the file for good", () => act("delete"), "It cannot be brought back");
  const gone = make("div", "sora-film-gone", { hidden: true }, [words, make("div", "sora-film-acts", {}, [back, away])]);
  const node = own(make("li", "sora-film", {}, [...shown, gone]));
  let film = {};
  let timer = 0;
  let wanted = ""; // what is to be done with the whole file once it is here: "save" or "large"
  let pressed = false; // it plays because somebody pressed, and not only while the pointer is here

  const act = (action) => model.send({ kind: "act", action, key });
  const wish = (what) => model.send({ kind: "wish", what, keys: [key] });
  const held = (kind) => model.get("media")?.[`${kind}-${key}`];
  const paint = () => {
    const plays = !video.paused && Boolean(video.getAttribute("src"));
    node.classList.toggle("sora-film-plays", plays);
    screen.setAttribute("aria-pressed", String(plays));
  };
  const say = (text) => {
    note.textContent = text;
    note.hidden = !text;
  };
  function play() {
    if (!video.getAttribute("src")) {
      video.dataset.waits = "true";
      say("Loading…");
      if (!held("film")) wish("film");
      return;
    }
    video.muted = document.fullscreenElement !== box;
    video.play()?.catch(() => {});
  }
  function stop() {
    clearTimeout(timer);
    delete video.dataset.waits;
    pressed = false;
    if (note.textContent === "Loading…") say("");
    video.pause();
  }
  function press() {
    const on = pressed;
    stop();
    if (on) return;
    pressed = true;
    play();
  }
  function near() {
    clearTimeout(timer);
    if (!calm() && !pressed) timer = setTimeout(play, LINGER);
  }
  function leave() {
    clearTimeout(timer);
    if (!pressed && document.fullscreenElement !== box) stop();
  }
  function pick() {
    save(model, { picked: toggled(model.get("picked"), key) });
  }
  /** Have the whole file brought here, for what is wanted of it. */
  function fetch(what) {
    wanted = what;
    say("Loading…");
    if (held("file")) use(video.dataset.file ?? "");
    else wish("file");
  }
  function use(url) {
    if (!url || !wanted) return;
    say("");
    if (wanted === "save") make("a", "sora-film-link", { href: url, download: held("file")?.title || "film.mp4" }).click();
    else {
      feed(video, url);
      play();
    }
    wanted = "";
  }
  function enlarge() {
    pressed = true;
    box.requestFullscreen?.().catch(() => {});
    fetch("large");
  }
  box.addEventListener("fullscreenchange", () => {
    const large = document.fullscreenElement === box;
    video.controls = large;
    video.muted = !large;
    if (!large) stop();
  });
  screen.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && near());
  screen.addEventListener("pointerleave", leave);
  screen.addEventListener("focus", () => screen.matches(":focus-visible") && near());
  screen.addEventListener("blur", () => { if (document.fullscreenElement !== box) stop(); });
  for (const event of ["play", "pause", "emptied"]) video.addEventListener(event, paint);
  video.addEventListener("error", () => {
    const src = video.getAttribute("src");
    if (src) lost(model, `${src === video.dataset.file ? "file" : "film"}-${key}`);
  });
  video.addEventListener("playing", () => { say(""); node.classList.add("sora-film-seen"); });

  const ends = [
    media(model, `film-${key}`, (url) => {
      if (url) feed(video, url);
      else if (!video.dataset.file) {
        feed(video, "");
        node.classList.remove("sora-film-seen");
      }
      if (url && video.dataset.waits) {
        delete video.dataset.waits;
        play();
      }
    }),
    media(model, `file-${key}`, (url) => {
      if (url) video.dataset.file = url;
      else delete video.dataset.file;
      use(url);
    }),
  ];
  return {
    node,
    screen,
    say(text) {
      delete video.dataset.waits;
      wanted = "";
      say(text);
    },
    poster: (data) => { picture.src = harmless(data); },
    face() {
      portray(cast, film.cast, faces);
    },
    reach(within) {
      for (const one of node.querySelectorAll("button, input")) one.tabIndex = within ? 0 : -1;
    },
    pick(picked) {
      tick.checked = picked.includes(key);
      tick.disabled = !tick.checked && full(picked);
      node.classList.toggle("sora-film-picked", tick.checked);
    },
    update(now) {
      film = now;
      const was = gone.hidden;
      gone.hidden = !now.gone;
      for (const part of shown) part.hidden = Boolean(now.gone);
      if (now.gone) stop();
      if (was && now.gone && node.matches(":focus-within, :has(:focus)")) back.focus();
      words.textContent = `“${now.title}” is off the list; its file is still here (${now.gone}).`;
      title.textContent = now.title;
      title.title = now.prompt;
      about.textContent = now.about;
      screen.setAttribute("aria-label", `Play: ${spoken(now)}`);
      row.setAttribute("aria-label", `What to do with ${now.title}`);
      star.textContent = now.star ? "★" : "☆";
      star.title = now.star ? "A favourite" : "Make it a favourite";
      star.setAttribute("aria-pressed", String(now.star));
      star.setAttribute("aria-label", `Favourite: ${now.title}`);
      tick.setAttribute("aria-label", `Compare: ${now.title}`);
      acts.extend.hidden = !now.extends;
      this.face();
    },
    end() {
      clearTimeout(timer);
      ends.forEach((end) => end());
      feed(video, "");
      node.remove();
    },
  };
}

function render({ model, el }) {
  let typing = 0;
  const field = make("input", "sora-field sora-films-search", {
    type: "search", placeholder: "Search prompts", "aria-label": "Search films by prompt",
    input: () => {
      clearTimeout(typing);
      typing = setTimeout(() => save(model, { text: field.value }), TYPING);
    },
  }); // prettier-ignore
  const who = make("select", "sora-field", { "aria-label": "Character", change: () => save(model, { character: who.value }) });
  const starred = make("input", "sora-films-starred", { type: "checkbox", change: () => save(model, { starred: starred.checked }) });
  const compare = make("button", "sora-button sora-primary", { type: "button", click: () => model.send({ kind: "compare" }) });
  const hint = make("span", "sora-dim sora-films-hint", { role: "status" });
  const head = make("div", "sora-films-head", {}, [field, who, make("label", "sora-film-pick", {}, [starred, "★ only"]), compare, hint]);
  const list = own(make("ul", "sora-films", { "aria-label": "Films. Arrows go from one to another." }));
  const nothing = make("div", "sora-dim sora-films-none");
  const more = make("button", "sora-button", { type: "button", text: "Show older films", click: () => model.send({ kind: "more" }) });
  const [problem, endProblem] = problemLine(model);
  const root = make("div", "sora-widget sora-film-list", {}, [head, list, nothing, more, problem]);
  el.append(root);

  const cards = new Map(); // by key
  const pictures = new Map(); // key -> picture, "" while it is on its way
  const faces = new Map();
  let current = null; // key of the one card whose controls Tab reaches

  const seen = new IntersectionObserver((entries) => {
    const keys = entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target.dataset.key).filter((key) => !pictures.has(key));
    for (const key of keys) pictures.set(key, "");
    if (keys.length) model.send({ kind: "wish", what: "poster", keys });
  });

  function reach(key) {
    current = cards.has(key) ? key : (cards.keys().next().value ?? null);
    for (const [one, { reach: within }] of cards) within(one === current);
  }

  function arrange() {
    const films = model.get("films");
    const before = new Map(cards);
    cards.clear();
    films.forEach((film, place) => {
      const made = before.get(film.key) ?? card(model, film.key, faces);
      before.delete(film.key);
      cards.set(film.key, made);
      made.node.dataset.key = film.key;
      made.update(film);
      if (pictures.get(film.key)) made.poster(pictures.get(film.key));
      if (list.children[place] !== made.node) list.insertBefore(made.node, list.children[place] ?? null);
      seen.observe(made.node);
    });
    for (const { node, end } of before.values()) {
      seen.unobserve(node);
      end();
    }
    const filtered = model.get("text") || model.get("character") || model.get("starred");
    nothing.hidden = films.length > 0;
    nothing.textContent = filtered ? "No film fits." : "No films yet. What you generate is kept here.";
    head.hidden = !films.length && !filtered;
    reach(current);
    mark();
  }

  function mark() {
    const picked = model.get("picked");
    for (const one of cards.values()) one.pick(picked);
    compare.disabled = picked.length < FEWEST;
    compare.textContent = picked.length < FEWEST ? "Compare" : `Compare ${picked.length}`;
    hint.textContent = picked.length < FEWEST ? "Pick two to four." : full(picked) ? "Four at most." : "";
  }

  function hear(message) {
    if (message?.kind === "poster") {
      pictures.set(message.key, message.picture);
      cards.get(message.key)?.poster(message.picture);
    } else if (message?.kind === "face" && faces.get(message.username) !== message.picture) {
      faces.set(message.username, message.picture);
      for (const one of cards.values()) one.face();
    } else if (message?.kind === "none") cards.get(message.key)?.say(message.text);
    else if (message?.kind === "said") hint.textContent = message.text;
  }

  list.addEventListener("focusin", (event) => {
    const key = event.target.closest(".sora-film")?.dataset.key;
    if (key && key !== current) reach(key);
  });
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.type === "checkbox") return;
    const keys = [...cards.keys()];
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -keys.length, End: keys.length }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const place = Math.max(0, Math.min(keys.length - 1, keys.indexOf(current) + by));
    reach(keys[place]);
    const next = cards.get(current);
    (next.screen.offsetParent === null ? next.node.querySelector(".sora-film-gone button") : next.screen).focus();
  }, true);
  model.on("msg:custom", hear);
  const ends = [
    endProblem,
    watch(model, ["films"], arrange),
    watch(model, ["picked"], mark),
    watch(model, ["more"], () => (more.hidden = !model.get("more"))),
    watch(model, ["cast", "character"], () => {
      const names = model.get("cast");
      who.replaceChildren(...["", ...names].map((name) => make("option", "sora-film-option", { value: name, text: name || "Anybody" })));
      who.value = names.includes(model.get("character")) ? model.get("character") : "";
      who.hidden = !names.length;
    }),
    watch(model, ["starred"], () => (starred.checked = model.get("starred"))),
    watch(model, ["text"], () => { if (document.activeElement !== field) field.value = model.get("text"); }),
  ];
  return () => {
    clearTimeout(typing);
    seen.disconnect();
    model.off("msg:custom", hear);
    ends.forEach((end) => end());
    for (const one of cards.values()) one.end();
  };
}

export default { initialize: ({ model }) => receive(model), render: alive(render) };

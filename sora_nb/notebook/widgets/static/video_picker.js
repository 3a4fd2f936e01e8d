import { alive } from "./alive.js";
import { browser, megabytes } from "./folder.js";
import { clock, counted, feed, harmless, make, portray, problemLine, receive, watch } from "./shared.js";

const SLICE = 1024 * 1024;
const PATIENCE = 10_000;
const TYPING = 150;

/** Whether a prompt has all words of a search in it. */
export function found(prompt, search) {
  const text = prompt.toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/**
 * Send a file to the kernel: one slice after the other, each when the one before is acknowledged.
 * @param {any} model
 * @param {File} file
 * @param {(state: {have?: number, stalled?: boolean, done?: boolean, refused?: string}) => void} tell
 * @returns {{ retry: () => void, cancel: () => void, end: () => void }} `retry` goes on where the kernel stopped
 */
export function upload(model, file, tell) {
  const id = `${file.name}|${file.size}|${file.lastModified}`; // the same file goes on after a reload, too
  let have = -1;
  let timer = 0;
  let over = false;

  const stop = () => {
    over = true;
    clearTimeout(timer);
    model.off("msg:custom", hear);
  };
  const post = (message, buffers) => {
    clearTimeout(timer);
    timer = setTimeout(() => tell({ have: Math.max(0, have), stalled: true }), PATIENCE);
    model.send({ kind: "upload", id, ...message }, undefined, buffers);
  };
  const begin = () => {
    have = -1;
    post({ do: "begin", name: file.name, size: file.size });
  };
  const next = async () => {
    const at = have;
    let bytes;
    try {
      bytes = await file.slice(at, at + SLICE).arrayBuffer();
    } catch {
      stop();
      tell({ refused: "The browser cannot read this file any more. Choose it again." });
      return;
    }
    if (!over && have === at) post({ do: "slice", at }, [bytes]);
  };
  function hear(message) {
    if (message?.kind !== "upload" || message.id !== id || over) return;
    if (message.unknown) begin(); // the kernel lost it, so from the start
    else if (message.have > have) {
      have = message.have;
      tell({ have });
      next();
    } else if (message.done || message.refused) {
      stop();
      tell(message);
    }
  }
  model.on("msg:custom", hear);
  begin();
  return {
    retry: begin,
    cancel() {
      stop();
      model.send({ kind: "upload", id, do: "cancel" });
    },
    end: stop,
  };
}

/** Tabs with their panels: arrows go from tab to tab. */
function tabs(panels) {
  const names = Object.keys(panels);
  const show = (name, focus) => {
    panels[name].open?.();
    for (const [other, { tab, panel }] of Object.entries(panels)) {
      tab.setAttribute("aria-selected", String(other === name));
      tab.tabIndex = other === name ? 0 : -1;
      panel.hidden = other !== name;
    }
    if (focus) panels[name].tab.focus();
  };
  const onKey = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = names.findIndex((name) => panels[name].tab === event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    show(names[(at + step + names.length) % names.length], true);
  };
  for (const [name, one] of Object.entries(panels)) {
    const { label } = one;
    one.tab = make("button", "sora-picker-tab", { type: "button", role: "tab", text: label, click: () => show(name), keydown: onKey });
    one.panel.setAttribute("role", "tabpanel");
    one.panel.setAttribute("aria-label", label);
  }
  const list = make("div", "sora-picker-tabs", { role: "tablist", "aria-label": "Where the video is" }, names.map((name) => panels[name].tab));
  return { list, show };
}

/** The past videos as cards; posters are asked for when a card comes into sight. */
function past(model) {
  const search = make("input", "sora-field sora-picker-search", { type: "search", placeholder: "Search prompts", "aria-label": "Search prompts", input: () => (filter(), inquire()) });
  const count = make("span", "sora-dim", { role: "status" });
  const tools = make("div", "sora-picker-row", {}, [search, count]);
  const cards = make("div", "sora-picker-cards", { role: "radiogroup", "aria-label": "Past videos" });
  const none = make("div", "sora-picker-none sora-dim");
  const panel = make("div", "sora-picker-panel", {}, [tools, cards, none]);
  const posters = new Map();
  const faces = new Map(); // username -> picture
  const wanted = new Set();
  let timer = 0;
  let asking = 0;
  let searched = ""; // what the kernel was asked for

  /** Have the kernel look for videos that have no card yet. */
  const inquire = () => {
    clearTimeout(asking);
    const total = model.get("_total");
    if (searched || total === null || total > model.get("_past").length) asking = setTimeout(() => model.send({ kind: "search", text: (searched = search.value.trim()) }), TYPING);
  };
  const ask = () => {
    model.send({ kind: "posters", keys: [...wanted] });
    wanted.clear();
  };
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      wanted.add(target.dataset.key);
      clearTimeout(timer);
      timer = setTimeout(ask, 30);
    }
  });
  const visible = () => [...cards.children].filter((card) => !card.hidden);
  const rove = (card) => {
    for (const other of cards.children) other.tabIndex = other === card ? 0 : -1;
  };

  function build() {
    seen.disconnect();
    cards.replaceChildren(
      ...(model.get("_past") ?? []).map(({ key, prompt, title, cast, about }) => {
        const image = make("img", "sora-picker-poster", { alt: "", src: posters.get(key) ?? null });
        const card = make("button", "sora-picker-card", { type: "button", role: "radio", "data-key": key, "aria-label": `${prompt}, ${about}`, title: prompt, keydown: onKey, click: () => model.send({ kind: "pick", key }) }, [
          image,
          make("span", "sora-picker-prompt", {}, [portray(make("span", "sora-picker-cast"), cast, faces), title]),
          make("span", "sora-picker-about sora-dim", { text: about }),
        ]); // prettier-ignore
        if (!posters.has(key)) seen.observe(card);
        return card;
      }),
    );
    mark();
    filter();
  }
  function mark() {
    const chosen = model.get("_chosen")?.key;
    for (const card of cards.children) card.setAttribute("aria-checked", String(card.dataset.key === chosen));
  }
  function filter() {
    const list = model.get("_past") ?? [];
    [...cards.children].forEach((card, at) => (card.hidden = !found(list[at].prompt, search.value)));
    const left = visible();
    tools.hidden = !list.length;
    cards.hidden = !left.length;
    const total = model.get("_total"); // null where the kernel may find others
    const all = total === null ? `${list.length} newest videos` : `${total} videos`;
    const some = total === null ? counted(left.length) : `${left.length} of ${total}`;
    count.textContent = search.value.trim() ? some : all;
    none.hidden = left.length > 0;
    none.textContent = list.length ? `No prompt has “${search.value}” in it.` : "No past videos yet. What you make is listed here; upload a file to begin.";
    rove(left.find((card) => card.getAttribute("aria-checked") === "true") ?? left[0]);
  }
  /** Arrows move the focus only: every choice makes work, so it takes Space, Enter or a click. */
  function onKey(event) {
    const left = visible();
    const at = left.indexOf(event.currentTarget);
    const columns = Math.max(1, left.filter((card) => card.offsetTop === left[0].offsetTop).length);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns, Home: 0, End: left.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const card = left[Math.max(0, Math.min(left.length - 1, to))];
    rove(card);
    card.focus();
  }
  const take = (message) => {
    if (message?.kind === "face" && faces.get(message.username) !== message.picture) {
      faces.set(message.username, message.picture);
      (model.get("_past") ?? []).forEach(({ cast }, at) => portray(cards.children[at].querySelector(".sora-picker-cast"), cast, faces));
    }
    if (message?.kind !== "poster") return;
    posters.set(message.key, harmless(message.picture));
    const card = [...cards.children].find((one) => one.dataset.key === message.key);
    if (card && message.picture) card.firstChild.src = posters.get(message.key);
  };
  model.on("msg:custom", take);
  const ends = [watch(model, ["_past", "_total"], build), watch(model, ["_chosen"], mark)];
  return {
    panel,
    end() {
      clearTimeout(timer);
      clearTimeout(asking);
      seen.disconnect();
      model.off("msg:custom", take);
      ends.forEach((end) => end());
    },
  };
}

/** A button that chooses the sample film, where there is one; returns the element and what ends it. */
function sampleButton(model) {
  const button = make("button", "sora-button", { type: "button", text: "Try the sample", click: () => model.send({ kind: "sample" }) });
  const credit = make("span", "sora-dim sora-picker-credit");
  const node = make("div", "sora-picker-row sora-picker-sample", {}, [button, credit]);
  const end = watch(model, ["_sample"], () => {
    credit.textContent = model.get("_sample")?.about ?? "";
    node.hidden = !credit.textContent;
  });
  return [node, end];
}

/** A file of this computer, which is sent as soon as it is chosen. */
function files(model) {
  const input = make("input", "sora-unseen", { type: "file", accept: "video/*,.mkv,.mov,.ts,.flv", "aria-label": "Video file", tabindex: "-1", change: () => input.files[0] && choose(input.files[0]) });
  const browse = make("button", "sora-button sora-primary", { type: "button", text: "Choose a file…", click: () => input.click() });
  const [sample, endSample] = sampleButton(model);
  const zone = make("div", "sora-picker-zone", {}, [make("div", "sora-picker-drop", { text: "Drop a video here" }), make("div", "sora-dim", { text: "MP4, MOV, WebM, MKV, AVI" }), browse, sample, input]);
  const preview = make("video", "sora-picker-preview", { muted: true, playsinline: true, preload: "auto", tabindex: "-1", "aria-label": "Preview", hidden: true });
  const name = make("div", "sora-picker-title");
  const size = make("div", "sora-dim");
  const bar = make("progress", "sora-picker-progress", { max: 1, value: 0, "aria-label": "Uploaded" });
  const words = make("div", "sora-picker-words", { role: "status" });
  const retry = make("button", "sora-button sora-primary", { type: "button", text: "Go on", click: () => go_on() });
  const cancel = make("button", "sora-button", { type: "button", text: "Cancel", click: () => reset() });
  const told = make("div", "sora-picker-told", {}, [name, size, bar, words, make("div", "sora-picker-row", {}, [retry, cancel])]);
  const row = make("div", "sora-picker-file", {}, [preview, told]);
  const panel = make("div", "sora-picker-panel", {}, [zone, row]);
  let file = null;
  let running = null;
  let url = "";

  function stage(now, text = "") {
    zone.hidden = now !== "empty";
    row.hidden = now === "empty";
    bar.hidden = !["running", "stalled"].includes(now);
    retry.hidden = now !== "stalled";
    words.textContent = text;
    words.classList.toggle("sora-problem", ["refused", "stalled"].includes(now));
    cancel.textContent = now === "refused" ? "Choose another" : "Cancel";
  }
  function reset() {
    const inside = panel.contains(document.activeElement);
    running?.cancel();
    running = file = null;
    input.value = "";
    look("");
    stage("empty");
    if (inside) browse.focus();
  }
  function look(now) {
    if (url) URL.revokeObjectURL(url);
    url = now;
    preview.hidden = true; // until there is a picture: a codec that the browser has not would be a black box
    feed(preview, url);
  }
  function choose(chosen) {
    running?.cancel();
    running = null;
    file = chosen;
    name.textContent = file.name;
    size.textContent = megabytes(file.size);
    look(URL.createObjectURL(file));
    stage("running", `0 of ${megabytes(file.size)}`);
    cancel.focus();
    running = upload(model, file, (state) => {
      if (state.done) {
        running = null;
        reset();
      } else if (state.refused) {
        running = null;
        stage("refused", state.refused);
        cancel.focus();
      } else {
        bar.value = state.have / file.size;
        const part = `${megabytes(state.have)} of ${megabytes(file.size)}`;
        if (state.stalled) stage("stalled", `${part}. No answer for 10 s: the connection is lost or the kernel is busy. What was sent is kept.`);
        else stage("running", part);
      }
    });
  }
  function go_on() {
    stage("running", "Asking where to go on…");
    cancel.focus();
    running.retry();
  }
  preview.addEventListener("loadedmetadata", () => Number.isFinite(preview.duration) && (size.textContent = `${megabytes(file.size)} · ${clock(preview.duration)}`));
  preview.addEventListener("loadeddata", () => (preview.hidden = !preview.videoWidth));
  preview.addEventListener("error", () => (preview.hidden = true));
  stage("empty");
  return { panel, choose, end: () => (running?.end(), look(""), endSample()) };
}

/** A web address, checked by the kernel as it is typed, so that there is one set of rules. */
function address(model) {
  const field = make("input", "sora-field sora-picker-field", { type: "url", placeholder: "https://example.com/cat.mp4", "aria-label": "Web address of a video file", spellcheck: "false", autocomplete: "off" });
  const use = make("button", "sora-button sora-primary", { type: "button", text: "Use", disabled: true });
  const fault = make("div", "sora-problem", { role: "status", hidden: true });
  const hint = make("div", "sora-dim sora-picker-hint");
  const endHint = watch(model, ["_fetches"], () => {
    const when = model.get("_fetches") ? "With “Use” it is fetched to the notebook's machine, to be watched and trimmed there." : "Nothing is fetched here; what works with the address fetches it.";
    hint.textContent = `The address of the file itself. ${when}`;
  });
  const panel = make("div", "sora-picker-panel", {}, [make("div", "sora-picker-row", {}, [field, use]), fault, hint]);
  let timer = 0;
  const say = (text) => {
    fault.textContent = text;
    fault.hidden = !text;
    field.setAttribute("aria-invalid", String(Boolean(text)));
  };
  const go = () => {
    clearTimeout(timer);
    if (field.value.trim()) model.send({ kind: "use", address: field.value });
  };
  const take = (message) => {
    if (message?.kind === "checked" && message.address === field.value) say(message.fault);
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    use.disabled = !field.value.trim();
    if (use.disabled) say("");
    else timer = setTimeout(() => model.send({ kind: "check", address: field.value }), TYPING);
  });
  field.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), go()));
  use.addEventListener("click", go);
  model.on("msg:custom", take);
  return {
    panel,
    end() {
      clearTimeout(timer);
      model.off("msg:custom", take);
      endHint();
    },
  };
}

/** How much of an address has arrived, with a button that stops it. */
function arriving(model) {
  const bar = make("progress", "sora-picker-progress", { max: 1, "aria-label": "Fetched" });
  const words = make("span", "sora-dim sora-picker-words");
  const said = make("div", "sora-unseen", { role: "status" }); // not every number
  const cancel = make("button", "sora-button", { type: "button", text: "Cancel", "aria-label": "Cancel fetching", click: () => model.send({ kind: "stop" }) });
  const line = make("div", "sora-picker-arriving", {}, [bar, make("div", "sora-picker-row", {}, [words, cancel])]);
  const node = make("div", "", {}, [line, said]);
  const end = watch(model, ["arrived"], () => {
    const told = model.get("arrived") ?? [];
    line.hidden = !told.length;
    said.textContent = told.length ? "Fetching…" : "";
    if (!told.length) return;
    const [have, size] = told;
    if (size) bar.value = have / size;
    else bar.removeAttribute("value");
    words.textContent = size ? `Fetching… ${megabytes(have)} of ${megabytes(size)}, ${Math.floor((100 * have) / size)} %` : have ? `Fetching… ${megabytes(have)}` : "Fetching…";
  });
  return { node, end };
}

/** What is chosen, on top of everything. */
function choice(change, coming) {
  const poster = make("img", "sora-picker-poster", { alt: "" });
  const title = make("div", "sora-picker-title");
  const about = make("div", "sora-dim sora-picker-words");
  const button = make("button", "sora-button", { type: "button", text: "Change", click: change });
  const node = make("div", "sora-picker-chosen", { role: "group", "aria-label": "Chosen video" }, [poster, make("div", "sora-picker-told", {}, [title, about, coming]), button]);
  return {
    node,
    button,
    update(chosen) {
      node.hidden = !chosen.title;
      poster.hidden = !chosen.poster;
      poster.src = harmless(chosen.poster);
      title.textContent = title.title = chosen.title ?? "";
      about.textContent = chosen.address ?? chosen.about ?? "";
    },
  };
}

function render({ model, el }) {
  const parts = { past: past(model), upload: files(model), folder: browser(model), address: address(model) };
  const { list, show } = tabs({
    past: { label: "Past videos", panel: parts.past.panel },
    upload: { label: "Upload a file", panel: parts.upload.panel },
    folder: { label: "Notebook folder", panel: parts.folder.panel, open: parts.folder.open },
    address: { label: "Web address", panel: parts.address.panel },
  });
  const coming = arriving(model);
  const top = choice(() => open(Boolean(ways.hidden)), coming.node);
  const ways = make("div", "sora-picker-ways", {}, [list, ...Object.values(parts).map(({ panel }) => panel)]);
  const [problem, endProblem] = problemLine(model);
  const root = make("div", "sora-widget sora-video-picker", {}, [top.node, ways, problem]);

  function open(wide) {
    const inside = ways.contains(document.activeElement);
    ways.hidden = !wide;
    top.button.textContent = wide ? "Keep" : "Change";
    if (inside && !wide) top.button.focus(); // or keys would go to the notebook
  }
  const update = () => {
    const chosen = model.get("_chosen") ?? {};
    const inside = top.node.contains(document.activeElement);
    top.update(chosen);
    open(!chosen.title);
    if (inside && !chosen.title) list.querySelector('[aria-selected="true"]').focus(); // what was chosen is gone with its buttons
  };
  let touched = false; // until then the tab follows whether there are past videos
  for (const name of ["pointerdown", "keydown", "drop"]) root.addEventListener(name, () => (touched = true), true);
  const drag = (event, over) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation();
    root.classList.toggle("sora-picker-over", over);
  };
  root.addEventListener("dragover", (event) => drag(event, true));
  root.addEventListener("dragleave", (event) => drag(event, root.contains(event.relatedTarget)));
  root.addEventListener("drop", (event) => {
    drag(event, false);
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    open(true);
    show("upload");
    parts.upload.choose(file);
  });
  const ends = [
    endProblem,
    watch(model, ["_chosen"], update),
    watch(model, ["_past"], () => touched || show(model.get("_past")?.length ? "past" : "upload")),
  ];
  el.append(root);
  return () => {
    ends.forEach((end) => end());
    coming.end();
    for (const part of Object.values(parts)) part.end();
  };
}

export default { initialize: ({ model }) => receive(model), render: alive(render) };

import { harmless, make, own, problemLine, receive, watch } from "./shared.js";

const SLICE = 1024 * 1024;
const PATIENCE = 10_000; // ms without an answer after which the connection counts as lost

export function inWords(bytes) {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}

/** Sends one file slice by slice; each is sent once the one before was acknowledged. */
export class Upload {
  constructor(model, file, tell) {
    Object.assign(this, { model, file, tell, id: `${Date.now()}-${Math.random().toString(36).slice(2)}`, have: 0, state: "running", words: "" });
    this.begin();
  }

  ask(message, buffers = []) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.change("lost", "No answer from the notebook's kernel. Is it busy with a cell?"), PATIENCE);
    this.model.send({ kind: "upload", id: this.id, ...message }, undefined, buffers);
  }

  begin() {
    this.change("running", "");
    this.ask({ do: "begin", name: this.file.name, size: this.file.size });
  }

  change(state, words) {
    if (state !== "running") clearTimeout(this.timer);
    this.state = state;
    this.words = words;
    this.tell(this);
  }

  /** Take an answer of the kernel's; what comes twice or late changes nothing. */
  async take(answer) {
    if (this.state === "done" || this.state === "cancelled") return;
    if (answer.refused) this.change("refused", answer.refused);
    else if (answer.unknown) this.change("lost", "The notebook's kernel was restarted.");
    else if (answer.done) this.change("done", "");
    else if (typeof answer.have === "number") {
      this.have = answer.have;
      this.change("running", "");
      try {
        const slice = await this.file.slice(this.have, this.have + SLICE).arrayBuffer();
        if (this.state === "running" && this.have === answer.have) this.ask({ do: "slice", at: this.have }, [slice]);
      } catch {
        this.change("refused", "The file cannot be read any more. Choose it again.");
      }
    }
  }

  cancel() {
    this.model.send({ kind: "upload", id: this.id, do: "cancel" });
    this.change("cancelled", "");
  }
}

function render({ model, el }) {
  const root = make("div", "sora-widget sora-video-picker");
  const [problem, endProblem] = problemLine(model);

  // --- what is chosen ---------------------------------------------------------------------------------------------
  const chosenPicture = make("img", "sora-pick-poster", { alt: "" });
  const chosenTitle = make("div", "sora-pick-title");
  const chosenAbout = make("div", "sora-dim");
  const change = make("button", "sora-button", { type: "button", text: "Change", click: () => open(true) });
  const chosen = make("div", "sora-pick-chosen", { role: "group", "aria-label": "Chosen video" }, [
    chosenPicture,
    make("div", "sora-pick-words", {}, [make("div", "sora-dim sora-pick-caption", { text: "Chosen video" }), chosenTitle, chosenAbout]),
    change,
  ]);

  // --- past videos ------------------------------------------------------------------------------------------------
  const search = make("input", "sora-field sora-pick-search", { type: "search", placeholder: "Search prompts", "aria-label": "Search prompts", input: () => filter() });
  const cards = make("div", "sora-pick-cards", { role: "radiogroup", "aria-label": "Past videos" });
  const nothing = make("div", "sora-dim");
  const past = make("section", "sora-pick-way", {}, [
    make("div", "sora-pick-head", {}, [make("h4", "sora-pick-heading", { text: "Past videos" }), search]), cards, nothing,
  ]);
  const made = new Map(); // key -> { node, picture, told }
  const seen = new IntersectionObserver((entries) => {
    const keys = entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target.dataset.key);
    for (const key of keys) seen.unobserve(made.get(key)?.node ?? cards);
    if (keys.length) model.send({ kind: "posters", keys });
  });

  function card(told) {
    const picture = make("img", "sora-pick-poster", { alt: "" });
    const node = make("div", "sora-pick-card", { role: "radio", tabindex: "-1", "data-key": told.key, click: () => model.send({ kind: "pick", key: told.key }) }, [
      picture,
      make("div", "sora-pick-title", { text: told.prompt }),
      make("div", "sora-dim", { text: told.about }),
    ]);
    own(node);
    node.setAttribute("aria-label", `${told.prompt}, ${told.about}`);
    node.addEventListener("keydown", (event) => {
      const list = [...cards.children].filter((one) => !one.hidden);
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === " " || event.key === "Enter") node.click();
      else if (step) list[(list.indexOf(node) + step + list.length) % list.length].focus();
      else if (event.key === "Home") list[0].focus();
      else if (event.key === "End") list.at(-1).focus();
      else return;
      event.preventDefault();
    });
    node.addEventListener("focus", () => reach(node));
    return { node, picture, told };
  }

  /** One card at a time takes part in the order of Tab. */
  function reach(node) {
    for (const one of cards.children) one.tabIndex = one === node ? 0 : -1;
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { node, told } of made.values()) {
      node.hidden = !words.every((word) => told.prompt.toLowerCase().includes(word));
      shown += node.hidden ? 0 : 1;
    }
    const first = [...cards.children].find((one) => !one.hidden && one.getAttribute("aria-checked") === "true") ?? [...cards.children].find((one) => !one.hidden);
    if (first) reach(first);
    cards.hidden = !shown;
    search.hidden = made.size < 5;
    nothing.textContent = made.size ? "No prompt has these words." : "No videos yet. Those you generate appear here.";
    nothing.hidden = shown > 0;
  }

  function arrange() {
    const list = model.get("_past") ?? [];
    const keys = new Set(list.map(({ key }) => key));
    for (const [key, { node }] of made) {
      if (keys.has(key)) continue;
      node.remove();
      made.delete(key);
    }
    list.forEach((told, place) => {
      if (!made.has(told.key)) {
        made.set(told.key, card(told));
        seen.observe(made.get(told.key).node);
      }
      const { node } = made.get(told.key);
      if (cards.children[place] !== node) cards.insertBefore(node, cards.children[place] ?? null);
    });
    mark();
    filter();
  }

  function mark() {
    const now = model.get("_chosen")?.key;
    for (const [key, { node }] of made) node.setAttribute("aria-checked", String(key === now));
  }

  // --- an upload --------------------------------------------------------------------------------------------------
  let upload = null;
  const file = make("input", "sora-unseen", { type: "file", accept: "video/*,.mkv,.ts", "aria-label": "Video file to upload", change: () => start(file.files[0]) });
  const browse = make("button", "sora-button", { type: "button", text: "Choose a file", click: () => file.click() });
  const bar = make("progress", "sora-pick-bar", { max: 1, "aria-label": "Upload" });
  const words = make("div", "sora-pick-said", { role: "status" });
  const stop = make("button", "sora-button", { type: "button", text: "Cancel", click: () => upload?.cancel() });
  const again = make("button", "sora-button", { type: "button", text: "Try again", click: () => upload?.begin() });
  const running = make("div", "sora-pick-upload", {}, [bar, words, again, stop]);
  const drop = make("section", "sora-pick-way sora-pick-drop", {
    dragover: (event) => {
      event.preventDefault();
      drop.classList.add("sora-pick-over");
    },
    dragleave: () => drop.classList.remove("sora-pick-over"),
    drop: (event) => {
      event.preventDefault();
      drop.classList.remove("sora-pick-over");
      start(event.dataTransfer.files[0]);
    },
  }, [
    make("h4", "sora-pick-heading", { text: "A file of yours" }),
    make("div", "sora-pick-row", {}, [browse, make("span", "sora-dim", { text: "or drop it here. It goes to this notebook's kernel only." })]),
    file, running,
  ]);
  file.tabIndex = -1; // the button beside it opens it

  function start(one) {
    if (!one) return;
    file.value = "";
    if (upload?.state === "running") upload.cancel();
    upload = new Upload(model, one, showUpload);
  }

  function showUpload(one) {
    if (one !== upload && upload) return;
    running.hidden = ["done", "cancelled"].includes(one.state);
    bar.hidden = one.state === "refused";
    bar.value = one.file.size ? one.have / one.file.size : 0;
    const percent = one.file.size ? Math.floor((100 * one.have) / one.file.size) : 0;
    words.textContent = one.words || `${one.file.name}: ${inWords(one.have)} of ${inWords(one.file.size)}, ${percent} %`;
    again.hidden = one.state !== "lost";
    stop.hidden = one.state === "refused";
  }
  running.hidden = true;

  // --- a web address ----------------------------------------------------------------------------------------------
  const address = make("input", "sora-field sora-pick-address", {
    type: "url", placeholder: "https://example.com/cat.mp4", "aria-label": "Web address of a video file", spellcheck: "false", autocomplete: "off",
    input: () => model.send({ kind: "check", address: address.value }),
    keydown: (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      use();
    },
  });
  const useButton = make("button", "sora-button", { type: "button", text: "Use", click: () => use() });
  const fault = make("div", "sora-problem", { role: "status" });
  fault.hidden = true;
  const web = make("section", "sora-pick-way", {}, [
    make("h4", "sora-pick-heading", { text: "A web address" }),
    make("div", "sora-pick-row", {}, [address, useButton]), fault,
  ]);

  function use() {
    model.send({ kind: "use", address: address.value });
  }

  // --- all of it --------------------------------------------------------------------------------------------------
  const ways = make("div", "sora-pick-ways", {}, [past, make("div", "sora-pick-pair", {}, [drop, web])]);
  root.append(chosen, ways, problem);

  function open(wanted) {
    ways.hidden = !wanted;
    change.hidden = wanted;
  }

  function show() {
    const now = model.get("_chosen") ?? {};
    chosen.hidden = !now.title;
    chosenTitle.textContent = now.title ?? "";
    chosenAbout.textContent = now.about ?? "";
    chosenPicture.src = harmless(now.poster);
    chosenPicture.hidden = !harmless(now.poster);
    if (now.address) address.value = now.address;
    mark();
    open(!now.title);
  }

  const take = (message) => {
    if (message?.kind === "upload" && upload && message.id === upload.id) upload.take(message);
    if (message?.kind === "checked" && message.address === address.value) {
      fault.textContent = address.value ? message.fault : "";
      fault.hidden = !fault.textContent;
      address.setAttribute("aria-invalid", String(Boolean(fault.textContent)));
    }
    const poster = message?.kind === "poster" && made.get(message.key)?.picture;
    if (poster) poster.src = harmless(message.picture);
  };
  model.on("msg:custom", take);
  el.append(root);
  const ends = [endProblem, watch(model, ["_past"], arrange), watch(model, ["_chosen"], show)];
  return () => {
    ends.forEach((end) => end());
    model.off("msg:custom", take);
    seen.disconnect();
    clearTimeout(upload?.timer);
  };
}

export default { initialize: ({ model }) => receive(model), render };

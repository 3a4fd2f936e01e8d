// What all widgets share: building elements, keys that stay inside, media that arrive as messages.

/**
 * Make an element. Text goes through textContent, so whatever came from outside stays text.
 * @param {string} tag
 * @param {string} className
 * @param {Record<string, any>} [props] attributes; `text` is the text, functions are listeners by event name
 * @param {(Node | string)[]} [children]
 */
export function make(tag, className, props = {}, children = []) {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(props)) {
    if (name === "text") node.textContent = value;
    else if (typeof value === "function") node.addEventListener(name, value);
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else if (value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children);
  if (["BUTTON", "INPUT", "SELECT", "TEXTAREA", "VIDEO", "AUDIO"].includes(node.tagName) || node.tabIndex >= 0) own(node);
  return node;
}

/**
 * Keep the notebook's shortcuts away from an element that takes keys: Lab and Notebook 7 look for the attribute on the
 * focused element itself, and other front ends listen further up.
 * @param {HTMLElement} node
 */
export function own(node) {
  node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.addEventListener("keydown", (event) => event.stopPropagation());
  return node;
}

/** Show a picture only from where nothing is run: http(s), blob, and pictures as data. */
export function harmless(url) {
  return /^(https?:|blob:|data:image\/(png|jpeg|webp);)/i.test(url ?? "") ? url : "";
}

/**
 * Call a function now and whenever one of the traits changes; returns what ends that.
 * @param {any} model
 * @param {string[]} traits
 * @param {() => void} update
 */
export function watch(model, traits, update) {
  for (const name of traits) model.on(`change:${name}`, update);
  update();
  return () => {
    for (const name of traits) model.off(`change:${name}`, update);
  };
}

/** Set traits and send them in one message. */
export function save(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

/** A line under the widget that tells what went wrong; returns the element and what ends it. */
export function problemLine(model) {
  const node = make("div", "sora-problem", { role: "status" });
  const end = watch(model, ["problem"], () => {
    node.textContent = model.get("problem") ?? "";
    node.hidden = !node.textContent;
  });
  return [node, end];
}

/** Seconds as people write them: 1.5 s, 2:05.3. */
export function clock(seconds, digits = 1) {
  const rounded = Number(seconds.toFixed(digits)); // before it is split, or 59.96 would read 60.0 s
  const whole = Math.floor(rounded / 60);
  const rest = (rounded - 60 * whole).toFixed(digits);
  return whole ? `${whole}:${rest.padStart(digits ? digits + 3 : 2, "0")}` : `${rest} s`;
}

// --- media: bytes come as custom messages in slices and become one Blob for all views ------------------------------

const ASK_AFTER = 1500;
const blobs = new Map(); // token -> { parts, got, blob }
const waiting = new Set(); // functions that want to know when something is complete

/** Collect the slices of a model's media; call it in `initialize`. Asks for what has not come, after a reload say. */
export function receive(model) {
  const take = (message, buffers) => {
    if (message?.kind !== "media") return;
    const entry = blobs.get(message.token) ?? { parts: [], got: 0, blob: null };
    blobs.set(message.token, entry);
    if (entry.blob || entry.parts[message.index]) return;
    entry.parts[message.index] = buffers[0];
    entry.got += 1;
    if (entry.got < message.count) return;
    entry.blob = new Blob(entry.parts);
    entry.parts = [];
    for (const tell of waiting) tell();
  };
  let timers = [];
  const ask = () => {
    timers.forEach(clearTimeout);
    timers = Object.entries(model.get("media") ?? {}).map(([name, { token }]) =>
      setTimeout(() => blobs.get(token)?.blob || blobs.get(token)?.got || model.send({ kind: "need", name }), ASK_AFTER),
    );
  };
  model.on("msg:custom", take);
  const end = watch(model, ["media"], ask);
  return () => {
    timers.forEach(clearTimeout);
    model.off("msg:custom", take);
    end();
  };
}

/**
 * Call `show(url)` with an address of a named media now and whenever it changes, "" while there is none.
 * Returns what ends that and frees the address.
 */
export function media(model, name, show) {
  let url = "";
  let token = null;
  const update = () => {
    const entry = model.get("media")?.[name];
    const blob = entry && blobs.get(entry.token)?.blob;
    const now = blob ? entry.token : "";
    if (now === token) return;
    token = now;
    if (url) URL.revokeObjectURL(url);
    url = blob ? URL.createObjectURL(new Blob([blob], { type: entry.mime })) : "";
    show(url);
  };
  waiting.add(update);
  const end = watch(model, ["media"], update);
  return () => {
    waiting.delete(update);
    end();
    if (url) URL.revokeObjectURL(url);
  };
}

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
  if (["BUTTON", "INPUT", "SELECT", "SUMMARY", "TEXTAREA", "VIDEO", "AUDIO"].includes(node.tagName) || node.tabIndex >= 0) own(node);
  return node;
}

/**
 * Keep the notebook's shortcuts away from an element that takes keys: Lab and Notebook 7 look for the attribute on the
 * focused element itself, and other front ends listen further up.
 * @param {HTMLElement} node
 */
export function own(node) {
  node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (saves(event)) handOn(node, event);
  });
  return node;
}

/** Whether a key is Ctrl+S or Cmd+S, which means the notebook wherever it is pressed. */
function saves({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  return key.toLowerCase() === "s" && (ctrlKey || metaKey) && !shiftKey && !altKey;
}

/** Press a key again around the widget, where shortcuts are heard; the browser's own meaning stays where nobody takes it. */
function handOn(node, event) {
  const around = node.closest(".sora-widget")?.parentElement ?? document.body;
  if (!around.dispatchEvent(new KeyboardEvent(event.type, event))) event.preventDefault();
}

/** Play a film from an address, or none for "": only `load()` ends the fetching of the one before. */
export function feed(video, url) {
  if (url) video.src = url;
  else if (video.hasAttribute("src")) {
    video.pause();
    video.removeAttribute("src");
    video.load();
  }
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

const PAGE = 100;

/** How many a search found, in words; the kernel gives a page of them at most. */
export function counted(found) {
  return `${found}${found < PAGE ? "" : "+"} found`;
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

// --- media: films by address where a server hands them out; else bytes, as custom messages in slices that become one
// Blob for all views

const ASK_AFTER = 1500;
const TRY_FOR = 5000;
const blobs = new Map(); // token -> { parts, got, blob }
const addresses = new Map(); // token -> address of a film, "" while it is tried, null where nothing answers
const waiting = new Set(); // functions that want to know when something is complete

/** Where a page's own Jupyter server may be, as front ends tell it; none elsewhere. */
function servers() {
  const told = [document.body.dataset.baseUrl]; // the classic notebook
  try { told.unshift(JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl); } catch { /* another host */ }
  return [...new Set(told.filter(Boolean))];
}

/** Ask the page's own server for what is at an address. */
export function inquire(address, headers = {}) {
  const xsrf = /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1];
  const signed = { ...headers, ...(xsrf && { "X-XSRFToken": xsrf }) };
  return fetch(address, { headers: signed, cache: "no-store", signal: AbortSignal.timeout(TRY_FOR) });
}

/**
 * Find out by trying at which address the page's own server has something; null where none has.
 * @param {string} path where it is below the package's part of the server
 * @param {string} name what must answer: whoever knows it says so in its ETag
 * @param {(answer: Response) => boolean} fits whether an answer is the right one
 * @param {Record<string, string>} [headers] of the question
 */
export async function locate(path, name, fits, headers) {
  for (const server of servers()) {
    try {
      const address = new URL(`${server.replace(/\/*$/, "")}/sora_nb/${path}`, document.baseURI);
      if (address.origin !== location.origin) continue; // a player could not say who it is
      const answer = await inquire(address, headers);
      const known = answer.headers.get("ETag")?.includes(name) && fits(answer);
      await answer.body?.cancel();
      if (known) return address.href;
    } catch { /* nothing answers, or not in time */ }
  }
  return null;
}

/** Find out by trying at which address a film is: one byte of it must come. */
function reach({ at, size }) {
  const fits = ({ status, headers }) => status === 206 && headers.get("Content-Range") === `bytes 0-0/${size}`;
  return locate(`films/${at}`, at, fits, { Range: "bytes=0-0" });
}

/** Note what became of an address, and have the bytes sent where there is none. */
function settle(model, name, token, address) {
  addresses.set(token, address);
  if (!address) model.send({ kind: "need", name, token });
  for (const tell of waiting) tell();
}

/** Whether a film that cannot be played has no address any more; its bytes are asked for then. */
export async function lost(model, name) {
  const entry = model.get("media")?.[name];
  if (!entry?.at || addresses.get(entry.token) === null) return Boolean(entry?.at);
  if (await reach(entry)) return false;
  if (addresses.get(entry.token) !== null) settle(model, name, entry.token, null);
  return true;
}

/**
 * Get a model's media: call it in `initialize`. Of what comes in slices, what is not whole is asked for once nothing has
 * come for a while: after a reload, also one in the middle of a file.
 */
export function receive(model) {
  let timer = 0;
  const mine = new Set(); // tokens that came here
  const entries = () => Object.entries(model.get("media") ?? {});
  const missing = () => entries().filter(([, { token, at }]) => !at && !blobs.get(token)?.blob);
  const ask = () => {
    clearTimeout(timer);
    const wanted = new Set(entries().flatMap(([, { token, first }]) => [token, first?.token]));
    for (const token of mine) if (!wanted.has(token)) mine.delete(token) && blobs.delete(token); // or old ones pile up
    for (const [name, entry] of entries()) {
      if (!entry.at || addresses.has(entry.token)) continue;
      addresses.set(entry.token, "");
      reach(entry).then((address) => settle(model, name, entry.token, address));
    }
    if (!missing().length) return;
    timer = setTimeout(() => missing().forEach(([name, { token }]) => model.send({ kind: "need", name, token })), ASK_AFTER);
  };
  const take = (message, buffers) => {
    if (message?.kind !== "media") return;
    mine.add(message.token);
    collect(message, buffers[0]);
    ask();
  };
  model.on("msg:custom", take);
  const end = watch(model, ["media"], ask);
  return () => {
    clearTimeout(timer);
    model.off("msg:custom", take);
    end();
  };
}

function collect({ token, index, count }, slice) {
  const entry = blobs.get(token) ?? { parts: [], got: 0, blob: null };
  blobs.set(token, entry);
  if (entry.blob || entry.parts[index]) return;
  entry.parts[index] = slice;
  entry.got += 1;
  if (entry.got < count) return;
  entry.blob = new Blob(entry.parts);
  entry.parts = [];
  for (const tell of waiting) tell();
}

/**
 * Call `show(url)` with an address of a named media now and whenever it changes, "" while there is none: of what comes
 * first, until the whole is there. Returns what ends that, the last time with "", and frees the address.
 */
export function media(model, name, show) {
  let url = "";
  let token = null;
  const free = () => url.startsWith("blob:") && URL.revokeObjectURL(url);
  const update = () => {
    const entry = model.get("media")?.[name];
    const there = [entry, entry?.first].find((one) => one && (addresses.get(one.token) || blobs.get(one.token)?.blob));
    const now = there?.token ?? "";
    if (now === token) return;
    token = now;
    free();
    url = there ? addresses.get(now) || URL.createObjectURL(new Blob([blobs.get(now).blob], { type: there.mime })) : "";
    show(url);
  };
  waiting.add(update);
  const end = watch(model, ["media"], update);
  return () => {
    waiting.delete(update);
    end();
    if (url) show("");
    free();
  };
}

/** Put the pictures of those who act in a film into an element, as far as they are here, and return it. */
export function portray(node, names, faces) {
  node.replaceChildren(...names.filter((name) => faces.get(name)).map((name) => make("img", "sora-cast-face", { src: harmless(faces.get(name)), alt: `@${name}`, title: `@${name}` })));
  return node;
}

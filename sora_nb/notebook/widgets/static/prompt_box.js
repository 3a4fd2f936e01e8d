import { alive } from "./alive.js";
import { harmless, make, problemLine, save, watch } from "./shared.js";

// The grammar of sora_nb/prompts.py, which says what each of these is for; tests hold both to the same cases.
const SIGNS = "@\\uff20\\ufe6b";
const INVISIBLE =
  "\\u{ad}\\u{34f}\\u{61c}\\u{115f}\\u{1160}\\u{17b4}\\u{17b5}\\u{180b}-\\u{180f}\\u{200b}-\\u{200f}\\u{202a}-\\u{202e}\\u{2060}-\\u{206f}\\u{3164}\\u{fe00}-\\u{fe0f}" +
  "\\u{feff}\\u{ffa0}\\u{fff0}-\\u{fff8}\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";
const ACCENTS = "\\u{300}-\\u{36f}\\u{1ab0}-\\u{1aff}\\u{1dc0}-\\u{1dff}";
const UNSPACED =
  "\\u{e00}-\\u{109f}\\u{1100}-\\u{11ff}\\u{1780}-\\u{17ff}\\u{2e80}-\\u{a4cf}\\u{a960}-\\u{a97f}\\u{ac00}-\\u{d7ff}\\u{f900}-\\u{faff}\\u{ff66}-\\u{ffdc}" +
  "\\u{1b000}-\\u{1b16f}\\u{20000}-\\u{3ffff}";
const LATIN = `A-Za-z0-9_\\u{c0}-\\u{d6}\\u{d8}-\\u{f6}\\u{f8}-\\u{24f}\\u{1e00}-\\u{1eff}${ACCENTS}`;
const LOOKALIKES = "аеорсухіјѕһԁԛԝкмтвнгпьӏүѵԍαβγεηικνορτυχωօսհոցյıɑɡøłđ";
const LOOK_LIKE = "aeopcyxijshdqwkmtbhrnblyvgabyenikvoptuxwouhngjiagold";
const W = "\\p{L}\\p{N}_";
const HANDLE = "[A-Za-z0-9_]+(?:\\.[A-Za-z0-9_]+)*";
const WEB_ADDRESS =
  `(?:(?<![${W}+.\\-])[A-Za-z][A-Za-z0-9+.\\-]*://|(?<![${W}@.\\-])(?:[A-Za-z0-9\\-]+\\.)+[A-Za-z0-9\\-]+(?::[0-9]+)?/)` +
  "(?:[A-Za-z0-9_/=&%~+#$@\\-]|[.:?](?!@))*";
const SIGN = new RegExp(`${WEB_ADDRESS}|\\\\[${SIGNS}]|(?<sign>[${SIGNS}])`, "gu");
const TEXT_BEFORE = new RegExp(`[${LATIN}${SIGNS}]$`, "u");
const LETTER = `(?:(?![${UNSPACED}${INVISIBLE}])[${W}${ACCENTS}\\u{24b6}-\\u{24e9}])`;
const WORD = new RegExp(`[${INVISIBLE}]*(?:${LETTER}(?:[${INVISIBLE}]*(?:\\.[${INVISIBLE}]*)?${LETTER})*|[${W}]+)`, "uy");
const WHOLE_HANDLE = new RegExp(`^${HANDLE}$`);
const MEASURE = /^[0-9]+[A-Za-z]{0,4}(?:\.?[0-9]+[A-Za-z]{0,4})*$/;
const MAIL_DOMAIN = new RegExp(`[${W}\\-]+(?:\\.[${W}\\-]+)+`, "uy");
const NEAR = new RegExp(`[^${SIGNS}]{0,256}[${SIGNS}]?[^${SIGNS}]{0,256}`, "uy");
const BRACKETED = new RegExp(`^[{<] ?@? ?(${HANDLE}) ?[}>]`);
const APART = new RegExp(`^[^${W}@]{0,4}(${HANDLE})`, "u");
const UNSEEN = new RegExp(`[${INVISIBLE}\\p{M}]`, "u");
const BLANK = /[\s\x1c-\x1f\x85]/u;
const TYPING = new RegExp(`(?<![${LATIN}${SIGNS}\\\\])[${SIGNS}]([${W}.]*)$`, "u");
const SPLIT = new RegExp(`(?:[^${W}]|_)+`, "u");
const MOST_OFFERED = 6;
const SEND_AFTER = 150;
const COMPLETE_AFTER = 100;

/** The match of a sticky expression at a place, or null. */
function at(expression, text, place) {
  expression.lastIndex = place;
  return expression.exec(text);
}

/** The letters of a text as people read them, and where each ends. */
function folded(text) {
  const found = [];
  let end = 0;
  let blank = false;
  for (const letter of text) {
    end += letter.length;
    for (const part of letter.normalize("NFKD").toLowerCase()) {
      if (UNSEEN.test(part)) continue;
      const space = BLANK.test(part);
      const alike = LOOKALIKES.indexOf(part);
      if (!space || !blank) found.push({ letter: space ? " " : alike < 0 ? part : LOOK_LIKE[alike], end });
      blank = space;
    }
  }
  return found;
}
const fold = (text) => folded(text).map(({ letter }) => letter).join("");

/** What the `@` signs of a prompt may mean, in order: mentions have a username, what may be meant as one a name. */
function read(prompt) {
  const found = [];
  let end = -1;
  for (const match of prompt.matchAll(SIGN)) {
    const start = match.index;
    if (!match.groups.sign || start < end) continue;
    const word = at(WORD, prompt, start + 1);
    const joined = TEXT_BEFORE.test(prompt.slice(Math.max(0, start - 2), start));
    const mention = match[0] === "@" && !joined && word && WHOLE_HANDLE.test(word[0]);
    const mark = mention ? { username: word[0], start, end: start + 1 + word[0].length } : stray(prompt, start, word, joined && start !== end);
    if (!mark) continue;
    found.push(mark);
    if (mark.username || mark.certain) end = mark.end;
  }
  return found;
}

function stray(prompt, start, word, joined) {
  const letters = folded(at(NEAR, prompt, start + 1)?.[0] ?? "");
  const text = letters.map(({ letter }) => letter).join("");
  const units = letters.flatMap(({ letter, end }) => Array(letter.length).fill(end));
  const bracketed = text.match(BRACKETED);
  if (bracketed) return { name: bracketed[1], start, end: start + 1 + units[bracketed[0].length - 1], certain: true };
  const mail = /[\p{L}\p{N}]$/u.test(prompt.slice(Math.max(0, start - 2), start)) ? at(MAIL_DOMAIN, prompt, start + 1) : null;
  const apart = text.match(APART);
  const name = mail && joined ? fold(mail[0]) : (apart?.[1] ?? "");
  const certain = Boolean(word) && !joined && !mail && !MEASURE.test(name);
  if (!name && !certain) return null;
  const length = word ? word[0].length : apart ? units[apart[0].length - 1] : 0;
  return { name, start, end: start + 1 + length, certain };
}

/** The mentions of a prompt, in order: username, and where "@username" begins and ends. */
export function mentions(prompt, usernames = []) {
  return read(prompt).filter(({ username }) => username && (!MEASURE.test(username) || usernames.includes(username)));
}

/** What is written as no mention can be, though it is meant as one. */
export function strays(prompt, usernames) {
  const known = new Set(usernames.map(fold));
  return read(prompt).filter(({ username, name, certain }) => !username && (certain || known.has(name) || known.has(name.replace(/^_+|_+$/g, ""))));
}

/** Where the mention being typed at the cursor begins, and what can complete it; null where none is being typed. */
export function completions(prompt, cursor, usernames, labels = {}) {
  const typing = prompt.slice(0, cursor).match(TYPING);
  if (!typing) return null;
  const typed = typing[1].toLowerCase();
  const names = [...new Set(usernames)].sort((a, b) => (a < b ? -1 : 1));
  const ranked = names.map((name) => ({ name, rank: fit(typed, name.toLowerCase(), (labels[name] ?? "").toLowerCase()) }));
  const fitting = ranked.filter(({ rank }) => rank !== null).sort((a, b) => a.rank - b.rank);
  return { start: typing.index, typed: typing[1], names: fitting.map(({ name }) => name) };
}

/** How well a name fits what is typed: 0 best, null not at all. */
function fit(typed, name, label) {
  if (name.startsWith(typed)) return 0;
  const words = label.split(SPLIT);
  const bare = typed.replace(/[._]/g, "");
  if (bare && words.some((_, place) => words.slice(place).join("").startsWith(bare))) return 1;
  return name.includes(typed) || (bare && words.join("").includes(bare)) ? 2 : null;
}

/** A prompt in pieces for the layer behind the text: plain, known, unknown, and typing for what begins at a place. */
export function pieces(prompt, usernames, typing = -1) {
  const known = new Set(usernames);
  const marks = [
    ...mentions(prompt, usernames).map((one) => ({ ...one, kind: known.has(one.username) ? "known" : "unknown" })),
    ...strays(prompt, usernames).map((one) => ({ ...one, kind: "unknown" })),
  ].sort((a, b) => a.start - b.start);
  const found = [];
  let place = 0;
  for (const { start, end, kind } of marks) {
    if (start < place) continue;
    if (start > place) found.push({ kind: "plain", text: prompt.slice(place, start) });
    found.push({ kind: start === typing ? "typing" : kind, text: prompt.slice(start, end) });
    place = end;
  }
  if (place < prompt.length) found.push({ kind: "plain", text: prompt.slice(place) });
  return found;
}

/** A labelled select for a trait; returns its element and what ends it. */
function choice(model, label, trait, options, word) {
  const select = make("select", "sora-field", {
    change: () => save(model, { [trait]: values()[select.selectedIndex] }),
  });
  const values = () => [...new Set([...model.get(options), model.get(trait)])].filter(Boolean);
  const node = make("label", "sora-choice", {}, [make("span", "sora-dim", { text: label }), select]);
  const end = watch(model, [trait, options], () => {
    node.hidden = !values().length;
    select.replaceChildren(...values().map((value) => make("option", "sora-option", { text: word(value) })));
    select.selectedIndex = values().indexOf(model.get(trait));
  });
  return [node, end];
}

/** The list of names that can complete a mention. The focus stays in the text; a live region says what is chosen. */
function offers(area, caret, accept, askFaces) {
  const list = make("div", "sora-offers", { role: "listbox", "aria-label": "Characters", popover: "manual" });
  const said = make("div", "sora-unseen", { role: "status" });
  let shown = []; // people
  let active = 0;
  let frame = 0;
  const faces = new Map(); // username -> picture, "" where there is none or it is on its way

  const place = () => {
    const at = caret.getBoundingClientRect();
    const below = at.bottom + 4;
    const fits = below + list.offsetHeight <= innerHeight;
    list.style.left = `${Math.max(4, Math.min(at.left, innerWidth - list.offsetWidth - 4))}px`;
    list.style.top = `${Math.max(4, fits ? below : Math.max(at.top - 4 - list.offsetHeight, 4))}px`;
    frame = requestAnimationFrame(place);
  };
  const mark = () => {
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === active)));
    const { username, name } = shown[active];
    said.textContent = `@${username}${name ? `, ${name}` : ""}, ${active + 1} of ${shown.length}`;
  };
  const close = () => {
    cancelAnimationFrame(frame);
    shown = [];
    said.textContent = "";
    list.hidden = true;
    list.hidePopover?.();
  };
  const face = (username) => {
    const source = harmless(faces.get(username));
    return source
      ? make("img", "sora-offer-face", { src: source, alt: "" })
      : make("span", "sora-offer-face sora-offer-letter", { text: username[0].toUpperCase(), "aria-hidden": "true" });
  };
  const option = ({ username, name }) => {
    const words = [make("span", "sora-offer-handle", { text: `@${username}` })];
    if (name) words.push(make("span", "sora-dim sora-offer-name", { text: name, dir: "auto" }));
    return make(
      "div",
      "sora-offer",
      {
        role: "option",
        pointerdown: (event) => event.preventDefault(), // the text keeps the focus
        mousedown: (event) => event.preventDefault(),
        click: () => accept(username),
      },
      [face(username), make("span", "sora-offer-words", {}, words)],
    );
  };
  close();
  return {
    list,
    said,
    close,
    get open() {
      return shown.length > 0;
    },
    show(people) {
      const same = people.map(({ username }) => username).join() === shown.map(({ username }) => username).join();
      if (same && shown.length) return;
      close();
      if (!people.length) return;
      shown = people;
      active = 0;
      list.replaceChildren(...people.map(option));
      list.hidden = false;
      if (list.isConnected) list.showPopover?.();
      mark();
      place();
      const unseen = people.map(({ username }) => username).filter((username) => !faces.has(username));
      for (const username of unseen) faces.set(username, "");
      if (unseen.length) askFaces(unseen);
    },
    /** Take a picture that was asked for. */
    look(username, picture) {
      faces.set(username, picture);
      const at = shown.findIndex((one) => one.username === username);
      if (at >= 0) list.children[at].firstChild.replaceWith(face(username));
    },
    /** Forget the pictures: they may be others now. */
    forget: () => faces.clear(),
    step(by) {
      active = (active + by + shown.length) % shown.length;
      mark();
    },
    take: () => accept(shown[active].username),
  };
}

function render({ model, el }) {
  const layer = make("div", "sora-layer", { "aria-hidden": "true" });
  const area = make("textarea", "sora-text", {
    rows: 4,
    "aria-label": "Prompt",
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
    spellcheck: "true",
    input: (event) => typed(event),
    compositionend: () => typed(),
    scroll: () => (layer.scrollTop = area.scrollTop),
    blur: () => {
      hush();
      flush();
    },
    keydown: (event) => key(event),
  });
  const caret = make("span", "sora-caret"); // where the mention being typed begins, in the layer
  const popup = offers(
    area,
    caret,
    (username) => accept(username),
    (keys) => model.send({ kind: "faces", keys }),
  );
  const count = make("span", "sora-dim sora-count");
  const cost = make("span", "sora-cost", { role: "status" });
  const button = make("button", "sora-button sora-primary", { type: "button", click: () => submit() });
  const warnings = make("div", "sora-warnings", { role: "status" });
  const [problem, endProblem] = problemLine(model);
  const [models, endModels] = choice(model, "Model", "model", "models", (name) => model.get("titles")?.[name] ?? name);
  const [sizes, endSizes] = choice(model, "Size", "size", "sizes", String);
  const [lengths, endLengths] = choice(model, "Length", "seconds", "lengths", (value) => `${value} s`);
  const seed = make("input", "sora-field sora-seed", {
    type: "number",
    min: "0",
    step: "1",
    placeholder: "any",
    title: "The same words with the same seed give the same film",
    change: () => save(model, { seed: seed.value === "" || !seed.checkValidity() ? null : Number(seed.value) }),
  });
  const seeded = make("label", "sora-choice", {}, [make("span", "sora-dim", { text: "Seed" }), seed]);
  const begins = make("img", "sora-start-picture", { alt: "" });
  const beginning = make("span", "sora-start-words");
  const start = make("div", "sora-start", { hidden: true }, [
    begins,
    beginning,
    make("button", "sora-button", { type: "button", text: "Leave it out", click: () => {
      save(model, { start: {} });
      area.focus();
    } }),
  ]);
  const box = make("div", "sora-widget sora-prompt-box", {}, [
    make("div", "sora-paper", {}, [layer, area]),
    popup.list,
    popup.said,
    count,
    start,
    make("div", "sora-order", {}, [models, sizes, lengths, seeded, make("span", "sora-pay", {}, [cost, button])]),
    make("div", "sora-said", {}, [problem, warnings]), // under the button, which stays where it is whatever is said
  ]);
  el.append(box);

  let timer = 0; // runs while the kernel has not been told what was typed
  let typing = -1; // where the mention begins that can be completed
  let dismissed = -1; // where the mention begins whose offers were closed with Escape
  let ordered = 0; // number of the last order sent
  let asking = 0; // runs while the kernel has not been asked who else has the name being typed
  const told = new Map(); // username -> person the kernel told of when asked
  const people = () => new Map([...told, ...model.get("people").map((person) => [person.username, person])]);
  const usernames = () => [...people().keys()];
  const labels = () => Object.fromEntries([...people().values()].map(({ username, name, earlier }) => [username, `${name} ${earlier ?? ""}`]));
  const composing = (event) => event.isComposing || event.keyCode === 229;

  function paint() {
    const nodes = pieces(area.value, [...usernames(), ...model.get("known")], typing).map(({ kind, text }) => (kind === "plain" ? text : make("mark", `sora-mention sora-${kind}`, { text })));
    layer.replaceChildren(...nodes, "\u200b"); // the last, empty line has a height too
    if (typing >= 0) mark();
    layer.style.width = `${area.clientWidth}px`; // without a scrollbar, where there is one
    layer.scrollTop = area.scrollTop;
    const longest = model.get("longest");
    count.hidden = longest === null;
    if (longest !== null) {
      const length = [...area.value].length;
      count.textContent = `${length.toLocaleString("en")} of ${longest.toLocaleString("en")} characters`;
      count.classList.toggle("sora-over", length > longest);
    }
    state();
  }

  function offer() {
    const found = area.selectionStart === area.selectionEnd ? completions(area.value, area.selectionStart, usernames(), labels()) : null;
    if (found?.start !== dismissed) dismissed = -1;
    const whole = found?.names[0] === found?.typed && found?.names.length === 1;
    typing = !found?.names.length || whole || dismissed >= 0 ? -1 : found.start;
    paint();
    if (typing < 0) popup.close();
    else {
      const known = people();
      popup.show(found.names.slice(0, MOST_OFFERED).map((name) => known.get(name)));
    }
    warnings.hidden = popup.open || !model.get("warnings").length; // half a name is no mistake yet
    return found;
  }

  /** Ask who else has the name being typed, where not everybody is known here. */
  function inquire(found) {
    clearTimeout(asking);
    if (found && dismissed < 0 && model.get("more")) asking = setTimeout(() => model.send({ kind: "complete", typed: found.typed }), COMPLETE_AFTER);
  }

  function hear(message) {
    if (message?.kind === "face") popup.look(message.username, message.picture);
    if (message?.kind === "go on") goOn();
    if (message?.kind === "call up") callUp(message.ready);
    if (message?.kind !== "completions") return;
    for (const person of message.people) told.set(person.username, person);
    const found = document.activeElement === area ? completions(area.value, area.selectionStart, []) : null;
    if (found?.typed === message.typed) offer();
    else paint();
  }

  /** Take the focus to the end of the text, where it is still on the button that the person waited for, or nowhere. */
  function goOn() {
    const held = document.activeElement;
    if (held && held !== document.body && !held.matches(".sora-app .sora-job-start .sora-button")) return;
    if (!area.checkVisibility?.()) return;
    area.focus({ preventScroll: true });
    area.scrollIntoView({ block: "nearest" }); // where all is in one column
    area.setSelectionRange(area.value.length, area.value.length);
  }

  function callUp(ready) {
    box.scrollIntoView({ block: "nearest" });
    if (ready) button.focus({ preventScroll: true });
    else {
      area.focus({ preventScroll: true });
      area.setSelectionRange(area.value.length, area.value.length);
    }
  }

  /** Have the offers stand where the mention being typed begins. */
  function mark() {
    const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
    let left = typing;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (left < node.length) {
        node.splitText(left).before(caret);
        return;
      }
      left -= node.length;
    }
  }

  function typed(event) {
    clearTimeout(timer);
    timer = setTimeout(flush, SEND_AFTER);
    if (event?.isComposing) hush();
    else inquire(offer());
  }

  function hush() {
    clearTimeout(asking);
    typing = -1;
    popup.close();
    paint();
  }

  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (area.value !== model.get("value")) save(model, { value: area.value });
  }

  function accept(username) {
    const { start } = completions(area.value, area.selectionStart, usernames());
    const rest = area.value.slice(area.selectionStart);
    const end = area.selectionStart + rest.match(/^[A-Za-z0-9_]*/)[0].length;
    const text = `@${username}${/^[\s.,;:!?)'’]/.test(area.value.slice(end)) ? "" : " "}`;
    area.setSelectionRange(start, end);
    // as if typed, so that undo takes it back
    if (!document.execCommand?.("insertText", false, text)) {
      area.setRangeText(text, start, end, "end");
      typed();
    }
    hush();
  }

  function key(event) {
    if (composing(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
      return;
    }
    if (!popup.open || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const acts = {
      ArrowDown: () => popup.step(1),
      ArrowUp: () => popup.step(-1),
      Enter: popup.take,
      Tab: popup.take,
      Escape: () => {
        dismissed = completions(area.value, area.selectionStart, usernames())?.start ?? -1;
        offer();
      },
    };
    if (!(event.key in acts)) return;
    event.preventDefault();
    acts[event.key]();
  }

  function submit() {
    const number = model.get("answered") + 1;
    if (model.get("busy") || ordered === number) return;
    hush();
    if (!area.value.trim()) {
      area.focus(); // where it says what to do
      return;
    }
    flush();
    ordered = number;
    model.send({ kind: "submit", prompt: area.value, number });
    state();
  }

  function state() {
    const busy = model.get("busy") || ordered > model.get("answered");
    box.setAttribute("aria-busy", String(busy));
    const empty = !area.value.trim();
    button.disabled = busy;
    button.setAttribute("aria-disabled", String(busy || empty)); // it keeps its place among the keys, and leads to the text
    button.textContent = busy ? "Generating…" : "Generate";
    button.title = busy ? "" : empty ? "Say first what should be seen" : "Ctrl+Enter";
  }

  const renew = () => {
    told.clear(); // who was told of may have gone
    popup.forget();
  };
  model.on("msg:custom", hear);
  model.on("change:people", renew);
  const sized = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(paint);
  sized?.observe(area);
  const ends = [
    endProblem,
    endModels,
    endSizes,
    endLengths,
    watch(model, ["value"], () => {
      // what is being typed here is newer than what comes back
      if (!timer && area.value !== model.get("value")) area.value = model.get("value");
      paint();
    }),
    watch(model, ["more"], () => { // others may be there, whom nobody was asked for yet
      if (document.activeElement === area) inquire(completions(area.value, area.selectionStart, []));
    }),
    watch(model, ["people", "known", "longest"], () => {
      area.placeholder = model.get("people").length ? "Say what should be seen. Type @ to mention a character." : "Say what should be seen.";
      paint();
    }),
    watch(model, ["warnings"], () => {
      warnings.replaceChildren(...model.get("warnings").map((text) => make("div", "sora-warning", { text, dir: "auto" })));
      warnings.hidden = popup.open || !model.get("warnings").length;
    }),
    watch(model, ["cost"], () => {
      cost.textContent = model.get("cost") && `Estimate: ${model.get("cost")}`;
    }),
    watch(model, ["seed", "seeds"], () => {
      seeded.hidden = !model.get("seeds");
      seed.value = model.get("seed") ?? "";
    }),
    watch(model, ["start"], () => {
      const { picture = "", text = "" } = model.get("start") ?? {};
      start.hidden = !text;
      begins.hidden = !picture;
      begins.src = harmless(picture);
      beginning.textContent = text;
    }),
    watch(model, ["busy", "answered"], state),
  ];
  return () => {
    flush();
    clearTimeout(asking);
    model.off("msg:custom", hear);
    model.off("change:people", renew);
    popup.close();
    sized?.disconnect();
    ends.forEach((end) => end());
  };
}

export default { render: alive(render) };

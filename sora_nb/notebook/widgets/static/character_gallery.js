import { alive } from "./alive.js";
import { counted, harmless, make, own, problemLine, save, watch } from "./shared.js";

const SEARCH_FROM = 9; // cards
const TYPING = 150;
const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** How far a moment is from now: "2 hours ago", "in 3 days", "just now"; "" where the text is no time. */
export function ago(iso, now = Date.now()) {
  const seconds = (Date.parse(iso) - now) / 1000;
  if (Number.isNaN(seconds)) return "";
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  return unit ? relative.format(Math.trunc(seconds / length), unit) : "just now";
}

/** A gateway and how long it knows the character. */
export function standing({ name, until }, now = Date.now()) {
  const when = ago(until, now);
  if (!when) return { text: name, expired: false };
  const expired = Date.parse(until) <= now;
  return { text: `${name}: ${expired ? "expired" : "expires"} ${when}`, expired };
}

/** Copy a text; where the page may not, select the node that shows it. Returns what happened, in words. */
export async function copy(text, node) {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    const page = node.ownerDocument;
    page.getSelection().selectAllChildren(node);
    return page.execCommand?.("copy") ? "copied" : "selected: press Ctrl+C";
  }
}

/** One card; `ask` has what can be done with it. Returns its parts, and ends with nothing left to clean up. */
function build(card, ask) {
  // a long handle breaks after its dots
  const handle = make("span", "sora-handle", {}, `@${card.username}`.split(/(?<=\.)/).flatMap((part) => [part, make("wbr", "sora-break")]));
  if (card.deleted) {
    const undo = make("button", "sora-button", { type: "button", text: "Undo", click: () => ask.restore(card) });
    const node = make("div", "sora-character sora-gone", {}, [make("span", "sora-gone-text", {}, ["Deleted ", handle]), undo]);
    return { node, focus: undo, controls: [undo], tick() {}, choose() {}, look() {} };
  }
  const mark = make("span", "sora-mark", { "aria-hidden": "true" });
  const letter = make("span", "sora-avatar sora-letter", { text: card.username[0].toUpperCase(), "aria-hidden": "true" });
  const face = make(
    "button",
    "sora-face",
    {
      type: "button",
      role: ask.role(),
      "aria-label": [`@${card.username}`, card.name].filter(Boolean).join(", "),
      click: () => ask.toggle(card),
      keydown: (event) => ask.move(event, card),
    },
    [letter, mark],
  );
  const look = (picture) => {
    const source = harmless(picture);
    face.firstChild.replaceWith(source ? make("img", "sora-avatar", { src: source, alt: "", decoding: "async", draggable: "false" }) : letter);
  };
  const small = (text, label, click) => make("button", "sora-quiet", { type: "button", text, "aria-label": label, click });
  const copier = small("copy", `Copy @${card.username}`, async () => {
    const said = await copy(`@${card.username}`, handle);
    copier.textContent = said;
    ask.say(`@${card.username} ${said}`);
    setTimeout(() => (copier.textContent = "copy"), 2500);
  });
  const name = make("span", "sora-name", { text: card.name, dir: "auto" });
  const renamer = small("Rename", `Rename @${card.username}`, () => ask.edit(card, name));
  const deleter = small("Delete", `Delete @${card.username}`, () => ask.remove(card));
  const actions = make("div", "sora-actions", {}, [renamer, deleter]);
  const controls = [face, copier, renamer, deleter];
  if (/^https?:/i.test(card.page)) {
    const link = own(make("a", "sora-quiet", { href: card.page, target: "_blank", rel: "noopener noreferrer", text: "Page" }));
    link.setAttribute("aria-label", `Page of @${card.username}`);
    actions.append(link);
    controls.push(link);
  }
  const line = (className, text) => (text ? [make("div", className, { text, dir: "auto" })] : []);
  const age = make("time", "sora-dim", { datetime: card.created, title: card.created });
  const gateways = card.providers.map((provider) => [make("span", "sora-gateway"), provider]);
  const node = make("div", "sora-character", {}, [
    face,
    make("div", "sora-about", {}, [
      make("div", "sora-title", {}, [handle, copier]),
      name,
      ...line("sora-dim sora-clipped", card.earlier && `earlier ${card.earlier}`),
      ...line("sora-dim sora-clipped", card.about),
      ...line("sora-dim sora-clipped", card.origin),
      make("div", "sora-facts", {}, [age, ...gateways.map(([shown]) => shown)]),
      ...card.warnings.map((text) => make("div", "sora-warning", { text, dir: "auto" })),
      actions,
    ]),
  ]);
  node.addEventListener("click", (event) => {
    const busy = event.target.closest("button, input, a") || String(node.ownerDocument.getSelection());
    if (!busy) ask.toggle(card);
  });
  const tick = () => {
    age.textContent = ago(card.created);
    for (const [shown, provider] of gateways) {
      const { text, expired } = standing(provider);
      shown.textContent = text;
      shown.classList.toggle("sora-expired", expired);
    }
  };
  const choose = (chosen) => {
    node.classList.toggle("sora-chosen", chosen);
    face.setAttribute("aria-checked", String(chosen));
  };
  tick();
  return { node, focus: face, controls, tick, choose, look, renamer };
}

/** Let a name be changed in its place: Enter and Save keep it, Escape and Cancel do not. */
function edit(card, shown, done) {
  const field = make("input", "sora-field sora-edit", { type: "text", maxlength: 80, "aria-label": `Name of @${card.username}` });
  field.value = card.name;
  const button = (text, click) => make("button", "sora-quiet", { type: "button", text, click });
  const keep = () => end(field.value.trim());
  const form = make("span", "sora-editor", {}, [field, button("Save", keep), button("Cancel", () => end(card.name))]);
  const end = (name) => {
    shown.textContent = name;
    form.replaceWith(shown);
    done(name);
  };
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Enter") keep();
    else end(card.name);
  });
  shown.replaceWith(form);
  field.focus();
  field.select();
}

function render({ model, el }) {
  const search = make("input", "sora-field sora-search", { type: "search", placeholder: "Search", "aria-label": "Search characters", input: () => (filter(), inquire()) });
  const count = make("span", "sora-dim", { role: "status" });
  const head = make("div", "sora-cast-head", {}, [search, count]);
  const grid = make("div", "sora-cast", { "aria-label": "Characters" });
  const empty = make("div", "sora-empty sora-dim");
  const said = make("div", "sora-unseen", { role: "status" });
  const [problem, endProblem] = problemLine(model);
  el.append(make("div", "sora-widget sora-character-gallery", {}, [head, grid, empty, problem, said]));

  const cards = new Map(); // key -> the card's parts, built anew only where the card changed
  let current = null; // the one card whose controls Tab reaches; arrows go from card to card
  let chosen = new Set(); // keys
  let wanted = null; // where the focus goes once the kernel's answer has built a card anew

  const pictures = new Map(); // key -> [mark of the picture, picture], once it was asked for
  const unseen = new Set(); // keys whose pictures are asked for next
  let timer = 0;
  let asking = 0;
  let searched = ""; // what the kernel was asked for
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      unseen.add(target.dataset.key);
      clearTimeout(timer);
      timer = setTimeout(() => {
        model.send({ kind: "pictures", keys: [...unseen] });
        unseen.clear();
      }, 30);
    }
  });
  const hear = (message) => {
    const entry = message?.kind === "picture" && cards.get(message.key);
    if (!entry) return;
    pictures.set(message.key, [entry.card.picture, message.picture]);
    entry.look(message.picture);
  };
  model.on("msg:custom", hear);
  /** Have the kernel look for characters that have no card yet. */
  const inquire = () => {
    clearTimeout(asking);
    const hidden = model.get("total") === null || model.get("total") > model.get("cards").length;
    if (hidden || searched) asking = setTimeout(() => model.send({ kind: "search", text: (searched = search.value.trim()) }), TYPING);
  };

  const visible = () => model.get("cards").map(({ key }) => cards.get(key)).filter((card) => card && !card.node.hidden);
  const setCurrent = (card) => {
    for (const control of current?.controls ?? []) control.tabIndex = -1;
    current = card;
    for (const control of current?.controls ?? []) control.tabIndex = 0;
  };
  /** Scroll to a card among the others; where all are seen, nothing moves, and the page never does. */
  const reveal = ({ node }) => {
    const [card, frame] = [node, grid].map((one) => one.getBoundingClientRect());
    grid.scrollTop += Math.min(0, card.top - frame.top) + Math.max(0, card.bottom - frame.bottom);
  };
  const ask = {
    role: () => (model.get("multiple") ? "checkbox" : "radio"),
    say: (text) => (said.textContent = text),
    toggle({ key }) {
      const before = model.get("selected");
      const others = before.filter((other) => other !== key);
      if (!model.get("multiple")) save(model, { selected: [key] });
      else save(model, { selected: others.length < before.length ? others : [...before, key] });
    },
    move(event, { key }) {
      const shown = visible();
      const place = shown.indexOf(cards.get(key));
      const columns = Math.max(1, shown.filter(({ node }) => node.offsetTop === shown[0].node.offsetTop).length);
      const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -place, End: shown.length - 1 - place };
      if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const next = shown[place + steps[event.key]];
      next?.focus.focus();
      if (next) reveal(next);
    },
    edit(card, shown) {
      const entry = cards.get(card.key);
      entry.editing = true;
      entry.renamer.hidden = true;
      edit(card, shown, (name) => {
        entry.editing = false;
        entry.renamer.hidden = false;
        entry.renamer.focus();
        if (name !== card.name) {
          wanted = { key: card.key, part: "renamer", entry };
          model.send({ kind: "rename", key: card.key, name });
        } else deal();
      });
    },
    remove({ key }) {
      wanted = { key, part: "focus", entry: cards.get(key) };
      model.send({ kind: "delete", key });
    },
    restore({ key }) {
      wanted = { key, part: "focus", entry: cards.get(key) };
      model.send({ kind: "restore", key });
    },
  };

  function deal() {
    const dealt = model.get("cards");
    const keys = new Set(dealt.map(({ key }) => key));
    for (const [key, { node }] of cards) {
      if (keys.has(key)) continue;
      seen.unobserve(node);
      node.remove();
      cards.delete(key);
    }
    dealt.forEach((card, place) => {
      const text = JSON.stringify([card, model.get("multiple")]);
      let entry = cards.get(card.key);
      if (entry?.text !== text && !entry?.editing) {
        const old = entry;
        entry = { ...build(card, ask), text, card, words: words(card) };
        for (const control of entry.controls) control.tabIndex = -1;
        entry.node.addEventListener("focusin", () => setCurrent(cards.get(card.key)));
        cards.set(card.key, entry);
        entry.node.dataset.key = card.key;
        if (old) seen.unobserve(old.node);
        const focused = old?.controls.indexOf(document.activeElement) ?? -1;
        old?.node.replaceWith(entry.node);
        if (focused >= 0) (entry.controls[focused] ?? entry.focus).focus(); // others may have changed the card
        const [mark, picture] = pictures.get(card.key) ?? [];
        if (card.picture && mark === card.picture) entry.look(picture);
        else if (card.picture) seen.observe(entry.node);
        if (old && current === old) setCurrent(entry);
      }
      if (grid.children[place] !== entry.node) grid.insertBefore(entry.node, grid.children[place] ?? null);
    });
    grid.setAttribute("role", model.get("multiple") ? "group" : "radiogroup");
    grid.classList.toggle("sora-single", dealt.length === 1);
    head.hidden = dealt.length < SEARCH_FROM;
    if (head.hidden) search.value = "";
    choose();
    filter();
    const entry = wanted && cards.get(wanted.key);
    if (entry && entry !== wanted.entry) {
      entry[wanted.part]?.focus();
      wanted = null;
    }
  }

  function choose() {
    const before = chosen;
    chosen = new Set(model.get("selected"));
    for (const [key, card] of cards) {
      card.choose(chosen.has(key));
      if (chosen.has(key) && !before.has(key)) reveal(card);
    }
    tally();
  }

  function filter() {
    const asked = search.value.trim().toLowerCase();
    let found = 0;
    for (const { node, words: text } of cards.values()) {
      node.hidden = !asked.split(/\s+/).every((word) => text.includes(word));
      found += !node.hidden;
    }
    empty.hidden = found > 0;
    grid.hidden = !found;
    empty.textContent = asked
      ? `No character matches “${search.value.trim()}”.`
      : "No characters yet. Choose 1 to 3 seconds of a video in which somebody is clearly visible, and make a character of them.";
    if (!current || current.node.hidden || !current.node.isConnected) setCurrent(visible()[0] ?? null);
    tally();
  }

  function tally() {
    const found = [...cards.values()].filter(({ card, node }) => !card.deleted && !node.hidden).length;
    const total = model.get("total");
    const { size } = chosen;
    const said = total !== null ? `${found === total ? "" : `${found} of `}${total} characters` : search.value.trim() ? counted(found) : `${found} newest characters`;
    count.textContent = `${said}${size ? `, ${size} chosen` : ""}`;
  }

  const clock = setInterval(() => cards.forEach(({ tick }) => tick()), 30_000);
  const ends = [endProblem, watch(model, ["cards", "total", "multiple"], deal), watch(model, ["selected"], choose)];
  return () => {
    ends.forEach((end) => end());
    seen.disconnect();
    [timer, asking].forEach(clearTimeout);
    clearInterval(clock);
    model.off("msg:custom", hear);
  };
}

const words = (card) => [card.username, card.earlier, card.name, card.about, card.origin].join(" ").toLowerCase();

export default { render: alive(render) };

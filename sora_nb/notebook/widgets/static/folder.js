import { make } from "./shared.js";

/** A size as people write it: 34.1 MB. */
export function megabytes(size) {
  return size >= 1e6 ? `${(size / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(size / 1e3))} kB`;
}

/**
 * Folders and video files of the kernel's disk. Arrows move the focus, Enter opens, Backspace goes up; what lies outside
 * of the notebook's folder is shown after a question only.
 * @param {any} model
 */
export function browser(model) {
  const up = make("button", "sora-button sora-folder-up", { type: "button", text: "↑ Up", "aria-label": "Up, to the folder around this one", click: () => go(at.up) });
  const path = make("bdi", "");
  const where = make("div", "sora-folder-path sora-dim", {}, [path]);
  const again = make("button", "sora-button", { type: "button", text: "Refresh", click: () => go(at.key) });
  const list = make("ul", "sora-folder-list", { "aria-label": "Folders and videos" });
  const more = make("button", "sora-button", { type: "button", text: "Show more", hidden: true, click: () => ask({ kind: "look", key: at.key, first: shown().length }) });
  const said = make("div", "sora-dim sora-folder-said", { role: "status" });
  const words = make("div", "sora-folder-words");
  const yes = make("button", "sora-button", { type: "button" });
  const question = make("div", "sora-folder-question", { role: "group", "aria-label": "Outside of the notebook's folder" }, [words, make("div", "sora-picker-row", {}, [yes, make("button", "sora-button", { type: "button", text: "Stay here", click: () => stay() })])]);
  const panel = make("div", "sora-picker-panel", {}, [make("div", "sora-folder-head", {}, [up, where, again]), question, list, more, said]);
  let at = { key: "", up: null, total: 0 };
  let asked = false; // this view; another one's answers are shown, too, but take no focus
  let from = null; // what the question is about

  const shown = () => [...list.querySelectorAll("button")];
  const ask = (message) => {
    asked = true;
    said.textContent = "Looking…";
    model.send(message);
  };
  const go = (key, agreed = false) => ask({ kind: "look", key, first: 0, agreed });
  const rove = (row) => {
    for (const other of shown()) other.tabIndex = other === row ? 0 : -1;
  };
  const stay = () => {
    question.hidden = true;
    const row = shown().find((one) => one.dataset.key === from) ?? shown()[0];
    said.textContent = "";
    (row ?? up).focus();
  };
  function entry({ key, name, folder, size, modified }) {
    const facts = [folder ? "" : megabytes(size), modified];
    const open = () => (folder ? go(key) : ask({ kind: "open", key }));
    const row = make("button", "sora-folder-entry", { type: "button", tabindex: "-1", "data-key": key, title: name, "aria-label": [folder ? "Folder" : "Video", name, ...facts].filter(Boolean).join(", "), click: open, keydown: onKey, focus: () => rove(row) }, [
      make("span", `sora-folder-kind sora-folder-${folder ? "folder" : "video"}`, { "aria-hidden": "true" }),
      make("span", "sora-folder-name", { text: name }),
      ...facts.map((fact, place) => make("span", `sora-dim sora-folder-${place ? "date" : "size"}`, { text: fact })),
    ]); // prettier-ignore
    return make("li", "", {}, [row]);
  }
  function onKey(event) {
    const rows = shown();
    const place = rows.indexOf(event.currentTarget);
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: rows.length - 1, PageDown: place + 8, PageUp: place - 8 }[event.key];
    if (event.key === "Backspace" && at.up !== null) go(at.up);
    else if (to === undefined) return;
    else rows[Math.max(0, Math.min(rows.length - 1, to))].focus();
    event.preventDefault();
  }
  function show(told) {
    const before = at;
    const further = told.first > 0 && told.key === at.key && told.first === shown().length;
    if (!further && told.first > 0) return; // another view's next page
    at = told;
    path.textContent = where.title = told.path;
    up.disabled = told.up === null;
    const rows = told.entries.map(entry);
    if (further) list.append(...rows);
    else list.replaceChildren(...rows);
    const count = shown().length;
    more.hidden = count >= told.total;
    list.hidden = !count;
    said.textContent = count < told.total ? `${count} of ${told.total}` : told.total ? "" : "No folder and no video file is here.";
    question.hidden = true;
    const focused = rows.map((row) => row.firstChild).find((row) => row.dataset.key === before.key) ?? rows[0]?.firstChild ?? shown()[0];
    if (focused) rove(focused);
    if (asked) (focused ?? (up.disabled ? again : up)).focus();
  }
  const take = (told) => {
    if (told?.kind !== "folder") return;
    if (told.fault) said.textContent = told.fault;
    else if (told.ask) {
      if (!asked) return;
      const file = told.of === "file";
      from = told.key;
      words.replaceChildren(file ? "This file lies in " : "The folder ", make("bdi", "sora-folder-asked", { text: told.ask }), file ? ", outside of the notebook's folder. Use it?" : " is outside of the notebook's folder. Look into it?");
      yes.textContent = file ? "Use it" : "Look into it";
      yes.onclick = () => (file ? ask({ kind: "open", key: told.key, agreed: true }) : go(told.key, true));
      question.hidden = false;
      said.textContent = "";
      yes.focus();
    } else show(told);
    asked = false;
  };
  question.hidden = true;
  model.on("msg:custom", take);
  return {
    panel,
    /** Look into the folder when its tab is opened for the first time. */
    open: () => list.childElementCount || model.send({ kind: "look", key: at.key, first: 0 }),
    end: () => model.off("msg:custom", take),
  };
}

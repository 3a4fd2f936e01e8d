import { alive } from "./alive.js";
import { make, problemLine, watch } from "./shared.js";

const COLUMNS = ["time", "kind", "prompt", "status", "estimate", "charged"];
/** Where a table has the calls of several people. */
const SHARED = ["time", "person", ...COLUMNS.slice(1)];
const NUMBERS = ["estimate", "charged"];

/** Parts of the bar in percent: spent, reserved. Over the budget, the budget is where the bar would have ended. */
export function shares(spent, reserved, budget) {
  const whole = Math.max(budget, spent + reserved, 1);
  return { spent: (100 * spent) / whole, reserved: (100 * reserved) / whole, limit: (100 * budget) / whole };
}

/** A moment as the reader's clock shows it, 2026-11-22 09:05; "" where the text is no time. */
export function local(iso) {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "";
  const two = (number) => String(number).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

function headings(columns) {
  return columns.map((text) => make("th", `sora-cell sora-cell-${text}`, { text, scope: "col" }));
}

function line(row, columns) {
  const lost = row.status === "unknown";
  return make("tr", lost ? "sora-call sora-lost" : "sora-call", {}, columns.map((name) => {
    const text = name === "time" ? local(row.time) : row[name];
    return make("td", `sora-cell sora-cell-${name}`, { text, dir: name === "prompt" ? "auto" : "ltr" });
  }));
}

function render({ model, el }) {
  const words = make("span", "sora-sums", { role: "status" });
  const spent = make("span", "sora-spent");
  const reserved = make("span", "sora-reserved");
  const limit = make("span", "sora-limit");
  const bar = make("div", "sora-meter", { role: "meter", "aria-label": "Budget used", "aria-valuemin": 0 }, [spent, reserved, limit]);
  const button = make("button", "sora-button", { type: "button", "aria-expanded": "false", click: () => toggle() });
  const body = make("tbody", "sora-calls");
  const head = make("tr", "sora-call", {}, headings(COLUMNS));
  const table = make("table", "sora-table", {}, [make("caption", "sora-unseen", { text: "Calls, newest first" }), make("thead", "sora-heads", {}, [head]), body]);
  const note = make("div", "sora-dim sora-table-note");
  // one can scroll in it, so keys must reach it
  const frame = make("div", "sora-table-frame", { tabindex: 0, role: "region", "aria-label": "Calls" }, [table]);
  const sheet = make("div", "sora-sheet", { hidden: true }, [frame, note]);
  const [problem, endProblem] = problemLine(model);
  const box = make("div", "sora-widget sora-cost-meter", {}, [bar, make("div", "sora-sums-line", {}, [words, button]), sheet, problem]);
  el.append(box);

  const ask = () => model.send({ kind: "table" });
  function toggle() {
    sheet.hidden = !sheet.hidden;
    word();
    if (!sheet.hidden) ask();
  }
  function word() {
    button.textContent = sheet.hidden ? "Show calls" : "Hide calls";
    button.setAttribute("aria-expanded", String(!sheet.hidden));
  }
  const take = (message) => {
    if (message?.kind !== "table") return;
    const columns = message.several ? SHARED : COLUMNS;
    head.replaceChildren(...headings(columns));
    body.replaceChildren(...message.rows.map((row) => line(row, columns)));
    frame.hidden = !message.rows.length;
    note.textContent = message.rows.length ? "" : "No calls yet.";
    if (message.earlier) note.textContent = `and ${message.earlier} earlier calls`;
  };
  model.on("msg:custom", take);
  word();

  const ends = [
    endProblem,
    () => model.off("msg:custom", take),
    watch(model, ["has_table"], () => (button.hidden = !model.get("has_table"))),
    watch(model, ["spent", "reserved", "budget", "words"], () => {
      const [paid, held, budget] = ["spent", "reserved", "budget"].map((name) => model.get(name));
      const over = budget !== null && paid + held > budget;
      bar.hidden = budget === null;
      box.classList.toggle("sora-over-budget", over);
      words.textContent = model.get("words");
      const part = shares(paid, held, budget ?? 0);
      spent.style.width = `${part.spent}%`;
      reserved.style.width = `${part.reserved}%`;
      limit.style.insetInlineStart = `${part.limit}%`;
      limit.hidden = !over;
      bar.setAttribute("aria-valuemax", String(budget ?? 0));
      bar.setAttribute("aria-valuenow", String(Math.min(paid + held, budget ?? 0)));
      bar.setAttribute("aria-valuetext", model.get("words"));
    }),
    watch(model, ["words"], () => sheet.hidden || ask()), // an open table is kept up to date
  ];
  return () => ends.forEach((end) => end());
}

export default { render: alive(render) };

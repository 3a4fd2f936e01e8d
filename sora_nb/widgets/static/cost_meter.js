import { make, problemLine, watch } from "./shared.js";

const HEADS = ["Time", "Kind", "Prompt", "Status", "List price", "Charged"];

/** The parts of the bar in percent: spent, reserved, and whether it is more than the budget. */
export function parts({ spent, reserved, budget }) {
  if (budget === null || budget === undefined) return null;
  const whole = Math.max(budget, spent + reserved, 1);
  return { spent: (100 * spent) / whole, reserved: (100 * reserved) / whole, over: spent + reserved > budget };
}

function render({ model, el }) {
  const spent = make("div", "sora-meter-spent");
  const reserved = make("div", "sora-meter-reserved");
  const bar = make("div", "sora-meter-bar", { role: "meter", "aria-label": "Budget", "aria-valuemin": 0 }, [spent, reserved]);
  const words = make("span", "sora-meter-words", { role: "status" });
  const button = make("button", "sora-button", { type: "button", "aria-expanded": "false", text: "Table", click: () => toggle() });
  const body = make("tbody", "sora-x");
  const head = make("tr", "sora-x", {}, HEADS.map((text) => make("th", "sora-x", { text, scope: "col" })));
  const table = make("div", "sora-meter-table", { tabindex: 0, role: "region", "aria-label": "Calls and what they cost" }, [
    make("table", "sora-x", {}, [make("thead", "sora-x", {}, [head]), body]),
  ]);
  table.hidden = true;
  const [problem, endProblem] = problemLine(model);
  el.append(make("div", "sora-widget sora-cost-meter", {}, [make("div", "sora-meter-line", {}, [words, bar, button]), table, problem]));

  function toggle() {
    table.hidden = !table.hidden;
    button.setAttribute("aria-expanded", String(!table.hidden));
    if (!table.hidden) model.send({ kind: "rows" });
  }

  const take = (message) => {
    if (message?.kind !== "rows") return;
    const rows = message.rows.map((row) => make("tr", "sora-x", {}, row.map((text, place) => make("td", place > 3 ? "sora-meter-money" : "sora-x", { text }))));
    if (!rows.length) rows.push(make("tr", "sora-x", {}, [make("td", "sora-dim", { text: "No calls yet.", colspan: HEADS.length })]));
    body.replaceChildren(...rows);
  };
  model.on("msg:custom", take);
  const ends = [
    endProblem,
    watch(model, ["words", "spent", "reserved", "budget", "has_table"], () => {
      const shown = parts({ spent: model.get("spent"), reserved: model.get("reserved"), budget: model.get("budget") });
      words.textContent = model.get("words");
      button.hidden = !model.get("has_table");
      bar.hidden = !shown;
      if (shown) {
        spent.style.width = `${shown.spent}%`;
        reserved.style.width = `${shown.reserved}%`;
        bar.setAttribute("aria-valuemax", String(model.get("budget") / 1e6));
        bar.setAttribute("aria-valuenow", String((model.get("spent") + model.get("reserved")) / 1e6));
        bar.setAttribute("aria-valuetext", model.get("words"));
        bar.classList.toggle("sora-meter-over", shown.over);
      }
    }),
    watch(model, ["words"], () => table.hidden || model.send({ kind: "rows" })),
  ];
  return () => {
    ends.forEach((end) => end());
    model.off("msg:custom", take);
  };
}

export default { render };

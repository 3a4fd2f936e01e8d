// @vitest-environment jsdom
import { expect, test } from "vitest";
import widget, { parts } from "../../sora_nb/widgets/static/cost_meter.js";
import { FakeModel } from "./model.js";

test("the bar is in proportion, and never longer than it is", () => {
  expect(parts({ spent: 1, reserved: 1, budget: null })).toBe(null);
  expect(parts({ spent: 1, reserved: 1, budget: 4 })).toEqual({ spent: 25, reserved: 25, over: false });
  expect(parts({ spent: 6, reserved: 2, budget: 4 })).toEqual({ spent: 75, reserved: 25, over: true });
  expect(parts({ spent: 0, reserved: 0, budget: 0 })).toEqual({ spent: 0, reserved: 0, over: false });
});

test("the table asks for its rows, shows them as text, and nothing is left when the view goes", () => {
  const model = new FakeModel({ words: "$0.15 spent", spent: 150000, reserved: 0, budget: 1000000, has_table: true });
  const el = document.createElement("div");
  const end = widget.render({ model, el });
  expect(el.querySelector("[role=meter]").getAttribute("aria-valuetext")).toBe("$0.15 spent");
  el.querySelector("button").click();
  expect(model.sent.at(-1).content).toEqual({ kind: "rows" });
  model.tell("msg:custom", { kind: "rows", rows: [["t", "video", "<b>x</b>", "done", "$0.15", "$0.15"]] });
  expect(el.querySelector("tbody").textContent).toContain("<b>x</b>");
  model.put({ words: "$0.30 spent", spent: 300000 });
  expect(model.sent.length).toBe(2);
  end();
  expect(model.count).toBe(0);
});

// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import meter, { local, shares } from "../../sora_nb/notebook/widgets/static/cost_meter.js";
import { FakeModel } from "./model.js";

const ROW = { time: "2026-11-22T09:05:00", kind: "video", prompt: "@mossy runs", status: "done", estimate: "$0.40", charged: "$0.40" };
let model, el, end;

beforeEach(() => {
  model = new FakeModel({ spent: 310_000, reserved: 150_000, budget: 1_000_000, words: "$0.31 spent", has_table: true });
  el = document.createElement("div");
  end = meter.render({ model, el });
});
const bar = () => el.querySelector('[role="meter"]');

test("the bar is the budget, or more where more was spent", () => {
  expect(shares(25, 25, 100)).toEqual({ spent: 25, reserved: 25, limit: 100 });
  expect(shares(100, 100, 100)).toEqual({ spent: 50, reserved: 50, limit: 50 });
  expect(shares(0, 0, 0)).toEqual({ spent: 0, reserved: 0, limit: 0 });
});

test("the meter says its sums", () => {
  expect(["aria-valuenow", "aria-valuemax", "aria-valuetext"].map((name) => bar().getAttribute(name))).toEqual(["460000", "1000000", "$0.31 spent"]);
  expect(el.querySelector(".sora-spent").style.width).toBe("31%");
});

test("over the budget there is a mark, and the value stays in range", () => {
  model.put({ spent: 1_500_000 });
  expect(bar().getAttribute("aria-valuenow")).toBe("1000000");
  expect([el.querySelector(".sora-over-budget") !== null, el.querySelector(".sora-limit").hidden]).toEqual([true, false]);
});

test("without a budget there are just words", () => {
  model.put({ budget: null, words: "$0.50 spent" });
  expect([bar().hidden, el.querySelector(".sora-sums").textContent]).toEqual([true, "$0.50 spent"]);
});

test("the table is asked for when opened, and again when the sums change", () => {
  const button = el.querySelector("button");
  model.put({ words: "$0.32 spent" });
  expect(model.sent.length).toBe(0);
  button.click();
  model.put({ words: "$0.33 spent" });
  expect(model.sent.map(({ content }) => content.kind)).toEqual(["table", "table"]);
  expect([button.textContent, button.getAttribute("aria-expanded")]).toEqual(["Hide calls", "true"]);
  model.tell("msg:custom", { kind: "table", rows: [{ ...ROW, status: "unknown", charged: "may have been billed" }, ROW], earlier: 3 });
  expect([...el.querySelectorAll("tbody tr")].map((row) => [...row.cells].at(-1).textContent)).toEqual(["may have been billed", "$0.40"]);
  expect(el.querySelector(".sora-table-note").textContent).toBe("and 3 earlier calls");
  button.click();
  model.put({ words: "$0.34 spent" });
  expect(model.sent.length).toBe(2);
});

test("calls of several people say whose they are", () => {
  const heads = () => [...el.querySelectorAll("th")].map((cell) => cell.textContent);
  model.tell("msg:custom", { kind: "table", rows: [{ ...ROW, person: "ann" }, { ...ROW, person: "bob" }], earlier: 0, several: true });
  expect(heads().slice(0, 3)).toEqual(["time", "person", "kind"]);
  expect([...el.querySelectorAll(".sora-calls .sora-cell-person")].map((cell) => cell.textContent)).toEqual(["ann", "bob"]);
  model.tell("msg:custom", { kind: "table", rows: [{ ...ROW, person: "ann" }], earlier: 0, several: false });
  expect(heads()).not.toContain("person");
  expect(el.querySelectorAll(".sora-calls .sora-cell")).toHaveLength(6);
});

test("an empty table says so; prompts stay texts", () => {
  model.tell("msg:custom", { kind: "table", rows: [], earlier: 0 });
  expect(el.querySelector(".sora-table-note").textContent).toBe("No calls yet.");
  model.tell("msg:custom", { kind: "table", rows: [{ ...ROW, prompt: "<img src=x>" }], earlier: 0 });
  expect(el.querySelectorAll("img").length).toBe(0);
});

test("times are read on the reader's clock", () => {
  expect(local("2026-11-22T09:05:00")).toBe("2026-11-22 09:05");
  expect(local("")).toBe("");
});

test("without a table there is no button, and a view that ends leaves nothing", () => {
  model.put({ has_table: false });
  expect(el.querySelector("button").hidden).toBe(true);
  end();
  expect(model.count).toBe(0);
});

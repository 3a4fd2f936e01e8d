// @vitest-environment jsdom
import { expect, test } from "vitest";
import widget from "../../sora_nb/notebook/widgets/static/job_list.js";
import { FakeModel } from "./model.js";

const JOB = { key: "a", label: "a corgi", state: "running", percent: 40, note: "" };

function shown(state) {
  const model = new FakeModel({ action: "Go", note: "$0.01", ready: true, jobs: [], ...state });
  const el = document.createElement("div");
  return { model, el, end: widget.render({ model, el }) };
}

test("the button tells Python, and nothing is left when the view goes", () => {
  const { model, el, end } = shown({});
  el.querySelector("button").click();
  expect(model.sent[0].content).toEqual({ kind: "action" });
  model.put({ ready: false });
  expect(el.querySelector("button").disabled).toBe(true);
  end();
  expect(model.count).toBe(0);
});

test("jobs that the page does not have are counted", () => {
  const { model, el } = shown({ jobs: [JOB], earlier: 0 });
  const line = el.querySelector(".sora-jobs-earlier");
  expect(line.hidden).toBe(true);
  model.put({ earlier: 20 });
  expect([line.hidden, line.textContent]).toEqual([false, "and 20 earlier"]);
});

test("an unchanged row keeps its element, a changed one is said aloud", () => {
  const { model, el } = shown({ jobs: [JOB] });
  const other = { ...JOB, key: "b", label: "a cat", state: "unknown" };
  const first = el.querySelector("li");
  model.put({ jobs: [other, JOB] });
  expect(el.querySelectorAll("li")[1]).toBe(first);
  el.querySelector("li button").click();
  expect(model.sent.at(-1).content).toEqual({ kind: "resume" });
  model.put({ jobs: [other, { ...JOB, state: "failed", note: "No clear subject." }] });
  expect(el.querySelector("[role=status].sora-unseen").textContent).toBe("a corgi: failed. No clear subject.");
  expect(el.querySelector("progress")).toBe(null);
});

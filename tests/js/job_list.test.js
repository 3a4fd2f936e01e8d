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
  expect(model.sent.map(({ content }) => content.kind)).toEqual(["press"]);
  model.tell("msg:custom", { kind: "other" });
  model.tell("msg:custom", { kind: "pressed" });
  model.tell("msg:custom", { kind: "pressed" }); // another view was
  expect(model.sent.map(({ content }) => content.kind)).toEqual(["press", "action"]);
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

const cancel = (el) => el.querySelector(".sora-job-cancel");

test("progress changes in place, so that a focused button stays", () => {
  const { model, el } = shown({ jobs: [{ ...JOB, stage: "looking for faces", stakes: "" }] });
  document.body.replaceChildren(el);
  const row = el.querySelector("li");
  cancel(el).focus();
  model.put({ jobs: [{ ...JOB, percent: 60, stage: "drawing the sprite, about 8 s left", stakes: "" }] });
  expect([el.querySelector("li"), document.activeElement]).toEqual([row, cancel(el)]);
  expect(row.querySelector(".sora-job-far").textContent).toBe("60 % · drawing the sprite, about 8 s left");
  model.put({ jobs: [{ ...JOB, state: "done", stage: "", stakes: null }] });
  expect(document.activeElement).toBe(el.querySelector("li")); // or keys would go to the notebook
});

test("what is free is stopped at once; where money is at stake, it is said first", () => {
  const free = shown({ jobs: [{ ...JOB, stakes: "" }] });
  cancel(free.el).click();
  expect(free.model.sent.at(-1).content).toEqual({ kind: "cancel", key: "a" });
  expect(cancel(free.el).disabled).toBe(true);

  const { model, el } = shown({ jobs: [{ ...JOB, stakes: "kling may bill it ($0.50)." }] });
  document.body.replaceChildren(el);
  const [sure, stay] = el.querySelectorAll(".sora-job-question button");
  cancel(el).click();
  expect([model.sent, document.activeElement]).toEqual([[], sure]);
  expect(el.querySelector(".sora-job-question").textContent).toContain("kling may bill it ($0.50).");
  stay.click();
  expect([model.sent, document.activeElement]).toEqual([[], cancel(el)]);
  cancel(el).click();
  model.put({ jobs: [{ ...JOB, percent: 50, stakes: "kling may bill it ($0.50)." }] });
  expect(el.querySelector(".sora-job-question").hidden).toBe(false);
  sure.click();
  expect(model.sent.at(-1).content).toEqual({ kind: "cancel", key: "a" });
  model.put({ jobs: [{ ...JOB, stakes: "kling may bill it ($0.50).", note: "Not stopped." }] });
  expect([cancel(el).disabled, cancel(el).textContent]).toEqual([false, "Cancel"]);
});

test("a job that nobody can stop has no button for that", () => {
  const { el } = shown({ jobs: [{ ...JOB, stakes: null }] });
  expect(cancel(el).hidden).toBe(true);
});

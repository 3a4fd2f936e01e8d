// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import widget, { found, upload } from "../../sora_nb/notebook/widgets/static/video_picker.js";
import { FakeModel } from "./model.js";

let inSight = [];

beforeEach(() => {
  vi.useFakeTimers();
  inSight = [];
  globalThis.IntersectionObserver = class {
    constructor(tell) {
      this.tell = tell;
      inSight.push(this);
      this.seen = [];
    }
    observe(node) {
      this.seen.push(node);
    }
    unobserve() {}
    disconnect() {
      this.seen = [];
    }
  };
  URL.createObjectURL = vi.fn(() => "blob:x");
  URL.revokeObjectURL = vi.fn();
});
afterEach(() => vi.useRealTimers());

const settled = () => vi.advanceTimersByTimeAsync(0);
const MB = 1024 * 1024;

/** A file of two slices and a half, and a model to send it to. */
function begun() {
  const model = new FakeModel({});
  const bytes = new Uint8Array(2.5 * MB).fill(7);
  const file = { name: "cat.mp4", size: bytes.length, lastModified: 5, slice: (a, b) => ({ arrayBuffer: async () => bytes.slice(a, b).buffer }) };
  const told = [];
  const running = upload(model, file, (state) => told.push(state));
  const answer = async (words) => {
    model.tell("msg:custom", { kind: "upload", id: model.sent[0].content.id, ...words });
    await settled();
  };
  const slices = () => model.sent.filter(({ content }) => content.do === "slice").map(({ content, buffers }) => [content.at, buffers[0].byteLength]);
  return { model, told, running, answer, slices };
}

test("one slice after the other, each when the one before is acknowledged", async () => {
  const { model, told, answer, slices } = begun();
  expect(model.sent[0].content).toMatchObject({ do: "begin", name: "cat.mp4", size: 2.5 * MB });
  await answer({ have: 0 });
  await answer({ have: 0 });
  expect(slices()).toEqual([[0, MB]]);
  await answer({ have: MB });
  await answer({ have: MB });
  await answer({ have: 2 * MB });
  expect(slices()).toEqual([[0, MB], [MB, MB], [2 * MB, MB / 2]]);
  await answer({ done: true });
  expect(told.at(-1).done).toBe(true);
  expect(model.count).toBe(0);
});

test("without an answer for ten seconds it says so, and goes on where the kernel stopped", async () => {
  const { told, running, answer, slices } = begun();
  await answer({ have: 0 });
  vi.advanceTimersByTime(9_900);
  expect(told.at(-1).stalled).toBe(undefined);
  vi.advanceTimersByTime(200);
  expect(told.at(-1).stalled).toBe(true);
  running.retry();
  await answer({ have: MB });
  expect(slices().at(-1)).toEqual([MB, MB]);
});

test("a kernel that lost it gets it from the start; a refusal ends it", async () => {
  const { model, told, answer } = begun();
  await answer({ unknown: true });
  expect(model.sent.map(({ content }) => content.do)).toEqual(["begin", "begin"]);
  await answer({ refused: "No room." });
  expect(told.at(-1).refused).toBe("No room.");
  vi.advanceTimersByTime(20_000);
  expect(told.at(-1).stalled).toBe(undefined);
});

test("cancel is told, and nothing follows", async () => {
  const { model, running, answer, slices } = begun();
  running.cancel();
  await answer({ have: 0 });
  expect(model.sent.at(-1).content.do).toBe("cancel");
  expect(slices()).toEqual([]);
});

test("searches", () => {
  expect(found("A Cat in the rain", "rain cat")).toBe(true);
  expect(found("A Cat in the rain", "dog")).toBe(false);
  expect(found("anything", "")).toBe(true);
});

const PAST = [
  { key: "a", prompt: "<img src=x onerror=alert(1)>", title: "<img src=x onerror=alert(1)>", cast: [], about: "sora-2" },
  { key: "b", prompt: "@hero a cat", title: "a cat", cast: ["hero"], about: "sora-2" },
];

function shown(state = {}) {
  const past = state._past ?? PAST;
  const model = new FakeModel({ _past: past, _total: past.length, _chosen: {}, ...state });
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  return { model, el, end: widget.render({ model, el }) };
}

test("a face takes the place of a name, in every view that is told of it", () => {
  const { model, el } = shown();
  const second = el.querySelectorAll("[role=radio]")[1];
  model.tell("msg:custom", { kind: "face", username: "hero", picture: "data:image/webp;base64,AA" });
  expect(second.querySelector(".sora-cast-face").alt).toBe("@hero");
  expect(second.querySelector(".sora-picker-prompt").textContent).toBe("a cat");
  expect(second.getAttribute("aria-label")).toBe("@hero a cat, sora-2");
  model.put({ _past: PAST });
  expect(el.querySelectorAll(".sora-cast-face").length).toBe(1);
});

test("cards are radio buttons: arrows move the focus, a click chooses, text stays text", () => {
  const { model, el, end } = shown();
  const [first, second] = el.querySelectorAll("[role=radio]");
  expect(el.querySelector(".sora-picker-prompt img")).toBe(null);
  first.focus();
  first.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  expect(document.activeElement).toBe(second);
  expect([first.tabIndex, second.tabIndex]).toEqual([-1, 0]);
  expect(model.sent).toEqual([]);
  second.click();
  expect(model.sent.at(-1).content).toEqual({ kind: "pick", key: "b" });
  model.put({ _chosen: { title: "a cat", about: "sora-2", key: "b" } });
  expect(second.getAttribute("aria-checked")).toBe("true");
  expect(el.querySelector(".sora-picker-ways").hidden).toBe(true);
  expect(document.activeElement.textContent).toBe("Change");
  end();
  expect(model.count).toBe(0);
});

test("posters are asked for in one message when cards come into sight", () => {
  const { model, el } = shown();
  const [observer] = inSight;
  observer.tell(observer.seen.map((target) => ({ target, isIntersecting: true })));
  vi.advanceTimersByTime(100);
  expect(model.sent.map(({ content }) => content)).toEqual([{ kind: "posters", keys: ["a", "b"] }]);
  model.tell("msg:custom", { kind: "poster", key: "a", picture: "data:image/jpeg;base64,AA" });
  model.tell("msg:custom", { kind: "poster", key: "b", picture: "javascript:alert(1)" });
  expect([...el.querySelectorAll(".sora-picker-card img")].map((one) => one.getAttribute("src"))).toEqual(["data:image/jpeg;base64,AA", ""]);
});

test("a search asks the kernel for videos without cards", () => {
  const { model, el } = shown({ _total: null });
  const status = el.querySelector(".sora-picker-panel [role=status]");
  expect(status.textContent).toBe("2 newest videos");
  const search = el.querySelector("input[type=search]");
  search.value = "dog";
  search.dispatchEvent(new Event("input"));
  vi.advanceTimersByTime(200);
  expect(model.sent.at(-1).content).toEqual({ kind: "search", text: "dog" });
  model.put({ _past: [...PAST, { key: "c", prompt: "a dog", title: "a dog", cast: [], about: "" }] });
  expect(status.textContent).toBe("1 found");
});

test("an address is checked a moment after it was typed; an older answer is not shown", () => {
  const { model, el } = shown({ _past: [] });
  const field = el.querySelector("input[type=url]");
  const fault = el.querySelector("[aria-label='Web address'] .sora-problem");
  field.value = "cat";
  field.dispatchEvent(new Event("input"));
  expect(model.sent).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(model.sent.at(-1).content).toEqual({ kind: "check", address: "cat" });
  model.tell("msg:custom", { kind: "checked", address: "ca", fault: "old" });
  expect(fault.hidden).toBe(true);
  model.tell("msg:custom", { kind: "checked", address: "cat", fault: "Start with https://" });
  expect([fault.textContent, field.getAttribute("aria-invalid")]).toEqual(["Start with https://", "true"]);
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  expect(model.sent.at(-1).content).toEqual({ kind: "use", address: "cat" });
});

test("without past videos it begins with the upload", () => {
  const { el } = shown({ _past: [] });
  expect(el.querySelector("[role=tab][aria-selected=true]").textContent).toBe("Upload a file");
  expect(el.querySelector(".sora-picker-none").textContent).toContain("No past videos yet");
});

test("a dropped file is sent at once, and a picture of it is shown only where there is one", async () => {
  const { model, el } = shown({ _past: [] });
  const file = new File([new Uint8Array(100)], "IMG_4711.MOV", { lastModified: 5 });
  const drop = new Event("drop", { bubbles: true });
  drop.dataTransfer = { types: ["Files"], files: [file] };
  el.firstChild.dispatchEvent(drop);
  expect(model.sent.at(-1).content).toMatchObject({ kind: "upload", do: "begin", name: "IMG_4711.MOV", size: 100 });
  const preview = el.querySelector("video");
  expect(preview.hidden).toBe(true);
  preview.dispatchEvent(new Event("loadeddata")); // sound only: the browser has not its codec
  expect(preview.hidden).toBe(true);
  Object.defineProperty(preview, "videoWidth", { value: 640 });
  preview.dispatchEvent(new Event("loadeddata"));
  expect(preview.hidden).toBe(false);
  expect(document.activeElement.textContent).toBe("Cancel");
});

test("an address shows what has arrived, and a press stops it", () => {
  const { model, el } = shown({ _chosen: { title: "cat.mp4", address: "https://a.example/cat.mp4", way: "address" }, arrived: [] });
  const line = el.querySelector(".sora-picker-arriving");
  expect(line.hidden).toBe(true);
  model.put({ arrived: [0, null] });
  expect([line.hidden, line.textContent]).toEqual([false, "Fetching…Cancel"]);
  model.put({ arrived: [12_300_000, 34_100_000] });
  expect(line.querySelector(".sora-picker-words").textContent).toBe("Fetching… 12.3 MB of 34.1 MB, 36 %");
  model.put({ arrived: [12_300_000, null] });
  expect(line.querySelector("progress").hasAttribute("value")).toBe(false);
  const cancel = line.querySelector("button");
  cancel.focus();
  cancel.click();
  expect(model.sent.at(-1).content).toEqual({ kind: "stop" });
  model.put({ _chosen: {}, arrived: [] });
  expect(document.activeElement.getAttribute("role")).toBe("tab");
});

test("what it says about fetching is what happens, and a sample is offered where there is one", () => {
  const { model, el } = shown({ _fetches: false, _sample: {} });
  const hint = el.querySelector(".sora-picker-hint");
  expect(hint.textContent).toContain("Nothing is fetched here");
  expect(el.querySelector(".sora-picker-sample").hidden).toBe(true);
  model.put({ _fetches: true, _sample: { about: "(c) somebody" } });
  expect(hint.textContent).toContain("it is fetched to the notebook's machine");
  expect(el.querySelector(".sora-picker-sample").hidden).toBe(false);
  el.querySelector(".sora-picker-sample button").click();
  expect(model.sent.at(-1).content).toEqual({ kind: "sample" });
});

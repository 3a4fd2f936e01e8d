// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import widget from "../../sora_nb/notebook/widgets/static/clip_slider.js";
import { around, constrain, told } from "../../sora_nb/notebook/widgets/static/selection.js";
import { FakeModel } from "./model.js";

const RULE = { shortest: 1, longest: 3, step: 0.1 };
const WHOLE = { shortest: 1, longest: 3, step: 1 };

test.each([
  ["a handle moves alone while the limits allow", { start: 1.5, end: 4 }, "start", RULE, [1.5, 4]],
  ["the start pushes the end along", { start: 3.5, end: 4 }, "start", RULE, [3.5, 4.5]],
  ["the start pulls the end along", { start: 0.5, end: 4 }, "start", RULE, [0.5, 3.5]],
  ["the end pulls the start along", { start: 1, end: 6 }, "end", RULE, [3, 6]],
  ["the end pushes the start along", { start: 3, end: 3.4 }, "end", RULE, [2.4, 3.4]],
  ["the end stops at the video's end", { start: 8, end: 14 }, "end", RULE, [8, 10]],
  ["the start leaves room for the shortest clip", { start: 9.8, end: 10 }, "start", RULE, [9, 10]],
  ["the whole keeps its length at the left", { start: -2, end: 0.5 }, "both", RULE, [0, 2.5]],
  ["the whole keeps its length at the right", { start: 9, end: 11.5 }, "both", RULE, [7.5, 10]],
  ["ends are rounded to the step", { start: 1.234, end: 3 }, "start", RULE, [1.2, 3]],
  ["whole seconds stay whole", { start: 1.6, end: 4 }, "start", WHOLE, [2, 4]],
])("%s", (_, wanted, held, rule, expected) => {
  expect(constrain(wanted, held, rule, 10)).toEqual(expected);
});

test("whole seconds end before a video that ends in between", () => {
  expect(constrain({ start: 4, end: 6 }, "end", WHOLE, 5.28)).toEqual([4, 5]);
});

test("a video shorter than the longest clip is taken whole", () => {
  expect(constrain({ start: 0, end: 9 }, "end", RULE, 1.48)).toEqual([0, 1.48]);
});

test("the closer look stays inside the video", () => {
  expect(around([0, 3], 12, 60)).toEqual([0, 12]);
  expect(around([30, 33], 12, 60)).toEqual([25.5, 37.5]);
  expect(around([58, 60], 12, 60)).toEqual([48, 60]);
});

test("a band is told in words", () => {
  const band = { start: 0, end: 1, step: 0.25, score: [1, 1, 1, 1], marks: ["", "blurred", "blurred", ""], cuts: [0.8] };
  expect(told(band)).toBe("Quality: blurred from 0.3 s to 0.8 s, cut at 0.8 s");
  expect(told({ ...band, marks: ["", "", "", ""], cuts: [] })).toBe("Quality: good throughout, no cut");
});

let model;
let el;
let end;

class Observer {
  observe() {}
  disconnect() {}
}

function show(state = {}) {
  model = new FakeModel({
    value: [1, 3], zoom: [], duration: 10, rule: RULE, remarks: [], bands: {}, suggestions: [], working: "",
    about: { fps: 25, width: 1280, height: 720, sound: true, name: "a.mp4" }, ...state,
  });
  const endModel = widget.initialize({ model });
  const endView = widget.render({ model, el });
  end = () => { endView(); endModel(); };
}
const slider = (name) => el.querySelector(`[role=slider][aria-label="${name}"]`);
const press = (node, key, more = {}) => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  node.dispatchEvent(event);
  return event;
};

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", Observer);
  vi.stubGlobal("IntersectionObserver", Observer);
  for (const name of ["play", "pause", "load"]) HTMLMediaElement.prototype[name] = vi.fn();
  el = document.createElement("div");
  document.body.append(el);
});
afterEach(() => {
  end?.();
  end = undefined;
  el.remove();
  vi.unstubAllGlobals();
});

test("handles tell what they are and how far they go", () => {
  show();
  const told = ["aria-valuenow", "aria-valuemin", "aria-valuemax", "aria-valuetext"].map((name) => slider("Start").getAttribute(name));
  expect(told).toEqual(["1", "0", "9", "1 second"]);
  expect(slider("End").getAttribute("aria-valuemin")).toBe("1");
  expect(slider("Whole selection").getAttribute("aria-valuetext")).toBe("1 second to 3 seconds");
  expect(slider("Start").dataset.lmSuppressShortcuts).toBe("true");
});

test.each([
  ["Start", "ArrowRight", {}, [1.1, 3]],
  ["Start", "ArrowLeft", { shiftKey: true }, [0, 3]],
  ["Start", "End", {}, [9, 10]],
  ["End", "Home", {}, [0, 1]],
  ["End", "PageUp", {}, [1, 4]],
  ["End", "ArrowUp", {}, [1, 3.1]],
  ["End", ".", {}, [1, 3.04]],
  ["Whole selection", "PageDown", {}, [0, 2]],
])("%s: %s moves it", (name, key, more, expected) => {
  show();
  expect(press(slider(name), key, more).defaultPrevented).toBe(true);
  expect(model.saved.at(-1).value).toEqual(expected);
});

test("other keys and shortcuts with Ctrl are left alone", () => {
  show();
  expect(press(slider("Start"), "x").defaultPrevented).toBe(false);
  expect(press(slider("Start"), "ArrowLeft", { ctrlKey: true }).defaultPrevented).toBe(false);
  expect(model.saved).toEqual([]);
});

test("a number that is typed keeps to the rule, and a wrong one goes back", () => {
  show();
  const [start] = el.querySelectorAll("input");
  start.value = "2.75";
  start.dispatchEvent(new Event("change"));
  expect(model.saved.at(-1).value).toEqual([2.75, 3.75]);
  start.value = "";
  start.dispatchEvent(new Event("change"));
  expect(start.value).toBe("0:02.75");
  expect(el.querySelector(".sora-note").textContent).toMatch(/^Not a time: nothing/);
});

test("beyond the closer look, it comes along", () => {
  show({ duration: 60, zoom: [0, 12] });
  press(slider("Start"), "End");
  expect(model.saved.at(-1)).toEqual({ value: [59, 60], zoom: [48, 60] });
  press(slider("Part of the video shown below"), "Home");
  expect(model.saved.at(-1).zoom).toEqual([0, 12]);
  expect(model.saved.at(-1).value).toEqual([11, 12]);
});

test("what Python says is shown, as text", () => {
  show({ remarks: ["There is a <b>cut</b> at 2.4 s."], suggestions: [{ start: 4, end: 7, score: 0.7, reason: "Sharp" }] });
  expect(el.querySelector(".sora-remarks li").textContent).toBe("There is a <b>cut</b> at 2.4 s.");
  el.querySelector(".sora-offer").click();
  expect(model.saved.at(-1).value).toEqual([4, 7]);
  expect(el.querySelector(".sora-offer").getAttribute("aria-pressed")).toBe("true");
  model.put({ value: [2, 4] });
  expect(el.querySelector("code").textContent).toBe("2,4");
  expect(slider("End").getAttribute("aria-valuenow")).toBe("4");
});

test("without a video there is nothing to choose", () => {
  show({ duration: 0 });
  expect(el.querySelector(".sora-panel").hidden).toBe(true);
  expect(el.querySelector(".sora-wait").textContent).toBe("No video chosen yet");
  expect(el.querySelector(".sora-play").disabled).toBe(true);
});

test("nothing is left once the view is gone", () => {
  show();
  end();
  end = undefined;
  expect(model.count).toBe(0);
});

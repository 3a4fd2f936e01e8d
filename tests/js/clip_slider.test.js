// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import widget from "../../sora_nb/notebook/widgets/static/clip_slider.js";
import { around, changed, constrain, seconds, stamp, told } from "../../sora_nb/notebook/widgets/static/selection.js";
import { boxOf, optionOf, overlap, shiftedBox } from "../../sora_nb/notebook/widgets/static/who.js";
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
  const [start] = el.querySelectorAll("input[type=text]");
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

// --- trimming habits

test.each([
  [0, "0:00"], [2.5, "0:02.5"], [65.04, "1:05.04"], [3800.5, "1:03:20.5"], [59.9999, "1:00"], [3599.9996, "1:00:00"],
])("%s s is written %s", (time, text) => {
  expect(stamp(time)).toBe(text);
  expect(seconds(text)).toBeCloseTo(time, 3);
});

test.each([
  ["2.5", 2.5], ["2,5", 2.5], [".5", 0.5], ["90", 90], ["0:02.5", 2.5], [" 1:03:20.5 ", 3800.5], ["75:10", 4510],
  ["", null], ["x", null], ["1:75", null], ["1::2", null], ["-1", null], ["1:2:3:4", null], ["1.5:2", null], ["2s", null],
])("typed %j is %s", (text, time) => {
  expect(seconds(text)).toBe(time);
});

test.each([
  [[2, "start"], [1, 3], [2, 3], RULE, ""],
  [[99, "end"], [1, 3], [7, 10], RULE, "The video ends at 0:10: the end is 0:10."],
  [[9, "end"], [1, 3], [6, 9], RULE, "A clip is at most 3.0 s long: the start moved to 0:06."],
  [[2.5, "start"], [1, 3], [2.5, 3.5], RULE, "A clip is at least 1.0 s long: the end moved to 0:03.5."],
  [[9.5, "start"], [1, 3], [9, 10], RULE, "A clip is at least 1.0 s long: the start is 0:09."],
  [[2.5, "end"], [0, 2], [0, 3], WHOLE, "Only whole seconds are taken here: the end is 0:03."],
])("typed %j after %j gives %j", ([typed, name], before, after, rule, said) => {
  expect(constrain({ start: before[0], end: before[1], [name]: typed }, name, rule, 10, rule.step >= 1 ? 1 : 0)).toEqual(after);
  expect(changed(typed, name, before, after, rule, 10)).toBe(said);
});

const note = () => el.querySelector(".sora-note").textContent;
const video = () => el.querySelector("video");
function type(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("change"));
}
function playable() {
  video().setAttribute("src", "blob:x");
  model.put({ media: { video: { token: "t", start: 0, end: 10, size: 1, mime: "video/mp4" } } });
  video().setAttribute("src", "blob:x");
}

test("a time that is typed past a limit says what became of it", () => {
  show();
  const [, last] = el.querySelectorAll("input[type=text]");
  type(last, "0:09.5");
  expect(model.saved.at(-1).value).toEqual([6.5, 9.5]);
  expect(note()).toBe("A clip is at most 3.0 s long: the start moved to 0:06.5.");
  expect(last.value).toBe("0:09.5");
  type(last, "1:75");
  expect(note()).toMatch(/^Not a time: 1:75/);
  expect(last.value).toBe("0:09.5");
});

test("I and O set the ends at the playhead, and undo goes back move by move", () => {
  show();
  playable();
  const grip = slider("Playhead");
  video().currentTime = 2.04;
  expect(press(grip, "i").defaultPrevented).toBe(true);
  expect(model.get("value")).toEqual([2.04, 3.04]);
  video().currentTime = 4.5;
  press(grip, "O");
  expect(model.get("value")).toEqual([2.04, 4.5]);
  const undo = el.querySelector(".sora-undo");
  expect(undo.disabled).toBe(false);
  press(grip, "z", { ctrlKey: true });
  expect(model.get("value")).toEqual([2.04, 3.04]);
  undo.click();
  expect(model.get("value")).toEqual([1, 3]);
  expect(undo.disabled).toBe(true);
});

test("one handle moved by keys again and again is one move to undo", () => {
  show();
  for (let time = 0; time < 3; time += 1) press(slider("Start"), "ArrowRight");
  expect(model.get("value")).toEqual([1.3, 3]);
  press(slider("Start"), "z", { metaKey: true });
  expect(model.get("value")).toEqual([1, 3]);
});

test("another video forgets what there is to undo", () => {
  show();
  press(slider("Start"), "ArrowRight");
  model.put({ about: { fps: 30 } });
  expect(el.querySelector(".sora-undo").disabled).toBe(true);
});

test("keys are left to text fields, buttons and the notebook", () => {
  show();
  playable();
  const heard = vi.fn();
  document.body.addEventListener("keydown", heard);
  const [field] = el.querySelectorAll("input[type=text]");
  for (const key of ["i", "o", "j", "k", "l", " ", ",", "z"]) expect(press(field, key).defaultPrevented).toBe(false);
  expect(press(field, "z", { ctrlKey: true }).defaultPrevented).toBe(false);
  expect(press(el.querySelector(".sora-play"), " ").defaultPrevented).toBe(false);
  expect(press(slider("Playhead"), "s", { ctrlKey: true }).defaultPrevented).toBe(false);
  expect(model.saved).toEqual([]);
  heard.mockClear();
  press(slider("Playhead"), "l");
  expect(heard).not.toHaveBeenCalled(); // or the notebook would show line numbers
  document.body.removeEventListener("keydown", heard);
});

test("J K L and the space bar play on, back and pause", () => {
  show();
  playable();
  const grip = slider("Playhead");
  const play = el.querySelector(".sora-play");
  press(grip, "l");
  press(grip, "l");
  expect([play.textContent, video().playbackRate]).toEqual(["Pause", 2]);
  press(grip, "k");
  expect(play.textContent).toBe("Play selection");
  press(grip, "j");
  expect(play.textContent).toBe("Pause");
  press(grip, " ");
  expect(play.textContent).toBe("Play selection");
  video().currentTime = 5;
  press(grip, "ArrowRight");
  expect(video().currentTime).toBeCloseTo(5.04);
  press(grip, ",");
  expect(video().currentTime).toBeCloseTo(5);
});

test("the keys are listed", () => {
  show();
  expect(el.querySelector("details summary").textContent).toBe("Keys");
  expect(el.querySelectorAll("details dt")).toHaveLength(5);
});

// --- who is meant

const BOXES = [[0.1, 0.2, 0.3, 0.8], [0.6, 0.2, 0.8, 0.8]];
const WHO = { clip: [1, 3], state: "done", time: 1, boxes: BOXES, box: [0.6, 0.2, 0.8, 0.75], warnings: [], took: 1.2, subject: null };
const option = (value) => el.querySelector(`input[type=radio][value="${value}"]`);
const drawn = () => el.querySelector(".sora-boxes");
function asked(who = WHO, more = {}) {
  show({ asks: true, subject: null, who, ...more });
  playable();
  video().currentTime = 1;
  video().dispatchEvent(new Event("seeked"));
  drawn().getBoundingClientRect = () => ({ left: 0, top: 0, width: 100, height: 100 });
}
function point(kind, x, y, target = el.querySelector(".sora-screen")) {
  target.dispatchEvent(new MouseEvent(kind, { clientX: x, clientY: y, button: 0, bubbles: true, cancelable: true }));
}

test("two boxes are one subject's from an overlap on", () => {
  expect(overlap(BOXES[0], BOXES[0])).toBeCloseTo(1);
  expect(overlap(BOXES[0], BOXES[1])).toBe(0);
  expect(optionOf(null, BOXES)).toBe("likeliest");
  expect(optionOf([0.61, 0.2, 0.8, 0.8], BOXES)).toBe("1");
  expect(optionOf([0.2, 0.3], BOXES)).toBe("own");
  expect(optionOf([0.2, 0.3], [])).toBe("own");
});

test("a box stays inside the picture however it is drawn or moved", () => {
  expect(boxOf([0.5, 0.9], [-0.2, 0.1])).toEqual([0, 0.1, 0.5, 0.9]);
  expect(shiftedBox([0.9, 0.1, 1, 0.3], 0.5, -0.5, false)).toEqual([0.9, 0, 1, 0.2]);
  expect(shiftedBox([0.9, 0.1, 0.95, 0.3], -0.5, 0.9, true)).toEqual([0.9, 0.1, 0.92, 1]);
});

test("the candidates are boxes and options, the likeliest is marked where it was cut out", () => {
  asked();
  expect([...el.querySelectorAll(".sora-option-text")].map((node) => node.textContent)).toEqual(["Likeliest", "A", "B", "Own box"]);
  expect(option("likeliest").checked).toBe(true);
  expect([...drawn().querySelectorAll(".sora-meant")].map((node) => node.textContent)).toEqual(["B"]);
  expect(el.querySelector(".sora-said").textContent).toBe("Cut out cleanly. Previewed in 1.2 s.");
  model.put({ bands: { whole: { start: 0, end: 10, step: 1, score: [], marks: [], cuts: [] } } });
  expect(el.querySelector(".sora-remarks").textContent).toBe("Clear: no cut, no blur, enough light; 2 subjects.");
});

test("who comes later is an option that has the seconds begin there", () => {
  asked({ ...WHO, boxes: [...BOXES, [0.3, 0.2, 0.4, 0.6]], times: [1, 1, 1.75] });
  expect([...el.querySelectorAll(".sora-option-text")].map((node) => node.textContent)).toEqual(["Likeliest", "A", "B", "C from 0:01.75", "Own box"]);
  expect(drawn().querySelectorAll("[data-option]").length).toBe(2);
  option("2").click();
  expect(model.saved).toEqual([{ value: [1.75, 3] }, { subject: [0.3, 0.2, 0.4, 0.6] }]);
});

test("one is chosen by its box or its option, and a click beside them plays", () => {
  asked();
  const [first] = [...drawn().children].filter((box) => box.textContent === "A");
  point("pointerdown", 20, 50, first);
  point("pointerup", 20, 50, first);
  point("click", 20, 50, first);
  expect(model.get("subject")).toEqual(BOXES[0]);
  expect(option("0").checked).toBe(true);
  option("1").click();
  expect(model.get("subject")).toEqual(BOXES[1]);
  option("likeliest").click();
  expect(model.get("subject")).toBe(null);
  const play = el.querySelector(".sora-play");
  expect(play.textContent).toBe("Play selection");
  point("click", 50, 50);
  expect(play.textContent).toBe("Pause");
  expect(drawn().hidden).toBe(true);
});

test("who was chosen by a letter stays that one where the box is measured anew, and no other", () => {
  asked({ ...WHO, state: "cutting" });
  option("1").click();
  expect(model.saved).toEqual([{ subject: BOXES[1] }]);
  const part = [0.6, 0.2, 0.7, 0.8];
  expect(overlap(part, BOXES[1])).toBeLessThan(0.7);
  model.put({ who: { ...WHO, boxes: [BOXES[0], part], subject: BOXES[1] } });
  expect(option("1").checked).toBe(true);
  expect(el.querySelector(".sora-cutout").alt).toBe("Cut-out of box B");
  model.put({ who: { ...WHO, boxes: [BOXES[0], [0, 0.7, 0.1, 0.9]], subject: BOXES[1] } });
  expect(option("own").checked).toBe(true);
});

test("a box of one's own is dragged, and no play begins by that", () => {
  asked();
  point("pointerdown", 40, 10);
  point("pointermove", 60, 70);
  expect(Number.parseFloat(el.querySelector(".sora-mine").style.width)).toBeCloseTo(20);
  point("pointerup", 60, 70);
  point("click", 60, 70);
  expect(model.get("subject")).toEqual([0.4, 0.1, 0.6, 0.7]);
  expect(option("own").checked).toBe(true);
  expect(el.querySelector(".sora-play").textContent).toBe("Play selection");
});

test("a box of one's own is made by keys", () => {
  vi.useFakeTimers();
  asked();
  option("own").click();
  expect(model.get("subject")).toBe(null); // it is not meant before it is moved
  expect(el.querySelector(".sora-said").textContent).toMatch(/^Drag a box/);
  const mine = el.querySelector(".sora-mine");
  expect(press(mine, "ArrowRight").defaultPrevented).toBe(true);
  press(mine, "ArrowDown", { shiftKey: true });
  vi.runAllTimers();
  expect(model.get("subject")).toEqual([0.12, 0.2, 0.32, 0.82]);
  vi.useRealTimers();
});

test("boxes are shown in their own picture only, and the button brings it back or hides them", () => {
  asked();
  const toggle = el.querySelector(".sora-ask");
  expect([drawn().hidden, toggle.getAttribute("aria-pressed")]).toEqual([false, "true"]);
  video().currentTime = 2;
  video().dispatchEvent(new Event("seeked"));
  expect([drawn().hidden, toggle.getAttribute("aria-pressed")]).toEqual([true, "false"]);
  toggle.click();
  expect(video().currentTime).toBe(1);
  video().dispatchEvent(new Event("seeked"));
  expect(drawn().hidden).toBe(false);
  toggle.click();
  expect(drawn().hidden).toBe(true);
});

test("nobody found is said with what to do, and what is known of other seconds is not shown", () => {
  const said = "Nobody stands out here: point at who is meant, or choose other seconds.";
  asked({ clip: [1, 3], state: "nobody", time: 1, boxes: [], said }, { bands: { whole: { start: 0, end: 10, step: 1, score: [], marks: [], cuts: [] } } });
  expect(el.querySelector(".sora-said").textContent).toBe(said);
  expect(el.querySelector(".sora-remarks .sora-doubt").textContent).toBe(said);
  model.put({ value: [2, 4] });
  expect(el.querySelector(".sora-said").textContent).toBe("Looking for who is in these seconds…");
  expect(el.querySelector(".sora-remarks").textContent).toBe("No cut, no blur, enough light.");
});

test("a slider that does not ask shows no question", () => {
  show();
  expect(el.querySelector(".sora-who").hidden).toBe(true);
  expect(el.querySelector(".sora-ask").hidden).toBe(true);
});

test("a choice that was of another picture is asked for again", () => {
  asked();
  option("1").click();
  model.put({ value: [2, 4], subject: null, who: { ...WHO, clip: [2, 4], time: 2 } });
  expect(el.querySelector(".sora-said").textContent).toMatch(/^The seconds begin elsewhere: choose again who is meant. Cut out cleanly/);
  option("0").click();
  expect(el.querySelector(".sora-said").textContent).toMatch(/^Cut out cleanly/);
  option("likeliest").click(); // nothing is lost by choosing that
  expect(el.querySelector(".sora-said").textContent).toMatch(/^Cut out cleanly/);
});

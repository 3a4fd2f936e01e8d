// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import box, { completions, mentions, pieces, strays } from "../../sora_nb/notebook/widgets/static/prompt_box.js";
import CASES from "../data/mentions.json";
import { FakeModel } from "./model.js";

const PEOPLE = ["luna.moon", "mossy", "rex"].map((username) => ({ username, name: username.toUpperCase() }));
let model, el, area, end;

function show(state = {}) {
  model = new FakeModel({
    value: "", people: PEOPLE, more: false, known: [], warnings: [], cost: "", model: "fast", models: ["fast", "fine"], size: "", sizes: [],
    seconds: 4, lengths: [4, 8], longest: null, busy: false, answered: 0, ...state,
  });
  el = document.createElement("div");
  document.body.replaceChildren(el);
  end = box.render({ model, el });
  area = el.querySelector("textarea");
  area.focus();
}
const type = (text, more = {}) => {
  area.value = text;
  area.setSelectionRange(text.length, text.length);
  area.dispatchEvent(Object.assign(new Event("input"), more));
};
const press = (key, more = {}) => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  area.dispatchEvent(event);
  return event;
};
const offered = () => [...el.querySelectorAll('[role="option"]')].map((node) => node.querySelector(".sora-offer-handle").textContent);
const open = () => !el.querySelector(".sora-offers").hidden;
const asked = () => model.sent.map(({ content }) => content);
const orders = () => asked().filter(({ kind }) => kind === "submit");

beforeEach(() => show());
afterEach(() => end());

test.each(CASES.mentions)("mentions of %j", (prompt, names) => {
  const found = mentions(prompt);
  expect(found.map(({ username }) => username)).toEqual(names);
  for (const { username, start, end: stop } of found) expect(prompt.slice(start, stop)).toBe(`@${username}`);
});

test.each(CASES.strays)("what is no mention as it is written: %j", (prompt, found) => {
  expect(strays(prompt, CASES.known).map(({ start, end }) => prompt.slice(start, end))).toEqual(found.map(([written]) => written));
});

test("a measure is a mention where somebody is called so", () => {
  expect(mentions("@24fps", ["24fps"]).map(({ username }) => username)).toEqual(["24fps"]);
});

test("a model is shown under its title, and set by its name", () => {
  show({ titles: { fine: "Local animatic (fine list price)" } });
  const select = el.querySelector("select");
  expect([...select.options].map(({ text }) => text)).toEqual(["fast", "Local animatic (fine list price)"]);
  select.selectedIndex = 1;
  select.dispatchEvent(new Event("change"));
  expect(model.saved.at(-1)).toEqual({ model: "fine" });
});

test("a renamed character is offered by its label and by its earlier name, and written by its handle", () => {
  show({ people: [{ username: "my_cup", name: "My Cup", earlier: "roomoose.fern" }] });
  type("@cup");
  expect(offered()).toEqual(["@my_cup"]);
  type("@roomoose.f");
  expect(offered()).toEqual(["@my_cup"]);
  press("Enter");
  expect(area.value).toBe("@my_cup ");
});

test.each(CASES.labelled)("completions by label of %j at %i", (prompt, cursor, names) => {
  expect(completions(prompt, cursor, CASES.known, CASES.labels)?.names ?? []).toEqual(names);
});

test.each(CASES.completions)("completions of %j at %i", (prompt, cursor, names) => {
  expect(completions(prompt, cursor, CASES.known)?.names ?? []).toEqual(names);
});

test("a prompt in pieces is the prompt", () => {
  const prompt = "@mossy meets @nobody and @{rex} and hello@rex at me@home.";
  const found = pieces(prompt, ["mossy", "rex"]);
  expect(found.map(({ text }) => text).join("")).toBe(prompt);
  expect(found.filter(({ kind }) => kind !== "plain")).toEqual([
    { kind: "known", text: "@mossy" },
    { kind: "unknown", text: "@nobody" },
    { kind: "unknown", text: "@{rex}" },
    { kind: "unknown", text: "@rex" },
  ]);
});

test("arrows choose among the offers, Enter takes one, a live region says which", () => {
  type("see @");
  expect(offered()).toEqual(["@luna.moon", "@mossy", "@rex"]);
  press("ArrowUp");
  expect(el.querySelector('[aria-selected="true"]').textContent).toContain("@rex");
  expect(el.querySelector(".sora-unseen").textContent).toBe("@rex, REX, 3 of 3");
  expect(press("Enter").defaultPrevented).toBe(true);
  expect([area.value, open()]).toEqual(["see @rex ", false]);
});

test("Tab takes an offer, and is only Tab when there is none", () => {
  type("@mo");
  press("Tab");
  expect(area.value).toBe("@mossy ");
  expect(press("Tab").defaultPrevented).toBe(false);
});

test("Escape closes the offers of this mention and no other", () => {
  type("@m");
  press("Escape");
  type("@mo");
  expect(open()).toBe(false);
  type("@mo @l");
  expect(open()).toBe(true);
});

test("what is being composed completes and orders nothing", () => {
  type("@m", { isComposing: true });
  expect(open()).toBe(false);
  type("@m");
  press("Enter", { isComposing: true });
  press("Enter", { ctrlKey: true, keyCode: 229 });
  expect([area.value, orders()]).toEqual(["@m", []]);
});

test("half a name is no mistake while it can be completed", () => {
  model.put({ warnings: ["There is no character @m here."] });
  expect(el.querySelector(".sora-warnings").hidden).toBe(false);
  type("@m");
  expect(el.querySelector(".sora-warnings").hidden).toBe(true);
  type("@mx");
  expect(el.querySelector(".sora-warnings").hidden).toBe(false);
});

test("typing is sent after a pause, and what comes back late does not undo it", () => {
  vi.useFakeTimers();
  type("a corgi");
  model.put({ value: "a co" });
  expect(area.value).toBe("a corgi");
  vi.advanceTimersByTime(200);
  expect(model.saved).toEqual([{ value: "a corgi" }]);
  model.put({ value: "from Python" });
  expect(area.value).toBe("from Python");
  vi.useRealTimers();
});

test("one order is sent once until it is answered", () => {
  type("a corgi");
  press("Enter", { ctrlKey: true });
  press("Enter", { metaKey: true });
  el.querySelector(".sora-primary").click();
  expect(orders()).toEqual([{ kind: "submit", prompt: "a corgi", number: 1 }]);
  expect(el.querySelector(".sora-primary").disabled).toBe(true);
  model.put({ answered: 1 });
  expect(el.querySelector(".sora-primary").textContent).toBe("Generate");
  model.put({ busy: true });
  press("Enter", { ctrlKey: true });
  expect(orders().length).toBe(1);
  expect(el.querySelector(".sora-prompt-box").getAttribute("aria-busy")).toBe("true");
});

test("an empty prompt orders nothing, and the button leads to the text", () => {
  const button = el.querySelector(".sora-primary");
  type("  ");
  expect([button.getAttribute("aria-disabled"), button.disabled]).toEqual(["true", false]);
  button.focus();
  button.click();
  expect([document.activeElement, orders()]).toEqual([area, []]);
  press("Enter", { ctrlKey: true });
  expect(orders()).toEqual([]);
  model.put({ value: "" });
  type("a corgi");
  expect(button.getAttribute("aria-disabled")).toBe("false");
});

test("choices are sent as they are, also one that was not listed", () => {
  const [models, , lengths] = el.querySelectorAll("select");
  expect(el.querySelectorAll(".sora-choice")[1].hidden).toBe(true);
  lengths.selectedIndex = 1;
  lengths.dispatchEvent(new Event("change"));
  expect(model.get("seconds")).toBe(8);
  model.put({ model: "other" });
  expect([...models.options].map((option) => option.text)).toEqual(["fast", "fine", "other"]);
  expect(models.value).toBe("other");
});

test("characters are counted as Python counts them", () => {
  show({ longest: 3 });
  type("😀😀😀");
  expect(el.querySelector(".sora-count").textContent).toBe("3 of 3 characters");
  type("😀😀😀!");
  expect(el.querySelector(".sora-over")).not.toBeNull();
});

test("names stay texts", () => {
  show({ people: [{ username: "bad", name: "<img src=x onerror=alert(1)>" }] });
  type("@");
  model.tell("msg:custom", { kind: "face", username: "bad", picture: "javascript:alert(1)" });
  expect([offered(), el.querySelectorAll("[role=listbox] img").length]).toEqual([["@bad"], 0]);
});

test("faces are asked for once, when their names are offered", () => {
  type("@m");
  expect(asked()).toEqual([{ kind: "faces", keys: ["mossy", "luna.moon"] }]);
  model.tell("msg:custom", { kind: "face", username: "mossy", picture: "data:image/jpeg;base64,AA" });
  expect([...el.querySelectorAll(".sora-offer img")].map((node) => node.getAttribute("src"))).toEqual(["data:image/jpeg;base64,AA"]);
  press("Escape");
  type("see @mo");
  expect(el.querySelectorAll(".sora-offer img").length).toBe(1);
  expect(asked().length).toBe(1);
});

test("where there are more people than the page has, the kernel completes and tells who is known", () => {
  vi.useFakeTimers();
  show({ more: true, known: ["zoe"] });
  type("@zoe sees @no");
  expect(el.querySelector(".sora-known").textContent).toBe("@zoe");
  expect(open()).toBe(false);
  vi.advanceTimersByTime(120);
  expect(asked()).toEqual([{ kind: "complete", typed: "no" }]);
  model.tell("msg:custom", { kind: "completions", typed: "n", people: [{ username: "nobody", name: "" }] });
  expect(open()).toBe(false);
  model.tell("msg:custom", { kind: "completions", typed: "no", people: [{ username: "nora", name: "Nora" }] });
  expect(offered()).toEqual(["@nobody", "@nora"]);
  press("Enter");
  expect(area.value).toBe("@zoe sees @nobody ");
  vi.useRealTimers();
});

test("others who come while a name is typed are asked for, too", () => {
  vi.useFakeTimers();
  document.body.append(el);
  area.focus();
  type("@no");
  vi.advanceTimersByTime(120);
  expect(asked()).toEqual([]);
  model.put({ more: true });
  vi.advanceTimersByTime(120);
  expect(asked()).toEqual([{ kind: "complete", typed: "no" }]);
  vi.useRealTimers();
});

test("a view that ends tells what was typed and leaves nothing", () => {
  type("a corgi");
  end();
  expect([model.get("value"), model.count]).toEqual(["a corgi", 0]);
});

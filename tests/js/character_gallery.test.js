// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import gallery, { ago, copy, standing } from "../../sora_nb/notebook/widgets/static/character_gallery.js";
import { FakeModel } from "./model.js";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const card = (username, more = {}) => ({
  key: `local/${username}`, username, name: "", about: "", origin: "", created: "", page: "", picture: "", providers: [], warnings: [], deleted: false, ...more,
});
let model, el, end;

function show(cards, state = {}) {
  model = new FakeModel({ cards, total: cards.length, selected: [], multiple: true, ...state });
  el = document.createElement("div");
  document.body.replaceChildren(el);
  end = gallery.render({ model, el });
}
const named = (label) => el.querySelector(`[aria-label="${label}"]`);
const press = (node, key, more = {}) => node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

// jsdom lays nothing out, so what comes into sight is said by the test
class InSight {
  constructor(tell) {
    Object.assign(this, { tell, seen: new Set() });
    InSight.last = this;
  }
  observe(node) {
    this.seen.add(node);
  }
  unobserve(node) {
    this.seen.delete(node);
  }
  disconnect() {
    this.seen.clear();
  }
}
globalThis.IntersectionObserver = InSight;

afterEach(() => end());
beforeEach(() => show(["luna", "mossy", "rex"].map((name) => card(name))));

test("times are told from now", () => {
  expect(ago("2026-11-22T09:50:00Z", NOW)).toBe("2 hours ago");
  expect(ago("2026-11-22T11:59:30Z", NOW)).toBe("just now");
  expect(ago("2026-11-25T13:00:00Z", NOW)).toBe("in 3 days");
  expect(ago("soon", NOW)).toBe("");
});

test("a gateway says whether it still knows the character", () => {
  expect(standing({ name: "acme", until: "" }, NOW)).toEqual({ text: "acme", expired: false });
  expect(standing({ name: "acme", until: "2026-11-20T12:00:00Z" }, NOW)).toEqual({ text: "acme: expired 2 days ago", expired: true });
  expect(standing({ name: "acme", until: "2026-11-25T12:00:00Z" }, NOW).text).toBe("acme: expires in 3 days");
});

test("where there is no clipboard the text is selected", async () => {
  const node = named("@luna").parentElement.querySelector(".sora-handle");
  expect(await copy("@luna", node)).toContain("Ctrl+C");
  expect(String(document.getSelection())).toBe("@luna");
  const writeText = vi.fn();
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  expect(await copy("@luna", node)).toBe("copied");
  expect(writeText).toHaveBeenCalledWith("@luna");
  vi.unstubAllGlobals();
});

test("several can be chosen, and let go", () => {
  named("@rex").click();
  named("@luna").click();
  expect(model.get("selected")).toEqual(["local/rex", "local/luna"]);
  expect(named("@rex").getAttribute("aria-checked")).toBe("true");
  named("@rex").click();
  expect(model.get("selected")).toEqual(["local/luna"]);
});

test("of a gallery for one, one is chosen", () => {
  show([card("luna"), card("mossy")], { multiple: false });
  named("@luna").click();
  named("@mossy").click();
  expect(model.get("selected")).toEqual(["local/mossy"]);
  expect([named("@luna").getAttribute("role"), el.querySelector(".sora-cast").getAttribute("role")]).toEqual(["radio", "radiogroup"]);
});

test("arrows go from card to card, and Tab stops at one only", () => {
  named("@luna").focus();
  press(named("@luna"), "ArrowRight");
  expect(document.activeElement).toBe(named("@mossy"));
  press(named("@mossy"), "End");
  expect(document.activeElement).toBe(named("@rex"));
  expect([...el.querySelectorAll('[role="checkbox"]')].map((node) => node.tabIndex)).toEqual([-1, -1, 0]);
  expect(model.get("selected")).toEqual([]);
});

test("Enter renames, Escape and a composing Enter do not", () => {
  const field = () => named("Name of @luna");
  named("Rename @luna").click();
  field().value = "Luna";
  press(field(), "Enter", { isComposing: true });
  expect(model.sent).toEqual([]);
  press(field(), "Escape");
  expect([field(), model.sent.length]).toEqual([null, 0]);
  named("Rename @luna").click();
  field().value = " Luna ";
  press(field(), "Enter");
  expect(model.sent.map(({ content }) => content)).toEqual([{ kind: "rename", key: "local/luna", name: "Luna" }]);
});

test("an open editor survives news from the kernel", () => {
  named("Rename @luna").click();
  named("Name of @luna").value = "half a na";
  model.put({ cards: [card("luna", { about: "news" }), card("mossy")] });
  expect(named("Name of @luna").value).toBe("half a na");
  press(named("Name of @luna"), "Escape");
  expect(el.textContent).toContain("news");
});

test("a deleted card is a line with Undo, which gets the focus", () => {
  named("Delete @mossy").click();
  model.put({ cards: [card("luna"), { key: "local/mossy", username: "mossy", deleted: true }, card("rex")] });
  expect(el.querySelector(".sora-gone").textContent).toBe("Deleted @mossyUndo");
  expect(document.activeElement.textContent).toBe("Undo");
  document.activeElement.click();
  expect(model.sent.map(({ content }) => content.kind)).toEqual(["delete", "restore"]);
});

test("only cards that changed are built anew", () => {
  const before = named("@rex");
  model.put({ cards: [card("mossy", { name: "Moss" }), card("rex")] });
  expect(named("@rex")).toBe(before);
  expect([...el.querySelectorAll(".sora-handle")].map((node) => node.textContent)).toEqual(["@mossy", "@rex"]);
});

test("search comes with many cards", () => {
  expect(el.querySelector(".sora-cast-head").hidden).toBe(true);
  show(Array.from({ length: 12 }, (_, number) => card(`mossy${number}`)));
  const search = named("Search characters");
  search.value = "MOSSY1";
  search.dispatchEvent(new Event("input"));
  expect(el.querySelector('[role="status"]').textContent).toBe("3 of 12 characters");
  search.value = "nobody";
  search.dispatchEvent(new Event("input"));
  expect(el.querySelector(".sora-empty").textContent).toContain("nobody");
});

test("pictures are asked for when cards come into sight, and again when they are others", () => {
  vi.useFakeTimers();
  show([card("luna", { picture: "1" }), card("mossy", { picture: "1" }), card("rex")]);
  const look = () => {
    InSight.last.tell([...InSight.last.seen].map((target) => ({ target, isIntersecting: true })));
    vi.advanceTimersByTime(50);
  };
  look();
  expect(model.sent.map(({ content }) => content)).toEqual([{ kind: "pictures", keys: ["local/luna", "local/mossy"] }]);
  model.tell("msg:custom", { kind: "picture", key: "local/luna", picture: "data:image/jpeg;base64,AA" });
  model.tell("msg:custom", { kind: "picture", key: "local/gone", picture: "data:image/jpeg;base64,AA" });
  expect(named("@luna").querySelector("img").getAttribute("src")).toBe("data:image/jpeg;base64,AA");
  model.put({ cards: [card("luna", { name: "Luna", picture: "1" }), card("mossy", { picture: "2" })] });
  expect(named("@luna, Luna").querySelector("img")).not.toBeNull();
  look();
  expect(model.sent.at(-1).content).toEqual({ kind: "pictures", keys: ["local/mossy"] });
  vi.useRealTimers();
});

test("a search asks the kernel for characters without cards", () => {
  vi.useFakeTimers();
  show(Array.from({ length: 12 }, (_, number) => card(`mossy${number}`)), { total: null });
  const status = el.querySelector('[role="status"]');
  expect(status.textContent).toBe("12 newest characters");
  const search = named("Search characters");
  search.value = " luna ";
  search.dispatchEvent(new Event("input"));
  vi.advanceTimersByTime(200);
  expect(model.sent.map(({ content }) => content)).toEqual([{ kind: "search", text: "luna" }]);
  model.put({ cards: [...model.get("cards"), card("luna")] });
  expect([status.textContent, el.querySelectorAll(".sora-character:not([hidden])").length]).toEqual(["1 found", 1]);
  search.value = "";
  search.dispatchEvent(new Event("input"));
  vi.advanceTimersByTime(200);
  expect(model.sent.at(-1).content).toEqual({ kind: "search", text: "" });
  vi.useRealTimers();
});

test("an empty gallery says what to do", () => {
  show([]);
  expect(el.querySelector(".sora-empty").textContent).toContain("make a character");
});

test("texts stay texts, and addresses that run something are not linked", () => {
  const evil = "<img src=x onerror=alert(1)>";
  show([card("bad", { name: evil, about: evil, origin: evil, page: "javascript:alert(1)", picture: "1", warnings: [evil], providers: [{ name: evil, until: "" }] })]);
  model.tell("msg:custom", { kind: "picture", key: "local/bad", picture: "javascript:alert(1)" });
  expect([el.querySelectorAll("img").length, el.querySelectorAll("a").length]).toEqual([0, 0]);
});

test("a view that ends leaves nothing", () => {
  end();
  expect(model.count).toBe(0);
});

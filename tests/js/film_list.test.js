// @vitest-environment jsdom
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import widget, { full, spoken, toggled } from "../../sora_nb/notebook/widgets/static/film_list.js";
import { FakeModel } from "./model.js";

let seen;

beforeAll(() => {
  globalThis.IntersectionObserver = class {
    constructor(tell) {
      seen = (nodes) => tell(nodes.map((target) => ({ target, isIntersecting: true })));
    }
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  HTMLMediaElement.prototype.pause = vi.fn();
  HTMLMediaElement.prototype.load = vi.fn();
  HTMLMediaElement.prototype.play = vi.fn(() => Promise.resolve());
});

const FILM = { key: "a", title: "runs", prompt: "@cup runs", cast: ["cup"], about: "animatic · 4 s · seed 7", star: false, extends: false, gone: "" };

let model;
let el;

function shown(state = {}) {
  model = new FakeModel({ films: [FILM, { ...FILM, key: "b", title: "sleeps", prompt: "sleeps", cast: [] }], more: false, cast: ["@cup"], picked: [], text: "", character: "", starred: false, ...state });
  const endModel = widget.initialize({ model });
  const end = widget.render({ model, el });
  return () => {
    end();
    endModel();
  };
}

beforeEach(() => {
  document.body.replaceChildren();
  el = document.createElement("div");
  document.body.append(el);
});

const sent = () => model.sent.map(({ content }) => content);
const button = (name, place = 0) => [...el.querySelectorAll(".sora-film")][place].querySelector(`[aria-label="${name}"]`);
const named = (text, place = 0) => [...[...el.querySelectorAll(".sora-film")][place].querySelectorAll("button")].find((one) => one.textContent === text);

test("at most four are picked, in the order they were", () => {
  expect(toggled(["a"], "b")).toEqual(["a", "b"]);
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  expect(toggled(["a", "b", "c", "d"], "e")).toEqual(["a", "b", "c", "d"]);
  expect(full(["a", "b", "c", "d"])).toBe(true);
  expect(spoken({ prompt: "a fox", about: "" })).toBe("a fox");
});

test("what is to be done with a film is told to the kernel", () => {
  const end = shown();
  for (const text of ["Use again", "Variation", "Delete"]) named(text).click();
  button("Favourite: sleeps", 1).click();
  expect(sent().filter(({ kind }) => kind === "act").map(({ action, key }) => [action, key])).toEqual([["again", "a"], ["variation", "a"], ["hide", "a"], ["star", "b"]]);
  expect(named("Extend").hidden).toBe(true);
  end();
  expect(model.count).toBe(0);
});

test("two to four are compared", () => {
  shown();
  const compare = [...el.querySelectorAll("button")].find((one) => one.textContent === "Compare");
  expect(compare.disabled).toBe(true);
  for (const tick of el.querySelectorAll(".sora-film-tick")) tick.click();
  expect(model.get("picked")).toEqual(["a", "b"]);
  expect(compare.textContent).toBe("Compare 2");
  compare.click();
  expect(sent().at(-1)).toEqual({ kind: "compare" });
  model.put({ picked: ["c", "d", "e", "f"] });
  expect([...el.querySelectorAll(".sora-film-tick")].every((tick) => tick.disabled)).toBe(true);
});

test("pictures are asked for once a card is in sight, and faces stand for names", () => {
  shown();
  const cards = [...el.querySelectorAll(".sora-film")];
  seen(cards);
  seen(cards);
  expect(sent()).toEqual([{ kind: "wish", what: "poster", keys: ["a", "b"] }]);
  model.tell("msg:custom", { kind: "poster", key: "a", picture: "data:image/jpeg;base64,AA" });
  model.tell("msg:custom", { kind: "face", username: "cup", picture: "data:image/webp;base64,AA" });
  expect(cards[0].querySelector(".sora-film-poster").src).toContain("data:image/jpeg");
  expect(cards[0].querySelector(".sora-cast-face").alt).toBe("@cup");
  expect(cards[0].querySelector(".sora-film-title").textContent).toBe("runs");
});

test("a press plays the small film, another one stops it", () => {
  shown();
  const screen = button("Play: @cup runs, animatic · 4 s · seed 7");
  screen.click();
  expect(sent().at(-1)).toEqual({ kind: "wish", what: "film", keys: ["a"] });
  expect(el.querySelector(".sora-film-note").textContent).toBe("Loading…");
  model.tell("msg:custom", { kind: "none", key: "a", text: "Its file is not here any more." });
  expect(el.querySelector(".sora-film-note").textContent).toBe("Its file is not here any more.");
});

test("Tab reaches the controls of one card, arrows go to the others", () => {
  shown();
  const [first, second] = el.querySelectorAll(".sora-film");
  expect(first.querySelector(".sora-film-screen").tabIndex).toBe(0);
  expect([...second.querySelectorAll("button, input")].every((one) => one.tabIndex === -1)).toBe(true);
  first.querySelector(".sora-film-screen").focus();
  first.querySelector(".sora-film-screen").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  expect(second.contains(document.activeElement)).toBe(true);
  expect(first.querySelector(".sora-film-star").tabIndex).toBe(-1);
});

test("a film that was taken off the list can be put back from where it was", () => {
  shown();
  named("Delete").focus();
  model.put({ films: [{ ...FILM, gone: "1.2 MB" }] });
  const [card] = el.querySelectorAll(".sora-film");
  expect(card.textContent).toContain("“runs” is off the list; its file is still here (1.2 MB).");
  expect(document.activeElement.textContent).toBe("Undo");
  document.activeElement.click();
  expect(sent().at(-1)).toEqual({ kind: "act", action: "restore", key: "a" });
});

test("the filter is told to the kernel, and an empty list says why", () => {
  shown();
  const who = el.querySelector("select");
  who.value = "@cup";
  who.dispatchEvent(new Event("change"));
  expect(model.saved.at(-1)).toEqual({ character: "@cup" });
  model.put({ films: [] });
  expect(el.querySelector(".sora-films-none").textContent).toBe("No film fits.");
});

test("a prompt from outside stays text", () => {
  shown({ films: [{ ...FILM, title: "<img src=x onerror=alert(1)>", prompt: "<b>", about: "<i>" }] });
  expect(el.querySelector(".sora-film-title").textContent).toContain("<img");
  expect(el.querySelectorAll(".sora-film-words img, b, i")).toHaveLength(0);
});

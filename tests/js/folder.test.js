// @vitest-environment jsdom
import { expect, test } from "vitest";
import { browser, megabytes } from "../../sora_nb/notebook/widgets/static/folder.js";
import { FakeModel } from "./model.js";

const FILMS = { key: "f", name: "films", folder: true, size: 0, modified: "2026-11-26 12:00" };
const CAT = { key: "c", name: "<b>cat</b>.mp4", folder: false, size: 34_100_000, modified: "2026-11-26 12:01" };
const HERE = { kind: "folder", key: "", path: "/home/me/work", up: "u", first: 0, total: 2, entries: [FILMS, CAT] };

function shown() {
  const model = new FakeModel({});
  const made = browser(model);
  document.body.replaceChildren(made.panel);
  const answer = (words) => model.tell("msg:custom", { kind: "folder", ...words });
  const rows = () => [...made.panel.querySelectorAll(".sora-folder-entry")];
  const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const button = (text) => [...made.panel.querySelectorAll("button")].find((one) => one.textContent === text);
  return { model, made, answer, rows, press, button, last: () => model.sent.at(-1)?.content };
}

test("it looks into the folder once, when it is opened", () => {
  const { model, made, answer } = shown();
  expect(model.sent).toEqual([]);
  made.open();
  expect(model.sent.map(({ content }) => content)).toEqual([{ kind: "look", key: "", first: 0 }]);
  answer(HERE);
  made.open();
  expect(model.sent.length).toBe(1);
  expect(document.activeElement).toBe(document.body); // nobody asked in this view
  made.end();
  expect(model.count).toBe(0);
});

test("arrows go through the rows, Enter opens, Backspace goes up; names stay text", () => {
  const { answer, rows, press, last } = shown();
  answer(HERE);
  expect(rows().map((row) => row.tabIndex)).toEqual([0, -1]);
  expect(rows()[1].querySelector(".sora-folder-name").children.length).toBe(0);
  expect(rows()[1].getAttribute("aria-label")).toBe("Video, <b>cat</b>.mp4, 34.1 MB, 2026-11-26 12:01");
  rows()[0].focus();
  press("ArrowDown");
  expect(document.activeElement).toBe(rows()[1]);
  rows()[1].click();
  expect(last()).toEqual({ kind: "open", key: "c" });
  press("Home");
  rows()[0].click();
  expect(last()).toEqual({ kind: "look", key: "f", first: 0, agreed: false });
  answer({ ...HERE, key: "f", path: "/home/me/work/films", up: "", total: 1, entries: [{ ...CAT, key: "d" }] });
  expect(document.activeElement).toBe(rows()[0]);
  press("Backspace");
  expect(last()).toEqual({ kind: "look", key: "", first: 0, agreed: false });
  answer(HERE);
  expect(document.activeElement.dataset.key).toBe("f"); // where one came from
});

test("outside, a question names the folder, and nothing is looked into before a yes", () => {
  const { answer, rows, button, last, made, model } = shown();
  answer(HERE);
  made.panel.querySelector(".sora-folder-up").click();
  answer({ key: "u", ask: "/home/me", of: "folder" });
  expect(made.panel.querySelector(".sora-folder-question").textContent).toContain("The folder /home/me is outside of the notebook's folder. Look into it?");
  expect(document.activeElement).toBe(button("Look into it"));
  const before = model.sent.length;
  button("Stay here").click();
  expect([model.sent.length, document.activeElement]).toEqual([before, rows()[0]]);
  rows()[1].click();
  answer({ key: "c", ask: "/data/films", of: "file" });
  button("Use it").click();
  expect(last()).toEqual({ kind: "open", key: "c", agreed: true });
});

test("a large folder comes by pages", () => {
  const { answer, rows, button, last } = shown();
  answer({ ...HERE, total: 3 });
  expect(button("Show more").hidden).toBe(false);
  button("Show more").click();
  expect(last()).toEqual({ kind: "look", key: "", first: 2 });
  answer({ ...HERE, total: 3, first: 2, entries: [{ ...CAT, key: "e" }] });
  expect(rows().map((row) => row.dataset.key)).toEqual(["f", "c", "e"]);
  expect(button("Show more").hidden).toBe(true);
  expect(document.activeElement).toBe(rows()[2]);
});

test("what cannot be read is said", () => {
  const { answer, made } = shown();
  answer({ key: "", fault: "This folder cannot be read: Permission denied." });
  expect(made.panel.querySelector("[role=status]").textContent).toContain("Permission denied");
  answer({ ...HERE, total: 0, entries: [] });
  expect(made.panel.querySelector("[role=status]").textContent).toBe("No folder and no video file is here.");
});

test("sizes", () => expect([megabytes(34_100_000), megabytes(980_400), megabytes(3)]).toEqual(["34.1 MB", "980 kB", "1 kB"]));

// @vitest-environment jsdom
import { beforeAll, expect, test, vi } from "vitest";
import widget, { correction, keyAction } from "../../sora_nb/notebook/widgets/static/video_grid.js";
import { FakeModel } from "./model.js";

beforeAll(() => {
  globalThis.IntersectionObserver = class {
    observe() {}
    disconnect() {}
  };
  for (const name of ["pause", "load"]) HTMLMediaElement.prototype[name] = vi.fn();
  HTMLMediaElement.prototype.play = vi.fn(() => Promise.resolve());
});

const PLAYER = { key: "a", title: "a fox", about: "sora-2", note: "", width: 16, height: 9, fps: 24, sound: true };

function shown(state) {
  const model = new FakeModel({ _players: [], favourite: null, ...state });
  const el = document.createElement("div");
  return { model, el, end: widget.render({ model, el }) };
}

test("a player that is far off jumps, one that is near hurries or waits", () => {
  expect(correction(1)).toEqual({ jump: true, rate: 1 });
  expect(correction(0.1).rate).toBeCloseTo(0.9);
  expect(correction(-0.05).rate).toBeCloseTo(1.05);
  expect(correction(0.001)).toEqual({ jump: false, rate: 1 });
});

test("keys move by seconds and by pictures, and not beyond the ends", () => {
  const at = { position: 1, duration: 3, fps: 25 };
  expect(keyAction(" ", at)).toBe("play");
  expect(keyAction("ArrowRight", at)).toBe(2);
  expect(keyAction(",", at)).toBeCloseTo(0.96);
  expect(keyAction("End", at)).toBe(3);
  expect(keyAction("ArrowLeft", { ...at, position: 0.2 })).toBe(0);
  expect(keyAction("d", at)).toBe(null);
});

test("stars are told to Python, and taken back", () => {
  const { model, el } = shown({ _players: [PLAYER, { ...PLAYER, key: "b", title: "a cat" }] });
  const stars = el.querySelectorAll(".sora-grid-star");
  stars[1].click();
  expect(model.saved.at(-1)).toEqual({ favourite: 1 });
  expect(stars[1].getAttribute("aria-pressed")).toBe("true");
  stars[1].click();
  expect(model.saved.at(-1)).toEqual({ favourite: null });
});

test("a video that stays keeps its element; nothing is left when the view goes", () => {
  const { model, el, end } = shown({ _players: [PLAYER] });
  const video = el.querySelector("video");
  model.put({ _players: [{ ...PLAYER, key: "b", note: "Not made yet." }, PLAYER] });
  expect(el.querySelectorAll("video")[1]).toBe(video);
  expect(el.querySelector(".sora-grid-note").textContent).toBe("Not made yet.");
  end();
  expect(model.count).toBe(0);
});

test("a file the page cannot play is told to Python once, and its preview is waited for", async () => {
  const { model, el } = shown({ _players: [PLAYER] });
  const video = el.querySelector("video");
  video.src = "blob:a";
  video.dispatchEvent(new Event("error"));
  await vi.waitFor(() => expect(model.sent.map(({ content }) => content)).toEqual([{ kind: "broken", name: "a" }]));
  model.put({ _players: [{ ...PLAYER, preview: true, codec: "h264" }] });
  expect(el.querySelector(".sora-grid-note").textContent).toBe("Making a preview to play…");
  expect(el.querySelector(".sora-grid-about").textContent).toBe("sora-2 · shown as a preview");
  video.src = "blob:b";
  video.dispatchEvent(new Event("error"));
  await vi.waitFor(() => expect(el.querySelector(".sora-grid-note").textContent).toMatch("cannot play h264 video"));
  expect(model.sent.length).toBe(1);
});

test("without videos it says what to do", () => {
  const { el } = shown({});
  expect(el.querySelector(".sora-grid-nothing").hidden).toBe(false);
  expect(el.querySelector(".sora-grid-bar").hidden).toBe(true);
});

test("headings make a table; a video that stays keeps its place and element", () => {
  const players = ["a", "b", "c", "d"].map((key) => ({ ...PLAYER, key, title: "" }));
  const { model, el, end } = shown({ _players: players, _headings: { rows: ["@luna", "@max"], columns: ["x", "y"] } });
  const rows = [...el.querySelectorAll("[role=table] > [role=row]")];
  expect(rows.map((row) => [...row.children].map((cell) => cell.getAttribute("role")))).toEqual([
    ["cell", "columnheader", "columnheader"],
    ["rowheader", "cell", "cell"],
    ["rowheader", "cell", "cell"],
  ]);
  expect(rows.map((row) => row.firstChild.textContent)).toEqual(["", "@luna", "@max"]);
  const videos = [...el.querySelectorAll("video")];
  expect(videos.map((video) => video.getAttribute("aria-label"))).toEqual([
    "Video 1: @luna, x", "Video 2: @luna, y", "Video 3: @max, x", "Video 4: @max, y",
  ]); // prettier-ignore
  model.put({ _players: players.map((one) => ({ ...one, about: "again" })) });
  expect([...el.querySelectorAll("video")]).toEqual(videos);
  model.put({ _headings: {} });
  expect(el.querySelector("[role=table]")).toBe(null);
  expect([...el.querySelectorAll(".sora-grid-players > figure video")]).toEqual(videos);
  end();
  expect(model.count).toBe(0);
});

test("headings that do not fit the videos are not shown", () => {
  const { el } = shown({ _players: [PLAYER], _headings: { rows: ["@luna"], columns: ["x", "y"] } });
  expect(el.querySelector("[role=table]")).toBe(null);
  expect(el.querySelectorAll("video").length).toBe(1);
});

test("what is not there says why, and cannot be the favourite", () => {
  const { model, el } = shown({ _players: [{ ...PLAYER, note: "No video: refused." }, { ...PLAYER, key: "b" }] });
  const [first, second] = el.querySelectorAll(".sora-grid-star");
  expect([first.hidden, second.hidden]).toEqual([true, false]);
  expect(el.querySelector(".sora-grid-empty .sora-grid-note").textContent).toBe("No video: refused.");
  model.put({ favourite: 0 });
  expect(first.hidden).toBe(false); // it can be taken back
});

test("one row or column of a matrix plays alone, and all of them again", () => {
  const names = ["a", "b", "c", "d"];
  const { el } = shown({ _players: names.map((key) => ({ ...PLAYER, key, title: "" })), _headings: { rows: ["fox", "cat"], columns: ["@a", "@b"] } });
  const videos = [...el.querySelectorAll("video")];
  for (const video of videos) {
    Object.defineProperty(video, "duration", { value: 4 });
    video.dispatchEvent(new Event("loadeddata"));
  }
  const played = () => {
    const calls = HTMLMediaElement.prototype.play.mock.contexts.map((video) => names[videos.indexOf(video)]);
    HTMLMediaElement.prototype.play.mockClear();
    return [...new Set(calls)].sort();
  };
  const press = (name) => el.querySelector(`[aria-label="Play ${name} alone"]`).click();
  played();
  press("column @b");
  expect(played()).toEqual(["b", "d"]);
  expect(el.querySelectorAll(".sora-grid-apart")).toHaveLength(2);
  press("row cat");
  expect(played()).toEqual(["c", "d"]);
  press("row cat");
  expect(played()).toEqual(names);
  expect(el.querySelectorAll(".sora-grid-apart")).toHaveLength(0);
  expect(el.querySelectorAll('[aria-pressed="true"].sora-grid-line')).toHaveLength(0);
});

test("what the kernel has just put here plays without sound", () => {
  const { model, el } = shown({ _players: [PLAYER] });
  globalThis.matchMedia = () => ({ matches: false });
  const root = el.querySelector(".sora-video-grid");
  const players = root.querySelector(".sora-grid-players");
  players.scrollIntoView = vi.fn();
  root.getBoundingClientRect = () => ({ top: 10, bottom: 300, height: 290 });
  const video = el.querySelector("video");
  Object.defineProperty(video, "duration", { value: 4 });
  HTMLMediaElement.prototype.play.mockClear();
  model.tell("msg:custom", { kind: "play" });
  expect(HTMLMediaElement.prototype.play).not.toHaveBeenCalled();
  video.dispatchEvent(new Event("loadeddata"));
  expect(HTMLMediaElement.prototype.play).toHaveBeenCalledOnce();
  expect(players.scrollIntoView).toHaveBeenCalled();
  expect(video.muted).toBe(true);
  expect(el.querySelector(".sora-grid-sound").value).toBe("off");
});

// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { counted, clock, feed, harmless, lost, make, media, own, problemLine, receive, save, watch } from "../../sora_nb/notebook/widgets/static/shared.js";
import { FakeModel } from "./model.js";

test("text from outside stays text", () => {
  const node = make("b", "sora-x", { text: "<img src=x onerror=alert(1)>" });
  expect(node.children.length).toBe(0);
  expect(node.textContent).toContain("onerror");
});

test("pictures come from harmless places only", () => {
  expect(harmless("javascript:alert(1)")).toBe("");
  expect(harmless("data:text/html,x")).toBe("");
  expect(harmless("data:image/svg+xml;base64,AA")).toBe("");
  expect(harmless("data:image/png;base64,AA")).toBe("data:image/png;base64,AA");
  expect(harmless("https://example.com/a.png")).toBe("https://example.com/a.png");
});

test("keys typed in an element do not leave it", () => {
  const heard = vi.fn();
  const outside = make("div", "sora-x", { keydown: heard });
  const field = make("input", "sora-field");
  outside.append(field);
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
  expect(heard).not.toHaveBeenCalled();
  expect(field.dataset.lmSuppressShortcuts).toBe("true");
  expect(own(make("div", "sora-x")).dataset.lmSuppressShortcuts).toBe("true");
});

test("saving is handed on to the notebook, and nothing else is", () => {
  const saved = vi.fn((event) => event.preventDefault());
  const field = make("input", "sora-field");
  const widget = make("div", "sora-widget", {}, [field]);
  const notebook = make("div", "sora-x", { keydown: saved }, [make("div", "sora-x", {}, [widget])]);
  document.body.append(notebook);
  const press = (more) => {
    const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, key: "s", keyCode: 83, ...more });
    field.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect([press({}), press({ key: "a", ctrlKey: true }), press({ ctrlKey: true, altKey: true })]).toEqual([false, false, false]);
  expect(press({ ctrlKey: true, shiftKey: true })).toBe(false);
  expect(saved).not.toHaveBeenCalled();
  expect([press({ ctrlKey: true }), press({ key: "S", metaKey: true })]).toEqual([true, true]);
  expect(saved.mock.calls.map(([event]) => [event.target.className, event.keyCode])).toEqual(Array(2).fill(["sora-x", 83]));
  notebook.removeEventListener("keydown", saved);
  expect(press({ ctrlKey: true })).toBe(false); // where nobody saves, the browser does what it always does
  notebook.remove();
});

test("what is watched is called at once and until it ends", () => {
  const model = new FakeModel({ value: 1 });
  const update = vi.fn();
  const end = watch(model, ["value"], update);
  model.put({ value: 2 });
  end();
  model.put({ value: 3 });
  expect(update).toHaveBeenCalledTimes(2);
  expect(model.count).toBe(0);
});

test("several traits go in one message", () => {
  const model = new FakeModel({});
  save(model, { start: 1, end: 3 });
  expect(model.saved).toEqual([{ start: 1, end: 3 }]);
});

test("a problem is shown while there is one", () => {
  const model = new FakeModel({ problem: "Too long." });
  const [line, end] = problemLine(model);
  expect([line.textContent, line.hidden]).toEqual(["Too long.", false]);
  model.put({ problem: "" });
  expect(line.hidden).toBe(true);
  end();
});

test("times read well", () => {
  expect(clock(1.5)).toBe("1.5 s");
  expect(clock(125.3)).toBe("2:05.3");
  expect(clock(59.96, 1)).toBe("1:00.0");
  expect(clock(605, 0)).toBe("10:05");
});

test("slices of media become one address, in any order, for every view", () => {
  URL.createObjectURL = vi.fn((blob) => `blob:${blob.size}:${blob.type}`);
  URL.revokeObjectURL = vi.fn();
  const model = new FakeModel({ media: { video: { token: "a1", mime: "video/mp4", size: 5 } } });
  const endReceive = receive(model);
  const shown = [];
  const endShow = media(model, "video", (url) => shown.push(url));
  const slice = (index, data) =>
    model.tell("msg:custom", { kind: "media", token: "a1", index, count: 2 }, [new DataView(new TextEncoder().encode(data).buffer)]);
  slice(1, "de");
  slice(1, "de");
  slice(0, "abc");
  expect(shown).toEqual(["", "blob:5:video/mp4"]);
  const again = [];
  const endAgain = media(model, "video", (url) => again.push(url));
  expect(again).toEqual(["blob:5:video/mp4"]);
  model.put({ media: {} });
  expect(shown.at(-1)).toBe("");
  model.put({ media: { video: { token: "a1", mime: "video/mp4", size: 5 } } });
  expect(shown.at(-1)).toBe(""); // what is no longer offered is forgotten
  for (const end of [endReceive, endShow, endAgain]) end();
  expect(model.count).toBe(0);
});

test("a view that goes has nothing more from an address, before that is freed", () => {
  const order = [];
  URL.createObjectURL = () => "blob:x";
  URL.revokeObjectURL = () => order.push("freed");
  const model = new FakeModel({ media: { video: { token: "gone", mime: "video/mp4", size: 1 } } });
  const ends = [receive(model), media(model, "video", (url) => order.push(url)), media(model, "none", (url) => order.push(`none${url}`))];
  model.tell("msg:custom", { kind: "media", token: "gone", index: 0, count: 1 }, [new DataView(new ArrayBuffer(1))]);
  for (const end of ends) end();
  expect(order).toEqual(["", "none", "blob:x", "", "freed"]);
});

test("a film that has no address any more is fetched no further", () => {
  const video = make("video", "sora-x");
  const [pause, load] = ["pause", "load"].map((name) => (video[name] = vi.fn(() => video.hasAttribute("src"))));
  feed(video, "");
  expect(load).not.toHaveBeenCalled();
  feed(video, "https://example.com/a.mp4");
  expect([video.src, pause.mock.calls.length]).toEqual(["https://example.com/a.mp4", 0]);
  feed(video, "");
  expect([pause, load].map((one) => one.mock.results.map(({ value }) => value))).toEqual([[true], [false]]); // paused with it, loaded without
});

test("media that did not come are asked for", () => {
  vi.useFakeTimers();
  const model = new FakeModel({ media: { video: { token: "b2", mime: "video/mp4", size: 5 } } });
  const end = receive(model);
  vi.advanceTimersByTime(2000);
  expect(model.sent.map((one) => one.content)).toEqual([{ kind: "need", name: "video", token: expect.any(String) }]);
  end();
  vi.useRealTimers();
});

test("media of which the page saw only the end are asked for, but not while more is coming", () => {
  vi.useFakeTimers();
  const model = new FakeModel({ media: { video: { token: "c3", mime: "video/mp4", size: 5 } } });
  const end = receive(model);
  const slice = (index) => model.tell("msg:custom", { kind: "media", token: "c3", index, count: 3 }, [new DataView(new ArrayBuffer(1))]);
  vi.advanceTimersByTime(1000);
  slice(1);
  vi.advanceTimersByTime(1000);
  slice(2);
  expect(model.sent).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(model.sent.map((one) => one.content)).toEqual([{ kind: "need", name: "video", token: expect.any(String) }]);
  slice(0);
  vi.advanceTimersByTime(5000);
  expect(model.sent.length).toBe(1);
  end();
  expect(model.count).toBe(0);
  vi.useRealTimers();
});

test("a full page of finds may be less than all", () => {
  expect([0, 99, 100].map(counted)).toEqual(["0 found", "99 found", "100+ found"]);
});

const NAME = `${"a".repeat(32)}-${"b".repeat(32)}`;

/** A page of a front end whose server answers a trial in some way. */
function page(baseUrl, answer) {
  document.body.innerHTML = `<script id="jupyter-config-data" type="application/json">${JSON.stringify({ baseUrl })}</script>`;
  const asked = [];
  vi.stubGlobal("fetch", async (url, { headers }) => {
    asked.push([String(url), headers.Range]);
    const { status = 206, tag = `"${NAME}"`, range = "bytes 0-0/5" } = answer() ?? {};
    return { status, headers: new Map([["ETag", tag], ["Content-Range", range]]), body: { cancel: async () => {} } };
  });
  return asked;
}

const served = (token) => ({ media: { video: { token, mime: "video/mp4", size: 5, at: NAME } } });

test.each([["/"], ["/user/ann/"], ["/user/ann"], ["http://localhost:3000/hub/user/ann/"]])("a film is fetched from where the page's server at %s has it", async (base) => {
  const asked = page(base, () => ({}));
  const model = new FakeModel(served(`at ${base}`));
  const shown = [];
  const ends = [receive(model), media(model, "video", (url) => shown.push(url))];
  const address = `${new URL(base, document.baseURI).href.replace(/\/$/, "")}/sora_nb/films/${NAME}`;
  await vi.waitFor(() => expect(shown).toEqual(["", address]));
  expect(asked).toEqual([[address, "bytes=0-0"]]);
  expect(model.sent).toEqual([]);
  for (const end of ends) end();
});

test.each([
  ["a page to sign in on", () => ({ status: 200 })],
  ["nothing", () => ({ status: 404 })],
  ["another film", () => ({ tag: '"another"' })],
  ["a film of another size", () => ({ range: "bytes 0-0/6" })],
  ["no answer", () => { throw new TypeError("Failed to fetch"); }],
])("where the server has %s, the bytes are asked for at once", async (what, answer) => {
  page("/", answer);
  const model = new FakeModel(served(what));
  const shown = [];
  const ends = [receive(model), media(model, "video", (url) => shown.push(url))];
  await vi.waitFor(() => expect(model.sent.map((one) => one.content)).toEqual([{ kind: "need", name: "video", token: expect.any(String) }]));
  expect(shown).toEqual([""]);
  for (const end of ends) end();
});

test("a server elsewhere is not asked, nor one where no front end tells of it", async () => {
  const asked = page("https://elsewhere.example/", () => ({}));
  for (const token of ["elsewhere", "nowhere"]) {
    const model = new FakeModel(served(token));
    const end = receive(model);
    await vi.waitFor(() => expect(model.sent.length).toBe(1));
    end();
    document.body.innerHTML = "";
  }
  expect(asked).toEqual([]);
});

test("an address that is lost later gives way to bytes, one that is there does not", async () => {
  let there = true;
  page("/", () => (there ? {} : { status: 404 }));
  const model = new FakeModel(served("later"));
  const shown = [];
  const ends = [receive(model), media(model, "video", (url) => shown.push(url))];
  await vi.waitFor(() => expect(shown.length).toBe(2));
  expect(await lost(model, "video")).toBe(false);
  there = false;
  expect(await lost(model, "video")).toBe(true);
  expect(await lost(model, "video")).toBe(true); // a second view says so, too
  expect(shown.at(-1)).toBe("");
  expect(model.sent.map((one) => one.content)).toEqual([{ kind: "need", name: "video", token: expect.any(String) }]);
  for (const end of ends) end();
});

test("what comes first is shown until the whole is there", () => {
  URL.createObjectURL = vi.fn((blob) => `blob:${blob.size}`);
  URL.revokeObjectURL = vi.fn();
  const model = new FakeModel({ media: { video: { token: "whole", mime: "video/mp4", size: 3, first: { token: "small", mime: "video/mp4", size: 1 } } } });
  const shown = [];
  const ends = [receive(model), media(model, "video", (url) => shown.push(url))];
  const slice = (token, size) => model.tell("msg:custom", { kind: "media", token, index: 0, count: 1 }, [new DataView(new ArrayBuffer(size))]);
  slice("small", 1);
  slice("whole", 3);
  expect(shown).toEqual(["", "blob:1", "blob:3"]);
  for (const end of ends) end();
});

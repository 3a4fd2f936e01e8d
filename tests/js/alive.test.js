// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { alive } from "../../sora_nb/notebook/widgets/static/alive.js";
import { make } from "../../sora_nb/notebook/widgets/static/shared.js";
import { FakeModel } from "./model.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

/** A front end's signal. */
class Signal {
  listeners = new Set();
  connect(listener) {
    this.listeners.add(listener);
  }
  disconnect(listener) {
    this.listeners.delete(listener);
  }
  emit() {
    this.listeners.forEach((listener) => listener());
  }
}

/** A front end's kernel: it answers for itself once it is free. */
class Kernel {
  id = "k1";
  process = "p1";
  asked = 0;
  status = "idle";
  connectionStatus = "connected";
  statusChanged = new Signal();
  connectionStatusChanged = new Signal();
  waiting = [];
  requestKernelInfo() {
    this.asked += 1;
    return new Promise((answer) => this.waiting.push(answer));
  }
  become(status) {
    this.status = status;
    this.statusChanged.emit();
  }
  connect(status) {
    this.connectionStatus = status;
    this.connectionStatusChanged.emit();
  }
  free() {
    this.waiting.splice(0).forEach((answer) => answer({ header: { session: this.process } }));
  }
  /** Answer whatever is asked from now on, as a kernel that has nothing to do. */
  rest() {
    this.free();
    this.requestKernelInfo = () => {
      this.asked += 1;
      return Promise.resolve({ header: { session: this.process } });
    };
  }
  /** Restart as another page has it done, of which this front end hears nothing. */
  restartUnheard() {
    this.process += "'";
  }
  get listeners() {
    return this.statusChanged.listeners.size + this.connectionStatusChanged.listeners.size;
  }
}

/** A widget of one button and one field, as the app or alone. */
function show({ manager, app = null, maker = "", process = "" } = {}) {
  const model = new FakeModel({ _maker: maker, _process: process });
  const kernel = new Kernel();
  model.widget_manager = manager ?? { kernel };
  const el = make("div", "cell");
  (app ?? document.body).append(el);
  const pressed = vi.fn();
  const rendered = vi.fn();
  const render = ({ el: place }) => {
    rendered();
    place.append(make("div", "sora-widget", {}, [make("button", "sora-button", { text: "Go", click: pressed }), make("textarea", "sora-field")]));
    return () => {};
  };
  const end = alive(render)({ model, el });
  const notice = () => (app ?? el).querySelector(":scope > .sora-notice")?.textContent ?? "";
  const off = () => el.querySelector("button").disabled && el.querySelector("textarea").readOnly;
  const pings = () => model.sent.filter(({ content }) => content.kind === "ping").length;
  /** Tell how far the kernel is with what the widget sent last. */
  const status = (execution_state) => model.sent.at(-1).callbacks.iopub.status({ content: { execution_state } });
  return { model, kernel, el, pressed, rendered, end, notice, off, pings, status, press: () => el.querySelector("button").click() };
}

const MAKER = "a".repeat(32);

/** A page's Jupyter server, which knows the process that made the widgets; `status` is what it answers. */
function serve(status = 204) {
  document.body.append(make("script", "", { id: "jupyter-config-data", type: "application/json", text: '{"baseUrl": "/user/ann/"}' }));
  const server = { status, asked: [] };
  vi.stubGlobal("fetch", async (url) => {
    server.asked.push(String(url));
    if (!server.status) throw new TypeError("Failed to fetch");
    return { status: server.status, headers: new Map([["ETag", `"${MAKER}"`]]), body: null };
  });
  return server;
}

/** A widget whose kernel is busy with a cell, and has been asked which process it is. */
async function showBusy(how = { maker: MAKER }) {
  const one = show(how);
  one.kernel.free();
  one.kernel.become("busy");
  await later(10_000);
  expect([one.notice(), one.pings(), one.kernel.waiting.length]).toEqual(["", 0, 1]);
  return one;
}

const later = (ms) => vi.advanceTimersByTimeAsync(ms);

test.each(["restarting", "autorestarting"])("a kernel that is %s is told of at once, and for good", async (status) => {
  const one = show();
  one.kernel.become(status);
  expect(one.notice()).toBe("The kernel was restarted. Run this cell again; nothing is lost.");
  expect(one.el.querySelector(".sora-notice").getAttribute("role")).toBe("alert");
  expect(one.off()).toBe(true);
  one.kernel.become("idle");
  await later(60_000);
  expect(one.off()).toBe(true);
  expect(one.pings()).toBe(0);
});

test.each([
  ["a kernel that was shut down", ({ kernel }) => kernel.become("dead"), "The kernel has ended."],
  ["a kernel that is taken away", ({ model }) => (model.widget_manager.kernel = null), "The kernel has ended."],
  ["another kernel", ({ model }) => (model.widget_manager.kernel = Object.assign(new Kernel(), { id: "k2" })), "The kernel was changed."],
  ["a comm that is closed", ({ model, el }) => el.classList.add("jupyter-widgets-disconnected") ?? model.tell("comm_live_update"), "The kernel does not know this any more."],
])("%s is told of within three seconds", async (_, happen, words) => {
  const one = show();
  happen(one);
  await later(2000);
  expect(one.notice()).toContain(words);
  expect(one.notice()).toContain("un this cell again; nothing is lost.");
  expect(one.off()).toBe(true);
});

test("a lost connection is told of, and taken back when it is there again", async () => {
  const one = show();
  one.kernel.connect("connecting");
  await later(500);
  one.kernel.connect("connected");
  await later(2000);
  expect([one.notice(), one.rendered.mock.calls.length]).toEqual(["", 1]);
  one.kernel.connect("connecting");
  await later(2500);
  expect(one.notice()).toContain("The connection to the kernel is lost");
  expect(one.el.querySelector(".sora-notice").className).toContain("sora-passing"); // it moves nothing
  expect(one.off()).toBe(true);
  one.kernel.connect("connected");
  expect([one.notice(), one.off()]).toEqual(["", false]);
  one.press();
  expect(one.pressed).toHaveBeenCalledOnce();
});

test("a kernel that starts and does not know the widget was restarted by somebody else", async () => {
  const one = show();
  one.kernel.become("starting");
  expect(one.pings()).toBe(1);
  one.kernel.free();
  await later(1000);
  expect(one.notice()).toContain("The kernel was restarted.");
});

test("a kernel that has taken a press and does not answer it does not know the widget", async () => {
  const one = show();
  one.kernel.rest();
  await later(2000);
  one.press();
  for (const state of ["busy", "idle"]) {
    expect(one.notice()).toBe("");
    one.status(state);
    await later(1000);
  }
  expect(one.notice()).toBe("The kernel does not know this any more. Run this cell again; nothing is lost.");
  expect(one.off()).toBe(true);
});

test("a thread of the kernel that is slow to answer a press is waited for, though another one answers at once", async () => {
  const one = show();
  one.kernel.rest();
  await later(2000);
  for (const pause of [60_000, 600, 400]) {
    one.press();
    await later(pause);
    expect(one.off()).toBe(false);
    one.model.tell("msg:custom", { kind: "pong" });
    one.status("idle");
  }
  await later(500); // an earlier press was done with, and the last one is asked for
  one.press();
  await later(60_000);
  expect(one.off()).toBe(false);
});

test("a restart that the front end hears nothing of is told of within three seconds", async () => {
  const one = show();
  one.kernel.rest();
  await later(7300);
  expect([one.notice(), one.pings()]).toEqual(["", 0]);
  one.kernel.restartUnheard();
  await later(3000);
  expect(one.notice()).toBe("The kernel was restarted. Run this cell again; nothing is lost.");
  expect(one.off()).toBe(true);
  const { asked } = one.kernel;
  await later(60_000);
  expect(one.kernel.asked).toBe(asked);
});

test("so it is where the question met a kernel that was just starting, and was lost", async () => {
  const one = show();
  one.kernel.free();
  await later(2100);
  expect(one.kernel.waiting.length).toBe(1);
  one.kernel.waiting = []; // with the process that had it
  one.kernel.restartUnheard();
  one.kernel.rest();
  await later(4000);
  expect(one.notice()).toContain("The kernel was restarted.");
});

test("so it is where the kernel was restarted before it was asked for the first time", async () => {
  const one = show({ process: "p1" });
  one.kernel.waiting = []; // with the process that had it
  one.kernel.restartUnheard();
  one.kernel.rest();
  await later(4000);
  expect(one.notice()).toContain("The kernel was restarted.");
});

test("and a widget whose process is the kernel's is not asked for", async () => {
  const one = show({ process: "p1" });
  one.kernel.rest();
  await later(60_000);
  expect([one.notice(), one.pings()]).toEqual(["", 0]);
});

test("a restart while a cell runs is told of within three seconds by the server that has known the process", async () => {
  const server = serve();
  const one = await showBusy();
  expect(new Set(server.asked)).toEqual(new Set([`${location.origin}/user/ann/sora_nb/processes/${MAKER}`]));
  server.status = 410;
  await later(3000);
  expect(one.notice()).toBe("The kernel was restarted. Run this cell again; nothing is lost.");
  expect(one.off()).toBe(true);
  const { length } = server.asked;
  one.kernel.process = "p2";
  one.kernel.free();
  one.kernel.become("idle");
  await later(60_000);
  expect([one.notice(), one.off(), server.asked.length]).toEqual(["The kernel was restarted. Run this cell again; nothing is lost.", true, length]);
});

test("what is said of a restart stays when the new process closes what it does not know", async () => {
  const server = serve();
  const one = await showBusy();
  server.status = 410;
  await later(3000);
  one.el.classList.add("jupyter-widgets-disconnected"); // as the front end does when it hears of that
  one.model.tell("comm_live_update");
  await later(60_000);
  expect(one.notice()).toBe("The kernel was restarted. Run this cell again; nothing is lost.");
});

test("a server is asked once for all widgets of a process, and only while the kernel owes an answer", async () => {
  const server = serve();
  const first = show({ maker: MAKER });
  const others = [1, 2, 3].map(() => show({ manager: { kernel: first.kernel }, maker: MAKER }));
  first.kernel.rest();
  await later(60_000);
  expect(server.asked.length).toBe(1); // where it is
  delete first.kernel.requestKernelInfo;
  first.kernel.become("busy");
  await later(60_000);
  expect(server.asked.length).toBeGreaterThan(20);
  expect(server.asked.length).toBeLessThan(40);
  server.status = 410;
  await later(3000);
  expect([first, ...others].every((one) => one.off())).toBe(true);
});

test.each([
  ["that does not know the process", 404, 404],
  ["that finds it gone, and never knew it alive", 410, 410],
  ["that answers something else later", 204, 500],
  ["that is not reached later", 204, 0],
])("a server %s is not believed: the kernel is asked", async (_, first, then) => {
  const server = serve(first);
  const one = await showBusy();
  server.status = then;
  await later(10_000);
  expect([one.notice(), one.off()]).toEqual(["", false]);
  one.kernel.waiting = []; // with the process that had it
  one.kernel.restartUnheard();
  one.kernel.rest();
  await later(25_000);
  expect(one.notice()).toContain("The kernel was restarted.");
});

test("without a name of its process, or a server in the page, no widget asks one", async () => {
  const asked = vi.fn();
  vi.stubGlobal("fetch", asked);
  await showBusy();
  serve().asked = { push: asked };
  await showBusy({});
  expect(asked).not.toHaveBeenCalled();
});

test("a process that was lost from sight only has its widgets back when it answers", async () => {
  const server = serve();
  const one = await showBusy();
  server.status = 410;
  await later(3000);
  expect([one.off(), one.pings()]).toEqual([true, 1]);
  server.status = 204;
  one.model.tell("msg:custom", { kind: "pong" });
  one.kernel.free();
  one.kernel.become("idle");
  await later(3000);
  expect([one.notice(), one.off()]).toEqual(["", false]);
});

test("a process that is gone because somebody ended the kernel is said to have ended, once the front end hears of it", async () => {
  const server = serve();
  const one = await showBusy();
  server.status = 410;
  await later(3000);
  one.kernel.become("dead");
  expect(one.notice()).toBe("The kernel has ended. Start it, then run this cell again; nothing is lost.");
  expect(one.off()).toBe(true);
  one.el.querySelector(".sora-widget:not(.sora-notice)").click();
  expect(one.notice()).toContain("The kernel has ended.");
});

/** A widget whose comm the front end has closed. */
function shut(one) {
  one.model.send = () => {
    throw new Error("Cannot send");
  };
  return one;
}

test("a comm that the front end has closed is told of when somebody presses, and for good", async () => {
  const one = shut(show());
  one.press();
  expect(one.notice()).toBe("The kernel does not know this any more. Run this cell again; nothing is lost.");
  one.kernel.rest();
  await later(60_000);
  expect(one.off()).toBe(true);
});

test.each([
  ["with its connection", true, "The kernel has ended."],
  ["alone", false, "The kernel was restarted."],
])("a comm that the front end has closed %s before the server tells that the process is gone is no error", async (_, isDisposed, words) => {
  const server = serve();
  const one = shut(await showBusy());
  server.status = 410;
  one.kernel.isDisposed = isDisposed;
  await later(3000);
  expect(one.notice()).toContain(words);
  expect(one.off()).toBe(true);
});

test("another process that knows the widget is well", async () => {
  const one = show();
  one.kernel.rest();
  await later(5000);
  one.kernel.restartUnheard();
  one.model.send = (content) => {
    one.model.sent.push({ content });
    one.model.tell("msg:custom", { kind: "pong" });
  };
  await later(10_000);
  expect([one.notice(), one.pings()]).toEqual(["", 1]);
});

test("a kernel is asked once for all widgets, seldom while it is busy, and not while nobody looks", async () => {
  const first = show();
  const manager = { kernel: first.kernel };
  const others = [1, 2, 3].map(() => show({ manager }));
  first.kernel.rest();
  first.kernel.asked = 0;
  await later(60_000);
  expect(first.kernel.asked).toBeGreaterThan(20);
  expect(first.kernel.asked).toBeLessThan(40);

  for (const one of [first, ...others]) one.el.checkVisibility = () => false;
  first.kernel.asked = 0;
  await later(60_000);
  expect(first.kernel.asked).toBe(0);

  others[0].el.checkVisibility = () => true;
  first.kernel.become("busy");
  first.kernel.requestKernelInfo = Kernel.prototype.requestKernelInfo;
  await later(60_000);
  expect(first.kernel.asked).toBeLessThan(5);
});

test("a busy kernel is alive: it is said that one waits, and nothing is switched off", async () => {
  const one = show();
  one.kernel.become("busy");
  await later(60_000);
  expect([one.notice(), one.pings()]).toEqual(["", 0]);
  one.press();
  expect(one.pressed).toHaveBeenCalledOnce();
  await later(60_000);
  expect(one.notice()).toBe("The kernel is busy with a cell. What you do here is done when that has ended.");
  expect(one.off()).toBe(false);
  one.model.tell("msg:custom", { kind: "pong" });
  one.kernel.free();
  await later(5000);
  expect(one.notice()).toBe("");
});

test("where the front end tells nothing, a press without an answer says both that may be", async () => {
  const one = show({ manager: {} });
  one.press();
  await later(3000);
  expect(one.notice()).toContain("it is busy with a cell, or was restarted");
  expect(one.off()).toBe(false);
  one.model.tell("msg:custom", { kind: "pong" });
  expect(one.notice()).toBe("");
});

test("pressing often asks seldom", async () => {
  const one = show();
  for (let count = 0; count < 20; count += 1) {
    one.press();
    one.model.tell("msg:custom", { kind: "pong" });
    await later(100);
  }
  expect(one.pings()).toBeLessThan(6);
});

test("of a kernel that is busy by the second press one is told within three seconds, too", async () => {
  const one = show();
  one.press();
  one.model.tell("msg:custom", { kind: "pong" });
  one.kernel.become("busy");
  await later(100);
  one.press();
  await later(3000);
  expect(one.notice()).toContain("The kernel is busy with a cell.");
});

test("what is switched off stays so, takes nothing, and says why where somebody tries", () => {
  const one = show();
  const area = one.el.querySelector("textarea");
  area.value = "@luna dances";
  const typed = vi.fn();
  area.addEventListener("input", typed);
  one.kernel.become("restarting");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  one.press();
  one.el.querySelector(".sora-widget:not(.sora-notice)").click();
  expect([one.pressed.mock.calls.length, typed.mock.calls.length]).toEqual([0, 0]);
  expect(one.el.querySelectorAll(".sora-notice").length).toBe(1);
  expect(area.value).toBe("@luna dances");
});

test("a button that comes later is off, too", async () => {
  const one = show();
  one.kernel.become("restarting");
  one.el.append(make("button", "sora-button"));
  await later(1);
  expect([...one.el.querySelectorAll("button")].every((button) => button.disabled)).toBe(true);
});

test("an app says it once", () => {
  const app = make("div", "sora-app");
  document.body.append(app);
  const [one, two] = [show({ app }), show({ app })];
  for (const { kernel } of [one, two]) kernel.become("restarting");
  expect(document.querySelectorAll(".sora-notice").length).toBe(1);
  two.el.querySelector(".sora-widget").click();
  expect(two.el.querySelector(".sora-notice").textContent).toContain("was restarted");
});

test("nothing is left once a view is gone", async () => {
  const one = show();
  one.press();
  one.end();
  await later(10_000);
  expect([one.model.count, one.kernel.listeners, vi.getTimerCount()]).toEqual([0, 0, 0]);
});

test("without a front end that keeps kernels nothing is watched", () => {
  const model = new FakeModel({});
  const end = alive(() => () => {})({ model, el: make("div", "cell") });
  expect([model.count, vi.getTimerCount()]).toEqual([0, 0]);
  end();
});

test("what stands for a widget is hidden as long as a view of it is there", () => {
  const still = make("div", "sora-still sora-still-1", { text: "what was made" });
  const other = make("div", "sora-still sora-still-2");
  document.body.append(still, other);
  const seen = (node) => getComputedStyle(node).display !== "none";
  const model = new FakeModel({ _still_class: "sora-still-1" });
  const views = [1, 2].map(() => alive(() => () => {})({ model, el: make("div", "cell") }));
  expect([seen(still), seen(other)]).toEqual([false, true]);
  views[0]();
  expect(seen(still)).toBe(false);
  views[1]();
  expect(seen(still)).toBe(true);
});

test("in a page made of a notebook the still stands instead of the widget", () => {
  const state = make("script", "", { type: "application/vnd.jupyter.widget-state+json" });
  document.body.append(state);
  const still = make("div", "sora-still-3");
  document.body.append(still);
  const rendered = vi.fn();
  const model = new FakeModel({ _still_class: "sora-still-3" });
  model.widget_manager = {};
  alive(rendered)({ model, el: make("div", "cell") });
  expect(rendered).not.toHaveBeenCalled();
  expect(getComputedStyle(still).display).not.toBe("none");
  model.widget_manager = { kernel: new Kernel() }; // such a page that has one, as of Voilà
  alive(rendered)({ model, el: make("div", "cell") })();
  expect(rendered).toHaveBeenCalled();
});

test("in a page of Voilà there is no cell that could be run again", () => {
  document.body.dataset.voila = "voila";
  const one = show();
  one.kernel.become("restarting");
  delete document.body.dataset.voila;
  expect(one.notice()).toBe("The kernel was restarted. Load this page again; nothing is lost.");
});

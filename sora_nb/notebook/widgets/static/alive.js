// A kernel that is gone: the page says so and what to do, and nothing can be pressed.
import { heartbeat, inSight } from "./heartbeat.js";
import { make } from "./shared.js";

const AGAIN = "Run this cell again; nothing is lost.";
const RELOAD = "Load this page again; nothing is lost."; // where no cell can be run
const GONE = {
  restarted: "The kernel was restarted.",
  changed: "The kernel was changed.",
  ended: "The kernel has ended.",
  closed: "The kernel does not know this any more.",
};
const LOST = "The connection to the kernel is lost, and is being tried again. Calls that were sent go on.";
const BUSY = "The kernel is busy with a cell. What you do here is done when that has ended.";
const SILENT = `The kernel does not answer: it is busy with a cell, or was restarted. If it was: ${AGAIN[0].toLowerCase()}${AGAIN.slice(1)}`;
const MS = {
  look: 1000,
  connect: 1500, // a connection that is made anew within this time was not missed
  answer: 2500, // how long somebody who did something waits
  arrive: 700, // what was answered before the kernel was done is here by then
  ask: 5000, // from a question without an answer to the next
  pause: 500, // from one with an answer
};

const EXPORTED = 'script[type="application/vnd.jupyter.widget-state+json"]'; // a page made of a notebook has it

const exported = () => Boolean(document.querySelector(EXPORTED));
/** Whether it is a page of Voilà, which has no cells to run. */
const served = () => Boolean(document.body.dataset.voila);

/** What became of the kernel, and what to do. */
function fate(state) {
  if (!GONE[state]) return state ? LOST : "";
  if (served()) return `${GONE[state]} ${RELOAD}`;
  return `${GONE[state]} ${state === "ended" ? `Start it, then r${AGAIN.slice(1)}` : AGAIN}`;
}

/** Hide what stands for a widget where none is live, in all places where that is; returns what shows it again. */
function hideStill(model) {
  const name = model.get("_still_class");
  const sheet = make("style", "", { text: name ? `.${name} { display: none; }` : "" });
  document.head.append(sheet);
  return () => sheet.remove();
}

/**
 * Make a widget's `render` tell when its kernel has gone. The front end says so where it can. Of a restart by somebody
 * else it may hear nothing: the heartbeat tells of another process, or that the widget's own is gone. Whether another one
 * knows the widget, a message to it and back tells, sent when somebody does something here, or there is news.
 * @param {(context: {model: any, el: HTMLElement}) => (() => void)} render
 */
export function alive(render) {
  return (context) => {
    const { model, el } = context;
    if (exported() && !model.widget_manager?.kernel) return () => {}; // the still says more
    const showStill = hideStill(model);
    let end = render(context);
    const close = () => {
      end?.();
      showStill();
    };
    if (!model.widget_manager) return close; // no front end that keeps kernels
    let thaw = null;
    const pulse = feel(model, el, (gone) => {
      announce(el, gone);
      thaw?.();
      thaw = gone ? freeze(el, gone) : null;
      if (gone) return;
      end?.();
      el.replaceChildren();
      end = render(context);
    });
    return () => {
      pulse();
      thaw?.();
      close();
    };
  };
}

/** Tell in words what became of the kernel, "" where it is well again; returns what ends that. */
function feel(model, el, tell) {
  const host = () => model.widget_manager.kernel;
  let kernel = null;
  let ident = null;
  let told = "";
  let forGood = "";
  let lost = 0; // since when there is no connection
  let asked = 0; // when the kernel was asked last
  let questions = 0;
  let answered = 0; // up to which one
  let patience = 0;
  let next = 0; // asks after a pause
  let ended = false;
  let heart = heartbeat(null);
  let process = model.get("_process"); // which one has the widget, as far as is known
  let latest = ""; // which one the kernel is
  let gone = false; // whether the one that made the widget is
  let cause = "closed"; // what became of it, should it not know the widget

  const state = () => {
    if (forGood) return forGood;
    if (!kernel) return ident ? "ended" : "";
    if (["restarting", "autorestarting"].includes(kernel.status)) return (forGood = "restarted");
    if (kernel.isDisposed || ["dead", "terminating"].includes(kernel.status)) return "ended";
    if (gone) return "restarted"; // not for good: somebody else may have ended it, of which the front end hears later
    lost = ["connecting", "disconnected"].includes(kernel.connectionStatus) ? lost || Date.now() : 0;
    return lost && Date.now() - lost >= MS.connect ? "lost" : "";
  };
  const look = () => {
    const now = host();
    if (now && now !== kernel) {
      kernel?.statusChanged?.disconnect(news);
      kernel?.connectionStatusChanged?.disconnect(news);
      now.statusChanged?.connect(news);
      now.connectionStatusChanged?.connect(news);
      if (ident && now.id !== ident) forGood = "changed";
      ident = now.id;
      heart.end();
      heart = heartbeat(now, model.get("_maker"), meet);
    }
    kernel = now;
    const found = fate(state());
    if (found !== told) tell((told = found));
    if (kernel && !told && inSight(el)) heart.beat();
  };
  const meet = (now) => {
    if (!now) {
      gone = true;
      look();
      ask("restarted"); // should it have been lost from sight only, the widget answers
      return;
    }
    latest = now;
    process ||= now;
    if (latest !== process && !told && answered === questions) ask("restarted");
  };
  const news = () => {
    const before = told;
    look();
    if (!kernel || told) return;
    if (kernel.status === "starting") {
      process ||= "an earlier one";
      ask("restarted"); // by somebody else
    } else if (before) ask(); // or while there was no connection
  };
  /** The kernel answers a message to the widget, where it has it; if not, `why` is what became of it. */
  const ask = (why = "closed") => {
    cause = why;
    asked = Date.now();
    questions += 1;
    const [question, had] = [questions, process];
    const done = () => setTimeout(() => answered >= question || ended || ((forGood ||= cause), look()), MS.arrive);
    // the answer is sent before the status, by one thread
    const status = ({ content }) => content.execution_state === "idle" && done();
    clearTimeout(patience);
    try {
      model.send({ kind: "ping" }, { iopub: { status } });
    } catch {
      // the front end has closed the widget's comm, as it does before it tells of another kernel
      if (state() !== "ended") forGood ||= cause;
      look();
      return;
    }
    patience = setTimeout(() => answered >= question || told || announce(el, kernel ? BUSY : SILENT), MS.answer);
    // another process need not have the thread that the message was sent to; that the same one is there says nothing of it
    kernel?.requestKernelInfo?.().then(
      (reply) => had && reply?.header?.session !== had && done(),
      () => {},
    );
  };
  const hear = (message) => {
    if (message?.kind !== "pong") return;
    answered = questions;
    process = latest;
    clearTimeout(patience);
    gone = false;
    look();
    if (!told) announce(el, "");
  };
  const act = () => {
    clearTimeout(next);
    const wait = asked + (answered === questions ? MS.pause : MS.ask) - Date.now();
    if (wait <= 0) told || ask();
    else if (answered === questions) next = setTimeout(() => told || ask(), wait); // the answer was to an earlier press
  };
  const cut = () => {
    look();
    if (el.closest(".jupyter-widgets-disconnected")) forGood ||= cause;
    look();
  };
  model.on("msg:custom", hear);
  model.on("comm_live_update", cut);
  for (const name of ["click", "change"]) el.addEventListener(name, act);
  const timer = setInterval(look, MS.look);
  look();
  return () => {
    ended = true;
    heart.end();
    clearInterval(timer);
    clearTimeout(patience);
    clearTimeout(next);
    model.off("msg:custom", hear);
    model.off("comm_live_update", cut);
    for (const name of ["click", "change"]) el.removeEventListener(name, act);
    kernel?.statusChanged?.disconnect(news);
    kernel?.connectionStatusChanged?.disconnect(news);
  };
}

/** Say something once above the whole app, or above a widget that stands alone; "" takes it back. */
function announce(el, words, place = el.closest(".sora-app") ?? el) {
  const there = place.querySelector(":scope > .sora-notice");
  if (there?.textContent === words) return;
  there?.remove();
  // what passes lies over the app: nothing moves under the pointer
  const passing = [LOST, BUSY, SILENT].includes(words) ? " sora-passing" : "";
  if (words) place.prepend(make("div", `sora-widget sora-notice${passing}`, { role: "alert", text: words }));
}

/** Switch everything off that could be pressed; texts can still be read and copied. Returns what ends that. */
function freeze(el, words) {
  const off = () => {
    for (const node of el.querySelectorAll("button:enabled, input:enabled, select:enabled")) node.disabled = true;
    for (const node of el.querySelectorAll("textarea:not([readonly])")) node.readOnly = true;
  };
  const block = (event) => {
    if (event.target.closest?.("video, a")) return; // what is here already can be watched
    event.stopPropagation();
    if (event.type === "click") announce(el, words, el); // where somebody tried
    if (event.type === "drop") event.preventDefault(); // or the page would open the file
  };
  const kinds = ["click", "dblclick", "keydown", "input", "change", "pointerdown", "mousedown", "dragover", "drop"];
  for (const kind of kinds) el.addEventListener(kind, block, true);
  const seen = new MutationObserver(off);
  seen.observe(el, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled", "readonly"] });
  el.classList.add("sora-frozen");
  off();
  return () => {
    seen.disconnect();
    for (const kind of kinds) el.removeEventListener(kind, block, true);
    el.classList.remove("sora-frozen");
  };
}

// The heartbeat: the page asks its kernel now and then which process it is, and the Jupyter server, where it reaches that,
// while the kernel owes the answer. Each kind of widget brings a copy of this module, so hearts are kept at the kernel: one
// for all widgets that a process made.
import { inquire, locate } from "./shared.js";

const HEARTS = Symbol.for("sora_nb.hearts");
const BEAT = 1500;
const UNANSWERED = 3000; // what was asked of a kernel that was just restarted may never be answered
const BUSY_BEAT = 20_000; // an answer waits for the end of the cell, and would pile up
const [HTTP_ALIVE, HTTP_GONE] = [204, 410];

/**
 * Tell which process a kernel is, whenever it was asked and has answered, and "" when the one that made a widget is gone.
 * @param {any} kernel a front end's connection to it
 * @param {string} maker by which name a server knows the process that made the widget; "" where none does
 * @param {(process: string) => void} tell
 * @returns {{beat: () => void, end: () => void}} what asks, unless that was just done, and what ends the telling
 */
export function heartbeat(kernel, maker, tell) {
  if (!kernel?.requestKernelInfo) return { beat: () => {}, end: () => {} };
  const hearts = (kernel[HEARTS] ??= new Map());
  const heart = hearts.get(maker) ?? { at: atServer(maker), asked: -Infinity, waits: false, looked: -Infinity, listeners: new Set() };
  hearts.set(maker, heart);
  heart.listeners.add(tell);
  return {
    beat() {
      const pause = !heart.waits ? BEAT : kernel.status === "busy" ? BUSY_BEAT : UNANSWERED;
      if (heart.waits && Date.now() - heart.looked >= BEAT) askServer(heart);
      if (Date.now() - heart.asked >= pause) askKernel(heart, kernel);
    },
    end: () => heart.listeners.delete(tell),
  };
}

/** Find out where a server tells whether a process lives: one that knows it alive; null where none does. */
async function atServer(maker) {
  return maker ? locate(`processes/${maker}`, maker, ({ status }) => status === HTTP_ALIVE) : null;
}

function tellAll({ listeners }, process) {
  for (const tell of [...listeners]) tell(process);
}

function askKernel(heart, kernel) {
  if (!heart.waits) heart.looked = Date.now(); // it has a beat's time before the server is asked
  [heart.asked, heart.waits] = [Date.now(), true];
  kernel.requestKernelInfo().then(
    (reply) => {
      heart.waits = false;
      const process = reply?.header?.session; // a kernel signs with another one after each start
      if (process) tellAll(heart, process);
    },
    () => {},
  );
}

/** Only a server that has known the process alive is believed that it is gone. */
async function askServer(heart) {
  heart.looked = Date.now();
  const at = await heart.at;
  const answer = at && (await inquire(at).catch(() => null));
  if (answer?.status === HTTP_GONE) tellAll(heart, "");
}

/** Whether somebody can see an element, wherever the page is scrolled to. */
export function inSight(el) {
  return document.visibilityState === "visible" && (el.checkVisibility?.() ?? true);
}

// The heartbeat: the page asks its kernel now and then which process it is. Each kind of widget brings a copy of this
// module, so the heart is kept at the kernel and beats once for all of them.

const HEART = Symbol.for("sora_nb.heart");
const BEAT = 1500;
const UNANSWERED = 3000; // what was asked of a kernel that was just restarted may never be answered
const BUSY_BEAT = 20_000; // an answer waits for the end of the cell, and would pile up

/**
 * Tell which process a kernel is, whenever it was asked and has answered.
 * @param {any} kernel a front end's connection to it
 * @param {(process: string) => void} tell
 * @returns {{beat: () => void, end: () => void}} what asks, unless that was just done, and what ends the telling
 */
export function heartbeat(kernel, tell) {
  if (!kernel?.requestKernelInfo) return { beat: () => {}, end: () => {} };
  const heart = (kernel[HEART] ??= { asked: -Infinity, waits: false, listeners: new Set() });
  heart.listeners.add(tell);
  const pause = () => (!heart.waits ? BEAT : kernel.status === "busy" ? BUSY_BEAT : UNANSWERED);
  return {
    beat() {
      if (Date.now() - heart.asked < pause()) return;
      [heart.asked, heart.waits] = [Date.now(), true];
      kernel.requestKernelInfo().then(
        (reply) => {
          heart.waits = false;
          const process = reply?.header?.session; // a kernel signs with another one after each start
          if (process) for (const listener of [...heart.listeners]) listener(process);
        },
        () => {},
      );
    },
    end: () => heart.listeners.delete(tell),
  };
}

/** Whether somebody can see an element, wherever the page is scrolled to. */
export function inSight(el) {
  return document.visibilityState === "visible" && (el.checkVisibility?.() ?? true);
}

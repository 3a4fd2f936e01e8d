// The selection of a clip slider without a page: what the rule allows, and how seconds and bands are told.

import { clock } from "./shared.js";

/** Seconds to the millisecond. */
export const round = (seconds) => Math.round(seconds * 1000) / 1000;
export const FINE = 0.4; // score from which a slot is clear
export const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

/**
 * Keep a selection inside the video and as long as the service takes; what is held pushes the other end along.
 * @param {{start: number, end: number}} wanted seconds
 * @param {"start" | "end" | "both"} held
 * @param {{shortest: number, longest: number, step: number}} rule
 * @param {number} duration seconds
 * @param {number} grid seconds both ends are rounded to; 0 for not at all
 * @returns {[number, number]}
 */
export function constrain(wanted, held, rule, duration, grid = rule.step) {
  const last = rule.step >= 1 ? Math.floor(duration + 0.05) : duration;
  const snap = (seconds) => (grid ? Math.round(seconds / grid) * grid : seconds);
  const longest = Math.min(rule.longest, last);
  const shortest = Math.min(rule.shortest, last);
  let { start, end } = wanted;
  if (held === "both") {
    const span = clamp(end - start, shortest, longest);
    start = clamp(snap(start), 0, last - span);
    end = start + span;
  } else if (held === "start") {
    start = clamp(snap(start), 0, last - shortest);
    end = clamp(end, start + shortest, Math.min(last, start + longest));
  } else {
    end = clamp(snap(end), shortest, last);
    start = clamp(start, Math.max(0, end - longest), end - shortest);
  }
  return [round(start), round(end)];
}

/** The window of a given length around a selection. */
export function around([start, end], length, duration) {
  const left = clamp((start + end - length) / 2, 0, duration - length);
  return [round(left), round(left + length)];
}

/** From when to when a slot of a band is. */
export const slotOf = (band, slot) => [band.start + slot * band.step, Math.min(band.end, band.start + (slot + 1) * band.step)];

/** What a band says in words. */
export function told(band) {
  const runs = [];
  band.marks.forEach((mark, slot) => {
    const [from, to] = slotOf(band, slot);
    if (runs.length && runs.at(-1).mark === mark) runs.at(-1).to = to;
    else runs.push({ mark, from, to });
  });
  const bad = runs.filter((run) => run.mark).map((run) => `${run.mark} from ${clock(run.from)} to ${clock(run.to)}`);
  const said = [...bad, ...band.cuts.map((cut) => `cut at ${clock(cut)}`)];
  return said.length ? `Quality: ${said.slice(0, 12).join(", ")}` : "Quality: good throughout, no cut";
}

/** Seconds as a screen reader says them. */
export const spoken = (seconds) => {
  const whole = Math.floor(round(seconds) / 60);
  const count = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;
  const rest = count(round(round(seconds) - 60 * whole), "second");
  return whole ? `${count(whole, "minute")} ${rest}` : rest;
};

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

/** A place in a film as editors write it: 0:02.5, 1:03:20.5. */
export function stamp(seconds, digits = 3) {
  const rounded = Number(seconds.toFixed(digits)); // before it is split, or 59.9999 would read 0:60
  const whole = Math.floor(rounded);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  const fraction = String(Number((rounded - whole).toFixed(digits))).slice(1);
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(rest)}${fraction}`;
}

/** Read a place in a film: 2.5, 0:02.5, 1:03:20.5, with a comma too; null for anything else. */
export function seconds(text) {
  const parts = text.trim().replace(",", ".").split(":");
  const last = parts.pop();
  if (!/^(\d+\.?\d*|\.\d+)$/.test(last) || parts.length > 2 || parts.some((part) => !/^\d+$/.test(part))) return null;
  const all = [...parts.map(Number), Number(last)];
  if (all.slice(1).some((part) => part >= 60)) return null;
  return all.reduce((sum, part) => 60 * sum + part, 0);
}

/**
 * Tell what became of a time that was typed; "" where it is taken as it is.
 * @param {number} typed seconds
 * @param {"start" | "end"} name
 * @param {[number, number]} before
 * @param {[number, number]} after
 */
export function changed(typed, name, before, after, rule, duration) {
  const [own, other] = name === "start" ? [after[0], 1] : [after[1], 0];
  const last = rule.step >= 1 ? Math.floor(duration + 0.05) : duration;
  const moved = `the ${other ? "end" : "start"} moved to ${stamp(after[other])}`;
  if (typed > last + 0.0005) return `The video ends at ${stamp(last)}: the ${name} is ${stamp(own)}.`;
  if (rule.step >= 1 && typed % 1) return `Only whole seconds are taken here: the ${name} is ${stamp(own)}.`;
  if (Math.abs(typed - own) > 0.0005) return `A clip is at least ${clock(rule.shortest)} long: the ${name} is ${stamp(own)}.`;
  if (before[other] === after[other]) return "";
  const [start, end] = name === "start" ? [typed, before[1]] : [before[0], typed];
  const broken = end - start > rule.longest ? `at most ${clock(rule.longest)}` : `at least ${clock(rule.shortest)}`;
  return `A clip is ${broken} long: ${moved}.`;
}

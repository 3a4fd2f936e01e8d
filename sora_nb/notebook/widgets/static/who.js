// Who is meant: boxes on the paused picture, the same as a list of options, a box of one's own, and how it is cut out.

import { clamp, stamp } from "./selection.js";
import { make, media, own, save, watch } from "./shared.js";

const SAME = 0.7; // overlap from which on two boxes are one subject's
const ALIKE = 0.4; // overlap from which on a box is that of the cut-out
const MEASURED = 0.3; // overlap of a box with the same one measured anew, see _casting.py
const DRAWN = 0.02; // least side of a box, as part of the picture's
const TOP = 0.1; // a box that begins above has its number inside
const FIRST = [0.35, 0.2, 0.65, 0.9]; // a box of one's own before it is drawn
const SETTLED = 300; // milliseconds after which a box that is moved by keys is meant
const NEAR = 0.07; // seconds beside the picture that has the boxes
const LETTERS = "ABCDEFGHI"; // as a cell names them, see engines/subjects.py
let groups = 0;

/** Intersection over union of two boxes. */
export function overlap(one, other) {
  const across = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const down = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  const shared = Math.max(0, across) * Math.max(0, down);
  const area = ([left, top, right, bottom]) => (right - left) * (bottom - top);
  return shared / (area(one) + area(other) - shared || 1);
}

/** Which option a subject is: "likeliest", the number of a box, or "own". */
export function optionOf(subject, boxes) {
  if (!subject) return "likeliest";
  const box = subject.length === 2 ? [...subject, ...subject] : subject;
  const likes = boxes.map((one) => overlap(one, box));
  const best = likes.indexOf(Math.max(...likes));
  return likes[best] > SAME ? String(best) : "own";
}

/** The box between two corners, inside the picture. */
export function boxOf([x, y], [u, v]) {
  const inside = (value) => Math.round(clamp(value, 0, 1) * 1e4) / 1e4;
  return [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)].map(inside);
}

/** A box moved, or with `sized` its right and lower side, by parts of the picture; it stays inside and never vanishes. */
export function shiftedBox([left, top, right, bottom], across, down, sized) {
  const to = (value) => Math.round(value * 1e4) / 1e4;
  if (sized) return [left, top, to(clamp(right + across, left + DRAWN, 1)), to(clamp(bottom + down, top + DRAWN, 1))];
  const x = clamp(left + across, 0, 1 - right + left);
  const y = clamp(top + down, 0, 1 - bottom + top);
  return [to(x), to(y), to(x + right - left), to(y + bottom - top)];
}

/** Which subjects are in the first picture; the others come later. */
export function present({ boxes = [], times = [], time = 0 }) {
  return boxes.map((_, number) => number).filter((number) => (times[number] ?? time) - time < NEAR);
}

/** What is known of the seconds that are chosen now, {} while that is being found out. */
export function known(model) {
  const who = model.get("who") ?? {};
  return String(who.clip) === String(model.get("value")) ? who : {};
}

const subjectsIn = (number) => `${number} subject${number === 1 ? "" : "s"}`;

/** What is said about the seconds by who is in them: a sentence, and whether it is a doubt. */
export function verdict(who) {
  if (who.state === "nobody") return [who.said, true];
  if (who.state === "done" && !who.warnings.length) {
    return [`Clear: no cut, no blur, enough light; ${subjectsIn(Math.max(1, who.boxes.length))}.`, false];
  }
  if (who.state === "done") return [`No cut, no blur, enough light; ${subjectsIn(Math.max(1, who.boxes.length))}: look at the cut-out.`, false];
  return ["No cut, no blur, enough light.", false];
}

/**
 * The question who is meant.
 * @param {any} model
 * @param {ReturnType<import("./player.js").player>} screen
 * @param {(time: number) => void} begin has the seconds begin elsewhere
 */
export function question(model, screen, begin) {
  const boxes = make("div", "sora-boxes");
  const mine = own(make("div", "sora-box sora-mine", {
    tabindex: "0", role: "application", "aria-label": "Your own box: arrow keys move it, with Shift they size it",
  }));
  screen.screen.append(boxes);
  const cutout = make("img", "sora-cutout", { alt: "" });
  const frame = make("div", "sora-checks", {}, [cutout]);
  const options = make("div", "sora-options", { role: "radiogroup", "aria-label": "Who is meant" });
  const status = make("div", "sora-said", { role: "status" });
  const node = make("div", "sora-who", { role: "group", "aria-label": "Who" }, [frame, make("div", "sora-asked", {}, [options, status])]);
  const toggle = make("button", "sora-button sora-ask", { type: "button", text: "Who?", title: "Show who could be meant, in the first picture" });
  screen.bar.insertBefore(toggle, screen.bar.lastElementChild);
  const group = `sora-who-${(groups += 1)}`;
  let hidden = false;
  let drawing = null; // the box that is being drawn
  let owned = null; // a box of one's own that is not meant yet
  let timer = 0;
  let before = null; // who was meant
  let named = null; // the subject that was meant by a letter, and the number of its box, which may be measured anew since
  let lost = false; // whether that was of another picture
  let shownOptions = "";

  const first = () => known(model).time ?? model.get("value")[0];
  const atFirst = () => !screen.playing() && Math.abs(screen.at() - first()) < NEAR;
  const chosen = () => {
    if (owned) return "own";
    const [subject, found] = [model.get("subject"), known(model).boxes ?? []];
    const box = named && String(subject) === String(named.subject) ? found[named.number] : null;
    return box && overlap(box, subject) > MEASURED ? String(named.number) : optionOf(subject, found);
  };
  const ownBox = () => drawing ?? owned ?? (chosen() === "own" ? boxed(model.get("subject")) : null);
  const boxed = (subject) => (subject?.length === 2 ? boxOf(subject.map((side) => side - 0.02), subject.map((side) => side + 0.02)) : subject);
  const mean = (subject, number = null) => {
    clearTimeout(timer);
    owned = before = null;
    named = number === null ? null : { subject, number };
    lost = false;
    save(model, { subject });
    paint();
  };
  const look = () => {
    hidden = false;
    screen.pause();
    screen.seek(first());
  };
  const choose = (option) => {
    const who = known(model);
    if (who.boxes?.[option] && !present(who).includes(Number(option))) {
      if (model.get("subject")) mean(null);
      begin(who.times[option]); // the box is one of the first picture
      look();
      mean(who.boxes[option], Number(option));
      return;
    }
    look();
    if (option === "own") {
      owned = boxed(model.get("subject")) ?? (who.boxes ?? [])[0] ?? FIRST;
      paint();
    } else if (option === "likeliest") mean(null);
    else mean(who.boxes[option], Number(option));
  };

  toggle.addEventListener("click", () => {
    if (atFirst() && !hidden) hidden = true;
    else look();
    paint();
  });

  // --- a box of one's own, by the pointer and by keys

  let from = null;
  let drew = false;
  const place = (event) => {
    const area = boxes.getBoundingClientRect();
    return [(event.clientX - area.left) / (area.width || 1), (event.clientY - area.top) / (area.height || 1)];
  };
  screen.screen.addEventListener("pointerdown", (event) => {
    drew = false;
    // a finger scrolls the page, unless a box of one's own was asked for
    if (event.button !== 0 || boxes.hidden || (event.pointerType === "touch" && chosen() !== "own")) return;
    from = place(event);
  });
  screen.screen.addEventListener("pointermove", (event) => {
    if (!from) return;
    const box = boxOf(from, place(event));
    if (!drawing && Math.max(box[2] - box[0], box[3] - box[1]) < DRAWN) return;
    if (!drawing) screen.screen.setPointerCapture?.(event.pointerId);
    drawing = box;
    drew = true;
    paint();
  });
  const stop = (event) => {
    const box = drawing;
    from = drawing = null;
    if (!box) return;
    if (event.type === "pointerup" && Math.min(box[2] - box[0], box[3] - box[1]) >= DRAWN) mean(box);
    else paint();
  };
  screen.screen.addEventListener("pointerup", stop);
  screen.screen.addEventListener("pointercancel", stop);
  screen.screen.addEventListener("click", (event) => {
    const box = event.target.closest?.(".sora-box");
    if (!drew && !box) return; // it plays
    event.stopImmediatePropagation();
    const number = Number(box?.dataset.option);
    if (!drew && box.dataset.option) mean(known(model).boxes[number], number);
    drew = false;
  }, true);
  mine.addEventListener("keydown", (event) => {
    const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (across === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    owned = shiftedBox(ownBox(), across * DRAWN, down * DRAWN, event.shiftKey);
    paint();
    clearTimeout(timer);
    timer = setTimeout(() => mean(owned), SETTLED);
  });

  // --- showing

  const putBox = (node, [left, top, right, bottom]) => Object.assign(node.style, {
    left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * (right - left)}%`, height: `${100 * (bottom - top)}%`,
  });
  const option = (value, text, title) => {
    const radio = make("input", "sora-radio", { type: "radio", name: group, value, change: () => choose(value), click: () => { if (value === "own") choose(value); } });
    return make("label", "sora-option", { title }, [radio, make("span", "sora-option-text", { text })]);
  };
  function paint() {
    const who = known(model);
    const found = who.boxes ?? [];
    node.hidden = toggle.hidden = !model.get("asks") || !model.get("duration");
    const here = present(who);
    const key = `${found.length}: ${here}`;
    let focused = false;
    if (key !== shownOptions) {
      shownOptions = key;
      focused = options.contains(options.getRootNode().activeElement);
      options.replaceChildren(
        option("likeliest", "Likeliest", "Whoever the engine finds likeliest"),
        ...found.map((_, number) => (here.includes(number)
          ? option(String(number), LETTERS[number], `Box ${LETTERS[number]} in the picture`)
          : option(String(number), `${LETTERS[number]} from ${stamp(who.times[number])}`, `${LETTERS[number]} comes later: the seconds will begin there`))),
        option("own", "Own box", "Draw a box around who is meant: drag on the picture"),
      );
    }
    const is = chosen();
    for (const radio of options.querySelectorAll("input")) radio.checked = radio.value === is;
    if (focused) options.querySelector("input:checked")?.focus({ preventScroll: true });
    const shows = !node.hidden && !hidden && atFirst();
    boxes.hidden = !shows;
    screen.screen.classList.toggle("sora-drawing", shows && is === "own");
    toggle.setAttribute("aria-pressed", String(shows));
    if (shows) paintBoxes(who, found, is);
    const text = owned || drawing ? "Drag a box around who is meant, or move this one by the arrow keys." : words(who);
    if (status.textContent !== text) status.textContent = status.title = text; // or it would be read out again
    frame.classList.toggle("sora-busy", who.state !== "done" && who.state !== "nobody");
    cutout.alt = who.state === "done" ? `Cut-out of ${is === "own" ? "your own box" : is === "likeliest" ? "the likeliest subject" : `box ${LETTERS[Number(is)]}`}` : "";
  }
  function paintBoxes(who, found, is) {
    const meant = is === "likeliest" ? found.findIndex((box) => who.box && overlap(box, who.box) > ALIKE) : Number(is);
    const order = present(who).sort((one, other) => area(found[other]) - area(found[one])); // small ones on top
    const shown = order.map((number) => {
      const marked = meant === number ? " sora-meant" : "";
      const box = make("div", `sora-box${marked}`, { "data-option": number, "aria-hidden": "true" }, [make("span", `sora-number${found[number][1] < TOP ? " sora-inside" : ""}`, { text: LETTERS[number] })]);
      putBox(box, found[number]);
      return box;
    });
    if (is === "likeliest" && meant < 0 && who.box) {
      const box = make("div", "sora-box sora-meant", { "aria-hidden": "true" });
      putBox(box, who.box);
      shown.unshift(box);
    }
    const ours = ownBox();
    const focused = mine.isConnected && mine.getRootNode().activeElement === mine;
    if (ours) putBox(mine, ours);
    mine.classList.toggle("sora-meant", Boolean(ours) && !owned && !drawing);
    boxes.replaceChildren(...shown, ...(ours ? [mine] : []));
    if (focused && ours) mine.focus({ preventScroll: true });
  }
  const area = ([left, top, right, bottom]) => (right - left) * (bottom - top);
  const words = (who) => (lost ? `The seconds begin elsewhere: choose again who is meant. ${told(who)}` : told(who));
  const told = (who) => {
    if (who.state === "nobody") return who.said;
    if (who.state === "done") return who.warnings.join(" ") || `Cut out cleanly. Previewed in ${who.took} s.`;
    if (model.get("problem")) return "";
    return who.state === "cutting" ? `${subjectsIn(who.boxes.length)} found. Cutting out…` : "Looking for who is in these seconds…";
  };

  const ends = [
    media(model, "cutout", (url) => { if (url) cutout.src = url; else cutout.removeAttribute("src"); }),
    watch(model, ["subject"], () => {
      lost ||= Boolean(before) && !model.get("subject");
      before = model.get("subject");
    }),
    watch(model, ["duration"], () => { lost = false; }),
    watch(model, ["who", "asks", "duration", "subject", "value", "problem"], paint),
    watch(model, ["about"], () => {
      const { width = 16, height = 9 } = model.get("about") ?? {};
      boxes.style.setProperty("--sora-ratio", String(width / height));
    }),
    () => clearTimeout(timer),
  ];
  return { node, paint, end: () => ends.forEach((end) => end()) };
}

// The player of a clip slider: loops the selection, steps by pictures, and shows a still until it can.

import { clamp } from "./selection.js";
import { clock, make, media, watch } from "./shared.js";

/** The picture of a clip slider, and the buttons below it. */
export function player(model, selection, onTime) {
  const video = make("video", "sora-video", { playsinline: true, preload: "auto", tabindex: "-1", "aria-hidden": "true" });
  video.muted = true;
  const poster = make("img", "sora-poster", { alt: "" });
  const wait = make("div", "sora-wait", { role: "status" });
  const screen = make("div", "sora-screen", {}, [video, poster, wait]);
  const play = make("button", "sora-button sora-primary sora-play", { type: "button" });
  const sound = make("button", "sora-button sora-sound", { type: "button" });
  const back = make("button", "sora-button sora-back", { type: "button", "aria-label": "One picture back", title: "One picture back (,)" });
  const on = make("button", "sora-button sora-on", { type: "button", "aria-label": "One picture on", title: "One picture on (.)" });
  const now = make("span", "sora-now sora-dim");
  const bar = make("div", "sora-bar", {}, [play, back, on, sound, now]);
  const covers = () => model.get("media")?.video ?? { start: 0, end: 0 };
  let wanted = null;
  let wantsPlay = false;
  let frame = 0;

  const at = () => video.currentTime + covers().start;
  const tell = () => { now.textContent = clock(at(), 2); onTime(at()); };
  const paint = () => {
    play.textContent = wantsPlay ? "Pause" : "Play selection";
    play.classList.toggle("sora-playing", wantsPlay);
    sound.textContent = video.muted ? "Sound off" : "Sound on";
    sound.setAttribute("aria-pressed", String(!video.muted));
    sound.classList.toggle("sora-loud", !video.muted);
    sound.hidden = model.get("about")?.sound === false;
    for (const button of [play, back, on, sound]) button.disabled = !video.getAttribute("src");
  };
  const seek = (seconds) => {
    const inside = clamp(seconds - covers().start, 0, Math.max(0, covers().end - covers().start - 0.001));
    if (video.seeking) wanted = seconds;
    else if (video.getAttribute("src")) video.currentTime = inside;
  };
  const loop = () => {
    const [start, end] = selection();
    if (video.ended || at() >= end - 0.015 || at() < start - 0.1) seek(start);
    tell();
    frame = requestAnimationFrame(loop);
  };
  const pause = () => { wantsPlay = false; cancelAnimationFrame(frame); video.pause(); paint(); };
  const start = async () => {
    wantsPlay = true;
    seek(selection()[0]);
    paint();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(loop);
    try { await video.play(); } catch (error) { if (error.name !== "AbortError") pause(); }
  };
  const toggle = () => (wantsPlay ? pause() : start());
  const stepped = (pictures) => { pause(); seek(at() + pictures / (model.get("about")?.fps || 25)); };

  play.addEventListener("click", toggle);
  screen.addEventListener("click", () => video.getAttribute("src") && toggle());
  sound.addEventListener("click", () => { video.muted = !video.muted; paint(); });
  back.addEventListener("click", () => stepped(-1));
  on.addEventListener("click", () => stepped(1));
  bar.addEventListener("keydown", (event) => {
    const pictures = { ",": -1, ".": 1 }[event.key];
    if (pictures) { event.preventDefault(); stepped(pictures); }
  }, true);
  video.addEventListener("seeked", () => {
    tell();
    const next = wanted;
    wanted = null;
    if (next !== null) seek(next);
  });
  const settle = () => {
    const { start: from = 0, end: to = 0 } = covers();
    const loaded = Boolean(video.getAttribute("src")) && (video.readyState > 1 || video.seeking); // seeking is no loading
    wait.hidden = loaded && selection()[0] >= from - 0.05 && selection()[1] <= to + 0.05;
    wait.textContent = model.get("working") || (model.get("duration") ? "Loading the video…" : "No video chosen yet");
    poster.hidden = loaded;
  };
  video.addEventListener("loadeddata", () => {
    settle();
    if (wantsPlay) start();
    else seek(selection()[0]);
  });
  video.addEventListener("ended", () => { if (wantsPlay) start(); });
  video.addEventListener("error", () => video.getAttribute("src") && model.send({ kind: "broken", token: covers().token }));
  const seen = new IntersectionObserver((entries) => { if (!entries.at(-1).isIntersecting && wantsPlay) pause(); });
  seen.observe(screen);

  const ends = [
    media(model, "poster", (url) => { if (url) poster.src = url; else poster.removeAttribute("src"); }),
    media(model, "video", (url) => {
      if (url) video.src = url;
      else { video.pause(); video.removeAttribute("src"); video.load(); }
      settle();
      paint();
    }),
    watch(model, ["working", "duration", "value"], settle),
    watch(model, ["about"], () => {
      const { width = 16, height = 9 } = model.get("about") ?? {};
      screen.style.aspectRatio = `${width} / ${height}`;
      paint();
    }),
  ];
  return {
    screen, bar, seek, pause, toggle, stepped,
    playing: () => wantsPlay,
    end: () => { pause(); seen.disconnect(); ends.forEach((end) => end()); video.removeAttribute("src"); },
  };
}

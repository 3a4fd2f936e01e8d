// The player of a clip slider: loops the selection, plays and steps anywhere, and shows a still until it can.

import { clamp, stamp } from "./selection.js";
import { clock, feed, lost, make, media, watch } from "./shared.js";

const FASTEST = 4; // times the film's own pace

/**
 * The picture of a clip slider, and the buttons below it.
 * @param {any} model
 * @param {() => [number, number]} selection
 * @param {(time: number) => void} onTime called whenever another picture is shown, and when playing begins or ends
 */
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
  const now = make("span", "sora-now sora-dim", { text: stamp(0, 2) });
  const bar = make("div", "sora-bar", {}, [play, back, on, sound, now]);
  const covers = () => model.get("media")?.video ?? { start: 0, end: 0 };
  let wanted = null;
  let wantsPlay = false;
  let roams = 0; // how fast it plays outside the selection, backwards below 0; 0 while the selection is looped
  let passed = 0; // when the last picture was drawn, for playing backwards
  let frame = 0;

  const at = () => video.currentTime + covers().start;
  const tell = () => { now.textContent = stamp(at(), 2); onTime(at()); };
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
  const loop = (time) => {
    const [start, end] = selection();
    if (!roams && (video.ended || at() >= end - 0.015 || at() < start - 0.1)) seek(start);
    if (roams < 0) {
      if (!video.seeking) {
        seek(at() + (roams * (time - passed)) / 1000);
        passed = time;
      }
      if (at() <= covers().start + 0.02) return pause();
    }
    tell();
    frame = requestAnimationFrame(loop);
  };
  const pause = () => {
    wantsPlay = false;
    roams = 0;
    cancelAnimationFrame(frame);
    video.pause();
    paint();
    tell();
  };
  const begin = async (pace) => {
    wantsPlay = true;
    roams = pace;
    video.playbackRate = Math.max(1, pace);
    passed = performance.now();
    paint();
    tell();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(loop);
    if (pace < 0) return video.pause();
    try { await video.play(); } catch (error) { if (error.name !== "AbortError") pause(); }
  };
  const start = () => {
    seek(selection()[0]);
    return begin(0);
  };
  const toggle = () => (wantsPlay ? pause() : start());
  /** Play or pause: the selection, or on from where the playhead was put outside of it. */
  const space = () => {
    const [from, to] = selection();
    if (wantsPlay || (at() > from - 0.05 && at() < to)) toggle();
    else begin(1);
  };
  /** Play on or back from the playhead, faster each time. */
  const shuttle = (way) => {
    if (!video.getAttribute("src")) return;
    begin(way * (roams * way > 0 ? Math.min(FASTEST, 2 * Math.abs(roams)) : 1));
  };
  const stepped = (pictures) => { pause(); seek(at() + pictures / (model.get("about")?.fps || 25)); };

  play.addEventListener("click", toggle);
  screen.addEventListener("click", () => video.getAttribute("src") && toggle());
  sound.addEventListener("click", () => { video.muted = !video.muted; paint(); });
  back.addEventListener("click", () => stepped(-1));
  on.addEventListener("click", () => stepped(1));
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
  video.addEventListener("ended", () => { if (roams) pause(); else if (wantsPlay) start(); });
  video.addEventListener("error", async () => {
    const { token } = covers();
    if (!video.getAttribute("src") || (!video.src.startsWith("blob:") && (await lost(model, "video")))) return;
    model.send({ kind: "broken", token });
  });
  const seen = new IntersectionObserver((entries) => { if (!entries.at(-1).isIntersecting && wantsPlay) pause(); });
  seen.observe(screen);

  const ends = [
    media(model, "poster", (url) => { if (url) poster.src = url; else poster.removeAttribute("src"); }),
    media(model, "video", (url) => {
      feed(video, url);
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
    screen, bar, at, seek, pause, space, shuttle, stepped,
    playing: () => wantsPlay,
    end: () => { pause(); seen.disconnect(); ends.forEach((end) => end()); },
  };
}

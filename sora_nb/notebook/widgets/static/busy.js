import { make, watch } from "./shared.js";

/**
 * What is being made in the background, with a button that stops it.
 * @param {any} model
 */
export function busy(model) {
  const words = make("span", "sora-dim");
  const button = make("button", "sora-button sora-making-stop", { type: "button", text: "Stop", "aria-label": "Stop what is being made", click: () => stop() });
  const node = make("div", "sora-making", {}, [words, button]);
  const stop = () => {
    model.send({ kind: "stop" });
    button.hidden = true;
    words.textContent = "Stopped. Choose the video again for what is missing.";
    words.tabIndex = -1;
    words.focus(); // or keys would go to the notebook
  };
  const end = watch(model, ["working", "about"], () => {
    const working = model.get("working");
    if (!working && button.hidden && words.textContent && model.get("duration")) return; // it was stopped
    words.textContent = working;
    button.hidden = !working || !model.get("about")?.width; // before the video is here, nothing is made of it
    node.classList.toggle("sora-idle", button.hidden); // its room is kept, so that nothing moves
  });
  return { node, end };
}

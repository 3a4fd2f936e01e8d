// @vitest-environment jsdom
import { expect, test } from "vitest";
import { busy } from "../../sora_nb/notebook/widgets/static/busy.js";
import { FakeModel } from "./model.js";

test("what is made is named beside a button that stops it", () => {
  const model = new FakeModel({ working: "", duration: 5, about: { width: 320 } });
  const { node, end } = busy(model);
  document.body.replaceChildren(node);
  const idle = () => node.classList.contains("sora-idle");
  const button = node.querySelector("button");
  expect(idle()).toBe(true);
  model.put({ working: "Making a preview to play…" });
  expect([idle(), node.textContent]).toEqual([false, "Making a preview to play…Stop"]);
  button.focus();
  button.click();
  expect(model.sent.at(-1).content).toEqual({ kind: "stop" });
  model.put({ working: "" });
  expect([idle(), button.hidden, document.activeElement.textContent]).toEqual([false, true, "Stopped. Choose the video again for what is missing."]);
  model.put({ working: "Drawing the filmstrip…" });
  expect([button.hidden, node.firstChild.textContent]).toEqual([false, "Drawing the filmstrip…"]);
  model.put({ working: "Fetching the video…", about: { name: "on its way.mp4" } }); // which nothing is made of yet
  expect(button.hidden).toBe(true);
  model.put({ working: "", duration: 0 });
  expect(idle()).toBe(true);
  end();
  expect(model.count).toBe(0);
});

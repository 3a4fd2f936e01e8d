import { alive } from "./alive.js";
import { make, problemLine, save, watch } from "./shared.js";

const SEND_AFTER = 150;

function render({ model, el }) {
  let timer = 0; // runs while the kernel has not been told what was typed
  const flush = () => {
    clearTimeout(timer);
    timer = 0;
    if (field.value !== model.get("value")) save(model, { value: field.value });
  };
  const about = make("div", "sora-question-about");
  const label = make("span", "sora-dim");
  const prefix = make("span", "sora-question-prefix", { "aria-hidden": "true" });
  const field = make("input", "sora-field", {
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    dir: "auto",
    input: () => {
      clearTimeout(timer);
      timer = setTimeout(flush, SEND_AFTER);
      mark();
    },
    blur: flush,
    keydown: (event) => {
      if (event.key === "Enter" && !event.isComposing && model.get("answers").length) answer(model.get("answers")[0]);
    },
  });
  const note = make("span", "sora-dim sora-question-note");
  const buttons = make("span", "sora-question-answers");
  const [problem, endProblem] = problemLine(model);
  const entry = make("label", "sora-question-entry", {}, [label, make("span", "sora-question-line", {}, [prefix, field])]);
  const root = make("div", "sora-widget sora-question", {}, [about, make("div", "sora-question-row", {}, [entry, note, buttons]), problem]);
  el.append(root);

  function answer(words) {
    if (words === model.get("answers")[0] && !field.value.trim()) {
      field.focus(); // where the answer is missing
      return;
    }
    flush();
    model.send({ kind: "answer", answer: words, value: field.value });
  }

  function mark() {
    const agreeing = buttons.firstElementChild;
    agreeing?.setAttribute("aria-disabled", String(!field.value.trim())); // it keeps its place among the keys, and leads to the field
    if (agreeing) agreeing.title = field.value.trim() ? "" : model.get("label");
  }

  const ends = [
    endProblem,
    watch(model, ["label", "about", "prefix", "note", "longest"], () => {
      label.textContent = model.get("label");
      about.textContent = model.get("about");
      about.hidden = !model.get("about");
      prefix.textContent = model.get("prefix");
      prefix.hidden = !model.get("prefix");
      note.textContent = model.get("note");
      note.hidden = !model.get("note");
      field.maxLength = model.get("longest");
    }),
    // buttons answer what it is about; without that nothing is asked
    watch(model, ["about", "answers"], () => (root.hidden = model.get("answers").length > 0 && !model.get("about"))),
    watch(model, ["problem"], () => field.setAttribute("aria-invalid", String(Boolean(model.get("problem"))))),
    watch(model, ["answers"], () => {
      buttons.replaceChildren(
        ...model.get("answers").map((words, place) => make("button", `sora-button ${place ? "" : "sora-primary"}`, { type: "button", text: words, click: () => answer(words) })),
      );
      buttons.hidden = !model.get("answers").length;
      mark();
    }),
    watch(model, ["value"], () => {
      // what is being typed here is newer than what comes back
      if (!timer && field.value !== model.get("value")) field.value = model.get("value");
      mark();
    }),
  ];
  return () => {
    flush();
    ends.forEach((end) => end());
  };
}

export default { render: alive(render) };

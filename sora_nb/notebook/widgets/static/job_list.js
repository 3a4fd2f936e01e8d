import { alive } from "./alive.js";
import { harmless, make, own, problemLine, watch } from "./shared.js";

const WORDS = {
  waiting: "waiting",
  running: "running",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
  unknown: "may have been billed",
};

/** A job's row; while the state stays the same it is changed in place, so that a focused button keeps the focus. */
function row(job, send) {
  const button = (text, click, kind = "") => make("button", `sora-button ${kind}`, { type: "button", text, click });
  const state = make("span", `sora-state sora-state-${job.state}`, { text: WORDS[job.state] });
  const label = make("span", "sora-job-label");
  const bar = make("progress", "sora-job-bar", { max: 100 });
  const far = make("span", "sora-dim sora-job-far");
  const cancel = button("Cancel", () => (stakes.textContent ? ask(true) : stop()), "sora-job-cancel");
  const moving = make("div", "sora-job-progress", {}, [bar, far, cancel]);
  const stakes = make("div", "sora-job-stakes");
  const sure = button("Stop it", () => stop());
  const question = make("div", "sora-job-question", { role: "group" }, [stakes, make("div", "sora-job-answers", {}, [sure, button("Go on", () => ask(false))])]);
  const note = make("div", "sora-dim sora-job-note");
  const look = button("Look it up (free)", () => send({ kind: "resume" }));
  const runs = job.state === "waiting" || job.state === "running";
  const words = make("div", "sora-job-words", {}, [make("div", "sora-job-head", {}, [label, state]), ...(runs ? [moving, question] : []), note, ...(job.state === "unknown" ? [look] : [])]);
  const picture = job.picture ? [make("img", "sora-job-picture", { src: harmless(job.picture), alt: "" })] : [];
  const node = own(make("li", "sora-job", { tabindex: "-1" }, [...picture, words]));
  let told = job.note;

  function ask(wide) {
    question.hidden = !wide;
    cancel.hidden = wide;
    (wide ? sure : cancel).focus();
  }
  function stop() {
    question.hidden = true;
    cancel.hidden = false;
    cancel.disabled = true;
    cancel.textContent = "Stopping…";
    node.focus();
    send({ kind: "cancel", key: job.key });
  }
  function update(now) {
    label.textContent = label.title = now.label;
    note.textContent = now.note;
    note.hidden = !now.note;
    bar.setAttribute("aria-label", now.label);
    if (now.percent === null) bar.removeAttribute("value");
    else bar.value = now.percent;
    far.textContent = far.title = [now.percent === null ? "" : `${now.percent} %`, now.stage].filter(Boolean).join(" · ");
    stakes.textContent = now.stakes ?? "";
    question.setAttribute("aria-label", `Stop ${now.label}?`);
    cancel.setAttribute("aria-label", `Cancel ${now.label}`);
    if (now.stakes === null || now.stakes === undefined) cancel.hidden = true;
    else if (question.hidden) cancel.hidden = false;
    if (now.note !== told) {
      // it was not stopped, and the note says why
      cancel.disabled = false;
      cancel.textContent = "Cancel";
      told = now.note;
    }
  }
  question.hidden = true;
  update(job);
  return { node, update };
}

function render({ model, el }) {
  // Front ends hold a widget's newest traits back while its kernel is busy with those before, but send messages at once: a
  // name just typed would come after the press. They are sent before an answer of the kernel is heard, so that is waited for.
  let pressed = false;
  const press = () => {
    pressed = true;
    model.send({ kind: "press" });
  };
  const go = ({ kind }) => {
    if (kind !== "pressed" || !pressed) return; // another view was pressed
    pressed = false;
    model.send({ kind: "action" });
  };
  const button = make("button", "sora-button sora-primary", { type: "button", click: press });
  const note = make("span", "sora-dim");
  const head = make("div", "sora-job-start", {}, [button, note]);
  const list = own(make("ul", "sora-jobs", { "aria-label": "Jobs" }));
  const earlier = make("div", "sora-dim sora-jobs-earlier");
  const said = make("div", "sora-unseen", { role: "status" });
  const [problem, endProblem] = problemLine(model);
  el.append(make("div", "sora-widget sora-job-list", {}, [head, problem, list, earlier, said]));

  const rows = new Map();
  let states = new Map();
  const reach = () => (list.tabIndex = list.scrollHeight > list.clientHeight ? 0 : -1); // keys must scroll what scrolls
  const sized = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(reach);
  sized?.observe(list);
  const ends = [
    endProblem,
    watch(model, ["action", "note", "ready"], () => {
      head.hidden = !model.get("action");
      button.textContent = model.get("action");
      button.disabled = !model.get("ready");
      note.textContent = model.get("note");
    }),
    watch(model, ["earlier"], () => {
      earlier.hidden = !model.get("earlier");
      earlier.textContent = `and ${model.get("earlier")} earlier`;
    }),
    watch(model, ["jobs"], () => {
      const jobs = model.get("jobs");
      list.hidden = !jobs.length;
      for (const key of [...rows.keys()]) {
        if (jobs.some((job) => job.key === key)) continue;
        rows.get(key).node.remove();
        rows.delete(key);
      }
      jobs.forEach((job, place) => {
        const old = rows.get(job.key);
        if (old?.state === job.state) old.update(job);
        else {
          const made = { ...row(job, (content) => model.send(content)), state: job.state };
          const inside = old?.node.contains(document.activeElement);
          old?.node.replaceWith(made.node);
          rows.set(job.key, made);
          if (inside) made.node.focus(); // or keys would go to the notebook
        }
        const { node } = rows.get(job.key);
        if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
      });
      const now = new Map(jobs.map((job) => [job.key, job.state]));
      const news = jobs.filter((job) => states.has(job.key) && states.get(job.key) !== job.state);
      if (news.length) said.textContent = news.map((job) => `${job.label}: ${WORDS[job.state]}. ${job.note}`).join(" ");
      states = now;
      reach();
    }),
    () => sized?.disconnect(),
    () => model.off("msg:custom", go),
  ];
  model.on("msg:custom", go);
  return () => ends.forEach((end) => end());
}

export default { render: alive(render) };

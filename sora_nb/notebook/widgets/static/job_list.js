import { harmless, make, own, problemLine, watch } from "./shared.js";

const WORDS = {
  waiting: "waiting",
  running: "running",
  done: "done",
  failed: "failed",
  unknown: "may have been billed",
};

function row(job, resume) {
  const state = make("span", `sora-state sora-state-${job.state}`, { text: WORDS[job.state] });
  const parts = [make("div", "sora-job-head", {}, [make("span", "sora-job-label", { text: job.label }), state])];
  if (job.state === "waiting" || job.state === "running") {
    const bar = make("progress", "sora-job-bar", { max: 100, "aria-label": job.label, value: job.percent });
    parts.push(make("div", "sora-job-progress", {}, [bar, make("span", "sora-dim", { text: job.percent === null ? "" : `${job.percent} %` })]));
  }
  if (job.note) parts.push(make("div", "sora-dim sora-job-note", { text: job.note }));
  if (job.state === "unknown") parts.push(make("button", "sora-button", { type: "button", text: "Look it up (free)", click: resume }));
  const words = make("div", "sora-job-words", {}, parts);
  const picture = job.picture ? [make("img", "sora-job-picture", { src: harmless(job.picture), alt: "" })] : [];
  return make("li", "sora-job", {}, [...picture, words]);
}

function render({ model, el }) {
  const button = make("button", "sora-button sora-primary", { type: "button", click: () => model.send({ kind: "action" }) });
  const note = make("span", "sora-dim");
  const head = make("div", "sora-job-start", {}, [button, note]);
  const list = own(make("ul", "sora-jobs", { "aria-label": "Jobs" }));
  const earlier = make("div", "sora-dim sora-jobs-earlier");
  const said = make("div", "sora-unseen", { role: "status" });
  const [problem, endProblem] = problemLine(model);
  el.append(make("div", "sora-widget sora-job-list", {}, [head, problem, list, earlier, said]));

  const rows = new Map(); // a row is built anew only where its job changed, so that a focused button stays
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
        const text = JSON.stringify(job);
        const old = rows.get(job.key);
        if (old?.text !== text) {
          const node = row(job, () => model.send({ kind: "resume" }));
          old?.node.replaceWith(node);
          rows.set(job.key, { text, node });
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
  ];
  return () => ends.forEach((end) => end());
}

export default { render };

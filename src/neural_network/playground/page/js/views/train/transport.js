/** Play, pause, steps and the time line. */

import { element } from "../../elements.js";
import { counted, percent } from "../../numbers.js";

/** @typedef {import("./curves.js").Run} Run */

/**
 * @param {{post: (path: string, body?: any) => void, look: (step: number | null) => void, branch: (step: number) => void}} actions
 */
export function makeTransport({ post, look, branch }) {
  /** @type {Run | undefined} */
  let run;
  /** @type {number | null} */
  let at = null; // the step that is looked at; null follows the newest
  /** @type {import("./curves.js").Restoring | null} */
  let restoring = null; // while it lasts, the run can be paused only
  const play = element("button", { class: "main play", onclick: () => post(isOver() ? "again" : run?.status === "running" ? "pause" : "play") }, "Play");
  const step = element("button", { onclick: () => post("advance") }, "1 step");
  const epoch = element("button", { onclick: () => run && post("play", { until: (Math.floor(run.step / run.stepsPerEpoch) + 1) * run.stepsPerEpoch }) }, "1 epoch");
  const stop = element("input", { type: "number", min: "1", "aria-label": "Stop at step", class: "stop" });
  const go = element("button", { onclick: () => stop.value && post("play", { until: Number(stop.value) }) }, "Play to step");
  const status = element("p", { class: "status", role: "status" });
  const slider = element("input", { type: "range", min: "0", step: "1", id: "timeline", oninput: () => choose(Number(slider.value)) });
  const place = element("output", { for: "timeline" });
  const newest = element("button", { onclick: () => choose(null) }, "Newest");
  const back = element("button", { onclick: () => { const to = at; choose(null); post("rewind", { step: to }); } }, "Rewind to here");
  const fork = element("button", { onclick: () => branch(at ?? run?.step ?? 0) }, "Branch from here");

  for (const control of [play, step, epoch, go, slider, newest, back, fork]) control.disabled = true; // until there is a run

  const isOver = () => ["finished", "diverged", "failed"].includes(run?.status ?? "");

  /** @param {number | null} to */
  function choose(to) {
    at = to === null || !run || to >= run.step ? null : to;
    look(at);
    draw();
  }

  function draw() {
    if (!run) return;
    play.disabled = false;
    play.textContent = isOver() ? "Again from the start" : run.status === "running" ? "Pause" : "Play";
    for (const button of [step, epoch, go]) button.disabled = isOver() || restoring !== null;
    stop.placeholder = String(run.total);
    stop.max = String(run.total);
    slider.max = String(run.step);
    slider.value = String(at ?? run.step);
    slider.setAttribute("aria-valuetext", `step ${at ?? run.step} of ${run.step}`);
    slider.disabled = run.step === 0;
    const shown = counted(run.offset + (at ?? run.step));
    place.textContent = at === null ? `step ${shown}, the newest` : `step ${shown}`;
    newest.disabled = at === null;
    back.disabled = at === null || restoring !== null;
    fork.disabled = run.step === 0 || restoring !== null;
    const again = restoring ? `Training run ${restoring.number} of ${restoring.count} again, as the address says. ` : "";
    status.textContent = again + describe(run);
  }

  const root = element("section", { class: "transport card", "aria-label": "Training" },
    element("div", { class: "row" }, play, step, epoch, element("span", { class: "row nowrap" }, go, stop)),
    status,
    element("div", { class: "timeline" }, element("label", { for: "timeline" }, "Time line"), slider, place),
    element("div", { class: "row" }, newest, back, fork));
  return {
    root,
    fork,
    /** @param {import("./curves.js").Curves} curves @param {number | null} step the step that the address asks for */
    update(curves, step) {
      const next = run = curves.run;
      restoring = curves.isRestoring ? curves.restoring : null;
      at = step !== null && next && step < next.step ? step : null;
      draw();
    },
  };
}

/** @param {Run} run */
function describe(run) {
  const row = run.rows.at(-1);
  const words = { running: "Training", paused: run.step ? "Paused" : "Ready", finished: "Finished", diverged: "Diverged", failed: "Failed" };
  const place = run.offset ? ` (${counted(run.offset + run.step)} on the time line)` : ""; // a branch counts its own steps
  const where = `${words[/** @type {keyof typeof words} */ (run.status)]}: step ${counted(run.step)} of ${counted(run.total)}${place}, epoch ${counted(run.epochs)}`;
  if (run.error) return `${where}. ${run.error}`;
  if (!row) return run.status === "running" ? `${where}.` : `${where}. Play, and watch the curves and the weights.`;
  return `${where}. Accuracy ${percent(row.accuracy, 2)} in training, ${percent(row.validation_accuracy, 2)} in validation.`;
}

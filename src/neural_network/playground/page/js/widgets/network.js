/** The line that says which network a view looks at, and lets it learn: shared by the views that look inside. */

import { element } from "../elements.js";
import { noted } from "../settings.js";

/** @typedef {import("../main.js").Context} Context */

const PAUSE = 400; // milliseconds between looks at a network that learns
const SHARE = 10; // of the time, looks take one in so many parts, so that they hardly slow the training

export class NetworkLine {
  /**
   * @param {Context} context
   * @param {() => Promise<void>} onChange called once the network is known, and whenever it has changed
   */
  constructor({ api, state, report }, onChange) {
    this.api = api;
    this.state = state;
    this.report = report;
    this.onChange = onChange;
    this.words = element("span", { role: "status" });
    this.button = element("button", { type: "button", onclick: () => void this.press().catch(report) }, "Train");
    this.newest = element("button", { type: "button", onclick: () => state.set({ step: null }) }, "Newest step");
    this.slider = element("input", { type: "range", min: "0", step: "1", "aria-label": "Step of the time line", oninput: () => this.slide() });
    this.element = element("div", { class: "network row" }, this.words, this.slider, this.button, this.newest);
    this.run = { status: "paused", step: 0, total: 0, offset: 0, origin: "" };
    this.name = "";
    /** @type {import("../views/train/curves.js").Restoring | null} */
    this.restoring = null;
    this.seen = "";
    this.next = 0;
    this.write();
    this.close = api.stream("/api/train/stream", {}, (event) => this.take(event));
  }

  /** @returns {number | undefined} the step of the address, if the run has come so far; otherwise the newest counts */
  step() {
    const wanted = this.state.get("step");
    return wanted !== "" && Number(wanted) <= this.run.step ? Number(wanted) : undefined;
  }

  /** @param {{inView: string, runs: Record<string, any>, restoring: import("../views/train/curves.js").Restoring | null}} event */
  take({ inView, runs, restoring }) {
    this.run = runs[inView];
    this.name = inView;
    this.restoring = restoring?.is_over ? null : restoring;
    this.write();
    if (restoring?.problem) this.report(restoring.problem);
    const isRunning = this.run.status === "running" || this.restoring !== null;
    if (!isRunning && this.run.step > 0) this.state.set(noted({ inView, runs }, this.state.get("run1") !== ""));
    const now = `${inView} ${this.run.offset} ${this.step() ?? this.run.step}`;
    if (now === this.seen || (isRunning && performance.now() < this.next)) return;
    this.seen = now;
    void this.look();
  }

  async look() {
    const began = performance.now();
    this.next = Infinity;
    await this.onChange();
    this.next = performance.now() + Math.max(PAUSE, SHARE * (performance.now() - began));
  }

  /** Say which network it is, and which step of it. */
  write() {
    const { status, step, total } = this.run;
    this.button.textContent = status === "running" ? "Pause" : "Train";
    show(this.button, ["running", "paused"].includes(status));
    const seen = this.step();
    show(this.newest, seen !== undefined && seen !== step);
    show(this.slider, step > 0);
    this.slider.max = String(step);
    this.slider.value = String(seen ?? step);
    if (this.restoring) this.words.textContent = `Training run ${this.restoring.number} of ${this.restoring.count} again, as the address says: step ${step} of ${total}.`;
    else if (!this.name) this.words.textContent = "Looking for the network …";
    else if (step === 0) this.words.textContent = untrained(this.run.origin);
    else if (seen !== undefined && seen !== step) this.words.textContent = `The network after step ${seen} of ${step}.`;
    else this.words.textContent = `The network after step ${step} of ${total}${status === "running" ? ", learning" : ""}.`;
  }

  slide() {
    const step = Number(this.slider.value);
    this.state.set({ step: step < this.run.step ? step : null });
  }

  async press() {
    if (this.run.status === "running") await this.api.post("/api/train/pause", {});
    else {
      this.state.set({ step: null });
      await this.api.post("/api/train/play", {});
    }
  }
}

/**
 * @param {string} origin where the weights come from: a model, a run, "random weights" or "weights of zero"
 * @returns {string} what is said of a network before its first step
 */
function untrained(origin) {
  return origin.includes("weights") ? `Untrained: ${origin}.` : `The weights of ${origin}, not trained further.`;
}

/**
 * Show an element or not, in the same place: nothing may move while somebody draws below it.
 * @param {HTMLElement} element
 * @param {boolean} isShown
 */
function show(element, isShown) {
  element.style.visibility = isShown ? "visible" : "hidden";
}

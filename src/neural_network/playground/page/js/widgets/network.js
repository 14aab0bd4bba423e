/** The line that says which network a view looks at, and lets it learn: shared by the views that look inside. */

import { element } from "../elements.js";

/** @typedef {import("../main.js").Context} Context */

export class NetworkLine {
  /**
   * @param {Context} context
   * @param {() => void} onChange called when the network has changed
   */
  constructor({ api, state, report }, onChange) {
    this.state = state;
    this.onChange = onChange;
    this.words = element("span", { role: "status" });
    this.button = element("button", { type: "button", onclick: () => void this.press().catch(report) }, "Train");
    this.newest = element("button", { type: "button", hidden: true, onclick: () => state.set({ step: null }) }, "Newest step");
    this.element = element("p", { class: "network row" }, this.words, this.button, this.newest);
    this.api = api;
    this.last = "";
    this.run = { status: "paused", step: 0, total: 0, offset: 0 };
    this.close = api.stream("/api/train/stream", {}, (event) => this.take(event));
  }

  /** @param {{inView: string, runs: Record<string, any>}} event */
  take({ inView, runs }) {
    this.run = runs[inView];
    this.write();
    const now = `${inView} ${this.run.step} ${this.run.offset}`;
    if (now !== this.last && this.last && !this.state.get("step")) this.onChange();
    this.last = now;
  }

  write() {
    const { status, step, total } = this.run;
    const seen = this.state.get("step");
    this.button.textContent = status === "running" ? "Pause" : "Train";
    this.button.hidden = status === "finished" || status === "diverged" || status === "failed";
    this.newest.hidden = !seen || Number(seen) === step;
    if (seen && Number(seen) !== step) this.words.textContent = `The network after step ${seen} of ${step}.`;
    else if (step === 0) this.words.textContent = "The network has learned nothing yet: its weights are random.";
    else this.words.textContent = `The network after step ${step} of ${total}${status === "running" ? ", learning" : ""}.`;
  }

  async press() {
    if (this.run.status === "running") await this.api.post("/api/train/pause", {});
    else {
      this.state.set({ step: null });
      await this.api.post("/api/train/play", {});
    }
  }
}

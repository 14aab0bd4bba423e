/** Which sample the step is made on: a test or training image, the drawing, or the example for pencil and paper. */

import { element } from "../../elements.js";

const PARTS = { test: "Test image", train: "Training image", validation: "Validation image", batch: "Batch of the next step", pixels: "The drawing", toy: "Example for pencil and paper" };

export class Chooser {
  /** @param {import("../../state.js").State} state */
  constructor(state) {
    this.state = state;
    this.part = element("select", { id: "glass-part", onchange: () => this.change() },
      Object.entries(PARTS).map(([value, name]) => element("option", { value }, name)));
    this.index = element("input", { type: "text", inputMode: "numeric", id: "glass-index", size: 8, onchange: () => this.change() });
    this.label = element("label", { for: "glass-index", class: "unseen" }, "Number of the image, or several with commas");
    this.element = element("div", { class: "row" }, element("label", { for: "glass-part", class: "unseen" }, "Sample"), this.part, this.label, this.index);
    this.drawing = "";
  }

  change() {
    const part = this.part.value;
    const sample = part === "toy" || part === "batch" ? part : part === "pixels" ? this.drawing : `${part}:${this.index.value.replace(/\s/g, "") || "0"}`;
    this.state.set({ sample, cell: null });
  }

  /** @param {string} what the samples are: "image" or "point" */
  call(what) {
    for (const option of this.part.options) option.textContent = PARTS[/** @type {keyof typeof PARTS} */ (option.value)].replace("image", what);
  }

  write() {
    const sample = this.state.get("sample", "test:0");
    const [part, rest] = sample.split(":");
    if (part === "pixels") this.drawing = sample;
    for (const option of this.part.options) if (option.value === "pixels") option.disabled = !this.drawing;
    this.part.value = part;
    const isNumbered = !["toy", "batch", "pixels"].includes(part);
    this.index.hidden = !isNumbered;
    if (isNumbered) this.index.value = rest ?? "0";
  }
}

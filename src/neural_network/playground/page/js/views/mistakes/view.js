/** Mistakes: the confusion matrix, the images of a cell, and one of them under glass. */

import { element } from "../../elements.js";
import { Latest } from "../../latest.js";
import { counted, percent } from "../../numbers.js";
import { NetworkLine } from "../../widgets/network.js";
import { Images } from "./images.js";
import { Need } from "./need.js";
import { ConfusionTable } from "./table.js";

const PARTS = { test: "Test", validation: "Validation", train: "Training" };

/**
 * @param {HTMLElement} root
 * @param {import("../../main.js").Context} context
 * @returns {import("../../main.js").View}
 */
export function mount(root, context) {
  const view = new MistakesView(root, context);
  return { update: (_, changed) => view.update(changed), unmount: () => view.network.close() };
}

class MistakesView {
  /**
   * @param {HTMLElement} root
   * @param {import("../../main.js").Context} context
   */
  constructor(root, context) {
    this.context = context;
    this.state = context.state;
    this.network = new NetworkLine(context, () => this.matrix.ask(null));
    this.table = new ConfusionTable((label, predicted) => this.choose(label, predicted));
    this.images = new Images((index) => this.state.set({ image: index }), () => this.gallery.ask(true));
    this.need = new Need(() => context.go("glass", { sample: `${this.part()}:${this.state.get("image")}` }));
    this.matrix = new Latest(() => this.loadMatrix(), (problem) => this.judge(problem), root);
    this.gallery = new Latest((/** @type {boolean} */ isMore) => this.loadImages(isMore), context.report);
    this.detail = new Latest(() => this.loadNeed(), context.report);
    this.what = "image";
    /** @type {number | undefined} */
    this.step = undefined; // of the matrix, so that its images are of the same
    this.note = element("p", { class: "small quiet", hidden: true }, "The samples are points in a plane, so there are no pictures of them: each has its number. Train shows where they are.");
    this.result = element("p", { role: "status" });
    this.parts = element("select", { id: "part", onchange: () => this.state.set({ part: this.parts.value, image: null }) },
      Object.entries(PARTS).map(([value, name]) => element("option", { value }, `${name} images`)));
    this.all = element("button", { type: "button", onclick: () => this.state.set({ true: null, read: null, image: null }) }, "All mistakes");
    this.desk = element("div", { class: "desk" },
      element("section", {}, element("div", { class: "row" }, element("label", { for: "part", class: "unseen" }, "Images"), this.parts, this.result), this.table.element, this.all),
      element("div", {}, this.need.element, this.images.element));
    root.append(element("h2", {}, "Mistakes"), this.network.element, this.note, this.desk);
    this.update([]);
  }

  /** @param {unknown} problem for which there is no matrix, or null */
  judge(problem) {
    this.desk.hidden = problem !== null;
    this.context.report(problem);
  }

  part() {
    const part = this.state.get("part", "test");
    return part in PARTS ? part : "test";
  }

  /**
   * @param {"true" | "read" | "image"} name
   * @returns {number | null}
   */
  number(name) {
    const text = this.state.get(name);
    return /^\d{1,9}$/.test(text) ? Number(text) : null;
  }

  /** @param {string[]} changed */
  update(changed) {
    const has = (/** @type {string[]} */ ...names) => names.some((name) => changed.includes(name));
    this.network.write();
    this.parts.value = this.part();
    if (has("part", "step")) this.matrix.ask(null);
    if (has("true", "read")) this.gallery.ask(false);
    if (has("image") && !has("part", "step")) this.detail.ask(null);
    this.mark();
  }

  mark() {
    this.table.mark(this.number("true"), this.number("read"));
    this.images.mark(this.number("image"));
    this.all.hidden = this.number("true") === null;
  }

  /**
   * @param {number} label
   * @param {number} predicted
   */
  choose(label, predicted) {
    this.state.set({ true: label, read: predicted, image: null });
  }

  place() {
    return { part: this.part(), step: this.network.step() ?? this.step };
  }

  /** @param {string} what the samples are: "image" or "point" */
  name(what) {
    this.what = what;
    this.note.hidden = what === "image";
    for (const option of this.parts.options) option.textContent = `${PARTS[/** @type {keyof typeof PARTS} */ (option.value)]} ${what}s`;
  }

  async loadMatrix() {
    this.step = undefined; // the newest
    const { classes, confusion, samples, correct, step } = await this.context.api.get("/api/mistakes/matrix", this.place());
    this.step = step;
    this.classes = classes;
    this.table.show(classes, confusion);
    this.result.textContent = `${counted(correct)} of ${counted(samples)} read correctly (${percent(correct / samples, 1)}).`;
    await Promise.all([this.gallery.ask(false), this.detail.ask(null)]);
    this.mark();
  }

  /** @param {boolean} isMore */
  async loadImages(isMore) {
    const [label, predicted] = [this.number("true"), this.number("read")];
    const first = isMore ? this.images.buttons.size : 0;
    const found = await this.context.api.get("/api/mistakes/images", { ...this.place(), label, predicted, first });
    const { classes } = found;
    this.name(found.images ? "image" : "point");
    const isRight = label !== null && label === predicted;
    const cell = label === null || predicted === null ? "mistakes" : isRight ? `${this.what}s of ${classes[label]} read correctly` : `${this.what}s of ${classes[label]} read as ${classes[predicted]}`;
    this.images.show(found, isMore, cell);
    this.mark();
  }

  async loadNeed() {
    const index = this.number("image");
    this.need.element.hidden = index === null;
    if (index === null) return;
    const found = await this.context.api.get("/api/mistakes/need", { ...this.place(), index });
    this.need.show(found, `${PARTS[/** @type {keyof typeof PARTS} */ (this.part())]} ${this.what} ${index}`);
    this.need.element.scrollIntoView({ block: "nearest" });
  }
}

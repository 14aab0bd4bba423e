/** Draw: a drawing, a picture or a test image, and everything that the network sees in it. */

import { Problem } from "../../api.js";
import { element } from "../../elements.js";
import { Latest } from "../../latest.js";
import { NetworkLine } from "../../widgets/network.js";
import { Answer } from "./answer.js";
import { Pad } from "./pad.js";
import { inkImage } from "../../widgets/image.js";
import { decode } from "../../arrays.js";
import { Reader } from "./reader.js";
import { Steps } from "./steps.js";
import { read, write } from "./strokes.js";

/**
 * @param {HTMLElement} root
 * @param {import("../../main.js").Context} context
 * @returns {import("../../main.js").View}
 */
export function mount(root, context) {
  const view = new DrawView(root, context);
  return { update: (_, changed) => view.update(changed), unmount: () => view.network.close() };
}

class DrawView {
  /**
   * @param {HTMLElement} root
   * @param {import("../../main.js").Context} context
   */
  constructor(root, context) {
    this.context = context;
    this.state = context.state;
    this.pad = new Pad((isDone) => this.drawn(isDone));
    this.steps = new Steps((leftOut) => this.state.set({ leftout: leftOut.join() }));
    this.answer = new Answer((index) => this.state.set({ class: index }));
    this.network = new NetworkLine(context, () => this.learned());
    this.by = new Reader(context.state, this.network.element);
    this.reader = new Latest((/** @type {boolean} */ isNew) => this.read(isNew), context.report, root);
    /** @type {File | null} */
    this.file = null;
    this.desk = element("div");
    this.hasWeights = false;
    this.glass = element("button", { type: "button", onclick: () => this.toGlass() });
    this.time = element("span", { class: "small quiet" });
    this.sample = element("div", { class: "sample" });
    this.index = element("input", { type: "number", min: "0", value: "0", id: "test-image", onchange: () => this.pick(this.index.value) });
    this.rest = element("div", { class: "rest" },
      element("section", { class: "says" }, this.answer.sentence, this.answer.bars.element,
        this.glass, this.time),
      element("section", { class: "why" }, this.answer.why, this.answer.pictures, this.answer.units.element),
      this.answer.likeness.element);
    this.title = element("h2", {}, "Draw a digit");
    this.form = element("p", { class: "small quiet" });
    this.none = element("div", { class: "card", hidden: true });
    this.way = element("section", { class: "way" },
      element("h3", {}, "From the drawing to the input"),
      this.form, this.steps.element);
    this.build(root);
    this.pad.show(read(this.state.get("strokes")));
    this.hide();
    void context.api.get("/api/train/state").then((facts) => this.learnFacts(facts), () => {}); // a refused session is said elsewhere
  }

  /**
   * Say what can be drawn here.
   * @param {{data: string, classes: string[], shape: [number, number] | null}} facts of the data
   */
  learnFacts({ data, classes, shape }) {
    this.none.hidden = shape !== null;
    this.desk.hidden = this.by.element.hidden = shape === null;
    if (shape === null) {
      this.title.textContent = "Nothing to draw";
      this.none.replaceChildren(
        element("p", {}, `The data, ${data}, are points in a plane and no pictures, so there is nothing to draw. Train shows what the network answers at each point.`),
        element("button", { type: "button", class: "main", onclick: () => this.context.go("train") }, "Train"));
      return;
    }
    const isOfDigits = classes.every((name, label) => name === String(label));
    if (!isOfDigits) this.title.textContent = `Draw one of: ${classes.join(", ")}`;
    this.form.textContent = `The network reads ${shape.join(" × ")} pixels, in the form of the ${isOfDigits ? "digits" : "pictures"} it was trained on. Switch a step off to see what it is for.`;
  }

  /** @param {HTMLElement} root */
  build(root) {
    const file = element("input", { type: "file", class: "unseen", accept: "image/*", id: "upload", onchange: () => this.upload(file) });
    this.desk = element("div", { class: "desk" },
        element("section", { class: "hand" },
          element("div", { class: "paper" }, this.pad.canvas, this.sample),
          element("div", { class: "row" },
            element("button", { type: "button", onclick: () => this.undo() }, "Undo"),
            element("button", { type: "button", onclick: () => this.clear() }, "Clear"),
            element("label", { class: "button", for: "upload" }, "Upload a picture"), file),
          element("div", { class: "row" },
            element("label", { for: "test-image" }, "Test image"), this.index,
            element("button", { type: "button", onclick: () => this.pick(String(Number(this.index.value) + 1)) }, "Next"))),
        this.rest);
    root.append(this.title, this.none, this.by.element, this.desk, this.way);
  }

  /** @param {string[]} changed */
  update(changed) {
    if (changed.includes("strokes") && write(this.pad.strokes) !== this.state.get("strokes")) this.pad.show(read(this.state.get("strokes")));
    if (changed.includes("class") && this.answer.found) this.answer.show(this.answer.found, this.chosen());
    if (changed.some((name) => ["strokes", "leftout", "sample", "step", "model"].includes(name))) this.look(changed.includes("step") || changed.includes("model"));
  }

  /** The network that is trained here has changed: look again, unless it is another that reads. */
  learned() {
    return this.by.model && this.hasWeights ? Promise.resolve() : this.look(true);
  }

  /** @param {boolean} [isNew] whether the network has changed */
  look(isNew = false) {
    this.network.write();
    this.by.show();
    this.glass.textContent = this.by.model ? "Under glass: your own network" : "Under glass";
    return this.reader.ask(isNew);
  }

  /** @param {boolean} isDone */
  drawn(isDone) {
    this.file = null;
    if (isDone || this.state.get("sample")) this.state.set({ strokes: write(this.pad.strokes), sample: null });
    this.reader.ask(false);
  }

  undo() {
    this.pad.show(this.pad.strokes.slice(0, -1));
    this.drawn(true);
  }

  clear() {
    this.pad.show([]);
    this.drawn(true);
  }

  /** @param {string} index */
  pick(index) {
    this.file = null;
    this.pad.show([]);
    this.state.set({ sample: `test:${index}`, strokes: null });
  }

  /** @param {HTMLInputElement} input */
  upload(input) {
    this.file = input.files?.[0] ?? null;
    input.value = "";
    if (!this.file) return;
    this.answer.found = null;
    this.pad.show([]);
    this.state.set({ strokes: null, sample: null });
    this.reader.ask(false);
  }

  chosen() {
    const value = this.state.get("class");
    return value === "" ? null : Number(value);
  }

  leftOut() {
    return this.state.get("leftout").split(",").filter(Boolean);
  }

  toGlass() {
    const sample = this.state.get("sample") || this.answer.found?.sample;
    this.context.go("glass", { sample });
  }

  /**
   * Hide what there is nothing to say in.
   * @returns {boolean} whether there is nothing at all
   */
  hide() {
    const sample = this.state.get("sample");
    const isEmpty = !sample && !this.file && !this.pad.strokes.length;
    this.uncover(!isEmpty && Boolean(this.answer.found));
    this.sample.hidden = !sample && !this.file;
    return isEmpty;
  }

  /** @param {boolean} isKnown whether there is an answer to show, and not only a question */
  uncover(isKnown) {
    this.rest.hidden = !isKnown;
    this.way.hidden = !isKnown || Boolean(this.state.get("sample"));
  }

  /** @param {boolean} isNew */
  async read(isNew) {
    const { api } = this.context;
    const began = performance.now();
    const [sample, step, model] = [this.state.get("sample"), this.network.step(), this.by.model];
    const leftOut = this.leftOut();
    if (this.hide()) return;
    if (isNew || !this.hasWeights) {
      this.answer.units.take(await api.get("/api/draw/weights", { step, model }));
      this.hasWeights = true;
    }
    let found;
    if (this.file) found = await api.post(`/api/draw/upload?${new URLSearchParams({ leftOut: leftOut.join(), step: String(step ?? ""), model })}`, this.file);
    else if (sample) found = await api.get("/api/draw/sample", { sample, step, model });
    else found = await api.post("/api/draw/read", { strokes: this.pad.strokes, leftOut, step, model });
    this.uncover(true);
    this.steps.show(found.steps, this.leftOut());
    this.rest.classList.toggle("stale", !found.image);
    this.answer.show({ ...found, model }, this.chosen());
    if (!this.sample.hidden && found.image) this.sample.replaceChildren(inkImage(decode(found.image), "The picture"));
    if (sample.startsWith("test:")) this.index.value = sample.slice(5);
    const took = performance.now() - began;
    this.time.textContent = `answered in ${took.toFixed(0)} ms`;
    this.time.dataset.milliseconds = took.toFixed(1);
    const { length } = found.classes;
    if ((this.chosen() ?? 0) >= length) throw new Problem(400, `class must be 0 to ${length - 1}, not ${this.chosen()}`);
  }
}

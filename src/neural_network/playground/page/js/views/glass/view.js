/** Under glass: one training step, line by line, with its mathematics, its source, and its values. */

import { Problem } from "../../api.js";
import { element } from "../../elements.js";
import { Latest } from "../../latest.js";
import { percent, short } from "../../numbers.js";
import { NetworkLine } from "../../widgets/network.js";
import { Chooser } from "./chooser.js";
import { Lights } from "./lights.js";
import { Lines, mathematics } from "./lines.js";
import { source } from "./source.js";
import { Step } from "./step.js";
import { sum } from "./sum.js";
import { ValuesOfLine } from "./values.js";
import { SENTENCES } from "./words.js";

/**
 * @param {HTMLElement} root
 * @param {import("../../main.js").Context} context
 * @returns {import("../../main.js").View}
 */
export function mount(root, context) {
  const view = new GlassView(root, context);
  return { update: (_, changed) => view.update(changed), unmount: () => view.close() };
}

class GlassView {
  /**
   * @param {HTMLElement} root
   * @param {import("../../main.js").Context} context
   */
  constructor(root, context) {
    this.context = context;
    this.state = context.state;
    this.network = new NetworkLine(context, () => this.loader.ask(null));
    this.chooser = new Chooser(this.state);
    this.lights = new Lights();
    this.lines = new Lines((index) => this.state.set({ line: index || null, cell: null }));
    this.values = new ValuesOfLine(this.lights, (cell) => this.state.set({ cell: cell.join() }));
    this.loader = new Latest(() => this.load(), context.report, root);
    this.shower = new Latest(() => this.show(), context.report);
    this.summer = new Latest(() => this.showSum(), context.report);
    this.about = element("p", { role: "status" });
    this.live = element("output", { class: "live" });
    this.head = element("div", { class: "line" });
    this.sum = element("div");
    /** @type {Step | null} */
    this.step = null;
    const previous = element("button", { type: "button", onclick: () => this.move(-1) }, "← Back");
    const next = element("button", { type: "button", class: "main", onclick: () => this.move(1) }, "Next line →");
    const keys = element("span", { class: "small quiet keys" }, "Keys: ← → for the lines; in a matrix, arrows, + and −, Enter");
    root.append(element("h2", {}, "One training step under glass"), this.network.element,
      element("div", { class: "row" }, this.chooser.element, this.about),
      element("div", { class: "desk" }, this.lines.element,
        element("div", { class: "detail" }, element("div", { class: "row walk" }, previous, next, keys, this.live), this.head, this.values.element, this.sum)));
    this.lights.watch(root);
    this.lights.listeners.add((light) => void this.say(light));
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.chooser.write();
  }

  close() {
    document.removeEventListener("keydown", this.onKey);
    this.network.close();
  }

  /** @param {string[]} changed */
  update(changed) {
    this.network.write();
    this.chooser.write();
    if (changed.some((name) => ["sample", "step", "label"].includes(name))) this.loader.ask(null);
    else if (changed.includes("line")) this.shower.ask(null);
    else if (changed.includes("cell")) this.summer.ask(null);
  }

  index() {
    const wanted = Number(this.state.get("line", "0"));
    return Number.isInteger(wanted) && wanted >= 0 && wanted < (this.step?.rows.length ?? 0) ? wanted : 0;
  }

  /** @param {number} by */
  move(by) {
    const index = this.index() + by;
    if (index >= 0 && index < (this.step?.rows.length ?? 0)) this.state.set({ line: index || null, cell: null });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (/** @type {Element} */ (event.target).closest?.("input, select, textarea, canvas") || event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.move(by);
  }

  async load() {
    const params = { sample: this.state.get("sample", "test:0"), step: this.network.step(), label: this.state.get("label") || undefined };
    this.step = await Step.load(this.context.api, params);
    const { names, labels, predicted, classes, loss, lossAfter, optimizer, learningRate, note } = this.step.about;
    const each = names.slice(0, 3).map((name, place) => `${name}: ${classes[labels[place]]}, read as ${classes[predicted[place]]}`);
    const better = lossAfter < loss ? percent(1 - lossAfter / loss) + " less" : lossAfter > loss ? "more" : "the same";
    this.about.textContent = `${note && `${note} `}${each.join("; ")}${names.length > 3 ? "; …" : ""}. Loss ${short(loss, 3)}, after the step with ${optimizer} (α = ${short(learningRate, 3)}) ${short(lossAfter, 3)}: ${better}.`;
    if (params.sample !== "toy") this.chooser.call(this.step.about.shape ? "image" : "point");
    this.lines.show(this.step.rows);
    await this.show();
  }

  async show() {
    if (!this.step) return;
    const row = this.step.rows[this.index()];
    this.lines.mark(row.index);
    this.head.replaceChildren(
      element("h3", { class: "mathematics" }, row.number ? `(${row.number}) ` : "", mathematics(row)),
      ...(row.number && SENTENCES[row.number] && !row.original ? [element("p", {}, SENTENCES[row.number])] : []),
      source(this.step, row),
      ...row.operands.filter((operand) => operand.source).map((operand) => element("details", {},
        element("summary", {}, `${operand.written} is `, element("span", { class: "place" }, operand.place)), element("pre", {}, element("code", {}, operand.source)))));
    this.sum.replaceChildren(element("p", { class: "quiet" }, `Press a cell of ${row.name} to see the sum behind it.`));
    await this.values.show(this.step, row);
    await this.showSum();
    const [line, { length }] = [this.state.get("line", "0"), this.step.rows];
    if (Number(line) >= length) throw new Problem(400, `line must be 0 to ${length - 1}, not ${line}`);
  }

  async showSum() {
    const cell = this.state.get("cell").split(",").map(Number);
    if (!this.step || !/^\d+(,\d+)*$/.test(this.state.get("cell"))) return;
    this.sum.replaceChildren(sum(await this.step.sum(this.index(), cell)));
    const result = this.values.matrices[0].matrix;
    result.picked = [cell[0], cell[1] ?? 0];
    result.redraw();
  }

  /** @param {import("./lights.js").Light | null} light */
  async say(light) {
    const words = light && this.step ? await this.step.say(light.name, this.step.rows[this.index()]) : "";
    if (this.lights.light === light) this.live.textContent = words;
  }
}

/** The steps from a drawing to the network's input: a picture after each, and a switch to leave it out. */

import { decode } from "../../arrays.js";
import { element } from "../../elements.js";
import { Picture } from "../../widgets/image.js";

/** @typedef {{name: string, sentence: string, done: boolean, picture: import("../../arrays.js").Encoded | import("../../arrays.js").NumberArray | null}} Step */

export class Steps {
  /** @param {(leftOut: string[]) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.element = element("ol", { class: "steps" });
    /** @type {Map<string, {item: HTMLLIElement, picture: Picture, box: HTMLInputElement}>} */
    this.items = new Map();
  }

  /**
   * @param {Step[]} steps
   * @param {string[]} leftOut as the address says now, which may have changed since the steps were asked for
   */
  show(steps, leftOut) {
    if (steps.map(({ name }) => name).join() !== [...this.items.keys()].join()) this.build(steps);
    for (const { name, picture } of steps) {
      const shown = /** @type {{item: HTMLLIElement, picture: Picture, box: HTMLInputElement}} */ (this.items.get(name));
      shown.box.checked = !leftOut.includes(name);
      shown.item.classList.toggle("skipped", !picture);
      if (picture) shown.picture.showInk(decode(picture));
    }
  }

  /** @param {Step[]} steps */
  build(steps) {
    this.items.clear();
    for (const { name, sentence } of steps) {
      const picture = new Picture("");
      const box = element("input", { type: "checkbox", onchange: () => this.onChange(this.leftOut()) });
      const item = element("li", {}, picture.canvas, element("label", {}, box, ` ${name.replace("_", " ")}`), element("p", { class: "small quiet" }, sentence));
      this.items.set(name, { item, picture, box });
    }
    this.element.replaceChildren(...[...this.items.values()].map(({ item }) => item));
  }

  leftOut() {
    return [...this.items].filter(([, { box }]) => !box.checked).map(([name]) => name);
  }
}

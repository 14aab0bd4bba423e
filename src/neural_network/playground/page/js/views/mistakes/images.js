/** The images of a cell of the confusion matrix, or all mistakes: press one to see what the network would have needed. */

import { decode, part } from "../../arrays.js";
import { element } from "../../elements.js";
import { counted, percent } from "../../numbers.js";
import { inkImage } from "../../widgets/image.js";

export class Images {
  /**
   * @param {(index: number) => void} onChoose
   * @param {() => void} onMore
   */
  constructor(onChoose, onMore) {
    this.onChoose = onChoose;
    this.title = element("h3");
    this.list = element("ul", { class: "gallery" });
    this.more = element("button", { type: "button", onclick: onMore }, "Show more");
    this.element = element("section", {}, this.title, this.list, this.more);
    /** @type {Map<number, HTMLButtonElement>} */
    this.buttons = new Map();
  }

  /**
   * @param {any} found what the server knows of the images
   * @param {boolean} isMore whether they come after those that are shown
   * @param {string} what "mistakes", or the name of the cell
   */
  show(found, isMore, what) {
    if (!isMore) {
      this.list.replaceChildren();
      this.buttons.clear();
    }
    const { classes } = found;
    const images = found.images && decode(found.images);
    found.indices.forEach((/** @type {number} */ index, /** @type {number} */ place) => {
      const [label, read] = [classes[found.labels[place]], classes[found.predicted[place]]];
      const words = `${label === read ? label : `${label} read as ${read}`}, ${percent(found.confidence[place]).replace(" ", "\u00a0")}`;
      const button = element("button", { type: "button", onclick: () => this.onChoose(index) },
        images ? inkImage(part(images, place), "") : element("b", {}, `Point ${index}: `), element("span", { class: "small" }, words));
      this.buttons.set(index, button);
      this.list.append(element("li", {}, button));
    });
    const order = found.labels[0] === found.predicted[0] ? "the least confident first" : "the most confident first";
    this.title.textContent = found.count ? `${counted(found.count)} ${what}, ${order}` : `No ${what}`;
    this.more.hidden = this.buttons.size >= found.count;
  }

  /** @param {number | null} index */
  mark(index) {
    for (const [own, button] of this.buttons) button.setAttribute("aria-pressed", String(own === index));
  }
}

/** How unlike the training data the input is: a meter, a sentence, and the most similar training images. */

import { decode, part } from "../../arrays.js";
import { element } from "../../elements.js";
import { percent } from "../../numbers.js";
import { inkImage } from "../../widgets/image.js";

/** @typedef {{share: number, labels: number[], images: import("../../arrays.js").Encoded}} Likeness */

export class LikenessMeter {
  constructor() {
    this.meter = element("meter", { min: 0, max: 1, low: 0.9, high: 0.99, optimum: 0, "aria-label": "How unlike the training data it is" });
    this.words = element("p", { class: "small" });
    this.nearest = element("div", { class: "row nearest" });
    this.element = element("section", { class: "likeness" }, element("h3", {}, "How unlike the training data"), this.meter, this.words, this.nearest);
  }

  /**
   * @param {Likeness} likeness
   * @param {string[]} classes
   */
  show({ share, labels, images }, classes) {
    this.meter.value = share;
    const verdict = share < 0.9 ? "As usual" : share < 0.99 ? "Unusual" : "Unlike anything it has learned from";
    this.words.textContent = `${verdict}: farther from the training images than ${percent(share)} of images that training never saw. The nearest:`;
    const array = decode(images);
    this.nearest.replaceChildren(...labels.map((label, index) => inkImage(part(array, index), `a training image of class ${classes[label]}`)));
  }
}

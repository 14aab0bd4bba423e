/** How unlike the data chosen in Train the input is: a meter, a sentence, and the most similar training images. */

import { decode, part } from "../../arrays.js";
import { element } from "../../elements.js";
import { percent } from "../../numbers.js";
import { inkImage } from "../../widgets/image.js";

/** @typedef {{data: string, share: number, labels: number[], images: import("../../arrays.js").Encoded}} Likeness */

export class LikenessMeter {
  constructor() {
    this.title = element("h3", { id: "likeness" });
    this.meter = element("meter", { min: 0, max: 1, low: 0.9, high: 0.99, optimum: 0, "aria-labelledby": "likeness" });
    this.words = element("p", { class: "small" });
    this.nearest = element("div", { class: "row nearest" });
    this.element = element("section", { class: "likeness" }, this.title, this.meter, this.words, this.nearest);
  }

  /**
   * @param {Likeness} likeness
   * @param {string[]} classes
   * @param {string} model the shipped model that reads, empty for the network that is trained here
   */
  show({ data, share, labels, images }, classes, model) {
    this.meter.value = share;
    this.title.textContent = `How unlike ${model ? `the images of ${data}` : "the training data"}`;
    const verdict = share < 0.9 ? "As usual" : share < 0.99 ? "Unusual" : "Very unusual";
    const about = model && `${model} comes without its training data, so this compares with ${data}, the data chosen in Train. `;
    this.words.textContent = `${about}${verdict}: farther from the training images than ${percent(share)} of the validation images. The nearest:`;
    const array = decode(images);
    this.nearest.replaceChildren(...labels.map((label, index) => inkImage(part(array, index), `a training image of class ${classes[label]}`)));
  }
}

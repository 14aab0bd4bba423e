/** The hidden units that decide most about a class: their weights as a picture, their activation, and what they add. */

import { decode, largest, part } from "../arrays.js";
import { element } from "../elements.js";
import { short } from "../numbers.js";
import { Picture } from "./image.js";

const SHOWN = 12;

/** @typedef {{units?: number[], images: import("../arrays.js").Encoded}} Weights of these units, by default all */
/** @typedef {{units?: number[], A1: ArrayLike<number>, votes: import("../arrays.js").Values}} Activity of each unit: its vote */

class Unit {
  constructor() {
    this.picture = new Picture("");
    this.name = element("span", { class: "name" });
    this.activation = element("span", { class: "number" });
    this.vote = element("span", { class: "number" });
    this.fill = element("span", { class: "fill" });
    this.element = element("li", {}, this.picture.canvas, this.name, this.activation,
      element("span", { class: "signed" }, this.fill), this.vote);
  }
}

export class Units {
  constructor() {
    this.caption = element("p", { class: "small quiet" });
    this.rows = Array.from({ length: SHOWN }, () => new Unit());
    this.list = element("ol", { class: "unit-list" }, this.rows.map((row) => row.element));
    this.element = element("div", {}, this.caption, this.list);
    /** @type {Map<number, import("../arrays.js").NumberArray>} */
    this.images = new Map();
    this.full = 1;
  }

  /** @param {Weights} weights */
  take({ units, images }) {
    const array = decode(images);
    this.full = largest(array.values);
    this.images = new Map(Array.from({ length: array.shape[0] }, (_, index) => [units?.[index] ?? index, part(array, index)]));
  }

  /**
   * @param {Activity} activity
   * @param {string} words what the units are and what they add
   */
  show({ units, A1, votes }, words) {
    const voting = [...votes.keys()].filter((index) => votes[index] !== 0);
    const order = voting.sort((a, b) => Math.abs(votes[b]) - Math.abs(votes[a])).slice(0, SHOWN);
    const full = largest(votes) || 1;
    this.caption.textContent = words;
    this.rows.forEach((row, place) => {
      const index = order[place];
      row.element.hidden = index === undefined;
      if (index === undefined) return;
      const unit = units?.[index] ?? index, image = this.images.get(unit);
      if (image && row.picture.array !== image) row.picture.showSigned(image, this.full);
      row.name.textContent = `unit ${unit}`;
      row.activation.textContent = short(A1[index], 3);
      row.vote.textContent = short(votes[index], 3);
      const share = votes[index] / full;
      row.fill.style.width = `${50 * Math.abs(share)}%`;
      row.fill.classList.toggle("below", share < 0);
    });
  }
}

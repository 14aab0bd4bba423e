/** What the network of a step looks like: its weights as images, or the regions of its decisions on toy data. */

import { decode, largest, part } from "../../arrays.js";
import { element } from "../../elements.js";
import { percent, short } from "../../numbers.js";
import { Picture } from "../../widgets/image.js";

const WHITE = [255, 255, 255];
const CLASSES = [[0, 114, 178], [213, 94, 0], [0, 158, 115]]; // those of the figures

/** @param {Uint8ClampedArray} data @param {number} i @param {number[]} from @param {number[]} to @param {number} share */
function mix(data, i, from, to, share) {
  for (let k = 0; k < 3; k++) data[4 * i + k] = from[k] + share * (to[k] - from[k]);
  data[4 * i + 3] = 255;
}

export class Units {
  constructor() {
    this.list = element("ul", { class: "weights", role: "list" });
    this.note = element("p", { class: "small quiet" });
    this.root = element("figure", { class: "panel" }, element("figcaption", {}, "What each hidden unit looks for"), this.list, this.note);
    /** @type {{picture: Picture, text: HTMLElement}[]} */
    this.units = [];
  }

  /** @param {any} look */
  draw({ images, activations }) {
    const W1 = decode(images.W1), [count] = W1.shape, full = largest(W1.values);
    if (this.units.length !== count) this.build(count);
    this.units.forEach(({ picture, text }, unit) => {
      picture.showSigned(part(W1, unit), full);
      text.textContent = activations.dead.includes(unit) ? `${unit}: dead` : `${unit}: ${percent(activations.active[unit])}`;
    });
    this.note.textContent = `Red pixels speak for the unit, blue ones against it; the deepest color is ±${short(full, 2)}. ` +
      "The percentage is the share of pictures from which the unit can learn." + (images.units > count ? ` The first ${count} of ${images.units}.` : "");
  }

  /** @param {number} count */
  build(count) {
    this.units = Array.from({ length: count }, (_, unit) =>
      ({ picture: new Picture(`Weights of hidden unit ${unit}`), text: element("span", { class: "small quiet" }) }));
    this.list.replaceChildren(...this.units.map(({ picture, text }) => element("li", {}, picture.canvas, text)));
  }
}

export class Regions {
  constructor() {
    this.canvas = element("canvas", { class: "regions", role: "img", "aria-label": "Decision regions with the training points" });
    this.root = element("figure", { class: "panel" }, element("figcaption", {}, "What the network answers at each point of the plane"), this.canvas,
      element("p", { class: "small quiet" }, "The deeper the color, the more confident. The dots are the training points."));
  }

  /** @param {any} look */
  draw({ regions: { points, limit, probabilities }, samples }) {
    const small = new OffscreenCanvas(points, points);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (small.getContext("2d"));
    const image = context.createImageData(points, points);
    for (let i = 0; i < points * points; i++) {
      const each = probabilities.map((/** @type {number[]} */ row) => row[i]);
      const best = each.indexOf(Math.max(...each));
      const share = (each[best] - 1 / each.length) / (1 - 1 / each.length);
      const place = (points - 1 - Math.floor(i / points)) * points + (i % points); // rows come from the bottom
      mix(image.data, place, WHITE, CLASSES[best % 3], 0.08 + 0.42 * share);
    }
    context.putImageData(image, 0, 0);
    const side = (this.canvas.width = this.canvas.height = 480);
    const large = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    large.drawImage(small, 0, 0, side, side);
    const to = (/** @type {number} */ value) => ((value + limit) / (2 * limit)) * side;
    samples.Y.forEach((/** @type {number} */ label, /** @type {number} */ i) => {
      large.beginPath();
      large.arc(to(samples.X[0][i]), side - to(samples.X[1][i]), 4, 0, 7);
      large.fillStyle = `rgb(${CLASSES[label % 3]})`;
      large.strokeStyle = "white";
      large.fill();
      large.stroke();
    });
  }
}

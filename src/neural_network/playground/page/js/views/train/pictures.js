/** What the network of a step looks like: its weights as images, or the regions of its decisions on toy data. */

import { element } from "../../elements.js";

const BELOW = [0, 114, 178], ABOVE = [213, 94, 0], ZERO = [255, 255, 255];
const CLASSES = [[0, 114, 178], [213, 94, 0], [0, 158, 115]];

/** @param {string} base64 @returns {Int8Array} */
export function toBytes(base64) {
  return Int8Array.from(atob(base64), (letter) => (letter.charCodeAt(0) << 24) >> 24);
}

/**
 * Draw values as pixels: blue below zero, white at zero, red above.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values row by row
 * @param {[number, number]} shape height and width
 * @param {number} most the value of the deepest color
 */
export function drawWeights(canvas, values, [height, width], most) {
  canvas.width = width;
  canvas.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const share = Math.min(1, Math.abs(values[i]) / (most || 1));
    mix(image.data, i, ZERO, values[i] < 0 ? BELOW : ABOVE, share);
  }
  context.putImageData(image, 0, 0);
}

/** @param {Uint8ClampedArray} data @param {number} i @param {number[]} from @param {number[]} to @param {number} share */
function mix(data, i, from, to, share) {
  for (let k = 0; k < 3; k++) data[4 * i + k] = from[k] + share * (to[k] - from[k]);
  data[4 * i + 3] = 255;
}

export class Units {
  constructor() {
    this.list = element("ul", { class: "units", role: "list" });
    this.note = element("p", { class: "small quiet" });
    this.root = element("figure", { class: "panel" }, element("figcaption", {}, "What each hidden unit looks for"), this.list, this.note);
  }

  /** @param {any} look */
  draw(look) {
    const { shape, bytes, scale, units } = look.images;
    const values = toBytes(bytes);
    const size = shape[0] * shape[1], count = values.length / size;
    while (this.list.children.length > count) this.list.lastElementChild?.remove();
    while (this.list.children.length < count) {
      const canvas = element("canvas", { role: "img", "aria-label": `Weights of hidden unit ${this.list.children.length}` });
      this.list.append(element("li", {}, canvas, element("span", { class: "small quiet" })));
    }
    for (let unit = 0; unit < count; unit++) {
      const [canvas, text] = /** @type {any} */ (this.list.children[unit].children);
      const own = values.subarray(unit * size, (unit + 1) * size);
      drawWeights(canvas, own, shape, 127);
      text.textContent = look.activations.dead.includes(unit) ? `${unit}: dead` : `${unit}: ${Math.round(100 * look.activations.active[unit])} %`;
    }
    this.note.textContent = `Red pixels speak for the unit, blue ones against it; the deepest color is ±${scale.toPrecision(2)}. ` +
      "The percentage is the share of pictures from which the unit can learn." + (units > count ? ` The first ${count} of ${units}.` : "");
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
      mix(image.data, place, ZERO, CLASSES[best % 3], 0.08 + 0.42 * share);
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

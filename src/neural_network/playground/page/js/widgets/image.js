/** Small pictures of inputs and weights: one pixel of the canvas for each value, enlarged by CSS with sharp edges. */

import { largest } from "../arrays.js";
import { follow, putInk, putSigned } from "../colors.js";
import { element } from "../elements.js";

/** @typedef {import("../arrays.js").NumberArray} NumberArray */

/** A picture that can show other values later. */
export class Picture {
  /** @param {string} label what it shows, for a screen reader; empty where a text beside it says so */
  constructor(label) {
    this.canvas = element("canvas", { class: "pixels", width: 28, height: 28 });
    this.say(label);
    /** @type {NumberArray | null} */
    this.array = null;
    this.full = 1;
    this.signed = false;
    follow(this, this.canvas);
  }

  /** @param {string} label */
  say(label) {
    if (label) {
      this.canvas.setAttribute("role", "img");
      this.canvas.setAttribute("aria-label", label);
    } else this.canvas.setAttribute("aria-hidden", "true");
  }

  /**
   * Show pixels (height, width): bytes, or floats from 0 to 1.
   * @param {NumberArray} array
   */
  showInk(array) {
    this.show(array, array.values instanceof Uint8Array ? 255 : 1, false);
  }

  /**
   * Show values with a sign.
   * @param {NumberArray} array (height, width)
   * @param {number} [full] the value that has the strongest color; by default the largest
   */
  showSigned(array, full = largest(array.values)) {
    this.show(array, full || 1, true);
  }

  /**
   * @param {NumberArray} array
   * @param {number} full
   * @param {boolean} signed
   */
  show(array, full, signed) {
    [this.array, this.full, this.signed] = [array, full, signed];
    this.redraw();
  }

  redraw() {
    if (!this.array) return;
    const [height, width] = this.array.shape;
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const pixels = context.createImageData(width, height);
    const put = this.signed ? putSigned : putInk;
    for (let at = 0; at < width * height; at++) put(pixels.data, 4 * at, this.array.values[at] / this.full);
    context.putImageData(pixels, 0, 0);
  }
}

/**
 * @param {NumberArray} array
 * @param {string} label
 * @returns {HTMLCanvasElement} a picture of ink
 */
export function inkImage(array, label) {
  const picture = new Picture(label);
  picture.showInk(array);
  return picture.canvas;
}

/**
 * @param {NumberArray} array
 * @param {string} label
 * @param {number} [full] the value that has the strongest color; by default the largest
 * @returns {HTMLCanvasElement} a picture of values with a sign
 */
export function signedImage(array, label, full) {
  const picture = new Picture(label);
  picture.showSigned(array, full);
  return picture.canvas;
}

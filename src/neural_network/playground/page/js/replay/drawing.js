/**
 * From strokes to 28×28 pixels in the page, by the steps of the server that change a drawing: those of data/strokes.py
 * and data/mnist_form.py, and of data/find_ink.py what it does to clean paper. It is here because a page without a
 * server has no Python. Pictures have floats from 0 to 1.
 */

import { bounds, enlarge, resample, rint, scaleInto, strokeWidth, widen } from "./picture.js";

/** @typedef {[number, number][][]} Strokes */
/** @typedef {import("./picture.js").Picture} Picture */

const SIDE = 28, BOX = 20; // of MNIST's pictures, and of the box that a digit fills
const STROKE = 2.4; // pixels of MNIST's strokes
const CANVAS = 128, PEN = 9; // of the picture of the strokes
const WORKING_SIZE = 4 * BOX; // of the longer side of a digit, at which its strokes are measured
const FAINT = 0.2; // the least ink that counts

const SENTENCES = {
  fit: "Scale the digit into a box of 20 × 20 pixels, with strokes as wide as MNIST's.",
  center: "Move the digit so that its center of mass is in the middle.",
};

/**
 * @param {Strokes} strokes points from 0 to 1
 * @param {string[]} leftOut names of steps
 */
export function fitDrawing(strokes, leftOut) {
  const has = (/** @type {string} */ name) => !leftOut.includes(name);
  const fitted = has("fit") ? fit(rasterize(strokes, around(strokes))) : resample(rasterize(strokes, [0, 0, CANVAS]), SIDE, SIDE);
  const centered = has("center") ? center(fitted) : fitted;
  const step = (/** @type {"fit" | "center"} */ name, /** @type {Picture} */ picture) => ({ name, sentence: SENTENCES[name], done: has(name), picture: toBytes(picture) });
  return { image: toBytes(centered), steps: [step("fit", fitted), step("center", centered)] };
}

/**
 * @param {Strokes} strokes
 * @returns {[number, number, number]} the corner of the square around the ink, and the pixels in a unit of the points
 */
function around(strokes) {
  const [low, high] = [Math.min, Math.max].map((extreme) => [0, 1].map((axis) => strokes.flat().reduce((found, point) => extreme(found, point[axis]), strokes[0][0][axis])));
  const scale = (CANVAS - PEN) / Math.max(high[0] - low[0], high[1] - low[1], 1e-9);
  return [(low[0] + high[0]) / 2 - CANVAS / 2 / scale, (low[1] + high[1]) / 2 - CANVAS / 2 / scale, scale];
}

/**
 * @param {Strokes} strokes
 * @param {[number, number, number]} place that the picture shows
 * @returns {Picture} full ink within the radius of the pen, none beyond it, and one pixel in between
 */
function rasterize(strokes, [left, top, scale]) {
  const values = new Float64Array(CANVAS * CANVAS), radius = PEN / 2;
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]) => [(x - left) * scale, (y - top) * scale]);
    points.forEach(([startX, startY], index) => {
      const [endX, endY] = points[Math.min(index + 1, points.length - 1)]; // every stroke ends in a dot
      const [alongX, alongY] = [endX - startX, endY - startY], squared = Math.max(alongX ** 2 + alongY ** 2, 1e-12);
      const [lowX, highX, lowY, highY] = [[startX, endX], [startY, endY]].flatMap((ends) => [
        Math.max(0, Math.floor(Math.min(...ends) - radius - 1)), Math.min(CANVAS, Math.ceil(Math.max(...ends) + radius + 1))]);
      for (let y = lowY; y < highY; y++) {
        for (let x = lowX; x < highX; x++) {
          const [toX, toY] = [x + 0.5 - startX, y + 0.5 - startY];
          const nearest = Math.max(0, Math.min(1, (toX * alongX + toY * alongY) / squared));
          const ink = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(toX - nearest * alongX, toY - nearest * alongY)));
          if (ink > values[y * CANVAS + x]) values[y * CANVAS + x] = ink;
        }
      }
    });
  }
  return { height: CANVAS, width: CANVAS, values: values.map((ink) => rint(255 * ink) / 255) };
}

/** @param {Picture} drawn @returns {Picture} the ink in its box, with strokes as wide as MNIST's */
function fit(drawn) {
  const ink = equalize(crop({ ...drawn, values: drawn.values.map(sharpen) }));
  return scaleInto(cutOut(ink), BOX, SIDE);
}

/** @param {number} ink @returns {number} as the step "threshold" and, where it is faint, "despeckle" leave it */
function sharpen(ink) {
  const sharp = Math.max(0, Math.min(1, 2 * ink - 0.5));
  return sharp > FAINT ? sharp : 0;
}

/** @param {Picture} picture */
function crop(picture) {
  const ink = cutOut(picture), scale = WORKING_SIZE / Math.max(ink.height, ink.width);
  const large = resample(ink, Math.max(1, rint(scale * ink.height)), Math.max(1, rint(scale * ink.width)));
  const most = large.values.reduce((a, b) => Math.max(a, b), 0);
  const full = [...large.values].filter((value) => value > 0.5 * most).sort((a, b) => a - b);
  const level = (full[(full.length - 1) >> 1] + full[full.length >> 1]) / 2; // the median
  return { ...large, values: large.values.map((value) => Math.max(0, Math.min(1, 0.5 + (value / level - 0.5) * Math.max(1, scale)))) };
}

/** @param {Picture} picture */
function equalize(picture) {
  const { height, width } = cutOut(picture), own = strokeWidth(picture);
  const change = (STROKE * Math.max(height, width) / BOX - own) / 2;
  if (change >= 0) return widen(enlarge(picture, Math.floor(change) + 2), change);
  const paper = (/** @type {Picture} */ { values, ...shape }) => ({ ...shape, values: values.map((value) => 1 - value) });
  return paper(widen(paper(enlarge(picture, 1)), Math.min(-change, own / 3)));
}

/** @param {Picture} picture @returns {Picture} the smallest part that holds all of the ink */
function cutOut({ height, width, values }) {
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const [top, bottom, left, right] = bounds({ height, width, values }, 0.5 * most);
  const found = new Float64Array((bottom - top) * (right - left));
  for (let y = top; y < bottom; y++) found.set(values.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  return { height: bottom - top, width: right - left, values: found };
}

/** @param {Picture} picture @returns {Picture} moved by whole pixels, so that its center of mass is in the middle */
function center({ height, width, values }) {
  let [total, x, y] = [0, 0, 0];
  values.forEach((ink, pixel) => {
    total += ink;
    x += ink * (pixel % width);
    y += ink * Math.floor(pixel / width);
  });
  const [right, down] = total ? [rint(width / 2 - x / total), rint(height / 2 - y / total)] : [0, 0];
  const moved = new Float64Array(values.length);
  values.forEach((ink, pixel) => {
    const [toX, toY] = [(pixel % width) + right, Math.floor(pixel / width) + down];
    if (toX >= 0 && toX < width && toY >= 0 && toY < height) moved[toY * width + toX] = ink;
  });
  return { height, width, values: moved };
}

/** @param {Picture} picture @returns {import("../arrays.js").NumberArray} */
function toBytes({ height, width, values }) {
  return { shape: [height, width], values: Uint8Array.from(values, (value) => rint(255 * value)) };
}

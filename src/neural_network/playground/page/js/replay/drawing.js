/** From strokes to 28×28 pixels in the page: a shorter way than the server's, for ink on clean paper only. */

/** @typedef {[number, number][][]} Strokes */
/** @typedef {import("../arrays.js").NumberArray} NumberArray */

const SIDE = 28, BOX = 20; // of MNIST's pictures, and of the box that a digit fills
const PEN = 2.4; // pixels of MNIST's strokes
const CANVAS = 64, CANVAS_PEN = (9 / 128) * 64; // of the picture of the drawing

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
  const drawn = rasterize(strokes, CANVAS, CANVAS_PEN, (value) => value * CANVAS, (value) => value * CANVAS);
  const fitted = has("fit") ? fit(strokes) : rasterize(strokes, SIDE, (CANVAS_PEN / CANVAS) * SIDE, (value) => value * SIDE, (value) => value * SIDE);
  const image = has("center") ? center(fitted) : fitted;
  const step = (/** @type {"fit" | "center"} */ name, /** @type {NumberArray} */ picture) => ({ name, sentence: SENTENCES[name], done: has(name), picture });
  return { drawn, image, steps: [step("fit", fitted), step("center", image)] };
}

/** @param {Strokes} strokes */
function fit(strokes) {
  const points = strokes.flat();
  const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])));
  const [right, bottom] = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis])));
  const scale = (BOX - PEN) / Math.max(right - left, bottom - top, 1e-9);
  return rasterize(strokes, SIDE, PEN, (x) => SIDE / 2 + (x - (left + right) / 2) * scale, (y) => SIDE / 2 + (y - (top + bottom) / 2) * scale);
}

/**
 * @param {Strokes} strokes
 * @param {number} side
 * @param {number} pen
 * @param {(x: number) => number} toX
 * @param {(y: number) => number} toY
 * @returns {NumberArray} bytes of ink
 */
function rasterize(strokes, side, pen, toX, toY) {
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(side, side).getContext("2d"));
  context.lineWidth = pen;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) {
    context.beginPath();
    for (const [x, y] of [...stroke, stroke[stroke.length - 1]]) context.lineTo(toX(x), toY(y));
    context.stroke();
  }
  const { data } = context.getImageData(0, 0, side, side);
  return { shape: [side, side], values: Uint8Array.from({ length: side * side }, (_, pixel) => data[4 * pixel + 3]) };
}

/** @param {NumberArray} picture */
function center({ shape, values }) {
  const [height, width] = shape;
  let [total, x, y] = [0, 0, 0];
  values.forEach((ink, pixel) => {
    total += ink;
    x += ink * (pixel % width);
    y += ink * Math.floor(pixel / width);
  });
  const [right, down] = total ? [Math.round(width / 2 - x / total), Math.round(height / 2 - y / total)] : [0, 0];
  const moved = new Uint8Array(values.length);
  values.forEach((ink, pixel) => {
    const [toX, toY] = [(pixel % width) + right, Math.floor(pixel / width) + down];
    if (toX >= 0 && toX < width && toY >= 0 && toY < height) moved[toY * width + toX] = ink;
  });
  return { shape, values: moved };
}

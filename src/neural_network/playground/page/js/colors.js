/** The colors of values: ink on paper for pixels, and blue below zero, red above it, for all that has a sign. */

/** @typedef {[number, number, number]} Color */

const dark = matchMedia("(prefers-color-scheme: dark)");

/** The ends and the middle of the diverging scale; the figures of the project have the same in the light. */
const SCALES = {
  light: { below: ["#053061", "#2b73b3", "#a7d0e4"], zero: "#f7f7f7", above: ["#f7b799", "#c94741", "#67001f"], paper: "#ffffff", ink: "#1a1a1a" },
  dark: { below: ["#9fd4ff", "#4a9fe0", "#23527c"], zero: "#1d2024", above: ["#7c3428", "#e0623f", "#ffb79b"], paper: "#0d0f11", ink: "#f2f2ee" },
};

const STEPS = 128; // on each side of zero

/** @type {{diverging: Uint8Array, ink: Uint8Array} | null} */
let tables = null;
/** @type {Set<WeakRef<{redraw(): void}>>} */
const drawn = new Set();

dark.addEventListener("change", () => {
  tables = null;
  for (const each of drawn) {
    const picture = each.deref();
    if (picture) picture.redraw();
    else drawn.delete(each);
  }
});

/** @type {WeakMap<object, object>} */
const kept = new WeakMap();

/**
 * Have a picture drawn again when the color scheme changes, for as long as something keeps it, or its `owner`.
 * @param {{redraw(): void}} picture
 * @param {object} [owner]
 */
export function follow(picture, owner) {
  if (owner) kept.set(owner, picture);
  drawn.add(new WeakRef(picture));
}

/**
 * Write the color of a value with a sign into the bytes of an image.
 * @param {Uint8ClampedArray} bytes
 * @param {number} at
 * @param {number} share of the largest value, −1 to 1
 */
export function putSigned(bytes, at, share) {
  const place = Math.round(STEPS * (1 + Math.max(-1, Math.min(1, share || 0))));
  bytes.set(ready().diverging.subarray(4 * place, 4 * place + 4), at);
}

/**
 * Write the color of an amount of ink.
 * @param {Uint8ClampedArray} bytes
 * @param {number} at
 * @param {number} amount 0 to 1
 */
export function putInk(bytes, at, amount) {
  const place = Math.round(255 * Math.max(0, Math.min(1, amount || 0)));
  bytes.set(ready().ink.subarray(4 * place, 4 * place + 4), at);
}

/**
 * @param {Uint8ClampedArray} bytes
 * @param {number} at
 * @returns {string} black or white, whichever can be read on the color there
 */
export function lettersOn(bytes, at) {
  return 2 * bytes[at] + 3 * bytes[at + 1] + bytes[at + 2] > 760 ? "#000000" : "#ffffff";
}

function ready() {
  if (!tables) {
    const scale = dark.matches ? SCALES.dark : SCALES.light;
    tables = {
      diverging: table([...scale.below, scale.zero, ...scale.above], 2 * STEPS + 1),
      ink: table([scale.paper, scale.ink], 256),
    };
  }
  return tables;
}

/**
 * @param {string[]} stops colors at equal distances
 * @param {number} count
 */
function table(stops, count) {
  const colors = stops.map(parse);
  const found = new Uint8Array(4 * count).fill(255);
  for (let place = 0; place < count; place++) {
    const along = (place / (count - 1)) * (colors.length - 1);
    const first = Math.min(Math.floor(along), colors.length - 2);
    for (let band = 0; band < 3; band++) {
      found[4 * place + band] = colors[first][band] + (along - first) * (colors[first + 1][band] - colors[first][band]);
    }
  }
  return found;
}

/**
 * @param {string} hex
 * @returns {Color}
 */
function parse(hex) {
  const number = parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** Strokes as the address has them: two letters for each coordinate, a dot between strokes. */

/** @typedef {[number, number]} Point x and y from 0 to 1, y downwards */
/** @typedef {Point[]} Stroke */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const MOST = 4095; // the largest number that two letters write
const NEAR = 0.002; // points closer than this to the one before are left out

/**
 * @param {number} value
 * @returns {number} the nearest value that the address can write, so that a link shows the very same drawing
 */
function rounded(value) {
  return Math.round(Math.max(0, Math.min(1, value)) * MOST) / MOST;
}

/**
 * @param {Stroke} stroke
 * @param {Point} point added to the stroke, unless it is too near to the last one
 * @returns {boolean} whether it was added
 */
export function extend(stroke, [x, y]) {
  const last = stroke.at(-1);
  if (last && Math.hypot(x - last[0], y - last[1]) < NEAR) return false;
  stroke.push([rounded(x), rounded(y)]);
  return true;
}

/** @param {Stroke[]} strokes */
export function write(strokes) {
  const letters = (/** @type {number} */ value) => {
    const number = Math.round(value * MOST);
    return LETTERS[number >> 6] + LETTERS[number & 63];
  };
  return strokes.map((stroke) => stroke.map(([x, y]) => letters(x) + letters(y)).join("")).join(".");
}

/**
 * @param {string} text
 * @returns {Stroke[]} none where the text is no drawing
 */
export function read(text) {
  if (!/^[\w.-]*$/.test(text)) return []; // address.js says so
  const number = (/** @type {string} */ pair) => (LETTERS.indexOf(pair[0]) * 64 + LETTERS.indexOf(pair[1])) / MOST;
  const strokes = text.split(".").map((stroke) => stroke.match(/.{4}/g) ?? []);
  return strokes.filter((stroke) => stroke.length).map((stroke) =>
    stroke.map((four) => /** @type {Point} */ ([number(four.slice(0, 2)), number(four.slice(2))])));
}

/** Which numbers stand at an axis: round ones, or at a logarithmic one powers of ten; few enough to be read. */

const MOST = 6; // powers at an axis

/** @param {number} low @param {number} high @param {number} count about so many round numbers between the two */
export function ticks(low, high, count) {
  if (!(high > low) || !Number.isFinite(high - low)) return [];
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/**
 * @param {number} low
 * @param {number} high
 * @returns {number[]} powers of ten between the two, equally far apart
 */
export function powers(low, high) {
  const first = Math.ceil(Math.log10(low)), last = Math.floor(Math.log10(high));
  const every = Math.max(1, Math.ceil((last - first) / (MOST - 1)));
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => 10 ** (first + i * every));
}

/**
 * @param {number} value a power of ten
 * @returns {string} as it is written at the axis, such as 0.01 or 1e38
 */
export function power(value) {
  const text = value < 1e-3 || value > 1e4 ? value.toExponential(0).replace("+", "") : String(value);
  return text.replace("-", "−");
}

/** Numbers as the page writes them: short, with a real minus sign. */

/**
 * @param {number | null} value null stands for NaN or infinite
 * @param {number} [digits] that count
 */
export function short(value, digits = 4) {
  if (value === null || !Number.isFinite(value)) return "NaN";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-4 ? value.toExponential(digits - 2) : plain(value, size, digits);
  return text.replace(/-/g, "−");
}

/**
 * @param {number} value
 * @param {number} digits that count, all of which are written
 */
export function exact(value, digits) {
  return value.toPrecision(digits).replace(/-/g, "−");
}

/**
 * @param {number} value
 * @param {number} size
 * @param {number} digits
 */
function plain(value, size, digits) {
  const few = Number(value.toPrecision(4));
  if (Number.isInteger(value)) return String(value);
  if (digits > 3 && Math.abs(few - value) < 1e-9 * size) return String(few); // a number that is short is written in full
  const after = digits - 1 - Math.floor(Math.log10(size));
  return value.toFixed(Math.max(0, Math.min(digits + 2, after)));
}

/**
 * @param {number} share 0 to 1
 * @param {number} [digits] after the point
 */
export function percent(share, digits = share > 0.0995 && share < 0.9995 ? 0 : 1) {
  const value = 100 * share;
  if (share > 0 && value < 0.05) return "< 0.1 %";
  return share < 1 && value > 99.95 ? "> 99.9 %" : `${value.toFixed(digits)} %`;
}

/** @param {number} count */
export function counted(count) {
  return count.toLocaleString("en");
}

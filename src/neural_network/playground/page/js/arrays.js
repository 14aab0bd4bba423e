/** Arrays as the server sends them (encoding.py): a shape, and bytes in base64, the last axis first in memory. */

/** @typedef {{shape: number[], dtype: string, data: string}} Encoded */
/** @typedef {Uint8Array | Int8Array | Int32Array | Float32Array | Float64Array} Values */
/** @typedef {{shape: number[], values: Values}} NumberArray */

/** @type {Record<string, new (buffer: ArrayBuffer) => Values>} */
const KINDS = { uint8: Uint8Array, int8: Int8Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };

/**
 * @param {Encoded | NumberArray} encoded one that is an array already stays as it is
 * @returns {NumberArray}
 */
export function decode(encoded) {
  if ("values" in encoded) return encoded;
  const { shape, dtype, data } = encoded;
  return { shape, values: new KINDS[dtype](toBytes(data).buffer) };
}

/**
 * @param {string} base64
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function toBytes(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place++) bytes[place] = text.charCodeAt(place); // Uint8Array.from is ten times slower
  return bytes;
}

/**
 * @param {NumberArray} array
 * @param {number} index
 * @returns {NumberArray} the part with this index on the first axis, without a copy
 */
export function part({ shape, values }, index) {
  const size = shape.slice(1).reduce((product, length) => product * length, 1);
  return { shape: shape.slice(1), values: values.subarray(index * size, (index + 1) * size) };
}

/**
 * @param {NumberArray} array
 * @param {number} index
 * @param {number} other
 * @returns {NumberArray} by how much the part with one index on the first axis is above that with another
 */
export function lead(array, index, other) {
  const [{ shape, values }, { values: less }] = [part(array, index), part(array, other)];
  return { shape, values: Float64Array.from(values, (value, place) => value - less[place]) };
}

/** @param {Values} values */
export function largest(values) {
  let found = 0;
  for (const value of values) if (Math.abs(value) > found && Number.isFinite(value)) found = Math.abs(value);
  return found;
}

/**
 * The forward pass in the page, from saved weights: equations (1) to (4) of network.py for one sample, with ReLU and
 * softmax. It is here because a page without a server has no Python; everywhere else network.py's lines run.
 */

/** @typedef {import("../arrays.js").Values} Values */
/** @typedef {{W1: Values, b1: Values, W2: Values, b2: Values, inputs: number, hidden: number, classes: number}} Weights */

/**
 * @param {Weights} weights
 * @param {Values | number[]} x the sample
 */
export function forward({ W1, b1, W2, b2, inputs, hidden, classes }, x) {
  const Z1 = Float64Array.from({ length: hidden }, (_, i) => dot(W1, i * inputs, x) + b1[i]); // (1)
  const A1 = Z1.map((z) => Math.max(z, 0)); // (2)
  const Z2 = Float64Array.from({ length: classes }, (_, k) => dot(W2, k * hidden, A1) + b2[k]); // (3)
  const most = Math.max(...Z2);
  const powers = Z2.map((z) => Math.exp(z - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return { Z1, A1, Z2, A2: powers.map((power) => power / total) }; // (4)
}

/**
 * @param {Values} matrix
 * @param {number} start of the row
 * @param {ArrayLike<number>} vector
 */
function dot(matrix, start, vector) {
  let sum = 0;
  for (let j = 0; j < vector.length; j++) if (vector[j]) sum += matrix[start + j] * vector[j];
  return sum;
}

/**
 * @param {Weights} weights
 * @param {Float64Array} Z1
 * @returns {Float64Array} (classes, inputs): how each logit grows with each pixel
 */
export function slopes({ W1, W2, inputs, hidden, classes }, Z1) {
  const found = new Float64Array(classes * inputs);
  for (let k = 0; k < classes; k++) {
    for (let i = 0; i < hidden; i++) {
      if (Z1[i] <= 0) continue;
      const weight = W2[k * hidden + i];
      for (let j = 0; j < inputs; j++) found[k * inputs + j] += weight * W1[i * inputs + j];
    }
  }
  return found;
}

/** @param {ArrayLike<number>} values */
export function argmax(values) {
  let best = 0;
  for (let place = 1; place < values.length; place++) if (values[place] > values[best]) best = place;
  return best;
}

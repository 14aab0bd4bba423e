/** Grey pictures of floats: in other sizes as by data/resample.py, measured and widened as by data/mnist_form.py. */

/** @typedef {{height: number, width: number, values: Float64Array}} Picture */

/** @param {number} value @returns {number} the nearest whole number, as NumPy and Python round: the even one of two */
export function rint(value) {
  const low = Math.floor(value), over = value - low;
  return over < 0.5 || (over === 0.5 && low % 2 === 0) ? low : low + 1;
}

/**
 * @param {Picture} picture
 * @param {number} height
 * @param {number} width
 * @returns {Picture} the picture in another size: rows first, then columns
 */
export function resample(picture, height, width) {
  const rows = weights(height, picture.height), columns = weights(width, picture.width);
  const between = new Float64Array(height * picture.width), values = new Float64Array(height * width);
  rows.forEach((row, y) => row.forEach(([from, weight]) => {
    for (let x = 0; x < picture.width; x++) between[y * picture.width + x] += weight * picture.values[from * picture.width + x];
  }));
  columns.forEach((column, x) => column.forEach(([from, weight]) => {
    for (let y = 0; y < height; y++) values[y * width + x] += weight * between[y * picture.width + from];
  }));
  return { height, width, values };
}

/**
 * @param {number} count
 * @param {number} old
 * @returns {[number, number][][]} for each new pixel the old ones in it, and their weights: a tent over the larger of
 *   the two, of sum 1
 */
function weights(count, old) {
  return Array.from({ length: count }, (_, place) => {
    const middle = ((place + 0.5) * old) / count - 0.5, reach = Math.max(1, old / count);
    const tent = Array.from({ length: old }, (_, from) => /** @type {[number, number]} */ ([from, Math.max(0, 1 - Math.abs(middle - from) / reach)])).filter(([, weight]) => weight > 0);
    const sum = tent.reduce((total, [, weight]) => total + weight, 0);
    return tent.map(([from, weight]) => [from, weight / sum]);
  });
}

/**
 * @param {Picture} picture
 * @param {number} box that its longer side fills
 * @param {number} side
 * @returns {Picture} a square with the picture, scaled, in its middle
 */
export function scaleInto(picture, box, side) {
  const scale = box / Math.max(picture.height, picture.width);
  const [height, width] = [picture.height, picture.width].map((size) => Math.min(Math.max(1, rint(scale * size)), side));
  const small = resample(picture, height, width), values = new Float64Array(side * side);
  const [top, left] = [(side - height) >> 1, (side - width) >> 1];
  for (let y = 0; y < height; y++) values.set(small.values.subarray(y * width, (y + 1) * width), (top + y) * side + left);
  return { height: side, width: side, values };
}

/**
 * @param {Picture} picture
 * @param {number} by pixels of black on each side
 * @returns {Picture}
 */
export function enlarge({ height, width, values }, by) {
  const wide = width + 2 * by, found = new Float64Array((height + 2 * by) * wide);
  for (let y = 0; y < height; y++) found.set(values.subarray(y * width, (y + 1) * width), (y + by) * wide + by);
  return { height: height + 2 * by, width: wide, values: found };
}

/**
 * @param {Picture} picture
 * @param {number} least
 * @returns {[number, number, number, number]} top, bottom, left and right of what is brighter
 */
export function bounds({ height, width, values }, least) {
  let [top, bottom, left, right] = [height, 0, width, 0];
  values.forEach((value, pixel) => {
    if (value <= least) return;
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    [top, bottom, left, right] = [Math.min(top, y), Math.max(bottom, y + 1), Math.min(left, x), Math.max(right, x + 1)];
  });
  return [top, bottom, left, right];
}

/** @param {Picture} picture @returns {number} the mean width of its strokes: twice their area by the length of their edges */
export function strokeWidth(picture) {
  const { height, width, values } = enlarge(picture, 1);
  let edges = 0;
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const at = y * width + x;
      edges += Math.hypot(values[at + width] - values[at], values[at + 1] - values[at]);
    }
  }
  return (2 * values.reduce((a, b) => a + b, 0)) / edges;
}

/**
 * @param {Picture} picture
 * @param {number} radius pixels, fractions included, by which all that is bright grows to each side
 * @returns {Picture}
 */
export function widen({ height, width, values }, radius) {
  const reach = Math.ceil(radius), found = values.slice();
  for (let down = -reach; down <= reach; down++) {
    for (let right = -reach; right <= reach; right++) {
      const share = Math.min(1, radius + 1 - Math.hypot(down, right));
      if (share <= 0) continue;
      for (let y = 0; y < height; y++) {
        const from = Math.max(0, Math.min(height - 1, y + down)) * width;
        for (let x = 0; x < width; x++) {
          const moved = share * values[from + Math.max(0, Math.min(width - 1, x + right))];
          if (moved > found[y * width + x]) found[y * width + x] = moved;
        }
      }
    }
  }
  return { height, width, values: found };
}

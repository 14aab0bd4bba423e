/**
 * Where the cells of a matrix stand on the screen: in rows and columns, or, where one of its axes is the pixels of the
 * inputs, as a picture for each row or each column.
 */

/** @typedef {[number, number]} Cell row and column */

/**
 * @typedef {object} Layout
 * @property {number} width cells side by side
 * @property {number} height
 * @property {boolean} isGrid whether it has rows and columns; otherwise it has pictures
 * @property {(row: number, column: number) => [number, number]} place where a cell stands, x and y
 * @property {(x: number, y: number) => Cell | null} cell which cell stands there
 * @property {(lit: {row?: number, column?: number}) => [number, number, number, number] | null} area x, y, width and
 *   height of a row, a column or a cell; null where it is in many places
 */

/**
 * @param {number} rows
 * @param {number} columns
 * @returns {Layout}
 */
export function grid(rows, columns) {
  return {
    width: columns,
    height: rows,
    isGrid: true,
    place: (row, column) => [column, row],
    cell: (x, y) => (x >= 0 && y >= 0 && x < columns && y < rows ? [y, x] : null),
    area: ({ row, column }) => {
      if (row === undefined && column === undefined) return null;
      return [column ?? 0, row ?? 0, column === undefined ? columns : 1, row === undefined ? rows : 1];
    },
  };
}

/**
 * @param {number} count of pictures
 * @param {[number, number]} shape height and width of each
 * @param {boolean} inRows whether each row of the matrix is a picture; otherwise each column is
 * @param {number} most pictures side by side
 * @returns {Layout}
 */
export function pictures(count, [height, width], inRows, most) {
  const across = Math.min(count, most);
  /** @type {Layout["place"]} */
  const place = (row, column) => {
    const [picture, pixel] = inRows ? [row, column] : [column, row];
    const x = (picture % across) * (width + 1) + (pixel % width);
    return [x, Math.floor(picture / across) * (height + 1) + Math.floor(pixel / width)];
  };
  return {
    width: across * (width + 1) - 1,
    height: Math.ceil(count / across) * (height + 1) - 1,
    isGrid: false,
    place,
    cell: (x, y) => {
      const [left, top] = [Math.floor(x / (width + 1)), Math.floor(y / (height + 1))];
      const [inX, inY] = [x - left * (width + 1), y - top * (height + 1)];
      const picture = top * across + left;
      if (x < 0 || y < 0 || left >= across || picture >= count || inX >= width || inY >= height) return null;
      return inRows ? [picture, inY * width + inX] : [inY * width + inX, picture];
    },
    area: ({ row, column }) => {
      if (row !== undefined && column !== undefined) return [...place(row, column), 1, 1];
      const picture = inRows ? row : column;
      if (picture === undefined) return null;
      return [...(inRows ? place(picture, 0) : place(0, picture)), width, height];
    },
  };
}

/** The drawing of a matrix: a color for each cell, its number where there is room, and frames around some of them. */

import { lettersOn, putInk, putSigned } from "../colors.js";
import { short } from "../numbers.js";

/** @typedef {import("../arrays.js").NumberArray} NumberArray */
/** @typedef {import("./layout.js").Layout} Layout */

/** @typedef {{left: number, top: number, width: number, height: number, cellWidth: number, cellHeight: number}} View */

const LEAST_WIDTH = 30; // pixels of a cell that has its number

/** The cells of a matrix as one pixel each, to be enlarged. */
export class Heatmap {
  /**
   * @param {NumberArray} array of two axes
   * @param {Layout} layout
   * @param {number} full the value that has the strongest color
   * @param {boolean} isInk whether the values are pixels, without a sign
   */
  constructor(array, layout, full, isInk) {
    this.array = array;
    this.layout = layout;
    const [width, height] = [Math.max(1, layout.width), Math.max(1, layout.height)];
    this.image = new OffscreenCanvas(width, height);
    const pixels = new ImageData(width, height);
    const put = isInk ? putInk : putSigned;
    const [rows, columns] = array.shape;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const [x, y] = layout.place(row, column);
        put(pixels.data, 4 * (y * width + x), array.values[row * columns + column] / full);
      }
    }
    this.bytes = pixels.data;
    /** @type {OffscreenCanvasRenderingContext2D} */ (this.image.getContext("2d")).putImageData(pixels, 0, 0);
  }

  /**
   * Draw what is in view.
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {boolean} hasNumbers
   */
  draw(context, view, hasNumbers) {
    context.imageSmoothingEnabled = false;
    context.drawImage(this.image, 0, 0, this.layout.width * view.cellWidth, this.layout.height * view.cellHeight);
    if (hasNumbers && view.cellWidth >= LEAST_WIDTH) this.write(context, view);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  write(context, { left, top, width, height, cellWidth, cellHeight }) {
    context.font = `${Math.min(13, Math.round(cellWidth / 4))}px ui-monospace, "DejaVu Sans Mono", monospace`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const columns = this.array.shape[1];
    for (let y = Math.floor(top / cellHeight); y * cellHeight < top + height; y++) {
      for (let x = Math.floor(left / cellWidth); x * cellWidth < left + width; x++) {
        const cell = this.layout.cell(x, y);
        if (!cell) continue;
        context.fillStyle = lettersOn(this.bytes, 4 * (y * this.layout.width + x));
        context.fillText(short(this.array.values[cell[0] * columns + cell[1]], 3), (x + 0.5) * cellWidth, (y + 0.5) * cellHeight, cellWidth - 2);
      }
    }
  }

  /**
   * Draw a frame around a row, a column or a cell.
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {{row?: number, column?: number}} where
   * @param {string} color
   * @param {number} line pixels of its width
   */
  frame(context, { cellWidth, cellHeight }, where, color, line) {
    const area = this.layout.area(where);
    if (!area) return;
    const [x, y, width, height] = area;
    context.strokeStyle = color;
    context.lineWidth = line;
    context.strokeRect(x * cellWidth + line / 2, y * cellHeight + line / 2, Math.max(1, width * cellWidth - line), Math.max(1, height * cellHeight - line));
  }
}

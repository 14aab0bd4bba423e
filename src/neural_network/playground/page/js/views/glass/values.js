/** The arrays of a line as matrices: what it made, and what it made it of. Cells of the result can be picked. */

import { element } from "../../elements.js";
import { short } from "../../numbers.js";
import { Matrix } from "../../widgets/matrix.js";
import { high, low } from "./step.js";

/** @typedef {import("./step.js").Step} Step */
/** @typedef {import("./step.js").Row} Row */
/** @typedef {import("./lights.js").Lights} Lights */

const WIDE = 4000; // entries of an array that has the whole width

export class ValuesOfLine {
  /**
   * @param {Lights} lights
   * @param {(cell: [number, number]) => void} onPick
   */
  constructor(lights, onPick) {
    this.lights = lights;
    this.onPick = onPick;
    this.element = element("div", { class: "values" });
    /** @type {{matrix: Matrix, axes: (string | null)[]}[]} */
    this.matrices = [];
    lights.listeners.add((light) => {
      for (const { matrix, axes } of this.matrices) {
        const [row, column] = axes.map((axis) => (axis ? light?.places[axis] : undefined));
        matrix.light({ row, column });
      }
    });
  }

  /**
   * @param {Step} step
   * @param {Row} row
   */
  async show(step, row) {
    this.matrices = [];
    const others = row.operands.filter((operand) => operand.array !== null && operand.array !== row.array);
    const unique = [...new Map(others.map((operand) => [operand.array, operand])).values()];
    const boxes = [this.box(step, row.array, row.before === null ? row.name : `${row.name}, after`, true)];
    for (const { array, name } of unique) {
      boxes.push(this.box(step, /** @type {number} */ (array), array === row.before ? `${name}, before` : name, false));
    }
    this.element.replaceChildren(...boxes.map(({ figure }) => figure));
    await Promise.all(boxes.map(({ fill }) => fill()));
  }

  /**
   * @param {Step} step
   * @param {number} index
   * @param {string} title
   * @param {boolean} isResult
   */
  box(step, index, title, isResult) {
    const { name, axes, shape } = step.about.arrays[index];
    const matrix = new Matrix(name, {
      isInk: name === "X" && step.about.shape !== null,
      onHover: (cell) => this.lights.set(cell && { name, places: places(axes, cell) }),
      ...(isResult && { onPick: this.onPick }),
    });
    this.matrices.push({ matrix, axes });
    const range = element("span", { class: "small quiet" });
    const figure = element("figure", { class: `${isResult ? "result" : "operand"} ${shape.reduce((a, b) => a * b, 1) > WIDE ? "wide" : ""}` },
      element("figcaption", {}, element("span", { "data-name": name, class: "quantity" }, title), ` ${step.shape(index)}`, range),
      matrix.element);
    const fill = async () => {
      const array = await step.array(index);
      range.textContent = array.values.length > 1 ? `, ${short(low(array.values), 3)} to ${short(high(array.values), 3)}` : "";
      matrix.show({ shape: shape.length > 1 ? shape : [shape[0] ?? 1, 1], values: array.values }, { picture: step.about.shape, axes });
    };
    return { figure, fill };
  }
}

/**
 * @param {(string | null)[]} axes
 * @param {[number, number]} cell
 * @returns {Record<string, number>} the input, unit, class and sample of a cell
 */
function places(axes, cell) {
  /** @type {Record<string, number>} */
  const found = {};
  axes.forEach((axis, place) => {
    if (axis) found[axis] = cell[place];
  });
  return found;
}

/** A recorded step as the server describes it, whose large arrays are fetched when they are first looked at. */

import { decode } from "../../arrays.js";
import { short } from "../../numbers.js";

/** @typedef {import("../../arrays.js").NumberArray} NumberArray */
/** @typedef {{written: string, name: string, array: number | null, number: number | null, place: string, source: string}} Operand */
/**
 * @typedef {{index: number, phase: string, number: number | null, name: string, mathml: string, source: string,
 *   place: string, function: string, array: number, before: number | null, operands: Operand[], original: string}} Row
 */
/** @typedef {{name: string, axes: (string | null)[], shape: number[], data?: import("../../arrays.js").Encoded}} Described */
/**
 * @typedef {{rows: Row[], arrays: Described[], loss: number, lossAfter: number, names: string[], labels: number[],
 *   predicted: number[], classes: string[], shape: [number, number] | null, learningRate: number, optimizer: string, note: string}} Description
 */

export class Step {
  /**
   * @param {import("../../main.js").Server} api
   * @param {Record<string, any>} params of the request that asked for it
   * @param {Description} description
   */
  constructor(api, params, description) {
    this.api = api;
    this.params = params;
    this.about = description;
    this.rows = description.rows;
    /** @type {Map<number, Promise<NumberArray>>} */
    this.arrays = new Map();
  }

  /**
   * @param {import("../../main.js").Server} api
   * @param {Record<string, any>} params
   */
  static async load(api, params) {
    return new Step(api, params, await api.get("/api/glass/step", params));
  }

  /** @param {number} index */
  array(index) {
    let found = this.arrays.get(index);
    if (!found) {
      const { data } = this.about.arrays[index];
      found = data ? Promise.resolve(decode(data)) : this.api.get("/api/glass/array", { ...this.params, index }).then(decode);
      this.arrays.set(index, found);
    }
    return found;
  }

  /**
   * @param {number} line
   * @param {number[]} cell
   */
  sum(line, cell) {
    return this.api.get("/api/glass/cell", { ...this.params, line, cell: cell.join() });
  }

  /**
   * @param {number} index
   * @returns {string} its shape, as in "H × m = 10 × 1"
   */
  shape(index) {
    const { axes, shape } = this.about.arrays[index];
    const letters = axes.map((axis, place) => axis ?? String(shape[place]));
    const sizes = shape.join(" × ");
    return letters.join(" × ") === sizes ? sizes : `${letters.join(" × ")} = ${sizes}`;
  }

  /**
   * @param {string} name
   * @param {Row} row that is looked at: a name stands for its value there
   * @returns {Promise<string>} what the name stands for, in words
   */
  async say(name, row) {
    const operand = row.operands.find((each) => each.name === name);
    if (operand?.number !== null && operand?.number !== undefined) return `${name} = ${short(operand.number)}`;
    const index = row.name === name ? row.array : operand?.array ?? this.about.arrays.findIndex((array) => array.name === name);
    if (index < 0) return operand?.place ? `${name}: ${operand.place}` : name;
    const { values } = await this.array(index);
    if (values.length === 1) return `${name} = ${short(values[0])}`;
    return `${name}: ${this.shape(index)}, from ${short(low(values))} to ${short(high(values))}`;
  }
}

/** @param {import("../../arrays.js").Values} values */
export function low(values) {
  let found = Infinity;
  for (const value of values) if (value < found) found = value;
  return found;
}

/** @param {import("../../arrays.js").Values} values */
export function high(values) {
  let found = -Infinity;
  for (const value of values) if (value > found) found = value;
  return found;
}

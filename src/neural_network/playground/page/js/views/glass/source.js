/** The Python line that ran, with its quantities named, and below it the same line with the shapes in their places. */

import { element } from "../../elements.js";

/** @typedef {import("./step.js").Row} Row */
/** @typedef {import("./step.js").Step} Step */

/**
 * @param {Step} step
 * @param {Row} row
 */
export function source(step, row) {
  const pieces = split(row);
  const code = element("code", {}, pieces.map(({ text, name }) => (name ? element("span", { "data-name": name }, text) : text)));
  return element("div", { class: "source" },
    element("div", { class: "small quiet" }, `${row.function}, `, element("span", { class: "place" }, row.place)),
    element("pre", {}, code),
    element("p", { class: "shapes small" }, shapes(step, row, pieces)),
    row.original && element("p", { class: "edited small" }, "Edited for this experiment. In network.py it is ", element("code", {}, withoutComment(row.original)), "."));
}

/**
 * @param {Row} row
 * @returns {{text: string, name?: string}[]} its source in pieces, of which those with a name are quantities
 */
function split(row) {
  const names = new Map(row.operands.map(({ written, name }) => [written, name]));
  const target = row.source.match(/^[\p{L}\p{N}_.]+/u)?.[0] ?? "";
  if (target && !names.has(target)) names.set(target, row.name);
  const [code, comment] = [withoutComment(row.source), row.source.match(/\s*#.*/)?.[0] ?? ""];
  const known = [...names.keys()].sort((a, b) => b.length - a.length).map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_.])(${known.join("|")})(?![\\p{L}\\p{N}_])`, "u");
  const pieces = code.split(pattern).map((text) => (names.has(text) ? { text, name: names.get(text) } : { text }));
  return [...pieces, { text: comment }];
}

/** @param {string} source */
export function withoutComment(source) {
  return source.replace(/\s*#.*/, "");
}

/**
 * @param {Step} step
 * @param {Row} row
 * @param {{text: string, name?: string}[]} pieces
 * @returns {string} the line with the shapes of its arrays in the places of their names
 */
function shapes(step, row, pieces) {
  const own = (/** @type {number} */ index) => `(${step.about.arrays[index].shape.join(", ")})`;
  return pieces.slice(0, -1).map(({ text, name }) => {
    const operand = row.operands.find((each) => each.name === name && each.written === text);
    if (operand?.array !== null && operand?.array !== undefined) return own(operand.array);
    return name === row.name && !operand ? own(row.array) : text;
  }).join("");
}

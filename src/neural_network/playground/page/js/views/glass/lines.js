/** The lines of a step in their order, as mathematics; one of them is looked at. */

import { element } from "../../elements.js";
import { withoutComment } from "./source.js";
import { PHASES } from "./words.js";

/** @typedef {import("./step.js").Row} Row */

export class Lines {
  /** @param {(index: number) => void} onChoose */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.element = element("nav", { class: "lines", "aria-label": "The lines of the step" });
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {Row[]} rows */
  show(rows) {
    this.buttons = rows.map((row) => element("button",
      { type: "button", "aria-label": `${row.number ? `(${row.number}) ` : ""}${withoutComment(row.source)}${row.original && ", edited"}`, onclick: () => this.onChoose(row.index) },
      element("span", { class: "equation-number" }, row.number ? `(${row.number})` : ""), mathematics(row),
      row.original && element("span", { class: "edited small" }, "edited")));
    const lists = Object.entries(PHASES).map(([phase, title]) => {
      const own = rows.filter((row) => row.phase === phase);
      return own.length ? [element("h3", { class: "small quiet" }, title), element("ol", {}, own.map((row) => element("li", {}, this.buttons[row.index])))] : [];
    });
    this.element.replaceChildren(...lists.flat());
  }

  /** @param {number} index */
  mark(index) {
    this.buttons.forEach((button, own) => {
      if (own === index) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      button.tabIndex = own === index ? 0 : -1;
    });
    if (this.element.contains(document.activeElement)) this.buttons[index]?.focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const now = this.buttons.findIndex((button) => button.tabIndex === 0);
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: this.buttons.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (this.buttons[next]) this.onChoose(next);
  }
}

/**
 * @param {Row} row
 * @returns {Node} its equation, or its source where it is none
 */
export function mathematics(row) {
  if (!row.mathml) return element("code", {}, withoutComment(row.source));
  const parsed = new DOMParser().parseFromString(row.mathml, "text/html").querySelector("math");
  return parsed ? document.importNode(parsed, true) : document.createTextNode(row.source);
}

/** The line at the top that says what is wrong, with the settings or with what a view has asked, and the way out. */

import { element } from "./elements.js";
import { labelled } from "./views/train/controls.js";

/** @typedef {{title: string, take: () => void}} Way out */
/** @typedef {{words: string, way?: Way}} Said */

export class ProblemLine {
  /** @param {HTMLElement} line */
  constructor(line) {
    this.line = line;
    this.words = element("span");
    this.button = element("button", { type: "button", onclick: () => this.said().way?.take() });
    /** @type {Record<"settings" | "request", Said | null>} */
    this.problems = { settings: null, request: null };
    line.replaceChildren(this.words, " ", this.button);
  }

  /** @returns {Said} what the line says: of the settings first */
  said() {
    return this.problems.settings ?? this.problems.request ?? { words: "" };
  }

  /**
   * @param {"settings" | "request"} what the problem is with
   * @param {any} problem null for none
   * @param {Way} [way]
   */
  say(what, problem, way) {
    this.problems[what] = problem ? { words: labelled(String(problem.message ?? problem)), way } : null;
    const said = this.said();
    if (this.words.textContent !== said.words) this.words.textContent = said.words;
    this.button.textContent = said.way?.title ?? "";
    this.button.hidden = !said.way;
    this.line.hidden = !said.words;
  }
}

/** The line at the top that says what is wrong: with the settings, which has a way out, or with what a view has asked. */

import { element } from "./elements.js";
import { labelled } from "./views/train/controls.js";

export class ProblemLine {
  /**
   * @param {HTMLElement} line
   * @param {() => void} onUsual take the usual settings
   */
  constructor(line, onUsual) {
    this.line = line;
    this.words = element("span");
    this.button = element("button", { type: "button", onclick: onUsual }, "Take the usual settings");
    this.settings = this.request = "";
    line.replaceChildren(this.words, " ", this.button);
  }

  /** @param {unknown} problem with the settings of the address; null for none */
  ofSettings(problem) {
    this.settings = text(problem);
    this.show();
  }

  /** @param {unknown} problem with what a view has asked; null for none */
  ofRequest(problem) {
    this.request = text(problem);
    this.show();
  }

  show() {
    const words = this.settings || this.request;
    if (this.words.textContent !== words) this.words.textContent = words;
    this.button.hidden = !this.settings;
    this.line.hidden = !words;
  }
}

/** @param {unknown} problem @returns {string} what it is, with the labels of settings that the form has */
function text(problem) {
  return problem ? labelled(String(/** @type {any} */ (problem).message ?? problem)) : "";
}

/** Shares as bars, one below the other; a press on one chooses it. */

import { element } from "../elements.js";
import { percent } from "../numbers.js";

export class Bars {
  /**
   * @param {string} label of the group
   * @param {(index: number) => void} onChoose
   */
  constructor(label, onChoose) {
    this.onChoose = onChoose;
    this.element = element("div", { class: "bars", role: "group", "aria-label": label });
    /** @type {{button: HTMLButtonElement, fill: HTMLElement, value: HTMLElement}[]} */
    this.rows = [];
    this.names = "";
  }

  /**
   * @param {string[]} names
   * @param {number[]} shares 0 to 1
   * @param {{chosen?: number, best?: number}} [marks]
   */
  show(names, shares, { chosen = -1, best = -1 } = {}) {
    if (this.names !== names.join("\n")) this.build(names);
    shares.forEach((share, index) => {
      const { button, fill, value } = this.rows[index];
      fill.style.width = `${100 * (share ?? 0)}%`;
      value.textContent = percent(share ?? 0);
      button.setAttribute("aria-pressed", String(index === chosen));
      button.classList.toggle("best", index === best);
    });
  }

  /** @param {string[]} names */
  build(names) {
    this.names = names.join("\n");
    this.rows = names.map((name, index) => {
      const [fill, value] = [element("span", { class: "fill" }), element("span", { class: "value" })];
      const button = element("button", { type: "button", class: "bar", onclick: () => this.onChoose(index) },
        element("span", { class: "name" }, name), element("span", { class: "track" }, fill), value);
      return { button, fill, value };
    });
    this.element.replaceChildren(...this.rows.map(({ button }) => button));
  }
}

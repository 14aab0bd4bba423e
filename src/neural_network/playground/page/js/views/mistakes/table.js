/** The confusion matrix: a row for each class, a column for each prediction; a press on a cell shows its images. */

import { element } from "../../elements.js";
import { counted } from "../../numbers.js";

export class ConfusionTable {
  /** @param {(label: number, predicted: number) => void} onChoose */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.element = element("div", { class: "scroll" });
    /** @type {HTMLButtonElement[][]} */
    this.cells = [];
  }

  /**
   * @param {string[]} classes
   * @param {number[][]} confusion
   */
  show(classes, confusion) {
    if (this.cells.length !== classes.length) this.build(classes);
    const wrong = Math.max(1, ...confusion.flatMap((row, label) => row.filter((_, predicted) => predicted !== label)));
    confusion.forEach((row, label) => {
      const most = label === undefined ? 1 : Math.max(1, row.reduce((sum, count) => sum + count, 0));
      row.forEach((count, predicted) => {
        const cell = this.cells[label][predicted];
        const isRight = label === predicted;
        const share = Math.sqrt(count / (isRight ? most : wrong));
        cell.textContent = count ? String(count) : "";
        cell.disabled = !count;
        cell.style.setProperty("--share", `${Math.round(40 * share)}%`);
        cell.setAttribute("aria-label", `${classes[label]}, predicted ${classes[predicted]}: ${counted(count)}`);
      });
    });
  }

  /** @param {string[]} classes */
  build(classes) {
    this.cells = classes.map((_, label) => classes.map((_, predicted) => element("button", {
      type: "button",
      class: label === predicted ? "right" : "wrong",
      onclick: () => this.onChoose(label, predicted),
    })));
    const head = element("tr", {}, element("td"), classes.map((name) => element("th", { scope: "col" }, name)));
    const rows = classes.map((name, label) => element("tr", {}, element("th", { scope: "row" }, name), this.cells[label].map((cell) => element("td", {}, cell))));
    this.element.replaceChildren(element("table", { class: "confusion-table" },
      element("caption", { class: "small quiet" }, "Rows: the true class. Columns: what the network reads. Press a cell to see its images."),
      element("thead", {}, head), element("tbody", {}, rows)));
  }

  /**
   * @param {number | null} label
   * @param {number | null} predicted
   */
  mark(label, predicted) {
    this.cells.forEach((row, y) => row.forEach((cell, x) => cell.setAttribute("aria-pressed", String(y === label && x === predicted))));
  }
}

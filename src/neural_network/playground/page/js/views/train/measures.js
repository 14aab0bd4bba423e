/** Measurements of a step in validation: the confusion matrix, and how strongly the hidden units answer. */

import { element } from "../../elements.js";

export class Confusion {
  /** @param {(label: number, predicted: number) => void} open shows the images of a cell */
  constructor(open) {
    this.open = open;
    this.table = element("table", { class: "counts" });
    this.root = element("figure", { class: "panel" }, element("figcaption", {}, "Which classes are taken for which"),
      element("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Confusion matrix" }, this.table),
      element("p", { class: "small quiet" }, "Validation samples: a row for each label, a column for each answer. A number opens its images."));
    /** @type {HTMLButtonElement[][]} */
    this.cells = [];
    /** @type {string[]} */
    this.classes = [];
  }

  /** @param {any} look @param {string[]} classes */
  draw({ confusion }, classes) {
    if (this.classes !== classes) this.build(classes);
    confusion.forEach((/** @type {number[]} */ row, /** @type {number} */ label) => {
      const samples = row.reduce((a, b) => a + b, 0) || 1;
      row.forEach((count, predicted) => {
        const cell = this.cells[label][predicted];
        cell.hidden = !count;
        cell.textContent = String(count);
        cell.setAttribute("aria-label", `${count} of class ${classes[label]}, answered ${classes[predicted]}`);
        cell.parentElement?.style.setProperty("--share", `${Math.round(100 * (count / samples) ** 0.6)}%`);
      });
    });
  }

  /** @param {string[]} classes */
  build(classes) {
    const head = element("tr", {}, element("td"), classes.map((name) => element("th", { scope: "col" }, name)));
    this.classes = classes;
    this.cells = classes.map((_, label) => classes.map((_, predicted) => element("button", { onclick: () => this.open(label, predicted) })));
    const rows = this.cells.map((cells, label) => element("tr", {}, element("th", { scope: "row" }, classes[label]),
      cells.map((button, predicted) => element("td", { class: label === predicted ? "right" : "wrong" }, button))));
    this.table.replaceChildren(element("caption", { class: "unseen" }, "Confusion matrix of the validation samples"), head, ...rows);
  }
}

export class Activations {
  constructor() {
    this.bars = element("div", { class: "histogram", role: "img" });
    this.axis = element("p", { class: "small quiet axis" });
    this.note = element("p", { class: "small quiet" });
    this.root = element("figure", { class: "panel" }, element("figcaption", {}, "How strongly the hidden units answer"), this.bars, this.axis, this.note);
  }

  /** @param {any} look */
  draw({ activations: { counts, edges, dead, active } }) {
    const most = Math.max(...counts), all = counts.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0);
    while (this.bars.children.length < counts.length) this.bars.append(element("span"));
    counts.forEach((/** @type {number} */ count, /** @type {number} */ i) => {
      const bar = /** @type {HTMLElement} */ (this.bars.children[i]);
      bar.style.setProperty("--height", `${100 * Math.sqrt(count / most)}%`);
      bar.title = `${edges[i].toPrecision(3)} to ${edges[i + 1].toPrecision(3)}: ${count} of ${all}`;
    });
    this.bars.setAttribute("aria-label", `Histogram of the activations A1, from ${edges[0].toPrecision(3)} to ${edges.at(-1).toPrecision(3)}`);
    this.axis.replaceChildren(element("span", {}, edges[0].toPrecision(3)), element("span", {}, "A1"), element("span", {}, edges.at(-1).toPrecision(3)));
    this.note.textContent = dead.length ? `${dead.length} of ${active.length} units are dead: they cannot learn from any of these samples.`
      : "Heights are square roots of counts, so that rare values are seen too.";
  }
}

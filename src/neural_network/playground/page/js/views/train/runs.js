/** The runs of the session side by side: what differs, and how good each is. */

import { element } from "../../elements.js";
import { short } from "../../numbers.js";

/**
 * @param {(name: string) => void} choose
 */
export function makeRuns(choose) {
  const head = element("tr", {}, ["", "from", "settings", "step", "validation loss", "accuracy"].map((name) => element("th", { scope: "col" }, name)));
  const table = element("table", { class: "runs" }, element("caption", { class: "unseen" }, "Runs of this session"), head);
  const root = element("section", { class: "panel", hidden: true }, element("h3", {}, "Runs"), element("div", { class: "scroll" }, table));
  /** @type {Map<string, {row: HTMLElement, button: HTMLElement, cells: HTMLElement[]}>} */
  const rows = new Map(); // which stay from one update to the next: a click on what is replaced meanwhile would be lost

  /** @param {string} name */
  function add(name) {
    const button = element("button", { onclick: () => choose(name) }, name);
    const cells = ["", "", "number", "number", "number"].map((kind) => element("td", { class: kind }));
    const made = { row: element("tr", {}, element("td", {}, button), cells), button, cells };
    table.append(made.row);
    rows.set(name, made);
    return made;
  }

  return {
    root,
    /** @param {import("./curves.js").Curves} curves */
    update(curves) {
      root.hidden = curves.runs.size < 2;
      for (const [name, { row }] of rows) {
        if (curves.runs.has(name)) continue;
        row.remove();
        rows.delete(name);
      }
      for (const [name, run] of curves.runs) {
        const { row, button, cells } = rows.get(name) ?? add(name);
        row.className = name === curves.inView ? "chosen" : "";
        button.setAttribute("aria-pressed", String(name === curves.inView));
        const last = run.rows.at(-1);
        const settings = Object.entries(run.settings).map(([key, value]) => `${key.replaceAll("_", " ")} ${value}`).join(", ") || "the usual ones";
        const texts = [run.origin, run.experiment ? `${run.experiment}: ${settings}` : settings, String(run.offset + run.step),
          last ? short(last.validation_loss) : "", last ? `${(100 * last.validation_accuracy).toFixed(2)} %` : ""];
        cells.forEach((cell, number) => (cell.textContent = texts[number]));
      }
    },
  };
}

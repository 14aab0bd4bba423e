/** At which step the loss was lowest, in training and in validation: a press shows that step. */

import { element } from "../../elements.js";
import { counted, short } from "../../numbers.js";

const KINDS = ["training", "validation"]; // of the lines of the run in view

export class Lowest {
  /** @param {(x: number) => void} onPick */
  constructor(onPick) {
    this.onPick = onPick;
    this.element = element("p", { class: "small quiet lowest" });
    this.seen = "";
  }

  /** @param {import("../../widgets/chart.js").Line[]} lines */
  draw(lines) {
    const found = lines.filter(({ kind }) => KINDS.includes(kind)).flatMap(({ kind, points }) => lowest(points).map(([x, y]) => ({ kind, x, y })));
    if (JSON.stringify(found) === this.seen) return; // a button that is made anew cannot be pressed
    this.seen = JSON.stringify(found);
    this.element.replaceChildren(...found.flatMap(({ kind, x, y }, i) => [`${i ? "; in" : "Lowest in"} ${kind}: ${short(y, 4)} at `,
      element("button", { type: "button", class: "link", onclick: () => this.onPick(x) }, `step ${counted(x)}`)]));
  }
}

/**
 * @param {import("../../widgets/chart.js").Point[]} points
 * @returns {import("../../widgets/chart.js").Point[]} the first with the smallest y, or none
 */
function lowest(points) {
  const known = points.filter(([, y]) => Number.isFinite(y));
  return known.length ? [known.reduce((best, each) => (each[1] < best[1] ? each : best))] : [];
}

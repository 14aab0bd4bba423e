/** The runs of the session side by side: what differs, and how good each is. */

import { element } from "../../elements.js";
import { short } from "../../numbers.js";

/**
 * @param {(name: string) => void} choose
 */
export function makeRuns(choose) {
  const table = element("table", { class: "runs" });
  const root = element("section", { class: "panel", hidden: true }, element("h3", {}, "Runs"), element("div", { class: "scroll" }, table));
  return {
    root,
    /** @param {import("./curves.js").Curves} curves */
    update(curves) {
      root.hidden = curves.runs.size < 2;
      if (root.hidden) return;
      const head = element("tr", {}, ["", "from", "settings", "step", "validation loss", "accuracy"].map((name) => element("th", { scope: "col" }, name)));
      const rows = [...curves.runs].map(([name, run]) => {
        const row = run.rows.at(-1);
        const button = element("button", { onclick: () => choose(name), "aria-pressed": String(name === curves.inView) }, name);
        const settings = Object.entries(run.settings).map(([key, value]) => `${key.replaceAll("_", " ")} ${value}`).join(", ") || "the usual ones";
        const what = run.experiment ? `${run.experiment}: ${settings}` : settings;
        return element("tr", { class: name === curves.inView ? "chosen" : "" },
          element("td", {}, button), element("td", {}, run.origin), element("td", {}, what),
          element("td", { class: "number" }, run.offset + run.step), element("td", { class: "number" }, row ? short(row.validation_loss) : ""),
          element("td", { class: "number" }, row ? `${(100 * row.validation_accuracy).toFixed(2)} %` : ""));
      });
      table.replaceChildren(element("caption", { class: "unseen" }, "Runs of this session"), head, ...rows);
    },
  };
}

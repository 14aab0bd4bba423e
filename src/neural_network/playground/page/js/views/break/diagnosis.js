/** What the diagnosis says of a run, and the first tensor that shows it. */

import { element } from "../../elements.js";
import { percent, short } from "../../numbers.js";

/**
 * @param {any} found
 * @param {import("../../main.js").Context} context
 * @returns {HTMLElement[]}
 */
export function showDiagnosis({ findings, tensor }, { api, go, report }) {
  if (!findings.length) return [element("p", {}, "The diagnosis finds nothing.")];
  const [{ cause, since, evidence, advice }] = findings;
  const parts = [
    element("h3", {}, "The diagnosis"),
    element("dl", { class: "finding" },
      element("dt", {}, "Cause"), element("dd", {}, element("b", {}, cause), since === null ? " (in the data)" : ` since step ${since.toLocaleString("en")}`),
      element("dt", {}, "Evidence"), element("dd", {}, evidence),
      element("dt", {}, "Advice"), element("dd", {}, advice),
      ...(tensor ? [element("dt", {}, "First bad tensor"), element("dd", {}, ...describe(tensor))] : [])),
  ];
  const broken = () => api.post("/api/train/choose", { run: "run 1" }); // and not the mended one
  const place = { step: 0, sample: "batch", line: tensor?.index || null, cell: null };
  const look = element("button", { onclick: () => void broken().then(() => go("glass", place), report) }, "Look at the first step under glass");
  return isThere("glass") ? [...parts, element("p", {}, look)] : parts;
}

/** @param {any} tensor */
function describe({ name, line, place, note, shape, least, most, zeros }) {
  const numbers = note ?? `${shape.join(" × ")} numbers from ${short(least, 3)} to ${short(most, 3)}, ${percent(zeros, 0)} of them 0`;
  return [element("b", {}, name), `, in the first step: ${numbers}`, ...(line ? [element("br"), element("code", {}, line), ` (${place})`] : [])];
}

/** @param {string} view */
const isThere = (view) => document.querySelector(`#views a[href*="view=${view}"]`) !== null;

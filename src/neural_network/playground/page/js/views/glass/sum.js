/** The sum behind a cell: its formula, its terms with their numbers, and what they add up to. */

import { decode } from "../../arrays.js";
import { element } from "../../elements.js";
import { counted, exact, short } from "../../numbers.js";
import { signedImage } from "../../widgets/image.js";

/**
 * @param {any} found what the server says of the cell
 * @returns {HTMLElement}
 */
export function sum(found) {
  const rows = found.inputs.length ? inputs(found) : terms(found);
  const isExact = Math.abs(found.total - found.value) <= 1e-9 * Math.max(1, Math.abs(found.value));
  return element("section", { class: "sum card", "aria-live": "polite" },
    element("h3", {}, `${found.name} = ${short(found.value, 5)}`),
    element("p", {}, element("code", {}, `${found.name} = ${found.formula}`)),
    found.longhand && element("p", {}, element("code", {}, `= ${found.longhand} = ${short(found.value, 5)}`)),
    rows,
    !isExact && element("p", { class: "small quiet" }, `The sum in 64-bit numbers is ${exact(found.total, 9)}; the network computed ${exact(found.value, 9)} with its 32-bit ones.`),
    found.map && element("figure", {},
      signedImage(decode(found.map), "Every term at its pixel"),
      element("figcaption", { class: "small quiet" }, "Every term at its pixel: red adds to the sum, blue takes from it.")));
}

/** @param {any} found */
function inputs(found) {
  return element("table", {},
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "it depends on"), element("th", { scope: "col", class: "number" }, "value"))),
    element("tbody", {}, found.inputs.map((/** @type {[string, number]} */ [label, value]) =>
      element("tr", {}, element("th", { scope: "row" }, label), element("td", { class: "number" }, short(value, 5))))));
}

/** @param {any} found */
function terms(found) {
  const full = Math.max(...found.terms.map((/** @type {any} */ term) => Math.abs(term.value)), 1e-300);
  const rows = found.terms.map((/** @type {any} */ term) => {
    const fill = element("span", { class: term.value < 0 ? "fill below" : "fill" });
    fill.style.width = `${(50 * Math.abs(term.value)) / full}%`;
    const numbers = term.factors.map((/** @type {[string, number]} */ [, value]) => short(value, 5)).join(" × ");
    return element("tr", { "data-term": term.value },
      element("th", { scope: "row" }, element("code", {}, term.label)), element("td", {}, element("code", {}, term.factors.length > 1 ? numbers : "")),
      element("td", { class: "number" }, short(term.value, 5)), element("td", { class: "bar" }, element("span", { class: "signed" }, fill)));
  });
  const zeros = found.rest_zeros ? `, of which ${counted(found.rest_zeros)} are 0` : "";
  const rest = found.rest_count > 0 && element("tr", { "data-term": found.rest },
    element("th", { scope: "row" }, `${counted(found.rest_count)} other terms${zeros}`), element("td"), element("td", { class: "number" }, short(found.rest, 5)), element("td"));
  return element("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Terms of the sum" }, element("table", {},
    element("thead", {}, element("tr", {}, ["term", "in numbers", "value"].map((name) => element("th", { scope: "col" }, name)), element("td"))),
    element("tbody", {}, rows, rest),
    element("tfoot", {}, element("tr", { "data-total": found.total }, element("th", { scope: "row" }, "sum"), element("td"), element("td", { class: "number" }, short(found.total, 5)), element("td")))));
}

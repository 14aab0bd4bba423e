/** Which network reads the drawing: the one that is trained here, or one that comes with the package. */

import { element } from "../../elements.js";

/** @returns {string} the shipped model that reads before anything is trained; empty where it does not suit the data */
export function usualReader() {
  return /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="reader"]')).content;
}

export class Reader {
  /**
   * @param {import("../../state.js").State} state
   * @param {HTMLElement} line what is said of the network that is trained here
   */
  constructor(state, line) {
    this.state = state;
    this.line = line;
    this.select = element("select", { id: "reader", onchange: () => state.set({ model: this.select.value }) });
    this.row = element("div", { class: "row" }, element("label", { for: "reader" }, "Read by"), this.select);
    this.element = element("div", { class: "reader" }, this.row, line);
    this.show();
  }

  /** @returns {string} the name of the shipped model, empty for the network that is trained here */
  get model() {
    return this.state.get("model");
  }

  show() {
    const shipped = usualReader() || this.model;
    this.row.hidden = !shipped;
    this.line.hidden = Boolean(this.model);
    this.select.replaceChildren(
      element("option", { value: shipped }, `${shipped}, already trained`),
      element("option", { value: "" }, "the network you train here"));
    this.select.value = this.model;
  }
}

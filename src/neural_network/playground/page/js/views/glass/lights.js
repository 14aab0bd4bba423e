/**
 * What is lit up: the name of a quantity wherever it stands, and with a cell, the rows and columns of other matrices that
 * belong to the same input, hidden unit, class or sample.
 */

/** @typedef {{name: string, places: Record<string, number>}} Light */

export class Lights {
  constructor() {
    /** @type {Light | null} */
    this.light = null;
    /** @type {Set<(light: Light | null) => void>} */
    this.listeners = new Set();
  }

  /** @param {Light | null} light */
  set(light) {
    this.light = light;
    for (const listener of this.listeners) listener(light);
  }

  /**
   * Let the names in an element light up, and light up others while the pointer is on one of them.
   * @param {HTMLElement} root
   * @returns {void}
   */
  watch(root) {
    const named = (/** @type {Event} */ event) => /** @type {Element} */ (event.target).closest?.("[data-name]")?.getAttribute("data-name");
    root.addEventListener("pointerover", (event) => {
      const name = named(event);
      if (name) this.set({ name, places: {} });
    });
    root.addEventListener("pointerout", (event) => {
      if (named(event)) this.set(null);
    });
    this.listeners.add((light) => {
      for (const each of root.querySelectorAll("[data-name]")) each.classList.toggle("lit", each.getAttribute("data-name") === light?.name);
    });
  }
}

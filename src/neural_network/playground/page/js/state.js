/** The state of the page, which is its address: `#view=train&hidden=32&step=100`. A link shows the same thing again. */

/** @typedef {Record<string, string>} Values */

/**
 * A store of the address's values that tells its subscribers what has changed.
 */
export class State {
  constructor() {
    /** @type {Set<(values: Values, changed: string[]) => void>} */
    this.subscribers = new Set();
    this.values = this.read();
    addEventListener("hashchange", () => this.take(this.read()));
  }

  /** @returns {Values} what the address says */
  read() {
    return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  }

  /**
   * @param {string} name
   * @param {string} [usual] the value where the address has none
   */
  get(name, usual = "") {
    return this.values[name] ?? usual;
  }

  /**
   * Change values; empty ones and null are removed from the address.
   * @param {Record<string, string | number | null | undefined>} values
   * @param {{history?: boolean}} [options] whether the browser's Back returns to the state before
   */
  set(values, { history: isNew = false } = {}) {
    const next = { ...this.values };
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === undefined || value === "") delete next[name];
      else next[name] = String(value);
    }
    if (same(next, this.values)) return;
    const hash = `#${new URLSearchParams(next)}`;
    if (isNew) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    this.take(next);
  }

  /**
   * @param {(values: Values, changed: string[]) => void} subscriber
   * @returns {() => void} a function that ends the subscription
   */
  subscribe(subscriber) {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  }

  /** @param {Values} next */
  take(next) {
    const names = new Set([...Object.keys(next), ...Object.keys(this.values)]);
    const changed = [...names].filter((name) => next[name] !== this.values[name]);
    this.values = next;
    if (changed.length) for (const subscriber of [...this.subscribers]) subscriber(next, changed);
  }
}

/**
 * @param {Values} a
 * @param {Values} b
 */
function same(a, b) {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}

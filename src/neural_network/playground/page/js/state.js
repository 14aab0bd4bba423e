/** The state of the page, which is its address: `#view=train&hidden=32&step=100`. A link shows the same thing again. */

import { isOfTraining, unfolded } from "./settings.js";

/** @typedef {Record<string, string>} Values */

/**
 * A store of the address's values that tells its subscribers what has changed.
 */
export class State {
  constructor() {
    /** @type {Set<(values: Values, changed: string[]) => void>} */
    this.subscribers = new Set();
    this.values = this.read();
    addEventListener("hashchange", () => {
      const next = this.read();
      const names = Object.keys({ ...next, ...this.values });
      const isOther = names.some((name) => isOfTraining(name) && next[name] !== this.values[name]);
      if (history.state === null && isOther) location.reload(); // a link with another training was pasted
      this.own();
      this.take(next);
    });
    this.own();
  }

  /** Mark the place in the history as one that the page has seen, and write its values as the page does. */
  own() {
    history.replaceState("own", "", location.hash ? written(this.read()) : location.href);
  }

  /** @returns {Values} what the address says */
  read() {
    return unfolded(Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
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
    const hash = written(next);
    if (isNew) history.pushState("own", "", hash);
    else history.replaceState("own", "", hash);
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
 * @param {Values} values
 * @returns {string} the part of an address that says them; what may stand there as it is can be read
 */
export function written(values) {
  return `#${new URLSearchParams(values)}`.replace(/%(2C|3A|40)/g, decodeURIComponent);
}

/**
 * @param {Values} a
 * @param {Values} b
 */
function same(a, b) {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}

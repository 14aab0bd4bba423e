/** A recorded training (record/recording.py): the answers of a server at some steps, and the weights of those steps. */

import { decode, toBytes } from "../arrays.js";

/** @typedef {import("./network.js").Weights} Weights */

export class Recording {
  /** @param {any} recorded */
  constructor(recorded) {
    this.blobs = recorded.blobs;
    this.recorded = recorded;
    /** @type {number[]} */
    this.steps = recorded.steps;
    /** @type {string[]} */
    this.classes = recorded.classes;
    /** @type {[number, number]} */
    this.shape = recorded.shape;
    /** @type {number[]} */
    this.labels = recorded.labels;
    this.images = this.decode(recorded.images);
    /** @type {Map<string, [number | null, string][]>} the steps at which each request was answered, and its name there */
    this.asked = new Map();
    for (const name of Object.keys(recorded.answers)) {
      const step = name.match(/&step=(\d+)/);
      const rest = name.replace(/&step=\d+/, "");
      this.asked.set(rest, [...(this.asked.get(rest) ?? []), [step && Number(step[1]), name]]);
    }
  }

  /**
   * @param {string} packed JSON, compressed by gzip, in base64
   */
  static async unpack(packed) {
    const stream = new Blob([toBytes(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Recording(await new Response(stream).json());
  }

  /** @param {any} encoded an array whose bytes are among the blobs */
  decode(encoded) {
    return decode({ ...encoded, data: this.blobs[encoded.data] });
  }

  /**
   * @param {number} step
   * @returns {number} the last recorded step that is not after it
   */
  snap(step) {
    return this.steps.filter((each) => each <= step).at(-1) ?? this.steps[0];
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} params without a step
   * @param {number} step
   * @returns {any} the answer at that step, or at the nearest recorded one before it; undefined if there is none
   */
  answer(path, params, step) {
    const known = Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
    const rest = [path, ...known.map(([key, value]) => `${key}=${value}`).sort()].join("&");
    const steps = this.asked.get(rest);
    const found = steps?.filter(([each]) => each === null || each <= step).at(-1) ?? steps?.[0];
    return found && this.fill(this.recorded.answers[found[1]]);
  }

  /**
   * @param {any} value
   * @returns {any} the same with the bytes of its arrays
   */
  fill(value) {
    if (Array.isArray(value)) return value.map((each) => this.fill(each));
    if (value === null || typeof value !== "object") return value;
    if (typeof value.data === "number" && value.dtype) return { ...value, data: this.blobs[value.data] };
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.fill(each)]));
  }

  /**
   * @param {number} step
   * @returns {Weights}
   */
  weights(step) {
    const { W1, b1, W2, b2 } = this.recorded.networks[this.snap(step)];
    const [hidden, inputs] = W1.shape;
    const [first, second, third, fourth] = [W1, b1, W2, b2].map((each) => this.decode(each).values);
    return { W1: first, b1: second, W2: third, b2: fourth, inputs, hidden, classes: W2.shape[0] };
  }

  /** @param {number} index of a test image */
  image(index) {
    const size = this.shape[0] * this.shape[1];
    return this.images.values.subarray(index * size, (index + 1) * size);
  }
}

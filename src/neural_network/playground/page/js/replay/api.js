/** Stands in for the server in a page that replays a recording: the same requests, answered in the page. */

import { Problem } from "../api.js";
import { images, matrix, readDrawing, readSample, weightImages } from "./answers.js";
import { Recording } from "./recording.js";

const PAUSE = 250; // milliseconds between the steps of a replay
const VIEWS = ["draw", "train", "glass", "mistakes"]; // that work without a server
const RUN = "run 1";

export class RecordedApi {
  /** @param {Recording} recording */
  constructor(recording) {
    this.recording = recording;
    this.step = recording.steps[recording.steps.length - 1];
    this.isPlaying = false;
    /** @type {Set<(event: any) => void>} */
    this.listeners = new Set();
  }

  /** @param {string} packed */
  static async open(packed) {
    return new RecordedApi(await Recording.unpack(packed));
  }

  /** @param {string} view */
  has(view) {
    return VIEWS.includes(view);
  }

  /** @returns {Record<string, string>} the settings of the run, as the address has them */
  get settings() {
    const { event } = this.recording.recorded;
    return event.settings[event.inView];
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} [params]
   * @returns {Promise<any>}
   */
  async get(path, { step = this.step, ...params } = {}) {
    const { recording } = this;
    const at = Math.min(Number(step), this.step);
    switch (path) {
      case "/api/draw/sample":
        return readSample(recording, params.sample, at);
      case "/api/draw/weights":
        return weightImages(recording, at);
      case "/api/mistakes/matrix":
        return matrix(recording, this.check(params, at));
      case "/api/mistakes/images":
        return images(recording, params, this.check(params, at));
      default:
        return this.recorded(path, params, at);
    }
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} params
   * @param {number} step
   */
  recorded(path, params, step) {
    const found = this.recording.answer(path, params, step);
    if (found !== undefined) return path === "/api/mistakes/need" ? this.withWeights(found) : found;
    if (path === "/api/glass/step") throw new Problem(400, `This recording has ${this.recording.recorded.glass.join(", ")} and the example under glass. mnist-nn play shows any sample.`);
    if (path === "/api/glass/cell") throw new Problem(400, "This recording has the sums of small arrays only. mnist-nn play shows every sum.");
    throw new Problem(400, "This is not in the recording. mnist-nn play shows it.");
  }

  /** @param {any} need */
  withWeights(need) {
    const { W1, inputs } = this.recording.weights(this.step);
    const values = new Float64Array(need.units.length * inputs);
    need.units.forEach((/** @type {number} */ unit, /** @type {number} */ place) => values.set(W1.subarray(unit * inputs, (unit + 1) * inputs), place * inputs));
    return { ...need, weights: { shape: [need.units.length, ...this.recording.shape], values } };
  }

  /**
   * @param {Record<string, any>} params
   * @param {number} step
   */
  check({ part }, step) {
    if (part && part !== "test") throw new Problem(400, "This recording has test images only.");
    return step;
  }

  /**
   * @param {string} path
   * @param {any} body
   * @returns {Promise<any>}
   */
  async post(path, body) {
    switch (path) {
      case "/api/draw/read":
        return readDrawing(this.recording, body, Math.min(body.step ?? this.step, this.step));
      case "/api/train/play":
        return this.play(body.until);
      case "/api/train/advance":
        return this.play(this.step + 1);
      case "/api/train/pause":
        this.isPlaying = false;
        return this.tell();
      case "/api/train/again":
        this.step = 0;
        return this.play();
      case "/api/train/rewind":
        this.isPlaying = false;
        this.step = this.recording.snap(body.step);
        return this.tell();
    }
    throw new Problem(400, "This page is a recording, with these settings only. Install mnist-nn and run mnist-nn play to change them.");
  }

  /** @param {number} [until] */
  play(until = Infinity) {
    const wasPlaying = this.isPlaying;
    this.until = until;
    this.isPlaying = true;
    if (!wasPlaying) this.advance();
    return {};
  }

  advance() {
    const next = this.recording.steps.find((step) => step > this.step);
    if (!this.isPlaying || next === undefined || this.step >= (this.until ?? Infinity)) this.isPlaying = false;
    else {
      this.step = next;
      setTimeout(() => this.advance(), PAUSE);
    }
    this.tell();
  }

  /**
   * @param {string} _path
   * @param {Record<string, any>} _params
   * @param {(event: any) => void} onEvent
   * @returns {() => void}
   */
  stream(_path, _params, onEvent) {
    this.listeners.add(onEvent);
    queueMicrotask(() => this.listeners.has(onEvent) && onEvent(this.event()));
    return () => this.listeners.delete(onEvent);
  }

  tell() {
    for (const listener of this.listeners) listener(this.event());
    return {};
  }

  /** What the stream of a server would say at this step. */
  event() {
    const { event } = this.recording.recorded;
    const run = event.runs[event.inView];
    const rows = run.rows.filter((/** @type {any} */ row) => row.step <= this.step);
    const losses = run.losses.filter((/** @type {[number, number]} */ [step]) => step <= this.step);
    const status = this.isPlaying ? "running" : this.step === run.step ? "finished" : "paused";
    const now = { ...run, fresh: true, step: this.step, status, rows, losses, epochs: rows.length };
    return { ...event, inView: RUN, runs: { [RUN]: now }, settings: { [RUN]: this.settings } };
  }
}

/** What the page computes itself where there is no server: what the network says to a drawing, and its mistakes. */

import { Problem } from "../api.js";
import { toBytes } from "../arrays.js";
import { fitDrawing } from "./drawing.js";
import { argmax, forward, slopes } from "./network.js";

/** @typedef {import("./recording.js").Recording} Recording */

const PAGE = 48; // images at a time
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * @param {Recording} recording
 * @param {any} body
 * @param {number} step
 */
export function readDrawing(recording, { strokes, leftOut }, step) {
  if (!strokes.length) throw new Problem(400, "draw a digit first");
  const { image, steps } = fitDrawing(strokes, leftOut);
  return { steps, problem: "", truth: null, ...answer(recording, image.values, step) };
}

/**
 * @param {Recording} recording
 * @param {string} sample
 * @param {number} step
 */
export function readSample(recording, sample, step) {
  const [part, rest] = sample.split(":");
  const index = part === "test" ? indexOf(recording, rest) : null;
  const image = index === null ? fromText(rest ?? "", recording) : recording.image(index);
  return { steps: [], problem: "", truth: index === null ? null : recording.labels[index], ...answer(recording, image, step) };
}

/**
 * @param {Recording} recording
 * @param {import("../arrays.js").Values} bytes
 * @param {number} step
 */
function answer(recording, bytes, step) {
  const weights = recording.weights(step);
  const x = Float64Array.from(bytes, (byte) => byte / 255);
  const { Z1, A1, A2 } = forward(weights, x);
  const { hidden, classes, inputs, W2 } = weights;
  const grown = slopes(weights, Z1);
  const shape = [classes, ...recording.shape];
  return {
    image: { shape: recording.shape, values: bytes },
    sample: `pixels:${toText(bytes)}`,
    label: argmax(A2),
    A2: [...A2],
    classes: recording.classes,
    A1: { shape: [hidden], values: A1 },
    votes: { shape: [classes, hidden], values: Float64Array.from({ length: classes * hidden }, (_, at) => W2[at] * A1[at % hidden]) },
    evidence: { shape, values: grown.map((slope, at) => slope * x[at % inputs]) },
    slopes: { shape, values: grown },
    likeness: null,
  };
}

/**
 * @param {Recording} recording
 * @param {number} step
 */
export function weightImages(recording, step) {
  const { W1, hidden } = recording.weights(step);
  return { images: { shape: [hidden, ...recording.shape], values: W1 } };
}

/** @type {WeakMap<Recording, Map<number, {predicted: number[], confidence: number[]}>>} */
const known = new WeakMap();

/**
 * @param {Recording} recording
 * @param {number} step
 */
function predictions(recording, step) {
  const steps = known.get(recording) ?? new Map();
  known.set(recording, steps);
  const snapped = recording.snap(step);
  if (!steps.has(snapped)) {
    const weights = recording.weights(snapped);
    const found = recording.labels.map((_, index) => forward(weights, Float64Array.from(recording.image(index), (byte) => byte / 255)).A2);
    steps.set(snapped, { predicted: found.map(argmax), confidence: found.map((A2) => Math.max(...A2)) });
  }
  return /** @type {{predicted: number[], confidence: number[]}} */ (steps.get(snapped));
}

/**
 * @param {Recording} recording
 * @param {number} step
 */
export function matrix(recording, step) {
  const { predicted } = predictions(recording, step);
  const confusion = recording.classes.map(() => recording.classes.map(() => 0));
  recording.labels.forEach((label, index) => confusion[label][predicted[index]]++);
  const correct = confusion.reduce((sum, row, label) => sum + row[label], 0);
  return { step, classes: recording.classes, confusion, samples: recording.labels.length, correct };
}

/**
 * @param {Recording} recording
 * @param {Record<string, any>} params
 * @param {number} step
 */
export function images(recording, { label = null, predicted: read = null, first = 0 }, step) {
  const { predicted, confidence } = predictions(recording, step);
  const isRight = label !== null && label === read;
  const chosen = recording.labels.map((_, index) => index).filter((index) =>
    label === null ? predicted[index] !== recording.labels[index] : recording.labels[index] === label && predicted[index] === read);
  chosen.sort((a, b) => (confidence[b] - confidence[a]) * (isRight ? -1 : 1));
  const shown = chosen.slice(first, first + PAGE);
  const size = recording.shape[0] * recording.shape[1];
  const pixels = new Uint8Array(shown.length * size);
  shown.forEach((index, place) => pixels.set(recording.image(index), place * size));
  const pick = (/** @type {number[]} */ values) => shown.map((index) => values[index]);
  return {
    count: chosen.length, indices: shown, labels: pick(recording.labels), predicted: pick(predicted), confidence: pick(confidence),
    images: { shape: [shown.length, ...recording.shape], values: pixels }, classes: recording.classes,
  };
}

/**
 * @param {Recording} recording
 * @param {string} text
 */
function indexOf(recording, text) {
  const index = Number(text);
  if (!Number.isInteger(index) || index < 0 || index >= recording.labels.length) {
    throw new Problem(400, `this recording has the test images 0 to ${recording.labels.length - 1}, not ${text}`);
  }
  return index;
}

/** @param {import("../arrays.js").Values} bytes */
function toText(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

/**
 * @param {string} text
 * @param {Recording} recording
 */
function fromText(text, recording) {
  const size = recording.shape[0] * recording.shape[1];
  const isWritten = [...text].every((letter) => LETTERS.includes(letter));
  const bytes = isWritten ? toBytes(text.replace(/-/g, "+").replace(/_/g, "/")) : new Uint8Array();
  if (bytes.length !== size) throw new Problem(400, "the address has no picture of the right size; draw anew");
  return bytes;
}

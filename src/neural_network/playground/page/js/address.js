/** The words that an address may have: a list for the whole page, and what is wrong with an address of others. */

import { USUAL } from "./settings.js";
import { VIEWS } from "./views.js";

const OF_VIEWS = ["view", "tour", "model", "strokes", "leftout", "class", "sample", "label", "line", "cell", "part", "true", "read", "image"];
const WORDS = [...OF_VIEWS, ...Object.keys(USUAL)];
const RUN = /^run\d+$/; // of which the server says how many there may be

const WHOLE = { form: /^\d{1,9}$/, words: "a whole number" };
/** @type {Record<string, {form: RegExp, words: string}>} what values must look like that the page reads itself */
const FORMS = {
  strokes: { form: /^([\w-]{4})*(\.([\w-]{4})+)*$/, words: "a drawing as a link of this page has it" },
  cell: { form: /^\d{1,9}(,\d{1,9})*$/, words: "a row and a column, such as 3,400" },
  line: WHOLE, class: WHOLE, true: WHOLE, read: WHOLE, image: WHOLE,
};

/**
 * @param {Record<string, string>} values those of an address
 * @returns {string[]} the names of those that mean nothing
 */
export function unknownWords(values) {
  const isView = VIEWS.some(({ name }) => name === values.view) || !("view" in values);
  const isWrong = (/** @type {string} */ name) => FORMS[name]?.form.test(values[name]) === false;
  return Object.keys(values).filter((name) => (name === "view" ? !isView : isWrong(name) || (!WORDS.includes(name) && !RUN.test(name))));
}

/**
 * @param {Record<string, string>} values those of an address
 * @returns {string} what is wrong with its words, in a sentence; empty if nothing is
 */
export function wrongWord(values) {
  const [word] = unknownWords(values);
  if (word === undefined) return "";
  if (word === "view") return `view must be one of ${VIEWS.map(({ name }) => name).join(", ")}, not '${values.view}'`;
  if (word in FORMS) return `${word} must be ${FORMS[word].words}, not '${values[word]}'`;
  const [near] = WORDS.filter((known) => distance(word, known) <= Math.max(1, word.length / 4)).sort((a, b) => distance(word, a) - distance(word, b));
  const advice = near ? `did you mean '${near}'?` : "it takes the names of settings, as in hidden=12, and view, step, until, from, run, run1";
  return `'${word}' in the address is not known; ${advice}`;
}

/**
 * @param {string} a
 * @param {string} b
 * @returns {number} how many letters must be put in, left out or exchanged to make b of a (Levenshtein)
 */
function distance(a, b) {
  let row = [...Array(b.length + 1).keys()];
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + Number(letter !== b[j - 1])));
    row = next;
  }
  return row[b.length];
}

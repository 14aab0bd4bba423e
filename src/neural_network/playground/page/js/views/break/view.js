/** Break it: runs with one thing wrong. Predict, run, read the diagnosis, and mend it. */

import { element } from "../../elements.js";
import { NO_RUNS } from "../../settings.js";
import { percent, short } from "../../numbers.js";
import { Chart } from "../../widgets/chart.js";
import { Curves } from "../train/curves.js";
import { showDiagnosis } from "./diagnosis.js";

/** @typedef {{title: string, about: string, change: string, predictions: string[], why: string, mend: string}} Experiment */

const MENDED = "-mended";
/** @type {Record<string, string>} what was guessed of each experiment: whoever comes back finds what was found */
const guesses = {};

/**
 * @param {HTMLElement} root
 * @param {import("../../main.js").Context} context
 * @returns {import("../../main.js").View}
 */
export function mount(root, context) {
  const { api, state, report } = context;
  /** @type {Record<string, Experiment> | null} */
  let experiments = null;
  /** @type {{close(): void} | null} */
  let shown = null;
  let name = "";
  api.get("/api/break/experiments").then((found) => {
    experiments = found;
    show();
  }, report);

  function show() {
    const asked = state.get("experiment").replace(MENDED, "");
    if (!experiments || (shown && asked === name)) return;
    shown?.close();
    name = asked in experiments ? asked : "";
    shown = name ? showOne(root, context, name, experiments[name]) : showAll(root, context, experiments);
  }
  return { update: show, unmount: () => shown?.close() };
}

/**
 * @param {HTMLElement} root
 * @param {import("../../main.js").Context} context
 * @param {Record<string, Experiment>} experiments
 */
function showAll(root, { state }, experiments) {
  const cards = Object.entries(experiments).map(([name, { title, about, change }]) =>
    element("li", { class: "card" }, element("h3", {}, element("button", { class: "link", onclick: () => state.set({ experiment: name, step: null, until: null }, { history: true }) }, title)),
      element("p", {}, about), element("code", {}, change)));
  root.replaceChildren(element("h2", {}, "Break it"),
    element("p", { class: "intro" }, "Nine runs with one thing wrong each. Predict what will happen, run it, let the diagnosis name the cause, and mend it."),
    element("ul", { class: "cards", role: "list" }, cards));
  return { close() {} };
}

/**
 * @param {HTMLElement} root
 * @param {import("../../main.js").Context} context
 * @param {string} name
 * @param {Experiment} experiment
 */
function showOne(root, context, name, experiment) {
  const { api, state, report } = context;
  const curves = new Curves();
  curves.names = { "run 1": "broken", "run 2": "mended" };
  let guess = "", stage = "predict", isOpen = true; // then: running, diagnosing, diagnosed, mending, mended; or choosing
  const data = () => (state.get("data") ? { data: state.get("data") } : {});
  const loss = new Chart("Loss (nats)", { format: (value, more = 0) => short(value, 3 + more) });
  const accuracy = new Chart("Accuracy", { format: (value, more = 0) => percent(value, 1 + more) });
  const run = element("button", { class: "main", disabled: true, onclick: () => void begin() }, "Run it");
  const choices = shuffled(experiment.predictions, name).map((words) => element("label", { class: "choice" },
    element("input", { type: "radio", name: "guess", value: words, onchange: () => { guess = words; run.disabled = stage !== "predict"; } }), words));
  /** @type {Record<string, string>} whose end each stage waits for, by its name in the stream */
  const awaited = { running: experiment.title, mending: `${experiment.title}, mended` };
  const verdict = element("section", { class: "verdict", "aria-live": "polite" });
  const charts = element("div", { class: "grid", hidden: true }, loss.root, accuracy.root);
  root.replaceChildren(
    element("p", {}, element("button", { class: "link", onclick: () => leave() }, "← All experiments")),
    element("h2", {}, experiment.title),
    element("p", {}, experiment.about),
    element("pre", { tabIndex: 0 }, element("code", {}, experiment.change)),
    element("fieldset", { class: "guess" }, element("legend", {}, "What will happen?"), choices, run),
    charts, verdict);
  const close = api.stream("/api/train/stream", {}, (event) => {
    curves.take(event);
    void (stage === "predict" && guesses[name] && nameOf("running") ? resume() : draw()).catch(report);
  });

  /** @param {string} which stage, of whose run this is the name */
  function nameOf(which) {
    return [...curves.runs].find(([, { experiment }]) => experiment === awaited[which])?.[0];
  }

  /** Show what was found before, if the session still has the run. */
  async function resume() {
    guess = guesses[name];
    for (const { firstChild } of choices) if (firstChild instanceof HTMLInputElement) firstChild.checked = firstChild.value === guess;
    run.disabled = true;
    charts.hidden = false;
    await look("running");
  }

  /** @param {string} next the stage whose run comes into view */
  async function look(next) {
    stage = "choosing";
    await api.post("/api/train/choose", { run: nameOf(next) });
    stage = next;
    await draw();
  }

  function leave() {
    delete guesses[name]; // to be guessed anew
    state.set({ experiment: null, step: null, until: null }, { history: true });
  }

  async function begin() {
    stage = "running";
    guesses[name] = guess;
    run.disabled = true;
    state.set(NO_RUNS);
    await start({ experiment: name, ...data() }).catch(report);
  }

  /** @param {Record<string, any>} job */
  async function start(job) {
    await api.post("/api/train/start", job);
    await api.post("/api/train/play", {});
    charts.hidden = false;
  }

  async function draw() {
    if (stage === "predict" || !isOpen) return;
    loss.draw(curves.lines("loss"));
    accuracy.draw(curves.lines("accuracy"));
    const isOver = ["finished", "diverged"].includes(curves.run?.status ?? "");
    const last = stage;
    if (!isOver || !(last in awaited) || curves.run?.experiment !== awaited[last]) return;
    stage = "diagnosing";
    const found = await api.post("/api/break/diagnose", {});
    if (found.mended !== (last === "mending")) {
      stage = last; // the stream has told of the run before
      return;
    }
    stage = found.mended ? "mended" : "diagnosed";
    if (isOpen) verdict.append(...(found.mended ? showMended() : showBroken(found)));
    verdict.lastElementChild?.scrollIntoView({ block: "nearest" });
    if (stage === "diagnosed" && nameOf("mending")) await look("mending");
  }

  /** @param {any} found */
  function showBroken(found) {
    const right = guess === experiment.predictions[0];
    const mend = element("button", { class: "main", disabled: nameOf("mending") !== undefined }, "Mend it");
    mend.onclick = () => {
      mend.disabled = true;
      stage = "mending";
      start({ experiment: name + MENDED, beside: true, ...data() }).catch(report);
    };
    return [
      element("h3", {}, right ? "As you said" : "Not quite"),
      element("p", {}, `${experiment.predictions[0]}. ${experiment.why}`),
      ...showDiagnosis(found, context),
      element("h3", {}, "What makes it right"),
      element("p", {}, experiment.mend),
      element("p", {}, mend),
    ];
  }

  function showMended() {
    const row = curves.run?.rows.at(-1);
    return [element("h3", {}, "Mended"), element("p", {},
      `The same data and the same seed, with nothing wrong: ${row ? `${percent(row.validation_accuracy, 1)} of the validation samples are right` : "it learns"}. The diagnosis finds nothing.`)];
  }

  return { close() { isOpen = false; close(); } };
}

/**
 * @param {string[]} words
 * @param {string} name always the same order for the same name, and the right one anywhere
 * @returns {string[]}
 */
function shuffled(words, name) {
  const turn = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % words.length;
  return [...words.slice(turn), ...words.slice(0, turn)];
}

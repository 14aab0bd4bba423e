/** Train: choose, play, pause, rewind and branch, and watch the network learn. */

import { element } from "../../elements.js";
import { NO_RUNS, SETTINGS, hasSettings, jobOf, noted, runsOf } from "../../settings.js";
import { percent, short } from "../../numbers.js";
import { Chart } from "../../widgets/chart.js";
import { makeControls } from "./controls.js";
import { Curves } from "./curves.js";
import { Lowest } from "./lowest.js";
import { Activations, Confusion } from "./measures.js";
import { Regions, Units } from "./pictures.js";
import { makeRuns } from "./runs.js";
import { makeShare } from "./share.js";
import { makeTransport } from "./transport.js";

const LOOK_EVERY = 1000; // milliseconds between looks at a network that trains
const NOTE_EVERY = 2000; // milliseconds between notes in the address of how far a run has come, for a reload
const LOOK_SHARE = 20; // of the time, looks take one in so many parts, so that they hardly slow the training

/**
 * @param {HTMLElement} root
 * @param {import("../../main.js").Context} context
 * @returns {import("../../main.js").View}
 */
export function mount(root, context) {
  const { api, state, report, go } = context;
  const curves = new Curves();
  /** @type {ReturnType<typeof makeControls> | null} */
  let controls = null;
  /** @type {import("./controls.js").Choices | null} */
  let choices = null;
  /** @type {any} */
  let facts = null; // what the session trains: its data and classes
  let isMounted = true, isLooking = false, lookedAt = "", nextLook = 0, nextNote = 0, isSettled = false;
  /** @type {Promise<void> | null} */
  let settling = null;
  /** @type {Promise<void> | null} */
  let starting = null; // a new run with the settings in the address
  /** @type {number | undefined} */
  let waiting; // until the settings that were changed start a new run

  const post = (/** @type {string} */ what, body = {}) => api.post(`/api/train/${what}`, body).then(() => report(null), report);
  const atStep = () => (state.get("step") ? Number(state.get("step")) : null);
  const look = (/** @type {number | null} */ step) => state.set({ step });
  const pick = (/** @type {number} */ x) => {
    const run = curves.run;
    if (run) look(Math.max(0, Math.min(x - run.offset, run.step)));
  };

  const loss = new Chart("Loss (nats)", { format: (value, more = 0) => short(value, 3 + more), onPick: pick });
  const lowest = new Lowest(pick);
  loss.details.before(lowest.element, element("p", { class: "small quiet" }, "Training: the mean over the steps of an epoch, each before its update. Validation: after the epoch."));
  const accuracy = new Chart("Accuracy", { format: (value, more = 0) => percent(value, 1 + more), onPick: pick });
  const gradients = new Chart("Length of the gradients", { format: (value, more = 0) => short(value, 3 + more), onPick: pick });
  const units = new Units(), regions = new Regions(), confusion = new Confusion((label, read) => go("mistakes", { part: "validation", true: label, read, image: null })), activations = new Activations();
  const transport = makeTransport({ post: command, look, branch });
  const runs = makeRuns((name) => {
    look(null);
    void post("choose", { run: name }).then(adopt);
  });
  const share = makeShare(context, { atStep, adopt: () => (look(null), adopt()), startFrom, address });
  const changes = element("div", { class: "changes card row", hidden: true }, element("p", {}, "The settings differ from those of this run."),
    element("button", { class: "main", onclick: () => start() }, "Start anew"),
    element("button", { onclick: () => branch(atStep() ?? curves.run?.step ?? 0) }, "Branch with them"),
    element("button", { onclick: adopt }, "Take back"));
  const side = element("aside", { class: "side" });
  root.append(
    element("h2", { class: "unseen" }, "Train"),
    side,
    element("div", { class: "stage" }, transport.root, runs.root,
      element("div", { class: "grid" }, loss.root, accuracy.root, units.root, regions.root, confusion.root, activations.root, gradients.root), share.root,
      changes)); // which is in sight at the bottom: above, it would move the button that is being pressed
  units.root.hidden = regions.root.hidden = true;
  side.hidden = share.root.hidden = transport.fork.hidden = !api.has("settings");

  state.set({ model: null }); // from here on, the network that is trained here reads drawings
  void begin();
  const close = api.stream("/api/train/stream", {}, (event) => {
    curves.take(event);
    settle();
    draw();
  });

  async function begin() {
    try {
      choices = /** @type {import("./controls.js").Choices} */ (await api.get("/api/choices"));
      if (!isMounted) return;
      controls = makeControls(choices, state);
      side.replaceChildren(controls.root);
      share.offer(choices.models);
      await learnFacts();
      settle();
    } catch (problem) {
      report(problem);
    }
    draw();
  }

  /** Let the form follow the run in view, once the runs of the address have been trained again. */
  function settle() {
    const isReady = choices && curves.run && !curves.isRestoring;
    if (!isReady) settling = null;
    else settling ??= follow().then(() => (isSettled = true), report).then(draw);
    if (!settling) isSettled = false;
  }

  async function follow() {
    await learnFacts();
    if (!isMounted) return; // the address is another view's by now
    const isOther = state.get("experiment") !== "" && state.get("experiment") !== facts.experiment; // which the form cannot ask for
    const isOfModel = facts.from !== "" && choices?.ofModel.some((name) => name in facts.settings && !(name in state.values));
    if (isOther || isOfModel || (runsOf(state.values).runs && !hasSettings(state.values))) showFacts();
    if (curves.restoring) report(curves.restoring.problem || null);
  }

  /** @param {string} model the shipped one that a new run begins with */
  async function startFrom(model) {
    const own = Object.fromEntries((choices?.ofModel ?? []).map((name) => [name, null]));
    state.set({ ...NO_RUNS, ...own, experiment: null, from: model });
    await api.post("/api/train/start", jobOf(state.values)).then(adopt, (problem) => {
      state.set({ from: null });
      throw problem;
    });
  }

  async function learnFacts() {
    facts = await api.get("/api/train/state");
    lookedAt = "";
  }

  /** Start a new run with the settings in the address. */
  async function start() {
    clearTimeout(waiting);
    waiting = undefined;
    state.set({ ...NO_RUNS, experiment: null });
    starting = post("start", jobOf(state.values)).then(learnFacts).catch(report);
    await starting;
    starting = null;
  }

  /** Do what a button of the transport says, with the run that the settings in the address are about to start. */
  async function command(/** @type {string} */ what, body = {}) {
    if (waiting !== undefined && isChanged()) await start();
    await starting;
    await post(what, body);
  }

  /** @param {number} step */
  async function branch(step) {
    look(null);
    await post("branch", { step, settings: jobOf(state.values).settings });
    await learnFacts().catch(report);
  }

  /** Let the address, and with it the controls, say what the run in view has. */
  async function adopt() {
    await learnFacts().catch(report);
    showFacts();
  }

  function showFacts() {
    const none = Object.fromEntries(SETTINGS.map((name) => [name, null]));
    const settings = facts.experiment ? {} : facts.settings;
    const { data, experiment, from } = facts;
    state.set({ ...none, ...settings, data: data === choices?.names.data[0] ? null : data, experiment, from });
    controls?.update();
  }

  /** @returns {boolean} whether the controls say something else than what the run in view was started with */
  function isChanged() {
    const run = curves.run;
    if (!run || !choices || !facts) return false;
    const { settings, data, experiment, from } = jobOf(state.values);
    if ((experiment ?? "") !== facts.experiment || (from ?? "") !== facts.from) return true;
    if (experiment) return false;
    const names = new Set([...Object.keys(settings), ...Object.keys(run.settings), ...Object.keys(facts.settings)]);
    const usual = choices.usual;
    const differ = (/** @type {any} */ one, /** @type {any} */ other) => [...names].some((name) => !isSame(one[name] ?? usual[name], other[name] ?? usual[name]));
    if (differ(facts.settings, run.settings)) return false; // another run has just come into view: not both say so yet
    return differ(settings, run.settings) || (data ?? choices.names.data[0]) !== facts.data;
  }

  function draw() {
    if (!isMounted) return;
    const run = curves.run;
    const step = atStep();
    transport.update(curves, step);
    runs.update(curves);
    if (!run) return;
    const mark = step === null ? null : run.offset + step;
    loss.draw(curves.lines("loss"), mark);
    lowest.draw(curves.lines("loss"));
    accuracy.draw(curves.lines("accuracy"), mark);
    gradients.draw(curves.gradients(), mark);
    share.update(`${curves.inView} ${run.address}`, run.address === null, curves.isRestoring);
    const changed = isSettled && isChanged();
    const isFresh = run.step === 0 && run.address !== null && curves.runs.size === 1; // nothing is lost where it is replaced
    if (changed && isFresh && !starting) startSoon();
    changes.hidden = !changed || isFresh;
    if (isSettled) note(run, changed);
    void lookNow();
  }

  /**
   * Let the address say how far the runs have come.
   * @param {import("./curves.js").Run} run the one in view
   * @param {boolean} changed whether the settings in the address are others than its own
   */
  function note({ status, step }, changed) {
    const isUnderWay = step < Number(state.get("until")); // to the step of the address, which stays there until then
    if (status === "running" && (isUnderWay || Date.now() < nextNote)) return;
    if (status === "running") nextNote = Date.now() + NOTE_EVERY;
    state.set(noted({ inView: curves.inView, runs: Object.fromEntries(curves.runs) }, changed));
  }

  /** @returns {string} the address of what the page shows now */
  function address() {
    nextNote = 0;
    draw();
    return location.href;
  }

  function startSoon() {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      waiting = undefined;
      if (isMounted && isChanged()) void start();
    }, 200);
  }

  /** Fetch what the network of the step in view looks like, unless that is shown already. */
  async function lookNow() {
    const run = curves.run;
    if (!run || !facts || isLooking) return;
    const step = Math.min(atStep() ?? run.step, run.step);
    const what = `${curves.inView} ${step} ${run.offset} ${facts.data} ${JSON.stringify(run.settings)}`;
    const wait = run.status === "running" && atStep() === null ? nextLook - Date.now() : 0;
    if (what === lookedAt || wait > 0) return;
    isLooking = true;
    const began = Date.now();
    try {
      show(await api.get("/api/train/look", { step }));
      lookedAt = what;
    } catch (problem) {
      if (/** @type {any} */ (problem).status !== 400) report(problem); // a step that a rewind has just removed
      else lookedAt = what;
    }
    isLooking = false;
    nextLook = Date.now() + Math.max(LOOK_EVERY, LOOK_SHARE * (Date.now() - began));
    if (isMounted) setTimeout(draw, 30);
  }

  /** @param {any} found */
  function show(found) {
    if (!isMounted) return;
    units.root.hidden = !found.images;
    regions.root.hidden = !found.regions;
    if (found.images) units.draw(found);
    if (found.regions) regions.draw(found);
    confusion.draw(found, facts.classes);
    activations.draw(found);
  }

  return {
    update(_, changed) {
      controls?.update();
      if (!facts || changed.some((name) => name === "data" || SETTINGS.includes(name))) {
        report(null); // what was said of the settings before
        if (!facts) void learnFacts().then(draw, report);
      }
      draw();
    },
    unmount() {
      isMounted = false;
      close();
    },
  };
}

/** @param {any} a @param {any} b */
function isSame(a, b) {
  const empty = (/** @type {any} */ value) => value === "" || value === null || value === undefined;
  return (empty(a) && empty(b)) || String(a) === String(b) || (!empty(a) && !empty(b) && Number(a) === Number(b));
}

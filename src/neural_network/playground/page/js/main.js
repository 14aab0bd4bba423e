/** The start of the page: the state, the way to the server, and the view that the address asks for. */

import { unknownWords, wrongWord } from "./address.js";
import { Api, Problem } from "./api.js";
import { element } from "./elements.js";
import { RecordedApi } from "./replay/api.js";
import { Latest } from "./latest.js";
import { ProblemLine } from "./problem.js";
import { USUAL, isOfTraining, jobOf, none, runsOf } from "./settings.js";
import { State, written } from "./state.js";
import { usualReader } from "./views/draw/reader.js";
import { Tour } from "./tour.js";
import { VIEWS } from "./views.js";

/** @typedef {{update(values: Record<string, string>, changed: string[]): void, unmount(): void}} View */
/** @typedef {Pick<Api, "get" | "post" | "stream" | "has">} Server */
/** @typedef {{api: Server, state: State, go: (view: string, params?: Record<string, string | number | null>) => void, report: (problem: unknown) => void}} Context */

const state = new State();
const recording = document.getElementById("recording");
/** @type {Api | RecordedApi} */
const api = recording
  ? await RecordedApi.open(recording.textContent ?? "")
  : new Api(jobOfSession, refuse);
if (api instanceof RecordedApi) state.set(api.settings);
else if (isBare()) state.set({ view: "draw", model: usualReader() }); // before any training, a network that can read
const views = VIEWS.filter(({ name }) => api.has(name));
const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const line = new ProblemLine(/** @type {HTMLElement} */ (document.getElementById("problem")));
const checker = new Latest(check, (problem) => {
  wrong = problem;
  sayOfSettings();
});

/** @type {Context} */
const context = { api, state, go, report };
/** @type {View | null} */
let view = null;
let shown = "";
/** @type {unknown} */
let wrong = null; // what the newest check has found in the address
let word = ""; // what is wrong with its words
/** @type {string[]} */
let beside = []; // the settings in it that none of its runs has
let isRefused = false; // the settings are wrong: there is no network, and no view of it
let isTrainingDue = false; // a shipped model reads: the network of the session is trained once a view needs it
const tour = new Tour(context);

/** @returns {boolean} whether the address shows drawings, and says nothing of who reads them */
function isBare() {
  return state.get("view", "draw") === "draw" && !Object.keys(state.values).some((name) => name === "model" || name === "step" || isOfTraining(name));
}

/** @returns {boolean} whether the view is one in which the user begins the training */
function isTrainedByHand() {
  return ["train", "break"].includes(viewOfAddress().name);
}

/** @returns {boolean} whether the view shows the network that is trained here, and not a shipped one */
function needsNetwork() {
  return !isTrainedByHand() && !isReadByShipped();
}

/** @returns {boolean} whether a shipped model reads drawings in the view */
function isReadByShipped() {
  return viewOfAddress().name === "draw" && state.get("model") !== "";
}

/** What the address says of the training: the job, its runs, and how far they are trained. */
function asked() {
  const { until, step } = state.values;
  const reading = { model: state.get("model"), leftOut: state.get("leftout") };
  return { ...jobOf(state.values), ...runsOf(state.values), ...(until !== undefined && { until }), ...(step !== undefined && { step }), ...reading };
}

/** What a new session trains: as far as the address says, and else to the end where a view needs it. */
async function jobOfSession() {
  await checker.done;
  if (wrong && isReadByShipped()) return jobOf({}); // which compares with the usual data
  if (wrong) throw wrong;
  const job = asked();
  const isFree = !job.runs && !Number(job.until) && !job.step;
  isTrainingDue = isFree && !needsNetwork() && !isTrainedByHand();
  return { ...job, ...(isFree && needsNetwork() && { until: "end" }) };
}

/** The way out of a wrong address. */
function takeUsual() {
  state.set({ ...USUAL, ...none(["model", "leftout", ...unknownWords(state.values)]) });
}

function trainIfDue() {
  if (isTrainingDue && needsNetwork()) api.post("/api/train/play", {}).catch(report);
  if (needsNetwork() || isTrainedByHand()) isTrainingDue = false;
}

/** See whether the page knows the words of the address, and ask whether there can be a network with its settings. */
async function check() {
  word = wrongWord(state.values);
  if (word) throw new Problem(400, word);
  if (!(api instanceof Api)) return;
  const found = await api.send("POST", "/api/session/check", asked()).catch((problem) => {
    if (problem.status === 400) throw problem;
  });
  beside = found?.beside ?? [];
  sayOfSettings();
}

/** Say what is wrong with the address, or which of its settings are ignored; in Train the form says that. */
function sayOfSettings() {
  const isIgnored = !wrong && beside.length > 0 && !isTrainedByHand();
  const words = `The address has ${beside.map((name) => `${name}=${state.get(name)}`).join(", ")} beside its runs, which is ignored here; Train takes it for the next run.`;
  if (isIgnored) line.say("settings", words, { title: "Leave it out", take: () => state.set(none(beside)) });
  else line.say("settings", wrong, { title: "Take the usual settings", take: takeUsual });
}

/** @param {unknown} problem for which no session can be opened */
function refuse(problem) {
  report(problem);
  if (/** @type {any} */ (problem)?.status !== 400 || isTrainedByHand()) return;
  isRefused = true;
  view?.unmount();
  view = null;
  main.replaceChildren(element("div", { class: `view ${shown} card` }, element("h2", {}, viewOfAddress().title),
    element("p", {}, "This view shows a network. With the settings in the address there is none: take the usual ones, or correct them in Train."),
    element("div", { class: "row" },
      element("button", { type: "button", class: "main", onclick: takeUsual }, "Take the usual settings"),
      element("button", { type: "button", onclick: () => go("train") }, "Correct them in Train"),
      shown === "draw" && usualReader() && element("button", { type: "button", onclick: () => go("draw", { model: usualReader() }) }, `Draw with ${usualReader()}`))));
}

/** @type {Context["go"]} */
function go(name, params = {}) {
  state.set({ ...params, view: name }, { history: true });
}

/** @type {Context["report"]} */
function report(problem) {
  const { step } = /** @type {any} */ (problem) ?? {}; // the last that can be shown, where the network has diverged
  line.say("request", problem, step === undefined ? undefined : { title: `Go to step ${step}`, take: () => state.set({ step }) });
}

function viewOfAddress() {
  const name = state.get("view", views[0].name);
  return views.find((each) => each.name === name) ?? views[0];
}

async function show() {
  const { name, title } = viewOfAddress();
  if (name === shown && !isRefused) return;
  shown = name;
  isRefused = false;
  document.title = `${title} · The network you can see through`;
  drawNavigation();
  view?.unmount();
  view = null;
  report(null);
  sayOfSettings();
  const module = await import(`./views/${name}/view.js`);
  if (shown !== name) return;
  const root = element("div", { class: `view ${name}` });
  main.replaceChildren(root);
  view = module.mount(root, { ...context, report: (/** @type {unknown} */ problem) => root.isConnected && report(problem) }); // not once it has gone
}

function drawNavigation() {
  const list = /** @type {HTMLElement} */ (document.getElementById("views"));
  const links = views.map(({ name, title }) => {
    const link = element("a", { href: written({ ...state.values, view: name }) }, title);
    if (name === shown) link.setAttribute("aria-current", "page");
    return element("li", {}, link);
  });
  const begin = element("button", { class: "link", onclick: () => void tour.begin() }, "Guided tour");
  list.replaceChildren(...links, ...(api.has("tour") ? [element("li", {}, begin)] : []));
}

state.subscribe((values, changed) => {
  const isOther = changed.some(isOfTraining) || wrongWord(values) !== word || (wrong && changed.includes("step"));
  const isReadable = isOther || (changed.includes("model") && isReadByShipped());
  if (isOther) void checker.ask(null);
  if (changed.includes("view") || (isRefused && isReadable)) void show();
  else view?.update(values, changed);
  trainIfDue();
  drawNavigation();
});
addEventListener("pageshow", (event) => event.persisted && location.reload());
void checker.ask(null);
void show();

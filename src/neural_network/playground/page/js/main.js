/** The start of the page: the state, the way to the server, and the view that the address asks for. */

import { Api } from "./api.js";
import { element } from "./elements.js";
import { RecordedApi } from "./replay/api.js";
import { jobOf } from "./settings.js";
import { State } from "./state.js";
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
  : new Api(() => ({ ...jobOf(state.values), until: untilStep() }));
if (api instanceof RecordedApi) state.set(api.settings);
else if (!location.hash) state.set({ view: "draw", model: usualReader() }); // before any training, a network that can read
const views = VIEWS.filter(({ name }) => api.has(name));
const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const line = /** @type {HTMLElement} */ (document.getElementById("problem"));

/** @type {Context} */
const context = { api, state, go, report };
const END = 1e9; // a step after the last of any run
/** @type {View | null} */
let view = null;
let shown = "";
const tour = new Tour(context);

/**
 * How far a new session trains by itself: as far as the address says, and else, in views that use a network and have
 * no button to train it, to the end.
 */
function untilStep() {
  const asked = Math.max(Number(state.get("until")) || 0, Number(state.get("step")) || 0);
  return asked || (["train", "break"].includes(viewOfAddress().name) || state.get("step") ? 0 : END);
}

/** @type {Context["go"]} */
function go(name, params = {}) {
  state.set({ ...params, view: name }, { history: true });
}

/** @type {Context["report"]} */
function report(problem) {
  line.textContent = problem ? String(/** @type {any} */ (problem).message ?? problem) : "";
  line.hidden = !problem;
}

function viewOfAddress() {
  const name = state.get("view", views[0].name);
  return views.find((each) => each.name === name) ?? views[0];
}

async function show() {
  const { name, title } = viewOfAddress();
  if (name === shown) return;
  shown = name;
  document.title = `${title} · The network you can see through`;
  drawNavigation();
  view?.unmount();
  view = null;
  report(null);
  const module = await import(`./views/${name}/view.js`);
  if (shown !== name) return;
  const root = element("div", { class: `view ${name}` });
  main.replaceChildren(root);
  view = module.mount(root, context);
}

function drawNavigation() {
  const list = /** @type {HTMLElement} */ (document.getElementById("views"));
  const links = views.map(({ name, title }) => {
    const link = element("a", { href: `#${new URLSearchParams({ ...state.values, view: name })}` }, title);
    if (name === shown) link.setAttribute("aria-current", "page");
    return element("li", {}, link);
  });
  const begin = element("button", { class: "link", onclick: () => void tour.begin() }, "Guided tour");
  list.replaceChildren(...links, ...(api.has("tour") ? [element("li", {}, begin)] : []));
}

state.subscribe((values, changed) => {
  if (changed.includes("view")) void show();
  else view?.update(values, changed);
  drawNavigation();
});
addEventListener("pageshow", (event) => event.persisted && location.reload());
void show();

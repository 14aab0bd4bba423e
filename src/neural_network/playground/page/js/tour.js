/** The guided tour: a card that stays while it leads through the views, and marks what each step is about. */

import { element } from "./elements.js";
import { jobOf } from "./settings.js";
import { STEPS } from "./tour_steps.js";

const PATIENCE = 8000; // milliseconds that a view may take to show what a step is about

export class Tour {
  /**
   * @param {import("./main.js").Context} context
   */
  constructor({ api, state, go, report }) {
    this.api = api;
    this.state = state;
    this.go = go;
    this.report = report;
    this.number = 0;
    /** @type {Element | null} */
    this.marked = null;
    this.title = element("h2", { tabIndex: -1 });
    this.text = element("p");
    this.task = element("p", { class: "task" });
    this.count = element("span", { class: "small quiet" });
    this.back = element("button", { onclick: () => this.move(-1) }, "Back");
    this.next = element("button", { class: "main", onclick: () => this.move(1) });
    this.end = element("button", { onclick: () => this.state.set({ tour: null }) }, "End the tour");
    this.root = element("aside", { class: "tour", "aria-label": "Guided tour", hidden: true },
      this.title, this.text, this.task, element("div", { class: "row" }, this.back, this.next, this.end, this.count));
    document.body.append(this.root);
    state.subscribe(() => this.update());
    this.update();
  }

  /** Begin with a new run of the usual settings. */
  async begin() {
    const { view, params } = STEPS[0];
    const usual = Object.fromEntries(Object.keys(this.state.values).map((name) => [name, null]));
    this.state.set({ ...usual, ...params, view, tour: 1 }, { history: true });
    await this.api.post("/api/train/start", jobOf(this.state.values)).catch(this.report);
  }

  /** @param {number} by */
  move(by) {
    const number = this.number + by;
    const step = STEPS[number - 1];
    if (step) this.go(step.view, { ...step.params, tour: number });
    else this.state.set({ tour: null });
  }

  update() {
    const number = Math.min(Number(this.state.get("tour")) || 0, STEPS.length);
    if (number === this.number) return;
    this.number = number;
    this.marked?.classList.remove("toured");
    this.marked = null;
    const step = STEPS[number - 1];
    this.root.hidden = !step;
    document.body.classList.toggle("on-tour", Boolean(step));
    if (!step) return;
    this.title.textContent = step.title;
    this.text.textContent = step.text;
    this.task.textContent = step.task ?? "";
    this.task.hidden = !step.task;
    this.count.textContent = `${number} of ${STEPS.length}`;
    this.back.disabled = number === 1;
    this.next.textContent = number === STEPS.length ? "Finish" : "Next";
    this.title.focus({ preventScroll: true });
    this.mark(step.mark, Date.now() + PATIENCE);
  }

  /**
   * Mark the element that a step is about, once it is there.
   * @param {string} selector
   * @param {number} deadline
   */
  mark(selector, deadline) {
    const step = STEPS[this.number - 1];
    if (step?.mark !== selector) return;
    const found = document.querySelector(`main > .${step.view} ${selector}`);
    if (found && found.getBoundingClientRect().height > 0) {
      this.marked = found;
      found.classList.add("toured");
      found.scrollIntoView({ block: "start" });
    } else if (Date.now() < deadline) setTimeout(() => this.mark(selector, deadline), 100);
  }
}

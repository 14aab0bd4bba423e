/** Requests of which only the newest answer counts: while one is under way, the next waits, and replaces any before it. */

/** @template T */
export class Latest {
  /**
   * @param {(value: T) => Promise<void>} work
   * @param {(problem: unknown) => void} report
   * @param {Element} [element] marked as busy until the newest request is answered
   */
  constructor(work, report, element) {
    this.element = element;
    this.work = work;
    this.report = report;
    /** @type {{value: T} | null} */
    this.waiting = null;
    this.isBusy = false;
    this.done = Promise.resolve();
  }

  /**
   * @param {T} value
   * @returns {Promise<void>} fulfilled when the newest request is answered
   */
  ask(value) {
    this.waiting = { value };
    this.element?.setAttribute("aria-busy", "true");
    if (!this.isBusy) this.done = this.run();
    return this.done;
  }

  async run() {
    this.isBusy = true;
    while (this.waiting) {
      const { value } = this.waiting;
      this.waiting = null;
      try {
        await this.work(value);
        this.report(null);
      } catch (problem) {
        this.report(problem);
      }
    }
    this.isBusy = false;
    this.element?.setAttribute("aria-busy", "false");
  }
}

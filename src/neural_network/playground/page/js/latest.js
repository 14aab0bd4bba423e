/** Requests of which only the newest answer counts: while one is under way, the next waits, and replaces any before it. */

/** @template T */
export class Latest {
  /**
   * @param {(value: T) => Promise<void>} work
   * @param {(problem: unknown) => void} report called with a problem, and with null once there is none any more
   * @param {Element} [element] marked as busy until the newest request is answered
   */
  constructor(work, report, element) {
    this.element = element;
    this.work = work;
    this.report = report;
    /** @type {{value: T} | null} */
    this.waiting = null;
    this.isBusy = this.hasFailed = false;
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
        if (this.hasFailed) this.report(null); // and never what another has said
        this.hasFailed = false;
      } catch (problem) {
        this.hasFailed = true;
        this.report(problem);
      }
    }
    this.isBusy = false;
    this.element?.setAttribute("aria-busy", "false");
  }
}

/** What the stream has brought of each run: its rows, its losses, and where it is. */

/** @typedef {import("../../widgets/chart.js").Line} Line */
/**
 * @typedef {{status: string, error: string, step: number, total: number, epochs: number, stepsPerEpoch: number,
 *   offset: number, parent: string, origin: string, experiment: string, rows: Record<string, number>[], losses: [number, number][],
 *   settings: Record<string, any>, address: string | null}} Run
 */
/** @typedef {{number: number, count: number, is_over: boolean, problem: string}} Restoring which run of the address is trained again */

export class Curves {
  constructor() {
    /** @type {Map<string, Run>} */
    this.runs = new Map();
    this.inView = "";
    /** @type {Restoring | null} */
    this.restoring = null;
    /** @type {Record<string, string>} names of runs that say more than the server's */
    this.names = {};
  }

  /** @returns {Run | undefined} the run in view */
  get run() {
    return this.runs.get(this.inView);
  }

  /** @returns {boolean} whether the runs of the address are being trained again */
  get isRestoring() {
    return this.restoring?.is_over === false;
  }

  /** @param {any} event what the server says has changed */
  take(event) {
    this.inView = event.inView;
    this.restoring = event.restoring;
    const before = this.runs;
    this.runs = new Map();
    for (const [name, news] of Object.entries(event.runs)) {
      const old = news.fresh ? undefined : before.get(name);
      const rows = [...(old?.rows ?? []), ...news.rows];
      const losses = [...(old?.losses ?? []), ...news.losses].filter(([step]) => step % news.stride === 0);
      this.runs.set(name, { ...news, rows, losses, settings: event.settings[name] ?? {} });
    }
  }

  /**
   * @param {string} column of the history, such as "loss"
   * @returns {Line[]} that column and its validation of the run in view, and the validation of the others
   */
  lines(column) {
    const lines = [];
    for (const [name, run] of this.runs) {
      const isInView = name === this.inView;
      const of = (/** @type {string} */ each) =>
        /** @type {[number, number][]} */ (run.rows.map((row) => [run.offset + row.step, row[each]]));
      if (isInView && column === "loss" && run.stepsPerEpoch > 1) {
        lines.push({ name: "batch", kind: "batch", points: run.losses.map(([x, y]) => /** @type {[number, number]} */ ([run.offset + x, y])) });
      }
      if (isInView) lines.push({ name: "training", kind: "training", points: of(column) });
      const which = this.runs.size > 1 ? `validation, ${this.names[name] ?? name}` : "validation";
      lines.push({ name: which, kind: isInView ? "validation" : "other", points: of(`validation_${column}`) });
    }
    return lines.sort((a, b) => order(a.kind) - order(b.kind)); // the run in view on top
  }

  /** @returns {Line[]} the norms of the gradients, as the optimizer received them at the first step of each epoch */
  gradients() {
    const run = this.run;
    if (!run) return [];
    return ["W1", "W2"].map((name, i) => ({
      name, kind: i ? "validation" : "training",
      points: run.rows.map((row) => /** @type {[number, number]} */ ([run.offset + row.step, row[`gradient_${name}`]])),
    }));
  }
}

const order = (/** @type {string} */ kind) => ["other", "batch", "training", "validation"].indexOf(kind);

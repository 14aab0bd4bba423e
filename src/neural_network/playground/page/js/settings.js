/** Which values of the address are the training: its settings, its data, and the runs of which it has several. */

export const SETTINGS = [
  "hidden", "activation", "initializer", "output", "loss", "label_smoothing", "seed", "epochs", "batch_size",
  "optimizer", "learning_rate", "schedule", "warmup_steps", "l1", "l2", "dropout", "input_dropout", "max_norm", "clip",
  "augment", "light_epochs", "early_stopping", "average",
];
const OF_JOB = [...SETTINGS, "data", "experiment", "from"];
const RUNS = ["run", "run1", "run2", "run3", "run4", "run5", "run6"]; // the one in view, and what each of them is

/** @typedef {Record<string, string | null>} Change of the address; null removes a value */
/** @typedef {{data?: string, experiment?: string, from?: string, settings: Record<string, string>}} Job */

/** @param {string[]} names @returns {Change} */
export const none = (names) => Object.fromEntries(names.map((name) => [name, null]));

/** What leaves no branches in the address, or no runs, or nothing of the training. */
const NO_BRANCHES = none(RUNS);
export const NO_RUNS = { ...NO_BRANCHES, until: null, step: null };
export const USUAL = { ...NO_RUNS, ...none(OF_JOB) };

/**
 * @param {string} name
 * @returns {boolean} whether a value of the address is one of the training
 */
export const isOfTraining = (name) => name in USUAL && name !== "step";

/**
 * @param {Record<string, string>} values those of the address
 * @returns {Job} the job they describe, as the server takes it: an experiment, if there is one, has settings of its own
 */
export function jobOf(values) {
  const settings = Object.fromEntries(SETTINGS.filter((name) => name in values).map((name) => [name, values[name]]));
  const { data, experiment, from } = values;
  return { ...(data && { data }), ...(experiment && { experiment }), ...(from && { from }), settings };
}

/**
 * @param {Record<string, string>} values those of the address
 * @returns {{runs?: Record<string, string>, run?: string}} the runs they describe, where there are several
 */
export function runsOf(values) {
  const named = Object.entries(values).filter(([name]) => /^run\d+$/.test(name));
  return { ...(named.length && { runs: Object.fromEntries(named) }), ...("run" in values && { run: values.run }) };
}

/**
 * @param {Record<string, string>} values those of the address
 * @returns {boolean} whether they say what a run trains, beside the texts of several runs
 */
export const hasSettings = (values) => OF_JOB.some((name) => name in values);

/**
 * @param {Record<string, string>} values those of the address
 * @returns {Record<string, string>} the same, with the settings of a run that is the only one by themselves
 */
export function unfolded(values) {
  const { run1, run = "1", ...others } = values;
  const words = (run1 ?? "").split(",").filter(Boolean).map((word) => word.split(/:(.*)/s, 2));
  const isPlain = words.every(([name, value]) => value !== undefined && (OF_JOB.includes(name) || name === "until"));
  const isAlone = run1 !== undefined && run === "1" && !("run2" in values) && !("until" in values) && !hasSettings(values);
  return isAlone && isPlain ? { ...others, ...Object.fromEntries(words) } : values;
}

/**
 * @param {{inView: string, runs: Record<string, {address: string | null, step: number, status: string}>}} event of the stream
 * @param {boolean} [isChanged] whether the settings in the address are not those of the run in view
 * @returns {Change} what the address says of how far the runs have come; nothing where it cannot name one of them
 */
export function noted({ inView, runs }, isChanged = false) {
  const all = Object.entries(runs), { step, status } = runs[inView];
  if (all.some(([, { address }]) => address === null)) return { ...NO_BRANCHES, until: null };
  if (all.length === 1 && (!isChanged || !step)) return { ...NO_BRANCHES, ...(!isChanged && (step || status !== "running") && { until: String(step || "") }) };
  const texts = all.map(([name, run]) => [name.replace(" ", ""), [run.address, `until:${run.step}`].filter(Boolean).join()]);
  return { ...NO_BRANCHES, ...Object.fromEntries(texts), run: inView.replace("run ", ""), until: null };
}

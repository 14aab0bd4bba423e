/** The controls: each setting with a sentence that explains it. What they say stands in the address. */

import { element } from "../../elements.js";

/**
 * @typedef {{name: string, label: string, help: string, min?: number, max?: number, step?: string, words?: boolean}} Control
 * @typedef {{names: Record<string, string[]>, usual: Record<string, any>, rates: Record<string, number>, toys: string[], models: string[], ofModel: string[]}} Choices
 */

/** @type {{title: string, open: boolean, controls: Control[]}[]} */
const GROUPS = [
  {
    title: "Data and network", open: true,
    controls: [
      { name: "data", label: "Data", words: true, help: "What is learned: pictures of digits, or points in a plane (moons, rings, spirals)." },
      { name: "hidden", label: "Hidden units", min: 1, max: 2048, help: "How many patterns the network can look for." },
      { name: "activation", label: "Activation", words: true, help: "The function g that turns a unit's sum into its answer. Without a bend, a hidden layer would add nothing." },
      { name: "initializer", label: "Initializer", words: true, help: "How the random weights are drawn before the first step." },
      { name: "seed", label: "Seed", min: 0, help: "Where the random numbers start: the same seed gives the same run, bit for bit." },
    ],
  },
  {
    title: "Training", open: true,
    controls: [
      { name: "optimizer", label: "Optimizer", words: true, help: "The rule that turns a gradient into a step." },
      { name: "learning_rate", label: "Learning rate", min: 0, step: "any", help: "The length α of a step: too small takes forever, too large jumps over the valley." },
      { name: "batch_size", label: "Batch size", min: 1, help: "Samples in a step. Empty: all of them, so that an epoch is one step." },
      { name: "epochs", label: "Epochs", min: 1, max: 10000, help: "How many times the training goes through all samples." },
      { name: "schedule", label: "Schedule", words: true, help: "How the learning rate changes over time." },
    ],
  },
  {
    title: "Against learning by heart", open: false,
    controls: [
      { name: "l2", label: "L2 penalty", min: 0, step: "any", help: "Adds λ/2 Σ w² to the loss, which keeps weights small." },
      { name: "l1", label: "L1 penalty", min: 0, step: "any", help: "Adds λ Σ |w| to the loss, which pulls weights to zero." },
      { name: "dropout", label: "Dropout", min: 0, max: 0.99, step: "any", help: "The share of hidden units left out at random in each step." },
      { name: "input_dropout", label: "Input dropout", min: 0, max: 0.99, step: "any", help: "The share of pixels left out at random in each step." },
      { name: "augment", label: "Augmentation", words: true, help: "Shows each picture shifted, turned and bent, anew in every epoch." },
      { name: "label_smoothing", label: "Label smoothing", min: 0, max: 0.99, step: "any", help: "The share of each target that is spread over all classes." },
      { name: "max_norm", label: "Max-norm", min: 0, step: "any", help: "The longest that a unit's incoming weights may be (0: any)." },
      { name: "early_stopping", label: "Early stopping", min: 0, help: "Stops when the validation loss has not improved for so many epochs (0: never)." },
    ],
  },
  {
    title: "More", open: false,
    controls: [
      { name: "loss", label: "Loss", words: true, help: "What is made small: how far the probabilities are from the labels." },
      { name: "output", label: "Output layer", words: true, help: "What turns the last sums into answers; softmax makes them probabilities." },
      { name: "clip", label: "Clip gradients", min: 0, step: "any", help: "Shortens gradients that are longer than this (0: never)." },
      { name: "average", label: "Moving average", min: 0, max: 0.9999, step: "any", help: "Ends with an average over the last steps, with this decay (0: without)." },
      { name: "warmup_steps", label: "Warm-up steps", min: 0, help: "Raises the learning rate over so many steps first; for the schedule cosine only." },
    ],
  },
];

const LABELS = new Map(GROUPS.flatMap(({ controls }) => controls.map(({ name, label }) => [name, label])));
const STEPS = ["data", "batch_size", "epochs"]; // settings on which depends how many steps there are

/**
 * @param {string} sentence that may begin with the name of a setting, such as "run1: batch_size must be …"
 * @returns {string} the same with the label of its control
 */
export function labelled(sentence) {
  return sentence.replace(/^(run\d+: )?(\w+)/, (all, run = "", name) => (LABELS.has(name) ? run + LABELS.get(name) : all));
}

/**
 * @param {Choices} choices
 * @param {import("../../state.js").State} state
 * @returns {{root: HTMLElement, update: () => void}}
 */
export function makeControls(choices, state) {
  /** @type {(() => void)[]} */
  const updates = [];
  const isBeside = matchMedia("(min-width: 56rem)").matches; // on a phone, settings stand above Play: closed, so that it is in sight
  const root = element("form", { class: "controls", "aria-label": "Settings", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    GROUPS.map(({ title, open, controls }) => {
      const isUsed = controls.some(({ name }) => name in state.values);
      return element("details", { class: "group", open: isUsed || (open && isBeside) }, element("summary", {}, title),
        controls.map((control) => {
          const [made, update] = makeControl(control, choices, state);
          updates.push(update);
          return made;
        }));
    }));
  const update = () => updates.forEach((each) => each());
  update();
  return { root, update };
}

/**
 * @param {Control} control
 * @param {Choices} choices
 * @param {import("../../state.js").State} state
 * @returns {[HTMLElement, () => void]}
 */
function makeControl({ name, label, help, words, min, max, step }, choices, state) {
  const usual = () => (name === "learning_rate" ? choices.rates[state.get("optimizer", choices.usual.optimizer)]
    : name === "data" ? choices.names.data[0] : choices.usual[name]);
  const id = `control-${name}`;
  const field = words
    ? element("select", { id }, choices.names[name].map((each) => element("option", { value: each }, each)))
    : element("input", { id, type: "number", min, max, step: step ?? "1", inputMode: step ? "decimal" : "numeric" });
  field.setAttribute("aria-describedby", `${id}-help`);
  field.addEventListener("change", () => {
    const isUsual = field.value === String(usual() ?? "");
    state.set({ [name]: isUsual ? null : field.value, experiment: null, ...(STEPS.includes(name) && { until: null, step: null }), ...(choices.ofModel.includes(name) && { from: null }) });
  });
  const update = () => {
    field.value = state.get(name, String(usual() ?? ""));
    if (field instanceof HTMLInputElement) field.placeholder = name === "batch_size" ? "all" : String(usual() ?? "");
  };
  return [element("div", { class: "control" }, element("label", { for: id }, label), field,
    element("p", { id: `${id}-help`, class: "small quiet" }, help)), update];
}

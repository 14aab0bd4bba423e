/** Which values of the address are settings of the training. */

export const SETTINGS = [
  "hidden", "activation", "initializer", "output", "loss", "label_smoothing", "seed", "epochs", "batch_size",
  "optimizer", "learning_rate", "schedule", "warmup_steps", "l1", "l2", "dropout", "input_dropout", "max_norm", "clip",
  "augment", "early_stopping", "average",
];

/**
 * @param {Record<string, string>} values those of the address
 * @returns {{data?: string, experiment?: string, settings: Record<string, string>}} the job they describe, as the
 *   server takes it: an experiment, if there is one, has settings of its own
 */
export function jobOf(values) {
  const settings = Object.fromEntries(SETTINGS.filter((name) => name in values).map((name) => [name, values[name]]));
  return { ...(values.data && { data: values.data }), ...(values.experiment && { experiment: values.experiment }), settings };
}

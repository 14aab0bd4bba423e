/** What each equation does, in a sentence; the phases of a step. */

/** @type {Record<number, string>} */
export const SENTENCES = {
  1: "Each hidden unit compares the input with its own weights: the better they match, the larger its sum (its pre-activation).",
  2: "The activation function g decides how strongly the unit answers to its sum.",
  3: "Each class weighs the answers of the hidden units. Its sum is called the logit.",
  4: "The softmax turns the logits into probabilities, which add up to 1.",
  5: "The error: the probabilities the network gave, less those that would have been right.",
  6: "How the loss changes with each weight of the output layer: the error times what the hidden unit said, averaged over the samples.",
  7: "How the loss changes with each bias of the output layer.",
  8: "Each hidden unit gets its share of the error, through the same weights, as far as its activation function has a slope.",
  9: "How the loss changes with each weight of the hidden layer: the unit's share of the error times the pixel.",
  10: "How the loss changes with each bias of the hidden layer.",
  11: "The step downhill: each parameter moves against its gradient, as far as the learning rate α says.",
};

/** @type {Record<string, string>} */
export const PHASES = { forward: "Forward: from the pixels to the probabilities", backward: "Backward: from the error to the gradients", update: "Update: the step downhill" };

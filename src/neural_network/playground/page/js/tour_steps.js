/** What the guided tour says, step by step: ten minutes from a drawing to a mistake that is understood. */

/** @typedef {{view: string, params?: Record<string, string | number | null>, title: string, text: string, task?: string, mark: string}} TourStep */

const CLEAN = { step: null, sample: null, line: null, cell: null, image: null, true: null, read: null, part: null, experiment: null };

/** @type {TourStep[]} */
export const STEPS = [
  {
    view: "train", params: { ...CLEAN, until: null, epochs: 200, data: null }, mark: ".transport", title: "A network that knows nothing yet",
    text: "784 pixels go in, ten probabilities come out, and between them are ten hidden units. Their weights are random numbers now. Training shows the network pictures with their labels, again and again, and moves every weight a little towards a smaller loss: the number that says how wrong it is.",
    task: "Press Play, and watch.",
  },
  {
    view: "train", params: { step: null }, mark: ".chart", title: "The loss falls",
    text: "Blue is the loss on the pictures it learns from; orange on pictures that are only measured, the validation. As long as both fall, the network learns something that holds for other pictures too.",
    task: "Move over the curve to read the numbers of a step; click it, and everything on the page shows that step.",
  },
  {
    view: "train", params: { step: 0 }, mark: ".timeline", title: "The time line",
    text: "Every step is kept, or can be computed again to the same bits. At step 0 the weight images are noise, and the confusion matrix has a column or two: the answers of a network that guesses.",
    task: "Drag the slider from left to right, and watch strokes appear in the weights.",
  },
  {
    view: "train", params: { step: null }, mark: ".weights", title: "What a hidden unit looks for",
    text: "Each picture shows the weights of one unit. Where it is red, ink makes the unit answer more strongly; where it is blue, less. No one told it to look for strokes: these patterns were worth it.",
  },
  {
    view: "draw", params: { ...CLEAN }, mark: ".hand", title: "Draw a digit",
    text: "What you draw is centered and scaled to 28 × 28 pixels, as the digits in training were. The network reads it while you draw.",
    task: "Draw a 3, with the mouse, a finger or a pen. Then draw one that it gets wrong.",
  },
  {
    view: "draw", mark: ".desk", title: "Why it answers so",
    text: "The bars are the probabilities. Beside them is the reason: the hidden units that speak up, and the pixels that speak for the answer and for its strongest rival.",
    task: "Choose another digit among the bars, to see what speaks for that one.",
  },
  {
    view: "glass", params: { ...CLEAN, sample: "test:0" }, mark: ".walk", title: "One step under glass",
    text: "These are the lines of Python that ran, in order: (1) to (4) forward, (5) to (10) backward, and (11), which changes the weights. Beside each is its equation, and the numbers it computed.",
    task: "Go through the lines with Next line, or the arrow keys.",
  },
  {
    view: "glass", params: { line: null, cell: "0,0" }, mark: ".sum", title: "The sum behind a number",
    text: "Every number is a sum with its terms. This one is the first hidden unit's: each pixel times its weight, and the bias. All of learning is sums like this one, and step (11).",
    task: "Click another cell.",
  },
  {
    view: "mistakes", params: { ...CLEAN }, mark: ".desk", title: "Where it is wrong",
    text: "A row for each label, a column for each answer. What stands beside the diagonal are mistakes: fours that were read as nines, for example.",
    task: "Open a cell, then an image, and see what the network would have needed.",
  },
  {
    view: "train", params: { ...CLEAN, learning_rate: 10 }, mark: ".transport", title: "What does a learning rate of 10 do?",
    text: "The learning rate is the length of a step. The settings say 10 now, a hundred times the usual one. A run that is trained already had 0.1: a branch of it keeps both curves on the page.",
    task: "If you have trained a run before, press Branch with them; then press Play, and choose run 1 in the table afterwards.",
  },
  {
    view: "break", params: { learning_rate: null, epochs: null, until: null, experiment: "dead" }, mark: ".guess", title: "Break it yourself",
    text: "Nine runs with one thing wrong each. Say first what you expect, then run it. The diagnosis names the cause, and the first array in which it shows.",
    task: "Predict, run it, read why, and mend it.",
  },
  {
    view: "train", params: { ...CLEAN, until: null }, mark: ".share", title: "Take it with you",
    text: "The page runs the same Python as a terminal, so a run can leave it: as a program, as a command, or as a model file, each with the same bits. The address of this page holds the settings too: send it, and others see what you see.",
    task: "Copy it as Python, and change a line of network.py.",
  },
];

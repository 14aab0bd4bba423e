/** What the network says to a drawing, and why: probabilities, pixels for and against a class, units, likeness. */

import { decode, lead } from "../../arrays.js";
import { element } from "../../elements.js";
import { Bars } from "../../widgets/bars.js";
import { Picture } from "../../widgets/image.js";
import { Units } from "../../widgets/units.js";
import { LikenessMeter } from "./likeness.js";


export class Answer {
  /** @param {(index: number | null) => void} onChoose */
  constructor(onChoose) {
    this.sentence = element("p", { class: "answer", role: "status" });
    this.bars = new Bars("Probability of each class; press one to see what speaks for it", (index) => onChoose(index === this.chosen ? null : index));
    this.input = new Picture("The input of the network");
    this.evidence = new Picture("Which pixels speak for the class, in red, and against it, in blue");
    this.slopes = new Picture("Where more ink would speak for the class, in red, and against it, in blue");
    this.words = [element("figcaption"), element("figcaption"), element("figcaption")];
    this.units = new Units();
    this.why = element("h3");
    this.likeness = new LikenessMeter();
    this.chosen = -1;
    this.pictures = element("div", { class: "trio" },
      [this.input, this.evidence, this.slopes].map((picture, index) => element("figure", {}, picture.canvas, this.words[index])));
    /** @type {any} */
    this.found = null;
  }

  /**
   * @param {any} found the server's answer, with the shipped `model` that gave it, if one did
   * @param {number | null} wanted the class that was chosen, or null for the predicted one
   */
  show(found, wanted) {
    this.found = found;
    if (!found.image) {
      this.sentence.textContent = found.problem ? `No answer: ${found.problem}.` : "";
      return;
    }
    const names = found.classes;
    this.chosen = wanted !== null && wanted < names.length ? wanted : found.label;
    const name = names[this.chosen];
    this.sentence.textContent = `It reads ${names[found.label]}${truth(found)}`;
    const rival = rivalOf(found, this.chosen), other = names[rival];
    this.why.textContent = this.chosen === found.label ? `Why ${name}, and not ${other}?` : `Why not ${name}?`;
    this.bars.show(names, found.A2, { chosen: this.chosen, best: found.label });
    this.input.showInk(decode(found.image));
    this.evidence.showSigned(lead(decode(found.evidence), this.chosen, rival));
    this.slopes.showSigned(lead(decode(found.slopes), this.chosen, rival));
    this.words[0].textContent = "The network's input";
    this.words[1].textContent = `Its ink for ${name} (red) and for ${other} (blue)`;
    this.words[2].textContent = `Where more ink would speak for ${name} (red) and for ${other} (blue)`;
    this.units.show({ A1: decode(found.A1).values, votes: lead(decode(found.votes), this.chosen, rival).values },
      `The units that decide most between ${name} and ${other}: their weights, activation A1, and by how much each raises the logit of ${name} above that of ${other}, by (3).`);
    this.likeness.element.hidden = !found.likeness;
    if (found.likeness) this.likeness.show(found.likeness, names, found.model);
  }
}

/**
 * @param {{A2: number[], votes: {shape: number[]}}} found
 * @param {number} chosen
 * @returns {number} the class that the chosen one is compared with: the most probable of the others that there are votes for
 */
function rivalOf({ A2, votes }, chosen) {
  const others = A2.slice(0, votes.shape[0]).map((_, index) => index).filter((index) => index !== chosen);
  return others.reduce((best, index) => (A2[index] > A2[best] ? index : best), others[0]);
}

/** @param {{truth: number | null, label: number, classes: string[]}} found */
function truth({ truth: label, label: read, classes }) {
  if (label === null) return ".";
  return label === read ? ", which is right." : `, but it is ${classes[label]}.`;
}

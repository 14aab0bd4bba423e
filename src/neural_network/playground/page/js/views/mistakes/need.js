/** One image: what the network read, and what it would have needed to read it correctly. */

import { decode, part } from "../../arrays.js";
import { element } from "../../elements.js";
import { percent, short } from "../../numbers.js";
import { Bars } from "../../widgets/bars.js";
import { inkImage, signedImage } from "../../widgets/image.js";
import { Units } from "../../widgets/units.js";

export class Need {
  /** @param {() => void} onGlass */
  constructor(onGlass) {
    this.title = element("h3", { tabIndex: -1 });
    this.words = element("div");
    this.pictures = element("div", { class: "trio" });
    this.bars = new Bars("Probability of each class", () => {});
    this.units = new Units();
    this.element = element("section", { class: "need card", hidden: true }, this.title, this.pictures, this.words,
      element("button", { type: "button", class: "main", onclick: onGlass }, "Under glass"), this.units.element, this.bars.element);
  }

  /**
   * @param {any} found
   * @param {string} name of the image, such as "test image 3"
   */
  show(found, name) {
    const { classes, label, predicted, rival } = found;
    const [truth, read, other] = [classes[label], classes[predicted], classes[rival]];
    const isRight = label === predicted;
    this.element.hidden = false;
    this.title.textContent = isRight ? `${name}: ${truth}, read correctly` : `${name}: ${truth}, read as ${read}`;
    const [theirs, own] = found.logits.map((/** @type {number} */ value) => short(value, 3));
    const gap = short(Math.abs(found.missing), 3);
    this.words.replaceChildren(...[
      isRight
        ? `The logit of ${truth}, ${own}, is larger than that of the runner-up ${other}, ${theirs}, by ${gap}.`
        : `The logit of ${truth} is ${own} and that of ${read} is ${theirs}: it would have needed ${gap} more.`,
      sentence(found, truth),
    ].filter(Boolean).map((text) => element("p", {}, text)));
    const figures = [];
    if (found.image) figures.push(figure(inkImage(part(decode(found.image), 0), "The image"), "The image"));
    if (found.wish) figures.push(figure(signedImage(decode(found.wish), "Where ink would help"), `Where more ink (red) or less (blue) would speak for ${truth} and against ${other}`));
    if (found.mended && !isRight) figures.push(figure(inkImage(part(decode(found.mended), 0), "The image after the smallest change"), `After the smallest change, read as ${truth}`));
    this.pictures.replaceChildren(...figures);
    this.units.element.hidden = !found.weights;
    if (found.weights) {
      this.units.take({ units: found.units, images: found.weights });
      this.units.show({ units: found.units, A1: found.A1, votes: Float64Array.from(found.votes) },
        `The hidden units that decide most: their weights, activation A1, and what each adds to the logit of ${truth}, less what it adds to that of ${other}.`);
    }
    this.bars.show(classes, found.A2, { best: predicted, chosen: label });
  }
}

/**
 * @param {{change: number | null, label: number, predicted: number, image: unknown}} found
 * @param {string} truth
 */
function sentence({ change, label, predicted, image }, truth) {
  if (label === predicted || !image) return ""; // the smallest change is one of pixels
  if (change === null) return `No change of up to half of full ink, in one step against the loss, makes it read ${truth}.`;
  return `If every pixel had been lighter or darker by ${percent(change)} of full ink, each in the direction that helps most, it would have read ${truth}.`;
}

/**
 * @param {HTMLElement} picture
 * @param {string} words
 */
function figure(picture, words) {
  return element("figure", {}, picture, element("figcaption", {}, words));
}

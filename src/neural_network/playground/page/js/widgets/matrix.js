/**
 * A matrix as a heat map that can be zoomed, with two fingers too, until its numbers can be read. The pointer or the arrow
 * keys move over its cells, a click or Enter picks one. Only what is in view is drawn: it may have a million cells.
 */

import { largest } from "../arrays.js";
import { follow } from "../colors.js";
import { element } from "../elements.js";
import { short } from "../numbers.js";
import { Heatmap } from "./heatmap.js";
import { grid, pictures } from "./layout.js";

/** @typedef {import("../arrays.js").NumberArray} NumberArray */
/** @typedef {import("./layout.js").Cell} Cell */
/** @typedef {{row?: number, column?: number}} Lit */

const SIZES = [1, 2, 3, 4, 6, 8, 12, 18, 24, 32]; // pixels of the height of a cell
const WIDE = 2.8; // times as wide as high are cells with numbers that are no pixels
const NUMBERS = 18; // pixels of height from which on a cell has its number
const PINCH = 1.3; // times as far apart are two fingers for the next size
const MOST_HEIGHT = 300; // pixels of the window
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export class Matrix {
  /**
   * @param {string} name of the quantity
   * @param {object} [options]
   * @param {(cell: Cell | null) => void} [options.onHover]
   * @param {(cell: Cell) => void} [options.onPick]
   * @param {boolean} [options.isInk] whether its values are pixels, without a sign
   */
  constructor(name, { onHover = () => {}, onPick, isInk = false } = {}) {
    this.name = name;
    this.onHover = onHover;
    this.onPick = onPick;
    this.isInk = isInk;
    /** @type {NumberArray} */
    this.array = { shape: [0, 0], values: new Float32Array() };
    this.layout = grid(0, 0);
    /** @type {Heatmap | null} */
    this.heatmap = null;
    this.size = 1;
    /** @type {Cell | null} */
    this.cursor = null;
    /** @type {Cell | null} */
    this.picked = null;
    /** @type {Lit} */
    this.lit = {};
    this.canvas = element("canvas", { tabIndex: 0, role: "application", "aria-roledescription": "matrix" });
    this.sizer = element("div", { class: "sizer" }, this.canvas);
    this.window = element("div", { class: "window" }, this.sizer);
    this.value = element("output", { class: "value" });
    this.element = element("div", { class: "matrix" }, this.window,
      element("div", { class: "tools" }, this.zoomer("−", "Smaller", -1), this.zoomer("+", "Larger", 1), this.value));
    this.listen();
    follow({ redraw: () => this.paint() }, this.element);
  }

  /**
   * @param {string} sign
   * @param {string} label
   * @param {number} by
   */
  zoomer(sign, label, by) {
    return element("button", { type: "button", "aria-label": `${label}: ${this.name}`, onclick: () => this.zoom(by) }, sign);
  }

  listen() {
    const { canvas, window } = this;
    canvas.addEventListener("pointermove", (event) => this.move(this.under(event)));
    canvas.addEventListener("pointerleave", () => this.move(null));
    canvas.addEventListener("click", (event) => this.pick(this.under(event)));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => this.move(null));
    window.addEventListener("scroll", () => this.redraw(), { passive: true });
    const zoom = (/** @type {WheelEvent} */ event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1 : -1);
    };
    window.addEventListener("wheel", zoom, { passive: false });
    let apart = 0; // how far two fingers were from each other when the size changed last
    const pinch = (/** @type {TouchEvent} */ event) => {
      if (event.touches.length !== 2) return; // one finger scrolls
      if (event.cancelable) event.preventDefault();
      const [a, b] = event.touches;
      const now = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      const by = event.type === "touchstart" ? 0 : Math.trunc(Math.log(now / apart) / Math.log(PINCH));
      if (by) this.zoom(by);
      if (by || event.type === "touchstart") apart = now;
    };
    for (const type of /** @type {const} */ (["touchstart", "touchmove"])) window.addEventListener(type, pinch, { passive: false });
    let width = 0;
    new ResizeObserver(() => {
      if (window.clientWidth === width) return;
      width = window.clientWidth;
      if (this.heatmap) this.arrange();
    }).observe(window);
  }

  /**
   * Show an array of two axes, or of one, as a column.
   * @param {NumberArray} array
   * @param {object} [options]
   * @param {[number, number] | null} [options.picture] height and width of an input, if it is a picture
   * @param {(string | null)[]} [options.axes] of the array, of which "D" is the inputs
   */
  show(array, { picture = null, axes = [] } = {}) {
    const [rows, columns = 1] = array.shape;
    this.array = { shape: [rows, columns], values: array.values };
    this.picture = axes.includes("D") ? picture : null;
    this.inRows = axes[1] === "D";
    this.cursor = this.picked = null;
    const keys = `Arrow keys move, plus and minus zoom${this.onPick ? ", Enter shows the sum of a cell" : ""}.`;
    this.canvas.setAttribute("aria-label", `${this.name}, ${rows} by ${columns}. ${keys}`);
    this.arrange();
  }

  /** Lay the cells out for the room there is, as large as fits. */
  arrange() {
    const [rows, columns] = this.array.shape;
    const room = this.window.clientWidth || 300;
    if (this.picture) {
      const count = this.inRows ? rows : columns;
      const size = count > 4 ? 2 : 4; // pixels of a pixel
      this.layout = pictures(count, this.picture, this.inRows ?? false, Math.max(1, Math.floor(room / size / (this.picture[1] + 1))));
    } else this.layout = grid(rows, columns);
    const fits = SIZES.filter((size) => size <= 24 && this.layout.height * size <= MOST_HEIGHT && this.layout.width * this.cellWidth(size) <= room);
    const hasNumbers = this.layout.isGrid && this.layout.width * this.cellWidth(NUMBERS) <= room; // then it may be higher than the window
    this.size = Math.max(fits.at(-1) ?? 1, hasNumbers ? NUMBERS : 1);
    this.paint();
  }

  paint() {
    this.heatmap = new Heatmap(this.array, this.layout, this.isInk ? 1 : largest(this.array.values) || 1, this.isInk);
    this.redraw();
  }

  /** @param {number} size */
  cellWidth(size) {
    return this.layout.isGrid && size >= NUMBERS ? Math.round(WIDE * size) : size;
  }

  redraw() {
    if (!this.heatmap) return;
    const [cellWidth, cellHeight] = [this.cellWidth(this.size), this.size];
    const [fullWidth, fullHeight] = [this.layout.width * cellWidth, this.layout.height * cellHeight];
    this.sizer.style.width = `${fullWidth}px`;
    this.sizer.style.height = `${fullHeight}px`;
    const [width, height] = [Math.min(fullWidth, this.window.clientWidth || 300), Math.min(fullHeight, MOST_HEIGHT)];
    const sharp = devicePixelRatio || 1;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.max(1, Math.round(width * sharp));
    this.canvas.height = Math.max(1, Math.round(height * sharp));
    const { scrollLeft: left, scrollTop: top } = this.window;
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    context.scale(sharp, sharp);
    context.translate(-left, -top);
    const view = { left, top, width, height, cellWidth, cellHeight };
    this.heatmap.draw(context, view, this.size >= NUMBERS);
    const style = getComputedStyle(this.element);
    this.heatmap.frame(context, view, this.lit, style.getPropertyValue("--mark"), 3);
    if (this.picked) this.heatmap.frame(context, view, { row: this.picked[0], column: this.picked[1] }, style.color, 3);
    if (this.cursor) this.heatmap.frame(context, view, { row: this.cursor[0], column: this.cursor[1] }, style.color, 1.5);
  }

  /** @param {Cell} cell */
  at([row, column]) {
    return this.array.values[row * this.array.shape[1] + column];
  }

  /**
   * @param {MouseEvent} event
   * @returns {Cell | null}
   */
  under(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left + this.window.scrollLeft, event.clientY - box.top + this.window.scrollTop];
    return this.layout.cell(Math.floor(x / this.cellWidth(this.size)), Math.floor(y / this.size));
  }

  /** @param {Cell | null} cell */
  move(cell) {
    if (cell?.join() === this.cursor?.join()) return;
    this.cursor = cell;
    this.value.textContent = cell ? `${this.name}[${cell.join(", ")}] = ${short(this.at(cell), 5)}` : "";
    this.onHover(cell);
    this.redraw();
  }

  /** @param {Cell | null} cell */
  pick(cell) {
    if (!cell || !this.onPick) return;
    this.picked = cell;
    this.redraw();
    this.onPick(cell);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = ARROWS[event.key];
    if (by) {
      const [x, y] = this.cursor ? this.layout.place(...this.cursor) : [-by[0], -by[1]];
      const next = [1, 2].map((times) => this.layout.cell(x + times * by[0], y + times * by[1])).find(Boolean); // 2: over a gap
      if (next) this.move(next);
      this.reveal();
    } else if (event.key === "Enter" || event.key === " ") this.pick(this.cursor);
    else if (event.key === "+" || event.key === "=") this.zoom(1);
    else if (event.key === "-") this.zoom(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Scroll so that the cursor is in view. */
  reveal() {
    if (!this.cursor) return;
    const [x, y] = this.layout.place(...this.cursor);
    const [w, h, view] = [this.cellWidth(this.size), this.size, this.window];
    view.scrollLeft = Math.min(x * w, Math.max((x + 1) * w - view.clientWidth, view.scrollLeft));
    view.scrollTop = Math.min(y * h, Math.max((y + 1) * h - view.clientHeight, view.scrollTop));
  }

  /** @param {number} by steps, larger or smaller */
  zoom(by) {
    const size = SIZES[Math.max(0, Math.min(SIZES.length - 1, SIZES.indexOf(this.size) + by))];
    const [wider, higher] = [this.cellWidth(size) / this.cellWidth(this.size), size / this.size];
    const { scrollLeft, scrollTop } = this.window;
    this.size = size;
    this.redraw();
    this.window.scrollTo(scrollLeft * wider, scrollTop * higher);
    this.reveal();
    this.redraw();
  }

  /**
   * Light up a row, a column, or a cell.
   * @param {Lit} lit
   */
  light(lit) {
    if (lit.row === this.lit.row && lit.column === this.lit.column) return;
    this.lit = lit;
    this.redraw();
  }
}

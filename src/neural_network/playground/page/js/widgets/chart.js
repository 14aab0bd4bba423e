/** A line chart: curves over steps, a cursor for mouse, finger and keyboard, and the same numbers as a table. */

import { element, shape } from "../elements.js";
import { power, powers, ticks } from "./ticks.js";

/** @typedef {[number, number]} Point */
/** @typedef {{name: string, kind: string, points: Point[]}} Line `kind` is a class of the style sheet */

const HEIGHT = 220, LEFT = 60, RIGHT = 12, TOP = 8, BOTTOM = 26; // pixels
const ROWS = 40; // of the table

export class Chart {
  /**
   * @param {string} title
   * @param {{format: (value: number, more?: number) => string, onPick?: (x: number) => void}} options `format` may write `more` digits; `onPick` is called
   *   with the x under the cursor on a click or Enter
   */
  constructor(title, options) {
    this.title = title;
    this.options = options;
    /** @type {Line[]} */
    this.lines = [];
    /** @type {number | null} */
    this.at = this.mark = null;
    /** @type {number[]} */
    this.xs = [];
    this.x = this.y = scale(0, 1, 0, 1);
    this.svg = shape("svg", { height: HEIGHT, role: "application", tabindex: 0,
      "aria-label": `${title}. Arrow keys read the values${options.onPick ? ", Enter shows that step" : ""}.` });
    this.readout = element("p", { class: "readout", "aria-live": "polite" });
    this.table = element("table");
    this.details = element("details", { ontoggle: () => this.fill() }, element("summary", {}, "As a table"),
      element("div", { class: "scroll" }, this.table));
    this.root = element("figure", { class: "chart" }, element("figcaption", {}, title), this.readout, this.svg, this.details);
    new ResizeObserver(() => this.draw(this.lines, this.mark)).observe(this.svg);
    this.svg.addEventListener("pointermove", (event) => this.point(event));
    this.svg.addEventListener("pointerleave", () => this.move(null));
    this.svg.addEventListener("click", () => this.pick());
    this.svg.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * @param {Line[]} lines
   * @param {number | null} mark the x of a vertical line
   */
  draw(lines, mark = null) {
    this.lines = lines;
    this.mark = mark;
    const right = (this.svg.clientWidth || 640) - RIGHT;
    const all = lines.flatMap((line) => line.points).filter(([, y]) => Number.isFinite(y));
    this.xs = [...new Set(all.map(([x]) => x))].sort((a, b) => a - b);
    const ys = all.map(([, y]) => y);
    const [low, high] = [ys.reduce((a, b) => Math.min(a, b), Infinity), ys.reduce((a, b) => Math.max(a, b), -Infinity)];
    this.isLog = low > 0 && high / low > 1000;
    this.x = scale(this.xs[0] ?? 0, this.xs.at(-1) ?? 1, LEFT, right);
    const toLine = (/** @type {number} */ y) => (this.isLog ? Math.log10(y) : y);
    const y = scale(toLine(low), toLine(high), HEIGHT - BOTTOM, TOP);
    this.y = (/** @type {number} */ value) => y(toLine(value));
    const parts = [...this.axes(low, high, right)];
    for (const { kind, points } of lines) {
      const places = points.filter(([, value]) => Number.isFinite(value));
      const path = places.map(([px, py]) => `${this.x(px).toFixed(1)},${this.y(py).toFixed(1)}`).join(" ");
      const [[cx, cy] = []] = path.split(" ").map((place) => place.split(","));
      parts.push(places.length === 1 ? shape("circle", { cx, cy, r: 3, class: `dot ${kind}` })
        : shape("polyline", { points: path, class: `line ${kind}` }));
    }
    this.cursor = shape("line", { y1: TOP, y2: HEIGHT - BOTTOM, class: "cursor" });
    if (mark !== null) {
      parts.push(shape("line", { x1: this.x(mark), x2: this.x(mark), y1: TOP, y2: HEIGHT - BOTTOM, class: "mark" }));
    }
    this.svg.replaceChildren(...parts, this.cursor);
    this.move(this.at);
    if (this.details.open) this.fill();
  }

  /** @param {number} low @param {number} high @param {number} right */
  *axes(low, high, right) {
    const values = this.isLog ? powers(low, high) : ticks(low, high, 4), { format } = this.options;
    const more = [0, 1, 2, 3].find((more) => new Set(values.map((value) => format(value, more))).size === values.length);
    for (const value of values) {
      yield shape("line", { x1: LEFT, x2: right, y1: this.y(value), y2: this.y(value), class: "grid" });
      yield label(this.isLog ? power(value) : format(value, more), LEFT - 6, this.y(value) + 4, "end");
    }
    for (const value of ticks(this.xs[0] ?? 0, this.xs.at(-1) ?? 1, 6).filter(Number.isInteger)) {
      yield label(value.toLocaleString("en"), this.x(value), HEIGHT - 8, "middle");
    }
  }

  /** @param {PointerEvent} event */
  point(event) {
    const x = event.clientX - this.svg.getBoundingClientRect().left;
    this.move(nearest(this.xs, (each) => Math.abs(this.x(each) - x)));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { xs } = this, last = xs.length - 1;
    const i = xs.indexOf(this.at ?? NaN);
    const to = { ArrowLeft: i < 0 ? last : i - 1, ArrowRight: i + 1, Home: 0, End: last }[event.key];
    if (event.key === "Enter") this.pick();
    else if (to !== undefined) this.move(xs[Math.max(0, Math.min(to, last))] ?? null);
    if (event.key === "Enter" || to !== undefined) event.preventDefault();
  }

  /** @param {number | null} at */
  move(at) {
    this.at = at;
    this.cursor?.classList.toggle("shown", at !== null);
    for (const end of ["x1", "x2"]) this.cursor?.setAttribute(end, String(at === null ? 0 : this.x(at)));
    const { mark } = this;
    const newest = Math.max(...this.lines.filter(({ kind }) => kind !== "other").map(({ points }) => points.at(-1)?.[0] ?? -Infinity));
    const x = at ?? (mark === null ? (Number.isFinite(newest) ? newest : undefined) : nearest(this.xs, (each) => Math.abs(each - mark)) ?? undefined);
    const known = x === undefined ? [] : this.lines.map((line) => [line, valueAt(line.points, x)]);
    const parts = known.filter(([, y]) => y !== undefined).map(([line, y]) =>
      element("span", { class: `key ${/** @type {Line} */ (line).kind}` }, `${/** @type {Line} */ (line).name} `,
        element("b", {}, this.options.format(/** @type {number} */ (y)))));
    this.readout.replaceChildren(element("span", {}, x === undefined ? "nothing yet" : `step ${x.toLocaleString("en")}`), ...parts);
  }

  pick = () => this.at !== null && this.options.onPick?.(this.at);

  fill() {
    const xs = this.xs.filter((_, i, all) => i % Math.ceil(all.length / ROWS) === 0 || i === all.length - 1);
    const head = element("tr", {}, ["step", ...this.lines.map((line) => line.name)].map((name) => element("th", { class: "number" }, name)));
    const rows = xs.map((x) => element("tr", {}, element("td", { class: "number" }, x), this.lines.map((line) => {
      const y = valueAt(line.points, x);
      return element("td", { class: "number" }, y === undefined ? "" : this.options.format(y));
    })));
    this.table.replaceChildren(element("caption", { class: "unseen" }, this.title), head, ...rows);
  }
}

const valueAt = (/** @type {Point[]} */ points, /** @type {number} */ x) => points.find(([px]) => px === x)?.[1];
/** @param {number[]} values @param {(value: number) => number} distance */
const nearest = (values, distance) => values.reduce((best, each) => (distance(each) < distance(best) ? each : best), values[0]) ?? null;

/** @param {number} from @param {number} to @param {number} start @param {number} end */
const scale = (from, to, start, end) => (/** @type {number} */ value) =>
  to > from ? start + ((value - from) / (to - from)) * (end - start) : (start + end) / 2;

/** @param {string} text @param {number} x @param {number} y @param {string} anchor */
const label = (text, x, y, anchor) => Object.assign(shape("text", { x, y, "text-anchor": anchor }), { textContent: text });

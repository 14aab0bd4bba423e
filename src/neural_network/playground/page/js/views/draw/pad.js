/** The pad: a square on which a mouse, a finger or a pen draws strokes. */

import { follow } from "../../colors.js";
import { element } from "../../elements.js";
import { extend } from "./strokes.js";

/** @typedef {import("./strokes.js").Stroke} Stroke */

const SIDE = 640; // pixels of the canvas; CSS gives it the size there is room for
const PEN = 9 / 128; // of the side: the width of the line that the server draws

export class Pad {
  /** @param {(isDone: boolean) => void} onDraw called after each point; `isDone` at the end of a stroke */
  constructor(onDraw) {
    this.onDraw = onDraw;
    /** @type {Stroke[]} */
    this.strokes = [];
    /** @type {number | null} */
    this.pointer = null;
    this.canvas = element("canvas", { class: "pad", width: SIDE, height: SIDE, role: "img", "aria-label": "The drawing" });
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.draw(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, (event) => this.end(/** @type {PointerEvent} */ (event)));
    follow(this, this.canvas);
  }

  /** @param {PointerEvent} event */
  begin(event) {
    if (this.pointer !== null || event.button !== 0) return;
    event.preventDefault();
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push([]);
    this.draw(event);
  }

  /** @param {PointerEvent} event */
  draw(event) {
    if (event.pointerId !== this.pointer) return;
    const box = this.canvas.getBoundingClientRect();
    const [before, events] = [this.last().length, event.getCoalescedEvents?.() ?? []];
    for (const each of events.length ? events : [event]) {
      extend(this.last(), [(each.clientX - box.left) / box.width, (each.clientY - box.top) / box.height]);
    }
    if (this.last().length === before) return;
    this.line(this.last().slice(Math.max(0, before - 1)));
    this.onDraw(false);
  }

  /** @param {PointerEvent} event */
  end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.onDraw(true);
  }

  /** @returns {Stroke} */
  last() {
    return this.strokes[this.strokes.length - 1];
  }

  /** @param {Stroke[]} strokes */
  show(strokes) {
    this.strokes = strokes;
    this.context().clearRect(0, 0, SIDE, SIDE);
    for (const stroke of strokes) this.line(stroke);
  }

  /** @param {Stroke} points */
  line(points) {
    const context = this.context();
    context.lineWidth = PEN * SIDE;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = getComputedStyle(this.canvas).color;
    context.beginPath();
    points.forEach(([x, y], index) => (index ? context.lineTo(x * SIDE, y * SIDE) : context.moveTo(x * SIDE, y * SIDE)));
    if (points.length === 1) context.lineTo(points[0][0] * SIDE + 0.1, points[0][1] * SIDE); // no line without a length
    context.stroke();
  }

  redraw() {
    this.show(this.strokes);
  }

  context() {
    return /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
  }
}

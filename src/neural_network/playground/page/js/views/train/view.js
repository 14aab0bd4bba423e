/** Train: choose, play, pause, and watch the network learn. */

import { element } from "../../elements.js";

/**
 * @param {HTMLElement} root
 * @param {import("../../main.js").Context} context
 * @returns {import("../../main.js").View}
 */
export function mount(root, { api, report }) {
  const status = element("p", { role: "status" });
  const tell = (/** @type {string} */ path, body = {}) => () => void api.post(path, body).catch(report);
  root.append(
    element("h2", {}, "Train"),
    element("div", { class: "row" },
      element("button", { class: "main", onclick: tell("/api/train/play") }, "Play"),
      element("button", { onclick: tell("/api/train/pause") }, "Pause"),
    ),
    status,
  );
  const close = api.stream("/api/train/stream", {}, (event) => {
    const run = event.runs[event.inView];
    status.textContent = `${run.status}: step ${run.step} of ${run.total}`;
  });
  return { update() {}, unmount: close };
}

/** Taking the run out of the page, as code or as a model, and bringing a model in. */

import { element } from "../../elements.js";

/**
 * @param {import("../../main.js").Context} context
 * @param {() => number | null} atStep the step that is looked at; null is the newest
 * @param {() => Promise<void>} loaded called when a model has been loaded
 */
export function makeShare({ api, report }, atStep, loaded) {
  const text = element("code"), said = element("p", { class: "small quiet", role: "status" });
  const box = element("pre", { tabIndex: 0, hidden: true }, text);
  const file = element("input", { type: "file", accept: ".safetensors", class: "unseen", tabIndex: -1, "aria-hidden": "true", onchange: () => void load() });

  /** @param {string} kind */
  async function copy(kind) {
    const { code } = await api.get("/api/share/code", { kind });
    text.textContent = code;
    box.hidden = false;
    said.textContent = await navigator.clipboard.writeText(code).then(() => "Copied. It makes this very run, with the same bits.", () => "Select it and copy it: the browser does not let the page do so.");
  }

  /** @param {string} kind */
  async function save(kind) {
    const blob = await api.get("/api/share/model", { kind, step: atStep() });
    const link = element("a", { href: URL.createObjectURL(blob), download: `model.${kind}` });
    link.click();
    URL.revokeObjectURL(link.href);
    said.textContent = "Saved. mnist-nn evaluate, predict and explain take the safetensors file.";
  }

  async function load() {
    const chosen = file.files?.[0];
    if (!chosen) return;
    await api.post("/api/share/load", chosen).then(loaded).then(() => {
      said.textContent = `${chosen.name} is the network now. Play trains it further.`;
      report(null);
    }, report);
    file.value = "";
  }

  const button = (/** @type {string} */ label, /** @type {() => Promise<void>} */ action) =>
    element("button", { onclick: () => action().then(() => report(null), report) }, label);
  const root = element("section", { class: "share", "aria-label": "Take it with you" }, element("h3", {}, "Take it with you"),
    element("div", { class: "row" }, button("Copy as Python", () => copy("python")), button("Copy as command", () => copy("command")),
      button("Save as safetensors", () => save("safetensors")), button("Save as ONNX", () => save("onnx")),
      element("button", { onclick: () => file.click() }, "Load a model"), file),
    said, box);
  return { root };
}

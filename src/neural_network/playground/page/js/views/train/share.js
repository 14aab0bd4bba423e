/** Taking the run out of the page, as code or as a model, and bringing a model in. */

import { element } from "../../elements.js";

/**
 * @param {import("../../main.js").Context} context
 * @param {object} view
 * @param {() => number | null} view.atStep the step that is looked at; null is the newest
 * @param {() => Promise<void>} view.adopt called when a model has been loaded
 * @param {(model: string) => Promise<void>} view.startFrom begin with a shipped model
 * @param {() => string} view.address of what is shown now
 */
export function makeShare({ api }, { atStep, adopt, startFrom, address }) {
  let shared = ""; // the run of which code was copied
  const text = element("code"), said = element("p", { class: "small quiet", role: "status" });
  const box = element("pre", { tabIndex: 0, hidden: true }, text);
  const wrong = element("p", { class: "wrong", role: "alert", hidden: true });
  const warning = element("p", { hidden: true }, "This run began with a model from a file, which no link can hold: a link begins with random weights. Send the saved model along.");
  const shipped = element("select", { "aria-label": "Start from a shipped model", hidden: true, onchange: () => void attempt(() => begin(shipped.value)) });
  const file = element("input", { type: "file", accept: ".safetensors", class: "unseen", tabIndex: -1, "aria-hidden": "true", onchange: () => void attempt(load) });

  /**
   * Do what a button is for, and say here, in sight of it, why that cannot be.
   * @param {() => Promise<void>} action
   */
  async function attempt(action) {
    const problem = await action().then(() => null, (reason) => reason);
    wrong.hidden = !problem;
    wrong.textContent = problem ? String(problem.message ?? problem) : "";
    if (!problem) return;
    said.textContent = "";
    box.hidden = true;
    wrong.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} kind */
  async function copy(kind) {
    const { code } = await api.get("/api/share/code", { kind });
    await put(code, "Copied. It makes this very run, with the same bits.");
  }

  /** @param {string} copied @param {string} done what is said then */
  async function put(copied, done) {
    text.textContent = copied;
    box.hidden = false;
    said.textContent = await navigator.clipboard.writeText(copied).then(() => done, () => "Select it and copy it: the browser does not let the page do so.");
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
    file.value = "";
    if (!chosen) return;
    await api.post("/api/share/load", chosen).then(adopt);
    announce(chosen.name);
  }

  /** @param {string} model that was just taken: what was copied before is of another run */
  function announce(model) {
    box.hidden = true;
    said.textContent = `${model} is the network now. Play trains it further.`;
  }

  /** @param {string} model */
  async function begin(model) {
    shipped.value = "";
    if (!model) return;
    await startFrom(model);
    announce(model);
  }

  const button = (/** @type {string} */ label, /** @type {() => Promise<void>} */ action) =>
    element("button", { onclick: () => void attempt(action) }, label);
  const root = element("section", { class: "share", "aria-label": "Take it with you" }, element("h3", {}, "Take it with you"),
    element("div", { class: "row" }, button("Copy the link", () => put(address(), warning.hidden ? "Copied. It trains the same runs again, to the same bits." : "Copied, but a link cannot hold the model from a file.")),
      button("Copy as Python", () => copy("python")), button("Copy as command", () => copy("command")),
      button("Save as safetensors", () => save("safetensors")), button("Save as ONNX", () => save("onnx")),
      element("button", { onclick: () => file.click() }, "Load a model"), file, shipped),
    wrong, warning, said, box);
  return {
    root,
    /** @param {string[]} models names of the shipped ones */
    offer(models) {
      shipped.replaceChildren(element("option", { value: "" }, "Start from a shipped model"), ...models.map((name) => element("option", { value: name }, name)));
      shipped.hidden = !models.length;
    },
    /**
     * @param {string} run what says which run is in view: the code of another one is not shown beside it
     * @param {boolean} isFromFile whether it began with a model from a file
     * @param {boolean} isRestoring whether the runs of a link are still being trained again: they cannot be shared yet
     */
    update(run, isFromFile, isRestoring) {
      for (const each of [...root.querySelectorAll("button"), shipped]) each.disabled = isRestoring;
      warning.hidden = !isFromFile;
      if (run !== shared && !box.hidden) {
        box.hidden = true;
        said.textContent = "";
      }
      shared = run;
    },
  };
}

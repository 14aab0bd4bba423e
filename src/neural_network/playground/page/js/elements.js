/** Making elements in one call. Text is always text: nothing that comes from elsewhere is read as HTML. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties] properties of the element; `class`, `for`, `role`, `aria-` and `data-` are attributes
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (/^(class|for|role|list|aria-.*|data-.*)$/.test(name)) made.setAttribute(name, String(value));
    else /** @type {any} */ (made)[name] = value;
  }
  made.append(.../** @type {(Node | string)[]} */ (children.flat().filter(isShown).map((child) => typeof child === "number" ? String(child) : child)));
  return made;
}

/**
 * @param {Child} child
 * @returns {boolean}
 */
function isShown(child) {
  return child !== null && child !== undefined && child !== false;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number | undefined>} attributes
 * @returns {SVGElement} an element of SVG
 */
export function shape(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

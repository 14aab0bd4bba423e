/** The views, in the order of the navigation: each is a module `views/NAME/view.js` that exports `mount`. */

/** @type {{name: string, title: string}[]} */
export const VIEWS = [
  { name: "draw", title: "Draw" },
  { name: "train", title: "Train" },
  { name: "glass", title: "Under glass" },
  { name: "mistakes", title: "Mistakes" },
  { name: "break", title: "Break it" },
];

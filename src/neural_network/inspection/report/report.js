// Buttons open dialogs; the browser itself does the rest: Enter and Space press them, Escape closes, focus comes back.

for (const button of document.querySelectorAll("button[data-opens]")) {
  button.addEventListener("click", () => open(document.getElementById(button.dataset.opens)));
}

for (const button of document.querySelectorAll("button[data-images]")) {
  button.addEventListener("click", () => showImages(button));
}

for (const button of document.querySelectorAll("button[data-enlarges]")) {
  const image = document.querySelector(`#${button.dataset.enlarges} img`);
  button.hidden = false;
  button.addEventListener("click", () => enlarge(image, button));
  image.addEventListener("click", () => enlarge(image, button));
}

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it: the dialog's own padding is on its children
  });
}

function open(dialog) {
  dialog.showModal();
  dialog.querySelector("h2").focus({ preventScroll: true }); // a screen reader begins with what this is
  dialog.scrollTop = 0;
}

// Shows a figure enlarged, in a dialog that scrolls.
function enlarge(image, button) {
  const dialog = document.getElementById("enlarged");
  const copy = dialog.querySelector("img");
  document.getElementById("enlarged-title").textContent = button.closest("figure").querySelector("h3").textContent;
  copy.src = image.src;
  copy.alt = image.alt;
  copy.width = Math.max(image.naturalWidth, 1.5 * image.clientWidth);
  open(dialog);
}

// Cuts the pictures of a button, data-images="first count", out of the sprite, row by row.
async function showImages(button) {
  const [first, count] = button.dataset.images.split(" ").map(Number);
  const sprite = document.getElementById("sprite");
  const layout = JSON.parse(document.getElementById("sprite-layout").textContent);
  await sprite.decode();
  document.getElementById("images-title").textContent = button.dataset.title;
  document.getElementById("images-note").textContent = button.dataset.note ?? "";
  const list = document.getElementById("images-list");
  list.replaceChildren();
  for (let place = first; place < first + count; place++) {
    list.append(picture(sprite, layout, place));
  }
  open(document.getElementById("images"));
}

function picture(sprite, { width, height, across, captions }, place) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.setAttribute("aria-hidden", "true"); // its caption says what it is
  const column = place % across;
  const row = Math.floor(place / across);
  canvas.getContext("2d").drawImage(sprite, column * width, row * height, width, height, 0, 0, width, height);
  const caption = document.createElement("span");
  caption.textContent = captions[place];
  const item = document.createElement("li");
  item.append(canvas, caption);
  return item;
}

// Sliders, a picture and a read-out. Python has computed every position; here they are only looked up.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Whole numbers from their letters; pack.py says how they are written.
function numbers(text) {
  const found = [];
  let number = 0, shift = 0;
  for (const letter of text) {
    const part = LETTERS.indexOf(letter);
    number |= (part & 31) << shift;
    shift += 5;
    if (part & 32) continue;
    found.push(number & 1 ? -(number >>> 1) : number >>> 1);
    number = shift = 0;
  }
  return found;
}

// The texts by their places, from what pack.py made of them.
function unpack({ uses, templates }) {
  const spread = ({ texts, picks, digits, moves }) => {
    let sum = 0;
    return texts ? picks.map((pick) => texts[pick])
      : numbers(moves).map((move) => ((sum += move) / 10 ** digits).toFixed(digits));
  };
  const columns = templates.map((template) => template.columns.map(spread));
  const seen = templates.map(() => 0);
  const rows = uses.map((use) => seen[use]++);
  return (place) => {
    const { pieces, holes } = templates[uses[place]];
    const at = (hole) => (hole === undefined ? "" : columns[uses[place]][hole][rows[place]]);
    return pieces.map((piece, k) => piece + at(holes[k])).join("");
  };
}

// A labelled slider, or a list of words to choose from; returns what shows the place it stands at.
function control(parent, { name, label, shown, words }, set) {
  const row = make("label", parent, "", "control");
  make("span", row, label);
  const input = make(words ? "select" : "input", row);
  input.setAttribute("aria-label", label);
  input.dataset.control = name;
  input.addEventListener("input", () => set(Number(input.value)));
  if (words) {
    shown.forEach((option, k) => { make("option", input, option).value = k; });
    return (place) => { input.value = place; };
  }
  const number = make("output", row);
  Object.assign(input, { type: "range", min: 0, max: shown.length - 1, step: 1 });
  return (place) => {
    input.value = place;
    input.setAttribute("aria-valuetext", shown[place]);
    number.textContent = shown[place];
  };
}

function render({ model, el }) {
  const root = make("div", el, "", "gated-course explorer");
  const controls = model.get("controls");
  const board = make("div", root, "", "controls");
  const shows = controls.map((one, k) => control(board, one, (place) => {
    model.set("at", model.get("at").map((old, n) => (n === k ? place : old)));
    model.save_changes();
  }));
  const drawing = make("div", root, "", "drawing");
  const readout = make("p", root);
  readout.setAttribute("aria-live", "polite");
  make("p", root, model.get("whose"));
  const [picture, words] = [model.get("pictures"), model.get("sentences")].map(unpack);

  function refresh() {
    const at = model.get("at");
    const place = at.reduce((sum, one, k) => sum * controls[k].shown.length + one, 0);
    drawing.innerHTML = picture(place);
    readout.textContent = words(place);
    const svg = drawing.firstElementChild;
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", readout.textContent);
    shows.forEach((show, k) => show(at[k]));
  }
  model.on("change:at", refresh);
  refresh();
  return () => model.off("change:at", refresh);
}

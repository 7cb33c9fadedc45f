// Sliders for one step of a cell. Python sends the drawing, and tables of the equations; here they are only looked up.
const POSITIVE = "#0072B2", NEGATIVE = "#D55E00", DASHES = "9 5";
const HALF = 22, PER_UNIT = 14, WIDEST = 3;

// Multilinear interpolation in one table, the last axis fastest.
function interpolate({ args, axes, values }, numbers) {
  let corners = [[0, 1]];
  axes.forEach(([low, high, points], k) => {
    const step = high > low ? (high - low) / (points - 1) : 1;
    const place = Math.min(Math.max((numbers[args[k]] - low) / step, 0), points - 1);
    const left = Math.min(Math.floor(place), points - 2);
    const part = place - left;
    corners = corners.flatMap(([index, weight]) => [
      [index * points + left, weight * (1 - part)],
      [index * points + left + 1, weight * part],
    ]);
  });
  return corners.reduce((sum, [index, weight]) => sum + (weight ? weight * values[index] : 0), 0);
}

export function lookUp(table, position) {
  const numbers = { ...position };
  for (const line of table) numbers[line.name] = interpolate(line, numbers);
  return numbers;
}

export function shown(value) {
  const text = (value + 1e-9).toFixed(2);
  return text === "-0.00" ? "0.00" : text;
}

export function fill(template, numbers) {
  return template.replace(/\{(\w+)(%?)\}/g, (_all, name, percent) =>
    percent ? `${(100 * numbers[name] + 1e-9).toFixed(0)} %` : shown(numbers[name]));
}

const clip = (value) => Math.min(Math.max(value, 0), 1);

function paint(svg, numbers) {
  const each = (kind, change) => {
    for (const part of svg.querySelectorAll(`[data-${kind}]`)) change(part, numbers[part.dataset[kind]]);
  };
  each("number", (part, value) => { part.textContent = shown(value); });
  each("plate", (part, value) => part.setAttribute("height", (HALF * (1 - clip(value))).toFixed(2)));
  each("gauge", (part, value) => part.setAttribute("width", (100 * clip(value)).toFixed(2)));
  each("flow", (part, value) => {
    part.setAttribute("stroke-width", (PER_UNIT * Math.min(Math.abs(value), WIDEST)).toFixed(2));
    part.setAttribute("stroke", value < 0 ? NEGATIVE : POSITIVE);
    if (value < 0) part.setAttribute("stroke-dasharray", DASHES);
    else part.removeAttribute("stroke-dasharray");
  });
}

const make = (tag, parent, text = "", className = "") => {
  const element = document.createElement(tag);
  element.textContent = text;
  element.setAttribute("data-lm-suppress-shortcuts", "true"); // or JupyterLab takes the arrow keys
  if (className) element.className = className;
  parent.append(element);
  return element;
};

// A labelled slider; `knob()` says which knob it moves.
function slider(parent, get, set) {
  const row = make("div", parent, "", "control");
  const head = make("span", row);
  const input = make("input", row);
  const number = make("output", row);
  input.type = "range";
  let knob;
  input.addEventListener("input", () => set(knob.name, Number(input.value)));
  return {
    head,
    aim(next) {
      knob = next;
      Object.assign(input, { min: knob.low, max: knob.high, step: knob.step });
      input.setAttribute("aria-label", knob.name.replaceAll("_", " "));
      input.dataset.knob = knob.name;
      this.refresh();
    },
    refresh() {
      input.value = get(knob.name);
      number.textContent = get(knob.name).toFixed(1);
    },
  };
}

function render({ model, el }) {
  const root = make("div", el, "", "gated-course");
  const controls = make("div", root, "", "controls");
  const get = (name) => model.get("position")[name];
  const set = (name, value) => {
    model.set("position", { ...model.get("position"), [name]: value });
    model.save_changes();
  };
  const sliders = model.get("knobs").filter((knob) => !knob.bias).map((knob) => {
    const made = slider(controls, get, set);
    made.head.textContent = knob.name;
    made.aim(knob);
    return made;
  });
  const biases = model.get("knobs").filter((knob) => knob.bias);
  if (biases.length) {
    const made = slider(controls, get, set);
    const choose = make("select", made.head);
    choose.setAttribute("aria-label", model.get("words").bias);
    for (const { name } of biases) make("option", choose, name).value = name;
    choose.addEventListener("change", () => made.aim(biases[choose.selectedIndex]));
    made.aim(biases[0]);
    sliders.push(made);
  }
  const drawing = make("div", root);
  drawing.innerHTML = model.get("svg");
  const svg = drawing.querySelector("svg");
  const readout = make("p", root);
  readout.setAttribute("aria-live", "polite");
  const whose = make("p", root);
  const details = make("details", root);
  make("summary", details, model.get("words").equations);
  make("pre", details, model.get("equations"));

  function refresh() {
    const position = model.get("position");
    const answer = model.get("answer");
    const exact = Object.keys(position).every((name) => position[name] === answer.position[name]);
    const numbers = exact ? answer.values : lookUp(model.get("table"), position);
    paint(svg, numbers);
    const words = fill(model.get("template"), numbers);
    if (readout.textContent !== words) readout.textContent = words;
    svg.setAttribute("aria-label", words);
    whose.textContent = model.get("whose");
    sliders.forEach((one) => one.refresh());
  }
  model.on("change:position change:answer change:whose", refresh);
  refresh();
  return () => model.off("change:position change:answer change:whose", refresh);
}

export default { render };

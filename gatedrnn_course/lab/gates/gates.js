// Presets and sliders for a run of a cell. Python sends the drawings, and tables of the equations; here they are only looked up.
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

function lookUp(table, position) {
  const numbers = { ...position };
  for (const line of table) numbers[line.name] = interpolate(line, numbers);
  return numbers;
}

// Every step of a run: each begins with the states of the step before, the first with those of the position or 0.
function runOver(table, position, { xs, inputs, states }) {
  let before = Object.fromEntries(states.map((state) => [`${state}_prev`, position[`${state}_prev`] ?? 0]));
  return xs.map((x) => {
    const given = Object.fromEntries(inputs.map((name) => [name, x]));
    const numbers = lookUp(table, { ...position, ...given, ...before });
    before = Object.fromEntries(states.map((state) => [`${state}_prev`, numbers[state]]));
    return numbers;
  });
}

function shown(value) {
  const text = (value + 1e-9).toFixed(2);
  return text === "-0.00" ? "0.00" : text;
}

function fill(template, numbers) {
  return template.replace(/\{(\w+)([%#]?)\}/g, (_all, name, kind) =>
    kind === "%" ? `${(100 * numbers[name] + 1e-9).toFixed(0)} %`
      : kind === "#" ? numbers[name].toFixed(0) : shown(numbers[name]));
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

// The bars of each lane, the mark, and the numbers of the marked step.
function paintRun(svg, rows, step) {
  for (const lane of svg.querySelectorAll("[data-lane]")) {
    const [low, high, top, tall] = ["low", "high", "top", "tall"].map((name) => Number(lane.dataset[name]));
    const unit = tall / (high - low);
    const inside = (value) => Math.min(Math.max(value, low), high);
    [...lane.children].forEach((bar, k) => {
      const zero = inside(0), end = inside(rows[k][lane.dataset.lane]);
      bar.setAttribute("y", (top + (high - Math.max(end, zero)) * unit).toFixed(2));
      bar.setAttribute("height", (Math.abs(end - zero) * unit).toFixed(2));
    });
  }
  for (const text of svg.querySelectorAll("[data-now]")) text.textContent = shown(rows[step - 1][text.dataset.now]);
  const at = svg.querySelector("[data-at]");
  at.textContent = at.textContent.replace(/\d+/, step);
  const mark = svg.querySelector("[data-mark]");
  mark.setAttribute("x", (Number(mark.dataset.left) + Number(mark.dataset.mark) * (step - 1)).toFixed(2));
}

// A labelled slider for one knob.
function slider(parent, knob, label, get, set) {
  const row = make("label", parent, "", "control");
  make("span", row, label);
  const input = make("input", row);
  const number = make("output", row);
  Object.assign(input, { type: "range", min: knob.low, max: knob.high, step: knob.step });
  input.setAttribute("aria-label", label.replaceAll("_", " "));
  input.dataset.knob = knob.name;
  input.addEventListener("input", () => set({ [knob.name]: Number(input.value) }));
  return () => {
    input.value = get(knob.name);
    number.textContent = get(knob.name).toFixed(knob.name === "step" ? 0 : 1);
  };
}

function render({ model, el }) {
  const root = make("div", el, "", "gated-course");
  const words = model.get("words");
  const get = (name) => model.get("position")[name];
  const set = (changes) => {
    model.set("position", { ...model.get("position"), ...changes });
    model.save_changes();
  };
  const presets = Object.entries(model.get("presets"));
  if (presets.length) {
    const group = make("div", root, "", "presets");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", words.presets);
    make("span", group, words.presets);
    for (const [name, biases] of presets) {
      const button = make("button", group, name);
      button.type = "button";
      button.addEventListener("click", () => set(biases));
    }
  }
  const controls = make("div", root, "", "controls");
  const label = ({ name }) => (name.endsWith("_prev") ? words.start : name);
  const sliders = model.get("knobs").map((knob) => slider(controls, knob, label(knob), get, set));
  const drawing = (name) => {
    const holder = make("div", root, "", "drawing");
    holder.innerHTML = model.get(name);
    return holder.querySelector("svg");
  };
  const timeline = drawing("timeline");
  const readout = make("p", root);
  readout.setAttribute("aria-live", "polite");
  const svg = drawing("svg");
  const whose = make("p", root);
  const details = make("details", root);
  make("summary", details, words.equations);
  make("pre", details, model.get("equations"));
  const fixed = { xs: model.get("xs"), inputs: model.get("inputs"), states: model.get("states") };
  const old = model.get("knobs")[0].name;

  function refresh() {
    const position = model.get("position");
    const answer = model.get("answer");
    const exact = Object.keys(position).every((name) => position[name] === answer.position[name]);
    const rows = exact ? answer.rows : runOver(model.get("table"), position, fixed);
    const { step } = position;
    const last = rows[rows.length - 1];
    const ends = { start: rows[0][old], end: last[old.replace("_prev", "")], end_h: last.h, count: rows.length, step };
    paint(svg, rows[step - 1]);
    paintRun(timeline, rows, step);
    const numbers = { ...rows[step - 1], ...ends };
    const said = fill(`${model.get("summary")} ${model.get("template")}`, numbers);
    if (readout.textContent !== said) readout.textContent = said;
    timeline.setAttribute("aria-label", said);
    svg.setAttribute("aria-label", fill(model.get("template"), numbers));
    whose.textContent = model.get("whose");
    sliders.forEach((show) => show());
  }
  model.on("change:position change:answer change:whose", refresh);
  refresh();
  return () => model.off("change:position change:answer change:whose", refresh);
}

// A question with radio buttons. It tells Python what was chosen, and that somebody is looking.
function render({ model, el }) {
  const group = `prediction-${Math.random().toString(36).slice(2)}`;
  const fieldset = document.createElement("fieldset");
  fieldset.className = "gated-course";
  const legend = document.createElement("legend");
  legend.textContent = model.get("question");
  const noted = document.createElement("p");
  noted.setAttribute("aria-live", "polite");
  fieldset.append(legend);
  for (const choice of model.get("choices")) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "radio";
    input.name = group;
    input.value = choice;
    input.setAttribute("data-lm-suppress-shortcuts", "true"); // or JupyterLab takes the arrow keys
    input.addEventListener("change", () => {
      model.set("choice", choice);
      model.save_changes();
    });
    label.append(input, ` ${choice}`);
    fieldset.append(label);
  }
  fieldset.append(noted);
  el.append(fieldset);

  function paint() {
    const choice = model.get("choice");
    for (const input of fieldset.querySelectorAll("input")) input.checked = input.value === choice;
    noted.textContent = choice ? model.get("words").noted.replace("{choice}", () => choice) : "";
  }
  model.on("change:choice", paint);
  paint();
  if (!model.get("seen")) {
    model.set("seen", true);
    model.save_changes();
  }
  return () => model.off("change:choice", paint);
}

export default { render };

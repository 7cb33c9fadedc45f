// An element in another one, for the scripts of all widgets.
const make = (tag, parent, text = "", className = "") => {
  const element = document.createElement(tag);
  element.textContent = text;
  element.setAttribute("data-lm-suppress-shortcuts", "true"); // or JupyterLab takes the arrow keys
  if (className) element.className = className;
  parent.append(element);
  return element;
};


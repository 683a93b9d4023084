// Elements, without markup from elsewhere.
export function make(name, classes = "", text = "") {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  if (text) element.textContent = text;
  return element;
}

// A paragraph in which `words` between backticks are code.
export function prose(name, classes, text) {
  const element = make(name, classes);
  text.split(/`([^`]+)`/).forEach((part, number) => {
    element.append(number % 2 ? make("code", "", part) : part);
  });
  return element;
}

const clears = new WeakMap();

function mark(key, sentence, isFirst) {
  const field = document.querySelector(`.st-key-${key.replace(/[^\w-]/g, "-")}`);
  if (!field) return () => {};
  const note = document.createElement("p");
  note.className = "field-problem";
  note.id = `${key}-problem`;
  note.textContent = sentence;
  field.append(note);
  field.classList.add("refused");
  if (isFirst) field.scrollIntoView({ block: "center" });
  let input;
  // The run that refuses may draw the field itself anew.
  const apply = () => {
    const now = field.querySelector("input, textarea, [role='spinbutton']") ?? field.querySelector("[role='combobox'], button");
    if (!now || now === input) return;
    input = now;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", note.id);
    if (isFirst) input.focus({ preventScroll: true });
  };
  apply();
  const observer = new MutationObserver(apply);
  observer.observe(field, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    note.remove();
    field.classList.remove("refused");
    input?.removeAttribute("aria-invalid");
    input?.removeAttribute("aria-describedby");
  };
}

export default function ({ parentElement, data }) {
  clears.get(parentElement)?.();
  const marked = Object.entries(data.problems).map(([key, sentence], i) => mark(key, sentence, i === 0));
  const clear = () => marked.forEach((unmark) => unmark());
  clears.set(parentElement, clear);
  return clear;
}

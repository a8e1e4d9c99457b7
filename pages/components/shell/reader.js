/* Remembers the current user, and asks before typed text is lost: a field sends its text only when it loses focus. */

const SENT_AFTER = 400;

const begun = new WeakMap();
let left = -SENT_AFTER;

function holdsText(field) {
  const text = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text");
  return text && field.getAttribute("role") !== "combobox";
}

function begins(event) {
  if (holdsText(event.target)) begun.set(event.target, event.target.value);
}

function sends(event) {
  const alone = event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && alone) begins(event);
}

function asks(event) {
  const field = document.activeElement;
  if (holdsText(field) && begun.has(field) && begun.get(field) !== field.value) event.preventDefault();
}

function leaves(event) {
  if (holdsText(event.target) && begun.has(event.target) && begun.get(event.target) !== event.target.value) {
    left = performance.now();
  }
}

/* A page that is opened at the same moment would arrive before the typed text, and lose it. */
function waits(event) {
  const link = event.target instanceof Element && event.target.closest("a[href]");
  if (!link || !event.isTrusted || performance.now() - left > SENT_AFTER) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  setTimeout(() => link.click(), SENT_AFTER);
}

export default function ({ data }) {
  const age = data.person ? 31536000 : 0;
  document.cookie = `${data.name}=${data.person}; path=/; max-age=${age}; SameSite=Strict`;
  // Adding the same functions again does not add second listeners.
  document.addEventListener("focusin", begins);
  document.addEventListener("keydown", sends);
  document.addEventListener("focusout", leaves);
  window.addEventListener("click", waits, true);
  window.addEventListener("beforeunload", asks);
}

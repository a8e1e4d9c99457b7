// The key / opens the search, from anywhere but a field; in it, the arrow keys go through what it found, and Enter opens
// the first of it.
const RESULTS = ".st-key-search_results :is(a, button)";
const here = (window.hrdSearch ??= {});

const fieldOf = () => here.field && document.querySelector(`.st-key-${here.field} input`);
const openFirst = () => document.querySelector(RESULTS)?.click();

function open(event) {
  const typing = event.target.closest?.('input, textarea, select, [contenteditable="true"]');
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  event.preventDefault();
  document.querySelector(`.st-key-${here.button} button`)?.click();
}

function step(event, field, way) {
  const found = [field, ...document.querySelectorAll(RESULTS)];
  const at = found.indexOf(document.activeElement);
  const next = at < 0 ? undefined : found[at + way];
  if (!next) return;
  event.preventDefault();
  next.focus();
  here.at = at + way;
}

// What is found for the last letters is drawn anew, and the one that has the focus can go with what was there.
function keepPlace() {
  if (here.at > 0 && document.activeElement === document.body) document.querySelectorAll(RESULTS)[here.at - 1]?.focus();
}

function listen(event) {
  if (event.key === "/") return open(event);
  const field = fieldOf();
  if (!field) return;
  if (event.key === "ArrowDown") step(event, field, 1);
  else if (event.key === "ArrowUp") step(event, field, -1);
  else if (event.key === "Enter" && event.target === field && !event.isComposing && field.value.trim()) {
    if (here.found === field.value) openFirst();
    else here.wanted = field.value;
  }
}

// The dialog takes the focus itself while it opens, perhaps later than the field is there.
function focus(times) {
  const field = fieldOf();
  if (field && !document.activeElement?.closest(".st-key-search_results")) field.focus();
  if (times > 1) setTimeout(focus, 100, times - 1);
}

export default function ({ data }) {
  Object.assign(here, data);
  if (!here.listening) {
    here.listening = true;
    document.addEventListener("keydown", listen);
  }
  if (data.field && !fieldOf()?.dataset.hrdSearch) {
    if (fieldOf()) fieldOf().dataset.hrdSearch = "on";
    here.at = 0;
    focus(6);
  }
  if (data.found === undefined) return;
  setTimeout(keepPlace, 100);
  // Enter was pressed before this was found; what was found for fewer letters may come in between.
  if (here.wanted === data.found) {
    here.wanted = undefined;
    requestAnimationFrame(() => setTimeout(openFirst, 50));
  } else if (here.wanted !== fieldOf()?.value) here.wanted = undefined;
}

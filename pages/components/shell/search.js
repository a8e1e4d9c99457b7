// The key / opens the search, from anywhere but a field; in it, the arrow keys go through what it found.
export default function ({ data }) {
  if (data.button && !window.hrdSearchKey) {
    window.hrdSearchKey = true;
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.('input, textarea, select, [contenteditable="true"]');
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
      event.preventDefault();
      document.querySelector(`.st-key-${data.button} button`)?.click();
    });
  }
  const field = data.field && document.querySelector(`.st-key-${data.field} input`);
  if (!field || field.dataset.hrdSearch) return;
  field.dataset.hrdSearch = "on";
  field.focus();
  const dialog = field.closest('[role="dialog"]');
  dialog.addEventListener("keydown", (event) => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!way) return;
    const found = [field, ...dialog.querySelectorAll(".st-key-search_results :is(a, button)")];
    const next = found[found.indexOf(document.activeElement) + way];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

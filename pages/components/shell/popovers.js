// Popovers by keyboard. Streamlit draws what a popover holds at the end of the page, leaves the focus on its button, and
// loses it when a field is drawn anew. Here Enter leads into the popover, Tab goes round in it, and Escape leads back.
const BODY = '[data-testid="stPopoverBody"]';
const FIELDS = `:is(a[href], button, input, textarea, [role="spinbutton"]):not(:disabled, [tabindex="-1"])`;
const here = (window.hrdPopovers ??= {});

const fieldsOf = (body) => [...body.querySelectorAll(FIELDS)].filter((field) => field.getClientRects().length);
const isLost = () => document.activeElement === document.body || document.activeElement === null;

// A field that is drawn anew is another element: it is found by its container and its place in it.
function note(target) {
  const part = target.closest('[class*="st-key-"]');
  const key = [...(part?.classList ?? [])].find((name) => name.startsWith("st-key-"));
  here.last = key && { key, place: fieldsOf(part).indexOf(target) };
}

function restore(body) {
  const part = here.last && body.querySelector(`.${CSS.escape(here.last.key)}`);
  const fields = part ? fieldsOf(part) : [];
  (fields[here.last?.place] ?? fields[0] ?? fieldsOf(body)[0])?.focus();
}

function watch() {
  clearInterval(here.timer);
  here.last = undefined;
  let entered = false;
  let left = 20;
  here.timer = setInterval(() => {
    const body = document.querySelector(BODY);
    if (body && !entered && fieldsOf(body).length) {
      entered = true;
      if (document.activeElement === here.button || isLost()) fieldsOf(body)[0].focus();
    } else if (body && isLost()) restore(body);
    else if (!body && (entered || left-- <= 0)) {
      clearInterval(here.timer);
      if (entered && isLost()) here.button.focus();
    }
  }, 100);
}

function listen(event) {
  const button = event.target.closest?.('[data-testid="stPopoverButton"]');
  if (button && (event.key === "Enter" || event.key === " ") && button.getAttribute("aria-expanded") !== "true") {
    here.button = button;
    watch();
    return;
  }
  const body = event.target.closest?.(BODY);
  if (!body || event.key !== "Tab") return;
  const fields = fieldsOf(body);
  const [end, start] = event.shiftKey ? [fields[0], fields.at(-1)] : [fields.at(-1), fields[0]];
  if (event.target !== end) return;
  event.preventDefault();
  start.focus();
}

// A link leads to another page, over which the popover would stay open.
function leave(event) {
  if (!event.target.closest?.(`${BODY} a[href]`) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const escape = new KeyboardEvent("keydown", { key: "Escape", code: "Escape", keyCode: 27, bubbles: true });
  clearInterval(here.timer);
  setTimeout(() => document.querySelector(BODY)?.dispatchEvent(escape));
}

export default function () {
  if (here.listening) return;
  here.listening = true;
  document.addEventListener("keydown", listen);
  document.addEventListener("click", leave);
  document.addEventListener("focusin", (event) => event.target.closest?.(BODY) && note(event.target));
}

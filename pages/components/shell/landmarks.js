// The menu and the tabs: names for screen readers, because Streamlit's containers have no role; and the entry of the
// open page leads back to its list, which Streamlit takes for a link to where one is.
const PATIENCE_MS = 10000;
let waiting;

function nameParts(names) {
  const named = Object.entries(names).map(([key, label]) => {
    const part = document.querySelector(`.st-key-${key}`);
    part?.setAttribute("role", "navigation");
    part?.setAttribute("aria-label", label);
    const links = [...(part?.querySelectorAll("a") ?? [])];
    for (const link of links)
      if (link.closest('[class*="_open"]')) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    return links.length > 0;
  });
  return named.every(Boolean);
}

export default function ({ data, setTriggerValue }) {
  waiting?.disconnect();
  if (!nameParts(data.names)) {
    // What is drawn later than this is named once it is there; pages without tabs have none to wait for.
    waiting = new MutationObserver(() => nameParts(data.names) && waiting.disconnect());
    waiting.observe(document.body, { childList: true, subtree: true });
    const mine = waiting;
    setTimeout(() => mine.disconnect(), PATIENCE_MS);
  }
  const here = (window.hrdMenu ??= {});
  here.leave = () => setTriggerValue("left", true);
  if (here.listening) return;
  here.listening = true;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".st-key-section_open a, .st-key-tab_open a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // Change the address first: the next run reads it.
    const address = new URL(window.location.href);
    data.of_one.forEach((name) => address.searchParams.delete(name));
    window.history.replaceState(window.history.state, "", address);
    here.leave();
  }, true);
}

// The menu and the tabs: names for screen readers, because Streamlit's containers have no role; and the entry of the
// open page leads back to its list, which Streamlit takes for a link to where one is.
export default function ({ data, setTriggerValue }) {
  for (const [key, label] of Object.entries(data.names)) {
    const part = document.querySelector(`.st-key-${key}`);
    part?.setAttribute("role", "navigation");
    part?.setAttribute("aria-label", label);
    for (const link of part?.querySelectorAll("a") ?? [])
      if (link.closest('[class*="_open"]')) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
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

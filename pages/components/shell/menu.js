// Additions to Streamlit's menu. Listens to the whole page, once for each visit.
export default function ({ data, setTriggerValue }) {
  const here = (window.hrdMenu ??= {});
  here.leave = () => setTriggerValue("left", true);
  if (here.listening) return;
  here.listening = true;

  const links = '[data-testid="stTopNavLink"], [data-testid="stTopNavDropdownLink"], [data-testid="stSidebarNavLink"]';
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(links);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.getAttribute("aria-current") === "page") {
      // The entry of the open page leads back to its list. Change the address first: the next run reads it.
      const address = new URL(window.location.href);
      data.names.forEach((name) => address.searchParams.delete(name));
      window.history.replaceState(window.history.state, "", address);
      here.leave();
    }
    // On a phone the menu covers the page.
    if (link.dataset.testid === "stSidebarNavLink" && window.matchMedia("(max-width: 768px)").matches)
      setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click(), 50);
  }, true);
}

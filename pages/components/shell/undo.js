// The offer is told by a screen reader, and gets the focus if the button that was pressed is gone from the page.
let shown = "";

export default function ({ data }) {
  const offer = document.querySelector(".st-key-undo");
  offer.setAttribute("role", "status");
  if (!data.at || data.at === shown) return;
  shown = data.at;
  requestAnimationFrame(() => {
    // Of an offer that follows another the time begins anew.
    offer.getAnimations().forEach((one) => { one.cancel(); one.play(); });
    if (document.activeElement === document.body) offer.querySelector("button")?.focus({ preventScroll: true });
  });
}

// The offer is told by a screen reader, and gets the focus if the button that was pressed goes from the page.
const GOES_WITHIN_MS = 3000;
let shown = "";
let waiting;

export default function ({ data }) {
  const offer = document.querySelector(".st-key-undo");
  offer.setAttribute("role", "status");
  if (!data.at || data.at === shown) return;
  shown = data.at;
  clearInterval(waiting);
  requestAnimationFrame(() => {
    // Of an offer that follows another the time begins anew.
    offer.getAnimations().forEach((one) => { one.cancel(); one.play(); });
    const until = performance.now() + GOES_WITHIN_MS;
    waiting = setInterval(() => {
      const isLost = document.activeElement === document.body;
      if (isLost) offer.querySelector("button")?.focus({ preventScroll: true });
      if (isLost || performance.now() > until) clearInterval(waiting);
    }, 50);
  });
}

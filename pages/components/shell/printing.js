// Prints the page. Before that it notes for the print stylesheet whether the ground is dark, because charts and tables are
// then turned, and by how much each chart has to shrink to fit the paper.
const PAPER_PX = 700;

const prepare = () => {
  const app = document.querySelector('[data-testid="stApp"]');
  const [red, green, blue] = getComputedStyle(app).backgroundColor.match(/[\d.]+/g).map(Number);
  document.documentElement.dataset.ground = red + green + blue < 384 ? "dark" : "light";
  for (const chart of document.querySelectorAll(".stPlotlyChart"))
    chart.style.setProperty("--print-zoom", Math.min(1, PAPER_PX / chart.offsetWidth));
};

export default function ({ data, parentElement }) {
  if (!window.hrdPrinting) {
    window.hrdPrinting = true;
    window.addEventListener("beforeprint", prepare);
  }
  // For a print that announces nothing.
  prepare();
  const button = parentElement.querySelector("button");
  if (!button) return;
  button.querySelector(".label").textContent = data.label;
  button.onclick = () => window.print();
}

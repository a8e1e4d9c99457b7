const SVG = "http://www.w3.org/2000/svg";
const MARKS = ["bars", "areas", "signs", "work", "more"];
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const LOOK_EVERY = 100;
const LOOK_AT_MOST = 300;

function make(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  if (text) element.textContent = text;
  return element;
}

/* A text of the figure: "<b>2027</b><br>Jan" as lines of plain text, each with whether it is bold. */
function lines(markup) {
  return markup.split("<br>").map((line) => ({
    bold: line.includes("<b>"),
    text: new DOMParser().parseFromString(line, "text/html").body.textContent,
  }));
}

class Frame {
  update(data, send) {
    this.data = data;
    this.send = send;
    this.look(0);
  }

  remove() {
    clearTimeout(this.timer);
    this.observer?.disconnect();
    this.scroller?.removeEventListener("scroll", this.scrolled);
    this.place?.remove();
    this.box?.classList.remove("framed");
  }

  /* The picture comes later than this, and a new one after each change. */
  look(tries) {
    clearTimeout(this.timer);
    const plot = this.newest();
    if (!plot?.on || !plot.layout?.meta || !plot._fullData) {
      if (tries < LOOK_AT_MOST) this.timer = setTimeout(() => this.look(tries + 1), LOOK_EVERY);
      return;
    }
    if (plot !== this.plot) {
      this.plot = plot;
      plot.on("plotly_afterplot", () => this.draw());
      plot.on("plotly_hover", ({ points }) => this.join(points[0]?.customdata));
      plot.on("plotly_unhover", () => this.join());
    }
    this.draw();
  }

  /* While Streamlit puts a new picture in the place of the old one, both are there. */
  newest() {
    return [...document.querySelectorAll(".st-key-timeline_figure .js-plotly-plot")].at(-1);
  }

  draw() {
    const { plot } = this;
    const box = plot.closest(".st-key-timeline_plot");
    const area = plot.querySelector(".nsewdrag");
    if (!box || !area || !plot.layout.meta) return;
    const [frame, inner] = [box.getBoundingClientRect(), area.getBoundingClientRect()];
    this.box = box;
    this.left = inner.left - frame.left;
    this.top = inner.top - frame.top;
    this.wide = inner.width;
    if (!this.place?.isConnected || this.place.parentElement !== box) {
      this.place?.remove();
      this.place = box.appendChild(make("div", "timeline-frame"));
      this.observer?.disconnect();
      this.observer = new MutationObserver(() => this.newest() === this.plot || this.look(0));
      this.observer.observe(box, { childList: true, subtree: true });
      this.scroller?.removeEventListener("scroll", this.scrolled);
      this.scroller = plot.closest('[data-testid="stMain"]') ?? document.scrollingElement;
      this.scrolled = () => this.count();
      this.scroller.addEventListener("scroll", this.scrolled, { passive: true });
    }
    this.marks = this.read();
    const focused = this.place.contains(document.activeElement) ? document.activeElement.dataset.lane : undefined;
    const listening = document.activeElement === this.list;
    this.lines = document.createElementNS(SVG, "svg");
    this.below = make("div", "below");
    this.list = this.listbox();
    this.place.replaceChildren(this.axis(), ...this.names(), this.lines, this.list, this.below);
    box.classList.add("framed");
    if (focused) this.place.querySelector(`[data-lane="${CSS.escape(focused)}"]`)?.focus();
    if (listening) this.list.focus();
    this.count();
  }

  x(ms) {
    const [first, last] = this.plot.layout.meta.range;
    return this.left + ((ms - first) / (last - first)) * this.wide;
  }

  /* Each mark once, from the top lane to the lowest and in it by day. Plotly has the numbers only where it reads them. */
  read() {
    const found = new Map();
    for (const trace of this.plot._fullData) {
      if (!MARKS.includes(trace.name)) continue;
      (trace.customdata ?? []).forEach(([id, hover, items], i) => {
        const bar = trace.type === "bar";
        const from = this.x(bar ? trace.base[i] : trace.x[i]);
        const to = bar ? this.x(trace.base[i] + trace.x[i]) : from;
        const key = trace.name === "work" ? `work ${i}` : id;
        if (!found.has(key)) found.set(key, { id, items, from, to, y: this.top + trace.y[i], hover: hover ?? id });
      });
    }
    return [...found.values()].sort((one, other) => one.y - other.y || one.from - other.from);
  }

  axis() {
    const axis = make("div", "axis");
    axis.setAttribute("aria-hidden", "true");
    axis.style.height = `${this.top}px`;
    const { tickvals = [], ticktext = [] } = this.plot.layout.xaxis;
    tickvals.forEach((value, i) => {
      const tick = make("span", "tick");
      tick.style.left = `${this.x(value)}px`;
      for (const { bold, text } of lines(ticktext[i])) tick.append(make("span", bold ? "line bold" : "line", text || "\u00a0"));
      axis.append(tick);
    });
    const { today } = this.plot.layout.meta;
    if (today) {
      const sign = make("span", this.x(today.x) > this.left + 0.85 * this.wide ? "today before" : "today", lines(today.text)[0].text);
      sign.style.left = `${this.x(today.x)}px`;
      axis.append(sign);
    }
    return axis;
  }

  names() {
    const { data } = this;
    return this.plot.layout.meta.lanes.map(({ code, name, first, above, top, height }) => {
      const place = make("div", above ? "lane above" : "lane");
      place.style.top = `${this.top + top}px`;
      place.style.height = `${height}px`;
      if (!above) place.style.width = `${this.left - 6}px`;
      const isFolded = data.folded.includes(code);
      const button = make("button", first ? "name first" : "name", name);
      button.type = "button";
      button.dataset.lane = code;
      button.style.top = `${this.top}px`;
      button.setAttribute("aria-expanded", String(!isFolded));
      button.title = (isFolded ? data.unfold : data.fold).replace("{name}", name);
      button.addEventListener("click", () => this.send("fold", code));
      place.append(button);
      return place;
    });
  }

  /* The path of the keyboard: one stop of the Tab key, within it the arrow keys. */
  listbox() {
    const list = make("div", "marks");
    list.tabIndex = 0;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", this.data.marks);
    this.marks.forEach((mark, i) => {
      const option = make("div", "mark", lines(mark.hover).map(({ text }) => text).join(". "));
      option.id = `timeline-mark-${i}`;
      option.setAttribute("role", "option");
      option.style.left = `${mark.from}px`;
      option.style.top = `${mark.y}px`;
      option.style.setProperty("--wide", `${Math.max(mark.to - mark.from, 0)}px`);
      list.append(option);
    });
    const at = this.marks.findIndex(({ id }) => id === this.chosen);
    if (at >= 0) this.choose(list, at);
    list.addEventListener("focus", () => this.choose(list, Math.max(this.at(list), 0)));
    list.addEventListener("keydown", (event) => this.key(event, list));
    return list;
  }

  at(list) {
    return [...list.children].findIndex((option) => option.getAttribute("aria-selected") === "true");
  }

  choose(list, at) {
    const option = list.children[at];
    if (!option) return;
    for (const other of list.querySelectorAll("[aria-selected]")) other.removeAttribute("aria-selected");
    option.setAttribute("aria-selected", "true");
    list.setAttribute("aria-activedescendant", option.id);
    this.chosen = this.marks[at].id;
    if (document.activeElement !== list) return;
    option.scrollIntoView({ block: "nearest" });
    this.join([this.marks[at].id, "", this.marks[at].items]);
  }

  key(event, list) {
    const last = this.marks.length - 1;
    const at = this.at(list);
    const next = event.key === "Home" ? 0 : event.key === "End" ? last : event.key in STEPS ? at + STEPS[event.key] : -2;
    if (event.key === "Enter" && at >= 0) this.send("mark", this.marks[at].id);
    else if (next > -2) this.choose(list, Math.min(Math.max(next, 0), last));
    else return;
    event.preventDefault();
  }

  /* Lines between an item and the work that is linked to it, while one of them is pointed at. */
  join(customdata) {
    this.lines.replaceChildren();
    if (!customdata) return;
    const [id, , items = [id]] = customdata;
    const ends = this.marks.filter((mark) => !mark.items && items.includes(mark.id));
    for (const work of this.marks.filter((mark) => mark.items)) {
      for (const end of ends.filter(({ id }) => work.items.includes(id))) {
        const line = document.createElementNS(SVG, "line");
        const meet = Math.min(Math.max(work.from, end.from), end.to);
        for (const [key, value] of Object.entries({ x1: work.from, y1: work.y, x2: meet, y2: end.y })) line.setAttribute(key, value);
        this.lines.append(line);
      }
    }
  }

  count() {
    const foot = this.place.getBoundingClientRect().top;
    const lost = this.marks.filter(({ y }) => foot + y > window.innerHeight).length;
    this.below.textContent = lost ? this.data.below.replace("{count}", lost) : "";
  }
}

const frames = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  if (!frames.has(parentElement)) frames.set(parentElement, new Frame());
  const frame = frames.get(parentElement);
  frame.update(data, (name, value) => setTriggerValue(name, value));
  return () => { frame.remove(); frames.delete(parentElement); };
}

const NARROW = "(max-width: 640px)";
const SVG = "http://www.w3.org/2000/svg";
const SHAPES = { text: "6,1 11,6 6,11 1,6", deadline: "1,2 11,2 6,11" };
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/* The sign before a single day: a diamond, a triangle or a dot. */
function sign(form) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, SHAPES[form] ? "polygon" : "circle");
  const values = SHAPES[form] ? { points: SHAPES[form] } : { cx: 6, cy: 6, r: 4.5 };
  for (const [key, value] of Object.entries(values)) shape.setAttribute(key, value);
  svg.append(shape);
  return svg;
}

class Month {
  constructor(root) {
    this.place = root.querySelector(".month");
    this.drawn = "";
    this.open = "";
    this.left = "";          // the entry from which the panel was opened
    this.narrow = window.matchMedia(NARROW);
    this.turn = () => this.draw();
    this.narrow.addEventListener("change", this.turn);
    this.place.addEventListener("keydown", (event) => this.key(event));
    this.place.addEventListener("focusin", (event) => this.focused(event));
  }

  update(data, send) {
    const { open, ...month } = data;
    const next = JSON.stringify(month);
    this.data = data;
    this.send = send;
    if (next !== this.drawn) {
      this.drawn = next;
      this.draw();
    }
    // A panel that closes leaves the reader where it was opened.
    if (this.open && !open && this.left) {
      const left = this.left;
      this.left = "";
      this.back(left, 0);
    }
    this.open = open;
  }

  back(left, tries) {
    const active = document.activeElement;
    if (!active || active === document.body) this.place.querySelector(left)?.focus();
    if (tries < 10 && (document.querySelector('[role="dialog"]') || active === document.body)) {
      setTimeout(() => this.back(left, tries + 1), 50);
    }
  }

  draw() {
    const active = this.place.getRootNode().activeElement;
    const kept = this.place.contains(active) ? this.selector(active) : "";
    this.place.replaceChildren(...(this.narrow.matches ? this.list() : [this.table()]));
    if (kept) (this.place.querySelector(kept) || this.place.querySelector("td[tabindex='0']"))?.focus();
  }

  /* What finds the same entry or day after it was drawn anew. */
  selector(element) {
    const { item, week, date, more } = element.dataset;
    if (item) return `[data-item="${CSS.escape(item)}"][data-week="${week}"]`;
    if (more) return `[data-more="${more}"]`;
    return date ? `[data-date="${date}"]` : "";
  }

  table() {
    const { data } = this;
    const table = make("table");
    table.setAttribute("role", "grid");
    const caption = table.createCaption();
    caption.append(make("span", "name", data.name), " ", make("span", "note", data.note));
    const head = table.createTHead().insertRow();
    for (const name of [data.week, ...data.weekdays]) {
      const cell = make("th", "", name);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    data.weeks.forEach((week, number) => body.append(this.week(week, number)));
    const days = [...body.querySelectorAll("td")];
    (days.find((day) => day.dataset.date === this.day) || body.querySelector("td.today")
      || body.querySelector("td:not(.other)")).tabIndex = 0;
    return table;
  }

  week(week, number) {
    const row = make("tr");
    const head = make("th", "number", week.number);
    head.scope = "row";
    head.setAttribute("aria-label", week.label);
    row.append(head);
    const rows = Math.max(2, ...week.pieces.map((piece) => piece.row + 1));
    const more = week.days.some((day) => day.more);
    row.style.setProperty("--rows", rows + (more ? 1 : 0));
    week.days.forEach((day, column) => {
      const cell = make("td", [day.other && "other", day.today && "today"].filter(Boolean).join(" "));
      cell.tabIndex = -1;
      cell.dataset.date = day.date;
      if (day.today) cell.setAttribute("aria-current", "date");
      cell.append(this.number(day));
      for (const piece of week.pieces.filter((one) => one.column === column)) {
        const entry = this.entry(piece.item, number, !piece.begins);
        entry.style.setProperty("--row", piece.row);
        entry.style.setProperty("--days", piece.days);
        entry.classList.toggle("from-before", !piece.begins);
        entry.classList.toggle("goes-on", !piece.ends);
        cell.append(entry);
      }
      if (day.more) {
        const button = this.more(day);
        button.style.setProperty("--row", rows);
        cell.append(button);
      }
      row.append(cell);
    });
    return row;
  }

  number(day) {
    const time = make("time", "day");
    time.dateTime = day.date;
    const shown = make("span", "", day.number);
    shown.setAttribute("aria-hidden", "true");
    time.append(shown, make("span", "unseen", day.today ? `${day.name}, ${this.data.today}` : day.name));
    return time;
  }

  entry(item, week, continued) {
    const entry = this.data.entries[item];
    const button = make("button", `entry ${entry.form} ${entry.fill}${entry.struck ? " struck" : ""}`);
    button.type = "button";
    button.dataset.item = item;
    button.dataset.week = week;
    button.title = entry.label;
    button.setAttribute("aria-label", continued ? `${entry.label}, ${this.data.continued}` : entry.label);
    button.style.setProperty("--colour", entry.colour);
    button.style.setProperty("--ink", entry.ink);
    if (entry.form !== "bar") button.append(sign(entry.form));
    const words = make("span", "words");
    if (entry.body) words.append(make("span", "body", entry.body), " ");
    words.append(make("span", "title", entry.title));
    button.append(words);
    button.addEventListener("click", () => {
      this.left = this.selector(button);
      this.send("item", item);
    });
    return button;
  }

  more(day) {
    const button = make("button", "more", day.more);
    button.type = "button";
    button.dataset.more = day.date;
    button.setAttribute("aria-label", day.moreLabel);
    button.addEventListener("click", () => this.send("more", day.date));
    return button;
  }

  list() {
    const { name, note, days, earlier } = this.data;
    const found = [make("h2", "name", name), make("p", "note", note)];
    const past = days.filter((day) => day.past);
    if (past.length) {
      const folded = make("details");
      folded.append(make("summary", "", earlier), ...past.flatMap((day) => this.listed(day)));
      folded.open = past.length === days.length;
      found.push(folded);
    }
    return [...found, ...days.filter((day) => !day.past).flatMap((day) => this.listed(day))];
  }

  listed(day) {
    const heading = make("h3", day.today ? "today" : "", day.today ? `${day.name}, ${this.data.today}` : day.name);
    const list = make("ul");
    for (const item of day.items) {
      const line = make("li");
      const button = this.entry(item, "", false);
      button.append(make("span", "when", this.data.entries[item].when));
      line.append(button);
      list.append(line);
    }
    if (day.more) {
      const line = make("li");
      line.append(this.more(day));
      list.append(line);
    }
    return [heading, list];
  }

  /* The day that Tab leads to is the one that was visited last. */
  focused(event) {
    const cell = event.target.closest("td");
    if (!cell) return;
    for (const other of this.place.querySelectorAll("td[tabindex='0']")) other.tabIndex = -1;
    cell.tabIndex = 0;
    this.day = cell.dataset.date;
  }

  key(event) {
    const cell = event.target.closest("td");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const days = [...this.place.querySelectorAll("td")];
    const at = days.indexOf(cell);
    const monday = at - at % 7;
    const to = { Home: monday, End: monday + 6 }[event.key] ?? at + (STEPS[event.key] ?? NaN);
    if (event.key === "Enter" && event.target === cell) cell.querySelector("button")?.focus();
    else if (days[to]) days[to].focus();
    else if (!(event.key in STEPS)) return;
    event.preventDefault();
  }

  leave() {
    this.narrow.removeEventListener("change", this.turn);
  }
}

const months = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  let month = months.get(parentElement);
  if (!month) {
    month = new Month(parentElement);
    months.set(parentElement, month);
  }
  month.update(data, setTriggerValue);
  return () => {
    month.leave();
    months.delete(parentElement);
  };
}

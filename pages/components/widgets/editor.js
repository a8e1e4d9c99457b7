const SEND_AFTER = 800;
const SEND_AGAIN_AFTER = 4000;
const SEND_AGAIN_AT_MOST = 60000;
const SAY_AFTER = 2000;
const SAY_EVERY = 10000;

/* The same signs, the same words as in calendar_model/mission/statements/texts.py. */
const SIGNS = /[\u3005-\u3007\u3041-\u309f\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3fffd}]/gu;
const LETTER = /[\p{L}\p{N}]/u;

function measured(text, pace) {
  let signs = 0;
  let aloud = text.replace(/\[[^[\]]*\]/g, " ");
  if (pace.characters) aloud = aloud.replace(SIGNS, () => { signs += 1; return " "; });
  const words = aloud.split(/\s+/).filter((word) => LETTER.test(word)).length;
  const seconds = words * 60 / pace.words + (pace.characters ? signs * 60 / pace.characters : 0);
  return { words, signs, seconds: Math.ceil(seconds) };
}

function said(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  if (!minutes) return `${rest} s`;
  return rest ? `${minutes} min ${rest} s` : `${minutes} min`;
}

function number(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}

/* What the tab keeps for itself; without storage the editor goes on working. */
const storage = {
  read(name) {
    try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; }
  },
  keep(name, value) {
    try { sessionStorage.setItem(name, JSON.stringify(value)); return true; } catch { return false; }
  },
  clear(name) {
    try { sessionStorage.removeItem(name); } catch { /* nothing was kept */ }
  },
};

class Editor {
  constructor(root) {
    this.area = root.querySelector("textarea");
    this.label = root.querySelector("label");
    this.count = root.querySelector(".count");
    this.bar = root.querySelector(".bar");
    this.fill = root.querySelector(".fill");
    this.state = root.querySelector(".state");
    this.aside = root.querySelector(".aside");
    this.heard = root.querySelector(".heard");
    this.passage = root.querySelector(".passage");
    this.select = this.passage.querySelector("button");
    this.number = 0;         // of what was sent last
    this.acknowledged = 0;   // of what Python has last said that it keeps
    this.changed = false;    // something is typed that was not sent
    this.own = false;        // the text is no longer that of the server
    this.said = "";
    this.saidAt = 0;
    this.wait = SEND_AGAIN_AFTER;

    this.area.addEventListener("input", () => this.typed());
    this.area.addEventListener("blur", () => { if (this.changed) this.sendNow(); });
    this.area.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
        event.preventDefault();
        if (!this.area.readOnly) this.sendNow();
      }
    });
    // Single letters are commands to the page around (R runs it again) unless they are typed into a field; from
    // outside, this field cannot be told from any other place.
    for (const kind of ["keydown", "keypress", "keyup"]) {
      this.area.addEventListener(kind, (event) => {
        if (!event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1) event.stopPropagation();
      });
    }
    // Disabled for assistive technology only: a button that is disabled for good would lose the focus of who tabs to it.
    this.selecting = () => this.select.setAttribute("aria-disabled", String(!this.hasSelection()));
    for (const kind of ["select", "keyup", "pointerup", "focus", "input"]) {
      this.area.addEventListener(kind, this.selecting);
    }
    document.addEventListener("selectionchange", this.selecting);
    this.select.addEventListener("click", () => this.sendPassage());
    const [swap, forget] = this.aside.querySelectorAll("button");
    swap.addEventListener("click", () => this.swapTexts());
    forget.addEventListener("click", () => { storage.clear(this.asideName); this.area.focus(); this.show(); });
    this.leaving = () => { if (this.changed && document.visibilityState !== "visible") this.sendNow(); };
    this.back = () => { if (this.unsent()) this.sendNow(); };
    this.away = () => { if (this.changed) this.sendNow(); };
    document.addEventListener("visibilitychange", this.leaving);
    window.addEventListener("pagehide", this.away);
    window.addEventListener("online", this.back);
  }

  hasSelection() {
    const { selectionStart, selectionEnd, value } = this.area;
    return value.slice(selectionStart, selectionEnd).trim() !== "";
  }

  /* Python counts characters, the browser halves of some. */
  sendPassage() {
    if (!this.hasSelection()) {
      this.area.focus();
      return;
    }
    const { selectionStart, selectionEnd, value } = this.area;
    const selected = value.slice(selectionStart, selectionEnd);
    const lead = selected.length - selected.trimStart().length;
    const start = [...value.slice(0, selectionStart + lead)].length;
    this.trigger("passage", { text: value, start, end: start + [...selected.trim()].length, number: Date.now() });
  }

  unsent() {
    return this.changed || this.acknowledged < this.number;
  }

  update(data, send, trigger) {
    const first = this.data === undefined;
    this.data = data;
    this.send = send;
    this.trigger = trigger;
    this.passage.hidden = !data.select;
    this.select.textContent = data.select;
    this.acknowledged = data.acknowledged;
    this.label.textContent = data.label;
    this.area.lang = data.language;
    this.area.dir = data.rtl ? "rtl" : "ltr";
    this.area.readOnly = data.disabled;
    this.unsentName = `hrd-editor:${data.name}`;
    this.asideName = `hrd-editor-aside:${data.name}`;
    if (first) this.begin();
    else if (data.revision !== this.seen) this.taken();
    else if (!this.unsent()) this.settled();
    this.seen = data.revision;
    this.show();
  }

  /* The text of the server, or what this tab kept because the server did not answer. */
  begin() {
    const left = storage.read(this.unsentName);
    this.number = this.data.acknowledged;
    this.revision = this.data.revision;
    this.area.value = this.data.text;
    this.grow();
    if (left && typeof left.text === "string" && left.text !== this.area.value && !this.data.disabled) {
      this.area.value = left.text;
      this.revision = left.revision;
      this.number = Math.max(left.number || 0, this.number);
      this.changed = true;
      this.own = true;
      this.grow();
      setTimeout(() => this.sendNow(), 0);
    } else {
      storage.clear(this.unsentName);
    }
  }

  /* A new text that replaces this one. A text that was sent from here only has a new revision: typing goes on. */
  taken() {
    const mine = this.area.value;
    this.revision = this.data.revision;
    if (this.data.text === mine || this.data.text === this.sent) {
      if (!this.unsent()) this.settled();
      else this.store();
      return;
    }
    if (this.unsent() && storage.keep(this.asideName, { text: mine })) {
      this.heard.textContent = this.aside.querySelector("span").textContent;
    }
    this.area.value = this.data.text;
    this.changed = false;
    this.own = false;
    this.number = this.acknowledged;
    this.settled();
    this.grow();
  }

  settled() {
    clearTimeout(this.again);
    this.wait = SEND_AGAIN_AFTER;
    storage.clear(this.unsentName);
  }

  store() {
    this.stored = storage.keep(this.unsentName, {
      text: this.area.value, number: this.number, revision: this.revision,
    });
  }

  typed() {
    this.changed = true;
    this.own = true;
    this.store();
    this.grow();
    this.show();
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.sendNow(), SEND_AFTER);
  }

  sendNow() {
    clearTimeout(this.soon);
    clearTimeout(this.again);
    this.number = Math.max(this.number, this.acknowledged) + 1;
    this.changed = false;
    this.sent = this.area.value;
    this.store();
    this.send("typed", { text: this.sent, number: this.number, revision: this.revision, seen: this.seen });
    this.again = setTimeout(() => { if (this.unsent()) this.sendNow(); }, this.wait);
    this.wait = Math.min(this.wait * 2, SEND_AGAIN_AT_MOST);
    this.show();
  }

  swapTexts() {
    const kept = storage.read(this.asideName);
    if (!kept) return;
    storage.keep(this.asideName, { text: this.area.value });
    this.area.value = kept.text;
    this.area.focus();
    this.typed();
  }

  /* Where the browser does not fit a field to its text by itself. */
  grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.area.style.height = "auto";
    this.area.style.height = `${this.area.scrollHeight + 2}px`;
  }

  show() {
    const { pace, limit } = this.data;
    const { words, signs, seconds } = measured(this.area.value, pace);
    const length = [];
    if (signs) length.push(number(signs, "character", "characters"));
    if (words || !signs) length.push(number(words, "word", "words"));
    const over = Boolean(limit) && seconds > limit;
    let time = `about ${said(seconds)}`;
    if (over) time += `: ${said(seconds - limit)} over the limit of ${said(limit)}`;
    else if (limit) time += ` of ${said(limit)}`;
    this.count.textContent = `${length.join(", ")}, ${time}`;
    this.count.classList.toggle("over", over);
    this.bar.hidden = !limit;
    this.bar.classList.toggle("over", over);
    this.fill.style.width = limit ? `${Math.min(100, 100 * seconds / limit)}%` : "0";
    this.state.textContent = this.standing();
    this.aside.hidden = this.data.disabled || storage.read(this.asideName) === null;
    this.tell(`${this.count.textContent}. ${this.state.textContent}`, over);
  }

  standing() {
    if (this.unsent()) return this.stored === false ? "Not saved yet" : "Saved in this browser, not sent yet";
    return this.own ? "Draft saved" : "";
  }

  /* For screen readers: only at rest, not with each key; going over the limit is announced sooner. */
  tell(words, over) {
    clearTimeout(this.saying);
    if (this.said === "") { this.said = words; this.wasOver = over; return; }
    const wait = over !== this.wasOver ? SAY_AFTER : Math.max(SAY_AFTER, this.saidAt + SAY_EVERY - Date.now());
    this.saying = setTimeout(() => {
      this.wasOver = over;
      if (words === this.said) return;
      this.said = words;
      this.saidAt = Date.now();
      this.heard.textContent = words;
    }, wait);
  }

  leave() {
    for (const timer of [this.soon, this.again, this.saying]) clearTimeout(timer);
    document.removeEventListener("visibilitychange", this.leaving);
    window.removeEventListener("pagehide", this.away);
    window.removeEventListener("online", this.back);
    document.removeEventListener("selectionchange", this.selecting);
  }
}

const editors = new WeakMap();

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  let editor = editors.get(parentElement);
  if (!editor) {
    editor = new Editor(parentElement);
    editors.set(parentElement, editor);
  }
  editor.update(data, setStateValue, setTriggerValue);
  return () => {
    editor.leave();
    editors.delete(parentElement);
  };
}

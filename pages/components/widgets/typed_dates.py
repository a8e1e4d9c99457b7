"""A date that is typed counts at once when Enter or Tab ends it, as it does when the reader clicks elsewhere.

Streamlit's date field takes what was typed once its calendar closes or the keyboard has left the whole field, of which
the calendar's button is a part; Enter does nothing, and Tab goes to the button. So Escape is sent for them, which
closes the calendar, and where it is closed already the keyboard leaves the field for a moment.
"""

from __future__ import annotations

import streamlit as st

_SCRIPT = """
const commit = (event) => {
  if (!event.isTrusted || event.isComposing || (event.key !== "Enter" && event.key !== "Tab")) return;
  const field = event.target.closest?.('[data-testid="stDateInputField"]');
  const parts = [...(field?.querySelectorAll('[role="spinbutton"]') ?? [])];
  if (!parts.includes(event.target)) return;
  if (parts.some((part) => part.hasAttribute("data-placeholder"))) return;
  // Between year, month and day Tab goes on typing the same date.
  if (event.key === "Tab" && event.target !== parts.at(event.shiftKey ? 0 : -1)) return;
  // In a list that opens, such as the filter, Escape would close the list with the field.
  const isInList = field.closest('[data-testid="stPopoverBody"]') !== null;
  if (!isInList && document.querySelector('[data-testid="stDateInputCalendar"]')) {
    event.target.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
    return;
  }
  const beside = document.createElement("span");
  beside.tabIndex = -1;
  field.parentElement.append(beside);
  beside.focus();
  event.target.focus();
  beside.remove();
};
export default function () {
  if (window.hrdTypedDates) document.removeEventListener("keydown", window.hrdTypedDates, true);
  window.hrdTypedDates = commit;
  document.addEventListener("keydown", commit, true);
  document.documentElement.dataset.typedDates = "heard";
}
"""

_listener = st.components.v2.component("typed_dates", html="<div></div>", js=_SCRIPT)


def commit_typed_dates() -> None:
    """Install the listener for the date fields of every page; for ``dashboard.py``."""
    _listener(key="typed_dates", height=1)

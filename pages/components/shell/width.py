"""The width of the column. The server needs it, because it shortens labels."""

from __future__ import annotations

from typing import Any

import streamlit as st

USUAL = 1280
"""The width assumed until the browser has answered; on most screens the answer is the same."""

_SCRIPT = """
const observers = new WeakMap();
export default function ({ parentElement, data, setStateValue }) {
  const probe = parentElement.querySelector("div");
  let said = data.said;
  let timer = 0;
  const measure = () => {
    const px = Math.floor(probe.getBoundingClientRect().width / data.step) * data.step;
    if (px > 0 && px !== said) { said = px; setStateValue("px", px); }
  };
  observers.get(parentElement)?.disconnect();
  const observer = new ResizeObserver(() => { clearTimeout(timer); timer = setTimeout(measure, 150); });
  observers.set(parentElement, observer);
  observer.observe(probe);
  measure();
  return () => { clearTimeout(timer); observer.disconnect(); };
}
"""

_probe = st.components.v2.component(
    "column_width", html="<div></div>", css="div { width: 100%; height: 0; }", js=_SCRIPT
)

STEP = 64


def column_width(key: str) -> int:
    """The width in pixels of the column in which this is called, rounded down to a multiple of :data:`STEP`."""
    known: Any = st.session_state.get(key)
    width = int((known or {}).get("px") or USUAL)
    _probe(data={"said": width, "step": STEP}, key=key, on_px_change=lambda: None, height=1)
    return width

"""The fields of a form that were refused, in the browser: marked, with the sentence below, and the first in sight."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

_mark = st.components.v2.component(
    "marked_fields", html="<div></div>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def mark_fields(problems: Mapping[str, str], form: str) -> None:
    """Marks fields by their keys, each with its sentence, until the next run; ``form`` is unique on the page."""
    _mark(data={"problems": problems}, key=f"{form}_marked", height=1)

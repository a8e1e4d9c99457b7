"""Texts from the table, made safe for Streamlit's Markdown."""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_\[\]$~<>#|])|:(?=[a-z_]+[\[:/])|^(\d+)(?=[.)]\s)")


def plain(text: str) -> str:
    """The text as it is: nothing in it becomes a link, a formula, an icon or a list."""
    return _MARKS.sub(lambda match: f"{match[2]}\\" if match[2] else f"\\{match[0]}", text)

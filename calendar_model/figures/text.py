"""Texts for plotly, which reads a few tags of HTML in every label and hover text."""

from __future__ import annotations

import textwrap


def shown(text: str) -> str:
    """Return ``text`` as plotly shows it: no tag and no entity in it is read as one. Line breaks become spaces.

    Plotly knows few entities: quotation marks have to stay as they are.
    """
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def wrapped(text: str, width: int = 64) -> list[str]:
    """Return the text for plotly in lines of about ``width`` characters."""
    return [shown(line) for line in textwrap.wrap(text, width)]

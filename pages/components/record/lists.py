"""Short lists that are read in full: every cell wraps, and a narrow screen gets a paragraph a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.components.shell.words import linked, plain
from pages.components.widgets.tables import csv_download

NARROW_PX = 640
"""Below this width of the column a table of several columns would be cut."""

_SHORT = len("Wed 23 Sep 2026")


def full_list(frame: pd.DataFrame, link: str, name: str, alt: str, *, width: int) -> None:
    """Draw ``frame``, which holds texts, and the buttons that download it.

    The last column holds addresses: they become links on the words of column ``link``. Columns that are empty all the
    way down are not shown. ``width`` is the column's, in pixels.
    """
    address = frame.columns[-1]
    shown = frame.drop(columns=address).map(plain)
    shown[link] = [linked(words, url) for words, url in zip(shown[link], frame[address], strict=True)]
    shown = shown.loc[:, [column for column in shown.columns if shown[column].any()]]
    if width < NARROW_PX:
        st.markdown("\n\n".join(_paragraph(row) for row in shown.to_dict("records")))
    else:
        st.table(shown.map(_unbroken), border="horizontal", hide_index=True, alt=alt)
    csv_download(frame, name)


def _paragraph(row: Mapping[Any, str]) -> str:
    """Join the cells of a row; a bare number is followed by the name of its column."""
    (_, first), *others = row.items()
    cells = (f"{cell} {str(name).lower()}" if cell.isdigit() else cell for name, cell in others)
    return " · ".join(filter(None, (f"**{first}**", *cells)))


def _unbroken(cell: str) -> str:
    """Keep a cell as short as a date on one line."""
    return cell.replace(" ", "\N{NO-BREAK SPACE}") if len(cell) <= _SHORT else cell

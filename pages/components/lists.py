"""Short lists that are read in full: every cell wraps, and a narrow screen gets a paragraph a row."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.components.tables import csv_download
from pages.components.words import plain

NARROW_PX = 640
"""Below this width of the column a table of several columns would be cut."""


def full_list(frame: pd.DataFrame, link: str, name: str, alt: str, *, width: int) -> None:
    """Draws ``frame``, which holds texts, and the button that gives it as ``<name>.csv``.

    The last column holds addresses: they stand behind the words of column ``link``. Columns that are empty all the
    way down are not shown. ``width`` is the column's, in pixels.
    """
    address = frame.columns[-1]
    shown = frame.drop(columns=address).map(plain)
    shown[link] = [linked(words, url) for words, url in zip(shown[link], frame[address], strict=True)]
    shown = shown.loc[:, [column for column in shown.columns if shown[column].any()]]
    if width < NARROW_PX:
        rows = shown.to_numpy().tolist()
        st.markdown("\n\n".join(" · ".join(filter(None, (f"**{row[0]}**", *row[1:]))) for row in rows))
    else:
        st.table(shown, border="horizontal", hide_index=True, alt=alt)
    csv_download(frame, name)


def linked(words: str, url: str) -> str:
    """Markdown for ``words``, which are safe already, as a link to ``url``; the words alone without one."""
    return f"[{words}]({url.replace('(', '%28').replace(')', '%29')})" if url else words

"""Printing: the button, and what is printed in place of a table that scrolls.

The stylesheet of the print is in ``style.css``: no menu, no fields and no buttons, on a light ground in every theme.
"""

from __future__ import annotations

from datetime import date
from html import escape
from pathlib import Path

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.translation import gettext as _

PRINTED_AT_MOST = 400
"""Rows of a list in print."""

_HERE = Path(__file__)
_SCRIPT = _HERE.with_suffix(".js").read_text(encoding="utf-8")

_button = st.components.v2.component(
    "print_button",
    html='<button type="button"><span class="icon" aria-hidden="true">print</span><span class="label"></span></button>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_SCRIPT,
)
_ground = st.components.v2.component("print_ground", html="<div></div>", js=_SCRIPT)


def print_button() -> None:
    """Draw the button that prints the page; at most one on a page."""
    _button(data={"label": _("Print")}, key="print", width="content")


def watch_ground() -> None:
    """For the entrance: tells the print stylesheet whether the page has a dark ground."""
    _ground(data={}, key="print_ground", height=1)


def print_table(shown: pd.DataFrame) -> None:
    """Draw what is printed in place of the table just drawn, which scrolls on the screen: all its rows as text.

    Invisible on the screen; beyond :data:`PRINTED_AT_MOST` rows it says how many are left out.
    """
    rows = shown.head(PRINTED_AT_MOST).astype("object")
    head = "".join(f"<th>{escape(str(name))}</th>" for name in shown.columns)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in rows.to_numpy())
    st.html(f'<table class="print-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{left_out(shown)}')


def left_out(rows: pd.DataFrame) -> str:
    """The sentence, as HTML, on the rows that are not printed; empty if all are."""
    if len(rows) <= PRINTED_AT_MOST:
        return ""
    count = len(rows) - PRINTED_AT_MOST
    sentence = _("{count:,} more items: narrow the filter or the period to print them.").format(count=count)
    return f'<p class="print-more">{escape(sentence)}</p>'


def _cell(value: object) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    return escape(wording.day(value) if isinstance(value, date) else str(value))

"""The agenda: items as a list by month, for the keyboard, for screen readers and for the printer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from html import escape
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.calendar import describe, listed_when
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Standing
from calendar_model.wording import standing_words
from pages.components.shell.context import PageContext, as_of
from pages.components.shell.printing import PRINTED_AT_MOST, left_out
from pages.components.shell.words import plain
from pages.components.widgets import labels
from pages.components.widgets.lines import line

PER_PAGE = 40


def agenda(
    rows: pd.DataFrame,
    context: PageContext,
    *,
    since: date | None = None,
    key: str = "agenda",
    work_words: Mapping[str, str] | None = None,
) -> None:
    """Draw the rows of a calendar table, in their order, under the months in which they begin.

    Items that began before ``since``, the first day of the period, come first, folded. ``work_words``
    has by item a few words that are shown with its line.

    Each title is a button that opens the item's panel. More than :data:`PER_PAGE` items come on several pages; the
    number of the page is bound to the URL as ``<key>_page``.
    """
    if rows.empty:
        st.info(_("No dates match this filter. Choose a longer period, or remove a filter."))
        return
    if since is not None:
        # Windows come after the exact days of their month; so do those that opened before the period.
        begun = (rows["start"] < pd.Timestamp(since)).to_numpy()
        rows = pd.concat([rows[begun], rows[~begun]])
    pages = -(-len(rows) // PER_PAGE)
    number = 1
    if pages > 1:
        name = f"{key}_page"
        if st.session_state.get(name, 1) > pages:
            st.session_state[name] = pages
        number = st.pagination(pages, key=name, bind="query-params")
        st.caption(
            _("{first:,} to {last:,} of {count:,} items").format(
                first=(number - 1) * PER_PAGE + 1, last=min(number * PER_PAGE, len(rows)), count=len(rows)
            )
        )
    page = rows.iloc[(number - 1) * PER_PAGE : number * PER_PAGE]
    with st.container(key="lines_agenda", gap="xsmall"):
        for month, group in groupby(page.itertuples(), lambda row: _month(row, since)):
            items = list(group)
            with _under(month, since, len(items), key):
                for row in items:
                    agenda_line(row, context, key, (work_words or {}).get(str(row.item), ""))


def _month(row: Any, since: date | None) -> str:
    """The month in which an item begins; empty for one that was already under way."""
    return "" if since is not None and row.start.date() < since else wording.full_month(row.start)


@contextmanager
def _under(month: str, since: date | None, count: int, key: str) -> Iterator[None]:
    """The place of the items of a month; those that were already under way are folded."""
    if month:
        st.markdown(f"#### {month}")
        yield
        return
    assert since is not None
    begun = _("Already under way on {since}: {count}").format(since=wording.day(since), count=count)
    with st.expander(begun, key=f"{key}_under_way"):
        yield


def agenda_line(row: Any, context: PageContext, key: str, work: str) -> None:
    """Draw one row, within a container whose key begins with ``lines_``; ``work`` is shown with its details."""
    title = plain(row.title)
    if row.standing == Standing.CANCELLED and not row.departure:
        title = f"~~{title}~~"
    elif row.kind == Kind.DEADLINE:
        title = f"**{title}**"
    details = plain(" · ".join(filter(None, (_known(row, context), work))))
    line(f"{key}_{row.item}", plain(_when(row, context)), title, details, row.item)


def _when(row: Any, context: PageContext) -> str:
    return listed_when(row, as_of=context.today, zone=context.zone)


def _printed(row: Any, context: PageContext, work: str) -> str:
    beneath = " · ".join(filter(None, (_when(row, context), _known(row, context), work)))
    return f"<li><strong>{escape(row.title)}</strong><br>{escape(beneath)}</li>"


def _known(row: Any, context: PageContext) -> str:
    body = labels.short_organisation(row.body or row.organisation, context.reference)
    known = "" if row.kind == Kind.MANDATE_HOLDER else standing_words(row.standing, departure=row.departure).lower()
    owed_by = _(row.for_whom) if row.for_whom != "all" else ""
    return " · ".join(filter(None, (body, known, owed_by)))


def print_agenda(
    rows: pd.DataFrame, context: PageContext, stretch: str, work_words: Mapping[str, str] | None = None
) -> None:
    """Draw what is printed in place of the page below its title: the filter in words, the period, and the rows.

    Invisible on the screen; beyond :data:`PRINTED_AT_MOST` rows it says how many are left out.
    """
    printed = rows.head(PRINTED_AT_MOST).itertuples()
    about = (stretch, describe(context.filter, context.reference), as_of(context))
    parts = [f"<p>{escape(' · '.join(about))}</p>"]
    for heading, items in groupby(printed, lambda row: _month(row, None)):
        lines = "".join(_printed(row, context, (work_words or {}).get(str(row.item), "")) for row in items)
        parts.append(f"<h2>{heading}</h2><ul>{lines}</ul>")
    parts.append(left_out(rows))
    st.html(f'<div class="agenda-print">{"".join(parts)}</div>')

"""What the pages of records have in common: a line in a list, a heading, what is linked to a record, its history."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.calendar import when
from calendar_model.messages.statements import state_label
from calendar_model.store.history import CREATE, DELETE, UPDATE
from calendar_model.store.models import Change, Engagement, Person, Record, Statement
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Sensitivity
from pages.components.record.access_requests import requests_for
from pages.components.record.forms import linked_ids, open_record, words
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import PAGE_OF, link
from pages.components.shell.words import plain

_TABLES = {
    "access": "Named person",
    "access_request": "Request for access",
    "consent": "Consent",
    "identity": "Who it is",
    "item_link": "Tie to the calendar",
    "record_link": "Tie to a record",
    "follow_up": "Follow-up",
}
_ACTIONS = {CREATE: "added", UPDATE: "changed", DELETE: "taken away"}
_SILENT = frozenset({"id", "kind", "record_id", "contact_id", "salt", "version", "created_at", "updated_at"})
"""Columns of a change that say nothing to a reader."""
_ID = re.compile(r"[0-9a-f]{32}")


def entry(record: Record, said: Iterable[str], about: Iterable[str] = ()) -> None:
    """One record in a list, within a container whose key begins with ``lines_``: what opens it, what it is about in
    small print, and the sentences that are ``said`` of it. Texts are plain."""
    with st.container(gap=None, key=f"entry_{record.id}"):
        title = f"**{plain(record.title)}**{' (sample)' if record.sample else ''}"
        st.button(title, key=f"open_{record.id}", type="tertiary", on_click=open_record, args=(record.id,), wrap=True)
        if small := " · ".join(plain(part) for part in about if part):
            st.caption(small)
        if sentences := " ".join(plain(sentence) for sentence in said if sentence):
            st.markdown(sentences)


def who_sees(record: Record, everyone: Sequence[Person]) -> str:
    """``Restricted: named are Desk, Head.``, or that everybody of the staff, or anybody, sees it. Plain text."""
    if record.sensitivity is not Sensitivity.RESTRICTED:
        return (
            "Public." if record.sensitivity is Sensitivity.PUBLIC else "Internal: all who are kept in Settings see it."
        )
    ids = {access.person_id for access in record.named}
    named = [person.name for person in everyone if person.id in ids]
    return f"Restricted: named {'is' if len(named) == 1 else 'are'} {', '.join(named)}."


def heading(record: Record, everyone: Sequence[Person], *, state: str = "") -> None:
    """Title, who sees it and whose it is, in the place of the page's title."""
    st.title(plain(record.title), anchor=False)
    sample = "A fictional record of the sample." if record.sample else ""
    parts = (sample, state, who_sees(record, everyone), f"Owner: {record.owner.name}.")
    st.caption(plain(" ".join(part for part in parts if part)))
    requests_for(record, everyone)


def kept_links(record: Record | None, offered: Collection[type[Record]]) -> list[str]:
    """The links of a record to kinds that its form does not offer: they stay as they are."""
    if record is None:
        return []
    others = {link.other_id: link.other for link in record.links} | {
        link.record_id: link.record for link in record.linked_from
    }
    return [id_ for id_ in linked_ids(record) if not isinstance(others[id_], tuple(offered))]


def kept_items(record: Record | None, context: PageContext) -> list[str]:
    """The items that a record is linked to and that are not in the reader's calendar: they stay as they are."""
    known = set(context.table["item"])
    return [link.item for link in record.items if link.item not in known] if record is not None else []


def statement_links(found: Iterable[Statement]) -> None:
    """Statements, each with where it stands."""
    for one in found:
        day = f" on {wording.day(one.delivered_on)}" if one.delivered_on else ""
        with st.container(gap=None):
            link("statements", plain(one.title), record=one.id)
            st.caption(f"{words(one.form)} · {state_label(one.state)}{day}")


def engagement_links(found: Iterable[Engagement]) -> None:
    """Engagements, each with what it was and when."""
    for one in found:
        with st.container(gap=None):
            link("engagements", plain(one.title), record=one.id)
            st.caption(f"{words(one.engagement_kind)} · {wording.day(one.on)}")


def record_links(found: Iterable[Record], headings: Mapping[str, RecordKind]) -> None:
    """Records as links to their pages, each kind below its heading; kinds that have none are left out."""
    listed = list(found)
    for heading_, kind in headings.items():
        if of_kind := [one for one in listed if one.kind is kind]:
            st.subheader(heading_)
            for one in of_kind:
                link(PAGE_OF[kind], plain(one.title), record=one.id)


def item_openers(record: Record, context: PageContext) -> None:
    """The items of the calendar that a record is linked to; each opens its item_panel."""
    table = context.table
    rows = table[table["item"].isin([link.item for link in record.items])].sort_values("start", kind="stable")
    for row in rows.itertuples():
        title = plain(str(row.title))
        with st.container(gap=None, key=f"lines_tied_{row.item}"):
            st.button(
                title, key=f"tied_{row.item}", type="tertiary", on_click=item_panel.choose, args=(row.item,), wrap=True
            )
            st.caption(plain(when(row, context.zone)))


def history(changes: Sequence[Change], everyone: Sequence[Person], titles: Mapping[str, str], zone: str) -> None:
    """What was done to a record, the newest first, folded; ``titles`` name the records it may be linked to."""
    names = {person.id: person.name for person in everyone}
    rows = [row for change in reversed(changes) for row in _told(change, names, {**titles, **names}, zone)]
    with st.expander(f"History: {len(changes)} {'change' if len(changes) == 1 else 'changes'}"):
        st.dataframe(
            pd.DataFrame(rows, columns=["When", "Who", "What", "Before", "After", "Reason"]),
            key="history",
            hide_index=True,
            height=35 * (min(len(rows), 12) + 1) + 3,
            row_height=35,
            alt="Every change of this record: when, by whom, of what, and what stood there before and after.",
        )


def _told(change: Change, names: Mapping[str, str], known: Mapping[str, str], zone: str) -> list[tuple[str, ...]]:
    """A line of the history for people, a row for each column that it changed."""
    before, after = json.loads(change.before), json.loads(change.after)
    at = f"{wording.day(change.at.astimezone(ZoneInfo(zone)).date())}, {change.at.astimezone(ZoneInfo(zone)):%H:%M}"
    hangs = _TABLES.get(change.table_now, "")
    rows: list[tuple[str, ...]] = []
    for column in dict.fromkeys([*before, *after]):
        was, now = (_said(side.get(column), known) for side in (before, after))
        # Of what is sealed both sides read alike, and yet it has changed.
        if column in _SILENT or (was == now and not isinstance(after.get(column), dict)):
            continue
        field = words(column.removesuffix("_id").replace("_", "-"))
        what = f"{hangs} {_ACTIONS.get(change.action, change.action)}: {field.lower()}" if hangs else field
        rows.append((at, names.get(change.person_id, ""), what, was, now, change.reason))
    return rows


def _said(value: object, known: Mapping[str, str]) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else "yes" if value else "no"
    if isinstance(value, dict):
        return "not kept here"
    text = str(value)
    if _ID.fullmatch(text):
        return known.get(text, "another record")
    try:
        return wording.day(datetime.strptime(text, "%Y-%m-%d").date())  # noqa: DTZ007  a day has no zone
    except ValueError:
        return text

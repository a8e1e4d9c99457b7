"""Search, above every page: pages, new records, organisations, items and records, found as one types.

Enter opens the first result. A kind of record and an item, such as “new side event hrc64”, find the empty form of that
record, linked to the item.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import streamlit as st

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.calendar import listed_when
from calendar_model.mission.links import KINDS_NOT_OFFERED
from calendar_model.mission.search import search_items, search_organisations, search_records, search_words
from calendar_model.terms import StatementFormat
from calendar_model.translation import gettext as _
from calendar_model.wording import term
from pages.components.shell import filter_bar, item_panel, outage
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import LINK, NEW, PAGE_OF, PAGES, RECORD, link, open_page
from pages.components.shell.new import offered_records
from pages.components.shell.words import plain
from pages.components.widgets import labels

_BUTTON, _TEXT = "search_everything", "search_text"
_MOST_ITEMS, _MOST_RECORDS, _MOST_ORGANISATIONS, _MOST_TO_LINK = 8, 8, 3, 3
_PAUSE = "50ms"
"""How long the browser waits for another letter; by default a quarter of a second."""
_CHOSEN = "search_organisation"
"""The session's key for whether an organisation was chosen, whose calendar then opens."""

_listen = st.components.v2.component(
    "search", html="<div></div>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def draw_search() -> None:
    """For the entrance: draws the button, which the key ``/`` presses too."""
    st.button(_("Search"), key=_BUTTON, icon=":material/search:", on_click=item_panel.close, type="tertiary")
    _listen(data={"button": _BUTTON}, key="search_key", height=1)


def open_search(context: PageContext) -> None:
    """For the entrance, above the page: opens the search if the button was pressed."""
    if st.session_state.get(_BUTTON):
        st.dialog(_("Search"), width="large")(outage.part(_draw))(context)


def _draw(context: PageContext) -> None:
    if st.query_params.get(item_panel.ITEM):
        # An item was chosen: only a run of the page opens its panel.
        st.rerun()
    if st.session_state.pop(_CHOSEN, False):
        open_page("timeline")
    text = st.text_input(
        _("Search"),
        key=_TEXT,
        type="search",
        live=_PAUSE,
        placeholder=_("Session, text, State, record, page"),
        label_visibility="collapsed",
    )
    _listen(data={"field": _TEXT}, key="search_field", height=1)
    if not search_words(text):
        st.caption(_("Finds what is in the calendar, the titles of records that you have access to, and pages."))
        return
    with st.container(key="search_results", gap="small"):
        draw = (_draw_linked_forms, _draw_organisations, _draw_items, _draw_records)
        found = [_draw_doors(text), *(part(context, text) for part in draw)]
        if not any(found):
            st.markdown(_("Nothing found for “{text}”. Try fewer words.").format(text=plain(text)))
    # Below the results: it tells the browser that they are those of this text.
    _listen(data={"found": text}, key="search_found", height=1)


def _draw_doors(text: str) -> bool:
    """Draws the pages, and the forms of new records, of which the name has all words."""
    found = [(label, page, parameters) for label, page, parameters in _doors() if _has_all(label, text)]
    for label, page, parameters in found:
        link(page, label, icon=":material/arrow_forward:", **parameters)
    return bool(found)


def _doors() -> Iterator[tuple[str, str, dict[str, str]]]:
    for entry in PAGES:
        if entry.section is None or entry.is_tab:
            yield _(entry.title), entry.file, {}
    for label, page, parameters in offered_records({}):
        yield _("New: {record}").format(record=label.lower()), page, parameters


def _has_all(label: str, text: str) -> bool:
    return all(word in label.casefold() for word in search_words(text))


def _draw_linked_forms(context: PageContext, text: str) -> bool:
    """Draws the forms of new records linked to an item, where the text begins with their name and goes on with that of
    the item: ``new side event hrc64``."""
    if context.viewer == ANONYMOUS:
        return False
    words, drawn = search_words(text), False
    table = context.table[~context.table["kind"].isin(KINDS_NOT_OFFERED)]
    for label, page, parameters in _linked_forms():
        named = list(takewhile(label.casefold().__contains__, words))
        if len(named) < 2 or len(named) == len(words):
            continue
        of = " ".join(words[len(named) :])
        row: Any
        for row in search_items(table, context.reference, of, context.today, _MOST_TO_LINK).itertuples():
            link(page, f"{label}, {plain(row.title)}", icon=":material/add:", **{**parameters, LINK: row.item})
            drawn = True
    return drawn


def _linked_forms() -> Iterator[tuple[str, str, dict[str, str]]]:
    """The forms of records that are linked to items; those of statements by their format."""
    for label, page, parameters in offered_records({LINK: ""}):
        if page == "statements":
            for made in StatementFormat:
                yield _("New: {record}").format(record=term(made)), page, {NEW: made.value}
        else:
            yield _("New: {record}").format(record=label.lower()), page, parameters


def _draw_organisations(context: PageContext, text: str) -> bool:
    """Draws the organisations found; each opens the calendar with the filter set to it."""
    found = search_organisations(context.table, context.reference, text, _MOST_ORGANISATIONS)
    for code in found:
        st.button(
            _("Calendar of {organisation}").format(organisation=plain(labels.organisation(code, context.reference))),
            key=f"found_organisation_{code}",
            icon=":material/calendar_month:",
            type="tertiary",
            on_click=_choose,
            args=(code,),
        )
    return bool(found)


def _choose(organisation: str) -> None:
    filter_bar.clear()
    filter_bar.choose(organisation=[organisation])
    st.session_state[_CHOSEN] = True


def _draw_records(context: PageContext, text: str) -> bool:
    if not context.workspace:
        return False
    found = search_records(context.viewer, text, _MOST_RECORDS)
    if found:
        st.markdown(_("#### Records"))
    for hit in found:
        sample = _(" (sample)") if hit.sample else ""
        link(PAGE_OF[hit.kind], f"{plain(hit.title)}{sample} · {term(hit.kind)}", **{RECORD: hit.id})
    return bool(found)


def _draw_items(context: PageContext, text: str) -> bool:
    rows = search_items(context.table, context.reference, text, context.today, _MOST_ITEMS)
    if len(rows):
        st.markdown(_("#### Calendar"))
    row: Any
    for row in rows.itertuples():
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button(
                plain(row.title),
                key=f"found_{row.item}",
                type="tertiary",
                on_click=item_panel.choose,
                args=(row.item,),
            )
            body = labels.short_organisation(row.body or row.organisation, context.reference)
            st.caption(plain(f"{body} · {listed_when(row, as_of=context.today, zone=context.zone)}"), width="content")
    return len(rows) > 0

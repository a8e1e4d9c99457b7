"""Our work on a cycle: lines of records, each a link, and the ways to start one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.messages.statements import made_as, state_label
from calendar_model.terms import RecordKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from calendar_model.wording import standing_words, term
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import LINK, PAGE_OF, RECORD, link
from pages.components.shell.new import draw_new_links
from pages.components.shell.words import plain
from pages.components.widgets.more import show_more, shown_count

if TYPE_CHECKING:
    from calendar_model.store.models import Engagement, Event, Record, Statement

R = TypeVar("R", bound="Record")

AT_FIRST, MORE = 4, 20
"""Records of a kind at first, and how many more a click shows."""


def shows_work(context: PageContext) -> bool:
    """Whether the reader can see the mission's work; if not, says how to."""
    if not context.workspace:
        return False
    if context.viewer == ANONYMOUS:
        st.markdown(_("Our work is visible to users only. Select your name to see it."))
        link("settings", _("Select user"))
        return False
    return True


def record_lines(heading: str, found: Sequence[R], key: str, about: Callable[[R], Iterable[str]]) -> None:
    """Draws records under a heading, each a link with facts ``about`` it in small print; nothing where there are none.

    ``key`` is unique on the page.
    """
    if not found:
        return
    st.markdown(f"#### {heading}")
    name = f"cycle_work_{key}"
    shown = found[: shown_count(name, AT_FIRST)]
    with st.container(key=f"lines_{key}", gap="xsmall"):
        for one in shown:
            record_line(one, about(one))
    show_more(name, len(shown), len(found), MORE, button=f"more_{key}")


def record_line(one: Record, about: Iterable[str], *sentences: str) -> None:
    """Draws a record as a link, facts about it in small print, and sentences below. Texts are plain."""
    restricted = _("restricted") if one.sensitivity is Sensitivity.RESTRICTED else ""
    with st.container(gap=None):
        link(PAGE_OF[one.kind], f"{plain(one.title)}{_(' (sample)') if one.sample else ''}", **{RECORD: one.id})
        st.caption(plain(" · ".join(part for part in (*about, restricted) if part)))
        for sentence in sentences:
            st.markdown(plain(sentence))


def engagement_facts(one: Engagement) -> list[str]:
    """Its kinds and its day."""
    return [wording.terms(one.kinds), wording.day(one.on)]


def event_facts(one: Event) -> list[str]:
    """Its kind, its days and its standing."""
    return [term(one.event_kind), wording.span(one.start, one.end), standing_words(one.standing).lower()]


def statement_facts(one: Statement) -> list[str]:
    """Its state, its form, and the day of its delivery or by which it is due."""
    day = wording.day(one.delivered_on) if one.delivered_on else ""
    if not day and one.due:
        day = _("due {due}").format(due=wording.day(one.due))
    return [state_label(one.state), made_as(one.voice, one.format), day]


def start_links(item: str, *kinds: RecordKind) -> None:
    """Draws links to the empty forms of these kinds of record, linked to a calendar item from the start."""
    with st.container(horizontal=True, gap="small", key=f"lines_start_{item}"):
        draw_new_links({LINK: item}, *kinds, icon=":material/add:")

"""Engagements with defenders, missions, country desks and organisations."""

from __future__ import annotations

from pages.components.record.changed import changed_lately, changed_words
from pages.components.record.own_mission import choose_own_mission
from pages.components.shell.guard import require_entrance
from pages.components.shell.navigation import NEW

require_entrance()

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission import contacts, engagements, follow_ups
from calendar_model.mission.engagements import EngagementLine, EngagementLinks, EngagementQuery
from calendar_model.terms import EngagementForm, EngagementKind, EngagementTraits, RecordKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record import forms
from pages.components.record.follow_ups import (
    draw_first_follow_up,
    due_words,
    follow_ups_of,
    take_first_follow_up,
)
from pages.components.record.forms import RecordForm, first_linked_item, words
from pages.components.record.in_place import new_contact, new_event
from pages.components.record.page import RecordPage, RecordView, draw_page
from pages.components.record.parts import (
    close_lines,
    filter_caption,
    linked_by_kind,
    linked_items,
    linked_statements,
)
from pages.components.record.table import marked, record_table
from pages.components.shell import rights
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain
from pages.components.widgets import labels
from pages.components.widgets.lines import dated_line
from pages.components.widgets.more import show_more, shown_count
from pages.components.widgets.tables import csv_download

if TYPE_CHECKING:
    from calendar_model.store.models import Engagement, Person

KINDS, ORGANISATIONS, COUNTRIES, MINE, SEARCH = (
    f"engagements_{name}" for name in ("kinds", "organisations", "countries", "mine", "search")
)
"""Keys of the page's own filters, which are in no address."""

SHOWN, SHOWN_PRESSING = "engagements_shown", "engagements_pressing"
"""Keys of how many rows, and how many follow-ups, are shown."""
AT_FIRST, MORE = 100, 400
"""Rows of the table at first, and how many more a click shows."""

PRESSING, MORE_PRESSING = 6, 20
"""Open follow-ups shown at first, and how many more a click shows."""


# --- The list


def draw_button(_context: PageContext) -> None:
    st.button(
        _("Log engagement"),
        key="new_engagement",
        type="primary",
        on_click=forms.begin,
        args=("new",),
        **rights.button_options(rights.why_not(Operation.CREATE, Subject.ENGAGEMENT)),
    )


def draw_list(context: PageContext) -> None:
    """Draw open follow-ups, the page's own filters, the table and its files."""
    with reading(context.viewer) as session:
        total = engagements.count(session, EngagementQuery(context.reference))
        states = contacts.list_countries(session)
    if not total:
        st.markdown(
            _("No engagements yet. Log a meeting, a consultation or support given, and link it to the calendar.")
        )
        return
    names = {one.id: one.name for one in staff()}
    filter_caption(RecordKind.ENGAGEMENT, context)
    draw_pressing_follow_ups(names, context)
    st.subheader(_("All engagements, newest first"))
    query = draw_own_filters(context, states)
    with reading(context.viewer) as session:
        count = engagements.count(session, query)
        found = engagements.list_engagements(session, query, shown_count(SHOWN, AT_FIRST))
        links = engagements.links_of(session, [line.id for line in found])
    if not count:
        st.markdown(_("No engagements match. Broaden your search."))
        return
    draw_table(found, count, links, context)
    offer_files(query, names, context)


def draw_own_filters(context: PageContext, states: Sequence[str]) -> EngagementQuery:
    """Draw the page's own filters; return the query of these and of the filter above the page."""
    known = context.reference
    with st.container(horizontal=True, vertical_alignment="bottom", key="engagements_filters"):
        search = st.text_input(_("Search this list"), key=SEARCH, width=240)
        kinds = st.multiselect(
            _("Kind"),
            list(EngagementKind),
            format_func=words,
            key=KINDS,
            select_all=False,
            placeholder=_("All"),
            width=240,
        )
        organisations = st.multiselect(
            _("Organisation"),
            list(known.organisations),
            format_func=lambda code: labels.organisation(code, known),
            key=ORGANISATIONS,
            select_all=False,
            placeholder=_("All"),
            width=240,
        )
        countries = st.multiselect(
            _("Country of contact"),
            states,
            format_func=lambda code: known.states[code].name if code in known.states else code,
            key=COUNTRIES,
            select_all=False,
            placeholder=_("All"),
            width=220,
        )
        mine = st.toggle(_("Only mine"), key=MINE)
        mission_id = choose_own_mission(context)
    return EngagementQuery(
        known,
        context.filter,
        kinds=tuple(kinds),
        organisations=tuple(organisations),
        countries=tuple(countries),
        owner_id=context.viewer.person_id if mine else "",
        search=search,
        mission_id=mission_id,
    )


def draw_pressing_follow_ups(names: Mapping[str, str], context: PageContext) -> None:
    """Draw the open follow-ups of engagements, a line each, the first due first."""
    query = EngagementQuery(context.reference, context.filter)
    with reading(context.viewer) as session:
        open_ = follow_ups.open_follow_ups(session)
        kept = engagements.kept_among(session, query, [line.record_id for line in open_])
    found = [line for line in open_ if line.record_id in kept]
    if not found:
        return
    st.subheader(_("Open follow-ups: {count}").format(count=len(found)))
    shown = found[: shown_count(SHOWN_PRESSING, PRESSING)]
    with st.container(key="lines_pressing", gap="xsmall"):
        for line in shown:
            days = due_words(line.due, context.today)
            when = f"{f'**{days}**' if line.due <= context.today else days} · {wording.day(line.due)}"
            with dated_line(line.id, when):
                st.button(
                    f"**{plain(line.what)}**",
                    key=f"pressing_{line.id}",
                    type="tertiary",
                    on_click=forms.open_record,
                    args=(line.record_id,),
                    wrap=True,
                )
                about = (line.record_title, names.get(line.owner_id, ""), _("sample") if line.sample else "")
                st.caption(plain(" · ".join(part for part in about if part)), width="content")
    show_more(SHOWN_PRESSING, len(shown), len(found), MORE_PRESSING, button="more_pressing")


def draw_table(
    found: Sequence[EngagementLine], count: int, links: Mapping[str, EngagementLinks], context: PageContext
) -> None:
    """Draw the engagements found, of ``count`` that match, with their links."""
    items = context.table[context.table["item"].isin({item for one in links.values() for item in one.items})]
    titles = dict(zip(items["item"].astype(str), items["title"].astype(str), strict=True))
    changed = changed_lately(context)
    record_table(
        [table_row(line, links[line.id], titles, context, changed) for line in found],
        [line.id for line in found],
        "engagements",
        columns={
            _("When"): st.column_config.DateColumn(format="ddd D MMM YYYY", width=130),
            _("Kind"): st.column_config.TextColumn(width=170),
            _("What"): st.column_config.TextColumn(width=320),
            _("With"): st.column_config.TextColumn(width=180),
            _("Linked to"): st.column_config.TextColumn(width=260),
            _("Outcome"): st.column_config.TextColumn(width=320),
        },
        alt=_("{count} engagements: when, kind, what, organisation, with whom, linked records, outcome.").format(
            count=len(found)
        ),
    )
    shown_of = f"{count}" if count == len(found) else _("{shown} of {total}").format(shown=len(found), total=count)
    st.caption(
        _("{shown_of} {part}. Select a row to open it.").format(
            shown_of=shown_of, part=_("engagement") if count == 1 else _("engagements")
        )
    )
    show_more(SHOWN, len(found), count, MORE, button="more_engagements")


def table_row(
    line: EngagementLine,
    links: EngagementLinks,
    titles: Mapping[str, str],
    context: PageContext,
    changed: Collection[str],
) -> dict[str, Any]:
    linked = [*(titles[item] for item in links.items if item in titles), *(one.title for one in links.records)]
    marks = {
        _("planned"): line.on > context.today,
        _("restricted"): line.restricted,
        _("sample"): line.sample,
        changed_words(line.id, changed): line.id in changed,
    }
    return {
        _("When"): line.on,
        _("Kind"): wording.terms(line.kinds),
        _("What"): marked(line.title, marks),
        _("Organisation"): labels.short_organisation(line.organisation, context.reference),
        _("With"): "; ".join(one.title for one in links.contacts) or " ".join(line.participants.split()),
        _("Linked to"): "; ".join(linked),
        _("Outcome"): " ".join(line.outcome.split()),
    }


def offer_files(query: EngagementQuery, names: Mapping[str, str], context: PageContext) -> None:
    def rows() -> pd.DataFrame:
        with reading(context.viewer) as session:
            found = engagements.list_engagements(session, query)
            links = engagements.links_of(session, [line.id for line in found])
        return engagements.engagements_table(found, links, names)

    csv_download(rows, "engagements", listed=engagements.LISTED)
    st.caption(_("These files leave out restricted records and descriptions of participants."))


# --- One engagement


def state_words(engagement: Engagement, context: PageContext) -> str:
    planned = _("planned for ") if engagement.on > context.today else ""
    return f"{wording.terms(engagement.kinds)}, {planned}{wording.day(engagement.on)}."


def draw_form(engagement: Engagement | None, everyone: Sequence[Person], context: PageContext) -> None:
    form = RecordForm("engagement", context, engagement, table="engagement")
    asked = st.query_params.get(NEW, "")
    first = EngagementKind(asked) if asked in set(EngagementKind) else EngagementKind.CONSULTED
    title, organisation = proposed_start(first, context) if engagement is None else ("", "")
    with form:
        st.subheader(_("Engagement"))
        kinds = form.choices(
            "kinds",
            _("Kinds"),
            EngagementKind,
            default=[first],
            help=_("Choose all that apply. The first one that you choose is the main kind."),
        )
        explain_kinds(kinds)
        form.text("title", _("Title"), title, help=_("Shown in lists. For a person, use the code, not a name."))
        with st.container(horizontal=True):
            day = form.day("on", _("Date"), context.today, help=_("A future date marks it as planned."))
            form.choice("form", _("Format"), list(EngagementForm))
            form.text("place", _("Place"))
        codes = ["", *context.reference.organisations]
        organisation = form.choice(
            "organisation",
            _("Organisation"),
            codes,
            default=organisation,
            format_func=lambda code: labels.organisation(code, context.reference) if code else _("None"),
            help=_("The forum in which it took place, or the organisation we talked with."),
        )
        st.subheader(_("Participants and outcome"))
        form.records(_("Contacts"), RecordKind.CONTACT, field="links_contacts", beside=new_contact)
        label, example = map(_, participants_of(kinds))
        form.text(
            "participants",
            label,
            placeholder=example,
            help=_("Functions, codes or numbers; nothing that identifies a person."),
        )
        form.area("outcome", _("Outcome"), height=120)
        st.subheader(_("Linked to"))
        form.themes()
        form.items(_("Calendar items"))
        form.records(
            _("Statements and language proposals"), RecordKind.STATEMENT, RecordKind.LANGUAGE, field="links_statements"
        )
        form.records(_("Cases and reprisals"), RecordKind.CASE, RecordKind.REPRISAL, field="links_cases")
        form.records(
            _("Our own events"),
            RecordKind.EVENT,
            field="links_events",
            beside=lambda form, field: new_event(form, field, day, organisation),
        )
        if engagement is None:
            draw_first_follow_up(form, everyone)
        st.subheader(_("Sensitivity"))
        draw_level(form, kinds, engagement, everyone)
        form.submit(_("Save engagement"), save_engagement)


def explain_kinds(kinds: Sequence[EngagementKind]) -> None:
    """Say what each chosen kind means and, of several, which is the main one."""
    if not kinds:
        st.caption(_("Choose at least one kind."))
    elif len(kinds) == 1:
        st.caption(_(kinds[0].traits.meaning))
    else:
        main = _("{kind} (main)").format(kind=words(kinds[0]))
        names = [main, *map(words, kinds[1:])]
        st.caption(
            "  \n".join(f"**{name}**: {_(kind.traits.meaning)}" for name, kind in zip(names, kinds, strict=True))
        )


def participants_of(kinds: Sequence[EngagementKind]) -> tuple[str, str]:
    """Label and example of the field for participants: those of the first kind that has its own."""
    usual = EngagementTraits().participants
    return next((kind.traits.participants for kind in kinds if kind.traits.participants != usual), usual)


def proposed_start(kind: EngagementKind, context: PageContext) -> tuple[str, str]:
    """Title and organisation of a new engagement, from the calendar item at which it was started."""
    row = first_linked_item(context)
    if row is None:
        return "", ""
    return f"{words(kind)}: {row['title']}"[:300], str(row["body"] or row["organisation"])


def draw_level(
    form: RecordForm, kinds: Sequence[EngagementKind], engagement: Engagement | None, everyone: Sequence[Person]
) -> None:
    """Who may see the engagement: the people with access alone, or a level to choose and, if it goes down, why."""
    born = engagements.born_at(kinds)
    if engagement is None and born is Sensitivity.RESTRICTED:
        form.mission()
        form.named(_("Visible only to"), everyone)
        return
    form.level(born, everyone)
    if form.chosen("links_cases") and form.values("sensitivity")["sensitivity"] != Sensitivity.RESTRICTED:
        st.caption(_("Linking it to a case or a reprisal makes it restricted; you keep access."))
    if form.opens_up():
        form.ask_reason(help=_("One sentence; kept in the history."))


def save_engagement(form: RecordForm) -> str:
    values, follow_up = take_first_follow_up(form.values())
    if form.record is not None:
        engagements.edit_engagement(viewer(), form.record_id, form.seen, values, **form.options)
        return _("Engagement saved.")
    made = engagements.log_engagement(viewer(), values, follow_up=follow_up, **form.options)
    forms.open_record(made)
    return _("Engagement logged.")


draw_page(
    RecordPage(
        page_title=_("Engagements"),
        subject=_("Engagements are"),
        back=_("All engagements"),
        if_missing=_("This engagement no longer exists, or you do not have access."),
        views=(
            RecordView(
                RecordKind.ENGAGEMENT,
                new_title=_("New engagement"),
                new_in_column=True,
                form=draw_form,
                state=state_words,
                side=(
                    follow_ups_of,
                    close_lines(
                        linked_items(),
                        linked_statements("Statements"),
                        linked_by_kind(
                            {
                                "Contacts": RecordKind.CONTACT,
                                "Cases": RecordKind.CASE,
                                "Reprisals": RecordKind.REPRISAL,
                                "Our events": RecordKind.EVENT,
                                "Language proposals": RecordKind.LANGUAGE,
                            }
                        ),
                    ),
                ),
                delete=_("this engagement"),
            ),
        ),
        draw_list=draw_list,
        draw_beside=draw_button,
        list_keys=(KINDS, ORGANISATIONS, COUNTRIES, MINE, SEARCH),
    )
)

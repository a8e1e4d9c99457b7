"""Engagements: what was done with and for defenders, with missions and desks, and with organisations about them."""

from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.calendar import describe
from calendar_model.mission import contacts, engagements, follow_ups
from calendar_model.mission.cases import linked_records
from calendar_model.mission.engagements import EngagementLine, EngagementLinks, EngagementQuery
from calendar_model.mission.record_filter import what_narrows
from calendar_model.mission.rules import born_at
from calendar_model.mission.transactions import save
from calendar_model.store.history import of_record
from calendar_model.store.models import (
    Case,
    Contact,
    Engagement,
    Event,
    FollowUp,
    LanguageProposal,
    Person,
    Record,
    Reprisal,
    Statement,
)
from calendar_model.terms import EngagementForm, EngagementKind, RecordKind
from calendar_model.vocabulary import Sensitivity
from pages.components.record import forms
from pages.components.record.access_requests import ask_for_access
from pages.components.record.deletion import deletion
from pages.components.record.follow_ups import due_words, follow_ups_of
from pages.components.record.forms import LINK, NEW, RECORD, RecordForm, words
from pages.components.record.parts import (
    heading,
    history,
    item_openers,
    kept_items,
    kept_links,
    record_links,
    statement_links,
)
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import require_person, viewer
from pages.components.shell.words import plain
from pages.components.widgets import labels
from pages.components.widgets.lines import LEFT
from pages.components.widgets.tables import MOST_ROWS, ROW_HEIGHT, csv_download

TITLE = "Engagements"

LINKS: Mapping[str, tuple[str, tuple[type[Record], ...]]] = {
    "ties_contacts": ("Contacts, by their codes", (Contact,)),
    "ties_statements": ("Statements and language proposals", (Statement, LanguageProposal)),
    "ties_cases": ("Cases and reprisals", (Case, Reprisal)),
    "ties_events": ("Our own events", (Event,)),
}
"""Field, label and kinds of record."""

OFFERED = [kind for _, kinds in LINKS.values() for kind in kinds]

KINDS, ORGANISATIONS, COUNTRIES, MINE, SEARCH = (
    f"engagements_{name}" for name in ("kinds", "organisations", "countries", "mine", "search")
)
"""Keys of the page's own filters, which are in no address."""

SHOWN = "engagements_shown"
AT_FIRST, MORE = 100, 400
"""Rows of the table at first, and how many more a click shows."""

PRESSING, MORE_PRESSING = 6, 20
"""Lines of what waits to be followed up at first, and how many more a click shows."""


# --- The list


def the_list(context: PageContext, person: Person) -> None:
    st.title(TITLE)
    forms.outcome()
    st.button("Log an engagement", key="new_engagement", type="primary", on_click=forms.begin, args=("new",))
    with reading(context.viewer) as session:
        total = engagements.count(session, EngagementQuery(context.reference))
        states = contacts.countries(session)
    if not total:
        st.markdown(
            "No engagement yet. Whom we met, asked, supported and talked with stands here, with what came of it and "
            "what is still to be followed up."
        )
        return
    names = {one.id: one.name for one in staff()}
    if narrowing := filter_words(context):
        st.caption(plain(narrowing))
    to_follow_up(names, context)
    st.subheader("All, the newest first")
    query = own_filters(context, person, states)
    with reading(context.viewer) as session:
        count = engagements.count(session, query)
        found = engagements.newest(session, query, st.session_state.get(SHOWN, AT_FIRST))
        links = engagements.links_of(session, [line.id for line in found])
    if not count:
        st.markdown("No engagement under this search. Take some of it back to see more.")
        return
    table(found, count, links, context)
    csv(query, names, context)


def own_filters(context: PageContext, person: Person, states: Sequence[str]) -> EngagementQuery:
    """The page's own filters, and with them what the filter above the page says of organisation and period."""
    known = context.reference
    with st.container(horizontal=True, vertical_alignment="bottom", key="engagements_filters"):
        search = st.text_input("Search in this list", key=SEARCH, width=240)
        kinds = st.multiselect(
            "Kind", list(EngagementKind), format_func=words, key=KINDS, select_all=False, placeholder="All", width=240
        )
        organisations = st.multiselect(
            "Organisation",
            list(known.organisations),
            format_func=lambda code: labels.organisation(code, known),
            key=ORGANISATIONS,
            select_all=False,
            placeholder="All",
            width=240,
        )
        countries = st.multiselect(
            "Country of a contact",
            states,
            format_func=lambda code: known.states[code].name if code in known.states else code,
            key=COUNTRIES,
            select_all=False,
            placeholder="All",
            width=220,
        )
        mine = st.toggle("Only mine", key=MINE)
    return EngagementQuery(
        known,
        context.filter,
        kinds=tuple(kinds),
        organisations=tuple(organisations),
        countries=tuple(countries),
        owner_id=person.id if mine else "",
        search=search,
    )


def filter_words(context: PageContext) -> str:
    """What of the filter above the page narrows this list, in a sentence."""
    narrowing = what_narrows(context.filter, RecordKind.ENGAGEMENT)
    return (
        f"Only what the filter above the page keeps: {describe(narrowing, context.reference)}."
        if narrowing.active
        else ""
    )


def to_follow_up(names: Mapping[str, str], context: PageContext) -> None:
    """What is still to be done about engagements, a line each, the first due first."""
    with reading(context.viewer) as session:
        open_ = follow_ups.open_follow_ups(session)
        kept = engagements.kept_among(
            session, EngagementQuery(context.reference, context.filter), [line.record_id for line in open_]
        )
    found = [line for line in open_ if line.record_id in kept]
    if not found:
        return
    st.subheader(f"To be followed up: {len(found)}")
    shown = found[: st.session_state.get("engagements_pressing", PRESSING)]
    with st.container(key="lines_pressing", gap="xsmall"):
        for line in shown:
            with st.container(horizontal=True, gap="small"):
                with st.container(key=f"when_{line.id}", width=LEFT, gap=None):
                    days = due_words(line.due, context.today)
                    st.markdown(f"{f'**{days}**' if line.due <= context.today else days} · {wording.day(line.due)}")
                with st.container(
                    key=f"what_{line.id}", width="stretch", horizontal=True, gap="small", vertical_alignment="center"
                ):
                    st.button(
                        f"**{plain(line.what)}**",
                        key=f"pressing_{line.id}",
                        type="tertiary",
                        on_click=forms.open_record,
                        args=(line.record_id,),
                        wrap=True,
                    )
                    about = (line.record_title, names.get(line.owner_id, ""), "sample" if line.sample else "")
                    st.caption(plain(" · ".join(part for part in about if part)), width="content")
    if len(found) > len(shown):
        more = min(MORE_PRESSING, len(found) - len(shown))
        st.button(f"Show {more} more", key="more_pressing", on_click=more_pressing, args=(len(shown) + more,))


def more_pressing(count: int) -> None:
    st.session_state["engagements_pressing"] = count


def table(
    found: Sequence[EngagementLine], count: int, links: Mapping[str, EngagementLinks], context: PageContext
) -> None:
    items = context.table[context.table["item"].isin({item for one in links.values() for item in one.items})]
    titles = dict(zip(items["item"].astype(str), items["title"].astype(str), strict=True))
    shown = pd.DataFrame([row(line, links[line.id], titles, context) for line in found])
    st.dataframe(
        shown,
        key="engagements",
        hide_index=True,
        placeholder="",
        height=ROW_HEIGHT * (min(len(shown), MOST_ROWS) + 1) + 3,
        row_height=ROW_HEIGHT,
        selection_mode="single-row",
        on_select=open_chosen,
        column_config={
            "When": st.column_config.DateColumn(format="ddd D MMM YYYY", width=130),
            "Kind": st.column_config.TextColumn(width=170),
            "What": st.column_config.TextColumn(width=320),
            "With": st.column_config.TextColumn(width=180),
            "Linked to": st.column_config.TextColumn(width=260),
            "What came of it": st.column_config.TextColumn(width=320),
        },
        alt=f"{len(shown)} engagements: when, kind, what, organisation, with whom, linked to what, what came of it.",
    )
    # What a choice in the table means follows from what the table showed when it was made.
    st.session_state["engagements_rows"] = [line.id for line in found]
    shown_of = f"{count}" if count == len(found) else f"{len(found)} of {count}"
    st.caption(f"{shown_of} {'engagement' if count == 1 else 'engagements'}. A row that you choose opens one.")
    if count > len(found):
        more = min(MORE, count - len(found))
        st.button(f"Show {more} more of {count}", key="more_engagements", on_click=more_rows, args=(len(found) + more,))


def row(
    line: EngagementLine, links: EngagementLinks, titles: Mapping[str, str], context: PageContext
) -> dict[str, Any]:
    linked = [*(titles[item] for item in links.items if item in titles), *(one.title for one in links.records)]
    marks = [
        "planned" if line.on > context.today else "",
        "restricted" if line.restricted else "",
        "sample" if line.sample else "",
    ]
    mark = ", ".join(filter(None, marks))
    return {
        "When": line.on,
        "Kind": words(line.engagement_kind),
        "What": f"{line.title} ({mark})" if mark else line.title,
        "Organisation": labels.short_organisation(line.organisation, context.reference),
        "With": "; ".join(one.title for one in links.contacts) or shortened(line.participants, 60),
        "Linked to": "; ".join(linked),
        "What came of it": shortened(line.outcome, 140),
    }


def shortened(text: str, most: int) -> str:
    """The beginning of a text in one line, to the end of a word, with an ellipsis where something follows."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def open_chosen() -> None:
    rows = st.session_state["engagements"]["selection"]["rows"]
    ids = st.session_state.get("engagements_rows", [])
    if rows and rows[0] < len(ids):
        forms.open_record(ids[rows[0]])


def more_rows(count: int) -> None:
    st.session_state[SHOWN] = count


def csv(query: EngagementQuery, names: Mapping[str, str], context: PageContext) -> None:
    eyes = context.viewer

    def rows() -> pd.DataFrame:
        with reading(eyes) as session:
            found = engagements.newest(session, query)
            links = engagements.links_of(session, [line.id for line in found])
        return engagements.as_table(found, links, names)

    csv_download(rows, "engagements")
    st.caption("Restricted records, and who took part in words, are left out of these files.")


# --- One engagement


def one_engagement(engagement: Engagement | None, context: PageContext) -> None:
    everyone = staff()
    forms.back("All engagements")
    if engagement is None:
        st.title("A new engagement")
        forms.outcome()
        with st.columns([5, 3])[0]:
            engagement_form(None, everyone, context)
        return
    day = wording.day(engagement.on)
    planned = "planned for " if engagement.on > context.today else ""
    heading(engagement, everyone, state=f"{words(engagement.engagement_kind)}, {planned}{day}.")
    forms.outcome()
    left, right = st.columns([5, 3], gap="large")
    with left:
        engagement_form(engagement, everyone, context)
    with right:
        follow_ups_of(engagement, everyone)
        with st.container(key="lines_beside"):
            beside(engagement, context)
    with reading(context.viewer) as session:
        changes = of_record(session, engagement.id)
    history(changes, everyone, {one.id: one.title for one in linked_to(engagement)}, context.zone)
    deletion(engagement, Engagement, "this engagement")


def linked_to(engagement: Engagement) -> list[Record]:
    return [*(link.other for link in engagement.links), *(link.record for link in engagement.linked_from)]


def beside(engagement: Engagement, context: PageContext) -> None:
    """What the engagement is linked to, to be opened."""
    if engagement.items:
        st.subheader("In the calendar")
        item_openers(engagement, context)
    found = sorted(linked_to(engagement), key=lambda one: (one.title, one.id))
    with reading(context.viewer) as session:
        texts = linked_records(session, Statement, [engagement.id])[engagement.id]
    if texts:
        st.subheader("Statements")
        statement_links(texts)
    record_links(
        found,
        {
            "With": RecordKind.CONTACT,
            "Cases": RecordKind.CASE,
            "Reprisals": RecordKind.REPRISAL,
            "Our events": RecordKind.EVENT,
            "Language proposals": RecordKind.LANGUAGE,
        },
    )


def engagement_form(engagement: Engagement | None, everyone: Sequence[Person], context: PageContext) -> None:
    form = RecordForm("engagement", context, engagement, kind=Engagement)
    asked = st.query_params.get(NEW, "")
    first = EngagementKind(asked) if asked in set(EngagementKind) else EngagementKind.CONSULTED
    title, organisation = proposed(first, context) if engagement is None else ("", "")
    with form:
        st.subheader("What")
        kind = form.choice("engagement_kind", "Kind", list(EngagementKind), default=first)
        st.caption(kind.traits.meaning)
        form.text("title", "Title", title, help="It stands in lists: of a person give the code, no name.")
        with st.container(horizontal=True):
            form.day("on", "Day", context.today, help="A day to come: it is planned.")
            form.choice("form", "How", list(EngagementForm))
            form.text("place", "Place")
        codes = ["", *context.reference.organisations]
        form.choice(
            "organisation",
            "Organisation",
            codes,
            default=organisation,
            format_func=lambda code: labels.organisation(code, context.reference) if code else "None",
            help="In whose arena it took place, or with which the dialogue was.",
        )
        st.subheader("With whom")
        label, kinds = LINKS["ties_contacts"]
        form.records(label, kinds, "ties_contacts")
        label, example = kind.traits.participants
        form.text(
            "participants",
            label,
            placeholder=example,
            help="Functions, codes, numbers: nothing that points at a person.",
        )
        st.subheader("What came of it")
        form.area("outcome", "Outcome", height=120)
        st.subheader("What it belongs to")
        form.items("Items of the calendar")
        for field in ("ties_statements", "ties_cases", "ties_events"):
            label, kinds = LINKS[field]
            form.records(label, kinds, field)
        if engagement is None:
            first_follow_up(form, everyone, context)
        st.subheader("Sensitivity")
        who_may_see(form, kind, engagement, everyone)
        form.submit("Save the engagement", save_engagement)


def proposed(kind: EngagementKind, context: PageContext) -> tuple[str, str]:
    """Title and organisation of a new engagement, from the item of the calendar that it is begun from."""
    rows = context.table[context.table["item"].isin(st.query_params.get_all(LINK)[:1])]
    if rows.empty:
        return "", ""
    row = rows.iloc[0]
    return f"{words(kind)}: {row['title']}"[:300], str(row["body"] or row["organisation"])


def first_follow_up(form: RecordForm, everyone: Sequence[Person], context: PageContext) -> None:
    """The follow-up that a new engagement is saved with; more are added on its page."""
    st.subheader("What is to be followed up")
    form.text("next_what", "What is to be done", help="Left empty: nothing, for now.")
    with st.container(horizontal=True):
        form.day("next_due", "By when")
        names = {one.id: one.name for one in everyone if one.active}
        form.choice("next_owner", "By whom", names, default=context.viewer.person_id, format_func=names.__getitem__)


def who_may_see(
    form: RecordForm, kind: EngagementKind, engagement: Engagement | None, everyone: Sequence[Person]
) -> None:
    born = born_at(Engagement, kind)
    if engagement is None and born is Sensitivity.RESTRICTED:
        form.named("Named: they see it, and nobody else", everyone)
        return
    form.level(born, everyone)
    if form.chosen("ties_cases") and form.values("sensitivity")["sensitivity"] != Sensitivity.RESTRICTED:
        st.caption("Once it is linked to a case or a reprisal it is restricted, and names you.")
    if engagement is not None and opened(form):
        form.text("reason", "Why more people may see it", help="A sentence; it stays in the history.")


def opened(form: RecordForm) -> bool:
    """Whether more people are to see it than do now."""
    levels = list(Sensitivity)
    return levels.index(form.values("sensitivity")["sensitivity"]) < levels.index(form.record.sensitivity)


def save_engagement(form: RecordForm) -> str:
    engagement: Engagement | None = form.record
    values = form.values()
    following = {name: values.pop(f"next_{name}", None) for name in ("what", "due", "owner")}
    reason = values.pop("reason", None) or ""
    values = forms.texts(values, "title", "place", "organisation", "participants", "outcome")
    restricted = values.get("sensitivity", Sensitivity.RESTRICTED) == Sensitivity.RESTRICTED
    named = form.chosen("named") if restricted else None
    if engagement is None and following["what"]:
        what, due, owner = (following[name] for name in ("what", "due", "owner"))
        values["follow_ups"] = [FollowUp(what=what, due=due, owner_id=owner)]
    made = save(
        viewer(),
        Engagement,
        values,
        record_id=engagement.id if engagement is not None else "",
        seen=form.seen,
        items=[*form.chosen("items"), *kept_items(engagement, form.context)],
        links=[*form.chosen(*LINKS), *kept_links(engagement, OFFERED)],
        named=named,
        reason=reason,
    )
    if engagement is None:
        forms.open_record(made)
        return "The engagement is logged."
    return "The engagement is saved."


# --- The page


def show(context: PageContext, person: Person) -> None:
    """The engagement of the URL, the empty form, or the list."""
    forms.remember(KINDS, ORGANISATIONS, COUNTRIES, MINE, SEARCH)
    if record_id := st.query_params.get(RECORD):
        with reading(context.viewer) as session:
            engagement = session.get(Engagement, record_id, options=forms.whole())
        if engagement is not None:
            one_engagement(engagement, context)
            return
        forms.back("All engagements")
        st.title(TITLE)
        forms.outcome()
        st.markdown("This engagement is not there, or not for you to see. Go back to the list.")
        ask_for_access(record_id)
    elif NEW in st.query_params:
        one_engagement(None, context)
    else:
        the_list(context, person)


context = current()
if not context.workspace:
    st.title(TITLE)
    st.stop()
show(context, require_person("Engagements are", TITLE))
item_panel.draw_panel(context)

"""Contacts: defenders and organisations by codes, what they have agreed to, and, apart, who they are."""

from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date

import pandas as pd
import streamlit as st
from sqlalchemy.orm import selectinload

from calendar_model import wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import change_token, load_for_update, reading, staff
from calendar_model.calendar import describe
from calendar_model.mission import contacts, engagements
from calendar_model.mission.cases import linked_records
from calendar_model.mission.contacts import ConsentState
from calendar_model.mission.record_filter import what_narrows
from calendar_model.mission.rules import born_at
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import WorkspaceError
from calendar_model.store.history import of_record
from calendar_model.store.models import (
    Change,
    Consent,
    Contact,
    Engagement,
    Identity,
    Person,
    Record,
    Statement,
    longest,
)
from calendar_model.terms import ContactKind, EngagementKind, RecordKind
from calendar_model.vocabulary import Sensitivity
from pages.components.record import fields, forms
from pages.components.record.access_requests import ask_for_access
from pages.components.record.deletion import deletion
from pages.components.record.follow_ups import follow_ups_of
from pages.components.record.forms import NEW, RECORD, WITH, RecordForm, words
from pages.components.record.parts import engagement_links, heading, history, record_links, statement_links
from pages.components.shell import item_panel, typed
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import require_person, viewer
from pages.components.shell.navigation import link
from pages.components.shell.words import plain
from pages.components.widgets.lines import LEFT
from pages.components.widgets.tables import MOST_ROWS, ROW_HEIGHT, csv_download

TITLE = "Contacts"
KINDS, COUNTRIES, SEARCH = (f"contacts_{name}" for name in ("kinds", "countries", "search"))
"""Keys of the page's own filters, which are in no address."""

STAYS_IN_BACKUPS = "Backups made earlier, and the log of a PostgreSQL server, still contain it until they are deleted."
CONSULTED = str(EngagementKind.CONSULTED)


# --- The list


def the_list(context: PageContext) -> None:
    st.title(TITLE)
    forms.outcome()
    with st.container(horizontal=True):
        for kind in ContactKind:
            st.button(
                f"New {words(kind).lower()}",
                key=f"new_{kind}",
                type="primary" if kind is ContactKind.DEFENDER else "secondary",
                on_click=forms.begin,
                args=(str(kind),),
            )
    with reading(context.viewer) as session:
        everything = contacts.list_contacts(session)
    if not everything:
        st.markdown(
            "No contact, or none that you are named in. Defenders and organisations stand here by a code, with how "
            "they want to be reached and what they have agreed to; who they are is kept apart, if at all."
        )
        return
    last = last_engagements(context.viewer, context.today, change_token())
    chosen = own_filters(everything, context)
    ask_again(chosen, context)
    table(chosen, last, context)
    csv_download(contacts.as_table(chosen, last), "contacts")
    st.caption("Restricted contacts, and who anybody is, are left out of these files.")


@st.cache_data(max_entries=16, show_spinner=False)
def last_engagements(eyes: Viewer, today: date, token: tuple[str, int]) -> dict[str, date]:
    """The day of the last engagement with each contact; looked up once for each state of the workspace."""
    with reading(eyes) as session:
        return engagements.last_on(session, [one.id for one in contacts.list_contacts(session)], today)


def own_filters(everything: Sequence[Contact], context: PageContext) -> list[Contact]:
    """The contacts that the page's own filters, and the states in the filter above the page, keep."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input("Search in this list", key=SEARCH, width=240)
        kinds = st.multiselect(
            "Kind", list(ContactKind), format_func=words, key=KINDS, select_all=False, placeholder="All", width=240
        )
        states = sorted({one.country for one in everything if one.country}, key=lambda code: state_name(code, context))
        countries = st.multiselect(
            "Country",
            states,
            format_func=lambda code: state_name(code, context),
            key=COUNTRIES,
            select_all=False,
            placeholder="All",
            width=240,
        )
    narrowing = what_narrows(context.filter, RecordKind.CONTACT)
    if narrowing.active:
        st.caption(f"Only what the filter above the page keeps: {plain(describe(narrowing, context.reference))}.")
    sought = (search or "").casefold().split()
    return [
        one
        for one in everything
        if (not kinds or one.contact_kind in kinds)
        and (not countries or one.country in countries)
        and context.keeps(RecordKind.CONTACT, one)
        and all(word in f"{one.title} {one.field_of_work}".casefold() for word in sought)
    ]


def state_name(code: str, context: PageContext) -> str:
    known = context.reference.states.get(code)
    return known.name if known else code


def ask_again(found: Sequence[Contact], context: PageContext) -> None:
    """Consents that have expired or end soon, a line each."""
    asking = [(consent, one) for one in found for consent in contacts.to_ask_again(one, context.today)]
    if not asking:
        return
    st.subheader(f"To be asked again: {len(asking)}")
    with st.container(key="lines_consents", gap="xsmall"):
        for consent, contact in sorted(asking, key=lambda pair: (pair[0].until or date.max, pair[1].title)):
            state = "Expired" if contacts.state_of(consent, context.today) is ConsentState.EXPIRED else "Ends soon"
            with st.container(horizontal=True, gap="small"):
                with st.container(key=f"when_{consent.id}", width=LEFT, gap=None):
                    st.markdown(f"**{state}** · {wording.day(consent.until or context.today)}")
                with st.container(
                    key=f"what_{consent.id}", width="stretch", horizontal=True, gap="small", vertical_alignment="center"
                ):
                    st.button(
                        f"**{plain(contact.title)}**",
                        key=f"ask_{consent.id}",
                        type="tertiary",
                        on_click=forms.open_record,
                        args=(contact.id,),
                        wrap=True,
                    )
                    st.caption(plain(consent.to_what), width="content")


def table(found: Sequence[Contact], last: Mapping[str, date], context: PageContext) -> None:
    st.subheader(f"All: {len(found)}")
    if not found:
        st.markdown("No contact under this search. Take some of it back to see more.")
        return
    shown = pd.DataFrame([row(one, last, context) for one in found])
    st.dataframe(
        shown,
        key="contacts",
        hide_index=True,
        placeholder="",
        height=ROW_HEIGHT * (min(len(shown), MOST_ROWS) + 1) + 3,
        row_height=ROW_HEIGHT,
        selection_mode="single-row",
        on_select=open_chosen,
        column_config={
            "Code": st.column_config.TextColumn(width=190),
            "Field of work": st.column_config.TextColumn(width=240),
            "Reach them by": st.column_config.TextColumn(width=180),
            "Never by": st.column_config.TextColumn(width=160),
            "Last engagement": st.column_config.DateColumn(format="ddd D MMM YYYY", width=150),
            "Agreed to": st.column_config.TextColumn(width=260),
        },
        alt=f"{len(shown)} contacts: code, kind, country, work, channels, last engagement, what they agreed to.",
    )
    # What a choice in the table means follows from what the table showed when it was made.
    st.session_state["contacts_rows"] = [one.id for one in found]
    st.caption("A row that you choose opens the contact.")


def row(one: Contact, last: Mapping[str, date], context: PageContext) -> dict[str, object]:
    holding = (ConsentState.HOLDS, ConsentState.ENDING)
    marks = [
        "restricted" if one.sensitivity is Sensitivity.RESTRICTED else "",
        "sample" if one.sample else "",
    ]
    mark = ", ".join(filter(None, marks))
    return {
        "Code": f"{one.title} ({mark})" if mark else one.title,
        "Kind": words(one.contact_kind),
        "Country": state_name(one.country, context),
        "Field of work": one.field_of_work,
        "Reach them by": one.preferred_channels,
        "Never by": one.forbidden_channels,
        "Last engagement": last.get(one.id),
        "Agreed to": "; ".join(c.to_what for c in one.consents if contacts.state_of(c, context.today) in holding),
    }


def open_chosen() -> None:
    rows = st.session_state["contacts"]["selection"]["rows"]
    ids = st.session_state.get("contacts_rows", [])
    if rows and rows[0] < len(ids):
        forms.open_record(ids[rows[0]])


# --- One contact


def one_contact(contact: Contact | None, context: PageContext) -> None:
    everyone = staff()
    forms.back("All contacts")
    if contact is None:
        st.title("A new contact")
        forms.outcome()
        with st.columns([5, 3])[0]:
            contact_form(None, everyone, context)
        return
    heading(contact, everyone, state=f"{words(contact.contact_kind)}.")
    forms.outcome()
    left, right = st.columns([5, 3], gap="large")
    with left:
        contact_form(contact, everyone, context)
        consents(contact, everyone, context)
        identity(contact, context)
    with right:
        with st.container(key="lines_beside"):
            beside(contact, context)
        follow_ups_of(contact, everyone)
    with reading(context.viewer) as session:
        changes = of_record(session, contact.id)
    history(changes, everyone, {one.id: one.title for one in linked_to(contact)}, context.zone)
    deletion(contact, Contact, "this contact")


def linked_to(contact: Contact) -> list[Record]:
    return [*(link.other for link in contact.links), *(link.record for link in contact.linked_from)]


def beside(contact: Contact, context: PageContext) -> None:
    """What was done with them, the newest first, and what else they are linked to."""
    with reading(context.viewer) as session:
        done = sorted(
            linked_records(session, Engagement, [contact.id])[contact.id], key=lambda one: one.on, reverse=True
        )
        texts = linked_records(session, Statement, [contact.id])[contact.id]
    others = sorted(linked_to(contact), key=lambda one: (one.title, one.id))
    st.subheader("What was done with them")
    if not done:
        st.markdown("Nothing yet, or nothing that you may see.")
    engagement_links(done)
    link("engagements", "Log an engagement", icon=":material/add:", **{NEW: CONSULTED, WITH: contact.id})
    if texts:
        st.subheader("In statements")
        statement_links(texts)
    record_links(others, {"Cases": RecordKind.CASE, "Reprisals": RecordKind.REPRISAL, "Speaks at": RecordKind.EVENT})


def contact_form(contact: Contact | None, everyone: Sequence[Person], context: PageContext) -> None:
    form = RecordForm("contact", context, contact, kind=Contact)
    asked = st.query_params.get(NEW, "")
    first = ContactKind(asked) if asked in set(ContactKind) else ContactKind.DEFENDER
    title = next_code(first) if contact is None else ""
    with form:
        st.subheader("The contact")
        kind = form.choice(
            "contact_kind",
            "Kind",
            list(ContactKind),
            default=first,
            on_change=kind_changed if contact is None else None,
            args=(form.prefix,),
        )
        typed = form.text(
            "title",
            "Code",
            title,
            help="It stands in lists and in the history: of a person a code, never a name.",
        )
        if kind == ContactKind.DEFENDER and typed.strip() and not contacts.is_code(typed):
            st.caption("**This is not a code such as “Defender 014”.** What stands here can never be erased again.")
        form.country("country")
        form.text("field_of_work", "Field of work", placeholder="Land rights, legal aid, media")
        with st.container(horizontal=True):
            form.text("preferred_channels", "Reach them by", placeholder="Signal, through the embassy")
            form.text("forbidden_channels", "Never by", placeholder="E-mail, telephone")
        st.caption("Kinds of channel, no addresses and no numbers: those belong to who it is, below.")
        st.subheader("Sensitivity")
        who_may_see(form, kind, contact, everyone, context)
        form.submit("Save the contact", save_contact)


def next_code(kind: ContactKind) -> str:
    with reading(viewer()) as session:
        return contacts.next_code(session, kind)


def kind_changed(prefix: str) -> None:
    """Another kind: its next code takes the place of one that was proposed, never of what was typed."""
    title = f"{prefix}_title"
    if contacts.is_code(st.session_state.get(title) or "") or not st.session_state.get(title):
        # Without the database there is no proposal; the page says by itself that it does not answer.
        with suppress(WorkspaceError):
            st.session_state[title] = next_code(st.session_state[f"{prefix}_contact_kind"])


def who_may_see(
    form: RecordForm, kind: ContactKind, contact: Contact | None, everyone: Sequence[Person], context: PageContext
) -> None:
    born = born_at(Contact, kind)
    if contact is None and born is Sensitivity.RESTRICTED:
        form.named("Named: they see the contact, and nobody else", everyone)
        return
    form.level(born, everyone)
    chosen = form.values("sensitivity")["sensitivity"]
    if chosen != Sensitivity.RESTRICTED and (contact is None or may_name(contact, context)):
        form.named("Named: they see who it is", everyone)
    if contact is not None and opened(form):
        form.text("reason", "Why more people may see it", help="A sentence; it stays in the history.")


def may_name(contact: Contact, context: PageContext) -> bool:
    """Whether the reader is named already, or nobody is."""
    named = {access.person_id for access in contact.named}
    return not named or context.viewer.person_id in named


def opened(form: RecordForm) -> bool:
    """Whether more people are to see it than do now."""
    levels = list(Sensitivity)
    return levels.index(form.values("sensitivity")["sensitivity"]) < levels.index(form.record.sensitivity)


def save_contact(form: RecordForm) -> str:
    contact: Contact | None = form.record
    values = form.values()
    reason = values.pop("reason", None) or ""
    columns = ("title", "country", "field_of_work", "preferred_channels", "forbidden_channels")
    values = forms.texts(values, *columns)
    offered = "named" in form.values("named")
    named = form.chosen("named")
    made = save(
        viewer(),
        Contact,
        values,
        record_id=contact.id if contact is not None else "",
        seen=form.seen,
        named=named if offered else None,
        reason=reason,
    )
    if contact is None:
        forms.open_record(made)
    return "The contact is saved."


# --- What they have agreed to


def consents(contact: Contact, everyone: Sequence[Person], context: PageContext) -> None:
    st.subheader("What they have agreed to")
    if not contact.consents:
        st.markdown("Nothing is written down. Before anything is done with what they told us, ask, and write it here.")
    for consent in sorted(contact.consents, key=lambda one: (list(ConsentState).index(state(one, context)), one.id)):
        with st.container(gap=None, key=f"consent_{consent.id}"):
            says = plain(contacts.consent_words(consent, context.today))
            pressing = state(consent, context) in (ConsentState.EXPIRED, ConsentState.ENDING, ConsentState.WITHDRAWN)
            st.markdown(f"{plain(consent.to_what)}  \n{f'**{says}**' if pressing else says}")
            given = f"Given on {wording.day(consent.given_on)}, taken down by {consent.taken_by.name}."
            st.caption(plain(given))
            if consent.withdrawn_on is None:
                st.button(
                    "They have withdrawn it",
                    key=f"withdraw_{consent.id}",
                    type="tertiary",
                    on_click=withdrawn,
                    args=(contact.id, consent.id, context.today),
                )
    new_consent(contact, everyone, context)


def state(consent: Consent, context: PageContext) -> ConsentState:
    return contacts.state_of(consent, context.today)


def new_consent(contact: Contact, everyone: Sequence[Person], context: PageContext) -> None:
    key = {name: f"consent_{name}_{contact.id}" for name in ("what", "given", "until", "by")}
    names = {one.id: one.name for one in everyone if one.active}
    ids = list(names)
    me = context.viewer.person_id
    with st.expander("Write down a consent", key=f"consent_new_{contact.id}"):
        fields.line(
            "To what",
            longest(Consent, "to_what"),
            key=key["what"],
            placeholder="To be quoted, by the code, in statements",
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.date_input("Given on", value=context.today, format="YYYY-MM-DD", key=key["given"], width=160)
            st.date_input("Until, if it ends", value=None, format="YYYY-MM-DD", key=key["until"], width=160)
            st.selectbox(
                "Taken down by",
                ids,
                index=ids.index(me) if me in ids else None,
                format_func=names.__getitem__,
                key=key["by"],
                width=220,
            )
        st.button("Write it down", key=f"consent_add_{contact.id}", on_click=consented, args=(contact.id, key))


def consented(contact_id: str, key: Mapping[str, str]) -> None:
    given, until, by = (st.session_state.get(key[name]) for name in ("given", "until", "by"))
    what = (st.session_state.get(key["what"]) or "").strip()

    def act() -> str:
        with writing(viewer()) as session:
            contact = the_contact(session.get(Contact, contact_id))
            contact.consents.append(Consent(to_what=what, given_on=given, until=until, taken_by_id=by))
        return "The consent is written down."

    if forms.attempt(act):
        for name in key.values():
            st.session_state.pop(name, None)


def withdrawn(contact_id: str, consent_id: str, today: date) -> None:
    def act() -> str:
        with writing(viewer()) as session:
            contact = the_contact(session.get(Contact, contact_id))
            for consent in contact.consents:
                if consent.id == consent_id and consent.withdrawn_on is None:
                    consent.withdrawn_on = today
        return "It is written down that they have withdrawn it."

    forms.attempt(act)


def the_contact(found: Contact | None) -> Contact:
    if found is None:
        raise Refused("This contact is not there any more, or not for you to see. Go back to the list.")
    return found


# --- Who it is


def identity(contact: Contact, context: PageContext) -> None:
    """Name, channel and notes, for those who are named in the contact; for the others a sentence."""
    known = contact.identity
    # Not before it is opened: a folded name would stand in the page all the same.
    folded = st.expander("Who it is", key=f"identity_of_{contact.id}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        if context.viewer.person_id not in {access.person_id for access in contact.named}:
            st.markdown(
                "Only those who are named in the contact see what is kept here, if anything. You are not named; "
                + ("one of them can name you." if contact.named else "name yourself above first.")
            )
            if contact.named:
                ask_for_access(contact.id)
            return
        st.markdown(
            "Only those named see it. It never goes into the history, a file or a feed, and it can be erased for good. "
            "Leave it empty if the code is enough."
        )
        form = RecordForm(f"identity_{contact.id}", context, known, kind=Identity)
        with form:
            form.text("name", "Name")
            form.text("channel", "Address or number")
            form.area("notes", "Notes", height=100)
            form.submit("Save who it is", lambda form: save_identity(form, contact.id))
        if known is not None:
            reason = f"erase_reason_{contact.id}"
            st.caption("Erasing also deletes the copies that the program keeps. " + STAYS_IN_BACKUPS)
            fields.line(
                "Why it is erased",
                longest(Change, "reason"),
                key=reason,
                help="A sentence that names nobody: it stays in the history.",
            )
            st.button(
                "Erase who it is",
                key=f"erase_{contact.id}",
                on_click=erased,
                args=(contact.id, known.id, known.version, reason),
            )


def save_identity(form: RecordForm, contact_id: str) -> str:
    values = forms.texts(form.values("name", "channel", "notes"), "name", "channel", "notes")
    if form.record is not None:
        save(viewer(), Identity, values, record_id=form.record.id, seen=form.seen)
    else:
        with writing(viewer()) as session:
            contact = the_contact(session.get(Contact, contact_id))
            if contact.identity is not None:
                raise Refused("Somebody else has written down who it is meanwhile: reload the page to see it.")
            contact.identity = Identity(**values)
    return "It is kept who it is, for those named alone."


def erased(contact_id: str, identity_id: str, seen: int, reason: str) -> None:
    why = (st.session_state.get(reason) or "").strip()

    def act() -> str:
        with writing(viewer(), why) as session:
            session.delete(load_for_update(session, Identity, identity_id, seen))
        return f"Erased. {STAYS_IN_BACKUPS}"

    if forms.attempt(act):
        st.session_state.pop(reason, None)
        typed.forget_of_everybody(f"identity_{contact_id}_")


# --- The page


def show(context: PageContext) -> None:
    """The contact of the URL, the empty form, or the list."""
    forms.remember(KINDS, COUNTRIES, SEARCH)
    if record_id := st.query_params.get(RECORD):
        eager = (*forms.whole(), selectinload(Contact.identity), selectinload(Contact.consents))
        with reading(context.viewer) as session:
            contact = session.get(
                Contact, record_id, options=(*eager, selectinload(Contact.consents, Consent.taken_by))
            )
        if contact is not None:
            one_contact(contact, context)
            return
        forms.back("All contacts")
        st.title(TITLE)
        forms.outcome()
        st.markdown("There is no such contact, or you are not named in it.")
        ask_for_access(record_id)
    elif NEW in st.query_params:
        one_contact(None, context)
    else:
        the_list(context)


context = current()
if not context.workspace:
    st.title(TITLE)
    st.stop()
require_person("Contacts are", TITLE)
show(context)
item_panel.draw_panel(context)

"""Contacts: defenders and organisations by code, their consents and, kept separately, their identities."""

from __future__ import annotations

from pages.components.record.changed import changed_lately, changed_words
from pages.components.record.own_mission import choose_own_mission, kept_at
from pages.components.record.work_links import engagement_links
from pages.components.shell.guard import require_entrance
from pages.components.shell.new import link_to_new

require_entrance()

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import ChangeToken, change_token, reading
from calendar_model.mission import contacts, engagements
from calendar_model.mission.contacts import ConsentState, ContactQuery
from calendar_model.mission.links import linked_of_kind
from calendar_model.mission.records import text_limit
from calendar_model.terms import ContactKind, EngagementKind, RecordKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.data_protection.personal import draw_personal_data
from pages.components.record import fields, forms
from pages.components.record.access_requests import ask_for_access
from pages.components.record.codes import next_code, propose_code, warn_unless_code
from pages.components.record.follow_ups import follow_ups_of
from pages.components.record.forms import RecordForm, words
from pages.components.record.page import RecordPage, RecordView, draw_page
from pages.components.record.parts import (
    close_lines,
    filter_caption,
    linked_by_kind,
    linked_statements,
)
from pages.components.record.table import marked, record_table
from pages.components.shell import rights, typed
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import NEW, WITH
from pages.components.shell.words import plain
from pages.components.widgets.labels import state_name
from pages.components.widgets.lines import dated_line
from pages.components.widgets.tables import csv_download

if TYPE_CHECKING:
    from calendar_model.store.models import Consent, Contact, Person

KINDS, COUNTRIES, SEARCH = (f"contacts_{name}" for name in ("kinds", "countries", "search"))
"""Keys of the page's own filters, which are in no address."""

CONSULTED = str(EngagementKind.CONSULTED)


# --- The list


def draw_button(_context: PageContext) -> None:
    st.button(
        _("New contact"),
        key="new_contact",
        type="primary",
        on_click=forms.begin,
        args=(str(ContactKind.DEFENDER),),
        **rights.button_options(rights.why_not(Operation.CREATE, Subject.DEFENDER, Subject.ORGANISATION)),
    )


def draw_list(context: PageContext) -> None:
    """Draw the consents to renew, the page's own filters, the table and its files."""
    with reading(context.viewer) as session:
        everything = contacts.list_contacts(session)
    if not everything:
        st.markdown(
            _(
                "No contacts that you have access to. Add a defender or an organisation under a code, with preferred "
                "channels and consents; identities are kept separately, if at all."
            )
        )
        return
    last = last_engagements(context.viewer, context.today, change_token())
    pressing = st.container()
    st.subheader(_("All contacts"))
    chosen = draw_own_filters(everything, context)
    with pressing:
        draw_consents_to_renew(chosen, context)
    draw_table(chosen, last, context)
    csv_download(contacts.contacts_table(chosen, last), "contacts")
    st.caption(_("These files leave out restricted contacts and all identities."))


@st.cache_data(max_entries=16, show_spinner=False)
def last_engagements(reader: Viewer, today: date, token: ChangeToken) -> dict[str, date]:
    """The day of the last engagement with each contact; ``token`` says in which state of the workspace."""
    with reading(reader) as session:
        return engagements.last_engagement_days(session, [one.id for one in contacts.list_contacts(session)], today)


def draw_own_filters(everything: Sequence[Contact], context: PageContext) -> list[Contact]:
    """Draw the page's own filters; return the contacts that match them and the countries in the filter above."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(_("Search this list"), key=SEARCH, width=240)
        kinds = st.multiselect(
            _("Kind"),
            list(ContactKind),
            format_func=words,
            key=KINDS,
            select_all=False,
            placeholder=_("All"),
            width=240,
        )
        states = sorted(
            {one.country for one in everything if one.country}, key=lambda code: state_name(code, context.reference)
        )
        countries = st.multiselect(
            _("Country"),
            states,
            format_func=lambda code: state_name(code, context.reference),
            key=COUNTRIES,
            select_all=False,
            placeholder=_("All"),
            width=240,
        )
        mission_id = choose_own_mission(context)
    filter_caption(RecordKind.CONTACT, context)
    query = ContactQuery(tuple(kinds), tuple(countries), search or "")
    return [
        one for one in kept_at(mission_id, everything) if query.keeps(one) and context.keeps(RecordKind.CONTACT, one)
    ]


def draw_consents_to_renew(found: Sequence[Contact], context: PageContext) -> None:
    """Consents that have expired or end soon, a line each."""
    asking = [(consent, one) for one in found for consent in contacts.consents_to_renew(one, context.today)]
    if not asking:
        return
    st.subheader(_("Consents to renew: {count}").format(count=len(asking)))
    with st.container(key="lines_consents", gap="xsmall"):
        for consent, contact in sorted(asking, key=lambda pair: (pair[0].until or date.max, pair[1].title)):
            state = (
                _("Expired")
                if contacts.consent_state(consent, context.today) is ConsentState.EXPIRED
                else _("Ends soon")
            )
            with dated_line(consent.id, f"**{state}** · {wording.day(consent.until or context.today)}"):
                st.button(
                    f"**{plain(contact.title)}**",
                    key=f"ask_{consent.id}",
                    type="tertiary",
                    on_click=forms.open_record,
                    args=(contact.id,),
                    wrap=True,
                )
                st.caption(plain(consent.to_what), width="content")


def draw_table(found: Sequence[Contact], last: Mapping[str, date], context: PageContext) -> None:
    if not found:
        st.markdown(_("No contacts match. Broaden your search."))
        return
    changed = changed_lately(context)
    record_table(
        [table_row(one, last, context, changed) for one in found],
        [one.id for one in found],
        "contacts",
        columns={
            _("Code"): st.column_config.TextColumn(width=230),
            _("Field of work"): st.column_config.TextColumn(width=240),
            _("Preferred channels"): st.column_config.TextColumn(width=180),
            _("Channels to avoid"): st.column_config.TextColumn(width=160),
            _("Last engagement"): st.column_config.DateColumn(format="ddd D MMM YYYY", width=150),
            _("Consents"): st.column_config.TextColumn(width=260),
        },
        alt=_("{count} contacts: code, kind, country, field of work, channels, last engagement, consents.").format(
            count=len(found)
        ),
    )
    st.caption(
        _("{count}. Select a row to open it.").format(
            count=wording.count(len(found), "{number} contact", "{number} contacts")
        )
    )


def table_row(
    one: Contact, last: Mapping[str, date], context: PageContext, changed: Collection[str]
) -> dict[str, object]:
    holding = (ConsentState.HOLDS, ConsentState.ENDING)
    marks = {
        _("restricted"): one.sensitivity is Sensitivity.RESTRICTED,
        _("sample"): one.sample,
        changed_words(one.id, changed): one.id in changed,
    }
    return {
        _("Code"): marked(one.title, marks),
        _("Kind"): words(one.contact_kind),
        _("Country"): state_name(one.country, context.reference),
        _("Field of work"): one.field_of_work,
        _("Preferred channels"): one.preferred_channels,
        _("Channels to avoid"): one.forbidden_channels,
        _("Last engagement"): last.get(one.id),
        _("Consents"): "; ".join(
            c.to_what for c in one.consents if contacts.consent_state(c, context.today) in holding
        ),
    }


# --- One contact


def draw_engagements(contact: Contact, _everyone: Sequence[Person], context: PageContext) -> None:
    """Draw the engagements with a contact, the newest first."""
    done = linked_of_kind(context.viewer, RecordKind.ENGAGEMENT, contact.id)
    st.subheader(_("Engagements"))
    if not done:
        st.markdown(_("No engagements that you have access to."))
    engagement_links(sorted(done, key=lambda one: one.on, reverse=True))
    link_to_new(RecordKind.ENGAGEMENT, _("Log engagement"), **{NEW: CONSULTED, WITH: contact.id})


def draw_form(contact: Contact | None, everyone: Sequence[Person], context: PageContext) -> None:
    form = RecordForm("contact", context, contact, table="contact")
    asked = st.query_params.get(NEW, "")
    first = ContactKind(asked) if asked in set(ContactKind) else ContactKind.DEFENDER
    title = next_code(first) if contact is None else ""
    with form:
        st.subheader(_("Contact"))
        kind = form.choice(
            "contact_kind",
            _("Kind"),
            list(ContactKind),
            default=first,
            on_change=propose_code if contact is None else None,
            args=(f"{form.prefix}_title", f"{form.prefix}_contact_kind"),
        )
        typed = form.text(
            "title",
            _("Code"),
            title,
            help=_("Appears in lists and in the history. For a person, use a code, never a name."),
        )
        warn_unless_code(kind, typed)
        form.country("country")
        form.text("field_of_work", _("Field of work"), placeholder=_("Land rights, legal aid, media"))
        with st.container(horizontal=True):
            form.text("preferred_channels", _("Preferred channels"), placeholder=_("Signal, through the embassy"))
            form.text("forbidden_channels", _("Channels to avoid"), placeholder=_("E-mail, telephone"))
        st.caption(_("Name the kinds of channel only. Addresses and numbers belong under Identity, below."))
        st.subheader(_("Sensitivity"))
        draw_level(form, kind, contact, everyone, context)
        form.submit(_("Save contact"), save_contact)


def draw_level(
    form: RecordForm, kind: ContactKind, contact: Contact | None, everyone: Sequence[Person], context: PageContext
) -> None:
    born = contacts.born_at(kind)
    if contact is None and born is Sensitivity.RESTRICTED:
        form.mission()
        form.named(_("Visible only to"), everyone)
        return
    form.level(born, everyone)
    chosen = form.values("sensitivity")["sensitivity"]
    if chosen != Sensitivity.RESTRICTED and (contact is None or may_name(contact, context)):
        form.named(_("Identity visible only to"), everyone)
    if form.opens_up():
        form.ask_reason(help=_("One sentence; kept in the history."))


def may_name(contact: Contact, context: PageContext) -> bool:
    """Whether the reader has access to the identity already, or nobody has."""
    named = {access.person_id for access in contact.named if access.holds}
    return not named or context.viewer.person_id in named


def save_contact(form: RecordForm) -> str:
    made = contacts.save_contact(viewer(), form.values(), contact_id=form.record_id, seen=form.seen, **form.options)
    if form.record is None:
        forms.open_record(made)
    return _("Contact saved.")


# --- Consents


def draw_consents(contact: Contact, everyone: Sequence[Person], context: PageContext) -> None:
    st.subheader(_("Consents"))
    if not contact.consents:
        st.markdown(_("No consents yet. Ask before you use anything they told us, and record the consent here."))
    for consent in sorted(contact.consents, key=lambda one: (list(ConsentState).index(state(one, context)), one.id)):
        with st.container(gap=None, key=f"consent_{consent.id}"):
            state_words = plain(contacts.consent_words(consent, context.today))
            pressing = state(consent, context) in (ConsentState.EXPIRED, ConsentState.ENDING, ConsentState.WITHDRAWN)
            st.markdown(f"{plain(consent.to_what)}  \n{f'**{state_words}**' if pressing else state_words}")
            given = _("Given on {given_on}, recorded by {name}.").format(
                given_on=wording.day(consent.given_on), name=consent.taken_by.name
            )
            st.caption(plain(given))
            if consent.withdrawn_on is None:
                st.button(
                    _("Record withdrawal"),
                    key=f"withdraw_{consent.id}",
                    type="tertiary",
                    on_click=save_withdrawal,
                    args=(contact.id, consent.id, context.today),
                    **rights.button_options(rights.why_not(Operation.CHANGE, Subject.CONSENT, at=contact.mission_id)),
                )
    if not rights.why_not(Operation.CREATE, Subject.CONSENT, at=contact.mission_id):
        draw_new_consent(contact, everyone, context)


def state(consent: Consent, context: PageContext) -> ConsentState:
    return contacts.consent_state(consent, context.today)


def draw_new_consent(contact: Contact, everyone: Sequence[Person], context: PageContext) -> None:
    key = {name: f"consent_{name}_{contact.id}" for name in ("what", "given", "until", "by")}
    names = {one.id: one.name for one in everyone if one.active}
    ids = list(names)
    me = context.viewer.person_id
    with st.expander(_("Record a consent"), key=f"consent_new_{contact.id}"):
        fields.line(
            _("Consent to"),
            text_limit("consent", "to_what"),
            key=key["what"],
            placeholder=_("To be quoted, by the code, in statements"),
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.date_input(_("Given on"), value=context.today, format="YYYY-MM-DD", key=key["given"], width=160)
            st.date_input(_("Valid until (optional)"), value=None, format="YYYY-MM-DD", key=key["until"], width=160)
            st.selectbox(
                _("Recorded by"),
                ids,
                index=ids.index(me) if me in ids else None,
                format_func=names.__getitem__,
                key=key["by"],
                width=220,
            )
        st.button(_("Save consent"), key=f"consent_add_{contact.id}", on_click=save_consent, args=(contact.id, key))


def save_consent(contact_id: str, key: Mapping[str, str]) -> None:
    given, until, by = (st.session_state.get(key[name]) for name in ("given", "until", "by"))
    what = (st.session_state.get(key["what"]) or "").strip()

    def act() -> str:
        contacts.record_consent(viewer(), contact_id, to_what=what, given_on=given, until=until, taken_by_id=by)
        return _("Consent saved.")

    if forms.attempt(act):
        for name in key.values():
            st.session_state.pop(name, None)


def save_withdrawal(contact_id: str, consent_id: str, today: date) -> None:
    def act() -> str:
        contacts.withdraw_consent(viewer(), contact_id, consent_id, today)
        return _("Withdrawal recorded.")

    forms.attempt(act)


# --- Identity


def draw_identity(contact: Contact, _everyone: Sequence[Person], context: PageContext) -> None:
    """Draw name, channel and notes for people with access to the contact; for others a sentence."""
    known = contact.identity
    # Drawn only once opened: a folded name would be in the page all the same.
    folded = st.expander(_("Identity"), key=f"identity_of_{contact.id}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        if context.viewer.person_id not in {access.person_id for access in contact.named if access.holds}:
            st.markdown(
                _("Only people with access to the identity see what is kept here, if anything. ")
                + (
                    _("Ask one of them to add you.")
                    if contact.named
                    else _("Nobody has access yet; add yourself above.")
                )
            )
            if contact.named:
                ask_for_access(contact.id)
            return
        st.markdown(
            _(
                "Visible only to people with access to the identity. It never goes into the history, a file or a "
                "feed, and can be erased permanently. Leave it empty if the code is enough."
            )
        )
        if known is None or contacts.is_readable(known):
            form = RecordForm(f"identity_{contact.id}", context, known, table="identity")
            with form:
                form.text("name", _("Name"))
                form.text("channel", _("Address or number"))
                form.area("notes", _("Notes"), height=100)
                form.submit(_("Save identity"), lambda form: save_identity(form, contact.id))
        else:
            st.warning(
                _(
                    "This identity is encrypted, and its key is missing. Ask the administrator to import the keys, or "
                    "erase the identity and enter it again."
                )
            )
        if known is not None:
            reason = f"erase_reason_{contact.id}"
            st.caption(_("Erasing also deletes the copies that the program keeps. ") + _what_stays())
            fields.line(
                _("Reason for erasing"),
                text_limit("change", "reason"),
                key=reason,
                help=_("One sentence that names nobody; kept in the history."),
            )
            st.button(
                _("Erase identity"),
                key=f"erase_{contact.id}",
                on_click=erase_identity,
                args=(contact.id, known.id, known.version, reason),
                **rights.button_options(rights.why_not(Operation.DELETE, Subject.IDENTITY, at=contact.mission_id)),
            )


def _what_stays() -> str:
    """What erasing does not reach, as a sentence."""
    if contacts.are_identities_encrypted():
        return _(
            "Backups keep it only encrypted, and its key is destroyed. Those made before encryption still contain it."
        )
    return _("Backups made earlier, and the log of a PostgreSQL server, still contain it until they are deleted.")


def save_identity(form: RecordForm, contact_id: str) -> str:
    contacts.keep_identity(viewer(), contact_id, form.values(), identity_id=form.record_id, seen=form.seen)
    return _("Identity saved; visible only to people with access to it.")


def erase_identity(contact_id: str, identity_id: str, seen: int, reason: str) -> None:
    why = (st.session_state.get(reason) or "").strip()

    def act() -> str:
        contacts.erase_identity(viewer(), identity_id, seen=seen, reason=why)
        return _("Erased. {stays_in_backups}").format(stays_in_backups=_what_stays())

    if forms.attempt(act):
        st.session_state.pop(reason, None)
        typed.forget_of_everybody(f"identity_{contact_id}_")


draw_page(
    RecordPage(
        page_title=_("Contacts"),
        subject=_("Contacts are"),
        back=_("All contacts"),
        if_missing=_("This contact no longer exists, or you do not have access."),
        views=(
            RecordView(
                RecordKind.CONTACT,
                new_title=_("New contact"),
                new_in_column=True,
                form=draw_form,
                state=lambda contact, _context: f"{words(contact.contact_kind)}.",
                below=(draw_consents, draw_identity, draw_personal_data),
                side=(
                    close_lines(
                        draw_engagements,
                        linked_statements("Statements"),
                        linked_by_kind(
                            {
                                "Cases": RecordKind.CASE,
                                "Reprisals": RecordKind.REPRISAL,
                                "Speaking at": RecordKind.EVENT,
                            }
                        ),
                    ),
                    follow_ups_of,
                ),
                delete=_("this contact"),
            ),
        ),
        draw_list=draw_list,
        draw_beside=draw_button,
        list_keys=(KINDS, COUNTRIES, SEARCH),
    )
)

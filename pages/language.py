"""The language tracker: language on defenders proposed in other texts, and its outcome."""

from __future__ import annotations

from pages.components.record.changed import changed_lately, changed_words
from pages.components.record.own_mission import choose_own_mission, kept_at
from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import when
from calendar_model.mission import language
from calendar_model.mission.language import (
    ProposalGroup,
    count_by_outcome,
    group_by_item,
    list_proposals,
    precedents,
    proposals_table,
)
from calendar_model.terms import ProposalOutcome, RecordKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Sensitivity
from pages.components.record import forms
from pages.components.record.follow_ups import follow_ups_of
from pages.components.record.forms import RecordForm, first_linked_item, words
from pages.components.record.page import RecordPage, RecordView, draw_page
from pages.components.record.parts import entry, left_out_caption, linked_items, shortened
from pages.components.record.themes import chosen_theme, draw_themes
from pages.components.shell import item_panel, rights
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain
from pages.components.widgets import labels
from pages.components.widgets.comparison import comparison
from pages.components.widgets.tables import csv_download

if TYPE_CHECKING:
    from calendar_model.store.models import LanguageProposal, Person

EVERY = "every"
"""The option for all outcomes."""

MOST_SIGNS = 220
"""Characters of a proposed wording in the list."""


# --- The list


def draw_list(context: PageContext) -> None:
    """Draw the button for a new proposal, the outcomes to choose from, and the proposals by calendar item."""
    with reading(context.viewer) as session:
        everything = list_proposals(session)
    st.button(
        _("New proposal"),
        key="new_proposal",
        type="primary",
        on_click=forms.begin,
        **rights.button_options(rights.why_not(Operation.CREATE, Subject.LANGUAGE)),
    )
    if not everything:
        st.markdown(
            _(
                "No proposals yet. Record language on defenders proposed in another text, with the agreed language it "
                "draws on and the outcome."
            )
        )
        return
    mission_id, with_theme = choose_own_mission(context), chosen_theme(context, RecordKind.LANGUAGE)
    found = [
        one
        for one in kept_at(mission_id, everything)
        if context.keeps(RecordKind.LANGUAGE, one) and (with_theme is None or one.id in with_theme)
    ]
    outcome = choose_outcome(found)
    shown = [one for one in found if outcome in (EVERY, one.outcome)]
    changed = changed_lately(context)
    for group in group_by_item(shown, context.table, context.today):
        draw_group(group, context, changed)
    left_out_caption(len(everything) - len(found))
    csv_download(proposals_table(shown), "language_proposals", listed=language.LISTED)
    st.caption(_("These files leave out restricted records."))


def choose_outcome(found: Sequence[LanguageProposal]) -> str:
    """Draw the number of proposals by outcome, to choose from; return the chosen outcome or :data:`EVERY`."""
    numbers = {EVERY: len(found), **{str(outcome): count for outcome, count in count_by_outcome(found).items()}}
    names = {one: f"{_('All') if one == EVERY else words(one)} {number}" for one, number in numbers.items()}
    chosen = st.segmented_control(
        _("Outcome"), list(names), default=EVERY, format_func=names.__getitem__, key="language_outcome"
    )
    return str(chosen or EVERY)


def draw_group(group: ProposalGroup, context: PageContext, changed: Collection[str]) -> None:
    rows = context.table[context.table["item"] == group.item]
    if rows.empty:
        st.subheader(_("Not linked to a calendar item"))
    else:
        row = rows.iloc[0]
        st.subheader(plain(str(row["title"])), anchor=False)
        with st.container(horizontal=True, key=f"lines_item_{group.item}", gap="small", vertical_alignment="center"):
            st.caption(f"{plain(when(row, context.zone))}{'' if group.upcoming else _(', past')}", width="content")
            st.button(
                _("Open item"),
                key=f"item_{group.item}",
                type="tertiary",
                on_click=item_panel.choose,
                args=(group.item,),
            )
    with st.container(key=f"lines_proposals_{group.item or 'none'}", gap="small"):
        for one in group.proposals:
            forum = labels.short_organisation(one.forum, context.reference) if one.forum else ""
            restricted = _("Restricted") if one.sensitivity is Sensitivity.RESTRICTED else ""
            about = [words(one.outcome), one.text, forum, restricted, changed_words(one.id, changed)]
            entry(one, [f"“{shortened(one.wording, MOST_SIGNS)}”"], about)


# --- One proposal


def draw_comparisons(proposal: LanguageProposal, _everyone: Sequence[Person], _context: PageContext) -> None:
    """Draw the proposed wording beside the final one, and beside the agreed language it draws on."""
    if proposal.final_wording.strip():
        st.subheader(_("Outcome of the proposal"))
        comparison(proposal.wording, proposal.final_wording)
    if proposal.precedent.strip():
        st.subheader(_("Comparison with the agreed language"))
        comparison(proposal.precedent, proposal.wording)


def draw_form(proposal: LanguageProposal | None, everyone: Sequence[Person], context: PageContext) -> None:
    agreed = precedents(context.reference)
    known = proposal.precedent_symbol if proposal is not None else ""
    title, text, forum = proposed_start(context) if proposal is None else ("", "", "")
    form = RecordForm("language", context, proposal, table="language_proposal")
    with form:
        st.subheader(_("Proposal"))
        form.text("title", _("Title"), title, placeholder=_("Peaceful assembly: defenders in PP12"))
        form.text("text", _("Text"), text, placeholder=_("Draft resolution on peaceful assembly"))
        form.organisation("forum", _("Forum"), forum)
        form.area("wording", _("Proposed wording"), height=120)
        st.subheader(_("Agreed language"))
        form.choice(
            "precedent_symbol",
            _("Document"),
            list(dict.fromkeys([*([known] if known else []), *agreed])),
            optional=True,
            accept_new_options=True,
            placeholder=_("Select a text on defenders, or type another symbol"),
            format_func=lambda symbol: f"{symbol}, {agreed[symbol]}" if symbol in agreed else str(symbol),
        )
        form.area("precedent", _("Agreed wording"), height=100)
        st.subheader(_("Result"))
        form.choice("outcome", _("Outcome"), list(ProposalOutcome))
        form.area(
            "final_wording",
            _("Final wording"),
            height=120,
            help=_("As it is in the text. Leave blank if it was kept as proposed."),
        )
        st.subheader(_("Access and links"))
        form.level(Sensitivity.INTERNAL, everyone)
        form.themes()
        form.items()
        form.records(_("Statements and engagements"), RecordKind.STATEMENT, RecordKind.ENGAGEMENT)
        form.ask_reason(placeholder=_("Only if more people will see it"))
        form.submit(_("Save proposal"), save_proposal)


def proposed_start(context: PageContext) -> tuple[str, str, str]:
    """Title, text and forum of a new proposal, from the calendar item (a text, or its session) where it was started."""
    row = first_linked_item(context)
    if row is None:
        return "", "", ""
    title = str(row["title"])
    text = title if row["kind"] in (Kind.RESOLUTION, Kind.MANDATE_RENEWAL) else ""
    return _("Language on defenders: {title}").format(title=title), text, str(row["body"] or row["organisation"])


def save_proposal(form: RecordForm) -> str:
    made = language.save_proposal(viewer(), form.values(), proposal_id=form.record_id, seen=form.seen, **form.options)
    forms.open_record(made)
    return _("Proposal saved.")


draw_page(
    RecordPage(
        page_title=_("Language tracker"),
        subject=_("Language proposals are"),
        back=_("All proposals"),
        if_missing=_("This proposal no longer exists, or you do not have access."),
        views=(
            RecordView(
                RecordKind.LANGUAGE,
                new_title=_("New proposal"),
                form=draw_form,
                state=lambda proposal, _context: f"{words(proposal.outcome)}.",
                above=(draw_comparisons,),
                side=(draw_themes, linked_items(), follow_ups_of),
            ),
        ),
        draw_list=draw_list,
    )
)

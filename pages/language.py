"""The language tracker: what was proposed on defenders in texts of others, and what became of it."""

from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Sequence

import streamlit as st

from calendar_model.access.unit_of_work import reading, staff
from calendar_model.calendar import when
from calendar_model.mission.language import Group, as_table, by_item, counts, precedents, proposals
from calendar_model.mission.transactions import save
from calendar_model.store.history import of_record
from calendar_model.store.models import Engagement, LanguageProposal, Person, Statement
from calendar_model.terms import ProposalOutcome, RecordKind
from calendar_model.vocabulary import Sensitivity
from pages.components.record import forms
from pages.components.record.access_requests import ask_for_access
from pages.components.record.follow_ups import follow_ups_of
from pages.components.record.forms import NEW, RECORD, RecordForm, words
from pages.components.record.parts import entry, heading, history, item_openers, kept_items, kept_links
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import require_person
from pages.components.shell.words import plain
from pages.components.widgets import labels
from pages.components.widgets.comparison import comparison
from pages.components.widgets.tables import csv_download

TITLE = "Language tracker"
LINKS = (Statement, Engagement)
EVERY = "every"


# --- The list


def the_list(context: PageContext) -> None:
    st.title(TITLE)
    forms.outcome()
    with reading(context.viewer) as session:
        everything = proposals(session)
    st.button("New proposal", key="new_proposal", type="primary", on_click=forms.begin)
    if not everything:
        st.markdown(
            "No proposal yet. Language on defenders that is put forward in a text of others stands here, with the "
            "agreed language that it rests on and what became of it."
        )
        return
    found = [one for one in everything if context.keeps(RecordKind.LANGUAGE, one)]
    outcome = strip(found)
    shown = [one for one in found if outcome in (EVERY, one.outcome)]
    for group in by_item(shown, context.table, context.today):
        draw_group(group, context)
    if len(found) < len(everything):
        st.caption(f"Not shown under this filter: {len(everything) - len(found)}.")
    csv_download(as_table(shown), "language_proposals")
    st.caption("Restricted records are left out of these files.")


def strip(found: Sequence[LanguageProposal]) -> str:
    """How many came to which outcome; a click leaves those. Gives the chosen outcome, or :data:`EVERY`."""
    numbers = {EVERY: len(found), **{str(outcome): count for outcome, count in counts(found).items()}}
    names = {one: f"{'All' if one == EVERY else words(one)} {number}" for one, number in numbers.items()}
    chosen = st.segmented_control(
        "By outcome", list(names), default=EVERY, format_func=names.__getitem__, key="language_outcome"
    )
    return str(chosen or EVERY)


def draw_group(group: Group, context: PageContext) -> None:
    rows = context.table[context.table["item"] == group.item]
    if rows.empty:
        st.subheader("Linked to no item of the calendar")
    else:
        row = rows.iloc[0]
        st.subheader(plain(str(row["title"])), anchor=False)
        with st.container(horizontal=True, key=f"lines_item_{group.item}", gap="small", vertical_alignment="center"):
            st.caption(f"{plain(when(row, context.zone))}{'' if group.upcoming else ', over'}", width="content")
            st.button(
                "Open the item",
                key=f"item_{group.item}",
                type="tertiary",
                on_click=item_panel.choose,
                args=(group.item,),
            )
    with st.container(key=f"lines_proposals_{group.item or 'none'}", gap="small"):
        for one in group.proposals:
            forum = labels.short_organisation(one.forum, context.reference) if one.forum else ""
            restricted = "Restricted" if one.sensitivity is Sensitivity.RESTRICTED else ""
            entry(one, [f"“{shortened(one.wording)}”"], [words(one.outcome), one.text, forum, restricted])


def shortened(text: str, most: int = 220) -> str:
    """The beginning of a text, to the end of a word, with an ellipsis where something follows."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


# --- One proposal


def one_proposal(proposal: LanguageProposal | None, context: PageContext) -> None:
    everyone = staff()
    forms.back("All proposals")
    if proposal is None:
        st.title("A new proposal")
        forms.outcome()
        proposal_form(None, everyone, context)
        return
    heading(proposal, everyone, state=f"{words(proposal.outcome)}.")
    forms.outcome()
    if proposal.final_wording.strip():
        st.subheader("What became of the proposal")
        comparison(proposal.wording, proposal.final_wording)
    if proposal.precedent.strip():
        st.subheader("Against the agreed language")
        comparison(proposal.precedent, proposal.wording)
    left, right = st.columns([5, 3], gap="large")
    with left:
        proposal_form(proposal, everyone, context)
    with right:
        if proposal.items:
            st.subheader("In the calendar")
            item_openers(proposal, context)
        follow_ups_of(proposal, everyone)
    with reading(context.viewer) as session:
        changes = of_record(session, proposal.id)
    history(changes, everyone, {link.other_id: link.other.title for link in proposal.links}, context.zone)


def proposal_form(proposal: LanguageProposal | None, everyone: Sequence[Person], context: PageContext) -> None:
    agreed = precedents(context.reference)
    known = proposal.precedent_symbol if proposal is not None else ""
    form = RecordForm("language", context, proposal, kind=LanguageProposal)
    with form:
        st.subheader("The proposal")
        form.text("title", "Title", placeholder="Peaceful assembly: defenders in PP12")
        form.text("text", "In which text", placeholder="Draft resolution on peaceful assembly")
        form.organisation("forum", "Forum")
        form.area("wording", "Proposed wording", height=120)
        st.subheader("Agreed language that it rests on")
        form.choice(
            "precedent_symbol",
            "Document",
            list(dict.fromkeys([*([known] if known else []), *agreed])),
            optional=True,
            accept_new_options=True,
            placeholder="Choose a text on defenders, or write another symbol",
            format_func=lambda symbol: f"{symbol}, {agreed[symbol]}" if symbol in agreed else str(symbol),
        )
        form.area("precedent", "Its wording", height=100)
        st.subheader("What became of it")
        form.choice("outcome", "Outcome", list(ProposalOutcome))
        form.area(
            "final_wording",
            "Final wording",
            height=120,
            help="As it stands in the text. Kept and left empty: as it was proposed.",
        )
        st.subheader("Who sees it, and what it belongs to")
        form.level(Sensitivity.INTERNAL, everyone)
        form.items()
        form.records("Statements and engagements", LINKS)
        form.text("reason", "Reason, where more people shall see it", placeholder="Only if the level is lowered")
        form.submit("Save the proposal", save_proposal)


def save_proposal(form: RecordForm) -> str:
    proposal: LanguageProposal | None = form.record
    values = form.values()
    reason = values.pop("reason")
    values["precedent_symbol"] = values["precedent_symbol"] or ""
    made = save(
        form.context.viewer,
        LanguageProposal,
        values,
        record_id=proposal.id if proposal is not None else "",
        seen=form.seen,
        items=[*form.chosen("items"), *kept_items(proposal, form.context)],
        links=[*form.chosen("links"), *kept_links(proposal, LINKS)],
        named=form.chosen("named") if values["sensitivity"] is Sensitivity.RESTRICTED else None,
        reason=reason,
    )
    forms.open_record(made)
    return "The proposal is saved."


# --- The page


def show(context: PageContext) -> None:
    """The proposal of the URL, the empty form, or the list."""
    if record_id := st.query_params.get(RECORD):
        with reading(context.viewer) as session:
            proposal = session.get(LanguageProposal, record_id, options=forms.whole())
        if proposal is not None:
            one_proposal(proposal, context)
            return
        forms.back("All proposals")
        st.title(TITLE)
        forms.outcome()
        st.markdown("There is no such proposal, or you are not named in it.")
        ask_for_access(record_id)
    elif NEW in st.query_params:
        one_proposal(None, context)
    else:
        the_list(context)


context = current()
if not context.workspace:
    st.title(TITLE)
    st.stop()
require_person("Proposals of language are", TITLE)
show(context)
item_panel.draw_panel(context)

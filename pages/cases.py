"""Individual cases (section 3.4 of the guidelines) and reprisals (3.2): what is weighed, and what came of it."""

from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

import streamlit as st

from calendar_model import wording
from calendar_model.access.problems import UnmetRequirement
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.messages.statements import decision, state_label
from calendar_model.mission import cases as checks
from calendar_model.mission.cases import Around, Attention, around, cases, linked_records, reprisals
from calendar_model.mission.statements.case_checks import CaseFacts, Question, unanswered
from calendar_model.mission.transactions import save
from calendar_model.store.history import of_record
from calendar_model.store.models import Case, Contact, Engagement, Person, Record, Reprisal, Statement
from calendar_model.terms import (
    EngagementKind,
    InTheLoop,
    Prospect,
    Publicity,
    RecordKind,
    ReprisalState,
    RiskLevel,
    StatementForm,
    StatementState,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from pages.components.record import forms
from pages.components.record.access_requests import ask_for_access
from pages.components.record.follow_ups import follow_ups_of
from pages.components.record.forms import NEW, RECORD, RecordForm, words
from pages.components.record.parts import (
    engagement_links,
    entry,
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
from pages.components.shell.current_user import require_person
from pages.components.shell.navigation import link
from pages.components.shell.words import plain
from pages.components.widgets import labels

TITLE = "Cases and reprisals"
NEW_CASE, NEW_REPRISAL = "case", "reprisal"
CODE = "A code, such as “Case 014”, never a name: titles stand in lists and in the history."

TODAY_IF_EMPTY = "Left empty: the day on which it is saved."
NATIONAL, CONSULTED = str(StatementForm.NATIONAL), str(EngagementKind.CONSULTED)

GROUPS = {
    Attention.MISSING: "Questions open before it can be raised",
    Attention.WAITING: "Raised, and the contact afterwards misses",
    Attention.REST: "Open, and nothing misses",
}
SUGGESTERS = {
    Suggester.BILATERAL_MISSION: "the bilateral mission",
    Suggester.MULTILATERAL_MISSION: "the multilateral mission",
    Suggester.CIVIL_SOCIETY: "civil society",
    Suggester.DEFENDER: "the defender",
    Suggester.MINISTRY: "the Ministry",
}
STANDING = {
    ReprisalState.ALLEGED: "Not reported yet",
    ReprisalState.REPORTED: "Reported, no response yet",
    ReprisalState.ANSWERED: "Answered",
}

R = TypeVar("R", Case, Reprisal)

CASE_TIES: Mapping[str, tuple[type[Record], ...]] = {
    "contacts": (Contact,),
    "statements": (Statement,),
    "engagements": (Engagement,),
    "others": (Case, Reprisal),
}
REPRISAL_TIES: Mapping[str, tuple[type[Record], ...]] = {
    "contacts": (Contact,),
    "cases": (Case,),
    "engagements": (Engagement,),
    "others": (Statement, Reprisal),
}


# --- The list


def state_name(code: str, context: PageContext) -> str:
    known = context.reference.states.get(code)
    return known.name if known else code


def list_cases(found: Sequence[Case], raised_in: dict[str, list[Statement]], context: PageContext) -> None:
    st.subheader("Cases")
    st.button("New case", key="new_case", type="primary", on_click=forms.begin, args=(NEW_CASE,))
    if not found:
        st.markdown(
            "No case, or none that you are named in. A case stands here from the first suggestion to the contact after "
            "the statement, with what the guidelines ask before it is raised."
        )
        return
    groups: dict[Attention, list[Case]] = {attention: [] for attention in Attention}
    kept = [case for case in found if context.keeps(RecordKind.CASE, case)]
    for case in kept:
        groups[checks.attention(case, _delivered(raised_in[case.id]))].append(case)
    for attention, title in GROUPS.items():
        if groups[attention]:
            st.markdown(f"### {title}: {len(groups[attention])}")
            _entries(groups[attention], raised_in, context, attention)
    _folded(groups[Attention.CLOSED], lambda rows: _entries(rows, raised_in, context, Attention.CLOSED), "cases")
    _left_out(len(found) - len(kept))


def _delivered(found: Iterable[Statement]) -> list[date | None]:
    said = (StatementState.DELIVERED, StatementState.FOLLOWED_UP)
    return [one.delivered_on for one in found if one.state in said]


def _entries(
    found: Iterable[Case], raised_in: dict[str, list[Statement]], context: PageContext, attention: Attention
) -> None:
    with st.container(key=f"lines_cases_{attention}", gap="small"):
        for case in found:
            about = [
                state_name(case.country, context),
                f"Suggested by {SUGGESTERS[case.suggested_by]}",
                f"Closed on {wording.day(case.closed_on)}" if case.closed_on else "",
            ]
            entry(case, _said_of(case, raised_in[case.id], attention), about)


def _said_of(case: Case, raised_in: Sequence[Statement], attention: Attention) -> list[str]:
    known = checks.facts(case)
    days = [day for day in _delivered(raised_in) if day]
    said: list[str] = []
    if days:
        said.append(f"Raised on {wording.day(max(days))}.")
    if attention is Attention.WAITING:
        said.append("Nobody has been in contact with the defender, or civil society for them, since.")
    if attention in (Attention.WAITING, Attention.MISSING):
        said += map(str, checks.missing(known))
    if attention is Attention.REST:
        said += [decision(one.code) for one in checks.kept_back(known)] or ([] if days else ["It can be raised."])
        said += [f"In a statement that is {state_label(s.state)}." for s in raised_in if _under_way(s)]
    if attention is Attention.CLOSED and case.since.strip():
        said.append(case.since.strip().splitlines()[0])
    return said


def _under_way(statement: Statement) -> bool:
    return statement.state not in (StatementState.DELIVERED, StatementState.FOLLOWED_UP, StatementState.DROPPED)


def list_reprisals(found: Sequence[Reprisal], context: PageContext) -> None:
    st.subheader("Reprisals")
    st.button("New reprisal", key="new_reprisal", on_click=forms.begin, args=(NEW_REPRISAL,))
    if not found:
        st.markdown(
            "No reprisal, or none that you are named in. What somebody suffered because they cooperated with an "
            "organisation stands here: to whom it was reported, and what the organisation answered."
        )
        return
    kept = [one for one in found if context.keeps(RecordKind.REPRISAL, one)]
    for state, title in STANDING.items():
        rows = [one for one in kept if one.state is state]
        if rows:
            st.markdown(f"### {title}: {len(rows)}")
            _allegations(rows, context, state)
    closed = [one for one in kept if one.state is ReprisalState.CLOSED]
    _folded(closed, lambda rows: _allegations(rows, context, ReprisalState.CLOSED), "reprisals")
    _left_out(len(found) - len(kept))


def _allegations(found: Iterable[Reprisal], context: PageContext, state: ReprisalState) -> None:
    with st.container(key=f"lines_reprisals_{state}", gap="small"):
        for one in found:
            about = [
                state_name(one.country, context),
                labels.short_organisation(one.organisation, context.reference) if one.organisation else "",
                f"Alleged for {wording.day(one.alleged_on)}" if one.alleged_on else "",
            ]
            said = ""
            if one.reported_on:
                whom = f" to {one.reported_to.strip().rstrip('.')}" if one.reported_to.strip() else ""
                said = f"Reported{whom} on {wording.day(one.reported_on)}."
            entry(one, [said], about)


def _folded(rows: list[R], draw: Callable[[list[R]], None], what: str) -> None:
    if rows:
        with st.expander(f"Closed {what}: {len(rows)}"):
            draw(rows)


def _left_out(count: int) -> None:
    if count:
        st.caption(f"Not shown under this filter: {count}.")


# --- One case


def one_case(case: Case | None, context: PageContext) -> None:
    everyone = staff()
    forms.back("All cases and reprisals")
    if case is None:
        st.title("A new case")
        st.caption("It is restricted from the start: nobody but those named sees that it exists.")
    else:
        heading(case, everyone, state=f"Closed on {wording.day(case.closed_on)}." if case.closed_on else "")
    forms.outcome()
    side = None
    place = st.container()
    if case is not None:
        place, side = st.columns([5, 3], gap="large")
    with place:
        _case_form(case, everyone, context, _statements_of(case, context))
    if case is not None and side is not None:
        with side:
            _beside_case(case, everyone, context)
        _history(case, everyone, context)


def _statements_of(case: Case | None, context: PageContext) -> list[Statement]:
    if case is None:
        return []
    with reading(context.viewer) as session:
        return linked_records(session, Statement, [case.id])[case.id]


def _case_form(case: Case | None, everyone: Sequence[Person], context: PageContext, raised: list[Statement]) -> None:
    """The questions in the order of section 3.4; each says in words whether what is typed answers it."""
    form = RecordForm("case", context, case, kind=Case)
    with form:
        summary = st.container()
        form.text("title", "Code", help=CODE, placeholder="Case 014")
        form.country("country")
        _suggested(form, case)
        marks = {
            Question.MISSION: _mission(form),
            Question.BEFORE: _before(form),
            Question.RISK: _risk(form),
            Question.PROSPECTS: _prospects(form),
            Question.PUBLICITY: _publicity(form),
        }
        _after(form, raised)
        st.subheader("Who sees it, and what it belongs to")
        form.named("Named: they see it, and nobody else", everyone)
        form.items()
        form.records("Contacts, by their codes", CASE_TIES["contacts"], "ties_contacts")
        form.records(
            "Statements that raise it",
            CASE_TIES["statements"],
            "ties_statements",
            help="A statement that raises a case becomes restricted, and one that was cleared has to be cleared again.",
        )
        form.records("Engagements", CASE_TIES["engagements"], "ties_engagements")
        form.records("Other cases and reprisals", CASE_TIES["others"], "ties_others")
        _submit(form, "Save the case", _save_case)
    known = checks.typed(form.values())
    for question, mark in marks.items():
        with mark:
            _mark(unanswered(known, question))
    with summary:
        _summary(known, _delivered(raised))


def _summary(known: CaseFacts, delivered: list[date | None]) -> None:
    open_ = checks.missing(known)
    if checks.waits_for_contact(known, delivered):
        st.warning("It was raised, and nobody has been in contact with the defender, or civil society for them, since.")
    elif decided := checks.kept_back(known):
        st.info(plain(" ".join(decision(one.code) for one in decided)))
    elif open_:
        st.markdown(f"**{len(open_)} of {len(Question)} questions are open** before a statement can raise it.")
    else:
        st.markdown("**All questions are answered**: a statement can raise it.")


def _mark(unmet: UnmetRequirement | None) -> None:
    if unmet is None:
        st.markdown("**Answered**")
    else:
        st.markdown(f"**{'Misses' if unmet.can_be_overridden else 'Decided'}:** {plain(str(unmet))}")


def _part(number: int, title: str, why: str) -> st.delta_generator.DeltaGenerator:
    """Heading of a question, why it is asked, and the place of its mark."""
    with st.container(gap=None):
        st.subheader(f"{number}. {title}")
        st.caption(why)
        return st.container()


def _suggested(form: RecordForm, case: Case | None) -> None:
    mark = _part(
        1,
        "Who suggested it",
        "Any mission can put a case to the Ministry; one that civil society brings needs the bilateral mission's view.",
    )
    chosen = form.choice(
        "suggested_by",
        "Suggested by",
        list(Suggester),
        optional=True,
        placeholder="Choose",
    )
    form.area("suggested_note", "What is asked for", height=68)
    with mark:
        st.markdown("**Answered**" if chosen else "**Misses:** Who suggested it.")


def _mission(form: RecordForm) -> st.delta_generator.DeltaGenerator:
    mark = _part(
        2,
        "The bilateral mission",
        "Colleagues in the country know what is under way there, and what a word in public would set off.",
    )
    _pair(lambda: form.day("mission_consulted_on", "Consulted on"), lambda: form.text("mission", "Which mission"))
    form.area("mission_advice", "What it advises", height=68)
    return mark


def _before(form: RecordForm) -> st.delta_generator.DeltaGenerator:
    mark = _part(
        3,
        "Talked over before",
        "Nobody is spoken for unasked: the person, or those who act for them, say what would help and what would harm.",
    )
    _pair(
        lambda: form.day("before_on", "Talked over on"),
        lambda: form.choice("before_with", "With whom", list(InTheLoop), optional=True, placeholder="Not stated"),
    )
    form.area("before_note", "What they want", height=68)
    return mark


def _risk(form: RecordForm) -> st.delta_generator.DeltaGenerator:
    mark = _part(
        4,
        "Risk of reprisals",
        "Attention abroad can be paid for at home, by the person, the family or colleagues; it is weighed before.",
    )
    _pair(
        lambda: form.choice("risk", "Level", list(RiskLevel), optional=True, placeholder="Not weighed"),
        lambda: form.day("risk_weighed_on", "Weighed on", help=TODAY_IF_EMPTY),
    )
    form.area("risk_reasons", "Reasons", height=68)
    form.area("risk_mitigation", "What would lessen it", height=68)
    return mark


def _prospects(form: RecordForm) -> st.delta_generator.DeltaGenerator:
    mark = _part(
        5,
        "Prospects",
        "A case is raised because that may better something, or keep it from getting worse; not for its own sake.",
    )
    _pair(
        lambda: form.choice("prospect", "Likely effect", list(Prospect), optional=True, placeholder="Not weighed"),
        lambda: form.day("prospect_weighed_on", "Weighed on", help=TODAY_IF_EMPTY),
    )
    form.area("prospect_reasons", "Reasons for it", height=68)
    return mark


def _publicity(form: RecordForm) -> st.delta_generator.DeltaGenerator:
    mark = _part(
        6,
        "Publicity",
        "A quiet word, a statement and a campaign each help and harm in their own way: choose, and say why.",
    )
    _pair(
        lambda: form.choice("publicity", "Decision", list(Publicity), optional=True, placeholder="Not decided"),
        lambda: form.day("publicity_decided_on", "Decided on", help=TODAY_IF_EMPTY),
    )
    form.area("publicity_reason", "Reason for the decision", height=68)
    return mark


def _after(form: RecordForm, raised: Sequence[Statement]) -> None:
    mark = _part(
        7,
        "Afterwards",
        "Whether it helped or hurt is known only to those concerned; a statement is not closed before they were asked.",
    )
    _pair(
        lambda: form.day("after_on", "Contact afterwards on"),
        lambda: form.choice(
            "after_with", "With whom afterwards", list(InTheLoop), optional=True, placeholder="Not stated"
        ),
    )
    form.area("after_note", "What they say", height=68)
    form.area("since", "What has happened since", height=120)
    with mark:
        known, days = checks.typed(form.values()), [day for day in _delivered(raised) if day]
        if checks.waits_for_contact(known, days):
            st.markdown(f"**Misses:** the contact since {wording.day(max(days))}, when it was raised.")
        elif days:
            st.markdown("**Answered**")
        else:
            st.markdown("Not due: no statement has raised it yet.")
    st.subheader("8. Closing")
    st.caption("An open case goes on asking for attention. Close it once there is nothing more to be done about it.")
    form.day("closed_on", "Closed on", help="Left empty the case is open.")


def _submit(form: RecordForm, label: str, act: Callable[[RecordForm], str]) -> None:
    """The button of a form that is longer than the screen: it stays in sight at the foot."""
    with st.container(key="foot_of_form"):
        form.submit(label, act)


def _pair(one: Callable[[], object], other: Callable[[], object]) -> None:
    with st.container(horizontal=True):
        one()
        other()


def _save_case(form: RecordForm) -> str:
    return _save(form, Case, form.values(), form.record, CASE_TIES, "The case is saved.")


def _save(
    form: RecordForm,
    kind: type[Case] | type[Reprisal],
    values: dict[str, object],
    record: Case | Reprisal | None,
    offered: Mapping[str, tuple[type[Record], ...]],
    said: str,
) -> str:
    fields = [f"ties_{name}" for name in offered]
    made = save(
        form.context.viewer,
        kind,
        values if record is not None else {**values, "sensitivity": Sensitivity.RESTRICTED},
        record_id=record.id if record is not None else "",
        seen=form.seen,
        items=[*form.chosen("items"), *kept_items(record, form.context)],
        links=[*form.chosen(*fields), *kept_links(record, [one for kinds in offered.values() for one in kinds])],
        named=form.chosen("named"),
    )
    forms.open_record(made)
    return said


def _beside_case(case: Case, everyone: Sequence[Person], context: PageContext) -> None:
    with reading(context.viewer) as session:
        mine = around(session, case.id)
    st.subheader("In statements")
    statement_links(mine.statements)
    link("statements", "Raise it in a statement", icon=":material/add:", new=NATIONAL, **{forms.WITH: case.id})
    st.subheader("Engagements")
    engagement_links(mine.engagements)
    link("engagements", "Log an engagement", icon=":material/add:", new=CONSULTED, **{forms.WITH: case.id})
    _others(case, mine, context)
    follow_ups_of(case, everyone)


def _others(record: Case | Reprisal, mine: Around, context: PageContext) -> None:
    record_links(
        [*mine.contacts, *mine.cases, *mine.reprisals],
        {"Contacts": RecordKind.CONTACT, "Cases": RecordKind.CASE, "Reprisals": RecordKind.REPRISAL},
    )
    if record.items:
        st.subheader("In the calendar")
        item_openers(record, context)


def _history(record: Case | Reprisal, everyone: Sequence[Person], context: PageContext) -> None:
    with reading(context.viewer) as session:
        changes = of_record(session, record.id)
    titles = {link.other_id: link.other.title for link in record.links}
    history(changes, everyone, titles, context.zone)


# --- One reprisal


def one_reprisal(reprisal: Reprisal | None, context: PageContext) -> None:
    everyone = staff()
    forms.back("All cases and reprisals")
    if reprisal is None:
        st.title("A new reprisal")
        st.caption("It is restricted from the start: nobody but those named sees that it exists.")
    else:
        heading(reprisal, everyone, state=f"{words(reprisal.state)}.")
    forms.outcome()
    if reprisal is None:
        _reprisal_form(None, everyone, context)
        return
    place, side = st.columns([5, 3], gap="large")
    with place:
        _reprisal_form(reprisal, everyone, context)
    with side:
        _beside_reprisal(reprisal, everyone, context)
    _history(reprisal, everyone, context)


def _reprisal_form(reprisal: Reprisal | None, everyone: Sequence[Person], context: PageContext) -> None:
    form = RecordForm("reprisal", context, reprisal, kind=Reprisal)
    with form:
        st.subheader("What is alleged")
        form.text("title", "Code", help=CODE, placeholder="Reprisal 03")
        form.country("country")
        form.organisation("organisation", "Organisation they had cooperated with")
        form.day("alleged_on", "When it is said to have happened")
        form.area("account", "Account", height=150)
        st.subheader("What was done about it")
        st.caption("Organisations are there to take up what befalls those who cooperate with them; ask what they did.")
        form.text("reported_to", "Reported to", placeholder="Office, mandate or procedure, not a person")
        form.day("reported_on", "Reported on")
        form.area("response", "The response", height=120)
        form.choice("state", "Where it stands", list(ReprisalState))
        st.subheader("Who sees it, and what it belongs to")
        form.named("Named: they see it, and nobody else", everyone)
        form.items()
        form.records("Contacts, by their codes", REPRISAL_TIES["contacts"], "ties_contacts")
        form.records("Cases", REPRISAL_TIES["cases"], "ties_cases")
        form.records("Engagements, such as the dialogue with the organisation", (Engagement,), "ties_engagements")
        form.records("Statements and other reprisals", REPRISAL_TIES["others"], "ties_others")
        _submit(form, "Save the reprisal", _save_reprisal)


def _save_reprisal(form: RecordForm) -> str:
    return _save(form, Reprisal, form.values(), form.record, REPRISAL_TIES, "The reprisal is saved.")


def _beside_reprisal(reprisal: Reprisal, everyone: Sequence[Person], context: PageContext) -> None:
    with reading(context.viewer) as session:
        mine = around(session, reprisal.id)
    st.subheader("Dialogue and other engagements")
    engagement_links(mine.engagements)
    dialogue = {NEW: str(EngagementKind.ORGANISATION_DIALOGUE), forms.WITH: reprisal.id}
    link("engagements", "Log a dialogue with the organisation", icon=":material/add:", **dialogue)
    if mine.statements:
        st.subheader("In statements")
        statement_links(mine.statements)
    _others(reprisal, mine, context)
    follow_ups_of(reprisal, everyone)


# --- The page


def the_record(record_id: str, context: PageContext) -> Case | Reprisal | None:
    """The case or the reprisal of this identifier, with all that is shown of it, if the reader may see it."""
    with reading(context.viewer) as session:
        case = session.get(Case, record_id, options=forms.whole())
        return case or session.get(Reprisal, record_id, options=forms.whole())


def the_list(context: PageContext) -> None:
    st.title(TITLE)
    forms.outcome()
    with reading(context.viewer) as session:
        all_cases, all_reprisals = cases(session), reprisals(session)
        raised_in = linked_records(session, Statement, [case.id for case in all_cases])
    list_cases(all_cases, raised_in, context)
    list_reprisals(all_reprisals, context)
    st.caption(
        "No feed, list or calendar file holds cases and reprisals. A briefing note in Word that you make for yourself "
        "names them by their codes, and says so at its head."
    )


def show(context: PageContext) -> None:
    """The record of the URL, the empty form that it asks for, or the list."""
    if record_id := st.query_params.get(RECORD):
        record = the_record(record_id, context)
        if isinstance(record, Case):
            one_case(record, context)
        elif record is not None:
            one_reprisal(record, context)
        else:
            forms.back("All cases and reprisals")
            st.title(TITLE)
            forms.outcome()
            st.markdown("There is no such case or reprisal, or you are not named in it.")
            ask_for_access(record_id)
    elif st.query_params.get(NEW) == NEW_REPRISAL:
        one_reprisal(None, context)
    elif NEW in st.query_params:
        one_case(None, context)
    else:
        the_list(context)


context = current()
if not context.workspace:
    st.title(TITLE)
    st.stop()
require_person("Cases and reprisals are", TITLE)
show(context)
item_panel.draw_panel(context)

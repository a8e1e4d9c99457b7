"""Cases and reprisals, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.follow_ups import add_follow_up, list_follow_ups
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
from calendar_model.store.models import (
    Case,
    Contact,
    Engagement,
    LanguageProposal,
    Person,
    Record,
    Reprisal,
    Statement,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    InTheLoop,
    Publicity,
    ReprisalState,
    RiskLevel,
    StatementFormat,
    StatementState,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page
from tests.cases import ANSWERS
from tests.day import TODAY
from tests.pages.driver import address, click, run, sound, unfold
from tests.staff import CLEARER


@pytest.fixture
def head() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Head", "roles": CLEARER}))


def cases(who: Viewer, **parameters: str) -> AppTest:
    """The page as a person sees it."""
    return sound(open_page("cases", who.person_id, **parameters))


def case(who: Viewer, title: str, named: list[Viewer] | None = None, **values: Any) -> str:
    known = {"title": title, "suggested_by": Suggester.CIVIL_SOCIETY, **values}
    return save(who, Case, known, named=[one.person_id for one in named or ()])


def raise_it(writer: Viewer, head: Viewer, case_id: str, on: date) -> str:
    """A statement that raises the case, cleared by another and delivered."""
    named = [writer.person_id, head.person_id]
    values = {"title": "General debate", "format": StatementFormat.GENERAL_DEBATE}
    made = save(writer, Statement, values, links=[case_id], named=named)
    commands.save_text(writer, made, "Thank you, Mr President.", language="en", based_on=0)
    for who, state, day in (
        (writer, StatementState.CONSULTATION, None),
        (head, StatementState.CLEARED, None),
        (writer, StatementState.DELIVERED, on),
    ):
        commands.move(who, made, state, seen=1, on=day)
    return made


def only(who: Viewer, kind: type[Record]) -> Any:
    with reading(who) as session:
        return session.scalars(select(kind)).one()


def type_in(app: AppTest, **values: Any) -> None:
    """Into the fields of the form, by column."""
    for name, value in values.items():
        for fields in (app.text_input, app.text_area, app.selectbox, app.date_input, app.multiselect):
            for widget in fields:
                if (widget.key or "").split("_", 2)[2:] == [name]:
                    widget.set_value(value)


def edit(app: AppTest, *parts: str) -> AppTest:
    """The page after these parts, which are lines, were opened to be edited."""
    for part in parts:
        click(app, f"case_edit_{part}")
    return app


def columns(app: AppTest) -> set[str]:
    """The columns, and other names, that the form of a case has fields for."""
    fields = (*app.text_input, *app.text_area, *app.selectbox, *app.date_input, *app.multiselect)
    return {"_".join(str(widget.key).split("_")[2:]) for widget in fields if str(widget.key).startswith("case_")}


def save_it(app: AppTest) -> AppTest:
    next(button for button in app.button if (button.key or "").endswith("_save")).click()
    return run(app)


def groups(app: AppTest) -> list[str]:
    """The headings of the list's groups, and what is folded."""
    return [one.value for one in app.markdown if one.value.startswith("### ")] + [one.label for one in app.expander]


def marks(app: AppTest) -> list[str]:
    """What each question says in words."""
    starts = ("**Answered", "**Outstanding", "**Decided", "Not due")
    return [one.value for one in app.markdown if one.value.startswith(starts)]


def said(app: AppTest) -> list[str]:
    """All that stands on the page as text."""
    return [one.value for one in (*app.markdown, *app.caption, *app.toast, *app.error, *app.warning, *app.info)]


# --- The list


def test_nobody_is_told_to_choose_who_they_are() -> None:
    app = cases(ANONYMOUS)
    assert [one.value for one in app.title] == ["Cases and reprisals"]
    assert [one.value for one in app.markdown] == [
        "Cases and reprisals are visible to users only. Select your name to see this page; new users: add yourself in Settings."
    ]


def test_empty_places_say_what_will_be_there(staff_member: Viewer) -> None:
    app = cases(staff_member)
    assert [one.value for one in app.markdown] == [
        (
            "No cases that you have access to. Start a case when it is first suggested; it lists what the guidelines "
            "require before it is raised."
        ),
        (
            "No reprisals that you have access to. Record reprisals against people who cooperate with an organisation: "
            "the allegation, the report made and the response."
        ),
    ]


def test_cases_are_listed_in_the_order_of_attention(staff_member: Viewer, head: Viewer) -> None:
    case(staff_member, "Case 1", **ANSWERS)
    case(staff_member, "Case 2", country="BLR", **{**ANSWERS, "risk": RiskLevel.HIGH, "prospect": None})
    raised = case(staff_member, "Case 3", [staff_member, head], **ANSWERS)
    raise_it(staff_member, head, raised, date(2026, 11, 12))
    case(staff_member, "Case 4", **{**ANSWERS, "publicity": Publicity.QUIET})
    case(staff_member, "Case 5", **ANSWERS, closed_on=date(2026, 9, 1), since="Released in August.")
    app = cases(staff_member)
    assert groups(app) == [
        "### Questions outstanding: 1",
        "### Raised: follow-up with the defender outstanding: 1",
        "### Open: nothing outstanding: 2",
        "Closed cases: 1",
    ]
    opens = [button.label for button in app.button if (button.key or "").startswith("open_")]
    assert opens == ["**Case 2**", "**Case 3**", "**Case 1**", "**Case 4**", "**Case 5**"]
    assert [one.value for one in app.markdown if not one.value.startswith("###")][:5] == [
        (
            "The risk of reprisals is high, and no mitigation is entered. The prospects have not been assessed, with "
            "reasons."
        ),
        "Raised on Thu 12 Nov 2026. Nobody has contacted the defender, or civil society on their behalf, since.",
        "Ready to be raised.",
        "It was decided to work quietly.",
        "Released in August.",
    ]
    assert [one.value for one in app.caption][:2] == [
        "Belarus · Suggested by civil society",
        "Suggested by civil society",
    ]
    assert len(app.get("download_button")) == 0


def test_the_filter_leaves_the_cases_of_a_state_and_says_that_there_are_more(staff_member: Viewer) -> None:
    case(staff_member, "Case 1", country="BLR")
    case(staff_member, "Case 2", country="EGY")
    save(staff_member, Reprisal, {"title": "Reprisal 1", "country": "EGY", "organisation": "un-hrc"})
    app = cases(staff_member, country="EGY", organisation="osce")
    assert [button.label for button in app.button if (button.key or "").startswith("open_")] == ["**Case 2**"]
    assert [c.value for c in app.caption if "filter" in c.value] == ["Hidden by the filter: 1."] * 2


def test_reprisals_are_listed_by_status(staff_member: Viewer) -> None:
    save(
        staff_member,
        Reprisal,
        {"title": "Reprisal 1", "country": "NIC", "organisation": "un-hrc", "alleged_on": date(2026, 10, 1)},
    )
    known = {"reported_to": "The Secretary-General.", "reported_on": date(2026, 10, 9)}
    save(staff_member, Reprisal, {"title": "Reprisal 2", **known, "state": ReprisalState.REPORTED})
    save(staff_member, Reprisal, {"title": "Reprisal 3", **known, "state": ReprisalState.CLOSED})
    app = cases(staff_member)
    assert groups(app) == ["### Not reported yet: 1", "### Reported, no response yet: 1", "Closed reprisals: 1"]
    assert "Nicaragua · HRC · Date alleged: Thu 1 Oct 2026" in [one.value for one in app.caption]
    assert [m.value for m in app.markdown if m.value.startswith("Reported")] == [
        "Reported to The Secretary-General on Fri 9 Oct 2026."
    ] * 2


def test_a_click_opens_a_record_and_the_way_back_is_there(staff_member: Viewer) -> None:
    made = case(staff_member, "Case 1")
    app = cases(staff_member)
    app.button(key=f"open_{made}").click()
    run(app)
    assert app.query_params["record"] == made
    assert [one.value for one in app.title] == ["Case 1"]
    app.button(key="form_back").click()
    run(app)
    assert "record" not in app.query_params
    assert [one.value for one in app.title] == ["Cases and reprisals"]


# --- One case


def test_a_new_case_is_restricted_to_the_person_who_creates_it(staff_member: Viewer, head: Viewer) -> None:
    contact = save(staff_member, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    app = cases(staff_member, new="case", tie="session-HRC64", **{"with": contact})
    assert app.caption[0].value == "Restricted from the start: only people with access can see that it exists."
    save_it(app)
    (error,) = [one.value for one in app.error]
    assert "Choose who suggested the case." in error
    assert "Enter a title" in error
    type_in(app, suggested_by=Suggester.BILATERAL_MISSION)
    type_in(app, title=" Case 14 ", country="BLR", named=[head.person_id], risk=RiskLevel.LOW)
    save_it(app)
    assert [one.value for one in app.toast] == ["Case saved."]
    made = only(head, Case)
    assert (made.title, made.country, made.suggested_by, made.sensitivity, made.risk, made.risk_weighed_on) == (
        "Case 14",
        "BLR",
        Suggester.BILATERAL_MISSION,
        Sensitivity.RESTRICTED,
        RiskLevel.LOW,
        TODAY,
    )
    assert app.query_params == {"record": made.id}
    assert [one.value for one in app.title] == ["Case 14"]
    assert app.caption[0].value == "Restricted: visible only to Desk, Head. Owner: Desk."
    with reading(staff_member) as session:
        found = session.get_one(Case, made.id)
        assert [link.item for link in found.items] == ["session-HRC64"]
        assert [link.other_id for link in found.links] == [contact]


def test_each_question_says_in_words_whether_it_is_answered(staff_member: Viewer) -> None:
    made = case(staff_member, "Case 1")
    app = cases(staff_member, record=made)
    assert [one.value for one in app.subheader][:6] == [
        "Bilateral mission",
        "Prior consultation",
        "Risk of reprisals",
        "Prospects",
        "Publicity",
        "On record",
    ]
    assert marks(app)[:5] == [
        "**Outstanding:** The bilateral mission has not been consulted.",
        "**Outstanding:** Neither the defender nor civil society on their behalf has been consulted.",
        "**Outstanding:** The risk of reprisals has not been assessed, with reasons.",
        "**Outstanding:** The prospects have not been assessed, with reasons.",
        "**Outstanding:** Publicity has not been decided, with a reason.",
    ]
    [summary] = [one.value for one in app.markdown if one.value.startswith("**5 of 5")]
    assert re.findall(r"\(#case-(\w+)\)", summary) == ["mission", "before", "risk", "prospects", "publicity"]
    type_in(app, mission="The embassy", mission_advice="None.", before_with=InTheLoop.DEFENDER)
    type_in(app, mission_consulted_on=date(2026, 11, 2), risk=RiskLevel.HIGH, risk_reasons="Family at home.")
    type_in(app, publicity=Publicity.QUIET, publicity_reason="They ask for it.", before_on=date(2026, 11, 3))
    run(app)
    assert marks(app)[:5] == [
        "**Answered**",
        "**Answered**",
        "**Outstanding:** The risk of reprisals is high, and no mitigation is entered.",
        "**Outstanding:** The prospects have not been assessed, with reasons.",
        "**Decided:** It was decided to work quietly. Take the case out, or change the decision.",
    ]
    assert [one.value for one in app.info] == ["It was decided to work quietly."]
    save_it(app)
    kept = only(staff_member, Case)
    assert (kept.risk, kept.risk_reasons, kept.risk_weighed_on, kept.before_on, kept.publicity_decided_on) == (
        RiskLevel.HIGH,
        "Family at home.",
        TODAY,
        date(2026, 11, 3),
        TODAY,
    )


def test_an_assessed_case_is_raised_followed_up_and_closed(staff_member: Viewer, head: Viewer) -> None:
    made = case(staff_member, "Case 1", [staff_member, head], **ANSWERS)
    app = cases(staff_member, record=made)
    assert app.markdown[0].value == "**All questions answered**: a statement can raise this case."
    [raising] = [link for link in app.get("page_link") if link.proto.label == "Raise case in a statement"]
    assert raising.proto.page == "statements"
    assert raising.proto.query_string == f"new=statement&with={made}"
    raise_it(staff_member, head, made, date(2026, 11, 12))
    app = cases(staff_member, record=made)
    assert [one.value for one in app.warning] == [
        "This case has been raised, but nobody has contacted the defender, or civil society on their behalf, since."
    ]
    assert marks(app) == ["**Outstanding:** contact since the case was raised on Thu 12 Nov 2026."]
    assert "General debate · delivered on Thu 12 Nov 2026" in [one.value for one in app.caption]
    edit(app, "developments")
    type_in(app, closed_on=TODAY)
    save_it(app)
    assert [one.value for one in app.error] == [
        (
            "A statement raised this case. Before closing it, contact the defender, or civil society on their behalf. Enter the date, and who was contacted."
        )
    ]
    type_in(app, after_on=date(2026, 11, 20), after_with=InTheLoop.DEFENDER, since="Visited in prison.")
    save_it(app)
    assert [one.value for one in app.toast] == ["Case saved."]
    assert app.caption[0].value == "Closed on Tue 24 Nov 2026. Restricted: visible only to Desk, Head. Owner: Desk."
    kept = only(staff_member, Case)
    assert (kept.closed_on, kept.after_on, kept.since) == (TODAY, date(2026, 11, 20), "Visited in prison.")


def test_what_is_open_is_asked_first_and_the_rest_are_lines(staff_member: Viewer, head: Viewer) -> None:
    half = {name: value for name, value in ANSWERS.items() if name.startswith(("mission", "before"))}
    made = case(staff_member, "Case 1", country="BLR", **half)
    app = cases(staff_member, record=made)
    assert columns(app) == {
        "risk", "risk_weighed_on", "risk_reasons", "risk_mitigation", "prospect", "prospect_weighed_on",
        "prospect_reasons", "publicity", "publicity_decided_on", "publicity_reason",
    }  # fmt: skip
    texts = [one.value for one in app.markdown]
    assert "The embassy · Mon 2 Nov 2026  \nNo objection." in texts
    assert "Civil society · Belarus" in texts
    type_in(app, risk=RiskLevel.LOW, risk_reasons="Known already.")
    save_it(app)
    assert not {"risk", "risk_reasons"} & columns(app)
    kept = only(staff_member, Case)
    assert (kept.mission_advice, kept.country, kept.risk, kept.risk_reasons) == (
        "No objection.",
        "BLR",
        RiskLevel.LOW,
        "Known already.",
    )


def test_an_answer_that_is_taken_back_is_outstanding_at_once_and_saved_with_the_rest(staff_member: Viewer) -> None:
    made = case(staff_member, "Case 1", **ANSWERS)
    app = cases(staff_member, record=made)
    assert columns(app) == set()
    assert [button for button in app.button if (button.key or "").endswith("_save")] == []
    edit(app, "mission")
    assert columns(app) == {"mission_consulted_on", "mission", "mission_advice"}
    type_in(app, mission_advice="")
    run(app)
    assert marks(app)[:1] == ["**Outstanding:** Enter which bilateral mission was consulted and what it advises."]
    save_it(app)
    kept = only(staff_member, Case)
    assert (kept.mission, kept.mission_advice, kept.risk) == ("The embassy", "", RiskLevel.MODERATE)
    assert columns(app) == {"mission_consulted_on", "mission", "mission_advice"}


def test_what_is_typed_stays_when_another_user_answers_the_question_meanwhile(
    staff_member: Viewer, head: Viewer
) -> None:
    made = case(staff_member, "Case 1", [staff_member, head])
    app = cases(staff_member, record=made)
    type_in(app, risk_reasons="Mine.")
    answers = {name: value for name, value in ANSWERS.items() if name.startswith("risk")}
    save(head, Case, answers, record_id=made, seen=1)
    run(app)
    assert app.text_area(key=f"case_{made}_risk_reasons").value == "Mine."


def test_what_is_typed_into_an_answer_is_there_again_when_its_user_comes_back(staff_member: Viewer) -> None:
    made = case(staff_member, "Case 1", **ANSWERS)
    app = edit(cases(staff_member, record=made), "mission")
    type_in(app, mission_advice="Wait.")
    run(app)
    click(app, "form_back")
    click(app, f"open_{made}")
    assert app.text_area(key=f"case_{made}_mission_advice").value == "Wait."
    assert columns(app) == {"mission_consulted_on", "mission", "mission_advice"}
    click(app, f"case_{made}_discard")
    assert columns(app) == set()


def test_a_closed_case_asks_nothing(staff_member: Viewer) -> None:
    made = case(staff_member, "Case 1", closed_on=date(2026, 9, 1), since="Released.")
    app = cases(staff_member, record=made)
    assert columns(app) == set()
    assert "Released." in [one.value for one in app.markdown]
    assert [one.value for one in app.markdown if "(#case-" in one.value] == []


def test_follow_ups_that_are_due_come_first(staff_member: Viewer) -> None:
    made = case(staff_member, "Case 1", **ANSWERS)
    for what, due in (("Call", date(2026, 11, 20)), ("Write", date(2026, 12, 24))):
        add_follow_up(staff_member, made, what=what, due=due, owner_id=staff_member.person_id)
    app = cases(staff_member, record=made)
    assert app.markdown[0].value == "**Late by 4 days**: [Call](#follow-ups)"


@pytest.mark.parametrize("kind", ["case", "reprisal"])
def test_a_contact_is_created_in_the_form_and_linked(staff_member: Viewer, head: Viewer, kind: str) -> None:
    app = cases(staff_member, new=kind)
    type_in(app, title="Code 14", **({"suggested_by": Suggester.MINISTRY} if kind == "case" else {}))
    unfold(app, f"{kind}_new_links_contacts_new")
    click(app, f"{kind}_new_links_contacts_new_create")
    save_it(app)
    made = only(staff_member, Contact)
    assert (made.title, made.sensitivity) == ("Defender 001", Sensitivity.RESTRICTED)
    with reading(staff_member) as session:
        found = session.get_one(Record, address(app, "record"))
        assert [link.other_id for link in found.links] == [made.id]
    with reading(head) as session:
        assert session.scalars(select(Contact)).all() == []


def test_a_link_that_the_form_does_not_offer_stays(staff_member: Viewer) -> None:
    proposal = save(staff_member, LanguageProposal, {"title": "PP12", "text": "Resolution", "wording": "defenders"})
    kinds = {"engagement_kind": EngagementKind.BILATERAL_MISSION, "form": EngagementForm.PHONE}
    call = save(staff_member, Engagement, {"title": "Call", "on": date(2026, 11, 2), **kinds})
    made = save(
        staff_member,
        Case,
        {"title": "Case 1", "suggested_by": Suggester.MINISTRY},
        links=[proposal, call],
        items=["gone", "session-HRC64"],
    )
    app = cases(staff_member, record=made)
    assert "Bilateral mission · Mon 2 Nov 2026" in [one.value for one in app.caption]
    edit(app, "suggestion", "links")
    type_in(app, title="Case 01", links_engagements=[])
    save_it(app)
    with reading(staff_member) as session:
        found = session.get_one(Case, made)
        assert (found.title, [link.other_id for link in found.links]) == ("Case 01", [proposal])
        assert [link.item for link in found.items] == ["gone", "session-HRC64"]


def test_the_second_of_two_editors_sees_both(staff_member: Viewer, head: Viewer) -> None:
    made = case(staff_member, "Case 1", [staff_member, head])
    app = cases(staff_member, record=made)
    save(head, Case, {"risk_reasons": "Theirs."}, record_id=made, seen=1)
    type_in(app, risk_reasons="Mine.")
    save_it(app)
    assert [one.value for one in app.error] == [
        (
            "Another user has changed this record since you opened it. Your changes are kept: compare both below, then save again."
        )
    ]
    assert app.table[0].value.to_numpy().tolist() == [["Reasons", "Mine.", "Theirs."]]
    save_it(app)
    assert only(head, Case).risk_reasons == "Mine."


def test_the_history_says_who_changed_what(staff_member: Viewer, head: Viewer) -> None:
    contact = save(
        staff_member, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER}, named=[head.person_id]
    )
    made = save(
        staff_member,
        Case,
        {"title": "Case 1", "suggested_by": Suggester.MINISTRY},
        links=[contact],
        named=[head.person_id],
    )
    save(head, Case, {"mission_consulted_on": date(2026, 11, 2)}, record_id=made, seen=1, reason="They called back.")
    app = cases(head, record=made)
    assert [one.label for one in app.expander if one.label.startswith("History")] == ["History: 5 changes"]
    told = next(frame.value for frame in app.dataframe if "Before" in frame.value.columns)
    assert told[["Who", "What", "Before", "After", "Reason"]].iloc[0].tolist() == [
        "Head",
        "Mission consulted on",
        "",
        "Mon 2 Nov 2026",
        "They called back.",
    ]
    rows = told[["What", "After"]].to_numpy().tolist()
    assert ["Link to a record added: other", "Defender 014"] in rows
    assert ["Person with access added: person", "Head"] in rows
    assert ["Suggested by", "ministry"] in rows


def test_people_without_access_see_nothing_of_it(staff_member: Viewer, head: Viewer) -> None:
    made = case(staff_member, "Zanzibar canary", country="TZA", risk_reasons="Zanzibar canary")
    account = save(staff_member, Reprisal, {"title": "Zanzibar canary", "account": "Zanzibar canary"})
    for asked in ({}, {"record": made}, {"record": account}):
        app = cases(head, **asked)
        assert [text for text in said(app) if "canary" in text] == []
        assert groups(app) == []
        assert [one.value for one in (*app.text_input, *app.text_area, *app.title) if "canary" in str(one.value)] == []
    assert said(app) == ["This case or reprisal no longer exists, or you do not have access."]
    assert [one.value for one in cases(staff_member, record=made).title] == ["Zanzibar canary"]


# --- One reprisal


def test_a_reprisal_is_reported_only_with_to_whom_and_when(staff_member: Viewer) -> None:
    app = cases(staff_member, new="reprisal")
    type_in(app, title="Reprisal 1", organisation="un-hrc", state=ReprisalState.REPORTED, account="Passport taken.")
    save_it(app)
    assert [one.value for one in app.error] == ["Enter to whom it was reported, and when."]
    type_in(app, reported_to="Special procedures", reported_on=date(2026, 10, 9), state=ReprisalState.ANSWERED)
    save_it(app)
    assert [one.value for one in app.error] == [
        "Enter the response. Until there is one, the allegation stays reported."
    ]
    type_in(app, response="Raised with the mission of the state.")
    save_it(app)
    assert [one.value for one in app.toast] == ["Reprisal saved."]
    kept = only(staff_member, Reprisal)
    assert (kept.title, kept.organisation, kept.account, kept.state, kept.sensitivity) == (
        "Reprisal 1",
        "un-hrc",
        "Passport taken.",
        ReprisalState.ANSWERED,
        Sensitivity.RESTRICTED,
    )
    assert app.caption[0].value == "Answered. Restricted: visible only to Desk. Owner: Desk."
    [dialogue] = [link for link in app.get("page_link") if link.proto.label.startswith("Log dialogue")]
    assert dialogue.proto.query_string == f"new=organisation-dialogue&with={kept.id}"


def test_a_new_reprisal_begins_with_its_first_follow_up(staff_member: Viewer, head: Viewer) -> None:
    app = cases(staff_member, new="reprisal")
    type_in(app, title="Reprisal 03", next_what="Report to the secretariat", next_due=date(2026, 12, 1))
    type_in(app, next_owner=head.person_id)
    click(app, "reprisal_new_save")
    assert len(app.error) == 1  # Head would not see the reprisal.
    type_in(app, named=[head.person_id])
    click(app, "reprisal_new_save")
    with reading(head) as session:
        (line,) = list_follow_ups(session, address(app, "record"))
    assert (line.what, line.due, line.owner_id) == ("Report to the secretariat", date(2026, 12, 1), head.person_id)

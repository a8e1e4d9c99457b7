"""Dates to confirm: what is asked for and in which order, what the page fills in, and "not announced yet"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter, build_table, horizon
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission.confirmations import (
    LONGEST_WAIT,
    LOOKS_AHEAD,
    NEAR,
    DateToConfirm,
    NotAnnouncedAnswer,
    Pressing,
    Worklist,
    answers_by_item,
    confirm_item,
    record_not_announced,
    to_confirm,
    worklist_for,
)
from calendar_model.mission.outcomes import record_held
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.database import current_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import Change, NotAnnounced, Person
from calendar_model.terms import ItemOutcome
from calendar_model.vocabulary import Kind, Precision, Standing
from tests.day import TODAY
from tests.project_calendar import project_reference, project_table

SOURCE = "https://www.ohchr.org/en/hr-bodies/hrc/sessions"
SESSION = "session-HRC64"
REFERENCE = project_reference()
TABLE = project_table()
LISTED = to_confirm(TABLE, REFERENCE, TODAY)


def line(item: str, listed: Worklist = LISTED) -> DateToConfirm:
    (found,) = [one for one in (*listed.open, *listed.waiting) if one.item == item]
    return found


def items(listed: Worklist) -> list[str]:
    return [one.item for one in listed.open]


def row(item: str) -> Any:
    _, table = calendar_for(ANONYMOUS)
    return table[table["item"] == item].iloc[0]


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in refusal.value.problems]


# --- What is on the list


def test_a_coming_session_has_its_expected_days_and_the_page_of_its_body() -> None:
    found = line(SESSION)
    assert (found.start, found.end) == (date(2027, 2, 22), date(2027, 3, 30))
    assert (found.pressing, found.days, found.outcome) == (Pressing.COMING, 90, ItemOutcome.CONFIRMED)
    assert found.website_of == "un-hrc"
    assert found.website == REFERENCE.organisations["un-hrc"].website


def test_the_page_is_that_of_the_nearest_organisation_that_has_one(table: pd.DataFrame) -> None:
    without = replace(
        REFERENCE,
        organisations={
            code: one.model_copy(update={"website": ""}) if code == "un-hrc" else one
            for code, one in REFERENCE.organisations.items()
        },
    )
    found = line(SESSION, to_confirm(table, without, TODAY))
    assert found.website_of == next(
        code for code in REFERENCE.lineage("un-hrc")[1:] if REFERENCE.organisations[code].website
    )


def test_what_has_passed_is_to_be_recorded_as_held() -> None:
    found = line("session-UPR53")
    assert (found.pressing, found.outcome) == (Pressing.JUST_PAST, ItemOutcome.HELD)
    assert found.days == (TODAY - date(2026, 11, 20)).days


def test_a_text_is_listed_but_has_no_days_to_confirm() -> None:
    found = line("ga-resolution-GA81")
    assert (found.kind, found.outcome, found.pressing) == (Kind.RESOLUTION, None, Pressing.DUE)


def test_deadlines_that_follow_by_a_rule_are_left_out_and_those_set_each_time_are_not() -> None:
    listed = set(items(LISTED))
    assert "deadline-csw-ngo-registration-csw-2027" in listed
    assert "deadline-hrc-organisational-meeting-HRC64" in set(TABLE["item"])
    assert "deadline-hrc-organisational-meeting-HRC64" not in listed


def test_reviews_wait_for_their_session(staff_member: Viewer) -> None:
    assert not any(one.kind is Kind.UPR_REVIEW for one in LISTED.open)
    record_held(staff_member, "session-UPR53", date(2026, 11, 2), date(2026, 11, 13), source_url=SOURCE)
    reviews = [one for one in worklist_for(ANONYMOUS).open if one.kind is Kind.UPR_REVIEW]
    assert len(reviews) == 14
    assert all(one.is_one_day and one.outcome is ItemOutcome.HELD for one in reviews)


def test_a_meeting_without_an_edition_for_years_comes_last() -> None:
    stale = [one for one in LISTED.open if one.pressing is Pressing.STALE]
    assert stale
    assert list(LISTED.open[-len(stale) :]) == stale
    assert [one.last_year for one in stale] == sorted((one.last_year or 0 for one in stale), reverse=True)
    assert all(one.row is None and one.start is None and one.outcome is None for one in stale)


def test_provisional_days_are_asked_for_once_more_before_they_come(
    staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm_item(staff_member, SESSION, date(2027, 2, 22), date(2027, 3, 30), source_url=SOURCE, provisional=True)
    assert row(SESSION)["standing"] == Standing.PROVISIONAL
    assert SESSION not in items(worklist_for(ANONYMOUS))
    monkeypatch.setenv(TODAY_VARIABLE, (date(2027, 2, 22) - NEAR).isoformat())
    assert SESSION in items(worklist_for(ANONYMOUS))


def test_the_filter_narrows_it() -> None:
    def kept(**fields: Any) -> Worklist:
        chosen = Filter(**fields)
        return LISTED.kept_by(chosen, list(chosen.apply(TABLE, REFERENCE)["item"]), REFERENCE)

    assert kept().open == LISTED.open
    osce = kept(organisations=("osce",))
    assert {one.pressing for one in osce.open} >= {Pressing.STALE}
    assert all(one.body.startswith("osce") for one in osce.open)
    assert not any(one.pressing is Pressing.STALE for one in kept(kinds=("session",)).open)
    assert items(kept(text="hrc64 council 64th"))[0] == SESSION


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2027, 1, 15), date(2027, 4, 1)])
def test_the_most_pressing_come_first(day: date) -> None:
    listed = to_confirm(build_table(REFERENCE, day, horizon(day)), REFERENCE, day).open
    order = list(Pressing)
    ranks = [order.index(one.pressing) for one in listed]
    assert ranks == sorted(ranks)
    for pressing in order[:-1]:
        days = [one.days for one in listed if one.pressing is pressing]
        assert days == sorted(days)
    for one in listed:
        if one.pressing is Pressing.COMING:
            assert NEAR.days < one.days <= LOOKS_AHEAD.days
        assert day < one.ask_again_on <= day + LONGEST_WAIT
        if one.row is not None:
            assert one.row["standing"] not in (Standing.CONFIRMED, Standing.HELD, Standing.CANCELLED)
            is_window = Precision(one.row["date_precision"]).is_window
            assert (one.start is None) == is_window


@given(notice=st.integers(0, 400))
@settings(max_examples=12)
def test_a_body_that_usually_has_announced_by_now_is_due(notice: int) -> None:
    """The notice only ever makes an item more pressing, and bounds when to ask again."""
    found = line(
        SESSION, to_confirm(TABLE, REFERENCE, TODAY, notice_of=lambda _, body: notice if body == "un-hrc" else None)
    )
    assert found.usual_notice == notice
    assert found.pressing is (Pressing.DUE if notice >= found.days else Pressing.COMING)
    usual = TODAY + timedelta(days=found.days - max(notice, NEAR.days))
    assert found.ask_again_on == min(max(usual, TODAY + timedelta(days=7)), TODAY + LONGEST_WAIT)


# --- Confirming


def test_a_confirmed_session_leaves_the_list_and_its_deadlines_move(staff_member: Viewer) -> None:
    deadline = "deadline-hrc-organisational-meeting-HRC64"
    before = row(deadline), row(SESSION)
    confirm_item(staff_member, SESSION, date(2027, 3, 1), date(2027, 4, 2), source_url=SOURCE)
    assert SESSION not in items(worklist_for(ANONYMOUS))
    assert row(deadline)["start"] - before[0]["start"] == timedelta(days=7)
    assert row(SESSION)["sequence"] > before[1]["sequence"]
    reference, _ = calendar_for(ANONYMOUS)
    assert reference.sessions["HRC64"].known_from == TODAY


def test_what_was_held_has_no_day_of_announcement(staff_member: Viewer) -> None:
    confirm_item(staff_member, "session-UPR53", date(2026, 11, 2), date(2026, 11, 13), source_url=SOURCE)
    reference, _ = calendar_for(ANONYMOUS)
    assert reference.sessions["UPR53"].known_from is None
    assert row("session-UPR53")["standing"] == Standing.HELD


def test_what_has_passed_is_not_provisional(staff_member: Viewer) -> None:
    with pytest.raises(Refused) as refused:
        confirm_item(staff_member, "session-UPR53", date(2026, 11, 2), source_url=SOURCE, provisional=True)
    assert codes(refused) == [("confirm-past-provisional", "provisional")]


# --- Not announced yet


@pytest.fixture
def fictional() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Fictional", "sample": True}))


def answers(who: Viewer = ANONYMOUS) -> dict[str, NotAnnouncedAnswer]:
    with reading(who) as session:
        return answers_by_item(session)


def test_an_item_is_out_of_the_list_until_the_day_to_ask_again(
    staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = record_not_announced(staff_member, SESSION, note="The programme is expected in January.")
    listed = worklist_for(ANONYMOUS)
    assert SESSION not in items(listed)
    assert [(one.item, one.answer) for one in listed.waiting] == [
        (
            SESSION,
            NotAnnouncedAnswer(
                SESSION, TODAY, again, staff_member.person_id, "The programme is expected in January.", ""
            ),
        )
    ]
    assert again == line(SESSION).ask_again_on
    monkeypatch.setenv(TODAY_VARIABLE, again.isoformat())
    assert SESSION in items(worklist_for(ANONYMOUS))


def test_a_later_answer_takes_the_place_of_the_first_and_the_history_keeps_both(
    staff_member: Viewer, other: Viewer
) -> None:
    record_not_announced(staff_member, SESSION, date(2026, 12, 1))
    record_not_announced(other, SESSION, date(2027, 1, 10), source_url=SOURCE)
    (answer,) = answers().values()
    assert (answer.ask_again_on, answer.person_id, answer.source_url) == (date(2027, 1, 10), other.person_id, SOURCE)
    with reading(staff_member) as session:
        lines = session.scalars(select(Change).where(Change.table == "not_announced").order_by(Change.number)).all()
    assert [one.action for one in lines] == ["create", "update"]
    assert verify(current_workspace()).problems == ()


@pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, False), (1, True), (92, True), (93, False)])
def test_it_is_asked_again_after_today_and_within_three_months(staff_member: Viewer, days: int, *, fits: bool) -> None:
    again = TODAY + timedelta(days=days)
    if fits:
        assert record_not_announced(staff_member, SESSION, again) == again
    else:
        with pytest.raises(Refused) as refused:
            record_not_announced(staff_member, SESSION, again)
        assert codes(refused) == [("confirm-ask-again-out-of-bounds", "ask_again_on")]


@pytest.mark.parametrize(
    ("item", "columns", "code"),
    [
        ("session-HRC61", {}, "confirm-not-listed"),
        ("nothing", {}, "confirm-not-listed"),
        (SESSION, {"source_url": "by telephone"}, "correction-source-malformed"),
        (SESSION, {"note": "x" * 3000}, "text-too-long"),
    ],
)
def test_what_does_not_fit_is_refused(staff_member: Viewer, item: str, columns: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        record_not_announced(staff_member, item, **columns)  # type: ignore[arg-type]
    assert [one for one, _ in codes(refused)] == [code]
    assert answers() == {}


def test_nobody_and_the_sample_answer_nothing(fictional: Viewer) -> None:
    for who, code in ((ANONYMOUS, "no-actor"), (fictional, "confirm-sample")):
        with pytest.raises(Refused) as refused:
            record_not_announced(who, SESSION)
        assert [one for one, _ in codes(refused)] == [code]


def test_a_script_cannot_answer_for_another_or_turn_an_answer_to_another_item(
    staff_member: Viewer, other: Viewer
) -> None:
    columns = {"item": SESSION, "asked_on": TODAY, "ask_again_on": TODAY + timedelta(days=7)}
    with pytest.raises(Refused), writing(staff_member) as session:
        session.add(NotAnnounced(**columns, person_id=other.person_id))
    record_not_announced(staff_member, SESSION)
    with pytest.raises(Refused) as refused, writing(staff_member) as session:
        session.scalars(select(NotAnnounced)).one().item = "session-HRC65"
    assert codes(refused) == [("confirm-answer-of-another-item", "item")]
    with pytest.raises(Refused) as refused, writing(staff_member) as session:
        session.scalars(select(NotAnnounced)).one().asked_on = TODAY + timedelta(days=5)
    assert codes(refused) == [("day-to-come", "asked_on")]


def test_a_stale_meeting_can_wait_too(staff_member: Viewer) -> None:
    item = next(one.item for one in LISTED.open if one.pressing is Pressing.STALE)
    record_not_announced(staff_member, item)
    listed = worklist_for(ANONYMOUS)
    assert [one.item for one in listed.waiting] == [item]
    assert item not in items(listed)

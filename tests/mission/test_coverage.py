"""What is expected around an item: which, by when, and what meets it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Item, to_frame
from calendar_model.mission.coverage import (
    COLUMNS,
    EXPECTED,
    WEEKS,
    Action,
    ActionKind,
    FindingCode,
    ItemWork,
    Readiness,
    count_states,
    coverage,
    readiness,
    work_by_item,
)
from calendar_model.mission.coverage.expectations import MET_BY_ENGAGEMENTS, kind_to_log
from calendar_model.reference import Reference
from calendar_model.store.database import open_workspace
from calendar_model.store.models import (
    Access,
    Base,
    Case,
    Engagement,
    FollowUp,
    FurtherKind,
    ItemLink,
    Person,
    Record,
    RecordLink,
    Statement,
)
from calendar_model.terms import (
    EngagementForm,
    EngagementKind,
    EngagementTraits,
    Expectation,
    ReadinessState,
    RiskLevel,
    StatementFormat,
    StatementState,
    Suggester,
)
from calendar_model.vocabulary import Confidence, Kind, Precision, Sensitivity, Standing
from tests.day import TODAY


def dated(item: str, kind: Kind, start: date, end: date | None = None, **fields: Any) -> Item:
    given_: dict[str, Any] = {
        "title": item,
        "body": "un-hrc",
        "date_precision": Precision.DAY,
        "standing": Standing.CONFIRMED,
        "confidence": Confidence.SOURCED,
        "basis": "By hand.",
        "updated": TODAY,
    }
    return Item(item=item, kind=kind, start=start, end=end or start, **{**given_, **fields})


ITEMS = [
    dated(
        "text",
        Kind.RESOLUTION,
        date(2027, 4, 1),
        session="HRC64",
        related_to="session-HRC64",
    ),
    dated(
        "deadline-hrc-tabling-HRC64",
        Kind.DEADLINE,
        date(2027, 3, 18),
        related_to="session-HRC64",
    ),
    dated("review", Kind.UPR_REVIEW, date(2027, 1, 26), body="un-hrc-upr", related_to="session-UPR54"),
    dated("vague", Kind.UPR_REVIEW, date(2027, 1, 1), date(2027, 2, 28), date_precision=Precision.MONTH),
    dated("past", Kind.UPR_REVIEW, date(2026, 11, 6), standing=Standing.HELD),
    dated("long-past", Kind.UPR_REVIEW, date(2026, 8, 25), standing=Standing.HELD),
    dated("off", Kind.UPR_REVIEW, date(2027, 1, 27), standing=Standing.CANCELLED),
    dated("far", Kind.UPR_REVIEW, date(2027, 11, 25)),
    dated("event-0a", Kind.SIDE_EVENT, date(2027, 3, 3)),
    dated("event-0b", Kind.MEETING, date(2026, 11, 10), standing=Standing.HELD),
    dated("warsaw", Kind.MEETING, date(2027, 10, 4), body="osce-odihr"),
    dated("women", Kind.MEETING, date(2027, 3, 8), body="un-csw"),
    dated("session-HRC64", Kind.SESSION, date(2027, 2, 22), date(2027, 4, 2)),
    dated("session-UPR54", Kind.SESSION, date(2027, 1, 18), date(2027, 1, 29), body="un-hrc-upr"),
    dated("defenders-day", Kind.OBSERVANCE, date(2026, 12, 9)),
    dated("term", Kind.MANDATE_HOLDER, date(2027, 5, 1)),
    dated("step", Kind.MILESTONE, date(2027, 5, 1)),
]


@pytest.fixture(scope="module")
def items(reference: Reference) -> pd.DataFrame:
    return to_frame(ITEMS, reference, TODAY)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Person(id="a", name="A"))
        session.flush()
        yield session
    engine.dispose()


def common(item: str | None, **fields: Any) -> dict[str, Any]:
    links = [ItemLink(item=item)] if item else []
    return {"title": "T", "sensitivity": Sensitivity.INTERNAL, "owner_id": "a", "items": links, **fields}


def engaged(kind: EngagementKind, on: date, item: str = "review", **fields: Any) -> Engagement:
    return Engagement(engagement_kind=kind, on=on, form=EngagementForm.ONLINE, **common(item, **fields))


def text(state: StatementState, item: str = "review", **fields: Any) -> Statement:
    return Statement(format=StatementFormat.STATEMENT, state=state, **common(item, **fields))


def case(item: str | None = None, **fields: Any) -> Case:
    return Case(suggested_by=Suggester.MINISTRY, **common(item, **fields))


def keep(session: Session, *records: Record) -> None:
    session.add_all(records)
    session.flush()


def covered(session: Session, items: pd.DataFrame, today: date = TODAY, until: date | None = None) -> pd.DataFrame:
    return coverage(session, items, calendar.current()[0], today, until=until)


def around(session: Session, items: pd.DataFrame, item: str, today: date = TODAY) -> list[Readiness]:
    return readiness(session, item, items, calendar.current()[0], today)


def work(session: Session, items: pd.DataFrame, today: date = TODAY) -> dict[str, ItemWork]:
    return work_by_item(session, items, calendar.current()[0], today)


Found = tuple[ReadinessState, FindingCode, dict[str, Any]]


def found(session: Session, items: pd.DataFrame, item: str, today: date = TODAY) -> dict[str, Found]:
    """By expectation its state and what was found of it, without the expectation's own name."""
    return {
        str(one.expectation): (
            one.state,
            one.finding,
            {name: value for name, value in one.details.items() if name != "expectation"},
        )
        for one in around(session, items, item, today)
    }


def one(session: Session, items: pd.DataFrame, item: str, of: Expectation, today: date = TODAY) -> Readiness:
    return next(found for found in around(session, items, item, today) if found.expectation is of)


def test_every_expectation_is_timed_and_belongs_to_an_item() -> None:
    assert set(WEEKS) == set(Expectation)
    assert {e for expected in EXPECTED.values() for e in expected.expectations} == set(Expectation)


def test_every_kind_of_engagement_is_explained_and_offered_where_it_is_expected() -> None:
    assert len({kind.traits.meaning for kind in EngagementKind} - {""}) == len(EngagementKind)
    offered = {kind_to_log(expectation) for expectation in MET_BY_ENGAGEMENTS}
    assert {kind.traits.log_label for kind in offered}.isdisjoint({EngagementTraits().log_label})


def test_what_is_expected_around_which_kind_of_item(session: Session, items: pd.DataFrame) -> None:
    frame = covered(session, items, until=date(2027, 12, 31))
    assert frame.groupby("item")["expectation"].agg(" ".join).to_dict() == {
        "text": "consulted participation draft cleared",
        "review": "consulted bilateral draft cleared",
        "vague": "consulted bilateral draft cleared",
        "far": "consulted bilateral draft cleared",
        "event-0a": "consulted participation",
        "event-0b": "follow-up",
        "warsaw": "consulted dialogue",
        "session-HRC64": "consulted dialogue",
    }


def test_the_horizon_is_a_year_and_cancelled_items_are_left_out(session: Session, items: pd.DataFrame) -> None:
    frame = covered(session, items)
    assert list(frame.columns) == list(COLUMNS)
    assert list(dict.fromkeys(frame["item"])) == [
        "event-0b",
        "review",
        "vague",
        "session-HRC64",
        "event-0a",
        "text",
        "warsaw",
    ]


def test_an_empty_table_has_the_columns_and_no_rows(session: Session, items: pd.DataFrame) -> None:
    frame = covered(session, items[:0])
    assert (list(frame.columns), len(frame), work(session, items[:0])) == (list(COLUMNS), 0, {})
    assert around(session, items, "nowhere") == []


def test_days_are_counted_from_the_item_or_from_its_own_deadline(session: Session, items: pd.DataFrame) -> None:
    by = {m.expectation: m.by for m in around(session, items, "text")}
    assert by == {
        Expectation.CONSULTED: date(2027, 2, 4),
        Expectation.PARTICIPATION: date(2027, 1, 21),
        Expectation.DRAFT: date(2027, 2, 18),
        Expectation.CLEARED: date(2027, 3, 11),
    }
    assert one(session, items, "review", Expectation.DRAFT).by == date(2026, 12, 29)


@pytest.mark.parametrize(
    ("code", "item", "draft", "cleared"),
    [
        # The day of the review is known, so its own deadline is: 10 working days before, 12 January.
        ("upr-advance-questions-UPR54", "session-UPR54", date(2026, 12, 29), date(2027, 1, 5)),
        ("upr-advance-questions-review", "review", date(2026, 12, 29), date(2027, 1, 5)),
    ],
)
def test_advance_questions_are_due_before_their_deadline(
    session: Session, reference: Reference, code: str, item: str, draft: date, cleared: date
) -> None:
    due = dated(f"deadline-{code}", Kind.DEADLINE, date(2027, 1, 12), related_to=item)
    by = {m.expectation: m.by for m in around(session, to_frame([*ITEMS, due], reference, TODAY), "review")}
    assert (by[Expectation.DRAFT], by[Expectation.CLEARED]) == (draft, cleared)


def test_a_plenary_text_is_tabled_in_the_committee(session: Session, table: pd.DataFrame) -> None:
    cleared = one(session, table, "ga-resolution-GA84", Expectation.CLEARED)
    due = table[(table["item"] == "deadline-ga-c3-tabling-GA3C-84").to_numpy()].iloc[0]["start"].date()
    assert cleared.by == due - timedelta(weeks=1)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 11, 16), ReadinessState.OPEN),
        (date(2026, 11, 17), ReadinessState.DUE_SOON),
        (date(2026, 12, 1), ReadinessState.DUE_SOON),
        (date(2026, 12, 2), ReadinessState.LATE),
        (date(2027, 1, 26), ReadinessState.LATE),
    ],
)
def test_open_due_soon_late(session: Session, items: pd.DataFrame, today: date, state: ReadinessState) -> None:
    consulted = one(session, items, "review", Expectation.CONSULTED, today)
    assert (consulted.state, consulted.finding) == (state, FindingCode.NOT_ENGAGED)
    assert (consulted.by, consulted.by_precision) == (date(2026, 12, 1), Precision.DAY)
    assert consulted.by_passed is (state is ReadinessState.LATE)


VAGUE = {
    date(2026, 10, 1): (ReadinessState.OPEN, False),
    date(2026, 11, 1): (ReadinessState.DUE_SOON, False),
    date(2026, 12, 31): (ReadinessState.DUE_SOON, True),
    date(2027, 1, 1): (ReadinessState.LATE, True),
}


def test_nothing_counted_from_a_window_is_late_before_it_opens(session: Session, items: pd.DataFrame) -> None:
    consulted = {day: one(session, items, "vague", Expectation.CONSULTED, day) for day in VAGUE}
    assert {day: (one.state, one.by_passed) for day, one in consulted.items()} == VAGUE
    assert {(one.by, one.by_precision) for one in consulted.values()} == {(date(2026, 11, 6), Precision.MONTH)}


def test_a_consultation_counts_once_its_day_has_come_and_not_after_the_item(
    session: Session, items: pd.DataFrame
) -> None:
    keep(session, engaged(EngagementKind.CONSULTED, date(2027, 1, 27)))
    assert found(session, items, "review")["consulted"][1] is FindingCode.NOT_ENGAGED
    keep(session, engaged(EngagementKind.CONSULTED, date(2026, 11, 26)))
    assert found(session, items, "review")["consulted"] == (
        ReadinessState.DUE_SOON,
        FindingCode.ENGAGEMENT_PLANNED,
        {"on": date(2026, 11, 26)},
    )
    keep(
        session,
        engaged(EngagementKind.CONSULTED, date(2026, 3, 2), id="c1"),
        engaged(EngagementKind.CONSULTED, date(2026, 2, 2), id="c0"),
    )
    assert found(session, items, "review")["consulted"] == (
        ReadinessState.DONE,
        FindingCode.ENGAGED,
        {"count": 2, "last": date(2026, 3, 2)},
    )
    consulted = one(session, items, "review", Expectation.CONSULTED)
    assert (consulted.records, consulted.action) == (("c0", "c1"), None)


def test_an_invitation_is_contact_and_gets_one_to_an_event_of_ours(session: Session, items: pd.DataFrame) -> None:
    keep(
        session,
        engaged(EngagementKind.INVITED, date(2026, 11, 2)),
        engaged(EngagementKind.INVITED, date(2026, 11, 2), "event-0a"),
    )
    assert found(session, items, "review")["consulted"][1:] == (FindingCode.INVITED_ONLY, {"count": 1})
    assert found(session, items, "event-0a") == {
        "consulted": (ReadinessState.OPEN, FindingCode.INVITED_ONLY, {"count": 1}),
        "participation": (ReadinessState.DONE, FindingCode.ENGAGED, {"count": 1, "last": date(2026, 11, 2)}),
    }


@pytest.mark.parametrize(
    ("kind", "item", "expectation"),
    [
        ("bilateral-mission", "review", "bilateral"),
        ("country-desk", "review", "bilateral"),
        ("participation-supported", "text", "participation"),
        ("organisation-dialogue", "warsaw", "dialogue"),
    ],
)
def test_what_meets_what(session: Session, items: pd.DataFrame, kind: str, item: str, expectation: str) -> None:
    keep(session, engaged(EngagementKind(kind), date(2026, 11, 2), item))
    states = found(session, items, item)
    assert {name for name, (state, *_) in states.items() if state is ReadinessState.DONE} == {expectation}
    assert states[expectation][1:] == (FindingCode.ENGAGED, {"count": 1, "last": date(2026, 11, 2)})


@pytest.mark.parametrize(
    ("states", "draft", "cleared"),
    [
        ([], (FindingCode.NO_DRAFT, {}), (FindingCode.NOTHING_TO_CLEAR, {})),
        (["dropped"], (FindingCode.NO_DRAFT, {}), (FindingCode.NOTHING_TO_CLEAR, {})),
        (
            ["idea"],
            (FindingCode.IDEA_ONLY, {}),
            (FindingCode.NOT_CLEARED, {"cleared": 0, "count": 1, "furthest": "idea"}),
        ),
        (
            ["draft"],
            (FindingCode.DRAFTED, {"count": 1, "furthest": "draft"}),
            (FindingCode.NOT_CLEARED, {"cleared": 0, "count": 1, "furthest": "draft"}),
        ),
        (
            ["consultation"],
            (FindingCode.DRAFTED, {"count": 1, "furthest": "consultation"}),
            (FindingCode.NOT_CLEARED, {"cleared": 0, "count": 1, "furthest": "consultation"}),
        ),
        (
            ["cleared"],
            (FindingCode.DRAFTED, {"count": 1, "furthest": "cleared"}),
            (FindingCode.CLEARED, {"count": 1}),
        ),
        (
            ["cleared", "dropped"],
            (FindingCode.DRAFTED, {"count": 1, "furthest": "cleared"}),
            (FindingCode.CLEARED, {"count": 1}),
        ),
        (
            ["draft", "delivered"],
            (FindingCode.DRAFTED, {"count": 2, "furthest": "delivered"}),
            (FindingCode.NOT_CLEARED, {"cleared": 1, "count": 2, "furthest": "draft"}),
        ),
        (
            ["cleared", "followed-up"],
            (FindingCode.DRAFTED, {"count": 2, "furthest": "followed-up"}),
            (FindingCode.CLEARED, {"count": 2}),
        ),
    ],
)
def test_texts(
    session: Session,
    items: pd.DataFrame,
    states: list[str],
    draft: tuple[FindingCode, dict[str, Any]],
    cleared: tuple[FindingCode, dict[str, Any]],
) -> None:
    keep(session, *(text(StatementState(state)) for state in states))
    of_review = found(session, items, "review")
    assert (of_review["draft"][1:], of_review["cleared"][1:]) == (draft, cleared)


def test_a_day_is_marked_by_a_text_only_if_one_is_begun(session: Session, items: pd.DataFrame) -> None:
    assert found(session, items, "defenders-day") == {}
    keep(session, text(StatementState.IDEA, "defenders-day"))
    assert {name: state for name, (state, *_) in found(session, items, "defenders-day").items()} == {
        "draft": ReadinessState.LATE,
        "cleared": ReadinessState.DUE_SOON,
    }


@pytest.mark.parametrize("where", ["item", "statement's link", "case's link"])
def test_the_risk_of_every_case_is_asked_for(session: Session, items: pd.DataFrame, where: str) -> None:
    statement = text(StatementState.DRAFT, id="s")
    raised = case("review" if where == "item" else None, id="k")
    keep(session, statement, raised)
    if where == "statement's link":
        keep(session, RecordLink(record_id="s", other_id="k"))  # type: ignore[arg-type]
    elif where == "case's link":
        keep(session, RecordLink(record_id="k", other_id="s"))  # type: ignore[arg-type]
    risks = one(session, items, "review", Expectation.RISKS)
    assert (risks.finding, risks.details) == (FindingCode.RISKS_NOT_ASSESSED, {"assessed": 0, "count": 1})
    assert (risks.by, risks.action) == (date(2027, 1, 12), Action(ActionKind.OPEN_CASE, "k"))
    raised.risk, raised.risk_reasons = RiskLevel.HIGH, "Watched."
    session.flush()
    assert one(session, items, "review", Expectation.RISKS).state is ReadinessState.OPEN
    raised.risk_mitigation = "No name."
    keep(session, case("review", id="l"))
    risks = one(session, items, "review", Expectation.RISKS)
    assert (risks.details, risks.records) == ({"assessed": 1, "count": 2}, ("k",))


def test_a_case_in_a_text_that_was_dropped_asks_for_nothing(session: Session, items: pd.DataFrame) -> None:
    keep(session, text(StatementState.DROPPED, id="s"), case(id="k"))
    keep(session, RecordLink(record_id="s", other_id="k"))  # type: ignore[arg-type]
    assert set(found(session, items, "review")) == {"consulted", "bilateral", "draft", "cleared"}


def test_what_is_over_can_only_be_followed_up(session: Session, items: pd.DataFrame) -> None:
    assert found(session, items, "past") == {}
    keep(session, engaged(EngagementKind.CONSULTED, date(2026, 10, 1), "past", id="e"))
    assert found(session, items, "past") == {
        "consulted": (ReadinessState.DONE, FindingCode.ENGAGED, {"count": 1, "last": date(2026, 10, 1)}),
        "follow-up": (ReadinessState.DUE_SOON, FindingCode.NOT_FOLLOWED_UP, {}),
    }
    assert one(session, items, "past", Expectation.FOLLOW_UP).by == date(2026, 12, 4)
    session.add(FollowUp(record_id="e", what="Write", due=date(2026, 11, 20), owner_id="a"))
    session.flush()
    assert found(session, items, "past")["follow-up"] == (
        ReadinessState.LATE,
        FindingCode.FOLLOW_UPS_OPEN,
        {"count": 1},
    )
    follow_up = one(session, items, "past", Expectation.FOLLOW_UP)
    assert (follow_up.by, follow_up.action) == (date(2026, 11, 20), Action(ActionKind.OPEN_FOLLOW_UPS, "e"))
    session.scalars(sa.select(FollowUp)).one().done_on = date(2026, 11, 23)
    session.flush()
    assert found(session, items, "past")["follow-up"] == (
        ReadinessState.DONE,
        FindingCode.FOLLOWED_UP,
        {"last": date(2026, 11, 23)},
    )


def test_what_was_done_before_an_item_does_not_follow_it_up(session: Session, items: pd.DataFrame) -> None:
    before = FollowUp(what="Book", due=date(2026, 11, 1), done_on=date(2026, 11, 1), owner_id="a")
    keep(session, engaged(EngagementKind.CONSULTED, date(2026, 10, 1), "past", follow_ups=[before]))
    assert found(session, items, "past")["follow-up"][1] is FindingCode.NOT_FOLLOWED_UP
    keep(session, engaged(EngagementKind.ATTENDED_THEIR_EVENT, date(2026, 11, 7), "past"))
    assert found(session, items, "past")["follow-up"][1:] == (
        FindingCode.FOLLOWED_UP,
        {"last": date(2026, 11, 7)},
    )


def test_a_statement_that_was_followed_up_follows_its_item_up(session: Session, items: pd.DataFrame) -> None:
    keep(session, text(StatementState.FOLLOWED_UP, "past", id="s"))
    assert found(session, items, "past")["follow-up"][1:] == (FindingCode.FOLLOWED_UP, {"last": None})


def test_the_follow_ups_of_our_own_event_are_those_of_its_record(session: Session, items: pd.DataFrame) -> None:
    assert found(session, items, "event-0b") == {
        "follow-up": (ReadinessState.DUE_SOON, FindingCode.NOT_FOLLOWED_UP, {})
    }
    keep(session, text(StatementState.DRAFT, "elsewhere", id="0b"))
    session.add(FollowUp(record_id="0b", what="Thank", due=date(2026, 12, 1), done_on=TODAY, owner_id="a"))
    session.flush()
    assert found(session, items, "event-0b")["follow-up"][1:] == (FindingCode.FOLLOWED_UP, {"last": TODAY})


def test_only_what_is_tied_to_the_item_itself_counts(session: Session, items: pd.DataFrame) -> None:
    before = covered(session, items)
    keep(session, engaged(EngagementKind.CONSULTED, date(2026, 11, 2), "session-UPR54"))
    pd.testing.assert_frame_equal(covered(session, items), before)


def test_the_table_and_one_item_say_the_same(session: Session, items: pd.DataFrame) -> None:
    keep(session, engaged(EngagementKind.CONSULTED, date(2026, 11, 2)), text(StatementState.DRAFT))
    frame = covered(session, items)
    rows: Any = frame[(frame["item"] == "review").to_numpy()].to_dict("records")
    names = [name for name in COLUMNS if name in Readiness.__annotations__]
    assert [
        {**{name: row[name] for name in names}, "by": row["by"].date(), "records": tuple(row["records"].split())}
        for row in rows
    ] == [vars(one) for one in around(session, items, "review")]


def test_what_to_open(session: Session, items: pd.DataFrame) -> None:
    frame = covered(session, items)
    assert {
        (r["item"], r["expectation"]): (str(r["action"].kind), r["action"].target)
        for r in frame.to_dict("records")
        if r["item"] in ("text", "vague", "event-0b")
    } == {
        ("event-0b", "follow-up"): ("log-engagement", "consulted"),
        ("vague", "consulted"): ("log-engagement", "consulted"),
        ("vague", "bilateral"): ("log-engagement", "bilateral-mission"),
        ("vague", "draft"): ("start-statement", "upr-recommendation"),
        ("vague", "cleared"): ("start-statement", "upr-recommendation"),
        ("text", "consulted"): ("log-engagement", "consulted"),
        ("text", "participation"): ("log-engagement", "participation-supported"),
        ("text", "draft"): ("start-statement", "resolution-text"),
        ("text", "cleared"): ("start-statement", "resolution-text"),
    }


def test_what_is_linked_is_counted_for_the_timeline(session: Session, items: pd.DataFrame) -> None:
    assert work(session, items, date(2026, 12, 2)) == {}
    assert work(session, items, date(2027, 1, 27)) == dict.fromkeys(
        ("event-0a", "event-0b", "text"), ItemWork(behind=True)
    )
    keep(
        session,
        engaged(EngagementKind.PUBLIC_SUPPORT, date(2026, 11, 2), "text"),
        engaged(EngagementKind.PUBLIC_SUPPORT, date(2026, 11, 3), "text"),
        text(StatementState.CONSULTATION, "text"),
        text(StatementState.DELIVERED, "text"),
        text(StatementState.IDEA, "text"),
        text(StatementState.DROPPED, "far"),
        engaged(EngagementKind.CONSULTED, date(2026, 11, 2), "long-past"),
        engaged(EngagementKind.CONSULTED, date(2026, 11, 2), "not in the table"),
    )
    assert work(session, items) == {
        "long-past": ItemWork(engagements=1),
        "text": ItemWork(engagements=2, drafts=1, cleared=1),
    }
    assert work(session, items, date(2027, 1, 27))["text"].behind


def test_ours_is_what_the_mission_has_taken_up(session: Session, items: pd.DataFrame) -> None:
    def ours() -> set[str]:
        frame = covered(session, items, until=date(2027, 12, 31))
        return set(frame.loc[frame["ours"].to_numpy(), "item"])

    assert ours() == {"text", "event-0a", "event-0b"}
    keep(session, engaged(EngagementKind.PUBLIC_SUPPORT, date(2026, 11, 2), "warsaw"))
    assert ours() == {"text", "event-0a", "event-0b", "warsaw"}


def test_counts_leave_out_what_does_not_occur() -> None:
    assert count_states(["late", "open", "late"]) == {ReadinessState.OPEN: 1, ReadinessState.LATE: 2}


def test_everybody_counts_what_they_may_see(tmp_path: Any, items: pd.DataFrame) -> None:
    workspace = open_workspace(f"sqlite:///{tmp_path}/w/workspace.sqlite")
    engine = sa.create_engine(workspace.url)
    with Session(engine) as plain:
        plain.add_all([Person(id="a", name="A"), Person(id="b", name="B")])
        plain.flush()
        restricted: dict[str, Any] = {"sensitivity": Sensitivity.RESTRICTED, "named": [Access(person_id="b")]}
        plain.add_all(
            [
                engaged(EngagementKind.CONSULTED, date(2026, 11, 2), **restricted),
                case("review", **{**restricted, "named": [Access(person_id="b")]}),
                engaged(EngagementKind.BILATERAL_MISSION, date(2026, 11, 2)),
            ]
        )
        plain.commit()
    engine.dispose()
    seen, engagements_seen = {}, {}
    for name, viewer in (("anybody", ANONYMOUS), ("a", member("a")), ("b", member("b"))):
        with reading(viewer, workspace) as session:
            of_review = found(session, items, "review").items()
            seen[name] = [e for e, (state, *_) in of_review if state is ReadinessState.DONE or e == "risks"]
            engagements_seen[name] = work(session, items).get("review", ItemWork()).engagements
    workspace.close()
    assert seen == {"anybody": [], "a": ["bilateral"], "b": ["consulted", "bilateral", "risks"]}
    assert engagements_seen == {"anybody": 0, "a": 1, "b": 2}


RANK = [ReadinessState.LATE, ReadinessState.DUE_SOON, ReadinessState.OPEN, ReadinessState.DONE]
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
linked = st.sampled_from(["review", "vague", "text", "past", "event-0a", "warsaw"])
engagements = st.builds(engaged, st.sampled_from(EngagementKind), days, linked)
texts = st.builds(text, st.sampled_from(StatementState), linked)


def states(found: pd.DataFrame) -> dict[tuple[str, str], ReadinessState]:
    return {(r["item"], r["expectation"]): ReadinessState(r["state"]) for r in found.to_dict("records")}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(engagements, texts), max_size=6), st.one_of(engagements, texts), days)
def test_a_record_more_makes_nothing_worse(
    items: pd.DataFrame, before: list[Record], more: Record, today: date
) -> None:
    """But for what asks about every text: one that is not cleared yet is something more to clear."""
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Person(id="a", name="A"))
        session.flush()
        keep(session, *before)
        was = states(covered(session, items, today))
        assert states(covered(session, items, today)) == was
        keep(session, more)
        now = states(covered(session, items, today))
    engine.dispose()
    worse = {key for key, state in was.items() if key not in now or RANK.index(now[key]) < RANK.index(state)}
    uncleared = isinstance(more, Statement) and more.state in (
        StatementState.IDEA,
        StatementState.DRAFT,
        StatementState.CONSULTATION,
    )
    assert worse <= ({(link.item, "cleared") for link in more.items} if uncleared else set())


kind_sets = st.lists(st.sampled_from(EngagementKind), min_size=1, unique=True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind_sets, days, linked, days)
def test_an_engagement_of_several_kinds_meets_what_one_of_each_kind_meets(
    items: pd.DataFrame, kinds: list[EngagementKind], on: date, item: str, today: date
) -> None:
    further = [FurtherKind(engagement_kind=kind) for kind in kinds[1:]]
    one_of_all = [engaged(kinds[0], on, item, further_kinds=further)]
    one_of_each = [engaged(kind, on, item) for kind in kinds]
    found = []
    for records in (one_of_all, one_of_each):
        engine = sa.create_engine("sqlite://")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add(Person(id="a", name="A"))
            session.flush()
            keep(session, *records)
            found.append(states(covered(session, items, today)))
        engine.dispose()
    assert found[0] == found[1]

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

from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Item, to_frame
from calendar_model.mission.coverage import (
    ASKS,
    COLUMNS,
    EXPECTED,
    HEADS,
    WEEKS,
    Mark,
    State,
    counts,
    coverage,
    marks,
    readiness,
)
from calendar_model.reference import Reference
from calendar_model.store.database import open_workspace
from calendar_model.store.models import (
    Access,
    Base,
    Case,
    Engagement,
    FollowUp,
    ItemLink,
    Person,
    Record,
    RecordLink,
    Statement,
)
from calendar_model.terms import (
    EngagementForm,
    EngagementKind,
    Expectation,
    RiskLevel,
    StatementForm,
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
    return Statement(form=StatementForm.NATIONAL, state=state, **common(item, **fields))


def case(item: str | None = None, **fields: Any) -> Case:
    return Case(suggested_by=Suggester.MINISTRY, **common(item, **fields))


def keep(session: Session, *records: Record) -> None:
    session.add_all(records)
    session.flush()


def stand(session: Session, items: pd.DataFrame, item: str, today: date = TODAY) -> dict[str, tuple[str, str]]:
    """By expectation its state and what is said of it."""
    return {str(mark.expectation): (str(mark.state), mark.says) for mark in readiness(session, item, items, today)}


def mark(session: Session, items: pd.DataFrame, item: str, of: Expectation, today: date = TODAY) -> Mark:
    return next(m for m in readiness(session, item, items, today) if m.expectation is of)


def test_every_expectation_is_named_explained_and_timed() -> None:
    assert set(HEADS) == set(ASKS) == set(WEEKS) == set(Expectation)
    assert {e for expected in EXPECTED.values() for e in expected} == set(Expectation)


def test_what_is_expected_around_which_kind_of_item(session: Session, items: pd.DataFrame) -> None:
    frame = coverage(session, items, TODAY, until=date(2027, 12, 31))
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
    frame = coverage(session, items, TODAY)
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
    frame = coverage(session, items[:0], TODAY)
    assert (list(frame.columns), len(frame), marks(session, items[:0], TODAY)) == (list(COLUMNS), 0, {})
    assert readiness(session, "nowhere", items, TODAY) == []


def test_days_are_counted_from_the_item_or_from_its_own_deadline(session: Session, items: pd.DataFrame) -> None:
    by = {m.expectation: m.by for m in readiness(session, "text", items, TODAY)}
    assert by == {
        Expectation.CONSULTED: date(2027, 2, 4),
        Expectation.PARTICIPATION: date(2027, 1, 21),
        Expectation.DRAFT: date(2027, 2, 18),
        Expectation.CLEARED: date(2027, 3, 11),
    }
    assert mark(session, items, "review", Expectation.DRAFT).by == date(2026, 12, 29)


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
    found = {
        m.expectation: m.by for m in readiness(session, "review", to_frame([*ITEMS, due], reference, TODAY), TODAY)
    }
    assert (found[Expectation.DRAFT], found[Expectation.CLEARED]) == (draft, cleared)


def test_a_plenary_text_is_tabled_in_the_committee(session: Session, table: pd.DataFrame) -> None:
    found = mark(session, table, "ga-resolution-GA84", Expectation.CLEARED)
    due = table[(table["item"] == "deadline-ga-c3-tabling-GA3C-84").to_numpy()].iloc[0]["start"].date()
    assert found.by == due - timedelta(weeks=1)


@pytest.mark.parametrize(
    ("today", "state", "says"),
    [
        (date(2026, 11, 16), "open", "Nobody consulted yet; by Tue 1 Dec 2026"),
        (date(2026, 11, 17), "due soon", "Nobody consulted yet; by Tue 1 Dec 2026"),
        (date(2026, 12, 1), "due soon", "Nobody consulted yet; by Tue 1 Dec 2026"),
        (date(2026, 12, 2), "late", "Nobody consulted yet; was due by Tue 1 Dec 2026"),
        (date(2027, 1, 26), "late", "Nobody consulted yet; was due by Tue 1 Dec 2026"),
    ],
)
def test_open_due_soon_late(session: Session, items: pd.DataFrame, today: date, state: str, says: str) -> None:
    assert stand(session, items, "review", today)["consulted"] == (state, says)


COUNTED = "counted from the first possible day"
VAGUE = {
    date(2026, 10, 1): ("open", f"Nobody consulted yet; by Nov 2026, {COUNTED}"),
    date(2026, 11, 1): ("due soon", f"Nobody consulted yet; by Nov 2026, {COUNTED}"),
    date(2026, 12, 31): ("due soon", f"Nobody consulted yet; due now, {COUNTED}"),
    date(2027, 1, 1): ("late", f"Nobody consulted yet; was due by Nov 2026, {COUNTED}"),
}


def test_nothing_counted_from_a_window_is_late_before_it_opens(session: Session, items: pd.DataFrame) -> None:
    said = {day: stand(session, items, "vague", day)["consulted"] for day in VAGUE}
    assert said == VAGUE
    assert mark(session, items, "vague", Expectation.CONSULTED).by_precision is Precision.MONTH


def test_a_consultation_counts_once_its_day_has_come_and_not_after_the_item(
    session: Session, items: pd.DataFrame
) -> None:
    keep(session, engaged(EngagementKind.CONSULTED, date(2027, 1, 27)))
    assert stand(session, items, "review")["consulted"][1] == "Nobody consulted yet; by Tue 1 Dec 2026"
    keep(session, engaged(EngagementKind.CONSULTED, date(2026, 11, 26)))
    assert stand(session, items, "review")["consulted"] == (
        "due soon",
        "Consultation planned for Thu 26 Nov 2026; by Tue 1 Dec 2026",
    )
    keep(
        session,
        engaged(EngagementKind.CONSULTED, date(2026, 3, 2), id="c1"),
        engaged(EngagementKind.CONSULTED, date(2026, 2, 2), id="c0"),
    )
    found = mark(session, items, "review", Expectation.CONSULTED)
    assert (found.state, found.says, found.records, found.acts) == (
        State.DONE,
        "Consulted twice, last on Mon 2 Mar 2026",
        ("c0", "c1"),
        "",
    )


def test_an_invitation_is_contact_and_gets_one_to_an_event_of_ours(session: Session, items: pd.DataFrame) -> None:
    keep(
        session,
        engaged(EngagementKind.INVITED, date(2026, 11, 2)),
        engaged(EngagementKind.INVITED, date(2026, 11, 2), "event-0a"),
    )
    assert stand(session, items, "review")["consulted"][1] == ("Invited once, nobody consulted yet; by Tue 1 Dec 2026")
    assert stand(session, items, "event-0a") == {
        "consulted": ("open", "Invited once, nobody consulted yet; by Wed 6 Jan 2027"),
        "participation": ("done", "Participation supported once, on Mon 2 Nov 2026"),
    }


@pytest.mark.parametrize(
    ("kind", "item", "expectation", "says"),
    [
        ("bilateral-mission", "review", "bilateral", "Bilateral mission or country desk asked once, on Mon 2 Nov 2026"),
        ("country-desk", "review", "bilateral", "Bilateral mission or country desk asked once, on Mon 2 Nov 2026"),
        ("participation-supported", "text", "participation", "Participation supported once, on Mon 2 Nov 2026"),
        ("organisation-dialogue", "warsaw", "dialogue", "Talked with the organisation once, on Mon 2 Nov 2026"),
    ],
)
def test_what_meets_what(
    session: Session, items: pd.DataFrame, kind: str, item: str, expectation: str, says: str
) -> None:
    keep(session, engaged(EngagementKind(kind), date(2026, 11, 2), item))
    found = stand(session, items, item)
    assert {name for name, (state, _) in found.items() if state == "done"} == {expectation}
    assert found[expectation][1] == says


@pytest.mark.parametrize(
    ("states", "draft", "cleared"),
    [
        ([], "No draft yet; by Tue 29 Dec 2026", "Nothing to clear yet; by Tue 19 Jan 2027"),
        (["dropped"], "No draft yet; by Tue 29 Dec 2026", "Nothing to clear yet; by Tue 19 Jan 2027"),
        (["idea"], "An idea, no draft yet; by Tue 29 Dec 2026", "Not cleared, still an idea; by Tue 19 Jan 2027"),
        (["draft"], "One text, in draft", "Not cleared, in draft; by Tue 19 Jan 2027"),
        (["consultation"], "One text, in consultation", "Not cleared, in consultation; by Tue 19 Jan 2027"),
        (["cleared"], "One text, cleared", "Cleared"),
        (["cleared", "dropped"], "One text, cleared", "Cleared"),
        (["draft", "delivered"], "2 texts, the furthest delivered", "1 of 2 texts cleared; by Tue 19 Jan 2027"),
        (["cleared", "followed-up"], "2 texts, the furthest followed up", "All 2 texts cleared"),
    ],
)
def test_texts(session: Session, items: pd.DataFrame, states: list[str], draft: str, cleared: str) -> None:
    keep(session, *(text(StatementState(state)) for state in states))
    found = stand(session, items, "review")
    assert (found["draft"][1], found["cleared"][1]) == (draft, cleared)


def test_a_day_is_marked_by_a_text_only_if_one_is_begun(session: Session, items: pd.DataFrame) -> None:
    assert stand(session, items, "defenders-day") == {}
    keep(session, text(StatementState.IDEA, "defenders-day"))
    assert stand(session, items, "defenders-day") == {
        "draft": ("late", "An idea, no draft yet; was due by Wed 11 Nov 2026"),
        "cleared": ("due soon", "Not cleared, still an idea; by Wed 2 Dec 2026"),
    }


@pytest.mark.parametrize("where", ["item", "statement's tie", "case's tie"])
def test_the_risk_of_every_case_is_asked_for(session: Session, items: pd.DataFrame, where: str) -> None:
    statement = text(StatementState.DRAFT, id="s")
    raised = case("review" if where == "item" else None, id="k")
    keep(session, statement, raised)
    if where == "statement's tie":
        keep(session, RecordLink(record_id="s", other_id="k"))  # type: ignore[arg-type]
    elif where == "case's tie":
        keep(session, RecordLink(record_id="k", other_id="s"))  # type: ignore[arg-type]
    found = mark(session, items, "review", Expectation.RISKS)
    assert (found.says, found.acts) == ("Risk not weighed; by Tue 12 Jan 2027", "open:case:k")
    raised.risk, raised.risk_reasons = RiskLevel.HIGH, "Watched."
    session.flush()
    assert mark(session, items, "review", Expectation.RISKS).state is State.OPEN
    raised.risk_mitigation = "No name."
    keep(session, case("review", id="l"))
    found = mark(session, items, "review", Expectation.RISKS)
    assert (found.says, found.records) == ("Risk weighed in 1 of 2 cases; by Tue 12 Jan 2027", ("k",))


def test_a_case_in_a_text_that_was_dropped_asks_for_nothing(session: Session, items: pd.DataFrame) -> None:
    keep(session, text(StatementState.DROPPED, id="s"), case(id="k"))
    keep(session, RecordLink(record_id="s", other_id="k"))  # type: ignore[arg-type]
    assert set(stand(session, items, "review")) == {"consulted", "bilateral", "draft", "cleared"}


def test_what_is_over_can_only_be_followed_up(session: Session, items: pd.DataFrame) -> None:
    assert stand(session, items, "past") == {}
    keep(session, engaged(EngagementKind.CONSULTED, date(2026, 10, 1), "past", id="e"))
    assert stand(session, items, "past") == {
        "consulted": ("done", "Consulted once, on Thu 1 Oct 2026"),
        "follow-up": ("due soon", "Nothing heard or done since; by Fri 4 Dec 2026"),
    }
    session.add(FollowUp(record_id="e", what="Write", due=date(2026, 11, 20), owner_id="a"))
    session.flush()
    found = mark(session, items, "past", Expectation.FOLLOW_UP)
    assert (found.state, found.says, found.acts) == (
        State.LATE,
        "1 follow-up open; was due by Fri 20 Nov 2026",
        "open:follow-up:e",
    )
    session.scalars(sa.select(FollowUp)).one().done_on = date(2026, 11, 23)
    session.flush()
    assert stand(session, items, "past")["follow-up"] == ("done", "Followed up, last on Mon 23 Nov 2026")


def test_what_was_done_before_an_item_does_not_follow_it_up(session: Session, items: pd.DataFrame) -> None:
    before = FollowUp(what="Book", due=date(2026, 11, 1), done_on=date(2026, 11, 1), owner_id="a")
    keep(session, engaged(EngagementKind.CONSULTED, date(2026, 10, 1), "past", follow_ups=[before]))
    assert stand(session, items, "past")["follow-up"][1] == "Nothing heard or done since; by Fri 4 Dec 2026"
    keep(session, engaged(EngagementKind.ATTENDED_THEIR_EVENT, date(2026, 11, 7), "past"))
    assert stand(session, items, "past")["follow-up"] == ("done", "Followed up, last on Sat 7 Nov 2026")


def test_the_follow_ups_of_our_own_event_hang_on_the_event(session: Session, items: pd.DataFrame) -> None:
    assert stand(session, items, "event-0b") == {
        "follow-up": ("due soon", "Nothing heard or done since; by Tue 8 Dec 2026")
    }
    keep(session, text(StatementState.DRAFT, "elsewhere", id="0b"))
    session.add(FollowUp(record_id="0b", what="Thank", due=date(2026, 12, 1), done_on=TODAY, owner_id="a"))
    session.flush()
    assert stand(session, items, "event-0b")["follow-up"] == ("done", "Followed up, last on Tue 24 Nov 2026")


def test_only_what_is_tied_to_the_item_itself_counts(session: Session, items: pd.DataFrame) -> None:
    before = coverage(session, items, TODAY)
    keep(session, engaged(EngagementKind.CONSULTED, date(2026, 11, 2), "session-UPR54"))
    pd.testing.assert_frame_equal(coverage(session, items, TODAY), before)


def test_the_table_and_one_item_say_the_same(session: Session, items: pd.DataFrame) -> None:
    keep(session, engaged(EngagementKind.CONSULTED, date(2026, 11, 2)), text(StatementState.DRAFT))
    frame = coverage(session, items, TODAY)
    rows = frame[(frame["item"] == "review").to_numpy()].to_dict("records")
    assert [
        (r["expectation"], r["state"], r["by"].date(), r["by_precision"], r["says"], r["records"], r["acts"])
        for r in rows
    ] == [
        (m.expectation, m.state, m.by, m.by_precision, m.says, " ".join(m.records), m.acts)
        for m in readiness(session, "review", items, TODAY)
    ]


def test_what_to_open(session: Session, items: pd.DataFrame) -> None:
    frame = coverage(session, items, TODAY)
    assert {
        (r["item"], r["expectation"]): r["acts"]
        for r in frame.to_dict("records")
        if r["item"] in ("text", "vague", "event-0b")
    } == {
        ("event-0b", "follow-up"): "engagement:consulted",
        ("vague", "consulted"): "engagement:consulted",
        ("vague", "bilateral"): "engagement:bilateral-mission",
        ("vague", "draft"): "statement:upr-recommendation",
        ("vague", "cleared"): "statement:upr-recommendation",
        ("text", "consulted"): "engagement:consulted",
        ("text", "participation"): "engagement:participation-supported",
        ("text", "draft"): "statement:resolution-text",
        ("text", "cleared"): "statement:resolution-text",
    }


def test_marks_for_the_timeline(session: Session, items: pd.DataFrame) -> None:
    assert marks(session, items, date(2026, 12, 2)) == {}
    assert set(marks(session, items, date(2027, 1, 27))) == {"event-0a", "event-0b", "text"}
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
    assert marks(session, items, TODAY) == {
        "long-past": "1 engagement",
        "text": "2 engagements · 1 draft · 1 cleared text",
    }
    assert marks(session, items, date(2027, 1, 27))["text"] == "2 engagements · 1 draft · 1 cleared text · behind"


def test_ours_is_what_the_mission_has_taken_up(session: Session, items: pd.DataFrame) -> None:
    def ours() -> set[str]:
        frame = coverage(session, items, TODAY, until=date(2027, 12, 31))
        return set(frame.loc[frame["ours"].to_numpy(), "item"])

    assert ours() == {"text", "event-0a", "event-0b"}
    keep(session, engaged(EngagementKind.PUBLIC_SUPPORT, date(2026, 11, 2), "warsaw"))
    assert ours() == {"text", "event-0a", "event-0b", "warsaw"}


def test_counts_leave_out_what_does_not_occur() -> None:
    assert counts(["late", "open", "late"]) == {State.OPEN: 1, State.LATE: 2}


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
    seen = {}
    for name, viewer in (("anybody", ANONYMOUS), ("a", member("a")), ("b", member("b"))):
        with reading(viewer, workspace) as session:
            found = stand(session, items, "review")
            seen[name] = [e for e, (state, _) in found.items() if state == "done" or e == "risks"]
            seen[f"{name}'s mark"] = [marks(session, items, TODAY).get("review", "")]
    workspace.close()
    assert seen == {
        "anybody": [],
        "anybody's mark": [""],
        "a": ["bilateral"],
        "a's mark": ["1 engagement"],
        "b": ["consulted", "bilateral", "risks"],
        "b's mark": ["2 engagements"],
    }


RANK = [State.LATE, State.DUE_SOON, State.OPEN, State.DONE]
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
linked = st.sampled_from(["review", "vague", "text", "past", "event-0a", "warsaw"])
engagements = st.builds(engaged, st.sampled_from(EngagementKind), days, linked)
texts = st.builds(text, st.sampled_from(StatementState), linked)


def states(found: pd.DataFrame) -> dict[tuple[str, str], State]:
    return {(r["item"], r["expectation"]): State(r["state"]) for r in found.to_dict("records")}


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
        was = states(coverage(session, items, today))
        assert states(coverage(session, items, today)) == was
        keep(session, more)
        now = states(coverage(session, items, today))
    engine.dispose()
    worse = {key for key, state in was.items() if key not in now or RANK.index(now[key]) < RANK.index(state)}
    uncleared = isinstance(more, Statement) and more.state in (
        StatementState.IDEA,
        StatementState.DRAFT,
        StatementState.CONSULTATION,
    )
    assert worse <= ({(link.item, "cleared") for link in more.items} if uncleared else set())

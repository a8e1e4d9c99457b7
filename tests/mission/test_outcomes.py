"""What became of a thing, recorded from the item: what the calendar, the feed and the files say afterwards."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission.outcomes import (
    ItemOutcome,
    RecordedVote,
    confirm_dates,
    later_review_sessions,
    later_sessions,
    outcome_sessions,
    record_adopted,
    record_cancelled,
    record_held,
    record_moved,
    record_not_tabled,
    record_postponed,
    record_review_moved,
    record_review_outcome,
    what_can_be_recorded,
)
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for, corrections
from calendar_model.reference import Reference, load
from calendar_model.reference.corrections import patch
from calendar_model.store.models import Person
from calendar_model.vocabulary import ReviewDeparture, Standing
from tests.day import TODAY
from tests.project_calendar import project_reference, project_table

SOURCE = "https://www.un.org/en/ga/81/resolutions.shtml"
TEXT = "ga-resolution-GA81"
ADOPTED = date(2026, 12, 18)
WHY = "No quorum in the room."
REFERENCE = project_reference()
TABLE = project_table()


def row(item: str) -> Any:
    """The item's row of the calendar that everybody sees now."""
    _, table = calendar_for(ANONYMOUS)
    (found,) = [table.iloc[at] for at in range(len(table)) if table["item"].iloc[at] == item]
    return found


def days(item: str) -> tuple[date, date, str, str]:
    found = row(item)
    return found["start"].date(), found["end"].date(), str(found["date_precision"]), str(found["standing"])


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in refusal.value.problems]


def told(client: TestClient, item: str) -> dict[str, str]:
    """The properties of the item in the file that calendar programs are given."""
    unfolded = client.get(f"/feeds/item/{item}.ics").content.replace(b"\r\n ", b"").decode()
    return dict(line.split(":", 1) for line in unfolded.split("\r\n") if ":" in line)


@pytest.fixture
def december(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day on which the General Assembly acts on the text."""
    monkeypatch.setenv(TODAY_VARIABLE, ADOPTED.isoformat())


@pytest.mark.usefixtures("december")
def test_the_assembly_adopts_the_text(staff_member: Viewer, client: TestClient, data_copy: Path) -> None:
    before = told(client, TEXT)
    record_adopted(
        staff_member,
        TEXT,
        " A/RES/81/200",
        ADOPTED,
        source_url=SOURCE,
        vote=RecordedVote(130, 14, 41),
        cosponsors=76,
        draft_symbol="A/C.3/81/L.45",
        theme="defenders and new technologies",
    )
    text = row(TEXT)
    assert days(TEXT) == (ADOPTED, ADOPTED, "day", "held")
    assert text["title"] == "A/RES/81/200: defenders and new technologies"
    assert [
        part in text["description"]
        for part in ("by vote, 130 for, 14 against, 41 abstaining", "Co-sponsors: 76", "A/C.3/81/L.45", "Norway")
    ] == [True] * 4
    assert (text["source_url"], text["confidence"], text["next"]) == (SOURCE, "sourced", "ga-resolution-GA84")
    assert "A/RES/81/200" in row("ga-resolution-GA84")["basis"]
    after = told(client, TEXT)
    assert (after["UID"], after["DTSTART;VALUE=DATE"]) == (before["UID"], "20261218")
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])

    # The files say the same once the patch is applied.
    difference = patch(data_copy, corrections())
    subprocess.run(["git", "apply", "-"], cwd=data_copy.parent, input=difference, text=True, check=True)
    (made,) = [one for one in load(data_copy).resolutions if one.code == TEXT]
    assert (made.track, made.session, made.symbol, made.cosponsors) == ("ga-resolution", "GA81", "A/RES/81/200", 76)
    assert load(data_copy).faults == ()


@pytest.mark.usefixtures("december")
def test_a_text_adopted_by_consensus_needs_only_symbol_day_and_source(staff_member: Viewer) -> None:
    record_adopted(staff_member, TEXT, "A/RES/81/200", ADOPTED, source_url=SOURCE)
    assert "Adopted by consensus." in row(TEXT)["description"]
    assert row(TEXT)["title"].startswith("A/RES/81/200: ")
    assert what_can_be_recorded(row(TEXT), calendar_for(ANONYMOUS)[0]) == ()


@pytest.mark.usefixtures("december")
def test_the_sequence_rises_also_where_the_session_moved_before(staff_member: Viewer, client: TestClient) -> None:
    for day in (6, 3, 2):
        record_moved(staff_member, "session-GA81", date(2026, 9, 8), date(2027, 9, day), source_url=SOURCE, why=WHY)
    before = int(told(client, TEXT)["SEQUENCE"])
    record_adopted(staff_member, TEXT, "A/RES/81/200", ADOPTED, source_url=SOURCE)
    assert int(told(client, TEXT)["SEQUENCE"]) > before


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"symbol": " "}, ("outcome-without-symbol", "symbol")),
        ({"day": None}, ("outcome-without-day", "day")),
        ({"day": date(2026, 12, 18)}, ("outcome-still-to-come", "day")),
        ({"day": date(2026, 9, 1)}, ("outcome-day-outside-session", "day")),
        ({"vote": RecordedVote(130, None, 41)}, ("outcome-vote-incomplete", "no")),
        ({"source_url": ""}, ("correction-without-source", "source_url")),
        ({"source_url": "the journal"}, ("correction-source-malformed", "source_url")),
        ({"cosponsors": -1}, ("correction-value-does-not-fit", "cosponsors")),
        ({"item": "observance-hrd-day-2026"}, ("outcome-item-unknown", "")),
        ({"item": "session-GA81"}, ("outcome-not-possible", "")),
    ],
)
def test_what_is_missing_from_an_adoption_is_said(
    staff_member: Viewer, values: dict[str, Any], code: tuple[str, str]
) -> None:
    given = {"item": TEXT, "symbol": "A/RES/81/200", "day": TODAY, "source_url": SOURCE, **values}
    with pytest.raises(Refused) as refusal:
        record_adopted(staff_member, given.pop("item"), given.pop("symbol"), given.pop("day"), **given)
    assert codes(refusal) == [code]
    assert str(refusal.value)
    assert corrections() == ()


def test_a_text_that_is_not_tabled_is_a_departure_at_once(staff_member: Viewer, client: TestClient) -> None:
    before = int(told(client, TEXT)["SEQUENCE"])
    record_not_tabled(staff_member, TEXT, source_url=SOURCE, why="The penholder moved it")
    text = row(TEXT)
    assert (text["departure"], text["standing"], text["source_url"]) == (True, "cancelled", SOURCE)
    assert "The penholder moved it." in text["basis"]
    assert text["basis"].endswith(calendar_for(ANONYMOUS)[0].corrected["resolutions.csv", TEXT].basis)
    assert int(told(client, TEXT)["SEQUENCE"]) > before
    assert what_can_be_recorded(text, calendar_for(ANONYMOUS)[0]) == ()
    with pytest.raises(Refused) as refusal:
        record_not_tabled(staff_member, "ga-resolution-GA84", source_url=SOURCE, why=WHY)
    assert codes(refusal) == [("outcome-not-possible", "")]


def test_a_postponed_text_is_expected_in_the_other_session(staff_member: Viewer) -> None:
    reference, _ = calendar_for(ANONYMOUS)
    assert next(iter(later_sessions(row(TEXT), reference))) == "GA82"
    with pytest.raises(Refused) as refusal:
        record_postponed(staff_member, TEXT, "GA82", source_url=SOURCE, why=" ")
    assert codes(refusal) == [("outcome-without-reason", "why")]
    for to in ("GA81", "GA80", "2026", "GA999", "soon", ""):
        with pytest.raises(Refused) as refusal:
            record_postponed(staff_member, TEXT, to, source_url=SOURCE, why=WHY)
        assert codes(refusal) == [("outcome-postponed-to-unknown", "to")]
    record_postponed(staff_member, TEXT, "GA82", source_url=SOURCE, why=WHY)
    assert (row(TEXT)["departure"], row("ga-resolution-GA82")["standing"]) == (True, "projected")
    assert "postponed from GA81: No quorum in the room." in row("ga-resolution-GA82")["basis"]
    assert row("ga-resolution-GA82")["source_url"] == SOURCE
    _, table = calendar_for(ANONYMOUS)
    due = table[(table["track"] == "ga-resolution") & (table["standing"] == "projected")]
    assert [*due["session"]] == ["GA82", "GA85", "GA88", "GA91"]


# --- Days


def test_a_window_becomes_days_with_a_source_and_nothing_else(staff_member: Viewer, client: TestClient) -> None:
    before = int(told(client, "session-HRC64")["SEQUENCE"])
    confirm_dates(staff_member, "session-HRC64", date(2027, 3, 1), date(2027, 4, 2), source_url=SOURCE)
    assert days("session-HRC64") == (date(2027, 3, 1), date(2027, 4, 2), "day", "confirmed")
    assert int(told(client, "session-HRC64")["SEQUENCE"]) > before


def test_a_page_that_is_subject_to_change_keeps_the_days_provisional(staff_member: Viewer) -> None:
    confirm_dates(
        staff_member, "session-HRC64", date(2027, 3, 1), date(2027, 4, 2), source_url=SOURCE, provisional=True
    )
    assert days("session-HRC64")[2:] == ("day", "provisional")
    # Better days need no reason, and leave none behind.
    confirm_dates(staff_member, "session-HRC64", date(2027, 2, 22), date(2027, 3, 31), source_url=SOURCE)
    assert "Announced first" not in row("session-HRC64")["basis"]


def test_a_projected_session_and_an_edition_become_rows(staff_member: Viewer) -> None:
    confirm_dates(staff_member, "session-HRC71", date(2029, 6, 4), date(2029, 7, 6), source_url=SOURCE)
    made = calendar_for(ANONYMOUS)[0].sessions["HRC71"]
    assert (made.body, made.number, made.known_from, made.cycle) == ("un-hrc", 71, TODAY, None)
    confirm_dates(staff_member, "session-UPR55", date(2027, 5, 3), date(2027, 5, 14), source_url=SOURCE)
    assert calendar_for(ANONYMOUS)[0].sessions["UPR55"].cycle == 5
    item = next(
        one
        for one in TABLE["item"][(TABLE["kind"] == "meeting") & (TABLE["standing"] == "projected")]
        if "2028-2" in one
    )
    confirm_dates(staff_member, item, date(2028, 6, 6), date(2028, 6, 8), source_url=SOURCE)
    assert days(item) == (date(2028, 6, 6), date(2028, 6, 8), "day", "confirmed")


def test_a_moved_session_keeps_the_days_announced_first_and_the_reason(staff_member: Viewer) -> None:
    item = "session-HRC64"
    confirm_dates(staff_member, item, date(2027, 3, 1), date(2027, 4, 2), source_url=SOURCE)
    for start, why, code in (
        (date(2027, 3, 8), " ", ("outcome-without-reason", "why")),
        (date(2027, 3, 1), WHY, ("outcome-not-moved", "start")),
        (date(2027, 4, 8), WHY, ("outcome-ends-before-start", "end")),
        (None, WHY, ("outcome-without-day", "start")),
    ):
        with pytest.raises(Refused) as refusal:
            record_moved(staff_member, item, start, date(2027, 4, 2), source_url=SOURCE, why=why)
        assert codes(refusal) == [code]
    with pytest.raises(Refused) as refusal:
        confirm_dates(staff_member, item, date(2027, 3, 8), date(2027, 4, 9), source_url=SOURCE)
    assert codes(refusal) == [("correction-confirmed-without-note", "note")]
    record_moved(staff_member, item, date(2027, 3, 8), date(2027, 4, 9), source_url=SOURCE, why=WHY)
    record_moved(staff_member, item, date(2027, 3, 15), date(2027, 4, 16), source_url=SOURCE, why="Easter.")
    assert days(item) == (date(2027, 3, 15), date(2027, 4, 16), "day", "confirmed")
    assert "Announced first for Mon 1 Mar – Fri 2 Apr 2027: Easter." in row(item)["basis"]
    record_moved(staff_member, item, date(2027, 3, 1), date(2027, 4, 2), source_url=SOURCE, why="Back again.")
    assert "Announced first" not in row(item)["basis"]
    assert "Back again." in row(item)["notes"]


def test_a_moved_session_takes_the_days_of_its_reviews_with_it(staff_member: Viewer) -> None:
    confirm_dates(staff_member, "session-UPR54", date(2027, 1, 18), date(2027, 1, 29), source_url=SOURCE)
    review = next(one.code for one in REFERENCE.reviews if one.session == "UPR54" and one.date is None)
    confirm_dates(staff_member, review, date(2027, 1, 19), source_url=SOURCE)
    assert days(review)[::2] == (date(2027, 1, 19), "day")
    record_moved(staff_member, "session-UPR54", date(2027, 2, 15), date(2027, 2, 26), source_url=SOURCE, why=WHY)
    assert days(review) == (date(2027, 2, 15), date(2027, 2, 26), "month", "provisional")
    assert calendar_for(ANONYMOUS)[0].faults == ()


def test_an_edition_that_moves_into_another_year_stays_the_same_item(staff_member: Viewer) -> None:
    item = "csw-2027"
    assert days(item)[3] in (Standing.CONFIRMED, Standing.PROVISIONAL)
    record_moved(staff_member, item, date(2028, 1, 10), date(2028, 1, 21), source_url=SOURCE, why=WHY)
    assert days(item) == (date(2028, 1, 10), date(2028, 1, 21), "day", "confirmed")
    assert row("csw-2028")["standing"] == "projected"


def test_a_meeting_is_cancelled_with_its_reason(staff_member: Viewer, client: TestClient) -> None:
    known, projected = "csw-2027", "hrc-hls-2027"
    for item in (known, projected):
        before, sequence = days(item), int(told(client, item)["SEQUENCE"])
        with pytest.raises(Refused) as refusal:
            record_cancelled(staff_member, item, source_url=SOURCE, why="")
        assert codes(refusal) == [("outcome-without-reason", "why")]
        record_cancelled(staff_member, item, source_url=SOURCE, why=WHY)
        # Days that were only expected are not written into a row.
        month = date(2027, 2, 1), date(2027, 2, 28), "month"
        assert days(item) == (*(before[:3] if item == known else month), "cancelled")
        assert WHY in row(item)["notes"]
        assert int(told(client, item)["SEQUENCE"]) > sequence
        assert what_can_be_recorded(row(item), calendar_for(ANONYMOUS)[0]) == ()


def test_what_was_held_is_not_of_the_future(staff_member: Viewer) -> None:
    item = "session-UPR53"
    with pytest.raises(Refused) as refusal:
        record_held(staff_member, item, date(2026, 11, 16), date(2026, 11, 27), source_url=SOURCE)
    assert codes(refusal) == [("outcome-still-to-come", "end")]
    record_held(staff_member, item, date(2026, 11, 2), date(2026, 11, 13), source_url=SOURCE)
    assert days(item) == (date(2026, 11, 2), date(2026, 11, 13), "day", "held")
    assert what_can_be_recorded(row(item), calendar_for(ANONYMOUS)[0]) == ()


def test_a_deadline_is_confirmed_under_its_identifier(staff_member: Viewer, client: TestClient) -> None:
    _, table = calendar_for(ANONYMOUS)
    reference, _ = calendar_for(ANONYMOUS)
    deadlines = table[(table["kind"] == "deadline") & (table["standing"] == "projected")]
    items = [one["item"] for _, one in deadlines.iterrows() if what_can_be_recorded(one, reference)]
    of_review = next(one for one in TABLE["item"] if one.startswith("deadline-") and "-upr-4-" in one)
    for item in (items[0], of_review):
        before = int(told(client, item)["SEQUENCE"])
        confirm_dates(staff_member, item, date(2026, 12, 1), source_url=SOURCE, at=time(13, 0))
        assert days(item) == (date(2026, 12, 1), date(2026, 12, 1), "day", "confirmed")
        assert (row(item)["starts_at"].minute, bool(row(item)["all_day"])) == (0, False)
        assert int(told(client, item)["SEQUENCE"]) > before
        assert what_can_be_recorded(row(item), calendar_for(ANONYMOUS)[0]) == ()


# --- Reviews


def test_a_review_is_moved_and_says_from_where(staff_member: Viewer, client: TestClient) -> None:
    reference, _ = calendar_for(ANONYMOUS)
    item = next(one.code for one in reference.reviews if one.session == "UPR53" and one.departure is None)
    before = int(told(client, item)["SEQUENCE"])
    assert [*later_review_sessions(item, reference)] == ["UPR54"]
    for to, code in (("UPR53", "outcome-review-session"), ("UPR27", "outcome-review-session")):
        with pytest.raises(Refused) as refusal:
            record_review_moved(staff_member, item, to, source_url=SOURCE, why=WHY)
        assert codes(refusal) == [(code, "to")]
    record_review_moved(staff_member, item, "UPR54", source_url=SOURCE, why=WHY, departure=ReviewDeparture.POSTPONED)
    moved = row(item)
    assert (moved["session"], moved["standing"]) == ("UPR54", "provisional")
    assert "postponed (from UPR53)" in moved["basis"]
    assert WHY in moved["notes"]
    assert int(told(client, item)["SEQUENCE"]) > before
    record_review_moved(staff_member, item, "UPR53", source_url=SOURCE, why="Back again.", day=date(2026, 11, 12))
    assert days(item)[::2] == (date(2026, 11, 12), "day")


def test_a_review_is_held_and_its_outcome_adopted(staff_member: Viewer) -> None:
    reference, _ = calendar_for(ANONYMOUS)
    item = next(one.code for one in reference.reviews if one.session == "UPR52" and one.date is None)
    held = next(one.start for one in reference.sessions.values() if one.code == "UPR52")
    record_held(staff_member, item, held, source_url=SOURCE)
    assert days(item) == (held, held, "day", "held")
    with pytest.raises(Refused) as refusal:
        record_review_outcome(staff_member, item, "HRC63", date(2026, 11, 20), source_url=SOURCE)
    assert codes(refusal) == [("outcome-day-outside-session", "day")]
    with pytest.raises(Refused) as refusal:
        record_review_outcome(staff_member, item, "HRC61", date(2026, 3, 20), source_url=SOURCE)
    assert codes(refusal) == [("outcome-session-unknown", "session")]
    assert "HRC63" in outcome_sessions(item, reference)
    record_review_outcome(staff_member, item, "HRC63", date(2026, 9, 24), source_url=SOURCE, decision="A/HRC/DEC/63/1")
    assert "HRC63" in row(item)["description"]
    assert what_can_be_recorded(row(item), calendar_for(ANONYMOUS)[0]) == ()


# --- What holds for all


@pytest.mark.parametrize(
    ("item", "possible"),
    [
        (TEXT, (ItemOutcome.ADOPTED, ItemOutcome.NOT_TABLED, ItemOutcome.POSTPONED)),
        ("ga-resolution-GA84", ()),
        ("ga-resolution-GA80", ()),
        ("session-HRC61", ()),
        ("session-HRC64", (ItemOutcome.CONFIRMED, ItemOutcome.CANCELLED)),
        ("session-UPR53", (ItemOutcome.HELD, ItemOutcome.CANCELLED)),
        ("session-GA81", (ItemOutcome.HELD, ItemOutcome.MOVED, ItemOutcome.CANCELLED)),
        ("rightscon-2026", ()),
        ("hrd-day-2026", ()),
    ],
)
def test_what_can_be_recorded_follows_from_kind_and_standing(item: str, possible: tuple[ItemOutcome, ...]) -> None:
    assert what_can_be_recorded(TABLE[TABLE["item"] == item].iloc[0], REFERENCE, TODAY) == possible


def test_nobody_of_the_sample_records_an_outcome() -> None:
    fictional = member(save(ANONYMOUS, Person, {"name": "Fictional", "sample": True}))
    for who in (fictional, ANONYMOUS):
        with pytest.raises(Refused):
            record_not_tabled(who, TEXT, source_url=SOURCE, why=WHY)
    assert not row(TEXT)["departure"]


_COMMANDS: dict[ItemOutcome, Callable[[Viewer, Any, Reference], str]] = {
    ItemOutcome.CONFIRMED: lambda who, at, _: confirm_dates(
        who, at["item"], at["start"].date(), at["start"].date(), source_url=SOURCE
    ),
    ItemOutcome.HELD: lambda who, at, _: record_held(
        who, at["item"], at["start"].date(), source_url=SOURCE, why="It was shorter"
    ),
    ItemOutcome.MOVED: lambda who, at, reference: (
        record_review_moved(
            who, at["item"], next(iter(later_review_sessions(at["item"], reference))), source_url=SOURCE, why=WHY
        )
        if at["kind"] == "upr-review"
        else record_moved(who, at["item"], at["start"].date(), date(2035, 1, 5), source_url=SOURCE, why=WHY)
    ),
    ItemOutcome.CANCELLED: lambda who, at, _: record_cancelled(who, at["item"], source_url=SOURCE, why=WHY),
    ItemOutcome.ADOPTED: lambda who, at, _: record_adopted(who, at["item"], "A/1", TODAY, source_url=SOURCE),
    ItemOutcome.NOT_TABLED: lambda who, at, _: record_not_tabled(who, at["item"], source_url=SOURCE, why=WHY),
    ItemOutcome.POSTPONED: lambda who, at, _: record_postponed(who, at["item"], "2030", source_url=SOURCE, why=WHY),
    ItemOutcome.REVIEW_OUTCOME: lambda who, at, reference: record_review_outcome(
        who, at["item"], "HRC63", date(2026, 9, 24), source_url=SOURCE
    ),
}


@pytest.mark.parametrize("outcome", list(ItemOutcome))
def test_each_outcome_keeps_the_identifier_and_raises_the_sequence(staff_member: Viewer, outcome: ItemOutcome) -> None:
    """For the first item of each kind that can have it."""
    possible: dict[str, Any] = {}
    near = TABLE[TABLE["start"].dt.year.between(2026, 2028)]
    for at in (near.iloc[number] for number in range(len(near))):
        if at["kind"] not in possible and outcome in what_can_be_recorded(at, REFERENCE, TODAY):
            possible[at["kind"]] = at
    assert possible
    for at in possible.values():
        _COMMANDS[outcome](staff_member, at, REFERENCE)
        after = row(at["item"])
        assert after["uid"] == at["uid"]
        # Nothing is recorded before the day on which the reference itself was last changed.
        assert after["sequence"] > at["sequence"] or at["updated"] > pd.Timestamp(TODAY)
        assert calendar_for(ANONYMOUS)[0].faults == ()

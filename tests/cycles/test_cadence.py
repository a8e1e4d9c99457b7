"""Projection against hand-typed answers, and the rules that hold for any day."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model.cycles import departures, project
from calendar_model.cycles.backtest import TrialVerdict, backtest
from calendar_model.reference import Reference
from calendar_model.reference.rows import Resolution
from calendar_model.vocabulary import Confidence, ResolutionStatus, Standing, View
from tests.day import TODAY
from tests.project_calendar import project_reference

ANSWERS = Path(__file__).resolve().parents[1] / "answers" / "cycles.csv"
REFERENCE = project_reference()
DAYS = st.dates(date(2008, 1, 1), date(2030, 12, 31))


def answers() -> list[dict[str, str]]:
    with ANSWERS.open(encoding="utf-8") as sheet:
        return list(csv.DictReader(sheet))


@pytest.mark.parametrize("row", answers(), ids=lambda row: f"{row['as_of']}-{row['track']}-{row['view']}")
def test_the_next_turns_are_those_of_the_answer_sheet(row: dict[str, str], reference: Reference) -> None:
    as_of = date.fromisoformat(row["as_of"])
    occurrences = [
        occurrence
        for occurrence in project(reference, as_of, date(as_of.year + 12, 12, 31))
        if occurrence.track == row["track"] and occurrence.view == row["view"]
    ]
    assert [t.session for t in occurrences if not t.departure][:3] == row["sessions"].split(), row["reason"]
    assert [t.session for t in occurrences if t.departure] == row["departures"].split(), row["reason"]


def test_the_change_of_2025_is_a_departure_with_its_source(reference: Reference) -> None:
    gone = next(d for d in departures(reference, TODAY) if d.session == "GA80" and d.view is View.PRACTICE)
    assert gone.standing is Standing.CANCELLED
    assert gone.precedent == "A/RES/78/216"
    assert gone.basis == (
        "Due in GA80, Nov–Dec 2025: every second year, counted from A/RES/78/216 of Tue 19 Dec 2023 (in practice). "
        "It was not tabled. No defenders text in 2025: Norway moved the Third Committee resolution to a three-year cycle."
    )
    assert gone.source_url.startswith("https://civicus.org/")


def test_a_projection_says_in_a_sentence_what_it_counts_from(reference: Reference) -> None:
    occurrence = next(t for t in project(reference, TODAY, date(2028, 12, 31)) if t.session == "HRC67")
    assert (occurrence.window_start, occurrence.window_end) == (date(2028, 2, 1), date(2028, 4, 30))
    assert occurrence.basis.startswith(
        "Projected for HRC67, Feb–Apr 2028: every third year, counted from A/HRC/RES/58/23 of Fri 4 Apr 2025 "
        "(by the guidelines)."
    )


def test_departures_of_the_past_name_the_text_that_came_after_all(reference: Reference) -> None:
    found = {(d.track, d.session or d.window_start.year) for d in departures(reference, TODAY)}
    assert found == {
        ("sr-mandate", 2006),
        ("ga-resolution", "GA61"),
        ("ga-resolution", "GA80"),
        ("civic-space", "HRC44"),
    }
    mandate = next(d for d in departures(reference, TODAY) if d.track == "sr-mandate")
    assert mandate.basis.endswith("The next text came as A/HRC/RES/7/8.")


def test_a_turn_that_nobody_recorded_is_overdue_and_not_said_to_have_failed(reference: Reference) -> None:
    occurrences = {
        t.session: t for t in project(reference, date(2027, 2, 1), date(2030, 12, 31)) if t.track == "ga-resolution"
    }
    assert (occurrences["GA80"].departure, occurrences["GA80"].overdue) == (True, False)
    overdue = occurrences["GA81"]
    assert (overdue.departure, overdue.overdue, overdue.standing) == (False, True, Standing.PROJECTED)
    assert overdue.basis.endswith("The window has closed and no text is recorded yet.")
    assert overdue.updated == date(2027, 1, 1)


def not_come(
    session: str, status: ResolutionStatus, postponed_to: str = "", track: str = "ga-resolution"
) -> Resolution:
    """What is recorded on 24 November 2026 of a text that was not tabled."""
    return Resolution(
        code=f"{track}-{session}",
        track=track,
        body="un-ga",
        session=session,
        theme="no time",
        status=status,
        postponed_to=postponed_to,
        source_url="https://www.example.org/letter",
        confidence=Confidence.SOURCED,
        updated=TODAY,
    )


def turns(reference: Reference, *rows: Resolution, as_of: date = TODAY, track: str = "ga-resolution") -> dict[str, str]:
    """The occurrences of a track in practice by session, each with whether it is due or a departure, and why."""
    known = replace(reference, resolutions=(*reference.resolutions, *rows))
    found = (o for o in project(known, as_of, date(2031, 12, 31)) if (o.track, o.view) == (track, View.PRACTICE))
    return {o.session: f"{'gone' if o.departure else 'due'} {o.basis}" for o in found}


def test_a_text_said_not_to_come_is_a_departure_before_its_window_closes(reference: Reference) -> None:
    row = not_come("GA81", ResolutionStatus.NOT_TABLED)
    found = turns(reference, row)
    assert {session: basis.split()[0] for session, basis in found.items()} == {
        "GA80": "gone",
        "GA81": "gone",
        "GA84": "due",
    }
    assert found["GA81"].endswith("It was not tabled. No time.")
    assert turns(reference, row, as_of=TODAY - timedelta(days=1))["GA81"].startswith("due")


@pytest.mark.parametrize("to", ["GA82", "2027"])
def test_a_postponed_text_is_due_where_it_was_postponed_to_and_counted_from_there(
    reference: Reference, to: str
) -> None:
    found = turns(reference, not_come("GA81", ResolutionStatus.POSTPONED, to))
    assert found["GA81"].endswith(f"It was postponed to {to}. No time.")
    assert found["GA82"].startswith("due Projected for GA82, Nov–Dec 2027: postponed from GA81: no time. ")
    assert found["GA85"].startswith(
        f"due Projected for GA85, Nov–Dec 2030: every third year, counted from the text postponed to {to}"
    )
    assert [*found] == ["GA80", "GA81", "GA82", "GA85"]


def test_a_postponed_text_that_came_leaves_its_departure(reference: Reference) -> None:
    """Also within one year: the Council has three sessions in each."""
    text = next(r for r in reference.resolutions if r.symbol == "A/HRC/RES/58/23")
    came = text.model_copy(update={"code": "X", "session": "HRC59", "adopted": date(2025, 7, 7), "symbol": "59/X"})
    row = not_come("HRC58", ResolutionStatus.POSTPONED, "HRC59", "hrc-resolution")
    others = (r for r in reference.resolutions if r is not text)
    known = replace(reference, resolutions=(*others, row, came))
    found = [o for o in departures(known, TODAY) if (o.track, o.view) == ("hrc-resolution", View.PRACTICE)]
    assert [(o.session, o.basis.rpartition(". ")[2]) for o in found] == [("HRC58", "The next text came as 59/X.")]
    assert next(o.session for o in project(known, TODAY, date(2029, 1, 1)) if o.track == "hrc-resolution") == "HRC67"


@pytest.mark.parametrize("to", ["GA80", "HRC999", "1999"])
def test_a_text_postponed_to_no_later_session_is_only_a_departure(reference: Reference, to: str) -> None:
    found = turns(reference, not_come("GA81", ResolutionStatus.POSTPONED, to))
    assert [*found] == ["GA80", "GA81", "GA84"]


@given(as_of=DAYS)
@settings(max_examples=60, deadline=None)
def test_nothing_known_later_changes_a_projection(as_of: date) -> None:
    reference = REFERENCE
    past = replace(
        reference,
        resolutions=tuple(r for r in reference.resolutions if r.adopted is None or r.adopted <= as_of),
        cadences=tuple(c for c in reference.cadences if c.known_from <= as_of),
        sessions={c: s for c, s in reference.sessions.items() if (s.known_from or s.start) <= as_of},
    )
    until = date(as_of.year + 8, 12, 31)
    future = [t for t in project(reference, as_of, until) if not t.departure]
    assert [t for t in project(past, as_of, until) if not t.departure] == future


@given(as_of=DAYS, years=st.integers(1, 15))
@settings(max_examples=60, deadline=None)
def test_turns_lie_whole_intervals_after_their_precedent(as_of: date, years: int) -> None:
    until = date(as_of.year + years, 12, 31)
    for occurrence in project(REFERENCE, as_of, until):
        assert occurrence.window_start <= occurrence.window_end
        if occurrence.departure:
            assert occurrence.window_end < as_of
            assert occurrence.standing is Standing.CANCELLED
            continue
        assert (occurrence.window_end < as_of) == occurrence.overdue
        assert occurrence.window_start <= until
        if not occurrence.countries:
            years = occurrence.window_start.year - occurrence.precedent_date.year
            assert years % occurrence.interval_years == 0


@given(as_of=st.dates(date(2023, 1, 1), date(2030, 12, 31)))
@settings(max_examples=30, deadline=None)
def test_each_state_has_one_turn_in_each_round(as_of: date) -> None:
    occurrences = [
        t
        for t in project(REFERENCE, as_of, date(as_of.year + 4, 1, 1))
        if t.countries and not (t.departure or t.overdue)
    ]
    states = [country for occurrence in occurrences for country in occurrence.countries]
    assert len(states) == len(set(states))


def test_a_rule_is_not_used_before_its_first_year(reference: Reference) -> None:
    newest = replace(reference, cadences=tuple(c for c in reference.cadences if c.first_year >= 2025))
    assert [t.session for t in project(newest, date(2024, 6, 1), date(2030, 12, 31))] == []
    assert [t.session for t in project(newest, date(2026, 6, 1), date(2030, 12, 31))] == ["GA81", "GA84"]


class TestBacktest:
    def test_every_miss_is_explained(self, reference: Reference) -> None:
        misses = [t for t in backtest(reference, TODAY) if t.verdict in (TrialVerdict.MISS, TrialVerdict.SILENT)]
        assert misses
        assert [t for t in misses if not t.reason] == []

    def test_hits_and_misses_of_each_track(self, reference: Reference) -> None:
        trials = backtest(reference, TODAY)
        counts = {
            track: tuple(sum(t.track == track and t.verdict is v for t in trials) for v in TrialVerdict)
            for track in reference.tracks
        }
        assert counts == {
            "hrc-resolution": (15, 0, 1, 2),
            "ga-resolution": (15, 2, 1, 0),
            "sr-mandate": (15, 3, 0, 0),
            "upr": (8, 4, 0, 0),
            "reprisals": (8, 0, 1, 9),
            "civic-space": (6, 3, 1, 8),
            "assembly-association": (9, 0, 1, 8),
        }

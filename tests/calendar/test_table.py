"""The calendar table: its schema, its order, and how a projection becomes a fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model.calendar import COLUMNS, EXPORTED, ColumnType, build_table, records, when
from calendar_model.reference import Reference, load
from calendar_model.reference.rows import Resolution
from calendar_model.vocabulary import WINDOWS, Precision, Standing
from tests.conftest import DATA
from tests.day import TODAY
from tests.project_calendar import project_reference

REFERENCE = project_reference()


def row(table: pd.DataFrame, item: str) -> pd.Series:
    found = table[table["item"] == item]
    assert len(found) == 1, item
    return found.iloc[0]


DTYPES = {
    ColumnType.TEXT: "str",
    ColumnType.CODES: "str",
    ColumnType.CATEGORY: "category",
    ColumnType.DAY: "datetime64[s]",
    ColumnType.INSTANT: "datetime64[s, UTC]",
    ColumnType.FLAG: "bool",
    ColumnType.NUMBER: "int64",
}


def test_the_schema_is_the_declared_one(table: pd.DataFrame) -> None:
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == {
        name: DTYPES[column.type] for name, column in COLUMNS.items()
    }
    assert list(table.columns) == list(COLUMNS)
    assert table["uid"].is_unique
    assert (table["end"] >= table["start"]).all()
    assert not table.drop(columns=["starts_at", "ends_at"]).isna().any().any()
    assert (table["starts_at"].isna() == table["all_day"]).all()


def test_all_that_is_projected_says_so_and_from_what(table: pd.DataFrame) -> None:
    projected = table[table["standing"] == "projected"]
    assert len(projected) > 1000
    assert (
        projected["basis"].str.contains("Projected|By the rule|Usually|Expected|expected in|sessions sit|memory").all()
    )
    days = projected[
        (projected["date_precision"] == "day") & projected["kind"].isin(["session", "meeting", "resolution"])
    ]
    assert list(days["item"]) == []


def test_windows_follow_exact_days_of_their_month(table: pd.DataFrame) -> None:
    month = table["start"].dt.year * 12 + table["start"].dt.month
    assert month.is_monotonic_increasing
    window = table["date_precision"].isin(WINDOWS).astype(int)
    assert window.groupby(month).is_monotonic_increasing.all()


def test_no_kind_is_missing(table: pd.DataFrame) -> None:
    assert set(table["kind"]) == {
        "session",
        "resolution",
        "mandate-renewal",
        "upr-review",
        "deadline",
        "milestone",
        "meeting",
        "observance",
        "mandate-holder",
    }


def test_the_next_substantive_text_is_expected_at_the_end_of_its_session(table: pd.DataFrame) -> None:
    text, session = row(table, "hrc-resolution-HRC67"), row(table, "session-HRC67")
    assert (text["standing"], text["date_precision"]) == ("projected", "expected")
    assert session["end"] - pd.Timedelta(days=7) <= text["start"] <= session["end"]
    assert text["earliest"] <= text["start"] <= text["latest"]
    assert (text["previous"], text["next"]) == ("hrc-resolution-HRC58", "hrc-resolution-HRC76")
    assert text["related_to"] == "session-HRC67"


def test_a_departure_is_cancelled_and_out_of_the_chain(table: pd.DataFrame) -> None:
    gone = row(table, "ga-resolution-GA80")
    assert (gone["standing"], gone["departure"]) == ("cancelled", True)
    assert row(table, "ga-resolution-GA78")["next"] == "ga-resolution-GA81"
    assert set(table[table["departure"]]["item"]) == {
        "sr-mandate-2006",
        "ga-resolution-GA61",
        "ga-resolution-GA80",
        "civic-space-HRC44",
    }


def test_reviews_that_left_their_place_say_so(table: pd.DataFrame) -> None:
    assert row(table, "upr-4-USA")["basis"].endswith("The review was rescheduled (from UPR50).")
    assert row(table, "upr-4-UKR")["basis"].endswith("The review was not held when it was due (from UPR42).")
    assert row(table, "upr-5-IND")["session"] == "UPR55"


def test_a_projection_keeps_its_identifier_when_it_becomes_a_fact(reference: Reference, table: pd.DataFrame) -> None:
    adopted = Resolution.model_validate(
        {
            "code": "RES900",
            "track": "ga-resolution",
            "body": "un-ga",
            "session": "GA81",
            "symbol": "A/RES/81/999",
            "title": "A text made up for this test",
            "status": "adopted",
            "adopted": "2026-12-17",
            "vote": "consensus",
            "confidence": "recalled",
            "updated": "2026-12-18",
        }
    )
    later = replace(reference, resolutions=(*reference.resolutions, adopted))
    after = build_table(later, date(2026, 12, 20), date(2030, 12, 31))
    before, now = row(table, "ga-resolution-GA81"), row(after, "ga-resolution-GA81")
    assert (before["uid"], before["standing"]) == (now["uid"], "projected")
    assert (now["standing"], now["date_precision"]) == ("held", "day")
    assert now["sequence"] > before["sequence"]
    assert now["updated"] > before["updated"]


def test_confirmed_days_replace_a_window_under_the_same_identifier(reference: Reference, table: pd.DataFrame) -> None:
    moved = reference.sessions["HRC64"].model_copy(
        update={
            "start": date(2027, 2, 22),
            "end": date(2027, 4, 1),
            "date_precision": Precision.DAY,
            "standing": Standing.CONFIRMED,
            "revision": 1,
        }
    )
    later = replace(reference, sessions={**reference.sessions, "HRC64": moved})
    after = build_table(later, TODAY, date(2028, 12, 31))
    assert row(after, "session-HRC64")["uid"] == row(table, "session-HRC64")["uid"]
    assert row(after, "session-HRC64")["sequence"] > row(table, "session-HRC64")["sequence"]
    tabling = row(after, "deadline-hrc-tabling-HRC64")
    assert when(tabling, "America/New_York") == "expected Wed 17 Mar 2027, 13:00 (Geneva time), 08:00 in New York"
    assert row(table, "deadline-hrc-tabling-HRC64")["latest"] > row(table, "deadline-hrc-tabling-HRC64")["earliest"]


def test_a_session_of_a_year_has_its_close_as_an_item_as_sure_as_itself(table: pd.DataFrame) -> None:
    for code, days in (("GA81", "day"), ("GA82", "expected")):
        session, close = row(table, f"session-{code}"), row(table, f"close-{code}")
        assert (close["start"], close["end"], close["date_precision"]) == (session["end"], session["end"], days)
        assert close["earliest"] <= close["start"] <= close["latest"]
        assert (close["standing"], close["related_to"]) == (session["standing"], session["item"])
        assert session["entry_end"] == pd.Timestamp(session["start"].year, 12, 24)
    closes = table[table["item"].str.startswith("close-")]
    assert set(closes["body"]) == {"un-ga"}
    assert not closes["date_precision"].isin(WINDOWS).any()


def test_no_expected_meeting_lasts_longer_than_one_has(table: pd.DataFrame) -> None:
    openings = table[table["item"].str.startswith("ga-opening-")]
    assert len(openings) > 5
    assert (openings["start"] == openings["end"]).all()


def test_the_same_data_gives_the_same_version(reference: Reference, table: pd.DataFrame) -> None:
    again = build_table(load(DATA), TODAY, date(TODAY.year + 10, 12, 31))
    assert again.attrs == table.attrs
    other = build_table(reference, TODAY, date(2027, 12, 31))
    assert other.attrs["version"] != table.attrs["version"]


@given(as_of=st.dates(date(2024, 1, 1), date(2031, 12, 31)))
@settings(max_examples=12, deadline=None)
def test_the_table_can_be_built_on_any_day(as_of: date) -> None:
    built = build_table(REFERENCE, as_of, date(as_of.year + 3, 12, 31))
    assert built["uid"].is_unique
    assert (built["end"] >= built["start"]).all()


def test_records_are_what_the_command_line_promises(table: pd.DataFrame) -> None:
    by_uid = {record["uid"].partition("@")[0]: record for record in records(table)}
    tabling = by_uid["deadline-hrc-tabling-HRC61"]
    assert tuple(tabling) == EXPORTED
    assert (tabling["start"], tabling["end"]) == ("2026-03-16T13:00:00+01:00",) * 2
    session = by_uid["session-HRC61"]
    assert (session["start"], session["end"], session["all_day"]) == ("2026-02-23", "2026-03-31", True)
    assert by_uid["upr-4-NOR"]["countries"] == ["NOR"]


def test_a_broken_reference_still_gives_a_calendar(data_copy: Path) -> None:
    for file in ("seasons.csv", "cadences.csv", "recurring_meetings.csv", "upr_reviews.csv"):
        (data_copy / file).write_text("", encoding="utf-8")
    broken = load(data_copy)
    built = build_table(broken, TODAY, date(2030, 12, 31))
    assert {"session", "resolution", "deadline"} <= set(built["kind"])


def test_an_empty_reference_gives_an_empty_calendar(tmp_path: Path) -> None:
    built = build_table(load(tmp_path), TODAY, date(2030, 12, 31))
    assert (len(built), list(built.columns)) == (0, list(COLUMNS))


def test_a_text_keeps_the_identifier_under_which_it_was_published(reference: Reference, table: pd.DataFrame) -> None:
    older = [text for text in reference.resolutions if text.published_as]
    assert len(older) > 10
    assert {text.published_as for text in older} <= set(table["item"])
    assert {table.set_index("item").loc[text.published_as, "track"] for text in older} >= {text.track for text in older}

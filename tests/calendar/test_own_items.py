"""Further items in the calendar table: the same as if it had been made of all items together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from calendar_model.calendar import Item, to_frame, when, with_items
from calendar_model.reference import Reference
from calendar_model.vocabulary import Confidence, Kind, Precision, Sensitivity, Standing
from tests.day import TODAY

AS_OF = TODAY
SHARED: dict[str, Any] = {
    "title": "Side event on reprisals",
    "kind": Kind.SIDE_EVENT,
    "body": "un-hrc",
    "start": date(2027, 3, 3),
    "end": date(2027, 3, 3),
    "date_precision": Precision.DAY,
    "standing": Standing.CONFIRMED,
    "confidence": Confidence.SOURCED,
    "basis": "As entered.",
    "updated": AS_OF,
}

# Few days, so that many share a month, a day, or a beginning.
days = st.dates(date(2026, 12, 20), date(2027, 2, 10))


@st.composite
def _items(draw: st.DrawFn) -> Item:
    start = draw(days)
    precision = draw(st.sampled_from((Precision.DAY, Precision.DAY, Precision.MONTH)))
    at = draw(st.none() | st.just(datetime(start.year, start.month, start.day, 13, tzinfo=ZoneInfo("Europe/Zurich"))))
    return Item(
        **{
            **SHARED,
            "item": draw(st.text("abAB-é", min_size=1, max_size=3)),
            "title": draw(st.sampled_from(("Panel", "Ærlig tale", ""))),
            "body": draw(st.sampled_from(("un-hrc", "osce", "nowhere", ""))),
            "kind": draw(st.sampled_from(Kind)),
            "start": start,
            "end": start + timedelta(days=draw(st.integers(0, 3))),
            "date_precision": precision,
            "sensitivity": draw(st.sampled_from(Sensitivity)),
        },
        at=at,
        ends=at + timedelta(hours=2) if at else None,
        revision=draw(st.integers(0, 3)),
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(_items(), min_size=1, max_size=12), st.lists(_items(), max_size=6))
def test_the_table_is_that_of_all_items_together(reference: Reference, first: list[Item], further: list[Item]) -> None:
    whole = to_frame([*first, *further], reference, AS_OF)
    added = with_items(to_frame(first, reference, AS_OF), further, reference)
    assert_frame_equal(added, whole, check_categorical=False)
    assert added.attrs == whole.attrs


def test_among_the_project_s_own_items_they_stand_in_their_places(table: pd.DataFrame, reference: Reference) -> None:
    own = [Item(item="event-1", **SHARED), Item(item="event-2", **{**SHARED, "start": date(2027, 3, 1)})]
    added = with_items(table, own, reference)
    assert added[~added["item"].str.startswith("event-")]["item"].to_list() == table["item"].to_list()
    near = added[
        (added["start"] >= "2027-03-01") & (added["start"] <= "2027-03-03") & (added["date_precision"] == "day")
    ]
    assert [item for item in near["item"] if item.startswith("event-")] == ["event-2", "event-1"]
    assert near["start"].is_monotonic_increasing


def test_without_further_items_it_is_the_table_itself(table: pd.DataFrame, reference: Reference) -> None:
    assert with_items(table, [], reference) is table
    assert with_items(table, [Item(item="session-HRC61", **SHARED)], reference) is table


def test_other_attributes_of_the_table_stay(reference: Reference) -> None:
    table = to_frame([Item(item="a", **SHARED)], reference, AS_OF)
    table.attrs["files_changed"] = "then"
    assert with_items(table, [Item(item="b", **SHARED)], reference).attrs["files_changed"] == "then"


ONE = Item(item="event-1", **SHARED)
CHANGES: list[dict[str, Any]] = [
    {"title": "Another title"},
    {"body": "osce"},
    {"start": date(2027, 3, 2)},
    {"end": date(2027, 3, 4)},
    {"at": datetime(2027, 3, 3, 13, tzinfo=ZoneInfo("Europe/Zurich"))},
    {"timezone": "Europe/Zurich"},
    {"standing": Standing.CANCELLED},
    {"location": "Room XXI"},
    {"description": "With others"},
    {"related_to": "session-HRC64"},
    {"sensitivity": Sensitivity.INTERNAL},
    {"updated": date(2026, 11, 25)},
    {"revision": 1},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_the_version_changes_exactly_when_the_content_does(
    table: pd.DataFrame, reference: Reference, change: dict[str, Any]
) -> None:
    def version(*items: Item) -> str:
        return str(with_items(table, items, reference).attrs["version"])

    two = replace(ONE, item="event-2")
    assert version(ONE, two) == version(two, ONE)
    assert version(ONE, replace(ONE, item="session-HRC61")) == version(ONE)
    assert len({version(), version(ONE), version(replace(ONE, **change)), version(ONE, two)}) == 4


@pytest.mark.parametrize(
    ("location", "phrase"),
    [
        ("Room XXI, Palais des Nations, Geneva", "Wed 3 Mar 2027, 13:00–15:00 (Geneva time), 12:00 in London"),
        ("Online", "Wed 3 Mar 2027, 13:00–15:00 (Zurich time), 12:00 in London"),
    ],
)
def test_an_hour_is_called_by_the_town(reference: Reference, location: str, phrase: str) -> None:
    at = datetime(2027, 3, 3, 13, tzinfo=ZoneInfo("Europe/Zurich"))
    item = replace(ONE, at=at, ends=at + timedelta(hours=2), timezone="Europe/Zurich", location=location)
    (row,) = to_frame([item], reference, AS_OF).itertuples()
    assert when(row, "Europe/London") == phrase

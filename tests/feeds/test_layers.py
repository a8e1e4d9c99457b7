"""Events laid between those of the reference: the same feed as of one table that holds them all."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendar_model.calendar import Filter, Item, with_items
from calendar_model.feeds import feed_bytes
from calendar_model.feeds.http import build_feed
from calendar_model.feeds.layers import Layers
from calendar_model.reference import Reference
from calendar_model.vocabulary import Confidence, Kind, Precision, Sensitivity, Standing
from tests.day import TODAY

URL = "https://calendar.example.org"
FILTERS = [
    Filter(),
    Filter(organisations=("un-hrc",), kinds=("session", "side-event"), start=date(2026, 1, 1), end=date(2027, 12, 31)),
    Filter(text="side event"),
    Filter(organisations=("osce",)),
]


@pytest.fixture(scope="module")
def layers() -> Layers:
    return Layers(octets=2**24)


@st.composite
def own_items(draw: st.DrawFn) -> list[Item]:
    names = draw(st.lists(st.sampled_from(["event-1", "event-2", "a", "zz", "session-HRC64"]), unique=True))
    found = []
    for name in names:
        start = date(2026, 11, 1) + timedelta(days=draw(st.integers(0, 120)))
        standing = draw(st.sampled_from([Standing.CONFIRMED, Standing.CANCELLED]))
        found.append(
            Item(
                item=name,
                title=f"Side event {name}",
                kind=Kind.SIDE_EVENT,
                body=draw(st.sampled_from(["un-hrc", "osce", ""])),
                start=start,
                end=start + timedelta(days=draw(st.integers(0, 40))),
                date_precision=draw(st.sampled_from([Precision.DAY, Precision.MONTH])),
                standing=standing,
                confidence=Confidence.SOURCED,
                basis="An event of the mission's own.",
                updated=TODAY - timedelta(days=draw(st.sampled_from([0, 90, 91]))),
                sensitivity=draw(st.sampled_from(list(Sensitivity))),
            )
        )
    return found


@given(own=own_items(), chosen=st.sampled_from(FILTERS), alarm_days=st.sampled_from([None, 3]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_laid_together_they_are_as_if_one_table_had_held_them_all(
    reference: Reference,
    table: pd.DataFrame,
    layers: Layers,
    own: list[Item],
    chosen: Filter,
    alarm_days: int | None,
) -> None:
    whole = with_items(table, own, reference)
    rows = chosen.apply(whole, reference)
    laid = layers.laid(reference, table, own, chosen, url=URL, alarm_days=alarm_days)
    assert laid.organisations == set(rows["organisation"])
    written = b"".join(event.octets for event in laid.events if event is not None)
    expected = feed_bytes(rows, name="x", description="", url=URL, source="", alarm_days=alarm_days)
    _, begins, events = expected.partition(b"BEGIN:VEVENT")
    assert written == (begins + events).removesuffix(b"END:VCALENDAR\r\n")
    assert build_feed(reference, table, chosen, URL, tuple(own)).body == build_feed(reference, whole, chosen, URL).body


def test_what_there_is_no_room_for_is_worked_out_again(reference: Reference, table: pd.DataFrame) -> None:
    small = Layers(octets=1)
    one, other = (small.laid(reference, table, (), chosen, url=URL) for chosen in FILTERS[1:3])
    assert small.laid(reference, table, (), FILTERS[2], url=URL) is other
    again = small.laid(reference, table, (), FILTERS[1], url=URL)
    assert again == one
    assert again is not one

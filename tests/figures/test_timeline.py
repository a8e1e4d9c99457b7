"""What the timeline draws of a calendar table: levels of detail, signs of standing, windows, room."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendar_model.figures.lanes import MARKS_AT_MOST
from calendar_model.figures.marks import MORE
from calendar_model.figures.palette import INKS
from calendar_model.figures.timeline import in_window, timeline_figure, timeline_summary, undrawn, undrawn_words
from calendar_model.figures.work import OF_RECORD
from calendar_model.figures.zoom import Zoom, closer, step, window, window_around
from calendar_model.mission.dated_work import DatedEngagement, DatedStatement, DatedWork
from calendar_model.reference import Reference
from calendar_model.terms import EngagementKind, StatementFormat, StatementState, Voice
from calendar_model.vocabulary import Kind, Standing
from tests.day import TODAY
from tests.feeds.tables import table_of

WIDTH = 1280


def draw(
    table: pd.DataFrame, reference: Reference, zoom: Zoom = Zoom.YEAR, start: date | None = None, **options: Any
) -> go.Figure:
    first, days = window(zoom, start) if start else window_around(zoom, TODAY)
    settings = {"as_of": TODAY, "theme": "light", "width": WIDTH, **options}
    return timeline_figure(table, start=first, days=days, zoom=zoom, reference=reference, **settings)


def trace(figure: go.Figure, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


def items(figure: go.Figure, name: str) -> list[str]:
    return [data[0] for data in trace(figure, name).customdata or ()]


def drawn(figure: go.Figure) -> set[str]:
    return {item for name in ("areas", "bars", "signs") for item in items(figure, name)}


def day(ms: float) -> date:
    return date(1970, 1, 1) + timedelta(milliseconds=float(ms))


def labels(figure: go.Figure) -> list[str]:
    return list(trace(figure, "labels").text)


def session(**row: Any) -> dict[str, Any]:
    return {"item": "session-HRC67", "session": "HRC67", "start": "2026-10-05", "end": "2026-10-30", **row}


def mark(kind: str, item: str, on: str, **row: Any) -> dict[str, Any]:
    return {"kind": kind, "item": item, "title": item, "start": on, "end": on, **row}


ONE_OF_EACH = [
    session(),
    mark("resolution", "text", "2026-10-20"),
    mark("mandate-renewal", "renewal", "2026-10-21"),
    mark("deadline", "deadline", "2026-10-22"),
    mark("milestone", "milestone", "2026-10-22"),
    mark("meeting", "meeting", "2026-10-23"),
    mark("side-event", "side-event", "2026-10-24"),
    mark("observance", "observance", "2026-10-25"),
    mark("mandate-holder", "holder", "2026-10-26"),
    mark("upr-review", "review", "2026-10-27", body="un-hrc-upr"),
]


@pytest.mark.parametrize(
    ("zoom", "left_out"),
    [
        (Zoom.WEEK, {"holder"}),
        (Zoom.MONTH, {"holder"}),
        (Zoom.QUARTER, {"holder"}),
        (Zoom.YEAR, {"holder", "milestone"}),
        (Zoom.FIVE_YEARS, {"deadline", "milestone", "side-event", "observance"}),
        (Zoom.FIFTEEN_YEARS, {"deadline", "milestone", "side-event", "observance", "meeting"}),
    ],
)
def test_each_zoom_draws_what_it_can_bear_and_says_what_it_leaves_out(
    reference: Reference, zoom: Zoom, left_out: set[str]
) -> None:
    table = table_of(ONE_OF_EACH)
    start = date(2026, 10, 19) if zoom is Zoom.WEEK else date(2026, 10, 1)
    first, days = window(zoom, start)
    expected = set(in_window(table, start=first, days=days)["item"]) - left_out
    assert drawn(draw(table, reference, zoom, start)) == expected
    hidden = undrawn(table, start=first, days=days, zoom=zoom)
    assert sum(hidden.values()) == len(set(in_window(table, start=first, days=days)["item"]) & left_out)


def test_what_is_left_out_is_counted_by_kind(reference: Reference) -> None:
    table = table_of([*ONE_OF_EACH, mark("deadline", "another", "2026-11-02")])
    first, days = window(Zoom.FIVE_YEARS, date(2026, 1, 1))
    hidden = undrawn(table, start=first, days=days, zoom=Zoom.FIVE_YEARS)
    assert hidden == {"deadline": 2, "side-event": 1, "observance": 1, "milestone": 1}
    assert undrawn_words(hidden, agenda=True) == (
        "Hidden at this zoom (see Agenda): 2 deadlines, 1 side event, 1 observance and 1 milestone."
    )
    assert undrawn_words({"deadline": 2}, agenda=False) == "Hidden at this zoom: 2 deadlines."
    assert undrawn_words({}, agenda=True) == ""


def test_reviews_crowd_a_year_but_those_of_one_state_do_not(reference: Reference) -> None:
    rows = [mark("upr-review", f"upr-{i}", "2026-11-10", body="un-hrc-upr") for i in range(13)]
    assert drawn(draw(table_of(rows), reference)) == set()
    assert drawn(draw(table_of(rows[:1]), reference)) == {"upr-0"}


def test_only_what_is_in_the_stretch_is_sent(reference: Reference) -> None:
    table = table_of(
        [
            session(item="before", start="2026-08-01", end="2026-08-31"),
            session(item="last-day-in", start="2026-08-01", end="2026-09-01"),
            session(item="first-day-in", start="2027-08-31", end="2027-09-10"),
            session(item="after", start="2027-09-01", end="2027-09-10"),
        ]
    )
    assert drawn(draw(table, reference)) == {"last-day-in", "first-day-in"}


def test_a_known_session_is_a_solid_bar_over_its_very_days(reference: Reference) -> None:
    figure = draw(table_of([session(standing="held")]), reference)
    bars = trace(figure, "bars")
    assert (day(bars.base[0]), day(bars.base[0] + bars.x[0])) == (date(2026, 10, 5), date(2026, 10, 31))
    assert list(bars.marker.color) == ["#328cfa"]
    assert list(bars.marker.line.width) == [0]
    assert [len(trace(figure, name).x) for name in ("areas", "lines", "dots", "strikes")] == [0, 0, 0, 0]


EXPECTED = {
    "date_precision": "expected",
    "standing": "projected",
    "start": "2027-02-22",
    "end": "2027-03-30",
    "earliest": "2027-02-15",
    "latest": "2027-03-01",
}


def pieces(figure: go.Figure, name: str) -> list[tuple[date, date]]:
    """The days on which each bar of a trace begins and ends."""
    found = trace(figure, name)
    return [(day(base), day(base + length)) for base, length in zip(found.base, found.x, strict=True)]


def test_an_expected_session_is_an_outline_on_its_days_with_a_whisker_over_the_interval(reference: Reference) -> None:
    figure = draw(table_of([session(**EXPECTED)]), reference, Zoom.QUARTER, date(2027, 2, 1))
    assert pieces(figure, "bars") == [(date(2027, 2, 22), date(2027, 3, 31))]
    marker = trace(figure, "bars").marker
    assert (list(marker.color), list(marker.line.color)) == ([INKS["light"].ground], ["#328cfa"])
    assert marker.line.width[0] > 0
    before, after, *ticks = pieces(figure, "lines")
    # A week before it may begin, and it may close a week later than expected.
    assert (before, after) == ((date(2027, 2, 15), date(2027, 2, 22)), (date(2027, 3, 31), date(2027, 4, 7)))
    assert len(ticks) == 2
    assert labels(figure) == ["Human Rights Council, 61st session · expected"]


def test_a_whisker_that_the_stretch_cuts_has_no_tick_there(reference: Reference) -> None:
    row = session(**EXPECTED, session="") | {"start": "2027-02-03", "earliest": "2027-01-20", "latest": "2027-02-03"}
    figure = draw(table_of([row]), reference, Zoom.QUARTER, date(2027, 2, 1))
    assert pieces(figure, "lines") == [(date(2027, 2, 1), date(2027, 2, 3))]


def test_an_expected_deadline_is_hollow_with_its_whisker(reference: Reference) -> None:
    row = mark("deadline", "Tabling", "2027-03-15") | EXPECTED
    row |= {"start": "2027-03-15", "end": "2027-03-15", "earliest": "2027-03-15", "latest": "2027-03-22"}
    figure = draw(table_of([row]), reference, Zoom.QUARTER, date(2027, 2, 1))
    assert list(trace(figure, "signs").marker.symbol) == ["triangle-down-open"]
    line, tick = pieces(figure, "lines")
    assert (line[1], tick[1]) == (date(2027, 3, 22), date(2027, 3, 22))
    assert labels(figure) == ["<b>Tabling · expected</b>"]


def test_what_has_passed_unrecorded_is_an_outline_and_says_not_confirmed(reference: Reference) -> None:
    figure = draw(table_of([session(standing="not-confirmed")]), reference)
    assert list(trace(figure, "bars").marker.color) == [INKS["light"].ground]
    assert labels(figure) == ["Human Rights Council, 61st session · not confirmed"]


def test_a_long_session_is_a_bar_for_its_main_part_and_a_line_to_its_close(reference: Reference) -> None:
    row = session(standing="confirmed", start="2026-09-08", entry_end="2026-12-24", end="2027-06-30")
    figure = draw(table_of([row]), reference)
    assert pieces(figure, "bars") == [(date(2026, 9, 8), date(2026, 12, 25))]
    assert pieces(figure, "lines") == [(date(2026, 12, 25), date(2027, 7, 1))]
    assert items(figure, "areas") == ["session-HRC67"]
    later = draw(table_of([row]), reference, Zoom.QUARTER, date(2027, 2, 1))
    assert (pieces(later, "bars"), items(later, "areas")) == ([], ["session-HRC67"])
    assert labels(later) == ["Human Rights Council, 61st session"]


@pytest.mark.parametrize(("end", "arrows"), [(TODAY.isoformat(), 1), ("2026-06-30", 0)])
@pytest.mark.parametrize("precision", ["day", "month", "year"])
def test_a_mandate_holder_is_a_bar_over_the_term(reference: Reference, end: str, arrows: int, precision: str) -> None:
    row = mark("mandate-holder", "holder", "2025-04-01", end=end, entry_end="2025-04-30", date_precision=precision)
    figure = draw(table_of([row]), reference, Zoom.FIVE_YEARS)
    assert pieces(figure, "bars") == [(date(2025, 4, 1), date.fromisoformat(end) + timedelta(days=1))]
    assert (len(trace(figure, "arrows").x), len(trace(figure, "dots").x)) == (arrows, 0)


@pytest.mark.parametrize(
    ("standing", "note"),
    [
        ("projected", "dates not set"),
        ("provisional", "dates not set"),
        ("not-confirmed", "not confirmed"),
        ("held", "dates not known"),
    ],
)
def test_a_window_is_a_dotted_line_that_ends_in_words(reference: Reference, standing: str, note: str) -> None:
    row = session(standing=standing, date_precision="month", start="2027-02-01", end="2027-06-30", title="Session")
    figure = draw(table_of([row]), reference)
    assert pieces(figure, "areas") == [(date(2027, 2, 1), date(2027, 7, 1))]
    assert [len(trace(figure, name).x) for name in ("bars", "lines", "signs")] == [0, 0, 0]
    ((begin, end),) = pieces(figure, "dots")
    assert begin == date(2027, 2, 1)
    assert end < date(2027, 7, 1)
    assert labels(figure) == [f"Session · {note}"]
    assert day(trace(figure, "labels").x[0]) == date(2027, 7, 1)
    assert trace(figure, "labels").textposition == ("middle left",)


def test_a_window_with_little_room_says_it_shortly(reference: Reference) -> None:
    row = session(standing="projected", date_precision="month", start="2027-02-01", end="2027-02-28", session="")
    for following, label in (("2027-05-04", "A · dates not set"), ("2027-03-29", "A · not set")):
        table = table_of([row | {"item": "a", "title": "A"}, session(start=following, end="2027-06-30")])
        assert label in labels(draw(table, reference, rows_at_most=1))


@pytest.mark.parametrize("kind", [Kind.SESSION, Kind.MEETING, Kind.DEADLINE, Kind.UPR_REVIEW, Kind.OBSERVANCE])
@pytest.mark.parametrize("standing", list(Standing))
def test_a_window_is_never_a_sign_on_a_day(reference: Reference, kind: Kind, standing: Standing) -> None:
    row = {**session(), "kind": kind, "standing": standing, "date_precision": "month"}
    figure = draw(table_of([{**row, "start": "2026-10-01", "end": "2026-10-31"}]), reference)
    assert (items(figure, "signs"), items(figure, "areas")) == ([], ["session-HRC67"])
    assert len(trace(figure, "bars").x) == 0


def test_a_window_that_reaches_beyond_the_stretch_does_not_seem_to_end_in_it(reference: Reference) -> None:
    row = mark("resolution", "text", "2026-11-01", end="2027-04-30", date_precision="month", standing="projected")
    figure = draw(table_of([row]), reference, Zoom.WEEK)
    assert pieces(figure, "areas") == [(TODAY, TODAY + timedelta(days=7))]
    assert items(figure, "signs") == []


@pytest.mark.parametrize(
    ("row", "symbol"),
    [
        (mark("resolution", "a", "2026-10-06", standing="held"), "diamond"),
        (mark("mandate-renewal", "a", "2026-10-06", standing="held"), "diamond"),
        (mark("resolution", "a", "2027-03-06", standing="projected"), "diamond-open"),
        (mark("resolution", "a", "2026-10-06", standing="cancelled", departure=True), "diamond-x-open"),
        (mark("deadline", "a", "2026-10-06", standing="confirmed"), "triangle-down"),
        (mark("deadline", "a", "2027-03-06", standing="projected"), "triangle-down-open"),
        (mark("observance", "a", "2026-10-06", standing="held"), "circle"),
    ],
)
def test_texts_are_diamonds_and_deadlines_triangles_filled_when_firm(
    reference: Reference, row: dict[str, Any], symbol: str
) -> None:
    assert list(trace(draw(table_of([row]), reference), "signs").marker.symbol) == [symbol]


def test_a_deadline_has_its_label_in_bold(reference: Reference) -> None:
    assert labels(draw(table_of([mark("deadline", "Tabling", "2026-10-06")]), reference)) == ["<b>Tabling</b>"]


def test_a_cancelled_item_is_struck_through_mark_and_label(reference: Reference) -> None:
    figure = draw(table_of([session(standing="cancelled")]), reference)
    begin, end = (day(ms) for ms in trace(figure, "strikes").x[:2])
    assert begin <= date(2026, 10, 5) < date(2026, 10, 30) <= end
    assert labels(figure) == ["<s>Human Rights Council, 61st session · cancelled</s>"]


def test_a_departure_says_that_the_text_did_not_come(reference: Reference) -> None:
    row = mark("resolution", "GA text, GA80", "2026-10-06", standing="cancelled", departure=True)
    figure = draw(table_of([row]), reference)
    assert labels(figure) == ["GA text, GA80 · not tabled"]
    assert len(trace(figure, "strikes").x) == 0


def test_a_text_that_did_not_come_has_its_cross_in_its_window(reference: Reference) -> None:
    row = mark("resolution", "text", "2026-11-01", end="2026-12-31", date_precision="month")
    figure = draw(table_of([row | {"standing": "cancelled", "departure": True}]), reference)
    assert list(trace(figure, "signs").marker.symbol) == ["diamond-x-open"]


def test_hover_says_what_when_and_how_known(reference: Reference) -> None:
    row = session(title="Sessions <of> R&D", **EXPECTED) | {"basis": "Every third year, counted from 58/23."}
    assert trace(draw(table_of([row]), reference), "bars").customdata[0][1] == (
        "<b>Sessions &lt;of&gt; R&amp;D</b><br>expected Mon 22 Feb – Tue 30 Mar 2027 ± 7 days<br>"
        "Projected. Every third year, counted from 58/23."
    )


def test_hover_says_of_a_window_that_the_dates_are_not_set(reference: Reference) -> None:
    row = session(standing="projected", date_precision="month", start="2027-02-01", end="2027-03-31")
    lines = trace(draw(table_of([row]), reference), "areas").customdata[0][1].split("<br>")
    assert lines[1] == "Feb–Mar 2027 (dates not set)"


def test_a_word_that_belongs_to_an_item_is_shown_with_it(reference: Reference) -> None:
    figure = draw(table_of([mark("meeting", "m", "2026-10-06")]), reference, marks={"m": "statement ready"})
    assert labels(figure) == ["m · statement ready"]
    assert trace(figure, "signs").customdata[0][1].endswith("<br>statement ready")


def test_lanes_are_in_the_order_of_the_organisations_with_their_bodies_below(reference: Reference) -> None:
    rows = [
        session(item="c", organisation="osce", body="osce-odihr"),
        session(item="a", organisation="un-ga", body="un-ga"),
        session(item="b", body="un-hrc-upr"),
        session(item="d", organisation="osce", body="osce"),
    ]
    axis = draw(table_of(rows), reference).layout.yaxis
    assert list(axis.ticktext) == ["<b>UPR</b>", "<b>GA</b>", "<b>OSCE</b>", "ODIHR"]
    assert list(axis.tickvals) == sorted(axis.tickvals)
    assert axis.range[0] > axis.range[1]


def test_what_does_not_fit_is_counted_where_it_would_be(reference: Reference) -> None:
    rows = [mark("deadline", f"d{i}", "2027-02-10") for i in range(9)]
    figure = draw(table_of(rows), reference)
    assert len(items(figure, "signs")) == 3
    assert list(trace(figure, "more").text) == ["+6 more"]
    (chip,) = items(figure, "more")
    assert chip.startswith(MORE)
    assert date(2027, 1, 20) <= date.fromisoformat(chip.removeprefix(MORE)) <= date(2027, 2, 10)


def test_a_click_pales_nothing_and_the_wheel_moves_nothing(reference: Reference) -> None:
    figure = draw(table_of([session(), mark("deadline", "d", "2026-10-06")]), reference)
    for name in ("bars", "signs", "areas"):
        assert trace(figure, name).unselected.marker.opacity == trace(figure, name).selected.marker.opacity == 1
    layout = figure.layout
    assert (layout.xaxis.fixedrange, layout.yaxis.fixedrange, layout.dragmode) == (True, True, False)


def test_today_has_its_line_in_the_stretch_and_only_there(reference: Reference) -> None:
    table = table_of([session()])
    here = [a.text for a in draw(table, reference).layout.annotations]
    elsewhere = [a.text for a in draw(table, reference, start=date(2020, 1, 1)).layout.annotations]
    assert here == ["<b>today</b>, 24 Nov"]
    assert elsewhere == ["No items match the filter in this period."]


def test_hours_are_the_readers_in_a_week(reference: Reference) -> None:
    row = mark("deadline", "Tabling", "2026-11-24", all_day=False, starts_at="2026-11-24 12:00")
    row["ends_at"] = row["starts_at"]
    figure = draw(table_of([row]), reference, Zoom.WEEK, zone="America/New_York")
    assert labels(figure) == ["<b>07:00 Tabling</b>"]
    at = trace(figure, "signs").x[0] / 3_600_000 % 24
    assert at == pytest.approx(7, abs=0.01)


def test_upr_cycles_lie_over_their_sessions_in_fifteen_years(reference: Reference, table: pd.DataFrame) -> None:
    words = [a.text for a in draw(table, reference, Zoom.FIFTEEN_YEARS).layout.annotations]
    assert [word for word in words if "cycle" in word] == ["3rd cycle", "4th cycle"]


def test_the_summary_says_what_the_picture_shows(reference: Reference) -> None:
    rows = [session(), mark("deadline", "Tabling", "2026-12-01"), mark("deadline", "Later", "2026-12-02")]
    first, days = window_around(Zoom.YEAR, TODAY)

    def summary(table: pd.DataFrame) -> str:
        return timeline_summary(table, as_of=TODAY, start=first, days=days, zoom=Zoom.YEAR, reference=reference)

    assert summary(table_of(rows)) == (
        "Timeline from 1 Sep 2026 to 31 Aug 2027, 1 lane: 1 session and 2 deadlines. Next: Tabling (HRC), Tue 1 Dec 2026."
    )
    unsure = [
        session(**EXPECTED, item="a"),
        session(date_precision="month", standing="projected", item="b"),
        session(standing="not-confirmed", item="c"),
        session(standing="cancelled", item="d"),
    ]
    assert summary(table_of(unsure)).replace("\xa0", " ") == (
        "Timeline from 1 Sep 2026 to 31 Aug 2027, 1 lane: 4 sessions. Of these 1 expected, 1 with dates not set, "
        "1 not confirmed, 1 cancelled. Next: Human Rights Council, 61st session (HRC), "
        "expected Mon 22 Feb – Tue 30 Mar 2027 ± 7 days."
    )
    assert summary(table_of(rows).head(0)) == ("Timeline from 1 Sep 2026 to 31 Aug 2027: no items match the filter.")


ROW = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([str(kind) for kind in Kind]),
        "body": st.sampled_from(["un-hrc", "un-hrc-upr"]),
        "standing": st.sampled_from([str(standing) for standing in Standing]),
        "date_precision": st.sampled_from(["day", "expected", "month"]),
        "start": st.dates(date(2026, 8, 1), date(2027, 9, 30)),
        "title": st.text("HRC 61·abc", min_size=1, max_size=40),
        "days": st.integers(0, 90),
        "before": st.integers(0, 30),
        "after": st.integers(0, 30),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=40), st.sampled_from(list(Zoom)))
def test_marks_never_overlap_and_nothing_is_lost(reference: Reference, rows: list[dict[str, Any]], zoom: Zoom) -> None:
    filled = []
    for i, row in enumerate(rows):
        later, before, after = (timedelta(days=row[name]) for name in ("days", "before", "after"))
        start, kept = row["start"], {name: row[name] for name in row.keys() - {"days", "before", "after"}}
        interval = {"earliest": start - before, "latest": start + after} if row["date_precision"] == "expected" else {}
        filled.append({**kept, "item": f"i{i}", "end": start + later, **interval})
    table = table_of(filled)
    figure = draw(table, reference, zoom)
    spans: dict[float, list[tuple[float, float]]] = {}
    seen = set()
    px = WIDTH / window_around(zoom, TODAY)[1] / 86_400_000
    for name in ("areas", "bars"):
        bars = trace(figure, name)
        for item, base, length, y in zip(items(figure, name), bars.base, bars.x, bars.y, strict=True):
            if item not in seen:
                spans.setdefault(y, []).append((base, base + length))
            seen.add(item)
    signs = trace(figure, "signs")
    for item, x, y in zip(items(figure, "signs"), signs.x, signs.y, strict=True):
        if item not in seen:
            spans.setdefault(y, []).append((x - 5 / px, x + 5 / px))
        seen.add(item)
    for row_spans in spans.values():
        for (_, end), (start, _) in itertools.pairwise(sorted(row_spans)):
            assert end <= start + 1
    lines = trace(figure, "lines")
    for base, length, y in zip(lines.base, lines.x, lines.y, strict=True):
        # A tick is as wide as its line is thick.
        assert all(base + length <= begin + 2 / px or base >= end - 2 / px for begin, end in spans[y])
    first, days = window_around(zoom, TODAY)
    inside = in_window(table, start=first, days=days)
    hidden = sum(undrawn(table, start=first, days=days, zoom=zoom).values())
    counted = sum(int(text.removeprefix("+").removesuffix(" more")) for text in trace(figure, "more").text or ())
    kinds = Counter(inside["kind"].astype(str))
    assert len(seen) + counted + hidden == sum(kinds.values())


@pytest.mark.parametrize("zoom", list(Zoom))
def test_a_crowd_stays_a_picture(reference: Reference, zoom: Zoom) -> None:
    rng = np.random.default_rng(1)
    codes = [code for code, row in reference.organisations.items() if row.level != "family"]
    kinds = [Kind.SESSION, Kind.RESOLUTION, Kind.MEETING, Kind.DEADLINE]
    rows = [
        {
            "item": f"i{i}",
            "title": f"Item number {i} of many",
            "kind": kinds[int(rng.integers(len(kinds)))],
            "organisation": (code := codes[int(rng.integers(len(codes)))]),
            "body": code,
            "start": (day := date(2026, 1, 1) + timedelta(days=int(rng.integers(730)))),
            "end": day + timedelta(days=int(rng.integers(1, 20))),
        }
        for i in range(10_000)
    ]
    table = table_of(rows)
    figure = draw(table, reference, zoom)
    assert len(drawn(figure)) <= MARKS_AT_MOST
    assert len(figure.to_json(validate=False)) < 300_000
    assert json.loads(figure.to_json())["layout"]["height"] < 4_000


@pytest.mark.parametrize("zoom", list(Zoom))
def test_forward_and_back_come_home_and_today_is_in_the_opening_stretch(zoom: Zoom) -> None:
    first, days = window_around(zoom, TODAY)
    assert first <= TODAY < first + timedelta(days=days)
    assert window(zoom, first) == (first, days)
    assert step(zoom, step(zoom, first, 1), -1) == first
    assert first < step(zoom, first, 1) < first + timedelta(days=days + 1)


def test_a_week_and_a_month_begin_on_any_day_and_longer_stretches_with_a_month() -> None:
    assert window(Zoom.WEEK, TODAY) == window_around(Zoom.WEEK, TODAY) == (TODAY, 7)
    assert window(Zoom.MONTH, date(2028, 1, 31)) == (date(2028, 1, 31), 29)
    assert window_around(Zoom.MONTH, TODAY) == (TODAY, 30)
    assert window(Zoom.QUARTER, TODAY) == (date(2026, 11, 1), 92)
    assert window(Zoom.YEAR, date(2027, 3, 9)) == (date(2027, 3, 1), 366)
    assert [closer(zoom) for zoom in Zoom] == [Zoom.WEEK, *list(Zoom)[:-1]]


@pytest.mark.parametrize("zoom", list(Zoom))
def test_plotly_finds_nothing_wrong_with_the_figure(reference: Reference, table: pd.DataFrame, zoom: Zoom) -> None:
    work = [engaged("met", TODAY, "session-HRC64"), stated("draft", TODAY, StatementState.DRAFT, body="osce")]
    figure = draw(table, reference, zoom, marks={"session-HRC64": "draft ready"}, work=work)
    checked = go.Figure(figure.to_dict())
    assert [trace.name for trace in checked.data] == [
        "areas", "bars", "lines", "dots", "strikes", "signs", "arrows", "work", "labels", "more",
    ]  # fmt: skip


# --- Our own work


def engaged(name: str, on: date, *items: str, body: str = "") -> DatedEngagement:
    kinds = (EngagementKind.CONSULTED, EngagementKind.PUBLIC_SUPPORT)
    return DatedEngagement(name, name, on, body, kinds, items)


def stated(name: str, on: date, state: StatementState, *items: str, body: str = "") -> DatedStatement:
    return DatedStatement(name, name, on, body, Voice.NATIONAL, StatementFormat.GENERAL_DEBATE, state, items)


def work_of(figure: go.Figure) -> list[tuple[str, str, str, date]]:
    found = trace(figure, "work")
    return [
        (data[0], symbol, text, day(x))
        for data, symbol, text, x in zip(found.customdata, found.marker.symbol, found.text, found.x, strict=True)
    ]


def lane_at(figure: go.Figure, y: float) -> str:
    """The lane in which a mark is: the last that begins above it."""
    axis = figure.layout.yaxis
    return str(max((top, text) for top, text in zip(axis.tickvals, axis.ticktext, strict=True) if top <= y)[1])


def test_work_is_marked_on_its_day_by_kind_and_state(reference: Reference) -> None:
    on = [date(2026, 10, day) for day in (1, 8, 15, 22)]
    work: list[DatedWork] = [
        engaged("met", on[0], "session-HRC67"),
        stated("draft", on[1], StatementState.DRAFT, "session-HRC67"),
        stated("cleared", on[2], StatementState.CLEARED, "session-HRC67"),
        stated("made", on[3], StatementState.DELIVERED, "session-HRC67"),
    ]
    figure = draw(table_of([session()]), reference, Zoom.QUARTER, date(2026, 10, 1), work=work)
    symbols = ("circle", "square-open", "square-open-dot", "square")
    assert work_of(figure) == [("session-HRC67", symbol, "", each) for symbol, each in zip(symbols, on, strict=True)]
    told = [data[1] for data in trace(figure, "work").customdata]
    assert all("Linked to:" in each for each in told)
    assert "Consulted, public support · " in told[0]
    assert len(set(trace(figure, "work").y)) == 1


def test_without_work_there_is_no_row_for_it(reference: Reference) -> None:
    table = table_of(ONE_OF_EACH)
    without, with_work = (
        draw(table, reference, work=work) for work in ([], [engaged("met", date(2026, 10, 8), "session-HRC67")])
    )
    assert "our work" not in [note.text for note in without.layout.annotations]
    assert "our work" in [note.text for note in with_work.layout.annotations]
    assert without.layout.height < with_work.layout.height


def test_work_of_days_that_cannot_be_told_apart_is_one_mark_with_a_number(reference: Reference) -> None:
    names = [f"met-{number}" for number in range(9)]
    work = [engaged(name, date(2026, 10, 8), "session-HRC67") for name in names]
    figure = draw(table_of([session()]), reference, Zoom.FIFTEEN_YEARS, work=work)
    ((_item, symbol, text, _day),) = work_of(figure)
    assert (symbol, text) == ("circle", "9")
    told = trace(figure, "work").customdata[0][1]
    assert [name in told for name in names] == [True] * 6 + [False] * 3
    assert "+3 more" in told


def test_work_is_in_the_lane_of_its_item_and_else_of_its_own_body(reference: Reference) -> None:
    work = [
        engaged("linked", date(2026, 10, 8), "session-HRC67", body="osce"),
        engaged("by-itself", date(2026, 10, 9), body="osce"),
        engaged("nowhere", date(2026, 10, 10)),
    ]
    figure = draw(table_of([session()]), reference, Zoom.QUARTER, date(2026, 10, 1), work=work)
    found = trace(figure, "work")
    lane_of = {data[0]: lane_at(figure, y) for data, y in zip(found.customdata, found.y, strict=True)}
    assert lane_of == {
        "session-HRC67": "<b>HRC</b>",
        f"{OF_RECORD}by-itself": "<b>OSCE</b>",
        f"{OF_RECORD}nowhere": "<b>No body</b>",
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.integers(0, 364), min_size=1, max_size=60),
    zoom=st.sampled_from(Zoom),
    width=st.integers(360, 1600),
)
def test_no_mark_of_work_covers_another_and_all_are_counted(
    reference: Reference, days: list[int], zoom: Zoom, width: int
) -> None:
    first, length = window(zoom, date(2026, 10, 1))
    work = [engaged(f"{n}", first + timedelta(days=day % length), body="osce") for n, day in enumerate(days)]
    figure = draw(table_of([session()]), reference, zoom, date(2026, 10, 1), work=work, width=width)
    found = trace(figure, "work")
    assert sum(int(text or 1) for text in found.text) == len(work)
    begin, end = figure.layout.xaxis.range
    margin = figure.layout.margin
    px = (np.sort(found.x) - begin) / (end - begin) * (width - margin.l - margin.r)
    numbered = np.array([bool(text) for text in found.text])[np.argsort(found.x)][:-1]
    assert (np.diff(px) >= np.where(numbered, 25.9, 11.9)).all()


def test_the_summary_counts_the_work(reference: Reference) -> None:
    work: list[DatedWork] = [engaged("met", TODAY), stated("draft", TODAY, StatementState.DRAFT)]
    first, days = window_around(Zoom.YEAR, TODAY)
    found = timeline_summary(
        table_of([session()]), work, as_of=TODAY, start=first, days=days, zoom=Zoom.YEAR, reference=reference
    )
    assert found.endswith("Our work: engagements 1, statements 1.")

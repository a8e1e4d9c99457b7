"""A month as a grid: each item has its place or is counted, and nothing overlaps."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.figures.month import (
    LISTED_A_DAY,
    LONGEST,
    ROWS,
    MonthFill,
    MonthForm,
    MonthGrid,
    month_entries,
    month_grid,
)
from calendar_model.reference import Reference
from tests.day import TODAY

FIRST = date(2027, 2, 1)
KINDS = ("meeting", "deadline", "session", "mandate-holder")
PRECISIONS = ("day", "expected", "month")


def view(*items: tuple[int, int, str, str]) -> pd.DataFrame:
    """A calendar table, as far as the grid needs it: the days after 1 February 2027, the length, kind and precision."""
    starts = [FIRST + timedelta(days=start) for start, _, _, _ in items]
    return pd.DataFrame(
        {
            "item": [f"item-{i}" for i in range(len(items))],
            "start": pd.to_datetime(pd.Series(starts, dtype="object")).astype("datetime64[s]"),
            "end": pd.to_datetime(
                pd.Series(
                    [day + timedelta(days=item[1] - 1) for day, item in zip(starts, items, strict=True)], dtype="object"
                )
            ).astype("datetime64[s]"),
            "kind": [kind for _, _, kind, _ in items],
            "date_precision": [precision for _, _, _, precision in items],
        }
    )


def placed(grid: MonthGrid) -> list[tuple[str, int, int, int]]:
    return [(p.item, p.column, p.days, p.row) for p in grid.weeks[0].pieces]


ITEMS = st.lists(
    st.tuples(st.integers(-80, 45), st.integers(1, 90), st.sampled_from(KINDS), st.sampled_from(PRECISIONS)),
    max_size=40,
)


@given(ITEMS, st.dates(date(2027, 1, 1), date(2027, 4, 30)))
def test_each_item_of_a_week_has_one_place_in_it_or_is_counted_on_its_days(
    items: list[tuple[int, int, str, str]], month: date
) -> None:
    table = view(*items)
    grid = month_grid(table, month, TODAY)
    spans = zip(grid.rows["start"].dt.date, grid.rows["end"].dt.date, strict=True)
    days: dict[str, tuple[date, date]] = dict(zip(grid.rows["item"], spans, strict=True))
    for week in grid.weeks:
        here = {item for item, (start, end) in days.items() if start <= week.days[-1] and end >= week.monday}
        counts = Counter(piece.item for piece in week.pieces)
        assert set(counts) <= here
        assert set(counts.values()) <= {1}
        covered: set[tuple[int, int]] = set()
        for piece in week.pieces:
            start, end = days[piece.item]
            own = range(piece.column, piece.column + piece.days)
            assert [week.days[day] for day in own] == [day for day in week.days if start <= day <= end]
            assert (piece.begins, piece.ends) == (start >= week.monday, end <= week.days[-1])
            cells = {(piece.row, day) for day in own}
            assert not covered & cells
            assert 0 <= piece.row < ROWS
            covered |= cells
        left = here - set(counts)
        for day, more in zip(week.days, week.more, strict=True):
            assert more == sum(days[item][0] <= day <= days[item][1] for item in left)


@given(ITEMS, st.dates(date(2027, 1, 1), date(2027, 4, 30)), st.dates(date(2027, 1, 1), date(2027, 4, 30)))
def test_all_of_a_month_is_in_its_list_or_below_it(
    items: list[tuple[int, int, str, str]], month: date, today: date
) -> None:
    table = view(*items)
    grid = month_grid(table, month, today)
    last = (grid.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    of_month = table[(table["start"] <= pd.Timestamp(last)) & (table["end"] >= pd.Timestamp(grid.first))]
    listed = [item for day in grid.days for item in day.items]
    assert len(listed) == len(set(listed))
    assert len(listed) + sum(day.more for day in grid.days) + len(grid.undated) + len(grid.long) == len(of_month)
    assert {*listed, *grid.undated["item"], *grid.long["item"]} <= set(of_month["item"])
    assert all(grid.first <= day.day <= last for day in grid.days)


def test_the_weeks_begin_on_mondays_and_cover_the_month() -> None:
    assert [week.monday for week in month_grid(view(), date(2027, 2, 17), TODAY).weeks] == [
        date(2027, 2, day) for day in (1, 8, 15, 22)
    ]
    august = month_grid(view(), date(2026, 8, 1), TODAY).weeks
    assert (august[0].monday, august[-1].days[-1], len(august)) == (date(2026, 7, 27), date(2026, 9, 6), 6)


def test_a_bar_goes_on_in_the_next_week() -> None:
    grid = month_grid(view((5, 4, "meeting", "day")), FIRST, TODAY)
    assert [piece for week in grid.weeks for piece in week.pieces] == [
        ("item-0", 5, 2, 0, True, False),
        ("item-0", 0, 2, 0, False, True),
    ]


def test_the_longest_come_first_then_deadlines() -> None:
    grid = month_grid(
        view((0, 1, "meeting", "day"), (0, 1, "deadline", "day"), (0, 3, "meeting", "expected")), FIRST, TODAY
    )
    assert placed(grid) == [("item-2", 0, 3, 0), ("item-1", 0, 1, 1), ("item-0", 0, 1, 2)]


def test_bars_leave_a_row_to_single_days_and_take_it_where_there_are_none() -> None:
    grid = month_grid(view(*((0, 5, "session", "day") for _ in range(5)), (2, 1, "deadline", "expected")), FIRST, TODAY)
    assert [row for *_, row in placed(grid)] == [0, 1, 2, 3]
    assert placed(grid)[-1] == ("item-5", 2, 1, 3)
    assert grid.weeks[0].more == [2, 2, 2, 2, 2, 0, 0]
    without = month_grid(view(*((0, 5, "session", "day") for _ in range(5))), FIRST, TODAY)
    assert [row for *_, row in placed(without)] == [0, 1, 2, 3]
    assert without.weeks[0].more == [1, 1, 1, 1, 1, 0, 0]


def test_what_has_no_days_and_what_is_too_long_is_below() -> None:
    grid = month_grid(
        view(
            (-50, 1000, "mandate-holder", "month"),
            (0, 28, "meeting", "month"),
            (-10, LONGEST + 1, "session", "day"),
            (-10, LONGEST, "session", "day"),
            (-40, 20, "meeting", "month"),
        ),
        FIRST,
        TODAY,
    )
    assert grid.undated["item"].tolist() == ["item-1"]
    assert grid.long["item"].tolist() == ["item-2", "item-0"]
    assert grid.rows["item"].tolist() == ["item-3"]


def test_days_of_other_months_show_what_is_on_them_and_the_list_does_not() -> None:
    grid = month_grid(view((-3, 2, "meeting", "day"), (-3, 6, "meeting", "day")), date(2027, 1, 1), TODAY)
    assert [piece.item for piece in grid.weeks[-1].pieces] == ["item-1", "item-0"]
    february = month_grid(view((-3, 2, "meeting", "day"), (-3, 6, "meeting", "day")), FIRST, TODAY)
    assert [(day.day, day.items) for day in february.days] == [(FIRST, ["item-1"])]


def test_what_is_under_way_is_listed_on_today() -> None:
    grid = month_grid(
        view((0, 9, "meeting", "day"), (0, 2, "meeting", "day"), (6, 1, "meeting", "day")), FIRST, date(2027, 2, 5)
    )
    assert [(day.day.day, day.items) for day in grid.days] == [(1, ["item-1"]), (5, ["item-0"]), (7, ["item-2"])]


def test_ten_thousand_items_of_a_month_do_not_make_it_larger() -> None:
    grid = month_grid(view(*((i % 28, 1 + i % 3, "meeting", "day") for i in range(10_000))), FIRST, TODAY)
    assert max(len(week.pieces) for week in grid.weeks) <= 7 * ROWS
    assert max(len(day.items) for day in grid.days) == LISTED_A_DAY
    assert sum(len(day.items) + day.more for day in grid.days) == 10_000


def test_what_is_written_on_an_item(table: pd.DataFrame, reference: Reference) -> None:
    grid = month_grid(table, date(2026, 12, 1), TODAY)
    entries = month_entries(grid, as_of=TODAY, reference=reference, marks={"hrd-day-2026": "1 draft"})
    assert set(entries) == {piece.item for week in grid.weeks for piece in week.pieces}
    day, meeting, text = (entries[item] for item in ("hrd-day-2026", "cm-dh-2026-4", "ga-resolution-GA81"))
    assert (day.form, day.fill, day.when) == (MonthForm.DAY, MonthFill.SOLID, "Wed 9 Dec 2026, confirmed · 1 draft")
    assert (meeting.form, meeting.fill) == (MonthForm.BAR, MonthFill.HOLLOW)
    assert "expected Tue 1 Dec" in meeting.label
    # The title names the body already.
    assert (text.form, text.body) == (MonthForm.TEXT, "")
    assert day.body == "GA"
    assert day.label.startswith("GA Human Rights Defenders Day")
